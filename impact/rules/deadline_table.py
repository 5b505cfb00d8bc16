"""Every legal clock of a security, and the last session in which each of its lines can still be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from impact.calendars import parse_instant
from impact.errors import InputError
from impact.facts.record_end import beyond_record
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.rules.book import rule_book
from impact.rules.clock_rows import clock_frame, clocks_of_issuer
from impact.rules.clock_states import lifting
from impact.rules.first_sessions import first_public_sessions
from impact.rules.procurement import procurement_dates
from impact.rules.schemas import CLOCKS, LIFTED, LINES_LEFT_OUT, PROCUREMENT
from impact.rules.standing import given_anew, standing
from impact.typing_ import Instant

__all__ = ["Deadlines", "deadlines"]

EASTERN = "America/New_York"
ASSUMPTIONS = (
    "A reading of public texts, not legal advice.",
    "A session is usable when it opens before the first prohibited instant; when it closes after it, only the part before counts.",
    "The trade date counts, not settlement (OFAC FAQ 864); settlement columns are for those who must be out by then.",
    "A fact of which only the day is known acts from the last second of that day where it was announced.",
    "Clocks bind US persons, or whom a stated programme binds; public funds of some states have clocks of their own, which are not on record.",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Deadlines(Result):
    """Every clock of a security as known at an instant.

    Attributes
    ----------
    clocks : pandas.DataFrame
        One row a clock and trading line. `state` is ``running``, ``enjoined``, ``vacated``, ``removed``, ``licensed`` or
        ``superseded``; `last_session_on` the last usable session of the line (NaT when the venue's calendar does not
        reach it), `whole_session` whether all of it is usable, `usable_until_utc` the end of its usable part, `limited_by`
        what comes first (the clock, or the exchange), `sessions_left` sessions from `as_of` on (NaN without `as_of`).
        A row whose clock is ``trading_stop`` is the exchange's own, not the law's.
    relief : pandas.DataFrame
        What lifts the clocks, in order: kind (``injunction``, ``vacatur``, ``removal``, ``superseded``, a licence), from_utc,
        from_et, programme_id, citation.
    dropped : pandas.DataFrame
        Lines left out, with the reason.
    procurement : pandas.DataFrame
        Dates of procurement laws for the names that stand: programme_id, entity, clock, from_on (NaT where none is on record), binds,
        rule, citation, source, confidence. They bar no dealing in securities, so they are no clocks.
    first_public : tuple of str
        Of each listing known to the day only: the first session of each line that may have reacted, in both readings.
    beside : tuple of str
        What lists say of firms that the line is related to; whose line a code was that is another issuer's now.
    without_clock : tuple of str
        Of what bars without a clock: since when each name is blocked and until when a licence on record lets a US person sell, or that
        none does; then every act with its status at `as_of`, or at the last instant on record.
    """

    schemas = declared(clocks=CLOCKS, relief=LIFTED, dropped=LINES_LEFT_OUT, procurement=PROCUREMENT, to_frame=CLOCKS)

    security: str
    as_of: pd.Timestamp | None
    clocks: pd.DataFrame
    relief: pd.DataFrame
    dropped: pd.DataFrame
    procurement: pd.DataFrame
    first_public: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    without_clock: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The clocks, one row a clock and line."""
        return self.clocks.copy()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must not miss: what bars without a clock, dates in print that differ, or that nothing names the security."""
        named = self.without_clock or not self.clocks.empty
        unnamed = () if named else ("No programme with a clock names this security as known; that is no clearance.",)
        conflicts = (f"Conflict: {text}" for text in dict.fromkeys(self.clocks["conflict"]) if text)
        return (*unnamed, *self.without_clock, *conflicts, *self.first_public, *self.beside)

    def summary(self) -> Summary:
        """Each clock with its instant in New York and where the line trades, and the last usable session."""
        shown = [
            "clock",
            "programme_id",
            "state",
            "first_prohibited_et",
            "line",
            "first_prohibited_local",
            "last_session_on",
            "whole_session",
            "limited_by",
        ]
        when = f"as of {self.as_of.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET" if self.as_of is not None else "with all that is recorded"
        tables = [("Clocks", self.with_schema("clocks", shown))]
        if not self.relief.empty:
            tables.append(("What lifts them", self.with_schema("relief", ["kind", "from_et", "programme_id", "citation"])))
        if not self.procurement.empty:
            tables.append(("Procurement", self.with_schema("procurement", ["clock", "from_on", "programme_id", "binds", "rule"])))
        if not self.dropped.empty:
            tables.append(("Lines left out", self.with_schema("dropped")))
        return Summary(
            title=f"Deadlines of {self.security} {when}", tables=tuple(tables), notes=(*self.notes, *self.assumptions), sources=self.sources
        )


def deadlines(security: str, as_of: Instant | None = None, *, tables: Mapping[str, pd.DataFrame] | None = None) -> Deadlines:
    """Every legal clock of a security: the first prohibited instant and the last usable session of each of its lines.

    Parameters
    ----------
    security : str
        A trading line (``1810.HK``, ``CHL``), an ISIN, or the name of a listed entity.
    as_of : str, datetime or Timestamp, optional
        Use only what was known then (a zoned instant); None uses everything recorded.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base (:data:`impact.rules.TABLES`).

    Returns
    -------
    Deadlines

    Raises
    ------
    InputError
        If `as_of` has no zone or `security` is empty.

    Notes
    -----
    ``first prohibited = fixed day or listing + days, at the hour of the order in New York``. A suspension or delisting of a
    line that comes first shortens its last usable session. Only the newest version of a programme is shown for a list.

    Examples
    --------
    >>> clocks = deadlines("1810.HK", as_of="2021-01-14T18:00-05:00").clocks.set_index(["clock", "line"])
    >>> str(clocks.loc[("purchase_ban", "1810.HK"), "last_session_on"].date())
    '2021-03-15'
    """
    if not isinstance(security, str) or not security.strip():
        raise InputError(f"security={security!r} names nothing; give a line such as 1810.HK, an ISIN or an entity.")
    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    book = rule_book(known, tables)
    law = standing(book, security)
    told = clocks_of_issuer(book, security, law.sales)
    return Deadlines(
        security=security.strip(),
        as_of=known,
        clocks=clock_frame(told.rows),
        relief=lifting(book, told.bound, told.keys),
        dropped=pd.DataFrame(told.dropped, columns=["line", "reason"]),
        procurement=procurement_dates(told.listings, known),
        first_public=first_public_sessions((listing for _, listing in (*told.bound, *law.blocked)), told.lines),
        beside=(*law.related, *given_anew(security, None, known)),
        without_clock=law.notes(frozenset(rule.programme_id for rule in book.clocks)),
        assumptions=(*ASSUMPTIONS, *beyond_record(known)),
        sources=unique_sources(
            Source(title=f"{row['citation']} ({row['source']})", basis="facts", confidence=row["confidence"]) for row in told.rows
        ),
    )
