"""A long window whose residuals hang together warns of its t; short windows and independent days do not."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import ImpactWarning

DAYS = pd.bdate_range("2019-01-02", periods=420)


def study(phi):
    rng = np.random.default_rng(3)
    market, noise = 0.01 * rng.standard_normal(420), 0.02 * rng.standard_normal((420, 2))
    for t in range(1, 420):
        noise[t, 0] += phi * noise[t - 1, 0]
    returns = pd.DataFrame({"A": market + noise[:, 0], "B": market + noise[:, 1], "index": market}, index=DAYS)
    events = pd.DataFrame({"event_id": ["a", "b"], "security": ["A", "B"], "date": DAYS[320]})
    return impact.event_study(returns, events, market="index", estimation=(-260, -11), window=(0, 40), zero_alpha=True)


def test_the_t_of_a_long_window_warns_where_days_hang_together():
    with pytest.warns(
        ImpactWarning, match=r"residuals of 1 of 2 events hang together .*'a', autocorrelation 0\.\d\d.*CAR\(0, 40\).* rejects \d\d % "
    ) as said:
        study(0.3).car(0, 40)
    assert len(said) == 1


@pytest.mark.parametrize(("phi", "last"), [(0.3, 4), (0.0, 40)])
def test_short_windows_and_independent_days_are_silent(phi, last):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        study(phi).car(0, last)
    assert said == []
