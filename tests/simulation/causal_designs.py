"""How often the designs with controls reject when nothing happened: ``python -m tests.simulation.causal_designs [PANELS]``.

It writes CAUSAL_DESIGNS.md beside this file; the seed is fixed, so the table can be made again.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from impact.eventstudy import StaggeredDifference, SyntheticDifference, staggered_did, synthetic_control, synthetic_did

SEED = 20210114
PANELS = 400
RESULTS = Path(__file__).with_name("CAUSAL_DESIGNS.md")

Draw = Callable[[np.random.Generator], float]


def control_p(rng: np.random.Generator) -> float:
    """Permutation p of one line against 20 donors: unlike loadings on three factors, t(5) noise of unlike size."""
    days = pd.bdate_range("2019-01-01", periods=300)
    common = rng.normal(0, 0.008, (300, 3)) @ rng.uniform(0, 1, (3, 21))
    noise = rng.standard_t(5, (300, 21)) * rng.uniform(0.006, 0.02, 21)
    lines = pd.DataFrame(common + noise, days, [f"F{i}" for i in range(21)])
    event = pd.DataFrame({"event_id": ["e"], "security": ["F0"], "date": [days[280]]})
    return float(synthetic_control(lines, event, window=(0, 0)).to_frame()["statistic_p"].iloc[0])


def difference_p(rng: np.random.Generator) -> float:
    """p of the first of 21 units whose outcomes are random walks with common movement, six of 24 periods after."""
    return float(_difference(rng).to_frame()["p"].iloc[0])


def difference_fit_p(rng: np.random.Generator) -> float:
    """Rank of the fit before the treatment, of the same panels."""
    return float(_difference(rng).pre_trend["p_value"].iloc[0])


def _difference(rng: np.random.Generator) -> SyntheticDifference:
    months = pd.date_range("2019-01-31", periods=24, freq="ME")
    walks = rng.normal(0, 1, (24, 21)).cumsum(axis=0) + rng.normal(0, 1, (24, 1)).cumsum(axis=0) * rng.uniform(0.5, 1.5, 21)
    units = pd.DataFrame(walks, months, [f"F{i}" for i in range(21)])
    return synthetic_did(units, "F0", months[18])


def staggered_p(rng: np.random.Generator) -> float:
    """p of the mean over all treated observations: 40 units, half of them from dates of their own on, noise that hangs together."""
    return float(_staggered(rng).effects.loc["all", "p"])


def staggered_leads_p(rng: np.random.Generator) -> float:
    """p of the three leads together, of the same panels."""
    return float(_staggered(rng).pre_trend["p_value"].iloc[0])


def _staggered(rng: np.random.Generator) -> StaggeredDifference:
    months = pd.date_range("2019-01-31", periods=24, freq="ME")
    noise = rng.normal(0, 1, (24, 40))
    for t in range(1, 24):
        noise[t] += 0.4 * noise[t - 1]
    units = pd.DataFrame(noise + rng.normal(0, 1, 40) + rng.normal(0, 1, (24, 1)), months, [f"F{i}" for i in range(40)])
    starts = {f"F{i}": months[int(rng.integers(8, 20))] for i in range(20)}
    return staggered_did(units, starts)


DESIGNS: dict[str, tuple[str, Draw]] = {
    "synthetic_control": ("one line, 20 donors, one day; permutation p", control_p),
    "synthetic_did": ("one unit of 21, 18 periods before and 6 after; placebo standard error", difference_p),
    "synthetic_did, pre_trend": ("the same; fit before among placebos, upper tail", difference_fit_p),
    "staggered_did": ("20 of 40 units at dates of their own; clustered by unit", staggered_p),
    "staggered_did, pre_trend": ("the same; joint F of three leads", staggered_leads_p),
}


def rates(draw: Draw, n_panels: int) -> tuple[int, float, float]:
    """Panels with a p, and the shares of them below 5 % and 10 %."""
    rng = np.random.default_rng(SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a poor fit is said for each panel
        p = np.array([draw(rng) for _ in range(n_panels)])
    p = p[np.isfinite(p)]
    return p.size, float((p <= 0.05).mean()), float((p <= 0.10).mean())


def main(n_panels: int) -> None:
    lines = [
        "# Size of the designs with controls",
        "",
        f"Share of {n_panels} made-up panels without any effect in which each rejects, seed {SEED}; made by "
        "`python -m tests.simulation.causal_designs`.",
        f"The binomial standard error is {100 * np.sqrt(0.05 * 0.95 / n_panels):.1f} points at 5 % and "
        f"{100 * np.sqrt(0.10 * 0.90 / n_panels):.1f} at 10 %.",
        "",
        "| design | panels | panels with a p | rejected at 5 % | at 10 % |",
        "|---|---|---|---|---|",
    ]
    for name, (about, draw) in DESIGNS.items():
        n, five, ten = rates(draw, n_panels)
        lines.append(f"| `{name}` | {about} | {n} | {100 * five:.1f} % | {100 * ten:.1f} % |")
        print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PANELS)
