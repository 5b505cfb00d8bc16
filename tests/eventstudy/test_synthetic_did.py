"""Synthetic difference-in-differences: weights by a general solver, the estimate by hand, the placebos, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import impact
from impact.errors import InfeasibleDesign
from impact.eventstudy import synthetic_did
from impact.kernels.synthetic_did import difference_penalty

MONTHS = pd.date_range("2015-01-31", periods=30, freq="ME")


def panel(n=16, effect=0.0, seed=2):
    rng = np.random.default_rng(seed)
    factor = rng.normal(0, 1, len(MONTHS)).cumsum()
    table = pd.DataFrame(np.outer(factor, rng.uniform(0.5, 1.5, n)) + rng.normal(0, 0.5, (len(MONTHS), n)) + rng.normal(0, 5, n), MONTHS)
    table.columns = [f"U{i}" for i in range(n)]
    table.loc[MONTHS[20] :, "U0"] += effect
    return table


def by_general_solver(target, candidates, penalty):
    """Weights and constant by sequential quadratic programming, straight from the definition."""
    k = candidates.shape[1]

    def loss(w):
        return ((target - w[-1] - candidates @ w[:k]) ** 2).sum() / len(target) + penalty**2 * (w[:k] ** 2).sum()

    rule = {"type": "eq", "fun": lambda w: w[:k].sum() - 1}
    start = np.append(np.full(k, 1 / k), 0.0)
    bounds = [(0, 1)] * k + [(None, None)]
    return minimize(loss, start, method="SLSQP", bounds=bounds, constraints=rule, options={"maxiter": 2000, "ftol": 1e-15}).x[:k]


def test_weights_and_estimate_from_the_definition():
    table = panel(8, effect=2.0)
    result = synthetic_did(table, "U0", MONTHS[20])
    y, x = table["U0"].to_numpy(), table.iloc[:, 1:].to_numpy()
    sigma = np.diff(x[:20], axis=0).std(ddof=1)
    assert difference_penalty(x, 20, 1).units == pytest.approx(10**0.25 * sigma, rel=1e-12)
    units = by_general_solver(y[:20], x[:20], 10**0.25 * sigma)
    periods = by_general_solver(x[20:].mean(axis=0), x[:20].T, 1e-6 * sigma)
    np.testing.assert_allclose(result.unit_weights.set_index("unit")["weight"].reindex(table.columns[1:]), units, atol=2e-5)
    assert result.unit_weights["weight"].sum() == pytest.approx(1, abs=1e-9)
    gap = y - x @ units
    assert result.to_frame()["estimate"].iloc[0] == pytest.approx(gap[20:].mean() - periods @ gap[:20], abs=2e-3)


def test_parallel_units_collapse_to_the_difference_by_hand():
    # controls differ by constants only, so every weighting gives the same: (5 + 3) - (1 + 0) less (2 + 0) - 0, period by period
    base = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 2.0])
    table = pd.DataFrame({f"U{i}": base + i for i in range(4)}, MONTHS[:7])
    table.loc[MONTHS[5] :, "U0"] += 4.5
    row = synthetic_did(table, "U0", MONTHS[5]).to_frame().iloc[0]
    assert row["estimate"] == pytest.approx(4.5, abs=1e-8) and np.isnan(row["se"]) and "2 controls are left" in row["reason"]


def test_placebo_error_is_the_spread_of_the_same_design_on_every_control():
    table = panel(14, effect=6.0)
    result = synthetic_did(table, "U0", MONTHS[20])
    row = result.to_frame().iloc[0]
    assert len(result.placebos) == 13 and row["se"] == result.placebos.std() and row["smallest_p"] == 1 / 14
    one = synthetic_did(table.drop(columns="U0"), "U3", MONTHS[20]).to_frame()["estimate"].iloc[0]
    assert result.placebos[2] == pytest.approx(one, abs=0.05)  # its ridge is of twelve controls, that of the study of thirteen
    assert row["ci_low"] < 6.0 < row["ci_high"] and row["p"] < 0.05 and row["rank_p"] == 1 / 14


def test_size_and_power():
    p, q = [], []
    for seed in range(60):
        p.append(synthetic_did(panel(16, seed=seed), "U0", MONTHS[20]).to_frame()["p"].iloc[0])
        q.append(synthetic_did(panel(16, effect=4.0, seed=seed), "U0", MONTHS[20]).to_frame()["p"].iloc[0])
    assert np.mean(np.array(p) < 0.05) <= 0.15 and np.mean(np.array(q) < 0.05) > 0.6


def test_several_treated_units_need_a_generator():
    table = panel(20)
    with pytest.raises(impact.InputError, match="default_rng"):
        synthetic_did(table, ["U0", "U1"], MONTHS[20])
    one, two = (synthetic_did(table, ["U0", "U1"], MONTHS[20], rng=np.random.default_rng(1), draws=60) for _ in range(2))
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    assert np.isnan(one.to_frame()["rank_p"].iloc[0]) and "2 units" in one.summary().title


@pytest.mark.parametrize(
    ("change", "treated", "start", "error", "said"),
    [
        (lambda t: t, "ZZ", MONTHS[20], impact.InputError, "no column of outcomes"),
        (lambda t: t, "U0", "soon", impact.InputError, "is not a date"),
        (lambda t: t, [], MONTHS[20], impact.InputError, "none is given"),
        (lambda t: t, "U0", MONTHS[2], InfeasibleDesign, "2 periods before"),
        (lambda t: t, "U0", "2030-01-01", InfeasibleDesign, "0 from it on"),
        (lambda t: t.assign(U0=t["U0"].mask(t.index == MONTHS[3])), "U0", MONTHS[20], InfeasibleDesign, "no figure in 1 of 30"),
        (lambda t: t[["U0", "U1", "U2"]], "U0", MONTHS[20], InfeasibleDesign, "2 controls have"),
        (lambda t: t * 0 + 1, "U0", MONTHS[20], InfeasibleDesign, "none of the 15 controls moves"),
        (lambda t: t.assign(U3=np.inf), "U0", MONTHS[20], impact.InputError, "infinite"),
        (lambda t: pd.concat([t, t["U1"]], axis=1), "U0", MONTHS[20], impact.InputError, "repeats 1 column"),
    ],
)
def test_refusals(change, treated, start, error, said):
    with pytest.raises(error, match=said):
        synthetic_did(change(panel()), treated, start)


def test_controls_with_gaps_leave_with_the_reason():
    table = panel()
    table.loc[MONTHS[4], "U5"] = np.nan
    result = synthetic_did(table, "U0", MONTHS[20])
    assert result.dropped.to_dict("records") == [{"unit": "U5", "reason": "no figure in 1 of 30 periods"}]
    assert "U5" not in set(result.unit_weights["unit"]) and "Units left out" in str(result)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("03/12/2015", "can be read in two ways"),
        (pd.Timestamp("2016-09-30", tz="UTC"), "is not a session"),
        ("2016-09-30 15:00", "is not a session"),
        (7, "is not a date"),
        (None, "not given"),
    ],
)
def test_a_start_that_is_no_single_day_is_refused(start, said):
    with pytest.raises(impact.InputError, match=f"start.*{said}"):
        synthetic_did(panel(), "U0", start)


def test_a_start_may_be_written_in_figures():
    for start in (20160930, "30/09/2016", "20160930"):
        assert synthetic_did(panel(), "U0", start).start == MONTHS[20]


def test_the_function_is_itself_in_whatever_order_names_are_taken():
    """A public name that is also a module of the package was the module once another name of that module had been taken."""
    import pkgutil

    import impact.eventstudy as room

    assert not {module.name for module in pkgutil.iter_modules(room.__path__)} & set(room.__all__)
