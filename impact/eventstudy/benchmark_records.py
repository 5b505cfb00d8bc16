"""Benchmarks and factors as records of a market: whose closes their returns are, and on which rows they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.eventstudy.alignment import Market, ReturnTable, factor_table
from impact.market.closed_days import ClosuresHeld, closures_held, is_daily, is_stated, not_in_usual_session, same_calendar, venues_of
from impact.typing_ import BoolArray
from impact.venues import is_index

__all__ = ["BenchmarkRecord", "benchmark_records", "rows_lacked"]

COVERED = 0.9
"""Share of New York's sessions that figures without a market must have to be believed to be New York's."""
NEW_YORK = "XNYS"


@dataclass(frozen=True, eq=False, kw_only=True)
class BenchmarkRecord:
    """Returns of one benchmark, or of a set of factors, on its own rows.

    Attributes
    ----------
    name : str
        As it is called in words.
    values : DataFrame (F, k)
        Rows on which it has any return.
    venue : str
        Market whose closes these are; empty where that is not known.
    told_by : {"name", "letters", "rows", ""}
        What tells the market: its name; or that it has returns on the sessions of New York and on no other days, with a name of plain
        letters as a line of New York has, or without a name. What rows alone tell holds only against lines whose closures they hold.
    column : Hashable or None
        The column of the returns it is; None where it was given apart.
    laid : bool
        Its rows are not those of its own market, so it was laid on other sessions before.
    role : {"market", "factors"}
        What it was given as.
    """

    name: str
    values: pd.DataFrame
    venue: str
    told_by: str
    column: Any = None
    laid: bool = False
    role: str = "market"

    def with_missing_sessions(self, last: pd.Timestamp) -> BenchmarkRecord:
        """The record with an empty row for every session of its market that it lacks up to a day: what it did then is not known."""
        from impact.calendars import sessions

        every = sessions(self.venue, self.days[0], max(self.days[-1], last))
        usual = every[~np.asarray(not_in_usual_session(self.venue, every), dtype=bool)]
        return replace(self, values=self.values.reindex(self.days.union(usual)))

    @property
    def days(self) -> pd.DatetimeIndex:
        """Its rows."""
        return pd.DatetimeIndex(self.values.index)

    def on(self, sessions: pd.DatetimeIndex) -> BoolArray:
        """(T,) sessions on which it has a return."""
        return np.asarray(sessions.isin(self.days))


def benchmark_records(
    table: ReturnTable, market: Market | None, factors: pd.DataFrame | None, venues: Mapping[str, str] | None = None
) -> tuple[BenchmarkRecord, ...]:
    """The records of what a study is set against; what cannot be read as one is left to the model, which says why.

    Parameters
    ----------
    table : ReturnTable
    market, factors
        As :func:`impact.event_study` takes them.
    venues : mapping of security to market identifier code, optional
        What is not stated is read from the name.
    """
    records = []
    if isinstance(market, (pd.Series, pd.DataFrame)):
        if isinstance(market, pd.Series) or market.shape[1] == 1:
            name = market.name if isinstance(market, pd.Series) else market.columns[0]
            frame = market.to_frame() if isinstance(market, pd.Series) else market
            records.append(_record(frame, "market", "" if name is None else str(name), venues))
    elif market is not None:
        for name in dict.fromkeys(market) if isinstance(market, Sequence) and not isinstance(market, str) else (market,):
            column = table.securities.get_indexer(pd.Index([name], dtype=object))[0]
            if column >= 0:
                frame = pd.DataFrame(table.values[:, [column]], index=table.sessions, columns=[name])
                records.append(_record(frame, "market", str(name), venues, column=name))
    if isinstance(factors, pd.DataFrame) and factors.shape[1]:
        records.append(_record(factors, "factors", "", venues))
    return tuple(record for record in records if record is not None)


def _record(frame: pd.DataFrame, parameter: str, name: str, venues: Mapping[str, str] | None, column: Any = None) -> BenchmarkRecord | None:
    try:
        days, values, names = factor_table(frame, parameter)
    except InputError:
        return None  # the model reads it again and says what is wrong
    known = np.asarray(np.isfinite(values).any(axis=1))
    own = pd.DataFrame(values[known], index=days[known], columns=list(names))
    words = name or ("the set of factors" if parameter == "factors" else "the benchmark given")
    if own.empty:
        return BenchmarkRecord(name=words, values=own, venue="", told_by="", column=column, role=parameter)
    venue, told_by = _market_of(name, pd.DatetimeIndex(own.index), venues)
    laid = bool(venue) and (not is_daily(pd.DatetimeIndex(own.index)) or not _keeps(venue, pd.DatetimeIndex(own.index)))
    return BenchmarkRecord(name=words, values=own, venue=venue, told_by=told_by, column=column, laid=laid, role=parameter)


def _keeps(venue: str, days: pd.DatetimeIndex, *, sure: bool = True) -> bool:
    """Whether some days hold no more than a stray closure of a venue; unless it is sure, they must have left out some."""
    held = _held_of_closures(venue, days.to_numpy().astype("datetime64[ns]").tobytes())
    if held is None:
        return sure
    return bool(held.kept[0] and (sure or held.left_out_enough[0]))


@lru_cache(maxsize=256)
def _held_of_closures(venue: str, days: bytes) -> ClosuresHeld | None:
    """What rows on these days hold of the closures of a venue; kept, since the studies of one case ask it of the same rows."""
    rows = pd.DatetimeIndex(np.frombuffer(days, dtype="datetime64[ns]"))
    return closures_held(venue, rows, np.ones((len(rows), 1), dtype=bool))


def _market_of(name: str, days: pd.DatetimeIndex, venues: Mapping[str, str] | None) -> tuple[str, str]:
    """Market of a record, and what tells it."""
    from impact.calendars import sessions

    spelled = f"^{name[:-6].strip().upper()}" if name.upper().endswith(" INDEX") else name  # as terminals write an index
    names = pd.Index([spelled], dtype=object)
    code = str(venues_of(names, venues).iloc[0]) if name else ""
    says_so = " " in spelled or is_index(spelled) or bool(is_stated(names, venues)[0])  # VT US, SPX
    if code and (code != NEW_YORK or says_so):
        return code, "name"
    if not is_daily(days) or not _keeps(NEW_YORK, days, sure=False):
        return "", ""
    if code:
        return NEW_YORK, "name" if name in _lines_on_record() else "letters"
    covered = np.asarray(sessions(NEW_YORK, days[0], days[-1]).isin(days)).mean()
    return (NEW_YORK, "rows") if covered >= COVERED else ("", "")


@cache
def _lines_on_record() -> frozenset[str]:
    """Lines with bundled prices: SPY is one of New York, whatever its rows."""
    return frozenset(read_bundled("securities")["security"])


def rows_lacked(sessions: pd.DatetimeIndex, records: Sequence[BenchmarkRecord], of_lines: Sequence[str]) -> pd.DatetimeIndex:
    """Rows of benchmarks given apart that a table lacks, where they may be sessions of one of its lines.

    A benchmark is a column or given apart: the sessions are the same. One that has many more rows than the table (days beside
    weeks) adds none.
    """
    lacked = sessions[:0]
    for record in records:
        if record.column is not None or (record.venue and not any(not venue or same_calendar(venue, record.venue) for venue in of_lines)):
            continue
        days = record.days
        more = days[(days > sessions[0]) & (days < sessions[-1])].difference(sessions)
        if len(more) <= len(sessions) // 2:
            lacked = lacked.union(more)
    return lacked
