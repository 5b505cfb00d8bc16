"""Scores of the models of ``SPEC_TRIED.md`` on dates left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.kernels.hierarchical import predictive_draws, sample_hierarchical
from impact.pricing.announcement_fit import SEED
from impact.pricing.library import EventLibrary
from impact.pricing.scoring import REPEATS, ensemble_scores, score_table
from impact.pricing.tried import MORE, TRIED_MODELS, TriedModel
from impact.pricing.tried_design import TARGETS, design_of

__all__ = ["score_tried", "tried_score_table"]

RIVALS = {"announcement": "fitted_zero", "cross_section": "no_difference", "nowcast": "no_drift"}


def score_tried(library: EventLibrary, model: TriedModel, *, n_draws: int = 1500, seed: int = SEED) -> pd.DataFrame:
    """Leave each date cluster out in turn, forecast its rows by one model and score them.

    Returns
    -------
    DataFrame
        event_id, date_cluster, model, crps, inside_50, inside_90.
    """
    target = TARGETS[model.target]
    rows = target.rows(library)
    sample = design_of(rows, cells=model.cells, slope=model.slope, kinds=model.kinds, spread=model.spread)
    clusters, index = np.unique(rows["date_cluster"], return_inverse=True)
    kept = index[None, :] != np.arange(clusters.size)[:, None]
    draws = sample_hierarchical(sample, kept, priors=target.priors, rng=np.random.default_rng(seed), n_draws=n_draws)
    rng = np.random.default_rng(seed)
    predicted = np.stack(
        [
            predictive_draws(
                draws, int(index[row]), cell=int(sample.cell[row]), regressor=float(sample.regressor[row]),
                noise=float(sample.noise[row]), kind=int(sample.kind[row]), rng=rng, repeats=REPEATS,
            )
            for row in range(len(rows))
        ]
    )  # fmt: skip
    return rows[["event_id", "date_cluster"]].assign(model=model.name, **ensemble_scores(sample.response, predicted))


def tried_score_table(library: EventLibrary, *, n_draws: int = 1500) -> pd.DataFrame:
    """One row a model of ``SPEC_TRIED.md`` and its rival, by target; columns as :func:`impact.pricing.scoring.score_table` has them."""
    parts = []
    for target, rival in RIVALS.items():
        models = [model for model in TRIED_MODELS.values() if model.target == target and (model.spec == MORE or model.name == rival)]
        scored = pd.concat([score_tried(library, model, n_draws=n_draws) for model in models], ignore_index=True)
        parts.append(score_table(scored, reference=rival).assign(target=target))
    table = pd.concat(parts, ignore_index=True)
    return table[["target", *(column for column in table.columns if column != "target")]]
