"""The prices of a case: what its source holds of the lines it needs, cut at what was known at an instant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import last_closed_session, sessions, venue_of
from impact.cases.definition import AsOf, CaseDefinition
from impact.errors import DataUnavailable
from impact.facts import known_table
from impact.market import MarketPanel, load_panel
from impact.market.sources import yahoo_source

__all__ = ["known_prices", "load_case_prices"]

FILE_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq")


def known_prices(panel: MarketPanel, venue: str, as_of: AsOf) -> MarketPanel:
    """The panel up to the last session of `venue` that had closed at `as_of`: the one place where prices are cut.

    Raises
    ------
    InputError
        If no session had closed by then, or `as_of` has no zone.
    """
    if as_of is None:
        return panel
    return panel.known_at(as_of).select(end=min(last_closed_session(venue, as_of), panel.sessions[-1]))


def load_case_prices(definition: CaseDefinition, source: str | Path, *, offline: bool) -> MarketPanel:
    """The security, its market and those peers that the source has, on the sessions of the security's venue.

    Raises
    ------
    DataUnavailable
        If the security or its benchmark cannot be had, or the prices do not touch the span of the case.
    """
    needed = [definition.security, definition.market]
    peers = list(dict.fromkeys((*definition.peers, *definition.technology_peers)))
    if source == "yahoo":
        panel = _fetched(needed, peers, definition, offline=offline)
    else:
        panel = load_panel(source, _files_of(source, [*needed, *peers, *_listed_and_watched()]))
        if panel.sessions[-1] < pd.Timestamp(definition.prices_from) or panel.sessions[0] > pd.Timestamp(definition.prices_to):
            raise DataUnavailable(
                f"case={definition.case!r} needs prices from {definition.prices_from} to {definition.prices_to}, source={str(source)!r} runs from "
                f"{panel.sessions[0]:%Y-%m-%d} to {panel.sessions[-1]:%Y-%m-%d}; pass --source yahoo, or --source DIR with files that cover it."
            )
        if source == "bundled" and definition.security in panel.securities:
            kept = [*panel.beside(definition.security).securities, *needed, *peers]
            panel = panel.select([name for name in dict.fromkeys(kept) if name in panel.securities])
        panel = panel.select(start=definition.prices_from, end=definition.prices_to)
        missing = [name for name in needed if name not in panel.securities]
        if missing:
            raise DataUnavailable(
                f"case={definition.case!r} needs prices of {', '.join(missing)}, which source={str(source)!r} does not hold; "
                f"pass --source yahoo, or --source DIR with a file for each of {', '.join(needed)}."
            )
    return panel.on_sessions(sessions(venue_of(definition.security), panel.sessions[0], panel.sessions[-1]))


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


def _fetched(needed: list[str], peers: list[str], definition: CaseDefinition, *, offline: bool) -> MarketPanel:
    """Prices from Yahoo: without the needed ones there is no case; a peer that cannot be had is left out."""
    span = (definition.prices_from, definition.prices_to)
    needed_panel = load_panel("yahoo", needed, *span, offline=offline)
    everything = yahoo_source(offline=offline, cache=None).fetch([*needed, *peers], *span).panel if peers else None
    return needed_panel if everything is None else everything
