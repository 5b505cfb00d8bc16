"""``impact permitted``: one question about the law, answered with its text."""

from __future__ import annotations

import click

from impact.cli._case import instant_in, stated_in, with_case
from impact.cli._output import Document, emit, output_options

__all__ = ["command"]


@click.command(name="permitted")
@click.argument("action")
@click.argument("security", required=False)
@click.option("--at", metavar="INSTANT", help="When the act takes place, with its zone: 2021-03-15T09:31-04:00; required without --case.")
@click.option(
    "--investor",
    default="us_person",
    show_default=True,
    metavar="WHO",
    help="us_person, us_intermediary, us_exchange, us_employee_abroad, non_us_person, state_pension_fund, dod_contractor, eu_person or uk_person.",
)
@click.option(
    "--instrument",
    default="equity",
    show_default=True,
    metavar="WHAT",
    help="equity, bond, adr, gdr, warrant, option, future, swap, etf, index_fund or mutual_fund.",
)
@click.option("--as-of", "as_of", metavar="INSTANT", help="Use only what was known then (default: everything recorded).")
@click.option(
    "--fail-on",
    type=click.Choice(["prohibited", "unknown", "not_listed"]),
    multiple=True,
    help="Exit with code 1 when this is the answer; may be given several times.",
)
@with_case
@output_options
def command(
    action: str,
    security: str | None,
    at: str | None,
    investor: str,
    instrument: str,
    as_of: str | None,
    fail_on: tuple[str, ...],
    case_file: str | None,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """Whether ACTION in SECURITY is allowed, prohibited or unknown.

    ACTION is one of buy, sell, sell_to_divest, hold, reinvest_dividend, receive_dividend, convert_adr, clear_for_non_us,
    exercise. SECURITY is a trading line in any spelling (1810.HK, "941 HK", SEHK:1810, CHL), a bare
    code, an ISIN, or a name; a name that is not sure is answered by proposals.
    """
    from impact.rules import permitted

    instant = instant_in(case_file, at)
    if instant is None:
        raise click.UsageError("say when with --at INSTANT, or name a case with --case PATH.")
    line, read_as, tables = stated_in(case_file, security, as_of)
    answer = permitted(action, line, instant, investor, instrument, as_of, tables=tables)
    document = Document(
        command="permitted",
        title=answer.summary().title,
        inputs={
            "action": action,
            "security": security or line,
            "case": case_file,
            "at": instant,
            "investor": investor,
            "instrument": instrument,
            "as_of": as_of,
        },
        tables={"answer": answer.with_schema("answer"), "rulings": answer.with_schema("to_frame")},
        notes=(*read_as, *answer.changes),
        assumptions=answer.assumptions,
        sources=answer.sources,
    )
    emit(document, format_=format_, output=output, table=table)
    if answer.status in fail_on:
        click.get_current_context().exit(1)
