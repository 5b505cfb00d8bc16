"""One event against a synthetic control: the weights of the model, the rank among donors, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import impact
from impact.errors import InfeasibleDesign
from impact.eventstudy import synthetic_control

DAYS = pd.bdate_range("2019-01-01", periods=320)
EVENT = {"event_id": ["listing"], "security": ["F0"], "date": [DAYS[300]]}


def panel(n=24, effect=0.0, seed=4):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 0.01, (len(DAYS), 2))
    loads = rng.uniform(0.2, 1.2, (2, n))
    table = pd.DataFrame(common @ loads + rng.normal(0, 0.01, (len(DAYS), n)), DAYS, [f"F{i}" for i in range(n)])
    table.loc[DAYS[300], "F0"] += effect
    return table


def test_weights_are_those_of_the_model_and_of_a_general_solver():
    table = panel(6)
    result = synthetic_control(table, EVENT, window=(0, 2))
    study = impact.event_study(table, EVENT, market=[f"F{i}" for i in range(1, 6)], model="synthetic_control", window=(0, 2))
    np.testing.assert_allclose(result.path["gap"], study.fitted.abnormal[0], atol=1e-12)
    y, x = table["F0"].to_numpy()[40:290], table.iloc[40:290, 1:].to_numpy()
    rule = {"type": "eq", "fun": lambda w: w.sum() - 1}
    found = minimize(
        lambda w: 1e4 * ((y - x @ w) ** 2).sum(),
        np.full(5, 0.2),
        bounds=[(0, 1)] * 5,
        constraints=rule,
        tol=1e-14,
        options={"maxiter": 500},
    )
    np.testing.assert_allclose(result.weights.set_index("donor")["weight"].sort_index(), found.x, atol=1e-6)
    assert result.weights["weight"].sum() == pytest.approx(1, abs=1e-12)


def test_placebos_and_p_by_brute_force():
    table = panel(8, effect=-0.02)
    result = synthetic_control(table, EVENT, window=(0, 1))
    row = result.to_frame().iloc[0]
    statistics = {}
    for name in table.columns:
        others = table.columns.drop(["F0", name] if name != "F0" else ["F0"])
        one = {"event_id": ["x"], "security": [name], "date": [DAYS[300]]}
        study = impact.event_study(table, one, market=list(others), model="synthetic_control", window=(0, 1))
        before = study.fitted.residuals(slice(0, 1))[0]
        statistics[name] = study.fitted.abnormal[0].sum() / np.sqrt(np.nanmean(before**2)) / np.sqrt(2)
    own = statistics.pop("F0")
    assert row["statistic"] == pytest.approx(own, rel=1e-9)
    np.testing.assert_allclose(result.placebos["statistic"], list(statistics.values()), rtol=1e-8)
    assert row["statistic_p"] == (1 + sum(abs(value) >= abs(own) for value in statistics.values())) / 8
    assert row["smallest_p"] == 1 / 8 and np.isinf(row["ci_low"]) and "no bounded interval" in str(result)


def test_interval_holds_what_the_placebos_do_not_reject():
    table = panel(40, effect=-0.06)
    row = synthetic_control(table, EVENT, window=(0, 0)).to_frame().iloc[0]
    assert row["statistic_p"] == 1 / 40 and row["ci_low"] < -0.06 < row["ci_high"] < 0
    for effect, rejected in ((row["ci_high"] + 1e-9, True), (row["ci_high"] - 1e-9, False)):
        moved = table.copy()
        moved.loc[DAYS[300], "F0"] -= effect
        assert (synthetic_control(moved, EVENT, window=(0, 0)).to_frame()["statistic_p"].iloc[0] <= 0.05) == rejected


def test_placebo_test_holds_its_size_and_finds_an_effect():
    null = []
    for seed in range(40):
        table = panel(10, seed=seed)
        null.append(synthetic_control(table, EVENT, estimation=(-70, -11), window=(0, 1)).to_frame()["statistic_p"].iloc[0])
    assert np.mean(np.array(null) <= 0.1) < 0.25  # 10 % of 40, three standard errors above
    assert synthetic_control(panel(20, effect=-0.1), EVENT, window=(0, 1)).to_frame()["statistic_p"].iloc[0] == 0.05


def test_control_without_each_donor_and_a_poor_fit_refuses_the_headline():
    table = panel(12, effect=-0.05)
    table["F1"] = 0.9 * table["F0"] + np.random.default_rng(0).normal(0, 0.002, len(DAYS))
    result = synthetic_control(table, EVENT, window=(0, 0))
    assert result.leave_one_out["donor"].iloc[0] == "F1" and len(result.leave_one_out) == (result.weights["weight"] > 0).sum()
    without = synthetic_control(table.drop(columns="F1"), EVENT, window=(0, 0))
    assert result.leave_one_out["car"].iloc[0] == pytest.approx(without.path["gap"].iloc[0], abs=1e-10)
    table["F0"] = np.random.default_rng(1).normal(0, 0.08, len(DAYS))
    wild = synthetic_control(table, EVENT, window=(0, 0))
    assert "fitted better" in wild.refusal and "no headline" in wild.summary().title and "a poor fit" in str(wild)


def test_plot_and_copies():
    result = synthetic_control(panel(effect=-0.08), EVENT)
    ax = result.plot()
    assert len(ax.lines) == 25 and ax.get_title() == "listing against 23 placebos"
    assert ax.lines[-1].get_ydata()[-1] == pytest.approx(result.to_frame()["car"].iloc[0])


def test_donors_that_cannot_serve_are_left_out_with_the_reason():
    table = panel(9)
    table.loc[DAYS[100:150], "F1"] = np.nan
    table.loc[DAYS[303], "F2"] = np.nan
    table["F3"], table["F4"] = table["F5"], 0.0
    result = synthetic_control(table, EVENT)
    assert result.dropped["donor"].tolist() == ["F1", "F2", "F4", "F5"]
    assert result.dropped["reason"].str.contains("50 of 250|1 sessions of the event|does not move|returns of F3").all()
    assert set(result.weights["donor"]) == {"F3", "F6", "F7", "F8"}


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        (lambda t: t, {"donors": ["F1"]}, impact.InputError, "donors leaves 1 donor"),
        (lambda t: t, {"donors": ["F1", "F2"]}, InfeasibleDesign, "2 of 2 donors can be used"),
        (lambda t: t, {"donors": ["F1", "F2", "F0"]}, impact.InputError, "have an event themselves"),
        (lambda t: t, {"donors": ["F1", "F2", "F2"]}, impact.InputError, "twice"),
        (lambda t: t, {"donors": ["F1", "F2", "ZZ"]}, impact.InputError, "no column of returns"),
        (lambda t: t.assign(**{f"F{i}": t["F1"] for i in range(2, 24)}), {}, InfeasibleDesign, "1 of 23 donors"),
        (lambda t: t * 100, {}, impact.InputError, "percent"),
        (lambda t: 50 * (1 + t).cumprod(), {}, impact.InputError, "prices"),
        (lambda t: t.iloc[200:], {}, InfeasibleDesign, "100 sessions before day 0"),
        (lambda t: t.iloc[:305], {}, InfeasibleDesign, "and 4 after"),
        (lambda t: t.assign(F0=t["F0"].mask(t.index == DAYS[302])), {}, InfeasibleDesign, "no return on 1 of 11"),
        (lambda t: t.assign(F0=0.5 * t["F1"] + 0.5 * t["F2"]), {}, InfeasibleDesign, "to the last digit"),
        (lambda t: pd.concat([t, t["F1"]], axis=1), {}, impact.InputError, "repeats 1 column"),
    ],
)
def test_refusals(change, options, error, said):
    with pytest.raises(error, match=said):
        synthetic_control(change(panel()), EVENT, **options)


def test_lines_with_another_event_are_no_donors():
    both = pd.DataFrame({"event_id": ["a", "b"], "security": ["F0", "F1"], "date": [DAYS[300]] * 2})
    result = synthetic_control(panel(), both, "a")
    assert "F1" not in set(result.weights["donor"])
    with pytest.raises(impact.InputError, match="name it by event_id"):
        synthetic_control(panel(), both)
    with pytest.raises(impact.InputError, match="none of the 2 events"):
        synthetic_control(panel(), both, "c")
