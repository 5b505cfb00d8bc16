"""Draw the figure gallery anew from the bundled tables: ``python docs/gallery.py``.

Every figure is what a result's own ``.plot()`` draws; the files are small enough to be read in a repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd

import impact
from impact.plots.case import plot_benchmarks, plot_volume
from impact.plots.pricing import plot_frontier, plot_laws
from impact.pricing import execution_frontier
from impact.relief import relief_probability

__all__ = ["figures"]

FOLDER = Path(__file__).with_name("images")
DOTS_AN_INCH = 76
DRAWS = 4000


def event_figures() -> Iterator[tuple[str, plt.Axes]]:
    """What happened to Xiaomi and to the batch."""
    case = impact.case("xiaomi")
    study = case.event_study()
    yield "xiaomi", study.plot()
    yield "timeline", case.timeline().plot()
    yield "benchmarks", plot_benchmarks(study.benchmarks)
    yield "volume", plot_volume(study.volume, study.events)
    yield "chained", study.chained.plot()
    events = pd.DataFrame(
        {
            "event_id": ["SMIC", "China Mobile", "China Unicom", "Xiaomi"],
            "security": ["0981.HK", "0941.HK", "0762.HK", "1810.HK"],
            "date": ["2020-12-04", "2020-11-13", "2020-11-13", "2021-01-15"],
        }
    )
    returns = impact.load_panel("bundled").returns("simple")
    yield "batch", impact.event_study(returns, events, market="HSI", estimation=(-210, -11), window=(-5, 5)).plot()


def supply_figures() -> Iterator[tuple[str, plt.Axes]]:
    """What the listing should have done, and what it costs to be one of the sellers."""
    case = impact.case("xiaomi")
    pricing = case.pricing(position_shares=2_000_000, n_draws=DRAWS)
    yield "supply_ladder", case.supply().plot()
    yield "provider_lanes", case.supply().index_flow.plot()
    yield "laws", plot_laws(pricing.effect.to_frame(), realised=case.event_study().row_of("E0")["ar"])
    yield "effect_band", pricing.effect.plot()
    yield "predicted_realised", pricing.comparison.plot()
    yield "cost_by_horizon", pricing.cost.plot()
    yield "frontier", plot_frontier(execution_frontier(2_000_000, case.supply(), pricing.effect, horizon_sessions=10))


def relief_figures() -> Iterator[tuple[str, plt.Axes]]:
    """What the price says about relief, and whether to wait for it."""
    closes = impact.load_panel("bundled").close[["1810.HK", "HSI"]].dropna()
    window = slice("2021-01-15", "2021-05-26")
    band = relief_probability(
        closes["1810.HK"].loc[window], closes["HSI"].pct_change(fill_method=None).loc[window],
        clear=(30.0, 34.0), discount=(0.2, 0.5), beta=(1.0, 1.5), rulings=("2021-03-15",),
    )  # fmt: skip
    yield "relief_band", band.plot()


def figures() -> Iterator[tuple[str, plt.Axes]]:
    """Name and Axes of every figure of the gallery."""
    yield from event_figures()
    yield from supply_figures()
    yield from relief_figures()


def main() -> None:
    """Write every figure as PNG."""
    FOLDER.mkdir(exist_ok=True)
    for name, axes in figures():
        axes.figure.savefig(FOLDER / f"{name}.png", dpi=DOTS_AN_INCH, bbox_inches="tight", metadata={"Software": None})
        plt.close(axes.figure)


if __name__ == "__main__":
    main()
