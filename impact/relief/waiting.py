"""Sell or wait, put together for one case: the chance of relief that the price allows, the days left, an example position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.relief.schemas import BREAK_EVEN, DECISIONS
from impact.relief.sell_or_wait import SellOrWait, sell_or_wait
from impact.results import Result, Summary, declared
from impact.tables.prose import count, interval, percent

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["WaitingExample", "waiting_example"]

FEWEST_LOTS, LOTS_A_SESSION = 100, 2
"""A grid coarser than a lot a session cannot spread a sale evenly: most sessions would sell nothing."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class WaitingExample(Result):
    """The same position under every chance of relief that the price allows.

    Attributes
    ----------
    decisions : DataFrame
        relief_probability (by the last session), first_session_share (of the position sold at once), half_sold_sessions
        (sessions until half is sold if relief does not come), expected_cost_value, even_regret_value, at_once_regret_value,
        last_session_regret_value.
    plan : SellOrWait
        The plan at the middle probability.
    shares : float
        The example position; nobody's holding.
    break_even : (low, high)
        Chance of relief at which waiting to the last session and selling evenly until it bring the same, over the ranges of the
        clear and the banned value; above one: no chance makes waiting pay; NaN: unknown.
    """

    schemas = declared(decisions=DECISIONS, break_even_frame=BREAK_EVEN, to_frame=DECISIONS)

    decisions: pd.DataFrame
    plan: SellOrWait
    shares: float
    sessions: int
    break_even: tuple[float, float]
    assumptions: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The answer in words: at which chance of relief waiting pays."""
        low, high = self.break_even
        if np.isnan(low):
            return "The chance of relief at which waiting breaks even is unknown: the price contradicts the ranges of the clear and the banned value"
        if low >= 1:
            return "No chance of relief makes waiting pay: the price stands at or above the clear value"
        if high <= 0:
            return "Waiting pays at any chance of relief: the price stands at or below what is left without it"
        least, most = max(low, 0.0), min(high, 1.0)
        told = percent(least) if percent(least) == percent(most) else interval(least, most, percent)
        between = "" if percent(least) == percent(most) else "; in between it turns on where the clear and the banned value lie"
        return (
            f"Waiting to the last session breaks even with selling evenly at a chance of relief of {told}: who puts it higher waits, "
            f"who puts it lower sells{between}"
        )

    def break_even_frame(self) -> pd.DataFrame:
        """The chance that breaks even as one row."""
        return pd.DataFrame([self.break_even], columns=["probability_low", "probability_high"])

    def to_frame(self) -> pd.DataFrame:
        """One row a probability."""
        return self.decisions.copy()

    def summary(self) -> Summary:
        """What to sell at once, by probability."""
        first = self.decisions["first_session_share"]
        return Summary(
            title=f"Sell or wait, {self.sessions} sessions left: {interval(first.min(), first.max())} of an example "
            "position in the first session",
            tables=(
                ("By probability of relief", self.with_schema("decisions")),
                ("Plans at the middle probability", self.plan.with_schema("plans")),
            ),
            notes=(f"{self.sentence()}.", *self.assumptions, *self.plan.assumptions),
            sources=self.plan.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Shares left by session at the middle probability."""
        return self.plan.plot(ax=ax)


def waiting_example(
    *,
    shares: float,
    price: float,
    clear: float,
    banned: float,
    probabilities: tuple[float, ...],
    sessions: int,
    volatility: float,
    volume_shares: float,
    possession_barred: bool,
    ends: tuple[tuple[float, float], tuple[float, float]] | None = None,
    assumptions: tuple[str, ...] = (),
) -> WaitingExample:
    """Optimal sales of one position under several chances of relief.

    Parameters
    ----------
    shares : float
        Position.
    price, clear, banned : float
        Price now, with the clear and the banned value: ``banned < price < clear`` is not asked, the price is what the
        probability makes it.
    probabilities : tuple of float
        Chances of relief by the last session, each in [0, 1]; the middle one gives the plan.
    sessions : int
        Sessions left on the venue up to and with the last legal one.
    volatility : float
        Daily standard deviation of the return.
    volume_shares : float
        Usual volume of a session.
    possession_barred : bool
        Whether all must be sold; otherwise what is left may be kept and counts as lost, since it cannot be sold.
    ends : ((low, high), (low, high)), optional
        Ranges of the clear and of the banned value, for the chance that breaks even; None: they are not known, and it is not either.
    assumptions : tuple of str
        Where the numbers come from, carried into the result.

    Notes
    -----
    Relief has the same hazard each session, ``1 - (1 - q)**(1/T)``. While it does not come, hope runs out: the price after
    session t is ``banned + q_t (clear - banned)`` with ``q_t = 1 - (1 - q)**((T - t) / T)``, so that waiting has no
    expected gain by itself and only costs and the deadline decide. Selling a usual session's volume in one session costs
    one daily standard deviation, the order of the square-root law, taken as linear in the rate.
    """
    _check_positive({"shares": shares, "price": price, "volume_shares": volume_shares, "volatility": volatility, "sessions": sessions})
    if not probabilities or not all(0 <= q <= 1 for q in probabilities) or not clear > banned > 0:
        raise InputError(f"probabilities={probabilities!r} must lie in [0, 1], and clear={clear!r} above banned={banned!r} above zero.")
    eta = volatility * price / volume_shares
    stranded = np.inf if possession_barred else 1.0

    def plan_at(q: float) -> SellOrWait:
        fair = banned + q * (clear - banned)
        left = 1.0 - (1.0 - q) ** ((sessions - np.arange(1, sessions + 1)) / sessions)
        return sell_or_wait(
            shares,
            price=fair,
            sessions=sessions,
            temporary_cost=eta,
            relief_hazard=1.0 - (1.0 - q) ** (1.0 / sessions),
            relief_return=clear / fair - 1.0,
            stranded_loss=stranded if q < 1 else 1.0,
            crowd_drop=(1.0 - (banned + left * (clear - banned)) / fair),
            lots=max(FEWEST_LOTS, LOTS_A_SESSION * sessions),
        )

    unknown = (np.nan, np.nan)
    break_even = unknown if ends is None else _break_even(price, ends, even_cost=eta * shares / sessions, last_cost=eta * shares)
    plans = {q: plan_at(q) for q in probabilities}
    rule = "all must be sold by the last session" if possession_barred else "what is left after the last session counts as lost"
    return WaitingExample(
        decisions=pd.DataFrame([_decision(q, plan, shares) for q, plan in plans.items()]),
        plan=plans[sorted(plans)[len(plans) // 2]],
        shares=shares,
        sessions=sessions,
        break_even=break_even,
        assumptions=(
            f"An example position of {count(shares)} shares, nobody's holding; {rule}.",
            "Without relief the price drifts to the banned value as hope runs out, so waiting gains nothing by itself.",
            f"Selling {count(volume_shares)} shares in one session costs one daily standard deviation "
            f"({percent(volatility)}), linear in the rate.",
            "The chance that breaks even leaves out taxes, the crowd and any dislike of risk: who dislikes it needs a higher one.",
            *assumptions,
        ),
    )


def _break_even(
    price: float, ends: tuple[tuple[float, float], tuple[float, float]], *, even_cost: float, last_cost: float
) -> tuple[float, float]:
    """Least and most chance of relief at which waiting to the end brings what selling evenly from today's price brings.

    Notes
    -----
    ``q clear + (1 - q)(banned - last_cost) = price - even_cost``, costs in currency a share; q falls in both values.
    """
    (clear_low, clear_high), (banned_low, banned_high) = ends
    kept = price - even_cost

    def chance(clear: float, banned: float) -> float:
        return (kept - (banned - last_cost)) / (clear - (banned - last_cost))

    return chance(clear_high, banned_high), chance(clear_low, banned_low)


def _check_positive(given: dict[str, float]) -> None:
    broken = [name for name, value in given.items() if not (np.isfinite(value) and value > 0)]
    if broken:
        raise InputError(f"{broken[0]}={given[broken[0]]!r} must be a positive, finite number.")


def _decision(q: float, plan: SellOrWait, shares: float) -> dict[str, float]:
    schedule = plan.schedule
    half = schedule.loc[schedule["left_shares"] <= shares / 2, "session"]
    regret = plan.plans.set_index("plan")["regret_value"]
    return {
        "relief_probability": q,
        "first_session_share": float(schedule["sell_shares"].iloc[0]) / shares,
        "half_sold_sessions": float(half.iloc[0]) if len(half) else np.nan,
        "expected_cost_value": float(plan.plans["expected_cost_value"].iloc[0]),
        "even_regret_value": float(regret["even"]),
        "at_once_regret_value": float(regret["all in the first session"]),
        "last_session_regret_value": float(regret["all in the last session"]),
    }
