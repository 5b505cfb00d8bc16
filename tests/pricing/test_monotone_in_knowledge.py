"""Less known is never narrower: the size of the flow, the noise of the line, the date of the event; headline and scenario, now and as of an instant."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import DataUnavailable, Extrapolation, InputError
from impact.pricing import announcement_shock, event_library, execution_flow, price_effect
from impact.pricing.announcement_inputs import UNKNOWN_NOISE
from impact.pricing.effect import EffectSetting
from impact.pricing.paths import LEVELS, EnvelopePath, LogPath, band
from impact.supply import LineState

OUTER = [0, 1, 3, 4]  # 5, 25, 75 and 95 %
INSTANTS = (None, "2021-02-20T00:00Z", "2022-12-01T00:00Z")


def effect_of(sold, sigma, as_of, **options):
    line = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=sigma)
    news = announcement_shock("first_bar_offshore", sigma=sigma, as_of=as_of)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        return price_effect(
            line=line, sold_shares=sold, pace=np.array([0.5, 0.5]), laws=("elasticity",), n_draws=4096,
            setting=EffectSetting(announcement=news, as_of=as_of), **options,
        )  # fmt: skip


def assert_holds(less, more, slack=1e-3):
    """At every session the bands of what is less known hold those of what is known; `slack` for a draw's place at an interior size."""
    for wide, narrow in zip(less.bands, more.bands, strict=True):
        wide, narrow = wide[OUTER], narrow[OUTER]
        assert (wide[:2] <= narrow[:2] + slack).all() and (wide[2:] >= narrow[2:] - slack).all()


@pytest.mark.parametrize("as_of", INSTANTS)
@pytest.mark.parametrize("sigma", [0.03, 0.08])
def test_an_unknown_size_of_the_flow_narrows_neither_headline_nor_scenario(sigma, as_of):
    less = effect_of((0.0, 4e7), sigma, as_of)
    assert {"library", "class_scenario"} <= set(less.laws["law"])
    for known in (0.0, 4e7):  # an end of the range is one of what the band is the widest of: to the digit
        assert_holds(less, effect_of((known, known), sigma, as_of), slack=1e-12)
    for known in (2e6, 1e7, 2.5e7):
        assert_holds(less, effect_of((known, known), sigma, as_of))
        assert_holds(less, effect_of((0.0, 4e7), sigma, as_of, known={"sold_shares": known}))


@settings(deadline=None, max_examples=12)
@given(st.sampled_from(INSTANTS), st.floats(0.01, 0.1), st.floats(1e5, 5e7), st.floats(0, 1), st.floats(0, 1))
def test_a_wider_range_of_the_flow_holds_every_narrower_one(as_of, sigma, most, first, second):
    low, high = sorted((first * most, second * most))
    assert_holds(effect_of((0.0, most), sigma, as_of), effect_of((low, high), sigma, as_of), slack=2e-3 + 0.02 * sigma)


def test_the_middle_is_that_of_a_flow_drawn_from_its_range():
    less = effect_of((0.0, 4e7), 0.03, "2022-12-01T00:00Z")
    middles = [effect_of((known, known), 0.03, "2022-12-01T00:00Z").laws["peak_return_mid"].iloc[-1] for known in (0.0, 4e7)]
    assert middles[0] < less.laws["peak_return_mid"].iloc[-1] < middles[1]
    fixed = {"announcement": 0.0, "first_session": 0.0, "flow_coefficient": 0.5, "flow_reversal": 0.0}
    path = effect_of((0.0, 4e7), 0.03, None, known=fixed).path("library")
    by_hand = np.expm1(-0.5 * 0.03 * np.sqrt([40.0, 20.0, 0.0]))  # 40 ADV at most, half of the range in the middle, none at least
    assert path.iloc[-1][["return_q05", "return_q50", "return_q95"]].to_numpy(dtype=float) == pytest.approx(by_hand, abs=2e-4)


def test_moves_of_an_envelope_are_the_widest_of_its_parts():
    class Steps(LogPath):
        def __init__(self, values):
            self.values = np.asarray(values, dtype=float)

        def log_path(self, last):
            return self.values[:last]

    still, spread = Steps([[-2, -1, 0, 1, 2], [-2, -1, 0, 1, 2]]), Steps([[-1, -1, 0, 1, 1], [-9, -3, 5, 6, 7]])
    envelope = EnvelopePath(central=still, ends=(spread,))
    assert envelope.log_path(2).tolist() == [[-2, -1, 0, 1, 2], [-9, -3, 0, 6, 7]]
    assert envelope.moved((2, 2), (1, 2)).tolist() == [[-8, -2, 0, 5, 6], [-9, -3, 0, 6, 7]]
    draws = [Steps(np.random.default_rng(seed).normal(size=(3, 1000))) for seed in (1, 2, 3)]
    whole = EnvelopePath(central=draws[0], ends=(draws[1], draws[2]))
    assert whole.bands(3) == pytest.approx(band(whole.log_path(3))) and len(whole.bands(3)) == len(LEVELS)
    assert (np.argsort(whole.log_path(3)) == np.argsort(draws[0].values)).all()


@pytest.mark.parametrize("as_of", [None, "2021-01-20T00:00Z", "2022-12-01T00:00Z"])
@pytest.mark.parametrize("line", ["offshore", "a_share", None])
def test_an_unknown_noise_holds_every_known_one(line, as_of):
    def ends(**known):
        shock = announcement_shock("first_bar", line=line, as_of=as_of, **known)
        return [np.quantile(draws, (0.05, 0.25, 0.75, 0.95)) for draws in (shock.sample, shock.scenario) if draws.size]

    unknown = ends()
    for sigma in (0.02, 0.06, 0.08, 0.1, 0.14, 0.19):
        for wide, narrow in zip(unknown, ends(sigma=sigma), strict=True):
            assert (wide[:2] <= narrow[:2]).all() and (wide[2:] >= narrow[2:]).all(), sigma


def test_the_noise_of_an_unknown_line_is_that_of_no_line_of_the_library_exceeded():
    largest = event_library().designations["se_0_1"].max()
    assert largest == pytest.approx(0.272547) and largest < UNKNOWN_NOISE < largest + 1e-4
    assert any("larger than that of any line" in text for text in announcement_shock(noise=0.3).assumptions)
    assert not any("larger than that of any line" in text for text in announcement_shock(noise=largest).assumptions)
    assert {announcement_shock(line=line, as_of=at).noise for line in ("offshore", "a_share", None) for at in INSTANTS} == {UNKNOWN_NOISE}


def test_an_unknown_date_is_said_for_the_event_may_train_its_own_forecast():
    said = "an event of the library would train its own forecast"
    assert any(said in text for text in announcement_shock("first_bar_offshore", sigma=0.02).assumptions)
    for known in ({"date": "2021-01-14"}, {"date": "2019-01-04"}, {"training": "all_dates"}):
        assert not any(said in text for text in announcement_shock("first_bar_offshore", sigma=0.02, **known).assumptions)
    left_out = "The date of the event does not train the forecast."
    assert left_out in announcement_shock("first_bar_offshore", sigma=0.02, date="2021-01-14").assumptions
    assert left_out not in announcement_shock("first_bar_offshore", sigma=0.02, as_of="2022-12-01T00:00Z").assumptions


@pytest.mark.parametrize("as_of", [None, "2022-12-01T00:00Z"])
def test_earlier_than_an_unknown_date_is_refused(as_of):
    with pytest.raises(InputError, match=r"training='earlier_dates' needs date=.*give date"):
        announcement_shock("first_bar_offshore", sigma=0.02, training="earlier_dates", as_of=as_of)


def test_a_flow_of_fewer_than_five_dates_is_no_description():
    for as_of, held in (
        ("2019-02-01T00:00Z", "0 execution dates"),
        ("2020-12-20T00:00Z", "1 execution date "),
        ("2021-01-28T00:00Z", "4 execution"),
    ):
        with pytest.raises(DataUnavailable, match=f"holds {held}.*sanction deletions.*fewer than 5"):
            execution_flow(10.0, 0.02, reason="sanction", as_of=as_of)
    assert execution_flow(10.0, 0.02, reason="sanction", as_of="2021-02-01T00:00Z").n_dates == 5
    review = execution_flow(10.0, 0.02, as_of="2021-01-28T00:00Z")
    assert review.n_dates == 2 and any("fewer than 5: the coefficient is mostly that of all eras" in text for text in review.assumptions)
    assert not any("fewer than 5" in text for text in execution_flow(10.0, 0.02).assumptions)
    library = event_library()
    changes = library.index_changes
    few = dataclasses.replace(
        library, index_changes=changes[changes["exec_session"].isin(sorted(library.flow_sample()["exec_session"].unique())[:4])]
    )
    with pytest.raises(DataUnavailable, match="4 execution dates of index changes"):
        execution_flow(10.0, 0.02, era="2001_08", library=few)
