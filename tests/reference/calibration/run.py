"""Refit and score every prediction from ``data/`` and write RESULTS.md beside it: ``make calibrate``.

The tables of ``data/`` are written anew; the same event library, seed and versions give the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from impact.data.prediction_tables import FITTED_ON, SPEC_SHA256, SPEC_TRIED_SHA256, prediction_tables, write
from impact.kernels.power import clusters_required
from impact.kernels.scores import wilson_interval
from impact.pricing.announcement_fit import committed_fit, date_mean_sd, shipped_library
from impact.pricing.flow import FLOW_SCHEMA, flow_coefficients
from impact.pricing.library import event_library
from impact.pricing.schemas import SCORES, TRIED
from impact.pricing.tried import tried_table
from impact.tables import Column, Schema, to_text
from impact.tables.prose import decimal, percent

HERE = Path(__file__).parent
OUR_NAMES = {
    "Z zero (own se)": "own_noise",
    "ZS zero, Gaussian spread fitted": "own_noise_gaussian_spread",
    "M0 zero, t and date spread fitted": "fitted_zero",
    "H one historic mean": "one_mean",
    "M1 class hierarchical": "class_mean",
    "zero, spread fitted": "fitted_zero",
    "one historic mean": "one_mean",
    "Y by era and side, q observed": "era_side",
    "Y by era and side, q = training median": "era_side_forecast",
    "plain Y 0.75": "literature",
}
OUR_SUBSETS = {
    "all": "all",
    "not in review": "not_in_review",
    "offshore": "offshore",
    "A-share": "a_share",
    "no rumours": "no_rumours",
    "bars (BO,BA)": "first_bar",
    "first, no bar (NO,NA)": "no_bar_first",
    "repeats (RO,RA)": "repeat",
    "without HFCAA": "without_hfcaa",
    "BO only": "first_bar_offshore",
}
OUR_CELLS = {"BO": "first_bar_offshore", "BA": "first_bar_a_share", "NO": "no_bar_first_offshore", "NA": "no_bar_first_a_share",
             "RO": "repeat_offshore", "RA": "repeat_a_share"}  # fmt: skip


def first_scores() -> pd.DataFrame:
    """Scores of the first run of the specification, by our names: target, subset, model, crps_return, coverage_50, coverage_90."""
    announced = pd.read_csv(HERE / "first" / "scores_announcement.csv").assign(target="announcement")
    announced["subset"] = announced["subset"].map(OUR_SUBSETS)
    flow = pd.read_csv(HERE / "first" / "scores_flow.csv").assign(target="flow", subset="all")
    both = pd.concat([announced, flow], ignore_index=True)
    table = pd.DataFrame({"target": both["target"], "subset": both["subset"], "model": both["model"].map(OUR_NAMES)})
    return table.assign(crps_return=both["crps_bp"] / 1e4, coverage_50=both["in50"], coverage_90=both["in90"])


def compared_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Ours beside the first run's, where both have the model."""
    return scores.merge(first_scores(), on=["target", "subset", "model"], suffixes=("", "_first"))


def compared_means(posterior: pd.DataFrame) -> pd.DataFrame:
    """Posterior of each class mean: 5, 50 and 95 %, ours beside the first run's."""
    rows = []
    draws = posterior[posterior["model"] == "class_mean"].set_index("quantity").drop(columns="model")
    for cell, known in json.loads((HERE / "first" / "model_public_fit.json").read_text())["classes"].items():
        low, middle, high = np.quantile(draws.loc[f"mean_{OUR_CELLS[cell]}"].to_numpy(dtype=float), (0.05, 0.5, 0.95))
        first = dict(zip(("first_low_return", "first_mid_return", "first_high_return"), known["q05_q50_q95"], strict=True))
        rows.append({"event_class": OUR_CELLS[cell], "low_return": low, "mid_return": middle, "high_return": high, **first})
    return pd.DataFrame(rows)


def power_table() -> pd.DataFrame:
    """How many date clusters it takes to tell an effect of that size from none, at 80 % power and 5 %, with the fitted spreads."""
    fit, rows = committed_fit("class_mean"), shipped_library().announcement_sample()
    table = []
    for name, effect in (("1 %", 0.01), ("2 %", 0.02), ("3 %", 0.03), ("5 %", 0.05), ("7 %", 0.07)):
        for lines in (1, 3):
            sd = date_mean_sd(fit, rows, lines)
            table.append({"effect": name, "lines_a_date": lines, "sd_return": sd, "n_dates_needed": clusters_required(effect, sd)})
    return pd.DataFrame(table)


def sampling_gap() -> float:
    """Largest difference of an end of the flow's posterior between the committed draws and another fit of the same model."""
    ends = ["coefficient_low", "coefficient_mid", "coefficient_high"]
    return float((flow_coefficients()[ends] - flow_coefficients(event_library())[ends]).abs().to_numpy().max())


RESULTS = SCORES.with_columns(
    *FLOW_SCHEMA,
    Column("event_class", "code"),
    *(Column(f"{who}{end}_return", "return") for who in ("", "first_") for end in ("low", "mid", "high")),
    Column("crps_return_first", "return_size", about="of the first run"),
    Column("coverage_90_first", "share", about="of the first run"),
    Column("effect", about="mean effect to be told from none"),
    Column("lines_a_date", "count"),
    Column("sd_return", "return_size", about="of the mean of one date"),
    Column("n_dates_needed", "count"),
    Column("title"),
    name="results",
)


def _block(frame: pd.DataFrame, schema: Schema = RESULTS) -> str:
    return "```\n" + to_text(schema.table(frame.reset_index(drop=True))).rstrip() + "\n```\n"


def results_text(tables: dict[str, pd.DataFrame]) -> str:
    """RESULTS.md."""
    scores = tables["prediction_scores"]
    default = scores[(scores["subset"] == "all") & (scores["model"] == "fitted_zero") & (scores["target"] == "announcement")].iloc[0]
    n = int(default["n_events"])
    low, high = wilson_interval(round(default["coverage_90"] * n), n)
    compared = compared_scores(scores)
    gap = float((compared["crps_return"] / compared["crps_return_first"] - 1).abs().max())
    parts = [
        "# What the predictions were worth on dates left out",
        f"Written by `make calibrate` on the event library as of {FITTED_ON}; specification {SPEC_SHA256[:12]}, seed in `prediction_fits.csv`.",
        f"Default (no effect, fitted spread): {n} rows, {int(default['n_dates'])} date clusters; 90 % range covers {percent(default['coverage_90'])}"
        f" (Wilson 95 %: {percent(low)} to {percent(high)}; rows of one date are not independent), 50 % range covers {percent(default['coverage_50'])}.",
        "## Announcement: scores by subset",
        "Skill is against the default; its range is 5 to 95 % over 4,000 resamples of date clusters. A model beats the default only if the lower end is above zero"
        " on all rows; a subset chosen after looking claims nothing.",
    ]
    columns = ["model", "n_events", "n_dates", "crps_return", "coverage_50", "coverage_90", "skill", "skill_low", "skill_high"]
    for subset in OUR_SUBSETS.values():
        own = scores[(scores["target"] == "announcement") & (scores["subset"] == subset)]
        parts += [f"### {subset}", _block(own[columns])]
    parts += [
        "## Execution flow: scores", _block(scores[scores["target"] == "flow"][columns]),
        "## Execution flow: coefficients",
        "The committed draws, which the product and `price.md` give. Monte Carlo: a second fit of the same model, with 1,500 draws instead of 4,000, moves a"
        f" point of the posterior by up to {decimal(sampling_gap(), 2)}.",
        _block(flow_coefficients()),
        "## Class means, beside the first run of the specification", _block(compared_means(tables["announcement_posterior"])),
        "## Scores, beside the first run of the specification",
        f"The sampler is another one (batched Gibbs against the first run's), so numbers differ by Monte Carlo: mean CRPS by at most {percent(gap)}.",
        _block(compared[["target", "subset", "model", "crps_return", "crps_return_first", "coverage_90", "coverage_90_first"]]),
        "## How many dates it would take",
        "Date clusters at which a mean effect would be told from none with 80 % power at 5 %, by the fitted spread of dates and of lines of either kind.",
        _block(power_table()),
        "## Models tried",
        f"Every model that was tried, failures included (`TRIED_MODELS`); those of `SPEC_TRIED.md` ({SPEC_TRIED_SHA256[:12]}) were written down before any was fitted."
        " Skill is against the rival of the target on the same rows. Of the announcement, of differences within a date and of the sessions after, none beats no effect.",
        _block(tried_table(tables["prediction_scores"], tables["tried_scores"]), TRIED),
        f"Thirteen other covariates known on the day were tried in the first run, outside this repository; none improved dates left out. Degrees of freedom of the noise: {decimal(4, 0)}, fixed before.",
    ]  # fmt: skip
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


if __name__ == "__main__":
    fitted = prediction_tables(event_library())
    write(fitted)
    (HERE / "RESULTS.md").write_text(results_text(fitted), encoding="utf-8")
