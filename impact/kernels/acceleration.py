"""Compiled loops where they are at hand."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Literal, TypeAlias

Loops: TypeAlias = Literal["compiled", "compiled_blocks", "compiled_pairs", "compiled_ranks"]

__all__ = ["WORTH_COMPILING", "WORTH_USING", "compiled_loops"]

WORTH_COMPILING = 20_000
"""Events from which loading compiled loops pays for itself."""
WORTH_USING = 200
"""Events from which compiled loops are faster once they are loaded."""


@lru_cache
def _loops(name: str) -> ModuleType | None:
    return import_module(f"impact.kernels.{name}") if find_spec("numba") is not None else None


def compiled_loops(n_events: int, name: Loops = "compiled") -> ModuleType | None:
    """A module of compiled loops, or None when numba is not installed or there are too few events to be worth it.

    Parameters
    ----------
    n_events : int
        Events, or as many as would take the same time.
    name : {"compiled", "compiled_blocks", "compiled_pairs", "compiled_ranks"}
    """
    worth = WORTH_USING if "numba" in sys.modules else WORTH_COMPILING
    return _loops(name) if n_events >= min(worth, WORTH_COMPILING) else None
