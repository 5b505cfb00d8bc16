"""Rows that a table lacks because a market was closed, and rows that it lacks."""

import numpy as np
import pandas as pd

from impact.calendars import sessions
from impact.market import MarketPanel, to_returns


def test_a_benchmark_laid_on_the_sessions_of_a_line_spans_what_the_line_spans():
    """Hong Kong traded on 26 June 2020, Shenzhen did not: on the rows of Shenzhen both returns of the 29th run from the 24th."""
    days = sessions("XSHE", "2020-06-01", "2020-07-15")
    closes = pd.DataFrame({"002415.SZ": 30.0, "HSI": 100.0}, index=days)
    closes.loc["2020-06-29":] *= np.array([1.05, 1.02])
    closes.loc["2020-07-01", "HSI"] = np.nan  # a holiday of Hong Kong
    returns = to_returns(closes, venues={"HSI": "XHKG"})
    assert returns.loc["2020-06-29"].round(4).to_dict() == {"002415.SZ": 0.05, "HSI": 0.02}
    without = to_returns(closes.drop(index=pd.Timestamp("2020-06-23")), venues={"HSI": "XHKG"})  # a session of both
    assert without.loc["2020-06-24"].isna().all() and without.loc["2020-06-29"].notna().all()


def test_empty_rows_left_by_other_markets_are_no_gaps():
    """Columns picked from a table of several markets: returns are those of the table of their own days."""
    own = sessions("XNYS", "2024-01-02", "2024-12-31")
    rng = np.random.default_rng(2)
    closes = pd.DataFrame(100 * np.exp(rng.normal(0, 0.01, (len(own), 2)).cumsum(axis=0)), own, ["AAPL", "SPY"])
    wide = closes.reindex(own.union(sessions("XSAU", "2024-01-02", "2024-12-31")))
    np.testing.assert_allclose(to_returns(wide).loc[own], to_returns(closes), rtol=1e-12)


def test_a_venue_without_a_calendar_has_the_sessions_of_its_lines():
    days = pd.date_range("2024-01-01", "2024-06-30")
    own = days[~days.day_of_week.isin([4, 5])].delete([30, 31])
    rng = np.random.default_rng(3)
    closes = pd.DataFrame(100 * np.exp(rng.normal(0, 0.01, (len(own), 2)).cumsum(axis=0)), own, ["TEVA.TA", "^TA125.TA"])
    closes.loc[own[50], "TEVA.TA"] = np.nan  # a halt: the index has a close
    toronto = sessions("XTSE", "2024-01-02", "2024-06-28")
    wide = closes.join(pd.DataFrame({"RY.TO": 130.0}, toronto), how="outer")
    for table in (wide, wide[["TEVA.TA", "^TA125.TA"]]):
        np.testing.assert_allclose(to_returns(table).loc[own, closes.columns], to_returns(closes), rtol=1e-12)
    assert np.isnan(to_returns(wide)["TEVA.TA"].loc[own[50:52]]).all()


def random_closes(days, names, seed=4):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(100 * np.exp(rng.normal(0, 0.01, (len(days), len(names))).cumsum(axis=0)), days, names)


def test_weekends_that_a_line_never_holds_are_no_gaps():
    """Beside a line quoted every day: the return of Monday runs from Friday, whatever the names of the lines say of their venue."""
    every = pd.date_range("2021-01-01", periods=200)
    for names in (["Foo Ltd", "Some Index"], ["firm_1", "f.two"], ["AAA", "SPX"]):
        own = every[every.day_of_week < 5]
        closes = random_closes(own, names)
        wide = closes.join(random_closes(every, ["BTC-USD"]), how="outer")
        np.testing.assert_allclose(to_returns(wide).loc[own, names], to_returns(closes), rtol=1e-12)
    gulf = every[~every.day_of_week.isin([4, 5])]
    closes = random_closes(gulf, ["Foo Ltd"])
    wide = closes.join(random_closes(every, ["BTC-USD"]), how="outer")
    np.testing.assert_allclose(to_returns(wide).loc[gulf, ["Foo Ltd"]], to_returns(closes), rtol=1e-12)


def test_an_empty_day_in_the_week_of_a_line_alone_stays_a_gap():
    every = pd.date_range("2021-01-01", periods=60)
    own = every[every.day_of_week < 5]
    closes = random_closes(own, ["Foo Ltd"])
    closes.iloc[20] = np.nan
    returns = to_returns(closes.join(random_closes(every, ["BTC-USD"]), how="outer"))["Foo Ltd"].loc[own]
    assert returns.isna().to_numpy().nonzero()[0].tolist() == [0, 20, 21]


def test_two_classes_halted_together_and_two_thin_lines_are_no_holiday():
    days = sessions("XNYS", "2021-01-04", "2021-12-31")
    other = random_closes(days, ["IX"], 5)
    closes = random_closes(days, ["Foo ordinary", "Foo preferred"])
    closes.iloc[100:105] = np.nan
    returns = to_returns(closes.join(other.rename(columns={"IX": "AAPL"})))
    assert returns.iloc[100:106][closes.columns].isna().all(axis=None)
    thin = random_closes(days, ["Bar plc", "Baz AG"]).where(np.random.default_rng(1).random((len(days), 2)) < 0.5)
    both = to_returns(thin.join(other.rename(columns={"IX": "AAPL"})))[thin.columns]
    after_gap = thin.notna() & thin.shift().isna()
    assert both.where(after_gap).isna().all(axis=None)


def test_two_lines_that_alone_tell_a_closed_day_are_named():
    """A halt of both for two days looks like a holiday: the summary of the panel, and what a study of it says, name the days."""
    days = sessions("XNYS", "2021-01-04", "2021-12-31")
    closes = random_closes(days, ["Foo ordinary", "Foo preferred"]).join(random_closes(days, ["IX"], 5).rename(columns={"IX": "AAPL"}))
    closes.iloc[100:102, :2] = np.nan
    panel = MarketPanel(close=closes)
    told = [line for line in panel.remarks() if "Foo preferred" in line]
    assert told == [
        "2 weekdays without a close of 'Foo ordinary' and 'Foo preferred', the only lines that can tell, count as closed days of their market "
        f"(first {days[100]:%Y-%m-%d}): the return of the day after spans them; if both were halted, state their venues"
    ]
    assert told[0] in str(panel.summary())
    stated = MarketPanel(close=closes, venue={"Foo ordinary": "XNYS", "Foo preferred": "XNYS"})
    assert not any("only lines" in line for line in stated.remarks()) and stated.returns().iloc[100:103, :2].isna().all(axis=None)
    third = closes.assign(**{"Bar plc": closes["Foo ordinary"] * 2})
    assert not any("only lines" in line for line in MarketPanel(close=third).remarks())


def test_holidays_that_unnamed_lines_share_are_no_gaps():
    """A firm and its index without a ticker, beside lines of New York: the day after a holiday of Hong Kong has its return."""
    hong_kong, new_york = sessions("XHKG", "2021-01-04", "2022-06-30"), sessions("XNYS", "2021-01-04", "2022-06-30")
    closes = random_closes(hong_kong, ["Foo Ltd", "Foo Index"])
    closes.loc[hong_kong[50], "Foo Ltd"] = np.nan  # a halt: the index has a close
    wide = closes.join(random_closes(new_york, ["AAPL", "SPY"]), how="outer")
    own = hong_kong[(hong_kong >= new_york[0]) & (hong_kong <= new_york[-1])]
    np.testing.assert_allclose(to_returns(wide).loc[own, closes.columns], to_returns(closes).loc[own], rtol=1e-12)
    long_absence = closes.index.slice_indexer("2021-06-01", "2021-06-30")
    closes.iloc[long_absence] = np.nan  # longer than any holiday
    after = closes.index[long_absence.stop]
    assert to_returns(closes.join(random_closes(new_york, ["AAPL"]), how="outer")).loc[after, closes.columns].isna().all()
