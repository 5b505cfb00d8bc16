"""How good the forecasts are on dates that did not train them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from impact.kernels.hierarchical import predictive_draws
from impact.kernels.scores import crps_ensemble, crps_gaussian, skill_score
from impact.pricing.announcement_fit import ANNOUNCEMENT_MODELS, LINES, SEED, fit_announcement
from impact.pricing.flow_fit import FLOW_MODELS, FlowModel, FlowRows, cell_codes, fit_flow, flow_rows, regressor_of
from impact.pricing.levels import LEVELS
from impact.pricing.library import EventLibrary
from impact.typing_ import BoolArray, FloatArray1D

__all__ = ["SUBSETS", "ensemble_scores", "score_announcement", "score_flow", "score_table"]

REPEATS = 3
SUBSETS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = MappingProxyType(
    {
        "all": lambda rows: pd.Series(True, index=rows.index),
        "not_in_review": lambda rows: ~rows["in_review"],
        "offshore": lambda rows: rows["line"] == "offshore",
        "a_share": lambda rows: rows["line"] == "a_share",
        "no_rumours": lambda rows: rows["action"] != "rumour",
        "first_bar": lambda rows: rows["event_class"].str.startswith("first_bar"),
        "no_bar_first": lambda rows: rows["event_class"].str.startswith("no_bar_first"),
        "repeat": lambda rows: rows["event_class"].str.startswith("repeat"),
        "without_hfcaa": lambda rows: rows["list_id"] != "hfcaa",
        "first_bar_offshore": lambda rows: rows["event_class"] == "first_bar_offshore",
    }
)


def score_announcement(library: EventLibrary, *, n_draws: int = 1500, seed: int = SEED) -> pd.DataFrame:
    """Leave each date cluster out in turn, forecast its rows by every model and score them.

    Returns
    -------
    DataFrame
        event_id, date_cluster, model, crps, inside_50, inside_90, and the columns that ``SUBSETS`` reads.
    """
    rows = library.announcement_sample()
    clusters, index = np.unique(rows["date_cluster"], return_inverse=True)
    kept = index[None, :] != np.arange(clusters.size)[:, None]
    observed, noise = rows["car_0_1"].to_numpy(dtype=float), rows["se_0_1"].to_numpy(dtype=float)
    known = rows[["event_id", "date_cluster", "in_review", "line", "action", "event_class", "list_id"]]
    tables = [known.assign(model="own_noise", **_gaussian(observed, noise))]
    surplus = observed**2 - noise**2
    extra = np.array([max(float(surplus[mask].mean()), 0.0) for mask in kept])[index]
    tables.append(known.assign(model="own_noise_gaussian_spread", **_gaussian(observed, np.sqrt(noise**2 + extra))))
    rng = np.random.default_rng(seed)
    for name in ("fitted_zero", "one_mean", "class_mean"):
        fit = fit_announcement(library, name, kept=kept, n_draws=n_draws, seed=seed)
        model = ANNOUNCEMENT_MODELS[name]
        draws = np.stack(
            [
                predictive_draws(
                    fit.draws,
                    int(index[row]),
                    cell=0 if model.pooled else model.cells.index(rows["event_class"].iloc[row]) if model.cells else -1,
                    regressor=1.0,
                    noise=float(noise[row]),
                    kind=LINES.index(rows["line"].iloc[row]),
                    rng=rng,
                    repeats=REPEATS,
                )
                for row in range(len(rows))
            ]
        )
        tables.append(known.assign(model=name, **ensemble_scores(observed, draws)))
    return pd.concat(tables, ignore_index=True)


def score_flow(library: EventLibrary, *, n_draws: int = 800, seed: int = SEED) -> pd.DataFrame:
    """Leave each execution date out in turn, forecast its rows by every model and score them.

    Returns
    -------
    DataFrame
        event_id, date_cluster, model, crps, inside_50, inside_90.
    """
    rows = flow_rows(library)
    frame = rows.frame
    dates, index = np.unique(frame["exec_session"], return_inverse=True)
    kept = index[None, :] != np.arange(dates.size)[:, None]
    known = pd.DataFrame({"event_id": frame["index_event_id"], "date_cluster": frame["exec_session"]})
    rng = np.random.default_rng(seed)
    return pd.concat(
        [
            known.assign(model=name, **_flow_forecast(library, rows, model, kept, index, rng, n_draws=n_draws, seed=seed))
            for name, model in FLOW_MODELS.items()
        ],
        ignore_index=True,
    )


def _flow_forecast(
    library: EventLibrary,
    rows: FlowRows,
    model: FlowModel,
    kept: BoolArray,
    index: np.ndarray[tuple[int], np.dtype[np.intp]],
    rng: np.random.Generator,
    *,
    n_draws: int,
    seed: int,
) -> dict[str, FloatArray1D]:
    """Scores of one model on every row."""
    draws = fit_flow(library, model.name, kept=kept, n_draws=n_draws, seed=seed)
    cells = cell_codes(rows, model)
    flow = rows.flow_adv if model.flow == "observed" else _training_medians(rows, kept, index)
    regressor = regressor_of(rows, model, flow)
    shift = np.zeros(flow.size) if np.isnan(model.fixed) else model.fixed * regressor
    predicted = np.stack(
        [
            predictive_draws(
                draws, int(index[row]), cell=int(cells[row]), regressor=float(regressor[row]),
                noise=float(rows.sigma[row] * np.sqrt(11)), kind=0, rng=rng, repeats=REPEATS,
            )
            for row in range(flow.size)
        ]
    )  # fmt: skip
    return ensemble_scores(rows.towards - shift, predicted)


def _training_medians(rows: FlowRows, kept: BoolArray, index: np.ndarray[tuple[int], np.dtype[np.intp]]) -> FloatArray1D:
    """Median flow of the training rows of the same index and era; of the era and side where there are none."""
    era = rows.cell.str.rsplit("_", n=1).str[0].to_numpy()
    name = rows.frame["index"].to_numpy()
    medians = np.empty(rows.flow_adv.size)
    for row in range(medians.size):
        trained = kept[index[row]]
        same = trained & (name == name[row]) & (era == era[row])
        near = same if same.any() else trained & (era == era[row])
        medians[row] = float(np.median(rows.flow_adv[near]))
    return medians


def _gaussian(observed: FloatArray1D, sd: FloatArray1D) -> dict[str, FloatArray1D]:
    distance = np.abs(observed) / sd
    return {
        "crps": crps_gaussian(observed, np.zeros(observed.size), sd),
        "inside_50": (distance <= 0.6744897501960817).astype(float),
        "inside_90": (distance <= 1.6448536269514722).astype(float),
    }


def ensemble_scores(observed: FloatArray1D, draws: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> dict[str, FloatArray1D]:
    """crps, inside_50 and inside_90 of each row's outcome (N,) under its predictive draws (N, D)."""
    low_90, low_50, _, high_50, high_90 = np.quantile(draws, LEVELS, axis=1)
    return {
        "crps": crps_ensemble(observed, draws),
        "inside_50": ((observed >= low_50) & (observed <= high_50)).astype(float),
        "inside_90": ((observed >= low_90) & (observed <= high_90)).astype(float),
    }


def score_table(scored: pd.DataFrame, *, reference: str = "fitted_zero", n_resamples: int = 4000, seed: int = SEED) -> pd.DataFrame:
    """One row a model: n_events, n_dates, mean CRPS, coverage, skill against `reference` with its range over resampled dates.

    Returns
    -------
    DataFrame
        model, n_events, n_dates, crps_return, crps_date_equal_return, coverage_50, coverage_90, skill, skill_low, skill_high (5 and 95 %
        points), skill_date_equal.
    """
    wide = scored.pivot(index="event_id", columns="model", values="crps")
    dates = scored.drop_duplicates("event_id").set_index("event_id")["date_cluster"].reindex(wide.index)
    labels, index = np.unique(dates, return_inverse=True)
    size = np.bincount(index)
    picked = np.random.default_rng(seed).integers(labels.size, size=(n_resamples, labels.size))
    sums = {model: np.bincount(index, weights=wide[model].to_numpy()) for model in wide.columns}
    rows = []
    for model in scored["model"].unique():
        own = scored[scored["model"] == model]
        ratio = 1 - sums[model][picked].sum(axis=1) / sums[reference][picked].sum(axis=1)
        low, high = np.quantile(ratio, (0.05, 0.95))
        rows.append(
            {
                "model": model,
                "n_events": len(own),
                "n_dates": labels.size,
                "crps_return": float(own["crps"].mean()),
                "crps_date_equal_return": float(np.mean(sums[model] / size)),
                "coverage_50": float(own["inside_50"].mean()),
                "coverage_90": float(own["inside_90"].mean()),
                "skill": skill_score(wide[model].to_numpy(), wide[reference].to_numpy()),
                "skill_low": float(low),
                "skill_high": float(high),
                "skill_date_equal": 1 - float(np.sum(sums[model] / size) / np.sum(sums[reference] / size)),
            }
        )
    return pd.DataFrame(rows)
