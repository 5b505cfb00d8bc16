"""Which anchor moves the implied probability: one anchor at a time from end to end, the others in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.instants import parse_day
from impact.relief.probability import relief_probability
from impact.relief.schemas import SWINGS
from impact.results import Result, Summary, declared
from impact.tables import display
from impact.tables.prose import decimal, interval
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["AnchorSensitivity", "anchor_sensitivity"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class AnchorSensitivity(Result):
    """Swing of the implied probability on one session, anchor by anchor.

    Attributes
    ----------
    swings : DataFrame
        anchor, from_value, to_value (what the anchor was set to: a price, a share, a slope, or the name of a benchmark), probability_low, probability_high (unclipped), swing;
        the widest first.
    middle : float
        Probability with every anchor in the middle of its range, unclipped.
    session : Timestamp
    """

    schemas = declared(swings=SWINGS, to_frame=SWINGS)

    swings: pd.DataFrame
    middle: float
    session: pd.Timestamp
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an anchor, the widest swing first."""
        return self.swings.copy()

    def summary(self) -> Summary:
        """The swings."""
        first = self.swings.iloc[0]
        title = (
            f"Implied probability on {self.session:%Y-%m-%d}: {decimal(self.middle)} with every anchor in the middle; "
            f"'{first['anchor']}' moves it most, from {interval(first['probability_low'], first['probability_high'], decimal)}"
        )
        return Summary(title=title, tables=(("One anchor at a time", self.with_schema("swings")),), notes=self.assumptions)

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Tornado: one bar an anchor, the widest on top."""
        from impact.plots.relief import plot_tornado

        shown = display(self.with_schema("swings"))
        labels = [f"{row.anchor}\n{row.from_value} to {row.to_value}" for row in named_rows(shown)]
        return plot_tornado(self.swings, labels=labels, middle=self.middle, session=self.session, ax=ax)


def anchor_sensitivity(
    price: pd.Series,
    benchmarks: Mapping[str, pd.Series],
    *,
    clear: tuple[float, float],
    discount: tuple[float, float],
    betas: Mapping[str, tuple[float, float]],
    headline: str,
    session: pd.Timestamp | str,
) -> AnchorSensitivity:
    """Move each anchor of :func:`relief_probability` from end to end and read the probability on one session.

    Parameters
    ----------
    price : Series
        As in :func:`relief_probability`.
    benchmarks : mapping of name to Series
        Candidates for what the clear value moves with; they form one more anchor.
    clear, discount : (low, high)
    betas : mapping of name to (low, high)
        Exposure to each benchmark.
    headline : str
        The benchmark in use while other anchors move.
    session : session of `price`

    Raises
    ------
    InputError
        If the session has no price, or a benchmark lacks its beta.
    """
    day = parse_day(session, parameter="session")
    if headline not in benchmarks or set(betas) != set(benchmarks):
        raise InputError(
            f"betas names {sorted(betas)}, benchmarks {sorted(benchmarks)}, headline {headline!r}; give one beta range a benchmark."
        )
    if day not in price.index or not np.isfinite(price[day]):
        raise InputError(f"session={day:%Y-%m-%d} has no price; choose one of the {int(price.notna().sum())} sessions with a price.")

    def at(name: str, moved: dict[str, float]) -> float:
        anchors = {"clear": float(np.mean(clear)), "discount": float(np.mean(discount)), "beta": float(np.mean(betas[name]))} | moved
        path = relief_probability(price, benchmarks[name], clear=anchors["clear"], discount=anchors["discount"], beta=anchors["beta"]).path
        return float(path.loc[path["session"] == day, "probability_low"].iloc[0])

    rows: list[tuple[str, float | str, float | str, float, float]] = []
    for anchor, ends in (("clear value", clear), ("discount", discount), ("beta", betas[headline])):
        key = anchor.split()[0]
        probabilities = [at(headline, {key: float(end)}) for end in ends]
        rows.append((anchor, float(ends[0]), float(ends[1]), min(probabilities), max(probabilities)))
    by_benchmark = {name: at(name, {}) for name in benchmarks}
    if len(by_benchmark) > 1:
        least, most = min(by_benchmark, key=by_benchmark.__getitem__), max(by_benchmark, key=by_benchmark.__getitem__)
        rows.append(("benchmark", least, most, by_benchmark[least], by_benchmark[most]))
    swings = pd.DataFrame(rows, columns=["anchor", "from_value", "to_value", "probability_low", "probability_high"])
    swings["swing"] = swings["probability_high"] - swings["probability_low"]
    return AnchorSensitivity(
        swings=swings.sort_values("swing", ascending=False, kind="stable", ignore_index=True),
        middle=by_benchmark[headline],
        session=day,
        assumptions=(
            f"One anchor moves, the others stay in the middle of their ranges; benchmark {headline}. Values are not clipped to [0, 1].",
        ),
    )
