"""Totals of groups of one line, and a printed grand total that is no sum: both are told from positions by arithmetic."""

import io

import pandas as pd
import pytest

from impact.holdings import read_holdings

HEADER = "Name,Ticker,Quantity,Market Value\n"
APPLE, MICROSOFT, XIAOMI = "Apple,AAPL US,100,20000\n", "Microsoft,MSFT US,50,22500\n", "Xiaomi,1810 HK,1000,7500\n"
USA, CHINA, TOTAL = "USA,,,42500\n", "China,,,7500\n", "Total,,,50000\n"


@pytest.fixture
def read(tmp_path):
    def from_text(*lines):
        path = tmp_path / "book.csv"
        path.write_text(HEADER + "".join(lines))
        return read_holdings(path)

    return from_text


@pytest.mark.parametrize(
    "lines",
    [
        (APPLE, MICROSOFT, USA, XIAOMI, CHINA, TOTAL),
        (USA, APPLE, MICROSOFT, CHINA, XIAOMI, TOTAL),
        (XIAOMI, CHINA, APPLE, MICROSOFT, USA, TOTAL),
        (APPLE, MICROSOFT, USA, XIAOMI, CHINA, "Gesamtfonds,,,50000\n"),
    ],
)
def test_a_line_that_sums_its_group_of_one_is_a_total_where_the_grand_total_says_so(read, lines):
    file = read(*lines)
    assert sorted(file.rows["name"]) == ["Apple", "Microsoft", "Xiaomi"] and file.rows["market_value"].sum() == 50000
    assert set(file.dropped["reason"]) == {"a total, not a position"} and len(file.dropped) == 3 and file.issues.empty


@pytest.mark.parametrize("total", ["Total,,,57500\n", ""])
def test_a_line_that_repeats_another_stays_a_position_where_no_grand_total_speaks_against_it(read, total):
    file = read(APPLE, MICROSOFT, XIAOMI, CHINA, total)
    assert file.rows["name"].tolist() == ["Apple", "Microsoft", "Xiaomi", "China"]
    assert file.issues["row"].tolist() == (
        [] if total else [5]
    )  # called a group, without a symbol and a quantity: only the total clears it


def test_a_printed_total_that_is_no_sum_is_told_with_both_figures(read):
    file = read(APPLE, MICROSOFT, "Xiaomi,1810 HK,1000,15000\n", TOTAL)
    issue = file.issues.iloc[0]
    assert len(file.issues) == 1 and issue["row"] == 5 and issue["value"] == 50000 and "57,500" in issue["problem"]


@pytest.mark.parametrize("total", ["Total,,,50000.4\n", "Total net assets,,,61000\n", "Total,,,\n", ""])
def test_a_total_that_rounds_or_holds_more_than_positions_is_no_issue(read, total):
    assert read(APPLE, MICROSOFT, XIAOMI, total).issues.empty


def test_a_total_of_several_currencies_is_not_compared():
    lines = "Name,Ticker,Quantity,Market Value,Currency\nApple,AAPL US,1,200,USD\nXiaomi,1810 HK,1,7500,HKD\nTotal,,,1160,\n"
    assert read_holdings(pd.read_csv(io.StringIO(lines))).issues.empty


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((TOTAL_USA := "Total USA,,,42500\n", "\nChina\n", HEADER, XIAOMI, "Total China,,,7500\n", "Grand total,,,50000\n"), []),
        ((TOTAL_USA, "\nChina\n", HEADER, XIAOMI, "SMIC,981 HK,100,500\n", "Grand total,,,50500\n"), []),
        ((TOTAL_USA, "\nChina\n", HEADER, XIAOMI, "SMIC,981 HK,100,500\n", "Grand total,,,51500\n"), ["8,000.00", "50,500.00"]),
        ((TOTAL_USA, "\nChina\n", HEADER, XIAOMI, "\nBonds\n", HEADER, "SMIC 2.693 02/27/25,,100,500\n", "Foreign total,,,8000\n"), []),
    ],
)
def test_a_printed_total_may_sum_several_tables(read, lines, said):
    file = read(APPLE, MICROSOFT, *lines)
    told = file.issues.loc[file.issues["problem"].str.contains("printed total"), "problem"].tolist()
    assert len(told) == bool(said) and all(figure in told[0] for figure in said)
    assert file.rows["market_value"].sum() == 42500 + 7500 + 500 * ("SMIC" in "".join(lines))
