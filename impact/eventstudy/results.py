"""What an event study found."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from impact.errors import ImpactWarning, InputError
from impact.eventstudy.day_zero import without_day0
from impact.eventstudy.design import IncompletePolicy, StudyDesign
from impact.eventstudy.doubts import DOUBTED
from impact.eventstudy.exports import StudyExports
from impact.eventstudy.models import MODELS
from impact.eventstudy.schemas import ABNORMAL, CAR, DOUBTFUL, DROPPED, DROPPED_COUNTS, ESTIMATES, EVENTS, MEAN_CAR, TESTS
from impact.kernels.mixed import session_positions
from impact.kernels.ols import BatchFit
from impact.kernels.persistence import lag_one, t_size_under_persistence
from impact.kernels.records import EventDesign, FittedEvents
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray, IntArray, Window

if TYPE_CHECKING:
    from impact.eventstudy.inference import InferenceDesign
    from impact.eventstudy.volatility import VolatilityChange
    from impact.eventstudy.window_family import Adjustment
    from impact.kernels.single_event import ConformalInterval

__all__ = ["EventStudyResult"]

POWER = 0.8
"""Power at which the minimum detectable effect is stated."""
ALPHA_SHARE = 0.05
"""Share of events whose drift must matter before a warning is given (any event in a small study)."""
LONG_WINDOW = 10
"""Days from which a window is long enough for the persistence of residuals to matter for its t."""
CERTAIN_PERSISTENCE = 3.0
"""Standard errors of a first autocorrelation from which residuals are taken to hang together."""
PERSISTENT_SHARE = 0.05
"""Share of events whose residuals must hang together before a warning is given (any event in a small study)."""
CHUNK = 2048
"""Events whose residuals are formed at a time."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class EventStudyResult(StudyExports, Result):
    """Abnormal returns of N events, with what is needed to test them.

    Attributes
    ----------
    design : StudyDesign
        Windows, model and rules.
    fit : BatchFit
        Arrays of the estimation.
    events : DataFrame
        The events used, with `day0` (session), `rolled_days`, `intraday` where instants are given, and `status`: ``ok``,
        ``missing_day0`` (no return on day 0) or ``halted`` (no return in the event window).
    sessions : DatetimeIndex
        The return calendar.
    coefficient_names : tuple of str
    dropped : DataFrame
        Events that could not be used: event_id, security, date, status, reason.
    quantity : {"return", "log volume", "log range"}
        What is abnormal.
    spans_gaps : bool
        Whether the return after a gap is that since the last trade, so that a day 0 without trade is in the next return.
    doubtful : DataFrame
        Doubtful prices inside the windows of an event, where the study was made from prices: ``impact.eventstudy.doubts.DOUBTED``.
    sources, assumptions : tuple
    """

    schemas = declared(events=EVENTS, dropped=DROPPED, estimates=ESTIMATES, to_frame=ABNORMAL, car=CAR, tests=TESTS, doubtful=DOUBTFUL)

    design: StudyDesign
    fit: BatchFit
    events: pd.DataFrame
    sessions: pd.DatetimeIndex
    coefficient_names: tuple[str, ...]
    dropped: pd.DataFrame
    quantity: Literal["return", "log volume", "log range"] = "return"
    spans_gaps: bool = False
    doubtful: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DOUBTED))
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def fitted(self) -> FittedEvents:
        """The arrays that inference works on."""
        return self.fit.events

    @property
    def n_events(self) -> int:
        """N, events used."""
        return self.fitted.n_events

    @cached_property
    def event_ids(self) -> pd.Index:
        """Index of every per-event table."""
        result: pd.Index = pd.Index(self.events["event_id"], name="event_id")
        return result

    def _table(self, values: FloatArray) -> pd.DataFrame:
        return pd.DataFrame(values, index=self.event_ids, columns=pd.Index(self.fitted.offsets, name="offset"), copy=False)

    @property
    def abnormal(self) -> pd.DataFrame:
        """(N, W) abnormal returns, events x offsets; NaN is a day without trade."""
        return self._table(self.fitted.abnormal)

    @property
    def standard_errors(self) -> pd.DataFrame:
        """(N, W) forecast standard errors of the abnormal returns."""
        return self._table(self.fitted.sigma[:, None] * np.sqrt(1.0 + self.fitted.leverage))

    @property
    def estimates(self) -> pd.DataFrame:
        """Per event: the coefficients, sigma, n_obs, df, r_squared."""
        columns = {name: self.fit.coefficients[:, j] for j, name in enumerate(self.coefficient_names)}
        fitted = self.fitted
        rest = {"sigma": fitted.sigma, "n_obs": fitted.n_obs, "df": fitted.df, "r_squared": self.fit.r_squared}
        return pd.DataFrame(columns | rest, index=self.event_ids)

    @property
    def average(self) -> pd.DataFrame:
        """Per offset: aar (mean abnormal return), n (events with one), se (independent events), caar (running sum of aar)."""
        fitted = self.fitted
        known = ~np.isnan(fitted.abnormal)
        n = known.sum(axis=0)
        variance = fitted.sigma[:, None] ** 2 * (1.0 + np.where(known, fitted.leverage, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            aar = np.where(known, fitted.abnormal, 0.0).sum(axis=0) / n
            se = np.sqrt(np.where(known, variance, 0.0).sum(axis=0)) / n
        return pd.DataFrame({"aar": aar, "se": se, "n": n, "caar": np.cumsum(aar)}, index=pd.Index(fitted.offsets, name="offset"))

    def _checked(self, a: int, b: int) -> None:
        first, last = self.design.window
        if not (first <= a <= b <= last):
            raise InputError(
                f"({a}, {b}) is not inside the event window {self.design.window}; choose offsets in it, the first not after the last."
            )

    def car(self, a: int, b: int, *, session: int = 0) -> pd.DataFrame:
        """Cumulative abnormal return of every event over the inclusive offsets [a, b].

        Parameters
        ----------
        a, b : int
        session : int
            Offset of the event session: day 0, or that of a later event that is read off this fit.

        Returns
        -------
        DataFrame
            car, se (forecast error included), t, p (two-sided Student), df, n_days (days with a return), mde (effect
            found with 80 % power at this level), ci_low, ci_high. NaN where no day has a return, and where [a, b] holds the
            event session and it has none: what is left would be the return of other news. Returns that span gaps, and a design that
            takes incomplete windows, keep it.

        Raises
        ------
        InputError
            If [a, b] is not inside the event window.

        Warns
        -----
        ImpactWarning
            When the estimated drift alone moves the CAR by more than one standard error; when the window is long and the
            residuals hang together from day to day, so that t takes too small a variance.
        """
        self._checked(a, b)
        sums = self.fitted.window(a, b)
        se = self.fitted.sigma * np.sqrt(sums.variance_factor)
        self._warn_of_drift(a, b, sums.n_days, se)
        if b - a + 1 >= LONG_WINDOW:
            self._warn_of_persistence(a, b, sums.n_days)
        df = self.fitted.df.astype(float)
        car = np.where(self.without_day0(a, b, session), np.nan, sums.car)
        se = np.where(np.isnan(car), np.nan, se)
        with np.errstate(invalid="ignore", divide="ignore"):
            t = car / se
        alpha = 1.0 - self.design.level
        half = _student_quantile(df, 1.0 - alpha / 2.0) * se
        return pd.DataFrame(
            {
                "car": car,
                "se": se,
                "t": t,
                "p": 2.0 * stdtr(df, -np.abs(t)),
                "df": self.fitted.df,
                "n_days": sums.n_days,
                "mde": (ndtri(1.0 - alpha / 2.0) + ndtri(POWER)) * se,
                "ci_low": car - half,
                "ci_high": car + half,
            },
            index=self.event_ids,
        )

    @property
    def _incomplete(self) -> IncompletePolicy:
        """Which events enter a window: where the return after a gap is that since the last trade, no day of a halt is lost."""
        return "available" if self.spans_gaps else self.design.incomplete

    def without_day0(self, a: int, b: int, session: int = 0) -> BoolArray:
        """(N,) whether [a, b] holds the event session and there is no return on it, so that its window has no estimate."""
        return without_day0(self.fitted, a, b, self._incomplete, session)

    def _warn_of_drift(self, a: int, b: int, n_days: IntArray, se: FloatArray) -> None:
        if "alpha" not in self.coefficient_names or self.quantity != "return":
            return
        alpha = self.fit.coefficients[:, 0]
        moved = int((np.abs(alpha) * n_days > se).sum())
        if moved > ALPHA_SHARE * self.n_events:
            worst = int(np.nanargmax(np.abs(alpha) * n_days / se))
            other = "zero_alpha=True" if MODELS[self.design.model].zero_alpha else "model='market_adjusted'"
            warnings.warn(
                f"the estimation-window alpha alone moves CAR({a}, {b}) by more than one standard error for {moved} of "
                f"{self.n_events} events (most for {prose.quoted(self.event_ids[worst])}: {prose.signed_decimal(alpha[worst], 4)} a day); compare with {other}.",
                ImpactWarning,
                stacklevel=3,
            )

    @cached_property
    def _persistence(self) -> tuple[FloatArray, IntArray]:
        """First autocorrelation of each event's estimation residuals, and the pairs of days it comes from."""
        parts = [lag_one(self.fitted.residuals(slice(start, start + CHUNK))) for start in range(0, self.n_events, CHUNK)]
        return np.concatenate([phi for phi, _ in parts]), np.concatenate([pairs for _, pairs in parts])

    def _warn_of_persistence(self, a: int, b: int, n_days: IntArray) -> None:
        phi, n_pairs = self._persistence
        certain = phi * np.sqrt(n_pairs) > CERTAIN_PERSISTENCE
        if certain.sum() > PERSISTENT_SHARE * self.n_events:
            size = np.where(certain, t_size_under_persistence(phi, n_days), np.nan)
            worst = int(np.nanargmax(size))
            warnings.warn(
                f"the residuals of {int(certain.sum())} of {self.n_events} events hang together from day to day (most for "
                f"{prose.quoted(self.event_ids[worst])}, autocorrelation {prose.decimal(phi[worst])}): the t of its CAR({a}, {b}) at 5 % rejects "
                f"{prose.percent(size[worst], 0)} of true nulls; read the test of inference({a}, {b}) instead.",
                ImpactWarning,
                stacklevel=3,
            )

    def tests(self, a: int, b: int, **options: Any) -> pd.DataFrame:
        """Every hypothesis test of the design over [a, b]: statistic, p_value, df, distribution, n_events, headline, reason."""
        from impact.eventstudy.inference import run_tests

        self._checked(a, b)
        return run_tests(self.fitted, a, b, **({"incomplete": self._incomplete} | options))

    def inference(self, a: int, b: int, **options: Any) -> InferenceDesign:
        """The design that was found (single, same_date, multi_date), r-bar, effective N, smallest attainable p."""
        from impact.eventstudy.inference import describe_inference

        self._checked(a, b)
        told = describe_inference(self.fitted, a, b, **({"incomplete": self._incomplete, "level": self.design.level} | options))
        return replace(told, quantity=self.quantity)

    def conformal(self, a: int, b: int, *, level: float | None = None) -> ConformalInterval:
        """Conformal interval for the effect over [a, b] of one event (or of a batch on one date), by inverting the test."""
        from impact.eventstudy.single import conformal_effect

        self._checked(a, b)
        return conformal_effect(self.fitted, a, b, level=self.design.level if level is None else level)

    def regression(self, event: int = 0) -> EventDesign:
        """The regression of one event, row by row.

        Raises
        ------
        InputError
            If the model shows none, as one of the mean alone or of GARCH.
        """
        if self.fitted.design is None:
            raise InputError(
                f"model={self.design.model!r} shows no regression whose covariance could be used; choose a regression such as 'market'."
            )
        return self.fitted.design(event)

    def joint_path(self, a: int, b: int) -> pd.DataFrame:
        """F test per event that no day of [a, b] has an abnormal return."""
        from impact.eventstudy.single import joint_path

        self._checked(a, b)
        return joint_path(self.fitted, a, b)

    def volatility(self, a: int, b: int) -> VolatilityChange:
        """Whether abnormal returns vary more over [a, b] than on quiet days: see :func:`impact.eventstudy.volatility_change`."""
        from impact.eventstudy.volatility import volatility_change

        return volatility_change(self, a, b)

    def over_windows(self, windows: Sequence[Window], *, method: Adjustment = "holm", **options: Any) -> pd.DataFrame:
        """The headline test over several windows, its p-values adjusted for having looked at all of them."""
        from impact.eventstudy.window_family import adjust_over_windows

        for a, b in windows:
            self._checked(a, b)
        return adjust_over_windows(self.fitted, windows, method=method, **options)

    def take(self, events: npt.ArrayLike) -> EventStudyResult:
        """The same study for some of its events: a boolean mask or positions, for example one group."""
        chosen = np.asarray(events)
        kept = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.intp)
        if not kept.size:
            raise InputError(f"events selects none of the {self.n_events} events; choose at least one.")
        events = self.events.iloc[kept].reset_index(drop=True)
        doubtful = self.doubtful[self.doubtful["event_id"].isin(events["event_id"])].reset_index(drop=True)
        return replace(self, fit=self.fit.take(kept), events=events, doubtful=doubtful)

    def path(self) -> pd.DataFrame:
        """The inference over the windows from the first offset to each: car, ci_low, ci_high, n_events, test, p_value.

        Each row is that of :meth:`inference` over its window: the mean CAR of the events with a return on every day of it, and
        the interval of the test that leads there.
        """
        from impact.eventstudy.window_rows import row_of

        first = int(self.fitted.offsets[0])
        rows = [row_of(self.inference(first, int(offset))) for offset in self.fitted.offsets]
        frame = pd.DataFrame(rows, index=pd.Index(self.fitted.offsets, name="offset"))
        return frame[["car", "ci_low", "ci_high", "n_events", "test", "p_value"]]

    def to_frame(self) -> pd.DataFrame:
        """One row per event and offset: event_id, security, offset, session, abnormal_return, standard_error, n_obs."""
        n, w = self.fitted.abnormal.shape
        position = session_positions(self.fit)
        inside = (position >= 0) & (position < len(self.sessions))
        session = self.sessions.to_numpy()[np.where(inside, position, 0)]
        session[~inside] = np.datetime64("NaT")
        return pd.DataFrame(
            {
                "event_id": np.repeat(self.events["event_id"].to_numpy(), w),
                "security": np.repeat(self.events["security"].to_numpy(), w),
                "offset": np.tile(self.fitted.offsets, n),
                "session": session.ravel(),
                "abnormal_return": self.fitted.abnormal.ravel(),
                "standard_error": self.standard_errors.to_numpy().ravel(),
                "n_obs": np.repeat(self.fitted.n_obs, w),
            }
        )

    def summary(self) -> Summary:
        """Design, mean or single effect over the usual windows, and what was dropped."""
        from impact.eventstudy.window_rows import remarks_over, row_of

        inferences = [self.inference(a, b) for a, b in self.usual_windows]
        rows = [row_of(inference) for inference in inferences]
        tables = [
            (
                f"Cumulative abnormal {self.quantity}" if self.n_events == 1 else f"Mean cumulative abnormal {self.quantity}",
                self.measured(MEAN_CAR).table(pd.DataFrame(rows).set_index("window")),
            )
        ]
        if self.n_events <= 20:
            shown = self.estimates.assign(day0=self.events["day0"].to_numpy(), status=self.events["status"].astype(str).to_numpy())
            tables.append(("Estimation", self.measured(ESTIMATES).table(shown)))
        if len(self.doubtful):
            tables.append(("Doubtful prices in the windows of an event", self.with_schema("doubtful")))
        if len(self.dropped):
            tables.append(
                (
                    "Events not used",
                    DROPPED_COUNTS.table(self.dropped.groupby(["status", "reason"]).size().rename("n_events").reset_index()),
                )
            )
        title = f"Event study: {self.n_events} event{'s' * (self.n_events != 1)}, model {self.design.model}"
        return Summary(title=title, tables=tuple(tables), notes=(*remarks_over(inferences), *self.assumptions), sources=self.sources)

    def over(self, windows: Sequence[Window]) -> pd.DataFrame:
        """The inference over each of several windows, one row each: window, n_events, car, ci_low, ci_high, p_value, test."""
        from impact.eventstudy.window_rows import row_of

        return pd.DataFrame([row_of(self.inference(a, b)) for a, b in windows])


def _student_quantile(df: FloatArray, probability: float) -> FloatArray:
    """Quantile for every df, computed once per distinct df."""
    distinct, inverse = np.unique(df, return_inverse=True)
    quantiles: FloatArray = np.asarray(stdtrit(distinct, probability), dtype=np.float64)
    return quantiles[inverse]
