"""How large a law's effect was in past events, with an error that respects that events of one date are not independent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import stdtrit

from impact.errors import InfeasibleDesign, InputError
from impact.intake.given_frames import frame_with
from impact.typing_ import FloatArray1D

__all__ = ["REGRESSORS", "LawFit", "calibrate", "fit_law"]

# What the effect of one event is taken to be proportional to. The size of each forced sale is known for one line only,
# so the square-root law differs across lines through volatility alone: a common Q / V is inside its coefficient.
REGRESSORS: Mapping[str, Callable[[pd.DataFrame], FloatArray1D]] = MappingProxyType(
    {
        "zero": lambda events: np.zeros(len(events)),
        "mean": lambda events: -np.ones(len(events)),
        "square_root": lambda events: -events["sigma"].to_numpy(dtype=float),
    }
)


@dataclass(frozen=True, kw_only=True)
class LawFit:
    """Coefficient of one law: ``car = coefficient * regressor + u``, ``Var(u) = se**2 + spread**2``.

    Attributes
    ----------
    coefficient, se : float
        Estimate and its standard error, clustered by group; NaN with fewer than two groups.
    spread : float
        Standard deviation of the true effects around the law, decimal return.
    n_events, n_groups : int
    """

    coefficient: float
    se: float
    spread: float
    n_events: int
    n_groups: int

    def interval(self, confidence: float = 0.90) -> tuple[float, float]:
        """Student interval with n_groups - 1 degrees of freedom; infinite with one group."""
        if self.n_groups < 2:
            return -np.inf, np.inf
        half = float(stdtrit(self.n_groups - 1, 0.5 + confidence / 2)) * self.se
        return self.coefficient - half, self.coefficient + half


def fit_law(car: FloatArray1D, se: FloatArray1D, regressor: FloatArray1D, group: np.ndarray) -> LawFit:
    """Weighted fit through the origin with a common extra spread by maximum likelihood.

    Parameters
    ----------
    car, se, regressor : (N,) arrays
        Cumulative abnormal returns, their standard errors, and what the law says they are proportional to (all zero: no
        effect, only the spread is fitted).
    group : (N,) labels
        Events that share one are one cluster.
    """
    scale = max(float(np.std(car)), float(np.mean(se)), 1e-6)
    some = bool(np.any(regressor != 0))

    def at(spread: float) -> tuple[float, float]:
        weight = 1 / (se**2 + spread**2)
        slope = float(weight * regressor @ car / (weight @ regressor**2)) if some else 0.0
        residual = car - slope * regressor
        return slope, float(0.5 * np.sum(np.log(se**2 + spread**2)) + 0.5 * weight @ residual**2)

    best = minimize_scalar(lambda exponent: at(scale * np.exp(exponent))[1], bounds=(-12.0, 3.0), method="bounded")
    spread = float(scale * np.exp(best.x))
    slope, _ = at(spread)
    labels, index = np.unique(group, return_inverse=True)
    weight = 1 / (se**2 + spread**2)
    scores = np.bincount(index, weights=weight * regressor * (car - slope * regressor))
    clustered = np.nan
    if some and labels.size > 1:
        clustered = float(np.sqrt(labels.size / (labels.size - 1) * scores @ scores) / (weight @ regressor**2))
    return LawFit(coefficient=slope, se=clustered, spread=spread, n_events=car.size, n_groups=labels.size)


def calibrate(events: pd.DataFrame, law: str = "square_root") -> LawFit:
    """Fit one law to past events.

    Parameters
    ----------
    events : DataFrame
        One row an event: car (cumulative abnormal return, a decimal), its standard error se, sigma (daily residual
        standard deviation) and group (the unit of independence, such as the date).
    law : {"zero", "mean", "square_root"}

    Raises
    ------
    InputError
        If the law is unknown or a column is missing.
    InfeasibleDesign
        If there are fewer than three events.
    """
    if law not in REGRESSORS:
        raise InputError(f"law={law!r} cannot be calibrated on events; choose one of: {', '.join(REGRESSORS)}.")
    events = frame_with(events, ("car", "se", "sigma", "group"), "events")
    if len(events) < 3:
        raise InfeasibleDesign(f"{len(events)} events; a spread needs at least 3: pool more designations.")
    return fit_law(
        events["car"].to_numpy(dtype=float),
        events["se"].to_numpy(dtype=float),
        REGRESSORS[law](events),
        events["group"].astype(str).to_numpy(),
    )
