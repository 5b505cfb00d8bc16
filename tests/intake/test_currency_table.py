"""Each currency is one record: what it names, every reader of files knows."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.cases.benchmarks import venue_currency
from impact.intake.currencies import currency_in, currency_of
from impact.intake.currency_table import CURRENCY_TABLE
from impact.intake.numbers import parse_numbers


@pytest.mark.parametrize("currency", CURRENCY_TABLE.values(), ids=list(CURRENCY_TABLE))
def test_every_name_of_a_currency_means_it(currency):
    for name in (currency.code, *currency.also, *currency.marks):
        assert currency_of(name) == (currency.code, 1.0)
    for name in currency.hundredths:
        assert currency_of(name) == (currency.code, 0.01)
    for name in currency.thousandths:
        assert currency_of(name) == (currency.code, 0.001)
    for name in (currency.code, *currency.also):
        assert currency_in(f"Price ({name})") == currency.code
    figures = [f"{name} 12.50" for name in (currency.code, *currency.letters) if name]
    assert parse_numbers(pd.Series(figures, dtype="str")).values.tolist() == [12.5] * len(figures)


@pytest.mark.parametrize("currency", [one for one in CURRENCY_TABLE.values() if one.per_dollar], ids=lambda one: one.code)
def test_a_range_is_ordered_and_holds_the_peg(currency):
    low, high = currency.per_dollar
    assert 0 < low < high
    if currency.peg:
        assert low < currency.peg[0] < currency.peg[1] < high and currency.peg_source


def test_venues_that_quote_in_parts_state_no_currency():
    assert [venue_currency(venue) for venue in ("XLON", "XTAE", "XJSE", "XKUW", "XHKG")] == ["", "", "", "", "HKD"]


def test_a_code_outside_the_standard_means_the_standard_one_within_words_too():
    assert currency_of("In RMB") == ("CNY", 1.0)


@pytest.mark.parametrize(("text", "code"), [("¥ 元", "CNY"), ("￥ 円", "JPY"), ("¥ 港元", "HKD"), ("¥", "JPY"), ("￥", "CNY")])
def test_a_word_beside_the_sign_of_yen_and_yuan_says_which(text, code):
    assert currency_in(text) == code
