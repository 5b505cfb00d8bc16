"""Days as files of daily figures write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.dates import parse_date

__all__ = ["DaysRead", "looks_like_date", "read_dates", "read_days", "refuse_day_before_month", "refuse_wrong_weekday"]

# What a date may look like, and how to read it. Those without a format are told apart by their values, or name their month.
DATE_FORMATS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00(?:\.0+)?)?(?:[+-]\d{2}:?\d{2}|Z| ?UTC| ?GMT)?)?"), "%Y-%m-%d"),
    (re.compile(r"\d{8}"), "%Y%m%d"),
    (re.compile(r"\d{4}/\d{1,2}/\d{1,2}"), "%Y/%m/%d"),
    (re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}"), "%Y.%m.%d"),
    (re.compile(r"\d{4}年\d{1,2}月\d{1,2}日"), "%Y年%m月%d日"),
    (re.compile(r"\d{4}년 \d{1,2}월 \d{1,2}일"), "%Y년 %m월 %d일"),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "%d.%m.%Y"),
    (re.compile(r"\d{1,2}([/-])\d{1,2}\1\d{4}"), "either"),
    (re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}"), "short"),
    (re.compile(r"1\d{2}/\d{1,2}/\d{1,2}|1\d{2}年\d{1,2}月\d{1,2}日"), "minguo"),
    (
        re.compile(
            r"(?:[^\W\d_]{2,9}\.?,? )?(?:\d{1,2}(?:[-/. ]{1,2}| de )[^\W\d_]{3,12}\.?(?:[-/., ]{1,2}| de )(?:\d{4}|'?\d{2})"
            r"|[^\W\d_]{3,12}\.?[ -]\d{1,2},?[ -]\d{4})"
        ),
        "named",
    ),
)
# Whole numbers that stand for days in a column of them, and look like any other number.
NUMBERED = (
    (re.compile(r"[2-7]\d{4}"), "serial"),
    (re.compile(r"\d{9,10}(?:\d{3}|\d{9})?"), "epoch"),
)
_YEAR_FIRST = r"^\d{4}([-/.])(\d{1,2})\1(\d{1,2})(?!\d)"
_WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s", re.IGNORECASE)
_SPACED_MARK = re.compile(r"(?<=\d)\s*([-/.])\s+(?=\d)")
_WHOLE = re.compile(r"^(\d{5,})\.0$")
_CLOCK = re.compile(r"(?<=\d)(?:T|,? )(?!00:00)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?$", re.IGNORECASE)
_ZONED_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2})$")
SUNDAY = 6
MONTH = pd.Timedelta(days=31)
"""Between two rows of daily figures there is less."""
MINGUO = 1911
"""Years before the first one of the Republic of China, in which its exchanges count."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DaysRead:
    """Dates at midnight (datetime64[ns]; NaT where a cell does not have the format of the others), what is to be said of them, and which had a time of day."""

    dates: pd.Series
    notes: tuple[str, ...] = ()
    timed: pd.Series | None = None


def read_dates(cells: pd.Series, name: str) -> pd.Series:
    """The dates of :func:`read_days`, by what the cells tell alone; days of events, whose times of day and bare numbers are none."""
    return _read_days(cells, name, None, of_rows=False).dates


def read_days(cells: pd.Series, name: str, date_format: str | None = None) -> DaysRead:
    """Dates, read as most of the cells tell; as stated where they leave day and month open, or where that reads as many of them.

    The time of day at which a row was closed is left out, which is said; whether the days are those of another zone by it, the lines on
    them tell (:mod:`impact.market.times_of_day`).

    Raises
    ------
    InputError
        If no cell is a date, or day and month cannot be told apart and `date_format` is not given.
    """
    return _read_days(cells, name, date_format, of_rows=True)


def _read_days(cells: pd.Series, name: str, date_format: str | None, *, of_rows: bool) -> DaysRead:
    if pd.api.types.is_datetime64_any_dtype(cells):
        zone_free = cells.dt.tz_localize(None) if isinstance(cells.dtype, pd.DatetimeTZDtype) else cells
        return DaysRead(dates=zone_free.astype("datetime64[ns]"))
    text = cells.astype(str).str.strip()
    if date_format is not None and "%z" in date_format.lower():
        raise InputError(
            f"date_format={date_format!r} reads a zone, in which the days may be others than at the venue; write dates as YYYY-MM-DD."
        )
    if not len(text):
        return DaysRead(dates=pd.to_datetime(text).astype("datetime64[ns]"))
    if date_format is None:
        used, own = _as_told(text, name, of_rows=of_rows)
        read = own.dates
    else:
        used, read = date_format, _parsed(text, date_format)
        try:
            told, own = _as_told(text, name, of_rows=of_rows)
        except InputError:
            told, own = date_format, DaysRead(dates=read)
        if own.dates.notna().sum() > read.notna().sum():
            return replace(own, notes=own.notes + _contradiction(text, read, own.dates, date_format, told, name))
    if read.isna().all():
        raise InputError(f"{name}: no date can be read as {used!r} (first {text.iloc[0]!r}); name the format with date_format.")
    return own if date_format is None else _without_times(read, text, name)


def _as_told(text: pd.Series, name: str, *, of_rows: bool) -> tuple[str, DaysRead]:
    """The form of most of the days written, and all cells read by it."""
    codes, distinct = pd.factorize(text, use_na_sentinel=False)  # a long table writes each day once a security
    told, own = _distinct_as_told(pd.Series(distinct, dtype=text.dtype), name, of_rows=of_rows)
    dates = pd.Series(own.dates.to_numpy()[codes], index=text.index)
    timed = None if own.timed is None else pd.Series(own.timed.to_numpy()[codes], index=text.index)
    return told, DaysRead(dates=dates, notes=own.notes, timed=timed)


def _distinct_as_told(text: pd.Series, name: str, *, of_rows: bool) -> tuple[str, DaysRead]:
    plain = _plain(text)
    timed = plain.str.contains(_CLOCK, regex=True) if of_rows else pd.Series(False, index=text.index)
    if timed.any():
        plain = plain.where(~timed, plain.str.replace(_CLOCK, "", regex=True))
    told = _date_format(plain, name, numbered=of_rows)
    refuse_day_before_month(plain, name)
    notes: tuple[str, ...] = ()
    if told == "%Y-%m-%d":
        dates = _parsed(plain.where(plain.str.fullmatch(DATE_FORMATS[0][0]), "").str[:10], told)
    elif told == "minguo":
        dates, notes = _of_minguo(plain, name)
    elif told == "named":
        dates = _by_value(plain, _with_month_named)
        refuse_wrong_weekday(plain, dates, name)
    elif told == "serial":
        dates, notes = _serial_days(plain, name)
    elif told == "epoch":
        dates = _epoch_days(plain, name)
    else:
        dates = _parsed(plain.str.replace("-", "/") if "/" in told else plain, told)
    timed &= dates.notna()
    return told, DaysRead(dates=dates, notes=(*notes, *_times_left_out(text[timed], name)), timed=timed if timed.any() else None)


def _without_times(read: pd.Series, text: pd.Series, name: str) -> DaysRead:
    """Days as a stated format reads them, whose times of day are left out too."""
    timed = read.notna() & (read != read.dt.normalize())
    return DaysRead(dates=read.dt.normalize(), notes=_times_left_out(text[timed], name), timed=timed if timed.any() else None)


def _times_left_out(timed: pd.Series, name: str) -> tuple[str, ...]:
    return (f"{name}: its days bear times of day (first {timed.iloc[0]!r}), which are left out.",) if len(timed) else ()


def _plain(text: pd.Series) -> pd.Series:
    """Cells without blanks around the marks between figures (``2018. 1. 5.``), without a point at the end or the ``.0`` of a whole number."""
    return text.str.replace(_SPACED_MARK, r"\1", regex=True).str.rstrip(".").str.replace(_WHOLE, r"\1", regex=True)


def _by_value(text: pd.Series, read: Callable[[str], pd.Timestamp | None]) -> pd.Series:
    codes, distinct = pd.factorize(text)
    return pd.Series(pd.DatetimeIndex([read(cell) for cell in distinct]).take(codes), index=text.index).astype("datetime64[ns]")


def _with_month_named(cell: str) -> pd.Timestamp | None:
    """A day whose month is a word, so that two figures of its year are enough: ``05-Jan-18``; a name of the weekday may stand before it."""
    return parse_date(cell.replace("'", "")) if DATE_FORMATS[-1][0].fullmatch(cell) else None


def _of_minguo(text: pd.Series, name: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Days with a year of the Republic of China, and that they are read so."""
    parts = text.str.extract(r"^(1\d{2})[/年](\d{1,2})[/月](\d{1,2})日?$").astype(float)
    parts.columns = pd.Index(["year", "month", "day"])
    dates = pd.to_datetime(parts.assign(year=parts["year"] + MINGUO), errors="coerce").astype("datetime64[ns]")
    first = dates.first_valid_index()
    told = () if first is None else (f"{name}: its years are those of the Republic of China: {text[first]} is {dates[first]:%Y-%m-%d}.",)
    return dates, told


def _serial_days(text: pd.Series, name: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Days as a spreadsheet counts them from 1900, and that they are read so; one that falls on a weekend is counted otherwise."""
    numbers = pd.to_numeric(text.where(text.str.fullmatch(NUMBERED[0][0]), None), errors="coerce")
    dates = pd.to_datetime(numbers, unit="D", origin="1899-12-30", errors="coerce").astype("datetime64[ns]")
    resting, known = (dates.dt.day_of_week >= SUNDAY - 1).to_numpy(), dates.notna().to_numpy()
    place = int(np.argmax(resting if resting.any() else known))
    written, day = text.iloc[place], dates.iloc[place]
    if resting.any():
        raise InputError(f"{name}: {written!r} as the serial number of a day from 1900 is {day:%A %Y-%m-%d}; write dates as YYYY-MM-DD.")
    return dates, (f"{name}: its dates are serial numbers of a spreadsheet from 1900: {written} is {day:%Y-%m-%d}.",)


def _epoch_days(text: pd.Series, name: str) -> pd.Series:
    """Days as seconds, thousandths or billionths from 1970, each at midnight UTC."""
    numbers = pd.to_numeric(text.where(text.str.fullmatch(NUMBERED[1][0]), None), errors="coerce")
    seconds = numbers / np.select([numbers < 1e11, numbers < 1e14], [1, 1000], 1e9)
    within = (seconds % 86_400 != 0) & seconds.notna()
    if within.any():
        raise InputError(
            f"{name}: {text[within].iloc[0]!r} is {pd.Timestamp(seconds[within].iloc[0], unit='s'):%Y-%m-%d %H:%M} UTC, which may be another "
            "day at its venue; write dates as YYYY-MM-DD."
        )
    return pd.to_datetime(seconds, unit="s", errors="coerce").astype("datetime64[ns]")


def _parsed(text: pd.Series, date_format: str) -> pd.Series:
    dates = pd.to_datetime(text, format=date_format, errors="coerce")
    return dates.where(dates.between(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-12-31"))).astype("datetime64[ns]")


def _contradiction(text: pd.Series, stated: pd.Series, own: pd.Series, date_format: str, told: str, name: str) -> tuple[str, ...]:
    """That a stated format is not used, where the cells write day, month and year in the same way: days written year first leave nothing open."""
    if not stated.notna().any() and told not in ("%d/%m/%Y", "%m/%d/%Y"):
        return ()
    first = text[stated.isna() & own.notna()].iloc[0]
    return (
        f"{name}: the stated date_format {date_format!r} is not used for it: its days, such as {first}, tell that they are written {told!r}.",
    )


def looks_like_date(text: str) -> bool:
    """Whether a cell is written as some date is."""
    plain = _SPACED_MARK.sub(r"\1", text).rstrip(".")
    return any(pattern.fullmatch(plain) for pattern, _ in DATE_FORMATS)


def _date_format(text: pd.Series, name: str, *, numbered: bool) -> str:
    """The form of most cells: a format, or one of those that are told by their values."""
    for pattern, date_format in sorted(
        (*DATE_FORMATS, *(NUMBERED if numbered else ())), key=lambda pair: -int(text.str.fullmatch(pair[0]).sum())
    ):
        fitting = text[text.str.fullmatch(pattern)]
        if fitting.empty:
            break
        if date_format == "either":
            return _day_or_month_first(fitting, name)
        return _of_short_years(fitting, name) if date_format == "short" else date_format
    first = text.iloc[0] if len(text) else ""
    if _ZONED_CLOCK.search(first):
        raise InputError(
            f"{name}: its days are instants of a zone (first {first!r}), which may be another day at the venue; write the dates of the sessions there as "
            "YYYY-MM-DD."
        )
    raise InputError(f"{name}: no date can be read (first {first!r}); write dates as YYYY-MM-DD, or name the format with date_format.")


def _day_or_month_first(text: pd.Series, name: str) -> str:
    parts = text.str.split("[/-]", expand=True, regex=True)
    first, second = parts[0].astype(int).max(), parts[1].astype(int).max()
    if first > 12 and second <= 12:
        return "%d/%m/%Y"
    if second > 12 and first <= 12:
        return "%m/%d/%Y"
    raise InputError(
        f"{name}: day and month cannot be told apart (first {text.iloc[0]!r}); say which with date_format='%d/%m/%Y' or '%m/%d/%Y'."
    )


def _of_short_years(text: pd.Series, name: str) -> str:
    """The format of days with two figures of the year: day and month as where it has four, if the year cannot stand first.

    The year stands last where daily figures run on by it, and lie years apart were it first.
    """
    mark = text.iloc[0].lstrip("0123456789")[0]
    slashed = text.str.replace("-", "/")
    told = "%d.%m.%y" if mark == "." else _day_or_month_first(slashed, name).replace("%Y", "%y")
    last, first = (
        pd.to_datetime(slashed, format=form, errors="coerce") for form in (told, mark.replace("-", "/").join(("%y", "%m", "%d")))
    )
    if last.notna().all() and (first.isna().any() or _widest_gap(last) <= MONTH < _widest_gap(first)):
        return told
    raise InputError(
        f"{name}: day and year cannot be told apart (first {text.iloc[0]!r}); say which with date_format, such as '%d{mark}%m{mark}%y'."
    )


def refuse_day_before_month(text: pd.Series, name: str) -> None:
    """Refuse days with the year first of which some can only have the day before the month, and none the month before the day."""
    parts = text.astype(str).str.extract(_YEAR_FIRST)[[1, 2]].astype(float).to_numpy()
    day_first, month_first = (parts[:, 0] > 12) & (parts[:, 1] <= 12), parts[:, 1] > 12
    if day_first.any() and not month_first.any():
        raise InputError(
            f"{name}: {text.iloc[int(np.argmax(day_first))]!r} has no month of that number, so its days may stand before its months; write dates as "
            "YYYY-MM-DD."
        )


def refuse_wrong_weekday(text: pd.Series, dates: pd.Series, name: str) -> None:
    """Refuse days before which stands the English name of another day of the week."""
    named = text.astype(str).str.extract(_WEEKDAY)[0].str.lower()
    wrong = (named.notna() & dates.notna() & (named != dates.dt.day_name().str[:3].str.lower())).to_numpy()
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InputError(
            f"{name}: {text.iloc[place]!r} is a {dates.iloc[place]:%A} ({int(wrong.sum())} such); which of day and weekday is meant cannot be told: write "
            "dates as YYYY-MM-DD."
        )


def _widest_gap(dates: pd.Series) -> pd.Timedelta:
    apart = dates.drop_duplicates().sort_values().diff()
    return pd.Timedelta(0) if apart.isna().all() else apart.max()
