"""``impact supply``: who must sell, how much and by when."""

from __future__ import annotations

import click

from impact.cli._output import Document, emit, output_options

__all__ = ["command"]


@click.command(name="supply")
@click.argument("case")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Use only what was known then, with its zone (default: everything recorded).")
@click.option("--source", default="bundled", show_default=True, metavar="SOURCE", help="bundled, yahoo, or a file or folder of prices.")
@output_options
def command(case: str, as_of: str | None, source: str, format_: str, output: str | None, table: str | None) -> None:
    """Shares that the designation of CASE forces onto the market, by holder class, session and index provider.

    CASE is a name such as xiaomi. Unknown holdings and tracked assets stay empty; they are never zero.
    """
    import impact

    found = impact.case(case, source=source, as_of=as_of).supply()
    flow = found.index_flow
    tables = {
        "milestones": found.with_schema("milestones"),
        "totals": found.with_schema("totals"),
        "classes": found.with_schema("bounds" if format_ == "table" else "classes"),
        "stranded": found.with_schema("stranded"),
        "index_flow": flow.with_schema("flows" if format_ != "table" else "lanes"),
        "tracker_closes": found.with_schema("tracker_closes"),
        "execution_volume": flow.with_schema("check"),
        **({} if flow.ledger is None else {"round_trip": flow.ledger.with_schema("to_frame")}),
        **({} if format_ == "table" and table != "ladder" else {"ladder": found.with_schema("ladder")}),
        **({} if format_ == "table" and table != "book" else {"book": found.with_schema("book").of(found.book.reset_index())}),
        "not_trades": flow.with_schema("dropped"),
    }
    emit(
        Document(
            command="supply",
            title=found.summary().title,
            inputs={"case": case, "as_of": as_of, "source": source, "security": found.line.security, "regime": found.wind_down.regime},
            tables=tables,
            assumptions=(*found.assumptions, *flow.assumptions),
            sources=found.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
