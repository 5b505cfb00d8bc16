"""Shares that must be sold because of a designation: by whom, when, and into whose hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.schedules import capped_schedule
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary
from impact.supply.book import buying_capacity, check_buyers, two_sided_book
from impact.supply.deletion import IndexDeletion
from impact.supply.holder_classes import (
    CLASS_TITLES,
    REGIMES,
    Identity,
    Regime,
    check_holders,
    obligation,
    reconcile,
    scenario_holdings,
)
from impact.supply.line import LineState
from impact.supply.selling import DEFAULT_SELLING, SellingSchedule, selling_fractions
from impact.typing_ import BoolArray, FloatArray1D, FloatArray2D

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SCENARIOS", "ForcedSupply", "WindDown", "forced_supply"]

SCENARIOS: Mapping[str, float] = {"low": 0.0, "mid": 0.5, "high": 1.0}


@dataclass(frozen=True, kw_only=True)
class WindDown:
    """The sessions within which the law lets a class sell.

    Parameters
    ----------
    sessions : DatetimeIndex
        Sessions of the line's venue, from the first that can react to the designation to the last legal sale.
    last_before_ban_on : session label
        Last session that closes before purchases are barred.
    regime : {"possession_ban", "lock_in", "purchase_ban", "none"}

    Raises
    ------
    InputError
        If there is no session (the deadline lies before the start) or the regime is unknown.
    """

    sessions: pd.DatetimeIndex
    last_before_ban_on: pd.Timestamp
    regime: Regime

    def __post_init__(self) -> None:
        if self.regime not in REGIMES:
            raise InputError(f"regime={self.regime!r} is not known; choose among: {', '.join(REGIMES)}.")
        if len(self.sessions) == 0:
            raise InputError(
                "sessions is empty: the deadline lies before the start; give sessions from the first reaction to the last legal sale."
            )
        if not self.sessions.is_monotonic_increasing or self.sessions.has_duplicates:
            raise InputError("sessions must be sorted and unique; sort them and drop repeats.")

    @property
    def sessions_to_ban(self) -> int:
        """Sessions up to and including the last one before the purchase ban."""
        return int((self.sessions <= pd.Timestamp(self.last_before_ban_on)).sum())


@dataclass(frozen=True, eq=False, kw_only=True)
class ForcedSupply(Result):
    """Who must sell how much by when, and who is known to buy.

    Attributes
    ----------
    classes : DataFrame
        One row a class: shares_low/high (its own bounds), possible_shares_low/high (what it may have to sell, by itself),
        forced_shares_low/mid/high (in three consistent scenarios), sold_share_low/high, certainty, selling (``index_close``
        or ``under the cap``), source.
    identities : DataFrame
        Known totals and what the classes sum to in each scenario.
    ladder : DataFrame
        One row a session: sold_shares, cumulative_shares and backlog_shares (low, mid, high), value in USD, fraction of
        the float, multiples of ADV, phase.
    class_sales : (3, G, T) array
        Shares sold by scenario (low, mid, high), class and session; all NaN when every liable class is unknown.
    book : DataFrame
        Signed shares by session and party in the middle scenario; every row sums to zero.
    stranded : DataFrame
        Barred shares still unsold at the purchase ban and at the deadline.
    index_flow : IndexDeletion or None
    """

    line: LineState
    wind_down: WindDown
    classes: pd.DataFrame
    identities: pd.DataFrame
    ladder: pd.DataFrame
    class_sales: FloatArray2D
    book: pd.DataFrame
    buyers: pd.DataFrame
    stranded: pd.DataFrame
    participation_cap: float
    index_flow: IndexDeletion | None = None
    dropped: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["row", "reason"]))
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def total_shares(self) -> dict[str, float]:
        """Shares forced onto the market in each scenario: a lower bound when some class is unknown, NaN when all are."""
        least = 1 if self.liable.any() else 0
        return {name: float(self.classes.loc[self.liable, f"forced_shares_{name}"].sum(min_count=least)) for name in SCENARIOS}

    @property
    def liable(self) -> pd.Series:
        """Whether each class has to sell anything under the regime."""
        return self.classes["sold_share_high"] > 0

    @property
    def pace(self) -> FloatArray1D:
        """Share of the middle scenario's supply sold in each session (T,); zeros when nothing is forced."""
        sold = self.ladder["sold_shares_mid"].to_numpy()
        return sold / sold.sum() if sold.sum() > 0 else np.zeros_like(sold)

    def to_frame(self) -> pd.DataFrame:
        """The supply ladder, one row a session."""
        return self.ladder.copy()

    def summary(self) -> Summary:
        """Totals by class, the ladder at its milestones, stranded shares and the known buyers."""
        line = self.line
        low, _mid, high = (value / line.adv_shares for value in self.total_shares.values())
        size = "an unknown amount" if np.isnan(high) else f"{low:.1f} to {high:.1f} multiples of ADV"
        return Summary(
            title=f"Forced supply of {line.security}: {size} over {len(self.ladder)} sessions",
            tables=(
                ("Who must sell: bounds of each class by itself", self.bounds()),
                ("All of them together", self.totals()),
                ("Milestones of the ladder", self.milestones()),
                ("Barred and still unsold", self.stranded),
                ("Known totals", self.identities),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def bounds(self) -> pd.DataFrame:
        """Each liable class in words, with the least and the most it may have to sell, taken by itself."""
        titled = self.classes.assign(holder_class=[CLASS_TITLES[name] for name in self.classes["holder_class"]])
        columns = ["holder_class", "possible_shares_low", "possible_shares_high", "certainty", "source"]
        return titled.loc[self.liable, columns].reset_index(drop=True)

    def totals(self) -> pd.DataFrame:
        """Forced shares of all classes in each scenario, in shares, USD, multiples of ADV and fraction of the float."""
        shares = np.array(list(self.total_shares.values()))
        return pd.DataFrame(
            {
                "scenario": list(SCENARIOS),
                "forced_shares": shares,
                "forced_usd": shares * self.line.price_usd,
                "forced_adv": shares / self.line.adv_shares,
                "float_fraction": shares / self.line.float_shares,
            }
        )

    def milestones(self) -> pd.DataFrame:
        """The ladder after 1, 5 and 20 sessions, at the purchase ban and at the deadline."""
        to_ban = self.wind_down.sessions_to_ban
        rows = {"1 session": 1, "5 sessions": 5, "20 sessions": 20, "purchase ban": to_ban, "deadline": len(self.ladder)}
        picked = {name: n for name, n in rows.items() if 1 <= n <= len(self.ladder)}
        columns = ["session", *(f"cumulative_{kind}_{name}" for kind in ("shares", "adv") for name in SCENARIOS)]
        table = self.ladder.iloc[[n - 1 for n in picked.values()]][columns].reset_index(drop=True)
        table.insert(0, "by", list(picked))
        return table

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """Cumulative supply in multiples of ADV, with the purchase ban."""
        from impact.plots.supply import plot_supply_ladder

        return plot_supply_ladder(
            self.ladder,
            last_before_ban_on=self.wind_down.last_before_ban_on,
            title=f"{self.line.security}: supply that the designation forces",
            ax=ax,
            **options,
        )


def forced_supply(
    holders: pd.DataFrame,
    *,
    line: LineState,
    wind_down: WindDown,
    identities: tuple[Identity, ...] = (),
    index_flow: IndexDeletion | None = None,
    selling: Mapping[str, SellingSchedule] | None = None,
    buyers: pd.DataFrame | None = None,
    participation_cap: float = 0.2,
    sources: tuple[Source, ...] = (),
    assumptions: tuple[str, ...] = (),
) -> ForcedSupply:
    """Turn holdings and a legal regime into shares that must be sold, session by session.

    Parameters
    ----------
    holders : DataFrame
        holder_class (see ``HOLDER_CLASSES``), shares_low, shares_high (NaN: unknown) and, if wanted, exempt_share (part
        that a licence spares), source, note. One row a class.
    line : LineState
    wind_down : WindDown
        Sessions, purchase ban and regime.
    identities : tuple of Identity
        Known totals of several classes; they tighten the ranges and rule out double counting.
    index_flow : IndexDeletion, optional
        Dates of execution closes, used by the schedules of tracking funds.
    selling : mapping of class to SellingSchedule, optional
        Overrides ``DEFAULT_SELLING``.
    buyers : DataFrame, optional
        Known buyers, see :func:`impact.supply.book.check_buyers`; what they do not take goes to the unknown buyer.
    participation_cap : float
        Most that all forced sellers but the trackers can be of one session's ADV; the rest is carried forward. Trackers
        trade at the execution close: above one ADV that takes a cross.

    Raises
    ------
    InputError
        If a class is unknown, ranges contradict a total, holdings exceed the shares outstanding or the cap is not in (0, 1].

    Notes
    -----
    Forced shares of class g are ``held_g (1 - exempt_g) sold_share_g``; the cap works first come, first served, so how a
    class is split into holders changes nothing.
    """
    if not 0 < participation_cap <= 1:
        raise InputError(f"participation_cap={participation_cap!r} must lie in (0, 1]; it is a share of volume: give 0.2 for 20 %.")
    table = _obligations(check_holders(holders), identities, wind_down.regime, line)
    classes = tuple(table["holder_class"])
    fractions, at_close = _fractions(classes, wind_down, _schedules(selling, index_flow), index_flow)
    table["selling"] = ["index_close" if closes else "under the cap" for closes in at_close]
    sales, backlog = _sales(table, fractions, at_close, participation_cap * line.adv_shares)
    bought = check_buyers(buyers)
    capacity = buying_capacity(bought, wind_down.sessions, SCENARIOS["mid"])
    return ForcedSupply(
        line=line,
        wind_down=wind_down,
        classes=table,
        identities=_identity_table(table, identities),
        ladder=_ladder(sales, backlog, line, wind_down),
        class_sales=sales,
        book=two_sided_book(wind_down.sessions, sales[1], classes, capacity, tuple(bought["buyer"])),
        buyers=bought,
        stranded=_stranded(table, sales, wind_down),
        participation_cap=participation_cap,
        index_flow=index_flow,
        sources=unique_sources(sources, line.sources, () if index_flow is None else index_flow.sources),
        assumptions=(*_assumptions(table, wind_down, participation_cap), *line.assumptions, *assumptions),
    )


def _assumptions(table: pd.DataFrame, wind_down: WindDown, cap: float) -> tuple[str, ...]:
    unknown = table.loc[~np.isfinite(table["forced_shares_high"]), "holder_class"]
    return (
        f"Regime: {REGIMES[wind_down.regime]}.",
        f"Trackers trade at their execution closes whatever the volume; all other forced sellers together stay within {cap:.0%}"
        " of ADV a session, and what is left is carried forward.",
        "Within a known total, classes of unknown size are raised from their lows in proportion to the room of each;"
        " mid is the middle of a range.",
        "Share sold by the purchase ban is a stated schedule per class, not an observation of this line.",
        *((f"Unknown and left out of the totals, which are lower bounds: {', '.join(unknown)}.",) if len(unknown) else ()),
    )


def _obligations(table: pd.DataFrame, identities: tuple[Identity, ...], regime: str, line: LineState) -> pd.DataFrame:
    """Reconciled holdings of each class by scenario, the share of them sold and the forced shares."""
    classes = tuple(table["holder_class"])
    low, high = reconcile(classes, table["shares_low"].to_numpy(dtype=float), table["shares_high"].to_numpy(dtype=float), identities)
    if low.sum() > line.shares_outstanding * (1 + 1e-9):
        raise InputError(
            f"holders hold at least {low.sum():.6g} shares but shares_outstanding={line.shares_outstanding:.6g};"
            " classes do not overlap: remove what is counted twice."
        )
    least, most, certainty = zip(*(obligation(name, regime) for name in classes), strict=True)
    table = table.assign(shares_low=low, shares_high=high, sold_share_low=least, sold_share_high=most, certainty=certainty)
    for name, position in SCENARIOS.items():
        held = scenario_holdings(classes, low, high, identities, position)
        share = np.array(least) + position * (np.array(most) - np.array(least))
        table[f"held_shares_{name}"] = held
        nothing = share == 0
        table[f"forced_shares_{name}"] = np.where(nothing, 0.0, held) * (1 - table["exempt_share"].to_numpy(dtype=float)) * share
    for end, bound, share in (("low", low, np.array(least)), ("high", high, np.array(most))):
        table[f"possible_shares_{end}"] = np.where(share == 0, 0.0, bound) * (1 - table["exempt_share"].to_numpy(dtype=float)) * share
    return table


def _schedules(selling: Mapping[str, SellingSchedule] | None, index_flow: IndexDeletion | None) -> dict[str, SellingSchedule]:
    """The default schedules, trackers front-running as the index flow says, under what the caller overrides."""
    ahead = 0.0 if index_flow is None else index_flow.front_running
    usual = {name: replace(plan, front_running=ahead) if plan.kind == "index_close" else plan for name, plan in DEFAULT_SELLING.items()}
    return {**usual, **(selling or {})}


def _fractions(
    classes: tuple[str, ...], wind_down: WindDown, selling: Mapping[str, SellingSchedule], index_flow: IndexDeletion | None
) -> tuple[FloatArray2D, BoolArray]:
    """Desired share of each class's sales by session (G, T), and which classes (G,) trade at index closes."""
    notices, executions = (None, None) if index_flow is None else index_flow.positions(wind_down.sessions)
    n_sessions, to_ban = len(wind_down.sessions), wind_down.sessions_to_ban
    shares = [
        selling_fractions(selling[name], n_sessions, sessions_to_ban=to_ban, notices=notices, executions=executions) for name in classes
    ]
    executed = executions is not None and len(executions) > 0
    return np.stack(shares), np.array([executed and selling[name].kind == "index_close" for name in classes])


def _sales(table: pd.DataFrame, fractions: FloatArray2D, at_close: BoolArray, capacity: float) -> tuple[FloatArray2D, FloatArray2D]:
    """Shares sold (3, G, T) and still waiting (3, T): trackers at their closes, the rest under the cap, first come first served.

    All NaN when every class that has to sell is unknown: unknown is not zero.
    """
    sessions = fractions.shape[1]
    liable = table["sold_share_high"] > 0
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


def _ladder(sales: FloatArray2D, backlog: FloatArray2D, line: LineState, wind_down: WindDown) -> pd.DataFrame:
    """One row a session, every quantity in shares, USD, fraction of the float and multiples of ADV."""
    table = pd.DataFrame({"session": wind_down.sessions})
    position = np.arange(len(table))
    table["phase"] = np.where(position < wind_down.sessions_to_ban, "before the purchase ban", "wind-down")
    for row, name in enumerate(SCENARIOS):
        sold = sales[row].sum(axis=0)
        table[f"sold_shares_{name}"] = sold
        table[f"cumulative_shares_{name}"] = np.cumsum(sold)
        table[f"backlog_shares_{name}"] = backlog[row]
        table[f"sold_usd_{name}"] = sold * line.price_usd
        table[f"sold_adv_{name}"] = sold / line.adv_shares
        table[f"cumulative_adv_{name}"] = np.cumsum(sold) / line.adv_shares
        table[f"cumulative_float_fraction_{name}"] = np.cumsum(sold) / line.float_shares
    return table


def _stranded(table: pd.DataFrame, sales: FloatArray2D, wind_down: WindDown) -> pd.DataFrame:
    """Barred shares not yet sold when purchases end and when sales end, by class and scenario."""
    barred = table["sold_share_high"].to_numpy() > 0
    rows = []
    for when, sessions in (("purchase ban", wind_down.sessions_to_ban), ("deadline", len(wind_down.sessions))):
        left = {"at": [when] * int(barred.sum()), "holder_class": table.loc[barred, "holder_class"].to_numpy()}
        for row, name in enumerate(SCENARIOS):
            liable = table[f"held_shares_{name}"].to_numpy() * (1 - table["exempt_share"].to_numpy(dtype=float))
            left[f"unsold_shares_{name}"] = (liable - sales[row][:, :sessions].sum(axis=1))[barred].clip(min=0.0)
        rows.append(pd.DataFrame(left))
    fate = {
        "possession_ban": "may not be held after the deadline",
        "lock_in": "may be held but not sold after the deadline",
        "purchase_ban": "may be held and sold",
        "none": "not restricted",
    }[wind_down.regime]
    return pd.concat(rows, ignore_index=True).assign(
        fate=lambda frame: np.where(frame["at"] == "deadline", fate, "may be sold until the deadline")
    )


def _identity_table(table: pd.DataFrame, identities: tuple[Identity, ...]) -> pd.DataFrame:
    """Each known total beside what its classes sum to."""
    rows = []
    for known in identities:
        inside = table["holder_class"].isin(known.members)
        sums = {f"sum_shares_{name}": table.loc[inside, f"held_shares_{name}"].sum(skipna=False) for name in SCENARIOS}
        rows.append({"total": known.name, "shares_low": known.low, "shares_high": known.high, **sums, "source": known.source})
    return pd.DataFrame(rows, columns=["total", "shares_low", "shares_high", *(f"sum_shares_{name}" for name in SCENARIOS), "source"])
