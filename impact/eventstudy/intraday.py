"""Intraday event studies: what the minutes and hours after the news did, against the same hours of other days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.bar_events import BarEvent, checked_instants, place_events
from impact.eventstudy.bars import CLOSE, LineBars, bars_of, line_zone, read_bars, spans
from impact.eventstudy.intraday_schemas import BARS_OUT, EFFECTS, MEAN_EFFECTS
from impact.kernels.exchangeable import RankedEffect, effect_among_days
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import FloatArray, TableLike

__all__ = ["IntradayStudy", "intraday_study"]

HORIZONS = ("5min", "15min", "30min", "60min", CLOSE)
_NO_BENCHMARK = "the benchmark has no bar in the window"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class IntradayStudy(Result):
    """Effects of the minutes and hours after the news.

    Attributes
    ----------
    effects : DataFrame
        One row an event and horizon: session, timing (``inside`` or ``overnight``), effect, its interval and p, days ranked, the
        returns of the line and of the benchmark, from and to when, and reason where there is none or what to doubt.
    average : DataFrame
        Index horizon: the effect common to the events, its interval and p, counts, and which horizon leads.
    dropped : DataFrame
        event_id, security, known_at, reason.
    headline : str
        Horizon that leads.
    level : float
    sources, assumptions : tuple
    """

    schemas = declared(effects=EFFECTS, average=MEAN_EFFECTS, dropped=BARS_OUT, to_frame=EFFECTS)

    effects: pd.DataFrame
    average: pd.DataFrame
    dropped: pd.DataFrame
    headline: str
    level: float
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The effects, one row an event and horizon."""
        return self.effects

    def summary(self) -> Summary:
        """The leading horizon, all horizons over the events, and each event where there are few."""
        row = self.average.loc[[self.headline]].iloc[0]
        until = "to the close" if self.headline == CLOSE else f"after {self.headline}"
        told = f"{prose.percent(row['effect'], 2)}, p {prose.p_value(row['p_value'])}" if np.isfinite(row["effect"]) else row["reason"]
        tables = [(f"Effect common to the events, {prose.percent(self.level, 0)} interval", self.with_schema("average"))]
        if self.effects["event_id"].nunique() <= 20:
            tables.append(("Each event", self.with_schema("effects")))
        if len(self.dropped):
            tables.append(("Not studied", self.with_schema("dropped")))
        return Summary(
            title=f"Intraday study, {until}: {told} (N = {int(row['n_events'])})",
            tables=tuple(tables),
            notes=self.assumptions,
            sources=self.sources,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Measured:
    """Returns over one horizon on the event day and the days it is compared with."""

    returns: FloatArray
    benchmark: FloatArray
    from_at: int
    to_at: int
    reason: str


def intraday_study(
    bars: TableLike,
    events: pd.DataFrame,
    benchmark: str | None = None,
    horizons: Sequence[str] = HORIZONS,
    *,
    headline: str | None = None,
    comparison: int = 60,
    fewest: int = 20,
    level: float = 0.95,
    stamped: Literal["start", "end"] = "start",
    zone: str | None = None,
    sources: tuple[Source, ...] = (),
) -> IntradayStudy:
    """What the minutes and hours after the news did to a price, against the same hours of the sessions before.

    Parameters
    ----------
    bars : DataFrame (T, S)
        Closes of bars of one length, adjusted for splits and dividends within their span; one column a security, stamps with a
        zone in the index, NaN where a line has no bar. A frame of ``yfinance.download(..., interval="5m")`` is taken as it is.
    events : DataFrame
        event_id, security, known_at (instant with its zone) and, where the ticker does not tell it, venue.
    benchmark : str, optional
        Column of the benchmark.
    horizons : sequence of str
        Durations from the news, such as ``15min``, and ``close`` for the end of the session. News between two sessions counts from
        the open of the next, its window starting at the last price before.
    headline : str, optional
        Horizon that leads, to be fixed before looking; the last one when None.
    comparison : int
        Sessions before the event that it is compared with.
    fewest : int
        Sessions below which there is no figure.
    level : float
        Coverage of the intervals.
    stamped : {"start", "end"}
        What a stamp is of its bar: vendors and yfinance stamp the start.
    zone : str, optional
        IANA zone of stamps that carry none.
    sources : tuple of Source

    Returns
    -------
    IntradayStudy

    Raises
    ------
    InputError
        If bars have no zone, are days or know no stop, an event lacks its instant, or an option is out of range.
    InfeasibleDesign
        If no event has a window.

    Notes
    -----
    A price at an instant is the close of the last bar that had ended by then. The benchmark is measured between the two prices of
    the line, and the return expected is a constant and a slope fitted on all days together; the event's residual is ranked among
    those of the other days (:func:`impact.kernels.exchangeable.effect_among_days`). Volatility has a shape over the day, so only the
    same hours are compared; volatility that is high for weeks around the event is not told from it.

    References
    ----------
    Patell and Wolfson (1984), Journal of Financial Economics 13. Andersen and Bollerslev (1997), Journal of Empirical Finance 4.
    """
    asked = _checked_options(horizons, headline, comparison, fewest, level)
    closes = read_bars(bars, "bars", zone)
    table = checked_instants(events)
    if benchmark is not None and not isinstance(benchmark, str):
        raise InputError(f"benchmark is a {type(benchmark).__name__}; name one column of bars, and put the bars of the benchmark there.")
    if benchmark is not None and benchmark not in closes.columns:
        raise InputError(f"benchmark={benchmark!r} is not a column of bars ({len(closes.columns)} columns); name one.")
    stamps_zone = zone or str(getattr(getattr(bars, "index", None), "tz", None) or "UTC")
    market = None if benchmark is None else bars_of(closes[benchmark], *line_zone(benchmark, "", stamps_zone), stamped=stamped)
    placed, dropped = place_events(closes, table, stamps_zone, comparison, stamped)
    short = next((one for one in asked if one != CLOSE and placed and pd.Timedelta(one).value < max(p.line.length for p in placed)), None)
    if short is not None:
        raise InputError(f"horizons holds {short!r}, which is shorter than a bar; give longer ones, or finer bars.")
    if not placed:
        raise InfeasibleDesign(
            f"none of {len(table)} events can be placed on the bars (first: {dropped[0]['reason']}); see its instant and the bars."
        )
    measured = {(number, one): _measure(own, market, one) for number, own in enumerate(placed) for one in asked}
    return IntradayStudy(
        effects=_effects(placed, measured, asked, fewest, level),
        average=_averages(placed, measured, asked, fewest, level, headline or asked[-1]),
        dropped=pd.DataFrame(dropped, columns=["event_id", "security", "known_at", "reason"]),
        headline=headline or asked[-1],
        level=level,
        sources=sources,
        assumptions=_said(benchmark, comparison, headline or asked[-1], stamped),
    )


def _checked_options(horizons: Sequence[str], headline: str | None, comparison: int, fewest: int, level: float) -> list[str]:
    asked = list(dict.fromkeys([horizons] if isinstance(horizons, str) else horizons))
    for one in asked:
        try:
            good = one == CLOSE or pd.Timedelta(one).value > 0
        except ValueError:
            good = False
        if not good:
            raise InputError(f"horizons holds {one!r}; each is a duration such as '15min', or 'close'.")
    if not asked or (headline is not None and headline not in asked):
        raise InputError(f"headline={headline!r} is none of the horizons {asked}; choose one of them.")
    if not 0.5 < level < 1.0:
        raise InputError(f"level={level} is not between 0.5 and 1; give a coverage such as 0.95.")
    if not 2 <= fewest <= comparison:
        raise InputError(f"fewest={fewest} is not between 2 and comparison={comparison}; compare with more sessions, or ask for fewer.")
    return asked


def _measure(own: BarEvent, market: LineBars | None, horizon: str) -> _Measured:
    line, kept = own.line, own.days >= 0
    windows = spans(line, own.clock, np.maximum(own.days, 0), horizon)
    good = kept & np.array([not reason for reason in windows.reason])
    base, end = windows.base, windows.end
    returns = np.where(good, line.closes[end] / line.closes[np.maximum(base, 0)] - 1.0, np.nan)
    benchmark, reason = np.zeros_like(returns), windows.reason[0]
    if market is not None:
        start, until = line.ends[np.maximum(base, 0)], line.ends[end]
        before, after = market.before(start), market.before(until)
        known = (before >= 0) & (after > before)
        benchmark = np.where(good & known, market.closes[after] / market.closes[np.maximum(before, 0)] - 1.0, np.nan)
        returns = np.where(known, returns, np.nan)
        reason = reason or ("" if known[0] else _NO_BENCHMARK)
    return _Measured(returns=returns, benchmark=benchmark, from_at=int(line.ends[base[0]]), to_at=int(line.ends[end[0]]), reason=reason)


def _ranked(measured: Sequence[_Measured], level: float, fewest: int) -> RankedEffect | str:
    """The effect of one event or common to several, or why there is none."""
    longest = max(one.returns.size for one in measured)
    returns = np.full((len(measured), longest), np.nan)
    moves = np.zeros((len(measured), longest))
    for row, one in enumerate(measured):
        returns[row, : one.returns.size] = one.returns
        moves[row, : one.returns.size] = np.nan_to_num(one.benchmark)
    together = int(np.isfinite(returns).all(axis=0).sum()) - 1
    if together < fewest:
        whole = "" if len(measured) == 1 else " of all events at the same distance"
        return f"{max(together, 0)} sessions{whole} to compare with, {fewest} are needed"
    ranked = effect_among_days(returns, np.stack([np.ones_like(moves), moves], axis=2), level=level)
    return ranked if np.isfinite(ranked.estimate) else "the benchmark's move has no like among the days compared"


def _figures(ranked: RankedEffect | str) -> dict[str, object]:
    if isinstance(ranked, str):
        return {
            "effect": np.nan,
            "ci_low": np.nan,
            "ci_high": np.nan,
            "p_value": np.nan,
            "smallest_p": np.nan,
            "n_days": 0,
            "reason": ranked,
        }
    return {
        "effect": ranked.estimate,
        "ci_low": ranked.low,
        "ci_high": ranked.high,
        "p_value": ranked.p_value,
        "smallest_p": ranked.smallest_p,
        "n_days": ranked.n_days,
        "reason": "",
    }


def _effects(
    placed: Sequence[BarEvent], measured: dict[tuple[int, str], _Measured], asked: Sequence[str], fewest: int, level: float
) -> pd.DataFrame:
    rows = []
    for number, own in enumerate(placed):
        for horizon in asked:
            one = measured[number, horizon]
            figures = _figures(one.reason or _ranked([one], level, fewest))
            known = not one.reason
            rows.append(
                {
                    "event_id": own.event_id,
                    "security": own.security,
                    "session": own.session,
                    "timing": "overnight" if own.clock is None else "inside",
                    "horizon": horizon,
                    **figures,
                    "event_return": one.returns[0] if known else np.nan,
                    "benchmark_return": one.benchmark[0] if known else np.nan,
                    "from_at": pd.Timestamp(one.from_at, tz="UTC") if known else pd.NaT,
                    "to_at": pd.Timestamp(one.to_at, tz="UTC") if known else pd.NaT,
                    "reason": figures["reason"] or _doubt(own, placed, one),
                }
            )
    return pd.DataFrame(rows, columns=[column.name for column in EFFECTS])


def _doubt(own: BarEvent, placed: Sequence[BarEvent], one: _Measured) -> str:
    """Names another event of the line whose news came within the window."""
    inside = [
        str(other.event_id)
        for other in placed
        if other is not own and other.security == own.security and one.from_at < other.known_at.as_unit("ns").value < one.to_at
    ]
    return f"the news of {', '.join(inside)} came within the window too" if inside else ""


def _averages(
    placed: Sequence[BarEvent], measured: dict[tuple[int, str], _Measured], asked: Sequence[str], fewest: int, level: float, headline: str
) -> pd.DataFrame:
    rows = []
    for horizon in asked:
        members = [number for number in range(len(placed)) if not measured[number, horizon].reason]
        out = len(placed) - len(members)
        ranked = _ranked([measured[number, horizon] for number in members], level, fewest) if members else "no event has the window"
        figures = _figures(ranked)
        if not figures["reason"] and out:
            figures["reason"] = f"{out} of {len(placed)} events have no such window"
        rows.append(
            {
                "horizon": horizon,
                **figures,
                "n_events": len(members),
                "n_dates": len({placed[number].session for number in members}),
                "headline": horizon == headline,
            }
        )
    return pd.DataFrame(rows, columns=[column.name for column in MEAN_EFFECTS]).set_index("horizon")


def _said(benchmark: str | None, comparison: int, headline: str, stamped: str) -> tuple[str, ...]:
    normal = (
        "a constant alone" if benchmark is None else f"a constant and a slope on {benchmark}, measured between the two prices of the line"
    )
    return (
        f"expected return: {normal}, fitted on the event day and the same hours of up to {comparison} sessions before it",
        "p and interval are ranks among those days, exact where days are exchangeable; volatility high for weeks around the event is not told from it",
        "a session with another event of the line given here is not compared with",
        f"a price is the close of the last bar that had ended by then; a stamp is the {stamped} of its bar; sessions are what the bars hold, "
        "early and late trade included where they stand in them",
        "bars are adjusted for splits and dividends within their span",
        f"the horizon that leads is {headline}, as asked for; the others are not corrected for being several",
    )
