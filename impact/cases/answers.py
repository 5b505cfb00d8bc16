"""The first screen of a case: what a holder asks first, each answered in one sentence that page, terminal and JSON share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.calendars import venue_of
from impact.cases.listing import listing_of
from impact.cases.schemas import ANSWERS
from impact.cases.sentence import raw_move, simple_figures
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.market.closed_days import lacks_calendar
from impact.results import Result, Summary, declared
from impact.supply.regimes import UNKNOWN_REGIME
from impact.tables import format_value
from impact.tables.prose import amount, decimal, interval, long_date, percent
from impact.typing_ import named_rows
from impact.venues import VENUES

if TYPE_CHECKING:
    from impact.cases.whole import Case
    from impact.provenance import Source
    from impact.supply.forced import ForcedSupply

__all__ = ["QUESTIONS", "CaseAnswers", "Question", "answers_of"]

NEW_YORK = "America/New_York"
ACTS = {"purchase_ban": "buying", "divestment_end": "selling", "possession_ban": "holding", "licence_end": "selling under the licence"}
"""What each clock of a programme ends, in words."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing that a holder asks of a designation, and who answers it."""

    code: str
    title: str
    answer: Callable[[Case], str]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CaseAnswers(Result):
    """The questions of a holder with their answers, in the order in which they are asked.

    Attributes
    ----------
    table : DataFrame
        question, answer; an answer that cannot be had says "unknown" and why.
    """

    schemas = declared(table=ANSWERS, to_frame=ANSWERS)

    case: str
    table: pd.DataFrame
    sources: tuple[Source, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The questions and answers."""
        return self.table.copy()

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Pairs of question and answer."""
        return tuple(zip(self.table["question"], self.table["answer"], strict=True))

    def summary(self) -> Summary:
        """The answers in order."""
        return Summary(
            title=f"{self.case}: what a holder asks first", tables=(("Answers", self.with_schema("table")),), sources=self.sources
        )


def _held(case: Case) -> str:
    return case.exposure().headline


def _happened(case: Case) -> str:
    """The act, its public instant where the line trades and in New York, and the session that could react first."""
    listed = case.timeline().designation()
    at, venue = listed["known_at"], venue_of(case.definition.security)
    if listed["known_at_precision"] in ("minute", "hour", "session"):
        here = f"{at.tz_convert(NEW_YORK):%Y-%m-%d %H:%M}"
        there = f"{at.tz_convert(VENUES[venue].zone):%Y-%m-%d %H:%M}"
        public = f"public {here} in New York{'' if here == there else f', {there} where {case.definition.security} trades'}"
    else:
        public = f"public on {at.tz_convert(NEW_YORK):%Y-%m-%d} in New York, hour not on record"
    early = case.timeline().earliest.set_index("event_id")["earliest_on"].get(case.definition.designation_event)
    already = "" if early is None else f", or already {long_date(early)}"
    supposed = "supposed, nobody has announced it: " if case.definition.hypothetical else ""
    first = f"unknown: {listed['anchoring'].rstrip('.')}" if pd.isna(listed["reaction_on"]) else long_date(listed["reaction_on"])
    return f"{supposed}{listed['label']}; {public}; first session that could react: {first}{already}"


def _until(case: Case) -> str:
    """Whom the programme binds, every clock on the line of the case, what became of them, and the law at the last instant known."""
    listing, clocks, law = listing_of(case.definition, case.as_of), case.deadlines(), case.law()
    own = clocks.clocks[clocks.clocks["line"] == case.definition.security]
    if listing.regime.leaves_holders_alone:  # clocks of another listing that are over say nothing of this one
        own = own[own["state"] == "running"]
    told = [_clock(row) for row in named_rows(own.drop_duplicates(["clock", "programme_id"]))]
    stated = case.definition.own_programme
    if stated is not None:
        told += stated.untimed()
    elif not told and not clocks.without_clock and not law.is_last:
        told = [_lower(note.rstrip(".")) for note in clocks.notes]
    bound = "" if listing.regime.name == UNKNOWN_REGIME else listing.regime.about
    if bound and (law.is_last or law.is_barred) and law.programmes and listing.programme_id not in law.programmes:
        bound = f"by {law.programme_names.get(listing.programme_id, listing.programme_id)} alone: {bound}"
    ended = "" if listing.ended_on is None else f"the listing ended on {long_date(listing.ended_on)} ({listing.end_reason})"
    now = [law.sentence()] if law.is_last else [_lower(note.rstrip(".")) for note in clocks.without_clock[len(law.blocked) :]]
    return "; ".join(filter(None, (bound, *told, ended, *law.blockings(), *now)))


def _clock(row: Any) -> str:
    act = ACTS.get(row.clock, row.clock.replace("_", " "))
    state = "" if row.state == "running" else f" ({row.state})"
    barred = pd.Timestamp(row.first_prohibited_et)
    last = row.last_session_on
    session = f"last session unknown ({row.limited_by.rstrip('.')})" if pd.isna(last) else f"last session {long_date(last)}"
    return f"{act} barred from {barred:%Y-%m-%d %H:%M} in New York, {session}{state}"


def _forced(case: Case) -> str:
    """Shares that must be sold, least to most, in shares and in usual days of trading."""
    supply = case.supply()
    regime = supply.wind_down.rule
    low, high = supply.total_shares["low"], supply.total_shares["high"]
    if regime.name != UNKNOWN_REGIME and regime.leaves_holders_alone and not high > 0:
        return f"none by law: {regime.clause}; what index providers and mandates make of it is unknown"
    beside_law = f"none by law: {regime.clause}; by their index, " if regime.name != UNKNOWN_REGIME and regime.leaves_holders_alone else ""
    late = "those it binds have no whole session left to sell in" if regime.strands else ""
    if (supply.classes["certainty"] == "stranded").any():
        return f"none can be: {late}; {_unsold(supply)}; they {regime.fate}"
    doubt = "".join(f"; {text}" for text in (late, regime.doubt) if text)
    if np.isnan(high):
        most = supply.line.ceiling_shares
        return (
            f"unknown: between none and {amount(most)} shares; who holds the line is not on record{doubt}"
            if np.isfinite(most)
            else f"unknown: neither who holds the line nor a count of its shares is on record{doubt}"
        )
    usual = supply.line.adv_shares
    days = f", {interval(low / usual, high / usual, decimal, 1)} times the average daily volume" if usual > 0 else ""
    return f"{beside_law}{interval(low, high, amount)} shares{days}, over {len(supply.wind_down.sessions)} {_counted(case)}{supply.beside()}{doubt}"


def _counted(case: Case) -> str:
    """What the ladder counts: sessions, or weekdays where no calendar tells the sessions."""
    return "weekdays" if lacks_calendar(venue_of(case.definition.security)) else "sessions"


def _unsold(supply: ForcedSupply) -> str:
    """Shares of those bound that stay unsold, in words."""
    others = supply.classes.loc[supply.classes["certainty"] != "stranded", "holder_class"]
    left = supply.stranded[~supply.stranded["holder_class"].isin(others)]
    low, high = (left[f"unsold_shares_{end}"].sum(min_count=1, skipna=False) for end in ("low", "high"))
    return f"{interval(low, high, amount)} shares stay unsold" if np.isfinite(high) else "how many shares stay unsold is not on record"


def _moved(case: Case) -> str:
    """The return of the first session that could react, as it was and net of the market."""
    study = case.studied()
    row = None if study is None else study.row_of(case.definition.designation_event)
    if row is None or np.isnan(row["ar"]):
        listed = case.timeline().designation()
        moved = raw_move(case.definition.issuer, listed)
        why = case.no_study() or ("" if row is None else str(row["reason"])) or "the prices hold no return of it"
        return f"{moved}; net of the market unknown" if moved else f"unknown: {_unmeasured(listed['reaction_on'])}; {why}"
    ar, low, high = simple_figures(row)
    change = format_value(row["close_return"], "return")
    p = format_value(row["p_sq"], "p")
    doubt = f"; doubtful: {row['reason']}" if row["reason"] else ""
    return f"{change} on {long_date(row['reaction_on'])}; net of the market {ar}, 95 % range {low} to {high}, p {p}, n = 1{doubt}"


def _unmeasured(session: pd.Timestamp) -> str:
    return "which session could react first is not on record" if pd.isna(session) else f"no return on {long_date(session)} can be measured"


def _expected(case: Case) -> str:
    """What news and flow should do, with the class, its events and dates, and what its score allows to be said."""
    priced = case.pricing()
    news = priced.announcement
    said = _capital(news.verdict.rstrip(".")) if news.scenario.size else "The class of the event is not on record"
    return f"{priced.headline()}. {said}"


def _unknown(case: Case) -> str:
    """What is missing, what to look for first, and how much of the range goes with it."""
    narrowing = case.narrowing()
    if narrowing.table.empty:
        return narrowing.headline()
    first, others = narrowing.table.iloc[0], narrowing.table["missing"].iloc[1:]
    part = first["narrowed_share"]
    sized = f" (with it the range is narrower by at least {percent(part, 0)})" if part > 0 else ""
    sized = " (with it the range of forced shares shrinks to one figure)" if part >= 0.995 else sized
    rest = f"; also unknown: {'; '.join(others)}" if len(others) else ""
    return f"look first for {first['missing']}{sized}{rest}"


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        item.code: item
        for item in (
            Question(code="held", title="What do I hold", answer=_held),
            Question(code="happened", title="What happened", answer=_happened),
            Question(code="until", title="Until when, and whom it binds", answer=_until),
            Question(code="forced", title="How much must be sold", answer=_forced),
            Question(code="moved", title="What the price did", answer=_moved),
            Question(code="expected", title="What was to be expected", answer=_expected),
            Question(code="unknown", title="What is unknown", answer=_unknown),
        )
    }
)
"""Every question of the first screen, one record each."""


def answers_of(case: Case) -> CaseAnswers:
    """The first screen of a case; without a book nothing is said of what is held."""
    asked = [item for item in QUESTIONS.values() if item.code != "held" or case.definition.book is not None]
    table = pd.DataFrame([(item.title, _capital(_answered(item, case))) for item in asked], columns=["question", "answer"])
    return CaseAnswers(case=case.definition.case, table=table, sources=case.sources)


def _answered(item: Question, case: Case) -> str:
    try:
        return item.answer(case).rstrip(".")
    except (DataUnavailable, InfeasibleDesign, InputError) as error:
        return f"unknown: {str(error).rstrip('.')}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _capital(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."
