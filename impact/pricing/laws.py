"""The laws that turn supply into a price effect, each with its unit, its range of calibration and its source.

Effects are changes of the log price at the end of the selling, so that no law can pass -100 %; for small effects they
equal returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from impact.errors import InputError
from impact.kernels.elasticity import log_elasticity_effect
from impact.kernels.impact_laws import almgren_2005, power_law_kernel, propagator_path, square_root_impact
from impact.pricing.paths import BasisPath, LogPath
from impact.pricing.priors import ALMGREN, ASSUMED, MENU, TOTH
from impact.provenance import Source
from impact.supply.line import LineState
from impact.typing_ import FloatArray1D

__all__ = ["DEFAULT_LAWS", "LAWS", "ImpactLaw", "Shock", "choose_laws"]

GRID_POINTS = 33  # of the decay exponent of the propagator


@dataclass(frozen=True, eq=False, kw_only=True)
class Shock:
    """One sale to be priced, over n draws.

    Attributes
    ----------
    line : LineState
    sold_shares : (n,) array
        Shares sold in all, positive.
    pace : (T,) array
        Share of them sold in each session, summing to one.
    """

    line: LineState
    sold_shares: FloatArray1D
    pace: FloatArray1D

    @property
    def quantity_adv(self) -> FloatArray1D:
        """Shares sold in multiples of ADV."""
        return self.sold_shares / self.line.adv_shares

    @property
    def fraction_sold(self) -> FloatArray1D:
        """Shares sold as a fraction of the float; NaN where the float is unknown."""
        return self.sold_shares / self.line.float_shares

    @property
    def active_sessions(self) -> int:
        """Sessions with a sale."""
        return max(int(np.count_nonzero(self.pace > 0)), 1)


@dataclass(frozen=True, kw_only=True)
class ImpactLaw:
    """One law.

    Attributes
    ----------
    name, title, formula : str
    measure : {"quantity_adv", "fraction_sold"}
        What its range of calibration is stated in.
    calibrated_low, calibrated_high : float
        Range of `measure` in which it was estimated; outside it the law is an extrapolation.
    parameters : tuple of str
        Priors it uses, besides the shares sold.
    log_effect : callable (Shock, mapping of parameter to (n,) array) -> (n,) array
        Change of the log price, negative for a sale.
    needs : str
        Fact of the line without which the law does not speak.
    own_path : callable (Shock, mapping) -> LogPath, optional
        Path over the sessions where the law has one; the fading path of its effect otherwise.
    scored_as : str
        Model of ``FLOW_MODELS`` that scores it on dates left out; empty: never scored.
    """

    name: str
    title: str
    formula: str
    measure: str
    calibrated_low: float
    calibrated_high: float
    parameters: tuple[str, ...]
    source: Source
    log_effect: Callable[[Shock, Mapping[str, FloatArray1D]], FloatArray1D]
    needs: Literal["nothing", "shares_outstanding", "float_shares"] = "nothing"
    own_path: Callable[[Shock, Mapping[str, FloatArray1D]], LogPath] | None = None
    scored_as: str = ""

    def size(self, shock: Shock) -> float:
        """The middle of the shock in the measure of this law."""
        return float(np.median(shock.quantity_adv if self.measure == "quantity_adv" else shock.fraction_sold))

    def speaks_of(self, line: LineState) -> bool:
        """Whether the fact of the line that the law needs is known."""
        if self.needs == "nothing":
            return True
        return bool(np.isfinite(line.shares_outstanding if self.needs == "shares_outstanding" else line.float_shares))

    def outside(self, shock: Shock) -> bool:
        """Whether the middle of the shock lies outside the range of calibration; a sale of nothing never does."""
        size = self.size(shock)
        return size > 0 and not self.calibrated_low <= size <= self.calibrated_high


def _square_root(shock: Shock, draw: Mapping[str, FloatArray1D]) -> FloatArray1D:
    return square_root_impact(-shock.quantity_adv, shock.line.sigma, prefactor=draw["prefactor"])


def _almgren(shock: Shock, draw: Mapping[str, FloatArray1D]) -> FloatArray1D:
    turnover = shock.line.shares_outstanding_adv
    effect = almgren_2005(
        -shock.quantity_adv, shock.line.sigma, shock.active_sessions, turnover, gamma=draw["gamma"], eta=draw["eta"], beta=draw["beta"]
    )
    return effect.permanent + effect.temporary


def _linear(shock: Shock, draw: Mapping[str, FloatArray1D]) -> FloatArray1D:
    return np.asarray(-draw["slope_factor"] * np.sqrt(2 / np.pi) * shock.line.sigma * shock.quantity_adv)


def _elastic(shock: Shock, draw: Mapping[str, FloatArray1D]) -> FloatArray1D:
    return np.log1p(log_elasticity_effect(shock.fraction_sold, draw["elasticity"]))


def _propagator(shock: Shock, draw: Mapping[str, FloatArray1D]) -> FloatArray1D:
    """Deepest point of the path of each draw."""
    return np.asarray(_propagator_path(shock, draw).log_path(shock.pace.size).min(axis=0))


def _propagator_path(shock: Shock, draw: Mapping[str, FloatArray1D]) -> BasisPath:
    """Decaying impacts of each session's sale; the curves depend on the exponent alone, so they are drawn from a grid of it."""
    decay = draw["decay"]
    grid = np.linspace(decay.min(), decay.max() + 1e-9, GRID_POINTS)
    steps = np.sqrt(shock.pace)
    basis = np.column_stack([propagator_path(steps, power_law_kernel(steps.size, exponent)) for exponent in grid])
    place = (decay - grid[0]) / (grid[1] - grid[0])
    below = np.minimum(place.astype(np.intp), GRID_POINTS - 2)
    size = square_root_impact(-shock.quantity_adv, shock.line.sigma, prefactor=draw["prefactor"])
    weights = np.zeros((GRID_POINTS, decay.size))
    draws = np.arange(decay.size)
    weights[below, draws] = size * (1 - (place - below))
    weights[below + 1, draws] = size * (place - below)
    return BasisPath(basis=basis, weights=weights)


LAWS: Mapping[str, ImpactLaw] = MappingProxyType(
    {
        law.name: law
        for law in (
            ImpactLaw(
                name="square_root",
                title="square root of the whole sale",
                formula="Y sigma sqrt(Q / V)",
                measure="quantity_adv",
                calibrated_low=1e-3,
                calibrated_high=5.0,
                parameters=("prefactor",),
                source=TOTH,
                log_effect=_square_root,
                scored_as="literature",
            ),
            ImpactLaw(
                name="almgren_2005",
                title="Almgren et al. 2005, permanent and temporary",
                formula="gamma sigma (Q / V) (Theta / V)^(1/4) + eta sigma (Q / (V T))^beta",
                measure="quantity_adv",
                calibrated_low=1e-3,
                calibrated_high=1.0,
                parameters=("gamma", "eta", "beta"),
                source=ALMGREN,
                log_effect=_almgren,
                needs="shares_outstanding",
            ),
            ImpactLaw(
                name="linear",
                title="linear in volume (Kyle 1985, Amihud 2002)",
                formula="k sqrt(2 / pi) sigma Q / V",
                measure="quantity_adv",
                calibrated_low=0.0,
                calibrated_high=1.0,
                parameters=("slope_factor",),
                source=Source(
                    title="Kyle 1985; Amihud 2002, with mean |R| of a normal return; factor two either way assumed",
                    basis="literature",
                    confidence="C",
                ),
                log_effect=_linear,
                scored_as="literature_linear",
            ),
            ImpactLaw(
                name="elasticity",
                title="demand elasticity of the float",
                formula="log(1 - f) / |epsilon|",
                measure="fraction_sold",
                calibrated_low=0.0,
                calibrated_high=0.10,
                parameters=("elasticity",),
                source=MENU,
                log_effect=_elastic,
                needs="float_shares",
            ),
            ImpactLaw(
                name="propagator",
                title="decaying square-root impact of daily flow",
                formula="max_t sum_s (1 + t - s)^-g Y sigma sqrt(q_s / V)",
                measure="quantity_adv",
                calibrated_low=1e-3,
                calibrated_high=5.0,
                parameters=("prefactor", "decay"),
                source=Source(
                    title="Bouchaud et al. 2004; Gatheral 2010; exponent range assumed", basis="literature", confidence=ASSUMED.confidence
                ),
                log_effect=_propagator,
                own_path=_propagator_path,
            ),
        )
    }
)
DEFAULT_LAWS: tuple[str, ...] = tuple(LAWS)


def choose_laws(names: tuple[str, ...]) -> tuple[ImpactLaw, ...]:
    """The laws of that name, in that order.

    Raises
    ------
    InputError
        If a name is unknown or there is none.
    """
    if not isinstance(names, Sequence) or isinstance(names, str):
        raise InputError(f"laws={names!r} is no row of names; give a tuple such as ('square_root',).")
    unknown = [name for name in names if not isinstance(name, str) or name not in LAWS]
    if unknown or not names:
        raise InputError(f"laws={names!r} names {len(unknown)} unknown laws; choose one or more of: {', '.join(LAWS)}.")
    return tuple(LAWS[name] for name in names)
