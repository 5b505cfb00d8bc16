"""The models of the execution flow, their fits to the index changes of the event library, and what reverses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.kernels.hierarchical import HierarchicalDraws, HierarchicalPriors, HierarchicalSample, sample_hierarchical
from impact.pricing.announcement_fit import SEED, shipped_library
from impact.pricing.known_events import instant_of
from impact.pricing.library import EventLibrary
from impact.results import read_only
from impact.typing_ import BoolArray, FloatArray1D, Instant

__all__ = [
    "FLOW_CELLS",
    "FLOW_MODELS",
    "FlowCell",
    "FlowModel",
    "FlowRows",
    "coefficient_draws",
    "era_at",
    "fit_flow",
    "flow_rows",
    "flow_scores",
    "is_described",
    "reversal_draws",
    "reversal_table",
]

Era: TypeAlias = Literal["2001_08", "2009_18", "since_2019"]
Side: TypeAlias = Literal["addition", "deletion"]
Reason: TypeAlias = Literal["review", "sanction"]
WINDOW_SESSIONS = 11  # sessions -10 to 0 up to the execution close
LEAST_FLOW_ADV = 0.5
LITERATURE = 0.75
UNIT_MOVE = 0.1  # return that a coefficient of one means in the model of one mean
FEWEST_DATES = 5
"""Execution dates below which a cell says nothing of its own: few dates resample to one. What it gave back is then read from every deletion, or
addition, of any era; its coefficient is mostly that of the pool, and of a cell that is described only there is none."""
PRIORS = HierarchicalPriors(centre_sd=1.0, pool_sd=0.5, pool_known=True, extra_sd=0.0)


@dataclass(frozen=True, kw_only=True)
class FlowCell:
    """Index changes that share a coefficient.

    Attributes
    ----------
    name, title : str
    era, side, reason : str
    forecast : bool
        False: described only, for the news of the sanction lies inside the window.
    """

    name: str
    title: str
    era: Era
    side: Side
    reason: Reason
    forecast: bool = True


FLOW_CELLS: Mapping[str, FlowCell] = MappingProxyType(
    {
        cell.name: cell
        for cell in (
            FlowCell(name="2001_08_addition", title="additions 2001 to 2008", era="2001_08", side="addition", reason="review"),
            FlowCell(name="2001_08_deletion", title="deletions 2001 to 2008", era="2001_08", side="deletion", reason="review"),
            FlowCell(name="2009_18_addition", title="additions 2009 to 2018", era="2009_18", side="addition", reason="review"),
            FlowCell(name="2009_18_deletion", title="deletions 2009 to 2018", era="2009_18", side="deletion", reason="review"),
            FlowCell(name="since_2019_addition", title="additions since 2019", era="since_2019", side="addition", reason="review"),
            FlowCell(name="since_2019_deletion", title="review deletions since 2019", era="since_2019", side="deletion", reason="review"),
            FlowCell(
                name="since_2019_sanction",
                title="sanction deletions since 2019",
                era="since_2019",
                side="deletion",
                reason="sanction",
                forecast=False,
            ),
        )
    }
)


@dataclass(frozen=True, kw_only=True)
class FlowModel:
    """One rival in the race of forecasts of the return up to the execution close.

    Attributes
    ----------
    name, title : str
    split : {"none", "one", "era_side", "era_side_reason"}
        Which rows share a coefficient.
    flow : {"observed", "training_median"}
        Volume measured after the fact, or what the index and era had at the median.
    fixed : float
        Coefficient that is not fitted; NaN where it is.
    power : float
        Exponent of the flow in the regressor.
    """

    name: str
    title: str
    split: Literal["none", "one", "era_side", "era_side_reason"]
    flow: Literal["observed", "training_median"] = "observed"
    fixed: float = float("nan")
    power: float = 0.5


FLOW_MODELS: Mapping[str, FlowModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            FlowModel(name="fitted_zero", title="no effect, with fitted spread", split="none"),
            FlowModel(name="one_mean", title="one mean move towards the flow, whatever its size", split="one"),
            FlowModel(name="era_side", title="coefficient by era and side, flow observed", split="era_side"),
            FlowModel(name="era_side_reason", title="coefficient by era, side and reason, flow observed", split="era_side_reason"),
            FlowModel(
                name="era_side_forecast",
                title="coefficient by era and side, median flow of training",
                split="era_side",
                flow="training_median",
            ),
            FlowModel(name="literature", title="constant of the literature, 0.75", split="none", fixed=LITERATURE),
            FlowModel(
                name="literature_linear", title="linear law of the literature", split="none", fixed=float(np.sqrt(2 / np.pi)), power=1.0
            ),
        )
    }
)


N_CELLS: Mapping[str, int] = MappingProxyType({"none": 0, "one": 1, "era_side": len(FLOW_CELLS) - 1, "era_side_reason": len(FLOW_CELLS)})
"""Coefficients of each split; those without a row are drawn from the pool."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlowRows:
    """Arrays of the flow sample: move towards the flow, its regressor, and labels."""

    frame: pd.DataFrame
    towards: FloatArray1D
    after: FloatArray1D
    sigma: FloatArray1D
    flow_adv: FloatArray1D
    cell: pd.Series


def flow_rows(library: EventLibrary) -> FlowRows:
    """Rows of the flow sample; towards is positive when the price moves with the flow."""
    frame = library.flow_sample()
    sign = np.where(frame["action"] == "addition", 1.0, -1.0)
    era = np.array([_era_of(year) for year in frame["exec_session"].dt.year], dtype="U10")
    side = np.where((frame["action"] == "deletion") & (frame["reason"] == "sanction"), "sanction", frame["action"])
    return FlowRows(
        frame=frame,
        towards=sign * frame["car_m10_0"].to_numpy(dtype=float),
        after=sign * frame["car_p1_p20"].to_numpy(dtype=float),
        sigma=frame["sigma"].to_numpy(dtype=float),
        flow_adv=np.maximum(LEAST_FLOW_ADV, frame["excess_adv"].to_numpy(dtype=float)),
        cell=pd.Series(np.char.add(np.char.add(era.astype(str), "_"), side.astype(str)), index=frame.index),
    )


def is_described(rows: FlowRows, cell: str) -> bool:
    """Whether a cell has enough execution dates of its own to be described by them."""
    return bool(rows.frame.loc[rows.cell == cell, "exec_session"].nunique() >= FEWEST_DATES)


def _era_of(year: int) -> Era:
    return "2001_08" if year < 2009 else "2009_18" if year < 2019 else "since_2019"


def era_at(as_of: Instant | None) -> Era:
    """Era of an instant; the latest without one."""
    at = instant_of(as_of)
    return "since_2019" if at is None else _era_of(at.year)


def fit_flow(
    library: EventLibrary, model: str = "era_side_reason", *, kept: BoolArray | None = None, n_draws: int = 1500, seed: int = SEED
) -> HierarchicalDraws:
    """Fit one model of the flow by Gibbs sampling.

    Parameters
    ----------
    model : str
        Key of ``FLOW_MODELS``.
    kept : (F, N) boolean array, optional
        Rows that train each of F fits; one fit on all rows when None.

    Notes
    -----
    ``y_i = Y_cell sigma_i sqrt(q_i) + u_date + e_i``, q the volume of sessions -10 to 0 beyond the usual, in ADV; e Student
    t with 4 degrees of freedom and scale ``k sigma sqrt(11)``; ``Y_cell ~ N(Y0, 0.5^2)``, ``Y0 ~ N(0, 1)``.
    """
    chosen = _model(model)
    rows = flow_rows(library)
    mask = np.ones((1, len(rows.frame)), dtype=bool) if kept is None else kept
    cells = cell_codes(rows, chosen)
    regressor = regressor_of(rows, chosen, rows.flow_adv)
    response = rows.towards - (0.0 if np.isnan(chosen.fixed) else chosen.fixed * regressor)
    sample = HierarchicalSample(
        response=response,
        regressor=regressor,
        noise=rows.sigma * np.sqrt(WINDOW_SESSIONS),
        cell=cells,
        cluster=pd.factorize(rows.frame["exec_session"])[0],
        kind=np.zeros(len(rows.frame), dtype=np.intp),
        n_cells=N_CELLS[chosen.split],
        n_kinds=1,
    )
    return sample_hierarchical(sample, mask, priors=PRIORS, rng=np.random.default_rng(seed), n_draws=n_draws)


def _model(name: str) -> FlowModel:
    if name not in FLOW_MODELS:
        raise InputError(f"model={name!r} is no model of the flow; choose one of: {', '.join(FLOW_MODELS)}.")
    return FLOW_MODELS[name]


def regressor_of(rows: FlowRows, model: FlowModel, flow_adv: FloatArray1D) -> FloatArray1D:
    """What the coefficient multiplies: ``sigma q^power``, or a constant for one mean move."""
    return np.full(flow_adv.size, UNIT_MOVE) if model.split == "one" else rows.sigma * flow_adv**model.power


def cell_codes(rows: FlowRows, model: FlowModel) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Number of the coefficient of each row; -1 where none is fitted."""
    if model.split == "none":
        return np.full(len(rows.frame), -1, dtype=np.intp)
    if model.split == "one":
        return np.zeros(len(rows.frame), dtype=np.intp)
    names = list(FLOW_CELLS)
    cells = rows.cell if model.split == "era_side_reason" else rows.cell.replace("since_2019_sanction", "since_2019_deletion")
    return pd.Index(names).get_indexer(pd.Index(cells))


def coefficient_draws(cell: str, library: EventLibrary | None = None, *, seed: int = SEED) -> FloatArray1D:
    """Posterior draws (D,) of the coefficient of one cell; the committed ones without a library."""
    if library is None or library is shipped_library():
        return committed_coefficients()[cell]
    return read_only(_fitted(library, seed).cell_mean[:, 0, list(FLOW_CELLS).index(cell)])


@lru_cache(maxsize=8)
def _fitted(library: EventLibrary, seed: int) -> HierarchicalDraws:
    """The fit to a library, kept: every cell is read from the same one."""
    return fit_flow(library, seed=seed)


@lru_cache(maxsize=1)
def committed_coefficients() -> Mapping[str, FloatArray1D]:
    """Draws of every cell in ``flow_posterior.csv``."""
    table = read_bundled("flow_posterior", dtype={"quantity": "str"}).set_index("quantity")
    return MappingProxyType({cell: np.asarray(table.loc[cell].to_numpy(dtype=float)).ravel() for cell in FLOW_CELLS})


def flow_posterior_table(draws: HierarchicalDraws, *, n_kept: int = 500) -> pd.DataFrame:
    """Evenly thinned draws of the coefficients, one row a cell: quantity, d0, d1, ..."""
    total = draws.cluster_sd.shape[0]
    keep = np.linspace(0, total - 1, min(n_kept, total)).round().astype(int)
    quantities = {cell: draws.cell_mean[keep, 0, position] for position, cell in enumerate(FLOW_CELLS)}
    quantities |= {"date_sd": draws.cluster_sd[keep, 0], "noise_factor": draws.noise_factor[keep, 0]}
    table = pd.DataFrame(list(quantities.values()), columns=[f"d{number}" for number in range(keep.size)])
    table.insert(0, "quantity", list(quantities))
    return table


def reversal_table(library: EventLibrary | None = None, *, n_resamples: int = 2000, seed: int = SEED) -> pd.DataFrame:
    """Part of the move up to the execution close that the next 20 sessions give back, by era and side.

    Returns
    -------
    DataFrame
        cell, n_events, n_dates, reversal with its 5 and 95 % points over resampled execution dates.

    Notes
    -----
    ``CAR(+1,+20) = -r CAR(-10,0)`` through the origin, weighted by one over the variance of the line. A review deletion since
    2019 is pooled with the sanction deletions, as the first run did; the sanction cell has its own row.
    """
    rows = flow_rows(library or shipped_library())
    out = []
    for name in FLOW_CELLS:
        own = _reversal_rows(rows, name)
        resampled = _reversals(rows, own, n_resamples, seed)
        low, high = np.quantile(resampled[1:], (0.05, 0.95))
        out.append(
            {
                "cell": name,
                "n_events": int(own.sum()),
                "n_dates": int(rows.frame.loc[own, "exec_session"].nunique()),
                "reversal": float(resampled[0]),
                "reversal_low": float(low),
                "reversal_high": float(high),
            }
        )
    return pd.DataFrame(out)


@lru_cache(maxsize=4 * len(FLOW_CELLS))
def reversal_draws(cell: str, library: EventLibrary | None = None, *, n_resamples: int = 2000, seed: int = SEED) -> FloatArray1D:
    """Reversal of one cell over resampled execution dates (n_resamples,).

    Notes
    -----
    From fewer than ``FEWEST_DATES`` dates whose 20 later sessions are over, every change of that side serves, of whatever era.
    """
    rows = shipped_flow_rows() if library is None else flow_rows(library)
    own = _reversal_rows(rows, cell)
    if rows.frame.loc[own, "exec_session"].nunique() < FEWEST_DATES:
        own = np.asarray(rows.frame["action"] == FLOW_CELLS[cell].side) & np.isfinite(rows.after)
    return read_only(_reversals(rows, own, n_resamples, seed)[1:])


@lru_cache(maxsize=1)
def shipped_flow_rows() -> FlowRows:
    """Rows of the shipped library, laid out once."""
    return flow_rows(shipped_library())


def _reversal_rows(rows: FlowRows, name: str) -> BoolArray:
    """Rows whose reversal the cell shows, and whose 20 later sessions are over."""
    cells = rows.cell if name == "since_2019_sanction" else rows.cell.replace("since_2019_sanction", "since_2019_deletion")
    return np.asarray(cells == name) & np.isfinite(rows.after)


def _reversals(rows: FlowRows, own: BoolArray, n_resamples: int, seed: int) -> FloatArray1D:
    """Reversal of the rows, then over resampled dates (1 + n_resamples,)."""
    before, after, weight = rows.towards[own], rows.after[own], 1 / rows.sigma[own] ** 2
    dates, index = np.unique(rows.frame.loc[own, "exec_session"], return_inverse=True)
    top, bottom = (np.bincount(index, weights=weight * before * other) for other in (after, before))
    picked = np.vstack([np.arange(dates.size), np.random.default_rng(seed).integers(dates.size, size=(n_resamples, dates.size))])
    return np.asarray(-top[picked].sum(axis=1) / bottom[picked].sum(axis=1))


@lru_cache(maxsize=1)
def flow_scores() -> pd.DataFrame:
    """Scores of the models on execution dates left out, as committed; columns as those of the announcement."""
    table = read_bundled("prediction_scores", dtype={"target": "str", "subset": "str", "model": "str"})
    return table[table["target"] == "flow"].drop(columns=["target", "subset"]).reset_index(drop=True)
