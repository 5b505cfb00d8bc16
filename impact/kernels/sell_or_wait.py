"""Dynamic programme of a holder who may sell, or wait for relief, before a hard deadline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from impact.typing_ import FloatArray, IntArray

__all__ = ["SellOrWaitPolicy", "WaitingCosts", "expected_plan_cost", "optimal_policy", "planned_sales"]


@dataclass(frozen=True, eq=False, kw_only=True)
class WaitingCosts:
    """What selling and waiting cost, session by session, for a position cut into equal lots.

    Attributes
    ----------
    lots : int
        Number of lots at the start.
    lot_shares : float
        Shares a lot.
    temporary_cost : float
        eta: selling n shares within one session costs eta * n**2 in currency.
    price_drop : (T,) float
        Expected fall of the price by each session if no relief has come, currency a share (the crowd's selling).
    relief_hazard : (T,) float
        Probability that relief arrives after the trades of that session, given that it has not come before.
    relief_gain : float
        Gain a share on what is still held when relief comes, currency, against the starting price.
    stranded_loss : float
        Loss a share on what is still held after the last session; ``inf`` when everything must be sold.
    risk_charge : float
        lambda * sigma**2 per session: holding x shares overnight costs risk_charge * x**2.
    """

    lots: int
    lot_shares: float
    temporary_cost: float
    price_drop: FloatArray
    relief_hazard: FloatArray
    relief_gain: float
    stranded_loss: float
    risk_charge: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class SellOrWaitPolicy:
    """The optimal policy.

    Attributes
    ----------
    sell : (T, lots + 1) int
        Lots to sell in session t when x lots are left and relief has not come.
    expected_cost : (T + 1, lots + 1) float
        Smallest expected cost from session t on, currency; the last row is the stranded loss.
    """

    sell: IntArray
    expected_cost: FloatArray


def _stranded(costs: WaitingCosts) -> FloatArray:
    left = np.arange(costs.lots + 1) * costs.lot_shares
    terminal = np.zeros(costs.lots + 1)
    terminal[1:] = costs.stranded_loss * left[1:]
    return terminal


def optimal_policy(costs: WaitingCosts) -> SellOrWaitPolicy:
    """Backward induction over sessions and lots left.

    Notes
    -----
    ``V_t(x) = min_n eta*n**2 + n*drop_t + h_t*(-gain*y) + (1-h_t)*(charge*y**2 + V_{t+1}(y))`` with ``y = x - n`` and
    ``V_T(x) = stranded_loss*x``. Ties go to the smaller sale. With zero hazard, zero crowd and an infinite stranded
    loss this is the discrete problem of Almgren and Chriss (2000).
    """
    sessions = costs.price_drop.size
    lots = np.arange(costs.lots + 1)
    value = np.empty((sessions + 1, lots.size))
    sell = np.zeros((sessions, lots.size), dtype=np.int64)
    value[sessions] = _stranded(costs)
    impossible = np.full(costs.lots, np.inf)  # more than is left cannot be sold
    for session in range(sessions - 1, -1, -1):
        onward = _waiting_cost(costs, session, value[session + 1])
        sold = lots * costs.lot_shares
        trade = costs.temporary_cost * sold**2 + sold * costs.price_drop[session]
        kept = sliding_window_view(np.concatenate([impossible, onward]), lots.size)[:, ::-1]  # of x lots, n sold: onward at x - n
        total = trade + kept
        sell[session] = np.argmin(total, axis=1)
        value[session] = np.take_along_axis(total, sell[session][:, None], axis=1)[:, 0]
    return SellOrWaitPolicy(sell=sell, expected_cost=value)


def _waiting_cost(costs: WaitingCosts, session: int, next_value: FloatArray) -> FloatArray:
    """Expected cost of what is left after the trades of a session, for every number of lots left."""
    held: FloatArray = np.arange(costs.lots + 1, dtype=np.float64) * costs.lot_shares
    hazard = costs.relief_hazard[session]
    relieved: FloatArray = -costs.relief_gain * held
    if hazard >= 1.0:
        return relieved
    unrelieved = costs.risk_charge * held**2 + next_value
    return unrelieved if hazard <= 0.0 else hazard * relieved + (1.0 - hazard) * unrelieved


def planned_sales(policy: SellOrWaitPolicy) -> IntArray:
    """(T,) lots sold in each session while relief has not come, starting from all lots."""
    sessions, states = policy.sell.shape
    left = states - 1
    sold = np.zeros(sessions, dtype=np.int64)
    for session in range(sessions):
        sold[session] = policy.sell[session, left]
        left -= sold[session]
    return sold


def expected_plan_cost(costs: WaitingCosts, sales: IntArray) -> float:
    """Expected cost of a fixed plan of (T,) lots a session that stops when relief comes.

    Raises
    ------
    ValueError
        If the plan sells a negative number of lots or more than there are.
    """
    if np.any(sales < 0) or sales.sum() > costs.lots or sales.size != costs.price_drop.size:
        raise ValueError("a plan sells between 0 and all lots, one entry a session")
    cost, alive = 0.0, 1.0
    left = costs.lots - np.cumsum(sales)
    for session, (sold_lots, left_lots) in enumerate(zip(sales, left, strict=True)):
        sold, held = sold_lots * costs.lot_shares, left_lots * costs.lot_shares
        hazard = min(max(float(costs.relief_hazard[session]), 0.0), 1.0)
        cost += alive * (costs.temporary_cost * sold**2 + sold * costs.price_drop[session] - hazard * costs.relief_gain * held)
        alive *= 1.0 - hazard
        cost += alive * costs.risk_charge * held**2
    return float(cost + (alive * costs.stranded_loss * left[-1] * costs.lot_shares if left[-1] else 0.0))
