"""Both readings of the first session that can react to an act of which only the day, or about the hour, is on record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from impact.calendars import Reaction, first_session_to_react, parse_instant
from impact.errors import InputError
from impact.typing_ import Instant

__all__ = ["PRECISIONS", "ReactionReadings", "reaction_readings"]

PRECISIONS = ("minute", "hour", "session", "day", "span")
"""How exactly an instant is on record (``known_at_precision``)."""

_HALF_HOUR, _FIRST_PUBLISHED = pd.Timedelta(minutes=30), pd.Timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class ReactionReadings:
    """The sessions of one venue that may have been the first to react to an act of which the hour is not on record.

    Attributes
    ----------
    earliest : Reaction or None
        Read as early in the day as acts are published; None where not even the day is on record.
    latest : Reaction
        Read as late as the record allows, as everything that must not know too much reads it.
    """

    earliest: Reaction | None
    latest: Reaction

    @property
    def differ(self) -> bool:
        """Whether the readings are two sessions, or the first is not known."""
        return self.earliest is None or self.earliest.session != self.latest.session


def reaction_readings(instant: Instant, precision: str, venue: str, *, zone: str = "America/New_York") -> ReactionReadings:
    """Both readings of the first session that can react to an act, by how exactly its instant is on record.

    Parameters
    ----------
    instant : zoned instant
        When it counts as known: with precision ``day`` the last second of that day.
    precision : {"minute", "hour", "session", "day", "span"}
        Precision of the record (``known_at_precision``). ``hour`` is half an hour either way; ``day`` any time from 06:00 of that day,
        before which no list is published (the Federal Register opens for inspection at 08:45); of a ``span`` the first day is not known.
    venue : str
        Market identifier code.
    zone : str
        Zone of the place where it was announced.

    Examples
    --------
    >>> act = ("2025-01-06T23:59:59-05:00", "day")
    >>> [f"{reading.session:%Y-%m-%d}" for venue in ("XNYS", "XHKG") for reading in vars(reaction_readings(*act, venue)).values()]
    ['2025-01-06', '2025-01-07', '2025-01-07', '2025-01-07']
    """
    if precision not in PRECISIONS:
        raise InputError(f"precision={precision!r} is unknown; choose one of: {', '.join(PRECISIONS)}.")
    return _readings(parse_instant(instant, parameter="instant"), precision, venue, zone)


@lru_cache(maxsize=1 << 12)
def _readings(moment: pd.Timestamp, precision: str, venue: str, zone: str) -> ReactionReadings:
    latest = first_session_to_react(moment + _HALF_HOUR if precision == "hour" else moment, venue)
    if precision == "span":
        return ReactionReadings(earliest=None, latest=latest)
    begins = {"hour": moment - _HALF_HOUR, "day": moment.tz_convert(zone).normalize() + _FIRST_PUBLISHED}.get(precision)
    earliest = latest if begins is None else first_session_to_react(min(begins, moment), venue)
    return ReactionReadings(earliest=earliest, latest=latest)
