"""Contrasts of one fit against statsmodels, Fieller against its definition, verdicts of a recovery."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import stdtrit

from impact.errors import InputError
from impact.eventstudy import event_study
from impact.kernels.contrast import contrasts, fieller_interval
from impact.relief import recovery


def firm(drop: float, relief: float, *, sigma: float = 0.01, seed: int = 3):
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2020-01-01", periods=340)
    index = rng.normal(0, 0.01, 340)
    own = 1.1 * index + rng.normal(0, sigma, 340)
    own[270:272] += drop / 2
    own[310:312] += relief / 2
    table = pd.DataFrame({"index": index, "firm": own}, index=days)
    events = pd.DataFrame({"event_id": ["e"], "security": ["firm"], "date": [days[270]]})
    return event_study(table, events, market="index", window=(-5, 60), kind="log")


def test_contrast_covariance_equals_the_prediction_covariance_of_statsmodels():
    result = firm(-0.1, 0.05)
    design = result.fitted.design(0)
    rows = np.array([5, 6, 45])
    weights = np.zeros((2, result.fitted.offsets.size))
    weights[0, rows[:2]], weights[1, rows[2]] = 1.0, 1.0
    found = contrasts(design, result.fitted.abnormal[0], weights)
    fitted = sm.OLS(design.estimation_returns, design.estimation_regressors).fit()
    x = design.event_regressors[rows]
    full = fitted.scale * np.eye(3) + x @ fitted.cov_params() @ x.T
    pick = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(found.covariance, pick @ full @ pick.T, rtol=1e-10)
    np.testing.assert_allclose(found.estimate[0], result.car(0, 1)["car"].iloc[0], rtol=1e-12)
    np.testing.assert_allclose(np.sqrt(found.covariance[0, 0]), result.car(0, 1)["se"].iloc[0], rtol=1e-10)


def test_fieller_ends_are_where_the_t_statistic_reaches_its_quantile():
    estimate, covariance, df = np.array([0.08, -0.11]), np.array([[4e-4, 5e-5], [5e-5, 6e-4]]), 240
    found = fieller_interval(estimate, covariance, df)
    for r in (found.low, found.high):
        t = (estimate[0] - r * estimate[1]) / np.sqrt(covariance[0, 0] - 2 * r * covariance[0, 1] + r**2 * covariance[1, 1])
        assert abs(t) == pytest.approx(stdtrit(df, 0.975), rel=1e-9)
    assert found.low < found.ratio < found.high


def test_fieller_is_unbounded_when_the_denominator_may_be_zero():
    found = fieller_interval(np.array([0.08, 0.01]), np.diag([4e-4, 6e-4]), 240)
    assert not found.bounded and np.isinf(found.low) and np.isinf(found.high)


@pytest.mark.filterwarnings("ignore:returns has 1 of 1:impact.ImpactWarning")  # 12 % a day is very wild
@pytest.mark.parametrize(
    ("drop", "relief", "sigma", "verdict"),
    [
        (-0.20, 0.20, 0.004, "undone"),
        (-0.20, 0.0, 0.004, "cannot tell"),
        (-0.20, 0.08, 0.004, "partly undone"),
        (-0.20, -0.06, 0.004, "not undone"),
        (-0.20, 0.40, 0.004, "more than undone"),
        (-0.20, 0.20, 0.04, "at least partly undone"),
        (-0.20, 0.20, 0.12, "cannot tell"),
    ],
)
def test_verdicts(drop, relief, sigma, verdict):
    found = recovery(firm(drop, relief, sigma=sigma), reliefs={"ruling": 40})
    if (relief, sigma) == (0.0, 0.004):  # nothing came back: the interval sits around zero
        assert found.verdict in ("not undone", "cannot tell", "partly undone") and found.share_high < 0.5
    else:
        assert found.verdict == verdict
    assert found.effects["effect"].tolist() == ["drop", "ruling", "all relief", "net of both"]


def test_net_is_drop_plus_relief_and_prints():
    found = recovery(firm(-0.1, 0.05), reliefs={"a": 20, "b": 40})
    car = found.effects.set_index("effect")["car"]
    assert car["net of both"] == pytest.approx(car["drop"] + car["a"] + car["b"])
    assert "Recovery of the drop" in str(found.summary())


def test_overlap_and_leaving_the_window_are_refused():
    result = firm(-0.1, 0.05)
    with pytest.raises(InputError, match="overlap"):
        recovery(result, reliefs={"a": 20, "b": 21})
    with pytest.raises(InputError, match="leaves the event window"):
        recovery(result, reliefs={"a": 60})
    with pytest.raises(InputError, match="empty"):
        recovery(result, reliefs={})
