"""Worked examples of section G through the rooms above the kernels: legal clocks, the band and its ruling-day check."""

import pandas as pd
import pytest

from impact.relief import relief_probability
from impact.rules.book import rule_book
from impact.rules.legal_clocks import clock_instant, clock_rules


@pytest.fixture
def example(worked):
    def find(name: str):
        row = worked["examples"][name]
        return row["inputs"], row["expected"], row["rtol"]

    return find


def test_sixty_and_three_hundred_sixty_five_days(example):
    given, expected, _rtol = example("G09")
    listed = pd.Timestamp(given["listed"])
    rules = clock_rules(rule_book(None).clocks, "eo13974-amend", listed)
    days = {clock: clock_instant(rule, listed).tz_convert(rule.zone).strftime("%Y-%m-%d") for clock, rule in rules.items()}
    assert days["purchase_ban"] == expected["plus_60"] and expected["plus_365"] in days.values()


def test_the_band_with_exact_anchors_is_the_path(example):
    given, expected, rtol = example("G02")
    days = pd.bdate_range("2021-01-15", periods=3)
    path = relief_probability(
        pd.Series(given["P"], index=days),
        pd.Series(given["r_bench"], index=days),
        clear=given["P_clear0"],
        discount=1 - given["ban_fraction_of_clear"],
        beta=given["beta"],
    ).path
    assert path["clear_low"].tolist() == pytest.approx(expected["P_clear"], rel=rtol)
    for end in ("probability_low", "probability_high"):
        assert path[end].tolist() == pytest.approx(expected["p"], rel=rtol)


def test_the_ruling_day_check_is_the_probability_from_the_jump(example):
    given, expected, rtol = example("G10")
    days = pd.bdate_range("2021-03-12", periods=2)
    price = pd.Series([25.04, 25.04 * (1 + given["J"])], index=days)
    found = relief_probability(price, pd.Series(0.0, index=days), clear=32.6, discount=given["h"], beta=1.0, rulings=("2021-03-15",))
    check = found.ruling_check.iloc[0]
    assert check["jump_probability_low"] == pytest.approx(expected["q"], rel=rtol)
    assert check["eve_probability_low"] == pytest.approx(expected["q"], rel=rtol) and check["agree"]
