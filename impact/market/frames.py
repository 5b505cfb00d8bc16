"""Any table of daily figures, checked once and turned into a float frame with a clean session index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import as_frame
from impact.market.column_names import DATE_NAMES
from impact.market.long_frames import wide_frame
from impact.tables.prose import significant
from impact.typing_ import BoolArray, DaysLike, FloatArray, TableLike

__all__ = ["checked_figures", "checked_sessions", "dated_frame", "one_level", "session_frame", "with_dates"]

_ZONED_MIDNIGHT = r"\d{4}-\d{2}-\d{2}[ T]00:00(?::00(?:\.0+)?)?(?:[+-]\d{2}:?\d{2}|Z| ?UTC| ?GMT)"

Rule = Callable[[FloatArray], BoolArray]
_INFINITE = "infinite; a figure must be finite: mend the cell or leave it empty"
_RULES: dict[str, tuple[Rule, str]] = {
    "price": (lambda x: ~(x > 0), "zero or negative; a price must be positive: leave the cell empty on a day without a trade, or mend it"),
    "amount": (lambda x: ~(x >= 0), "negative; it must be zero or more: mend the cell or leave it empty"),
    "ratio": (lambda x: ~(x > 0), "zero or negative; it must be positive (1 on a day without a split): mend it or leave the cell empty"),
}


def session_frame(table: TableLike, parameter: str, kind: str = "price") -> pd.DataFrame:
    """A new float64 frame, sessions x securities, that obeys the rules of its kind.

    Parameters
    ----------
    table : DataFrame, Series, mapping or polars frame, (T, S)
        Sessions in the index or in a column called ``date``; one column a security. An empty cell or NaN is a day
        without a figure.
    parameter : str
        Name to use in error messages.
    kind : {"price", "amount", "ratio"}
        Prices and ratios must be positive, amounts (volume, dividends) zero or more.

    Raises
    ------
    InputError
        If there is no date column, or dates are repeated, unsorted, missing or not whole days, or securities are
        repeated, or a value is text, infinite, or breaks the rule of `kind`.
    """
    frame = dated_frame(one_level(as_frame(table, parameter), parameter), parameter)
    return checked_figures(frame, checked_sessions(frame.index, parameter), parameter, kind)


def checked_figures(frame: pd.DataFrame, index: pd.DatetimeIndex, parameter: str, kind: str = "price") -> pd.DataFrame:
    """The figures of a frame as float64 under an index that has been checked, by the rules of their kind.

    Raises
    ------
    InputError
        If securities are repeated, or a value is text, infinite, or breaks the rule of `kind`.
    """
    securities = pd.Index([str(column) for column in frame.columns], dtype="object")
    repeated = securities[securities.duplicated()].unique()
    if len(repeated):
        raise InputError(
            f"{parameter} repeats {len(repeated)} securities (first {repeated[0]!r}); columns must be unique: remove or rename one of each."
        )
    if (frame.dtypes == np.float64).all():
        values = frame.to_numpy(dtype=np.float64, copy=True)
    else:
        values = np.empty(frame.shape, dtype=np.float64)
        for position, security in enumerate(securities):
            values[:, position] = _numbers(frame.iloc[:, position], security, parameter)
    refuse_where(np.isinf(values), values, index, securities, parameter, _INFINITE)
    broken, rule = _RULES[kind]
    refuse_where(broken(values) & ~np.isnan(values), values, index, securities, parameter, rule)
    values.flags.writeable = False
    return pd.DataFrame(values, index=index, columns=pd.Index(securities.tolist(), name="security"), copy=False)


# Names of a figure in the columns of a table with two levels, by the parameter that asks for it.
_LEVEL_FIGURES = {
    "prices": ("close",),
    "close": ("close",),
    "market": ("close",),
    "open": ("open",),
    "high": ("high",),
    "low": ("low",),
    "adjusted_close": ("adj close", "adjusted close"),
    "volume": ("volume",),
    "dividends": ("dividends",),
    "splits": ("stock splits", "splits"),
}

PRICED = ("prices", "close", "market")
FIGURES_OF_ONE = frozenset(["open", "high", "low", "close", "adj close", "volume", "dividends", "stock splits", "capital gains"])


def one_level(frame: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """The columns of the figure asked for, of a frame with two levels (figure, security) such as yfinance gives.

    Raises
    ------
    InputError
        If the levels are not a figure and a security, or hold both closes and adjusted closes, so that one must be chosen; or one level
        holds the figures of one security, none of which is one.
    """
    if frame.columns.nlevels == 1:
        if parameter in PRICED:
            _refuse_one_security(frame, parameter)
        return frame
    levels = [frame.columns.get_level_values(level) for level in range(frame.columns.nlevels)]
    plain = [pd.Index([str(name).strip().lower() for name in names]) for names in levels]
    wanted = _LEVEL_FIGURES.get(parameter, ("close",))
    figures = [level for level, names in enumerate(plain) if names.isin(wanted).any()]
    listed = ", ".join(dict.fromkeys(f"{name}" for name in levels[0]))
    if len(levels) != 2 or not figures:
        raise InputError(
            f"{parameter} has {len(levels)} levels of columns (first {listed}) and none holds {wanted[0]!r}; "
            "give one column a security, such as frame['Close']."
        )
    level = figures[0]
    if parameter == "prices" and plain[level].isin(_LEVEL_FIGURES["adjusted_close"]).any():
        raise InputError("prices holds both closes and adjusted closes; give the one to use: prices=frame['Close'] or frame['Adj Close'].")
    chosen = frame.loc[:, plain[level].isin(wanted)]
    return chosen.set_axis(levels[1 - level][plain[level].isin(wanted)], axis=1)


def _refuse_one_security(frame: pd.DataFrame, parameter: str) -> None:
    """Refuse open, high, low, close and volume of one security where columns are securities."""
    told = {str(column).strip().lower(): column for column in frame.columns}
    if len(told) > 1 and "close" in told and told.keys() <= FIGURES_OF_ONE | {"date"}:
        raise InputError(
            f"{parameter} has the columns {', '.join(map(str, told.values()))}, the figures of one security, where each column is a security; give its "
            f"closes under its name: frame[[{told['close']!r}]].rename(columns={{{told['close']!r}: 'TICKER'}})."
        )


def checked_sessions(index: DaysLike, parameter: str) -> pd.DatetimeIndex:
    """Unique, ascending, zone-free dates at midnight, in nanoseconds, called ``session``.

    A zone is dropped only when every stamp is midnight in that zone, so the date it names cannot shift.

    Raises
    ------
    InputError
        If a value is no date, is missing, repeated, out of order or carries a time of day.
    """
    sessions = _parsed(index, parameter)
    missing = int(np.count_nonzero(sessions.isna()))
    if missing:
        raise InputError(f"{parameter} has {missing} rows without a date; each row needs its session: fill in or remove them.")
    if sessions.tz is not None:
        sessions = sessions.tz_localize(None)
    timed = sessions != sessions.normalize()
    if timed.any():
        raise InputError(
            f"{parameter} has {int(timed.sum())} rows with a time of day (first {sessions[timed][0]}); sessions are dates: "
            "give one row a session, labelled by the exchange's own date, or bars of the day to impact.eventstudy.intraday_study."
        )
    repeated = sessions[sessions.duplicated()].unique()
    if len(repeated):
        raise InputError(
            f"{parameter} repeats {len(repeated)} dates (first {repeated[0]:%Y-%m-%d}); a session has one row: keep one row of each."
        )
    if not sessions.is_monotonic_increasing:
        back = int(np.flatnonzero(np.diff(sessions.asi8) < 0)[0]) + 1
        falls = int((np.diff(sessions.asi8) < 0).sum())
        raise InputError(
            f"{parameter} is not sorted by date: {falls} rows are earlier than the row before "
            f"(first {sessions[back]:%Y-%m-%d}, row {back + 1}); sort it by date, oldest first (from a file: sort=True)."
        )
    return pd.DatetimeIndex(_nanoseconds(sessions, parameter).to_numpy(), name="session")


def refuse_where(bad: BoolArray, values: FloatArray, sessions: pd.DatetimeIndex, securities: pd.Index, parameter: str, rule: str) -> None:
    """Raise InputError naming the first of the `bad` cells and how many there are; do nothing when there is none."""
    count = int(bad.sum())
    if not count:
        return
    row, column = np.argwhere(bad)[0]
    where = f"{securities[column]} on {sessions[row]:%Y-%m-%d}: {significant(values[row, column], 6)}"
    verb = "value that is" if count == 1 else "values that are"
    raise InputError(f"{parameter} has {count} {verb} {rule.split(';')[0]} (first {where});{rule.split(';', 1)[1]}.")


def dated_frame(frame: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """A frame, or a long table of one figure, as sessions x securities with the dates in the index.

    Raises
    ------
    InputError
        As :func:`with_dates`; or if it is a long table that cannot be laid wide.
    """
    return with_dates(wide_frame(frame, parameter), parameter)


def with_dates(frame: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """The frame with its dates in the index, wherever they stood: whole numbers such as 20250115 are dates, as the same text is.

    Raises
    ------
    InputError
        If its index is plain numbers and no column holds dates or is called ``date``.
    """
    if not isinstance(frame.index, pd.RangeIndex) and not pd.api.types.is_numeric_dtype(frame.index):
        return frame
    written = _days_as_numbers(frame.index)
    if written is not None:
        return frame.set_axis(written, axis=0)
    for column in frame.columns:
        named = str(column).strip().lower() in DATE_NAMES
        if named or pd.api.types.is_datetime64_any_dtype(frame[column]):
            return frame.set_index(column)
    raise InputError(
        f"{parameter} has no dates: its index starts {frame.index[:1].tolist()} and no column is called 'date'; put sessions in the index."
    )


def _days_as_numbers(index: pd.Index) -> pd.DatetimeIndex | None:
    """Whole numbers of eight digits that are all days of 1900 to 2099 as YYYYMMDD; None where they are not."""
    if isinstance(index, pd.RangeIndex) or not len(index) or not pd.api.types.is_integer_dtype(index) or index.hasnans:
        return None
    if not (index.min() >= 19_000_101 and index.max() <= 20_991_231):
        return None
    try:
        return pd.DatetimeIndex(pd.to_datetime(index.astype(str), format="%Y%m%d"))
    except ValueError:
        return None


def _parsed(index: DaysLike, parameter: str) -> pd.DatetimeIndex:
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex):
        return index
    index = _own_dates(pd.Index(index))
    try:
        return pd.DatetimeIndex(pd.to_datetime(index, format="ISO8601" if pd.api.types.is_string_dtype(index) else None))
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(
            f"{parameter} has a date that cannot be read ({_first_line(error)}); dates must be ISO (YYYY-MM-DD): convert the index first."
        ) from error


def _own_dates(index: pd.Index) -> pd.Index:
    """Midnights with an offset, as text or stamps, as the dates they name: the offset of one zone changes over a year."""
    if isinstance(index, pd.MultiIndex) or not len(index):
        return index
    if pd.api.types.is_string_dtype(index):
        zoned = index.to_series().astype(str).str.fullmatch(_ZONED_MIDNIGHT).to_numpy()
        return pd.Index(index.astype(str).str[:10]) if zoned.all() else index
    if index.dtype == object and all(isinstance(stamp, dt.datetime) and stamp.tzinfo is not None for stamp in index):
        return pd.DatetimeIndex([stamp.replace(tzinfo=None) for stamp in index])
    return index


def _nanoseconds(sessions: pd.DatetimeIndex, parameter: str) -> pd.DatetimeIndex:
    try:
        return sessions.as_unit("ns")
    except (pd.errors.OutOfBoundsDatetime, OverflowError) as error:
        raise InputError(f"{parameter} has dates outside 1677 to 2262 (first {sessions[0]}); mend the dates.") from error


def _numbers(column: pd.Series, security: str, parameter: str) -> FloatArray:
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        raise InputError(f"{parameter}[{security!r}] holds {column.dtype} values; a security needs numbers: remove the column or mend it.")
    numeric = pd.to_numeric(column, errors="coerce")
    refused = numeric.isna() & column.notna()
    if refused.any():
        first = column[refused].iloc[0]
        raise InputError(
            f"{parameter}[{security!r}] has {int(refused.sum())} values that are not numbers (first {first!r}); "
            "a figure must be a number: mend it or leave it empty."
        )
    return numeric.to_numpy(dtype=np.float64, na_value=np.nan)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
