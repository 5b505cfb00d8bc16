"""Supply that a designation threatens: the line, its legal sessions, its holders and its buyers, put together from what is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from impact.calendars import VENUES, first_session_to_react, session_close, sessions, venue_of
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.holders import Buyers, Holders, buyers_of, holders_of
from impact.cases.index_flow import index_deletion_of_case
from impact.cases.listing import CaseListing, listing_of
from impact.cases.panel import known_prices, load_case_prices
from impact.cases.rates import dollar_rate
from impact.cases.shares import share_counts
from impact.cases.shipped import define_case
from impact.errors import DataUnavailable
from impact.market import MarketPanel
from impact.market.plausibility import doubt_notes, doubts_within
from impact.provenance import Source, unique_sources
from impact.supply.forced import ForcedSupply, forced_supply
from impact.supply.line import ESTIMATION_SESSIONS, LineState, line_state
from impact.supply.wind_down import WindDown

__all__ = ["SupplyInputs", "supply_inputs", "supply_of_case"]

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
    line: LineState
    wind_down: WindDown
    reaction_on: pd.Timestamp
    holders: Holders
    buyers: Buyers
    panel: MarketPanel
    sources: tuple[Source, ...]
    assumptions: tuple[str, ...]


def supply_inputs(definition: CaseDefinition, as_of: AsOf = None, *, panel: MarketPanel | None = None) -> SupplyInputs:
    """Everything the supply of a case needs, as known at `as_of` (None: all that is on record).

    Raises
    ------
    DataUnavailable
        If its designation was not known then, or its prices do not reach back before it or have no volume.
    """
    listing = listing_of(definition, as_of)
    security, venue = definition.security, venue_of(definition.security)
    reaction = first_session_to_react(listing.known_at, venue).session
    held = load_case_prices(definition, definition.prices, offline=True) if panel is None else panel
    prices = known_prices(_covering(held, definition, reaction, as_of), venue, as_of)
    currency = str(prices.currency[security])
    rate = dollar_rate(definition, currency, reaction)
    closes = prices.close[security]
    if math.isnan(rate.usd_per_unit):
        raise DataUnavailable(
            f"case={definition.case!r}: {currency or 'the currency of the prices'} has no rate to the US dollar on {reaction:%Y-%m-%d}, in which "
            "supply is valued; state rates = { USD = ... } in [market], the price of a dollar in the currency of the line."
        )
    counts = share_counts(definition, closes, rate.usd_per_unit, reaction, as_of)
    outstanding, free_float = counts.middle
    adjusted = (
        ("Closes are adjusted for dividends, so values in currency before a dividend are too low; shares and multiples are not.",)
        if prices.basis[security] == "total_return"
        else ()
    )
    line = line_state(
        closes,
        prices.volume[security],
        before=reaction,
        currency=currency,
        usd_per_unit=rate.usd_per_unit,
        shares_outstanding=outstanding,
        float_shares=outstanding * free_float,
        sources=unique_sources(prices.sources, rate.sources, counts.sources),
        assumptions=(*counts.notes, *adjusted, *filter(None, (rate.note,)), *_doubted(prices, security, reaction)),
    )
    holders = holders_of(definition, counts, as_of)
    buyers = buyers_of(definition, currency, line.price, as_of)
    return SupplyInputs(
        definition=definition,
        as_of=as_of,
        listing=listing,
        line=line,
        wind_down=_wind_down(listing, venue, reaction),
        reaction_on=reaction,
        holders=holders,
        buyers=buyers,
        panel=prices,
        sources=unique_sources((listing.source,), line.sources, holders.sources, buyers.sources),
        assumptions=(*holders.notes, *filter(None, (listing.fate, _open_ended(listing)))),
    )


def _doubted(prices: MarketPanel, security: str, reaction: pd.Timestamp) -> tuple[str, ...]:
    """What to doubt in the closes that the state of the line on the eve is measured by."""
    measured = prices.sessions[prices.sessions < reaction][-ESTIMATION_SESSIONS - 1 :]
    doubts = doubts_within(prices.select([security]).doubts(), [security], measured[0], measured[-1])
    return tuple(f"Prices: {note}" for note in doubt_notes(doubts))


def _covering(prices: MarketPanel, definition: CaseDefinition, reaction: pd.Timestamp, as_of: AsOf) -> MarketPanel:
    """The prices, when they hold the line with volumes on both sides of the reaction session.

    Raises
    ------
    DataUnavailable
        If they do not.
    """
    security = definition.security
    if security not in prices.securities:
        raise DataUnavailable(
            f"{security} of case {definition.case!r} is not among the prices given; give a panel that holds it, with volumes."
        )
    priced = prices.close[security].dropna().index
    reaches = len(priced) and priced[-1] >= reaction - pd.Timedelta(days=0 if as_of is None else STALE_DAYS)
    if prices.volume is None or not reaches or not priced[0] < reaction - pd.Timedelta(days=STALE_DAYS):
        span = f"{priced[0]:%Y-%m-%d} to {priced[-1]:%Y-%m-%d}" if len(priced) else "none"
        raise DataUnavailable(
            f"the prices of {security} ({span}) do not cover {reaction:%Y-%m-%d} with volumes, the first session after the designation"
            f" of case {definition.case!r}; give a panel that does."
        )
    return prices


def _open_ended(listing: CaseListing) -> str:
    return (
        ""
        if listing.divestment_end_at is not None
        else "The programme sets no date by which holders must have sold; the ladder runs over one year."
    )


def _wind_down(listing: CaseListing, venue: str, reaction: pd.Timestamp) -> WindDown:
    """Sessions that close before the ban and before the deadline, on the line's own venue."""
    end = listing.divestment_end_at
    if end is None:
        end = (listing.listed_on + pd.Timedelta(days=OPEN_ENDED_DAYS, hours=23, minutes=59)).tz_localize("America/New_York")
    legal = sessions(venue, reaction, end.tz_convert(VENUES[venue].zone).tz_localize(None).normalize())
    closes = pd.DatetimeIndex([session_close(day, venue) for day in legal])
    ban_at = end if listing.purchase_ban_at is None else listing.purchase_ban_at
    before_ban = legal[closes <= ban_at]
    return WindDown(
        sessions=legal[closes <= end],
        last_before_ban_on=before_ban[-1] if len(before_ban) else reaction - pd.Timedelta(days=1),
        regime=listing.regime,
    )


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
    known = supply_inputs(definition, as_of, panel=panel)
    return forced_supply(
        known.holders.classes,
        line=known.line,
        wind_down=known.wind_down,
        identities=known.holders.totals,
        index_flow=index_deletion_of_case(known),
        buyers=known.buyers.table,
        sources=known.sources,
        assumptions=known.assumptions,
    )
