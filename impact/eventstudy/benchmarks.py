"""What a normal-return model regresses on what: benchmarks, baskets and factors on the return calendar."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import Market, ReturnTable, column_of_returns, read_factors
from impact.kernels.mapping import Executor
from impact.kernels.persistence import past_mean
from impact.kernels.records import Regression
from impact.kernels.thin_trading import lagged_columns
from impact.typing_ import FloatArray, IntArray

if TYPE_CHECKING:
    from impact.eventstudy.design import StudyDesign
    from impact.eventstudy.models import NormalModel

__all__ = [
    "ModelInputs",
    "NormalReturn",
    "factor_model",
    "lagged_market",
    "market_gap",
    "market_model",
    "mean_model",
    "measured_against",
    "own_past",
    "regress_gap",
]

PAST = (5, 22)
"""Sessions, a week and a month, whose means stand for a line's own past."""
_SAME = {"UMD": "MOM", "WML": "MOM", "MKTRF": "MKTRF", "RMRF": "MKTRF", "MKT": "MKTRF"}


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelInputs:
    """What a model is built and fitted from.

    Attributes
    ----------
    returns : ReturnTable
    design : StudyDesign
    day0, security : (N,) int
        Position on the calendar and column of each event.
    events : DataFrame or None
        The N rows of the event table, for a model that reads a column of it.
    market, factors
        As the caller gave them.
    executor : object with ``map``, optional
    """

    returns: ReturnTable
    design: StudyDesign
    day0: IntArray
    security: IntArray
    events: pd.DataFrame | None = None
    market: Market | None = None
    factors: Any = None
    executor: Executor | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class NormalReturn:
    """One model made concrete.

    Attributes
    ----------
    regression : Regression
        On the return calendar. Its columns are all securities, so that placebos can be drawn from those without events,
        or only those with events when each has regressors or a gap of its own.
    column : (N,) int
        Column of the regression that each event reads.
    names : tuple of str
        Coefficient names: ``alpha`` first when there is a constant, ``beta`` for a single market slope.
    notes : tuple of str
        Assumptions in words.
    """

    regression: Regression
    column: IntArray
    names: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Benchmark:
    """Benchmark returns, (T,) or one series for each security with events (T, s), and what they are in words."""

    values: FloatArray
    words: str

    @property
    def own(self) -> bool:
        return self.values.ndim == 2


def regress_gap(gap: FloatArray, column: IntArray, notes: tuple[str, ...]) -> NormalReturn:
    """Abnormal returns that are known without estimation."""
    regression = Regression(returns=gap, regressors=np.empty((gap.shape[0], 0)), fixed=True)
    return NormalReturn(regression=regression, column=column, names=(), notes=notes)


def mean_model(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """A constant alone."""
    y = inputs.returns.values
    regression = Regression(returns=y, regressors=np.empty((y.shape[0], 0)))
    return NormalReturn(regression=regression, column=inputs.security, names=("alpha",), notes=(model.title,))


def market_gap(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """Return less that of the benchmark."""
    benchmark, y, column = _against_benchmark(inputs)
    excess = y - (benchmark.values if benchmark.own else benchmark.values[:, None])
    return regress_gap(excess, column, (model.title, benchmark.words))


def market_model(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """Return on the benchmark, with a constant unless the design says otherwise."""
    if "one market" in model.needs:
        _check_one_market(model, inputs.market)
    benchmark, y, column = _against_benchmark(inputs)
    origin = inputs.design.zero_alpha
    regression = Regression(returns=y, regressors=benchmark.values[..., None], constant=not origin)
    notes = (model.title, benchmark.words, *_origin_note(inputs.design))
    return NormalReturn(regression=regression, column=column, names=("beta",) if origin else ("alpha", "beta"), notes=notes)


def lagged_market(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """Leads and lags of the market, all of which enter the normal return."""
    design = inputs.design
    benchmark, y, column = _against_benchmark(inputs)
    if benchmark.own:
        raise InputError("model='dimson' needs one market for all securities; pass a series or a basket without the securities themselves.")
    shifts = range(-design.lags, design.leads + 1)
    slopes = tuple("beta" if shift == 0 else f"beta_lag{-shift}" if shift < 0 else f"beta_lead{shift}" for shift in shifts)
    shifted = f"{design.lags} lag(s) and {design.leads} lead(s) of the market; the sum of the slopes is the beta"
    regressors = lagged_columns(benchmark.values, design.lags, design.leads)
    return NormalReturn(
        regression=Regression(returns=y, regressors=regressors, constant=not design.zero_alpha),
        column=column,
        names=slopes if design.zero_alpha else ("alpha", *slopes),
        notes=(model.title, benchmark.words, *_origin_note(design), shifted),
    )


def own_past(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """On the means of the line's own sessions that ended before the window, and on the benchmark where there is one.

    The lag is the length of the window for every row, so that no day of the window is explained by another.
    """
    design, used = inputs.design, np.unique(inputs.security)
    y = inputs.returns.values[:, used]
    lag = design.window[1] - design.window[0] + 1
    columns, names = [past_mean(y, days, lag) for days in PAST], [f"mean_of_{days}" for days in PAST]
    told: tuple[str, ...] = (
        f"means of the {PAST[0]} and the {PAST[1]} sessions that ended {lag} before, so that none of them is a day of the window",
    )
    if inputs.market is not None:
        benchmark = _benchmark(inputs.returns, design, used, inputs.market)
        columns.append(benchmark.values if benchmark.own else np.broadcast_to(benchmark.values[:, None], y.shape))
        names, told = [*names, "beta"], (benchmark.words, *told)
    return NormalReturn(
        regression=Regression(returns=y, regressors=np.stack(columns, axis=-1)),
        column=np.searchsorted(used, inputs.security),
        names=("alpha", *names),
        notes=(model.title, *told),
    )


def _origin_note(design: StudyDesign) -> tuple[str, ...]:
    if not design.zero_alpha:
        return ()
    return ("the regression passes through the origin: past drift is not carried into the event window",)


def measured_against(inputs: ModelInputs, model: NormalModel) -> FloatArray | None:
    """(T, N) market that each line of `inputs` is set against by a model; None where it is set against none, or by a model of other lines."""
    shape = (len(inputs.returns.sessions), inputs.security.size)
    if "factors" in model.needs and inputs.factors is not None:
        values, names = read_factors(inputs.factors, inputs.returns)
        at = _FactorTable(values=values, names=names).at.get("MKTRF")
        return None if at is None else np.broadcast_to(values[:, [at]], shape)
    if not {"market", "one market"} & model.needs or inputs.market is None:
        return None
    benchmark = _benchmark(inputs.returns, inputs.design, inputs.security, inputs.market)
    return np.broadcast_to(benchmark.values if benchmark.own else benchmark.values[:, None], shape)


def _check_one_market(model: NormalModel, market: Market | None) -> None:
    if isinstance(market, Sequence) and not isinstance(market, str):
        raise InputError(f"model={model.name!r} needs one market series; pass market= as a column of returns or a Series.")


def _against_benchmark(inputs: ModelInputs) -> tuple[_Benchmark, FloatArray, IntArray]:
    """The benchmark, the returns set against it and the column of each event among them."""
    used = np.unique(inputs.security)
    benchmark = _benchmark(inputs.returns, inputs.design, used, inputs.market)
    y = inputs.returns.values
    if not benchmark.own:
        return benchmark, y, inputs.security
    return benchmark, y[:, used], np.searchsorted(used, inputs.security)


def _benchmark(returns: ReturnTable, design: StudyDesign, used: IntArray, market: Market | None) -> _Benchmark:
    """The market given, as one series or as one for each of the columns `used`."""
    if isinstance(market, Sequence) and not isinstance(market, str):
        return _basket(returns, used, list(market))
    series = column_of_returns(market, returns)
    name = market if isinstance(market, str) else getattr(market, "name", None) or "the series given"
    if design.exclude_weight is None:
        return _Benchmark(values=series, words=f"benchmark: {name}")
    without = _without_target(series, returns.values[:, used], returns.securities[used], design)
    return _Benchmark(values=without, words=f"benchmark: {name} without the security itself, at the weight given")


def _basket(returns: ReturnTable, used: IntArray, members: list[Any]) -> _Benchmark:
    """Equal-weighted mean of the members' returns of the day, each security without itself."""
    position = returns.securities.get_indexer(pd.Index(members))
    if (position < 0).any() or not len(members) or len(set(members)) < len(members):
        absent = [member for member, at in zip(members, position, strict=True) if at < 0]
        raise InputError(
            f"market is a basket of {len(members)} with {len(absent)} not among the columns of returns (first {absent[:1]}); "
            "name each once."
        )
    basket = returns.values[:, position]
    known = np.isfinite(basket)
    total, count = np.where(known, basket, 0.0).sum(axis=1), known.sum(axis=1)
    words = f"benchmark: equal-weighted mean of {len(members)} peers"
    inside = np.isin(used, position)
    with np.errstate(invalid="ignore", divide="ignore"):
        if not inside.any():
            return _Benchmark(values=np.where(count > 0, total / count, np.nan), words=words)
        own = returns.values[:, used]
        counted = np.isfinite(own) & inside
        rest = count[:, None] - counted
        mean = (total[:, None] - np.where(counted, own, 0.0)) / rest
    return _Benchmark(values=np.where(rest > 0, mean, np.nan), words=words + ", without the security itself")


def _without_target(series: FloatArray, y: FloatArray, securities: pd.Index, design: StudyDesign) -> FloatArray:
    """``(R_m - w R_i) / (1 - w)``, in simple returns whatever the kind."""
    given = design.exclude_weight
    weight = np.array([given.get(name, 0.0) for name in securities]) if isinstance(given, Mapping) else np.full(len(securities), given)
    if design.kind == "log":
        result: FloatArray = np.log1p((np.expm1(series)[:, None] - weight * np.expm1(y)) / (1.0 - weight))
        return result
    return (series[:, None] - weight * y) / (1.0 - weight)


def _canonical(name: str) -> str:
    bare = re.sub(r"[^A-Z0-9]", "", name.upper())
    return _SAME.get(bare, bare)


@dataclass(frozen=True, eq=False, kw_only=True)
class _FactorTable:
    """Factor returns on the return calendar, their names, and the column of each canonical name."""

    values: FloatArray
    names: tuple[str, ...]

    @property
    def at(self) -> dict[str, int]:
        return {_canonical(name): position for position, name in enumerate(self.names)}

    @property
    def risk_free(self) -> FloatArray | None:
        """(T, 1) risk-free rate, when there is one."""
        return self.values[:, [self.at["RF"]]] if "RF" in self.at else None


def factor_model(inputs: ModelInputs, model: NormalModel) -> NormalReturn:
    """Excess returns on factor columns; a column RF is the risk-free rate and is taken from the returns."""
    values, names = read_factors(inputs.factors, inputs.returns)
    table = _FactorTable(values=values, names=names)
    notes = [model.title]
    y = inputs.returns.values
    if table.risk_free is not None:
        y = y - table.risk_free
        notes.append("returns are in excess of the risk-free rate RF")
    elif model.factor_names:
        raise InputError(
            f"factors has no column RF among {', '.join(names)}; model={model.name!r} is in excess returns: add the risk-free rate."
        )
    table, chosen = _chosen_factors(table, inputs, model)
    x = np.ascontiguousarray(table.values[:, chosen])
    lost = int((~np.isfinite(x).all(axis=1)).sum())
    if lost:
        notes.append(f"{lost} of {x.shape[0]} sessions have no factor return and do not enter")
    slopes = tuple(table.names[position] for position in chosen)
    origin = inputs.design.zero_alpha
    regression = Regression(returns=y, regressors=x, constant=not origin)
    return NormalReturn(regression=regression, column=inputs.security, names=slopes if origin else ("alpha", *slopes), notes=tuple(notes))


def _chosen_factors(table: _FactorTable, inputs: ModelInputs, model: NormalModel) -> tuple[_FactorTable, list[int]]:
    """The factor table, with an excess market made from `market` where it is lacking, and the columns to regress on."""
    if not model.factor_names:
        chosen = [position for position, name in enumerate(table.names) if _canonical(name) != "RF"]
        if not chosen:
            raise InputError("factors holds no factor besides RF; give at least one column to regress on.")
        return table, chosen
    if "MKTRF" not in table.at and inputs.market is not None and table.risk_free is not None:
        excess = column_of_returns(inputs.market, inputs.returns) - table.risk_free[:, 0]
        table = replace(table, values=np.column_stack((table.values, excess)), names=(*table.names, "MKT_RF"))
    absent = [name for name in model.factor_names if name not in table.at]
    if absent:
        raise InputError(
            f"factors lacks {len(absent)} column(s) of model={model.name!r} ({', '.join(absent)}); "
            f"it has {', '.join(table.names)}: add them."
        )
    return table, [table.at[name] for name in model.factor_names]
