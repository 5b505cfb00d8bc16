"""How often a slope with errors clustered two ways is called significant when there is none: ``python -m tests.simulation.two_way_clusters``.

It writes TWO_WAY_CLUSTERS.md beside this file; the seed is fixed, so the table can be made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.special import stdtr

from impact.kernels.clustered import ClusteredFit, clustered_least_squares, two_way_clustered

__all__ = ["DESIGNS", "RESULTS", "main"]

SEED = 20210114
SAMPLES = 4000
RESULTS = Path(__file__).with_name("TWO_WAY_CLUSTERS.md")
DESIGNS = ((6, 6, 60), (12, 12, 60), (12, 40, 120), (20, 20, 60), (20, 20, 200), (40, 40, 200), (80, 80, 200))
"""Firms, dates and events; each event's firm and date are drawn."""
SHARED = 0.5
"""Standard deviation of what the CARs of one firm, and those of one date, have in common, over that of the rest."""


def samples(firms: int, dates: int, n: int, n_samples: int) -> Iterator[tuple[np.ndarray, ...]]:
    """CARs, a constant with a characteristic that firms and dates share in part, firm and date of each event."""
    rng = np.random.default_rng([SEED, firms, dates, n])
    for _ in range(n_samples):
        firm, date = rng.integers(0, firms, n), rng.integers(0, dates, n)
        slope = rng.normal(size=firms)[firm] + rng.normal(size=dates)[date] + rng.normal(size=n)
        car = SHARED * (rng.normal(size=firms)[firm] + rng.normal(size=dates)[date]) + rng.normal(size=n)
        yield car, np.column_stack((np.ones(n), slope)), firm, date


def p_of_slope(fit: ClusteredFit) -> float:
    """Two-sided Student p; NaN where there is no variance."""
    return float(2 * stdtr(fit.df, -abs(fit.coefficients[1] / np.sqrt(fit.covariance[1, 1]))))


def rates(firms: int, dates: int, n: int, n_samples: int) -> tuple[float, float, float]:
    """Shares rejected at 5 % with both ways and by date alone, and of samples without a two-way variance."""
    p = np.array(
        [
            (p_of_slope(two_way_clustered(car, x, firm, date)), p_of_slope(clustered_least_squares(car, x, date)))
            for car, x, firm, date in samples(firms, dates, n, n_samples)
        ]
    )
    known = np.isfinite(p[:, 0])
    return float((p[known, 0] <= 0.05).mean()), float((p[:, 1] <= 0.05).mean()), float(1 - known.mean())


def main(n_samples: int = SAMPLES) -> None:
    lines = [
        "# Size of errors clustered two ways",
        "",
        f"Share of {n_samples:,} made-up samples in which a slope that is zero is called significant at 5 %, seed {SEED}; made by",
        "`python -m tests.simulation.two_way_clusters`. CARs share a part within a firm and a part within a date, and so does the characteristic.",
        f"The binomial standard error is {100 * np.sqrt(0.05 * 0.95 / n_samples):.1f} points. Fewer than six clusters of a kind are refused by",
        "`car_regression`, and below forty it warns.",
        "",
        "| firms | dates | events | both ways | by date alone | no two-way variance |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for firms, dates, n in DESIGNS:
        both, one, none = rates(firms, dates, n, n_samples)
        lines.append(f"| {firms} | {dates} | {n} | {100 * both:.1f} % | {100 * one:.1f} % | {100 * none:.1f} % |")
        print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
