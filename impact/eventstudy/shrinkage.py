"""Many events at once: which may be called discoveries, and what each effect is worth given all the others."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import pandas as pd

from impact.errors import ClusteredEvents, InfeasibleDesign, InputError
from impact.eventstudy.schemas import SHRUNK
from impact.kernels.multiplicity import benjamini_hochberg, benjamini_yekutieli
from impact.kernels.random_effects import random_effects
from impact.results import Result, Summary, declared
from impact.tables import prose

if TYPE_CHECKING:
    from impact.eventstudy.results import EventStudyResult

__all__ = ["FalseDiscovery", "ShrunkEffects", "discoveries", "shrunk_effects"]

FalseDiscovery: TypeAlias = Literal["by", "bh"]
CORRELATED = "the events share days of their windows and their residuals are correlated: "


def discoveries(study: EventStudyResult, a: int, b: int, *, rate: float = 0.05, method: FalseDiscovery = "by") -> pd.DataFrame:
    """The events whose CAR over [a, b] differs from zero, so that at most a share `rate` of them is expected to be false.

    Parameters
    ----------
    study : EventStudyResult
    a, b : int
        Inclusive session offsets.
    rate : float
        False discovery rate that is accepted, between 0 and 1.
    method : {"by", "bh"}
        Benjamini-Yekutieli holds whatever the dependence of the events; Benjamini-Hochberg for events that are independent or
        positively dependent.

    Returns
    -------
    DataFrame
        Per event, by p: car, se, p (two-sided Student, the variance from before the event), p_adjusted, discovery. An event without
        a CAR has NaN and does not count.

    Raises
    ------
    InputError
        If an option breaks its rule.

    Notes
    -----
    Each p-value takes the variance from before its event. Where events raise the variance, true nulls have p-values below 5 % more often
    (17 % of them where it doubles), and the rate does not hold.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.
    Benjamini and Yekutieli (2001), Annals of Statistics 29.
    """
    if method not in ("by", "bh"):
        raise InputError(f"method={method!r} is unknown; choose by (any dependence) or bh (independent or positively dependent events).")
    if not 0 < rate < 1:
        raise InputError(f"rate={rate!r} is no share between 0 and 1; 0.05 is usual.")
    cars = study.car(a, b)
    adjust = benjamini_yekutieli if method == "by" else benjamini_hochberg
    adjusted = adjust(cars["p"].to_numpy())
    table = cars[["car", "se", "p"]].assign(p_adjusted=adjusted, discovery=adjusted <= rate)
    return table.sort_values("p", kind="stable")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ShrunkEffects(Result):
    """CARs of many events, each moved towards their mean by how little it is known.

    Attributes
    ----------
    pooled : DataFrame
        One row: n_events, mean, se, ci_low, ci_high, tau (standard deviation of the effects), i_squared, q, df, p (of no
        heterogeneity), predicted_low, predicted_high (effect of a further event).
    effects : DataFrame
        Per event: car, se, weight (what it keeps of its distance from the mean), shrunk, shrunk_se.
    window : (a, b)
    quantity : str
        What the effects are of: the ``return``, or a logarithm.
    assumptions : tuple of str
    """

    schemas = declared(effects=SHRUNK)

    pooled: pd.DataFrame
    effects: pd.DataFrame
    window: tuple[int, int]
    quantity: str = "return"
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The effect of every event, unrounded."""
        return self.effects.reset_index()

    def summary(self) -> Summary:
        """The common mean and the spread about it in words, and the effect of each event."""
        pool = self.pooled.iloc[0]
        signed, plain = (prose.signed_percent, prose.percent) if self.quantity == "return" else (prose.signed_decimal, prose.decimal)
        told = (
            f"mean {signed(pool['mean'], 2)}, interval {prose.interval(pool['ci_low'], pool['ci_high'], plain, 2)}; the "
            f"effects differ by tau = {plain(pool['tau'], 2)}, I squared {prose.percent(pool['i_squared'], 0)}, p "
            f"{prose.p_value(pool['p'])} that they are one; a further event: "
            f"{prose.interval(pool['predicted_low'], pool['predicted_high'], plain, 2)}"
        )
        title = f"Effects of {int(pool['n_events'])} events over ({self.window[0]}, {self.window[1]}), shrunk towards their mean"
        return Summary(title=title, tables=(("Each event", self.measured(SHRUNK).table(self.effects)),), notes=(told, *self.assumptions))


def shrunk_effects(study: EventStudyResult, a: int, b: int) -> ShrunkEffects:
    """What each event's effect is worth given all of them, by a random-effects model.

    Parameters
    ----------
    study : EventStudyResult
    a, b : int
        Inclusive session offsets.

    Raises
    ------
    InfeasibleDesign
        If fewer than three events have a CAR.

    Warns
    -----
    ClusteredEvents
        Where the events move together: what they share then stands in the mean and hides from tau.

    Notes
    -----
    ``car_i ~ N(theta_i, se_i^2)`` and ``theta_i ~ N(mean, tau^2)``, tau by Paule and Mandel, the interval of the mean by Hartung and
    Knapp; see :func:`impact.kernels.random_effects.random_effects`. The errors are those from before the event: if it raises the
    variance, tau takes the rise in.
    """
    cars, level = study.car(a, b), study.design.level
    known = int(cars["car"].notna().sum())
    if known < 3:
        raise InfeasibleDesign(
            f"{known} of {len(cars)} events have a CAR over ({a}, {b}); shrinkage needs at least 3: add events or use car()."
        )
    inference = study.inference(a, b)
    if inference.overlapping and inference.variance_inflation > 1.1:
        inflated = prose.decimal(inference.variance_inflation, 1)
        warnings.warn(
            f"{CORRELATED}the variance of their mean is {inflated} times what independent events give; the mean and tau of shrunk_effects take "
            f"them as independent: read inference({a}, {b}) for the mean.",
            ClusteredEvents,
            stacklevel=2,
        )
    pool = random_effects(cars["car"].to_numpy(), cars["se"].to_numpy(), level)
    names = ("mean", "se", "ci_low", "ci_high", "tau", "i_squared", "q", "df")
    row = {"n_events": known} | {name: getattr(pool, name) for name in names} | {"p": pool.p_value}
    row |= {"predicted_low": pool.predicted_low, "predicted_high": pool.predicted_high}
    effects = cars[["car", "se"]].assign(weight=pool.weight, shrunk=pool.shrunk, shrunk_se=pool.shrunk_se)
    notes = (
        "tau by Paule and Mandel, the interval of the mean by Hartung and Knapp; events are taken as independent",
        "errors are those from before the event: tau also holds what the event adds to the variance",
    )
    return ShrunkEffects(pooled=pd.DataFrame([row]), effects=effects, window=(a, b), quantity=study.quantity, assumptions=notes)
