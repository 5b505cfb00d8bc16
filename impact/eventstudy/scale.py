"""Is this a table of decimal returns? Percent, prices and annual rates are refused before any number comes out of them.

What may be percent of a quiet line or decimals of a very wild one is said in a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from impact.errors import ImpactWarning, InputError
from impact.tables import prose
from impact.tables.prose import quoted
from impact.typing_ import FloatArray, IntArray, ReturnKind

__all__ = ["check_benchmark", "check_returns", "doubt_scale", "looked_at"]

FEWEST_ROWS = 20
"""Figures below which a scale cannot be told."""
PERCENT_LINE = 0.25
"""Median size of a line's returns from which they are no decimals: half of its days beyond 25 %."""
PERCENT_INDEX = 0.10
"""The same for an index or a factor, which moves less: half of its days beyond 10 %."""
WILD_LINE = 0.06
"""Median size of a line's daily returns from which they are doubted: half of its days beyond 6 %."""
WILD_INDEX = 0.03
"""The same for an index: half of its days beyond 3 %, which no index keeps up for long."""
SESSIONS_A_DAY = 5 / 7
"""Sessions in a calendar day."""
LARGEST_RATE = 0.001
"""Risk-free rate a calendar day, decimal, above which it is in percent or a year's: 0.1 % a day is 44 % a year."""
MISSING_CODES = (-99.99, -999.0, -66.0, -77.0, -88.0, -99.0)
"""What stands for a missing return: in the data library of Kenneth French, which states it in its files, and in CRSP's returns."""
LOOKED_AT = 250
"""Rows of a long table, evenly spread, from which its scale is told."""


def check_returns(
    values: FloatArray, securities: Sequence[object], kind: ReturnKind, least: FloatArray, lines: IntArray, parameter: str = "returns"
) -> None:
    """Refuse what are prices or percent.

    Parameters
    ----------
    values : (t, s) float
        Rows of the columns to look at from which their scale is told: :func:`looked_at`.
    securities : s names
    kind : {"simple", "log"}
    least : (S,) float
        Least return of every column of the table.
    lines : (s,) int
        Which of them are looked at.
    parameter : str
        What the error calls the table.

    Raises
    ------
    InputError
        If a column looks like prices or like percent, or a simple return lies below -100 %.
    """
    count, size, smallest = _scales(values)
    enough = count >= FEWEST_ROWS
    priced = enough & (smallest > 0) & (size > PERCENT_LINE)
    _refuse(
        priced, size, securities, parameter, "only positive figures of this size: these are prices; pass them through impact.to_returns"
    )
    percent = enough & (size > PERCENT_LINE)
    _refuse(percent, size, securities, parameter, "half of its days beyond 25 %: these are percent; divide by 100")
    _refuse_codes(least[lines], securities, parameter)
    impossible = least[lines] < -1.0
    if kind == "simple" and impossible.any():
        rule = "a simple return below -100 % (the least is {}): these are percent or log returns; divide by 100, or say kind='log'"
        first = lines[np.flatnonzero(impossible)[0]]
        _refuse(impossible, size, securities, parameter, rule.format(prose.percent(least[first])))


def looked_at(values: FloatArray, columns: IntArray) -> FloatArray:
    """The rows of some columns of a table from which their scale is told."""
    return values[:: max(1, len(values) // LOOKED_AT)][:, columns]


def doubt_scale(lines: pd.DataFrame, indices: pd.DataFrame | pd.Series | None, sessions: pd.Index) -> None:
    """Warn of lines and of indices that move more from day to day than their like: they may be percent of quiet ones.

    Parameters
    ----------
    lines : DataFrame (t, S)
        Returns on some sessions, evenly spread, in decimals if they are what they should be.
    indices : DataFrame, Series or None
        A benchmark of the same kind, on all of its sessions.
    sessions : Index (T,)
        All sessions of the lines. Rows further apart than a day may move more, by the root of the sessions between them.

    Warns
    -----
    ImpactWarning
        Once for each of the two, with the first name and its typical size.
    """
    looks = [(lines, sessions, "returns", WILD_LINE)]
    if indices is not None:
        frame = indices.to_frame("market") if isinstance(indices, pd.Series) else indices
        looks.append((frame.iloc[:: max(1, len(frame) // LOOKED_AT)], frame.index, "market", WILD_INDEX))
    for frame, days, parameter, bound in looks:
        count, size, _ = _scales(frame.to_numpy(dtype=float), bound)
        wild = np.flatnonzero((count >= FEWEST_ROWS) & (size > bound * _root_of_sessions(days)))
        if wild.size:
            warnings.warn(
                f"{parameter} has {wild.size} of {frame.shape[1]} column(s) that are percent or very wild (first {frame.columns[wild[0]]!r}: "
                f"half of its moves beyond {prose.percent(size[wild[0]])}); divide by 100 if a figure of 1 means 1 %.",
                ImpactWarning,
                stacklevel=5,
            )


def _root_of_sessions(index: pd.Index) -> float:
    """By how much returns of these dates are larger than those of one session: the root of the sessions between two rows."""
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return 1.0
    days = float(np.median(np.diff(index.tz_localize(None).to_numpy()) / np.timedelta64(1, "D")))
    return float(np.sqrt(max(1.0, days * SESSIONS_A_DAY)))


def _scales(values: FloatArray, bound: float = PERCENT_INDEX) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Known figures, median size of those that move by more than `bound`, and smallest figure of every column."""
    count = np.isfinite(values).sum(axis=0)
    least = np.fmin.reduce(values, axis=0, initial=np.inf)
    large = (np.abs(values) > bound).sum(axis=0)
    size = np.zeros(values.shape[1])
    for column in np.flatnonzero(2 * large > count):  # a median beyond the smaller bound; others need no sorting
        size[column] = np.median(np.abs(values[np.isfinite(values[:, column]), column]))
    return count, size, least


def _refuse(wrong: np.ndarray, size: FloatArray, names: Sequence[object], parameter: str, rule: str) -> None:
    if not wrong.any():
        return
    first = int(np.flatnonzero(wrong)[0])
    figure = prose.significant(size[first])
    raise InputError(
        f"{parameter} has {int(wrong.sum())} of {len(names)} column(s) that are no decimal returns (first {names[first]!r}, median size "
        f"{figure}), {rule}."
    )


def _refuse_codes(least: FloatArray, names: Sequence[object], parameter: str) -> None:
    """Refuse a code of a missing return, as it is or over 100, as the least figure of a column."""
    codes = np.array([code / unit for code in MISSING_CODES for unit in (1.0, 100.0) if code / unit <= MISSING_CODES[0] / 100])
    coded = np.isclose(least[:, None], codes, rtol=1e-9, atol=0.0).any(axis=1)
    if coded.any():
        first = int(np.flatnonzero(coded)[0])
        raise InputError(
            f"{parameter} has {int(coded.sum())} of {len(names)} column(s) with a code of a missing return (first {quoted(names[first])}: "
            f"{prose.significant(least[first], 5)}); leave such days empty before anything is divided: table.where(table > {prose.significant(least[first], 5)})."
        )


def check_benchmark(table: pd.DataFrame | pd.Series | None, parameter: str, kind: ReturnKind, *, fewest: int = FEWEST_ROWS) -> None:
    """Refuse a benchmark or factors in percent or as prices, and a risk-free rate that is no daily decimal.

    Parameters
    ----------
    table : DataFrame, Series or None
    parameter : str
        What the error calls the table.
    kind : {"simple", "log"}
    fewest : int
        Figures below which nothing is said.

    Raises
    ------
    InputError
        As :func:`check_returns`, with the narrower bound of an index; or if the rate is out of range.
    """
    if table is None:
        return
    frame = table.to_frame(parameter) if isinstance(table, pd.Series) else table
    numbers = frame.select_dtypes("number")
    rates = [column for column in numbers.columns if str(column).strip().upper().replace("_", "") in ("RF", "RISKFREE")]
    values = numbers.drop(columns=rates).to_numpy(dtype=float)
    names = [column for column in numbers.columns if column not in rates]
    count, size, least = _scales(values)
    enough = count >= fewest
    rule = "only positive figures of this size: these are prices or index levels; pass them through impact.to_returns"
    _refuse(enough & (least > 0) & (size > PERCENT_INDEX), size, names, parameter, rule)
    _refuse(enough & (size > PERCENT_INDEX), size, names, parameter, "half of its days beyond 10 %: these are percent; divide by 100")
    _refuse_codes(least, names, parameter)
    if kind == "simple":
        _refuse(least < -1.0, size, names, parameter, "a simple return below -100 %: these are percent; divide by 100")
    for column in rates:
        _check_rate(numbers[column].dropna(), parameter)


def _check_rate(rate: pd.Series, parameter: str) -> None:
    if len(rate) < FEWEST_ROWS or not isinstance(rate.index, pd.DatetimeIndex):
        return
    days = float(np.median(np.diff(rate.index.to_numpy()) / np.timedelta64(1, "D")))
    typical = float(rate.abs().median())
    if typical / max(days, 1.0) > LARGEST_RATE:
        raise InputError(
            f"{parameter}: the risk-free rate {rate.name!r} has a median of {prose.significant(typical)} a row, which is no decimal rate "
            "of one period; divide by 100 if it is in percent, and by the periods of a year if it is annual."
        )
