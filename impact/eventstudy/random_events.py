"""Events drawn at random, to be studied where nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from impact.errors import InputError

__all__ = ["RandomEvents"]


@dataclass(frozen=True, kw_only=True)
class RandomEvents:
    """Events drawn at random over all parts, spread by their number of securities: windows in which nothing happened.

    Parameters
    ----------
    n : int
        Events to draw, at least one.
    seed : int
        Each part draws from its own child, so the number of workers changes nothing.

    Raises
    ------
    InputError
        If `n` is not positive.
    """

    n: int
    seed: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise InputError(f"n={self.n} events cannot be drawn; give a positive number.")

    def shares(self, securities: Sequence[int]) -> list[tuple[int, np.random.SeedSequence]]:
        """How many events each part draws, and from which seed, by its number of securities."""
        edges = np.cumsum(securities)
        draws = np.diff(np.concatenate(([0], (edges * self.n) // edges[-1])))
        return list(zip(draws.tolist(), np.random.SeedSequence(self.seed).spawn(len(securities)), strict=True))
