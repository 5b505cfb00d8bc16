"""Several figures of a day, such as highs and lows, from one table however it is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import as_frame
from impact.market.column_names import COLUMN_NAMES
from impact.market.frames import session_frame, with_dates
from impact.market.long_frames import pivoted
from impact.typing_ import TableLike

__all__ = ["figures_of_day"]


def figures_of_day(
    table: TableLike | Mapping[str, TableLike], figures: Sequence[str], parameter: str = "prices", *, only: str | None = None
) -> dict[str, pd.DataFrame]:
    """A checked frame, sessions x securities, of each figure asked for, all on the same sessions and securities.

    Parameters
    ----------
    table
        Two levels of columns, figure and security in either order, as yfinance gives; or a mapping of figure to frame; or one row a
        session and security, with a column that names the security and one a figure; or the figures of one security.
    figures : sequence of str
        ``high``, ``low``, ``open``, ``close``.
    parameter : str
        Name to use in error messages.
    only : str, optional
        What the one security is called where the table does not say.

    Raises
    ------
    InputError
        If a figure is missing, a row is given twice, or a frame breaks the rules of prices.
    """
    frames = {figure: session_frame(frame, figure) for figure, frame in _by_figure(table, figures, parameter, only).items()}
    first = frames[figures[0]]
    for figure in figures[1:]:
        if not (frames[figure].index.equals(first.index) and set(frames[figure].columns) == set(first.columns)):
            raise InputError(
                f"{parameter}: {figures[0]} has {first.shape[0]} sessions x {first.shape[1]} securities and {figure} {frames[figure].shape[0]} x "
                f"{frames[figure].shape[1]}, or others; give both for the same ones."
            )
    return {figure: frame[first.columns] for figure, frame in frames.items()}


def _by_figure(table: Any, figures: Sequence[str], parameter: str, only: str | None) -> dict[str, pd.DataFrame]:
    if isinstance(table, dict) and any(isinstance(part, pd.DataFrame) for part in table.values()):
        told = {str(name).strip().lower(): part for name, part in table.items()}
        _require(figures, told, parameter)
        return {figure: as_frame(told[figure], figure) for figure in figures}
    frame = as_frame(table, parameter)
    if frame.columns.nlevels > 1:
        written = {str(name).strip().lower() for level in range(frame.columns.nlevels) for name in frame.columns.get_level_values(level)}
        _require(figures, written, parameter)
        return dict.fromkeys(figures, frame)
    frame = frame.reset_index() if isinstance(frame.index, pd.MultiIndex) else frame
    told = {str(column).strip().lower(): column for column in reversed(frame.columns)}
    _require(figures, told, parameter)
    names = [told[name] for name in told if name in COLUMN_NAMES["security"]]
    if names:
        return _unstacked(frame, names[0], {figure: told[figure] for figure in figures}, parameter)
    if only is None:
        raise InputError(
            f"{parameter} holds the figures of one security and does not say of which; give a column 'security', or frames as yfinance gives them."
        )
    dated = with_dates(frame, parameter)
    return {figure: dated[[told[figure]]].set_axis([only], axis=1) for figure in figures}


def _unstacked(frame: pd.DataFrame, security: Any, columns: Mapping[str, Any], parameter: str) -> dict[str, pd.DataFrame]:
    """Wide frames of a long one."""
    dated = with_dates(frame, parameter)
    names = pd.Index(dated[security].astype(str).str.strip())
    return {figure: pivoted(dated[column], dated.index.rename("session"), names, parameter) for figure, column in columns.items()}


def _require(figures: Sequence[str], held: Any, parameter: str) -> None:
    absent = [figure for figure in figures if figure not in held]
    if absent:
        listed = ", ".join(sorted(map(str, held))[:8])
        raise InputError(
            f"{parameter} has no {' and no '.join(absent)} (it has: {listed}); give columns called so, or a mapping of figure to frame."
        )
