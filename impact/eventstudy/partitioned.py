"""Event studies over returns that are stored in parts and never loaded whole."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.alignment import AlignedEvents, Market, ReturnTable
from impact.eventstudy.benchmarks import ModelInputs
from impact.eventstudy.day_zero import without_day0
from impact.eventstudy.design import StudyDesign, WindowedOptions
from impact.eventstudy.drops import broken_rule, drop_table
from impact.eventstudy.estimate import build, fit
from impact.eventstudy.models import MODELS, ModelName
from impact.eventstudy.own_calendars import OwnCalendar
from impact.eventstudy.part_calendar import PartCalendar, calendar_of_parts, laid_on, sessions_of_benchmark
from impact.eventstudy.part_files import part_files, part_labels, securities_of
from impact.eventstudy.placing import PlacedEvents, StudyInputs, place_events
from impact.eventstudy.random_events import RandomEvents
from impact.eventstudy.schemas import PARTITIONED_AVERAGE, PARTITIONED_TESTS, PARTITIONS, SCAR_QUANTILES
from impact.eventstudy.stated_variance import COLUMN
from impact.kernels.mapping import Executor, map_in_order
from impact.kernels.partial_sums import PartialSums, bin_edges, nothing_summed, partial_sums, window_tests
from impact.kernels.records import FittedEvents
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.tables.stacking import stacked
from impact.typing_ import IntArray, Window
from impact.whole_files import write_whole

__all__ = ["PartitionedResult", "study_partitions"]

TEST_COLUMNS = ("statistic", "p_value", "mean_car", "n_events", "n_dates", "reason")
EVENTS_AT_ONCE = 250_000
"""Events fitted together inside a part; bounds memory to some 300 MB."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PartitionedResult(Result):
    """Aggregates of a study whose events were never in one place.

    Attributes
    ----------
    tests : DataFrame
        Per window and test: statistic, p_value, mean_car, n_events, n_dates, and the reason where a test is refused.
    average : DataFrame
        Per offset: aar, n, caar.
    partitions : DataFrame
        Per part: path (from the folder that holds all parts), n_securities, n_events, n_dropped.
    dropped : DataFrame
        Events that could not be used by part and reason: path, status, reason, n_events; path is empty for securities that no
        part holds.
    scar_quantiles : DataFrame
        Per window: quantiles of the standardised CARs, to the width of a bin (0.02).
    n_events, n_dropped : int
    design : StudyDesign
    sources, assumptions : tuple
    """

    schemas = declared(
        tests=PARTITIONED_TESTS,
        average=PARTITIONED_AVERAGE,
        partitions=PARTITIONS,
        scar_quantiles=SCAR_QUANTILES,
        to_frame=PARTITIONED_TESTS,
    )

    tests: pd.DataFrame
    average: pd.DataFrame
    partitions: pd.DataFrame
    dropped: pd.DataFrame
    scar_quantiles: pd.DataFrame
    n_events: int
    n_dropped: int
    design: StudyDesign
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The tests, one row per window and test."""
        return self.tests.reset_index()

    def summary(self) -> Summary:
        """Tests by window and the average abnormal returns."""
        title = f"Event study in {len(self.partitions)} parts: {prose.count(self.n_events)} events, {prose.count(self.n_dropped)} not used, model {self.design.model}"
        return Summary(
            title=title,
            tables=(("Tests", self.with_schema("tests")), ("Averages", self.with_schema("average"))),
            notes=self.assumptions,
            sources=self.sources,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Part:
    """One part of the work, as it is sent to a worker."""

    path: Path
    calendar: PartCalendar
    market: pd.Series | None
    factors: pd.DataFrame | None
    design: StudyDesign
    windows: tuple[Window, ...]
    events: pd.DataFrame | None = None
    n_draws: int = 0
    seed: np.random.SeedSequence | None = None
    write_to: Path | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class _PartAnswer:
    """The sums of one part, and how many of its events were lost for which reason."""

    sums: PartialSums
    n_securities: int
    dropped: pd.DataFrame


def study_partitions(
    returns: str | Path | Sequence[str | Path],
    events: pd.DataFrame | RandomEvents,
    market: pd.Series | None = None,
    factors: pd.DataFrame | None = None,
    model: ModelName = "market",
    *,
    windows: Sequence[Window] = ((0, 0), (-1, 1)),
    executor: Executor | None = None,
    write_to: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    sources: tuple[Source, ...] = (),
    **options: Unpack[WindowedOptions],
) -> PartitionedResult:
    """Study events part by part; only sums travel, so any number of events fits.

    Parameters
    ----------
    returns : folder, or sequence of Parquet files
        Each file holds whole securities: long (columns security, date, return) or wide (date and one column a security).
    events : DataFrame or RandomEvents
        event_id, security, date; or how many to draw at random.
    market : Series, optional
        Benchmark returns. The sessions are those that one study of all files would count; of events drawn at random, those of
        the benchmark, or of `factors` where there is none.
    factors : DataFrame, optional
    model : str
        A regression model or ``mean`` or ``market_adjusted``.
    windows : sequence of (first, last)
        Windows to cumulate and test.
    executor : object with ``map``, optional
        ``concurrent.futures`` pool or ``dask.distributed.Client``. A part whose worker dies is done again elsewhere by a
        client that does so.
    write_to : folder, optional
        Also write the CARs of every event there, one Parquet file a part.
    progress : callable (done, total), optional
    sources : tuple of Source
    **options
        estimation, window, and the further options of :class:`impact.eventstudy.StudyDesign`.

    Raises
    ------
    InputError
        If an argument breaks its rule or a file is not such a table.
    InfeasibleDesign
        If no event can be used.
    """
    design = StudyDesign(model=model, **options)
    paths = part_files(returns)
    _check(design, market, factors, windows)
    _refuse_stated_variance(events)
    labels = part_labels(paths)
    targets = [None if write_to is None else Path(write_to) / label for label in labels]
    names = list(map_in_order(executor, securities_of, paths))
    if isinstance(events, RandomEvents):
        calendar = sessions_of_benchmark(market, factors)
    else:
        calendar = calendar_of_parts(paths, names, events, market, factors, executor)
    template = _Part(path=paths[0], calendar=calendar, market=market, factors=factors, design=design, windows=tuple(windows))
    parts = _work_of_parts(paths, names, template, events, targets)
    total: PartialSums | None = None
    rows, dropped = [], []
    for number, answer in enumerate(map_in_order(executor, _study_part, parts)):
        total = answer.sums if total is None else total + answer.sums
        rows.append((labels[number], answer.n_securities, int(answer.sums.n_events), int(answer.dropped["n_events"].sum())))
        dropped.append(answer.dropped.assign(path=labels[number]))
        if progress is not None:
            progress(number + 1, len(paths))
    partitions = pd.DataFrame(rows, columns=["path", "n_securities", "n_events", "n_dropped"])
    if total is None or not int(total.n_events):
        raise InfeasibleDesign(
            f"none of the {int(partitions['n_dropped'].sum())} events can be used; check the estimation window and the dates."
        )
    unplaced = 0 if isinstance(events, RandomEvents) else len(events) - int(partitions["n_events"].sum() + partitions["n_dropped"].sum())
    if unplaced:
        dropped.append(
            pd.DataFrame([("dropped", "security is in no part", unplaced, "")], columns=["status", "reason", "n_events", "path"])
        )
    lost = _stacked(dropped)[["path", "status", "reason", "n_events"]]
    return _result(total, partitions, lost, design, tuple(windows), sources, calendar.notes)


def _check(
    design: StudyDesign,
    market: Market | None,
    factors: pd.DataFrame | None,
    windows: Sequence[Window],
) -> None:
    if not MODELS[design.model].in_parts or design.exclude_weight is not None:
        fitting = ", ".join(name for name, model in MODELS.items() if model.in_parts)
        raise InputError(f"model={design.model!r} cannot be studied in parts; choose one of: {fitting}, without exclude_weight.")
    if market is None and factors is None:
        raise InputError("market and factors are both missing; give one of them: what is normal is measured against it.")
    outside = [pair for pair in windows if not design.window[0] <= pair[0] <= pair[1] <= design.window[1]]
    if outside or not windows:
        raise InputError(
            f"windows has {len(outside)} of {len(windows)} outside the event window {design.window} (first {outside[:1]}); mend them."
        )


def _refuse_stated_variance(events: pd.DataFrame | RandomEvents) -> None:
    if not isinstance(events, RandomEvents) and COLUMN in events.columns:
        raise InputError(
            f"events has a column {COLUMN}, which a study in parts does not use: its tests read sums over all events; drop the column, or study "
            "the events that have it with event_study."
        )


def _work_of_parts(
    paths: Sequence[Path],
    names: Sequence[Sequence[str]],
    template: _Part,
    events: pd.DataFrame | RandomEvents,
    targets: Sequence[Path | None],
) -> list[_Part]:
    """The work of every file: its share of the events, or of the draws with a seed of its own."""
    places = list(zip(paths, targets, strict=True))
    if isinstance(events, RandomEvents):
        draws = events.shares([len(part) for part in names])
        return [
            replace(template, path=path, n_draws=n, seed=seed, write_to=target)
            for (path, target), (n, seed) in zip(places, draws, strict=True)
        ]
    where = {security: number for number, part in enumerate(names) for security in part}
    owner = events["security"].map(where)
    return [
        replace(template, path=path, events=events.loc[(owner == number).to_numpy()], write_to=target)
        for number, (path, target) in enumerate(places)
    ]


def _study_part(part: _Part) -> _PartAnswer:
    """Everything a worker does with one file."""
    table = laid_on(part.path, part.calendar)
    sessions = table.sessions
    total = nothing_summed(part.windows, part.design.window, len(sessions))
    written, dropped = [], []
    for group in _placed(part, table):
        dropped.append(group.aligned.dropped)
        inputs = ModelInputs(
            returns=group.inputs.returns,
            design=part.design,
            day0=group.aligned.day0,
            security=group.aligned.security,
            events=group.aligned.table,
            market=group.inputs.market,
            factors=group.inputs.factors,
        )
        normal = build(inputs)
        for chunk in _chunks(inputs.day0.size):
            estimated = fit(normal, inputs, chunk)
            needed = part.design.required_rows(estimated.n_parameters)
            broken = broken_rule(estimated.fit, needed)
            here = group.aligned.table.iloc[chunk]
            dropped.append(drop_table(here, estimated.fit, broken, needed))
            usable = np.flatnonzero(broken < 0)
            own = estimated.fit.events
            fitted = replace(own, day0=group.calendar.position[own.day0], security=group.aligned.security[chunk])
            whole_only = part.design.incomplete == "complete"
            total = total + partial_sums(fitted, usable, part.windows, len(sessions), whole_only=whole_only)
            if part.write_to is not None:
                written.append(_car_table(part, fitted, here["event_id"].to_numpy(), table, usable))
    if part.write_to is not None:
        part.write_to.parent.mkdir(parents=True, exist_ok=True)
        columns = io.BytesIO()
        pd.concat(written, ignore_index=True).to_parquet(columns, index=False)
        write_whole(part.write_to, columns.getvalue(), parameter="write_to")
    reasons = _stacked(dropped).groupby(["status", "reason"]).size().rename("n_events").reset_index()
    return _PartAnswer(sums=total, n_securities=len(table.securities), dropped=reasons)


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of one form on top of each other; empty ones are left out, since they have no say in the types of columns."""
    return stacked(tables)


def _chunks(n: int) -> Iterator[slice]:
    yield from (slice(start, start + EVENTS_AT_ONCE) for start in range(0, max(n, 1), EVENTS_AT_ONCE))


def _placed(part: _Part, table: ReturnTable) -> list[PlacedEvents]:
    """The part's events, given or drawn, each on the calendar of its own line."""
    if part.events is not None and len(part.events):
        return place_events(table, part.events, part.design.anchor, part.market, part.factors, part.design.kind)
    day0 = security = np.empty(0, dtype=np.intp)
    if part.events is None:
        rng = np.random.default_rng(part.seed)
        first, last = -part.design.estimation[0], len(table.sessions) - max(0, part.design.window[1])
        if last <= first:
            raise InputError(f"the calendar holds {len(table.sessions)} sessions, too few for the windows; shorten them.")
        day0 = rng.integers(first, last, part.n_draws)
        security = rng.integers(0, len(table.securities), part.n_draws)
    drawn = pd.DataFrame(
        {"event_id": np.arange(day0.size), "security": table.securities.to_numpy()[security], "date": table.sessions.to_numpy()[day0]}
    )
    nothing = pd.DataFrame(columns=[*drawn.columns, "status", "reason"])
    every = OwnCalendar(lines=np.unique(security), position=np.arange(len(table.sessions)), table=table, whole=True, venue="")
    return [
        PlacedEvents(
            calendar=every,
            aligned=AlignedEvents(table=drawn, day0=day0, security=security, dropped=nothing),
            rows=np.arange(day0.size),
            inputs=StudyInputs(returns=table, market=part.market, factors=part.factors),
        )
    ]


def _car_table(part: _Part, events: FittedEvents, ids: np.ndarray, table: ReturnTable, usable: IntArray) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "event_id": ids[usable],
        "security": table.securities.to_numpy()[events.security[usable]],
        "day0": table.sessions.to_numpy()[events.day0[usable]],
        "sigma": events.sigma[usable],
        "n_obs": events.n_obs[usable],
    }
    for a, b in part.windows:
        sums = events.window(a, b)
        lost = without_day0(events, a, b, part.design.incomplete)
        se = events.sigma * np.sqrt(sums.variance_factor)
        columns[f"car_{a}_{b}"] = np.where(lost, np.nan, sums.car)[usable]
        columns[f"se_{a}_{b}"] = np.where(lost, np.nan, se)[usable]
    return pd.DataFrame(columns)


def _result(
    total: PartialSums,
    partitions: pd.DataFrame,
    dropped: pd.DataFrame,
    design: StudyDesign,
    windows: tuple[Window, ...],
    sources: tuple[Source, ...],
    notes: tuple[str, ...],
) -> PartitionedResult:
    rows, quantiles = [], []
    levels = (0.005, 0.025, 0.05, 0.5, 0.95, 0.975, 0.995)
    for number, (a, b) in enumerate(windows):
        tested = window_tests(total, number)
        for name, outcome in tested.outcomes.items():
            figures = (outcome.statistic, outcome.p_value, tested.mean_car, tested.n_events, tested.n_dates, outcome.reason)
            rows.append((f"({a}, {b})", name, *figures))
        share = np.cumsum(total.histogram[number]) / max(1, total.histogram[number].sum())
        edges = bin_edges()
        quantiles.append([f"({a}, {b})", *(float(edges[min(int(np.searchsorted(share, level)), edges.size - 1)]) for level in levels)])
    with np.errstate(invalid="ignore"):
        aar = total.abnormal / np.where(total.days > 0, total.days, np.nan)
    offsets = np.arange(design.window[0], design.window[1] + 1)
    return PartitionedResult(
        tests=pd.DataFrame(rows, columns=["window", "test", *TEST_COLUMNS]).set_index(["window", "test"]),
        average=pd.DataFrame({"aar": aar, "n": total.days, "caar": np.cumsum(aar)}, index=pd.Index(offsets, name="offset")),
        partitions=partitions,
        dropped=dropped,
        scar_quantiles=pd.DataFrame(quantiles, columns=["window", *(f"q{float(level)}" for level in levels)]).set_index("window"),
        n_events=int(total.n_events),
        n_dropped=int(dropped["n_events"].sum()),
        design=design,
        sources=sources,
        assumptions=(
            "events with a return on every day of a window enter its tests"
            if design.incomplete == "complete"
            else "events with a return on any day of a window enter its tests, their variance restricted to their days",
            *notes,
            "cross_sectional, patell, bmp and sign take events as independent; date_clustered allows for correlation within a date",
        ),
    )
