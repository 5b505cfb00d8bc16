"""What the tests read, gathered once for those that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

import numpy as np

from impact.errors import InputError
from impact.eventstudy.layout import Clustering
from impact.eventstudy.sample import EventSample, OneSeries, ResidualEvidence, gather_evidence, one_series
from impact.kernels.mapping import Executor
from impact.kernels.outcome import Outcome, inapplicable
from impact.kernels.rank_sums import GrankSums, RankSums
from impact.kernels.records import FittedEvents
from impact.typing_ import FloatArray

__all__ = ["Draws", "Evidence", "Need", "gather"]

Need: TypeAlias = Literal["series", "residuals", "ranks", "grank", "signs", "dependence", "draws", "peers"]
"""What a test reads besides the CARs of its sample.

``series``: the one series that stands for an event or a batch on one date; ``residuals``: the mean estimation residual;
``ranks``, ``grank``, ``signs``: sums over the estimation residuals; ``dependence``: the mean residual correlation;
``draws``: random numbers; ``peers``: untreated securities on the event's date.
"""

FROM_RESIDUALS: frozenset[Need] = frozenset({"series", "residuals", "ranks", "grank", "signs"})
FEWEST_DRAWS = 99
Present = TypeVar("Present")


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Random draws of the bootstrap tests.

    Attributes
    ----------
    rng : numpy.random.Generator or None
        None leaves the bootstrap out.
    n : int
        Draws of each test.

    Raises
    ------
    InputError
        If `n` is too small for a p-value.
    """

    rng: np.random.Generator | None = None
    n: int = 999

    def __post_init__(self) -> None:
        if self.n < FEWEST_DRAWS:
            raise InputError(f"draws={self.n} is too few for a bootstrap p-value; give at least {FEWEST_DRAWS}, 999 is usual.")

    def streams(self, n_tests: int) -> list[np.random.Generator | None]:
        """A stream of its own for each drawing test, whatever the others do."""
        return [None] * n_tests if self.rng is None else list(self.rng.spawn(n_tests))


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """What a test may read.

    Attributes
    ----------
    sample : EventSample
    layout : Clustering
    peers : FittedEvents or None
    streams : list of Generator or None
        One for each drawing test, by its ``stream``.
    draws : int
    gathered : ResidualEvidence or None
        None when no wanted test reads the estimation residuals.
    one : OneSeries or None
        None when no wanted test needs it, or the events are of several dates.
    """

    sample: EventSample
    layout: Clustering
    peers: FittedEvents | None
    streams: list[np.random.Generator | None]
    draws: int
    gathered: ResidualEvidence | None
    one: OneSeries | None

    @property
    def series(self) -> OneSeries:
        """The one series, for a test that says it needs it."""
        result: OneSeries = _present(self.one, "series")
        return result

    @property
    def mean_residual(self) -> FloatArray:
        """(L,) mean estimation residual over the events."""
        result: FloatArray = _present(self.gathered, "residuals").mean_residual
        return result

    @property
    def ranks(self) -> RankSums:
        """Sums of the ranks of all days."""
        result: RankSums = _present(_present(self.gathered, "ranks").ranks, "ranks")
        return result

    @property
    def positive_share(self) -> FloatArray:
        """(n,) share of positive estimation residuals."""
        result: FloatArray = _present(_present(self.gathered, "signs").positive_share, "signs")
        return result

    def with_grank(self, test: Callable[[GrankSums, int], Outcome]) -> Outcome:
        """A generalised rank test on its sums, refused where the standardised CARs show no spread."""
        sums = _present(self.gathered, "grank").grank
        if sums is None:
            return inapplicable("the standardised CARs show no spread, so a cross-sectional variance does not exist", self.sample.n_events)
        return test(sums, self.sample.n_events)


def _present(value: Present | None, need: Need) -> Present:
    if value is None:
        raise LookupError(f"a test reads {need!r} but does not list it in its needs")
    return value


def gather(
    sample: EventSample,
    layout: Clustering,
    needs: Collection[Need],
    *,
    peers: FittedEvents | None = None,
    streams: list[np.random.Generator | None] | None = None,
    draws: int = 999,
    adjust_event_variance: bool = False,
    executor: Executor | None = None,
) -> Evidence:
    """Gather what `needs` name, in one pass over the estimation residuals where any of it comes from them.

    Parameters
    ----------
    sample : EventSample
    layout : Clustering
    needs : collection of Need
    peers, draws, adjust_event_variance, executor
        As in :func:`impact.eventstudy.inference.run_tests`.
    streams : list of Generator or None, optional
    """
    as_one = "series" in needs and layout.layout in ("single", "same_date")
    gathered = None
    if as_one or FROM_RESIDUALS.difference({"series"}).intersection(needs):
        gathered = gather_evidence(
            sample,
            ranks="ranks" in needs,
            grank="grank" in needs,
            signs="signs" in needs,
            adjust_event_variance=adjust_event_variance,
            executor=executor,
        )
    return Evidence(
        sample=sample,
        layout=layout,
        peers=peers,
        streams=streams or [],
        draws=draws,
        gathered=gathered,
        one=one_series(sample, gathered.mean_residual) if as_one and gathered is not None else None,
    )
