"""``impact study``: an event study of a table of events."""

from __future__ import annotations

import warnings
from typing import Any

import click

from impact.cli._messages import tell
from impact.cli._output import Document, emit, output_options, working
from impact.errors import ImpactWarning, InputError
from impact.eventstudy.models import MODELS

__all__ = ["command"]


def _window(text: str, option: str) -> tuple[int, int]:
    first, colon, last = text.strip().partition(":")
    try:
        return int(first), int(last if colon else first)
    except ValueError:
        raise InputError(f"{option} {text!r} is not a window; write two offsets in sessions, for example -1:1.") from None


@click.command("study")
@click.argument("events", type=click.Path())
@click.option("--prices", type=click.Path(), metavar="FILE", help="Closes: CSV or Parquet, wide or long.")
@click.option("--returns", type=click.Path(), metavar="FILE", help="Decimal returns instead of prices: CSV or Parquet, wide or long.")
@click.option("--market", metavar="NAME", help="Benchmark column; several names with commas are an equal-weighted basket.")
@click.option("--factors", type=click.Path(), multiple=True, metavar="FILE", help="Factor returns (decimals, or Kenneth French's files).")
@click.option("--model", type=click.Choice(tuple(MODELS)), default="market", show_default=True, help="Normal-return model.")
@click.option("--estimation", default="-260:-11", show_default=True, metavar="A:B", help="Estimation window in sessions from the event.")
@click.option("--window", default="-10:10", show_default=True, metavar="A:B", help="Event window.")
@click.option("--car", "cars", default="0:0,-1:1", show_default=True, metavar="A:B,...", help="Windows to cumulate and test.")
@click.option("--kind", type=click.Choice(["simple", "log"]), default="simple", show_default=True, help="Kind of returns.")
@click.option(
    "--anchor", type=click.Choice(["next", "previous", "raise"]), default="next", show_default=True, help="Dates without session."
)
@click.option("--min-observations", type=int, metavar="N", help="Usable estimation rows an event needs.")
@click.option("--zero-alpha", is_flag=True, help="Regress through the origin.")
@click.option("--seed", type=int, help="Seed of the bootstrap tests; without it they are left out.")
@click.option("--plot", type=click.Path(dir_okay=False), metavar="FILE", help="Also draw the CAR path: PNG, SVG or PDF by the ending.")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE", help="Also write the study as one self-contained page.")
@output_options
def command(
    events: str, estimation: str, window: str, cars: str, seed: int | None, plot: str | None, html: str | None, format_: str,
    output: str | None, table: str | None, **given: Any,
) -> None:  # fmt: skip
    """Event study of the table EVENTS.

    EVENTS is a CSV or Parquet file with columns event_id, security and date, or known_at (an instant with its zone) and venue.

    A column event_sd states the standard deviation of the abnormal return of day 0 (decimal) where it is known beforehand, as from options.
    """
    from impact.eventstudy.files import printed_tables, study_files, study_tables

    options: dict[str, Any] = {"estimation": _window(estimation, "--estimation"), "window": _window(window, "--window")}
    options |= {name: given.pop(name) for name in ("model", "anchor", "min_observations", "zero_alpha")}
    windows = tuple(_window(part, "--car") for part in cars.split(","))
    with warnings.catch_warnings(record=True) as raised, working("estimating and testing"):
        warnings.simplefilter("always", ImpactWarning)
        study = study_files(events, **given, **options)
        tables_of_study = study_tables(study, windows, seed=seed)
    notes = tuple(dict.fromkeys(str(warning.message) for warning in raised if issubclass(warning.category, ImpactWarning)))
    for note in notes:
        tell(f"warning: {note}")
    emit(
        Document(
            command="study",
            title=study.summary().title,
            inputs={"events": events} | given | options | {"estimation": estimation, "window": window, "car": cars, "seed": seed},
            tables=printed_tables(tables_of_study, study, full=format_ != "table" or table is not None),
            notes=notes,
            assumptions=tuple(told for told in (*tables_of_study.remarks, *study.assumptions) if told not in notes),
            sources=study.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)  # told above
        if html:
            study.to_html(html, windows)
            tell(f"wrote {html}")
        if plot:
            from impact.plots.eventstudy import save_figure

            save_figure(study.plot(), plot)
            tell(f"wrote {plot}")
