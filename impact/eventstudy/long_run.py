"""Long horizons: buy-and-hold abnormal returns, and the calendar-time portfolio of firms after their events."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from impact.anchors import AnchorPolicy
from impact.errors import DroppedEvents, ImpactWarning, InfeasibleDesign, InputError
from impact.eventstudy.alignment import Market, column_of_returns, read_factors, read_market, read_returns
from impact.eventstudy.event_tables import clock_notes
from impact.eventstudy.placing import PlacedEvents, StudyInputs, check_scale_of_inputs, complete_and_place, read_inputs
from impact.eventstudy.schemas import CALENDAR_TIME, DROPPED, PORTFOLIO
from impact.intake.given_frames import as_frame
from impact.kernels.bhar import buy_and_hold_abnormal
from impact.kernels.calendar_time import CalendarTimeFit, calendar_time_alpha, held_portfolio
from impact.kernels.direct import event_rows
from impact.kernels.records import Regression
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables.stacking import stacked
from impact.typing_ import FloatArray, IntArray, Window

__all__ = ["CalendarTimeResult", "buy_and_hold", "calendar_time_drift"]


def buy_and_hold(
    returns: pd.DataFrame, events: pd.DataFrame, market: Market | None, window: Window = (0, 20), *, anchor: AnchorPolicy = "next"
) -> pd.DataFrame:
    """Compounded return of each event's security less that of the benchmark.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Simple decimal returns.
    events : DataFrame
        event_id, security, date.
    market : column name or Series
        Benchmark simple returns.
    window : (first, last)
        Inclusive session offsets.
    anchor : {"next", "previous", "raise"}

    Returns
    -------
    DataFrame
        Per event: bhar, held_return, benchmark_return (decimals), n_days, reason, met. A day without either return is left out of both, and
        reason says so: what is compounded is then shorter than the window. Column met says how the benchmark meets the closes of the line
        where it is of another market or its market is not known, with the lag it has as a rule; empty where both close together.

    Warns
    -----
    ImpactWarning
        With how many events have fewer days than the window, and the first of them.

    References
    ----------
    Barber and Lyon (1997), Journal of Financial Economics 43.
    """
    table = read_returns(returns)
    market = read_market(market, table.securities)
    table, placed = complete_and_place(table, events, anchor, market, None, "simple")
    groups = [group for group in placed if group.aligned.day0.size]
    if not groups:
        raise InfeasibleDesign(f"none of the {len(events)} events can be placed on the sessions of its security; mend them.")
    check_scale_of_inputs(table, groups, market, None, "simple")
    lost = stacked(group.aligned.dropped for group in placed).set_index("event_id")
    frames = [_held_and_benchmark(group, window) for group in groups]
    if len(lost):
        frames.append(
            lost[["reason"]].assign(bhar=np.nan, held_return=np.nan, benchmark_return=np.nan, n_days=0, met="")[frames[0].columns]
        )
    table_of_events = pd.concat(frames).loc[as_frame(events, "events")["event_id"].to_numpy()].rename_axis("event_id")
    short = table_of_events[table_of_events["reason"] != ""]
    if len(short):
        warnings.warn(
            f"{len(short)} of {len(table_of_events)} events have no return of the security and of the benchmark on every day of window={window} "
            f"(first {short.index.tolist()[0]!r}: {short['reason'].iloc[0]}); see the column reason.",
            ImpactWarning,
            stacklevel=2,
        )
    return table_of_events


def _held_and_benchmark(group: PlacedEvents, window: Window) -> pd.DataFrame:
    """Compounded returns of the events of one calendar."""
    table, aligned = group.inputs.returns, group.aligned
    rows = Regression(returns=table.values, regressors=column_of_returns(group.inputs.market, table)[:, None])
    own, benchmark = event_rows(rows, aligned.day0, aligned.security, window)
    benchmark = benchmark[..., 0]
    known = np.isfinite(own) & np.isfinite(benchmark)
    own, benchmark = np.where(known, own, np.nan), np.where(known, benchmark, np.nan)
    none = np.where(known, 0.0, np.nan)
    held, passive = buy_and_hold_abnormal(own, none), buy_and_hold_abnormal(benchmark, none)
    n_days, length = known.sum(axis=1), window[1] - window[0] + 1
    lacking = np.where(~known[:, -window[0]], ", day 0 not among them", "") if window[0] <= 0 <= window[1] else np.full(n_days.size, "")
    reason = ["" if n == length else f"{n} of {length} days have both returns{told}" for n, told in zip(n_days, lacking, strict=True)]
    met = "; ".join(note for note in group.inputs.notes if note not in group.inputs.session_notes)
    values = {"bhar": held - passive, "held_return": held, "benchmark_return": passive, "n_days": n_days, "reason": reason, "met": met}
    return pd.DataFrame(values, index=pd.Index(aligned.table["event_id"], name="event_id"))


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CalendarTimeResult(Result):
    """Mean daily abnormal return of firms inside their post-event windows.

    Attributes
    ----------
    estimates : DataFrame
        Rows ``ols`` and ``wls`` (sessions weighted by members): alpha (a session), se, se_hc1, se_newey_west, t, p (both with
        the Newey-West error), ci_low, ci_high, n_sessions, df.
    portfolio : DataFrame
        Per session: portfolio_return (NaN below the floor of members), n_members.
    window : (first, last)
    min_members : int
    dropped : DataFrame
    sources, assumptions : tuple
    """

    schemas = declared(estimates=CALENDAR_TIME, portfolio=PORTFOLIO, dropped=DROPPED, to_frame=CALENDAR_TIME)

    estimates: pd.DataFrame
    portfolio: pd.DataFrame
    window: Window
    min_members: int
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The estimates, one row per weighting."""
        return self.estimates.reset_index()

    def summary(self) -> Summary:
        """Alpha by both weightings with its interval."""
        n = int(self.estimates["n_sessions"].max())
        title = f"Calendar-time portfolio over offsets {self.window}: {n} sessions with {self.min_members} members or more"
        tables = [("Mean abnormal return a session", self.with_schema("estimates"))]
        if len(self.dropped):
            tables.append(("Events not used", self.with_schema("dropped")))
        return Summary(
            title=title,
            tables=tuple(tables),
            notes=self.assumptions,
            sources=self.sources,
        )


def calendar_time_drift(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    market: Market | None = None,
    factors: pd.DataFrame | None = None,
    window: Window = (1, 120),
    *,
    min_members: int = 3,
    lags: int = 5,
    level: float = 0.95,
    anchor: AnchorPolicy = "next",
    sources: tuple[Source, ...] = (),
) -> CalendarTimeResult:
    """Regress the portfolio of firms inside their post-event windows on the market or on factors.

    Each firm is set against the benchmark as the closes of its own market meet it, as in :func:`impact.event_study`. The right tool for drifts of months, where windows overlap. For a few days use :func:`impact.event_study`.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Simple decimal returns.
    events : DataFrame
        event_id, security, date.
    market : column name or Series, optional
    factors : DataFrame, optional
        Used instead of `market`; a column RF is taken from the portfolio's return.
    window : (first, last)
        Offsets during which a firm is held; a firm with two running windows is held once.
    min_members : int
        Sessions with fewer members do not enter.
    lags : int
        Newey-West lags.
    level : float
    anchor : {"next", "previous", "raise"}
    sources : tuple of Source

    Raises
    ------
    InputError
        If neither market nor factors is given.
    InfeasibleDesign
        If fewer than ten sessions beyond the coefficients reach the floor of members.

    References
    ----------
    Jaffe (1974), Journal of Business 47. Mitchell and Stafford (2000), Journal of Business 73.
    """
    table = read_returns(returns)
    market, factors = read_inputs(market, factors, table.securities)
    table, groups = complete_and_place(table, events, anchor, market, factors, "simple")
    check_scale_of_inputs(table, groups, market, factors, "simple")
    if len(groups) == 1:  # lines of one market: its sessions, and the benchmark as it is met there
        table = groups[0].inputs.returns
    spans = [_spans(group, window, table.sessions) for group in groups]
    starts, stops, columns = (np.concatenate(part) for part in zip(*spans, strict=True))
    regressors, risk_free, words = _regressors(groups[0].inputs) if len(groups) == 1 else _met_by_members(groups, spans, table.values)
    portfolio, n_members = held_portfolio(table.values, starts, stops, columns)
    enough = n_members >= min_members
    excess = np.where(enough, portfolio - risk_free, np.nan)
    usable = int((np.isfinite(excess) & np.isfinite(regressors).all(axis=1)).sum())
    if usable < regressors.shape[1] + 11:
        raise InfeasibleDesign(
            f"{usable} sessions hold {min_members} members or more; lower min_members, widen the window or give more events."
        )
    fits = {
        "ols": calendar_time_alpha(excess, regressors, lags=lags),
        "wls": calendar_time_alpha(excess, regressors, np.where(enough, n_members, 0), lags=lags),
    }
    members = pd.DataFrame({"portfolio_return": np.where(enough, portfolio, np.nan), "n_members": n_members}, index=table.sessions)
    dropped = stacked(group.aligned.dropped for group in groups)
    if len(dropped):
        warnings.warn(
            f"{len(dropped)} of {len(dropped) + len(columns)} events cannot be used (first: {dropped['event_id'].tolist()[0]!r}, "
            f"{dropped['reason'].iloc[0]}); see result.dropped.",
            DroppedEvents,
            stacklevel=2,
        )
    return CalendarTimeResult(
        estimates=pd.DataFrame({name: _row(fit, level) for name, fit in fits.items()}).T.rename_axis("weighting"),
        portfolio=members,
        window=window,
        min_members=min_members,
        dropped=dropped,
        sources=sources,
        assumptions=(
            words,
            *_how_met(groups),
            *clock_notes(stacked(group.aligned.table for group in groups)),
            f"Newey-West errors with {lags} lags; equal weights within a session",
            "constant exposure of a portfolio whose members change",
        ),
    )


def _how_met(groups: list[PlacedEvents]) -> tuple[str, ...]:
    """How the benchmark is met: on the sessions of the one market of the lines, or by the lines of each market as their own closes can know it."""
    notes = tuple(dict.fromkeys(note for group in groups for note in group.inputs.notes))
    if len(groups) == 1:
        return notes
    return (
        f"the lines keep {len(groups)} different calendars: a session is a row of the table, and the benchmark of a session is the mean over the "
        "members held on it, each with the benchmark as the closes of its own line meet it",
        *notes,
    )


def _met_by_members(groups: list[PlacedEvents], spans: list[_Spans], values: FloatArray) -> tuple[FloatArray, FloatArray, str]:
    """Benchmarks and the risk-free rate of each row of the table (T, S), mean over its members; NaN where one of these has none."""
    sums, members, words = [], np.zeros(len(values)), ""
    for group, span in zip(groups, spans, strict=True):
        if not group.aligned.day0.size:
            continue
        regressors, risk_free, words = _regressors(group.inputs)
        own = np.full((len(values), regressors.shape[1] + 1), np.nan)
        own[group.calendar.position] = np.column_stack((regressors, np.broadcast_to(risk_free, len(regressors))))
        held = held_portfolio(values, *span)[1]
        sums.append(np.where(held[:, None] > 0, held[:, None] * own, 0.0))
        members += held
    total = np.sum(sums, axis=0)
    mean = np.divide(total, members[:, None], out=np.full(total.shape, np.nan), where=members[:, None] > 0)
    return mean[:, :-1], mean[:, -1], words


_Spans: TypeAlias = tuple[IntArray, IntArray, IntArray]
"""First row held and the one after the last, and the column, of each event of one calendar."""


def _spans(group: PlacedEvents, window: Window, sessions: pd.DatetimeIndex) -> _Spans:
    """First session held, the one after the last, both among `sessions`, and the column of each event of one calendar."""
    edges = np.append(sessions.get_indexer(group.calendar.table.sessions), len(sessions))
    day0, last = group.aligned.day0, group.calendar.position.size
    start, stop = (edges[np.clip(day0 + offset, 0, last)] for offset in (window[0], window[1] + 1))
    return start, stop, group.aligned.security


def _regressors(inputs: StudyInputs) -> tuple[FloatArray, FloatArray | float, str]:
    table, market, factors = inputs.returns, inputs.market, inputs.factors
    if factors is not None:
        values, names = read_factors(factors, table)
        risk_free = [position for position, name in enumerate(names) if name.upper() == "RF"]
        kept = [position for position in range(len(names)) if position not in risk_free]
        return values[:, kept], values[:, risk_free[0]] if risk_free else 0.0, f"factors: {', '.join(names[position] for position in kept)}"
    if market is None:
        raise InputError("market and factors are both missing; give a benchmark: market= a column of returns or a Series, or factors=.")
    return column_of_returns(market, table)[:, None], 0.0, "one market factor"


def _row(fit: CalendarTimeFit, level: float) -> dict[str, float]:
    t = fit.alpha / fit.se_newey_west
    half = float(stdtrit(fit.df, (1.0 + level) / 2.0)) * fit.se_newey_west
    return {
        "alpha": fit.alpha,
        "se": fit.se,
        "se_hc1": fit.se_hc1,
        "se_newey_west": fit.se_newey_west,
        "t": t,
        "p": 2.0 * float(stdtr(fit.df, -abs(t))),
        "ci_low": fit.alpha - half,
        "ci_high": fit.alpha + half,
        "n_sessions": fit.n_sessions,
        "df": fit.df,
    }
