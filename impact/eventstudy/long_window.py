"""Firms of one date: one clean estimation window before its first event, one long event window that every later event is read off."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Unpack

import pandas as pd

from impact.errors import ImpactWarning
from impact.eventstudy.alignment import Market
from impact.eventstudy.design import StudyOptions
from impact.eventstudy.models import ModelName
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.study import event_study
from impact.provenance import Source
from impact.typing_ import ReturnKind, Window

__all__ = ["long_fit"]


def long_fit(
    returns: pd.DataFrame,
    securities: str | Sequence[str],
    benchmark: Market,
    day0: pd.Timestamp,
    window: tuple[int, int | None] = (-1, None),
    *,
    estimation: Window = (-260, -11),
    model: ModelName = "market",
    kind: ReturnKind = "log",
    event_ids: Sequence[str] = (),
    shorten: bool = True,
    sources: Sequence[Source] = (),
    **options: Unpack[StudyOptions],
) -> EventStudyResult:
    """Fit securities before `day0` and take their abnormal returns from there to as late as the record goes.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Decimal returns of `kind`, the benchmark among them or given apart.
    securities : str or sequence of str
        One firm, or several that share the date.
    benchmark : column name, list of column names or Series
    day0 : session
        A session of `returns`.
    window : (first, last)
        Offsets of the event window, cut at the end of the record; the last one None goes as far as that.
    estimation : (first, last)
    model, kind
        As in :func:`impact.event_study`.
    event_ids : sequence of str
        One for each security; the securities when empty.
    shorten : bool
        Begin the estimation window no earlier than the first return of the record, instead of asking for the whole of it.
    sources : sequence of Source
    **options
        Further options of :class:`impact.eventstudy.StudyDesign`.

    Returns
    -------
    EventStudyResult
        One event a security, those that cannot be used in ``dropped``. Warnings about it are kept back: the caller tells them
        in its own terms.

    Raises
    ------
    InputError, InfeasibleDesign
        If `day0` is no session of `returns`, or too few sessions precede it.
    """
    before = int(returns.index.get_indexer(pd.Index([day0]))[0])
    end = len(returns) - 1 - before
    first, last = window[0], end if window[1] is None else min(window[1], end)
    names = [securities] if isinstance(securities, str) else list(securities)
    events = pd.DataFrame({"event_id": list(event_ids) or names, "security": names, "date": day0})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        return event_study(
            returns,
            events,
            market=benchmark,
            model=model,
            estimation=(max(estimation[0], 1 - before), estimation[1]) if shorten else estimation,
            window=(first, last),
            kind=kind,
            anchor="raise",
            sources=sources,
            **options,
        )
