"""The panel: checks on entry, returns by basis, selection, sessions of one venue, summary."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.errors import DataUnavailable, InputError
from impact.market import MarketPanel
from impact.provenance import Source

DAYS = pd.to_datetime(["2021-01-13", "2021-01-14", "2021-01-15", "2021-01-18"])


def table(days=DAYS, **columns):
    return pd.DataFrame({name: np.array(values, dtype=float) for name, values in columns.items()}, index=days)


def panel(**changes):
    given = {
        "close": table(A=[10, 11, 12, 12], B=[5, np.nan, 6, 6.6]),
        "volume": table(A=[1, 1, 0, np.nan], B=[1, 1, 1, 1]),
        "currency": {"A": "HKD", "B": "USD"},
        "basis": "as_traded",
        "sources": (Source(title="made up"),),
    }
    return MarketPanel(**{**given, **changes})


def test_zero_volume_is_no_trade_and_missing_volume_is_unknown():
    assert panel().traded["A"].tolist() == [True, True, False, True]
    assert panel().traded["B"].tolist() == [True, False, True, True]
    assert panel(volume=None).traded["A"].all()


def test_returns_leave_days_without_trade_missing():
    got = panel().returns()
    np.testing.assert_allclose(got["A"], [np.nan, 0.1, np.nan, np.nan])
    np.testing.assert_allclose(got["B"], [np.nan, np.nan, np.nan, 0.1])
    spanned = panel().returns("log", gaps="trade_to_trade")
    np.testing.assert_allclose(spanned["A"], [np.nan, np.log(1.1), np.nan, np.log(12 / 11)])


def test_dividends_are_added_to_closes_as_traded_only():
    cash = table(A=[0, 0, 0, 1.2], B=[0, 0, 0, 1.2])
    given = panel(volume=None, dividends=cash, basis={"A": "as_traded", "B": "total_return"})
    assert given.returns().iloc[-1].tolist() == pytest.approx([0.1, 0.1])
    assert given.select("A").returns(total=False)["A"].iloc[-1] == 0.0


def test_adjusted_closes_win_over_dividends_where_a_security_has_them():
    adjusted = table(A=[9, 10, 11, 12.1])
    cash = table(A=[0, 0, 0, 3], B=[0, 0, 0, 0.6])
    got = panel(volume=None, adjusted_close=adjusted, dividends=cash).returns().iloc[-1]
    assert got.tolist() == pytest.approx([0.1, 0.2])


def test_price_returns_of_adjusted_closes_are_refused():
    with pytest.raises(InputError, match="total=False needs closes as traded, but 1 securities \\(first 'B'\\)"):
        panel(basis={"A": "as_traded", "B": "total_return"}).returns(total=False)


def test_dividends_beside_closes_of_unknown_basis_are_refused():
    with pytest.raises(InputError, match="basis of 1 securities with dividends is unknown \\(first 'A'\\).*'as_traded'"):
        panel(basis="unknown", dividends=table(A=[0, 0, 0, 1.0])).returns()


def test_a_price_index_gives_price_returns_either_way():
    index = panel(basis="price_index", volume=None)
    pd.testing.assert_frame_equal(index.returns(), index.returns(total=False))


@pytest.mark.parametrize(("changes", "message"), [
    ({"close": table(A=[10, -1, 0, 12])}, "close has 2 values that are zero or negative .*A on 2021-01-14: -1"),
    ({"close": table(A=[10, np.inf, 1, 12])}, "close has 1 value that is infinite"),
    ({"close": table(DAYS[[0, 2, 1, 3]], A=[1, 2, 3, 4]), "volume": None}, "close is not sorted by date: 1 rows"),
    ({"close": table(DAYS[[0, 0, 1, 2]], A=[1, 2, 3, 4]), "volume": None}, "close repeats 1 dates .*2021-01-13"),
    ({"close": table().iloc[:0]}, "close is empty \\(0 sessions x 0 securities\\)"),
    ({"volume": table(A=[1, -1, 1, 1])}, "volume has 1 value that is negative .*A on 2021-01-14: -1"),
    ({"volume": table(C=[1, 1, 1, 1])}, "volume has none of the 2 securities"),
    ({"dividends": table(pd.to_datetime(["2021-01-16"]), A=[1])}, "dividends falls on 1 days .*2021-01-16"),
    ({"basis": "adjusted"}, "basis of 'A' is 'adjusted' \\(2 such\\); choose one of: as_traded"),
    ({"currency": 3}, "currency is a int"),
])  # fmt: skip
def test_what_breaks_a_rule_is_refused_in_one_line(changes, message):
    with pytest.raises(InputError, match=message) as refusal:
        panel(**changes)
    assert "\n" not in str(refusal.value)


def test_the_input_is_copied_and_the_panel_refuses_writing():
    prices = table(A=[10, 11, 12, 12])
    given = MarketPanel(close=prices)
    prices.iloc[0, 0] = 99.0
    assert given.close.iloc[0, 0] == 10.0
    with pytest.raises(ValueError, match="read-only"):
        given.close.iloc[0, 0] = 99.0


def test_what_is_not_stated_is_unknown():
    given = MarketPanel(close=table(A=[10, 11, 12, 12]))
    assert given.currency.tolist() == [""] and given.basis.tolist() == ["unknown"] and given.dropped.empty


def test_select_keeps_order_span_and_the_matching_refusals():
    refused = pd.DataFrame(
        {"security": ["A", "B", "A"], "session": pd.to_datetime(["2021-01-14", "2021-01-14", "2021-01-18"]), "reason": "r", "source": "s"}
    )
    part = panel(dropped=refused).select(["B", "A"], "2021-01-14", pd.Timestamp("2021-01-15"))
    assert part.securities == ["B", "A"] and part.sessions.tolist() == DAYS[1:3].tolist()
    assert part.currency.tolist() == ["USD", "HKD"] and part.volume.columns.tolist() == ["B", "A"]
    assert part.dropped["security"].tolist() == ["A", "B"] and part.sources == panel().sources
    assert part.select("A").dropped["security"].tolist() == ["A"]


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ((["A", "Z"],), InputError, "securities='Z' is not in the panel of 2 securities \\(1 absent\\); it has A, B"),
    (([],), InputError, "securities is empty"),
    ((None, "2021-01-18", "2021-01-13"), InputError, "start=2021-01-18 is after end=2021-01-13"),
    ((None, "2021-13-01"), InputError, "start='2021-13-01' is not a date"),
    ((None, "2021-01-15T09:30+08:00"), InputError, "start='2021-01-15T09:30\\+08:00' is not a session"),
    ((None, "2022-01-01"), DataUnavailable, "no session with start=2022-01-01, end=None; it runs from 2021-01-13 to 2021-01-18"),
])  # fmt: skip
def test_a_bad_selection_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        panel().select(*arguments)


def test_a_near_miss_is_suggested():
    prices = MarketPanel(close=table(**{"1810.HK": [1, 1, 1, 1]}))
    with pytest.raises(InputError, match="did you mean 1810.HK?"):
        prices.select("1801.HK")


def test_sessions_of_one_venue_put_the_other_days_aside():
    other = panel(volume=None).on_sessions(["2021-01-13", "2021-01-15", "2021-01-18", "2021-01-19"])
    assert other.sessions[-1] == pd.Timestamp("2021-01-19") and not other.traded.iloc[-1].any()
    assert other.dropped[["security", "reason"]].to_numpy().tolist() == [["A", "not a session of the calendar given"]]
    assert other.returns()["B"].iloc[1] == pytest.approx(0.2)  # B did not trade on the 14th, which is no session here


def test_long_form_has_every_figure_once():
    long = panel().to_frame()
    assert list(long.columns) == ["session", "security", "currency", "close", "volume"]
    assert len(long) == 8 and long["session"].dtype == "datetime64[ns]"
    row = long[(long["session"] == "2021-01-15") & (long["security"] == "B")].iloc[0]
    assert (row["currency"], row["close"], row["volume"]) == ("USD", 6.0, 1.0)


def test_summary_counts_trades_gaps_and_unknown_volumes():
    shown = panel().summary()
    rows = dict(shown.tables)["Securities"].frame.set_index("security")
    assert rows.loc["A", ["n_traded", "n_no_trade", "n_volume_unknown"]].tolist() == [3, 1, 1]
    assert rows.loc["B", ["n_traded", "n_no_trade", "n_volume_unknown"]].tolist() == [3, 1, 0]
    assert "2 securities, 4 sessions, 2021-01-13 to 2021-01-18" in str(panel()) and "made up" in str(panel())
    assert "<table" in panel()._repr_html_()


def test_days_before_listing_and_after_delisting_are_no_gaps():
    rows = dict(MarketPanel(close=table(A=[np.nan, 1, 2, np.nan])).summary().tables)["Securities"].frame
    assert rows.loc[0, ["n_traded", "n_no_trade"]].tolist() == [2, 0]
    assert rows.loc[0, "first"] == DAYS[1] and rows.loc[0, "last"] == DAYS[2]


def test_a_security_that_never_traded_is_summarised_without_dates():
    rows = dict(MarketPanel(close=table(A=[1, 1, 1, 1], B=[np.nan] * 4)).summary().tables)["Securities"].frame
    assert rows.loc[1, "n_traded"] == 0 and pd.isna(rows.loc[1, "first"])


def test_each_line_is_known_up_to_the_last_close_of_its_own_venue():
    days = pd.DatetimeIndex(["2021-01-13", "2021-01-14", "2021-01-15"])
    prices = MarketPanel(close=pd.DataFrame({"1810.HK": [1.0, 2, 3], "BABA": [4.0, 5, 6], "MKT.XX": [7.0, 8, 9]}, index=days))
    evening = prices.known_at("2021-01-15T18:00+08:00")  # Hong Kong has closed, New York has not opened
    assert evening.close["1810.HK"].tolist() == [1, 2, 3]
    assert evening.close["BABA"].tolist()[:2] == [4, 5] and np.isnan(evening.close["BABA"].iloc[2])
    assert evening.close["MKT.XX"].notna().tolist() == [True, False, False]
    assert prices.known_at("2021-01-15T15:59+08:00").sessions[-1] == days[1]
    with pytest.raises(InputError, match="before the first close"):
        prices.known_at("2021-01-12T15:59+08:00")
    with pytest.raises(InputError, match="zone"):
        prices.known_at("2021-01-15")
