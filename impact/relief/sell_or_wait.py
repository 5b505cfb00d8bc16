"""Sell now, or wait for a court? A dynamic programme over sessions with a hard deadline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.sell_or_wait import WaitingCosts, expected_plan_cost, optimal_policy, planned_sales
from impact.provenance import Source
from impact.relief.schemas import PLANS, SCHEDULE
from impact.results import Result, Summary, declared
from impact.tables.prose import count

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["SellOrWait", "sell_or_wait"]

SOURCES = (Source(title="Almgren and Chriss (2000), Optimal execution of portfolio transactions, Journal of Risk 3"),)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SellOrWait(Result):
    """The schedule that a holder should follow while relief has not come, and what naive plans lose against it.

    Attributes
    ----------
    schedule : DataFrame
        session, sell_shares, left_shares, reached_probability (that relief has not come before the session).
    plans : DataFrame
        plan, expected_cost_value, regret_value: the optimum, an even schedule, selling all at once, waiting to the end.
    stranded_shares : float
        Shares still held after the last session if relief never comes.
    """

    schemas = declared(schedule=SCHEDULE, plans=PLANS, to_frame=SCHEDULE)

    schedule: pd.DataFrame
    plans: pd.DataFrame
    stranded_shares: float
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = field(default=SOURCES)

    def to_frame(self) -> pd.DataFrame:
        """The schedule."""
        return self.schedule.copy()

    def summary(self) -> Summary:
        """First sale, stranded shares and the regret of naive plans."""
        first = self.schedule["sell_shares"].iloc[0]
        total = self.schedule["left_shares"].iloc[0] + first
        return Summary(
            title=f"Sell {count(first)} of {count(total)} shares in the first session; {count(self.stranded_shares)} stranded without relief",
            tables=(("Plans", self.with_schema("plans")), ("Schedule while relief has not come", self.with_schema("schedule"))),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Shares left by session under the optimal plan."""
        from impact.plots.relief import plot_schedule

        return plot_schedule(self.schedule, ax=ax)


def _per_session(value: float | list[float] | np.ndarray, sessions: int, name: str) -> np.ndarray:
    path = np.broadcast_to(np.asarray(value, dtype=float), (sessions,)) if np.ndim(value) == 0 else np.asarray(value, dtype=float)
    if path.shape != (sessions,) or not np.isfinite(path).all():
        raise InputError(f"{name} has shape {path.shape}; give one finite number, or one a session ({sessions}).")
    return path


def sell_or_wait(
    shares: float,
    *,
    price: float,
    sessions: int,
    temporary_cost: float,
    relief_hazard: float | list[float] | np.ndarray,
    relief_return: float,
    stranded_loss: float,
    crowd_drop: float | list[float] | np.ndarray = 0.0,
    volatility: float = 0.0,
    risk_aversion: float = 0.0,
    lots: int = 100,
) -> SellOrWait:
    """Optimal sales per session of a barred holder who may be saved by a court.

    Parameters
    ----------
    shares, price : float
        Position and price before any of this, in shares and currency a share; both positive.
    sessions : int
        Sessions left on the venue up to and with the last legal one.
    temporary_cost : float
        eta of Almgren and Chriss: selling n shares in a session costs ``eta * n**2`` in currency. Not negative.
    relief_hazard : float or (T,) array
        Probability that relief arrives after the trades of a session, given none before. In [0, 1].
    relief_return : float
        Return against `price` of what is still held when relief comes (decimal).
    stranded_loss : float
        Fraction of `price` lost on what is still held after the last session; ``inf`` forces a complete sale.
    crowd_drop : float or (T,) array
        Expected fall of the price by each session as others sell, fraction of `price`; a scalar is a rate a session.
    volatility : float
        Daily standard deviation of the return (decimal).
    risk_aversion : float
        lambda of Almgren and Chriss, 1 / currency.
    lots : int
        Grid: the position is cut into this many equal lots.

    Raises
    ------
    InputError
        If a number breaks its rule.

    Examples
    --------
    >>> plan = sell_or_wait(
    ...     1e6, price=25.0, sessions=4, temporary_cost=2e-6, relief_hazard=0.0, relief_return=0.2, stranded_loss=float("inf")
    ... )
    >>> plan.schedule["sell_shares"].tolist()
    [250000.0, 250000.0, 250000.0, 250000.0]
    """
    positive = {"shares": shares, "price": price, "sessions": sessions, "lots": lots}
    broken = [name for name, value in positive.items() if not value > 0 or not np.isfinite(value)]
    if broken:
        raise InputError(f"{broken[0]}={positive[broken[0]]!r} must be a positive, finite number.")
    for name, value in {
        "temporary_cost": temporary_cost,
        "stranded_loss": stranded_loss,
        "volatility": volatility,
        "risk_aversion": risk_aversion,
    }.items():
        if not value >= 0:
            raise InputError(f"{name}={value!r} must not be negative.")
    hazard = _per_session(relief_hazard, sessions, "relief_hazard")
    if (hazard < 0).any() or (hazard > 1).any():
        raise InputError(f"relief_hazard holds values from {hazard.min()} to {hazard.max()}; a probability lies between 0 and 1.")
    drop = crowd_drop * np.arange(1, sessions + 1) if np.ndim(crowd_drop) == 0 else _per_session(crowd_drop, sessions, "crowd_drop")
    costs = WaitingCosts(
        lots=lots,
        lot_shares=shares / lots,
        temporary_cost=temporary_cost,
        price_drop=np.asarray(drop, dtype=float) * price,
        relief_hazard=hazard,
        relief_gain=relief_return * price,
        stranded_loss=stranded_loss * price,
        risk_charge=risk_aversion * (volatility * price) ** 2,
    )
    return _account(costs)


def _account(costs: WaitingCosts) -> SellOrWait:
    policy = optimal_policy(costs)
    sales = planned_sales(policy)
    sessions = sales.size
    even = np.diff(np.round(np.linspace(0, costs.lots, sessions + 1)).astype(int))
    at_once, last = np.zeros((2, sessions), dtype=int)
    at_once[0] = last[-1] = costs.lots
    never = np.zeros(sessions, dtype=int)
    plans = {"optimal": sales, "even": even, "all in the first session": at_once, "all in the last session": last, "never sell": never}
    expected = {name: expected_plan_cost(costs, plan) for name, plan in plans.items()}
    best = expected["optimal"]
    left = costs.lots - np.cumsum(sales)
    schedule = pd.DataFrame(
        {
            "session": np.arange(1, sessions + 1),
            "sell_shares": sales * costs.lot_shares,
            "left_shares": left * costs.lot_shares,
            "reached_probability": np.concatenate(([1.0], np.cumprod(1.0 - costs.relief_hazard)[:-1])),
        }
    )
    table = pd.DataFrame({"plan": list(expected), "expected_cost_value": list(expected.values())})
    table["regret_value"] = table["expected_cost_value"] - best
    return SellOrWait(
        schedule=schedule,
        plans=table,
        stranded_shares=float(left[-1] * costs.lot_shares),
        assumptions=(
            "Relief, if it comes, comes after the trades of a session and frees what is left; hazards are given, not estimated.",
            f"Positions move in {costs.lots} equal lots; costs are linear in the sale rate and the crowd's drop is known in advance.",
        ),
    )
