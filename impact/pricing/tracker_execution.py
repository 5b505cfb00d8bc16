"""Whether a tracker should trade a deletion at the close or spread it over the sessions before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.impact_laws import almgren_2005
from impact.kernels.sobol import sobol_uniforms
from impact.pricing.effect import DEFAULT_SEED
from impact.pricing.priors import DEFAULT_PRIORS
from impact.supply.line import LineState

__all__ = ["close_or_spread"]

PARAMETERS = ("gamma", "eta", "beta")
N_DRAWS = 1024


def close_or_spread(
    shares: float, line: LineState, *, sessions: tuple[int, ...] = (1, 2, 5, 10, 20), weight: float = np.nan
) -> pd.DataFrame:
    """Cost and tracking risk of selling evenly over k sessions that end at the execution close.

    Parameters
    ----------
    shares : float
        Shares that all trackers together must sell, > 0.
    line : LineState
        With shares outstanding, else the cost is empty.
    sessions : tuple of int
        Values of k; 1 is everything at the close.
    weight : float
        Weight of the line in the index, to express the risk on the whole fund; NaN when unknown.

    Returns
    -------
    DataFrame
        n_sessions, participation, needs_cross (more than one ADV a session), cost_bps_low/mid/high (of the position, 5, 50
        and 95 % of draws), tracking_risk_bps (one standard deviation of the mean price against the close, of the position)
        and fund_risk_bps (of the fund).

    Raises
    ------
    InputError
        If the shares are not positive or a k is below 1.

    Notes
    -----
    Cost by Almgren et al. (2005). The mean of k closes misses the last one by ``sigma sqrt((k - 1)(2 k - 1) / (6 k))``:
    a tracker pays the impact at the close without tracking risk, since the index uses the same price, or saves impact
    and carries the risk.

    Examples
    --------
    >>> line = LineState(
    ...     security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02, shares_outstanding=2e8
    ... )
    >>> table = close_or_spread(5e5, line, sessions=(1, 2))
    >>> table["tracking_risk_bps"].round(6).tolist()
    [0.0, 100.0]
    """
    if not shares > 0 or min(sessions) < 1:
        raise InputError(f"shares={shares!r}, sessions={sessions!r}; positive shares and at least one session are needed: correct them.")
    points = sobol_uniforms(N_DRAWS, len(PARAMETERS), rng=np.random.default_rng(DEFAULT_SEED))
    drawn = {name: DEFAULT_PRIORS[name].quantile(points[:, column]) for column, name in enumerate(PARAMETERS)}
    quantity = shares / line.adv_shares
    rows = []
    for k in sessions:
        cost = almgren_2005(
            quantity, line.sigma, k, line.shares_outstanding_adv, gamma=drawn["gamma"], eta=drawn["eta"], beta=drawn["beta"]
        ).cost
        low, middle, high = (1e4 * float(np.quantile(cost, level)) for level in (0.05, 0.5, 0.95))
        risk = 1e4 * line.sigma * float(np.sqrt((k - 1) * (2 * k - 1) / (6 * k)))
        rows.append(
            {
                "n_sessions": k,
                "participation": quantity / k,
                "needs_cross": quantity / k > 1,
                "cost_bps_low": low,
                "cost_bps_mid": middle,
                "cost_bps_high": high,
                "tracking_risk_bps": risk,
                "fund_risk_bps": weight * risk,
            }
        )
    return pd.DataFrame(rows)
