"""`impact case NAME`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impact.cli._case import case_options, opened_case, source_name
from impact.cli._messages import tell
from impact.cli._output import Document, emit, output_options, working

if TYPE_CHECKING:
    from impact.cases import Case

__all__ = ["command"]

ANSWERED = ("table", "json")
"""Formats that hold more than one table, and so the answers above them."""


@click.command("case")
@case_options
@click.option("--list", "listed", is_flag=True, help="Instead: the cases that ship, with what each lacks.")
@click.option("--diff", nargs=2, metavar="A B", help="Instead: what changed between the memos of two instants.")
@click.option("--holdings", type=click.Path(exists=True), metavar="FILE", help="Positions to read the case against.")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE", help="Also write the whole case as one self-contained page.")
@output_options
def command(
    case: str | None,
    case_file: str | None,
    as_of: str | None,
    diff: tuple[str, str] | None,
    source: str | None,
    offline: bool,
    holdings: str | None,
    html: str | None,
    listed: bool,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """The whole study of one designation.

    CASE is a name such as xiaomi, or a case file or its folder. The table goes to standard output.
    """
    if listed:
        _print_list(format_=format_, output=output, table=table)
        return
    if diff:
        earlier, later = (opened_case(case, case_file, source=source, as_of=instant, offline=offline) for instant in diff)
        _print_difference(earlier, later, source=source, format_=format_, output=output, table=table)
        return
    opened = opened_case(case, case_file, source=source, as_of=as_of, offline=offline)
    if holdings is not None:
        opened = opened.with_book(holdings)
    emit(
        Document(
            command="case",
            title=opened.headline(),
            inputs={
                "case": case or case_file,
                "as_of": as_of,
                "source": source_name(opened, source),
                "security": opened.definition.security,
                "market": opened.definition.market,
            },
            tables=opened.tables(),
            assumptions=opened.assumptions,
            sources=opened.sources,
            answers=opened.answers().lines() if format_ in ANSWERED else (),
        ),
        format_=format_,
        output=output,
        table=table,
    )
    if html:
        with working("drawing the page"):
            written = opened.report(html)
        tell(f"wrote {written}")


def _print_difference(earlier: Case, later: Case, *, source: str | None, format_: str, output: str | None, table: str | None) -> None:
    from impact.cases import compare_cases

    difference = compare_cases(earlier, later)
    emit(
        Document(
            command="case-diff",
            title=difference.summary().title,
            inputs={
                "case": later.definition.case,
                "earlier": difference.earlier,
                "later": difference.later,
                "source": source_name(later, source),
            },
            tables={
                "facts": difference.with_schema("facts"),
                "clocks": difference.with_schema("clocks"),
                "sessions_added": difference.with_schema("effects"),
            },
            notes=(f"Before: {difference.headline_before}", f"After: {difference.headline_after}"),
            assumptions=difference.assumptions,
            sources=difference.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )


def _print_list(*, format_: str, output: str | None, table: str | None) -> None:
    from impact.cases import case_list

    shipped = case_list()
    emit(
        Document(
            command="case-list",
            title=shipped.summary().title,
            inputs={},
            tables={"cases": shipped.with_schema("cases")},
            assumptions=shipped.assumptions,
            sources=shipped.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
