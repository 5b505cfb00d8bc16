"""Names for array shapes and small vocabularies, shared by every room.

Letters mean the same everywhere: N events, L estimation rows, W event-window sessions, K regressors
(the constant included), S securities, T sessions.
"""

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["BoolArray", "FloatArray", "FloatArray1D", "FloatArray2D", "FloatLike", "IntArray", "ReturnKind", "Window"]

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
