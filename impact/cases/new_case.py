"""A case folder for a designation of the user's own, filled with every fact on record about the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from impact.calendars import first_session_to_react, venue_of
from impact.cases.benchmarks import venue_currency
from impact.cases.case_file import CASE_FILE, StatedCase, define_stated
from impact.cases.definition import CaseDefinition
from impact.cases.listing import issuer_lines, stated_designation
from impact.cases.shares import share_counts
from impact.cases.stated_tables import SCHEMAS
from impact.errors import InputError
from impact.facts import load_ledger

__all__ = ["FACTS_FILE", "write_case"]

FACTS_FILE = "facts.csv"


def write_case(security: str, programme: str, public_at: str, folder: str | Path, *, hypothetical: bool = False) -> Path:
    """Write a case file with table templates and the facts on record beside it; returns the folder.

    Parameters
    ----------
    security : str
        Any spelling of a trading line, or an ISIN of an issuer on record.
    programme : str
        Programme of the designation; ``impact.rules.programmes()`` lists them.
    public_at : str
        Instant at which it became public, with its zone.
    folder : path
        Made when it does not exist; a case file in it is never overwritten.
    hypothetical : bool
        Whether nobody has announced the designation.

    Raises
    ------
    InputError
        If a value is wrong, the folder holds a case file already, or it cannot be written.
    """
    definition = define_stated(
        StatedCase(security=security, programme=programme, public_at=public_at, hypothetical=hypothetical), where="new case"
    )
    stated_designation(definition)  # a programme that is not in force then is refused here, before anything is written
    target = Path(folder)
    if (target / CASE_FILE).exists():
        raise InputError(f"{target / CASE_FILE} exists; choose another folder, or edit the file that is there.")
    facts = pd.concat([load_ledger().facts_about(line).to_frame() for line in issuer_lines(definition)], ignore_index=True)
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / CASE_FILE).write_text("\n".join(_lines(definition, len(facts))) + "\n", encoding="utf-8")
        for schema in SCHEMAS.values():
            (target / f"{schema.name}.csv").write_text(",".join(schema.header) + "\n", encoding="utf-8")
        facts.to_csv(target / FACTS_FILE, index=False, lineterminator="\n")
    except OSError as error:
        raise InputError(f"folder={str(folder)!r} cannot be written ({error.strerror}); choose one that may be.") from error
    return target


def _lines(definition: CaseDefinition, n_facts: int) -> Iterator[str]:
    """The case file line by line: what is stated, what is taken when nothing is, and what is still unknown."""
    venue = venue_of(definition.security)
    yield f"# {n_facts} facts on record about this issuer are in {FACTS_FILE}; they are used as they stand. Lines that begin with # are unknown: fill them in."
    yield "[designation]"
    yield f"security = {json.dumps(definition.security)}"
    yield f"issuer = {json.dumps(definition.issuer, ensure_ascii=False)}"
    yield f"programme = {json.dumps(definition.programme_id)}"
    yield f"public_at = {definition.stated_at.isoformat()}"
    yield f"hypothetical = {str(definition.hypothetical).lower()}"
    yield "# leaked_at = 2026-01-31T20:10:00-05:00   # first public report, before it"
    yield ""
    yield "[market]"
    yield f'prices = "{definition.prices}"   # "bundled", "yahoo", or a file or folder beside this file'
    yield (
        f"benchmark = {json.dumps(definition.market)}"
        if definition.market
        else '# benchmark = "NAME"   # no benchmark of this venue is on record'
    )
    yield '# peers = ["LINE", "LINE", "LINE"]   # three or more lines that the news does not reach'
    currency = venue_currency(venue)
    yield f"currency = {json.dumps(currency)}" if currency else '# currency = "GBP"   # of the closes: a currency or its hundredth'
    yield f"# rates = {{ USD = 1.0 }}   # price of one US dollar in {currency or 'that currency'}; a bundled rate is taken when there is one"
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
    yield '# holdings = "positions.csv"   # any layout of a broker, custodian or terminal'
    yield '# investor = "us_person"'


def _shares(definition: CaseDefinition, venue: str) -> Iterator[str]:
    """Counts on record as a remark, since the fact base gives them by itself; what is not on record as a line to fill in."""
    day = first_session_to_react(definition.stated_at, venue).session
    counts = share_counts(definition, pd.Series(dtype="float64"), np.nan, day)
    low, high = counts.outstanding
    yield (
        "# outstanding = 1e9   # all shares, a number or [low, high]"
        if np.isnan(high)
        else f"# outstanding = [{int(low)}, {int(high)}]   # on record"
    )
    least, most = counts.free_float
    known = most - least < 1.0
    yield f"# free_float = [{least}, {most}]   # on record" if known else "# free_float = [0.5, 0.7]   # share of them that trades freely"
    yield from (f"#   {note}" for note in counts.notes)
