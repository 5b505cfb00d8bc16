"""A study of one line and its benchmark has the same numbers whatever else stands in the table, and however the benchmark is spelled."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.errors import DroppedEvents, ImpactWarning, InfeasibleDesign
from impact.eventstudy import buy_and_hold, calendar_time_drift, chained_events, overlap_report, study_partitions

FIRST, LAST = "2023-06-01", "2025-06-30"
ESTIMATION, WINDOW = (-250, -11), (-1, 3)
NEW_YORK = sessions("XNYS", FIRST, LAST)
LINES = {
    "7203.T": ("^N225", "XTKS"),
    "005930.KS": ("^KS11", "XKRX"),
    "1810.HK": ("HSI", "XHKG"),
    "RELIANCE.NS": ("^NSEI", "XNSE"),
    "2222.SR": ("^TASI.SR", "XSAU"),
    "TEVA.TA": ("^TA125.TA", "XTAE"),
    "EMAAR.AE": ("^DFMGI.AE", "XDFM"),
    "NPN.JO": ("^J203.JO", "XJSE"),
    "VOD.L": ("^FTSE", "XLON"),
    "SAP.DE": ("^GDAXI", "XETR"),
    "BHP.AX": ("^AXJO", "XASX"),
    "RY.TO": ("^GSPTSE", "XTSE"),
    "AAPL": ("SPY", "XNYS"),
    "Firm A": ("Index A", ""),
}


def days_of(venue):
    if venue == "XTAE":  # Sunday to Thursday, less some feasts
        days = pd.date_range(FIRST, LAST)
        return days[~days.day_of_week.isin([4, 5])].delete([90, 91, 92, 210, 330, 331])
    if venue == "XDFM":
        return pd.bdate_range(FIRST, LAST).delete([20, 21, 220, 221, 222])
    return sessions(venue or "XBOM", FIRST, LAST)


def world(line):
    """Returns of a line, its index and New York's, each on its own days; the line follows the closes of New York before its own."""
    home, venue = LINES[line]
    rng = np.random.default_rng(sum(map(ord, line)))
    new_york = pd.Series(rng.normal(0, 0.01, len(NEW_YORK)), NEW_YORK, name="^GSPC")
    days = days_of(venue)
    index = pd.Series(rng.normal(0, 0.01, len(days)), days, name=home)
    own = pd.Series(
        0.8 * index.to_numpy() + 0.5 * met_before(new_york, days, venue).fillna(0.0) + rng.normal(0, 0.005, len(days)), days, name=line
    )
    return own.iloc[20:-20], index, new_york


def met_before(new_york, days, venue):
    """Growth of New York between its last closes before consecutive closes of a line: of the date before but in America."""
    level = np.log1p(new_york).cumsum()
    same_day = venue in ("XTSE", "XNYS")
    last = [level[level.index <= day] if same_day else level[level.index < day] for day in days]
    levels = pd.Series([one.iloc[-1] if len(one) else np.nan for one in last], days)
    return np.expm1(levels.diff())


def by_hand(y, x, day):
    """CAR and usable rows by least squares on the line's own days."""
    y, at = y.dropna(), y.dropna().index.get_loc(day)
    x = x.reindex(y.index)
    before, around = slice(at + ESTIMATION[0], at + ESTIMATION[1] + 1), slice(at + WINDOW[0], at + WINDOW[1] + 1)
    rows = np.isfinite(x.iloc[before]).to_numpy()
    design = np.column_stack((np.ones(rows.sum()), x.iloc[before].to_numpy()[rows]))
    slope = np.linalg.lstsq(design, y.iloc[before].to_numpy()[rows], rcond=None)[0]
    return float((y.iloc[around] - slope[0] - slope[1] * x.iloc[around]).sum()), int(rows.sum())


def studied(table, line, day, market):
    events = pd.DataFrame({"event_id": ["e"], "security": [line], "date": [day]})
    study = impact.event_study(table, events, market=market, estimation=ESTIMATION, window=WINDOW)
    return float(study.car(*WINDOW)["car"].iloc[0]), int(study.fitted.n_obs[0]), int(study.car(*WINDOW)["n_days"].iloc[0]), study


def tables(own, benchmark, line):
    """The same line and benchmark in many tables."""
    both = pd.concat([own, benchmark], axis=1, sort=True).sort_index()
    rng = np.random.default_rng(5)
    foreign = {
        name: pd.Series(rng.normal(0, 0.01, len(days)), days)
        for name, days in (
            ("AU.AX", sessions("XASX", FIRST, LAST)),
            ("SA.SR", sessions("XSAU", FIRST, LAST)),
            ("CA.TO", sessions("XTSE", FIRST, LAST)),
        )
        if not line.endswith(name[-3:])
    }
    whole = both.join(pd.DataFrame(foreign), how="outer")
    spoken = own.dropna().index
    return {
        "alone": both,
        "own span": both.loc[spoken[0] : spoken[-1]],
        "other columns": whole,
        "picked columns": whole[[line, benchmark.name]],
        "rows around": both.reindex(both.index.union(pd.date_range("2023-05-20", "2025-07-10"))),
    }


@pytest.mark.parametrize("line", LINES)
def test_other_columns_and_rows_change_nothing_at_home(line):
    own, index, _ = world(line)
    day = own.index[-40]
    right = by_hand(own, index, day)
    for name, table in tables(own, index, line).items():
        car, n, n_days, study = studied(table, line, day, index.name)
        assert (car, n, n_days) == (pytest.approx(right[0], abs=1e-12), right[1], 5), name
        assert study.events["day0"].iloc[0] == day


@pytest.mark.parametrize("line", [line for line, (_, venue) in LINES.items() if venue != ""])
def test_new_york_is_met_at_its_last_close_before_the_line_s(line):
    own, _, new_york = world(line)
    day, venue = own.index[-40], LINES[line][1]
    met = new_york if venue == "XNYS" else met_before(new_york, own.index, venue)
    right = by_hand(own, met, day)
    for name, table in tables(own, new_york, line).items():
        car, n, n_days, study = studied(table, line, day, "^GSPC")
        assert (car, n, n_days) == (pytest.approx(right[0], abs=1e-12), right[1], 5), name
        assert venue == "XNYS" or any("up to the last close before its own (in UTC)" in told for told in study.assumptions), name


@pytest.mark.parametrize("line", ["7203.T", "2222.SR", "TEVA.TA", "NPN.JO", "RY.TO", "AAPL"])
def test_a_benchmark_is_the_same_however_it_is_spelled(line):
    own, _, new_york = world(line)
    day, alone = own.index[-40], own.to_frame()
    right = studied(pd.concat([own, new_york], axis=1, sort=True), line, day, "^GSPC")[:3]
    both = {name: pd.concat([own, new_york.rename(name)], axis=1, sort=True) for name in ("SPY", "ACWI", "^NDX", "SPX Index", "S&P 500")}
    spelled = {f"column {name}": (table, name) for name, table in both.items()} | {
        "list": (pd.concat([own, new_york], axis=1, sort=True), ["^GSPC"]),
        "series": (alone, new_york),
        "series without a name": (alone, new_york.rename(None)),
        "series of another name": (alone, new_york.rename("S&P 500")),
        "frame": (alone, new_york.to_frame()),
    }
    for name, (table, market) in spelled.items():
        assert studied(table, line, day, market)[:3] == (pytest.approx(right[0], abs=1e-12), *right[1:]), name
    events = pd.DataFrame({"event_id": ["e"], "security": [line], "date": [day]})
    for factors, model in ((new_york.to_frame("SPX"), "factors"), (new_york.to_frame("Mkt-RF").assign(RF=0.0), "capm")):
        study = impact.event_study(alone, events, factors=factors, model=model, estimation=ESTIMATION, window=WINDOW)
        assert study.car(*WINDOW)["car"].iloc[0] == pytest.approx(right[0], abs=1e-12), model


@pytest.mark.parametrize("line", ["7203.T", "TEVA.TA", "AAPL"])
def test_the_command_line_says_what_the_library_says(line, tmp_path, run_cli):
    own, _, new_york = world(line)
    day = own.index[-40]
    car = studied(pd.concat([own, new_york], axis=1, sort=True), line, day, "^GSPC")[0]
    pd.DataFrame({"event_id": ["e"], "security": [line], "date": [f"{day:%Y-%m-%d}"]}).to_csv(tmp_path / "events.csv", index=False)
    for name, table in tables(own, new_york, line).items():
        table.to_csv(tmp_path / "returns.csv", index_label="date")
        options = ["--estimation=-250:-11", "--window=-1:3", "--car=-1:3", "--format", "json"]
        files = [str(tmp_path / "events.csv"), "--returns", str(tmp_path / "returns.csv")]
        code, out, err = run_cli("study", *files, "--market", "^GSPC", *options)
        assert code == 0, err
        assert f"{car:.9f}"[:9] in out, name


def test_a_market_that_cannot_be_known_is_matched_by_date_and_said():
    own, _, _ = world("7203.T")
    day = own.index[-40]
    open_in_seoul = sessions("XKRX", FIRST, LAST)
    seoul = pd.Series(np.random.default_rng(3).normal(0, 0.01, len(open_in_seoul)), open_in_seoul)
    with pytest.warns(ImpactWarning, match="days on which XTKS was closed .* it is of another market"):
        study = studied(own.to_frame(), "7203.T", day, seoul)[3]
    assert any("the market of the benchmark given is not known" in told for told in study.assumptions)
    home = pd.Series(0.01 * np.sin(np.arange(len(own))), own.index)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study = studied(own.to_frame(), "7203.T", day, home)[3]
    assert any("matched by date label" in told for told in study.assumptions)


def test_a_benchmark_laid_on_the_line_s_sessions_is_not_moved_again():
    own, _, new_york = world("7203.T")
    day = own.index[-40]
    met = met_before(new_york, own.index, "XTKS").rename("^GSPC")
    car, n, _, study = studied(own.to_frame(), "7203.T", day, met)
    assert (car, n) == (pytest.approx(by_hand(own, met, day)[0], abs=1e-12), 240)
    assert any("laid on other sessions before" in told for told in study.assumptions)


def test_a_traded_row_off_the_calendar_counts_and_is_said():
    own, index, new_york = world("7203.T")
    saturday = pd.Timestamp("2025-03-29")
    more = pd.concat([own, pd.Series([0.04], [saturday], name="7203.T")]).sort_index()
    car, _, _, study = studied(pd.concat([more, index], axis=1, sort=True), "7203.T", own.index[-30], "^N225")
    assert any("1 row with a return is no session of the calendar of XTKS" in told for told in study.assumptions)
    for name, table in tables(more, new_york, "7203.T").items():  # the alignment stays
        _, _, _, study = studied(table, "7203.T", own.index[-30], "^GSPC")
        assert any("opens after XTKS has closed" in told for told in study.assumptions), name
    assert np.isfinite(car)


def test_a_special_session_counts_where_the_record_has_it():
    """Mumbai traded on Saturday 1 February 2025; many records of prices leave that day out."""
    saturday = pd.Timestamp("2025-02-01")
    own, _, new_york = world("RELIANCE.NS")
    without = own.drop(saturday)
    day = pd.Timestamp("2025-02-03")
    table = pd.concat([without, new_york], axis=1, sort=True)
    assert studied(table, "RELIANCE.NS", day, "^GSPC")[1:3] == (240, 5)
    events = pd.DataFrame(
        {"event_id": ["e"], "security": "RELIANCE.NS", "date": pd.NaT, "known_at": ["2025-01-31T12:00-05:00"], "venue": "XBOM"}
    )
    for record, session in ((own, saturday), (without, day)):
        study = impact.event_study(
            record.to_frame().join(new_york, how="outer"), events, market="^GSPC", estimation=ESTIMATION, window=WINDOW
        )
        assert study.events["day0"].iloc[0] == session and study.events["status"].iloc[0] == "ok"


def test_news_is_met_by_a_traded_row_that_the_calendar_lacks():
    own, index, _ = world("7203.T")
    saturday = pd.Timestamp("2025-03-29")
    more = pd.concat([own, pd.Series([-0.08], [saturday], name="7203.T")]).sort_index()
    news = {"a": "2025-03-28T12:00+00:00", "b": "2025-03-29T12:00+09:00", "c": "2025-03-29T16:00+09:00", "d": "2025-03-28T08:00+09:00"}
    events = pd.DataFrame({"event_id": list(news), "security": "7203.T", "date": pd.NaT, "known_at": list(news.values()), "venue": "XTKS"})
    study = impact.event_study(pd.concat([more, index], axis=1, sort=True), events, market="^N225", estimation=ESTIMATION, window=WINDOW)
    placed = study.events.set_index("event_id")
    days = pd.to_datetime(["2025-03-29", "2025-03-29", "2025-03-31", "2025-03-28"]).tolist()
    assert placed["day0"].tolist() == days
    assert placed["rolled_days"].tolist() == [1, 0, 2, 0] and placed["intraday"].tolist() == [False, True, False, False]


def test_news_of_a_venue_without_calendar_is_met_by_its_own_rows():
    own, index, _ = world("TEVA.TA")
    table = pd.concat([own, index], axis=1, sort=True)
    thursday = pd.Timestamp("2025-03-27")
    news = {"a": "2025-03-27T17:00+02:00", "b": "2025-03-27T18:00+02:00", "c": "2025-03-28T10:00+03:00", "d": "2026-03-27T17:00+02:00"}
    events = pd.DataFrame({"event_id": list(news), "security": "TEVA.TA", "date": pd.NaT, "known_at": list(news.values()), "venue": "XTAE"})
    with pytest.warns(DroppedEvents):
        study = impact.event_study(table, events, market="^TA125.TA", estimation=ESTIMATION, window=WINDOW)
    sunday = thursday + pd.Timedelta(days=3)
    assert study.events["day0"].tolist() == [thursday, sunday, sunday] and study.events["rolled_days"].tolist() == [0, 3, 2]
    assert study.events["intraday"].tolist() == [True, False, False] and study.dropped["event_id"].tolist() == ["d"]
    with pytest.raises(impact.InputError, match="meet no open session of XTAE"):
        impact.event_study(table, events, market="^TA125.TA", estimation=ESTIMATION, window=WINDOW, anchor="raise")


def test_overlaps_are_told_in_the_line_s_own_sessions():
    own, index, _ = world("7203.T")
    days = [own.index[own.index.get_loc(pd.Timestamp("2024-12-30"))], pd.Timestamp("2025-01-08")]
    two = pd.DataFrame({"event_id": ["a", "b"], "security": "7203.T", "date": days})
    for name, table in tables(own, index, "7203.T").items():
        report = overlap_report(table, two, window=(-1, 3))
        assert report["sessions_apart"].abs().tolist() == [3, 3], name
    both = pd.concat([two, pd.DataFrame({"event_id": ["c"], "security": ["CA.TO"], "date": ["2025-03-03"]})])
    study = impact.event_study(tables(own, index, "7203.T")["other columns"], both, market="^N225", estimation=ESTIMATION, window=WINDOW)
    assert any("3 sessions apart" in told for told in study.assumptions)


def test_long_windows_and_chains_meet_new_york_in_the_same_way():
    own, _, new_york = world("7203.T")
    table, day = pd.concat([own, new_york], axis=1, sort=True), own.index[-60]
    events = pd.DataFrame({"event_id": ["e"], "security": ["7203.T"], "date": [day]})
    met, held = met_before(new_york, own.index, "XTKS"), own.index[-60:-39]
    bhar = buy_and_hold(table, events, "^GSPC", (0, 20))["bhar"].iloc[0]
    assert bhar == pytest.approx((1 + own[held]).prod() - (1 + met[held]).prod(), abs=1e-12)
    drift = calendar_time_drift(table, events, "^GSPC", window=(1, 40), min_members=1)
    rows = own.index[-59:-19]
    design = np.column_stack((np.ones(40), met[rows]))
    alpha = np.linalg.lstsq(design, own[rows].to_numpy(), rcond=None)[0][0]
    assert drift.estimates.loc["ols", "alpha"] == pytest.approx(alpha, abs=1e-12)
    assert any("opens after XTKS has closed" in told for told in drift.assumptions)
    chain = chained_events(table, events, "^GSPC", window=WINDOW, estimation=ESTIMATION)
    assert chain.effects["alone_car"].iloc[0] == pytest.approx(by_hand(own, met, day)[0], abs=1e-12)


def test_long_windows_refuse_percent():
    own, index, _ = world("7203.T")
    table = pd.concat([own, index], axis=1, sort=True) * 100
    events = pd.DataFrame({"event_id": ["e"], "security": ["7203.T"], "date": [own.index[-60]]})
    for study in (buy_and_hold, calendar_time_drift):
        with pytest.raises(impact.InputError, match="percent; divide by 100"):
            study(table, events, "^N225")
        with pytest.raises(impact.InputError, match="percent; divide by 100"):
            study(table.assign(**{"7203.T": own}), events, "^N225")


def test_parts_meet_new_york_as_one_study_does(tmp_path):
    own, _, new_york = world("7203.T")
    other = world("RY.TO")[0]
    table = pd.concat([own, other], axis=1, sort=True).sort_index()
    events = pd.DataFrame({"event_id": ["a", "b"], "security": ["7203.T", "RY.TO"], "date": [own.index[-60], other.index[-50]]})
    for line in table:
        table[[line]].rename_axis("date").reset_index().to_parquet(tmp_path / f"{line}.parquet")
    options = {"estimation": ESTIMATION, "window": WINDOW}
    parts = study_partitions(tmp_path, events, new_york, windows=(WINDOW,), **options)
    whole = impact.event_study(table, events, market=new_york, **options)
    assert parts.tests["mean_car"].iloc[0] == pytest.approx(whole.car(*WINDOW)["car"].mean(), abs=1e-12)


def test_venues_that_share_their_rows_do_not_share_their_hours():
    """On rows that Tokyo and Toronto both have, each still meets New York at its own close."""
    days = sessions("XTKS", FIRST, LAST).intersection(sessions("XTSE", FIRST, LAST))
    rng = np.random.default_rng(4)
    new_york = pd.Series(rng.normal(0, 0.01, len(NEW_YORK)), NEW_YORK, name="^GSPC")
    table = pd.DataFrame(rng.normal(0, 0.01, (len(days), 2)), days, ["7203.T", "RY.TO"])
    events = pd.DataFrame({"event_id": ["t", "c"], "security": ["7203.T", "RY.TO"], "date": days[-40]})
    study = impact.event_study(table, events, market=new_york, estimation=ESTIMATION, window=WINDOW)
    for number, line in enumerate(table):
        one = impact.event_study(table[[line]], events.iloc[[number]], market=new_york, estimation=ESTIMATION, window=WINDOW)
        assert study.car(*WINDOW)["car"].iloc[number] == pytest.approx(one.car(*WINDOW)["car"].iloc[0], abs=1e-12)
    told = " ".join(study.assumptions)
    assert "opens after XTKS has closed" in told and "keeps the sessions of XNYS, not those of XTSE" in told


def test_closes_that_are_minutes_apart_are_one():
    """Paris closes five minutes after Stockholm at most: the returns of a date are met on that date."""
    days = sessions("XSTO", FIRST, LAST)
    rng = np.random.default_rng(6)
    paris = pd.Series(rng.normal(0, 0.01, len(sessions("XPAR", FIRST, LAST))), sessions("XPAR", FIRST, LAST), name="^FCHI")
    line = (paris.reindex(days).fillna(0.0) + rng.normal(0, 0.004, len(days))).rename("VOLV-B.ST")
    study = studied(pd.concat([line, paris], axis=1, sort=True), "VOLV-B.ST", days[-40], "^FCHI")[3]
    assert study.estimates["beta"].iloc[0] == pytest.approx(1.0, abs=0.1)
    shanghai = pd.Series(rng.normal(0, 0.01, len(sessions("XHKG", FIRST, LAST))), sessions("XHKG", FIRST, LAST), name="HSI")
    own = sessions("XSHG", FIRST, LAST)
    line = (shanghai.reindex(own).fillna(0.0) + rng.normal(0, 0.004, len(own))).rename("600941.SS")
    study = studied(pd.concat([line, shanghai], axis=1, sort=True), "600941.SS", own[-40], "HSI")[3]
    assert study.estimates["beta"].iloc[0] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("rule", ["BME", "W-WED", "W-FRI", "2W-WED"])
@pytest.mark.parametrize("line", ["VOD.L", "7203.T", "1810.HK", "SAP.DE"])
def test_rows_that_are_not_daily_meet_by_their_labels(line, rule):
    days = sessions(LINES[line][1], "2013-01-01", "2022-12-30")
    rng = np.random.default_rng(3)
    index = pd.Series(rng.normal(0, 0.01, len(days)), days)
    daily = pd.DataFrame({line: index + rng.normal(0, 0.005, len(days)), "market": index})
    table = (1 + daily).resample(rule).prod() - 1
    day = table.index[84]
    right = least_squares_car(table, line, "market", 84)
    for market in ("market", table["market"], table["market"].rename(None), table["market"].rename("^GSPC")):
        study = impact.event_study(
            table[[line, "market"]],
            pd.DataFrame({"event_id": ["e"], "security": [line], "date": [day]}),
            market=market,
            estimation=(-70, -4),
            window=(-3, 3),
            min_observations=30,
        )
        assert study.car(-1, 1)["car"].iloc[0] == pytest.approx(right, abs=1e-12)
    assert any("^GSPC is matched by date label" in told and "weeks, months" in told for told in study.assumptions)


def least_squares_car(table, line, market, at, estimation=(-70, -4)):
    """CAR(-1, 1) by numpy on the rows of a table as they are."""
    before, around = table.iloc[at + estimation[0] : at + estimation[1] + 1], table.iloc[at - 1 : at + 2]
    slope, level = np.polyfit(before[market], before[line], 1)
    return float((around[line] - level - slope * around[market]).sum())


def test_an_inner_join_does_not_make_a_home_index_one_of_new_york():
    rng = np.random.default_rng(4)
    days = sessions("XTKS", FIRST, LAST)
    index = pd.Series(rng.normal(0, 0.01, len(days)), days, name="TOPIX")
    own = (index + rng.normal(0, 0.005, len(days))).rename("7203.T")
    abroad = pd.Series(rng.normal(0, 0.01, len(NEW_YORK)), NEW_YORK, name="AAPL")
    joint = pd.concat([own, index, abroad], axis=1, sort=True).dropna()
    whole = pd.concat([own, index], axis=1)
    day = joint.index[-60]
    for name in ("TOPIX", "market", "Nikkei 225"):
        table = joint.rename(columns={"TOPIX": name})
        slope = studied(table, "7203.T", day, name)[3].estimates["beta"].iloc[0]
        assert slope == pytest.approx(np.polyfit(whole["TOPIX"], whole["7203.T"], 1)[0], abs=0.05)


@pytest.mark.parametrize("name", ["General Electric Co", "FORD MOTOR CO", "MERCK & CO", "Volvo AB", "NESTLE SA", "stock L", "asset V"])
def test_a_firm_is_of_no_market_that_its_last_word_names(name):
    rng = np.random.default_rng(6)
    market = pd.Series(rng.normal(0, 0.01, len(NEW_YORK)), NEW_YORK, name="SPY")
    table = pd.DataFrame({name: market + rng.normal(0, 0.01, len(NEW_YORK)), "SPY": market})
    right = by_hand(table[name], table["SPY"], NEW_YORK[-40])
    assert studied(table, name, NEW_YORK[-40], "SPY")[:2] == (pytest.approx(right[0], abs=1e-12), right[1])


def test_a_figure_that_a_foreign_benchmark_lacks_is_missing_and_not_zero():
    own, _, new_york = world("7203.T")
    day = own.index[-40]
    table = pd.concat([own, new_york], axis=1, sort=True).sort_index()
    gap = slice(day - pd.Timedelta(days=4), day + pd.Timedelta(days=2))
    table.loc[gap, "^GSPC"] = np.nan
    events = pd.DataFrame({"event_id": ["e"], "security": ["7203.T"], "date": [day]})
    study = impact.event_study(table, events, market="^GSPC", estimation=ESTIMATION, window=WINDOW)
    assert np.isnan(study.car(0, 0)["car"].iloc[0]) and study.car(0, 0)["n_days"].iloc[0] == 0
    ended = table.assign(**{"^GSPC": table["^GSPC"].where(table.index < day - pd.Timedelta(days=4))})
    with pytest.raises(InfeasibleDesign, match="the benchmark has no return on the days of the event window"):
        impact.event_study(ended, events, market="^GSPC", estimation=ESTIMATION, window=WINDOW)


@pytest.mark.parametrize("name", ["VT US", "IVV US Equity", "SPX", "spx", "SPX Index", "SPY"])
def test_a_name_that_says_new_york_holds_in_an_inner_join(name):
    own, _, new_york = world("1810.HK")
    joint = pd.concat([own, new_york], axis=1, sort=True).dropna()
    day = joint.index[-60]
    right = studied(joint, "1810.HK", day, "^GSPC")[0]
    told = studied(joint.rename(columns={"^GSPC": name}), "1810.HK", day, name)
    assert told[0] == pytest.approx(right, abs=1e-12)
    assert any("if it was laid on them before (align_to_closes), it is a close too late here" in said for said in told[3].assumptions)
