"""``impact relief CASE``: what the law may still do, what the price says about it, and what to do meanwhile."""

from __future__ import annotations

import click

from impact.cli._case import case_options, opened_case, source_name
from impact.cli._messages import tell
from impact.cli._output import Document, emit, output_options

__all__ = ["command"]


@click.command("relief")
@case_options
@click.option("--horizon", type=click.IntRange(min=1), metavar="SESSIONS", help="Sessions left to sell (default: to the divestment date).")
@click.option(
    "--discount", type=float, nargs=2, metavar="LOW HIGH", help="Fall from the clear to the banned value, decimals (default: from facts)."
)
@click.option("--priced", is_flag=True, help="Bound the forced flow in the drop by the price effect of the supply (slower).")
@click.option(
    "--log", type=click.Path(dir_okay=False), metavar="FILE", help="Append the band on the eve to this forecast log; needs --as-of."
)
@output_options
def command(
    case: str | None,
    case_file: str | None,
    as_of: str | None,
    horizon: int | None,
    discount: tuple[float, float] | None,
    priced: bool,
    source: str | None,
    offline: bool,
    log: str | None,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """Probability of legal relief of CASE as a band, base rates by statute, scenarios, sell or wait, drop against recovery.

    CASE is a name such as xiaomi, or a case file. "Cannot tell" is an answer.
    """
    from impact.cases import assess_case
    from impact.relief import log_forecast
    from impact.relief.forecasts import check_log

    if log and as_of is None:
        raise click.UsageError("--log needs --as-of: a forecast carries the instant at which it was made.")
    if log:
        check_log(log, parameter="--log")
    opened = opened_case(case, case_file, source=source, as_of=as_of, offline=offline)
    assessed = assess_case(
        opened.definition,
        opened.panel,
        opened.timeline(),
        opened.studied(),
        as_of,
        horizon=horizon,
        discount=discount or None,
        price_effect=opened.price_effect() if priced else None,
        no_study=opened.no_study(),
    )
    emit(
        Document(
            command="relief",
            title=assessed.headline(),
            inputs={
                "case": case or case_file,
                "as_of": as_of,
                "source": source_name(opened, source),
                "horizon_sessions": horizon,
                "discount": discount,
                "priced": priced,
            },
            tables=assessed.tables() if format_ != "table" or table else assessed.short_tables(),
            notes=assessed.advice(),
            assumptions=assessed.assumptions,
            sources=assessed.sources,
        ),
        format_=format_,
        output=output,
        table=table,
    )
    if log and as_of is not None:
        log_forecast(log, assessed.forecast(made_at=as_of))
        tell(f"logged the forecast in {log}")
