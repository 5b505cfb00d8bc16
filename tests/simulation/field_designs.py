"""Designs in which no usual test holds: few common days, a shock common to all lines: ``python -m tests.simulation.field_designs``.

It writes FIELD_DESIGNS.md beside this file; the seed is fixed, so the table can be made again.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from impact.eventstudy.headline import choose_headline
from impact.eventstudy.inference import outcomes
from impact.eventstudy.layout import clustering
from impact.eventstudy.sample import event_sample, residual_dependence
from tests.simulation.size_and_power import WINDOWS, Design, study

__all__ = ["DESIGNS", "RESULTS", "STUDIES", "main", "rates"]

SEED = 20210114
STUDIES = 1000
RESULTS = Path(__file__).with_name("FIELD_DESIGNS.md")
DESIGNS = {
    "N=10 rho .30, halves apart": Design(name="", n_events=10, length=250, correlation=0.30, halves=True),
    "N=10 rho .30, halves apart, variance x2": Design(name="", n_events=10, length=250, correlation=0.30, halves=True, event_variance=2.0),
    "N=9 rho .15, only the common shock x4": Design(name="", n_events=9, length=250, correlation=0.15, shock=4.0),
    "N=20 rho .15, only the common shock x4": Design(name="", n_events=20, length=250, correlation=0.15, shock=4.0),
}


def rates(name: str, n_studies: int) -> dict[str, tuple[float, float, str]]:
    """By window: share of studies in which the leading test rejects at 5 %, share without one, and which leads most often."""
    rng = np.random.default_rng([SEED, list(DESIGNS).index(name)])
    p: dict[str, list[float]] = {f"{window}": [] for window in WINDOWS}
    leads: dict[str, Counter[str]] = {f"{window}": Counter() for window in WINDOWS}
    for _ in range(n_studies):
        fit = study(DESIGNS[name], rng)
        for window in WINDOWS:
            sample = event_sample(fit, *window)
            layout = clustering(sample, residual_dependence(sample))
            test = choose_headline(layout, lambda test, sample=sample, layout=layout: outcomes(sample, layout, [test])[test])[0]
            leads[f"{window}"][test or "none"] += 1
            p[f"{window}"].append(outcomes(sample, layout, [test])[test].p_value if test else np.nan)
    told = {}
    for window, values in p.items():
        known = np.array(values)[np.isfinite(values)]
        share = float((known <= 0.05 + 1e-12).mean()) if known.size else np.nan
        told[window] = (share, 1.0 - known.size / len(values), leads[window].most_common(1)[0][0])
    return told


def main(n_studies: int = STUDIES) -> None:
    lines = [
        "# Designs from the field: size",
        "",
        f"Share of {n_studies:,} made-up studies without an effect in which the leading test rejects at 5 % (two-sided), in percent, seed {SEED}; made by",
        f"`python -m tests.simulation.field_designs`. The binomial standard error is {100 * np.sqrt(0.05 * 0.95 / n_studies):.1f} at 5 %. 250 estimation rows, one date.",
        "`halves apart`: lines trade in the first or the second half of the estimation rows, in turn, so half of the pairs share no day.",
        "`only the common shock x4`: what the lines share has four times its variance on the event days, for another reason than the event. One date",
        "holds nothing by which it is told from the event: no test holds, and every summary of events on one date says so.",
        "",
        "| design | (0, 0) | leads | none | (0, 4) | leads | none |",
        "|---|---:|---|---:|---:|---|---:|",
    ]
    for name in DESIGNS:
        cells = [
            f"{f'{100 * share:.1f}' if none < 1.0 else '–'} | `{test}` | {f'{100 * none:.1f}' if none else '–'}"
            for share, none, test in rates(name, n_studies).values()
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
