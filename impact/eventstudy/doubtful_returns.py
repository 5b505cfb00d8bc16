"""What the returns given show to be doubtful by themselves: lines that hardly trade, moves that are splits not applied or ticks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from impact.errors import ImpactWarning, ThinTrading
from impact.eventstudy.alignment import ReturnTable
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.placing import PlacedEvents, lines_with_events, stated_venues
from impact.market.closed_days import LEAST_CLOSURES, is_daily, not_in_session, venues_of
from impact.market.plausibility import DOUBT_COLUMNS, doubtful_moves
from impact.tables import prose
from impact.tables.stacking import stacked
from impact.typing_ import BoolArray, FloatArray, IntArray, ReturnKind

__all__ = ["doubts_of_returns", "lost_weekdays", "still_windows", "thin_lines", "zeros_of_closed_days"]

THIN = 1 / 3
"""Share of an event's estimation returns that are exactly zero from which its prices are called stale."""
LOOKED_AT = 25
"""Days of an estimation window that are looked at first; all of them only where a fifth of these are zero."""
LOOKED_THIN = 0.2
FOR_THIN_LINES = ("dimson", "scholes_williams")
"""Models made for prices that lag the news."""
FILLED = 0.9
"""Share of exact zeros, among the returns of a line on days on which its own market was closed, from which they were filled in."""
STILL = 5
"""Sessions in a row with a return of exactly zero from which a price stood still because it was carried forward."""
STILL_OF_MOVING = 3
"""The same of a line that stands still on next to no day before."""
MOVING = 0.02
"""Share of exact zeros among an event's estimation returns up to which its line stands still on next to no day."""
FEWEST_OF_A_WEEKDAY = 10
"""Rows of one day of the week without any return from which it is called lost."""
LARGE_FALL, LARGE_RISE = -0.35, 0.55
"""Simple returns beyond which a line is looked at for splits, ticks and changes of unit."""


def thin_lines(groups: Sequence[PlacedEvents], design: StudyDesign) -> tuple[str, ...]:
    """A note, and a warning, where the lines of some events have no move on a third of their estimation days or more.

    Warns
    -----
    ThinTrading
        With how many events, the first of them and its share of zero returns.

    References
    ----------
    Lesmond, Ogden and Trzcinka (1999), A new estimate of transaction costs, Review of Financial Studies 12.
    """
    if design.model in FOR_THIN_LINES:
        return ()
    shares = [_zero_shares(group, design) for group in groups]
    every = np.concatenate(shares)
    thin = np.flatnonzero(every >= THIN)
    if not thin.size:
        return ()
    ids = pd.concat([group.aligned.table["event_id"] for group in groups], ignore_index=True)
    told = (
        f"{thin.size} of {every.size} event{'s' * (every.size != 1)} {'is' if thin.size == 1 else 'are'} of a line without a move on a third of "
        f"its estimation days or more (first {prose.quoted(ids.iloc[thin[0]])}: {prose.percent(every[thin[0]], 0)} of its returns are zero): stale prices pull "
        "beta to zero and spread a reaction over later days; compare model='dimson', or trade_to_trade_study"
    )
    warnings.warn(f"{told}.", ThinTrading, stacklevel=4)
    return (told,)


def zeros_of_closed_days(groups: Sequence[PlacedEvents]) -> tuple[str, ...]:
    """A note, and a warning, where lines have an exact zero on the days on which their market was closed: a table filled with zeros.

    Warns
    -----
    ImpactWarning
        With how many lines, the first of them, and its zeros.
    """
    filled: list[tuple[object, str, int]] = []
    for group in groups:
        names = group.calendar.table.securities[group.calendar.lines]
        venues = venues_of(pd.Index([str(name) for name in names.tolist()], dtype=object), stated_venues(group.aligned.table)).to_numpy()
        for venue in dict.fromkeys(venues):
            days = group.calendar.table.sessions
            away = not_in_session(venue, days)
            if away is None:
                away = np.asarray(days.day_of_week > 4) & is_daily(days)
            if not away.any():
                continue
            here = venues == venue
            rows = group.calendar.table.values[np.ix_(np.flatnonzero(away), group.calendar.lines[here])]
            n_zero, known = (rows == 0.0).sum(axis=0), np.isfinite(rows).sum(axis=0)
            some = (n_zero >= LEAST_CLOSURES) & (n_zero >= FILLED * known)
            filled += zip(names[here][some], [venue] * int(some.sum()), n_zero[some].tolist(), strict=True)
    if not filled:
        return ()
    name, venue, count = filled[0]
    many = len(filled) > 1
    told = (
        f"{len(filled)} line{'s' * many} with events {'have' if many else 'has'} a return of exactly zero on days on which "
        f"{'their' if many else 'its'} market was closed (first {prose.quoted(name)}: {count} {f'days on which {venue} was closed' if venue else 'days of week-ends'}), "
        "as if empty cells were filled with zeros: such days count as sessions, so windows are shorter than they seem and variances too small; "
        "leave the cells empty"
    )
    warnings.warn(f"{told}.", ImpactWarning, stacklevel=4)
    return (told,)


def still_windows(groups: Sequence[PlacedEvents], design: StudyDesign) -> tuple[str, ...]:
    """A note, and a warning, where the price of a line stands still for days in the event window: a halt or an end that was filled.

    Warns
    -----
    ThinTrading
        With how many events, the first of them and its line.
    """
    still = [_stands_still(group, design) for group in groups]
    at = np.flatnonzero(np.concatenate(still))
    if not at.size:
        return ()
    tables = stacked(group.aligned.table for group in groups)
    first, is_one = tables.iloc[at[0]], at.size == 1
    told = (
        f"{at.size} of {len(tables)} event{'s' * (len(tables) != 1)} {'has' if is_one else 'have'} {STILL} or more returns of exactly zero in a "
        f"row ({STILL_OF_MOVING} of a line that moved on nearly all days before) that reach into {'its' if is_one else 'their'} window (first "
        f"{prose.quoted(first['event_id'])}: {first['security']}), as if the last price was carried "
        "through a halt, or on after the line had ended: such a day has no abnormal return; leave its cells empty, or see trade_to_trade_study"
    )
    warnings.warn(f"{told}.", ThinTrading, stacklevel=4)
    return (told,)


def _stands_still(group: PlacedEvents, design: StudyDesign) -> BoolArray:
    """(n,) events with a run of zeros that has a day in the event window: a shorter one tells it of a line that moved every day before."""
    day0, security, values = group.aligned.day0, group.aligned.security, group.inputs.returns.values
    still = np.zeros(day0.size, dtype=bool)
    some = np.flatnonzero(_has_run(values, day0, security, design, STILL_OF_MOVING))
    if some.size:
        shares = _share(values, day0[some], security[some], np.arange(design.estimation[0], design.estimation[1] + 1))
        still[some] = (shares <= MOVING) | _has_run(values, day0[some], security[some], design, STILL)
    return still


def _has_run(values: FloatArray, day0: IntArray, security: IntArray, design: StudyDesign, length: int) -> BoolArray:
    """(n,) events with `length` zeros in a row, one of them in the event window."""
    offsets = np.arange(design.window[0] - length + 1, design.window[1] + length)
    with_run = np.zeros(day0.size, dtype=bool)
    some = np.flatnonzero(_zeros(values, day0, security, offsets[length - 1 :: length]).any(axis=1))  # a run has one of every such day
    if some.size:
        runs = np.lib.stride_tricks.sliding_window_view(_zeros(values, day0[some], security[some], offsets), length, axis=1)
        with_run[some] = np.asarray(runs.all(axis=2)).any(axis=1)
    return with_run


def _zeros(values: FloatArray, day0: IntArray, security: IntArray, offsets: IntArray) -> BoolArray:
    days = day0[:, None] + offsets
    inside = (days >= 0) & (days < len(values))
    zeros: BoolArray = inside & (values[np.where(inside, days, 0), security[:, None]] == 0.0)
    return zeros


def lost_weekdays(table: ReturnTable, groups: Sequence[PlacedEvents]) -> tuple[str, ...]:
    """A note, and a warning, where lines lack the return of every Monday beside a line that is quoted at week-ends.

    Returns made from row to row have none after an empty cell, and the session after each week-end is then no session at all.

    Warns
    -----
    ImpactWarning
        With how many lines, and the first of them.
    """
    weekday = np.asarray(table.sessions.day_of_week)
    if not (is_daily(table.sessions) and (weekday > 4).sum() >= FEWEST_OF_A_WEEKDAY):
        return ()
    lines = lines_with_events(groups, len(table.securities))
    held = np.array([np.isfinite(table.values[np.ix_(weekday == day, lines)]).sum(axis=0) for day in range(7)])
    gone = np.flatnonzero((held[[0, 5, 6]] == 0).all(axis=0) & (held[1:5] >= FEWEST_OF_A_WEEKDAY).all(axis=0))
    if not gone.size:
        return ()
    told = (
        f"{gone.size} line{'s' * (gone.size > 1)} with events {'have' if gone.size > 1 else 'has'} no return on any Monday (first "
        f"{prose.quoted(table.securities[lines[gone[0]]])}), in a table with rows at week-ends: returns made from row to row have none after an empty cell, "
        "and events move to the next day; make them with impact.to_returns, or from the line's own rows"
    )
    warnings.warn(f"{told}.", ImpactWarning, stacklevel=4)
    return (told,)


def _zero_shares(group: PlacedEvents, design: StudyDesign) -> FloatArray:
    """(n,) share of zeros among the estimation returns of each event, exact where it may matter."""
    day0, security = group.aligned.day0, group.aligned.security
    first, last = design.estimation
    offsets = np.arange(first, last + 1)
    values, shares = group.inputs.returns.values, np.zeros(day0.size)
    many = day0.size * LOOKED_AT > values.size / 4  # then lines without any zero are told first
    some = np.flatnonzero((values == 0.0).any(axis=0)[security]) if many else np.arange(day0.size)
    shares[some] = _share(values, day0[some], security[some], offsets[:: max(1, offsets.size // LOOKED_AT)])
    closer = np.flatnonzero(shares >= LOOKED_THIN)
    if closer.size:
        shares[closer] = _share(values, day0[closer], security[closer], offsets)
    return shares


def _share(values: FloatArray, day0: IntArray, security: IntArray, offsets: IntArray) -> FloatArray:
    days = day0[:, None] + offsets
    inside = (days >= 0) & (days < len(values))
    own = np.where(inside, values[np.where(inside, days, 0), security[:, None]], np.nan)
    known = np.isfinite(own).sum(axis=1)
    result: FloatArray = (own == 0.0).sum(axis=1) / np.maximum(known, 1)
    return result


def doubts_of_returns(table: ReturnTable, groups: Sequence[PlacedEvents], kind: ReturnKind) -> pd.DataFrame:
    """Moves of the lines with events that are those of a split not applied, a tick taken back or a change of unit.

    Parameters
    ----------
    table : ReturnTable
    groups : sequence of PlacedEvents
    kind : {"simple", "log"}

    Returns
    -------
    DataFrame
        ``impact.market.plausibility.DOUBT_COLUMNS``. A move that is large and nothing else is no doubt here: it may be the event.
    """
    lines = lines_with_events(groups, len(table.securities))
    fall, rise = (LARGE_FALL, LARGE_RISE) if kind == "simple" else (np.log1p(LARGE_FALL), np.log1p(LARGE_RISE))
    least, most = table.extremes
    moved = lines[(least[lines] < fall) | (most[lines] > rise)]
    doubts = []
    for line in moved:
        returns = pd.Series(table.values[:, line], index=table.sessions).dropna()
        logs = returns if kind == "log" else np.log1p(returns.clip(lower=-1 + 1e-9))
        doubts.append(doubtful_moves(table.securities[line], pd.Series(np.exp(logs.cumsum()), index=returns.index)))
    some = [frame[frame["doubt"] != "jump"] for frame in doubts]
    return stacked((pd.DataFrame(columns=DOUBT_COLUMNS), *some))
