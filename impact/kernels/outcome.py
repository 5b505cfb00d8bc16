"""The outcome of one test, and the laws a statistic is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtr

from impact.typing_ import FloatArray, IntArray

__all__ = ["Outcome", "inapplicable", "normal_outcome", "normal_p", "student_outcome", "student_p"]

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a test found, or the reason why it cannot be used.

    Attributes
    ----------
    statistic : float
        NaN when the test is inapplicable, and `reason` says why.
    p_value : float
        Two-sided unless the function says otherwise.
    df : float
        Degrees of freedom; NaN when the law has none.
    distribution : str
        The law of the statistic when the null is true, in words.
    n_events : int
        Events that entered.
    smallest_p : float
        Smallest p-value the test can give for this design; NaN when the law is continuous.
    reason : str
        Why the test is inapplicable; empty when it is not.
    warning : str
        Why the p-value may mislead; empty when there is no cause.
    """

    statistic: float
    p_value: float
    distribution: str
    n_events: int
    df: float = NAN
    smallest_p: float = NAN
    reason: str = ""
    warning: str = ""


def inapplicable(reason: str, n_events: int, warning: str = "") -> Outcome:
    """A test that was refused: NaN with the reason, never a zero."""
    return Outcome(statistic=NAN, p_value=NAN, distribution="", n_events=n_events, reason=reason, warning=warning)


def normal_p(statistic: FloatArray | float) -> FloatArray | float:
    """Two-sided p-value of a standard normal statistic."""
    p: FloatArray | float = np.multiply(2.0, ndtr(-np.abs(statistic)))
    return p


def student_p(statistic: FloatArray | float, df: FloatArray | IntArray | float) -> FloatArray | float:
    """Two-sided p-value of a Student t statistic with `df` degrees of freedom."""
    p: FloatArray | float = np.multiply(2.0, stdtr(df, -np.abs(statistic)))
    return p


def normal_outcome(statistic: float, n_events: int, warning: str = "") -> Outcome:
    """Compare `statistic` with the standard normal, two-sided."""
    return Outcome(
        statistic=float(statistic), p_value=float(normal_p(statistic)), distribution="normal", n_events=n_events, warning=warning
    )


def student_outcome(statistic: float, df: float, n_events: int, warning: str = "") -> Outcome:
    """Compare `statistic` with Student t on `df` degrees of freedom, two-sided."""
    return Outcome(
        statistic=float(statistic),
        p_value=float(student_p(statistic, df)),
        df=float(df),
        distribution="Student t",
        n_events=n_events,
        warning=warning,
    )
