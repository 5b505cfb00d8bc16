"""A table in memory with one row for each session and security, as databases give it, as one with a column for each security."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.column_names import COLUMN_NAMES, DATE_NAMES, NAMES_OF_SECURITIES

__all__ = ["pivoted", "wide_frame"]

_SECURITIES = COLUMN_NAMES["security"] | NAMES_OF_SECURITIES


def wide_frame(frame: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """A long table as sessions x securities, oldest first; any other table as it is.

    A table is long where its index has two levels, one of them of dates; or where its dates repeat and one column names the security.

    Parameters
    ----------
    frame : DataFrame
    parameter : str
        What errors call the table.

    Raises
    ------
    InputError
        If a long table holds several figures, or two rows for one session and security.

    Examples
    --------
    >>> rows = {"date": ["2021-01-14", "2021-01-15"] * 2, "ticker": ["A", "A", "B", "B"], "ret": [0.0, 0.1, 0.2, 0.3]}
    >>> wide_frame(pd.DataFrame(rows), "returns").loc["2021-01-15"].to_dict()
    {'A': 0.1, 'B': 0.3}
    """
    if isinstance(frame.index, pd.MultiIndex):
        return _from_levels(frame, parameter)
    days = _date_column(frame)
    securities: list[Hashable] = [column for column in frame.columns if _plain(column) in _SECURITIES]
    dates = frame.index if days is None else pd.Index(frame[days])
    if not securities or dates.is_unique or (days is None and not _are_dates(frame.index)):
        return frame
    figures: list[Hashable] = [column for column in frame.columns if column not in (days, *securities)]
    if len(securities) > 1 or len(figures) != 1:
        raise _several(parameter, "date" if days is None else days, securities, figures)
    return pivoted(frame[figures[0]], dates, pd.Index(frame[securities[0]]), parameter)


def _from_levels(frame: pd.DataFrame, parameter: str) -> pd.DataFrame:
    levels = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
    dated = [number for number, level in enumerate(levels) if _are_dates(level)]
    if len(levels) != 2 or len(dated) != 1:
        raise InputError(
            f"{parameter} has {len(levels)} levels of rows, {len(dated)} of them of dates; give sessions as rows and securities as columns."
        )
    days, securities = levels[dated[0]], levels[1 - dated[0]]
    if frame.shape[1] != 1:
        name = securities.name if securities.name is not None else 1 - dated[0]
        raise InputError(
            f"{parameter} is a long table with {frame.shape[1]} figures ({', '.join(map(str, frame.columns[:6]))}); give one of them: "
            f"table[{frame.columns[0]!r}].unstack({name!r})."
        )
    return pivoted(frame.iloc[:, 0], days, securities, parameter)


def _several(parameter: str, days: Hashable, securities: list[Hashable], figures: list[Hashable]) -> InputError:
    named = ", ".join(map(str, figures[:6]))
    whose = f"{len(securities)} columns that name a security ({', '.join(map(str, securities))}) and " if len(securities) > 1 else ""
    figure = repr(figures[0]) if figures else "..."
    return InputError(
        f"{parameter} is a long table, one row a session and security, with {whose}{len(figures)} figures ({named}); give one of them with a column "
        f"a security: table.pivot(index={days!r}, columns={securities[0]!r}, values={figure})."
    )


def pivoted(figures: pd.Series, days: pd.Index, securities: pd.Index, parameter: str) -> pd.DataFrame:
    """One figure of a long table, a row a session and a column a security in the order of their first rows.

    Raises
    ------
    InputError
        If a row names no security, or a session and security have two rows.
    """
    lacking = int(np.count_nonzero(securities.isna()))
    if lacking:
        raise InputError(f"{parameter} has {lacking} rows that name no security; fill them in or remove them.")
    rows = pd.MultiIndex.from_arrays([days, securities.astype(object)])
    if not rows.is_unique:
        twice = rows[rows.duplicated()]
        raise InputError(
            f"{parameter} gives {len(twice)} row{'s' * (len(twice) > 1)} twice (first {twice[0][1]} on {twice[0][0]!s:.10}); keep one row a session and "
            "security."
        )
    wide = pd.Series(figures.to_numpy(), index=rows, dtype=figures.dtype).unstack(1)
    return wide[list(dict.fromkeys(securities))].rename_axis(columns=None)


def _date_column(frame: pd.DataFrame) -> Hashable | None:
    """The column of dates; None where the index holds them or there is none."""
    if _are_dates(frame.index):
        return None
    for column in frame.columns:
        if _plain(column) in DATE_NAMES or (isinstance(frame[column], pd.Series) and pd.api.types.is_datetime64_any_dtype(frame[column])):
            return column
    return None


def _are_dates(index: pd.Index) -> bool:
    """Whether an index is of stamps or periods, of dates as objects or text, or is called a date."""
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)) or _plain(index.name) in DATE_NAMES:
        return True
    if pd.api.types.is_numeric_dtype(index) or not len(index) or isinstance(index.dtype, pd.CategoricalDtype):
        return False
    try:
        pd.to_datetime(pd.Index(pd.unique(index)[:20]), format="ISO8601")
    except (ValueError, TypeError):
        return False
    return True


def _plain(name: object) -> str:
    return str(name).strip().lower()
