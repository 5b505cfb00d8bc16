"""How often the variance of an event window is called raised: ``python -m tests.simulation.volatility_events``.

It writes VOLATILITY_EVENTS.md beside this file; the seed is fixed, so the table can be made again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from impact.eventstudy.sample import event_sample
from impact.eventstudy.volatility import variance_tests
from tests.simulation.size_and_power import Design, study

__all__ = ["DESIGNS", "RESULTS", "main", "rates"]

SEED = 20210114
STUDIES = 800
RESULTS = Path(__file__).with_name("VOLATILITY_EVENTS.md")
WINDOWS = ((0, 0), (0, 4))
WORLD = {
    "N=1 normal": Design(name="", n_events=1, length=250),
    "N=1 t4": Design(name="", n_events=1, length=250, errors="t4"),
    "N=1 GARCH": Design(name="", n_events=1, length=250, errors="garch"),
    "N=5 t5, rho .15": Design(name="", n_events=5, length=250, errors="t5", correlation=0.15),
    "N=5 GARCH, rho .15": Design(name="", n_events=5, length=250, errors="garch", correlation=0.15),
    "N=50 t5, rho .15": Design(name="", length=250, errors="t5", correlation=0.15),
    "N=50 t5, 20 dates": Design(name="", length=250, n_dates=20, errors="t5", correlation=0.15),
    "N=50 t5, rho .15, effect -5 %": Design(name="", length=250, errors="t5", correlation=0.15, effect=-0.05),
    "N=1 t4, variance x4": Design(name="", n_events=1, length=250, errors="t4", event_variance=4.0, raised=5),
    "N=5 t5, rho .15, variance x4": Design(name="", n_events=5, length=250, errors="t5", correlation=0.15, event_variance=4.0, raised=5),
    "N=50 t5, rho .15, variance x2": Design(name="", length=250, errors="t5", correlation=0.15, event_variance=2.0, raised=5),
}
DESIGNS = {name: replace(design, name=name, last=WINDOWS[-1][1]) for name, design in WORLD.items()}


def rates(name: str, n_studies: int) -> dict[tuple[tuple[int, int], str], float]:
    """Share of studies in which each test of each window rejects at 5 %; one-sided."""
    rng = np.random.default_rng([SEED, list(DESIGNS).index(name)])
    p: dict[tuple[tuple[int, int], str], list[float]] = {}
    for _ in range(n_studies):
        fit = study(DESIGNS[name], rng)
        for window in WINDOWS:
            for test, outcome in variance_tests(event_sample(fit, *window)).outcomes.items():
                p.setdefault((window, test), []).append(outcome.p_value)
    return {key: float((np.array(values) <= 0.05 + 1e-12).mean()) for key, values in p.items()}


def main(n_studies: int = STUDIES) -> None:
    lines = [
        "# Is the variance raised: size and power",
        "",
        f"Share of {n_studies:,} made-up studies in which the variance of the window is called raised at 5 % (one-sided), seed {SEED}; made by",
        "`python -m tests.simulation.volatility_events`. `runs` ranks the window among runs of quiet days and leads; `patell` takes a normal law.",
        f"The binomial standard error is {100 * np.sqrt(0.05 * 0.95 / n_studies):.1f} at 5 %. 250 estimation days; rows with a factor raise the",
        "variance of every day of the window, and -5 % is an effect of day 0 common to all events.",
        "",
        "| design | " + " | ".join(f"{window} runs | {window} patell" for window in WINDOWS) + " |",
        "|---|" + "---:|" * 2 * len(WINDOWS),
    ]
    for name in DESIGNS:
        share = rates(name, n_studies)
        cells = [f"{100 * share[window, test]:.1f}" for window in WINDOWS for test in ("quiet_runs", "patell")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
