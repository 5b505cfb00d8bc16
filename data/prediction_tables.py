"""Write the fits and scores of the predictions anew: ``python -m impact.data.prediction_tables``, or ``make calibrate``.

Everything comes from the event library in this folder, a seed and the specification; the same library gives the same bytes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from impact.data.manifest import FOLDER, describe, refresh
from impact.pricing.announcement_fit import ANNOUNCEMENT_MODELS, SEED, fit_announcement, posterior_table
from impact.pricing.flow_fit import fit_flow, flow_posterior_table
from impact.pricing.library import EventLibrary, event_library
from impact.pricing.scoring import SUBSETS, score_announcement, score_flow, score_table
from impact.pricing.tried_scoring import tried_score_table

__all__ = ["FITTED_ON", "SPEC_SHA256", "SPEC_TRIED_SHA256", "WHAT", "prediction_tables", "write"]

FITTED_ON = "2026-11-27"
# Of SPEC.md and SPEC_TRIED.md in tests/reference/calibration; tests compare them.
SPEC_SHA256 = "c80b6ee751ca89a20a9ee04d0916d44a1c217b611696d88e13ed1066249597dd"
SPEC_TRIED_SHA256 = "d5573dd80c7a3771b85c57c0355c975dab38d2d09e035ff0d50528b146dfa9b2"
N_DRAWS = 4000
SOURCE = "computed by this project from the event library"
WHAT = {
    "announcement_posterior": "posterior draws of the announcement models, one row a model and quantity",
    "flow_posterior": "posterior draws of the flow coefficients, one row a quantity",
    "prediction_fits": "what each committed fit was made from: seed, draws, rows, dates, specification",
    "prediction_scores": "scores on dates left out, one row a target, subset and model",
    "tried_scores": "scores on dates left out of the models of SPEC_TRIED.md and their rivals, one row a target and model",
}
LIBRARY_FILES = ("designation_events", "event_returns", "index_events", "index_returns")


def prediction_tables(library: EventLibrary) -> dict[str, pd.DataFrame]:
    """The five tables by name, unrounded; minutes rather than seconds."""
    return fit_tables(library) | {"prediction_scores": scores(library), "tried_scores": tried_score_table(library)}


def fit_tables(library: EventLibrary) -> dict[str, pd.DataFrame]:
    """Posterior draws and what they were made from."""
    fits = {name: fit_announcement(library, name, n_draws=N_DRAWS) for name in ANNOUNCEMENT_MODELS if name != "one_mean"}
    log = [{"fit": name, "seed": fit.seed, "n_events": fit.n_events, "n_dates": fit.n_dates} for name, fit in fits.items()]
    flow = library.flow_sample()
    log.append({"fit": "flow", "seed": SEED, "n_events": len(flow), "n_dates": flow["exec_session"].nunique()})
    stamp = {"n_draws": N_DRAWS, "fitted_on": FITTED_ON, "spec_sha256": SPEC_SHA256, "library_sha256": library_sha256()}
    return {
        "announcement_posterior": pd.concat([posterior_table(fit) for fit in fits.values()], ignore_index=True),
        "flow_posterior": flow_posterior_table(fit_flow(library, n_draws=N_DRAWS)),
        "prediction_fits": pd.DataFrame(log).assign(**stamp),
    }


def scores(library: EventLibrary) -> pd.DataFrame:
    """Scores of every model on every subset."""
    scored = score_announcement(library)
    parts = [score_table(scored[rule(scored)]).assign(target="announcement", subset=name) for name, rule in SUBSETS.items()]
    parts.append(score_table(score_flow(library)).assign(target="flow", subset="all"))
    table = pd.concat(parts, ignore_index=True)
    return table[["target", "subset", *(column for column in table.columns if column not in ("target", "subset"))]]


def library_sha256(folder: Path = FOLDER) -> str:
    """Checksum of the four tables of the library, in order."""
    return hashlib.sha256(b"".join((folder / f"{name}.csv").read_bytes() for name in LIBRARY_FILES)).hexdigest()


def write(tables: dict[str, pd.DataFrame], target: Path = FOLDER) -> list[str]:
    """Write the tables, six significant digits, and their MANIFEST rows; returns the CSV files there that have no row."""
    for name, table in tables.items():
        table.to_csv(target / f"{name}.csv", index=False, lineterminator="\n", float_format="%.6g")
    describe(((f"{name}.csv", WHAT[name], SOURCE, FITTED_ON, "numbers computed by this project") for name in tables), target)
    return refresh(target)


if __name__ == "__main__":
    write(prediction_tables(event_library()))
