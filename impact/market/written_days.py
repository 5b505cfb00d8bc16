"""Days as files of daily figures write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from impact.errors import InputError

__all__ = ["DaysRead", "looks_like_date", "read_dates", "read_days"]

# What a date may look like, and how to read it. The month and day of the last pattern are told apart by their values.
DATE_FORMATS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00(?:\.0+)?)?(?:[+-]\d{2}:?\d{2}|Z)?)?"), "%Y-%m-%d"),
    (re.compile(r"\d{8}"), "%Y%m%d"),
    (re.compile(r"\d{4}/\d{1,2}/\d{1,2}"), "%Y/%m/%d"),
    (re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}"), "%Y.%m.%d"),
    (re.compile(r"\d{4}年\d{1,2}月\d{1,2}日"), "%Y年%m月%d日"),
    (re.compile(r"\d{4}년 \d{1,2}월 \d{1,2}일"), "%Y년 %m월 %d일"),
    (re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4}"), "%d-%b-%Y"),
    (re.compile(r"\d{1,2} [A-Za-z]{3} \d{4}"), "%d %b %Y"),
    (re.compile(r"[A-Za-z]{3} \d{1,2}, \d{4}"), "%b %d, %Y"),
    (re.compile(r"\d{1,2} [A-Za-z]{4,9} \d{4}"), "%d %B %Y"),
    (re.compile(r"[A-Za-z]{4,9} \d{1,2}, \d{4}"), "%B %d, %Y"),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "%d.%m.%Y"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), ""),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class DaysRead:
    """Dates at midnight (datetime64[ns]; NaT where a cell does not have the format of the others), and that they contradict a stated format."""

    dates: pd.Series
    notes: tuple[str, ...] = ()


def read_dates(cells: pd.Series, name: str) -> pd.Series:
    """The dates of :func:`read_days`, by what the cells tell alone."""
    return read_days(cells, name).dates


def read_days(cells: pd.Series, name: str, date_format: str | None = None) -> DaysRead:
    """Dates, read as most of the cells tell; as stated where they leave day and month open, or where that reads as many of them.

    Raises
    ------
    InputError
        If no cell is a date, or day and month cannot be told apart and `date_format` is not given.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        zone_free = cells.dt.tz_localize(None) if isinstance(cells.dtype, pd.DatetimeTZDtype) else cells
        return DaysRead(dates=zone_free.astype("datetime64[ns]"))
    text = cells.astype(str).str.strip()
    if not len(text):
        return DaysRead(dates=pd.to_datetime(text).astype("datetime64[ns]"))
    if date_format is None:
        used, read = _as_told(text, name)
    else:
        used, read = date_format, _parsed(text, date_format)
        try:
            told, own = _as_told(text, name)
        except InputError:
            own = read
        if own.notna().sum() > read.notna().sum():
            return DaysRead(dates=own, notes=_contradiction(text, read, own, date_format, told, name))
    if read.isna().all():
        raise InputError(f"{name}: no date can be read as {used!r} (first {text.iloc[0]!r}); name the format with date_format.")
    return DaysRead(dates=read)


def _as_told(text: pd.Series, name: str) -> tuple[str, pd.Series]:
    told, cut = _date_format(text, name)
    return told, _parsed(cut, told)


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
    return any(pattern.fullmatch(text) for pattern, _ in DATE_FORMATS)


def _date_format(text: pd.Series, name: str) -> tuple[str, pd.Series]:
    """The format of most cells, and the cells cut to what it reads."""
    for pattern, date_format in sorted(DATE_FORMATS, key=lambda pair: -int(text.str.fullmatch(pair[0]).sum())):
        if not text.str.fullmatch(pattern).any():
            break
        if date_format == "%Y-%m-%d":
            return date_format, text.where(text.str.fullmatch(pattern), "").str[:10]
        return date_format or _day_or_month_first(text[text.str.fullmatch(pattern)], name), text
    first = text.iloc[0] if len(text) else ""
    raise InputError(f"{name}: no date can be read (first {first!r}); write dates as YYYY-MM-DD, or name the format with date_format.")


def _day_or_month_first(text: pd.Series, name: str) -> str:
    parts = text.str.split("/", expand=True)
    first, second = parts[0].astype(int).max(), parts[1].astype(int).max()
    if first > 12 and second <= 12:
        return "%d/%m/%Y"
    if second > 12 and first <= 12:
        return "%m/%d/%Y"
    raise InputError(
        f"{name}: day and month cannot be told apart (first {text.iloc[0]!r}); say which with date_format='%d/%m/%Y' or '%m/%d/%Y'."
    )
