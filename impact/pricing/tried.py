"""Every model of a list event that was tried, failures included: what it knows on the day, its specification, its score and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from impact.bundled import read_bundled
from impact.pricing.schemas import TRIED

__all__ = ["TRIED_MODELS", "Outcome", "TriedModel", "tried_scores", "tried_table"]

Outcome = Literal["default", "scenario", "fit", "rival", "refused"]
"""The default forecast; shown beside it as a scenario; the fit of the execution flow; a rival to compare with; tried and refused."""
FIRST, MORE = "SPEC.md", "SPEC_TRIED.md"
NOT_BETTER = "the lower end of its skill is not above zero on all rows"


@dataclass(frozen=True, kw_only=True)
class TriedModel:
    """One model and what became of it.

    Attributes
    ----------
    name : str
        Unique within its target; as in the tables of scores.
    target : {"announcement", "cross_section", "nowcast", "flow"}
    title : str
    knows : str
        What it uses, and when that is known.
    spec : str
        File in ``tests/reference/calibration`` that stated it before the fit.
    outcome : str
        See ``Outcome``.
    why : str
        Why it was kept or not.
    cells, slope, kinds, spread : str
        Design, as :func:`impact.pricing.tried_design.design_of` takes it; only of models of ``SPEC_TRIED.md``.
    """

    name: str
    target: Literal["announcement", "cross_section", "nowcast", "flow"]
    title: str
    knows: str
    spec: str
    outcome: Outcome
    why: str
    cells: str = ""
    slope: str = ""
    kinds: str = "line"
    spread: str = ""

    @property
    def key(self) -> str:
        """Target and name."""
        return f"{self.target}/{self.name}"


_OF_CLASS = "list, class and kind of line: on the public day"
_AFTERWARDS = "volume of sessions -10 to 0: after the fact, an explanation and no forecast"
_MODELS = (
    TriedModel(name="own_noise", target="announcement", title="no effect, the line's own noise", knows="sigma of the line: the day before",
               spec=FIRST, outcome="rival", why="its 90 % range covers 70 %"),
    TriedModel(name="own_noise_gaussian_spread", target="announcement", title="no effect, own noise and a common Gaussian spread",
               knows="sigma of the line: the day before", spec=FIRST, outcome="rival", why=NOT_BETTER),
    TriedModel(name="fitted_zero", target="announcement", title="no effect, with fitted spread", knows="sigma and kind of line: the day before",
               spec=FIRST, outcome="default", why="covers what it says, and nothing beat it on all rows when it was chosen"),
    TriedModel(name="one_mean", target="announcement", title="one mean for every list event", knows="that there is an event: on the public day",
               spec=FIRST, outcome="refused", why=NOT_BETTER),
    TriedModel(name="class_mean", target="announcement", title="a mean for each class, drawn together", knows=_OF_CLASS, spec=FIRST,
               outcome="scenario", why=NOT_BETTER),
    TriedModel(name="run_up", target="announcement", title="slope on the session before", knows="abnormal return of session -1: at its close",
               spec=MORE, outcome="refused", why=NOT_BETTER, slope="run_up"),
    TriedModel(name="line_means", target="announcement", title="a mean by place: receipts, Hong Kong, mainland",
               knows="where the line trades: before", spec=MORE, outcome="refused", why=NOT_BETTER, cells="place"),
    TriedModel(name="line_spread", target="announcement", title="no effect, spread by place: receipts, Hong Kong, mainland",
               knows="where the line trades: before", spec=MORE, outcome="refused", why=NOT_BETTER, kinds="place"),
    TriedModel(name="batch_means", target="announcement", title="a mean by the lines of the batch: one, two to four, more",
               knows="size of the batch: on the public day", spec=MORE, outcome="refused", why=NOT_BETTER, cells="batch"),
    TriedModel(name="batch_spread", target="announcement", title="no effect, spread by the lines of the batch",
               knows="size of the batch: on the public day", spec=MORE, outcome="refused", why=NOT_BETTER, kinds="batch"),
    TriedModel(name="class_by_volatility", target="announcement", title="a mean for each class in units of the line's volatility",
               knows="class and sigma: on the public day", spec=MORE, outcome="refused", why=NOT_BETTER, cells="event_class", slope="volatility"),
    TriedModel(name="earlier_lines", target="announcement", title="slope on lines of the same date that reacted on an earlier day",
               knows="their first session: before this line opens", spec=MORE, outcome="refused", why=NOT_BETTER, slope="earlier_lines"),
    TriedModel(name="overnight", target="announcement", title="slope on Chinese shares in New York, net of the market there",
               knows="their last session: before a line in Asia opens", spec=MORE, outcome="refused", why=NOT_BETTER, slope="overnight"),
    TriedModel(name="no_difference", target="cross_section", title="no difference between lines of one date, with fitted spread",
               knows="sigma and kind of line: the day before", spec=MORE, outcome="rival", why="what the models of differences are set against"),
    TriedModel(name="cross_volatility", target="cross_section", title="slope on volatility within the date",
               knows="sigma: the day before", spec=MORE, outcome="refused", why=NOT_BETTER, slope="volatility_within"),
    TriedModel(name="cross_first", target="cross_section", title="slope on a first listing against repeats of the same date",
               knows="class: on the public day", spec=MORE, outcome="refused", why=NOT_BETTER, slope="first_within"),
    TriedModel(name="no_drift", target="nowcast", title="no effect in sessions 2 to 10, with fitted spread", knows="sigma and kind of line: the day before",
               spec=MORE, outcome="rival", why="what the nowcasts are set against"),
    TriedModel(name="volume_drift", target="nowcast", title="slope on the log of the first session's volume over the usual",
               knows="volume of session 0: at its close", spec=MORE, outcome="refused", why=NOT_BETTER, slope="log_volume"),
    TriedModel(name="continuation", target="nowcast", title="slope on the move of sessions 0 and 1", knows="car_0_1: at the close of session 1",
               spec=MORE, outcome="refused", why=NOT_BETTER, slope="first_move"),
    TriedModel(name="volume_spread", target="nowcast", title="no effect, noise wider after a first session of large volume",
               knows="volume of session 0: at its close", spec=MORE, outcome="refused", why=NOT_BETTER, spread="volume_spread"),
    TriedModel(name="fitted_zero", target="flow", title="no effect of the flow, with fitted spread", knows="sigma: before", spec=FIRST, outcome="rival",
               why="what the models of the flow are set against"),
    TriedModel(name="one_mean", target="flow", title="one mean for every index change", knows="side: at the notice", spec=FIRST, outcome="refused",
               why=NOT_BETTER),
    TriedModel(name="era_side", target="flow", title="coefficient by era and side, volume as measured", knows=_AFTERWARDS, spec=FIRST,
               outcome="fit", why="beats no effect, nearly all of it before 2009"),
    TriedModel(name="era_side_reason", target="flow", title="the same with deletions for sanctions apart", knows=_AFTERWARDS, spec=FIRST,
               outcome="fit", why="beats no effect; deletions for sanctions are described, since the news lies inside their window"),
    TriedModel(name="era_side_forecast", target="flow", title="coefficient by era and side, volume as the training dates had it",
               knows="index and era: at the notice", spec=FIRST, outcome="fit", why="beats no effect, nearly all of it before 2009"),
    TriedModel(name="literature", target="flow", title="square root with the constant 0.75 of the literature", knows=_AFTERWARDS, spec=FIRST,
               outcome="refused", why="loses to no effect"),
    TriedModel(name="literature_linear", target="flow", title="linear law with the constant of the literature", knows=_AFTERWARDS, spec=FIRST,
               outcome="refused", why="loses to no effect"),
)  # fmt: skip
TRIED_MODELS: Mapping[str, TriedModel] = MappingProxyType({model.key: model for model in _MODELS})


def tried_scores(first: pd.DataFrame | None = None, more: pd.DataFrame | None = None) -> pd.DataFrame:
    """Scores of every model on all rows of its target on dates left out: target, model, and the columns of the scores.

    Parameters
    ----------
    first, more : DataFrame, optional
        Tables ``prediction_scores`` and ``tried_scores``; as committed when None.
    """
    words = {"target": "str", "subset": "str", "model": "str"}
    first = read_bundled("prediction_scores", dtype=words) if first is None else first
    more = read_bundled("tried_scores", dtype=words) if more is None else more
    again = more["target"].eq("announcement") & more["model"].eq("fitted_zero")  # the default, scored once more beside the others
    return pd.concat([first[first["subset"] == "all"].drop(columns="subset"), more[~again]], ignore_index=True)


def tried_table(first: pd.DataFrame | None = None, more: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a model tried: target, model, outcome, n_events, n_dates, mean CRPS, coverage, skill with its range, what it knows, why, specification.

    Parameters
    ----------
    first, more : DataFrame, optional
        As :func:`tried_scores` takes them.

    Examples
    --------
    >>> table = tried_table()
    >>> len(table) == len(TRIED_MODELS), table.loc[table["outcome"] == "default", "model"].tolist()
    (True, ['fitted_zero'])
    """
    fields = ("target", "title", "knows", "spec", "outcome", "why")
    records = pd.DataFrame([{name: getattr(model, name) for name in fields} | {"model": model.name} for model in TRIED_MODELS.values()])
    table = records.merge(tried_scores(first, more), on=["target", "model"], how="left", validate="1:1")
    return table[[column.name for column in TRIED]]
