"""What is no number, no line, no library is refused in one sentence by every call that prices."""

import numpy as np
import pandas as pd
import pytest

from impact.cases import price_effect_of_case
from impact.errors import InputError
from impact.pricing import announcement_shock, execution_flow, flow_coefficients, price_effect
from impact.pricing.effect import EffectSetting
from impact.supply.line import LineState

LINE = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)


@pytest.mark.parametrize(
    ("flow", "sigma", "options", "told"),
    [
        (10, 2.0, {}, "sigma=2.0"),
        (10, 0.5, {}, "sigma=0.5"),
        (10, True, {}, "sigma=True"),
        (True, 0.02, {}, "flow_adv=True"),
        ("10", 0.02, {}, "flow_adv='10'"),
        (None, 0.02, {}, "flow_adv=None"),
        (pd.NA, 0.02, {}, "flow_adv=<NA>"),
        *((10, 0.02, {"seed": seed}, "seed=") for seed in ("a", -1, None, 1.5, True)),
        (10, 0.02, {"library": 5}, "library=5"),
        (10, 0.02, {"side": ["deletion"]}, "side="),
    ],
)  # fmt: skip
def test_the_flow_refuses(flow, sigma, options, told):
    with pytest.raises(InputError, match=told):
        execution_flow(flow, sigma, **options)


def test_the_coefficients_take_a_library_alone():
    with pytest.raises(InputError, match="library=5"):
        flow_coefficients(5)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        *(({"sold_shares": shares}, "sold_shares=") for shares in
          (1e6, (1e6,), pd.NA, ("1e6", "2e6"), (True, True), (1e6, 2e6, 3e6), (1e6, None), (pd.NA, 1e6), "12", (2e6, 1e6), {1e6, 2e6})),
        *(({"n_draws": draws}, "n_draws=") for draws in ("x", 1e4, None, True, 100)),
        *(({"pace": pace}, "pace") for pace in ("x", [["a"]], [[0.5, 0.5]], [], [None, 1.0], [True])),
        ({"setting": 5}, "setting=5"),
        ({"known": 5}, "known=5"),
        *(({"known": {"prefactor": value}}, r"known\['prefactor'\]=") for value in ("x", None, True, np.nan, np.inf)),
        ({"priors": 5}, "priors=5"),
        ({"priors": {"prefactor": 5}}, r"priors\['prefactor'\]=5"),
        ({"laws": "square_root"}, "laws='square_root'"),
        ({"laws": 5}, "laws=5"),
        ({"rng": 5}, "rng=5"),
    ],
)  # fmt: skip
def test_the_price_refuses(options, told):
    with pytest.raises(InputError, match=told):
        price_effect(**({"line": LINE, "sold_shares": (5e5, 1e6), "n_draws": 256} | options))


@pytest.mark.parametrize("session", [3.5, np.nan, "5", True, 2])
def test_a_formal_session_is_a_whole_number(session):
    news = announcement_shock("first_bar_offshore", sigma=0.02)
    with pytest.raises(InputError, match="formal_session="):
        EffectSetting(announcement=news, formal_session=session)


def test_a_setting_takes_an_announcement_alone():
    with pytest.raises(InputError, match="setting=5"):
        price_effect_of_case("xiaomi", sold_shares=(1e8, 6e8), setting=5)
    with pytest.raises(InputError, match="announcement=5"):
        EffectSetting(announcement=5)
    with pytest.raises(InputError, match="beyond_range='yes'"):
        EffectSetting(beyond_range="yes")


def test_a_known_value_of_the_news_is_a_number():
    news = announcement_shock("first_bar_offshore", sigma=0.02)
    with pytest.raises(InputError, match=r"known\['announcement'\]='x'"):
        price_effect(line=LINE, sold_shares=(5e5, 1e6), n_draws=256, known={"announcement": "x"}, setting=EffectSetting(announcement=news))


@pytest.mark.parametrize("coverage", ["x", None, True, 0.0, 1.0, np.nan])
def test_a_coverage_is_a_number_between_0_and_1(coverage):
    with pytest.raises(InputError, match="coverage="):
        announcement_shock(sigma=0.02).inside(0.0, coverage)


@pytest.mark.parametrize("observed", [-200, -1.01, "x", np.nan])
def test_no_price_falls_below_nothing(observed):
    shock = announcement_shock(sigma=0.02)
    for score in (shock.crps, shock.inside):
        with pytest.raises(InputError, match="observed="):
            score(observed)


def test_no_draw_falls_below_what_a_path_may():
    shock = announcement_shock("first_bar_offshore", sigma=0.49)
    for which in ("default", "scenario"):
        assert shock.draws(which).min() == -0.99
    assert shock.quantiles()["return_q05"] == -0.99 and shock.quantiles()["return_q50"] == pytest.approx(0, abs=1e-12)
    ordinary = announcement_shock("first_bar_offshore", sigma=0.02).sample
    assert np.array_equal(np.sort(ordinary), np.sort(-ordinary)) or ordinary.min() == -0.99
