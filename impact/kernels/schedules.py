"""When a fixed amount is sold: hazard schedules truncated at a deadline, and what a participation cap lets through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray, FloatArray1D, FloatLike

__all__ = [
    "CappedSchedule",
    "capped_schedule",
    "exponential_hazard_for",
    "exponential_median",
    "slices",
    "truncated_exponential",
    "truncated_weibull",
    "weibull_hazard",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class CappedSchedule:
    """What a participation cap lets through of a desired schedule.

    Attributes
    ----------
    executed : (..., T) float, shares sold each session.
    backlog : (..., T) float, shares wanted but not yet sold at the end of each session.
    """

    executed: FloatArray
    backlog: FloatArray

    @property
    def unsold(self) -> FloatArray:
        """Shares (...,) still unsold at the end: infeasible within the horizon."""
        return self.backlog[..., -1]


def _check_deadline(deadline: FloatLike) -> None:
    if np.any(~(np.asarray(deadline, dtype=float) > 0)):
        raise InputError(f"deadline={deadline!r} must be after the start (> 0); nothing can be sold in no time: give a later deadline.")


def truncated_exponential(time: FloatLike, hazard: FloatLike, deadline: FloatLike) -> FloatArray:
    """Share sold by `time` when each unit leaves at a constant hazard and everything is gone by the deadline.

    Parameters
    ----------
    time, deadline : array
        In the same unit (sessions or days), from the start.
    hazard : array
        Per unit of time; 0 is an even schedule, negative is back-loaded.

    Notes
    -----
    ``F(t) = (1 - exp(-h t)) / (1 - exp(-h D))``.
    """
    _check_deadline(deadline)
    end = np.asarray(deadline, dtype=float)
    rate = np.asarray(hazard, dtype=float)
    elapsed = np.clip(np.asarray(time, dtype=float), 0.0, end)
    flat = np.abs(rate * end) < 1e-9
    safe = np.where(flat, 1.0, rate)
    result: FloatArray = np.where(flat, elapsed / end, np.expm1(-safe * elapsed) / np.expm1(-safe * end))
    return result


def exponential_median(hazard: float, deadline: float) -> float:
    """Time by which half is sold under :func:`truncated_exponential`."""
    _check_deadline(deadline)
    if abs(hazard * deadline) < 1e-9:
        return deadline / 2
    return -float(np.log1p(0.5 * np.expm1(-hazard * deadline))) / hazard


@lru_cache(maxsize=4096)
def exponential_hazard_for(share: float, time: float, deadline: float) -> float:
    """The hazard at which `share` is sold by `time`, found by bisection; the inverse of :func:`truncated_exponential`.

    Raises
    ------
    InputError
        If the share is not in (0, 1) or the time not in (0, deadline).
    """
    _check_deadline(deadline)
    if not (0 < share < 1 and 0 < time < deadline):
        raise InputError(
            f"share={share!r} by time={time!r} needs 0 < share < 1 and 0 < time < deadline={deadline!r}: choose values inside."
        )
    low, high = -50.0 / time, 50.0 / time
    for _ in range(200):
        middle = (low + high) / 2
        if truncated_exponential(time, middle, deadline) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def truncated_weibull(time: FloatArray, shape: FloatLike, scale: FloatLike, deadline: FloatLike) -> FloatArray:
    """Share sold by `time` under a Weibull hazard truncated at the deadline; shape below 1 is front-loaded."""
    _check_deadline(deadline)
    end = np.asarray(deadline, dtype=float)
    elapsed = np.clip(np.asarray(time, dtype=float), 0.0, end)
    result: FloatArray = np.expm1(-((elapsed / scale) ** shape)) / np.expm1(-((end / scale) ** shape))
    return result


def weibull_hazard(time: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
    """Untruncated Weibull hazard, ``(k / s) (t / s)**(k - 1)``, per unit of time."""
    return np.asarray(shape) / np.asarray(scale) * (np.asarray(time, dtype=float) / scale) ** (np.asarray(shape) - 1.0)


def slices(cumulative: FloatArray) -> FloatArray:
    """Share sold in each step from the cumulative share at the end of each step (..., T)."""
    return np.diff(np.asarray(cumulative, dtype=float), axis=-1, prepend=0.0)


def capped_schedule(desired: FloatArray, capacity: FloatArray1D) -> CappedSchedule:
    """Sell at most `capacity` each session and carry what is left forward.

    Parameters
    ----------
    desired : (..., T) array
        Shares each seller would like to sell each session, >= 0.
    capacity : (T,) or (..., T) array
        Most that can be sold each session, >= 0: participation cap times volume.

    Notes
    -----
    The cumulative amount executed is ``E(t) = min over s <= t of D(s) + C(t) - C(s)``, D and C the cumulative desire and
    capacity: a queue served at a changing rate, without a loop.
    """
    wanted, most = np.asarray(desired, dtype=float), np.asarray(capacity, dtype=float)
    wrong = int(np.sum(~(wanted >= 0))) + int(np.sum(~(most >= 0)))
    if wrong:
        raise InputError(f"desired or capacity has {wrong} values below 0 or missing; both count shares per session: fix those sessions.")
    total_wanted, total_most = np.cumsum(wanted, axis=-1), np.cumsum(np.broadcast_to(most, wanted.shape), axis=-1)
    slack = np.minimum(np.minimum.accumulate(total_wanted - total_most, axis=-1), 0.0)
    done = total_most + slack
    return CappedSchedule(executed=np.diff(done, axis=-1, prepend=0.0), backlog=np.maximum(total_wanted - done, 0.0))
