"""Summary, path, plot, tests and inference show one interval, over the events that the headline uses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.eventstudy import TESTS
from impact.eventstudy.inference import describe_inference, run_tests
from tests.eventstudy.test_models import DAYS, WINDOWS, panel
from tests.eventstudy.test_tests_inference import make_fit

SHAPES = [
    {"n": 1, "length": 110, "dates": (130,)},
    {"n": 1, "length": 60},
    {"n": 3},
    {"n": 4, "dates": (100, 108, 116, 124)},
    {"n": 12},
    {"n": 12, "dates": (100, 101, 110)},
    {"n": 12, "gaps": 0.4, "length": 80},
    {"n": 60, "dates": tuple(range(90, 120))},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("window", [(0, 0), (-1, 3)])
def test_the_headline_never_warns_and_its_interval_is_that_of_its_p(shape, window):
    fit = make_fit(**shape)
    table, found = run_tests(fit, *window), describe_inference(fit, *window)
    leading = table[table["headline"]]
    if not found.headline:
        assert leading.empty and "no test holds its size here" in found.why and np.isnan(found.ci_low)
        return
    assert leading.index.tolist() == [found.headline] and leading["warning"].tolist() == [""]
    assert leading["p_value"].iloc[0] == found.p_value and TESTS[found.headline].interval is not None
    assert found.ci_low <= found.ci_high and (found.p_value > 0.05) == (found.ci_low <= 0 <= found.ci_high)
    assert found.estimate == pytest.approx(fit.window(*window).car[found.events].mean())
    assert found.size_if_variance_doubles == (0.05 if TESTS[found.headline].any_event_variance else pytest.approx(0.166, abs=0.001))


def test_summary_path_and_inference_agree_on_the_events_and_the_interval():
    returns, _ = panel()
    returns.loc[DAYS[332], "C"] = np.nan
    table = pd.DataFrame({"event_id": list("abcdefgh"), "security": list("ABCDEFGH"), "date": DAYS[330]})
    study = impact.event_study(returns, table, market="index", **(WINDOWS | {"window": (0, 5)}))
    path = study.path()
    for offset in (0, 1, 2, 5):
        found = study.inference(0, offset)
        row = path.loc[offset]
        assert (row["car"], row["ci_low"], row["ci_high"], row["n_events"], row["test"]) == (
            found.estimate, found.ci_low, found.ci_high, found.n_events, found.headline,
        )  # fmt: skip
    assert path["n_events"].tolist() == [8, 8, 7, 7, 7, 7]
    shown = study.summary().tables[0][1].frame.loc["(0, 5)"]
    assert (shown["ci_low"], shown["ci_high"], shown["test"]) == (path.loc[5, "ci_low"], path.loc[5, "ci_high"], path.loc[5, "test"])
    assert "one date" in str(study.inference(0, 0)) and study.inference(0, 0).level == study.design.level
    with_all = impact.event_study(returns, table, market="index", incomplete="available", **(WINDOWS | {"window": (0, 5)}))
    assert with_all.path()["n_events"].tolist() == [8] * 6


def test_four_events_keep_their_size_when_the_variance_doubles():

    rejected = []
    for seed in range(150):
        fit = make_fit(n=4, length=80, seed=1000 + seed, scale=float(np.sqrt(2.0)))
        rejected.append(describe_inference(fit, 0, 0).p_value < 0.05)
    assert np.mean(rejected) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)


def test_pairs_with_few_common_days_are_not_taken_as_uncorrelated():
    dense = describe_inference(make_fit(n=12, length=80, correlation=0.5, seed=9), 0, 0)
    thin = describe_inference(make_fit(n=12, length=80, correlation=0.5, gaps=0.5, seed=9), 0, 0)
    assert thin.coverage < 0.5 and thin.r_bar == pytest.approx(dense.r_bar, abs=0.15) and thin.r_bar > 0.3
