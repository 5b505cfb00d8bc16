"""Which prices a case sees at an instant, and what its line is measured against."""

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.calendars import VENUES
from impact.cases.benchmarks import basket, benchmark_names, benchmarks_of, venue_benchmark, venue_currency, yahoo_symbol
from impact.cases.panel import known_prices
from impact.cases.shipped import define_case
from impact.errors import InputError
from impact.market import load_panel


@pytest.fixture(scope="module")
def prices():
    return load_panel("bundled", ["1810.HK", "HSI"], "2021-01-04", "2021-01-29")


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        ("2021-01-15T15:59:59+08:00", "2021-01-14"),  # one second before the close of Hong Kong
        ("2021-01-15T16:00:00+08:00", "2021-01-15"),  # the close itself
        ("2021-01-14T23:00:00-05:00", "2021-01-14"),  # noon of the 15th in Hong Kong, whatever the date in New York
        ("2021-01-17T12:00:00+08:00", "2021-01-15"),  # a Sunday
    ],
)
def test_prices_end_on_the_last_session_that_had_closed(prices, as_of, last):
    assert known_prices(prices, "1810.HK", as_of).sessions[-1] == pd.Timestamp(last)


def test_without_an_instant_nothing_is_cut_and_before_the_first_close_it_is_an_error(prices):
    assert known_prices(prices, "XHKG", None) is prices
    with pytest.raises(InputError, match="first close of the prices"):
        known_prices(prices, "XHKG", "2021-01-04T10:00+08:00")


def test_a_basket_of_two_is_none():
    assert basket(["A", "B", "C"], ["A", "B", "C", "D"]) == ("A", "B", "C")
    assert basket(["A", "B", "C"], ["A", "B"]) == () and basket(["A", "B", "C"], ["A", "B", "C"], without=["B"]) == ()


def test_benchmarks_of_a_case_stand_nearest_in_trade_last():
    xiaomi = define_case("xiaomi")
    found = benchmarks_of(xiaomi, ["HSI", *xiaomi.peers, *xiaomi.technology_peers])
    assert list(found) == ["HSI", "14 peers", "5 technology peers"] and found["HSI"] == "HSI"
    assert list(benchmarks_of(xiaomi, ["HSI", "0005.HK"])) == ["HSI"]


def test_a_benchmark_of_a_venue_is_taken_as_the_prices_spell_it():
    with_benchmark = {"XHKG", "XSHG", "XSHE", "XNYS", "XNAS", "ARCX", "OTCM", "XMOS", "XNSE"}
    assert {venue_benchmark(venue)[0] == "" for venue in with_benchmark} == {False} and with_benchmark <= set(VENUES)
    assert venue_benchmark("XKRX", ["^KS11"]) == ("^KS11", "") and venue_benchmark("XHKG", ["^HSI"]) == ("^HSI", "")
    assert venue_benchmark("XSHG", ["HSI", "000300.SS"])[0] == "000300.SS"
    name, note = venue_benchmark("XSHG", ["HSI"])
    assert name == "HSI" and "sessions" in note
    assert venue_benchmark("XHKG", ["SPY"]) == ("", "")


def test_a_benchmark_is_known_by_all_its_names():
    assert benchmark_names("HSI") == benchmark_names("^HSI") == ("Hang Seng Index",)
    assert yahoo_symbol("HSI") == "^HSI" and yahoo_symbol("1810.HK") == "1810.HK"
    assert not read_bundled("benchmarks").duplicated(["venue", "security"]).any()


def test_a_line_of_london_has_no_currency_until_it_is_stated():
    assert venue_currency("XKRX") == "KRW" and venue_currency("XLON") == ""
