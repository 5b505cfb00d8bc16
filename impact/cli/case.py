"""`impact case NAME`."""

from __future__ import annotations

import click

from impact.cli._output import Document, emit, output_options, working

__all__ = ["command"]


@click.command("case")
@click.argument("name")
@click.option("--as-of", metavar="INSTANT", help="Use only what was known then, for example 2021-03-12T16:00-05:00.")
@click.option("--diff", nargs=2, metavar="A B", help="Instead: what changed between the memos of two instants.")
@click.option("--source", default="bundled", show_default=True, metavar="SOURCE", help="bundled, yahoo, or a file or folder of prices.")
@click.option("--offline", is_flag=True, help="With --source yahoo: use the cache only.")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE", help="Also write the whole case as one self-contained page.")
@output_options
def command(
    name: str,
    as_of: str | None,
    diff: tuple[str, str] | None,
    source: str,
    offline: bool,
    html: str | None,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """The whole study of one designation.

    NAME is a case such as xiaomi. The table goes to standard output.
    """
    import impact

    if diff:
        _print_difference(name, diff, source, offline, format_, output, table)
        return
    opened = impact.case(name, source=source, as_of=as_of, offline=offline)
    emit(
        Document(
            command="case",
            title=opened.headline(),
            inputs={
                "case": name,
                "as_of": as_of,
                "source": source,
                "security": opened.definition.security,
                "market": opened.definition.market,
            },
            tables=opened.tables(),
            assumptions=opened.assumptions,
            sources=opened.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
    if html:
        with working("drawing the page"):
            written = opened.report(html)
        click.echo(f"wrote {written}", err=True)


def _print_difference(
    name: str, instants: tuple[str, str], source: str, offline: bool, format_: str, output: str | None, table: str | None
) -> None:
    from impact.cases import case, compare_cases

    found = compare_cases(*(case(name, source=source, as_of=instant, offline=offline) for instant in instants))
    emit(
        Document(
            command="case-diff",
            title=found.summary().title,
            inputs={"case": name, "earlier": found.earlier, "later": found.later, "source": source},
            tables={
                "facts": found.with_schema("facts"),
                "clocks": found.with_schema("clocks"),
                "sessions_added": found.with_schema("effects"),
            },
            notes=(f"Before: {found.headline_before}", f"After: {found.headline_after}"),
            assumptions=found.assumptions,
            sources=found.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
