"""Quantities that come out with pencil and paper, through the public entry points and the kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impact
from impact.kernels import execution, impact_laws, index_weights, parametric, ranks, signs, single_event

TABLE = pd.read_csv(Path(__file__).parent / "hand" / "values.csv").set_index("quantity")
FALLS = np.array([-0.05, -0.04, -0.03, -0.02, -0.01])


@pytest.fixture(scope="module")
def firm():
    days = pd.bdate_range("2021-01-04", periods=5)
    returns = pd.DataFrame({"X": [0.02, -0.01, 0.01, -0.02, -0.07], "M": [0.01, -0.01, 0.01, -0.01, 0.02]}, index=days)
    events = pd.DataFrame({"event_id": ["e"], "security": ["X"], "date": [days[4]]})
    return impact.event_study(returns, events, market="M", estimation=(-4, -1), window=(0, 0), min_observations=4)


@pytest.fixture(scope="module")
def ours(firm):
    estimates, row = firm.estimates.loc["e"], firm.car(0, 0).loc["e"]
    deletion = index_weights.reweight_without(np.array([20.0, 60.0, 20.0]), np.ones(3), np.array([False, False, True]))
    return {
        "slope": estimates["beta"],
        "intercept": estimates["alpha"],
        "residual_variance": estimates["sigma"] ** 2,
        "abnormal_return": row["car"],
        "forecast_variance_factor": (row["se"] / estimates["sigma"]) ** 2,
        "standard_error": row["se"],
        "t": row["t"],
        "cross_sectional_t": parametric.cross_sectional(np.array([-0.01, -0.02, -0.03])).statistic,
        "sign_z": signs.sign(FALLS).statistic,
        "sign_p": signs.sign(FALLS).p_value,
        "wilcoxon_p": ranks.wilcoxon(FALLS).p_value,
        "square_root_impact": impact_laws.square_root_impact(4.0, 0.02, prefactor=0.75),
        "days_to_sell": execution.days_to_liquidate(54.0, 18.0, 0.1),
        "smallest_placebo_p": single_event.sq(np.array([0.005, 0.005, -0.005, -0.005]), -0.1).p("lower"),
        "weight_after_deletion": deletion.after[0],
    }


@pytest.mark.parametrize("quantity", TABLE.index)
def test_pencil_and_paper(ours, quantity):
    row = TABLE.loc[quantity]
    written = eval(row["arithmetic"], {"__builtins__": {}})  # digits and signs of our own table
    assert written == pytest.approx(row["value"], rel=1e-12)
    assert float(ours[quantity]) == pytest.approx(row["value"], rel=1e-10, abs=1e-15)


def test_every_quantity_of_the_table_is_computed(ours):
    assert list(ours) == TABLE.index.tolist()
