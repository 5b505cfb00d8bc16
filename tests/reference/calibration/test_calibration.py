"""Our fits and scores against the first run of the specification, by another implementation."""

import hashlib
import math
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.power import TTestPower

from impact.bundled import read_bundled
from impact.data.prediction_tables import SPEC_SHA256, library_sha256
from impact.kernels.power import clusters_required
from impact.pricing import event_library, flow_coefficients
from impact.pricing.announcement_fit import committed_fit, date_mean_sd
from impact.pricing.flow_fit import FLOW_CELLS, reversal_table
from tests.reference.calibration.run import compared_means, compared_scores, power_table, results_text, sampling_gap

HERE = Path(__file__).parent
# Monte Carlo of two samplers with a few thousand draws each; small cells have few rows to average over.
CRPS_LARGE, CRPS_SMALL, COVERAGE = 0.015, 0.035, 0.04
SCORES = compared_scores(read_bundled("prediction_scores", dtype={"target": "str", "subset": "str", "model": "str"}))


def test_the_specification_is_the_one_that_the_fits_cite():
    assert hashlib.sha256((HERE / "SPEC.md").read_bytes()).hexdigest() == SPEC_SHA256


def test_the_fits_were_made_from_the_library_that_ships():
    fits = read_bundled("prediction_fits")
    assert set(fits["library_sha256"]) == {library_sha256()} and set(fits["spec_sha256"]) == {SPEC_SHA256}
    assert fits["seed"].str.fullmatch(r"\d+").all() and fits["fitted_on"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


@pytest.mark.parametrize("row", list(SCORES.itertuples()), ids=[f"{row.target}-{row.subset}-{row.model}" for row in SCORES.itertuples()])
def test_every_score_of_the_first_run_is_found_again(row):
    tolerance = CRPS_LARGE if row.n_events > 30 else CRPS_SMALL
    assert row.crps_return == pytest.approx(row.crps_return_first, rel=tolerance)
    if row.model == "literature":  # the first run kept the spread of the zero model; ours is fitted around 0.75 and covers
        assert row.coverage_90_first + COVERAGE < row.coverage_90 < 0.95
        return
    allowed = COVERAGE if row.n_events > 30 else 2.5 / row.n_events
    assert row.coverage_90 == pytest.approx(row.coverage_90_first, abs=allowed)


def test_every_model_of_the_first_run_is_scored():
    assert len(SCORES) == 50 + 5


def test_class_means_are_those_of_the_first_run():
    means = compared_means(read_bundled("announcement_posterior", dtype={"model": "str", "quantity": "str"}))
    for end in ("low", "mid", "high"):
        assert means[f"{end}_return"].to_numpy() == pytest.approx(means[f"first_{end}_return"].to_numpy(), abs=0.012)


def test_the_results_page_is_what_the_committed_tables_say():
    tables = {name: read_bundled(name, dtype={"target": "str", "subset": "str", "model": "str", "quantity": "str"}) for name in
              ("prediction_scores", "announcement_posterior", "tried_scores")}  # fmt: skip
    assert (HERE / "RESULTS.md").read_text(encoding="utf-8") == results_text(tables)


def test_the_coefficients_of_the_results_page_are_those_of_the_product():
    lines = (HERE / "RESULTS.md").read_text(encoding="utf-8").splitlines()
    for row in flow_coefficients().itertuples():
        shown = next(line.split() for line in lines if row.cell in line.split())
        assert shown[2:5] == [f"{value:.3f}" for value in (row.coefficient_low, row.coefficient_mid, row.coefficient_high)]
    assert 0.02 < sampling_gap() < 0.045  # what the page says of Monte Carlo: up to 0.04


def test_the_spread_of_a_date_by_hand_from_the_committed_posterior():
    draws = (
        read_bundled("announcement_posterior", dtype={"model": "str", "quantity": "str"}).set_index(["model", "quantity"]).loc["class_mean"]
    )
    date, factor, offshore, mainland = (
        float(draws.loc[name].median()) for name in ("date_sd", "noise_factor", "extra_sd_offshore", "extra_sd_a_share")
    )
    rows = event_library().announcement_sample()
    squares = [(factor * row.se_0_1) ** 2 + (offshore if row.line == "offshore" else mainland) ** 2 for row in rows.itertuples()]
    line = math.sqrt(sum(squares) / len(squares))  # variances of independent lines add up, so their squares are averaged
    assert line == pytest.approx(0.0448, abs=5e-5)
    assert date_mean_sd(committed_fit("class_mean"), rows, 3) == pytest.approx(math.sqrt(date**2 + 2 * line**2 / 3), rel=1e-12)


def test_the_dates_that_the_documents_name_are_those_of_the_fitted_spread():
    table = power_table()
    needed = table[table["lines_a_date"] == 3].set_index("effect")["n_dates_needed"]
    text = (HERE.parents[2] / "docs" / "methods" / "price.md").read_text(encoding="utf-8")
    words = f"{needed['5 %']} date clusters for\n  a mean of 5 %, {needed['3 %']} for 3 %, {needed['2 %']} for 2 %, {needed['1 %']} for 1 %"
    assert needed.tolist() == [225, 58, 27, 11, 7] and words in text


def test_the_reversal_is_that_of_the_first_run():
    first = pd.read_csv(HERE / "first" / "flow_reversal.csv")
    ours = reversal_table(n_resamples=1000).set_index("cell")
    era = {"2001-08": "2001_08", "2009-18": "2009_18", "2019-": "since_2019"}
    for row in first.itertuples():
        years, side = row.cell.split()
        cell = f"{era[years]}_{'addition' if side == 'add' else 'deletion'}"
        assert cell in FLOW_CELLS
        assert ours.loc[cell, "reversal"] == pytest.approx(row.r, abs=2e-4)


def test_dates_needed_by_hand():
    # n = ((1.96 + 0.84) sd / effect)^2 for large n: 7.85 (0.05 / 0.01)^2 = 196
    assert clusters_required(0.01, 0.05) == pytest.approx(198, abs=2)


@pytest.mark.parametrize(("effect", "sd"), [(0.01, 0.0482), (0.02, 0.0482), (0.03, 0.0482), (0.03, 0.0629), (0.05, 0.0482), (0.07, 0.0629)])
def test_dates_needed_are_those_of_statsmodels(effect, sd):
    wanted = TTestPower().solve_power(effect_size=effect / sd, alpha=0.05, power=0.8, alternative="two-sided")
    assert clusters_required(effect, sd) == math.ceil(wanted)
