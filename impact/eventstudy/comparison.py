"""Normal returns from other securities: matched peers and synthetic controls, one series of gaps for each event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from impact.errors import InputError
from impact.eventstudy.alignment import AlignedEvents, ReturnTable
from impact.eventstudy.design import MODELS, StudyDesign
from impact.kernels.direct import event_rows
from impact.kernels.ols import BatchFit, fit_events
from impact.kernels.records import Regression
from impact.kernels.synthetic import simplex_weights
from impact.typing_ import FloatArray, IntArray

__all__ = ["fit_peers", "fit_synthetic_controls"]

MAX_VIOLATION = 1e-6
"""Violation of the optimality conditions above which synthetic weights are refused."""


def fit_peers(returns: ReturnTable, design: StudyDesign, aligned: AlignedEvents) -> tuple[BatchFit, tuple[str, ...]]:
    """Return less that of the security named in the column `peer` of the event table.

    Raises
    ------
    InputError
        If a peer is not a column of the returns.
    """
    peer = returns.securities.get_indexer(aligned.table["peer"])
    if (peer < 0).any():
        first = aligned.table["peer"].iloc[int(np.flatnonzero(peer < 0)[0])]
        raise InputError(
            f"events['peer'] names {int((peer < 0).sum())} security(ies) that are no column of returns (first {first!r}); mend them."
        )
    pairs, pair = np.unique(np.column_stack((aligned.security, peer)), axis=0, return_inverse=True)
    gap = returns.values[:, pairs[:, 0]] - returns.values[:, pairs[:, 1]]
    fit = fit_events(_gaps(gap), aligned.day0, pair.ravel(), design.estimation, design.window)
    return fit, ("difference from the peer named for each event, nothing estimated",)


def fit_synthetic_controls(
    returns: ReturnTable, design: StudyDesign, aligned: AlignedEvents, donors: Any
) -> tuple[BatchFit, tuple[str, ...], FloatArray]:
    """Gap to a convex combination of donors; the third value is the (N, J) weights.

    Donors are the columns named, or all columns without an event. Only sessions on which the security and all donors have
    a return enter the fit.

    Raises
    ------
    InputError
        If there are fewer than two donors, or one has an event itself.
    """
    columns = _donor_columns(returns, aligned.security, donors)
    donor_returns = returns.values[:, columns]
    everywhere = Regression(returns=returns.values, regressors=donor_returns)
    y, x = event_rows(everywhere, aligned.day0, aligned.security, design.estimation)
    fitted = simplex_weights(y, x)
    with np.errstate(invalid="ignore"):
        gap = returns.values[:, aligned.security] - donor_returns @ fitted.weights.T
    poor = ~(fitted.violation < MAX_VIOLATION)
    gap[:, poor] = np.nan
    fit = fit_events(_gaps(gap), aligned.day0, np.arange(aligned.day0.size), design.estimation, design.window)
    words = [MODELS["synthetic_control"], f"{columns.size} donors; they must not be touched by the event"]
    if poor.any():
        words.append(f"weights of {int(poor.sum())} events fail the optimality conditions and are not used")
    return fit, tuple(words), fitted.weights


def _gaps(gap: FloatArray) -> Regression:
    return Regression(returns=gap, regressors=np.empty((gap.shape[0], 0)), fixed=True)


def _donor_columns(returns: ReturnTable, treated: IntArray, donors: Any) -> IntArray:
    treated = np.unique(treated)
    if donors is None:
        columns = np.setdiff1d(np.arange(len(returns.securities)), treated)
    else:
        named = list(donors) if isinstance(donors, Sequence) and not isinstance(donors, str) else [donors]
        columns = returns.securities.get_indexer(named)
        if (columns < 0).any():
            absent = named[int(np.flatnonzero(columns < 0)[0])]
            raise InputError(
                f"market names {int((columns < 0).sum())} donor(s) that are no column of returns (first {absent!r}); mend them."
            )
        both = np.intersect1d(columns, treated)
        if both.size:
            raise InputError(
                f"market names {both.size} donor(s) that have an event themselves (first {returns.securities[both[0]]!r}); leave them out."
            )
    if columns.size < 2:
        raise InputError(f"market leaves {columns.size} donor(s); a synthetic control needs at least 2: name more columns.")
    return columns
