"""Figures that a price series rarely has: changes of unit, splits not applied, spikes, jumps, closes that stand still, shifted dates.

A doubt is no verdict: a line may fall by half in a day. It says which figures to compare with another source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from impact.market.closed_days import venues_of
from impact.market.small_splits import small_splits, split_in_words
from impact.market.week_ends import shifted_days
from impact.tables.prose import significant
from impact.typing_ import BoolArray, FloatArray

__all__ = ["DOUBTS", "DOUBT_COLUMNS", "doubt_notes", "doubtful_figures", "doubtful_moves", "doubts_within", "named_doubt"]

DOUBTS: Mapping[str, str] = {
    "unit": "the close moves about a hundredfold or thousandfold: a change of currency unit (pence for pounds) or a misplaced sign?",
    "split": "the close moves by the ratio of a split and stays there, as a true fall or rise may: a split not applied to the past? check",
    "spike": "a jump that the next session takes back: an implausible tick?",
    "jump": "a move by more than two fifths in one session: compare it with another source",
    "stale": "the same close many sessions running: a stale quote or a halt filled up?",
    "shifted": "it has days on Sundays in weeks without their Friday, or on Saturdays without their Monday, and its market is not known to keep such a "
    "week: dates shifted by a time zone?",
}
"""What makes a figure doubtful, by code."""

DOUBT_COLUMNS = ["security", "session", "until", "doubt", "ratio", "n", "about"]
"""Columns of a table of doubtful figures; see :func:`doubtful_figures`."""
UNITS = (100.0, 1000.0)
UNIT_MARGIN, SPLIT_MARGIN = 0.25, 0.06  # relative; a market day lies between the two closes
SPLIT_RATIOS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)
JUMP = np.log(1.0 / 0.6)  # a fall by two fifths, or its reverse
STALE_SESSIONS = 10


def doubtful_figures(
    close: pd.DataFrame,
    volume: pd.DataFrame | None = None,
    splits: pd.DataFrame | None = None,
    venues: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Doubtful figures of a table of closes.

    Parameters
    ----------
    close : DataFrame (T, S)
        NaN is a day without a close.
    volume : DataFrame (T, S), optional
        A close that stands still with trade on it is no stale quote.
    splits : DataFrame (T, S), optional
        New shares for one old share where one is on record: its session is not doubted.
    venues : mapping of security to market identifier code, optional
        Whose week each line keeps; what is not stated is read from the ticker.

    Returns
    -------
    DataFrame
        One row a doubt, by security and session: security, session (its first), until (the last session whose return it
        touches), doubt (a code of ``DOUBTS``), ratio (the close over the one before; NaN where it is no move), n (sessions it
        lasts), about.
    """
    rows: list[tuple[object, ...]] = []
    of_line = venues_of(close.columns, venues)
    for security in close.columns:
        own = close[security].dropna()
        if len(own) < 3:
            continue
        stated = None if splits is None or security not in splits else splits[security].reindex(own.index)
        traded = None if volume is None or security not in volume else volume[security].reindex(own.index)
        rows += [
            (security, *row)
            for row in (*_moves(own, stated), *_stale(own, traded), *_shifted(pd.DatetimeIndex(own.index), str(of_line[security])))
        ]
        rows += [(security, *row) for row in _small_splits(close, str(security), traded, stated)]
    return _told(rows).sort_values(["security", "session"], kind="stable", ignore_index=True)


def doubtful_moves(security: object, close: pd.Series) -> pd.DataFrame:
    """The moves of one line's closes that are doubted for their size: units, splits, spikes, jumps, as :func:`doubtful_figures`."""
    return _told([(security, *row) for row in _moves(close, None)])


def _told(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=DOUBT_COLUMNS[:-1])
    return table.assign(about=[_about(doubt, ratio) for doubt, ratio in zip(table["doubt"], table["ratio"], strict=True)])


def _about(doubt: str, ratio: float) -> str:
    return split_in_words(ratio) if doubt == "split" else DOUBTS[doubt]


def doubts_within(doubts: pd.DataFrame, securities: Iterable[str], first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The doubts that touch a return of some securities from one session to another, both included."""
    touching = (doubts["session"] <= last) & (doubts["until"] >= first)
    return doubts[touching & doubts["security"].isin(list(securities))].reset_index(drop=True)


def named_doubt(security: str, doubt: str, session: pd.Timestamp) -> str:
    """A doubt in a few words, such as ``split of AAA on 2021-02-10?``."""
    return f"{doubt} of {security} on {session:%Y-%m-%d}?"


def doubt_notes(doubts: pd.DataFrame, most: int = 5) -> tuple[str, ...]:
    """One line for each kind of doubt: how many figures, the first, what it may be."""
    notes = []
    for doubt, rows in doubts.groupby("doubt", sort=False):
        first = rows.iloc[0]
        ratio = "" if np.isnan(first["ratio"]) else f", {significant(first['ratio'])} times the close before"
        count = f"{len(rows)} suspicious figures" if len(rows) > 1 else "1 suspicious figure"
        notes.append(
            f"{count} ({doubt}; first {first['security']} on {first['session']:%Y-%m-%d}{ratio}): {_about(str(doubt), float(first['ratio']))}"
        )
    return tuple(notes[:most])


Doubt = tuple[pd.Timestamp, pd.Timestamp, str, float, int]


def _moves(close: pd.Series, splits: pd.Series | None) -> list[Doubt]:
    logs = np.diff(np.log(close.to_numpy(dtype=np.float64)))
    big = np.abs(logs) > JUMP
    if splits is not None:
        known = splits.to_numpy(dtype=np.float64, na_value=1.0)[1:]
        big &= ~((known > 0) & (known != 1))
    taken_back = np.zeros(len(logs), dtype=bool)
    taken_back[:-1] = big[:-1] & big[1:] & (np.abs(logs[:-1] + logs[1:]) < np.log(1 + UNIT_MARGIN))
    returns_home = np.append(False, taken_back[:-1])
    rows = []
    for place in np.flatnonzero(big & ~returns_home):
        ratio = float(np.exp(np.clip(logs[place], -700.0, 700.0)))  # a move of three hundred digits is one all the same
        doubt = _doubt_of(ratio, reversed_next=bool(taken_back[place]))
        session, passing = int(place) + 1, bool(taken_back[place])
        until = close.index[session + passing]
        rows.append((close.index[session], until, doubt, ratio, 1 if passing else len(close) - session))
    return rows


def _small_splits(closes: pd.DataFrame, security: str, volume: pd.Series | None, splits: pd.Series | None) -> list[Doubt]:
    """Splits too small to be doubted as moves; one on record is none."""
    sessions = closes[security].dropna().index
    known = np.ones(len(sessions)) if splits is None else splits.to_numpy(dtype=np.float64, na_value=1.0)
    return [
        (sessions[row], sessions[row], "split", ratio, len(sessions) - row)
        for row, ratio in small_splits(closes, security, volume)
        if abs(np.log(ratio)) <= JUMP and not (known[row] > 0 and known[row] != 1)
    ]


def _doubt_of(ratio: float, *, reversed_next: bool) -> str:
    size = max(ratio, 1.0 / ratio)
    if any(abs(size / unit - 1) < UNIT_MARGIN for unit in UNITS):
        return "unit"
    if reversed_next:
        return "spike"
    return "split" if any(abs(size / whole - 1) < SPLIT_MARGIN for whole in SPLIT_RATIOS) else "jump"


def _stale(close: pd.Series, volume: pd.Series | None) -> list[Doubt]:
    values: FloatArray = close.to_numpy(dtype=np.float64)
    still: BoolArray = np.append(False, values[1:] == values[:-1])
    if volume is not None:
        still &= ~(volume.to_numpy(dtype=np.float64) > 0)
    run = np.cumsum(~still)
    first = np.flatnonzero(~still)
    lengths = np.bincount(run - 1)
    return [
        (close.index[int(start)], close.index[min(int(start + length), len(close) - 1)], "stale", np.nan, int(length))
        for start, length in zip(first, lengths, strict=True)
        if length >= STALE_SESSIONS
    ]


def _shifted(days: pd.DatetimeIndex, venue: str) -> list[Doubt]:
    """Sundays where Fridays should be, or Saturdays where Mondays: dates moved by a time zone, unless the market keeps such a week."""
    resting, shifted = shifted_days(days, venue)
    return [(resting[0], days[-1], "shifted", np.nan, len(resting))] if shifted else []
