"""Moves that look like a small split not applied: a level that shifts by 6:5 to 5:3 while nothing else of the line stirs.

A split of 2:1 and more is as large as the moves that are doubted anyway. A smaller one is as large as news, and is told from
it by what comes with news: volume, a move of the other lines, unquiet days after it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from impact.typing_ import FloatArray

__all__ = ["SMALL_SPLITS", "small_splits", "split_in_words"]

SMALL_SPLITS = ((6, 5), (5, 4), (4, 3), (3, 2), (5, 3))
"""New shares for old ones; below 6:5 a stock dividend cannot be told from news."""
RATIO_MARGIN = 0.04  # of the logarithm: the line's own move of that day lies on top of the ratio
NEIGHBOURS, FEWEST = 60, 20  # sessions on either side that give the usual move, and the fewest of them
LEAST_MOVE = 0.002  # usual move of a line that hardly moves
OWN_MOVES, VOLUME_OF_NEWS = 6.0, 2.0  # usual moves, and usual volumes: on a quiet day of volume
CLEAR_MOVES, CLEAR_VOLUME, CALM_MOVES = 10.0, 3.0, 4.0  # the same where the volume is not known or not telling, and days after it
AFTER, STAYS = 3, 0.7  # sessions on either side over which the level must stay, and the part of the move that must
SHARED = 0.25  # share of the move that the other lines make as well


def split_in_words(ratio: float) -> str:
    """A move in words that leave open what it is: ``a fall of 33.3 % in one session, which is also what a 3:2 split gives``."""
    from impact.tables import prose

    size = max(ratio, 1.0 / ratio)
    whole = int(np.floor(size + 0.5))
    few = [(new, old) for new, old in SMALL_SPLITS if abs(np.log(size * old / new)) <= abs(np.log(size / whole))]
    new, old = min(few, key=lambda pair: abs(np.log(size * pair[1] / pair[0]))) if few else (whole, 1)
    kind, named = ("fall", f"{new}:{old} split") if ratio < 1 else ("rise", f"{old}:{new} consolidation")
    return f"a {kind} of {prose.percent(abs(ratio - 1))} in one session, which is also what a {named} not applied to the past gives: check"


def small_splits(closes: pd.DataFrame, security: str, volume: pd.Series | None) -> Iterator[tuple[int, float]]:
    """Row, among the closes the line has, and ratio to the close before of each move that a small split not applied would make.

    Parameters
    ----------
    closes : DataFrame (T, S)
        The line and those it is compared with; NaN is a day without a close.
    security : str
    volume : Series (T,), optional
        Of the line.
    """
    own = closes[security].dropna()
    moves: FloatArray = np.diff(np.log(own.to_numpy(dtype=np.float64)))
    ratios = np.log([new / old for new, old in SMALL_SPLITS])
    size = np.abs(moves)
    for place in np.flatnonzero((size > ratios[0] - RATIO_MARGIN) & (size < ratios[-1] + RATIO_MARGIN)):
        move = float(moves[place])
        near = np.concatenate([moves[max(0, place - NEIGHBOURS) : place], moves[place + 1 : place + 1 + NEIGHBOURS]])
        if len(near) < FEWEST or np.abs(size[place] - ratios).min() > RATIO_MARGIN:
            continue
        usual = max(1.4826 * float(np.median(np.abs(near))), LEAST_MOVE)
        after = moves[place + 1 : place + 1 + AFTER]
        before = moves[max(0, place - AFTER) : place]
        stays = min(abs(move + after.sum()), abs(move + before.sum())) > STAYS * abs(move)
        if not stays or size[place] < OWN_MOVES * usual:
            continue
        traded = _of_usual_volume(volume, own.index, int(place) + 1)
        quiet = traded < VOLUME_OF_NEWS
        calm = len(after) > 0 and float(np.abs(after).max()) <= CALM_MOVES * usual
        clear = size[place] >= CLEAR_MOVES * usual and not traded >= CLEAR_VOLUME and calm
        if (quiet or clear) and not _shared(closes, security, own.index[int(place)], own.index[int(place) + 1], move):
            yield int(place) + 1, float(np.exp(move))


def _of_usual_volume(volume: pd.Series | None, sessions: pd.Index, row: int) -> float:
    """Volume of a session over the median of the sessions before it; NaN where it is not known."""
    if volume is None:
        return np.nan
    traded = volume.reindex(sessions).to_numpy(dtype=np.float64)
    before = traded[max(0, row - NEIGHBOURS) : row]
    before = before[before > 0]
    return float(traded[row] / np.median(before)) if len(before) >= FEWEST and traded[row] > 0 else np.nan


def _shared(closes: pd.DataFrame, security: str, before: pd.Timestamp, session: pd.Timestamp, move: float) -> bool:
    """Whether the other lines moved that way too, by more than a part of it."""
    others = closes.loc[[before, session]].drop(columns=security).to_numpy(dtype=np.float64)
    steps = np.log(others[1] / others[0])
    steps = steps[np.isfinite(steps)]
    return bool(len(steps)) and float(np.median(steps)) * np.sign(move) > SHARED * abs(move)
