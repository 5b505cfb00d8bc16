"""What no choice of data may change: order and units of events, the sign of returns, sessions that nobody trades."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.eventstudy.hypotheses import TESTS
from impact.eventstudy.inference import describe_inference, run_tests
from impact.kernels import multiplicity
from impact.kernels.rank_sums import rank_sums
from impact.kernels.single_event import PlaceboTest, conformal_interval
from tests.reference.brute_fit import brute_fit

SIGNED = [name for name in TESTS if name != "placebo_space"]
SETTINGS = settings(deadline=None, max_examples=30)


@st.composite
def studies(draw):
    """Returns, market, security and day 0 of a small study, with or without gaps, on one to four dates."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.sampled_from([1, 2, 6, 11]))
    returns = 0.02 * rng.standard_normal((120, n)) + 0.01 * rng.standard_normal((120, 1))
    if draw(st.booleans()):
        returns[rng.random(returns.shape) < 0.03] = np.nan
    market = 0.01 * rng.standard_normal(120)
    day0 = np.resize(draw(st.sampled_from([(80,), (80, 81), (70, 80, 82, 100)])), n)
    return returns, market, np.arange(n), day0


def fitted(returns, market, security, day0):
    design = np.column_stack([np.ones(market.size), market])
    return brute_fit(returns, design, security, day0, estimation=(-55, -6), window=(-2, 3))


def all_tests(*study, window=(-1, 1)):
    return run_tests(fitted(*study), *window, rng=np.random.default_rng(0), draws=99)


@SETTINGS
@given(studies(), st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing_but_random_draws(study, random):
    returns, market, security, day0 = study
    order = np.array(random.sample(range(len(day0)), len(day0)))
    one, two = all_tests(*study), all_tests(returns, market, security[order], day0[order])
    names = [name for name in TESTS if name != "skewness_adjusted"]
    np.testing.assert_allclose(one.loc[names, "statistic"], two.loc[names, "statistic"], rtol=1e-8, atol=1e-10)
    assert one["reason"].tolist() == two["reason"].tolist()


@SETTINGS
@given(studies(), st.floats(0.01, 1000.0))
def test_units_of_returns_change_no_p_value(study, factor):
    returns, market, security, day0 = study
    one, two = all_tests(*study), all_tests(returns * factor, market, security, day0)
    np.testing.assert_allclose(one["p_value"], two["p_value"], rtol=1e-6, atol=1e-10)


@SETTINGS
@given(studies())
def test_mirrored_returns_mirror_the_statistics(study):
    returns, market, security, day0 = study
    one, two = all_tests(*study), all_tests(-returns, -market, security, day0)
    np.testing.assert_allclose(one.loc[SIGNED, "statistic"], -two.loc[SIGNED, "statistic"], rtol=1e-7, atol=1e-9)
    exact = [name for name in SIGNED if name != "skewness_adjusted"]
    np.testing.assert_allclose(one.loc[exact, "p_value"], two.loc[exact, "p_value"], rtol=1e-6, atol=1e-10)


@SETTINGS
@given(studies())
def test_a_session_without_any_trade_before_the_estimation_window_changes_nothing(study):
    returns, market, security, day0 = study
    padded = np.vstack([np.full((7, returns.shape[1]), np.nan), returns])
    one, two = all_tests(*study), all_tests(padded, np.concatenate([np.full(7, np.nan), market]), security, day0 + 7)
    np.testing.assert_allclose(one["statistic"], two["statistic"], rtol=1e-10)


@SETTINGS
@given(studies())
def test_every_p_value_is_a_probability_and_every_nan_has_a_reason(study):
    for window in ((0, 0), (-2, 3)):
        table = all_tests(*study, window=window)
        known = table["p_value"].notna()
        assert table.loc[known, "p_value"].between(0.0, 1.0).all()
        assert ((table["reason"] == "") == known).all()
        design = describe_inference(fitted(*study), *window)
        assert design.n_effective <= design.n_events / min(1.0, design.variance_inflation) + 1e-9


@SETTINGS
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_adjusted_p_values_are_no_smaller_and_keep_the_order(values):
    p = np.array(values)
    order = np.argsort(p, kind="stable")
    for adjust in (multiplicity.holm, multiplicity.benjamini_hochberg, multiplicity.benjamini_yekutieli):
        adjusted = adjust(p)
        assert (adjusted >= p - 1e-15).all() and (adjusted <= 1.0).all()
        assert (np.diff(adjusted[order]) >= -1e-15).all()
    assert (multiplicity.holm(p) >= multiplicity.benjamini_hochberg(p) - 1e-15).all()


@SETTINGS
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_monotone_changes_of_returns_leave_ranks_alone(seed, days):
    values = np.random.default_rng(seed).standard_normal((5, days))
    np.testing.assert_allclose(rank_sums(values).centred_rank, rank_sums(np.exp(values)).centred_rank, atol=1e-12)


@SETTINGS
@given(st.integers(0, 2**32 - 1), st.floats(-0.3, 0.3))
def test_a_known_effect_moves_the_conformal_interval_by_itself(seed, effect):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(53), rng.standard_normal(53)])
    residual, abnormal = rng.standard_normal(50), rng.standard_normal(3)
    one = conformal_interval(residual, abnormal, x[:50], x[50:])
    two = conformal_interval(residual, abnormal + effect / 3, x[:50], x[50:])
    assert (two.low, two.high) == pytest.approx((one.low + effect, one.high + effect), abs=1e-8)


@SETTINGS
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.integers(-6, 6))
def test_a_more_extreme_value_never_has_a_larger_p(placebos, value):
    reference = np.array(placebos, dtype=float)
    near, far = PlaceboTest(statistic=abs(value), placebo=reference), PlaceboTest(statistic=abs(value) + 1.0, placebo=reference)
    assert far.p() <= near.p() and far.p("upper") <= near.p("upper")
    assert near.p() >= near.smallest_p
