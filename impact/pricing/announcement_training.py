"""Which dates train the forecast of an announcement, and the fit to them."""

from __future__ import annotations

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
from impact.pricing.library import CHAIN, EventLibrary
from impact.typing_ import BoolArray

__all__ = ["FEWEST_DATES", "LeftOut", "Training", "dates_left_out", "trained_fit"]

Training: TypeAlias = Literal["other_dates", "earlier_dates", "all_dates"]
LeftOut: TypeAlias = pd.Timestamp | tuple[str, pd.Timestamp] | None
REFIT_DRAWS = 1000
FEWEST_DATES = 5
"""Date clusters below which the spread of dates is that of the prior and no longer that of events."""


def dates_left_out(library: EventLibrary | None, date: str | pd.Timestamp | None, training: Training) -> LeftOut:
    """The day whose dates are left out, or the day before which dates train; None where every date trains.

    Raises
    ------
    InputError
        If `training` or `date` is unknown.
    """
    if training not in ("other_dates", "earlier_dates", "all_dates"):
        raise InputError(f"training={training!r} is no choice of dates; choose other_dates, earlier_dates or all_dates.")
    day = public_day(date)
    if day is None or training == "all_dates":
        return None
    rows = (library or shipped_library()).designations
    if training == "earlier_dates":
        return ("before", day) if bool((rows["public_on"] >= day - CHAIN).any()) else None
    return day if bool((abs(rows["public_on"] - day) <= CHAIN).any()) else None


def _trains(rows: pd.DataFrame, left_out: LeftOut) -> BoolArray:
    """Rows (1, N) that train."""
    if left_out is None:
        return np.ones((1, len(rows)), dtype=bool)
    if isinstance(left_out, tuple):
        return (rows["public_on"] < left_out[1] - CHAIN).to_numpy()[None, :]
    near = rows.loc[abs(rows["public_on"] - left_out) <= CHAIN, "date_cluster"]
    return (~rows["date_cluster"].isin(near)).to_numpy()[None, :]


def trained_fit(library: EventLibrary | None, model: str, left_out: LeftOut) -> AnnouncementFit:
    """The committed posterior where it applies, else a fit.

    Raises
    ------
    DataUnavailable
        If fewer than ``FEWEST_DATES`` date clusters are left to train the default: the answer would be its prior.
    """
    if library is None and left_out is None:
        return committed_fit(model)
    if library is None:
        fit = _fit_without(model, left_out)
    else:
        fit = fit_announcement(library, model, kept=_trains(training_rows(library, ANNOUNCEMENT_MODELS[model]), left_out))
    if model == "fitted_zero" and fit.n_dates < FEWEST_DATES:
        raise DataUnavailable(
            f"{fit.n_dates} date cluster(s) of the event library train this forecast, fewer than {FEWEST_DATES}: its range would be that "
            "of the prior; use training='other_dates', or a library with earlier events."
        )
    return fit


@lru_cache(maxsize=32)
def _fit_without(model: str, left_out: LeftOut) -> AnnouncementFit:
    """Fit to the shipped library without some of its dates; kept, since a case asks for the same more than once."""
    rows = training_rows(shipped_library(), ANNOUNCEMENT_MODELS[model])
    return fit_announcement(shipped_library(), model, kept=_trains(rows, left_out), n_draws=REFIT_DRAWS)
