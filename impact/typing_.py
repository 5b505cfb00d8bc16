"""Names for array shapes and small vocabularies, shared by every room.

Letters mean the same everywhere: N events, L estimation rows, W event-window sessions, K regressors
(the constant included), S securities, T sessions.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from impact.errors import InputError

if TYPE_CHECKING:
    import datetime

    import pandas as pd

    Instant: TypeAlias = str | datetime.datetime | pd.Timestamp
    Day: TypeAlias = str | datetime.date | np.datetime64 | pd.Timestamp
    DaysLike: TypeAlias = pd.Index | pd.Series | npt.NDArray[Any] | Sequence[Day]
    TableLike: TypeAlias = pd.DataFrame | pd.Series | dict[str, Any] | "ForeignFrame"
else:
    # Names for a type checker alone: pandas is not imported for them.
    Instant = Day = DaysLike = TableLike = object

__all__ = [
    "BoolArray",
    "Day",
    "DaysLike",
    "FloatArray",
    "FloatArray1D",
    "FloatArray2D",
    "FloatLike",
    "ForeignFrame",
    "Instant",
    "IntArray",
    "ReturnKind",
    "TableLike",
    "Window",
    "check_kind",
    "named_rows",
]

FloatArray: TypeAlias = npt.NDArray[np.float64]
FloatArray1D: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]
FloatArray2D: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.float64]]
FloatLike: TypeAlias = FloatArray | float
"""A number or an array of them: what a formula takes for each of its symbols."""
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.signedinteger[Any]]

Window: TypeAlias = tuple[int, int]
"""Inclusive session offsets from day 0, for example ``(-260, -11)``."""

ReturnKind: TypeAlias = Literal["simple", "log"]


class ForeignFrame(Protocol):
    """A table of another library, such as polars: named columns, each of which gives an array by ``to_numpy()``."""

    @property
    def columns(self) -> Iterable[Any]:
        """The names of the columns."""
        ...

    def __getitem__(self, name: Any, /) -> Any: ...


def check_kind(value: object, kind: type, parameter: str, comes_from: str) -> None:
    """InputError unless `value` is of the kind that a parameter takes; the message says where one comes from.

    Examples
    --------
    >>> check_kind("xiaomi", dict, "line", "LineState(...)")
    Traceback (most recent call last):
        ...
    impact.errors.InputError: line='xiaomi' is no dict; give what LineState(...) returns.
    """
    if not isinstance(value, kind):
        told = repr(value) if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"
        raise InputError(f"{parameter}={told} is no {kind.__name__}; give what {comes_from} returns.")


def named_rows(frame: pd.DataFrame, index: bool = True) -> Iterator[Any]:
    """The rows of a table as named tuples; a cell has the type that its column has, which no annotation can say."""
    names = (*(("Index",) if index else ()), *map(str, frame.columns))
    return map(_row_type(names), frame.itertuples(index=index, name=None))


@lru_cache(maxsize=1024)
def _row_type(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """What makes a named tuple of a row: pandas makes a new class of each table, which costs more than its rows."""
    make_type: Callable[..., Any] = namedtuple
    make: Callable[[Iterable[Any]], Any] = make_type("Row", names, rename=True)._make
    return make
