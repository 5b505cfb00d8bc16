"""What a reader of a summary is told beside its p-values: events left out, sizes under a raised variance, doubtful lines."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import anchor_dates
from impact.errors import DroppedEvents, InfeasibleDesign, ThinTrading

DAYS = pd.bdate_range("2019-01-01", periods=420)
EVENT = 330
WINDOWS = {"estimation": (-200, -11), "window": (-5, 5)}


def panel(n=4, seed=3):
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, len(DAYS))
    table = pd.DataFrame(market[:, None] + rng.normal(0, 0.02, (len(DAYS), n)), DAYS, [f"F{i}" for i in range(n)])
    return table.assign(MKT=market)


def on(lines, days):
    return pd.DataFrame({"event_id": [f"e{i}" for i in range(len(lines))], "security": lines, "date": DAYS[days]})


def notes(study):
    return " | ".join(study.summary().notes)


def test_an_event_past_the_end_of_its_benchmark_is_dropped_with_the_reason():
    returns = panel()
    benchmark = returns.pop("MKT").iloc[: EVENT - 5]
    with pytest.warns(DroppedEvents, match="benchmark has no return"):
        study = impact.event_study(returns, on(["F0", "F1"], [EVENT, 250]), market=benchmark, **WINDOWS)
    assert study.events["event_id"].tolist() == ["e1"]
    assert study.dropped[["event_id", "status"]].values.tolist() == [["e0", "no_benchmark"]]
    with pytest.raises(InfeasibleDesign, match="benchmark has no return"):
        impact.event_study(returns, on(["F0"], [EVENT]), market=benchmark, **WINDOWS)


def test_the_same_on_two_calendars_and_without_estimation():
    returns = panel().rename(columns={"F0": "0941.HK", "F1": "AAPL"})
    benchmark = returns.pop("MKT").iloc[: EVENT - 5]
    with pytest.warns(DroppedEvents):
        study = impact.event_study(
            returns, on(["0941.HK", "AAPL", "F2"], [EVENT, 250, EVENT]), market=benchmark, model="market_adjusted", **WINDOWS
        )
    assert sorted(study.dropped["event_id"]) == ["e0", "e2"] and set(study.dropped["status"]) == {"no_benchmark"}


def test_a_line_that_does_not_trade_is_no_lack_of_a_benchmark():
    returns = panel()
    returns.loc[DAYS[EVENT - 5] : DAYS[EVENT + 5], "F0"] = np.nan
    study = impact.event_study(returns, on(["F0", "F1"], [EVENT, 250]), market="MKT", **WINDOWS)
    assert study.events["status"].astype(str).tolist() == ["halted", "ok"] and study.dropped.empty
    assert "(0, 0), (0, 1), (-1, 1), (-5, 5): 1 of 2 events lacks an abnormal return there and is left out" in notes(study)


def test_a_truncated_window_is_told():
    study = impact.event_study(panel(), on(["F0"], [417]), market="MKT", **WINDOWS)
    assert "(-5, 5): 1 of 1 event lacks an abnormal return there and is left out" in notes(study)


def test_the_size_under_a_doubled_variance_stands_beside_the_p_value_of_one_event():
    # P(|t| sqrt(2) > 1.96) for a normal t: 2 Phi(-1.96 / sqrt(2)) = 0.1658
    study = impact.event_study(panel(), on(["F0"], [EVENT]), market="MKT", **WINDOWS)
    assert study.inference(0, 0).size_if_variance_doubles == pytest.approx(0.1658, abs=5e-5)
    assert "if the event doubled it, a nominal 5 % test would reject 17 % of true nulls" in notes(study)
    assert "would reject 17 %" in study.to_html(windows=[(0, 2)])
    four = impact.event_study(panel(), on(["F0", "F1", "F2", "F3"], [250, 280, 310, 340]), market="MKT", **WINDOWS)
    assert "would reject" not in notes(four)


def test_windows_of_one_line_that_overlap_are_told():
    study = impact.event_study(panel(), on(["F0", "F0", "F1"], [300, 303, 303]), market="MKT", **WINDOWS)
    assert (
        "the event windows of 2 events overlap with that of another event of the same security (first 'e1': 'e0', 3 sessions apart)"
        in notes(study)
    )
    apart = impact.event_study(panel(), on(["F0", "F0", "F1"], [300, 311, 303]), market="MKT", **WINDOWS)
    assert "overlap with" not in notes(apart)


def test_a_line_that_hardly_trades_is_told():
    returns = panel()
    zero = np.random.default_rng(0).random(len(DAYS)) < 0.6
    returns.loc[zero, "F0"] = 0.0
    window = returns["F0"].iloc[EVENT - 200 : EVENT - 10]
    share = f"{100 * (window == 0).mean():.0f} %"
    with pytest.warns(ThinTrading, match=f"1 of 2 events is of a line .* {share} of its returns are zero"):
        study = impact.event_study(returns, on(["F0", "F1"], [EVENT, EVENT]), market="MKT", **WINDOWS)
    assert "stale prices pull beta to zero" in notes(study)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ThinTrading)
        impact.event_study(returns, on(["F0", "F1"], [EVENT, EVENT]), market="MKT", model="dimson", **WINDOWS)
        impact.event_study(returns, on(["F1"], [EVENT]), market="MKT", **WINDOWS)


@pytest.mark.parametrize("kind", ["simple", "log"])
def test_a_split_not_applied_is_told_of_returns_alone(kind):
    returns = panel()
    returns.loc[DAYS[EVENT], "F0"] = -0.75
    returns.loc[DAYS[EVENT], "F1"] = -0.43  # news may be as large
    given = returns if kind == "simple" else np.log1p(returns)
    with pytest.warns(impact.ImpactWarning, match=r"1 of 2 events rests on a doubtful price \(first 'e0': split of F0"):
        study = impact.event_study(given, on(["F0", "F1"], [EVENT, EVENT]), market="MKT", kind=kind, **WINDOWS)
    assert study.doubtful[["event_id", "doubt", "first", "window"]].values.tolist() == [["e0", "split", 0, "event"]]
    assert study.doubtful["ratio"].iloc[0] == pytest.approx(0.25)


@pytest.mark.parametrize("date", [20200407, 20200407.0, np.int64(20200407), "20200407"])
def test_a_whole_number_of_eight_digits_is_a_date(date):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study = impact.event_study(panel(), on(["F0"], [0]).assign(date=[date]), market="MKT", **WINDOWS)
    assert study.events["day0"].tolist() == [pd.Timestamp("2020-04-07")]


@pytest.mark.parametrize("date", [43928, 2020, 1586217600000, "2020-04", "2020", True])
def test_what_names_no_day_is_no_date(date):
    placed = anchor_dates(pd.Series([date]), DAYS)
    assert placed[["position", "reason"]].values.tolist() == [[-1, "not a date"]]


def test_an_interval_of_hundreds_of_percent_is_cut_and_said():
    import matplotlib.pyplot as plt

    from impact.plots.eventstudy import plot_car_path

    path = pd.DataFrame({"car": [0.0, 0.02], "ci_low": [-3.0, -4.0], "ci_high": [2.0, np.inf], "n_events": [2, 2]}, index=[0, 1])
    ax = plot_car_path(path)
    assert ax.get_ylim() == pytest.approx((-0.1, 0.12))
    assert "95 % interval (cut)" in [text.get_text() for text in ax.get_legend().get_texts()]
    ax = plot_car_path(path.assign(ci_low=-0.03, ci_high=0.04))
    assert "95 % interval" in [text.get_text() for text in ax.get_legend().get_texts()]
    plt.close("all")
