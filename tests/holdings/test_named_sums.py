"""A line without a code whose value is a sum of its neighbours is a total only where it is called one, a group, or a fund over groups."""

from __future__ import annotations

import pytest

from impact.bundled import read_bundled
from impact.holdings import read_holdings
from impact.intake.headings import is_group_label

HEAD = "Name,ISIN,Quantity,Market Value\n"
APPLE, MICROSOFT, BP = "Apple,US0378331005,10,100\n", "Microsoft,US5949181045,10,200\n", "BP,GB0007980591,10,50\n"
SAID = "the figures are the sum of lines beside it: a total?"


@pytest.fixture
def read(tmp_path):
    def of_lines(*lines):
        path = tmp_path / "book.csv"
        path.write_text(HEAD + "".join(lines), encoding="utf-8")
        return read_holdings(path)

    return of_lines


def test_a_named_position_above_lines_that_sum_to_it_stays_and_is_said(read):
    file = read("Xiaomi Corporation Private Placement,,,300\n", APPLE, MICROSOFT, "China Mobile note,,,50\n", BP)
    assert file.rows["market_value"].tolist() == [300.0, 100.0, 200.0, 50.0, 50.0] and file.dropped.empty
    assert file.issues.loc[file.issues["problem"] == SAID, "row"].tolist() == [2, 5]


def test_a_named_position_below_long_and_short_lines_of_its_size_stays_and_is_said(read):
    file = read(APPLE, "Microsoft,US5949181045,-10,-200\n", "Xiaomi Corporation,,,300\n")
    assert file.rows["market_value"].tolist() == [100.0, -200.0, 300.0] and SAID in file.issues["problem"].tolist()


@pytest.mark.parametrize("label", ["Information Technology", "USA", "Aktien", "Total equities", "Equities (2)", "株式", ""])
def test_what_is_called_a_group_is_its_total(read, label):
    file = read(f"{label},,,300\n", APPLE, MICROSOFT, "Energy,,,50\n", BP)
    assert file.rows["market_value"].tolist() == [100.0, 200.0, 50.0] and file.issues.empty


def test_a_position_without_a_code_belongs_to_its_group(read):
    file = read("Information Technology,,,600\n", APPLE, MICROSOFT, "Xiaomi Corporation Private Placement,,,300\n", "Energy,,,50\n", BP)
    assert file.rows["market_value"].sum() == 650.0 and "Xiaomi Corporation Private Placement" in file.rows["name"].tolist()


@pytest.mark.parametrize("name", ["Xiaomi Corporation Private Placement", "SMIC note", "China Mobile Ltd"])
def test_a_line_named_for_a_designated_firm_below_lines_that_sum_to_it_stays_and_is_said(read, name):
    file = read(APPLE, MICROSOFT, f"{name},,,300\n")
    assert file.rows["market_value"].tolist() == [100.0, 200.0, 300.0]
    assert file.issues.loc[file.issues["problem"] == SAID, "row"].tolist() == [4]


def test_a_subtotal_of_the_lines_of_a_designated_firm_is_one(read):
    file = read("China Mobile,HK0941009539,10,100\n", "China Mobile ADR,US16941M1099,10,200\n", "China Mobile,,,300\n", BP)
    assert file.rows["market_value"].tolist() == [100.0, 200.0, 50.0]


@pytest.mark.parametrize(
    "label", ["Xiaomi Corp", "China Mobile", "China Energy Engineering", "Xiaomi (China)", "Net Lease", "Sberbank of Russia", "US Steel"]
)
def test_names_of_securities_are_no_groups(label):
    assert not is_group_label(label)


def test_no_designated_name_is_called_as_a_group():
    names = read_bundled("designation_names")["name"]
    assert not [name for name in names if is_group_label(name)]
