"""``impact events``: the event library, its classes, and a user's own events beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from impact.cli._messages import tell
from impact.cli._output import Document, emit, output_options

if TYPE_CHECKING:
    from impact.pricing.library import Conditions

__all__ = ["command"]

ASKED = ("list_id", "event_class", "line", "security", "since", "until")  # as the output lists them, however they were typed
SHOWN = ["event_id", "event_class", "public_on", "security", "issuer", "action", "status", "car_0_1", "se_0_1", "confidence"]
INDEX_SHOWN = ["index_event_id", "index", "action", "security", "execution_close_on", "reason", "status", "car_m10_0", "excess_adv"]


@click.command("events")
@click.option("--programme", "list_id", metavar="LIST", help="Only events of one list, such as ns-cmic.")
@click.option("--class", "event_class", metavar="CLASS", help="Only one class, such as first_bar_offshore, or relief.")
@click.option("--line", type=click.Choice(["offshore", "a_share"]), help="Only offshore or only mainland lines.")
@click.option("--security", metavar="CODE", help="Only one line, such as 1810.HK.")
@click.option("--since", metavar="DAY", help="First public day, included.")
@click.option("--until", metavar="DAY", help="Last public day, included.")
@click.option("--add", type=click.Path(dir_okay=False), metavar="CSV", help="List events of your own, with the same checks.")
@click.option("--prices", metavar="SOURCE", help="Compute returns anew from bundled, yahoo, or a file or folder of prices.")
@click.option("--market", metavar="NAME", help="Benchmark in the prices, such as HSI; or one a venue, such as XHKG=HSI,XNYS=SPY.")
@click.option(
    "--plot", type=click.Path(dir_okay=False), metavar="FILE", help="Also draw the events by class: PNG, SVG or PDF by the ending."
)
@output_options
def command(
    add: str | None,
    prices: str | None,
    market: str | None,
    plot: str | None,
    format_: str,
    output: str | None,
    table: str | None,
    **conditions: Unpack[Conditions],
) -> None:
    """List events and index changes with what their prices did.

    One date is nearly one observation: count dates, not rows.
    """
    from impact.pricing.event_files import REBUILT, library_with_files

    library, rebuilt = library_with_files(add=add, prices=prices, market=_benchmarks(market))
    chosen = library.select(**conditions)
    full = format_ != "table" or table is not None
    tables = {
        "events": chosen.with_schema("designations", None if full else SHOWN),
        "classes": chosen.with_schema("classes"),
        "index_changes": chosen.with_schema("index_changes", None if full else INDEX_SHOWN),
    }
    if prices is not None:
        tables["rebuilt"] = REBUILT.table(rebuilt)
    emit(
        Document(
            command="events",
            title=chosen.summary().title,
            inputs={name: conditions.get(name) for name in ASKED} | {"add": add, "prices": prices, "market": market},
            tables=tables,
            assumptions=chosen.assumptions,
            sources=chosen.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
    if plot:
        from impact.plots.eventstudy import save_figure

        save_figure(chosen.plot(), plot)
        tell(f"wrote {plot}")


def _benchmarks(text: str | None) -> str | dict[str, str] | None:
    """One name, or VENUE=NAME pairs separated by commas."""
    if text is None or "=" not in text:
        return text
    pairs = [part.partition("=") for part in text.split(",")]
    wrong = [venue or name for venue, equals, name in pairs if not (venue.strip() and equals and name.strip())]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is not VENUE=NAME; write pairs such as XHKG=HSI,XNYS=SPY.", param_hint="--market")
    return {venue.strip(): name.strip() for venue, _, name in pairs}
