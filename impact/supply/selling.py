"""When each class of holder sells, between the first session that can react and the last legal one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from impact.errors import InputError
from impact.kernels.schedules import exponential_hazard_for, slices, truncated_exponential, truncated_weibull
from impact.typing_ import FloatArray1D, IntArray

__all__ = ["DEFAULT_SELLING", "SellingSchedule", "selling_fractions"]


@dataclass(frozen=True, kw_only=True)
class SellingSchedule:
    """How a class spreads its sales over the wind-down.

    Parameters
    ----------
    kind : {"even", "exponential", "weibull", "index_close"}
        A constant pace; a constant hazard; a Weibull hazard; at the closes at which an index executes.
    ban_share : float
        Exponential only: share sold by the last session before the purchase ban, in (0, 1).
    shape, scale_sessions : float
        Weibull only.
    front_running : float
        Index close only: share sold evenly between the notice and the execution close, in [0, 1].
    deadline_spike : float
        Share kept for the last legal session, in [0, 1).
    """

    kind: Literal["even", "exponential", "weibull", "index_close"]
    ban_share: float = 0.83
    shape: float = 0.7
    scale_sessions: float = 40.0
    front_running: float = 0.0
    deadline_spike: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in ("even", "exponential", "weibull", "index_close"):
            raise InputError(f"kind={self.kind!r} is not a selling schedule; choose even, exponential, weibull or index_close.")
        rules = (
            ("ban_share", 0 < self.ban_share < 1),
            ("shape", self.shape > 0),
            ("scale_sessions", self.scale_sessions > 0),
            ("front_running", 0 <= self.front_running <= 1),
            ("deadline_spike", 0 <= self.deadline_spike < 1),
        )
        for name, holds in rules:
            if not holds:
                raise InputError(
                    f"{name}={getattr(self, name)!r} is out of range; shares lie in [0, 1], shape and scale are positive: correct it."
                )


# Share sold by the purchase ban: 0.70 (hazard 0.02 a day, worked example G04) to 0.97 (BlackRock in China Telecom, P&I
# January 2021, seen); the middle is used for institutions. Individuals: assumed slower, no source.
DEFAULT_SELLING: Mapping[str, SellingSchedule] = MappingProxyType(
    {
        "us_passive_deleting": SellingSchedule(kind="index_close"),
        "non_us_passive_deleting": SellingSchedule(kind="index_close"),
        "us_passive_keeping": SellingSchedule(kind="exponential", ban_share=0.83),
        "us_active": SellingSchedule(kind="exponential", ban_share=0.83),
        "us_retail": SellingSchedule(kind="exponential", ban_share=0.5, deadline_spike=0.1),
        "non_us_with_us_parent": SellingSchedule(kind="exponential", ban_share=0.83),
        "insiders": SellingSchedule(kind="even"),
        "non_us": SellingSchedule(kind="even"),
    }
)


def selling_fractions(
    schedule: SellingSchedule, n_sessions: int, *, sessions_to_ban: int, notices: IntArray | None = None, executions: IntArray | None = None
) -> FloatArray1D:
    """Share of a class's sales in each session (n_sessions,), summing to one.

    Parameters
    ----------
    n_sessions : int
        Sessions from the first that can react to the last in which a sale is legal.
    sessions_to_ban : int
        How many of them come before the purchase ban.
    notices, executions : (E,) int arrays
        Positions of the first session after each index notice and of its execution close; without any, an index-close
        schedule falls back to the exponential one.
    """
    if n_sessions < 1 or not 0 <= sessions_to_ban <= n_sessions:
        raise InputError(
            f"n_sessions={n_sessions!r}, sessions_to_ban={sessions_to_ban!r}; 1 <= n and 0 <= ban <= n are needed: check the dates."
        )
    ends = np.arange(1, n_sessions + 1, dtype=float)
    if schedule.kind == "index_close" and executions is not None and len(executions):
        body = _at_closes(schedule, n_sessions, notices if notices is not None else executions, executions)
    elif schedule.kind == "weibull":
        body = slices(truncated_weibull(ends, schedule.shape, schedule.scale_sessions, n_sessions))
    elif schedule.kind == "even" or not 0 < sessions_to_ban < n_sessions:
        body = np.full(n_sessions, 1 / n_sessions)
    else:
        hazard = exponential_hazard_for(schedule.ban_share, sessions_to_ban, n_sessions)
        body = slices(truncated_exponential(ends, hazard, n_sessions))
    fractions = (1 - schedule.deadline_spike) * body
    fractions[-1] += schedule.deadline_spike
    return fractions


def _at_closes(schedule: SellingSchedule, n_sessions: int, notices: IntArray, executions: IntArray) -> FloatArray1D:
    """Equal parts at each execution close, the front-run share of each spread from its notice to the close before."""
    fractions = np.zeros(n_sessions)
    part = 1 / len(executions)
    for notice, close in zip(notices, executions, strict=True):
        early = slice(int(notice), int(close))
        ahead = schedule.front_running if early.stop > early.start else 0.0
        fractions[early] += part * ahead / max(early.stop - early.start, 1)
        fractions[int(close)] += part * (1 - ahead)
    return fractions
