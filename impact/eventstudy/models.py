"""The normal-return models: one record each, in one place. A model is added by its record and its name in `ModelName`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from impact.lazy import Later

if TYPE_CHECKING:
    from impact.eventstudy.benchmarks import ModelInputs, NormalReturn
    from impact.eventstudy.design import StudyDesign
    from impact.eventstudy.estimate import Estimated

__all__ = ["MODELS", "ModelName", "ModelNeed", "NormalModel"]

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
    "own_past",
    "garch",
    "peer",
    "synthetic_control",
]
ModelNeed: TypeAlias = Literal["market", "one market", "factors", "market or peers", "arch"]


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


BENCHMARKS, COMPARISON, ESTIMATE = (f"impact.eventstudy.{module}" for module in ("benchmarks", "comparison", "estimate"))


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
        build=Later(BENCHMARKS, "factor_model"),
        fit=Later(ESTIMATE, "least_squares"),
        factor_names=names,
        zero_alpha=True,
    )


_RECORDS = (
    NormalModel(
        name="mean",
        title="mean-adjusted: the normal return is the estimation-window mean",
        n_parameters=_one,
        build=Later(BENCHMARKS, "mean_model"),
        fit=Later(ESTIMATE, "least_squares"),
    ),
    NormalModel(
        name="market_adjusted",
        title="market-adjusted: the normal return is the market return, nothing estimated",
        needs=frozenset({"market"}),
        n_parameters=_one,
        build=Later(BENCHMARKS, "market_gap"),
        fit=Later(ESTIMATE, "least_squares"),
        exclude_weight=True,
    ),
    NormalModel(
        name="market",
        title="market model by ordinary least squares",
        needs=frozenset({"market"}),
        n_parameters=_slopes(1),
        build=Later(BENCHMARKS, "market_model"),
        fit=Later(ESTIMATE, "least_squares"),
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
        build=Later(BENCHMARKS, "factor_model"),
        fit=Later(ESTIMATE, "least_squares"),
        zero_alpha=True,
    ),
    NormalModel(
        name="scholes_williams",
        title="market model with the Scholes-Williams beta",
        needs=frozenset({"one market"}),
        n_parameters=lambda _: 2,
        build=Later(BENCHMARKS, "market_model"),
        fit=Later(ESTIMATE, "scholes_williams_fit"),
        in_parts=False,
    ),
    NormalModel(
        name="dimson",
        title="market model with leads and lags of the market (Dimson)",
        needs=frozenset({"market"}),
        n_parameters=lambda design: 1 + design.lags + design.leads + int(not design.zero_alpha),
        build=Later(BENCHMARKS, "lagged_market"),
        fit=Later(ESTIMATE, "before_leads"),
        zero_alpha=True,
    ),
    NormalModel(
        name="own_past",
        title="least squares on the line's own week and month before the window, and on the market where one is given",
        n_parameters=lambda _: 3,
        build=Later(BENCHMARKS, "own_past"),
        fit=Later(ESTIMATE, "least_squares"),
        in_parts=False,
    ),
    NormalModel(
        name="garch",
        title="market model with GARCH(1,1) errors, variance forecast from before the event",
        needs=frozenset({"market", "arch"}),
        n_parameters=lambda _: 2,
        build=Later(BENCHMARKS, "market_model"),
        fit=Later(ESTIMATE, "garch"),
        in_parts=False,
    ),
    NormalModel(
        name="peer",
        title="difference from the mean return of named peers, nothing estimated",
        needs=frozenset({"market or peers"}),
        n_parameters=_one,
        build=Later(COMPARISON, "peer_gap"),
        fit=Later(ESTIMATE, "least_squares"),
        in_parts=False,
    ),
    NormalModel(
        name="synthetic_control",
        title="difference from a convex combination of donors fitted before the event",
        n_parameters=_one,
        build=Later(COMPARISON, "synthetic_control_gap"),
        fit=Later(ESTIMATE, "least_squares"),
        in_parts=False,
    ),
)

MODELS: dict[str, NormalModel] = {record.name: record for record in _RECORDS}
"""Every model by its name."""

assert tuple(MODELS) == get_args(ModelName)
