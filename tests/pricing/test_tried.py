"""Every model tried has one record, a specification from before its fit, a committed score, and an outcome that the score allows."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.data.prediction_tables import SPEC_TRIED_SHA256
from impact.pricing import TRIED_MODELS, event_library, tried_table
from impact.pricing.announcement_fit import ANNOUNCEMENT_MODELS
from impact.pricing.flow_fit import FLOW_MODELS
from impact.pricing.scoring import score_table
from impact.pricing.tried import MORE, tried_scores
from impact.pricing.tried_design import COVARIATES, GROUPINGS, TARGETS, design_of
from impact.pricing.tried_scoring import RIVALS, score_tried

SPECIFICATIONS = Path(__file__).parents[1] / "reference" / "calibration"
by_record = pytest.mark.parametrize("model", TRIED_MODELS.values(), ids=TRIED_MODELS)


@by_record
def test_a_record_says_what_it_knows_why_it_stands_where_it_does_and_has_a_score(model):
    assert model.title and model.why and ":" in model.knows
    text = (SPECIFICATIONS / model.spec).read_text(encoding="utf-8")
    assert model.spec != MORE or f"`{model.name}`" in text or model.name in RIVALS.values()
    own = tried_table()
    row = own[(own["target"] == model.target) & (own["model"] == model.name)].iloc[0]
    assert row["n_dates"] >= 20 and 0 < row["coverage_50"] < row["coverage_90"] < 1 and row["crps_return"] > 0


@by_record
def test_the_outcome_is_what_the_score_allows(model):
    scores = tried_table().set_index(["target", "model"]).loc[(model.target, model.name)]
    if model.outcome in ("refused", "scenario"):
        assert not scores["skill_low"] > 0
    elif model.outcome == "fit":
        assert scores["skill_low"] > 0
    if model.why == "loses to no effect":
        assert scores["skill_high"] < 0


@by_record
def test_its_design_is_made_of_registered_words(model):
    assert model.cells in ("", *GROUPINGS) and model.kinds in GROUPINGS and {model.slope, model.spread} <= {"", *COVARIATES}
    if model.spec == MORE:
        assert model.target in TARGETS


def test_every_model_that_is_scored_is_on_record_and_no_other():
    scored = set(zip(tried_scores()["target"], tried_scores()["model"], strict=True))
    assert scored == {(model.target, model.name) for model in TRIED_MODELS.values()}
    assert set(FLOW_MODELS) <= {model.name for model in TRIED_MODELS.values() if model.target == "flow"}
    assert set(ANNOUNCEMENT_MODELS) - {"described"} <= {model.name for model in TRIED_MODELS.values() if model.target == "announcement"}
    assert [model.name for model in TRIED_MODELS.values() if model.outcome == "default"] == ["fitted_zero"]
    assert len(TRIED_MODELS) == 27


def test_the_specification_of_the_later_ones_is_unchanged_since_before_the_fit():
    assert hashlib.sha256((SPECIFICATIONS / MORE).read_bytes()).hexdigest() == SPEC_TRIED_SHA256


def test_the_default_scored_again_is_the_default():
    words = {"target": "str", "subset": "str", "model": "str"}
    more = read_bundled("tried_scores", dtype=words).set_index(["target", "model"]).loc[("announcement", "fitted_zero")]
    first = (
        read_bundled("prediction_scores", dtype=words).set_index(["target", "subset", "model"]).loc[("announcement", "all", "fitted_zero")]
    )
    assert more["crps_return"] == pytest.approx(first["crps_return"], rel=0.005)
    assert more["coverage_90"] == pytest.approx(first["coverage_90"], abs=2 / 163)


def test_differences_within_a_date_sum_to_zero_and_need_two_rows():
    rows = TARGETS["cross_section"].rows(event_library())
    groups = rows.groupby([rows["date_cluster"], rows["line"]])
    assert groups.size().min() == 2 and groups["response"].sum().abs().max() < 1e-12
    pair = groups.size()[groups.size() == 2].index[0]
    own = rows[(rows["date_cluster"] == pair[0]) & (rows["line"] == pair[1])]
    assert own["response"].iloc[0] == pytest.approx((own["car_0_1"].iloc[0] - own["car_0_1"].iloc[1]) / 2)
    assert own["noise"].to_numpy() == pytest.approx(own["se_0_1"].to_numpy() / np.sqrt(2))


def test_a_line_knows_of_others_only_what_closed_on_an_earlier_day():
    rows = pd.DataFrame(
        {
            "date_cluster": pd.to_datetime(["2021-01-14"] * 3 + ["2022-01-03"]),
            "first_session": pd.to_datetime(["2021-01-14", "2021-01-15", "2021-01-15", "2022-01-04"]),
            "car_0_0": [-0.04, 0.5, 0.7, 0.9],
        }
    )
    assert COVARIATES["earlier_lines"].of(rows).tolist() == [0.0, -0.04, -0.04, 0.0]


def test_the_move_in_new_york_is_of_a_session_before_the_line_opens():
    closes = read_bundled("closes", dtype={"date": "str"}).set_index("date").loc["2021-01-13":"2021-01-15", ["MCHI", "SPY"]]
    before = float(
        np.diff(closes["MCHI"].iloc[:2])[0] / closes["MCHI"].iloc[0] - np.diff(closes["SPY"].iloc[:2])[0] / closes["SPY"].iloc[0]
    )
    kinds = ["offshore_hk", "adr", "a_share", "a_share"]
    rows = pd.DataFrame({"first_session": pd.to_datetime(["2021-01-15", "2021-01-15", "2018-04-06", "2030-01-04"]), "line_type": kinds})
    assert COVARIATES["overnight"].of(rows).tolist() == pytest.approx([before, 0.0, 0.0, 0.0])


def test_what_is_not_on_record_has_no_effect():
    rows = pd.DataFrame({"car_m1_1": [np.nan, 0.05], "car_0_1": [0.02, 0.02], "vol_mult_0": [np.nan, 81.0]})
    assert COVARIATES["run_up"].of(rows) == pytest.approx([0.0, 0.03])
    assert COVARIATES["log_volume"].of(rows) == pytest.approx([0.0, np.log(81)])
    assert COVARIATES["volume_spread"].of(rows) == pytest.approx([1.0, 2.0])


@by_record
def test_every_design_can_be_built_from_the_shipped_rows(model):
    if model.spec != MORE:
        return
    rows = TARGETS[model.target].rows(event_library())
    sample = design_of(rows, cells=model.cells, slope=model.slope, kinds=model.kinds, spread=model.spread)
    assert np.isfinite(sample.response).all() and (sample.noise > 0).all() and np.isfinite(sample.regressor).all()
    assert sample.kind.min() >= 0 and sample.kind.max() < sample.n_kinds
    assert (sample.cell < sample.n_cells).all() and (sample.n_cells == 0) == (sample.cell < 0).all()
    if model.slope and COVARIATES[model.slope].unit:
        assert np.mean(sample.regressor**2) == pytest.approx(1.0)


def test_a_planted_slope_wins_on_dates_left_out():
    """The race can be won: an outcome that is its covariate and noise is foretold by it."""
    library = event_library()
    rows = library.designations.copy()
    planted = 0.05 * np.random.default_rng(2).standard_normal(len(rows))
    rows["car_0_1"] = planted + 0.2 * rows["car_0_1"]
    rows["car_m1_1"] = rows["car_0_1"] + planted
    planted_library = replace(library, designations=rows)
    models = [TRIED_MODELS["announcement/fitted_zero"], TRIED_MODELS["announcement/run_up"]]
    table = score_table(pd.concat([score_tried(planted_library, model, n_draws=200) for model in models], ignore_index=True))
    assert table.set_index("model").loc["run_up", "skill_low"] > 0.2
