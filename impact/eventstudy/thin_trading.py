"""Event studies of securities that do not trade every session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import align_events, read_returns
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.estimate import Estimated
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.stated_variance import not_used
from impact.eventstudy.study import finish_study
from impact.kernels.spanned import fit_spanned_events
from impact.market.returns import TradeToTradeReturns
from impact.provenance import Source
from impact.typing_ import ReturnKind, Window

__all__ = ["trade_to_trade_study"]


def trade_to_trade_study(
    returns: TradeToTradeReturns,
    events: pd.DataFrame,
    estimation: Window = (-260, -11),
    window: Window = (-10, 10),
    kind: ReturnKind = "log",
    *,
    sources: tuple[Source, ...] = (),
    **options: Any,
) -> EventStudyResult:
    """Market model on returns between consecutive trades, weighted by how many sessions they span.

    Parameters
    ----------
    returns : TradeToTradeReturns
        From :func:`impact.market.trade_to_trade_returns`.
    events : DataFrame
        event_id, security, date. An event during a halt shows on the session trading resumes, with its span as weight.
    estimation, window : (first, last)
        Inclusive session offsets.
    kind : {"log", "simple"}
        Kind of the returns given.
    sources : tuple of Source
    **options
        min_observations, anchor, incomplete and level of :class:`impact.eventstudy.design.StudyDesign`.

    Raises
    ------
    InputError
        If an option does not apply to this model.

    References
    ----------
    Maynes and Rumsey (1993), Journal of Banking and Finance 17.
    """
    foreign = set(options) - {"min_observations", "anchor", "incomplete", "level"}
    if foreign:
        raise InputError(f"option(s) {', '.join(sorted(foreign))} do not apply to trade-to-trade returns; leave them out.")
    design = StudyDesign(model="market", estimation=estimation, window=window, kind=kind, **options)
    table = read_returns(returns.returns)
    aligned = align_events(events, table, design.anchor)
    used, local = np.unique(aligned.security, return_inverse=True)
    own, market, spans = (frame.to_numpy(dtype=float)[:, used] for frame in (returns.returns, returns.market, returns.n_sessions))
    fit = fit_spanned_events(own, market, spans, aligned.day0, local, design.estimation, design.window)
    notes = (
        "market model on trade-to-trade returns, variance in proportion to the sessions they span",
        *not_used(aligned.table, "trade-to-trade returns, which may span several"),
    )
    estimated = Estimated(fit=fit, names=("alpha", "beta"), notes=notes, n_parameters=2)
    return replace(finish_study(estimated, aligned, table.sessions, design, sources), spans_gaps=True)
