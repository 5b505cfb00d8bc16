"""From a model name to a fit: the one place that knows which model is estimated how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.errors import InputError
from impact.eventstudy.alignment import AlignedEvents, ReturnTable, column_of_returns
from impact.eventstudy.design import MODELS, StudyDesign
from impact.eventstudy.models import normal_return
from impact.kernels.ols import BatchFit, fit_events

__all__ = ["Estimated", "estimate"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimated:
    """A fit of all aligned events.

    Attributes
    ----------
    fit : BatchFit
    names : tuple of str
        Coefficient names.
    notes : tuple of str
        Assumptions in words.
    n_parameters : int
        K, for the rule on estimation rows.
    """

    fit: BatchFit
    names: tuple[str, ...]
    notes: tuple[str, ...]
    n_parameters: int


def estimate(
    returns: ReturnTable, design: StudyDesign, aligned: AlignedEvents, market: Any, factors: Any, executor: Any = None
) -> Estimated:
    """Fit `design.model` to the aligned events.

    Raises
    ------
    InputError
        If the model lacks a market, factors, peers or a package.
    """
    if design.model == "peer" and "peer" in aligned.table.columns:
        from impact.eventstudy.comparison import fit_peers

        fit, notes = fit_peers(returns, design, aligned)
        return Estimated(fit=fit, names=(), notes=notes, n_parameters=1)
    if design.model == "synthetic_control":
        from impact.eventstudy.comparison import fit_synthetic_controls

        fit, notes, _ = fit_synthetic_controls(returns, design, aligned, market)
        return Estimated(fit=fit, names=(), notes=notes, n_parameters=1)
    if design.model == "scholes_williams":
        return _scholes_williams(returns, design, aligned, market)
    normal = normal_return(returns, design, np.unique(aligned.security), market, factors)
    local = np.searchsorted(normal.columns, aligned.security)
    if design.model == "garch":
        from impact.eventstudy.conditional import GARCH_NAMES, fit_garch

        fit, notes = fit_garch(normal.regression, aligned.day0, local, design.estimation, design.window)
        return Estimated(fit=fit, names=GARCH_NAMES, notes=(*notes, *normal.notes[1:]), n_parameters=2)
    first, last = design.estimation
    if design.model == "dimson":
        last -= design.leads  # a lead must not reach past the estimation window
    fit = fit_events(normal.regression, aligned.day0, local, (first, last), design.window, executor=executor)
    return Estimated(fit=fit, names=normal.names, notes=normal.notes, n_parameters=normal.regression.n_parameters)


def _scholes_williams(returns: ReturnTable, design: StudyDesign, aligned: AlignedEvents, market: Any) -> Estimated:
    from impact.kernels.thin_trading import scholes_williams

    if market is None or isinstance(market, list):
        raise InputError("model='scholes_williams' needs one market series; pass market= as a column of returns or a Series.")
    if design.length < 4:
        raise InputError(
            f"estimation={design.estimation} holds {design.length} sessions; model='scholes_williams' needs interior rows: widen it."
        )
    series = column_of_returns(market, returns)
    fit = scholes_williams(returns.values, series, aligned.day0, aligned.security, design.estimation, design.window)
    return Estimated(fit=fit, names=("alpha", "beta"), notes=(MODELS["scholes_williams"],), n_parameters=2)
