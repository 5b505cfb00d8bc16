"""From a model to a fit: its regression is built, and estimated for the events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impact.errors import InputError
from impact.eventstudy.benchmarks import ModelInputs, NormalReturn
from impact.eventstudy.conditional import fit_garch
from impact.eventstudy.models import MODELS, NormalModel
from impact.kernels.ols import BatchFit, fit_events
from impact.kernels.thin_trading import scholes_williams
from impact.typing_ import BoolArray

__all__ = ["Estimated", "before_leads", "build", "estimate", "fit", "garch", "least_squares", "scholes_williams_fit"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimated:
    """A fit of the events.

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


def least_squares(normal: NormalReturn, inputs: ModelInputs, leads: int = 0) -> Estimated:
    """Least squares on the estimation window, less its last `leads` rows."""
    first, last = inputs.design.estimation
    fitted = fit_events(
        normal.regression, inputs.day0, normal.column, (first, last - leads), inputs.design.window, executor=inputs.executor
    )
    return Estimated(fit=fitted, names=normal.names, notes=normal.notes, n_parameters=normal.regression.n_parameters)


def before_leads(normal: NormalReturn, inputs: ModelInputs) -> Estimated:
    """A lead must not reach past the estimation window."""
    return least_squares(normal, inputs, inputs.design.leads)


def garch(normal: NormalReturn, inputs: ModelInputs) -> Estimated:
    """Conditional variances by maximum likelihood (Bollerslev, 1986), the mean as the regression says."""
    fitted, names, notes = fit_garch(normal.regression, inputs.day0, normal.column, inputs.design.estimation, inputs.design.window)
    return Estimated(fit=fitted, names=names, notes=(*normal.notes[:1], *notes, *normal.notes[1:]), n_parameters=2)


def scholes_williams_fit(normal: NormalReturn, inputs: ModelInputs) -> Estimated:
    """Beta from lead, same-day and lagged slopes (Scholes and Williams, 1977)."""
    design, regression = inputs.design, normal.regression
    if design.length < 4:
        raise InputError(
            f"estimation={design.estimation} holds {design.length} sessions; model='scholes_williams' needs interior rows: widen it."
        )
    fitted = scholes_williams(regression.returns, regression.regressors[:, 0], inputs.day0, normal.column, design.estimation, design.window)
    return Estimated(fit=fitted, names=normal.names, notes=normal.notes[:1], n_parameters=2)


def build(inputs: ModelInputs) -> NormalReturn:
    """The regression that the model of the design stands for, on the return calendar.

    Raises
    ------
    InputError
        If the model needs a market, factors or peers that were not given.
    """
    model = MODELS[inputs.design.model]
    _check_needs(model, inputs)
    return model.build(inputs, model)


def _check_needs(model: NormalModel, inputs: ModelInputs) -> None:
    named_peers = inputs.events is not None and "peer" in inputs.events.columns
    if inputs.market is None and ({"market", "one market"} & model.needs or ("market or peers" in model.needs and not named_peers)):
        raise InputError(
            f"model={model.name!r} needs a market; pass market= as a column of returns, a list of columns (a basket) or a Series."
        )
    if inputs.factors is None and "factors" in model.needs:
        raise InputError(f"model={model.name!r} needs factors; pass factors= with one column a factor (decimals, RF apart).")


def fit(normal: NormalReturn, inputs: ModelInputs, chunk: slice | None = None) -> Estimated:
    """Estimate the regression for the events of `inputs`, or for a run of them."""
    if chunk is not None:
        inputs = replace(inputs, day0=inputs.day0[chunk], security=inputs.security[chunk])
        normal = replace(normal, column=normal.column[chunk])
    estimated = MODELS[inputs.design.model].fit(normal, inputs)
    return replace(estimated, fit=replace(estimated.fit, unmeasured=_unmeasured(inputs, estimated.fit)))


def _unmeasured(inputs: ModelInputs, fitted: BatchFit) -> BoolArray:
    """(N,) events whose security has a return in the event window, but no abnormal return, since nothing stands beside it."""
    unmeasured: BoolArray = np.asarray(np.isnan(fitted.events.abnormal).all(axis=1))
    empty = np.flatnonzero(unmeasured)
    if empty.size:
        values = inputs.returns.values
        days = inputs.day0[empty, None] + fitted.events.offsets
        inside = (days >= 0) & (days < len(values))
        own = values[np.where(inside, days, 0), inputs.security[empty, None]]
        unmeasured[empty] = (np.isfinite(own) & inside).any(axis=1)
    return unmeasured


def estimate(inputs: ModelInputs) -> Estimated:
    """Fit the model of the design to the events.

    Raises
    ------
    InputError
        If the model lacks a market, factors, peers or a package.
    """
    return fit(build(inputs), inputs)
