"""Staggered treatment: the imputation by hand, against two-way fixed effects, size, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import InfeasibleDesign
from impact.eventstudy import staggered_did

MONTHS = pd.date_range("2018-01-31", periods=16, freq="ME")
NEAR = 1e-5
"""pyfixest takes out unit and period by repeated means, to about 1e-6, where the panel has gaps."""
STARTS = {f"U{i}": MONTHS[(5, 8, 12)[i % 3]] for i in range(15)}


def panel(n=30, growth=0.0, seed=1):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, n) + rng.normal(0, 1, (len(MONTHS), 1)) + rng.normal(0, 0.5, (len(MONTHS), n))
    table = pd.DataFrame(values, MONTHS, [f"U{i}" for i in range(n)])
    for name, start in STARTS.items():
        since = np.arange(len(MONTHS)) - MONTHS.get_loc(start)
        table[name] += np.where(since >= 0, growth * (1 + since), 0.0)
    return table


def long(table):
    rows = table.rename_axis(index="t", columns="unit").stack().dropna().rename("y").reset_index()
    rows["since"] = [
        MONTHS.get_loc(t) - MONTHS.get_loc(STARTS[u]) if u in STARTS else -99 for t, u in zip(rows["t"], rows["unit"], strict=True)
    ]
    dummies = pd.get_dummies(rows[["unit", "t"]].astype(str), drop_first=True, dtype=float).to_numpy()
    return rows, np.column_stack((np.ones(len(rows)), dummies))


def test_effects_are_the_imputation_by_hand_with_gaps():
    table = panel(growth=0.4)
    table.loc[MONTHS[3], "U4"] = table.loc[MONTHS[9], "U20"] = np.nan
    rows, x = long(table)
    free = (rows["since"] < 0).to_numpy()
    left = rows["y"] - x @ np.linalg.lstsq(x[free], rows["y"][free], rcond=None)[0]
    result = staggered_did(table, STARTS)
    whole = result.effects.loc["all"]
    assert whole["estimate"] == pytest.approx(left[~free].mean(), abs=NEAR) and whole["n_treated"] == 15
    by_hand = left[~free].groupby(rows["since"][~free]).mean()
    np.testing.assert_allclose(result.effects["estimate"].drop("all").to_numpy(dtype=float), by_hand, atol=NEAR)
    assert result.effects.loc[0, "n_periods"] == 3 and result.effects.loc[10, "n_treated"] == 5
    assert np.isnan(result.effects.loc[10, "se"]) and "fewer than 8" in result.effects.loc[10, "reason"]
    assert result.n_never == 15 and "15 units are not treated by the last period" in str(result)


def test_two_way_fixed_effects_are_wrong_where_effects_grow():
    table = panel(n=15, growth=1.0, seed=5)  # all are treated in the end
    rows, x = long(table)
    dummy = (rows["since"] >= 0).to_numpy(dtype=float)
    naive = np.linalg.lstsq(np.column_stack((x, dummy)), rows["y"], rcond=None)[0][-1]
    early = table.iloc[:12]
    result = staggered_did(early, STARTS)
    truth = np.mean([1 + t - MONTHS.get_loc(s) for s in STARTS.values() for t in range(12) if t >= MONTHS.get_loc(s)])
    assert abs(result.effects.loc["all", "estimate"] - truth) < 0.5
    assert naive < 0.5 * truth
    whole = staggered_did(table, STARTS)
    assert "no control is left" in str(whole) and "15 units, 20 are needed" in whole.effects.loc["all", "reason"]


def test_size_and_power():
    def p(growth, seed):
        return staggered_did(panel(40, growth, seed), STARTS, last=2).effects.loc["all", "p"]

    assert np.mean([p(0.0, seed) < 0.05 for seed in range(20)]) <= 0.2  # 5 % of 20, three standard errors above
    assert np.mean([p(0.4, seed) < 0.05 for seed in range(5)]) == 1.0


@pytest.mark.parametrize(
    ("change", "starts", "options", "error", "said"),
    [
        (lambda t: t, {"ZZ": MONTHS[4]}, {}, impact.InputError, "no column of outcomes"),
        (lambda t: t, pd.Series(MONTHS[4:6], ["U0", "U0"]), {}, impact.InputError, "dates 1 unit"),
        (lambda t: t, ["U0"], {}, impact.InputError, "starts is a list"),
        (lambda t: t, {"U0": "soon"}, {}, impact.InputError, "no date"),
        (lambda t: t, STARTS, {"cluster": "firm"}, impact.InputError, "choose unit or period"),
        (lambda t: t, STARTS, {"last": -2}, impact.InputError, "before the treatment"),
        (lambda t: t, {}, {}, InfeasibleDesign, "no treated observation"),
        (lambda t: t, {"U0": MONTHS[0]}, {}, InfeasibleDesign, "'U0': no untreated period"),
        (lambda t: t[["U0"]], {"U0": MONTHS[5]}, {}, InfeasibleDesign, "no treated observation"),
        (lambda t: pd.concat([t, t["U1"]], axis=1), STARTS, {}, impact.InputError, "repeats 1 column"),
    ],
)
def test_refusals(change, starts, options, error, said):
    with pytest.raises(error, match=said):
        staggered_did(change(panel()), starts, **options)


def test_one_treated_unit_has_an_effect_and_no_error():
    result = staggered_did(panel(growth=1.0), {"U0": MONTHS[5]})
    row = result.effects.loc["all"]
    assert np.isfinite(row["estimate"]) and np.isnan(row["se"]) and np.isnan(row["p"]) and "fewer than 8 treated units" in row["reason"]
