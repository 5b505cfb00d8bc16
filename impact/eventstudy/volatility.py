"""Volatility events: is the variance of the event window raised against that of the estimation window?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.sample import EventSample, event_sample
from impact.eventstudy.schemas import VOLATILITY, VOLATILITY_TESTS
from impact.kernels.outcome import Outcome
from impact.kernels.variance_change import event_variance, quiet_run_sums, raised_variance, session_sums, variance_of_sums
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import prose

__all__ = ["VarianceTests", "VolatilityChange", "variance_tests", "volatility_change"]

CENTRED_FROM = 3
"""Events from which variance is taken about the effect common to them."""
CHUNK_VALUES = 1 << 21
"""Returns of runs held at a time."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class VolatilityChange(Result):
    """Variance of the event window against that of quiet days.

    Attributes
    ----------
    tests : DataFrame
        Index test: `quiet_runs`, which leads, and `patell`: statistic, p_value (upper tail), distribution, n_events, smallest_p, and
        reason where there is none.
    events : DataFrame
        Index event_id: ratio (mean square of the window over that of quiet days), p_value (its rank among the event's own runs of quiet
        days), n_windows, reason.
    window : (first, last)
    ratio : float
        Variance of the window over that of quiet days, all events together.
    centred : bool
        Taken about the effect common to the events of each session (three events or more), not about zero.
    n_events, n_excluded : int
        Events that enter, and those without a return on every day of the window.
    sources, assumptions : tuple
    """

    schemas = declared(tests=VOLATILITY_TESTS, events=VOLATILITY, to_frame=VOLATILITY_TESTS)

    tests: pd.DataFrame
    events: pd.DataFrame
    window: tuple[int, int]
    ratio: float
    centred: bool
    n_events: int
    n_excluded: int
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The tests, one row each."""
        return self.tests.reset_index()

    def summary(self) -> Summary:
        """By how much the variance rose, the tests, and each event where there are few."""
        row = self.tests.loc[["quiet_runs"]].iloc[0]
        told = f"p {prose.p_value(row['p_value'])}" if not row["reason"] else "no test"
        title = f"Variance over {self.window}: {prose.decimal(self.ratio)} times that of quiet days, {told} (N = {self.n_events})"
        tables = [("Is the variance raised", self.with_schema("tests"))]
        if self.n_events <= 20:
            tables.append(("Each event among its own quiet days", self.with_schema("events")))
        return Summary(title=title, tables=tuple(tables), notes=self.assumptions, sources=self.sources)


def volatility_change(study: EventStudyResult, a: int, b: int) -> VolatilityChange:
    """Whether abnormal returns vary more over [a, b] than on quiet days, one-sided.

    Parameters
    ----------
    study : EventStudyResult
    a, b : int
        Inclusive offsets; events with a return on every day enter.

    Raises
    ------
    InputError
        If [a, b] is not inside the event window.

    Notes
    -----
    The mean over the window of the variance across events of standardised abnormal returns, ranked among that of every run of as many
    estimation days, all events moved by the same number of sessions: correlation, fat tails and days that hang together are in both.
    Each run is measured against the event's other quiet days, as the window is against all of them. From three events on the variance is
    about the effect common to them (weighted by precision), which is none; with one or two, about
    zero, and a shift of the price counts as variance. `patell` (1976) compares squares with a normal law and rejects too often in fat tails.
    A volatility that is high for weeks around the event for another reason is not told from it.

    References
    ----------
    Beaver (1968), Journal of Accounting Research 6. Landsman and Maydew (2002), same journal 40.
    """
    sample = event_sample(study.fitted, a, b)
    n, tested = sample.n_events, variance_tests(sample)
    columns = ("statistic", "p_value", "distribution", "n_events", "smallest_p", "reason")
    rows = [{name: getattr(outcome, name) for name in columns} for outcome in tested.outcomes.values()]
    return VolatilityChange(
        tests=pd.DataFrame(rows, index=pd.Index(tested.outcomes, name="test")),
        events=_event_table(study, sample, tested.single),
        window=(a, b),
        ratio=tested.outcomes["quiet_runs"].statistic,
        centred=n >= CENTRED_FROM,
        n_events=n,
        n_excluded=study.n_events - n,
        sources=study.sources,
        assumptions=_said(n, study.n_events - n),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class VarianceTests:
    """The tests of all events together by name, and the rank of each event among its own runs."""

    outcomes: dict[str, Outcome]
    single: list[Outcome]


def variance_tests(sample: EventSample) -> VarianceTests:
    """:func:`volatility_change` on the arrays of a sample."""
    fit, n, days = sample.fit, sample.n_events, sample.length
    centred = n >= CENTRED_FROM
    event = fit.abnormal[sample.index, sample.days]
    variance = sample.sigma[:, None] ** 2 * np.ones_like(event)
    if fit.quiet_day0 is None:  # a conditional variance is a forecast, and quiet days are over their mean variance
        variance *= 1.0 + fit.leverage[sample.index, sample.days]
    n_runs = max(fit.estimation[1] - fit.estimation[0] + 2 - days, 0)
    quiet, single = np.zeros((4, n_runs, days)), []
    step = max(1, CHUNK_VALUES // max(n_runs * days, 1))
    for start in range(0, n if n_runs else 0, step):
        residuals = fit.residuals(sample.index[start : start + step])
        quiet += quiet_run_sums(residuals, days)
        for i in range(len(residuals)):
            alone = variance_of_sums(quiet_run_sums(residuals[i : i + 1], days), 1, centred=False)
            own = float((event[start + i] ** 2 / variance[start + i]).mean())
            single.append(raised_variance(own, alone, days, 1))
    level = float(variance_of_sums(session_sums(event, variance), n, centred=centred)) if n else np.nan
    together = raised_variance(level, variance_of_sums(quiet, n, centred=centred), days, n)
    return VarianceTests(outcomes={"quiet_runs": together, "patell": event_variance(sample.scar, sample.df)}, single=single)


def _event_table(study: EventStudyResult, sample: EventSample, single: list[Outcome]) -> pd.DataFrame:
    rows = [
        {
            "ratio": outcome.statistic,
            "p_value": outcome.p_value,
            "n_windows": 0 if outcome.reason else int(np.rint(1.0 / outcome.smallest_p)) - 1,
            "reason": outcome.reason,
        }
        for outcome in single
    ]
    return pd.DataFrame(rows, index=study.event_ids[sample.index], columns=["ratio", "p_value", "n_windows", "reason"])


def _said(n: int, n_excluded: int) -> tuple[str, ...]:
    lines = ["one-sided: is the variance raised; events are moved together, so that days they share stay shared"]
    if 0 < n < CENTRED_FROM:
        who = "one event" if n == 1 else "two events"
        lines.append(f"{who}: squares are about zero, so an effect on the price and a raised variance cannot be told apart")
    elif n:
        lines.append(
            "variance is about the effect that the events of a session have in common; effects that differ between events are variance"
        )
    lines.append("a volatility that is high for weeks for another reason is not told from the event")
    if n_excluded:
        lines.append(f"{n_excluded} of {n + n_excluded} events lack a return on some day of the window and are left out")
    if n > 1:
        lines.append("p of single events are not adjusted for looking at several")
    return tuple(lines)
