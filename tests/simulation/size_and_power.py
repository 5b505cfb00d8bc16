"""How often every test rejects: when nothing happened (size) and when something did (power).

Run ``python -m tests.simulation.size_and_power`` from the root of the checkout; it writes SIZE_AND_POWER.csv and
SIZE_AND_POWER.md beside this file. The seed is fixed, so the tables can be made again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from impact.eventstudy.evidence import Draws
from impact.eventstudy.headline import choose_headline
from impact.eventstudy.hypotheses import TESTS
from impact.eventstudy.inference import outcomes
from impact.eventstudy.layout import clustering
from impact.eventstudy.sample import event_sample, gather_evidence, one_series, residual_dependence
from impact.kernels import single_event
from impact.kernels.ols import fit_events
from impact.kernels.outcome import inapplicable
from impact.kernels.records import FittedEvents, Regression
from impact.typing_ import Window

__all__ = ["MANY", "ONE", "Design", "rejections_of_many", "rejections_of_one", "study"]

HEADLINE = "(headline)"
"""Row of the test that leads, study by study."""
SEED = 20210114
REPLICATIONS = 1600
REPLICATIONS_FEW = 8000
"""For designs of 9 events, which are quicker and whose sizes lie further from 5 %."""
REPLICATIONS_ONE = 5000
WINDOWS = ((0, 0), (0, 4))
HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Design:
    """One way the world may be.

    Attributes
    ----------
    name : str
    n_events, n_dates, length : int
        Events, sessions they are spread over (1: one common date), estimation rows.
    errors : {"normal", "t4", "t5", "garch", "skewed", "ar"}
        "ar": each day keeps 0.2 of the day before.
    correlation : float
        Of the abnormal returns of two firms on one day.
    event_variance : float
        Factor on the variance of the event days.
    effect : float, decimal return
        True abnormal return on day 0.
    stale : float
        Share of the days on which a firm does not follow the news of the day, which it catches up on its next one.
    last : int
        Last offset of the event window.
    raised : int
        Sessions from day 0 whose variance the event raises.
    stated : bool
        The true standard deviation of day 0 is stated beforehand.
    halves : bool
        Lines trade in the first or in the second half of the estimation rows, in turn: no day is common to neighbours.
    shock : float
        Factor on the variance of what the lines share on the event days, for another reason than the event.
    tails : {1, 2}
        One tail is that of the sign of `effect` (the lower one when it is 0).
    """

    name: str
    n_events: int = 50
    n_dates: int = 1
    length: int = 239
    errors: str = "normal"
    correlation: float = 0.0
    event_variance: float = 1.0
    effect: float = 0.0
    tails: int = 2
    stale: float = 0.0
    last: int = 4
    raised: int = 5
    stated: bool = False
    halves: bool = False
    shock: float = 1.0

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows that are tested."""
        return WINDOWS if self.last == WINDOWS[-1][1] else ((0, self.last),)


MANY = (
    Design(name="iid normal"),
    Design(name="t5", errors="t5"),
    Design(name="rho .02", correlation=0.02),
    Design(name="rho .05", correlation=0.05),
    Design(name="rho .10", correlation=0.10),
    Design(name="variance x2", event_variance=2.0),
    Design(name="rho .05, variance x2", correlation=0.05, event_variance=2.0),
    Design(name="N=9 rho .15 t5", n_events=9, length=250, errors="t5", correlation=0.15),
    Design(name="N=9 rho .15 t5, variance x3", n_events=9, length=250, errors="t5", correlation=0.15, event_variance=3.0),
    Design(name="60 dates apart, variance x2", n_dates=600, event_variance=2.0),
    Design(name="20 sessions, rho .15, overlapping", n_events=60, n_dates=20, correlation=0.15),
    Design(name="power 0.5 %", errors="t4", effect=0.005, tails=1),
    Design(name="power 1 %", errors="t4", effect=0.01, tails=1),
    Design(name="power 2 %", errors="t4", effect=0.02, tails=1),
    Design(name="power -2 %, N=9 rho .15 t5", n_events=9, length=250, errors="t5", correlation=0.15, effect=-0.02),
)

ONE = (
    Design(name="N=1 normal", n_events=1, length=250, tails=1),
    Design(name="N=1 t4", n_events=1, length=250, errors="t4", tails=1),
    Design(name="N=1 GARCH", n_events=1, length=250, errors="garch", tails=1),
    Design(name="N=1 t4, effect -5 %", n_events=1, length=250, errors="t4", effect=-0.05, tails=1),
    Design(name="N=1 t4, effect -10 %", n_events=1, length=250, errors="t4", effect=-0.10, tails=1),
)

FEW = (
    Design(name="N=3 rho .15, variance x2", n_events=3, length=250, correlation=0.15, event_variance=2.0),
    Design(name="N=4 rho .15, variance x3", n_events=4, length=250, correlation=0.15, event_variance=3.0),
    Design(name="N=4 apart, variance x2", n_events=4, n_dates=400, length=250, event_variance=2.0),
    Design(name="N=9 skewed", n_events=9, n_dates=400, length=250, errors="skewed"),
    Design(name="N=20 stale prices", n_events=20, length=250, correlation=0.30, stale=0.4),
    Design(name="power -4 %, N=4 rho .15", n_events=4, length=250, correlation=0.15, effect=-0.04),
    Design(name="power -4 %, N=5 rho .15", n_events=5, length=250, correlation=0.15, effect=-0.04),
)
LONG = (
    Design(name="N=1 autocorrelation .2", n_events=1, length=250, errors="ar", last=40),
    Design(name="N=10 autocorrelation .2, rho .15", n_events=10, length=250, errors="ar", correlation=0.15, last=40),
    Design(name="N=10 autocorrelation .2, apart", n_events=10, n_dates=600, length=250, errors="ar", last=40),
)
STATED = (
    Design(name="N=1 sd of day 0 stated", n_events=1, length=250, raised=1, stated=True),
    Design(name="N=1 variance x2, sd of day 0 stated", n_events=1, length=250, event_variance=2.0, raised=1, stated=True),
    Design(name="N=1 variance x4, sd of day 0 stated", n_events=1, length=250, event_variance=4.0, raised=1, stated=True),
    Design(name="N=1 variance x4", n_events=1, length=250, event_variance=4.0, raised=1),
    Design(name="N=3 rho .15, sd of day 0 stated", n_events=3, length=250, correlation=0.15, raised=1, stated=True),
    Design(
        name="N=3 rho .15, variance x2, sd of day 0 stated",
        n_events=3,
        length=250,
        correlation=0.15,
        event_variance=2.0,
        raised=1,
        stated=True,
    ),
    Design(
        name="N=3 rho .15, variance x4, sd of day 0 stated",
        n_events=3,
        length=250,
        correlation=0.15,
        event_variance=4.0,
        raised=1,
        stated=True,
    ),
)
EVERY = (*MANY, *ONE, *FEW, *LONG, *STATED)
AUTOCORRELATION = 0.2
LOGNORMAL_MEAN = float(np.exp(0.18))
LOGNORMAL_SD = float(np.sqrt((np.exp(0.36) - 1.0) * np.exp(0.36)))
SIGMA_MEDIAN, SIGMA_LOG_SD = 0.022, 0.33
SIGMA_ONE = 0.025
PEERS = 39


def _errors(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Unit-variance errors."""
    if kind == "normal":
        return rng.standard_normal(shape)
    if kind == "skewed":
        return rng.lognormal(0.0, 0.6, shape) / LOGNORMAL_SD - LOGNORMAL_MEAN / LOGNORMAL_SD
    if kind == "garch":
        return _garch(shape, rng)
    if kind == "ar":
        return _autoregressive(shape, rng)
    df = int(kind[1:])
    return rng.standard_t(df, shape) * np.sqrt((df - 2.0) / df)


def _garch(shape: tuple[int, ...], rng: np.random.Generator, alpha: float = 0.08, beta: float = 0.9, burn: int = 200) -> np.ndarray:
    """GARCH(1,1) with unit unconditional variance, along the first axis."""
    shocks = rng.standard_normal((shape[0] + burn, *shape[1:]))
    variance, series = np.ones(shape[1:]), np.empty_like(shocks)
    for t, shock in enumerate(shocks):
        series[t] = np.sqrt(variance) * shock
        variance = 1.0 - alpha - beta + alpha * series[t] ** 2 + beta * variance
    return series[burn:]


def _autoregressive(shape: tuple[int, ...], rng: np.random.Generator, burn: int = 50) -> np.ndarray:
    """A first-order autoregression with unit variance, along the first axis."""
    series = rng.standard_normal((shape[0] + burn, *shape[1:])) * np.sqrt(1.0 - AUTOCORRELATION**2)
    for t in range(1, len(series)):
        series[t] += AUTOCORRELATION * series[t - 1]
    return series[burn:]


def _caught_up(returns: np.ndarray, still: np.ndarray) -> np.ndarray:
    """Returns of prices that stand still on some days and catch up on the next that is none."""
    level = np.cumsum(returns, axis=0)
    rows = np.where(still, 0, np.arange(len(level))[:, None])
    seen = np.take_along_axis(level, np.maximum.accumulate(rows, axis=0), axis=0)
    return np.diff(seen, axis=0, prepend=0.0)


def study(design: Design, rng: np.random.Generator) -> FittedEvents:
    """One made-up study of the design, fitted by the library's own engine with the market model."""
    n, zero = design.n_events, design.length
    sessions = zero + design.n_dates + design.last + 1
    day0 = zero + (np.sort(rng.choice(design.n_dates, n, replace=design.n_dates < n)) if design.n_dates > 1 else np.zeros(n, dtype=int))
    sigma = SIGMA_MEDIAN * np.exp(SIGMA_LOG_SD * rng.standard_normal(n)) if n > 1 else np.full(1, SIGMA_ONE)
    error = _errors(design.errors, (sessions, n), rng)
    if design.correlation:
        shared = _errors(design.errors, (sessions, 1), rng)
        shared[zero:] *= np.sqrt(design.shock)
        error = np.sqrt(design.correlation) * shared + np.sqrt(1.0 - design.correlation) * error
    if design.event_variance != 1.0:
        for day in range(design.raised):
            error[day0 + day, np.arange(n)] *= np.sqrt(design.event_variance)
    market = 0.01 * rng.standard_normal(sessions)
    returns = market[:, None] * rng.uniform(0.5, 1.5, n) + sigma * error
    if design.stale:
        returns = _caught_up(returns, rng.random(returns.shape) < design.stale)
    returns[day0, np.arange(n)] += design.effect
    if design.halves:
        returns[: zero // 2, 1::2] = returns[zero // 2 : zero, ::2] = np.nan
    regression = Regression(returns=returns, regressors=market[:, None])
    fit = fit_events(regression, day0, np.arange(n), (-design.length, -1), (0, design.last)).events
    return replace(fit, event_sd=sigma * np.sqrt(design.event_variance)) if design.stated else fit


def rejections_of_many(
    design: Design, rng: np.random.Generator, names: Sequence[str] = tuple(TESTS), windows: Sequence[Window] | None = None
) -> dict[tuple[str, str], float]:
    """1.0 where the test rejects at 5 %, 0.0 where not, NaN where it is refused, by window and test; one made-up study."""
    fit = study(design, rng)
    rejected = {}
    for window in windows or design.windows:
        sample = event_sample(fit, *window)
        found = clustering(sample, residual_dependence(sample))
        results = outcomes(sample, found, names, draws=Draws(rng=rng, n=299))
        leader = _leader(sample, found, results)
        for name, outcome in [*results.items(), (HEADLINE, leader)]:
            p = outcome.p_value
            if design.tails == 1:
                p = p / 2.0 if outcome.statistic * (1.0 if design.effect > 0 else -1.0) > 0 else 1.0 - p / 2.0
            rejected[f"{window}", name] = float(p <= 0.05 + 1e-12) if np.isfinite(p) else np.nan
    return rejected


def _leader(sample, layout, results):
    """Outcome of the test that leads; a refusal where none does."""
    every = dict(results)

    def outcome(name):
        if name not in every:
            every[name] = outcomes(sample, layout, [name])[name]
        return every[name]

    name = choose_headline(layout, outcome)[0]
    return every[name] if name else inapplicable("no test leads", sample.n_events)


def rejections_of_one(design: Design, rng: np.random.Generator) -> dict[str, float]:
    """Lower-tail rejections of the tests for one event: day 0 at 5 and 1 %, five days at 5 %."""
    fit = study(design, rng)
    samples = [event_sample(fit, *window) for window in WINDOWS]
    day, five = (one_series(sample, gather_evidence(sample, ranks=False, grank=False).mean_residual) for sample in samples)
    lower = [_lower_t(series) for series in (day, five)]
    rank = single_event.sq(day.residuals, float(day.abnormal[0])).p("lower")
    raw = single_event.block_placebo(five.residuals, five.car, 5).p("lower")
    scaled = single_event.studentised_block_placebo(five.residuals, five.regressors, five.car, five.variance_factor, 5).p("lower")
    shifts = single_event.conformal(five.residuals, five.abnormal, five.regressors, five.event_regressors).p("lower")
    batch = event_sample(study(replace(design, n_events=1 + PEERS, effect=0.0), rng), 0, 0)
    treated = batch.scar[0] + design.effect / (batch.sigma[0] * np.sqrt(batch.variance_factor[0]))
    p = {
        "placebo_space": single_event.placebo_space(float(treated), batch.scar[1:]).p("lower") <= 0.05 + 1e-12,
        "t 5 %": lower[0] <= 0.05,
        "t 1 %": lower[0] <= 0.01,
        "sq 5 %": rank <= 0.05,
        "sq 1 %": rank <= 0.01,
        "CAR5 t": lower[1] <= 0.05,
        "CAR5 block_placebo raw": raw <= 0.05,
        "CAR5 block_placebo": scaled <= 0.05,
        "CAR5 conformal": shifts <= 0.05,
    }
    return {name: float(value) for name, value in p.items()}


def _lower_t(series) -> float:
    from scipy.special import stdtr

    return float(stdtr(series.df, series.car / (series.sigma * np.sqrt(series.variance_factor))))


def leading_test(design: Design, window: Window) -> str:
    """Name of the headline test of the design."""
    sample = event_sample(study(design, np.random.default_rng(1)), *window)
    layout = clustering(sample, residual_dependence(sample))
    return choose_headline(layout, lambda name: outcomes(sample, layout, [name])[name])[0]


def _rates(rows: list[dict], names: Sequence[str]) -> pd.DataFrame:
    """One row a test: rate_pct, se_pct, n_replications; tests that were always refused are left out."""
    values = pd.DataFrame(rows)
    if len(names) > 1:
        values.columns = pd.MultiIndex.from_tuples(values.columns)
    count, rate = values.notna().sum(), values.mean()
    found = pd.DataFrame({"rate_pct": 100 * rate, "se_pct": 100 * np.sqrt(rate * (1 - rate) / count), "n_replications": count})
    return found[found["n_replications"] > 0].rename_axis(list(names)).reset_index()


def simulate(share: float = 1.0, wanted: Sequence[Design] = EVERY) -> pd.DataFrame:
    """All designs, or those wanted, each from its own seed; `share` of the replications of the committed table."""
    parts = []
    for position, design in enumerate(EVERY):
        if design not in wanted:
            continue
        rng = np.random.default_rng([SEED, position])
        print(design.name, file=sys.stderr)
        count = int(
            share
            * (
                REPLICATIONS_ONE
                if design in ONE
                else REPLICATIONS
                if design in (*FEW, *LONG, *STATED) or design.n_events >= 10
                else REPLICATIONS_FEW
            )
        )
        if design in ONE:
            part = _rates([rejections_of_one(design, rng) for _ in range(count)], ["test"])
            part = part.assign(window="", headline=part["test"].isin(["sq 5 %", "CAR5 conformal"]))
        else:
            part = _rates([rejections_of_many(design, rng) for _ in range(count)], ["window", "test"])
            leaders = {f"{window}": leading_test(design, window) for window in design.windows}
            part["headline"] = part["test"] == part["window"].map(leaders)
        parts.append(part.assign(design=design.name))
    return pd.concat(parts, ignore_index=True)[["design", "window", "test", "rate_pct", "se_pct", "n_replications", "headline"]]


def _markdown(frame: pd.DataFrame, tests: Sequence[str]) -> str:
    table = frame.pivot(index="design", columns="test", values="rate_pct").reindex(frame["design"].unique())
    table = table[[name for name in tests if name in table.columns]]
    leaders = frame[frame["headline"]].set_index(["design", "test"]).index
    lines = ["| design | " + " | ".join(table.columns) + " |", "|---|" + "---:|" * table.shape[1]]
    for design, row in table.iterrows():
        cells = ["–" if np.isnan(v) else f"**{v:.1f}**" if (design, name) in leaders else f"{v:.1f}" for name, v in row.items()]
        lines.append(f"| {design} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


TEXT = """# Size and power of the tests

Share of {many:,} made-up studies (9 events: {few:,}; one event: {one:,}) in which each test rejects at 5 %, in percent. Market
model, estimation and tests by the library itself, seed {seed}; made by `python -m tests.simulation.size_and_power`. The binomial
standard error is 0.5 at 5 % (9 events and one event: 0.3). Bold: the test that leads in that design. Two-sided, but the power
rows (one-sided in the direction of the effect) and the rows of one event (lower tail). A dash: the test is refused there.

Firms: beta uniform on 0.5 to 1.5, residual standard deviation lognormal (median {median:.1%}, log standard deviation {spread}); one event:
{sigma:.1%}. `rho` is the correlation of two firms' abnormal returns on one day; `variance x2` doubles the variance of the event days
(of day 0 alone where its standard deviation is stated, and in `N=1 variance x4`).
Effects fall on day 0 alone. `placebo_space` has {peers} peers of the same kind (median standard deviation as above).

## One day (0, 0)

{day}

## Five days (0, 4)

{five}

## Forty-one days (0, 40), residuals that hang together

Each day keeps 0.2 of the abnormal return of the day before. `t` is that of `car`, which takes days as independent and warns here.

{long}

## One event

{single}

## Reading

- Common shocks break `cross_sectional`, `patell`, `bmp`, `grank_z`, the signs, `wilcoxon`: with a correlation of 0.10 they reject a
  true null in two of five studies.
- A wider event day breaks `brown_warner`, `patell`, `kp_patell`, `portfolio` and the Corrado ranks.
- `kp_bmp` withstands both at 9 and at 50 events, on one date and on overlapping dates. `grank_t` does at 50 events on one date,
  not at 9, and not when windows of different dates overlap in part: it lines events up in event time.
- Windows that overlap in part also break `brown_warner`, the Corrado ranks and `wild_cluster`; `calendar_time` stands.
- `placebo_bmp` holds its size with two to four events, under skewness and with stale prices, where `kp_patell`, `portfolio` and `kp_bmp` do not.
- Residuals that hang together make the `t` of one long window too free; `conformal`, which shifts whole stretches, holds, and so does the
  spread across events.
- With one event, `sq` and `conformal` hold their size under fat tails and changing variance; `t` is too free at 1 %.
- Where the standard deviation of day 0 is stated beforehand, `stated_variance` leads and holds at one and at three events, whether the
  event raises the variance or not; without it, one event on a day of four times the variance is called significant in a third of true nulls.
- Rank tests find one-day effects in fat tails best.
"""


def write(frame: pd.DataFrame) -> None:
    """Write both tables beside this file."""
    many, one = frame[frame["window"] != ""], frame[frame["window"] == ""]
    frame.round(4).to_csv(HERE / "SIZE_AND_POWER.csv", index=False)
    text = TEXT.format(
        many=REPLICATIONS,
        few=REPLICATIONS_FEW,
        one=REPLICATIONS_ONE,
        seed=SEED,
        median=SIGMA_MEDIAN,
        spread=SIGMA_LOG_SD,
        sigma=SIGMA_ONE,
        peers=PEERS,
        day=_markdown(many[many["window"] == "(0, 0)"], tuple(TESTS)),
        five=_markdown(many[many["window"] == "(0, 4)"], tuple(TESTS)),
        long=_markdown(many[many["window"] == "(0, 40)"], tuple(TESTS)),
        single=_markdown(one, one["test"].unique()),
    )
    (HERE / "SIZE_AND_POWER.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(simulate())
