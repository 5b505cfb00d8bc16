"""A window whose event session has no return has no estimate: what is left of it would be the return of other news."""

from __future__ import annotations

import numpy as np

from impact.eventstudy.design import IncompletePolicy
from impact.kernels.records import FittedEvents
from impact.typing_ import BoolArray

__all__ = ["without_day0"]


def without_day0(fit: FittedEvents, a: int, b: int, incomplete: IncompletePolicy, session: int = 0) -> BoolArray:
    """(N,) whether [a, b] holds the event session and there is no return on it; none where the design takes incomplete windows.

    Parameters
    ----------
    fit : FittedEvents
    a, b : int
    incomplete : {"complete", "available"}
    session : int
        Offset of the event session: day 0, or that of a later event read off the same fit.
    """
    if not a <= session <= b or incomplete == "available":
        return np.zeros(fit.n_events, dtype=bool)
    result: BoolArray = np.isnan(fit.abnormal[:, session - int(fit.offsets[0])])
    return result
