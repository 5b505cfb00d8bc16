"""A table in memory that a user gives: a frame of any library or a mapping of columns, and the columns it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from impact.errors import InputError
from impact.typing_ import TableLike

__all__ = ["as_frame", "frame_with"]

_TABLES = "a pandas DataFrame or Series, a polars or Arrow table, or a mapping of columns"


def as_frame(table: TableLike, parameter: str = "prices") -> pd.DataFrame:
    """A pandas frame from a DataFrame, a Series, a mapping of columns, or a frame of another library such as polars.

    Foreign frames are those that narwhals knows; stamps keep their zone. Nothing is copied or changed when `table` is a DataFrame already.

    Raises
    ------
    InputError
        If `table` is none of these.
    """
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, pd.Series):
        return table.to_frame(parameter if table.name is None else table.name)
    if isinstance(table, Mapping):
        try:
            return pd.DataFrame(dict(table))
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{parameter} is a mapping that makes no table ({str(error).splitlines()[0]}); give columns of equal length."
            ) from error
    import narwhals

    native: Any = table
    try:
        return narwhals.from_native(native, eager_only=True).to_pandas()
    except TypeError:
        raise InputError(f"{parameter} is {_called(table)}; it must be a table: give {_TABLES}.") from None


def frame_with(table: TableLike, needed: Iterable[str], parameter: str) -> pd.DataFrame:
    """The same frame as :func:`as_frame`, which has the columns needed.

    Raises
    ------
    InputError
        If `table` is no table, or lacks a column; the message names those it lacks and those it needs.

    Examples
    --------
    >>> frame_with({"buyer": ["index funds"]}, ("buyer", "shares_low"), "buyers")
    Traceback (most recent call last):
        ...
    impact.errors.InputError: buyers lacks 1 column (shares_low); it needs buyer and shares_low: add or rename it.
    """
    frame, names = as_frame(table, parameter), list(needed)
    missing = [name for name in names if name not in frame.columns]
    if missing:
        one = len(missing) == 1
        raise InputError(
            f"{parameter} lacks {len(missing)} {'column' if one else 'columns'} ({', '.join(missing)}); it needs "
            f"{', '.join(names[:-1])}{' and ' if len(names) > 1 else ''}{names[-1]}: add or rename {'it' if one else 'them'}."
        )
    return frame


def _called(value: object) -> str:
    return "None" if value is None else f"{value!r}" if isinstance(value, str | int | float) else f"a {type(value).__name__}"
