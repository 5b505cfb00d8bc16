"""An index after a deletion: the other names take the weight, the divisor keeps the level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.index_weights import reweight_without
from impact.results import Result, Summary, declared
from impact.supply.schemas import REWEIGHTED
from impact.tables.prose import decimal, percent, significant

__all__ = ["ReweightedWeights", "reweight_index"]

SUM_TOLERANCE = 0.005


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ReweightedWeights(Result):
    """Weights of an index before and after names leave it.

    Attributes
    ----------
    table : DataFrame
        security, weight_before, weight_after, change_weight.
    turnover_share : float
        One-way turnover of a tracker.
    divisor_ratio : float
        New divisor over old.
    """

    schemas = declared(table=REWEIGHTED, to_frame=REWEIGHTED)

    table: pd.DataFrame
    turnover_share: float
    divisor_ratio: float
    assumptions: tuple[str, ...] = ("The weight of the deleted names goes to all others in proportion; no name replaces them.",)

    def to_frame(self) -> pd.DataFrame:
        """One row a security."""
        return self.table.copy()

    def summary(self) -> Summary:
        """Turnover, divisor and weights."""
        return Summary(
            title=f"Index without {int((self.table['weight_after'] == 0).sum())} names: {percent(self.turnover_share, 2)} one-way turnover",
            tables=(("Weights", self.with_schema("table")),),
            notes=(*self.assumptions, f"Divisor ratio {decimal(self.divisor_ratio, 6)}."),
        )


def reweight_index(weights: pd.Series, removed: Iterable[str]) -> ReweightedWeights:
    """Delete names from an index given by its weights.

    Parameters
    ----------
    weights : Series
        Weight by security, decimals that sum to one.
    removed : iterable of str
        Securities that leave.

    Raises
    ------
    InputError
        If weights are negative or do not sum to one, or a removed name is not in the index.
    """
    values = weights.to_numpy(dtype=float)
    wrong = int(np.sum(~(values > 0)))
    if wrong or abs(values.sum() - 1) > SUM_TOLERANCE:
        raise InputError(
            f"weights sum to {significant(values.sum(), 6)} with {wrong} that are not positive; an index's weights are positive and sum to 1:"
            " divide percent by 100, or give every constituent."
        )
    names = list(removed)
    absent = [name for name in names if name not in weights.index]
    if absent:
        raise InputError(f"removed names {len(absent)} securities that are not in the index (first {absent[0]!r}): check the identifiers.")
    reweighted = reweight_without(values, np.ones(values.size), weights.index.isin(names))
    table = pd.DataFrame({"security": weights.index, "weight_before": reweighted.before, "weight_after": reweighted.after})
    return ReweightedWeights(
        table=table.assign(change_weight=table["weight_after"] - table["weight_before"]),
        turnover_share=reweighted.turnover_one_way,
        divisor_ratio=reweighted.divisor_ratio,
    )
