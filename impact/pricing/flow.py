"""What volume that must trade by a close does to the price, by era, side and reason, estimated from index changes."""

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
from impact.pricing.announcement import SEED, shipped_library
from impact.pricing.library import EventLibrary
from impact.provenance import Source
from impact.results import Result, Summary, read_only
from impact.tables import Column, Schema
from impact.tables.prose import count, decimal, interval, signed_decimal
from impact.typing_ import BoolArray, FloatArray1D

__all__ = ["FLOW_CELLS", "FLOW_MODELS", "ExecutionFlow", "FlowCell", "FlowModel", "execution_flow", "fit_flow", "reversal_table"]

Era: TypeAlias = Literal["2001_08", "2009_18", "since_2019"]
Side: TypeAlias = Literal["addition", "deletion"]
Reason: TypeAlias = Literal["review", "sanction"]
WINDOW_SESSIONS = 11  # sessions -10 to 0 up to the execution close
LEAST_FLOW_ADV = 0.5
LITERATURE = 0.75
LEVELS = (0.05, 0.5, 0.95)
LIBRARY = Source(title="index changes of the event library, 2001 to 2022", basis="facts and computed numbers")
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
    """

    name: str
    title: str
    split: Literal["none", "one", "era_side", "era_side_reason"]
    flow: Literal["observed", "training_median"] = "observed"
    fixed: float = float("nan")


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
        )
    }
)
FLOW_SCHEMA = Schema(
    "flow_coefficients",
    (
        Column("cell", "code", about="era, side and reason"),
        Column("coefficient_low", "statistic", about="5 % point of the posterior"),
        Column("coefficient_mid", "statistic"),
        Column("coefficient_high", "statistic", about="95 % point"),
        Column("n_events", "count"),
        Column("n_dates", "count", about="execution dates"),
        Column("forecast", "flag", about="false: described, the news is inside the window"),
        Column("reversal", "share", about="part of the move given back in the 20 sessions after the close"),
        Column("reversal_low", "share"),
        Column("reversal_high", "share"),
    ),
    about="one cell of index changes",
)


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
    year = frame["exec_session"].dt.year
    era = np.select([year < 2009, year < 2019], ["2001_08", "2009_18"], "since_2019")
    side = np.where((frame["action"] == "deletion") & (frame["reason"] == "sanction"), "sanction", frame["action"])
    return FlowRows(
        frame=frame,
        towards=sign * frame["car_m10_0"].to_numpy(dtype=float),
        after=sign * frame["car_p1_p20"].to_numpy(dtype=float),
        sigma=frame["sigma"].to_numpy(dtype=float),
        flow_adv=np.maximum(LEAST_FLOW_ADV, frame["excess_adv"].to_numpy(dtype=float)),
        cell=pd.Series(np.char.add(np.char.add(era.astype(str), "_"), side.astype(str)), index=frame.index),
    )


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
    regressor = np.full(len(rows.frame), 0.1) if chosen.split == "one" else rows.sigma * np.sqrt(rows.flow_adv)
    response = rows.towards - (0.0 if np.isnan(chosen.fixed) else chosen.fixed * regressor)
    sample = HierarchicalSample(
        response=response,
        regressor=regressor,
        noise=rows.sigma * np.sqrt(WINDOW_SESSIONS),
        cell=cells,
        cluster=pd.factorize(rows.frame["exec_session"])[0],
        kind=np.zeros(len(rows.frame), dtype=np.intp),
        n_cells=int(cells.max()) + 1,
        n_kinds=1,
    )
    return sample_hierarchical(sample, mask, priors=PRIORS, rng=np.random.default_rng(seed), n_draws=n_draws)


def _model(name: str) -> FlowModel:
    if name not in FLOW_MODELS:
        raise InputError(f"model={name!r} is no model of the flow; choose one of: {', '.join(FLOW_MODELS)}.")
    return FLOW_MODELS[name]


def cell_codes(rows: FlowRows, model: FlowModel) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Number of the coefficient of each row; -1 where none is fitted."""
    if model.split == "none":
        return np.full(len(rows.frame), -1, dtype=np.intp)
    if model.split == "one":
        return np.zeros(len(rows.frame), dtype=np.intp)
    names = list(FLOW_CELLS)
    cells = rows.cell if model.split == "era_side_reason" else rows.cell.replace("since_2019_sanction", "since_2019_deletion")
    return pd.Index(names).get_indexer(pd.Index(cells))


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExecutionFlow(Result):
    """Effect of a flow on the price by the last close of its execution.

    Attributes
    ----------
    cell : FlowCell
    log_effect : (D,) array
        Change of the log price, negative for a sale: the coefficient alone, without the ordinary noise of the line.
    coefficient : (D,) array
        Posterior of the coefficient of ``sigma sqrt(q)``.
    flow_adv : float
        Size of the flow in ADV.
    n_events, n_dates : int
    outside : bool
        The flow is larger than nine tenths of those that the coefficient was fitted on, or smaller than nine tenths.
    """

    cell: FlowCell
    log_effect: FloatArray1D
    coefficient: FloatArray1D
    flow_adv: float
    n_events: int
    n_dates: int
    outside: bool
    scores: pd.DataFrame
    sources: tuple[Source, ...] = (LIBRARY,)
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The coefficient of the cell and the effect: 5, 50 and 95 %."""
        low, middle, high = np.quantile(self.coefficient, LEVELS)
        effect = np.expm1(np.quantile(self.log_effect, LEVELS))
        return pd.DataFrame(
            [
                {
                    "cell": self.cell.name,
                    "coefficient_low": low,
                    "coefficient_mid": middle,
                    "coefficient_high": high,
                    "effect_return_low": effect[0],
                    "effect_return_mid": effect[1],
                    "effect_return_high": effect[2],
                    "n_events": self.n_events,
                    "n_dates": self.n_dates,
                    "forecast": self.cell.forecast,
                }
            ]
        )

    @property
    def verdict(self) -> str:
        """One sentence that the score allows."""
        low, middle, high = np.quantile(self.coefficient, LEVELS)
        ends = interval(low, high, signed_decimal)
        known = (
            f"{self.cell.title}: coefficient {signed_decimal(middle)}, 90 % range {ends}, {count(self.n_events)} changes on"
            f" {count(self.n_dates)} execution dates"
        )
        if not self.cell.forecast:
            return f"{known}; described, not forecast: the news of the sanction lies inside the window."
        row = self.scores[self.scores["model"] == "era_side"].iloc[0]
        skill = interval(row["skill_low"], row["skill_high"], signed_decimal)
        zero = " zero is inside the range: cannot tell" if low < 0 < high else " zero is outside the range"
        return f"{known};{zero} (skill with volume measured afterwards {decimal(row['skill'])}, 90 % range {skill})."

    def summary(self) -> Summary:
        """Coefficient and effect."""
        return Summary(
            title=f"Execution flow of {decimal(self.flow_adv, 1)} ADV",
            tables=(("Effect by the execution close", self.to_frame()),),
            notes=(self.verdict, *self.assumptions),
            sources=self.sources,
        )


def execution_flow(
    flow_adv: float,
    sigma: float,
    *,
    side: Side = "deletion",
    reason: Reason = "review",
    era: Era = "since_2019",
    library: EventLibrary | None = None,
    seed: int = SEED,
) -> ExecutionFlow:
    """Effect of a flow that must trade by a close, with the coefficient of its era, side and reason.

    Parameters
    ----------
    flow_adv : float
        Shares that must trade beyond the usual, in multiples of ADV, not negative.
    sigma : float
        Residual standard deviation of one session, decimal.
    reason : {"review", "sanction"}
        Sanction deletions are described, not forecast.
    library : EventLibrary, optional
        The committed posterior when None, else a fit on this library.

    Raises
    ------
    InputError
        If a number is not positive or no index change fits the words.

    Examples
    --------
    >>> flow = execution_flow(10.0, 0.02)
    >>> flow.cell.name, flow.n_dates
    ('since_2019_deletion', 10)
    """
    if not (np.isfinite(flow_adv) and flow_adv >= 0 and np.isfinite(sigma) and sigma > 0):
        raise InputError(f"flow_adv={flow_adv!r}, sigma={sigma!r}; a finite flow >= 0 and a positive sigma are needed: correct them.")
    fitting = [cell for cell in FLOW_CELLS.values() if (cell.era, cell.side, cell.reason) == (era, side, reason)]
    if not fitting:
        raise InputError(f"era={era!r}, side={side!r}, reason={reason!r} has no index change; choose one of: {', '.join(FLOW_CELLS)}.")
    cell = fitting[0]
    rows = flow_rows(library or shipped_library())
    own = rows.cell == cell.name
    coefficient = coefficient_draws(cell.name, library, seed=seed)
    sign = -1.0 if side == "deletion" else 1.0
    low, high = np.quantile(rows.flow_adv[own.to_numpy()], (0.05, 0.95))
    return ExecutionFlow(
        cell=cell,
        log_effect=read_only(sign * coefficient * sigma * np.sqrt(flow_adv)),
        coefficient=read_only(coefficient),
        flow_adv=float(flow_adv),
        n_events=int(own.sum()),
        n_dates=int(rows.frame.loc[own, "exec_session"].nunique()),
        outside=bool(flow_adv > 0 and not low <= flow_adv <= high),
        scores=flow_scores(),
        assumptions=(
            "The coefficient is fitted on volume measured after the fact: an explanation of past moves, not a trading record.",
            "The range is that of the coefficient; the ordinary noise of the line comes on top.",
        ),
    )


def coefficient_draws(cell: str, library: EventLibrary | None = None, *, seed: int = SEED) -> FloatArray1D:
    """Posterior draws (D,) of the coefficient of one cell."""
    if library is None:
        return committed_coefficients()[cell]
    return fit_flow(library, seed=seed).cell_mean[:, 0, list(FLOW_CELLS).index(cell)]


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
    ``CAR(+1,+20) = -r CAR(-10,0)`` through the origin, weighted by one over the variance of the line.
    """
    rows = flow_rows(library or shipped_library())
    cells = rows.cell.replace("since_2019_sanction", "since_2019_deletion")
    rng = np.random.default_rng(seed)
    out = []
    for name in FLOW_CELLS:
        own = ((rows.cell if name == "since_2019_sanction" else cells) == name).to_numpy()
        before, after, weight = rows.towards[own], rows.after[own], 1 / rows.sigma[own] ** 2
        dates, index = np.unique(rows.frame.loc[own, "exec_session"], return_inverse=True)
        top, bottom = (np.bincount(index, weights=weight * before * other) for other in (after, before))
        picked = rng.integers(dates.size, size=(n_resamples, dates.size))
        resampled = -top[picked].sum(axis=1) / bottom[picked].sum(axis=1)
        low, high = np.quantile(resampled, (0.05, 0.95))
        out.append(
            {
                "cell": name,
                "n_events": int(own.sum()),
                "n_dates": dates.size,
                "reversal": float(-top.sum() / bottom.sum()),
                "reversal_low": float(low),
                "reversal_high": float(high),
            }
        )
    return pd.DataFrame(out)


def coefficient_table(library: EventLibrary | None = None) -> pd.DataFrame:
    """One row a cell, as ``FLOW_SCHEMA`` declares."""
    rows = flow_rows(library or shipped_library())
    table = []
    for name, cell in FLOW_CELLS.items():
        low, middle, high = np.quantile(coefficient_draws(name, library), LEVELS)
        own = rows.cell == name
        table.append(
            {
                "cell": name,
                "coefficient_low": low,
                "coefficient_mid": middle,
                "coefficient_high": high,
                "n_events": int(own.sum()),
                "n_dates": int(rows.frame.loc[own, "exec_session"].nunique()),
                "forecast": cell.forecast,
            }
        )
    given_back = reversal_table(library)[["cell", "reversal", "reversal_low", "reversal_high"]]
    return pd.DataFrame(table).merge(given_back, on="cell")


def flow_scores() -> pd.DataFrame:
    """Scores of the models on execution dates left out, as committed; columns as those of the announcement."""
    table = read_bundled("prediction_scores", dtype={"target": "str", "subset": "str", "model": "str"})
    return table[table["target"] == "flow"].drop(columns=["target", "subset"]).reset_index(drop=True)
