"""Shares that must be sold because of a designation: by whom, when, and into whose hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.supply.book import buying_capacity, check_buyers, two_sided_book
from impact.supply.deletion import IndexDeletion
from impact.supply.holder_classes import (
    CLASS_TITLES,
    Identity,
    check_holders,
    is_bound,
    obligation,
    reconcile,
    scenario_holdings,
)
from impact.supply.line import LineState
from impact.supply.regimes import Regime
from impact.supply.schemas import (
    BOOK,
    BOUNDS,
    BUYERS,
    CLASSES,
    DROPPED_ROWS,
    IDENTITIES,
    LADDER,
    MILESTONES,
    SELLERS,
    STRANDED,
    TOTALS,
    TRACKER_CLOSES,
)
from impact.supply.selling import SellingSchedule
from impact.supply.totals import (
    as_stated,
    bounded_sale,
    by_seller,
    counted_classes,
    identity_table,
    in_line_with,
    seller_table,
    total_forced,
    tracker_sales,
    unknown_holdings,
    unsplit_groups,
)
from impact.supply.wind_down import SCENARIOS, WindDown, desired_fractions, sales_by_session, stranded_table, supply_ladder
from impact.tables.prose import count, decimal, interval, percent, significant
from impact.typing_ import FloatArray, FloatArray1D, check_kind

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ForcedSupply", "forced_range", "forced_supply"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ForcedSupply(Result):
    """Who must sell how much by when, and who is known to buy.

    Attributes
    ----------
    classes : DataFrame
        One row a class: shares_low/high (its own bounds), possible_shares_low/high (what it may have to sell, by itself),
        held_shares and forced_shares_low/mid/high (the bounds, and the middle where its own holding is stated: a part of a
        known total has none), sold_share_low/high, certainty, selling (``index_close`` or ``under the cap``), source.
    total_shares : mapping of low, mid, high to float
        Shares that US persons must sell, with what is known of others: least and most over every split of known totals.
    sellers : DataFrame
        seller (a class, or a known total whose split is not known), forced_shares_low/mid/high, source.
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
    left_out : tuple of str
        Classes that may have to sell, of whose holdings nothing is known, and that are in no total: it is a lower bound.
    """

    schemas = declared(
        classes=CLASSES, sellers=SELLERS, identities=IDENTITIES, ladder=LADDER, book=BOOK, buyers=BUYERS, stranded=STRANDED, dropped=DROPPED_ROWS,
        bounds=BOUNDS, totals=TOTALS, milestones=MILESTONES, tracker_closes=TRACKER_CLOSES, to_frame=LADDER,
    )  # fmt: skip

    line: LineState
    wind_down: WindDown
    classes: pd.DataFrame
    identities: pd.DataFrame
    total_shares: Mapping[str, float]
    sellers: pd.DataFrame
    ladder: pd.DataFrame
    class_sales: FloatArray
    book: pd.DataFrame
    buyers: pd.DataFrame
    stranded: pd.DataFrame
    participation_cap: float
    index_flow: IndexDeletion | None = None
    left_out: tuple[str, ...] = ()
    dropped: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["row", "reason"]))
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

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
        low, _mid, high = self.total_shares.values()
        if (self.classes["certainty"] == "stranded").any():
            size = "nothing that those it binds may sell in a whole session"
        elif np.isnan(high):
            size = f"an unknown amount{self._at_most()}"
        elif high == 0:
            size = "nothing"
        elif np.isnan(line.adv_shares):
            size = f"{interval(low, high, count)} shares, in multiples of a volume that is not known"
        else:
            size = f"{interval(low / line.adv_shares, high / line.adv_shares, decimal, 1)} multiples of ADV"
        return Summary(
            title=f"Forced supply of {line.security}: {size} over {len(self.ladder)} sessions{self.beside()}",
            tables=(
                ("Who must sell: bounds of each class by itself", self.with_schema("bounds")),
                ("All of them together", self.with_schema("totals")),
                ("Milestones of the ladder", self.with_schema("milestones")),
                ("Trackers at the deletion closes, and the volume there", self.with_schema("tracker_closes")),
                ("Barred and still unsold", self.with_schema("stranded")),
                ("Known totals", self.with_schema("identities")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def beside(self) -> str:
        """What stands in no total, in words; empty where nothing is left out."""
        if not self.left_out or np.isnan(self.total_shares["high"]):
            return ""
        return f", and what is not known of {' and of '.join(CLASS_TITLES[name] for name in self.left_out)}"

    def _at_most(self) -> str:
        ceiling = self.line.ceiling_shares
        if np.isnan(ceiling):
            return ""
        if np.isnan(self.line.adv_shares):
            return f", at most {count(ceiling)} shares,"
        return f", at most {decimal(ceiling / self.line.adv_shares, 1)} multiples of ADV,"

    def bounds(self) -> pd.DataFrame:
        """Each liable class in words, with the least and the most it may have to sell by itself, when, and how certainly."""
        table = self.classes[self.liable]
        days = self.wind_down.sessions
        closes = f"index closes, by {days[-1]:%Y-%m-%d}"
        return pd.DataFrame(
            {
                "holder_class": [CLASS_TITLES[name] for name in table["holder_class"]],
                "possible_shares_low": table["possible_shares_low"].to_numpy(),
                "possible_shares_high": table["possible_shares_high"].to_numpy(),
                "possible_adv_low": table["possible_shares_low"].to_numpy() / self.line.adv_shares,
                "possible_adv_high": table["possible_shares_high"].to_numpy() / self.line.adv_shares,
                "window": [closes if kind == "index_close" else f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}" for kind in table["selling"]],
                "certainty": table["certainty"].to_numpy(),
                "source": table["source"].to_numpy(),
            }
        )

    def tracker_closes(self) -> pd.DataFrame:
        """Shares that trackers sell at each deletion close, by scenario, beside the volume that traded there.

        Returns
        -------
        DataFrame
            execution_on, provider, tracker_shares_low/high (the bounds of the tracking classes by themselves, NaN without a
            bound), tracker_shares_mid (the middle, NaN where how much trackers hold is not stated; all three of the classes of
            whose holdings anything is known, NaN where that is none), volume_ratio (to the usual volume), excess_shares
            (volume above it, which bounds what trackers sold), close_return. Empty without an index flow or its prices.
        """
        columns = [
            "execution_on",
            "provider",
            *(f"tracker_shares_{name}" for name in SCENARIOS),
            "volume_ratio",
            "excess_shares",
            "close_return",
        ]
        if self.index_flow is None or self.index_flow.check.empty:
            return pd.DataFrame(columns=columns)
        check = self.index_flow.check.query("action == 'delete'")
        check = check[check["execution_on"].isin(self.wind_down.sessions)].reset_index(drop=True)
        at = self.wind_down.sessions.get_indexer(pd.DatetimeIndex(check["execution_on"]))
        sold = tracker_sales(self.classes, self.class_sales[1], at)
        return check.assign(**sold)[columns]

    def totals(self) -> pd.DataFrame:
        """Forced shares of all classes in each scenario, in shares, USD, multiples of ADV and fraction of the float."""
        shares = np.array(list(self.total_shares.values()))
        return pd.DataFrame(
            {
                "scenario": list(SCENARIOS),
                "forced_shares": shares,
                "forced_usd": shares * self.line.price_usd,
                "forced_adv": shares / self.line.adv_shares,
                "float_fraction": [float(self.line.float_fraction(sold, name)) for sold, name in zip(shares, SCENARIOS, strict=True)],
            }
        )

    def milestones(self) -> pd.DataFrame:
        """The ladder after 1, 5 and 20 sessions, at the purchase ban and at the deadline, where the programme sets them."""
        picked = self.wind_down.horizons
        columns = ["session", *(f"cumulative_{kind}_{name}" for kind in ("shares", "adv") for name in SCENARIOS)]
        table = self.ladder.iloc[[n - 1 for n in picked.values()]][columns].reset_index(drop=True)
        table.insert(0, "by", list(picked))
        return table

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Cumulative supply in multiples of ADV, with the purchase ban."""
        from impact.plots.supply import plot_supply_ladder

        return plot_supply_ladder(
            self.ladder,
            marks=self.wind_down.marks,
            title=f"{self.line.security}: supply that the designation forces",
            ax=ax,
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

    Examples
    --------
    >>> import pandas as pd
    >>> from impact.supply import LineState, WindDown, forced_supply
    >>> line = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)
    >>> days = pd.bdate_range("2021-01-15", periods=60)
    >>> window = WindDown(sessions=days, last_before_ban_on=days[39], regime="possession_ban")
    >>> holders = pd.DataFrame({"holder_class": ["us_active"], "shares_low": [4e6], "shares_high": [6e6]})
    >>> forced_supply(holders, line=line, wind_down=window).total_shares
    {'low': 4000000.0, 'mid': 5000000.0, 'high': 6000000.0}
    """
    check_kind(line, LineState, "line", "impact.supply.LineState(...) or line_state(...)")
    check_kind(wind_down, WindDown, "wind_down", "impact.supply.WindDown(...)")
    if not 0 < participation_cap <= 1:
        raise InputError(f"participation_cap={participation_cap!r} must lie in (0, 1]; it is a share of volume: give 0.2 for 20 %.")
    given = check_holders(holders)
    table = _obligations(given, identities, wind_down.regime, line)
    classes = tuple(table["holder_class"])
    stated = given["shares_high"].notna().to_numpy()
    total = total_forced(table, identities, line)
    groups = unsplit_groups(table, stated, identities)
    table = in_line_with(table, total, stated)
    summed = counted_classes(table) | ~stated  # a stated class that only may sell is shown by itself: in no sum, and in no queue
    bound = pd.Series([is_bound(name, wind_down.rule) for name in classes], dtype=object)
    fractions, at_close = desired_fractions(classes, wind_down, selling, index_flow)
    table["selling"] = ["index_close" if closes else "under the cap" for closes in at_close]
    sales, backlog = sales_by_session(table, fractions, at_close | ~summed, participation_cap * line.adv_shares)
    bought = check_buyers(buyers)
    capacity = buying_capacity(bought, wind_down.sessions, SCENARIOS["mid"])
    return ForcedSupply(
        line=line,
        wind_down=wind_down,
        classes=as_stated(table, stated, line.ceiling_shares),
        identities=identity_table(table, identities),
        total_shares=total,
        sellers=seller_table(table, groups, identities),
        ladder=supply_ladder(sales[:, summed], backlog, line, wind_down),
        class_sales=sales,
        book=two_sided_book(wind_down.sessions, *by_seller(sales[1], groups), capacity, tuple(bought["buyer"])),
        buyers=bought,
        stranded=stranded_table(table.assign(holder_class=groups, bound=bound), sales, wind_down),
        participation_cap=participation_cap,
        index_flow=index_flow,
        left_out=tuple(table.loc[unknown_holdings(table) & ~bounded_sale(table), "holder_class"]),
        sources=unique_sources(sources, line.sources, () if index_flow is None else index_flow.sources),
        assumptions=(*_assumptions(table, wind_down, participation_cap), *line.assumptions, *assumptions),
    )


def forced_range(
    holders: pd.DataFrame, *, line: LineState, wind_down: WindDown, identities: tuple[Identity, ...] = ()
) -> Mapping[str, float]:
    """Shares that must be sold, low, mid and high, as :func:`forced_supply` totals them, without who sells when.

    Raises
    ------
    InputError
        If a table is wrong, or ranges and totals contradict each other.
    """
    return total_forced(_obligations(check_holders(holders), identities, wind_down.regime, line), identities, line)


def _assumptions(table: pd.DataFrame, wind_down: WindDown, cap: float) -> tuple[str, ...]:
    unbounded, reaching = unknown_holdings(table), bounded_sale(table)
    unknown, bounded = (table.loc[rows, "holder_class"].map(CLASS_TITLES) for rows in (unbounded & ~reaching, unbounded & reaching))
    return (
        f"What the law does: {wind_down.rule.about}.",
        f"Trackers trade at their execution closes whatever the volume; all other forced sellers together stay within {percent(cap, 0)}"
        " of ADV a session, and what is left is carried forward.",
        "How a known total splits into classes is not known: its ends are the least and the most over every split, mid is their"
        " middle, and its pace is that of an even mixture of its classes.",
        "Share sold by the purchase ban is a stated schedule per class, not an observation of this line.",
        *((f"Unknown and left out of the totals, which are lower bounds: {', '.join(unknown)}.",) if len(unknown) else ()),
        *((f"Unknown, and anything from nothing to all that is left in the totals: {', '.join(bounded)}.",) if len(bounded) else ()),
    )


def _obligations(table: pd.DataFrame, identities: tuple[Identity, ...], regime: str | Regime, line: LineState) -> pd.DataFrame:
    """Reconciled holdings of each class by scenario, the share of them sold and the forced shares."""
    stated = table["shares_high"].notna()  # whoever states what trackers of a deleting index hold says that one deletes
    classes = tuple(table["holder_class"])
    low, high = reconcile(classes, table["shares_low"].to_numpy(dtype=float), table["shares_high"].to_numpy(dtype=float), identities)
    all_shares = np.fmax(line.shares_outstanding, line.most_shares)
    if low.sum() > all_shares * (1 + 1e-9):
        raise InputError(
            f"holders hold at least {significant(low.sum(), 6)} shares but shares_outstanding={significant(all_shares, 6)};"
            " classes do not overlap: remove what is counted twice."
        )
    least, most, certainty = zip(*(obligation(name, regime, known) for name, known in zip(classes, stated, strict=True)), strict=True)
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
