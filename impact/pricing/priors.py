"""What is uncertain, within which range, and on whose word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from impact.errors import InputError
from impact.provenance import Source
from impact.typing_ import FloatArray1D

__all__ = ["DEFAULT_PRIORS", "Prior", "known_value", "posterior", "prior_table"]


@dataclass(frozen=True, kw_only=True)
class Prior:
    """One uncertain number.

    Parameters
    ----------
    name, unit : str
    shape : {"uniform", "log_uniform", "normal", "known", "posterior"}
    low, high : float
        Ends of a uniform or log-uniform range; the 2.5 % and 97.5 % points of a normal one; equal when known; least and
        greatest draw of a posterior.
    source : Source
    draws : (D,) array, optional
        Of a posterior, sorted.

    Raises
    ------
    InputError
        If the range is empty, or a log-uniform one reaches zero.
    """

    name: str
    unit: str
    shape: Literal["uniform", "log_uniform", "normal", "known", "posterior"]
    low: float
    high: float
    source: Source
    draws: FloatArray1D | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.shape not in ("uniform", "log_uniform", "normal", "known", "posterior"):
            raise InputError(
                f"shape={self.shape!r} of prior {self.name!r} is not known; choose uniform, log_uniform, normal, known or posterior."
            )
        if not self.low <= self.high or (self.shape == "log_uniform" and not self.low > 0):
            raise InputError(
                f"prior {self.name!r} has low={self.low!r}, high={self.high!r}; low <= high is needed, above 0 on a log scale: correct it."
            )
        if self.name == "elasticity" and not self.low > 0:
            raise InputError(f"elasticity={self.low!r} must be positive; it is a magnitude, so a slope of -1.5 is 1.5: give |elasticity|.")

    def quantile(self, probability: FloatArray1D) -> FloatArray1D:
        """Value below which the prior puts `probability`."""
        if self.shape == "known" or self.low == self.high:
            return np.full_like(np.asarray(probability, dtype=float), self.low)
        if self.draws is not None:
            return np.asarray(np.quantile(self.draws, probability))
        if self.shape == "log_uniform":
            return np.asarray(self.low * (self.high / self.low) ** probability)
        if self.shape == "normal":
            spread = (self.high - self.low) / (2 * ndtri(0.975))
            return np.asarray((self.low + self.high) / 2 + spread * ndtri(probability))
        return self.low + (self.high - self.low) * probability


def known_value(name: str, value: float, *, unit: str = "", source: Source | None = None) -> Prior:
    """A prior that has become a fact."""
    return Prior(name=name, unit=unit, shape="known", low=value, high=value, source=source or Source(title="given by the user"))


def posterior(name: str, draws: FloatArray1D, *, unit: str, source: Source) -> Prior:
    """What the event library leaves open of a number, as draws."""
    ordered = np.sort(draws)
    return Prior(name=name, unit=unit, shape="posterior", low=float(ordered[0]), high=float(ordered[-1]), source=source, draws=ordered)


def _normal(name: str, unit: str, mean: float, se: float, source: Source) -> Prior:
    half = float(ndtri(0.975)) * se
    return Prior(name=name, unit=unit, shape="normal", low=mean - half, high=mean + half, source=source)


TOTH = Source(title="Toth et al. 2011, Physical Review X 1; Bucci et al. 2018: prefactor of order one", basis="literature", confidence="B")
ALMGREN = Source(
    title="Almgren, Thum, Hauptmann and Li 2005, Risk 18(7): estimates and standard errors", basis="literature", confidence="B"
)
MENU = Source(
    title="Range of published elasticities: Kaul et al. 2000, Wurgler-Zhuravskaya 2002 (high), Gabaix-Koijen 2021, Chang et al. 2015 (low)",
    basis="literature",
    confidence="C",
)
ASSUMED = Source(title="assumption of this project, no source", basis="assumption", confidence="C")
REVERSAL = Source(
    title="Harris-Gurel 1986: about two weeks; Chen, Noronha and Singal 2004: about 60 days", basis="literature", confidence="B"
)
SHAPE = Source(
    title="Lynch-Mendenhall 1997; Greenwood-Sammon 2022: most of the move comes with the notice; range assumed",
    basis="literature",
    confidence="C",
)

DEFAULT_PRIORS: Mapping[str, Prior] = MappingProxyType(
    {
        prior.name: prior
        for prior in (
            Prior(name="prefactor", unit="1", shape="uniform", low=0.5, high=1.0, source=TOTH),
            _normal("gamma", "1", 0.314, 0.041, ALMGREN),
            _normal("eta", "1", 0.142, 0.0062, ALMGREN),
            _normal("beta", "1", 0.600, 0.038, ALMGREN),
            Prior(name="elasticity", unit="percent quantity per percent price", shape="log_uniform", low=0.7, high=8.0, source=MENU),
            Prior(name="slope_factor", unit="multiple of sqrt(2/pi) sigma per ADV", shape="log_uniform", low=0.5, high=2.0, source=ASSUMED),
            Prior(name="decay", unit="exponent", shape="uniform", low=0.3, high=0.6, source=ASSUMED),
            Prior(name="permanent_share", unit="share", shape="uniform", low=0.2, high=0.7, source=ASSUMED),
            Prior(name="announcement_share", unit="share", shape="uniform", low=0.3, high=1.0, source=SHAPE),
            Prior(name="reversal_sessions", unit="sessions", shape="log_uniform", low=5.0, high=60.0, source=REVERSAL),
        )
    }
)


def prior_table(priors: Mapping[str, Prior]) -> pd.DataFrame:
    """One row a prior: prior, unit, shape, range_low, range_high, source."""
    return pd.DataFrame(
        [
            {"prior": p.name, "unit": p.unit, "shape": p.shape, "range_low": p.low, "range_high": p.high, "source": str(p.source)}
            for p in priors.values()
        ]
    )
