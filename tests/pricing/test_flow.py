"""The execution flow: coefficients by era, side and reason, their scores, and what reverses."""

import numpy as np
import pytest

from impact.errors import InputError
from impact.pricing import event_library, execution_flow
from impact.pricing.flow import flow_coefficients
from impact.pricing.flow_fit import FLOW_CELLS, FLOW_MODELS, committed_coefficients, fit_flow, flow_rows, flow_scores, reversal_table


def test_the_coefficient_of_early_deletions_is_large_and_of_later_reviews_zero_is_inside():
    table = flow_coefficients().set_index("cell")
    assert table.loc["2001_08_deletion", "coefficient_mid"] == pytest.approx(0.88, abs=0.03)
    assert table.loc["2001_08_addition", "coefficient_mid"] == pytest.approx(0.59, abs=0.03)
    late = table.loc["since_2019_deletion"]
    assert late["coefficient_low"] < 0 < late["coefficient_high"]


@pytest.mark.parametrize("cell", FLOW_CELLS.values(), ids=lambda cell: cell.name)
def test_every_cell_is_reached_and_counts_its_dates(cell):
    flow = execution_flow(10.0, 0.02, side=cell.side, reason=cell.reason, era=cell.era)
    rows = flow_rows(event_library())
    assert flow.cell is cell and flow.n_events == (rows.cell == cell.name).sum()
    assert f"{flow.n_dates} execution dates" in flow.verdict


def test_the_effect_is_coefficient_sigma_and_root_of_the_flow():
    flow = execution_flow(16.0, 0.02)
    np.testing.assert_allclose(flow.log_effect, -flow.coefficient * 0.02 * 4)
    assert not execution_flow(0.0, 0.02).log_effect.any()


def test_sanction_deletions_are_described_not_forecast():
    flow = execution_flow(10.0, 0.02, reason="sanction")
    assert "described, not forecast" in flow.verdict and flow.n_dates == 6
    with pytest.raises(InputError, match="no index change"):
        execution_flow(10.0, 0.02, reason="sanction", era="2009_18")


def test_a_flow_beyond_those_fitted_is_flagged():
    assert execution_flow(500.0, 0.02).outside and not execution_flow(8.0, 0.02).outside


@pytest.mark.parametrize(("flow", "sigma"), [(-1.0, 0.02), (1.0, 0.0), (float("inf"), 0.02)])
def test_a_number_out_of_range_is_refused(flow, sigma):
    with pytest.raises(InputError):
        execution_flow(flow, sigma)


def test_the_reversal_by_hand():
    rows = flow_rows(event_library())
    own = (rows.cell == "2001_08_addition").to_numpy()
    weight = 1 / rows.sigma[own] ** 2
    by_hand = -np.sum(weight * rows.towards[own] * rows.after[own]) / np.sum(weight * rows.towards[own] ** 2)
    row = reversal_table(n_resamples=200).set_index("cell").loc["2001_08_addition"]
    assert row["reversal"] == pytest.approx(by_hand) and by_hand == pytest.approx(0.3807, abs=1e-4)
    assert row["reversal_low"] < row["reversal"] < row["reversal_high"]


def test_a_constant_of_the_literature_loses_to_no_effect_on_dates_left_out():
    scores = flow_scores().set_index("model")
    assert set(scores.index) == set(FLOW_MODELS)
    assert scores.loc["literature", "skill_high"] < 0 < scores.loc["era_side", "skill_low"]


def test_the_committed_coefficients_are_what_a_quick_fit_gives():
    anew = fit_flow(event_library(), seed=5).cell_mean[:, 0]
    for position, cell in enumerate(FLOW_CELLS):
        assert np.median(anew[:, position]) == pytest.approx(np.median(committed_coefficients()[cell]), abs=0.03)
    assert not any(np.isnan(values).any() for values in committed_coefficients().values())
