"""Write the sessions of every venue as exchange_calendars states them: ``python -m impact.data.session_tables [--check]``.

The table depends on the installed version of exchange_calendars alone; ``--check`` compares and ends with 1 where it differs.
"""

from __future__ import annotations

import sys
import warnings

import pandas as pd

from impact.data.manifest import FOLDER, describe, refresh
from impact.venues import VENUES

__all__ = ["SPAN", "build", "record"]

SPAN = ("1995-01-01", "2039-12-31")
"""Sessions are stated for this span, clipped to what a record allows, so that no answer depends on the day it is asked."""
PATH = FOLDER / "sessions.csv"
COLUMNS = ["calendar", "year", "kind", "opens", "closes", "days"]


def record(calendar: str) -> tuple[pd.DataFrame, pd.DatetimeIndex, pd.Timestamp]:
    """Opens and closes (UTC) by session, the sessions that close early, and the last day on record."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pandas 3 deprecations inside exchange_calendars
        import exchange_calendars
        from exchange_calendars.calendar_utils import global_calendar_dispatcher

        factory = global_calendar_dispatcher._calendar_factories[calendar]
        start = max(pd.Timestamp(SPAN[0]), factory.bound_min() or pd.Timestamp.min)
        end = min(pd.Timestamp(SPAN[1]), factory.bound_max() or pd.Timestamp.max)
        built = exchange_calendars.get_calendar(calendar, start=start, end=end)
        return built.schedule[["open", "close"]], built.early_closes, end


def _rows(calendar: str, zone: str) -> list[tuple[str, int, str, str, str, str]]:
    """Rows of one calendar: its span, and for each year the usual hours, the weekdays without a session and the days that differ."""
    schedule, early, end = record(calendar)
    labels = schedule.index
    clock = pd.DataFrame(
        {
            name: [
                f"{minutes:.0f}" for minutes in (schedule[name].dt.tz_convert(zone).dt.tz_localize(None) - labels).dt.total_seconds() / 60
            ]
            for name in ("open", "close")
        },
        index=labels,
    )
    rows = [(calendar, 0, "span", "", "", f"{labels[0]:%Y-%m-%d} {labels[-1]:%Y-%m-%d} {end:%Y-%m-%d}")]
    weekdays = pd.bdate_range(labels[0], labels[-1])
    for year in sorted(set(labels.year)):
        own, business = clock[labels.year == year], weekdays[weekdays.year == year]
        hours = own.value_counts(sort=True).index[0]
        kinds = {
            ("closed", "", ""): business.difference(own.index),
            ("weekend", "", ""): own.index[own.index.weekday > 4],
            ("early", "", ""): early[early.year == year],
        }
        kinds |= {("hours", *pair): rows.index for pair, rows in own.groupby(["open", "close"]) if tuple(pair) != tuple(hours)}
        rows.append((calendar, int(year), "usual", hours[0], hours[1], ""))
        rows += [(calendar, int(year), *kind, " ".join(f"{day:%m%d}" for day in days)) for kind, days in sorted(kinds.items()) if len(days)]
    return rows


def build() -> pd.DataFrame:
    """The whole table, as text."""
    zones = {venue.calendar: venue.zone for venue in VENUES.values() if venue.calendar}
    rows = [row for calendar, zone in sorted(zones.items()) for row in _rows(calendar, zone)]
    return pd.DataFrame(rows, columns=COLUMNS).astype(str)


def main() -> int:
    """Write the table, or with ``--check`` compare it."""
    text = build().to_csv(index=False, lineterminator="\n")
    if "--check" in sys.argv[1:]:
        same = PATH.read_text(encoding="utf-8") == text
        sys.stderr.write("" if same else "error: sessions.csv differs from the installed exchange_calendars; run without --check.\n")
        return 0 if same else 1
    from importlib.metadata import version

    PATH.write_text(text, encoding="utf-8")
    what = "sessions of every venue with a calendar, 1995 to 2039: hours (minutes from local midnight), closed, weekend and short days"
    source = f"exchange_calendars {version('exchange_calendars')} (Apache-2.0), read by impact.data.session_tables"
    describe([("sessions.csv", what, source, "2026-11-27", "facts: days and hours of trade as published by the exchanges")])
    refresh()
    return 0


if __name__ == "__main__":
    sys.exit(main())
