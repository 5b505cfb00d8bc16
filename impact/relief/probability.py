"""Probability of relief implied by the price, as a band: the anchors move with the market and are known as ranges."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.scale import check_benchmark
from impact.kernels.relief import implied_probability, probability_from_jump
from impact.provenance import Source
from impact.relief.schemas import PROBABILITY_PATH, RULING_DAYS
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal, interval, percent, significant
from impact.typing_ import FloatArray

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ReliefProbability", "relief_probability"]

FEWEST_MOVES = 3
"""Returns of the benchmark from which percent are told: no index moves by more than a tenth on most of three sessions."""
BETA_STEPS = 9
"""Points of the grid over a range of beta. The clear value is concave in beta in logs, so a largest value may lie inside."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ReliefProbability(Result):
    """The band of risk-neutral probabilities of relief that a price path is compatible with.

    Attributes
    ----------
    path : DataFrame
        session, price, clear_low, clear_high, probability_low, probability_high (unclipped), band (``inside``, ``partly
        outside``, ``outside`` [0, 1], or ``no price``), inside_probability_low, inside_probability_high: the part of the band
        within [0, 1], which the anchors that the price does not contradict allow; NaN where there is none.
    ruling_check : DataFrame
        ruling_on, the benchmark-adjusted jump as a range, the probability that the eve's market must have held if the
        jump is relief alone, the anchors' band on the eve, and whether the two overlap (`agree`).
    discount : (low, high)
        Range of h in use.
    """

    schemas = declared(path=PROBABILITY_PATH, ruling_check=RULING_DAYS, to_frame=PROBABILITY_PATH)

    path: pd.DataFrame
    ruling_check: pd.DataFrame
    discount: tuple[float, float]
    assumptions: tuple[str, ...]
    sources: tuple[Source, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The band by session."""
        return self.path.copy()

    def summary(self) -> Summary:
        """First and last band, and the check on the ruling day."""
        last = self.path.iloc[-1]
        n_outside = int((self.path["band"] == "outside").sum())
        title = (
            f"Implied probability of relief on {last['session']:%Y-%m-%d}: {interval(last['probability_low'], last['probability_high'], decimal)}, unclipped "
            f"({n_outside} of {len(self.path)} sessions wholly outside [0, 1])"
        )
        return Summary(
            title=title,
            tables=(("Ruling days", self.with_schema("ruling_check")), ("Band", self.with_schema("path"))),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, limits: tuple[float, float] = (-1.0, 2.0)) -> Axes:
        """The band by session, with [0, 1] marked and nothing clipped."""
        from impact.plots.relief import plot_probability

        return plot_probability(self.path, self.ruling_check, ax=ax, limits=limits)


def _range(value: float | tuple[float, float], name: str, *, above: float, below: float = np.inf) -> tuple[float, float]:
    low, high = np.broadcast_to(np.asarray(value, dtype=float), 2).tolist()
    if not above < low <= high < below:
        raise InputError(
            f"{name}={value!r} must satisfy {significant(above, 6)} < low <= high < {significant(below, 6)}; give a number or a (low, high) range."
        )
    return low, high


def relief_probability(
    price: pd.Series,
    benchmark_returns: pd.Series,
    *,
    clear: float | tuple[float, float],
    discount: float | tuple[float, float],
    beta: float | tuple[float, float],
    rulings: tuple[str, ...] = (),
    sources: tuple[Source, ...] = (),
) -> ReliefProbability:
    """Band of the probability of relief by session.

    Parameters
    ----------
    price : Series
        Prices by session, in one currency, from the first session after the designation on; NaN on days without trade.
    benchmark_returns : Series
        Simple returns of what the clear value moves with, on the same sessions; NaN is refused.
    clear : float or (low, high)
        Value without the listing on the eve of the first session, currency a share.
    discount : float or (low, high)
        h: banned value = (1 - h) * clear value, in (0, 1).
    beta : float or (low, high)
        Exposure of the clear value to the benchmark.
    rulings : tuple of ISO dates
        Reaction sessions of rulings that granted relief: their jump over-identifies the probability of the eve.

    Returns
    -------
    ReliefProbability
        Unclipped; a session whose whole band lies outside [0, 1] is flagged ``outside``, part of it ``partly``.

    Raises
    ------
    InputError
        If a range breaks its rule, the indexes differ, a price is not positive, the returns are in percent, or a ruling is not a
        session with a price.

    Notes
    -----
    ``P_t = q P_clear,t + (1 - q) (1 - h) P_clear,t`` with ``P_clear,t = P_clear,0 prod(1 + beta r_t)``, so
    ``q = 1 - (1 - P_t / P_clear,t) / h``. For each beta it is monotone in the clear value and, at each clear value, in
    h, so its extremes lie at their ends; beta is swept on a grid. It is a risk-neutral number: risk premia, other news
    and the change of other firms' fortunes are all in it.
    """
    clear_low, clear_high = _range(clear, "clear", above=0.0)
    h_low, h_high = _range(discount, "discount", above=0.0, below=1.0)
    beta_low, beta_high = _range(beta, "beta", above=-np.inf)
    if not price.index.equals(benchmark_returns.index):
        raise InputError(f"price has {len(price)} sessions and benchmark_returns {len(benchmark_returns)}; give both on the same sessions.")
    if benchmark_returns.isna().any() or not np.isfinite(benchmark_returns).all():
        raise InputError(
            f"benchmark_returns has {int(benchmark_returns.isna().sum())} missing values; a clear value cannot be "
            "rolled over them: give every session."
        )
    check_benchmark(benchmark_returns, "benchmark_returns", "simple", fewest=FEWEST_MOVES)
    if not (price.dropna() > 0).all() or price.empty:
        raise InputError("price must hold positive numbers (NaN on days without trade) on at least one session.")
    betas = np.unique(np.linspace(beta_low, beta_high, BETA_STEPS))
    steps = 1.0 + betas[:, None] * benchmark_returns.to_numpy(dtype=float)[None, :]
    if (steps <= 0).any():
        at = int(np.flatnonzero((steps <= 0).any(axis=0))[0])
        raise InputError(
            f"beta={beta!r} times the benchmark's {percent(float(benchmark_returns.iloc[at]), 2)} of row {at + 1} leaves no clear value; "
            "benchmark_returns are decimals: divide percent by 100."
        )
    growth = np.cumprod(steps, axis=1)
    band = _band(price.to_numpy(dtype=float), growth, (clear_low, clear_high), (h_low, h_high))
    path = pd.DataFrame(
        {
            "session": price.index,
            "price": price.to_numpy(dtype=float),
            "clear_low": clear_low * growth.min(axis=0),
            "clear_high": clear_high * growth.max(axis=0),
            "probability_low": band[0],
            "probability_high": band[1],
        }
    )
    path["band"] = _place(band)
    crosses = path["band"].isin(["inside", "partly outside"])
    path["inside_probability_low"] = np.where(crosses, np.maximum(band[0], 0.0), np.nan)
    path["inside_probability_high"] = np.where(crosses, np.minimum(band[1], 1.0), np.nan)
    return ReliefProbability(
        path=path,
        ruling_check=_ruling_checks(path, benchmark_returns, rulings, (h_low, h_high), (beta_low, beta_high)),
        discount=(h_low, h_high),
        sources=sources,
        assumptions=(
            f"Clear value {interval(clear_low, clear_high, significant, 6)} on the eve, moving with the benchmark at beta {interval(beta_low, beta_high, significant, 6)}.",
            f"Banned value {interval(1 - h_high, 1 - h_low, percent, 0)} of the clear value.",
            "Risk-neutral and identified only between the anchors; values outside [0, 1] are shown and say that an anchor is wrong.",
        ),
    )


def _band(price: FloatArray, growth: FloatArray, clear: tuple[float, float], discount: tuple[float, float]) -> FloatArray:
    """(2, T): smallest and largest unclipped probability over the corners of the ranges and the grid of beta."""
    corners = [
        implied_probability(price[None, :], start * growth, (1.0 - h) * start * growth).unclipped
        for start, h in itertools.product(clear, discount)
    ]
    stacked = np.concatenate(corners)
    return np.stack([stacked.min(axis=0), stacked.max(axis=0)])


def _place(band: FloatArray) -> np.ndarray:
    low, high = band
    wholly = (high < 0) | (low > 1)
    partly = ((low < 0) | (high > 1)) & ~wholly
    return np.select([np.isnan(low), wholly, partly], ["no price", "outside", "partly outside"], default="inside")


def _ruling_checks(
    path: pd.DataFrame, benchmark: pd.Series, rulings: tuple[str, ...], discount: tuple[float, float], beta: tuple[float, float]
) -> pd.DataFrame:
    rows = []
    for ruling in rulings:
        day = pd.Timestamp(ruling)
        where = np.flatnonzero(path["session"].to_numpy() == day.to_datetime64())
        if where.size == 0 or where[0] == 0 or path["price"].iloc[[where[0] - 1, where[0]]].isna().any():
            raise InputError(
                f"rulings: {ruling!r} and the session before it need a price; choose a reaction session inside the price path."
            )
        t = int(where[0])
        move = path["price"].iloc[t] / path["price"].iloc[t - 1]
        jumps = [move / (1.0 + b * benchmark.iloc[t]) - 1.0 for b in beta]
        implied = [float(probability_from_jump(jump, h)) for jump in jumps for h in discount]
        eve = path.iloc[t - 1]
        low, high = min(implied), max(implied)
        agree = bool(low <= eve["probability_high"] + 1e-9 and eve["probability_low"] <= high + 1e-9)  # rounding of equal numbers
        rows.append((day, min(jumps), max(jumps), low, high, eve["probability_low"], eve["probability_high"], agree))
    columns = [
        "ruling_on",
        "jump_return_low",
        "jump_return_high",
        "jump_probability_low",
        "jump_probability_high",
        "eve_probability_low",
        "eve_probability_high",
        "agree",
    ]
    return pd.DataFrame(rows, columns=columns)
