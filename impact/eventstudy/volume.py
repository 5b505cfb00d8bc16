"""Abnormal trading volume: the event study of log turnover."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import ImpactWarning, InputError
from impact.eventstudy.alignment import Market
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.stated_variance import not_used
from impact.eventstudy.study import run_study
from impact.intake.given_frames import as_frame
from impact.kernels.volume import LOG_TURNOVER_OFFSET, log_turnover
from impact.market.frames import session_frame
from impact.provenance import Source
from impact.tables import prose
from impact.typing_ import Window

__all__ = ["abnormal_volume"]

LEAST_TURNOVER = 1e-5
"""Share of a line's shares traded on its median day below which the unit is doubted: four times the constant of the logarithm."""


def abnormal_volume(
    volume: pd.DataFrame,
    events: pd.DataFrame,
    shares_outstanding: float | Mapping[str, float] | None = None,
    market_volume: Market | None = None,
    estimation: Window = (-260, -11),
    window: Window = (-10, 10),
    *,
    sources: tuple[Source, ...] = (),
    **options: Any,
) -> EventStudyResult:
    """How unusual trading was around events, in logs.

    Parameters
    ----------
    volume : DataFrame (T, S), shares
        NaN is unknown; zero is a day without trade.
    events : DataFrame
        event_id, security, date as in :func:`impact.event_study`.
    shares_outstanding : float or mapping of security to float, optional
        Turns volume into turnover. Without it the logarithm of the volume itself is studied; only its changes matter.
    market_volume : column name, list of columns or Series of shares, optional
        With it the normal volume follows the market's log volume by least squares; without it, it is the mean.
    estimation, window : (first, last)
    sources : tuple of Source
    **options
        Further options of :class:`impact.eventstudy.design.StudyDesign`.

    Returns
    -------
    EventStudyResult
        ``abnormal`` is in log points: 0.69 is twice the normal volume. Volume is skewed even in logs; prefer rank tests.

    Raises
    ------
    InputError
        If a table is not clean, or a security has no number of shares.

    Notes
    -----
    ``ln(100 * volume / shares + 0.000255)``; normal volume by mean or market model, prediction error as for returns.

    References
    ----------
    Ajinkya and Jain (1989), Journal of Accounting and Economics 11. Campbell and Wasley (1996), same journal 21.
    """
    table = session_frame(volume, "volume", "amount")
    logs = pd.DataFrame(_logs(table, shares_outstanding), index=table.index, columns=table.columns)
    market = None if market_volume is None else _market_logs(market_volume, table)
    chosen = options.pop("model", "mean" if market is None else "market")
    design = StudyDesign(model=chosen, estimation=estimation, window=window, kind="log", **options)
    result = run_study(logs, events, design, market=market, sources=sources, carry=False)
    words = "log turnover" if shares_outstanding is not None else "log volume (shares outstanding not given)"
    lines = tuple(line.replace("log returns", words, 1).replace("past drift", "past growth of volume") for line in result.assumptions)
    return replace(
        result,
        quantity="log volume",
        assumptions=(
            *lines,
            *not_used(result.events, "volume"),
            "abnormal volume is in log points; it is skewed, so rank tests are preferred",
        ),
    )


def _logs(table: pd.DataFrame, shares: float | Mapping[str, float] | None) -> np.ndarray:
    if shares is None:
        return log_turnover(table.to_numpy(), 100.0, 0.0)
    if isinstance(shares, Mapping):
        absent = [name for name in table.columns if name not in shares]
        if absent:
            raise InputError(
                f"shares_outstanding lacks {len(absent)} securities (first {absent[0]!r}); give each column of volume its number of shares."
            )
        counts = np.array([float(shares[name]) for name in table.columns])
    else:
        counts = np.full(table.shape[1], float(shares))
    if not (counts > 0).all():
        raise InputError(
            f"shares_outstanding has {int((~(counts > 0)).sum())} value(s) that are not positive "
            f"(first {counts[~(counts > 0)][0]}); mend them."
        )
    _check_turnover(table, counts)
    return log_turnover(table.to_numpy(), counts, LOG_TURNOVER_OFFSET)


def _check_turnover(table: pd.DataFrame, counts: np.ndarray) -> None:
    """Refuse lines that turn over more than all shares on half of their days, and doubt those that hardly turn over any: another unit."""
    turnover = (table.where(table > 0).median() / counts).to_numpy()
    for odd, told in (
        (turnover > 1.0, "more than all shares"),
        (turnover < LEAST_TURNOVER, "next to nothing, so that the constant beside it decides its changes"),
    ):
        at = np.flatnonzero(odd)
        if at.size:
            said = (
                f"volume over shares_outstanding of {at.size} of {turnover.size} securities is {told} on half of the days with trade (first "
                f"{table.columns[at[0]]!r}: {prose.significant(turnover[at[0]])}), as where one is in thousands or millions and the other is not; give both in "
                "single shares"
            )
            if turnover[at[0]] > 1.0:
                raise InputError(f"{said}.")
            warnings.warn(f"{said}.", ImpactWarning, stacklevel=4)


def _market_logs(market_volume: Any, table: pd.DataFrame) -> pd.Series:
    """Log of the market's volume: of one series, or of the sum of columns that are all known."""
    if isinstance(market_volume, (pd.Series, pd.DataFrame)):
        series = session_frame(as_frame(market_volume, "market_volume"), "market_volume", "amount").sum(axis=1, skipna=False)
    else:
        names = [market_volume] if isinstance(market_volume, str) else list(market_volume)
        absent = [name for name in names if name not in table.columns]
        if absent:
            raise InputError(f"market_volume names {len(absent)} column(s) that volume lacks (first {absent[0]!r}); mend the names.")
        series = table[names].sum(axis=1, skipna=False)
    result: pd.Series = np.log(series.where(series > 0)).rename("market log volume")
    return result
