"""Which dates train the forecast of an announcement, and the fit to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.pricing.announcement_fit import (
    ANNOUNCEMENT_MODELS,
    AnnouncementFit,
    committed_fit,
    fit_announcement,
    shipped_library,
    training_rows,
)
from impact.pricing.announcement_inputs import public_day
from impact.pricing.known_events import events_known_at, instant_of, listings_known
from impact.pricing.library import CHAIN, EventLibrary
from impact.provenance import Source
from impact.typing_ import BoolArray, Instant

__all__ = [
    "FEWEST_DATES",
    "KeptOut",
    "LeftOut",
    "Training",
    "checked_dates",
    "dates_left_out",
    "known_library",
    "trained_fit",
    "training_sources",
]

Training: TypeAlias = Literal["other_dates", "earlier_dates", "all_dates"]
REFIT_DRAWS = 1000
FEWEST_DATES = 5
"""Date clusters below which the spread of dates is that of the prior and no longer that of events."""


@dataclass(frozen=True, kw_only=True)
class KeptOut:
    """What does not train: the date clusters near a day, those of a day and later, and what had not happened at an instant (UTC)."""

    near: pd.Timestamp | None = None
    from_on: pd.Timestamp | None = None
    known_at: pd.Timestamp | None = None


LeftOut: TypeAlias = KeptOut | None


def dates_left_out(
    library: EventLibrary | None, date: str | pd.Timestamp | None, training: Training, as_of: Instant | None = None
) -> LeftOut:
    """What does not train the forecast; None where every date trains.

    Parameters
    ----------
    as_of : zoned instant, optional
        An event trains only once its second session had closed then.

    Raises
    ------
    InputError
        If `training` or `date` is unknown, or only earlier dates are to train and there is no date.
    """
    if training not in ("other_dates", "earlier_dates", "all_dates"):
        raise InputError(f"training={training!r} is no choice of dates; choose other_dates, earlier_dates or all_dates.")
    day = public_day(date)
    if day is None and training == "earlier_dates":
        raise InputError(
            "training='earlier_dates' needs date=...; nothing is earlier than an unknown day: give date, or as_of for an instant."
        )
    rows = (library or shipped_library()).designations
    known_at = instant_of(as_of)
    if known_at is not None and bool(listings_known(rows[rows["status"] == "ok"], known_at).all()):
        known_at = None
    near, from_on = None, None
    if day is not None and training == "earlier_dates" and bool((rows["public_on"] >= day - CHAIN).any()):
        from_on = day
    if day is not None and training == "other_dates" and bool((abs(rows["public_on"] - day) <= CHAIN).any()):
        near = day
    return None if near is None and from_on is None and known_at is None else KeptOut(near=near, from_on=from_on, known_at=known_at)


def _trains(rows: pd.DataFrame, left_out: LeftOut) -> BoolArray:
    """Rows (1, N) that train."""
    trains = np.ones(len(rows), dtype=bool)
    if left_out is None:
        return trains[None, :]
    if left_out.from_on is not None:
        trains &= (rows["public_on"] < left_out.from_on - CHAIN).to_numpy()
    if left_out.near is not None:
        near = rows.loc[abs(rows["public_on"] - left_out.near) <= CHAIN, "date_cluster"]
        trains &= (~rows["date_cluster"].isin(near)).to_numpy()
    return trains[None, :]


def known_library(library: EventLibrary, left_out: LeftOut) -> EventLibrary:
    """The library without the list events that had not happened; what came later moves no draw of a fit."""
    return library if left_out is None else events_known_at(library, left_out.known_at)


def _training_span(library: EventLibrary | None, left_out: LeftOut) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last public day of the events that train the default."""
    rows = training_rows(known_library(library or shipped_library(), left_out), ANNOUNCEMENT_MODELS["fitted_zero"])
    days = rows.loc[_trains(rows, left_out)[0], "public_on"]
    return days.min(), days.max()


def training_sources(library: EventLibrary | None, kept_out: LeftOut) -> tuple[Source, ...]:
    """The library, with the days of the first and the last event that train the default, and what a user put beside it."""
    first, last = _training_span(library, kept_out)
    own = () if library is None else tuple(source for source in library.sources if source not in shipped_library().sources)
    told = f" with {' and '.join(source.title for source in own)}" if own else ""
    whole = Source(
        title=f"event library of this project{told}: public date clusters, {first:%Y-%m-%d} to {last:%Y-%m-%d}",
        basis="facts and computed numbers",
    )
    return whole, *own


def trained_fit(library: EventLibrary | None, model: str, left_out: LeftOut) -> AnnouncementFit:
    """The committed posterior where it applies, else a fit.

    Raises
    ------
    DataUnavailable
        If fewer than ``FEWEST_DATES`` date clusters are left to train the default: the answer would be its prior.
    """
    if library is None and left_out is None:
        return committed_fit(model)
    return _fit_without(model, left_out) if library is None else _fit_to(library, model, left_out)


def checked_dates(n_dates: int, library: EventLibrary) -> None:
    """Refuse what fewer than ``FEWEST_DATES`` date clusters of list events would have to tell.

    Raises
    ------
    DataUnavailable
        With the number of dates, and the first of the library.
    """
    if n_dates >= FEWEST_DATES:
        return
    first = training_rows(library, ANNOUNCEMENT_MODELS["fitted_zero"])["public_on"].min()
    begins = "" if pd.isna(first) else f", which begins on {first:%Y-%m-%d},"
    raise DataUnavailable(
        f"too few earlier events: the event library{begins} holds {n_dates} date{'s' * (n_dates != 1)} of listings that had happened by then "
        f"and may train a forecast; with fewer than {FEWEST_DATES} a range would only repeat the assumption that it starts from: ask as of "
        "a later instant, or give a library with earlier events."
    )


@lru_cache(maxsize=32)
def _fit_without(model: str, left_out: LeftOut) -> AnnouncementFit:
    """Fit to the shipped library without some of its dates; kept, since a case asks for the same more than once."""
    return _fit_to(shipped_library(), model, left_out, n_draws=REFIT_DRAWS)


def _fit_to(library: EventLibrary, model: str, left_out: LeftOut, **options: int) -> AnnouncementFit:
    known = known_library(library, left_out)
    rows = training_rows(known, ANNOUNCEMENT_MODELS[model])
    kept = _trains(rows, left_out)
    if model == "fitted_zero":
        checked_dates(rows.loc[kept[0], "date_cluster"].nunique(), library)
    return fit_announcement(known, model, kept=kept, **options)
