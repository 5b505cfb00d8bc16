"""The first sessions that could react to a listing of which only the day is on record, in both readings."""

from __future__ import annotations

from collections.abc import Iterable

from impact.reaction_readings import reaction_readings
from impact.rules.records import Listing
from impact.venues import VENUES, venue_of

__all__ = ["first_public_sessions"]


def first_public_sessions(listings: Iterable[Listing], lines: Iterable[str]) -> tuple[str, ...]:
    """Of each listing of which the hour is not on record, both readings of the first session of each line to react, in words."""
    told = []
    for listing in dict.fromkeys(listings):
        if listing.precision not in ("day", "span") or listing.kind != "listed":
            continue
        readings = {
            line: reaction_readings(listing.listed_at, listing.precision, venue_of(line))
            for line in lines
            if line in listing.lines and VENUES[venue_of(line)].calendar
        }
        if not any(reading.differ for reading in readings.values()):
            continue
        sessions_told = ", ".join(
            f"{line} {f'{reading.earliest.session:%Y-%m-%d} or ' if reading.earliest and reading.differ else ''}{reading.latest.session:%Y-%m-%d}"
            for line, reading in readings.items()
        )
        told.append(f"The hour of the listing of {listing.entity} is not on record; first session that could react: {sessions_told}.")
    return tuple(told)
