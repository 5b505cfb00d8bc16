"""The normal-return models: one record each, in one place. A model is added by its record and its name in `ModelName`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from impact.errors import InputError
from impact.eventstudy.benchmarks import ModelInputs, NormalReturn, factor_model, lagged_market, market_gap, market_model, mean_model
from impact.eventstudy.comparison import peer_gap, synthetic_control_gap
from impact.eventstudy.conditional import fit_garch
from impact.kernels.ols import BatchFit, fit_events

if TYPE_CHECKING:
    from impact.eventstudy.design import StudyDesign

__all__ = ["MODELS", "Estimated", "ModelName", "ModelNeed", "NormalModel", "build", "estimate", "fit"]

ModelName: TypeAlias = Literal[
    "mean",
    "market_adjusted",
    "market",
    "capm",
    "ff3",
    "carhart",
    "ff5",
    "factors",
    "scholes_williams",
    "dimson",
    "garch",
    "peer",
    "synthetic_control",
]
ModelNeed: TypeAlias = Literal["market", "one market", "factors", "market or peers", "arch"]


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


@dataclass(frozen=True, kw_only=True)
class NormalModel:
    """One model of the normal return.

    Attributes
    ----------
    name : str
    title : str
        What it does, in words.
    needs : set of {"market", "one market", "factors", "market or peers", "arch"}
        What the caller has to bring; ``one market`` is a single series for all securities, ``arch`` a package.
    n_parameters : callable (StudyDesign) -> int
        K, the constant included; the least it can be where it depends on the factors given.
    build : callable (ModelInputs, NormalModel) -> NormalReturn
        The regression it stands for.
    fit : callable (NormalReturn, ModelInputs) -> Estimated
        How that is estimated.
    factor_names : tuple of str
        Factor columns it regresses on, for a model with a fixed set.
    zero_alpha : bool
        It has an intercept that may be left out.
    exclude_weight : bool
        The security may be taken out of its benchmark.
    in_parts : bool
        It can be studied part by part, events in any number of pieces.
    """

    name: ModelName
    title: str
    needs: frozenset[ModelNeed] = frozenset()
    n_parameters: Callable[[StudyDesign], int]
    build: Callable[[ModelInputs, NormalModel], NormalReturn]
    fit: Callable[[NormalReturn, ModelInputs], Estimated]
    factor_names: tuple[str, ...] = ()
    zero_alpha: bool = False
    exclude_weight: bool = False
    in_parts: bool = True


def _least_squares(normal: NormalReturn, inputs: ModelInputs, leads: int = 0) -> Estimated:
    """Least squares on the estimation window, less its last `leads` rows."""
    first, last = inputs.design.estimation
    found = fit_events(
        normal.regression, inputs.day0, normal.column, (first, last - leads), inputs.design.window, executor=inputs.executor
    )
    return Estimated(fit=found, names=normal.names, notes=normal.notes, n_parameters=normal.regression.n_parameters)


def _dimson(normal: NormalReturn, inputs: ModelInputs) -> Estimated:
    """A lead must not reach past the estimation window."""
    return _least_squares(normal, inputs, inputs.design.leads)


def _garch(normal: NormalReturn, inputs: ModelInputs) -> Estimated:
    found, names, notes = fit_garch(normal.regression, inputs.day0, normal.column, inputs.design.estimation, inputs.design.window)
    return Estimated(fit=found, names=names, notes=(*normal.notes[:1], *notes, *normal.notes[1:]), n_parameters=2)


def _scholes_williams(normal: NormalReturn, inputs: ModelInputs) -> Estimated:
    from impact.kernels.thin_trading import scholes_williams

    design, regression = inputs.design, normal.regression
    if design.length < 4:
        raise InputError(
            f"estimation={design.estimation} holds {design.length} sessions; model='scholes_williams' needs interior rows: widen it."
        )
    found = scholes_williams(
        regression.returns, regression.regressors[:, 0], inputs.day0, normal.column, design.estimation, design.window
    )
    return Estimated(fit=found, names=normal.names, notes=normal.notes[:1], n_parameters=2)


def _slopes(n: int) -> Callable[[StudyDesign], int]:
    """K of a regression on `n` columns."""
    return lambda design: n + int(not design.zero_alpha)


def _one(_: StudyDesign) -> int:
    return 1


def _factors(name: ModelName, title: str, *names: str) -> NormalModel:
    """A model in excess returns with a fixed set of factors."""
    return NormalModel(
        name=name,
        title=title,
        needs=frozenset({"factors"}),
        n_parameters=_slopes(len(names)),
        build=factor_model,
        fit=_least_squares,
        factor_names=names,
        zero_alpha=True,
    )


_RECORDS = (
    NormalModel(
        name="mean",
        title="mean-adjusted: the normal return is the estimation-window mean",
        n_parameters=_one,
        build=mean_model,
        fit=_least_squares,
    ),
    NormalModel(
        name="market_adjusted",
        title="market-adjusted: the normal return is the market return, nothing estimated",
        needs=frozenset({"market"}),
        n_parameters=_one,
        build=market_gap,
        fit=_least_squares,
        exclude_weight=True,
    ),
    NormalModel(
        name="market",
        title="market model by ordinary least squares",
        needs=frozenset({"market"}),
        n_parameters=_slopes(1),
        build=market_model,
        fit=_least_squares,
        zero_alpha=True,
        exclude_weight=True,
    ),
    _factors("capm", "CAPM in excess returns, with intercept", "MKTRF"),
    _factors("ff3", "Fama-French three factors in excess returns", "MKTRF", "SMB", "HML"),
    _factors("carhart", "Carhart four factors in excess returns", "MKTRF", "SMB", "HML", "MOM"),
    _factors("ff5", "Fama-French five factors in excess returns", "MKTRF", "SMB", "HML", "RMW", "CMA"),
    NormalModel(
        name="factors",
        title="least squares on the factor columns given",
        needs=frozenset({"factors"}),
        n_parameters=_slopes(1),
        build=factor_model,
        fit=_least_squares,
        zero_alpha=True,
    ),
    NormalModel(
        name="scholes_williams",
        title="market model with the Scholes-Williams beta",
        needs=frozenset({"one market"}),
        n_parameters=lambda _: 2,
        build=market_model,
        fit=_scholes_williams,
        in_parts=False,
    ),
    NormalModel(
        name="dimson",
        title="market model with leads and lags of the market (Dimson)",
        needs=frozenset({"market"}),
        n_parameters=lambda design: 1 + design.lags + design.leads + int(not design.zero_alpha),
        build=lagged_market,
        fit=_dimson,
        zero_alpha=True,
    ),
    NormalModel(
        name="garch",
        title="market model with GARCH(1,1) errors, variance forecast from before the event",
        needs=frozenset({"market", "arch"}),
        n_parameters=lambda _: 2,
        build=market_model,
        fit=_garch,
        in_parts=False,
    ),
    NormalModel(
        name="peer",
        title="difference from the mean return of named peers, nothing estimated",
        needs=frozenset({"market or peers"}),
        n_parameters=_one,
        build=peer_gap,
        fit=_least_squares,
        in_parts=False,
    ),
    NormalModel(
        name="synthetic_control",
        title="difference from a convex combination of donors fitted before the event",
        n_parameters=_one,
        build=synthetic_control_gap,
        fit=_least_squares,
        in_parts=False,
    ),
)

MODELS: dict[str, NormalModel] = {record.name: record for record in _RECORDS}
"""Every model by its name."""

assert tuple(MODELS) == get_args(ModelName)


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
    return MODELS[inputs.design.model].fit(normal, inputs)


def estimate(inputs: ModelInputs) -> Estimated:
    """Fit the model of the design to the events.

    Raises
    ------
    InputError
        If the model lacks a market, factors, peers or a package.
    """
    return fit(build(inputs), inputs)
