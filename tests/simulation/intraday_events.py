"""How often an intraday effect is called one: ``python -m tests.simulation.intraday_events``.

It writes INTRADAY_EVENTS.md beside this file; the seed is fixed, so the table can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from impact.kernels.exchangeable import effect_among_days

__all__ = ["DESIGNS", "RESULTS", "main", "rejections"]

SEED = 20210114
STUDIES = 4000
COMPARED = 60
RESULTS = Path(__file__).with_name("INTRADAY_EVENTS.md")


@dataclass(frozen=True, kw_only=True)
class Design:
    """A made-up world: N lines on one date, their law from day to day, what they have in common beside the benchmark, and the effect."""

    n_events: int
    errors: str = "normal"
    common: float = 0.0
    effect: float = 0.0


DESIGNS = {
    "N=1 normal": Design(n_events=1),
    "N=1 t3": Design(n_events=1, errors="t3"),
    "N=1 GARCH": Design(n_events=1, errors="garch"),
    "N=5 t3, common .5": Design(n_events=5, errors="t3", common=0.5),
    "N=5 GARCH, common .5": Design(n_events=5, errors="garch", common=0.5),
    "N=20 t3, common .5": Design(n_events=20, errors="t3", common=0.5),
    "N=1 normal, effect 3 deviations": Design(n_events=1, effect=3.0),
    "N=1 t3, effect 3 deviations": Design(n_events=1, errors="t3", effect=3.0),
    "N=5 t3, common .5, effect 2 deviations": Design(n_events=5, errors="t3", common=0.5, effect=2.0),
}


def _errors(law: str, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(N, M + 1) errors of unit variance, the event day first and the days before it after, latest first."""
    if law == "normal":
        return rng.normal(size=shape)
    if law == "t3":
        return rng.standard_t(3, shape) / np.sqrt(3.0)
    burn, (n, days) = 100, shape
    shocks = rng.normal(size=(n, burn + days))
    variance, path = np.ones(n), np.empty_like(shocks)
    for day in range(burn + days):
        path[:, day] = np.sqrt(variance) * shocks[:, day]
        variance = 0.05 + 0.10 * path[:, day] ** 2 + 0.85 * variance
    return path[:, burn:][:, ::-1]


def rejections(name: str, n_studies: int) -> float:
    """Share of studies that reject no effect at 5 %."""
    design, rng = DESIGNS[name], np.random.default_rng([SEED, list(DESIGNS).index(name)])
    shape = (design.n_events, COMPARED + 1)
    rejected = 0
    for _ in range(n_studies):
        own = np.sqrt(1.0 - design.common) * _errors(design.errors, shape, rng)
        shared = np.sqrt(design.common) * _errors(design.errors, (1, COMPARED + 1), rng)
        market = rng.normal(size=(1, COMPARED + 1)) * np.ones((design.n_events, 1))
        returns = own + shared + market
        returns[:, 0] += design.effect
        ranked = effect_among_days(returns, np.stack([np.ones_like(returns), market], axis=2))
        rejected += ranked.p_value <= 0.05
    return rejected / n_studies


def main(n_studies: int = STUDIES) -> None:
    exact = np.floor(0.05 * (COMPARED + 1)) / (COMPARED + 1)
    lines = [
        "# Intraday effects: size and power",
        "",
        f"Share of {n_studies:,} made-up studies of one date that reject no effect at 5 %, seed {SEED}; made by",
        f"`python -m tests.simulation.intraday_events`. {COMPARED} days to compare with, so a true null is rejected in {100 * exact:.1f} % where days are",
        f"exchangeable; the binomial standard error is {100 * np.sqrt(0.05 * 0.95 / n_studies):.1f}. `common` is the share of variance that the lines",
        "have in common beside the benchmark; GARCH(1,1) with .10 and .85 from day to day.",
        "",
        "| design | rejected, % |",
        "|---|---:|",
    ]
    for name in DESIGNS:
        lines.append(f"| {name} | {100 * rejections(name, n_studies):.1f} |")
        print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
