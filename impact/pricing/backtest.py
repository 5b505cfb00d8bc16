"""Would the laws have foretold the other designations? Each date is predicted from all the others and scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri

from impact.errors import InfeasibleDesign
from impact.intake.given_frames import frame_with
from impact.kernels.scores import (
    binomial_miss_probability,
    crps_gaussian,
    interval_score,
    pinball_loss,
    skill_score,
    wilson_interval,
)
from impact.pricing.calibration import REGRESSORS, calibrate
from impact.pricing.levels import LEVELS
from impact.pricing.schemas import BACKTEST_DROPPED, BACKTEST_FORECASTS, BACKTEST_SCORES, BACKTEST_SKILL
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.typing_ import FloatArray1D

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["MODELS", "BacktestResult", "leave_one_out"]

MODELS: Mapping[str, str] = MappingProxyType(
    {
        "zero": "no effect: the noise of the line alone",
        "historic_mean": "mean of the other dates",
        "plain_square_root": "square-root law with its published prefactor and the sale known for Xiaomi, not fitted",
        "calibrated_square_root": "square-root law fitted to the other dates",
    }
)
# Announcement share times prefactor times sqrt(Q / V): middle 0.65 x 0.75 x sqrt(17.4) and the ends of the same priors,
# 0.3 x 0.5 x sqrt(13.2) to 1.0 x 1.0 x sqrt(21.7). Q / V of Xiaomi; for every other line it is an assumption.
PLAIN_COEFFICIENT, PLAIN_SPREAD = 2.0, 0.9
REFERENCES = ("zero", "historic_mean", "plain_square_root")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BacktestResult(Result):
    """Forecasts of every event from the other dates, and how good they were.

    Attributes
    ----------
    forecasts : DataFrame
        One row an event and model: event_id, group, kind, model, predicted_return, predicted_sd, low_50, high_50, low_90,
        high_90 (decimal returns), car, crps.
    scores : DataFrame
        One row a kind and model: n, n_groups, bias_return, crps, coverage_50, coverage_90 with a Wilson interval,
        pinball, interval_score_90, chance_of_misses (chance of so many misses at 90 % if every event were independent).
    skill : DataFrame
        One row a kind, model and reference: skill (1 - ratio of mean CRPS) with a 90 % interval from resampled dates.
    """

    schemas = declared(
        forecasts=BACKTEST_FORECASTS, scores=BACKTEST_SCORES, skill=BACKTEST_SKILL, dropped=BACKTEST_DROPPED, to_frame=BACKTEST_SCORES
    )

    forecasts: pd.DataFrame
    scores: pd.DataFrame
    skill: pd.DataFrame
    n_resamples: int
    dropped: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["event_id", "reason"]))
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a kind and model."""
        return self.scores.copy()

    def summary(self) -> Summary:
        """Scores and skill, as they came out."""
        groups = int(self.scores["n_groups"].max())
        return Summary(
            title=f"Backtest: each of up to {groups} dates predicted from the others",
            tables=(("Scores", self.with_schema("scores")), ("Skill against references", self.with_schema("skill"))),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, model: str = "calibrated_square_root", kind: str = "forced", **options: str) -> Axes:
        """Predicted 90 % intervals and what happened."""
        from impact.plots.pricing import plot_backtest

        rows = self.forecasts[(self.forecasts["model"] == model) & (self.forecasts["kind"] == kind)]
        return plot_backtest(rows, title=f"Leave one date out: {model}, {kind}", ax=ax, **options)


def leave_one_out(
    events: pd.DataFrame,
    *,
    rng: np.random.Generator,
    n_resamples: int = 2000,
    dropped: pd.DataFrame | None = None,
    sources: tuple[Source, ...] = (),
) -> BacktestResult:
    """Predict each date's events from all other dates of the same kind, and score the predictions.

    Parameters
    ----------
    events : DataFrame
        event_id, kind, group, car, se, sigma: one row an event. Placebo
        events are predicted by the laws fitted to the forced ones: a law of forced flow must say zero for them.
    rng : numpy.random.Generator
        For the resampling of dates.

    Raises
    ------
    InputError
        If a column is missing.
    InfeasibleDesign
        If no kind has events on three dates.

    Notes
    -----
    A forecast is normal with variance ``se**2 + spread**2 + (coefficient se * regressor)**2``: noise of the line, spread
    of effects around the law, error of the coefficient. Skill intervals resample whole dates, since events of one date
    share its news.
    """
    forecasts = _all_forecasts(events)
    return BacktestResult(
        forecasts=forecasts,
        scores=_scores(forecasts),
        skill=_skill(forecasts, rng, n_resamples),
        n_resamples=n_resamples,
        dropped=pd.DataFrame(columns=["event_id", "reason"]) if dropped is None else dropped,
        sources=sources,
        assumptions=(
            "Every event of a date is left out together; both earlier and later dates train, so this is not a trading record.",
            "The size of the forced sale is known for Xiaomi only; elsewhere the square-root law knows the volatility and not the size.",
            "Placebos (listings that bar nothing) get no forced flow: both square-root laws predict zero for them.",
            f"Skill intervals: 90 %, {n_resamples} resamples of whole dates;"
            " with so few dates they are wide, and a clean record proves little.",
        ),
    )


def _all_forecasts(events: pd.DataFrame) -> pd.DataFrame:
    """Forecasts of every event whose date can be left out."""
    events = frame_with(events, ("event_id", "kind", "group", "car", "se", "sigma"), "events")
    table = events.assign(group=events["group"].astype(str))
    parts = []
    for kind, own in table.groupby("kind", sort=False):
        if own["group"].nunique() < 3 and kind != "placebo":
            continue
        trained_on = table[table["kind"] == "forced"] if kind == "placebo" else own
        for group, held_out in own.groupby("group", sort=False):
            training = trained_on[trained_on["group"] != group]
            if len(training) >= 3:
                parts.append(_forecast(held_out, training, flow=kind != "placebo"))
    if not parts:
        raise InfeasibleDesign(f"no kind of event has three dates among {len(events)} events; leave-one-out needs them: add designations.")
    return pd.concat(parts, ignore_index=True)


def _forecast(held_out: pd.DataFrame, training: pd.DataFrame, *, flow: bool) -> pd.DataFrame:
    """Normal forecasts of one date's events by every model."""
    noise = held_out["se"].to_numpy(dtype=float)
    regressor = REGRESSORS["square_root"](held_out) * float(flow)
    mean, root, zero = (calibrate(training, name) for name in ("mean", "square_root", "zero"))
    means = {
        "zero": np.zeros(len(held_out)),
        "historic_mean": np.full(len(held_out), -mean.coefficient),
        "plain_square_root": PLAIN_COEFFICIENT * regressor,
        "calibrated_square_root": root.coefficient * regressor,
    }
    spreads = {
        "zero": np.zeros(len(held_out)),
        "historic_mean": np.full(len(held_out), np.hypot(mean.spread, np.nan_to_num(mean.se))),
        "plain_square_root": PLAIN_SPREAD * np.abs(regressor),
        "calibrated_square_root": np.hypot(root.spread if flow else zero.spread, np.nan_to_num(root.se) * regressor),
    }
    observed = held_out["car"].to_numpy(dtype=float)
    rows = []
    for model in MODELS:
        sd = np.hypot(noise, spreads[model])
        quantiles = {level: means[model] + sd * ndtri(level) for level in LEVELS}
        rows.append(
            held_out[["event_id", "group", "kind", "car"]].assign(
                model=model,
                predicted_return=means[model],
                predicted_sd=sd,
                low_50=quantiles[0.25],
                high_50=quantiles[0.75],
                low_90=quantiles[0.05],
                high_90=quantiles[0.95],
                crps=crps_gaussian(observed, means[model], sd),
                pinball=np.mean([pinball_loss(observed, quantiles[level], level=level) for level in LEVELS], axis=0),
                interval_score_90=interval_score(observed, quantiles[0.05], quantiles[0.95], alpha=0.1),
            )
        )
    return pd.concat(rows, ignore_index=True)


def _scores(forecasts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (kind, model), own in forecasts.groupby(["kind", "model"], sort=False):
        inside = {band: int(own["car"].between(own[f"low_{band}"], own[f"high_{band}"]).sum()) for band in (50, 90)}
        low, high = wilson_interval(inside[90], len(own))
        rows.append(
            {
                "kind": kind,
                "model": model,
                "n": len(own),
                "n_groups": own["group"].nunique(),
                "bias_return": float((own["car"] - own["predicted_return"]).mean()),
                "crps": float(own["crps"].mean()),
                "coverage_50": inside[50] / len(own),
                "coverage_90": inside[90] / len(own),
                "coverage_90_low": low,
                "coverage_90_high": high,
                "pinball": float(own["pinball"].mean()),
                "interval_score_90": float(own["interval_score_90"].mean()),
                "chance_of_misses": binomial_miss_probability(len(own) - inside[90], len(own), expected=0.1),
            }
        )
    return pd.DataFrame(rows)


def _skill(forecasts: pd.DataFrame, rng: np.random.Generator, n_resamples: int) -> pd.DataFrame:
    rows = []
    for kind, own in forecasts.groupby("kind", sort=False):
        wide = own.pivot(index="event_id", columns="model", values="crps")
        groups = own.drop_duplicates("event_id").set_index("event_id")["group"].reindex(wide.index)
        labels, index = np.unique(groups.to_numpy(dtype=str), return_inverse=True)
        sums = {model: np.bincount(index, weights=wide[model].to_numpy(), minlength=labels.size).astype(float) for model in MODELS}
        picked = rng.integers(labels.size, size=(n_resamples, labels.size))
        for model in MODELS:
            for reference in REFERENCES:
                if model != reference:
                    rows.append(
                        {
                            "kind": kind,
                            "model": model,
                            "reference": reference,
                            "skill": skill_score(wide[model].to_numpy(), wide[reference].to_numpy()),
                            **_interval(sums[model], sums[reference], picked),
                            "n_groups": labels.size,
                        }
                    )
    return pd.DataFrame(rows)


def _interval(model: FloatArray1D, reference: FloatArray1D, picked: np.ndarray) -> dict[str, float]:
    """5 and 95 % points of the skill over resampled dates; NaN with one date."""
    if model.size < 2:
        return {"skill_low": np.nan, "skill_high": np.nan}
    ratios = 1 - model[picked].sum(axis=1) / reference[picked].sum(axis=1)
    return {"skill_low": float(np.quantile(ratios, 0.05)), "skill_high": float(np.quantile(ratios, 0.95))}
