"""``impact programmes``: the legal programmes on record, what each bars, for whom and by when."""

from __future__ import annotations

import click

from impact.cli._output import Document, emit, output_options

__all__ = ["command"]


@click.command("programmes")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Only what was known then (default: everything recorded).")
@output_options
def command(as_of: str | None, format_: str, output: str | None, table: str | None) -> None:
    """The legal programmes on record: what each bars, for whom, by when, and how many names its list holds."""
    from impact.rules import programme_table

    programmes = programme_table(as_of)
    document = Document(
        command="programmes",
        title=programmes.title,
        inputs={"as_of": as_of},
        tables={"programmes": programmes.with_schema("programmes")},
        assumptions=programmes.assumptions,
        sources=programmes.sources,
    )
    emit(document, format_=format_, output=output, table=table)
