"""Staggered treatment: the imputation by hand, against two-way fixed effects, size, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import InfeasibleDesign
from impact.eventstudy import staggered_did
from impact.kernels.imputation import imputed_means

MONTHS = pd.date_range("2018-01-31", periods=16, freq="ME")
NEAR = 1e-10
"""Two exact solutions of one least squares."""
REPEATED_MEANS = 1e-4
"""pyfixest takes out unit and period by repeated means, to about 1e-6 of an outcome; its errors then agree to about 1e-5 of theirs."""
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


@pytest.mark.parametrize("cluster", ["unit", "period"])
@pytest.mark.parametrize("second", ["~i(treated)", "~i(horizon, ref=-1)"])
@pytest.mark.filterwarnings("ignore")  # pyfixest calls pandas by names that later versions drop
def test_means_and_errors_are_those_of_the_authors_two_stages(cluster, second):
    import pyfixest

    table = panel(growth=0.4)
    table.loc[MONTHS[3], "U4"] = table.loc[MONTHS[9], "U20"] = np.nan
    rows, _ = long(table)
    numbered = pd.DataFrame(
        {"unit": rows["unit"].str[1:].astype(int), "period": [MONTHS.get_loc(t) for t in rows["t"]], "outcome": rows["y"]}
    )
    numbered["treated"], numbered["horizon"] = rows["since"] >= 0, rows["since"].clip(lower=-1)
    fit = pyfixest.did2s(numbered, yname="outcome", first_stage="~0|unit+period", second_stage=second, treatment="treated", cluster=cluster)
    group = np.where(numbered["treated"], 0 if "treated" in second else numbered["horizon"], -1)
    own = imputed_means(
        *(numbered[name].to_numpy() for name in ("outcome", "unit", "period")), group, numbered[cluster].to_numpy(), group.max() + 1
    )
    np.testing.assert_allclose(own.estimate, fit.coef().to_numpy(), rtol=REPEATED_MEANS, atol=1e-5)
    np.testing.assert_allclose(own.se, fit.se().to_numpy(), rtol=REPEATED_MEANS)


def test_a_unit_or_a_period_with_one_untreated_figure_enters():
    table = panel()
    starts = STARTS | {"U0": MONTHS[1]}
    rows, x = long(table)
    since = np.where(rows["unit"] == "U0", [MONTHS.get_loc(t) - 1 for t in rows["t"]], rows["since"].to_numpy())
    left = rows["y"] - x @ np.linalg.lstsq(x[since < 0], rows["y"][since < 0], rcond=None)[0]
    row = staggered_did(table, starts).effects.loc["all"]
    assert row["estimate"] == pytest.approx(left[since >= 0].mean(), abs=NEAR) and row["se"] > 0


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
        (lambda t: t, {"U0": "soon"}, {}, impact.InputError, "is not a date"),
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


def split_panel(bridges=0):
    """Twelve controls before the date, twelve after it, ten treated throughout that nothing happens to, and units that span the date."""
    days = pd.date_range("2018-01-31", periods=24, freq="ME")
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.01, (24, 34 + bridges))
    level = np.array([10.0] * 12 + [13.0] * 12 + [11.0] * (10 + bridges))
    table = pd.DataFrame(
        level + noise, days, [f"{kind}{i}" for kind, n in (("B", 12), ("A", 12), ("T", 10), ("S", bridges)) for i in range(n)]
    )
    table.loc[days[12:], [f"B{i}" for i in range(12)]] = np.nan
    table.loc[days[:12], [f"A{i}" for i in range(12)]] = np.nan
    return table, {f"T{i}": days[12] for i in range(10)}


def test_controls_that_end_where_others_begin_compare_nothing():
    table, starts = split_panel()
    with pytest.raises(InfeasibleDesign, match=r"no control spans the date: 120 treated observation\(s\) stand beside"):
        staggered_did(table, starts)
    tied, starts = split_panel(bridges=1)  # one unit that spans the date ties the two groups: their levels are told apart
    assert abs(staggered_did(tied, starts).effects.loc["all", "estimate"]) < 0.02


def test_treated_observations_that_nothing_ties_to_their_unit_leave_and_are_said():
    table, starts = split_panel()
    table["S0"] = table["B0"].fillna(10.0)
    table.loc[table.index[18:], "S0"] = np.nan
    table.loc[table.index[12:18], [f"A{i}" for i in range(12)]] = np.nan  # the later controls begin where the one that spans ends
    result = staggered_did(table, starts)
    assert result.effects.loc["all", "n_obs"] == 60 and result.n_treated == 10
    assert "60 treated observations stand beside units that no untreated figures tie to their own past" in str(result)
    assert result.dropped["unit"].tolist() == [f"A{i}" for i in range(12)]
    assert set(result.dropped["reason"]) == {"no treated unit beside it"} and result.n_never == 13


def test_what_enters_is_what_the_untreated_observations_identify():
    rng = np.random.default_rng(8)
    for _ in range(40):
        table = pd.DataFrame(rng.normal(size=(6, 7)), MONTHS[:6], [f"U{i}" for i in range(7)]).mask(rng.random((6, 7)) < 0.6)
        starts = {f"U{i}": MONTHS[rng.integers(1, 6)] for i in range(4)}
        first = np.array([table.index.get_loc(starts[name]) if name in starts else 6 for name in table])
        at = np.argwhere(table.notna().to_numpy())
        design = np.zeros((len(at), 13))
        design[np.arange(len(at)), at[:, 1]] = design[np.arange(len(at)), 7 + at[:, 0]] = 1.0
        free = at[:, 0] < first[at[:, 1]]
        rank = np.linalg.matrix_rank(design[free]) if free.any() else 0
        told = [row for row in design[~free] if np.linalg.matrix_rank(np.vstack((design[free], row))) == rank]
        if not told:
            with pytest.raises(InfeasibleDesign):
                staggered_did(table, starts)
        else:
            assert staggered_did(table, starts).effects.loc["all", "n_obs"] == len(told)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("03/02/2020", "'03/02/2020' can be read in two ways"),
        (pd.Timestamp("2018-06-30", tz="UTC"), "carries a zone"),
        ("2018-06-30T00:00-05:00", "carries a zone"),
        ("2018-06-30 15:00", "carries a time of day"),
        (7, "7 is not a date"),
    ],
)
def test_a_start_that_is_no_single_day_is_refused(date, said):
    with pytest.raises(impact.InputError, match=f"starts has 1 value.*'U0': .*{said}"):
        staggered_did(panel(), {"U0": date})


def test_starts_have_one_order_of_day_and_month():
    table = panel()
    by_stamp = staggered_did(table, {"U0": MONTHS[5], "U1": pd.Timestamp("2018-04-06")}).effects
    for given in ({"U0": "30/06/2018", "U1": "06/04/2018"}, {"U0": 20180630, "U1": "6 Apr 2018"}, {"U0": "20180630", "U1": "2018/04/06"}):
        pd.testing.assert_frame_equal(staggered_did(table, given).effects, by_stamp)
