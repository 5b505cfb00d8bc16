"""Effects of the events of a case over their windows, and why one has no figure or a doubtful one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.cases.definition import CaseDefinition
from impact.errors import ImpactWarning
from impact.eventstudy import EventStudyResult
from impact.eventstudy.alignment import read_returns
from impact.eventstudy.placing import place_events
from impact.kernels.contrast import contrasts
from impact.market import MarketPanel
from impact.market.plausibility import doubts_within, named_doubt
from impact.typing_ import named_rows

__all__ = [
    "WINDOWS",
    "benchmark_effects",
    "calendar_notes",
    "effects_of_readings",
    "path_of_effects",
    "reasons_of_events",
    "window_effects",
]

WINDOWS = ((0, 0), (0, 1), (-1, 1))


def calendar_notes(returns: pd.DataFrame, definition: CaseDefinition, day0: pd.Timestamp) -> tuple[str, ...]:
    """How the benchmark is met on the sessions of the line: that of a market that closes later, a session late."""
    event = pd.DataFrame({"event_id": [definition.designation_event], "security": [definition.security], "date": [day0]})
    return place_events(read_returns(returns), event, "raise", definition.market, None, "log")[0].inputs.notes


def reasons_of_events(
    panel: MarketPanel, definition: CaseDefinition, events: pd.DataFrame, headline: EventStudyResult, *, lagged: bool
) -> Mapping[tuple[str, str], str]:
    """Of each event and window, why it has no estimate, or the doubtful price it rests on; empty where nothing is to be said."""
    sessions = headline.sessions
    lines = (definition.security, definition.market)
    doubts = panel.select(lines).doubts()
    start = int(sessions.searchsorted(headline.events["day0"].iloc[0]))
    begun, ended = headline.design.estimation
    shared = [f"{text} in the estimation window" for text in _doubted(doubts, lines, sessions[start + begun], sessions[start + ended])]
    reasons = {}
    for event in named_rows(events):
        place = int(sessions.searchsorted(event.reaction_on))
        offset = place - start
        if not headline.design.window[0] <= offset <= headline.design.window[1]:
            continue
        missing = headline.without_day0(offset, offset, offset)[0]
        for a, b in WINDOWS:
            first, last = max(place + a - lagged, 0), min(place + b, len(sessions) - 1)
            own = _doubted(doubts, lines[:1], sessions[max(place + a, 0)], sessions[last])
            market = _doubted(doubts, lines[1:], sessions[first], sessions[last])
            told = "; ".join((*own, *market, *shared))
            reasons[event.event_id, f"{a}:{b}"] = missing_return(panel, definition, event.reaction_on) if missing else told
    return reasons


def _doubted(doubts: pd.DataFrame, lines: tuple[str, ...], first: pd.Timestamp, last: pd.Timestamp) -> list[str]:
    return [named_doubt(row.security, row.doubt, row.session) for row in named_rows(doubts_within(doubts, lines, first, last))]


def missing_return(panel: MarketPanel, definition: CaseDefinition, session: pd.Timestamp) -> str:
    """Which close is lacking for the abnormal return of a session."""
    traded = panel.traded
    place = int(panel.sessions.searchsorted(session))
    for line, lacks in ((definition.security, "no trade in"), (definition.market, "no close of")):
        if not traded[line].iloc[place]:
            return f"{lacks} {line} on that session"
        if place and not traded[line].iloc[place - 1]:
            return f"no close of {line} on the session before, {panel.sessions[place - 1]:%Y-%m-%d}"
    return f"no return of {definition.market} up to that session"


def _car(fit: EventStudyResult, a: int, b: int, session: int) -> pd.Series:
    """CAR of the one event. The drift warning is left out: the case shows the path and the effects with alpha at zero."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        return fit.car(a, b, session=session).iloc[0]


def window_effects(
    events: pd.DataFrame,
    offsets: pd.Series,
    headline: EventStudyResult,
    flat: EventStudyResult,
    reasons: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """One row an event and window inside the fit; a window whose event session has no return has no estimate."""
    rows = []
    for event in named_rows(events):
        for a, b in WINDOWS:
            session = int(offsets[event.event_id])
            first, stop = session + a, session + b
            if first < headline.design.window[0] or stop > headline.design.window[1]:
                continue
            car = _car(headline, first, stop, session)
            told = headline.inference(first, stop)
            reason = reasons[event.event_id, f"{a}:{b}"]
            if np.isfinite(car["car"]) and car["n_days"] < b - a + 1:
                reason = "; ".join(filter(None, (f"a return on {int(car['n_days'])} of {b - a + 1} sessions, too few for a test", reason)))
            rows.append(
                {
                    "event_id": event.event_id, "window": f"{a}:{b}", "n_days": int(car["n_days"]), "car": car["car"], "se": car["se"], "low": told.ci_low,
                    "high": told.ci_high, "t": car["t"], "p": car["p"], "test": told.headline, "p_test": told.p_value,
                    "smallest_p": told.smallest_p, "mde": car["mde"], "car_zero_alpha": _car(flat, first, stop, session)["car"], "reason": reason,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def effects_of_readings(earliest: pd.DataFrame, simple: pd.Series, fit: EventStudyResult) -> pd.DataFrame:
    """Both readings of each event of which the hour is not on record: the return of either session, as it was and net of the market.

    Parameters
    ----------
    earliest : DataFrame
        event_id, label, earliest_on, reaction_on.
    simple : Series
        Simple return of the line by session.
    """
    rows, begun = [], int(fit.sessions.searchsorted(fit.events["day0"].iloc[0]))
    for event in named_rows(earliest):
        for reading, session in (("early in the day", event.earliest_on), ("late in the day", event.reaction_on)):
            offset = int(fit.sessions.searchsorted(session)) - begun
            inside = session in fit.sessions and fit.design.window[0] <= offset <= fit.design.window[1]
            ar, low, high, p = np.nan, np.nan, np.nan, np.nan
            if inside:
                told = fit.inference(offset, offset)
                ar, low, high, p = _car(fit, offset, offset, offset)["car"], told.ci_low, told.ci_high, told.p_value
            rows.append((event.event_id, event.label, reading, session, simple.get(session, np.nan), ar, low, high, p))
    return pd.DataFrame(rows, columns=["event_id", "label", "reading", "reaction_on", "close_return", "ar", "low", "high", "p_sq"])


def benchmark_effects(events: pd.DataFrame, offsets: pd.Series, fits: Mapping[str, EventStudyResult]) -> pd.DataFrame:
    """Abnormal return of each event session against each benchmark, with the interval of the rank test as on the benchmark of the case."""
    rows = []
    for event in events["event_id"]:
        session = int(offsets[event])
        for name, fit in fits.items():
            car, told = _car(fit, session, session, session), fit.inference(session, session)
            rows.append((event, name, car["car"], told.ci_low, told.ci_high))
    return pd.DataFrame(rows, columns=["event_id", "benchmark", "ar", "low", "high"])


def path_of_effects(sessions: pd.DatetimeIndex, headline: EventStudyResult, flat: EventStudyResult, confidence: float) -> pd.DataFrame:
    """CAR from day 0 to each session over the days with a return, all from one covariance."""
    paths = {}
    for name, fit in (("flat", flat), ("drifting", headline)):
        offsets, abnormal = fit.fitted.offsets, fit.fitted.abnormal[0]
        days = offsets[offsets >= 0]
        weights = (offsets >= 0) & (offsets <= days[:, None]) & ~np.isnan(abnormal)
        paths[name] = contrasts(fit.regression(), abnormal, weights.astype(float))
    low, high = paths["flat"].interval(level=confidence)
    return pd.DataFrame(
        {"session": sessions, "car": paths["flat"].estimate, "low": low, "high": high, "car_with_alpha": paths["drifting"].estimate}
    )
