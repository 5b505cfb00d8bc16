"""The simulated paths of a price effect: the library's own, that of the class scenario, and those of the laws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.sobol import sobol_uniforms
from impact.pricing.announcement import AnnouncementShock
from impact.pricing.announcement_fit import shipped_library
from impact.pricing.announcement_inputs import LARGEST_FALL, as_number
from impact.pricing.announcement_training import checked_dates
from impact.pricing.flow import ExecutionFlow, execution_flow
from impact.pricing.flow_fit import coefficient_draws, era_at, flow_rows, is_described, reversal_draws
from impact.pricing.known_events import changes_known_at, events_known_at, instant_of
from impact.pricing.laws import ImpactLaw, Shock
from impact.pricing.library import EventLibrary
from impact.pricing.paths import BasisPath, EnvelopePath, FadingPath, LogPath, MixedPath, execution_basis, shock_basis
from impact.pricing.priors import DEFAULT_PRIORS, Prior, known_value, posterior
from impact.provenance import Source
from impact.supply.line import LineState
from impact.typing_ import FloatArray1D, FloatArray2D, Instant

__all__ = ["LIBRARY", "PathRow", "Priced", "Pricing", "price_paths"]

POOLED = "all_laws"
SCENARIO_CELL = "since_2019_sanction"
LIBRARY = Source(title="event library of this project, fitted and scored by `make calibrate`", basis="facts and computed numbers")
SUPPLY = Source(title="range of the forced supply", basis="computed from holdings and regime")
DYNAMICS = ("permanent_share", "announcement_share", "reversal_sessions")
FLOW = ("flow_coefficient", "flow_reversal")
NEWS = ("announcement", "first_session")


@dataclass(frozen=True, eq=False, kw_only=True)
class Pricing:
    """One sale to be priced, with what is believed of it."""

    line: LineState
    shares: tuple[float, float]
    pace: FloatArray1D
    laws: tuple[ImpactLaw, ...]
    priors: Mapping[str, Prior]
    known: Mapping[str, float]
    announcement: AnnouncementShock | None
    formal_session: int | None
    beyond_range: bool
    as_of: Instant | None = None

    @property
    def changes(self) -> EventLibrary:
        """Index changes that had come by then."""
        return changes_known_at(shipped_library(), instant_of(self.as_of))


@dataclass(frozen=True, eq=False, kw_only=True)
class PathRow:
    """One forecast: its path, or the refusal of it.

    Attributes
    ----------
    name : str
    path : LogPath or None
        None: refused outside its range.
    law : ImpactLaw or None
    weight : float
        In the mixture of all.
    outside : bool
        Whether the sale lies outside the range in which the forecast was estimated.
    """

    name: str
    path: LogPath | None
    law: ImpactLaw | None
    weight: float
    outside: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Priced:
    """Every path of one sale and the draws behind them; the last row is the mixture."""

    pricing: Pricing
    rows: tuple[PathRow, ...]
    beliefs: Mapping[str, Prior]
    drawn: Mapping[str, FloatArray1D]
    points: FloatArray2D
    shock: Shock
    flow: ExecutionFlow
    usable_laws: tuple[ImpactLaw, ...]
    silent: tuple[str, ...]


def price_paths(pricing: Pricing, n_draws: int, rng: np.random.Generator) -> Priced:
    """Draw what is uncertain and lay out every path.

    Raises
    ------
    InputError
        If a name of `known` is no assumption here.
    """
    beliefs = _beliefs(pricing)
    points = sobol_uniforms(n_draws, len(beliefs) + 1, rng=rng)
    drawn = {name: prior.quantile(points[:, column]) for column, (name, prior) in enumerate(beliefs.items())}
    shock = Shock(line=pricing.line, sold_shares=drawn["sold_shares"], pace=pricing.pace)
    sizes = _sizes(pricing, drawn["sold_shares"])
    flow = execution_flow(float(np.max(sizes[-1])), pricing.line.sigma, as_of=pricing.as_of)
    usable = tuple(law for law in pricing.laws if law.speaks_of(pricing.line))
    silent = tuple(law.name for law in pricing.laws if not law.speaks_of(pricing.line))
    weights = _weights(usable, flow.scores)
    rows = [PathRow(name="library", path=_library_path(pricing, drawn, sizes), law=None, weight=weights["library"], outside=flow.outside)]
    if pricing.announcement is not None and pricing.announcement.scenario.size:
        scenario = _scenario_path(pricing, drawn, sizes, flow)
        rows.append(PathRow(name="class_scenario", path=scenario, law=None, weight=0.0, outside=flow.outside))
    for law in usable:
        outside = law.outside(shock)
        path = None if outside and not pricing.beyond_range else _law_path(law, shock, drawn)
        rows.append(PathRow(name=law.name, path=path, law=law, weight=weights[law.name], outside=outside))
    rows.append(_mixture(tuple(rows), points[:, -1]))
    return Priced(
        pricing=pricing, rows=tuple(rows), beliefs=beliefs, drawn=drawn, points=points, shock=shock, flow=flow, usable_laws=usable, silent=silent
    )  # fmt: skip


def _beliefs(pricing: Pricing) -> dict[str, Prior]:
    """What is drawn, in the order of the columns, with what the user replaced or knows."""
    low, high = pricing.shares
    cell, changes = default_cell(pricing.as_of), pricing.changes
    given = {
        **DEFAULT_PRIORS,
        "sold_shares": Prior(name="sold_shares", unit="shares", shape="uniform", low=low, high=high, source=SUPPLY),
        "flow_coefficient": posterior("flow_coefficient", coefficient_draws(cell, changes), unit="1", source=LIBRARY),
        "flow_reversal": posterior("flow_reversal", reversal_draws(cell, changes), unit="share", source=LIBRARY),
    }
    wanted = ["sold_shares", *FLOW]
    news = pricing.announcement
    if news is not None:
        given["announcement"] = posterior("announcement", news.sample, unit="return", source=LIBRARY)
        rest = first_session_split(pricing.as_of)[1]
        given["first_session"] = posterior("first_session", np.concatenate([rest, -rest]), unit="noise", source=LIBRARY)
        wanted += NEWS
        if pricing.formal_session is not None:
            given["formal_day"] = posterior("formal_day", news.sample, unit="return", source=LIBRARY)
            wanted.append("formal_day")
    wanted += [*dict.fromkeys(name for law in pricing.laws for name in law.parameters), *DYNAMICS]
    given |= dict(pricing.priors)
    for name, value in pricing.known.items():
        if name not in wanted:
            raise InputError(f"known[{name!r}] is not an assumption here; choose among: {', '.join(wanted)}.")
        if not np.isfinite(as_number(value)):
            raise InputError(f"known[{name!r}]={value!r} is no finite number; give the value that has become a fact, or leave it out.")
        given[name] = known_value(name, as_number(value), unit=given[name].unit)
    return {name: given[name] for name in wanted}


def default_cell(as_of: Instant | None) -> str:
    """Cell of the review deletions of the era of an instant."""
    return f"{era_at(as_of)}_deletion"


def first_session_split(as_of: Instant | None = None) -> tuple[float, FloatArray1D]:
    """How much of the two sessions' return comes on the first: slope through the origin, and the rest in units of the line's noise.

    Parameters
    ----------
    as_of : zoned instant, optional
        Only events whose second session had closed then.

    Raises
    ------
    DataUnavailable
        If those fall on fewer than ``FEWEST_DATES`` date clusters.
    """
    return _split_of(events_known_at(shipped_library(), instant_of(as_of)))


@lru_cache(maxsize=8)
def _split_of(library: EventLibrary) -> tuple[float, FloatArray1D]:
    rows = library.announcement_sample()
    checked_dates(rows["date_cluster"].nunique(), shipped_library())
    both, first, noise = (rows[name].to_numpy(dtype=float) for name in ("car_0_1", "car_0_0", "se_0_1"))
    slope = float(both @ first / (both @ both))
    return slope, (first - slope * both) / noise


def _news(pricing: Pricing, shock: FloatArray1D, drawn: Mapping[str, FloatArray1D]) -> tuple[list[FloatArray2D], list[FloatArray1D]]:
    """Curves and weights of the announcement, and of the formal day after a leak."""
    if pricing.announcement is None:
        return [], []
    n, slope, noise = pricing.pace.size, first_session_split(pricing.as_of)[0], pricing.announcement.noise
    curves = [shock_basis(n, 0)]
    weights = [_log(slope * shock + noise * drawn["first_session"]), _log(shock)]
    if pricing.formal_session is not None:
        curves.append(shock_basis(n, pricing.formal_session - 1))
        weights += [_log(slope * drawn["formal_day"] + noise * drawn["first_session"]), _log(drawn["formal_day"])]
    return curves, weights


def _sizes(pricing: Pricing, sold: FloatArray1D) -> tuple[FloatArray1D, ...]:
    """The flow in ADV as drawn, and where it is a range the least and the most of it, each for all draws."""
    stated = "sold_shares" in pricing.priors or "sold_shares" in pricing.known
    least, most = (float(sold.min()), float(sold.max())) if stated else pricing.shares
    sizes = (sold,) if least == most else (sold, np.full_like(sold, least), np.full_like(sold, most))
    return tuple(shares / pricing.line.adv_shares for shares in sizes)


def _library_path(pricing: Pricing, drawn: Mapping[str, FloatArray1D], sizes: tuple[FloatArray1D, ...]) -> LogPath:
    """Announcement, flow and its reversal, as the library knows them."""
    news = _news(pricing, drawn.get("announcement", np.empty(0)), drawn)
    return _with_flow(pricing, news, drawn["flow_coefficient"], drawn["flow_reversal"], sizes)


def _scenario_path(pricing: Pricing, drawn: Mapping[str, FloatArray1D], sizes: tuple[FloatArray1D, ...], flow: ExecutionFlow) -> LogPath:
    """What the class did before, and the flow of sanction deletions, review deletions where too few had come yet; the same ranks of
    the draws as the library's path."""
    news, changes = pricing.announcement, pricing.changes
    assert news is not None
    cell = SCENARIO_CELL if is_described(flow_rows(changes), SCENARIO_CELL) else flow.cell.name
    ranks = {name: _ranks(drawn[name]) for name in ("announcement", *FLOW)}
    shock = np.quantile(news.scenario, ranks["announcement"])
    coefficient = np.quantile(coefficient_draws(cell, changes), ranks["flow_coefficient"])
    back = np.quantile(reversal_draws(cell, changes), ranks["flow_reversal"])
    return _with_flow(pricing, _news(pricing, shock, drawn), coefficient, back, sizes)


def _with_flow(
    pricing: Pricing,
    news: tuple[list[FloatArray2D], list[FloatArray1D]],
    coefficient: FloatArray1D,
    back: FloatArray1D,
    sizes: tuple[FloatArray1D, ...],
) -> LogPath:
    """News and flow on one path; where the flow is a range, as wide as with the least and with the most of it."""
    curves, weights = news
    basis = np.column_stack([*curves, execution_basis(pricing.pace)])
    effects = [-coefficient * pricing.line.sigma * np.sqrt(flow_adv) for flow_adv in sizes]
    drawn, *ends = (BasisPath(basis=basis, weights=np.stack([*weights, size, -size * back])) for size in effects)
    return EnvelopePath(central=drawn, ends=tuple(ends)) if ends else drawn


def _law_path(law: ImpactLaw, shock: Shock, drawn: Mapping[str, FloatArray1D]) -> LogPath:
    """The law's own path where it has one, else the fading path of its effect."""
    if law.own_path is not None and np.any(shock.pace > 0):
        return law.own_path(shock, drawn)
    return FadingPath(pace=shock.pace, log_effect=law.log_effect(shock, drawn), **{name: drawn[name] for name in DYNAMICS})


def _weights(laws: tuple[ImpactLaw, ...], scores: pd.DataFrame) -> dict[str, float]:
    """Equal parts of the forecasts that beat no effect on dates left out; none for the others, nor for those never scored.

    Where nothing was scored with what was known, the library's forecast stands alone.
    """
    lower = scores.set_index("model")["skill_low"]
    scored = {"library": "era_side_reason", **{law.name: law.scored_as for law in laws}}
    good = [name for name, model in scored.items() if model in lower.index and float(lower[model]) > 0]
    leading = good or ["library"]
    return {name: 1 / len(leading) if name in leading else 0.0 for name in scored}


def _mixture(rows: tuple[PathRow, ...], choice: FloatArray1D) -> PathRow:
    """The forecasts in the parts of their weights; it inherits the flag of every row."""
    parts = [row for row in rows if row.weight > 0 and row.path is not None]
    outside = any(row.outside for row in rows)
    if len(parts) == 1:
        return PathRow(name=POOLED, path=parts[0].path, law=None, weight=1.0, outside=outside)
    edges = np.cumsum([row.weight for row in parts])
    pick = np.minimum(np.searchsorted(edges / edges[-1], choice, side="right"), len(parts) - 1)
    path: LogPath = MixedPath(parts=tuple(row.path for row in parts if row.path is not None), choice=pick)
    return PathRow(name=POOLED, path=path, law=None, weight=1.0, outside=outside)


def _ranks(values: FloatArray1D) -> FloatArray1D:
    """Rank of each draw in (0, 1)."""
    order = np.empty(values.size)
    order[np.argsort(values, kind="stable")] = (np.arange(values.size) + 0.5) / values.size
    return order


def _log(simple: FloatArray1D) -> FloatArray1D:
    return np.asarray(np.log1p(np.maximum(simple, LARGEST_FALL)))
