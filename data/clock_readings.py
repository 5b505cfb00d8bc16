"""When a dated fact became known: each wording of the fact base read as a span of days and one zoned instant.

The fact base gives days and hours in words ("Fri, wire 09:56 UTC", "late Wed US"). Every wording is listed here once, with
how it is read; a wording that is not listed stops the build, so that nothing is guessed in silence. The rules, from the
most exact to the least:

``clock``
    the text states the minute: that minute (precision ``minute``; ``hour`` when it says "about").
``session``
    the text places the announcement in or after a session: the end of that session where it was announced, that is 16:00
    in New York, 16:10 in Hong Kong (end of the closing auction), 12:00 for a morning.
``day``
    only the day is stated: the last second of that day where it was announced.
``span``
    only a span of days, a month or a year is stated: the last second of its last day.
``published``
    a holding or a weight: the last second of the day (or month) that its source bears, since its own date is not public.
``built``
    no date at all: the day on which the fact base was built.

All but the first err on the late side on purpose: a view of what was known must never hold what was not.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

__all__ = ["BUILT_ON", "HONG_KONG", "LONDON", "NEW_YORK", "SHANGHAI", "Known", "days_of", "end_of_day", "read_known"]

NEW_YORK, HONG_KONG, LONDON, SHANGHAI = "America/New_York", "Asia/Hong_Kong", "Europe/London", "Asia/Shanghai"
BUILT_ON = date(2026, 11, 27)

# Clock and zone of a wording, on the last day that the date gives.
CLOCKS: dict[str, tuple[str, str, str]] = {
    "16:59 EST Friday = 05:59 HKT Saturday 13 Mar": ("16:59", NEW_YORK, "minute"),
    "16:09 US Eastern (company said EST; EDT in force) = 04:09 HKT 26 May": ("16:09", NEW_YORK, "minute"),
    "18:42 EDT report": ("18:42", NEW_YORK, "minute"),
    "04:00 EST": ("04:00", NEW_YORK, "minute"),
    "Fri, wire 09:56 UTC = 17:56 HKT, after HK close": ("17:56", HONG_KONG, "minute"),
    "as above": ("17:56", HONG_KONG, "minute"),
    "wire 01:17 UTC 25 May = 09:17 HKT (before HK open)": ("09:17", HONG_KONG, "minute"),
    "after US close (Fri)": ("16:00", NEW_YORK, "session"),
    "after US close": ("16:00", NEW_YORK, "session"),
    "after US close (stock closed 1.48; release 6 May)": ("16:00", NEW_YORK, "session"),
    "US morning (HK night)": ("12:00", NEW_YORK, "session"),
    "HK morning": ("12:00", HONG_KONG, "session"),
    "Fri after HK close": ("16:10", HONG_KONG, "session"),
}

# Wordings whose instant falls on another day than the date column says.
INSTANTS: dict[str, tuple[str, str]] = {
    "2020-12-30 21:44 GMT": ("2020-12-30T21:44:00+00:00", "minute"),
    "Thu, about 00:46 UTC 8 Jan in wire": ("2021-01-08T00:46:00+00:00", "hour"),
    "US evening = HK morning 8 Jan (wire 02:22 UTC)": ("2021-01-08T02:22:00+00:00", "minute"),
    "US evening; HKEJ 2021-03-13 10:23 HKT": ("2021-03-13T10:23:00+08:00", "minute"),
    "US time (Tuesday); Bloomberg broke it in HK afternoon of 12 May": ("2021-05-12T13:00:00+08:00", "session"),
    # Hong Kong opened on the news of the listing, and traded on it before the issuer asked for a halt.
    "2020-12-03 (US Thu; leaked by Reuters 2020-11-29)": ("2020-12-04T09:30:00+08:00", "session"),
    "2021-01-14 (US Thu, after HK close)": ("2021-01-14T16:00:00-05:00", "session"),
    "2021-01-14 (US Thu, after HK close); relisted 2021-03-09": ("2021-01-14T16:00:00-05:00", "session"),
    "2025-01-07 (public inspection 2025-01-06 US)": ("2025-01-06T16:00:00-05:00", "session"),
    "2020-06-12 (letter; public 2020-06-24)": ("2020-06-24T23:59:59-04:00", "day"),
    "US: signed 13 Dec, public inspection 17 Dec, FR 18 Dec": ("2024-12-17T23:59:59-05:00", "day"),
    "2024-12-13 (public 2024-12-17)": ("2024-12-17T23:59:59-05:00", "day"),
    "first published list dated 2020-06-12 (public 2020-06-24)": ("2020-06-24T23:59:59-04:00", "day"),
}

# Wordings that add no hour to the day; the value replaces the place of the announcement where the text names another.
DAY_ONLY: dict[str, str | None] = {
    "": None,
    "US": NEW_YORK,
    "Thu": None,
    "Tue US": NEW_YORK,
    "late Wed US": NEW_YORK,
    "Mon, London": LONDON,
    "Mon (SHANGHAI dateline)": SHANGHAI,
    "update due 17:00 GMT": LONDON,
    "US; HK reaction 22 Jan": NEW_YORK,
    "note to clients (HK 18 Nov)": NEW_YORK,
    "evening US (after HK last session of 2020)": NEW_YORK,
    "late evening US (HK morning 5 Jan)": NEW_YORK,
    "US time (Friday)": NEW_YORK,
    "US (company release reported 15 Jun)": NEW_YORK,
    "US weekend": NEW_YORK,
}

# Dates in words that no pattern below reads.
SPANS: dict[str, tuple[str, str]] = {
    "2020-12 to 2021-01": ("2020-12-01", "2021-01-31"),
    "2024-10 (second half; reported 22-25 Oct)": ("2024-10-16", "2024-10-25"),
    "2022 WP / 2024-25 JF": ("2022-01-01", "2025-12-31"),
    "2021 WP (2025 JFE)": ("2021-01-01", "2025-12-31"),
    "2021-03 (early; day not found)": ("2021-03-01", "2021-03-10"),  # early: the first ten days
    "about 2022": ("2022-01-01", "2022-12-31"),
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """First and last day that a wording allows, the instant from which the fact counts as known, and the rule that gave it."""

    first_on: str
    last_on: str
    known_at: str
    precision: str
    rule: str


def end_of_day(day: date | str, zone: str) -> str:
    """The last second of `day` in `zone`, as an ISO instant with its offset."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).isoformat()


def days_of(text: str) -> tuple[str, str] | None:
    """First and last day of a date in words; None when the text holds no date that can be read.

    ``2021-01-20/21`` and ``2020-12-31/2021-01-01`` are spans, ``2021-05`` is a month, ``2021`` a year; a remark in brackets
    or after a semicolon is left out.
    """
    if text in SPANS:
        return SPANS[text]
    plain = re.split(r"\s*[(;,]", text, maxsplit=1)[0].strip()
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)(?: \d\d:\d\d \w+| signed)?", plain):
        return match[1], match[1]
    if match := re.fullmatch(r"(\d{4}-\d\d-)(\d\d)/(\d\d)", plain):
        return match[1] + match[2], match[1] + match[3]
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:/| to )(\d{4}-\d\d-\d\d)", plain):
        return match[1], match[2]
    if match := re.fullmatch(r"(\d{4})-(\d\d)", plain):
        return f"{plain}-01", f"{plain}-{calendar.monthrange(int(match[1]), int(match[2]))[1]}"
    if re.fullmatch(r"\d{4}", plain):
        return f"{plain}-01-01", f"{plain}-12-31"
    return None


def read_known(day_text: str, hour_text: str, zone: str) -> Known:
    """Read a day and an hour in words as the instant from which the fact counts as known.

    Parameters
    ----------
    day_text, hour_text : str
        The cells of the fact base; `hour_text` is empty where it has none.
    zone : str
        Place of the announcement, used where the text names no other.

    Raises
    ------
    ValueError
        If the wording is not one of those listed above.
    """
    days = days_of(day_text)
    first, last = days or ("", "")
    for text in (hour_text, day_text):
        if text in INSTANTS:
            instant, precision = INSTANTS[text]
            return Known(first_on=first, last_on=last, known_at=instant, precision=precision, rule=_rule(precision))
    if hour_text in CLOCKS and days:
        clock, clock_zone, precision = CLOCKS[hour_text]
        instant = datetime.combine(date.fromisoformat(last), time.fromisoformat(clock), ZoneInfo(clock_zone)).isoformat()
        return Known(first_on=first, last_on=last, known_at=instant, precision=precision, rule=_rule(precision))
    if hour_text not in DAY_ONLY:
        raise ValueError(f"hour text {hour_text!r} is not a listed wording: add it to CLOCKS, INSTANTS or DAY_ONLY.")
    if days is None:
        if day_text:
            raise ValueError(f"day text {day_text!r} is not a listed wording: add it to SPANS.")
        return Known(first_on="", last_on="", known_at=end_of_day(BUILT_ON, "UTC"), precision="day", rule="built")
    place = DAY_ONLY[hour_text] or zone
    rule = "day" if first == last else "span"
    return Known(first_on=first, last_on=last, known_at=end_of_day(last, place), precision=_span_name(first, last), rule=rule)


def _rule(precision: str) -> str:
    return precision if precision in ("day", "session") else "clock"


def _span_name(first: str, last: str) -> str:
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    return "day" if days <= 7 else "month" if days <= 62 else "year"
