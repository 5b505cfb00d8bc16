"""Every normal-return model of the registry keeps the same promises; a model is tested by being there."""

from __future__ import annotations

import warnings
from typing import get_args

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import DroppedEvents, ImpactWarning, InputError
from impact.eventstudy import MODELS
from impact.eventstudy.models import ModelName

DAYS = pd.bdate_range("2018-01-01", periods=420, name="session")
WINDOWS = {"estimation": (-260, -11), "window": (-5, 5)}
EVERY = list(MODELS)


def panel(seed=4, n=8):
    rng = np.random.default_rng(seed)
    factors = pd.DataFrame(rng.normal(0, 0.008, (len(DAYS), 6)), index=DAYS, columns=["Mkt-RF", "SMB", "HML", "RMW", "CMA", "MOM"])
    factors["RF"] = 0.00004
    market = factors["Mkt-RF"] + factors["RF"]
    variance = np.empty(len(DAYS))
    shocks, variance[0] = rng.standard_normal((len(DAYS), n)), 1.0
    errors = np.empty_like(shocks)
    spread = np.ones(n)
    for t in range(len(DAYS)):  # volatility that comes in clusters, so that a GARCH likelihood has an optimum
        errors[t] = np.sqrt(spread) * shocks[t]
        spread = 0.05 + 0.1 * errors[t] ** 2 + 0.85 * spread
    returns = pd.DataFrame(market.to_numpy()[:, None] + 0.015 * errors, index=DAYS, columns=list("ABCDEFGH")[:n])
    return returns.assign(index=market), factors


def events(*securities, date=DAYS[330], **columns):
    return pd.DataFrame({"event_id": [f"e{i}" for i in range(len(securities))], "security": list(securities), "date": date, **columns})


def study(name, returns, factors, table=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        market = None if name == "synthetic_control" else "index"
        return impact.event_study(
            returns, events("A", "B") if table is None else table, market=market, factors=factors, model=name, **(WINDOWS | options)
        )


def test_names_are_those_of_the_type_and_every_record_says_what_it_is():
    assert tuple(MODELS) == get_args(ModelName)
    for name, model in MODELS.items():
        assert model.name == name and model.title[0].isalpha() and model.title not in {m.title for m in MODELS.values() if m is not model}


@pytest.mark.parametrize("name", EVERY)
def test_it_fits_and_its_first_note_is_its_title(name):
    returns, factors = panel()
    result = study(name, returns, factors)
    assert result.n_events == 2 and result.assumptions[0] == MODELS[name].title
    assert np.isfinite(result.abnormal.to_numpy()).all() and (result.estimates["sigma"] > 0).all()
    assert result.fit.coefficients.shape == (2, len(result.coefficient_names))
    least = MODELS[name].n_parameters(result.design)
    assert (result.estimates["n_obs"] - result.estimates["df"] >= least).all()


@pytest.mark.parametrize("name", EVERY)
def test_it_refuses_what_it_lacks_and_says_what_to_give(name):
    returns, factors = panel()
    needs = MODELS[name].needs
    if needs & {"market", "one market", "market or peers"}:
        with pytest.raises(InputError, match=f"model='{name}' needs a market; pass market="):
            impact.event_study(returns, events("A"), factors=factors, model=name, **WINDOWS)
    if "one market" in needs:
        with pytest.raises(InputError, match="needs one market series"):
            impact.event_study(returns, events("A"), market=["B", "C"], model=name, **WINDOWS)
    if "factors" in needs:
        with pytest.raises(InputError, match=f"model='{name}' needs factors; pass factors="):
            impact.event_study(returns, events("A"), market="index", model=name, **WINDOWS)
        for wanted in MODELS[name].factor_names[1:]:
            with pytest.raises(InputError, match=f"lacks 1 column.*{wanted}"):
                study(name, returns, factors.drop(columns=wanted))
    if not needs:
        assert study(name, returns, None).n_events == 2


@pytest.mark.parametrize("name", EVERY)
def test_alpha_comes_first_and_leaves_when_it_may(name):
    returns, factors = panel()
    names = study(name, returns, factors).coefficient_names
    assert len(set(names)) == len(names) and "alpha" not in names[1:]
    if MODELS[name].zero_alpha:
        assert names[0] == "alpha" and study(name, returns, factors, zero_alpha=True).coefficient_names == names[1:]
    else:
        with pytest.raises(InputError, match=f"zero_alpha=True has no meaning for model='{name}'"):
            study(name, returns, factors, zero_alpha=True)


@pytest.mark.parametrize("name", EVERY)
def test_the_security_leaves_its_benchmark_only_where_that_has_a_meaning(name):
    returns, factors = panel()
    if MODELS[name].exclude_weight:
        without = study(name, returns, factors, exclude_weight=0.05)
        assert not np.allclose(without.abnormal, study(name, returns, factors).abnormal)
    else:
        with pytest.raises(InputError, match=f"exclude_weight applies to model=.*not '{name}'"):
            study(name, returns, factors, exclude_weight=0.05)


@pytest.mark.parametrize("name", EVERY)
def test_a_day_without_trade_is_missing_and_costs_its_row_alone(name):
    returns, factors = panel()
    gappy = returns.copy()
    gappy.loc[DAYS[[200, 250, 331]], "A"] = np.nan
    result = study(name, gappy, factors)
    clean = study(name, returns, factors)
    assert np.isnan(result.abnormal.loc["e0", 1]) and result.abnormal.loc["e0"].isna().sum() == 1
    assert result.estimates.loc["e0", "n_obs"] <= clean.estimates.loc["e0", "n_obs"] - 2
    np.testing.assert_allclose(result.abnormal.loc["e1"], clean.abnormal.loc["e1"], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ("garch", "synthetic_control", "scholes_williams")])
def test_one_row_more_than_parameters_is_enough_to_have_a_variance(name):
    returns, factors = panel()
    whole = study(name, returns, factors)
    k = int((whole.estimates["n_obs"] - whole.estimates["df"]).iloc[0])
    lost = whole.design.length - int(whole.estimates["n_obs"].iloc[0])
    shortest = study(name, returns, factors, estimation=(-11 - k - lost, -11), min_observations=k + 1)
    assert (shortest.estimates["df"] == 1).all() and (shortest.estimates["sigma"] > 0).all()


@pytest.mark.parametrize("name", EVERY)
def test_too_few_rows_drop_the_event_with_the_count(name):
    returns, factors = panel()
    young = returns.copy()
    young.loc[: DAYS[280], "A"] = np.nan
    with pytest.warns(DroppedEvents):
        result = impact.event_study(
            young, events("A", "B"), market=None if name == "synthetic_control" else "index", factors=factors, model=name, **WINDOWS
        )
    assert result.dropped["event_id"].tolist() == ["e0"] and result.dropped["status"].tolist() == ["short_estimation"]
    assert "usable estimation rows, 100 needed" in result.dropped["reason"].iloc[0]


@pytest.mark.parametrize("name", EVERY)
def test_an_event_is_found_where_it_was_planted(name):
    returns, factors = panel()
    hit = returns.copy()
    hit.loc[DAYS[330], "A"] -= 0.2
    moved = study(name, hit, factors).abnormal.loc["e0", 0] - study(name, returns, factors).abnormal.loc["e0", 0]
    assert moved == pytest.approx(-0.2, abs=1e-12)


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model.in_parts])
def test_parts_know_every_model_that_says_so(name, tmp_path):
    from impact.eventstudy import study_partitions

    returns, factors = panel()
    returns.drop(columns="index").rename_axis("date").reset_index().to_parquet(tmp_path / "part.parquet")
    whole = study(name, returns.drop(columns="index").assign(index=returns["index"]), factors)
    parts = study_partitions(tmp_path, events("A", "B"), returns["index"], factors, name, windows=((-1, 1),), **WINDOWS)
    assert parts.n_events == 2
    assert parts.tests.loc[("(-1, 1)", "patell"), "statistic"] == pytest.approx(whole.tests(-1, 1).loc["patell", "statistic"], rel=1e-9)


def test_a_model_is_added_by_its_record_alone(monkeypatch):
    """What CONTRIBUTING says: one record; design, study, refusals and parts know it from then on."""
    from impact.eventstudy.benchmarks import market_model
    from impact.eventstudy.estimate import least_squares
    from impact.eventstudy.models import NormalModel

    record = NormalModel(
        name="twice_the_market",
        title="a market model under another name",
        needs=frozenset({"market"}),
        n_parameters=lambda _: 2,
        build=market_model,
        fit=least_squares,
    )
    monkeypatch.setitem(MODELS, record.name, record)
    returns, factors = panel()
    np.testing.assert_array_equal(study(record.name, returns, factors).abnormal, study("market", returns, factors).abnormal)
    with pytest.raises(InputError, match="model='twice_the_market' needs a market"):
        impact.event_study(returns, events("A"), model=record.name)


def test_garch_does_not_depend_on_the_unit_of_the_data_and_never_keeps_its_starting_values():
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2016-01-01", periods=900, name="session")
    variance, error = 1.0, np.empty(900)
    for t in range(900):
        error[t] = np.sqrt(variance) * rng.standard_normal()
        variance = 0.05 + 0.15 * error[t] ** 2 + 0.8 * variance
    market = rng.normal(0, 0.01, 900)
    returns = pd.DataFrame({"A": market + 0.015 * error, "index": market}, index=days)
    table = events("A", date=days[850])

    def fitted(scale):
        return study("garch", returns * scale, None, table, estimation=(-800, -11))

    one = fitted(1.0)
    assert 0.03 < one.estimates["garch_alpha"].iloc[0] < 0.3 < one.estimates["garch_beta"].iloc[0]
    for scale in (1e-3, 0.02, 7.0):
        small = fitted(scale)
        np.testing.assert_allclose(small.estimates["garch_alpha"], one.estimates["garch_alpha"], rtol=1e-3)
        np.testing.assert_allclose(small.estimates["garch_omega"], one.estimates["garch_omega"] * scale**2, rtol=1e-3)
        np.testing.assert_allclose(small.car(-1, 1)["t"], one.car(-1, 1)["t"], rtol=1e-4)


def test_an_optimiser_that_has_not_moved_is_not_converged(monkeypatch):
    from arch import univariate as arch

    from impact.eventstudy import conditional

    class Stuck(arch.LS):
        def fit(self, *args, starting_values=None, **options):
            result = super().fit(*args, starting_values=starting_values, **options)
            result._params = np.asarray(starting_values)
            return result

    monkeypatch.setattr(arch, "LS", Stuck)
    rng = np.random.default_rng(1)
    x = rng.normal(0, 0.01, 300)
    assert conditional._maximise(x + rng.normal(0, 0.02, 300), x) is None
