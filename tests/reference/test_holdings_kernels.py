"""Worked examples of index deletion, exclusion and held fraction."""

import numpy as np
import pytest

from impact.kernels.index_weights import exclusion_tracking_error, reweight_without
from impact.kernels.lookthrough import held_fraction


def test_deletion_reweights_in_proportion_and_keeps_the_level(worked):
    example = worked["examples"]["F07"]
    cap, free_float = (np.array(example["inputs"][name]) for name in ("full_cap", "free_float"))
    found = reweight_without(cap, free_float, np.array([False, False, False, True]))
    expected = example["expected"]
    np.testing.assert_allclose(found.before, expected["w_before"], rtol=example["rtol"])
    np.testing.assert_allclose(found.after, expected["w_after"], rtol=example["rtol"])
    assert found.turnover_one_way == pytest.approx(expected["turnover_one_way"], rel=example["rtol"])
    assert found.divisor_ratio == pytest.approx(expected["divisor_ratio"], rel=example["rtol"])


def test_exclusion_costs_tracking_error(worked):
    example = worked["examples"]["F08"]
    weight, sigma = example["inputs"]["w_d"], example["inputs"]["sigma_active_of_d"]
    single = exclusion_tracking_error(np.array([weight]), np.array([[sigma**2]]))
    assert single == pytest.approx(example["expected"]["TE"], rel=example["rtol"])
    sd, rho = np.array([0.35, 0.40]), 0.3
    covariance = np.outer(sd, sd) * np.array([[1, rho], [rho, 1]])
    several = exclusion_tracking_error(np.array([0.03, 0.02]), covariance)
    assert several == pytest.approx(example["expected"]["TE_two_names"], rel=example["rtol"])


def test_us_held_fraction(worked):
    example = worked["examples"]["G06"]
    given = example["inputs"]
    shares, fraction = held_fraction(
        shares_outstanding=given["shares_out"],
        reported_13f=given["us_13f"],
        reported_nport_only=given["us_nport_not_in_13f"],
        receipts=given["adr_held"],
        receipt_ratio=given["adr_ratio"],
        counted_twice=given["double_count"],
    )
    assert shares == pytest.approx(example["expected"]["us_shares"], rel=example["rtol"])
    assert fraction == pytest.approx(example["expected"]["fraction"], rel=example["rtol"])
