"""What a tried model forecasts and from what: its target, the rows and noise of that target, and its covariates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.kernels.hierarchical import HierarchicalPriors, HierarchicalSample
from impact.pricing.library import EVENT_CLASSES, EventLibrary
from impact.typing_ import FloatArray1D

__all__ = ["COVARIATES", "GROUPINGS", "TARGETS", "Covariate", "Grouping", "Target", "design_of"]

NO_DATE_EFFECT = 0.001
"""Scale of the prior of a date effect that the target has already taken out."""
WIDE, NARROW = "MCHI", "SPY"
OLDEST_MOVE = pd.Timedelta(days=5)
LATER_SESSIONS = 9
MOST_VOLUME = 16.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """One outcome that is forecast.

    Attributes
    ----------
    name, title : str
    rows : callable (EventLibrary) -> DataFrame
        Rows of the model sample with the columns `response` and `noise`, both decimal returns.
    priors : HierarchicalPriors
    """

    name: str
    title: str
    rows: Callable[[EventLibrary], pd.DataFrame]
    priors: HierarchicalPriors = HierarchicalPriors()


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """Labels of the rows, from facts known on the day.

    Attributes
    ----------
    name : str
    labels : tuple of str
    of : callable (rows) -> one label a row
    """

    name: str
    labels: tuple[str, ...]
    of: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True, kw_only=True)
class Covariate:
    """A number of each row that is known on the day; zero where it is not on record.

    Attributes
    ----------
    name : str
    of : callable (rows) -> (N,) array
    unit : bool
        Whether it is divided by its root mean square over all rows.
    """

    name: str
    of: Callable[[pd.DataFrame], FloatArray1D]
    unit: bool = True


def _announced(library: EventLibrary) -> pd.DataFrame:
    rows = library.announcement_sample()
    sizes = library.designations.groupby("batch")["event_id"].size()
    return rows.assign(response=rows["car_0_1"], noise=rows["se_0_1"], batch_lines=rows["batch"].map(sizes).fillna(1))


def _groups(rows: pd.DataFrame) -> pd.Series:
    return rows["date_cluster"].astype(str) + " " + rows["line"].astype(str)


def _within_date(library: EventLibrary) -> pd.DataFrame:
    """Each row less the mean of its date and kind of line, where that holds two rows or more."""
    rows = _announced(library)
    size = rows.groupby(_groups(rows))["event_id"].transform("size")
    rows = rows[size > 1].reset_index(drop=True)
    n = rows.groupby(_groups(rows))["event_id"].transform("size")
    return rows.assign(response=_less_mean(rows, rows["response"]), noise=rows["noise"] * np.sqrt(1 - 1 / n))


def _less_mean(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    return values - values.groupby(_groups(rows)).transform("mean")


def _later_sessions(library: EventLibrary) -> pd.DataFrame:
    rows = _announced(library)
    rows = rows[rows["car_0_10"].notna()].reset_index(drop=True)
    noise = rows["sigma"] * np.sqrt(LATER_SESSIONS * (1 + LATER_SESSIONS / rows["n_obs"]))
    return rows.assign(response=rows["car_0_10"] - rows["car_0_1"], noise=noise)


def _earlier_lines(rows: pd.DataFrame) -> FloatArray1D:
    """Mean first session of the lines of the same date cluster that could react on an earlier day."""
    moved = np.zeros(len(rows))
    for _, group in rows.groupby("date_cluster"):
        for position, day in zip(group.index, group["first_session"], strict=True):
            before = group.loc[group["first_session"] < day, "car_0_0"]
            moved[position] = before.mean() if len(before) else 0.0
    return moved


def _overnight(rows: pd.DataFrame) -> FloatArray1D:
    """Return of Chinese shares in New York less that of the market there, on the last session before the line opens."""
    closes = read_bundled("closes", dtype={"date": "str"}).set_index("date")[[WIDE, NARROW]].dropna()
    moves = closes.pct_change(fill_method=None).iloc[1:]
    days = pd.DatetimeIndex(moves.index)
    gap = (moves[WIDE] - moves[NARROW]).to_numpy(dtype=float)
    values = np.zeros(len(rows))
    for position, (day, kind) in enumerate(zip(rows["first_session"], rows["line_type"], strict=True)):
        last = int(days.searchsorted(day)) - 1
        if kind in ("offshore_hk", "a_share") and last >= 0 and day - days[last] <= OLDEST_MOVE:
            values[position] = gap[last]
    return values


def _log_volume(rows: pd.DataFrame) -> FloatArray1D:
    volume = rows["vol_mult_0"].to_numpy(dtype=float)
    return np.log(np.where(volume > 0, volume, 1.0))


def _volume_spread(rows: pd.DataFrame) -> FloatArray1D:
    volume = rows["vol_mult_0"].fillna(1.0).to_numpy(dtype=float)
    return np.asarray(np.clip(volume, 1.0, MOST_VOLUME) ** 0.25)


def _batch_label(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(np.select([rows["batch_lines"] <= 1, rows["batch_lines"] <= 4], ["one", "few"], "many"), index=rows.index)


def _place(rows: pd.DataFrame) -> pd.Series:
    return rows["line_type"].where(rows["line_type"].isin(["offshore_hk", "a_share"]), "abroad")


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        target.name: target
        for target in (
            Target(name="announcement", title="first session and the next", rows=_announced),
            Target(
                name="cross_section",
                title="first session and the next, less the mean of the date and kind of line",
                rows=_within_date,
                priors=replace(HierarchicalPriors(), cluster_sd=NO_DATE_EFFECT),
            ),
            Target(name="nowcast", title="sessions 2 to 10", rows=_later_sessions),
        )
    }
)
GROUPINGS: Mapping[str, Grouping] = MappingProxyType(
    {
        item.name: item
        for item in (
            Grouping(name="line", labels=("offshore", "a_share"), of=lambda rows: rows["line"]),
            Grouping(name="place", labels=("abroad", "offshore_hk", "a_share"), of=_place),
            Grouping(name="batch", labels=("one", "few", "many"), of=_batch_label),
            Grouping(name="event_class", labels=tuple(EVENT_CLASSES), of=lambda rows: rows["event_class"]),
        )
    }
)
COVARIATES: Mapping[str, Covariate] = MappingProxyType(
    {
        item.name: item
        for item in (
            Covariate(name="run_up", of=lambda rows: (rows["car_m1_1"] - rows["car_0_1"]).fillna(0.0).to_numpy(dtype=float)),
            Covariate(
                name="volatility", of=lambda rows: (rows["sigma"] / rows["sigma"].median()).fillna(1.0).to_numpy(dtype=float), unit=False
            ),
            Covariate(name="earlier_lines", of=_earlier_lines),
            Covariate(name="overnight", of=_overnight),
            Covariate(name="volatility_within", of=lambda rows: _less_mean(rows, rows["sigma"]).to_numpy(dtype=float)),
            Covariate(
                name="first_within",
                of=lambda rows: _less_mean(rows, (~rows["event_class"].str.startswith("repeat")).astype(float)).to_numpy(dtype=float),
            ),
            Covariate(name="log_volume", of=_log_volume),
            Covariate(name="first_move", of=lambda rows: rows["car_0_1"].to_numpy(dtype=float)),
            Covariate(name="volume_spread", of=_volume_spread, unit=False),
        )
    }
)


def design_of(rows: pd.DataFrame, *, cells: str, slope: str, kinds: str, spread: str) -> HierarchicalSample:
    """The rows of a target as the sampler takes them.

    Parameters
    ----------
    rows : DataFrame
        As ``Target.rows`` gives them.
    cells : str
        Grouping with a mean of its own for each label; empty: one slope, or no mean where `slope` is empty too.
    slope : str
        Covariate that the mean multiplies; empty: one.
    kinds : str
        Grouping with extra noise of its own for each label.
    spread : str
        Covariate that the noise is multiplied with; empty: one.
    """
    kind, group = GROUPINGS[kinds], GROUPINGS.get(cells)
    unlabelled = np.zeros(len(rows), dtype=np.intp) if slope else np.full(len(rows), -1)
    noise = rows["noise"].to_numpy(dtype=float)
    return HierarchicalSample(
        response=rows["response"].to_numpy(dtype=float),
        regressor=_covariate(rows, slope),
        noise=noise * _covariate(rows, spread),
        cell=unlabelled if group is None else pd.Index(group.labels).get_indexer(pd.Index(group.of(rows))),
        cluster=pd.factorize(_groups(rows))[0],
        kind=pd.Index(kind.labels).get_indexer(pd.Index(kind.of(rows))),
        n_cells=len(group.labels) if group is not None else int(bool(slope)),
        n_kinds=len(kind.labels),
    )


def _covariate(rows: pd.DataFrame, name: str) -> FloatArray1D:
    if not name:
        return np.ones(len(rows))
    covariate = COVARIATES[name]
    values = covariate.of(rows)
    size = float(np.sqrt(np.mean(values**2))) if covariate.unit else 1.0
    return values / size if size > 0 else values
