"""What may be asked of a forecast of a price: each input checked once, refused in one sentence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from impact.errors import InputError

__all__ = [
    "LARGEST_FALL",
    "LARGEST_NOISE",
    "UNKNOWN_NOISE",
    "as_number",
    "as_whole",
    "checked_coverage",
    "checked_draws",
    "checked_noise",
    "checked_outcome",
    "checked_seed",
    "checked_size",
    "public_day",
]

LARGEST_NOISE = 0.5
"""Standard error of a line above which the number is a percentage and no decimal."""
LARGEST_FALL = -0.99
"""Of a drawn simple return, so that its log exists."""
UNKNOWN_NOISE = 0.2726
"""Standard error that a line of unknown noise is given, of either kind and at every instant: the largest of any list event in the event
library with a return (AMTD, removal of 2022-12-15, 0.272547), rounded up. A test holds the library to it."""
MOST_DRAWS = 1_000_000
NEW_YORK = "America/New_York"
"""Date clusters are days of the acting government."""


def public_day(date: object) -> pd.Timestamp | None:
    """Day of an event without zone; a zoned instant counts as the day that it is in New York. None stays None.

    Raises
    ------
    InputError
        If it is no day: a number, a word, a day written in another order, a missing value.
    """
    if date is None:
        return None
    moment = _moment(date)
    if moment is None:
        raise InputError(
            f"date={date!r} is no day; give one such as 2021-01-14, or leave it out if no date of the library is to be kept out."
        )
    day = moment if moment.tzinfo is None else moment.tz_convert(NEW_YORK).tz_localize(None)
    return day.normalize()


def checked_noise(noise: object, sigma: object) -> float | None:
    """Standard error of the two sessions; None where nothing is known.

    Raises
    ------
    InputError
        If one is no positive decimal return, or both are given.
    """
    if noise is not None and sigma is not None:
        raise InputError(f"noise={noise!r} and sigma={sigma!r} say the same thing twice; give the one that you have.")
    otherwise = ", or leave it out if unknown"
    if noise is not None:
        return checked_size(noise, "noise", otherwise)
    return None if sigma is None else float(np.sqrt(2) * checked_size(sigma, "sigma", otherwise))


def checked_size(value: object, parameter: str, otherwise: str = "") -> float:
    """A positive decimal return that is no percentage.

    Raises
    ------
    InputError
        If it is none.
    """
    number = as_number(value)
    if not 0 < number < LARGEST_NOISE:
        raise InputError(
            f"{parameter}={value!r} must be a positive decimal return below {LARGEST_NOISE}, such as 0.03 for 3 %: correct it{otherwise}."
        )
    return number


def checked_draws(n_draws: object) -> int:
    """An even number of draws.

    Raises
    ------
    InputError
        If it is no whole number, odd, below 100 or above a million.
    """
    number = as_whole(n_draws)
    if number % 2 or not 100 <= number <= MOST_DRAWS:
        raise InputError(
            f"n_draws={n_draws!r} must be an even whole number from 100 to {MOST_DRAWS:,}; half of the draws mirror the other half: choose one such as 4000."
        )
    return number


def checked_seed(seed: object) -> int:
    """A seed that makes the draws reproducible.

    Raises
    ------
    InputError
        If it is no whole number from zero.
    """
    number = as_whole(seed)
    if number < 0:
        raise InputError(f"seed={seed!r} must be a whole number from 0, so that the draws can be made again: choose any.")
    return number


def checked_outcome(observed: object) -> float:
    """One finite decimal return, not below -1.

    Raises
    ------
    InputError
        If it is none: a forecast is not scored on what is unknown.
    """
    number = as_number(observed)
    if number < -1:
        raise InputError(f"observed={observed!r} is a fall of more than all; give a decimal return, such as -0.085 for -8.5 %.")
    if not np.isfinite(number):
        raise InputError(f"observed={observed!r} is no decimal return; leave events without a return out of the score.")
    return number


def checked_coverage(coverage: object) -> float:
    """Part of the draws that a central range holds.

    Raises
    ------
    InputError
        If it does not lie between 0 and 1.
    """
    number = as_number(coverage)
    if not 0 < number < 1:
        raise InputError(f"coverage={coverage!r} must lie between 0 and 1, such as 0.9 for 90 %.")
    return number


def _moment(date: object) -> pd.Timestamp | None:
    """ISO text, a date or a timestamp; None for anything else and for a missing value."""
    if not isinstance(date, str | dt.date | np.datetime64):
        return None
    try:
        moment = pd.Timestamp(dt.datetime.fromisoformat(date) if isinstance(date, str) else date)
    except ValueError:
        return None
    return moment if isinstance(moment, pd.Timestamp) else None


def as_number(value: object) -> float:
    """A number as float; NaN for anything else, truth values included."""
    return float(value) if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool) else np.nan


def as_whole(value: object) -> int:
    """A whole number; -1 for anything else, truth values included."""
    return int(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else -1
