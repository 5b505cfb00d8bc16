"""Whether an action in a security is allowed, prohibited or unknown, with the text that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import pandas as pd

from impact.calendars import parse_instant
from impact.errors import InputError
from impact.facts.record_end import beyond_record
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.rules.asked_programmes import programmes_in_force, programmes_not_asked
from impact.rules.book import RuleBook, rule_book
from impact.rules.issuer_lines import issuer_lines
from impact.rules.near_names import near_names
from impact.rules.questions import Question, question_about
from impact.rules.rulings import Ruling, decide, departures, rulings_at
from impact.rules.schemas import ANSWER, RULINGS
from impact.rules.standing import eastern_time, given_anew, relations_told, running_sales, span_of_status
from impact.rules.vocabulary import ABROAD, ACTIONS, INSTRUMENTS, INVESTORS, US_INVESTORS, checked_word, line_key
from impact.typing_ import Instant

__all__ = ["Permission", "permitted"]

ASSUMPTIONS = (
    "A reading of public texts, not legal advice.",
    "Only the programmes and the names of the fact base are read: of the SDN list, the names recorded here alone.",
    "A fact of which only the day is known acts from the last second of that day where it was announced.",
)
EASTERN = "America/New_York"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Permission(Result):
    """The answer to one question about the law.

    Attributes
    ----------
    status : {"allowed", "prohibited", "unknown", "not_listed"}
        ``unknown`` where no cited text decides; ``not_listed`` where no programme on record in force names the issuer of an
        identified security. Neither is a clearance.
    rule, citation : str
        The rule that decided, in words, and the text it rests on (empty when none does). A permission rests on the text of
        every programme in force, a prohibition on one.
    since, until : pandas.Timestamp or None
        Span of this status in UTC around `at`, as known; None where no known date bounds it.
    changes : tuple of str
        What would change the answer: the next known date, and the remedies the text names; for a non-US person first a warning,
        and which lists the issuer had left where nothing bars it.
    rulings : tuple of Ruling
        What each programme in force that reaches the issuer says, most severe first.
    asked : tuple of str
        Programmes in force at `at` of which names are on record: those that the answer was asked of.
    not_asked : tuple of str
        Programmes in force at `at` of which no name is on record: the answer says nothing about them.
    as_of : pandas.Timestamp or None
        The instant whose knowledge was used; None means everything recorded.
    """

    schemas = declared(answer=ANSWER, to_frame=RULINGS)

    action: str
    security: str
    at: pd.Timestamp
    investor: str
    instrument: str
    as_of: pd.Timestamp | None
    status: str
    rule: str
    citation: str
    since: pd.Timestamp | None
    until: pd.Timestamp | None
    changes: tuple[str, ...]
    rulings: tuple[Ruling, ...]
    asked: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    @cached_property
    def proposals(self) -> tuple[str, ...]:
        """What a text may mean that names no issuer for sure, as far as names on record come near it; empty where it names one."""
        return near_names(self.security, self.as_of) if self.status == "unknown" and not self.rulings else ()

    def to_frame(self) -> pd.DataFrame:
        """One row a programme, most severe first: programme, entity, phase, status, rule, citation, source, confidence."""
        columns = ["programme_id", "entity", "phase", "status", "rule", "citation", "source", "confidence"]
        return pd.DataFrame([asdict(ruling) for ruling in self.rulings], columns=columns, dtype=str)

    def answer(self) -> pd.DataFrame:
        """The answer as one row: status, rule, citation, since and until (ISO instants in New York, empty where unbounded)."""
        span = {name: _iso(instant) for name, instant in (("since_et", self.since), ("until_et", self.until))}
        return pd.DataFrame([{"status": self.status, "rule": self.rule, "citation": self.citation, **span}])

    def summary(self) -> Summary:
        """The answer in one line, the ruling of every programme, and what would change it."""
        rulings = self.to_frame()[["programme_id", "entity", "phase", "status", "citation"]]
        return Summary(
            title=f"{self.action} {self.security} ({self.instrument}) by {self.investor} at {eastern_time(self.at)}: {self.status}",
            tables=(("Answer", self.with_schema("answer")), ("Every programme in force", RULINGS.table(rulings))),
            notes=(*self.proposals, *self.changes, *self.assumptions),
            sources=self.sources,
        )


def permitted(
    action: str,
    security: str,
    at: Instant,
    investor: str = "us_person",
    instrument: str = "equity",
    as_of: Instant | None = None,
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Permission:
    """Whether `investor` may do `action` with `instrument` of `security` at the instant `at`.

    Parameters
    ----------
    action : str
        One of buy, sell, sell_to_divest, hold, reinvest_dividend, receive_dividend, convert_adr, clear_for_non_us, exercise.
    security : str
        A trading line (``1810.HK``, ``941 HK``, ``CHL``), an ISIN, or the name of an entity as its list writes it.
    at : str, datetime or Timestamp
        Instant of the act, with its zone: bans begin at an hour. The trade date counts, not settlement (OFAC FAQ 864).
    investor : str
        One of us_person, us_intermediary, us_exchange, us_employee_abroad, non_us_person, state_pension_fund, dod_contractor, eu_person, uk_person;
        a fund and a contractor are US persons with duties of their own (``investor_duties.csv``), the last two are bound by lists
        that are not on record.
    instrument : str
        One of equity, bond, adr, gdr, warrant, option, future, swap, etf, index_fund, mutual_fund.
    as_of : str, datetime or Timestamp, optional
        Use only what was known then; None uses everything recorded. It may lie before `at`, which asks what was to be
        expected, or after, which asks with hindsight.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base (:data:`impact.rules.TABLES`), for facts of your own.

    Returns
    -------
    Permission

    Raises
    ------
    InputError
        If a word is not in the vocabulary, an instant has no zone, or `security` is empty.

    Notes
    -----
    Every programme in force at `at` that reaches the issuer speaks; one prohibition settles the answer, else one unknown does,
    and only cited permissions alone give ``allowed``. Where none reaches it the answer is ``not_listed``, with the programmes
    asked. A listing of which two readings stand is unknown where only one of them bars. A programme's phase follows from the day of listing (before the ban, divestment
    window, after it); relief (injunction, vacatur, licence) acts from its own instant. Ownership by a listed parent does
    not count: the CMIC programmes bind listed names alone (OFAC FAQ 857, 905).

    Examples
    --------
    >>> permitted("buy", "1810.HK", at="2021-03-15T09:31-04:00", as_of="2021-01-14T18:00-05:00").status
    'prohibited'
    >>> permitted("buy", "1810.HK", at="2021-03-15T09:31-04:00").status
    'allowed'
    """
    moment = parse_instant(at, parameter="at").tz_convert("UTC")
    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    book = rule_book(known, tables)
    return _answer(book, _question(book, action, security, investor, instrument), security.strip(), moment)


def _question(book: RuleBook, action: str, security: str, investor: str, instrument: str) -> Question:
    if not isinstance(security, str) or not security.strip():
        raise InputError(f"security={security!r} names nothing; give a line such as 1810.HK, an ISIN or an entity.")
    return question_about(
        book,
        security,
        action=checked_word(action, ACTIONS, "action"),
        investor=checked_word(investor, INVESTORS, "investor"),
        instrument=checked_word(instrument, INSTRUMENTS, "instrument"),
    )


def _answer(book: RuleBook, question: Question, security: str, moment: pd.Timestamp) -> Permission:
    rulings = rulings_at(book, question, moment)
    asked, not_asked = programmes_in_force(book, moment), programmes_not_asked(book, moment)
    answer = decide(rulings, doubt=question.doubt_at(moment), asked=asked, not_asked=not_asked)
    since, until, following = span_of_status(book, question, moment, answer.status)
    return Permission(
        action=question.action,
        security=security,
        at=moment,
        investor=question.investor,
        instrument=question.instrument,
        as_of=book.as_of,
        status=answer.status,
        rule=answer.rule,
        citation=_citation(answer, rulings),
        since=since,
        until=until,
        changes=(
            *_warnings(book, question, rulings),
            *_unverified(security, rulings),
            *_stopped(book, security, moment),
            *relations_told(question.as_named_at(moment), moment),
            *_departures(question, moment, answer),
            *_wind_down(book, question, moment, answer),
            *_changes(book, answer, until, following),
        ),
        rulings=rulings,
        asked=asked,
        not_asked=not_asked,
        assumptions=(*ASSUMPTIONS, *_documents_of(book.as_of), *beyond_record(moment if book.as_of is None else min(moment, book.as_of))),
        sources=unique_sources(
            Source(title=f"{ruling.citation} ({ruling.source})", basis="facts", confidence=ruling.confidence)
            for ruling in rulings
            if ruling.citation
        ),
    )


def _documents_of(as_of: pd.Timestamp | None) -> tuple[str, ...]:
    if as_of is None:
        return ()
    return (f"What is used was public by {eastern_time(as_of)}; the document that a source names may be of a later day.",)


def _warnings(book: RuleBook, question: Question, rulings: tuple[Ruling, ...]) -> tuple[str, ...]:
    """What a non-US person is told where a programme of US law reaches the issuer, or one stated that binds US persons.

    Its own dealing may make a US person break the law.
    """
    stated = {programme.programme_id for programme in book.programmes if programme.is_stated}
    reaching = {ruling.programme_id for ruling in rulings} - {""}
    of_us = (name not in stated or any(book.bars(name, who) for who in US_INVESTORS) for name in reaching)
    if question.investor not in ABROAD or not any(of_us):
        return ()
    return (
        "Whoever causes a US person to violate is liable too (50 USC 1705(a)): no US broker, custodian or counterparty may take a part.",
    )


def _unverified(security: str, rulings: tuple[Ruling, ...]) -> tuple[str, ...]:
    """That whose line this is rests on a record of grade C, where the answer turns on it."""
    table = issuer_lines()
    line = table.line_of.get(line_key(security), "")
    source = table.unverified.get(line)
    return (f"Whose line {line} is was not verified ({source}).",) if source and rulings else ()


def _stopped(book: RuleBook, security: str, at: pd.Timestamp) -> tuple[str, ...]:
    """Whose a code was that is given anew, or that the code of a line that stopped may be."""
    if told := given_anew(security, at, book.as_of):
        return told
    key = line_key(security)
    until = issuer_lines().until.get(key)
    known = at if book.as_of is None else min(at, book.as_of)
    if until is None or known <= until:
        return ()
    return (
        f"The line {key} traded until {eastern_time(until)}; a venue may give its code to another issuer: where it may be, ask by ISIN.",
    )


def _departures(question: Question, at: pd.Timestamp, answer: Ruling) -> tuple[str, ...]:
    """Which lists the issuer had left by `at`, where nothing bars it now and the rule does not say it."""
    if answer.status not in ("allowed", "not_listed"):
        return ()
    listed = [listing for listing in question.listings if listing.kind == "listed" and not listing.rolled_into]
    return tuple(f"{told}." for told in departures(listed, at) if told not in answer.rule)


def _wind_down(book: RuleBook, question: Question, at: pd.Timestamp, answer: Ruling) -> tuple[str, ...]:
    """That what may not be held freely may be sold, while a licence to sell runs."""
    if question.action != "hold" or answer.status == "allowed":
        return ()
    named = [
        (programme, listing)
        for programme in book.programmes
        for listing in question.listings
        if programme.programme_id == answer.programme_id and programme.reads(listing) and listing.listed_at <= at
    ]
    return tuple(
        f"{sale.words}; whether it may be held until then no text on record says." for sale in running_sales(book, question, named, at)
    )


def _changes(book: RuleBook, answer: Ruling, until: pd.Timestamp | None, following: Ruling | None) -> tuple[str, ...]:
    changes = []
    if until is not None and following is not None:
        changes.append(f"From {eastern_time(until)} the answer is {following.status}: {following.rule}")
    programme = next((item for item in book.programmes if item.programme_id == answer.programme_id), None)
    if answer.status == "prohibited" and programme is not None and programme.changes_with:
        changes.append(f"It would change with {programme.changes_with}.")
    if answer.status == "not_listed":
        changes.append("It would change with a listing under any programme; lists that are not on record here were not asked.")
    if answer.status == "unknown":
        changes.append("It would change with an official text that decides this case; ask OFAC or counsel.")
    return tuple(changes)


def _citation(answer: Ruling, rulings: tuple[Ruling, ...]) -> str:
    if answer.status != "allowed":
        return answer.citation
    return "; ".join(dict.fromkeys(part for ruling in rulings for part in ruling.citation.split("; ")))


def _iso(instant: pd.Timestamp | None) -> str:
    return "" if instant is None else instant.tz_convert(EASTERN).isoformat(timespec="minutes")
