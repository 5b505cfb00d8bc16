"""The levels at which quantiles of effects are given, and the names of their columns."""

from __future__ import annotations

__all__ = ["LEVELS", "OUTER_LEVELS", "QUANTILE_NAMES"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of a path, a forecast or a record of past moves."""
OUTER_LEVELS = (LEVELS[0], LEVELS[2], LEVELS[-1])
"""Low, middle and high of a range."""
QUANTILE_NAMES = tuple(f"return_q{int(100 * level + 0.5):02d}" for level in LEVELS)
"""Columns of quantiles of returns: ``return_q05`` to ``return_q95``."""
