"""``impact supply``: who must sell, how much and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impact.cli._case import case_options, opened_case, source_name
from impact.cli._output import Document, emit, output_options

if TYPE_CHECKING:
    from impact.supply import IndexDeletion
    from impact.tables.schema import Table

__all__ = ["command"]


@click.command(name="supply")
@case_options
@output_options
def command(
    case: str | None,
    case_file: str | None,
    as_of: str | None,
    source: str | None,
    offline: bool,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """Shares that the designation of CASE forces onto the market, by holder class, session and index provider.

    CASE is a name such as xiaomi, or a case file. Unknown holdings and tracked assets stay empty; they are never zero.
    """
    opened = opened_case(case, case_file, source=source, as_of=as_of, offline=offline)
    threatened = opened.supply()
    narrowing = opened.narrowing()
    flows = _index_tables(threatened.index_flow, whole=format_ != "table")
    tables = {
        "milestones": threatened.with_schema("milestones"),
        "totals": threatened.with_schema("totals"),
        "classes": threatened.with_schema("bounds" if format_ == "table" else "classes"),
        "stranded": threatened.with_schema("stranded"),
        "missing": narrowing.for_readers() if format_ == "table" else narrowing.with_schema("table"),
        **{name: flows[name] for name in ("index_flow",) if name in flows},
        "tracker_closes": threatened.with_schema("tracker_closes"),
        **{name: flows[name] for name in ("execution_volume", "round_trip") if name in flows},
        **({} if format_ == "table" and table != "ladder" else {"ladder": threatened.with_schema("ladder")}),
        **({} if format_ == "table" and table != "book" else {"book": threatened.with_schema("book").of(threatened.book.reset_index())}),
        **{name: flows[name] for name in ("not_trades",) if name in flows},
    }
    emit(
        Document(
            command="supply",
            title=threatened.summary().title,
            inputs={
                "case": case or case_file,
                "as_of": as_of,
                "source": source_name(opened, source),
                "security": threatened.line.security,
                "regime": threatened.wind_down.rule.name,
            },
            tables=tables,
            notes=(f"{narrowing.headline()}.",),
            assumptions=(
                *threatened.assumptions,
                *narrowing.assumptions,
                *(() if threatened.index_flow is None else threatened.index_flow.assumptions),
            ),
            sources=threatened.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )


def _index_tables(flow: IndexDeletion | None, *, whole: bool) -> dict[str, Table]:
    """What index providers do to the line: flow by lane, realised volume, the round trip where there is one, and what is no trade."""
    if flow is None:
        return {}
    tables = {"index_flow": flow.with_schema("flows" if whole else "lanes"), "execution_volume": flow.with_schema("check")}
    if flow.ledger is not None:
        tables["round_trip"] = flow.ledger.with_schema("to_frame")
    return tables | {"not_trades": flow.with_schema("dropped")}
