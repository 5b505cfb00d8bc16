"""Normal-return models: what each one regresses on what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import ReturnTable, column_of_returns, read_factors
from impact.eventstudy.design import MODELS, StudyDesign
from impact.kernels.records import Regression
from impact.kernels.thin_trading import lagged_columns
from impact.typing_ import FloatArray, IntArray

__all__ = ["NormalReturn", "normal_return"]

_FACTOR_SETS = {
    "capm": ("MKTRF",),
    "ff3": ("MKTRF", "SMB", "HML"),
    "carhart": ("MKTRF", "SMB", "HML", "MOM"),
    "ff5": ("MKTRF", "SMB", "HML", "RMW", "CMA"),
}
_SAME = {"UMD": "MOM", "WML": "MOM", "MKTRF": "MKTRF", "RMRF": "MKTRF", "MKT": "MKTRF"}


@dataclass(frozen=True, eq=False, kw_only=True)
class NormalReturn:
    """One model made concrete.

    Attributes
    ----------
    regression : Regression
        On the return calendar; its columns are the securities of `columns`.
    columns : (s,) int
        Columns of the return table: all of them, so that placebos can be drawn from securities without events, or only
        those with events when each has regressors of its own.
    names : tuple of str
        Coefficient names: ``alpha`` first when there is a constant, ``beta`` for a single market slope.
    notes : tuple of str
        Assumptions in words.
    """

    regression: Regression
    columns: IntArray
    names: tuple[str, ...]
    notes: tuple[str, ...]


def normal_return(returns: ReturnTable, design: StudyDesign, used: IntArray, market: Any, factors: Any) -> NormalReturn:
    """The regression that `design.model` stands for; `used` are the columns with events.

    Raises
    ------
    InputError
        If the model needs a market or factor that was not given.
    """
    notes = [MODELS[design.model]]
    y, every = returns.values, np.arange(returns.values.shape[1])
    empty = np.empty((y.shape[0], 0))
    if design.model == "mean":
        return NormalReturn(regression=Regression(returns=y, regressors=empty), columns=every, names=("alpha",), notes=tuple(notes))
    if design.model in _FACTOR_SETS or design.model == "factors":
        return _factor_model(returns, design, every, y, market, factors)
    benchmark, words = _benchmark(returns, design, used, market)
    notes.append(words)
    if benchmark.ndim == 2 and used.size < every.size:
        y = y[:, used]
    columns = used if benchmark.ndim == 2 else every
    if design.model in ("market_adjusted", "peer"):
        excess = y - (benchmark if benchmark.ndim == 2 else benchmark[:, None])
        return NormalReturn(
            regression=Regression(returns=excess, regressors=empty, fixed=True), columns=columns, names=(), notes=tuple(notes)
        )
    if design.zero_alpha:
        notes.append("the regression passes through the origin: past drift is not carried into the event window")
    if design.model == "dimson":
        return _dimson(design, every, y, benchmark, notes)
    names = ("beta",) if design.zero_alpha else ("alpha", "beta")
    regression = Regression(returns=y, regressors=benchmark[..., None], constant=not design.zero_alpha)
    return NormalReturn(regression=regression, columns=columns, names=names, notes=tuple(notes))


def _dimson(design: StudyDesign, columns: IntArray, y: FloatArray, benchmark: FloatArray, notes: list[str]) -> NormalReturn:
    """Leads and lags of the market, all of which enter the normal return."""
    if benchmark.ndim == 2:
        raise InputError("model='dimson' needs one market for all securities; pass a series or a basket without the securities themselves.")
    shifts = range(-design.lags, design.leads + 1)
    slopes = tuple("beta" if shift == 0 else f"beta_lag{-shift}" if shift < 0 else f"beta_lead{shift}" for shift in shifts)
    notes.append(f"{design.lags} lag(s) and {design.leads} lead(s) of the market; the sum of the slopes is the beta")
    regression = Regression(returns=y, regressors=lagged_columns(benchmark, design.lags, design.leads), constant=not design.zero_alpha)
    return NormalReturn(
        regression=regression, columns=columns, names=slopes if design.zero_alpha else ("alpha", *slopes), notes=tuple(notes)
    )


def _benchmark(returns: ReturnTable, design: StudyDesign, used: IntArray, market: Any) -> tuple[FloatArray, str]:
    """Benchmark returns, (T,) or one series per security (T, s), and what they are in words."""
    if market is None:
        raise InputError(
            f"model={design.model!r} needs a market; pass market= as a column of returns, a list of columns (a basket) or a Series."
        )
    if isinstance(market, Sequence) and not isinstance(market, str):
        return _basket(returns, used, list(market))
    series = column_of_returns(market, returns)
    name = market if isinstance(market, str) else getattr(market, "name", None) or "the series given"
    if design.exclude_weight is None:
        return series, f"benchmark: {name}"
    return _without_target(
        series, returns.values[:, used], returns.securities[used], design
    ), f"benchmark: {name} without the security itself, at the weight given"


def _basket(returns: ReturnTable, used: IntArray, members: list[Any]) -> tuple[FloatArray, str]:
    """Equal-weighted mean of the members' returns of the day, each security without itself."""
    position = returns.securities.get_indexer(members)
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
            return np.where(count > 0, total / count, np.nan), words
        own = returns.values[:, used]
        counted = np.isfinite(own) & inside
        rest = count[:, None] - counted
        mean = (total[:, None] - np.where(counted, own, 0.0)) / rest
    return np.where(rest > 0, mean, np.nan), words + ", without the security itself"


def _without_target(series: FloatArray, y: FloatArray, securities: pd.Index, design: StudyDesign) -> FloatArray:
    """``(R_m - w R_i) / (1 - w)``, in simple returns whatever the kind."""
    given = design.exclude_weight
    weight = np.array([given.get(name, 0.0) for name in securities]) if isinstance(given, Mapping) else np.full(len(securities), given)
    if design.kind == "log":
        return np.log1p((np.expm1(series)[:, None] - weight * np.expm1(y)) / (1.0 - weight))
    return (series[:, None] - weight * y) / (1.0 - weight)


def _canonical(name: str) -> str:
    bare = re.sub(r"[^A-Z0-9]", "", name.upper())
    return _SAME.get(bare, bare)


def _factor_model(returns: ReturnTable, design: StudyDesign, columns: IntArray, y: FloatArray, market: Any, factors: Any) -> NormalReturn:
    """Excess returns on factor columns; a column RF is the risk-free rate and is taken from the returns."""
    if factors is None:
        raise InputError(f"model={design.model!r} needs factors; pass factors= with one column a factor (decimals, RF apart).")
    table, given = read_factors(factors, returns)
    at = {_canonical(name): position for position, name in enumerate(given)}
    notes = [MODELS[design.model]]
    if "RF" in at:
        y = y - table[:, [at["RF"]]]
        notes.append("returns are in excess of the risk-free rate RF")
    elif design.model in _FACTOR_SETS:
        raise InputError(
            f"factors has no column RF among {', '.join(given)}; model={design.model!r} is in excess returns: add the risk-free rate."
        )
    if design.model == "factors":
        chosen = [position for position, name in enumerate(given) if _canonical(name) != "RF"]
        if not chosen:
            raise InputError("factors holds no factor besides RF; give at least one column to regress on.")
    else:
        wanted = _FACTOR_SETS[design.model]
        if "MKTRF" not in at and market is not None and "RF" in at:
            table = np.column_stack((table, column_of_returns(market, returns) - table[:, at["RF"]]))
            given, at = (*given, "MKT_RF"), {**at, "MKTRF": table.shape[1] - 1}
        absent = [name for name in wanted if name not in at]
        if absent:
            raise InputError(
                f"factors lacks {len(absent)} column(s) of model={design.model!r} ({', '.join(absent)}); "
                f"it has {', '.join(given)}: add them."
            )
        chosen = [at[name] for name in wanted]
    x = np.ascontiguousarray(table[:, chosen])
    lost = int((~np.isfinite(x).all(axis=1)).sum())
    if lost:
        notes.append(f"{lost} of {x.shape[0]} sessions have no factor return and do not enter")
    names = tuple(given[position] for position in chosen)
    regression = Regression(returns=y, regressors=x, constant=not design.zero_alpha)
    return NormalReturn(regression=regression, columns=columns, names=names if design.zero_alpha else ("alpha", *names), notes=tuple(notes))
