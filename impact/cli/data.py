"""`impact data`: the bundled tables and the cache of fetched prices."""

from __future__ import annotations

import click

from impact.cli._messages import tell
from impact.cli._output import Document, emit, output_options

__all__ = ["command"]

cache_option = click.option(
    "--cache", type=click.Path(dir_okay=False), metavar="FILE", help="Cache file (default: IMPACT_CACHE_DIR or the user's cache folder)."
)


command = click.Group("data", help="List, verify, fetch or clear market data and bundled tables.")


@command.command("list")
@cache_option
@output_options
def list_(cache: str | None, format_: str, output: str | None, table: str | None) -> None:
    """The bundled tables, and the symbols in the cache."""
    from impact.bundled import manifest
    from impact.market.cache import PriceCache
    from impact.market.schemas import BUNDLED, CACHED

    store = PriceCache(path=cache)
    document = Document(
        command="data.list",
        title="Bundled tables and cached prices",
        tables={"bundled": BUNDLED.table(manifest().drop(columns="sha256")), "cached": CACHED.table(store.contents())},
        inputs={"cache": str(store.file)},
        notes=(f"cache file: {store.file}",),
    )
    emit(document, format_=format_, output=output, table=table)


@command.command("verify")
@output_options
@click.pass_context
def verify(context: click.Context, format_: str, output: str | None, table: str | None) -> None:
    """Check the bundled tables against their checksums; exit 1 when one differs."""
    from impact.bundled import verify_bundled
    from impact.market.schemas import VERIFIED

    verified = verify_bundled()
    wrong = int((verified["status"] != "ok").sum())
    title = f"{len(verified) - wrong} of {len(verified)} bundled files are as MANIFEST.csv says"
    emit(
        Document(command="data.verify", title=title, tables={"files": VERIFIED.table(verified)}),
        format_=format_,
        output=output,
        table=table,
    )
    context.exit(1 if wrong else 0)


@command.command("fetch")
@click.argument("symbols", nargs=-1, required=True)
@click.option("--start", required=True, metavar="DATE", help="First session.")
@click.option("--end", required=True, metavar="DATE", help="Last session, included.")
@click.option(
    "--source", default="yahoo", show_default=True, metavar="SERVICE", help="yahoo, twelvedata, or a vendor's address with {symbol}."
)
@click.option("--offline", is_flag=True, help="Use only what the cache holds.")
@cache_option
@output_options
@click.pass_context
def fetch(
    context: click.Context,
    symbols: tuple[str, ...],
    start: str,
    end: str,
    source: str,
    offline: bool,
    cache: str | None,
    format_: str,
    output: str | None,
    table: str | None,
) -> None:
    """Fetch daily prices of SYMBOLS from a service into the cache; exit 3 when one could not be had."""
    from impact.errors import InputError
    from impact.market.schemas import FAILURES
    from impact.market.sources import NOT_FATAL, SourceOptions, is_service, open_source, refusal

    if not is_service(source):
        raise InputError(f"--source {source!r} is no service; name yahoo or twelvedata, or give a vendor's address with {{symbol}}.")
    service = open_source(source, SourceOptions(offline=offline, cache=cache))
    result = service.fetch(list(symbols), start, end)
    lost = result.failures[~result.failures["kind"].isin(NOT_FATAL)]
    tables = {"failures": FAILURES.table(result.failures)}
    if result.panel is not None:
        tables = {"securities": dict(result.panel.summary().tables)["Securities"], **tables}
    document = Document(
        command="data.fetch",
        title=f"{len(set(symbols)) - len(lost)} of {len(set(symbols))} symbols from {start} to {end}",
        tables=tables,
        inputs={"symbols": list(symbols), "start": start, "end": end, "source": service.name, "offline": offline},
        assumptions=() if result.panel is None else result.panel.assumptions,
        sources=() if result.panel is None else result.panel.sources,
    )
    emit(document, format_=format_, output=output, table=table)
    if len(lost):
        tell(f"error: {refusal(service.name, lost, asked=len(set(symbols)))}")
        context.exit(3)


@command.command("quality")
@click.option("--prices", metavar="SOURCE", help="Look at these prices instead of the cache: 'bundled', a file or a folder.")
@cache_option
@output_options
@click.pass_context
def quality(context: click.Context, prices: str | None, cache: str | None, format_: str, output: str | None, table: str | None) -> None:
    """Doubtful figures: jumps, units, stale repeats, shifted dates, what was refused, what is damaged; exit 1 when a block is damaged."""
    from impact.market.quality import quality_of

    checked = quality_of(prices, cache=cache)
    document = Document(
        command="data.quality", title=checked.title, tables=dict(checked.tables), inputs={"prices": prices or "cache"}, notes=checked.notes
    )
    emit(document, format_=format_, output=output, table=table)
    context.exit(1 if checked.n_damaged else 0)


@command.command("clear")
@click.argument("symbols", nargs=-1)
@cache_option
def clear(symbols: tuple[str, ...], cache: str | None) -> None:
    """Remove SYMBOLS from the cache, or everything when none is named."""
    from impact.market.cache import PriceCache

    removed = PriceCache(path=cache).clear(list(symbols) or None)
    tell(f"removed {removed} symbols from the cache")
