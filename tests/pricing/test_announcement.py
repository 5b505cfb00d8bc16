"""The announcement shock: a default that covers, a scenario with its evidence, and draws that can be scored."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import DataUnavailable, InputError
from impact.kernels.scores import crps_ensemble
from impact.pricing import EVENT_CLASSES, announcement_shock, event_library
from impact.pricing.announcement_fit import ANNOUNCEMENT_MODELS, announcement_scores, committed_fit, fit_announcement


@pytest.mark.parametrize("name", sorted(EVENT_CLASSES))
def test_every_class_has_both_forecasts_with_its_evidence(name):
    shock = announcement_shock(name, sigma=0.02)
    rows = event_library().announcement_sample()
    own = rows[rows["event_class"] == name]
    assert (shock.n_events, shock.n_dates) == (len(own), own["date_cluster"].nunique())
    assert shock.to_frame()["default"].tolist() == [True, False]
    for word in (f"{len(own)} events on", "50 % range", "90 % range", "not shown to beat no effect", "skill"):
        assert word in shock.verdict


def test_the_default_is_no_effect_exactly_and_symmetric():
    shock = announcement_shock("first_bar_offshore", sigma=0.02)
    point = shock.quantiles()
    assert point["return_q50"] == pytest.approx(0, abs=1e-4)
    assert point["return_q05"] == pytest.approx(-point["return_q95"], abs=2e-3)


def test_the_scenario_of_a_first_bar_is_what_its_eight_lines_did():
    point = announcement_shock("first_bar_offshore", noise=0.0264).quantiles("scenario")
    assert point["return_q50"] == pytest.approx(-0.07, abs=0.01)
    assert point["return_q05"] == pytest.approx(-0.18, abs=0.015) and point["return_q95"] == pytest.approx(0.035, abs=0.015)


def test_class_and_line_name_the_same_cell_in_either_spelling():
    assert (
        announcement_shock("first_bar", line="offshore", sigma=0.02)
        .to_frame()
        .equals(announcement_shock("first_bar_offshore", sigma=0.02).to_frame())
    )
    with pytest.raises(InputError, match="contradicts"):
        announcement_shock("first_bar_offshore", line="a_share")


@pytest.mark.parametrize(
    "options", [{"event_class": "x"}, {"line": "moon"}, {"noise": 0.0}, {"sigma": float("nan")}, {"n_draws": 7}, {"training": "some"}]
)
def test_a_wrong_word_or_number_is_refused(options):
    with pytest.raises(InputError):
        announcement_shock(**options)


def test_crps_is_that_of_its_draws_and_one_seed_gives_one_answer():
    shock = announcement_shock("repeat_a_share", sigma=0.02)
    assert shock.crps(-0.05) == pytest.approx(float(crps_ensemble(np.array([-0.05]), shock.sample[None, :])[0]))
    assert np.array_equal(shock.sample, announcement_shock("repeat_a_share", sigma=0.02).sample)
    assert not np.array_equal(shock.sample, announcement_shock("repeat_a_share", sigma=0.02, seed=1).sample)


def test_a_fact_less_never_narrows_the_range():
    def width(**known):
        shock = announcement_shock(**known)
        return np.array([np.diff(np.quantile(shock.sample, ends))[0] for ends in ((0.05, 0.95), (0.25, 0.75))])

    for line in ("offshore", "a_share"):
        rows = event_library().announcement_sample()
        for noise in rows.loc[rows["line"] == line, "se_0_1"].quantile([0.0, 0.5, 1.0]):
            known = width(event_class="first_bar", line=line, noise=float(noise))
            assert (width(event_class="first_bar", noise=float(noise)) >= known).all()
            assert (width(event_class="first_bar", line=line) >= known).all()
            assert (width(line=line, noise=float(noise)) == known).all()
            assert (width() >= known).all()


def test_an_unknown_class_has_no_scenario_and_says_so():
    shock = announcement_shock(line="offshore", sigma=0.02)
    assert len(shock.to_frame()) == 1 and "unknown" in shock.verdict
    with pytest.raises(InputError, match="no draws"):
        shock.crps(0.0, "scenario")


def test_the_date_of_an_event_does_not_train_its_own_forecast():
    shock = announcement_shock("first_bar_offshore", noise=0.043, date="2021-01-14")
    assert (shock.n_events, shock.n_dates) == (6, 2)
    assert announcement_shock("first_bar_offshore", noise=0.043, date="2021-01-16").n_events == 6
    assert announcement_shock("first_bar_offshore", noise=0.043, date="2019-01-04").n_events == 8
    assert announcement_shock("first_bar_offshore", noise=0.043, date="2021-01-14", training="all_dates").n_events == 8
    early = announcement_shock("no_bar_first_a_share", noise=0.03, date="2021-01-14", training="earlier_dates")
    rows = event_library().announcement_sample()
    before = rows[(rows["event_class"] == "no_bar_first_a_share") & (rows["public_on"] < "2021-01-12")]
    assert early.n_events == len(before)


def test_the_formal_day_after_a_leak_and_relief_are_described_not_forecast():
    for shock in (announcement_shock("repeat_offshore", after_leak=True), announcement_shock("relief", line="offshore")):
        assert "described, not scored" in shock.verdict and shock.n_events > 0


def test_the_default_covers_on_dates_left_out_and_no_model_beats_it():
    scores = announcement_scores().set_index("model")
    assert 0.86 <= scores.loc["fitted_zero", "coverage_90"] <= 0.96
    assert 0.44 <= scores.loc["fitted_zero", "coverage_50"] <= 0.62
    assert scores.loc["class_mean", "skill_low"] < 0 < scores.loc["class_mean", "skill_high"]
    assert scores.loc["own_noise", "coverage_90"] < 0.75


def test_the_committed_posterior_is_what_a_quick_fit_gives():
    for name in ("fitted_zero", "class_mean"):
        anew, kept = fit_announcement(event_library(), name, seed=5).draws, committed_fit(name).draws
        assert np.median(anew.cluster_sd) == pytest.approx(np.median(kept.cluster_sd), abs=0.003)
        assert np.median(anew.noise_factor) == pytest.approx(np.median(kept.noise_factor), abs=0.05)
        assert np.median(anew.cell_mean, axis=0) == pytest.approx(np.median(kept.cell_mean, axis=0), abs=0.006)


def test_events_of_the_user_update_the_fit():
    events = pd.DataFrame(
        [
            {
                "event_id": f"mine{day}", "list_id": "other", "action": "first_listing", "security": f"{1000 + day}.HK", "line_type": "offshore_hk",
                "first_public_at": f"2022-0{day}-01", "bars_holding": "true", "first_for_issuer": "true", "first_bar": "true", "name_level": "self",
            }
            for day in range(1, 9)
        ]
    )  # fmt: skip
    returns = events[["event_id", "security"]].assign(status="ok", car_0_1="0.10", se_0_1="0.02")
    wider = event_library().with_events(events, returns)
    shock = announcement_shock("first_bar_offshore", noise=0.03, library=wider)
    assert (shock.n_events, shock.n_dates) == (16, 11)
    assert (
        shock.quantiles("scenario")["return_q50"]
        > announcement_shock("first_bar_offshore", noise=0.03).quantiles("scenario")["return_q50"] + 0.05
    )


def test_the_models_have_a_title_and_distinct_cells():
    for model in ANNOUNCEMENT_MODELS.values():
        assert model.title and len(set(model.cells)) == len(model.cells)


def test_summary_and_plot_show_both_forecasts():
    shock = announcement_shock("first_bar_offshore", sigma=0.02)
    assert "no effect is the default" in str(shock.summary())
    ax = shock.plot()
    assert [label.get_text().split("\n")[1] for label in ax.get_yticklabels()] == ["N = 163, 42 dates", "N = 8, 3 dates"]


@pytest.mark.parametrize("day", ["2015-01-14", "2018-04-06"])
def test_a_forecast_that_no_event_trained_is_refused(day):
    """Its range would be that of the prior, narrower than what events taught."""
    with pytest.raises(DataUnavailable, match="too few earlier events"):
        announcement_shock("first_bar_offshore", sigma=0.02, date=day, training="earlier_dates")


def test_counts_are_of_the_events_that_trained():
    early, late = (announcement_shock(sigma=0.02, date=day, training="earlier_dates") for day in ("2021-01-14", "2025-01-01"))
    whole = announcement_shock(sigma=0.02)
    counts = [int(shock.to_frame()["n_dates"].iloc[0]) for shock in (early, late, whole)]
    assert 5 <= counts[0] < counts[1] < counts[2] == 42


def test_a_class_that_nothing_trained_has_no_scenario():
    early = announcement_shock("first_bar_offshore", sigma=0.02, date="2020-11-12", training="earlier_dates")
    assert early.scenario.size == 0 and len(early.to_frame()) == 1
    assert "no event of its class" in early.verdict


def test_percent_given_for_a_decimal_is_refused():
    with pytest.raises(InputError, match=r"sigma=2\.0 .* 0\.03 for 3 %"):
        announcement_shock(sigma=2.0)
    with pytest.raises(InputError, match="is no day"):
        announcement_shock(sigma=0.02, date="2021-13-45")


@pytest.mark.parametrize("date", ["", "NaT", pd.NaT, 20210114, 1e9, True, "14/01/2021", "today", "2021-02-30"])
@pytest.mark.parametrize("training", ["other_dates", "earlier_dates", "all_dates"])
def test_what_is_no_day_is_refused_and_never_read_as_another_one(date, training):
    with pytest.raises(InputError, match=r"is no day; give one such as"):
        announcement_shock(sigma=0.02, date=date, training=training)


def test_a_zoned_instant_is_its_day_in_new_york():
    same = [
        announcement_shock("first_bar_offshore", noise=0.03, date=day).n_events for day in ("2021-01-17T04:00Z", "2021-01-16", "2021-01-17")
    ]
    assert same == [6, 6, 8]


@pytest.mark.parametrize(
    "options",
    [
        {"noise": "0.03"}, {"noise": 0.03, "sigma": 0.02}, {"n_draws": 4000.0}, {"n_draws": "x"}, {"n_draws": 10**10}, {"seed": -1}, {"seed": None},
        {"seed": 1.5}, {"after_leak": "yes"}, {"library": "x"}, {"event_class": ["first_bar"]}, {"event_class": "relief", "line": "offshore", "after_leak": True},
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(options):
    with pytest.raises(InputError) as refused:
        announcement_shock(**options)
    assert "\n" not in str(refused.value) and next(iter(options)) in str(refused.value)


@pytest.mark.parametrize("observed", [float("nan"), float("inf"), None, "x", np.array([0.1, 0.2])])
def test_an_unknown_outcome_is_not_scored(observed):
    shock = announcement_shock(sigma=0.02)
    for score in (shock.crps, shock.inside):
        with pytest.raises(InputError, match="is no decimal return"):
            score(observed)
    with pytest.raises(InputError, match="coverage=90"):
        shock.inside(0.0, coverage=90)


@pytest.mark.parametrize("name", ["first_bar", "no_bar_first", "repeat", "relief"])
def test_a_known_class_of_an_unknown_line_says_that_the_line_is_unknown(name):
    assert "the kind of line is unknown" in announcement_shock(name, sigma=0.02).verdict


@pytest.mark.slow
def test_scored_from_outside_the_dates_left_out_cover_as_the_committed_scores_say():
    """Row by row through the public function, with the class, line, date and noise of the row and nothing else: 84 fits."""
    rows = event_library().announcement_sample()
    shocks = [announcement_shock(row.event_class, line=row.line, date=row.public_on, noise=row.se_0_1) for row in rows.itertuples()]
    scores = announcement_scores().set_index("model")
    pairs = list(zip(shocks, rows["car_0_1"], strict=True))
    for level, name in ((0.5, "coverage_50"), (0.9, "coverage_90")):
        # Three rows of 163: refits here have 1,000 draws, the committed scores 1,500, so an outcome at an end may change side.
        assert np.mean([shock.inside(car, level) for shock, car in pairs]) == pytest.approx(scores.loc["fitted_zero", name], abs=3.1 / 163)
    assert np.mean([shock.crps(car) for shock, car in pairs]) == pytest.approx(scores.loc["fitted_zero", "crps_return"], rel=0.01)
    known = [(shock, car) for shock, car in pairs if shock.scenario.size]
    assert len(known) == len(pairs)
    assert np.mean([shock.crps(car, "scenario") for shock, car in known]) == pytest.approx(
        scores.loc["class_mean", "crps_return"], rel=0.01
    )
