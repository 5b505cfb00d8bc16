"""``impact price``: what the forced supply should do to the price, and what the price did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impact.cli._case import case_options, opened_case, source_name, span_of
from impact.cli._output import Document, emit, output_options

if TYPE_CHECKING:
    from impact.cases import Case, CasePricing
    from impact.tables import Table

__all__ = ["command"]


@click.command(name="price")
@case_options
@click.option("--position", type=float, metavar="SHARES", help="Also the cost of selling this many shares, alone and with the crowd.")
@click.option("--sold", metavar="LOW:HIGH", help="Assume this range of forced shares, where the facts give none (or instead of them).")
@click.option("--draws", default=10_000, show_default=True, help="Draws from the priors.")
@click.option("--seed", type=int, help="Scramble the draws with this seed (default: a fixed one).")
@output_options
def command(
    case: str | None,
    case_file: str | None,
    as_of: str | None,
    source: str | None,
    offline: bool,
    position: float | None,
    sold: str | None,
    draws: int,
    seed: int | None,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """Price effect of the forced supply of CASE, law by law with an interval, beside the realised abnormal returns.

    CASE is a name such as xiaomi, or a case file. Where the forced shares are unknown, what the news alone does is told.
    """
    opened = opened_case(case, case_file, source=source, as_of=as_of, offline=offline)
    priced = opened.pricing(position_shares=position, sold_shares=span_of(sold, "--sold"), n_draws=draws, seed=seed)
    tables, notes, narrowed_by = _missing(opened, priced, is_assumed=sold is not None)
    emit(
        Document(
            command="price",
            title=priced.headline(),
            inputs={
                "case": case or case_file,
                "as_of": as_of,
                "source": source_name(opened, source),
                "position_shares": position,
                "sold_shares": sold,
                "n_draws": draws,
                "seed": seed,
            },
            tables=priced.tables(full=format_ != "table" or table is not None) | tables,
            notes=notes,
            assumptions=(*priced.assumptions, *narrowed_by),
            sources=priced.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )


def _missing(opened: Case, priced: CasePricing, *, is_assumed: bool) -> tuple[dict[str, Table], tuple[str, ...], tuple[str, ...]]:
    """What would narrow the range most: its table, note and assumptions; nothing where the sale is assumed."""
    if is_assumed:
        return {}, (), ()
    narrowing = opened.price_narrowing(priced.effect)
    return {"missing": narrowing.with_schema("table")}, (f"{narrowing.headline()}.",), narrowing.assumptions
