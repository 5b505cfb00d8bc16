"""``impact deadlines``: every legal clock of a security and the last usable session of each line."""

from __future__ import annotations

import click

from impact.cli._case import instant_in, stated_in, with_case
from impact.cli._output import Document, emit, output_options

__all__ = ["command"]

SHORT = [
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

PROCURED = ["clock", "from_on", "programme_id", "entity", "binds", "rule"]


@click.command(name="deadlines")
@click.argument("security", required=False)
@click.option("--as-of", "as_of", metavar="INSTANT", help="Use only what was known then, with its zone (default: everything recorded).")
@with_case
@output_options
def command(security: str | None, as_of: str | None, case_file: str | None, format_: str, output: str | None, table: str | None) -> None:
    """Every clock of SECURITY: first prohibited instant in New York and local time, and the last usable session.

    SECURITY is a trading line in any spelling (1810.HK, "941 HK", SEHK:1810, CHL), a bare code, an ISIN, or a name. A name that is not
    sure is answered by proposals.
    """
    from impact.rules import deadlines
    from impact.rules.schemas import CLOCKS

    known_at = instant_in(case_file, as_of)
    line, read_as, tables = stated_in(case_file, security, known_at)
    answer = deadlines(line, known_at, tables=tables)
    clocks = answer.to_frame()
    document = Document(
        command="deadlines",
        title=answer.summary().title,
        inputs={"security": security or line, "case": case_file, "as_of": known_at},
        tables={
            "clocks": CLOCKS.table(clocks[SHORT] if format_ == "table" else clocks),
            "relief": answer.with_schema("relief"),
            "procurement": answer.with_schema("procurement", PROCURED if format_ == "table" else None),
            "dropped": answer.with_schema("dropped"),
        },
        notes=(*read_as, *answer.notes),
        assumptions=answer.assumptions,
        sources=answer.sources,
    )
    emit(document, format_=format_, output=output, table=table)
