"""Normal returns from other securities: matched peers and synthetic controls, one series of gaps for each event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import Market, ReturnTable
from impact.eventstudy.benchmarks import ModelInputs, NormalReturn, market_gap, regress_gap
from impact.kernels.direct import event_rows
from impact.kernels.records import Regression
from impact.kernels.synthetic import simplex_weights
from impact.tables.prose import quoted
from impact.typing_ import IntArray

if TYPE_CHECKING:
    from impact.eventstudy.models import NormalModel

__all__ = ["MAX_VIOLATION", "donor_columns", "peer_gap", "synthetic_control_gap"]

MAX_VIOLATION = 1e-6
"""Violation of the optimality conditions above which synthetic weights are refused."""


def peer_gap(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """Return less that of the security named in the column `peer` of the event table, or of the market without that column.

    Raises
    ------
    InputError
        If a peer is not a column of the returns.
    """
    if inputs.events is None or "peer" not in inputs.events.columns:
        return market_gap(inputs, model)
    returns = inputs.returns
    peer = returns.securities.get_indexer(pd.Index(inputs.events["peer"]))
    if (peer < 0).any():
        first = inputs.events["peer"].iloc[int(np.flatnonzero(peer < 0)[0])]
        raise InputError(
            f"events['peer'] names {int((peer < 0).sum())} security(ies) that are no column of returns (first {quoted(first)}); mend them."
        )
    pairs, pair = np.unique(np.column_stack((inputs.security, peer)), axis=0, return_inverse=True)
    gap = returns.values[:, pairs[:, 0]] - returns.values[:, pairs[:, 1]]
    return regress_gap(gap, pair.ravel(), ("difference from the peer named for each event, nothing estimated",))


def synthetic_control_gap(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """Gap to a convex combination of donors.

    Donors are the columns that `market` names, or all columns without an event. Only sessions on which the security and all
    donors have a return enter the fit.

    Raises
    ------
    InputError
        If there are fewer than two donors, or one has an event itself.
    """
    returns = inputs.returns
    columns = donor_columns(returns, inputs.security, inputs.market)
    donor_returns = returns.values[:, columns]
    everywhere = Regression(returns=returns.values, regressors=donor_returns)
    y, x = event_rows(everywhere, inputs.day0, inputs.security, inputs.design.estimation)
    fitted = simplex_weights(y, x)
    with np.errstate(invalid="ignore"):
        gap = returns.values[:, inputs.security] - donor_returns @ fitted.weights.T
    poor = ~(fitted.violation < MAX_VIOLATION)
    gap[:, poor] = np.nan
    notes = [model.title, f"{columns.size} donors; they must not be touched by the event"]
    if poor.any():
        notes.append(f"weights of {int(poor.sum())} events fail the optimality conditions and are not used")
    return regress_gap(gap, np.arange(inputs.day0.size), tuple(notes))


def donor_columns(returns: ReturnTable, treated: IntArray, donors: Market | None, parameter: str = "market") -> IntArray:
    """Columns of the donors that `donors` names, or of all lines that are not treated.

    Raises
    ------
    InputError
        If a name is no column, is treated itself or repeats, or fewer than two remain.
    """
    treated = np.unique(treated)
    if donors is None:
        columns: IntArray = np.setdiff1d(np.arange(len(returns.securities)), treated)
    else:
        named = list(donors) if isinstance(donors, Sequence) and not isinstance(donors, str) else [donors]
        columns = returns.securities.get_indexer(pd.Index(named))
        if (columns < 0).any():
            absent = named[int(np.flatnonzero(columns < 0)[0])]
            raise InputError(
                f"{parameter} names {int((columns < 0).sum())} donor(s) that are no column of returns (first {absent!r}); mend them."
            )
        if np.unique(columns).size < columns.size:
            repeated = pd.Index(named)[pd.Index(named).duplicated()]
            raise InputError(f"{parameter} names {len(repeated)} donor(s) twice (first {repeated[0]!r}); name each once.")
        both = np.intersect1d(columns, treated)
        if both.size:
            raise InputError(
                f"{parameter} names {both.size} donor(s) that have an event themselves (first {returns.securities[both[0]]!r}); leave them out."
            )
    if columns.size < 2:
        raise InputError(f"{parameter} leaves {columns.size} donor(s); a synthetic control needs at least 2: name more columns.")
    return columns
