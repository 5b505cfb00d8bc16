"""The models of the announcement, their fits to the event library, and the posterior that is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.kernels.hierarchical import HierarchicalDraws, HierarchicalPriors, HierarchicalSample, sample_hierarchical
from impact.pricing.library import ADVERSE, EVENT_CLASSES, RELIEF, EventLibrary, Line, event_library
from impact.typing_ import BoolArray, IntArray

__all__ = [
    "ANNOUNCEMENT_MODELS",
    "AnnouncementFit",
    "AnnouncementModel",
    "announcement_scores",
    "committed_fit",
    "date_mean_sd",
    "fit_announcement",
    "posterior_table",
    "shipped_library",
    "training_rows",
]

SEED = 20261127
LINES: tuple[Line, ...] = ("offshore", "a_share")
DESCRIBED = ("after_leak", "relief_offshore", "relief_a_share")


@dataclass(frozen=True, kw_only=True)
class AnnouncementModel:
    """One rival in the race of forecasts.

    Attributes
    ----------
    name, title : str
    cells : tuple of str
        Cells with a mean of their own; empty: a fitted zero.
    pooled : bool
        One mean for every row.
    """

    name: str
    title: str
    cells: tuple[str, ...] = ()
    pooled: bool = False


ANNOUNCEMENT_MODELS: Mapping[str, AnnouncementModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            AnnouncementModel(name="fitted_zero", title="no effect, with fitted spread"),
            AnnouncementModel(name="one_mean", title="one mean for every list event", cells=("all",), pooled=True),
            AnnouncementModel(name="class_mean", title="a mean for each class, drawn together", cells=tuple(EVENT_CLASSES)),
            AnnouncementModel(name="described", title="relief and the formal day after a leak; described, not scored", cells=DESCRIBED),
        )
    }
)


@dataclass(frozen=True, eq=False, kw_only=True)
class AnnouncementFit:
    """Posterior of one model.

    Attributes
    ----------
    model : AnnouncementModel
    draws : HierarchicalDraws
        One fit for each row of the mask that was asked for.
    n_events, n_dates : int
        Rows and date clusters of the first fit.
    cells : DataFrame
        One row a cell of the first fit: cell, n_events, n_dates.
    seed : int
    """

    model: AnnouncementModel
    draws: HierarchicalDraws
    n_events: int
    n_dates: int
    cells: pd.DataFrame
    seed: int


def training_rows(library: EventLibrary, model: AnnouncementModel) -> pd.DataFrame:
    """Rows that train `model`, with `cell` and `date_cluster`."""
    if model.name != "described":
        rows = library.announcement_sample()
        return rows.assign(cell="all" if model.pooled else rows["event_class"])
    rows = library.designations[library.designations["status"] == "ok"].copy()
    relief = rows["action"].isin(RELIEF)
    leaked = rows["action"].isin(ADVERSE) & (rows["leak_at"] != "")
    rows["cell"] = np.where(relief, "relief_" + rows["line"].astype(str), np.where(leaked, "after_leak", ""))
    rows["date_cluster"] = rows["date_cluster"].fillna(rows["public_on"])
    return rows[rows["cell"] != ""].drop_duplicates(["security", "first_session", "cell"], ignore_index=True)


def fit_announcement(
    library: EventLibrary, model: str = "class_mean", *, kept: BoolArray | None = None, n_draws: int = 1500, seed: int = SEED
) -> AnnouncementFit:
    """Fit one model to the library by Gibbs sampling.

    Parameters
    ----------
    model : str
        Key of ``ANNOUNCEMENT_MODELS``.
    kept : (F, N) boolean array, optional
        Rows of the training sample for each of F fits; one fit on all rows when None.
    n_draws : int
        Posterior draws after 500.

    Raises
    ------
    InputError
        If the model is unknown.

    Notes
    -----
    ``car_i = mean_class + u_date + e_i``, e Student t with 4 degrees of freedom and scale
    ``sqrt((k se_i)^2 + tau_line^2)``; a date has its own effect on offshore and on mainland lines.
    """
    if model not in ANNOUNCEMENT_MODELS:
        raise InputError(f"model={model!r} is no model of the announcement; choose one of: {', '.join(ANNOUNCEMENT_MODELS)}.")
    chosen = ANNOUNCEMENT_MODELS[model]
    rows = training_rows(library, chosen)
    mask = np.ones((1, len(rows)), dtype=bool) if kept is None else kept
    sample = _sample(rows, chosen)
    draws = sample_hierarchical(sample, mask, priors=HierarchicalPriors(), rng=np.random.default_rng(seed), n_draws=n_draws)
    used = rows[mask[0]]
    cells = used.groupby("cell")["date_cluster"].agg(n_events="size", n_dates="nunique").reindex(list(chosen.cells), fill_value=0)
    return AnnouncementFit(
        model=chosen,
        draws=draws,
        n_events=len(used),
        n_dates=used["date_cluster"].nunique(),
        cells=cells.rename_axis("cell").reset_index(),
        seed=seed,
    )


def _sample(rows: pd.DataFrame, model: AnnouncementModel) -> HierarchicalSample:
    kind = _codes(rows["line"], LINES)
    labels = rows["date_cluster"].astype(str) + " " + rows["line"].astype(str)
    return HierarchicalSample(
        response=rows["car_0_1"].to_numpy(dtype=float),
        regressor=np.ones(len(rows)),
        noise=rows["se_0_1"].to_numpy(dtype=float),
        cell=_codes(rows["cell"], model.cells) if model.cells else np.full(len(rows), -1),
        cluster=pd.factorize(labels)[0],
        kind=kind,
        n_cells=len(model.cells),
        n_kinds=len(LINES),
    )


def _codes(values: pd.Series, names: tuple[str, ...]) -> IntArray:
    return pd.Index(names).get_indexer(pd.Index(values.astype(str)))


@lru_cache(maxsize=1)
def shipped_library() -> EventLibrary:
    """The shipped library, read once."""
    return event_library()


@lru_cache(maxsize=len(ANNOUNCEMENT_MODELS))
def committed_fit(model: str) -> AnnouncementFit:
    """The posterior in ``announcement_posterior.csv``."""
    chosen = ANNOUNCEMENT_MODELS[model]
    table = read_bundled("announcement_posterior", dtype={"model": "str", "quantity": "str"})
    wide = table[table["model"] == model].set_index("quantity").drop(columns="model").T
    n_draws = len(wide)

    def column(name: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return np.asarray(wide[name].to_numpy(dtype=float)).reshape(n_draws, 1)

    draws = HierarchicalDraws(
        cell_mean=np.stack([column(f"mean_{cell}") for cell in chosen.cells], axis=2) if chosen.cells else np.empty((n_draws, 1, 0)),
        centre=column("centre"),
        pool_sd=column("pool_sd"),
        cluster_sd=column("date_sd"),
        noise_factor=column("noise_factor"),
        extra_sd=np.stack([column(f"extra_sd_{line}") for line in LINES], axis=2),
        df=HierarchicalPriors().df,
    )
    log = read_bundled("prediction_fits").set_index("fit").to_dict("index")[model]
    rows = training_rows(shipped_library(), chosen)
    cells = rows.groupby("cell")["date_cluster"].agg(n_events="size", n_dates="nunique").reindex(list(chosen.cells), fill_value=0)
    return AnnouncementFit(
        model=chosen,
        draws=draws,
        n_events=int(log["n_events"]),
        n_dates=int(log["n_dates"]),
        cells=cells.rename_axis("cell").reset_index(),
        seed=int(log["seed"]),
    )


def date_mean_sd(fit: AnnouncementFit, rows: pd.DataFrame, lines: int) -> float:
    """Standard deviation of the mean abnormal return of `lines` lines of one date, as fitted; decimal.

    Parameters
    ----------
    rows : DataFrame
        Events with `line` and `se_0_1`; a line of the date is any of them.

    Notes
    -----
    ``sqrt(delta^2 + 2 s^2 / lines)`` with ``s^2`` the mean over the rows of ``(k se_i)^2 + tau_l^2``, and delta, k and tau the medians of
    the posterior. The variance of t with four degrees of freedom is twice its squared scale.
    """
    date, factor = np.median(fit.draws.cluster_sd), np.median(fit.draws.noise_factor)
    extra = np.median(fit.draws.extra_sd[:, 0, :], axis=0)[_codes(rows["line"], LINES)]
    squared = np.mean((factor * rows["se_0_1"].to_numpy(dtype=float)) ** 2 + extra**2)
    df = fit.draws.df
    return float(np.sqrt(date**2 + df / (df - 2) * squared / lines))


def posterior_table(fit: AnnouncementFit, *, n_kept: int = 500) -> pd.DataFrame:
    """Evenly thinned draws of the first fit, one row a quantity: model, quantity, d0, d1, ..."""
    draws = fit.draws
    total = draws.cluster_sd.shape[0]
    keep = np.linspace(0, total - 1, min(n_kept, total)).round().astype(int)
    quantities = {f"mean_{cell}": draws.cell_mean[keep, 0, position] for position, cell in enumerate(fit.model.cells)}
    quantities |= {"centre": draws.centre[keep, 0], "pool_sd": draws.pool_sd[keep, 0], "date_sd": draws.cluster_sd[keep, 0]}
    quantities |= {"noise_factor": draws.noise_factor[keep, 0]}
    quantities |= {f"extra_sd_{line}": draws.extra_sd[keep, 0, position] for position, line in enumerate(LINES)}
    table = pd.DataFrame(list(quantities.values()), columns=[f"d{number}" for number in range(keep.size)])
    table.insert(0, "model", fit.model.name)
    table.insert(1, "quantity", list(quantities))
    return table


@lru_cache(maxsize=16)
def announcement_scores(subset: str = "all") -> pd.DataFrame:
    """Scores of the models on dates left out, as committed: model, n_events, n_dates, crps_return, coverage_50, coverage_90,
    skill against the fitted zero with its 5 and 95 % points over resampled dates."""
    table = read_bundled("prediction_scores", dtype={"target": "str", "subset": "str", "model": "str"})
    return (
        table[(table["target"] == "announcement") & (table["subset"] == subset)].drop(columns=["target", "subset"]).reset_index(drop=True)
    )
