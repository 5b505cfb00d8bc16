"""The gaps of a treated line and of its donors, each to its own synthetic control."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign
from impact.eventstudy.comparison import MAX_VIOLATION
from impact.kernels.synthetic import gaps_of_donors, simplex_weights
from impact.typing_ import FloatArray

__all__ = ["ControlFit", "gap_figures"]

EXACT = 1e-9
"""Fit error, relative to the spread of the line, below which the donors reproduce it to the last digit."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ControlFit:
    """Returns of the treated line and its donors (R, 1 + J), and what is read off them."""

    returns: FloatArray
    n_before: int
    names: pd.Index
    level: float
    required: int

    def treated(self) -> tuple[FloatArray, FloatArray]:
        """Weights and the gap on every row.

        Raises
        ------
        InfeasibleDesign
            If too few rows are common, the weights cannot be found, or the donors hold the line itself.
        """
        n = int(np.isfinite(self.returns[: self.n_before]).all(axis=1).sum())
        if n < self.required:
            raise InfeasibleDesign(
                f"the line and its donors have {n} sessions of the estimation window in common, {self.required} are needed; name donors "
                "with fewer gaps, or widen it."
            )
        weights, gap = self.without(None)
        if _error(gap[: self.n_before]) < EXACT * np.nanstd(self.returns[: self.n_before, 0]):
            raise InfeasibleDesign(
                "the donors reproduce the treated line to the last digit, so the event is in them; leave out what is made of it."
            )
        return weights, gap

    def without(self, donor: int | None) -> tuple[FloatArray, FloatArray]:
        """The same with one donor left out."""
        x = self.returns[:, 1:] if donor is None else np.delete(self.returns[:, 1:], donor, axis=1)
        fit = simplex_weights(self.returns[None, : self.n_before, 0], x[None, : self.n_before])
        if not fit.violation[0] < MAX_VIOLATION:
            raise InfeasibleDesign("the weights fail the optimality conditions; leave out donors that move alike.")
        return fit.weights[0], self.returns[:, 0] - x @ fit.weights[0]

    def placebos(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Per donor what its gap says, and the cumulative gaps (W, J) in units of the fit error."""
        every = gaps_of_donors(self.returns[:, 1:], self.n_before)
        rows = [gap_figures(gap, self.n_before) for gap in every.gaps]
        table = pd.DataFrame(rows, index=pd.Index(self.names, name="donor"))
        spread = np.nanstd(self.returns[: self.n_before, 1:], axis=0)
        unfit = ~(every.violation < MAX_VIOLATION) | (table["rmspe"].to_numpy() < EXACT * spread)
        table.loc[unfit] = np.nan
        paths = np.cumsum(every.gaps[:, self.n_before :], axis=1).T / table["rmspe"].to_numpy()
        return table.reset_index(), pd.DataFrame(paths, columns=self.names)


def _error(gap: FloatArray) -> float:
    return float(np.sqrt(np.nanmean(gap**2)))


def gap_figures(gap: FloatArray, n_before: int) -> dict[str, float]:
    """What a gap (before and after, in order) says: its sum after, its root mean square before and after, their ratio, and the statistic."""
    before, after, car = _error(gap[:n_before]), _error(gap[n_before:]), float(gap[n_before:].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, statistic = np.divide(after, before), np.divide(car, before * np.sqrt(gap.size - n_before))
    return {"car": car, "rmspe": before, "rmspe_after": after, "rmspe_ratio": float(ratio), "statistic": float(statistic)}
