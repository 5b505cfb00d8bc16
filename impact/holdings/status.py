"""What the law says about each thing held, asked once per security, instrument and investor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.provenance import Source, unique_sources
from impact.rules import INVESTORS
from impact.rules.asked_programmes import programmes_in_force, programmes_not_asked
from impact.rules.book import RuleBook, rule_book
from impact.rules.clock_rows import Clock, clocks_alone
from impact.rules.issuer_lines import issuer_lines, reissued_from
from impact.rules.line_doubts import doubt_rule
from impact.rules.questions import Question, question_about
from impact.rules.rulings import Ruling, boundaries, decide, disputed_listings, rulings_at
from impact.rules.vocabulary import ABROAD, country_of
from impact.typing_ import BoolArray

__all__ = ["BOUND_STATUSES", "RULE_INSTRUMENT", "STATUSES", "Law", "LegalStatus", "law_at"]

STATUSES = ("blocked", "barred", "restricted", "enjoined", "unknown", "clear")
"""Worst first: any dealing is prohibited; buying or holding is prohibited; something is prohibited, or will be on a known day; a court
stays the listing; no text decides on buying or holding; nothing on record prohibits."""

BOUND_STATUSES = ("blocked", "barred", "restricted")
"""What binds the investor now or on a known day."""

RULE_INSTRUMENT: Mapping[str, str] = {
    "equity": "equity", "counter": "equity", "receipt": "adr", "adr": "adr", "bdr": "adr", "cedear": "adr", "gdr": "gdr", "fund": "etf",
    "option": "option", "future": "future", "swap": "swap", "warrant": "warrant", "bond": "bond", "unknown": "equity",
}  # fmt: skip
"""Word of the rules for each kind of instrument that files and the table of lines know; a right has none."""

_ASKED = ("buy", "sell", "sell_to_divest", "hold")


@dataclass(frozen=True, eq=False, kw_only=True)
class LegalStatus:
    """The law on one security, as known at the instant asked.

    Attributes
    ----------
    status : {"blocked", "barred", "restricted", "enjoined", "unknown", "clear"}
    actions : mapping of action to {"allowed", "prohibited", "unknown"}
        buy, sell, sell_to_divest, hold.
    programme_id, entity : str
        The programme that decides, and the name on its list; empty when none does.
    rule, citation, source : str
    undecided : str
        Why no text decides on buying where something else binds; empty where it is decided, or nothing binds.
    next_ban_at, divest_by_at : Timestamp or None
        First instant after the one asked at which buying becomes prohibited; end of the divestment window, or of a
        licence to sell. As far as known.
    lifted_by : str
        The court decision or licence that lifts the prohibition now; empty when none does.
    """

    status: str
    actions: Mapping[str, str]
    programme_id: str = ""
    entity: str = ""
    rule: str = ""
    citation: str = ""
    source: str = ""
    undecided: str = ""
    next_ban_at: pd.Timestamp | None = None
    divest_by_at: pd.Timestamp | None = None
    lifted_by: str = ""


@dataclass(eq=False, kw_only=True)
class _Answers:
    """What was asked of one law; the books of a folder share it."""

    clocks: dict[str, tuple[Clock, ...]] = field(default_factory=dict)
    statuses: dict[tuple[str, str], LegalStatus] = field(default_factory=dict)


@lru_cache(maxsize=4)
def _shared_answers(*_asked: object) -> _Answers:
    """The answers kept for one instant, investor and choice of programmes."""
    return _Answers()


@dataclass(eq=False, kw_only=True)
class Law:
    """The rules as known at one instant, for one investor; answers are kept, so that each security is asked about once."""

    as_of: pd.Timestamp
    investor: str
    programmes: frozenset[str] | None
    book: RuleBook
    _answers: _Answers = field(default_factory=_Answers)
    _statuses: dict[tuple[str, str], LegalStatus] = field(default_factory=dict)

    def knows(self, security: str) -> bool:
        """Whether any list, as known, names the issuer of this line, ISIN or entity, or a firm that the line is related to."""
        if not security or self.is_given_anew(security):
            return False
        return bool(self.book.issuer(security)[1] or self.book.issuers.related(security)) or self._of_country(security)

    def is_given_anew(self, line: str) -> bool:
        """Whether a line stopped and its code is by now that of an issuer whom no list names."""
        return bool(line) and reissued_from(line, self.as_of) is not None and not self.book.issuers.named_anew(line)

    def names(self, values: pd.Series) -> BoolArray:
        """For each line or code of a column, whether a list, as known, names its issuer, or a duty of this investor its country."""
        named = np.array(self.book.issuers.names(values), dtype=bool)
        named &= [not self.is_given_anew(value) for value in values]
        return named | [self._of_country(value) for value in values] if self._countries else named

    def _of_country(self, code: str) -> bool:
        """Whether a duty of this investor reaches the country of a line, or of another line of its issuer."""
        if not self._countries or not code:
            return False
        return any(country_of(key) in self._countries for key in (code, *issuer_lines().lines_behind(code)))

    @cached_property
    def _countries(self) -> frozenset[str]:
        mine = [duty for duty in self.book.duties if duty.investor == self.investor and duty.known_at <= self.as_of]
        return frozenset(country for duty in mine for country in duty.countries)

    @cached_property
    def unnamed(self) -> Ruling:
        """The answer about buying a share that no list names and of which it is known whose it is."""
        asked = Question(action="buy", investor=self.investor, instrument="equity", keys=frozenset(), listings=(), doubts=())
        return self._decided(self._rulings(asked, self.as_of), "")

    def doubt(self, codes: Iterable[str]) -> str:
        """Why no answer about a thing that no list names can be given by the first of these lines and codes; empty where it can, or there is none."""
        first = next((code for code in codes if code), "")
        if first and self.unnamed.status == "unknown":
            return self.unnamed.rule
        doubts = self.book.issuers.doubts(first) if first else ()
        return next((doubt_rule(doubt.code) for doubt in doubts if doubt.from_at <= self.as_of), "")

    def keys(self, codes: Iterable[str], entities: Iterable[str]) -> tuple[str, ...]:
        """Those of the codes that a list names; the entities as well where no code tells whose the thing is."""
        known = [code for code in dict.fromkeys(codes) if self.knows(code)]
        if not any(self.book.issuers.tells_issuer(code) for code in known):
            known += [entity for entity in dict.fromkeys(entities) if self.knows(entity)]
        return tuple(known)

    def worst(self, keys: Iterable[str], instrument: str) -> tuple[str, LegalStatus]:
        """The key whose legal status is the most severe, and that status; the first of equals."""
        answers = [(key, self.status(key, instrument)) for key in keys]
        return min(answers, key=lambda answer: STATUSES.index(answer[1].status))

    def clocks(self, security: str) -> tuple[Clock, ...]:
        """Every clock of the security, one row a clock and line."""
        kept = self._answers.clocks
        if security not in kept:
            kept[security] = clocks_alone(self.book, security)
        return kept[security]

    def status(self, security: str, instrument: str) -> LegalStatus:
        """The law on `security` held as `instrument` (a key of ``RULE_INSTRUMENT``)."""
        key = (security, instrument)
        if key not in self._statuses:
            kept = self._answers.statuses
            self._statuses[key] = kept[key] if key in kept else kept.setdefault(key, self._decide(security, instrument))
        return self._statuses[key]

    @property
    def _blocking(self) -> frozenset[str]:
        return frozenset(programme.programme_id for programme in self.book.programmes if programme.regime == "blocking")

    def _covers(self, programme_id: str, instrument: str) -> bool:
        """Whether a programme covers an instrument as far as its clocks tell: a stated one does where the case says so."""
        is_stated = any(programme.is_stated for programme in self.book.programmes if programme.programme_id == programme_id)
        return not is_stated or (programme_id, RULE_INSTRUMENT.get(instrument, "equity")) in self.book.covered

    def _binds(self, programme_id: str) -> bool:
        """Whether the clocks of a programme run for this investor: those on record are of US law, a stated one says whom it binds."""
        is_stated = any(programme.is_stated for programme in self.book.programmes if programme.programme_id == programme_id)
        return self.book.bars(programme_id, self.investor) if is_stated else self.investor not in ABROAD

    def sources(self) -> tuple[Source, ...]:
        """What the answers given so far rest on."""
        cited = (status for status in self._statuses.values() if status.citation)
        return unique_sources(Source(title=f"{status.citation} ({status.source})", basis="facts") for status in cited)

    def _question(self, action: str, security: str, instrument: str) -> Question:
        asked = RULE_INSTRUMENT.get(instrument, "equity")
        return question_about(self.book, security, action=action, investor=self.investor, instrument=asked)

    def _rulings(self, question: Question, at: pd.Timestamp) -> tuple[Ruling, ...]:
        every = rulings_at(self.book, question, at)
        return every if self.programmes is None else tuple(ruling for ruling in every if ruling.programme_id in self.programmes)

    def _decided(self, rulings: tuple[Ruling, ...], doubt: str) -> Ruling:
        return decide(rulings, doubt=doubt, asked=self._asked[0], not_asked=self._asked[1])

    @cached_property
    def _asked(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The programmes in force that are asked, and those that are not as none of their names is on record; of those chosen alone."""
        asked, unread = programmes_in_force(self.book, self.as_of), programmes_not_asked(self.book, self.as_of)
        if self.programmes is None:
            return asked, unread
        return tuple(name for name in asked if name in self.programmes), tuple(name for name in unread if name in self.programmes)

    def _licence_ends(self, buying: Question) -> pd.Timestamp | None:
        """When buying that a licence frees now becomes prohibited, as known; None when no licence frees it."""
        if not any(ruling.phase == "licensed" for ruling in self._rulings(buying, self.as_of)):
            return None
        later = (edge for edge in boundaries(self.book, buying) if edge > self.as_of)
        return next((edge for edge in later if any(ruling.status == "prohibited" for ruling in self._rulings(buying, edge))), None)

    def _decide(self, security: str, instrument: str) -> LegalStatus:
        asked = {action: self._question(action, security, instrument) for action in _ASKED}
        rulings = {action: self._rulings(question, self.as_of) for action, question in asked.items()}
        answers = {action: self._decided(ruled, asked[action].doubt_at(self.as_of)) for action, ruled in rulings.items()}
        actions = {action: answer.status for action, answer in answers.items()}
        clocks = [clock for clock in self.clocks(security) if self.programmes is None or clock["programme_id"] in self.programmes]
        running = [clock for clock in clocks if clock["state"] == "running" and clock["first_prohibited_utc"] > self.as_of]
        running = [clock for clock in running if self._binds(clock["programme_id"])]  # a trading stop names no programme
        # Where two readings of a listing stand, or a stated programme is not known to cover the instrument, nobody can say that its clock binds.
        readings = disputed_listings(self.book, security, self.as_of)
        sure = [self._covers(one["programme_id"], instrument) and (one["programme_id"], one["entity"]) not in readings for one in running]
        binding = [clock for clock, is_sure in zip(running, sure, strict=True) if is_sure]
        enjoined = any(ruling.phase == "enjoined" for ruled in rulings.values() for ruling in ruled)
        licence_ends = self._licence_ends(asked["buy"])
        runs = bool(binding) or licence_ends is not None
        status = _status(actions, clock_runs=runs, enjoined=enjoined, blocked=answers["buy"].programme_id in self._blocking)
        open_rule = ""
        if not all(sure) and status in ("enjoined", "clear"):
            status, open_rule = "unknown", _no_certain_clock(running[sure.index(False)])
        if instrument not in RULE_INSTRUMENT and status in ("restricted", "enjoined", "clear"):
            status, open_rule = "unknown", f"No text of the fact base says whether a {instrument} is covered."
        decisive = _decisive(answers, status)
        named = next((ruling for ruling in rulings["buy"] if ruling.phase != "unlisted"), decisive)
        by_clock = status == "restricted" and "prohibited" not in actions.values() and bool(binding)
        first = min(binding, key=lambda clock: clock["first_prohibited_utc"]) if by_clock else None
        return LegalStatus(
            status=status,
            actions=actions,
            programme_id=named.programme_id if first is None else first["programme_id"],
            entity=named.entity if first is None else first["entity"],
            rule=open_rule or (decisive.rule if first is None else _strikes(first, licence_ends)),
            citation=decisive.citation if first is None else first["citation"],
            source=decisive.source if first is None else first["source"],
            undecided=answers["buy"].rule if status == "restricted" and actions["buy"] == "unknown" else "",
            next_ban_at=_first(binding, "purchase_ban") if licence_ends is None else licence_ends,
            divest_by_at=_first(binding, "divestment_end", "possession_ban", "licence_end"),
            lifted_by="; ".join(dict.fromkeys(clock["state"] for clock in clocks if clock["state"] in ("enjoined", "vacated", "licensed"))),
        )


def _decisive(answers: Mapping[str, Ruling], status: str) -> Ruling:
    """The answer that a status rests on: buying, unless what is prohibited, or not known, is something else."""
    word = "unknown" if status == "unknown" else "prohibited"
    if answers["buy"].status == word:
        return answers["buy"]
    others = [answer for answer in (answers["hold"], answers["sell_to_divest"], answers["sell"]) if answer.status == word]
    return others[0] if others else answers["buy"]


def _no_certain_clock(clock: Clock) -> str:
    told = f"{clock['programme_id']} may bind {clock['entity']}: {clock['clock'].replace('_', ' ')} from {clock['first_prohibited_et']} ET"
    return f"{told}; whether it does no text on record decides" + (f" ({clock['conflict']})" if clock["conflict"] else "")


def _strikes(clock: Clock, licence_ends: pd.Timestamp | None) -> str:
    told = f"{clock['clock'].replace('_', ' ')} from {clock['first_prohibited_et']} ET"
    if licence_ends is None:
        return told
    ends = licence_ends.tz_convert("America/New_York").isoformat(timespec="minutes")
    return f"purchase ban from {ends} ET, when the licence that frees buying ends; {told}"


def _first(clocks: Iterable[Clock], *names: str) -> pd.Timestamp | None:
    return min((clock["first_prohibited_utc"] for clock in clocks if clock["clock"] in names), default=None)


def _status(actions: Mapping[str, str], *, clock_runs: bool, enjoined: bool, blocked: bool) -> str:
    if actions["buy"] == "prohibited":
        return "blocked" if blocked else "barred"
    if actions["hold"] == "prohibited":
        return "barred"
    if "prohibited" in actions.values() or clock_runs:
        return "restricted"  # that much is certain, whatever else is open
    if "unknown" in (actions["buy"], actions["hold"]):
        return "unknown"
    return "enjoined" if enjoined else "clear"


def law_at(
    as_of: pd.Timestamp,
    investor: str,
    *,
    programmes: str | Iterable[str] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Law:
    """The rules as known at `as_of` (zoned), for `investor`, of all programmes or only of those named.

    Raises
    ------
    InputError
        If the investor or a programme is not known.
    """
    if investor not in INVESTORS:
        raise InputError(f"investor={investor!r} is unknown; choose one of: {', '.join(INVESTORS)}.")
    book = rule_book(as_of.tz_convert("UTC"), tables)
    wanted = None
    if programmes is not None:
        wanted = frozenset([programmes] if isinstance(programmes, str) else programmes)
        recorded = {programme.programme_id for programme in rule_book(None, tables).programmes}
        unknown = sorted(wanted - recorded)
        if unknown:
            raise InputError(f"programmes names {unknown[0]!r} ({len(unknown)} unknown); choose among: {', '.join(sorted(recorded))}.")
    at = as_of.tz_convert("UTC")
    answers = _shared_answers(at, investor, wanted) if tables is None else _Answers()
    return Law(as_of=at, investor=investor, programmes=wanted, book=book, _answers=answers)
