"""Size of a union of holder groups whose overlaps are known, or only bounded."""

from __future__ import annotations

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray

__all__ = ["overlap_bounds", "union_bounds", "us_held_shares"]


def us_held_shares(
    form_13f: FloatArray, n_port_only: FloatArray, receipts: FloatArray, *, receipt_ratio: float, overlap: FloatArray
) -> FloatArray:
    """US-held ordinary shares: 13F plus N-PORT holdings outside it plus receipts times their ratio, less what is counted twice.

    A lower bound unless grossed up: hedge funds, separate accounts and retail holders of foreign lines report nowhere.
    """
    return np.asarray(form_13f) + n_port_only + np.asarray(receipts) * receipt_ratio - np.asarray(overlap)


def overlap_bounds(first: FloatArray, second: FloatArray, total: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and most that two groups inside `total` can share (Fréchet bounds).

    Notes
    -----
    ``max(0, a + b - total) <= overlap <= min(a, b)``.

    Examples
    --------
    >>> [float(bound) for bound in overlap_bounds(70.0, 50.0, 100.0)]
    [20.0, 50.0]
    """
    a, b, whole = (np.asarray(part, dtype=float) for part in (first, second, total))
    if np.any(a > whole) or np.any(b > whole):
        raise InputError(
            f"first={first!r} or second={second!r} exceeds total={total!r}; a group lies inside the whole: correct the shares."
        )
    return np.maximum(a + b - whole, 0.0), np.minimum(a, b)


def union_bounds(groups: FloatArray, total: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and most that several groups (..., G) inside `total` can cover together.

    Notes
    -----
    ``max(groups) <= union <= min(sum(groups), total)``.
    """
    parts = np.asarray(groups, dtype=float)
    return parts.max(axis=-1), np.minimum(parts.sum(axis=-1), total)
