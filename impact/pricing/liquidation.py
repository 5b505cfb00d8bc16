"""What it costs one holder to get out by a deadline, alone and together with everybody else who must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.execution import ExecutionProblem, days_to_liquidate, optimal_trajectory, trajectory_with_drift
from impact.kernels.impact_laws import ALMGREN_BETA, ALMGREN_ETA, ALMGREN_GAMMA, AlmgrenImpact, almgren_2005
from impact.pricing.effect import PriceEffect
from impact.pricing.schemas import COSTS
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.supply.forced import ForcedSupply
from impact.supply.line import LineState
from impact.tables.prose import count, percent
from impact.typing_ import FloatArray1D, FloatArray2D, check_kind

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["LiquidationCost", "execution_frontier", "liquidation_cost"]

QUANTILES = {"low": 0.05, "mid": 0.5, "high": 0.95}
RISK_AVERSIONS = np.geomspace(1e-3, 1e3, 25)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LiquidationCost(Result):
    """Cost of selling one position over several horizons, alone and with the crowd.

    Attributes
    ----------
    costs : DataFrame
        One row a horizon: horizon_sessions, participation, days_at_10pct, days_at_20pct (sessions), alone_bps and crowd_bps
        (low, mid, high: 5, 50 and 95 % of draws), timing_risk_bps (one standard deviation), stranded_share and
        crowd_stranded_share (alone and with the crowd: what the participation cap leaves unsold).
    position_shares : float
    """

    schemas = declared(costs=COSTS, to_frame=COSTS)

    line: LineState
    position_shares: float
    participation_cap: float
    costs: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a horizon."""
        return self.costs.copy()

    def summary(self) -> Summary:
        """The table, with what it assumes."""
        return Summary(
            title=f"Cost of selling {count(self.position_shares)} shares of {self.line.security}",
            tables=(("By horizon", self.with_schema("costs")),),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, **options: str) -> Axes:
        """Cost against horizon, alone and with the crowd."""
        from impact.plots.pricing import plot_cost_by_horizon

        return plot_cost_by_horizon(self.costs, title=f"{self.line.security}: cost of selling by horizon", ax=ax, **options)


def liquidation_cost(
    position_shares: float,
    supply: ForcedSupply,
    effect: PriceEffect,
    *,
    horizons: dict[str, int] | None = None,
    participation_cap: float = 0.2,
) -> LiquidationCost:
    """Cost in basis points of selling a position evenly over each horizon.

    Parameters
    ----------
    position_shares : float
        Shares to sell, > 0.
    supply, effect : ForcedSupply, PriceEffect
        The crowd, and what it does to the price.
    horizons : mapping of label to sessions, optional
        1, 5 and 20 sessions, to the purchase ban and to the deadline when None.
    participation_cap : float
        Most of one session's ADV that all forced sellers, this one included, can be.

    Raises
    ------
    InputError
        If the position is not positive or a horizon is outside the wind-down.

    Notes
    -----
    Alone: Almgren et al. (2005), half the permanent impact plus the temporary one at the position's own rate. With the
    crowd: half the position's own permanent impact, the temporary impact at the rate of everybody together, and the mean
    concession of the price over the horizon on the path of the price effect, which may be a gain. What the cap leaves unsold is stranded: an infeasible volume is a result, not an error.
    """
    if not position_shares > 0:
        raise InputError(f"position_shares={position_shares!r} must be positive; there is nothing to sell: give the shares held.")
    _check_inputs(supply, effect)
    line, limit = supply.line, len(supply.ladder)
    chosen = _horizons(supply, horizons)
    concession = -np.expm1(_mean_paths(effect, limit))
    crowd = _crowd(supply, effect)
    rows = [
        _row(name, sessions, position_shares, line, effect, crowd[sessions - 1], concession[sessions - 1], participation_cap)
        for name, sessions in chosen.items()
    ]
    return LiquidationCost(
        line=line,
        position_shares=position_shares,
        participation_cap=participation_cap,
        costs=pd.DataFrame(rows),
        sources=effect.sources,
        assumptions=(
            "Sold evenly over the horizon; the price fall of the session that reacts to the notice is part of the crowd's cost.",
            f"At most {percent(participation_cap, 0)} of ADV a session for all forced sellers but the trackers, shared in proportion to what each"
            " wants to sell by then; the crowd is the middle scenario.",
            "Almgren et al. 2005, empty where shares outstanding are unknown; an extrapolation above one ADV.",
            *effect.assumptions,
        ),
    )


def _crowd(supply: ForcedSupply, effect: PriceEffect) -> FloatArray1D:
    """Shares (T,) that everybody under the cap wants to sell by each session; from the priced range when holders are unknown."""
    if np.isnan(supply.total_shares["mid"]):
        return np.asarray(float(np.median(effect.draws["sold_shares"])) * np.cumsum(effect.pace))
    capped = (supply.classes["selling"] != "index_close").to_numpy()
    return np.asarray(np.cumsum(supply.class_sales[1][capped].sum(axis=0)) + supply.ladder["backlog_shares_mid"].to_numpy())


def _horizons(supply: ForcedSupply, horizons: dict[str, int] | None) -> dict[str, int]:
    """The horizons asked for, or the usual ones that fit in the wind-down."""
    limit = len(supply.ladder)
    if horizons is None:
        return supply.wind_down.horizons
    wrong = [name for name, sessions in horizons.items() if not 1 <= sessions <= limit]
    if wrong:
        raise InputError(f"horizons[{wrong[0]!r}]={horizons[wrong[0]]!r} is outside 1 .. {limit} sessions of the wind-down: shorten it.")
    return horizons


def _mean_paths(effect: PriceEffect, sessions: int) -> FloatArray2D:
    """Mean log price of the path over the first t sessions (T, n)."""
    path = effect.log_path(sessions)
    return np.asarray(np.cumsum(path, axis=0) / np.arange(1, len(path) + 1)[:, None])


def _own_impact(shares: float, sessions: int, line: LineState, effect: PriceEffect) -> AlmgrenImpact:
    """Impact of selling that many shares evenly, over the drawn coefficients where the law was priced."""
    gamma, eta, beta = (
        effect.draws[name].to_numpy(dtype=float) if name in effect.draws.columns else default
        for name, default in (("gamma", ALMGREN_GAMMA), ("eta", ALMGREN_ETA), ("beta", ALMGREN_BETA))
    )
    turnover = line.shares_outstanding_adv
    return almgren_2005(shares / line.adv_shares, line.sigma, sessions, turnover, gamma=gamma, eta=eta, beta=beta)


def _row(
    name: str, sessions: int, position: float, line: LineState, effect: PriceEffect, crowd: float, concession: FloatArray1D, cap: float
) -> dict[str, Any]:
    """One horizon: participation, days, cost alone and with the crowd, timing risk, stranded share."""
    room = cap * line.adv_shares * sessions
    alone_sold, crowd_sold = min(position, room), min(1.0, room / (position + crowd)) * position
    others = min(crowd, room - crowd_sold)
    alone = _own_impact(alone_sold, sessions, line, effect).cost
    together = _own_impact(crowd_sold + others, sessions, line, effect).temporary
    own = _own_impact(crowd_sold, sessions, line, effect).permanent / 2
    costs = {}
    for kind, drawn in (("alone", alone), ("crowd", together + own + concession)):
        for end, level in QUANTILES.items():
            costs[f"{kind}_bps_{end}"] = 1e4 * float(np.quantile(drawn, level))
    ten, twenty = (float(days_to_liquidate(position, line.adv_shares, rate)) for rate in (0.1, 0.2))
    return {
        "horizon": name,
        "horizon_sessions": sessions,
        "participation": position / (line.adv_shares * sessions),
        "days_at_10pct": ten,
        "days_at_20pct": twenty,
        **costs,
        "timing_risk_bps": 1e4 * line.sigma * float(np.sqrt(sessions / 3)),
        "stranded_share": 1 - alone_sold / position,
        "crowd_stranded_share": 1 - crowd_sold / position,
    }


def _check_inputs(supply: ForcedSupply, effect: PriceEffect) -> None:
    check_kind(supply, ForcedSupply, "supply", "impact.case(...).supply() or impact.forced_supply(...)")
    check_kind(effect, PriceEffect, "effect", "impact.case(...).price_effect() or impact.price_effect(...)")


def execution_frontier(
    position_shares: float,
    supply: ForcedSupply,
    effect: PriceEffect,
    *,
    horizon_sessions: int,
    risk_aversions: FloatArray1D = RISK_AVERSIONS,
) -> pd.DataFrame:
    """Expected cost against risk of the best schedules by a deadline, alone and with the crowd.

    Parameters
    ----------
    horizon_sessions : int
        Sessions until the position must be gone.
    risk_aversions : (R,) array
        In units where 1 weighs the variance of the position over one session like its value.

    Returns
    -------
    DataFrame
        crowd (bool), risk_aversion, cost_bps, risk_bps (one standard deviation), first_session_share (sold on the first).

    Notes
    -----
    Almgren-Chriss with a linear temporary cost that equals that of Almgren et al. (2005) at the mean rate. With the crowd
    the rate is everybody's and the price falls along the middle path of all laws.
    """
    _check_inputs(supply, effect)
    line = supply.line
    if not (position_shares > 0 and 1 <= horizon_sessions <= len(supply.ladder)):
        raise InputError(
            f"position_shares={position_shares!r}, horizon_sessions={horizon_sessions!r}; a positive position and a horizon of"
            f" 1 .. {len(supply.ladder)} sessions are needed: correct them."
        )
    unknown = np.isnan(supply.total_shares["mid"])
    sold = _crowd(supply, effect) if unknown else np.cumsum(supply.class_sales[1].sum(axis=0))
    crowd = float(sold[horizon_sessions - 1])
    path = effect.path()["return_q50"].to_numpy()[:horizon_sessions]
    rows = []
    for together, others, concession in ((False, 0.0, np.zeros(horizon_sessions)), (True, crowd, -path * line.price)):
        problem = _problem(position_shares, others, line, horizon_sessions)
        rows += [{"crowd": together, **_point(problem, float(aversion), concession, line.price)} for aversion in risk_aversions]
    return pd.DataFrame(rows)


def _problem(position: float, others: float, line: LineState, sessions: int) -> ExecutionProblem:
    """The position as an execution problem whose temporary cost is that of everybody's mean rate."""
    quantity = (position + others) / line.adv_shares
    temporary = float(almgren_2005(quantity, line.sigma, sessions, 1.0).temporary) * line.price
    return ExecutionProblem(
        shares=position,
        horizon=float(sessions),
        n_periods=sessions,
        volatility=line.sigma * line.price,
        temporary=temporary * sessions / position,
    )


def _point(problem: ExecutionProblem, aversion: float, concession: FloatArray1D, price: float) -> dict[str, float]:
    """Cost and risk of the best schedule at one risk aversion."""
    value = problem.shares * price
    alone = not concession.any()
    best = optimal_trajectory(problem, aversion / value) if alone else trajectory_with_drift(problem, aversion / value, concession)
    return {
        "risk_aversion": aversion,
        "cost_bps": 1e4 * best.expected_cost / value,
        "risk_bps": 1e4 * float(np.sqrt(best.variance)) / value,
        "first_session_share": best.trades[0] / problem.shares,
    }
