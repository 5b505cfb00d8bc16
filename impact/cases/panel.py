"""The prices of a case: what its source holds of the lines it needs, cut at what was known at an instant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import VENUES, parse_instant, venue_of
from impact.cases.benchmarks import venue_currency, yahoo_symbol
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.line_sessions import LineSessions
from impact.errors import DataUnavailable, InputError
from impact.facts import known_table
from impact.identifiers import normalise_ticker
from impact.intake.currencies import currency_of
from impact.market import MarketPanel, load_panel
from impact.market.sources import SourceOptions, is_service, open_source
from impact.venue_hours import special_sessions

__all__ = ["check_currency", "currency_of_line", "known_prices", "load_case_prices", "special_sessions_left_out"]

FILE_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq")


def known_prices(panel: MarketPanel, security: str, as_of: AsOf) -> MarketPanel:
    """The panel up to the last session of the venue of `security` that had closed at `as_of`: the one place where prices are cut.

    Raises
    ------
    InputError
        If `as_of` has no zone.
    DataUnavailable
        If no session had closed by then.
    """
    if as_of is None:
        return panel
    last = LineSessions.of(security, venue_of(security), panel).last_closed(parse_instant(as_of))
    return panel.known_at(as_of).select(end=min(last, panel.sessions[-1]))


def load_case_prices(definition: CaseDefinition, source: str | Path | MarketPanel, *, offline: bool) -> MarketPanel:
    """The security, its market and those peers that the source has, on the sessions of the security's venue.

    Raises
    ------
    DataUnavailable
        If the security cannot be had, or the benchmark of a case that ships, or the prices do not touch the span of the case.
    """
    needed = [definition.security, definition.market]
    peers = list(dict.fromkeys((*definition.peers, *definition.technology_peers)))
    if isinstance(source, MarketPanel):
        panel = _within(source, definition, "the panel given")
    elif is_service(source):
        panel = _fetched(str(source), needed, peers, definition, offline=offline)
    else:
        panel = _within(_from_files(source, definition, [*needed, *peers, *_listed_and_watched()]), definition, str(source))
        if source == "bundled" and definition.security in panel.securities:
            kept = [*panel.beside(definition.security).securities, *needed, *peers]
            panel = panel.select([name for name in dict.fromkeys(kept) if name in panel.securities])
    _require(definition, panel, needed, source)
    own = LineSessions.of(definition.security, venue_of(definition.security), panel).between(panel.sessions[0], panel.sessions[-1])
    panel = panel.on_sessions(own.difference(special_sessions_left_out(definition, panel)))
    return _without_index_volume(_in_currency(panel, definition), definition.market)


def special_sessions_left_out(definition: CaseDefinition, panel: MarketPanel) -> pd.DatetimeIndex:
    """Special sessions (a Saturday, a festival evening) on which neither the line nor its benchmark has a close, as in many records."""
    special = special_sessions(VENUES[venue_of(definition.security)])
    special = special[(special >= panel.sessions[0]) & (special <= panel.sessions[-1])]
    lines = [name for name in (definition.security, definition.market) if name in panel.securities]
    return special.difference(pd.DatetimeIndex(panel.close.index[panel.close[lines].notna().any(axis=1)]))


def _from_files(source: str | Path, definition: CaseDefinition, wanted: list[str]) -> MarketPanel:
    """The tables that ship, or the user's own files: a file of one security that names none is that of the line."""
    own = definition.benchmark_prices if source == definition.prices else None
    decimal, days = definition.decimal or None, definition.date_format or None
    if own is None:
        panel = load_panel(source, _files_of(source, wanted), decimal=decimal, date_format=days)
        if (
            source == "bundled" and definition.line_on_record != definition.security
        ):  # its closes are of the issuer that had the code before
            return panel.select([name for name in panel.securities if name != definition.security])
        if source == "bundled" or Path(source).is_dir() or len(panel.securities) > 1 or _names_a_line(panel.securities[0]):
            return panel
    elif not Path(source).is_file():
        raise InputError(
            f"case={definition.case!r} gives benchmark_prices beside prices={str(source)!r}, which is no file of one line; put the file of the "
            f"benchmark into that folder as {definition.market}.csv, or give a file of the line as prices."
        )
    files = {definition.security: source} | ({} if own is None else {definition.market: own})
    panel = load_panel(files, decimal=decimal, date_format=days)
    told = tuple(f"{security} is read from the file {Path(path).name}." for security, path in files.items())
    return replace(panel, read_as=(*told, *panel.read_as))


def _names_a_line(text: str) -> bool:
    """Whether the name of a file or column is a line or an index by itself, so that it cannot be taken for another."""
    if text.startswith("^") or (text.isalpha() and text.isupper()):
        return True
    line = normalise_ticker(text)
    return line is not None and bool(line.yahoo)


def _within(panel: MarketPanel, definition: CaseDefinition, name: str) -> MarketPanel:
    """The part of the panel that lies in the span of the case; a case that states no span takes all there is."""
    if not definition.prices_from and not definition.prices_to:
        return panel
    starts = pd.Timestamp(definition.prices_from or panel.sessions[0])
    ends = pd.Timestamp(definition.prices_to or panel.sessions[-1])
    if panel.sessions[-1] < starts or panel.sessions[0] > ends:
        raise DataUnavailable(
            f"case={definition.case!r} needs prices from {starts:%Y-%m-%d} to {ends:%Y-%m-%d}, source={name!r} runs from "
            f"{panel.sessions[0]:%Y-%m-%d} to {panel.sessions[-1]:%Y-%m-%d}; pass --source yahoo, or --source DIR with files that cover it."
        )
    return panel.select(start=starts, end=ends)


def _require(definition: CaseDefinition, panel: MarketPanel, needed: list[str], source: str | Path | MarketPanel) -> None:
    """Refuse a panel without the line. A case that a user states does without its benchmark: what asks for it says so."""
    wanted = needed[:1] if definition.is_stated else needed
    missing = [name for name in wanted if name not in panel.securities]
    if missing:
        named = "the panel given" if isinstance(source, MarketPanel) else str(source)
        raise DataUnavailable(
            f"case={definition.case!r} needs prices of {', '.join(missing)}, which source={named!r} does not hold; "
            f"pass --source yahoo, or --source DIR with a file for each of {', '.join(filter(None, needed))}."
        )


def _in_currency(panel: MarketPanel, definition: CaseDefinition) -> MarketPanel:
    """The panel with the currency of the line: as the case states, else as the prices say, else that of its venue."""
    check_currency(panel, definition)
    line = definition.security
    currency = currency_of_line(definition, panel)
    if currency == panel.currency[line]:
        return panel
    return replace(panel, currency=panel.currency.mask(panel.currency.index == line, currency))


def currency_of_line(definition: CaseDefinition, panel: MarketPanel | None) -> str:
    """The currency of the closes of a case's line: as the case states, else as its prices say, else that of its venue; empty where none tells it."""
    line = definition.security
    told = "" if panel is None or line not in panel.securities else str(panel.currency[line])
    return definition.currency or told or venue_currency(venue_of(line))


def check_currency(panel: MarketPanel, definition: CaseDefinition) -> None:
    """Refuse prices that state another currency than the case: closes of one counted as the other are wrong by the rate.

    Raises
    ------
    InputError
        If the prices of the line state another currency, or its hundredth, than the case does.
    """
    line = definition.security
    told = str(panel.currency[line]) if line in panel.securities else ""
    if not told or not definition.currency or currency_of(told) == currency_of(definition.currency):
        return
    raise InputError(
        f"case={definition.case!r} states currency={definition.currency!r}, and its prices of {line} are in {told!r}; state the currency of the "
        "prices (with rates = { USD = ... } where no rate is bundled), or give prices in the currency of the case."
    )


def _without_index_volume(panel: MarketPanel, market: str) -> MarketPanel:
    """The panel in which a benchmark that never trades (an index, whose files print a volume of zero) has no volume."""
    if panel.volume is None or market not in panel.volume or (panel.volume[market] > 0).any():
        return panel
    return replace(panel, volume=panel.volume.assign(**{market: float("nan")}))


def _files_of(source: str | Path, securities: list[str]) -> list[str] | None:
    """Those securities that have a file of their own in a folder; None where the source is no such folder."""
    folder = Path(source)
    if source == "bundled" or not folder.is_dir():
        return None
    named = {path.name for path in folder.iterdir()}
    return [name for name in dict.fromkeys(securities) if any(f"{name}{ending}" in named for ending in FILE_ENDINGS)] or None


def _listed_and_watched() -> list[str]:
    """Lines of other listed, rumoured and control names: what spillover looks at, where a folder holds them."""
    listed = known_table("designations")["security"]
    return [name for name in dict.fromkeys([*read_bundled("securities")["security"], *listed]) if name]


def _fetched(source: str, needed: list[str], peers: list[str], definition: CaseDefinition, *, offline: bool) -> MarketPanel:
    """Prices from a service: without the needed ones there is no case; a peer that cannot be had is left out."""
    span = (definition.prices_from or None, definition.prices_to or None)
    needed = [yahoo_symbol(name) for name in needed if name]
    needed_panel = load_panel(source, needed, *span, offline=offline)
    everything = open_source(source, SourceOptions(offline=offline)).fetch([*needed, *peers], *span).panel if peers else None
    return needed_panel if everything is None else everything
