"""A case folder for a designation of the user's own, filled with every fact on record about the line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypedDict, Unpack, cast

import numpy as np
import pandas as pd

from impact.calendars import VENUES, first_session_to_react, venue_of
from impact.cases.benchmarks import quoted_currencies
from impact.cases.case_file import CASE_FILE, StatedCase, define_stated
from impact.cases.case_law import issuer_lines, stated_designation
from impact.cases.definition import CaseDefinition, Span
from impact.cases.panel import currency_of_line, load_case_prices
from impact.cases.shares import share_counts
from impact.cases.stated_tables import SCHEMAS
from impact.errors import InputError
from impact.facts import load_ledger
from impact.intake.currencies import PART_WORDS, currency_of
from impact.market.closed_days import lacks_calendar
from impact.market.sources import named_sources
from impact.rules import INSTRUMENTS, INVESTORS
from impact.whole_files import write_folder

__all__ = ["FACTS_FILE", "NewCaseFields", "write_case"]

FACTS_FILE = "facts.csv"


class NewCaseFields(TypedDict, total=False):
    """Fields of a case file, beyond the designation, that a new one may be written with; each as in ``StatedCase``."""

    issuer: str
    own_programme: Mapping[str, object]
    prices: str | Path
    benchmark_prices: str | Path
    benchmark: str
    currency: str
    rates: Mapping[str, float]
    decimal: str
    date_format: str
    outstanding: float | Span
    free_float: float | Span
    book: str | Path
    investor: str


def write_case(
    security: str, programme: str, public_at: str, folder: str | Path, *, hypothetical: bool = False, **stated: Unpack[NewCaseFields]
) -> Path:
    """Write a case file with table templates and the facts on record beside it; returns the folder.

    Parameters
    ----------
    security : str
        Any spelling of a trading line, or an ISIN of an issuer on record.
    programme : str
        Programme of the designation; ``impact.rules.programmes()`` lists them. Empty where `own_programme` states one in no table.
    public_at : str
        Instant at which it became public, with its zone.
    folder : path
        Made when it does not exist; no file in it is ever overwritten.
    hypothetical : bool
        Whether nobody has announced the designation.
    stated
        Of the fields of a case file: issuer, own_programme (fields of its own section), prices and benchmark_prices (paths), benchmark, currency, rates, decimal,
        date_format, outstanding, free_float, book (a path). Prices are read once, so that a file that cannot serve is refused here.

    Raises
    ------
    InputError
        If a value is wrong, a field is none of those, the folder holds one of the files already, or it cannot be written.
    """
    unwritten = sorted(set(stated) - set(NewCaseFields.__annotations__))
    if unwritten:
        raise InputError(f"new case: {', '.join(unwritten)} cannot be written here ({len(unwritten)} fields); add it to the case file.")
    designation = StatedCase(security=security, public_at=public_at, hypothetical=hypothetical)
    if programme:
        designation["programme"] = programme
    given = cast(StatedCase, {**stated, **designation})
    definition = define_stated(given, where="new case")
    stated_designation(definition)  # a programme that is not in force then is refused here, before anything is written
    own_files = definition.prices not in named_sources()
    currency = currency_of_line(definition, load_case_prices(definition, definition.prices, offline=True) if own_files else None)
    target = Path(folder)
    facts = pd.concat([load_ledger().facts_about(line).to_frame() for line in issuer_lines(definition)], ignore_index=True)
    contents = {f"{schema.name}.csv": ",".join(schema.header) + "\n" for schema in SCHEMAS.values()}
    contents[FACTS_FILE] = facts.to_csv(index=False, lineterminator="\n")
    contents[CASE_FILE] = "\n".join(_lines(definition, len(facts), target, currency)) + "\n"
    write_folder(target, contents, parameter="folder")
    return target


def _lines(definition: CaseDefinition, n_facts: int, folder: Path, currency: str) -> Iterator[str]:
    """The case file line by line: what is stated, what is taken when nothing is, and what is still unknown."""
    venue, sources = venue_of(definition.security), ", ".join(map(json.dumps, named_sources()))
    yield f"# {n_facts} facts on record about this issuer are in {FACTS_FILE}; they are used as they stand. Lines that begin with # are unknown: fill them in."
    yield "[designation]"
    yield f"security = {json.dumps(definition.security)}"
    yield f"issuer = {json.dumps(definition.issuer, ensure_ascii=False)}"
    yield f"programme = {json.dumps(definition.programme_id)}"
    yield f"public_at = {definition.stated_at.isoformat()}"
    yield f"hypothetical = {str(definition.hypothetical).lower()}"
    yield '# other_lines = ["LINE"]   # further lines of the issuer, designated with it; isins = ["ISIN"] likewise'
    yield "# leaked_at = 2026-01-31T20:10:00-05:00   # first public report, before it"
    yield ""
    yield from _programme(definition)
    yield "[market]"
    yield f"prices = {_path(definition.prices, folder)}   # {sources}, or a file or folder, from this folder"
    yield (
        f"benchmark_prices = {_path(definition.benchmark_prices, folder)}"
        if definition.benchmark_prices is not None
        else '# benchmark_prices = "index.csv"   # a file of the benchmark, where prices is a file of the line'
    )
    yield (
        f"benchmark = {json.dumps(definition.market)}"
        if definition.market
        else '# benchmark = "NAME"   # no benchmark of this venue is on record'
    )
    yield '# peers = ["LINE", "LINE", "LINE"]   # three or more lines that the news does not reach'
    whole, *part = quoted_currencies(venue)
    yield (
        f"currency = {json.dumps(currency)}"
        if currency
        else f"# currency = {json.dumps(whole)}   # of the closes, or {json.dumps(part[0])}, its {PART_WORDS[currency_of(part[0])[1]]}"
    )
    yield from _rates(definition, currency)
    yield _or_remark("decimal", definition.decimal, ",", "decimal sign of the files of prices, where their figures leave it open")
    yield _or_remark("date_format", definition.date_format, "%d/%m/%Y", "how they write a day, where day and month cannot be told apart")
    yield ""
    yield "[shares]"
    yield from _shares(definition, venue)
    yield ""
    yield "[tables]   # an empty table states nothing"
    for schema in SCHEMAS.values():
        yield f'{schema.name} = "{schema.name}.csv"   # {schema.about}: ' + "; ".join(
            f"{column.name} ({column.about})" for column in schema.columns
        )
    words = {column.name: column.words for schema in SCHEMAS.values() for column in schema.columns if column.words}
    yield from (f"#   {name}: {', '.join(chosen)}" for name, chosen in words.items())
    yield ""
    yield "[book]"
    book = definition.book
    held = '"positions.csv"' if book is None or isinstance(book.holdings, pd.DataFrame) else _path(book.holdings, folder)
    yield f"{'# ' if book is None else ''}holdings = {held}   # any layout of a broker, custodian or terminal"
    yield '# investor = "us_person"'


def _rates(definition: CaseDefinition, currency: str) -> Iterator[str]:
    """The rate stated, or the line to state it in; a line in dollars needs none."""
    rates = ", ".join(f"{code} = {rate!r}" for code, rate in definition.rates.items())
    if rates:
        yield f"rates = {{ {rates} }}   # price of one unit of it in {currency or 'the currency of the line'}"
    elif currency != "USD":
        yield (
            f"# rates = {{ USD = 0.0 }}   # price of one US dollar in {currency or 'that currency'}, in place of 0.0; a bundled rate is "
            "taken when there is one"
        )


def _or_remark(field: str, stated: str, example: str, about: str) -> str:
    """One field as it is stated, else as a remark with an example."""
    return f"{'' if stated else '# '}{field} = {json.dumps(stated or example)}   # {about}"


def _programme(definition: CaseDefinition) -> Iterator[str]:
    """The section of a programme that is in no table: its name, and every other field as a line to fill in."""
    own = definition.own_programme
    if own is None:
        return
    day = f"{definition.stated_at + pd.Timedelta(days=60):%Y-%m-%d}"
    yield "[programme]   # in no table; a line that stays a remark is unknown, and nothing is taken from another programme"
    yield f"name = {json.dumps(own.name, ensure_ascii=False)}"
    yield f"{'' if own.authority else '# '}authority = {json.dumps(own.authority or 'who acts', ensure_ascii=False)}"
    yield f"{'' if own.citation else '# '}citation = {json.dumps(own.citation or 'the text that answers cite', ensure_ascii=False)}"
    yield f'# binds = ["us_person"]   # every class that it binds: {", ".join(INVESTORS)}'
    yield f'# buy_barred_from = {day}T00:01:00-05:00   # first instant, or "never"'
    yield f'# sell_barred_from = {day}T00:01:00-05:00   # first instant at which what is held may no longer be sold, or "never"'
    yield "# holding_barred = false   # whether holding is barred once selling is"
    yield f'# instruments = ["equity"]   # that it covers: {", ".join(INSTRUMENTS)}'
    yield '# index_rule = "delete"   # what index providers do because of it: delete or retain'
    yield '# depository = "name"   # one that it blocks'
    yield f'# licence = {{ actions = ["sell"], until = {day}T00:01:00-05:00 }}   # what a licence frees, and until when'
    yield ""


def _path(given: object, folder: Path) -> str:
    """A word as it is, a path as it is found from the folder of the case, both quoted."""
    if given in named_sources():
        return json.dumps(given)
    return json.dumps(Path(os.path.relpath(str(given), folder)).as_posix(), ensure_ascii=False)


def _shares(definition: CaseDefinition, venue: str) -> Iterator[str]:
    """Counts on record as a remark, since the fact base gives them by itself; what is not on record as a line to fill in."""
    local = definition.stated_at.tz_convert(VENUES[venue].zone).tz_localize(None).normalize()
    day = local if lacks_calendar(venue) else first_session_to_react(definition.stated_at, venue).session
    counts = share_counts(definition, pd.Series(dtype="float64"), np.nan, day)
    low, high = counts.outstanding
    if definition.shares_outstanding is not None:
        yield f"outstanding = [{low!r}, {high!r}]"
    elif np.isnan(high):
        yield "# outstanding = 1e9   # all shares, a number or [low, high]"
    else:
        yield f"# outstanding = [{int(low)}, {int(high)}]   # on record"
    least, most = counts.free_float
    if definition.free_float is not None:
        yield f"free_float = [{least}, {most}]"
    elif most - least < 1.0:
        yield f"# free_float = [{least}, {most}]   # on record"
    else:
        yield "# free_float = [0.5, 0.7]   # share of them that trades freely"
    yield from (f"#   {note}" for note in counts.notes)
