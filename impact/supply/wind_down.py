"""The sessions within which the law lets holders sell, and what they sell in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.schedules import capped_schedule
from impact.supply.deletion import IndexDeletion
from impact.supply.line import LineState
from impact.supply.regimes import Regime, regime_named
from impact.supply.selling import DEFAULT_SELLING, SellingSchedule, selling_fractions
from impact.typing_ import BoolArray, FloatArray, FloatArray1D, FloatArray2D

__all__ = ["SCENARIOS", "WindDown", "desired_fractions", "sales_by_session", "stranded_table", "supply_ladder"]

SCENARIOS: Mapping[str, float] = MappingProxyType({"low": 0.0, "mid": 0.5, "high": 1.0})


@dataclass(frozen=True, kw_only=True)
class WindDown:
    """The sessions within which the law lets a class sell.

    Parameters
    ----------
    sessions : DatetimeIndex
        Sessions of the line's venue, from the first that can react to the designation to the last legal sale.
    last_before_ban_on : session label
        Last session that closes before purchases are barred; the last of `sessions` where nothing bars them.
    bars_purchase, has_deadline : bool
        Whether the programme sets a day from which buying is barred, and one by which holders must have sold; without the
        latter `sessions` end after a span that nobody set.
    regime : str or Regime
        A name of :func:`impact.supply.regimes.regimes`, such as ``possession_ban``, ``lock_in``, ``blocking`` or ``unknown``.

    Raises
    ------
    InputError
        If there is no session (the deadline lies before the start) or the regime is unknown.
    """

    sessions: pd.DatetimeIndex
    last_before_ban_on: pd.Timestamp
    regime: str | Regime
    bars_purchase: bool = True
    has_deadline: bool = True

    def __post_init__(self) -> None:
        regime_named(self.regime)  # refuses one that is not known
        if len(self.sessions) == 0:
            raise InputError(
                "sessions is empty: the deadline lies before the start; give sessions from the first reaction to the last legal sale."
            )
        if not self.sessions.is_monotonic_increasing or self.sessions.has_duplicates:
            raise InputError("sessions must be sorted and unique; sort them and drop repeats.")

    @property
    def rule(self) -> Regime:
        """What the regime bars."""
        return regime_named(self.regime)

    @property
    def sessions_to_ban(self) -> int:
        """Sessions up to and including the last one before the purchase ban."""
        return int((self.sessions <= pd.Timestamp(self.last_before_ban_on)).sum())

    @property
    def end_name(self) -> str:
        """How the last session is called: a deadline only where the programme sets one."""
        return "deadline" if self.has_deadline else "end of the ladder"

    @property
    def phase_after_ban(self) -> str:
        """What the sessions after the purchase ban are, in words."""
        if self.rule.strands:
            return "selling is barred"
        return "wind-down" if self.has_deadline else "no deadline"

    @property
    def horizons(self) -> dict[str, int]:
        """Sessions to each date that matters: 1, 5, 20, the ban where there is one, and the end."""
        ban = {"purchase ban": self.sessions_to_ban} if self.bars_purchase else {}
        usual = {"1 session": 1, "5 sessions": 5, "20 sessions": 20, **ban, self.end_name: len(self.sessions)}
        return {name: n for name, n in usual.items() if 1 <= n <= len(self.sessions)}

    @property
    def marks(self) -> dict[str, pd.Timestamp]:
        """Sessions that the programme sets: the last before the purchase ban, the last legal sale."""
        ban = {"purchase ban": pd.Timestamp(self.last_before_ban_on)} if self.bars_purchase else {}
        return ban | ({"last legal sale": self.sessions[-1]} if self.has_deadline else {})


def _schedules(selling: Mapping[str, SellingSchedule] | None, index_flow: IndexDeletion | None) -> dict[str, SellingSchedule]:
    """The default schedules, trackers front-running as the index flow says, under what the caller overrides."""
    ahead = 0.0 if index_flow is None else index_flow.front_running
    usual = {name: replace(plan, front_running=ahead) if plan.kind == "index_close" else plan for name, plan in DEFAULT_SELLING.items()}
    return {**usual, **(selling or {})}


def desired_fractions(
    classes: tuple[str, ...], wind_down: WindDown, selling: Mapping[str, SellingSchedule] | None, index_flow: IndexDeletion | None
) -> tuple[FloatArray2D, BoolArray]:
    """Desired share of each class's sales by session (G, T), and which classes (G,) trade at index closes."""
    plans = _schedules(selling, index_flow)
    notices, executions = (None, None) if index_flow is None else index_flow.positions(wind_down.sessions)
    n_sessions, to_ban = len(wind_down.sessions), wind_down.sessions_to_ban
    shares = [
        selling_fractions(plans[name], n_sessions, sessions_to_ban=to_ban, notices=notices, executions=executions) for name in classes
    ]
    executed = executions is not None and len(executions) > 0
    return np.stack(shares), np.array([executed and plans[name].kind == "index_close" for name in classes])


def sales_by_session(table: pd.DataFrame, fractions: FloatArray2D, at_close: BoolArray, capacity: float) -> tuple[FloatArray, FloatArray2D]:
    """Shares sold (3, G, T) and still waiting (3, T): trackers at their closes, the rest under the cap, first come first served.

    All NaN when every class that has to sell is unknown, and when some sell under a cap of a volume that is not known
    (capacity NaN): unknown is not zero.
    """
    sessions = fractions.shape[1]
    liable = table["sold_share_high"] > 0
    capped = liable.to_numpy() & ~at_close
    if np.isnan(capacity) and (table["forced_shares_high"].to_numpy()[capped] != 0).any():
        return np.full((len(SCENARIOS), *fractions.shape), np.nan), np.full((len(SCENARIOS), sessions), np.nan)
    capacity = np.inf if np.isnan(capacity) else capacity
    if liable.any() and not np.isfinite(table.loc[liable, "forced_shares_high"]).any():
        return np.full((len(SCENARIOS), *fractions.shape), np.nan), np.full((len(SCENARIOS), sessions), np.nan)
    sales, backlog = np.zeros((len(SCENARIOS), *fractions.shape)), np.zeros((len(SCENARIOS), sessions))
    for row, name in enumerate(SCENARIOS):
        wanted = np.nan_to_num(table[f"forced_shares_{name}"].to_numpy())[:, None] * fractions
        sales[row][at_close] = wanted[at_close]
        queued = wanted[~at_close].sum(axis=0)
        queue = capped_schedule(queued, np.full(sessions, capacity))
        backlog[row] = queue.backlog
        arrived, served = np.r_[0.0, np.cumsum(queued)], np.cumsum(queue.executed)
        for g in np.flatnonzero(~at_close):
            cumulative = np.interp(served, arrived, np.r_[0.0, np.cumsum(wanted[g])]) if arrived[-1] > 0 else np.zeros(sessions)
            sales[row, g] = np.diff(cumulative, prepend=0.0)
    return sales, backlog


def supply_ladder(sales: FloatArray, backlog: FloatArray2D, line: LineState, wind_down: WindDown) -> pd.DataFrame:
    """One row a session, every quantity in shares, USD, fraction of the float and multiples of ADV."""
    table = pd.DataFrame({"session": wind_down.sessions})
    position = np.arange(len(table))
    banned = wind_down.sessions_to_ban if wind_down.bars_purchase else 0
    table["phase"] = np.where(position < banned, "before the purchase ban", wind_down.phase_after_ban)
    for row, name in enumerate(SCENARIOS):
        sold = sales[row].sum(axis=0)
        table[f"sold_shares_{name}"] = sold
        table[f"cumulative_shares_{name}"] = np.cumsum(sold)
        table[f"backlog_shares_{name}"] = backlog[row]
        table[f"sold_usd_{name}"] = sold * line.price_usd
        table[f"sold_adv_{name}"] = sold / line.adv_shares
        table[f"cumulative_adv_{name}"] = np.cumsum(sold) / line.adv_shares
        table[f"cumulative_float_fraction_{name}"] = line.float_fraction(np.cumsum(sold), name)
    return table


def stranded_table(table: pd.DataFrame, sales: FloatArray, wind_down: WindDown) -> pd.DataFrame:
    """Barred shares not yet sold when purchases end and when sales end, by class: least, middle and most.

    Parameters
    ----------
    table : DataFrame
        One row a class; `bound` says whether the regime binds it, None where that is not known. One that it does not bind is no row.

    Notes
    -----
    Least and most are bounds: the least holding, sold as fast and as far as any scenario has it, and the most, sold as
    slowly and as little. The middle is the middle scenario.
    """
    sells = ((table["sold_share_high"] > 0) | (table["certainty"] == "stranded")).to_numpy()
    barred = sells & np.array([bound is not False for bound in table["bound"]], dtype=bool)
    certain = {name for name, bound in zip(table["holder_class"], table["bound"], strict=True) if bound}
    part = 1 - table["exempt_share"].to_numpy(dtype=float)
    rows = []
    for when, sessions in wind_down.horizons.items():
        if when not in ("purchase ban", wind_down.end_name):
            continue
        sold = sales[:, :, :sessions].sum(axis=2)
        slowest, fastest = _pace_ends(table, sold)
        unsold = {
            "low": table["held_shares_low"] * part * (1 - table["sold_share_high"] * fastest),
            "mid": table["held_shares_mid"] * part - sold[1],
            "high": table["held_shares_high"] * part * (1 - table["sold_share_low"] * slowest),
        }
        left = {"at": [when] * int(barred.sum()), "holder_class": table.loc[barred, "holder_class"].to_numpy()}
        left |= {f"unsold_shares_{name}": shares[barred].clip(lower=0.0).to_numpy() for name, shares in unsold.items()}
        rows.append(pd.DataFrame(left).groupby(["at", "holder_class"], sort=False, as_index=False).sum(min_count=1))
    whole = pd.concat(rows, ignore_index=True)
    fate = np.where(whole["holder_class"].isin(certain), wind_down.rule.fate, f"if it binds them: {wind_down.rule.fate}")
    return whole.assign(fate=np.where(whole["at"] == wind_down.end_name, fate, f"may be sold until the {wind_down.end_name}"))


def _pace_ends(table: pd.DataFrame, sold: FloatArray2D) -> tuple[FloatArray1D, FloatArray1D]:
    """Least and most share (G,) of what a class must sell that it has sold, over the scenarios; none where it sells in none.

    Where the sales are unknown anything from nothing to all may have been sold.
    """
    forced = np.stack([table[f"forced_shares_{name}"].to_numpy(dtype=float) for name in SCENARIOS])
    done = np.divide(sold, forced, out=np.full_like(sold, np.nan), where=forced > 0)
    sells, untold = forced > 0, np.isnan(sold).any(axis=0)
    least = np.where(sells, done, np.inf).min(axis=0, where=sells, initial=np.inf)
    most = np.where(sells, done, -np.inf).max(axis=0, where=sells, initial=-np.inf)
    least, most = (np.where(sells.any(axis=0), ends, 0.0) for ends in (least, most))
    return np.where(untold, 0.0, least).clip(0.0, 1.0), np.where(untold, 1.0, most).clip(0.0, 1.0)
