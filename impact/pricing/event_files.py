"""The event library with a user's files: events of one's own, and returns from one's own prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from impact.errors import InputError
from impact.intake.named_columns import read_named_columns
from impact.market import load_panel
from impact.pricing.event_returns import event_returns_of
from impact.pricing.event_schema import checked
from impact.pricing.library import EventLibrary, event_library
from impact.provenance import Source, unique_sources
from impact.tables import Column, Schema
from impact.venues import venue_of

__all__ = ["REBUILT", "library_with_files", "rebuilt_returns"]

REBUILT = Schema(
    "rebuilt_returns",
    (
        Column("event_id"),
        Column("status", "code"),
        Column("car_0_1", "return", about="from the prices given"),
        Column("se_0_1", "return_size"),
        Column("library_car_0_1", "return", about="of the library"),
        Column("difference", "return"),
        Column("reason"),
    ),
    about="an event whose line the prices hold",
)


def library_with_files(
    *, add: str | Path | None = None, prices: str | Path | None = None, market: str | Mapping[str, str] | None = None
) -> tuple[EventLibrary, pd.DataFrame]:
    """The shipped library, with a user's events, and with returns from a user's prices.

    Parameters
    ----------
    add : path, optional
        CSV of list events; their returns come from `prices`, or from columns car_0_1, se_0_1 and status of the file itself.
    prices : path, "bundled" or "yahoo", optional
        Prices from which the returns of every event whose line they hold are computed anew.
    market : str or mapping of venue to str, optional
        Benchmark in `prices`, needed with them: one name where all lines trade on one venue, else one for each venue, such
        as ``{"XHKG": "HSI"}``; events of a venue without one keep the numbers of the library.

    Returns
    -------
    library : EventLibrary
    rebuilt : DataFrame
        One row an event that was computed anew: event_id, status, car_0_1, se_0_1, library_car_0_1, difference, reason. Empty without
        `prices`.

    Raises
    ------
    InputError
        If a file cannot be read, the benchmark is missing, or an event breaks a rule of the library.
    """
    own = None if add is None else _read(add)
    if own is not None:
        checked("designation_events", own)
    if prices is None and market is not None:
        raise InputError(f"market={market!r} is a benchmark of prices, and no prices are given: name them (--prices), or leave it out.")
    if prices is None:
        shipped = event_library()
        if own is None:
            return shipped, _comparison(pd.DataFrame(), shipped)
        absent = [name for name in ("car_0_1", "se_0_1") if name not in own.columns]
        if absent:
            raise InputError(
                f"{add} has no {' and no '.join(absent)}, and no prices are given to compute them: give --prices and --market."
            )
        return shipped.with_events(own, own.assign(status=own.get("status", pd.Series("ok", index=own.index)))), _comparison(
            pd.DataFrame(), shipped
        )
    if market is None:
        raise InputError("market=None; an abnormal return needs a benchmark that the prices hold: name it, such as HSI.")
    panel = load_panel(prices)
    shipped = event_library()
    rows = shipped.designations[shipped.designations["security"].isin(panel.securities)]
    lines = [*rows["security"], *([] if own is None else own["security"])]
    venues = sorted({venue_of(str(line)) for line in lines})
    if isinstance(market, str) and len(venues) > 1:
        raise InputError(
            f"market={market!r} is one benchmark for lines on {len(venues)} venues ({', '.join(venues)}); an index of one market does not"
            f" explain another: name one for each venue that matters, such as {venues[0]}={market}."
        )
    anew = event_returns_of(rows, panel, market=market)
    library = rebuilt_returns(shipped, anew, panel.sources)
    if own is not None:
        library = library.with_events(own, event_returns_of(own.astype(str), panel, market=market))
    return library, _comparison(anew, shipped)


def rebuilt_returns(library: EventLibrary, anew: pd.DataFrame, sources: tuple[Source, ...] = ()) -> EventLibrary:
    """The library with the numbers of `anew` in place of its own where `anew` has a return."""
    usable = anew[anew["status"] == "ok"].set_index("event_id") if len(anew) else pd.DataFrame()
    if usable.empty:
        return library
    table = library.designations.set_index("event_id")
    columns = [name for name in usable.columns if name in table.columns and name not in ("security", "status")]
    for name in columns:
        table.loc[usable.index, name] = usable[name].to_numpy()
    table.loc[usable.index, "status"] = "ok"
    fitted = (table["event_class"] != "") & (table["name_level"] != "parent") & (table["status"] == "ok") & table["date_cluster"].notna()
    rivals = table[fitted].sort_values("primary_sample", ascending=False, kind="stable")
    chosen = rivals[~rivals.duplicated(["security", "first_session"])].index
    table["primary_sample"] = table.index.isin(chosen)
    return replace(
        library,
        designations=table.reset_index(),
        sources=unique_sources(library.sources, sources),
        assumptions=(*library.assumptions, f"The returns of {len(usable)} events are computed anew from the prices given."),
    )


def _comparison(anew: pd.DataFrame, shipped: EventLibrary) -> pd.DataFrame:
    columns = ["event_id", "status", "car_0_1", "se_0_1", "library_car_0_1", "difference", "reason"]
    if anew.empty:
        return pd.DataFrame(columns=columns)
    known = shipped.designations[["event_id", "car_0_1"]].rename(columns={"car_0_1": "library_car_0_1"})
    table = anew.merge(known, on="event_id", how="left")
    return table.assign(difference=table["car_0_1"] - table["library_car_0_1"])[columns]


def _read(path: str | Path) -> pd.DataFrame:
    return read_named_columns(path, "events").reset_index(drop=True)
