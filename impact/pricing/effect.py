"""The price effect of forced supply: several laws side by side, in bands, over time, and how much each assumption matters."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import Extrapolation, InputError
from impact.kernels.sobol import sobol_uniforms, variance_shares
from impact.pricing.laws import DEFAULT_LAWS, ImpactLaw, Shock, choose_laws
from impact.pricing.paths import LEVELS, band, unit_paths
from impact.pricing.priors import DEFAULT_PRIORS, Prior, known_value, prior_table
from impact.pricing.schemas import ALLOTMENT, DRAWS, EFFECT_PATH, LAWS, PRIORS, VARIANCE_SHARES
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.supply.forced import ForcedSupply
from impact.supply.line import LineState
from impact.tables.prose import decimal, interval, signed_percent, significant
from impact.typing_ import FloatArray, FloatArray1D, FloatArray2D

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ALL_LAWS", "PriceEffect", "price_effect"]

ALL_LAWS = "all_laws"
DISAGREEMENT = 3.0
DEFAULT_SEED = 20210114
MIN_DRAWS = 256
DYNAMICS = ("permanent_share", "announcement_share", "reversal_sessions")
SUPPLY = Source(title="range of the forced supply", basis="computed from holdings and regime")

QUANTILE_NAMES = tuple(f"return_q{int(100 * level + 0.5):02d}" for level in LEVELS)
"""Columns of the quantiles of the draws: ``return_q05`` is the 5 % quantile."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PriceEffect(Result):
    """What the supply should do to the price, law by law.

    Attributes
    ----------
    laws : DataFrame
        One row a law and one for all laws together: peak_return_low/mid/high (5, 50, 95 %), peak_return_q25/q75,
        permanent_return, temporary_return, announcement_return, execution_return (middle), size, calibrated range,
        extrapolated, multiple_of_smallest, source.
    bands : (n_laws + 1, 5, T) array
        5, 25, 50, 75 and 95 % points of the return since the eve, law by law and for all laws, after each session.
    variance_shares : DataFrame
        One row a law, one column an assumption: share of the variance of the peak that it explains alone.
    allotment : DataFrame
        The middle effect of all laws, allotted to holder classes in proportion to the shares they sell.
    draws : DataFrame
        The drawn assumptions and the log effect of each law.
    """

    schemas = declared(
        laws=LAWS, variance_shares=VARIANCE_SHARES, allotment=ALLOTMENT, priors=PRIORS, draws=DRAWS, path=EFFECT_PATH, to_frame=LAWS
    )

    line: LineState
    sessions: pd.DatetimeIndex | None
    pace: FloatArray1D
    laws: pd.DataFrame
    bands: FloatArray
    variance_shares: pd.DataFrame
    allotment: pd.DataFrame
    priors: pd.DataFrame
    draws: pd.DataFrame
    disagreement: float
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a law, and one for all laws together."""
        return self.laws.copy()

    def path(self, law: str = ALL_LAWS) -> pd.DataFrame:
        """Band of the return since the eve after each session: session_number (1 = the one that reacts), session, return_*."""
        rows = list(self.laws["law"])
        if law not in rows:
            raise InputError(f"law={law!r} is not among those priced; choose one of: {', '.join(rows)}.")
        table = pd.DataFrame(self.bands[rows.index(law)].T, columns=QUANTILE_NAMES)
        table.insert(0, "session_number", np.arange(1, len(table) + 1))
        table.insert(1, "session", pd.NaT if self.sessions is None else self.sessions)
        return table

    def between(self, first: int, last: int, law: str = ALL_LAWS) -> dict[str, float]:
        """Quantiles of :meth:`sample`: session 1 is the one that reacts to the notice."""
        moved = self.sample(first, last, law)
        return {name: float(np.quantile(moved, level)) for name, level in zip(QUANTILE_NAMES, LEVELS, strict=True)}

    def sample(self, first: int, last: int, law: str = ALL_LAWS) -> FloatArray1D:
        """Draws of the return from the close before session `first` to the close of session `last`, for scoring.

        Raises
        ------
        InputError
            If the sessions are outside the horizon or the law was not priced.
        """
        if not 1 <= first <= last <= self.pace.size:
            raise InputError(
                f"first={first!r}, last={last!r} must satisfy 1 <= first <= last <= {self.pace.size}: choose sessions in the horizon."
            )
        if f"log_effect_{law}" not in self.draws.columns:
            raise InputError(f"law={law!r} is not among those priced; choose one of: {', '.join(self.laws['law'])}.")
        paths = unit_paths(self.pace[:last], **{name: self.draws[name].to_numpy() for name in DYNAMICS})
        change = paths[last - 1] - (paths[first - 2] if first > 1 else 0.0)
        return np.expm1(change * self.draws[f"log_effect_{law}"].to_numpy())

    def summary(self) -> Summary:
        """Laws side by side, what matters most, who bears how much of it."""
        pooled = self.laws.iloc[-1]
        effects = [
            "law",
            "peak_return_low",
            "peak_return_mid",
            "peak_return_high",
            "permanent_return",
            "announcement_return",
            "extrapolated",
        ]
        return Summary(
            title=(
                f"Price effect on {self.line.security}: peak {signed_percent(pooled['peak_return_mid'])}"
                f" ({interval(pooled['peak_return_low'], pooled['peak_return_high'], signed_percent)}, 90 % of draws)"
            ),
            tables=(
                ("Laws side by side", self.with_schema("laws", effects)),
                ("Share of variance that each assumption explains alone", self.with_schema("variance_shares")),
                ("Allotted to holders", self.with_schema("allotment")),
                ("Priors", self.with_schema("priors")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, law: str = ALL_LAWS, **options: Any) -> Axes:
        """Band of the return since the eve, 50 and 90 %."""
        from impact.plots.pricing import plot_effect_band

        return plot_effect_band(self.path(law), title=f"{self.line.security}: effect of the forced supply", ax=ax, **options)


def price_effect(
    supply: ForcedSupply | None = None,
    *,
    line: LineState | None = None,
    sold_shares: tuple[float, float] | None = None,
    pace: FloatArray1D | None = None,
    laws: tuple[str, ...] = DEFAULT_LAWS,
    priors: Mapping[str, Prior] | None = None,
    known: Mapping[str, float] | None = None,
    n_draws: int = 10_000,
    rng: np.random.Generator | None = None,
    sources: tuple[Source, ...] = (),
    assumptions: tuple[str, ...] = (),
) -> PriceEffect:
    """Price a forced sale with several laws, in bands that carry every stated uncertainty.

    Parameters
    ----------
    supply : ForcedSupply, optional
        Gives line, shares, pace and holder classes; or give `line`, `sold_shares` (low, high) and `pace` (share sold in
        each session from the one that reacts to the notice, summing to one).
    laws, n_draws
        Which of ``LAWS``, and how many Sobol draws (at least 256).
    priors, known : mapping by name, optional
        Priors that replace ``DEFAULT_PRIORS``, and values that have become facts: each of those narrows the band.
    rng : numpy.random.Generator, optional
        Scramble of the draws; a fixed one when None, so that a call gives the same numbers every time.

    Raises
    ------
    InputError
        If the shares are unknown or negative, the pace does not sum to one, or a name is unknown.

    Warns
    -----
    Extrapolation
        If a law is used outside the range in which it was calibrated.

    Notes
    -----
    Every law prices the whole sale at once; holders are allotted their part by what they sell, for a concave law applied
    to each would depend on how many there are. The row ``all_laws`` mixes the laws in equal parts.

    Examples
    --------
    >>> line = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)
    >>> effect = price_effect(line=line, sold_shares=(5e5, 5e5), laws=("square_root",), known={"prefactor": 0.75})
    >>> round(float(effect.laws["peak_return_mid"].iloc[0]), 4)
    -0.0106
    """
    line, shares, pace = _inputs(supply, line, sold_shares, pace)
    chosen = choose_laws(laws)
    beliefs = _beliefs(chosen, shares, priors, known)
    if n_draws < MIN_DRAWS:
        raise InputError(f"n_draws={n_draws!r} must be at least {MIN_DRAWS}; quantiles and variance shares need them: ask for more.")
    points = sobol_uniforms(n_draws, len(beliefs) + 1, rng=np.random.default_rng(DEFAULT_SEED) if rng is None else rng)
    drawn = {name: prior.quantile(points[:, column]) for column, (name, prior) in enumerate(beliefs.items())}
    shock = Shock(line=line, sold_shares=drawn["sold_shares"], pace=pace)
    usable, effects = _log_effects(chosen, shock, drawn, points[:, -1])
    outside = _outside(usable, shock)
    if outside:
        warnings.warn(outside, Extrapolation, stacklevel=2)
    table = _law_table(usable, shock, effects, drawn)
    gap = _disagreement(table)
    notes = (*_assumptions(line, chosen, usable, gap, n_draws), *((outside,) if outside else ()), *assumptions)
    return PriceEffect(
        line=line,
        sessions=None if supply is None else supply.wind_down.sessions,
        pace=pace,
        laws=table,
        bands=_bands(pace, drawn, effects),
        variance_shares=_variance_table(tuple(table["law"]), effects, points, tuple(beliefs)),
        allotment=_allotment(supply, float(table["peak_return_mid"].iloc[-1])),
        priors=prior_table(beliefs),
        draws=pd.DataFrame({**drawn, **{f"log_effect_{name}": effect for name, effect in zip(table["law"], effects, strict=True)}}),
        disagreement=gap,
        sources=unique_sources(sources, () if supply is None else supply.sources, (law.source for law in usable)),
        assumptions=notes if supply is None else (*notes, *supply.assumptions),
    )


def _bands(pace: FloatArray1D, drawn: Mapping[str, FloatArray1D], effects: FloatArray2D) -> FloatArray:
    """Quantiles (laws + 1, levels, T) of the return since the eve."""
    paths = unit_paths(pace, **{name: drawn[name] for name in DYNAMICS})
    return np.stack([np.expm1(band(paths * effect)) for effect in effects])


def _log_effects(
    chosen: tuple[ImpactLaw, ...], shock: Shock, drawn: Mapping[str, FloatArray1D], choice: FloatArray1D
) -> tuple[tuple[ImpactLaw, ...], FloatArray2D]:
    """Laws that can price the line, and their log effects (laws + 1, n); the last row picks a law for each draw."""
    effects = np.stack([law.log_effect(shock, drawn) for law in chosen])
    known = np.all(np.isfinite(effects), axis=1)
    usable = tuple(law for law, fine in zip(chosen, known, strict=True) if fine)
    if not usable:
        raise InputError("no law can price this line; the shares outstanding are unknown: give line.shares_outstanding.")
    effects = effects[known]
    pick = np.minimum((choice * len(usable)).astype(np.intp), len(usable) - 1)
    return usable, np.vstack([effects, effects[pick, np.arange(choice.size)]])


def _disagreement(table: pd.DataFrame) -> float:
    """Largest over smallest middle effect among the laws; 1 when nothing is sold."""
    middles = table["peak_return_mid"].iloc[:-1].abs()
    return float(middles.max() / middles.min()) if middles.min() > 0 else 1.0


def _inputs(
    supply: ForcedSupply | None, line: LineState | None, sold_shares: tuple[float, float] | None, pace: FloatArray1D | None
) -> tuple[LineState, tuple[float, float], FloatArray1D]:
    if supply is not None:
        total = supply.total_shares
        line = supply.line if line is None else line
        sold_shares = (total["low"], total["high"]) if sold_shares is None else sold_shares
        pace = supply.pace if pace is None else pace
    if line is None or sold_shares is None:
        raise InputError("supply=None needs both line and sold_shares; there is nothing to price: give a ForcedSupply, or these two.")
    low, high = (float(value) for value in sold_shares)
    if not 0 <= low <= high < np.inf:
        raise InputError(f"sold_shares={sold_shares!r} must be a finite range 0 <= low <= high; unknown supply has no price: give a range.")
    steps = np.array([1.0]) if pace is None else np.asarray(pace, dtype=float)
    if high > 0 and supply is not None and not steps.sum() > 0:
        steps = np.full(steps.size, 1 / steps.size)
    if high > 0 and (np.any(~(steps >= 0)) or not np.isclose(steps.sum(), 1.0, atol=1e-9)):
        raise InputError(
            f"pace sums to {significant(steps.sum(), 6)} with {int(np.sum(~(steps >= 0)))} negative entries; shares of the sale sum to 1: rescale it."
        )
    return line, (low, high), steps


def _beliefs(
    chosen: tuple[ImpactLaw, ...], shares: tuple[float, float], priors: Mapping[str, Prior] | None, known: Mapping[str, float] | None
) -> dict[str, Prior]:
    """The priors that the chosen laws use, with what the user replaced or knows."""
    given = {**DEFAULT_PRIORS, **(priors or {})}
    wanted = ["sold_shares", *dict.fromkeys(name for law in chosen for name in law.parameters), *DYNAMICS]
    given.setdefault("sold_shares", Prior(name="sold_shares", unit="shares", shape="uniform", low=shares[0], high=shares[1], source=SUPPLY))
    for name, value in (known or {}).items():
        if name not in given:
            raise InputError(f"known[{name!r}] is not an assumption here; choose among: {', '.join(wanted)}.")
        given[name] = known_value(name, value, unit=given[name].unit)
    return {name: given[name] for name in wanted}


def _outside(laws: tuple[ImpactLaw, ...], shock: Shock) -> str:
    """Which laws are used outside their calibration, in one line; empty when none is."""
    outside = [
        f"{law.name} ({significant(law.size(shock))} against {interval(law.calibrated_low, law.calibrated_high, significant, 6)} {law.measure})"
        for law in laws
        if law.outside(shock)
    ]
    return f"{len(outside)} of {len(laws)} laws are used outside their calibration: {'; '.join(outside)}." if outside else ""


def _law_table(laws: tuple[ImpactLaw, ...], shock: Shock, effects: FloatArray2D, drawn: Mapping[str, FloatArray1D]) -> pd.DataFrame:
    """Peak in bands and its parts, one row a law."""
    stays, early = drawn["permanent_share"], drawn["announcement_share"]
    rows = []
    for law, effect in zip((*laws, None), effects, strict=True):
        peak = np.expm1(np.quantile(effect, LEVELS))
        rows.append(
            {
                "law": ALL_LAWS if law is None else law.name,
                "peak_return_low": peak[0],
                "peak_return_q25": peak[1],
                "peak_return_mid": peak[2],
                "peak_return_q75": peak[3],
                "peak_return_high": peak[4],
                "permanent_return": float(np.expm1(np.median(effect * stays))),
                "temporary_return": float(np.expm1(np.median(effect * (1 - stays)))),
                "announcement_return": float(np.expm1(np.median(effect * early))),
                "execution_return": float(np.expm1(np.median(effect * (1 - early)))),
                "measure": "" if law is None else law.measure,
                "size": np.nan if law is None else law.size(shock),
                "calibrated_low": np.nan if law is None else law.calibrated_low,
                "calibrated_high": np.nan if law is None else law.calibrated_high,
                "extrapolated": False if law is None else law.outside(shock),
                "source": "" if law is None else str(law.source),
            }
        )
    table = pd.DataFrame(rows)
    smallest = table["peak_return_mid"].iloc[:-1].abs().min()
    table["multiple_of_smallest"] = table["peak_return_mid"].abs() / smallest if smallest > 0 else 1.0
    return table


def _variance_table(names: tuple[str, ...], effects: FloatArray2D, points: FloatArray2D, beliefs: tuple[str, ...]) -> pd.DataFrame:
    columns = [*beliefs[: -len(DYNAMICS)], "law"]
    used = [*range(len(columns) - 1), points.shape[1] - 1]
    shares = np.stack([variance_shares(points[:, used], np.expm1(effect)) for effect in effects])
    table = pd.DataFrame(shares, columns=[f"{name}_share" for name in columns])
    table.insert(0, "law", names)
    return table


def _allotment(supply: ForcedSupply | None, peak: float) -> pd.DataFrame:
    """The middle peak split in proportion to the shares each class sells in the middle scenario."""
    if supply is None:
        return pd.DataFrame(columns=["holder_class", "sold_shares", "share", "peak_return"])
    sold = supply.classes.set_index("holder_class")["forced_shares_mid"].dropna()
    total = sold.sum()
    part = sold / total if total > 0 else sold * 0.0
    return pd.DataFrame(
        {"holder_class": sold.index, "sold_shares": sold.to_numpy(), "share": part.to_numpy(), "peak_return": peak * part.to_numpy()}
    )


def _assumptions(
    line: LineState, chosen: tuple[ImpactLaw, ...], usable: tuple[ImpactLaw, ...], gap: float, n_draws: int
) -> tuple[str, ...]:
    silent = [law.name for law in chosen if law not in usable]
    return (
        f"Bands are quantiles of {n_draws:,} Sobol draws from the stated priors, taken as independent.",
        "Each law prices the whole sale at once; holders are allotted their part in proportion to what they sell.",
        "All laws together: equal parts of each law.",
        *(
            (
                f"The laws' middles differ by a factor of {decimal(gap, 1)}, more than {significant(DISAGREEMENT, 6)}: quote none of them alone.",
            )
            if gap > DISAGREEMENT
            else ()
        ),
        *((f"Left out, since shares outstanding are unknown: {', '.join(silent)}.",) if silent else ()),
        *(("The float is unknown: the elasticity law divides by all shares.",) if np.isnan(line.float_shares) else ()),
    )
