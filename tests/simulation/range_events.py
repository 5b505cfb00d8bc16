"""How often the range of a day is called abnormal: ``python -m tests.simulation.range_events``.

It writes RANGE_EVENTS.md beside this file; the seed is fixed, so the table can be made again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from impact.eventstudy.benchmarks import PAST
from impact.eventstudy.headline import choose_headline
from impact.eventstudy.inference import outcomes
from impact.eventstudy.layout import clustering
from impact.eventstudy.sample import event_sample, residual_dependence
from impact.kernels.ols import fit_events
from impact.kernels.persistence import past_mean
from impact.kernels.price_range import log_range_volatility
from impact.kernels.records import FittedEvents, Regression
from impact.typing_ import Window

__all__ = ["DESIGNS", "RESULTS", "World", "main", "n_studies_of", "rates", "study"]

SEED = 20210114
STUDIES, STUDIES_ONE = 1000, 4000
"""Of several events, and of one, which are quicker."""
RESULTS = Path(__file__).with_name("RANGE_EVENTS.md")
WINDOWS = ((0, 0), (0, 4))
LENGTH, STEPS, POOL = 250, 78, 100_000
BURN = 300


@dataclass(frozen=True, kw_only=True)
class World:
    """Log volatility follows a first-order autoregression, `common` of its variance shared by all lines.

    Attributes
    ----------
    n_events, n_dates : int
    persistence, spread : float
        Of the log volatility of a day: autocorrelation and standard deviation; 0: constant.
    common : float
    factor : float
        On the volatility of day 0.
    market : bool
        The normal range also follows that of a line that has the common part alone.
    """

    n_events: int = 1
    n_dates: int = 1
    persistence: float = 0.0
    spread: float = 0.0
    common: float = 0.5
    factor: float = 1.0
    market: bool = False


HALF = {"persistence": 0.9, "spread": 0.35}
SLOW = {"persistence": 0.98, "spread": 0.35}
DESIGNS = {
    "N=1 constant": World(),
    "N=1 persistent .9": World(**HALF),
    "N=1 persistent .98": World(**SLOW),
    "N=9 persistent .9": World(n_events=9, **HALF),
    "N=9 persistent .98": World(n_events=9, **SLOW),
    "N=30 persistent .9": World(n_events=30, **HALF),
    "N=30 persistent .98": World(n_events=30, **SLOW),
    "N=30 persistent .9, market given": World(n_events=30, market=True, **HALF),
    "N=30 persistent .98, market given": World(n_events=30, market=True, **SLOW),
    "N=30 persistent .98, 400 dates": World(n_events=30, n_dates=400, **SLOW),
    "N=1 persistent .9, volatility x2": World(factor=2.0, **HALF),
    "N=9 persistent .9, volatility x1.5": World(n_events=9, factor=1.5, **HALF),
    "N=30 persistent .9, market given, volatility x1.25": World(n_events=30, factor=1.25, market=True, **HALF),
}


def _pool() -> np.ndarray:
    """Log ranges of days of unit volatility, each seen at `STEPS` prices."""
    rng = np.random.default_rng(SEED)
    parts = []
    for _ in range(10):
        path = np.cumsum(rng.standard_normal((POOL // 10, STEPS)) / np.sqrt(STEPS), axis=1)
        parts.append(log_range_volatility(np.exp(np.maximum(path.max(axis=1), 0.0)), np.exp(np.minimum(path.min(axis=1), 0.0))))
    return np.concatenate(parts)


UNIT_DAYS = _pool()


def _log_volatility(world: World, sessions: int, n: int, rng: np.random.Generator) -> np.ndarray:
    shocks = rng.standard_normal((sessions + BURN, n)) * np.sqrt(1.0 - world.persistence**2)
    level = np.empty_like(shocks)
    level[0] = shocks[0]
    for t in range(1, len(shocks)):
        level[t] = world.persistence * level[t - 1] + shocks[t]
    return level[BURN:]


def study(world: World, window: Window, rng: np.random.Generator) -> FittedEvents:
    """One made-up study, fitted by the library's own engine on the past of each line."""
    days = window[1] - window[0] + 1
    n, first = world.n_events, LENGTH + 10 + PAST[-1] + days
    sessions = first + world.n_dates + days
    day0 = first + (np.sort(rng.choice(world.n_dates, n, replace=False)) if world.n_dates > 1 else np.zeros(n, dtype=int))
    shared, own = _log_volatility(world, sessions, 1, rng), _log_volatility(world, sessions, n, rng)
    common = world.spread * np.sqrt(world.common) * shared
    logs = common + world.spread * np.sqrt(1.0 - world.common) * own + rng.choice(UNIT_DAYS, (sessions, n))
    logs[day0, np.arange(n)] += np.log(world.factor)
    columns = [past_mean(logs, span, days) for span in PAST]
    if world.market:
        columns.append(np.broadcast_to(common + rng.choice(UNIT_DAYS, (sessions, 1)), logs.shape))
    regression = Regression(returns=logs, regressors=np.stack(columns, axis=-1))
    return fit_events(regression, day0, np.arange(n), (-LENGTH - 10, -11), window).events


def rates(name: str, n_studies: int) -> dict[tuple[int, int], tuple[float, float, str]]:
    """By window: share of studies in which the leading test rejects at 5 %, share without one, and which leads most often."""
    rng = np.random.default_rng([SEED, list(DESIGNS).index(name)])
    p: dict[tuple[int, int], list[float]] = {window: [] for window in WINDOWS}
    leads: dict[tuple[int, int], Counter[str]] = {window: Counter() for window in WINDOWS}
    for _ in range(n_studies):
        for window in WINDOWS:
            sample = event_sample(study(DESIGNS[name], window, rng), *window)
            layout = clustering(sample, residual_dependence(sample))
            every = {}

            def outcome(test, sample=sample, layout=layout, every=every):
                if test not in every:
                    every[test] = outcomes(sample, layout, [test])[test]
                return every[test]

            test = choose_headline(layout, outcome)[0]
            leads[window][test or "none"] += 1
            p[window].append(outcome(test).p_value if test else np.nan)
    told = {}
    for window in WINDOWS:
        values = np.array(p[window])
        known = values[np.isfinite(values)]
        share = float((known <= 0.05 + 1e-12).mean()) if known.size else np.nan
        told[window] = (share, 1.0 - known.size / values.size, leads[window].most_common(1)[0][0])
    return told


def n_studies_of(name: str) -> int:
    """Made-up studies of a design."""
    return STUDIES_ONE if DESIGNS[name].n_events == 1 else STUDIES


def main() -> None:
    lines = [
        "# Is the range of the day abnormal: size and power",
        "",
        f"Share of {STUDIES:,} made-up studies (one event: {STUDIES_ONE:,}) in which the leading test of `abnormal_range` rejects at 5 % (two-sided), in",
        f"percent, seed {SEED}; made by `python -m tests.simulation.range_events`. The binomial standard error is {100 * np.sqrt(0.05 * 0.95 / STUDIES):.1f} at 5 %",
        f"(one event: {100 * np.sqrt(0.05 * 0.95 / STUDIES_ONE):.1f}). {LENGTH} estimation days, days seen at {STEPS} prices. The log volatility of a line is a first-order autoregression with a standard deviation of 0.35 (constant: 0), half of",
        "its variance common to all lines; one common date but where said. A factor raises the volatility of day 0 alone. A dash: some test",
        "always led; else the share of studies in which none did.",
        "",
        "| design | " + " | ".join(f"{window} | leads | none" for window in WINDOWS) + " |",
        "|---|" + "---:|---|---:|" * len(WINDOWS),
    ]
    for name in DESIGNS:
        told = rates(name, n_studies_of(name))
        cells = [f"{100 * share:.1f} | `{test}` | {f'{100 * none:.1f}' if none else '–'}" for share, none, test in told.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
