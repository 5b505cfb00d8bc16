"""What the law says at one instant of each act a holder asks about, since when, and which licence lets one sell, as known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from impact.identifiers import reissued_codes
from impact.rules.asked_programmes import programmes_in_force, programmes_not_asked
from impact.rules.book import RuleBook
from impact.rules.issuer_lines import reissued_from
from impact.rules.own_programme import ACT_WORDS
from impact.rules.questions import Question, question_about
from impact.rules.records import Licence, Listing, Programme, Ruling
from impact.rules.rulings import boundaries, decide, rulings_at
from impact.rules.vocabulary import INVESTOR_TITLES, line_key

__all__ = [
    "ActStanding",
    "LicensedSale",
    "Standing",
    "answer_at",
    "eastern_time",
    "given_anew",
    "licensed_sales",
    "relations_told",
    "running_sales",
    "span_of_status",
    "standing",
]

EASTERN = "America/New_York"
ASKED = ("buy", "sell_to_divest", "hold")


@dataclass(frozen=True, kw_only=True)
class ActStanding:
    """The answer about one act at an instant: its status, the span (UTC, None: unbounded) in which it holds, and the ruling behind it.

    `programme` is the name of the programme that decides; empty where none does.
    """

    action: str
    status: str
    since: pd.Timestamp | None
    until: pd.Timestamp | None
    ruling: Ruling
    programme: str

    @property
    def answer(self) -> str:
        """The status, from and until when, and by which programme, in words."""
        return f"{self.words}{self.by}"

    @property
    def words(self) -> str:
        """The status, and from and until when, in words."""
        begins = "" if self.since is None or self.status == "allowed" else f" from {eastern_time(self.since)}"
        until = "" if self.until is None else f" until {eastern_time(self.until)}"
        return f"{self.status.replace('_', ' ')}{begins}{until}"

    @property
    def by(self) -> str:
        """The programme behind it in words; one that does not name the issuer clears nothing."""
        programme = self.programme
        if not programme:
            return ""
        if self.ruling.phase == "unlisted":
            return f" ({programme} does not name it)"
        return f" (now by {programme}{f', {self.ruling.entity}' if self.ruling.entity else ''})"


@dataclass(frozen=True, kw_only=True)
class LicensedSale:
    """A licence that lets holders of a listed name sell to divest: until when (UTC; None: no end is on record), and whether that is verified."""

    licence: Licence
    programme: Programme
    listing: Listing
    ends_at: pd.Timestamp | None

    @property
    def is_verified(self) -> bool:
        """Whether the text and the span of the licence are on record."""
        return self.licence.certainty == "stated"

    @property
    def words(self) -> str:
        """What it frees, until when, and whether that is verified."""
        until = ", its end not on record" if self.ends_at is None else f" until {eastern_time(self.ends_at)}"
        name, freed = self.licence.licence_id, f"a sale to divest from it{until}"
        return f"{name} frees {freed}" if self.is_verified else f"{name} perhaps frees {freed} (its text and span are not verified)"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The law on one security at an instant for one kind of investor.

    `at` is the instant asked, or the last one at which anything on record changes an answer; `is_last` tells which. `sales` are the
    licences to sell what a programme without a clock blocks, in the order of their ends; `related` tells what lists say of firms that the
    line is related to; `programme_names` tells every id of the book.
    """

    at: pd.Timestamp
    is_last: bool
    investor: str
    acts: tuple[ActStanding, ...]
    sales: tuple[LicensedSale, ...]
    blocked: tuple[tuple[Programme, Listing], ...]
    related: tuple[str, ...]
    programme_names: Mapping[str, str]

    @property
    def programmes(self) -> frozenset[str]:
        """The programmes that settle an act."""
        return frozenset(act.ruling.programme_id for act in self.acts) - {""}

    @property
    def is_barred(self) -> bool:
        """Whether any act is prohibited, or its answer is unknown because of a programme that reaches the issuer."""
        return any(act.status == "prohibited" or (act.status == "unknown" and act.ruling.programme_id) for act in self.acts)

    def notes(self, clocked: frozenset[str]) -> tuple[str, ...]:
        """What blocks the issuer, and, where an act is barred, or in doubt, by no clock of a programme in `clocked`, every act with its status."""
        by_clock = {act.ruling.programme_id for act in self.acts if act.ruling.phase != "related"} & clocked
        acts = [self.sentence()] if self.is_barred and not by_clock else []
        return tuple(f"{note[:1].upper()}{note[1:]}." for note in (*self.blockings(), *acts))

    def sentence(self) -> str:
        """Every act with its status in one sentence; acts that are answered alike stand together, and what decides all of them is said once."""
        when = "as last recorded" if self.is_last else f"at {eastern_time(self.at)}"
        deciding = {act.by for act in self.acts}
        alike: dict[str, list[str]] = {}
        for act in self.acts:
            alike.setdefault(act.words if len(deciding) == 1 else act.answer, []).append(ACT_WORDS[act.action])
        told = "; ".join(f"{' and '.join(words)} {answer}" for answer, words in alike.items())
        told += deciding.pop() if len(deciding) == 1 else ""
        cleared = "" if self.is_barred else "; that is no clearance"
        return f"{when}, for {INVESTOR_TITLES[self.investor]}: {told}{cleared}"

    def blockings(self) -> tuple[str, ...]:
        """Of each listing that blocks, since when it is barred and until when a licence on record lets one sell, or that none is known."""
        told = []
        for programme, listing in self.blocked:
            sales = [sale for sale in self.sales if (sale.programme, sale.listing) == (programme, listing)]
            licences = "; ".join(sale.words for sale in sales) or "no licence to sell is on record"
            since, ended = eastern_time(listing.listed_at), listing.removed_at
            span = f"is blocked since {since}" if ended is None else f"was blocked from {since} to {eastern_time(ended)}"
            told.append(f"{listing.entity} {span} ({programme.name}): {licences}")
        return tuple(told)


def standing(book: RuleBook, security: str, *, investor: str = "us_person", instrument: str = "equity") -> Standing:
    """The law as of the instant of the book; of a book of everything, at the last instant at which an answer changes."""
    asked = [question_about(book, security, action=action, investor=investor, instrument=instrument) for action in ASKED]
    last = max(edge for question in asked for edge in boundaries(book, question))
    at = last if book.as_of is None else book.as_of
    keys, listings = book.issuers.issuer_by_now(security)
    blocked = blocked_listings(book, listings)
    return Standing(
        at=at,
        is_last=book.as_of is None,
        investor=investor,
        acts=tuple(_act(book, question, at) for question in asked),
        sales=licensed_sales(book, keys, blocked),
        blocked=blocked,
        related=relations_told(asked[0].as_named_at(at), at),
        programme_names=_names(book),
    )


def _names(book: RuleBook) -> Mapping[str, str]:
    """Every programme as a sentence names it; what a caller calls a programme of his own may be a name with or without an article."""
    return {one.programme_id: one.name if one.is_stated else f"the {one.name}" for one in book.programmes}


def _act(book: RuleBook, question: Question, at: pd.Timestamp) -> ActStanding:
    ruling = answer_at(book, question, at)
    since, until, _ = span_of_status(book, question, at, ruling.status)
    programme = _names(book).get(ruling.programme_id, ruling.programme_id)
    return ActStanding(action=question.action, status=ruling.status, since=since, until=until, ruling=ruling, programme=programme)


def answer_at(book: RuleBook, question: Question, at: pd.Timestamp) -> Ruling:
    """The ruling that settles a question at an instant."""
    asked, not_asked = programmes_in_force(book, at), programmes_not_asked(book, at)
    return decide(rulings_at(book, question, at), doubt=question.doubt_at(at), asked=asked, not_asked=not_asked)


def span_of_status(
    book: RuleBook, question: Question, at: pd.Timestamp, status: str
) -> tuple[pd.Timestamp | None, pd.Timestamp | None, Ruling | None]:
    """Since when and until when the status holds around `at`, and the ruling that ends it."""
    edges = boundaries(book, question)
    since, until, following = None, None, None
    for edge in reversed([edge for edge in edges if edge <= at]):
        earlier = edge - pd.Timedelta(1, "ns")
        before = answer_at(book, question, earlier)
        if before.status != status:
            since = edge
            break
    for edge in (edge for edge in edges if edge > at):
        after = answer_at(book, question, edge)
        if after.status != status:
            until, following = edge, after
            break
    return since, until, following


def blocked_listings(book: RuleBook, listings: Iterable[Listing]) -> tuple[tuple[Programme, Listing], ...]:
    """Programme and listing of each of an issuer's names that is or was blocked, as the book knows it."""
    blocking = [programme for programme in book.programmes if programme.regime == "blocking"]
    named = [listing for listing in listings if listing.kind == "listed" and (book.as_of is None or listing.listed_at <= book.as_of)]
    return tuple((programme, listing) for programme in blocking for listing in named if programme.reads(listing))


def licensed_sales(
    book: RuleBook, keys: frozenset[str], listings: Iterable[tuple[Programme, Listing]], investor: str = "us_person"
) -> tuple[LicensedSale, ...]:
    """The licences on record that let an investor sell what these listings block, in the order of their ends."""
    sales = [
        LicensedSale(licence=licence, programme=programme, listing=listing, ends_at=licence.ends_at(listing))
        for programme, listing in listings
        for licence in book.licences
        if licence.covers(programme.programme_id, listing, keys) and investor in licence.investors and licence.frees("sell_to_divest")
    ]
    return tuple(sorted(sales, key=lambda sale: pd.Timestamp.max.tz_localize("UTC") if sale.ends_at is None else sale.ends_at))


def running_sales(
    book: RuleBook, question: Question, listings: Iterable[tuple[Programme, Listing]], at: pd.Timestamp
) -> tuple[LicensedSale, ...]:
    """Those of the licences to sell what these listings bar that run at an instant."""
    every = licensed_sales(book, question.keys, listings, question.investor)
    return tuple(sale for sale in every if sale.licence.from_at <= at and (sale.ends_at is None or at < sale.ends_at))


def relations_told(question: Question, at: pd.Timestamp) -> tuple[str, ...]:
    """What lists that do not name the line asked about say at `at` of firms that it is related to."""
    own = {listing.list_id for listing in question.listings}
    return tuple(
        f"The list {relation.listing.own_list_id or relation.listing.list_id} names {relation.listing.entity}: this line is {relation.words}, and is not named there itself."
        for relation in question.related
        if relation.stands_at(at) and relation.listing.list_id not in own
    )


def given_anew(security: str, at: pd.Timestamp | None, as_of: pd.Timestamp | None) -> tuple[str, ...]:
    """Whose a code was that is another issuer's at an instant (None: as last recorded), as known; empty where it is not.

    Examples
    --------
    >>> given_anew("CHA US", None, None)[0]
    'The code CHA is that of Chagee Holdings Limited since 2025-04-17 09:30 ET; it was a line of China Telecom Corporation Limited before.'
    """
    since = reissued_from(security, as_of)
    if since is None or (at is not None and at < since):
        return ()
    key = line_key(security)
    _, issuer, was_of = reissued_codes()[key]
    return (f"The code {key} is that of {issuer} since {eastern_time(since)}; it was a line of {was_of} before.",)


def eastern_time(instant: pd.Timestamp) -> str:
    """An instant as day and minute in New York."""
    return f"{instant.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET"
