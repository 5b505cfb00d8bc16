"""The same study laid on every day and security where nothing happened: how unusual is the event?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.schemas import PLACEBO
from impact.kernels.mixed import MixedFit
from impact.kernels.ols import BatchFit, fit_events
from impact.kernels.parametric import standardised
from impact.kernels.single_event import PlaceboTest
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["PlaceboStudy", "placebo_windows"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PlaceboStudy(Result):
    """The standardised CAR of one event among those of placebo windows.

    Attributes
    ----------
    window : (a, b)
    statistic : float
        SCAR of the event.
    placebo : (n,) float
        SCAR of every placebo window.
    day0, security : (n,) int
        Calendar position and return column of each placebo window.
    own, same_date : (n,) bool
        Windows of the event's own security, and of others on its own date.
    """

    schemas = declared(to_frame=PLACEBO)

    window: tuple[int, int]
    statistic: float
    placebo: FloatArray
    day0: IntArray
    security: IntArray
    own: BoolArray
    same_date: BoolArray
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a group of placebos: n_windows, p_value (two-sided), p_lower, p_upper, smallest_p, and 2.5 and 97.5 % quantiles."""
        groups = {
            "own security, other dates": self.own,
            "other securities, same date": self.same_date,
            "other securities, other dates": ~(self.own | self.same_date),
        }
        rows = []
        for name, members in groups.items():
            test = PlaceboTest(statistic=self.statistic, placebo=self.placebo[members])
            quantiles = np.quantile(test.placebo, [0.025, 0.975]) if test.placebo.size else (np.nan, np.nan)
            known = test.placebo.size > 0
            rows.append(
                {
                    "placebos": name,
                    "n_windows": test.placebo.size,
                    "statistic": self.statistic,
                    "p_value": test.p() if known else np.nan,
                    "p_lower": test.p("lower") if known else np.nan,
                    "p_upper": test.p("upper") if known else np.nan,
                    "smallest_p": test.smallest_p if known else np.nan,
                    "quantile_2_5": quantiles[0],
                    "quantile_97_5": quantiles[1],
                }
            )
        return pd.DataFrame(rows).set_index("placebos")

    def summary(self) -> Summary:
        """Ranks of the event among the groups of placebos."""
        a, b = self.window
        title = f"Placebo windows ({a}, {b}): standardised CAR {prose.decimal(self.statistic)} among {prose.count(self.placebo.size)}"
        notes = ("windows that overlap share days, so there are fewer independent placebos than windows",)
        return Summary(title=title, tables=(("Rank of the event", self.with_schema("to_frame")),), notes=notes)


def placebo_windows(
    batch: BatchFit,
    event: int,
    a: int,
    b: int,
    *,
    securities: Collection[int] | None = None,
    days: Collection[int] | None = None,
) -> PlaceboStudy:
    """Repeat the study of one event on every placebo day of its own and other securities.

    Parameters
    ----------
    batch : BatchFit
        Its panel supplies the placebos.
    event, a, b : int
        Position of the event in the fit; inclusive session offsets.
    securities : collection of int, optional
        Columns to use besides the event's own, not affected by it; when None all without an event in the fit.
    days : collection of int, optional
        Calendar positions to use as day 0; when None every session with a whole estimation window before it.

    Raises
    ------
    InputError
        If `event` or [a, b] is outside the fit.
    InfeasibleDesign
        If no placebo window has an abnormal return on all its days.

    Notes
    -----
    Every placebo is fitted afresh on its own estimation window, so the forecast error is in every SCAR. Placebos of the
    event's own security with a session of its event window, in either window, are left out.
    """
    if not 0 <= event < batch.events.n_events:
        raise InputError(f"event={event} is not a position among the {batch.events.n_events} events of the fit; count from 0.")
    if isinstance(batch, MixedFit):
        batch, event = batch.of_event(event)
    fit = batch.events
    first, last = int(fit.offsets[0]), int(fit.offsets[-1])
    if not first <= a <= b <= last:
        raise InputError(f"window=({a}, {b}) is not inside the event window ({first}, {last}); choose offsets in it, first <= last.")
    own_column, own_day = int(batch.windows.security[event]), int(fit.day0[event])
    day0, security = _grid(batch, own_column, own_day, b, securities, days)
    again = fit_events(batch.windows.regression, day0, security, fit.estimation, (a, b)).events
    sums, observed = again.window(a, b), fit.window(a, b)
    scar = standardised(sums.car, again.sigma, sums.variance_factor)
    fewest = int(fit.n_obs[event]) // 2
    kept = np.isfinite(scar) & (sums.n_days == b - a + 1) & (again.n_obs >= fewest)
    if not kept.any():
        raise InfeasibleDesign(f"none of {day0.size} placebo windows has returns on all of ({a}, {b}); give more days or securities.")
    own = security[kept] == own_column
    return PlaceboStudy(
        window=(a, b),
        statistic=float(standardised(observed.car, fit.sigma, observed.variance_factor)[event]),
        placebo=scar[kept],
        day0=day0[kept],
        security=security[kept],
        own=own,
        same_date=~own & (day0[kept] == own_day),
        assumptions=("placebo securities are not affected by the event", f"each placebo needs {fewest} usable estimation rows"),
    )


def _grid(
    batch: BatchFit, own_column: int, own_day: int, b: int, securities: Collection[int] | None, days: Collection[int] | None
) -> tuple[IntArray, IntArray]:
    """Day 0 and column of every placebo window, those that touch the event itself left out."""
    fit, (n_sessions, n_columns) = batch.events, batch.windows.regression.returns.shape
    untouched = np.setdiff1d(np.arange(n_columns), batch.windows.security)
    peers = untouched if securities is None else np.asarray(list(securities), dtype=np.intp)
    columns = np.append(own_column, peers[peers != own_column])
    chosen = np.arange(max(0, -fit.estimation[0]), n_sessions - b) if days is None else np.asarray(list(days), dtype=np.intp)
    day0, security = (grid.ravel() for grid in np.meshgrid(chosen, columns))
    after, before = day0 + b >= own_day + int(fit.offsets[0]), day0 + fit.estimation[0] <= own_day + int(fit.offsets[-1])
    clean = (security != own_column) | ~(after & before)
    return day0[clean], security[clean]
