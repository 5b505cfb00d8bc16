"""What part of a designation-day drop can be forced flow, lost buyers, or information: bounds, not shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.provenance import Source
from impact.relief.schemas import DROP_PARTS, EVIDENCE
from impact.results import Result, Summary, declared
from impact.tables.prose import interval
from impact.typing_ import FloatArray, named_rows

__all__ = ["Decomposition", "decompose_drop"]

PARTS = ("forced flow", "lost-buyer discount", "information and politics")
WHOLE = 0.98
"""A bound that allows less than 1 % at one end and more than 99 % of the drop at the other says nothing."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Decomposition(Result):
    """Bounds of each part of the drop.

    Attributes
    ----------
    bounds : DataFrame
        part, low, high (decimal return, positive is a fall), share_low, share_high (of the same drop), identified: ``sign``
        when zero is excluded, ``bounded`` when the bounds are narrower than the drop, else ``not identified``.
    feasible : bool
        False when the evidence contradicts itself: no three parts satisfy all ranges.
    """

    schemas = declared(bounds=DROP_PARTS, evidence=EVIDENCE, to_frame=DROP_PARTS)

    bounds: pd.DataFrame
    drop: tuple[float, float]
    feasible: bool
    evidence: pd.DataFrame
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The bounds."""
        return self.bounds.copy()

    def summary(self) -> Summary:
        """The bounds and the evidence behind them."""
        verdict = (
            "the evidence contradicts itself"
            if not self.feasible
            else f"{int((self.bounds['identified'] == 'not identified').sum())} of 3 parts not identified"
        )
        title = f"A drop of {interval(self.drop[0], self.drop[1])}: {verdict}"
        return Summary(
            title=title,
            tables=(("Bounds", self.with_schema("bounds")), ("Evidence", self.with_schema("evidence"))),
            notes=self.assumptions,
            sources=self.sources,
        )


def _checked(value: tuple[float, float] | None, name: str) -> tuple[float, float]:
    if value is None:
        return 0.0, np.inf
    low, high = value
    if not low <= high or np.isnan([low, high]).any():
        raise InputError(f"{name}={value!r} must be (low, high) with low not above high; falls are positive decimals.")
    return max(0.0, float(low)), float(high)


def decompose_drop(
    drop: tuple[float, float],
    *,
    forced_flow: tuple[float, float] | None = None,
    restored: tuple[float, float] | None = None,
    no_ban_drop: tuple[float, float] | None = None,
    sources: tuple[Source, ...] = (),
) -> Decomposition:
    """Bounds of three non-negative parts that sum to the drop.

    Parameters
    ----------
    drop : (low, high)
        The fall of the designation day as a positive decimal, for example an interval of minus the abnormal return.
    forced_flow : (low, high), optional
        What the supply and price laws give for the forced sales. Unknown: any part.
    restored : (low, high), optional
        What relief gave back. It is read as flow plus discount: relief frees holders and buyers and does not unsay what
        the listing told.
    no_ban_drop : (low, high), optional
        Falls of names listed without any ban (s.1260H): a range for information and politics alone.

    Raises
    ------
    InputError
        If a range is not ordered or the drop is not positive.

    Notes
    -----
    Each bound is a linear programme over (flow, discount, information) with all ranges as constraints; shares divide by
    the drop of the same point, a linear-fractional programme made linear by scaling (Charnes and Cooper, 1962).

    Examples
    --------
    >>> parts = decompose_drop((0.10, 0.10), forced_flow=(0.01, 0.03), no_ban_drop=(0.0, 0.05))
    >>> parts.bounds[["low", "high"]].round(3).values.tolist()
    [[0.01, 0.03], [0.02, 0.09], [0.0, 0.05]]
    """
    low, high = _checked(drop, "drop")
    if not high > 0:
        raise InputError(f"drop={drop!r} holds no fall; give the fall as a positive decimal range.")
    ranges = {
        "forced_flow": _checked(forced_flow, "forced_flow"),
        "restored": _checked(restored, "restored"),
        "no_ban_drop": _checked(no_ban_drop, "no_ban_drop"),
    }
    rows = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    limits = [(low, high), ranges["forced_flow"], ranges["restored"], ranges["no_ban_drop"]]
    bounds = [_extremes(part, rows, limits) for part in range(3)]
    feasible = all(bound is not None for bound in bounds)
    frame = pd.DataFrame({"part": PARTS})
    for column, position in (("low", 0), ("high", 1), ("share_low", 2), ("share_high", 3)):
        frame[column] = [np.nan if bound is None else bound[position] for bound in bounds]
    frame["identified"] = [_identified(row.share_low, row.share_high) if feasible else "contradiction" for row in named_rows(frame)]
    given = {"forced_flow": forced_flow, "restored": restored, "no_ban_drop": no_ban_drop}
    evidence = pd.DataFrame(
        {
            "evidence": list(given),
            "low": [v[0] if v else np.nan for v in given.values()],
            "high": [v[1] if v else np.nan for v in given.values()],
        }
    )
    return Decomposition(
        bounds=frame,
        drop=(low, high),
        feasible=feasible,
        evidence=evidence,
        sources=sources,
        assumptions=(
            "The three parts are not negative and sum to the drop.",
            "Relief restores flow and discount only; had the market expected relief, the drop itself was smaller and "
            "these bounds are of what was left.",
            "The no-ban names tell of information and politics as far as their listing carried the same news.",
        ),
    )


def _extremes(part: int, rows: np.ndarray, limits: list[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    """Smallest and largest amount of a part, then of its share of the drop; None when nothing is feasible."""
    upper = [(row, limit[1]) for row, limit in zip(rows, limits, strict=True) if np.isfinite(limit[1])]
    lower = [(-row, -limit[0]) for row, limit in zip(rows, limits, strict=True)]
    matrix, bound = (np.array(side) for side in zip(*upper, *lower, strict=True))
    goal = np.eye(3)[part]
    amounts = _reach(goal, (matrix, bound))
    if amounts is None:
        return None
    # Shares: scale so that the drop is one (y = x / drop, t = 1 / drop); the constraints stay linear in (y, t).
    homogeneous = np.column_stack((matrix, -bound))
    shares = _reach(np.append(goal, 0.0), (homogeneous, np.zeros(len(bound))), (np.array([[1.0, 1.0, 1.0, 0.0]]), np.ones(1)))
    return None if shares is None else (*amounts, *shares)


def _reach(
    goal: FloatArray, at_most: tuple[FloatArray, FloatArray], equal: tuple[FloatArray | None, FloatArray | None] = (None, None)
) -> tuple[float, float] | None:
    """Smallest and largest ``goal @ x`` over x >= 0 with ``A @ x <= b`` and ``A @ x = b``, each a pair (A, b); None when one has no end."""
    from scipy.optimize import linprog  # a quarter of a second to load, and most commands bound no parts

    least, most = (linprog(sign * goal, *at_most, *equal, bounds=(0, None)) for sign in (1.0, -1.0))
    if least.status != 0 or most.status != 0 or least.fun is None or most.fun is None:
        return None
    return least.fun, -most.fun


def _identified(low: float, high: float) -> str:
    if high - low > WHOLE:
        return "not identified"
    return "sign" if low > 1e-9 else "bounded"
