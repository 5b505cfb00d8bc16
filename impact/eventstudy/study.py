"""The entry point: returns and events in, abnormal returns and inference out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Unpack

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy
from impact.errors import DroppedEvents, InputError
from impact.eventstudy.alignment import AlignedEvents, Market, ReturnTable, read_returns
from impact.eventstudy.design import StudyDesign, StudyOptions
from impact.eventstudy.doubtful_returns import doubts_of_returns, lost_weekdays, still_windows, thin_lines, zeros_of_closed_days
from impact.eventstudy.doubts import with_doubts
from impact.eventstudy.drops import broken_rule, drop_table, nothing_left
from impact.eventstudy.estimate import Estimated
from impact.eventstudy.event_tables import clock_notes, rolled_notes
from impact.eventstudy.lagged_benchmark import lagged_benchmark
from impact.eventstudy.models import ModelName
from impact.eventstudy.placing import check_scale_of_inputs, complete_and_place, estimate_placed, place_events, read_inputs
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.stated_variance import with_event_sd
from impact.kernels.mapping import Executor
from impact.provenance import Source
from impact.tables.prose import quoted
from impact.tables.stacking import stacked
from impact.typing_ import FloatArray, IntArray, ReturnKind, Window

__all__ = ["event_study", "finish_study", "run_study"]


def event_study(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    market: Market | None = None,
    factors: pd.DataFrame | None = None,
    model: ModelName = "market",
    estimation: Window = (-260, -11),
    window: Window = (-10, 10),
    kind: ReturnKind = "simple",
    anchor: AnchorPolicy = "next",
    *,
    executor: Executor | None = None,
    sources: Iterable[Source] = (),
    **options: Unpack[StudyOptions],
) -> EventStudyResult:
    """Abnormal returns of many events, with standard errors that carry the forecast error of the normal return.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Decimal returns, sessions x securities; NaN is a day without trade. :func:`impact.to_returns` makes it from prices.
    events : DataFrame
        Columns event_id (unique), security (a column of `returns`), date; optional group, and known_at (zoned instant)
        with venue (where the ticker does not state it), which then decide the session instead of date, and event_sd: the standard deviation of the abnormal return of day 0
        (decimal) where it is known beforehand, as from options, which the test ``stated_variance`` takes.
    market : column name, list of column names, Series, optional
        Benchmark returns of the same kind. A list is an equal-weighted basket; a member's own event leaves it out.
    factors : DataFrame, optional
        One column a factor, decimals; a column RF is the risk-free rate.
    model : str
        One of :data:`impact.eventstudy.MODELS`.
    estimation, window : (first, last)
        Inclusive session offsets from day 0.
    kind : {"simple", "log"}
        Kind of the returns given; recorded, not converted.
    anchor : {"next", "previous", "raise"}
        Where a date that is no session goes; the move is recorded in ``events['rolled_days']``.
    executor : object with ``map``, optional
        Fits blocks of securities side by side, for example a ``ThreadPoolExecutor``; the numbers do not depend on it.
    sources : iterable of Source
        Where the returns come from, to be carried into the result.
    **options
        min_observations, incomplete, zero_alpha, exclude_weight, lags, leads, level: see
        :class:`impact.eventstudy.StudyDesign`.

    Returns
    -------
    EventStudyResult

    Raises
    ------
    InputError
        If an argument breaks its rule.
    InfeasibleDesign
        If no event can be used.

    Warns
    -----
    DroppedEvents
        Once, when some events cannot be used; ``result.dropped`` says why.

    Notes
    -----
    A row enters an estimation window when the security and all regressors have a return (pairwise deletion).
    ``Var(CAR) = s^2 [n + g'(X'X)^-1 g]`` with g the regressors summed over the n available days.

    References
    ----------
    MacKinlay (1997), Event studies in economics and finance, Journal of Economic Literature 35.
    Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, chapter 4.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> days = pd.bdate_range("2020-01-01", periods=300)
    >>> rng = np.random.default_rng(7)
    >>> index = rng.normal(0, 0.01, 300)
    >>> firm = 1.2 * index + rng.normal(0, 0.01, 300)
    >>> firm[280] -= 0.10
    >>> table = pd.DataFrame({"index": index, "firm": firm}, index=days)
    >>> events = pd.DataFrame({"event_id": ["listing"], "security": ["firm"], "date": [days[280]]})
    >>> result = event_study(table, events, market="index")
    >>> round(float(result.car(0, 0)["car"].iloc[0]), 3)
    -0.096
    """
    design = StudyDesign(model=model, estimation=estimation, window=window, kind=kind, anchor=anchor, **options)
    return run_study(returns, events, design, market=market, factors=factors, executor=executor, sources=tuple(sources))


def run_study(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    design: StudyDesign,
    *,
    market: Market | None = None,
    factors: pd.DataFrame | None = None,
    executor: Executor | None = None,
    sources: tuple[Source, ...] = (),
    carry: bool = True,
    doubt_moves: bool = True,
    met: bool = False,
) -> EventStudyResult:
    """:func:`event_study` with its options as one record.

    Without `carry` the figures are no returns: what was observed while a line's own market was closed is left out, not
    compounded. Without `doubt_moves` nothing is doubted for the size of its move: who has the prices knows better. With `met` the table and its benchmark are on the sessions of the lines already.
    """
    table = read_returns(returns)
    market, factors = read_inputs(market, factors, table.securities)
    _check_span(design, table)
    kind = design.kind if carry else None
    if met:
        groups = place_events(table, events, design.anchor, market, factors, kind, met=True)
    else:
        table, groups = complete_and_place(table, events, design.anchor, market, factors, kind)
    if not any(group.aligned.day0.size for group in groups):
        raise nothing_left(groups[0].aligned.dropped)
    thin: tuple[str, ...] = ()
    if carry:
        check_scale_of_inputs(table, groups, market, factors, design.kind)
        thin = (
            *thin_lines(groups, design),
            *still_windows(groups, design),
            *zeros_of_closed_days(groups),
            *lost_weekdays(table, groups),
            *lagged_benchmark(groups, design),
        )
    estimated, aligned, sessions = estimate_placed(groups, table, design, executor)
    study = finish_study(replace(estimated, notes=(*estimated.notes, *thin)), aligned, sessions, design, sources)
    if carry:
        fit, stated = with_event_sd(study.fit, study.events)
        study = replace(study, fit=fit, assumptions=(*study.assumptions, *stated))
    return with_doubts(study, doubts_of_returns(table, groups, design.kind)) if carry and doubt_moves else study


def _check_span(design: StudyDesign, table: ReturnTable) -> None:
    span = design.window[1] - design.estimation[0] + 1
    if span > len(table.sessions):
        raise InputError(
            f"estimation={design.estimation} and window={design.window} span {span} sessions, returns hold {len(table.sessions)}; "
            "shorten the windows or give more sessions."
        )


def finish_study(
    estimated: Estimated, aligned: AlignedEvents, sessions: pd.DatetimeIndex, design: StudyDesign, sources: tuple[Source, ...]
) -> EventStudyResult:
    """The result of an estimation, without the events that cannot be used, which it reports."""
    needed = design.required_rows(estimated.n_parameters)
    broken = broken_rule(estimated.fit, needed)
    kept = np.flatnonzero(broken < 0)
    dropped = aligned.dropped
    if kept.size < broken.size:
        dropped = stacked((dropped, drop_table(aligned.table, estimated.fit, broken, needed)))
    if not kept.size:
        raise nothing_left(dropped)
    if len(dropped):
        warnings.warn(
            f"{len(dropped)} of {len(dropped) + kept.size} events cannot be used (first: {dropped['event_id'].tolist()[0]!r}, "
            f"{dropped['reason'].iloc[0]}); see result.dropped.",
            DroppedEvents,
            stacklevel=4,
        )
    fit = estimated.fit.take(kept, security=aligned.security)
    events = aligned.table if kept.size == len(aligned.table) else aligned.table.iloc[kept].reset_index(drop=True)
    return EventStudyResult(
        design=design,
        fit=fit,
        events=events.assign(status=_status(fit.events.abnormal, design.window)),
        sessions=sessions,
        coefficient_names=estimated.names,
        dropped=dropped,
        sources=sources,
        assumptions=(
            *_assumptions(design, estimated),
            *clock_notes(aligned.table),
            *rolled_notes(events),
            *_counted_twice(aligned),
            *_overlap(design, aligned),
            *_contamination(design, aligned),
        ),
    )


def _counted_twice(aligned: AlignedEvents) -> tuple[str, ...]:
    """Events that are one day of one security under several ids: they repeat one observation."""
    day0 = aligned.own_positions
    key = aligned.security * (int(day0.max(initial=0)) + 1) + day0
    again = np.flatnonzero(pd.Series(key).duplicated().to_numpy())
    if not again.size:
        return ()
    first = np.flatnonzero(key == key[again[0]])[0]
    ids = aligned.table["event_id"]
    return (
        f"{again.size} event{'s' * (again.size > 1)} repeat{'s' * (again.size == 1)} the security and day 0 of another (first "
        f"{quoted(ids.iloc[again[0]])}: {quoted(ids.iloc[first])}): one observation under several names is no further evidence, so no test of "
        "all of them holds; keep one of each",
    )


def _overlap(design: StudyDesign, aligned: AlignedEvents) -> tuple[str, ...]:
    """How many events share days of the event window with another of their security, in words; those of one day are told apart."""
    length = design.window[1] - design.window[0] + 1
    key, order = _sorted_keys(aligned.security * (int(aligned.own_positions.max(initial=0)) + length + 1) + aligned.own_positions)
    apart = np.diff(key)
    is_near = (apart > 0) & (apart < length)
    near = np.flatnonzero(is_near)
    if not near.size:
        return ()
    touched = int((np.append(is_near, False) | np.append(False, is_near)).sum())
    one, other = (aligned.table["event_id"].iloc[order[at]] for at in (near[0] + 1, near[0]))
    return (
        f"the event windows of {touched} events overlap with that of another event of the same security (first {quoted(one)}: {quoted(other)}, "
        f"{apart[near[0]]} session{'s' * int(apart[near[0]] > 1)} apart), so the days that they share are in both CARs; shorten the window, or "
        "see overlap_report and chained_events",
    )


def _contamination(design: StudyDesign, aligned: AlignedEvents) -> tuple[str, ...]:
    """How many events have another event of their security in their estimation window, in words."""
    width = int(aligned.own_positions.max(initial=0)) + abs(design.estimation[0]) + abs(design.window[1]) + abs(design.window[0]) + 2
    key, order = _sorted_keys(aligned.security * (2 * width) + aligned.own_positions)
    floor = key // (2 * width) * (2 * width)
    first = np.searchsorted(key, np.maximum(key + design.estimation[0] - design.window[1], floor), side="left")
    last = np.searchsorted(key, key + design.estimation[1] - design.window[0], side="right")
    touched = np.flatnonzero(last > first)
    if not touched.size:
        return ()
    one, other = (aligned.table["event_id"].iloc[order[at]] for at in (touched[0], first[touched[0]]))
    return (
        f"the estimation window of {touched.size} event{'s' * (touched.size > 1)} contains another event of the same security "
        f"(first {quoted(one)}: {quoted(other)}), which widens its errors; see overlap_report, or chained_events for one firm",
    )


def _sorted_keys(key: IntArray) -> tuple[IntArray, IntArray]:
    """Non-negative keys ascending, and the positions they come from, ties in their order: sorted with their position in one number."""
    n = max(key.size, 1)
    if int(key.max(initial=0)) >= np.iinfo(np.int64).max // n:
        order = np.argsort(key, kind="stable")
        return key[order], order
    both = np.sort(key.astype(np.int64) * n + np.arange(key.size))
    key = both // n
    return key, both - key * n


def _status(abnormal: FloatArray, window: Window) -> pd.Categorical[str]:
    names = ["ok", "missing_day0", "halted"]
    missing = np.isnan(abnormal)
    code = np.zeros(abnormal.shape[0], dtype=np.int8)
    if window[0] <= 0 <= window[1]:
        code[missing[:, -window[0]]] = 1
    code[missing.all(axis=1)] = 2
    return pd.Categorical.from_codes(code, pd.Index(names))


def _assumptions(design: StudyDesign, estimated: Estimated) -> tuple[str, ...]:
    rows = design.required_rows(estimated.n_parameters)
    return (
        *estimated.notes,
        f"{design.kind} returns; estimation {design.estimation}, event window {design.window}, inclusive sessions of the return calendar",
        f"an event needs {rows} usable estimation rows; a day without trade is missing, never zero",
        "abnormal returns are independent over time with the estimation-window variance; standard errors include the forecast error",
    )
