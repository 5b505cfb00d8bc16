"""What a designation and its forced sale should do to the price: one path from the event library, the literature's laws beside it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import Extrapolation, InputError
from impact.pricing.announcement import AnnouncementShock
from impact.pricing.announcement_inputs import as_number, as_whole
from impact.pricing.effect_paths import LIBRARY, Pricing, price_paths
from impact.pricing.effect_tables import allotment, disagreement, effect_notes, law_table, outside_text, variance_table
from impact.pricing.laws import DEFAULT_LAWS, choose_laws
from impact.pricing.levels import LEVELS, QUANTILE_NAMES
from impact.pricing.paths import LogPath
from impact.pricing.priors import Prior, prior_table
from impact.pricing.schemas import ALLOTMENT, DRAWS, EFFECT_PATH, LAWS, PRIORS, VARIANCE_SHARES
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.supply.forced import ForcedSupply
from impact.supply.line import LineState
from impact.tables.prose import interval, signed_percent, significant
from impact.typing_ import FloatArray, FloatArray1D, Instant, check_kind

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ALL_LAWS", "DEFAULT_SEED", "EffectSetting", "PriceEffect", "price_effect"]

ALL_LAWS = "all_laws"
DEFAULT_SEED = 20210114
MIN_DRAWS = 256


@dataclass(frozen=True, kw_only=True)
class EffectSetting:
    """What stands around a sale that is priced.

    Parameters
    ----------
    announcement : AnnouncementShock, optional
        What becoming public does, on the first session and the next. None: the sale alone is priced, without any news.
    formal_session : int, optional
        Session (1 is the first) on which the formal act follows an earlier leak: a second, separate day of news.
    beyond_range : bool
        Also show laws outside the range in which they were estimated; they are refused otherwise.
    as_of : zoned instant, optional
        Only list events and index changes that had happened then fit the flow, its reversal and the split of the news.
    sources, assumptions : tuple
        Added to those of the result.

    Raises
    ------
    InputError
        If the formal session is not after the first two, or something is not of its kind.
    """

    announcement: AnnouncementShock | None = None
    formal_session: int | None = None
    beyond_range: bool = False
    as_of: Instant | None = None
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.announcement is not None:
            check_kind(self.announcement, AnnouncementShock, "announcement", "announcement_shock(...)")
        if not isinstance(self.beyond_range, bool | np.bool_):
            raise InputError(f"beyond_range={self.beyond_range!r} must be True or False: whether laws outside their range are shown.")
        if self.formal_session is not None and (as_whole(self.formal_session) < 3 or self.announcement is None):
            raise InputError(
                f"formal_session={self.formal_session!r} needs an announcement and must be a whole number, 3 or later; the leak takes the first two"
                " sessions: give both, or leave it out."
            )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PriceEffect(Result):
    """What the news and the sale should do to the price.

    Attributes
    ----------
    laws : DataFrame
        One row a forecast: ``library`` (announcement and flow from the event library), ``class_scenario`` where a class is
        known, the laws of the literature, and ``all_laws``, their mixture by out-of-date score. peak_return_low/mid/high (5,
        50, 95 %) and _q25/_q75 are the band of the path on peak_session, the session of its lowest middle;
        announcement_return and end_return its middle on the first and on the last session. A law outside its range is
        refused: its numbers are NaN.
    bands : (n_rows, 5, T) array
        5, 25, 50, 75 and 95 % points of the return since the eve after each session, row by row of `laws`.
    paths : mapping of row to LogPath
        The simulated paths that every number is read from.
    variance_shares : DataFrame
        One row a forecast, one column an assumption: share of the variance of the peak that it explains alone.
    allotment : DataFrame
        The middle effect of ``all_laws``, allotted to holder classes in proportion to the shares they sell.
    draws : DataFrame
        The drawn assumptions.
    verdicts : tuple of str
        What the scores allow to say of announcement and flow, each with its class, n, m and range; the first assumptions.
    """

    schemas = declared(
        laws=LAWS, variance_shares=VARIANCE_SHARES, allotment=ALLOTMENT, priors=PRIORS, draws=DRAWS, path=EFFECT_PATH, to_frame=LAWS
    )

    line: LineState
    sessions: pd.DatetimeIndex | None
    pace: FloatArray1D
    laws: pd.DataFrame
    bands: FloatArray
    paths: Mapping[str, LogPath]
    variance_shares: pd.DataFrame
    allotment: pd.DataFrame
    priors: pd.DataFrame
    draws: pd.DataFrame
    disagreement: float
    verdicts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = field(default=())

    def to_frame(self) -> pd.DataFrame:
        """One row a forecast."""
        return self.laws.copy()

    def path(self, law: str = ALL_LAWS) -> pd.DataFrame:
        """Band of the return since the eve after each session: session_number (1 = the one that reacts), session, return_*."""
        self._priced(law)
        row = list(self.laws["law"]).index(law)
        table = pd.DataFrame(self.bands[row].T, columns=QUANTILE_NAMES)
        table.insert(0, "session_number", np.arange(1, len(table) + 1))
        dates = pd.DatetimeIndex([pd.NaT] * len(table)) if self.sessions is None else self.sessions
        table.insert(1, "session", dates)
        return table

    def log_path(self, last: int, law: str = ALL_LAWS) -> FloatArray:
        """Log price since the eve (last, n) on the first `last` sessions, draw by draw."""
        return self._priced(law).log_path(last)

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
        moved: FloatArray1D = np.expm1(self._priced(law).moved((first, last))[0])
        return moved

    def _priced(self, law: str) -> LogPath:
        if law not in self.paths:
            refused = law in set(self.laws["law"])
            reason = "is refused outside its range; set beyond_range to see it" if refused else "is not among those priced"
            raise InputError(f"law={law!r} {reason}; choose one of: {', '.join(self.paths)}.")
        return self.paths[law]

    def summary(self) -> Summary:
        """Forecasts side by side, what they may claim, what matters most, who bears how much of it."""
        pooled = self.laws.iloc[-1]
        ends = interval(pooled["peak_return_low"], pooled["peak_return_high"], signed_percent)
        zero = "; cannot tell from no effect" if pooled["peak_return_low"] < 0 < pooled["peak_return_high"] else ""
        columns = [
            "law",
            "peak_return_low",
            "peak_return_mid",
            "peak_return_high",
            "announcement_return",
            "end_return",
            "extrapolated",
            "weight",
        ]
        return Summary(
            title=f"Price effect on {self.line.security}: middle {signed_percent(pooled['peak_return_mid'])}, 90 % range {ends}{zero}",
            tables=(
                ("Forecasts side by side", self.with_schema("laws", columns)),
                ("Share of variance that each assumption explains alone", self.with_schema("variance_shares")),
                ("Allotted to holders", self.with_schema("allotment")),
                ("Priors", self.with_schema("priors")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, law: str = ALL_LAWS, **options: str) -> Axes:
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
    setting: EffectSetting | None = None,
) -> PriceEffect:
    """Price a forced sale, and the news of it, in bands that carry every stated uncertainty.

    Parameters
    ----------
    supply : ForcedSupply, optional
        Gives line, shares, pace and holder classes; or give `line`, `sold_shares` (low, high) and `pace` (share sold in
        each session from the one that reacts to the notice, summing to one).
    laws, n_draws
        Which of ``LAWS`` stand beside the library, and how many Sobol draws (at least 256).
    priors, known : mapping by name, optional
        Priors that replace the stated ones, and values that have become facts: each of those narrows the band.
    rng : numpy.random.Generator, optional
        Scramble of the draws; a fixed one when None, so that a call gives the same numbers every time.
    setting : EffectSetting, optional
        The announcement, a formal day after a leak, and whether laws are shown outside their range.

    Raises
    ------
    InputError
        If the shares are unknown or negative, the pace does not sum to one, or a name is unknown.
    DataUnavailable
        If too little had happened at the instant of `setting` to fit flow or news.

    Warns
    -----
    Extrapolation
        If a forecast is used outside the range in which it was estimated.

    Notes
    -----
    The forecast is that of the event library: announcement shock plus ``-Y sigma sqrt(Q / V)`` as the sale proceeds, less what
    the 20 sessions after each step give back. Of a range of shares the middle is drawn evenly and each band is the widest of that with
    the least, with the most and with what is drawn. ``all_laws`` mixes the forecasts by their score on dates left out: a law
    that was never scored, or lost to no effect, has no weight.

    Examples
    --------
    >>> line = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)
    >>> effect = price_effect(line=line, sold_shares=(5e5, 5e5), laws=("square_root",), known={"prefactor": 0.75})
    >>> effect.laws["law"].tolist()
    ['library', 'square_root', 'all_laws']
    >>> round(float(effect.laws.set_index("law").loc["square_root", "peak_return_mid"]), 4)
    -0.0106
    """
    line, shares, pace = _inputs(supply, line, sold_shares, pace)
    around = _around(setting, priors, known, rng)
    _check(n_draws, around, pace)
    pricing = price_paths(
        Pricing(
            line=line,
            shares=shares,
            pace=pace,
            laws=choose_laws(laws),
            priors=priors or {},
            known=known or {},
            announcement=around.announcement,
            formal_session=around.formal_session,
            beyond_range=around.beyond_range,
            as_of=around.as_of,
        ),
        n_draws,
        np.random.default_rng(DEFAULT_SEED) if rng is None else rng,
    )
    outside = outside_text(pricing, beyond_range=around.beyond_range)
    if outside and (around.beyond_range or pricing.flow.outside):
        warnings.warn(outside, Extrapolation, stacklevel=2)
    names = [row.name for row in pricing.rows]
    quantiles = {id(row.path): _bands(row.path, pace.size) for row in pricing.rows}
    bands = np.stack([quantiles[id(row.path)] for row in pricing.rows])
    table = law_table(pricing, bands)
    gap = disagreement(table)
    verdicts = (*(() if around.announcement is None else (around.announcement.verdict,)), pricing.flow.verdict)
    notes = (*verdicts, *effect_notes(pricing, gap, n_draws), *((outside,) if outside else ()), *around.assumptions)
    return PriceEffect(
        line=line,
        sessions=None if supply is None else supply.wind_down.sessions,
        pace=pace,
        laws=table,
        bands=bands,
        paths={row.name: row.path for row in pricing.rows if row.path is not None},
        variance_shares=variance_table(pricing, names, table),
        allotment=allotment(supply, float(table["peak_return_mid"].iloc[-1])),
        priors=prior_table(pricing.beliefs),
        draws=pd.DataFrame(pricing.drawn),
        disagreement=gap,
        verdicts=verdicts,
        sources=unique_sources(
            around.sources, () if supply is None else supply.sources, (LIBRARY,), (law.source for law in pricing.usable_laws)
        ),
        assumptions=notes if supply is None else (*notes, *supply.assumptions),
    )


def _around(setting: EffectSetting | None, priors: object, known: object, rng: object) -> EffectSetting:
    """The setting; InputError unless that and the others are of their kinds: a mapping of priors, one of numbers, a generator."""
    around = EffectSetting() if setting is None else setting
    check_kind(around, EffectSetting, "setting", "EffectSetting(...)")
    for name, given, holds in (("priors", priors, "Prior"), ("known", known, "number")):
        if given is not None and not isinstance(given, Mapping):
            raise InputError(f"{name}={given!r} is no mapping; give a dict of name to {holds}, or leave it out.")
    for name, prior in (priors or {}).items() if isinstance(priors, Mapping) else ():
        check_kind(prior, Prior, f"priors[{name!r}]", "Prior(...)")
    if rng is not None:
        check_kind(rng, np.random.Generator, "rng", "numpy.random.default_rng(...)")
    return around


def _check(n_draws: int, around: EffectSetting, pace: FloatArray1D) -> None:
    """InputError when there are too few draws, or a date after the horizon."""
    if as_whole(n_draws) < MIN_DRAWS:
        raise InputError(
            f"n_draws={n_draws!r} must be a whole number of at least {MIN_DRAWS}; quantiles and variance shares need them: ask for more."
        )
    if around.formal_session is not None and around.formal_session > pace.size:
        raise InputError(f"formal_session={around.formal_session!r} is after the horizon of {pace.size} sessions: lengthen the pace.")


def _bands(path: LogPath | None, n_sessions: int) -> FloatArray:
    """Quantiles (levels, T) of the return since the eve; NaN for a refused law."""
    if path is None:
        return np.full((len(LEVELS), n_sessions), np.nan)
    return np.asarray(np.expm1(path.bands(n_sessions)))


def _inputs(
    supply: ForcedSupply | None, line: LineState | None, sold_shares: tuple[float, float] | None, pace: FloatArray1D | None
) -> tuple[LineState, tuple[float, float], FloatArray1D]:
    if supply is not None:
        check_kind(supply, ForcedSupply, "supply", "impact.case(...).supply() or impact.forced_supply(...)")
        total = supply.total_shares
        line = supply.line if line is None else line
        sold_shares = (total["low"], total["high"]) if sold_shares is None else sold_shares
        pace = supply.pace if pace is None else pace
    if line is None or sold_shares is None:
        raise InputError("supply=None needs both line and sold_shares; there is nothing to price: give a ForcedSupply, or these two.")
    check_kind(line, LineState, "line", "impact.supply.LineState(...) or line_state(...)")
    missing = [name for name in ("adv_shares", "sigma") if name in line.unknown]
    if missing:
        raise InputError(f"line: {' and '.join(missing)} unknown; flow is measured against them: give prices and volumes before the event.")
    low, high = _pair(sold_shares)
    if not 0 <= low <= high < np.inf:
        raise InputError(
            f"sold_shares={sold_shares!r} must be two finite numbers (low, high), 0 <= low <= high; unknown supply has no price: give a range."
        )
    steps = np.array([1.0]) if pace is None else _steps(pace)
    if high > 0 and supply is not None and not steps.sum() > 0:
        steps = np.full(steps.size, 1 / steps.size)
    if high > 0 and (np.any(~(steps >= 0)) or not np.isclose(steps.sum(), 1.0, atol=1e-9)):
        raise InputError(
            f"pace sums to {significant(steps.sum(), 6)} with {int(np.sum(~(steps >= 0)))} negative entries; shares of the sale sum to 1: rescale it."
        )
    return line, (low, high), steps


def _pair(shares: object) -> tuple[float, float]:
    """Two numbers; NaN for what is none, and for anything but a pair."""
    ends = list(shares) if isinstance(shares, tuple | list | np.ndarray) and np.ndim(shares) == 1 else []
    return (as_number(ends[0]), as_number(ends[1])) if len(ends) == 2 else (np.nan, np.nan)


def _steps(pace: object) -> FloatArray1D:
    """One number a session."""
    cells = np.asarray(pace)
    if cells.ndim != 1 or not cells.size or np.isnan(steps := np.array([as_number(cell) for cell in cells.tolist()])).any():
        raise InputError(f"pace={pace!r} is no row of numbers; give the share sold in each session, such as [0.5, 0.5].")
    return steps
