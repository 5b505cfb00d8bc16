"""Every hypothesis test of the registry keeps the same promises; a test is tested by being there."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.eventstudy import TESTS
from impact.eventstudy.evidence import Need
from impact.eventstudy.hypotheses import HypothesisTest, TestName
from impact.eventstudy.inference import describe_inference, run_tests
from impact.kernels.outcome import normal_outcome
from tests.eventstudy.test_tests_inference import make_fit

LAYOUTS = {
    "single": {"n": 1},
    "same_date": {"n": 12},
    "multi_date": {"n": 24, "dates": tuple(range(80, 104))},
}
WINDOW = {"single": (0, 0), "same_date": (0, 0), "multi_date": (-1, 2)}
EVERY = list(TESTS)


def fit_of(layout, **options):
    return make_fit(**({"length": 60} | LAYOUTS[layout] | options))


def with_stated_variance(fit):
    return replace(fit, event_sd=1.5 * fit.sigma)


def run(layout, *names, **options):
    peers = fit_of("same_date", n=30, seed=8) if layout == "single" else None
    return run_tests(fit_of(layout), *WINDOW[layout], tests=names or None, peers=peers, rng=np.random.default_rng(1), **options)


def test_names_are_those_of_the_type_and_every_record_says_what_it_is():
    assert tuple(TESTS) == get_args(TestName)
    streams = [test.stream for test in TESTS.values() if test.stream is not None]
    assert sorted(streams) == list(range(len(streams)))
    for name, test in TESTS.items():
        assert test.name == name and test.null and test.layouts and test.needs <= set(get_args(Need))
        assert set(test.layouts) | set(test.elsewhere) == set(LAYOUTS) and not set(test.layouts) & set(test.elsewhere)
        assert ("draws" in test.needs) == (test.stream is not None)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_runs_where_it_is_for_and_says_why_where_it_is_not(name, layout):
    row = run(layout, name).loc[name]
    assert row["null"] == TESTS[name].null
    if layout not in TESTS[name].layouts:
        assert np.isnan(row["p_value"]) and row["reason"] == TESTS[name].elsewhere[layout]
    elif not row["reason"]:
        assert 0 <= row["p_value"] <= 1 and row["distribution"] and np.isfinite(row["statistic"])
    else:
        assert np.isnan(row["p_value"]) and np.isnan(row["statistic"])


@pytest.mark.parametrize("name", EVERY)
def test_some_layout_gives_a_number(name):
    p_values = [run(layout, name).loc[name, "p_value"] for layout in TESTS[name].layouts]
    p_values += [run_tests(with_stated_variance(fit_of(layout)), 0, 0, tests=name).loc[name, "p_value"] for layout in TESTS[name].layouts]
    assert np.isfinite(p_values).any()


@pytest.mark.parametrize("name", EVERY)
def test_alone_it_says_what_it_says_among_all(name):
    """A test that reads what it does not list in its needs fails here."""
    layout = sorted(TESTS[name].layouts)[0]
    alone, among = run(layout, name).loc[name], run(layout).loc[name]
    assert alone["statistic"] == pytest.approx(among["statistic"], rel=1e-12, nan_ok=True)
    assert alone["p_value"] == pytest.approx(among["p_value"], rel=1e-12, nan_ok=True)
    assert alone["warning"] == among["warning"] or "dependence" not in TESTS[name].needs


@pytest.mark.parametrize("layout", LAYOUTS)
def test_exactly_one_test_leads_and_its_seconds_exist(layout):
    table, design = run(layout), describe_inference(fit_of(layout), *WINDOW[layout])
    assert table["headline"].sum() == 1 and table.index[table["headline"]][0] == design.headline
    assert design.headline in TESTS and layout in TESTS[design.headline].layouts
    assert design.headline not in design.second_opinions and set(design.second_opinions) <= set(TESTS)


def test_a_test_is_added_by_its_record_alone(monkeypatch):
    """What CONTRIBUTING says: a kernel and one record; tables, refusals, needs and choice know it from then on."""
    record = HypothesisTest(
        name="mean_over_three",
        null="the mean CAR is zero; the spread is known to be three",
        layouts=frozenset({"same_date"}),
        elsewhere={"single": "several events only", "multi_date": "one date only"},
        run=lambda evidence: normal_outcome(evidence.sample.car.mean() / 3.0, evidence.sample.n_events),
        cautions=(lambda layout: f"{layout.n_events} events",),
    )
    monkeypatch.setitem(TESTS, record.name, record)
    row = run("same_date", "mean_over_three").loc["mean_over_three"]
    assert row["statistic"] == pytest.approx(fit_of("same_date").window(0, 0).car.mean() / 3.0) and row["warning"] == "12 events"
    assert run("single", "mean_over_three").loc["mean_over_three", "reason"] == "several events only"
    assert "mean_over_three" in run("same_date").index


def test_a_test_that_hides_a_need_is_told(monkeypatch):
    record = HypothesisTest(
        name="sly",
        null="nothing",
        layouts=frozenset({"same_date"}),
        elsewhere={"single": "no", "multi_date": "no"},
        run=lambda evidence: normal_outcome(float(evidence.ranks.n_valid[0]), 1),
    )
    monkeypatch.setitem(TESTS, "sly", record)
    with pytest.raises(LookupError, match="reads 'ranks' but does not list it"):
        run("same_date", "sly")


def test_unknown_names_and_few_draws_are_refused():
    with pytest.raises(InputError, match="choose from: t, sq"):
        run("single", "student")
    with pytest.raises(InputError, match="draws=10 is too few"):
        run("single", draws=10)


def test_warnings_stay_quiet_in_the_suite():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(run("multi_date"), pd.DataFrame)
