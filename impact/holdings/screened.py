"""Books of one question: each distinct instrument matched and asked about once over all of them, then every book by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from impact.facts.official_lists import OfficialList
from impact.facts.record_end import beyond_record
from impact.facts.screening import ScreeningTargets, screening_targets
from impact.holdings.decisions import Decision, settled
from impact.holdings.escalation import Escalation, escalated_tables, escalation_notes
from impact.holdings.exposure_tables import position_table
from impact.holdings.fund_files import FundFiles, Staleness, as_fund_files, fund_notes
from impact.holdings.identify import Identified, identify
from impact.holdings.lookthrough import FundContents, fund_contents
from impact.holdings.plausibility import with_doubts
from impact.holdings.portfolio import Portfolio, later_holdings, one_currency_taken, rates_to
from impact.holdings.stated_names import named_as_in_book
from impact.holdings.status import Law, law_at
from impact.holdings.what_if import Designation, what_if_notes, with_designations
from impact.provenance import Source, unique_sources
from impact.typing_ import IntArray

__all__ = ["AskedOfBooks", "CheckOptions", "ScreenedBook", "screen_books"]

_ASSUMPTIONS = (
    "A reading of public texts and of the files given; not legal advice.",
    "Barred: buying or holding is prohibited; restricted: something is prohibited, or will be on a known day; permitted says which act.",
    "Clear means that no programme of the fact base names it as known at that instant; it is no clearance under other lists.",
    "A name never confirms a match: it only puts a position into the unknown bucket until an identifier or a trading line speaks.",
    "Ownership by a listed parent does not count: the CMIC programmes bind listed names alone (OFAC FAQ 857, 905).",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class CheckOptions:
    """All that a check was asked, so that it can be asked again at another instant.

    Attributes
    ----------
    portfolio : Portfolio
    funds : folder, mapping or None
    investor, programmes, ratios, rates, rates_in, staleness, designations, lists, tables
        As given to :func:`check_portfolio`.
    """

    portfolio: Portfolio
    funds: str | Path | Mapping[str, Any] | None = None
    investor: str = "us_person"
    programmes: str | Iterable[str] | None = None
    ratios: Mapping[str, float] | None = None
    rates: Mapping[str, float] | None = None
    rates_in: str | None = None
    staleness: Staleness = Staleness()
    designations: tuple[Designation | Escalation, ...] = ()
    lists: Sequence[OfficialList] = ()
    tables: Mapping[str, pd.DataFrame] | None = None
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class ScreenedBook:
    """One book, with what the law says of each position.

    Attributes
    ----------
    portfolio : Portfolio
    instruments : DataFrame
        The distinct instruments of this book and of the fund files, in the order first met.
    member : (n,) int
        Which instrument each position is.
    fund_of : int array
        Which fund file each instrument is, -1 for none.
    contents : FundContents
    rows : DataFrame
        One position a row, as in :class:`~impact.holdings.exposure.ExposureReport`.
    issues : DataFrame
    """

    portfolio: Portfolio
    instruments: pd.DataFrame
    member: IntArray
    fund_of: IntArray
    contents: FundContents
    rows: pd.DataFrame
    issues: pd.DataFrame


@dataclass(frozen=True, eq=False, kw_only=True)
class AskedOfBooks:
    """What all books of one question share: the day in New York, the law, the designated, the files of funds."""

    options: CheckOptions
    on: pd.Timestamp
    law: Law
    targets: ScreeningTargets
    files: FundFiles

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the answers rest on, the books themselves left out."""
        return unique_sources(*(fund.file.sources for fund in self.files.funds), self.targets.sources, self.law.sources())

    def said_of(self, book: ScreenedBook) -> tuple[str, ...]:
        """What the report of a book says beside its figures."""
        return (
            *_ASSUMPTIONS,
            *(() if self.options.lists else beyond_record(self.law.as_of)),  # a list of the reader's own may be newer
            *later_holdings(book.portfolio, self.on),
            *one_currency_taken(book.portfolio, book.instruments, book.member),
            *fund_notes(self.files, self.options.staleness),
            *_undecided(book.instruments),
            *book.portfolio.assumptions,
            *self.targets.assumptions,
            *what_if_notes(tuple(item for item in self.options.designations if isinstance(item, Designation))),
            *escalation_notes(tuple(item for item in self.options.designations if isinstance(item, Escalation))),
        )


def _undecided(instruments: pd.DataFrame) -> tuple[str, ...]:
    """What binds a position and leaves open whether it may be bought, one sentence a rule."""
    told = instruments.loc[instruments["undecided"] != ""].groupby("undecided", sort=False)["listed_as"].unique()
    return tuple(f"{', '.join(names)}: whether it may be bought at this instant is not decided. {rule}" for rule, names in told.items())


@lru_cache(maxsize=4)
def _bundled_targets(instant: pd.Timestamp) -> ScreeningTargets:
    """The bundled designations as known then: one for all books of a process."""
    return screening_targets(instant)


def screen_books(
    portfolios: Sequence[Portfolio], options: CheckOptions, instant: pd.Timestamp
) -> tuple[AskedOfBooks, tuple[ScreenedBook, ...]]:
    """Match the positions of many books and ask the law about each distinct instrument once.

    Parameters
    ----------
    portfolios : sequence of Portfolio
    options : CheckOptions
        What is asked of each; its own portfolio is not read.
    instant : zoned Timestamp

    Notes
    -----
    A book gets the rows it would get by itself: nothing that one instrument is depends on another.
    """
    on = instant.tz_convert("America/New_York").tz_localize(None).normalize()
    targets = screening_targets(instant, lists=options.lists) if options.lists else _bundled_targets(instant)
    single = tuple(item for item in options.designations if isinstance(item, Designation))
    moves = tuple(item for item in options.designations if isinstance(item, Escalation))
    targets, tables = with_designations(targets, escalated_tables(moves, instant, options.tables), single, instant)
    law = law_at(instant, options.investor, programmes=options.programmes, tables=tables)
    files = as_fund_files(options.funds, on=on, staleness=options.staleness)
    asked = AskedOfBooks(options=options, on=on, law=law, targets=targets, files=files)
    identified = identify([*(book.positions for book in portfolios), *(fund.file.rows for fund in files.funds)], targets, law, on)
    return asked, tuple(
        _screened(asked, portfolio, _of_book(identified, number, len(portfolios))) for number, portfolio in enumerate(portfolios)
    )


def _of_book(identified: Identified, number: int, n_books: int) -> Identified:
    """The instruments of one book and of the fund files alone, in the order first met."""
    if n_books == 1:
        return identified
    member = (identified.member[number], *identified.member[n_books:])
    codes, own = pd.factorize(np.concatenate(member))
    ends = np.cumsum([len(rows) for rows in member])
    return Identified(instruments=identified.instruments.take(own).reset_index(drop=True), member=tuple(np.split(codes, ends[:-1])))


def _screened(asked: AskedOfBooks, portfolio: Portfolio, identified: Identified) -> ScreenedBook:
    options, member = asked.options, identified.member[0]
    named = named_as_in_book(identified.instruments, asked.targets)
    instruments, decided = settled(named, member, portfolio.positions, options.decisions, asked.law)
    fund_of = asked.files.find(instruments)
    rates = rates_to(portfolio.currency, options.rates, options.rates_in)
    contents = fund_contents(asked.files, instruments, identified.member[1:], currency=portfolio.currency, rates=rates)
    issues = pd.concat([portfolio.issues, decided]) if len(decided) else portfolio.issues
    return ScreenedBook(
        portfolio=portfolio,
        instruments=instruments,
        member=member,
        fund_of=fund_of,
        contents=contents,
        rows=position_table(portfolio, instruments, member, fund_of, contents, asked.law, asked.on),
        issues=with_doubts(issues, portfolio.positions, instruments, member),
    )
