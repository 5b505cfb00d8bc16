"""Supply that a designation threatens: the line, its legal sessions, its holders and its buyers, put together from what is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from impact.calendars import VENUES, venue_of
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.doubtful_inputs import input_doubts
from impact.cases.holders import Buyers, Holders, buyers_of, holders_of
from impact.cases.index_flow import index_deletion_of_case
from impact.cases.line_sessions import LineSessions
from impact.cases.listing import CaseListing, listing_of
from impact.cases.panel import check_currency, currency_of_line, known_prices, load_case_prices
from impact.cases.rates import DollarRate, dollar_rate
from impact.cases.shares import ShareCounts, share_counts
from impact.cases.shipped import define_case
from impact.errors import DataUnavailable
from impact.market import MarketPanel
from impact.market.plausibility import doubt_notes, doubts_within
from impact.provenance import Source, unique_sources
from impact.rules.standing import eastern_time
from impact.supply.deletion import IndexDeletion
from impact.supply.forced import ForcedSupply, forced_supply
from impact.supply.line import ESTIMATION_SESSIONS, MIN_SESSIONS, LineState, line_state
from impact.supply.regimes import AT_ONCE, UNKNOWN_REGIME
from impact.supply.wind_down import WindDown
from impact.tables.prose import long_date

__all__ = ["SupplyInputs", "supply_from", "supply_inputs", "supply_of_case"]

STALE_DAYS = 12
"""Calendar days by which prices may end before the reaction session in a memo that is older than it: the longest closure of
Hong Kong around a lunar new year, with room."""
OPEN_ENDED_DAYS = 365
"""Length of the ladder of a programme that sets no date: a year, the window of the orders that set one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SupplyInputs:
    """What is known of a case at an instant: the line, its legal sessions, its holders and its buyers."""

    definition: CaseDefinition
    as_of: AsOf
    listing: CaseListing
    counts: ShareCounts
    line: LineState
    wind_down: WindDown
    reaction_on: pd.Timestamp
    holders: Holders
    buyers: Buyers
    panel: MarketPanel | None
    sources: tuple[Source, ...]
    assumptions: tuple[str, ...]

    @cached_property
    def index_flow(self) -> IndexDeletion:
        """What index providers do with the line."""
        return index_deletion_of_case(self)

    @cached_property
    def supply(self) -> ForcedSupply:
        """The supply that follows from them."""
        return supply_from(self)


def supply_inputs(definition: CaseDefinition, as_of: AsOf = None, *, panel: MarketPanel | None = None) -> SupplyInputs:
    """Everything the supply of a case needs, as known at `as_of` (None: all that is on record).

    Raises
    ------
    DataUnavailable
        If its designation was not known then.
    """
    listing = listing_of(definition, as_of)
    security, venue = definition.security, venue_of(definition.security)
    held, absent = _held_prices(definition, panel)
    days = LineSessions.of(security, venue, held)
    reaction = _first_session(days, listing.terms_from_at)
    prices = None if held is None or security not in held.securities else known_prices(held, security, as_of)
    reason = absent if held is None else absent or _not_covering(held, definition, reaction)
    currency = currency_of_line(definition, prices)
    rate = dollar_rate(definition, currency, reaction)
    closes = pd.Series(dtype="float64", name=security) if prices is None else prices.close[security]
    counts = share_counts(definition, closes, rate.usd_per_unit, reaction, as_of)
    if reason or prices is None:
        line = _line_without_prices(definition, counts, currency, rate, reason)
    else:
        line = _line_on_the_eve(definition, prices, counts, rate, reaction)
    holders = holders_of(definition, counts, as_of)
    buyers = buyers_of(definition, currency, line.price, as_of)
    return SupplyInputs(
        definition=definition,
        as_of=as_of,
        listing=listing,
        counts=counts,
        line=line,
        wind_down=(wind_down := _wind_down(listing, days, reaction)),
        reaction_on=reaction,
        holders=holders,
        buyers=buyers,
        panel=prices,
        sources=unique_sources((listing.source,), line.sources, holders.sources, buyers.sources),
        assumptions=(
            *(f"Doubtful: {doubt}" for doubt in input_doubts(definition, line)),
            *holders.notes,
            *listing.law,
            *filter(None, (listing.fate, _open_ended(listing), _pace(listing), _stranded(listing, days, reaction))),
            *filter(None, [days.supposed_after(wind_down.sessions[-1])]),
        ),
    )


def _first_session(days: LineSessions, known_at: pd.Timestamp) -> pd.Timestamp:
    """First session that could react; where neither a calendar nor prices tell it, the day on which the ladder then begins."""
    try:
        return days.first_to_react(known_at)[0]
    except DataUnavailable:
        if days.own is None:
            raise
        return days.first_supposed(known_at)


def _held_prices(definition: CaseDefinition, panel: MarketPanel | None) -> tuple[MarketPanel | None, str]:
    """The prices given, else those of the case; none, and why, where it has none."""
    if panel is not None:
        check_currency(panel, definition)
        return panel, ""
    try:
        return load_case_prices(definition, definition.prices, offline=True), ""
    except DataUnavailable as error:
        return None, str(error)


def _not_covering(prices: MarketPanel, definition: CaseDefinition, reaction: pd.Timestamp) -> str:
    """Why the prices do not measure the line on the eve of the reaction session; empty when they do."""
    security = definition.security
    if security not in prices.securities:
        return f"{security} of case {definition.case!r} is not among the prices given; give a panel that holds it."
    priced = prices.close[security].dropna().index
    reaches = len(priced) and priced[-1] >= reaction - pd.Timedelta(days=STALE_DAYS)
    if reaches and int((priced < reaction).sum()) > MIN_SESSIONS:
        return ""
    span = f"{priced[0]:%Y-%m-%d} to {priced[-1]:%Y-%m-%d}" if len(priced) else "none"
    return (
        f"the prices of {security} ({span}) do not cover {reaction:%Y-%m-%d}, the first session after the designation"
        f" of case {definition.case!r}; give prices of at least {MIN_SESSIONS} sessions before it."
    )


def _line_on_the_eve(
    definition: CaseDefinition, prices: MarketPanel, counts: ShareCounts, rate: DollarRate, reaction: pd.Timestamp
) -> LineState:
    security = definition.security
    outstanding, free_float = counts.middle
    adjusted = (
        ("Closes are adjusted for dividends, so values in currency before a dividend are too low; shares and multiples are not.",)
        if prices.basis[security] == "total_return"
        else ()
    )
    closes = prices.close[security]
    return line_state(
        closes,
        closes * np.nan if prices.volume is None else prices.volume[security],
        before=reaction,
        currency=str(prices.currency[security]),
        usd_per_unit=rate.usd_per_unit,
        shares_outstanding=outstanding,
        float_shares=outstanding * free_float,
        least_float_shares=counts.least_float_shares,
        most_shares=counts.most_shares,
        sources=unique_sources(prices.sources, rate.sources, counts.sources),
        assumptions=(*counts.notes, *adjusted, *filter(None, (rate.note,)), *_told_of(prices, security, reaction)),
    )


def _told_of(prices: MarketPanel, security: str, reaction: pd.Timestamp) -> tuple[str, ...]:
    """How the closes that the state of the line on the eve is measured by were read, and what to doubt in them."""
    measured = prices.sessions[prices.sessions < reaction][-ESTIMATION_SESSIONS - 1 :]
    doubts = doubts_within(prices.select([security]).doubts(), [security], measured[0], measured[-1])
    return tuple(f"Prices: {note}" for note in (*prices.read_as, *doubt_notes(doubts)))


def _line_without_prices(definition: CaseDefinition, counts: ShareCounts, currency: str, rate: DollarRate, reason: str) -> LineState:
    """A line whose price, usual volume and volatility are unknown: shares and dates are all that can be told of its supply."""
    outstanding, free_float = counts.middle
    return LineState(
        security=definition.security,
        currency=currency,
        price=math.nan,
        usd_per_unit=rate.usd_per_unit,
        adv_shares=math.nan,
        sigma=math.nan,
        shares_outstanding=outstanding,
        float_shares=outstanding * free_float,
        least_float_shares=counts.least_float_shares,
        most_shares=counts.most_shares,
        sources=unique_sources(rate.sources, counts.sources),
        assumptions=(*counts.notes, f"Price, usual volume and volatility on the eve are unknown: {reason}", *filter(None, (rate.note,))),
    )


def _open_ended(listing: CaseListing) -> str:
    """What ends the sales: a licence where the line is blocked, no date where the programme sets none; empty where it sets one."""
    end = listing.divestment_end_at
    if listing.regime.freezes:
        perhaps = listing.perhaps_until_at
        ended = (
            f"the last on record with its text and span ends at {eastern_time(end)}"
            if end is not None
            else "no end of one is on record; the ladder runs over one year"
            if perhaps is None
            else f"none is on record with its text and span; the ladder runs to {eastern_time(perhaps)}, where one that is not verified ends"
        )
        return f"What is blocked may be sold under a licence alone: {ended}."
    return "" if end is not None else "The programme sets no date by which holders must have sold; the ladder runs over one year."


def _pace(listing: CaseListing) -> str:
    """What is taken of the pace of the sales where from when buying is barred is not known."""
    if listing.purchase_ban_at is not None or listing.regime.bars_purchase != UNKNOWN_REGIME:
        return ""
    return "From when buying is barred is not known: holders are taken to sell evenly to the last date, an assumption; a ban makes them faster."


def _no_session(listing: CaseListing, days: LineSessions, reaction: pd.Timestamp) -> bool:
    """Whether selling is barred before the first session that could react is over."""
    end = listing.divestment_end_at
    return end is not None and bool(end < days.closes(pd.DatetimeIndex([reaction]))[0])


def _stranded(listing: CaseListing, days: LineSessions, reaction: pd.Timestamp) -> str:
    """That nothing can be sold, where no session is left to sell in; empty where one is."""
    if listing.divestment_end_at is None or not _no_session(listing, days, reaction):
        return ""
    at = listing.divestment_end_at.tz_convert("America/New_York")
    return (
        f"No whole session is left to sell in: the last sale is before {at.isoformat(timespec='minutes')} ET, and {long_date(reaction)} is the"
        " first session that could react; the ladder shows the year after it."
    )


def _wind_down(listing: CaseListing, days: LineSessions, reaction: pd.Timestamp) -> WindDown:
    """Sessions that close before the ban and before the deadline, on the line's own venue; a year where none does."""
    end, regime = listing.divestment_end_at, listing.regime
    late = _no_session(listing, days, reaction)
    if late and regime.bars_sale == "after_window":
        regime = replace(regime, bars_sale=AT_ONCE)
    if end is None or late:
        end = _end_of_ladder(listing, days, reaction)
    legal = days.between(reaction, end.tz_convert(VENUES[days.venue].zone).tz_localize(None).normalize())
    closes = days.closes(legal)
    ban_at = end if listing.purchase_ban_at is None else listing.purchase_ban_at
    before_ban = legal[closes <= ban_at]
    return WindDown(
        sessions=legal[closes <= end],
        last_before_ban_on=before_ban[-1] if len(before_ban) else reaction - pd.Timedelta(days=1),
        regime=regime,
        bars_purchase=listing.purchase_ban_at is not None,
        has_deadline=listing.divestment_end_at is not None and not late,
    )


def _end_of_ladder(listing: CaseListing, days: LineSessions, reaction: pd.Timestamp) -> pd.Timestamp:
    """Where a ladder without a date ends: where a licence that is not verified does, else a year after the terms began."""
    perhaps = listing.perhaps_until_at
    if perhaps is not None and listing.divestment_end_at is None and days.closes(pd.DatetimeIndex([reaction]))[0] <= perhaps:
        return perhaps
    began = max(listing.listed_on, listing.terms_on)
    return (began + pd.Timedelta(days=OPEN_ENDED_DAYS, hours=23, minutes=59)).tz_localize("America/New_York")


def supply_of_case(case: CaseDefinition | str, as_of: AsOf = None, *, panel: MarketPanel | None = None) -> ForcedSupply:
    """Supply that the designation of a case threatens, as known at `as_of`.

    Parameters
    ----------
    case : CaseDefinition or str
        A definition, or the name of a case that ships.
    as_of : zoned instant, optional
        Leaves out every fact that was not public then.
    panel : MarketPanel, optional
        Prices and volumes; those of the case when None.

    Raises
    ------
    InputError, DataUnavailable
        As :func:`supply_inputs` does.
    """
    definition = define_case(case) if isinstance(case, str) else case
    return supply_inputs(definition, as_of, panel=panel).supply


def supply_from(known: SupplyInputs, index_flow: IndexDeletion | None = None) -> ForcedSupply:
    """The supply that follows from what is known of a case; `index_flow` stands in for its own where that is the same."""
    return forced_supply(
        known.holders.classes,
        line=known.line,
        wind_down=known.wind_down,
        identities=known.holders.totals,
        index_flow=known.index_flow if index_flow is None else index_flow,
        buyers=known.buyers.table,
        sources=known.sources,
        assumptions=known.assumptions,
    )
