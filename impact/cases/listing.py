"""The designation of a case as known at an instant: who, since when, until when under its programme, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from impact.calendars import parse_instant
from impact.cases.blocking import blocking_of
from impact.cases.case_law import law_of, list_of_programme, rule_tables, stated_source
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.fact_sources import fact_source
from impact.errors import DataUnavailable
from impact.facts import known_table
from impact.holdings.status import RULE_INSTRUMENT
from impact.identifiers import lines_of_issuer
from impact.provenance import Source
from impact.rules.book import RuleBook, rule_book
from impact.rules.legal_clocks import clock_instants
from impact.rules.permission import permitted
from impact.rules.standing import Standing
from impact.supply.regimes import UNKNOWN_REGIME, Regime, regime_named, stated_regime

__all__ = [
    "CaseListing",
    "instant_of_case",
    "listing_of",
    "public_instant",
]

EASTERN = "America/New_York"


@dataclass(frozen=True, kw_only=True)
class CaseListing:
    """One designation as known; a date that the programme does not set, or that is not known, is None.

    Attributes
    ----------
    fact_id : str
        Row of the fact base, or the id of a stated designation.
    list_id : str
        The list that the programme acts on.
    listed_on : Timestamp
        Day from which the clocks count.
    known_at : Timestamp
        Public instant.
    purchase_ban_at, divestment_end_at : Timestamp or None
        First instants (UTC) at which buying, and selling to divest, are no longer permitted.
    possession_barred : bool or None
        Whether holding is barred after the last date; None when not known.
    regime : Regime
        What the programme makes holders do (``regimes.csv``, or as the case states it); ``unknown`` where the fact base does not say.
        Where the issuer is blocked, that: `divestment_end_at` is then the end of the last licence to sell that is on record.
    programme_id : str
        The programme whose terms these are; empty where none is known to bar anything.
    terms_from_at : Timestamp
        Instant from which they run: that of the listing, or of a later blocking.
    perhaps_until_at : Timestamp or None
        Instant (UTC) until which a licence lets holders sell what is blocked, its text and span verified or not.
    fate : str
        What became of the listing, once that was known; empty before.
    law : tuple of str
        What blocks the issuer and until when a licence lets holders sell; and what a programme other than this one says of each act.
    ended_on, end_reason : Timestamp or None, str
        The day on which the listing ended, and why, once that was known.
    """

    fact_id: str
    list_id: str
    listed_on: pd.Timestamp
    known_at: pd.Timestamp
    purchase_ban_at: pd.Timestamp | None
    divestment_end_at: pd.Timestamp | None
    possession_barred: bool | None
    regime: Regime
    fate: str
    source: Source
    programme_id: str
    terms_from_at: pd.Timestamp
    perhaps_until_at: pd.Timestamp | None = None
    law: tuple[str, ...] = ()
    ended_on: pd.Timestamp | None = None
    end_reason: str = ""

    @property
    def purchase_ban_on(self) -> pd.Timestamp | None:
        """Day in New York on which buying ends."""
        return None if self.purchase_ban_at is None else _eastern_day(self.purchase_ban_at)

    @property
    def terms_on(self) -> pd.Timestamp:
        """Day in New York from which the terms run."""
        return _eastern_day(self.terms_from_at)

    @property
    def divestment_on(self) -> pd.Timestamp | None:
        """Day in New York on which the divestment window ends."""
        return None if self.divestment_end_at is None else _eastern_day(self.divestment_end_at)


def _eastern_day(instant: pd.Timestamp) -> pd.Timestamp:
    return instant.tz_convert(EASTERN).tz_localize(None).normalize()


def public_instant(definition: CaseDefinition) -> pd.Timestamp:
    """Instant at which the designation of a case became public, as the case tells it.

    Raises
    ------
    DataUnavailable
        If the row on which the case stands is not on record.
    """
    if definition.is_stated:
        return definition.stated_at
    row = _record_row(definition, None)
    if row is None:
        raise DataUnavailable(
            f"record={definition.record!r} of case={definition.case!r} is no row of the fact base; correct the case file."
        )
    return row["known_at"]


def instant_of_case(definition: CaseDefinition) -> pd.Timestamp:
    """The instant of an answer about a case where none is given: one day after its designation was public."""
    return public_instant(definition) + pd.Timedelta(days=1)


def listing_of(definition: CaseDefinition, as_of: AsOf = None) -> CaseListing:
    """The designation of a case as known at `as_of`.

    Raises
    ------
    DataUnavailable
        If it was not known then.
    """
    if definition.is_stated:
        return _in_force(_stated_listing(definition, as_of), law_of(definition, as_of), definition)
    law = law_of(definition, as_of)
    return _in_force(_recorded_listing(definition, as_of, law), law, definition)


def _in_force(stands: CaseListing, law: Standing, definition: CaseDefinition) -> CaseListing:
    """The listing under the law of the instant: a blocking sets the terms, and what another programme bars is told."""
    named = frozenset(act.ruling.programme_id for act in law.acts if act.ruling.phase != "unlisted") - {""}
    moves = law.is_barred or any(act.until is not None for act in law.acts)
    others = [law.sentence()] if moves and named and stands.programme_id not in named else []
    told = tuple(f"{note[:1].upper()}{note[1:]}." for note in (*law.blockings(), *others))
    blocking = None if definition.own_programme is not None else blocking_of(law, stands.fact_id)
    if blocking is None:
        return replace(stands, law=told)
    return replace(
        stands,
        law=told,
        programme_id=blocking.programme_id,
        regime=regime_named("blocking"),
        purchase_ban_at=None,
        divestment_end_at=blocking.licence_end_at,
        terms_from_at=max(stands.known_at, blocking.from_at),
        perhaps_until_at=blocking.may_be_sold_until,
    )


def _unknown_yet(definition: CaseDefinition, as_of: AsOf) -> DataUnavailable:
    return DataUnavailable(f"the designation of case={definition.case!r} was not known at as_of={as_of}; choose a later instant.")


def _recorded_listing(definition: CaseDefinition, as_of: AsOf, law: Standing) -> CaseListing:
    """The listing on record that the case is about: its own row, or that of the line which an order gave its force."""
    table = known_table("designations", as_of)
    anchor = _record_row(definition, as_of)
    if anchor is None:
        raise _unknown_yet(definition, as_of)
    own = table[table["fact_id"] == definition.record]
    if own.empty and definition.record.startswith("designation-"):  # the case tells it from an hour before that of the row
        every = known_table("designations")
        own = every[every["fact_id"] == definition.record].assign(
            removed_on=pd.Series(pd.NaT, index=every.index), removal_reason="", note=""
        )  # its end is later
    if own.empty:
        own = table[(table["security"] == definition.security) & (table["programme_id"] == list_of_programme(definition.programme_id))]
    if own.empty:
        return _no_listing(definition, anchor, as_of, law)
    row = own.iloc[0]
    gone = row["removed_on"]
    reason = f" ({row['removal_reason']})" if row["removal_reason"] else ""
    fate = (
        ""
        if pd.isna(gone)
        else f"This is the supply that the listing threatened; it ended on {gone:%Y-%m-%d}{reason}. {row['note']}".rstrip()
    )
    running = _with_clocks(
        definition,
        rule_book(None if as_of is None else parse_instant(as_of).tz_convert("UTC"), rule_tables(definition, as_of)),
        fact_id=str(row["fact_id"]),
        known_at=anchor["known_at"],
        fate=fate,
        source=fact_source(row, as_of),
        as_of=as_of,
    )
    return running if pd.isna(gone) else replace(running, ended_on=gone, end_reason=str(row["removal_reason"]))


def _record_row(definition: CaseDefinition, as_of: AsOf) -> pd.Series | None:
    """The row on which the case stands, as known at `as_of`; None where it was not known then."""
    told = definition.record_told_at
    for name in ("designations", "programmes", "index_actions", "exchange_actions"):
        table = known_table(name)
        own = table[table["fact_id"] == definition.record]
        if own.empty:
            continue
        row = own.iloc[0] if told is None else own.iloc[0].copy()
        if told is not None:
            row["known_at"] = told
        return row if as_of is None or row["known_at"] <= parse_instant(as_of) else None
    return None


def _no_listing(definition: CaseDefinition, anchor: pd.Series, as_of: AsOf, law: Standing) -> CaseListing:
    """An act of an index provider or an exchange on a line that no list names: no clock runs from it."""
    day = anchor.get("announced_last_on", anchor["known_at"].tz_convert(EASTERN).tz_localize(None).normalize())
    blocking = blocking_of(law, definition.record)
    barring = _barring_programme(definition, anchor["known_at"], as_of) if blocking is None else blocking.programme_id
    programmes = known_table("programmes", as_of).set_index("programme_id")["regime"]
    return CaseListing(
        fact_id=definition.record,
        list_id="",
        listed_on=pd.Timestamp(day),
        known_at=anchor["known_at"],
        purchase_ban_at=None,
        divestment_end_at=None,
        possession_barred=None,
        regime=regime_named(str(programmes.get(barring, UNKNOWN_REGIME))),
        fate=(
            f"The case stands on an act of an index provider or an exchange, not on a listing: {barring} bars, and such acts force."
            if blocking is not None
            else f"No list names this line: {barring} and the acts of index providers and exchanges bar and force it."
            if barring
            else "No list names this line and no programme is known to reach it, which is no clearance: what forces it is the acts of index providers and exchanges."
        ),
        source=fact_source(anchor, as_of),
        programme_id=barring,
        terms_from_at=anchor["known_at"],
    )


def _barring_programme(definition: CaseDefinition, known_at: pd.Timestamp, as_of: AsOf) -> str:
    """The programme that bars a US person from buying the line within a year of the event, the strictest first; empty where none does."""
    ruled = permitted("buy", definition.security, at=known_at + pd.Timedelta(days=365), as_of=as_of).rulings
    barring = [ruling.programme_id for ruling in ruled if ruling.status == "prohibited"]
    return next(iter(barring), "")


def _stated_listing(definition: CaseDefinition, as_of: AsOf) -> CaseListing:
    instant = definition.stated_at if as_of is None else parse_instant(as_of)
    if instant < definition.stated_at:
        raise _unknown_yet(definition, as_of)
    book = rule_book(None if as_of is None else instant.tz_convert("UTC"), rule_tables(definition, as_of))
    running = _with_clocks(
        definition, book, fact_id="hypothetical-0", known_at=definition.stated_at, fate="", source=stated_source(definition), as_of=as_of
    )
    gone = definition.ended_at
    if gone is None or (as_of is not None and instant < gone):
        return running
    day = _eastern_day(gone)
    return replace(
        running,
        fate=f"This is the supply that the designation threatened; it ended on {day:%Y-%m-%d}, as the case states.",
        ended_on=day,
        end_reason="as the case states",
    )


def _with_clocks(
    definition: CaseDefinition, book: RuleBook, *, fact_id: str, known_at: pd.Timestamp, fate: str, source: Source, as_of: AsOf
) -> CaseListing:
    listing = next(item for item in book.listings if item.fact_id == fact_id)
    if listing.listed_on is None:
        raise DataUnavailable(f"the day of the listing {fact_id!r} is not on record, so no clock can be counted from it.")
    own = definition.own_programme
    clocks = clock_instants(book, definition.programme_id, listing)
    regime, possession = _law_on_holders(definition, as_of)
    return CaseListing(
        fact_id=fact_id,
        list_id=listing.list_id,
        listed_on=listing.listed_on,
        known_at=known_at,
        purchase_ban_at=clocks.get("purchase_ban"),
        divestment_end_at=clocks.get("divestment_end") if own is None else own.divestment_end_at,
        possession_barred=possession,
        regime=regime,
        fate=fate,
        source=source,
        programme_id=definition.programme_id,
        terms_from_at=known_at,
    )


def _instrument(definition: CaseDefinition) -> str:
    """What the line of a case is in the words of the rules, as the table of lines has it; an equity where it has none."""
    lines = lines_of_issuer(definition.security, definition.public_at)
    kinds = lines.loc[lines["security"] == definition.security, "kind"]
    return "equity" if kinds.empty else RULE_INSTRUMENT.get(str(kinds.iloc[0]), "equity")


def _law_on_holders(definition: CaseDefinition, as_of: AsOf) -> tuple[Regime, bool | None]:
    """What the programme makes holders do, and whether it bars holding after its last date; None where that is not known."""
    own = definition.own_programme
    if own is not None:
        return stated_regime(own, _instrument(definition)), own.holding_stays_barred
    programmes = known_table("programmes", as_of).set_index("programme_id")
    if definition.programme_id not in programmes.index:
        return regime_named(UNKNOWN_REGIME), None
    row = programmes.loc[definition.programme_id]
    return regime_named(str(row["regime"])), None if pd.isna(row["possession_ban"]) else bool(row["possession_ban"])
