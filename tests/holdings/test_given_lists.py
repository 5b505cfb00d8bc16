"""A list that the caller gives: nothing that it names is clear without a word."""

import pandas as pd
import pytest

from impact.facts.official_lists import read_official_list
from impact.holdings import check_portfolio

BOOK = pd.DataFrame(
    {
        "name": ["Xiaomi Corp B", "SAP SE", "Siemens AG", "Tencent", "China Mobile"],
        "isin": ["KYG9830T1067", "DE0007164600", "DE0007236101", "KYG875721634", "HK0941009539"],
        "quantity": 100.0,
        "market_value": 1000.0,
        "currency": "USD",
    }
)


@pytest.fixture
def checked(tmp_path):
    def of(text, as_of, name="given.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return check_portfolio(BOOK, as_of=as_of, lists=read_official_list(path)).positions.set_index("name")

    return of


def test_a_name_that_the_record_has_off_every_list_and_the_list_given_has_on_one_is_unknown(checked):
    positions = checked("Name,Program,ISIN\nXiaomi Corp.,1260H,\n", "2024-03-01T12:00-05:00")
    assert positions.at["Xiaomi Corp B", "status"] == "unknown"
    assert (
        positions.at["Xiaomi Corp B", "rule"]
        == "given.csv names Xiaomi Corp. (1260H): what that programme prohibits is not on record for it."
    )
    assert positions.at["Xiaomi Corp B", "programme"] == "" and positions.at["SAP SE", "status"] == "clear"


def test_an_entry_with_a_code_says_who_it_is_and_one_without_that_a_name_resembles_it(checked):
    positions = checked("Name,Program,ISIN\nSAP SE,NS-CMIC,DE0007164600\nSiemens AG,NS-CMIC,\n", "2024-03-01T12:00-05:00")
    assert positions.loc[["SAP SE", "Siemens AG"], "status"].tolist() == ["unknown", "unknown"]
    assert positions.at["SAP SE", "rule"].startswith("given.csv names SAP SE (NS-CMIC): ")
    assert positions.at["Siemens AG", "rule"].startswith("given.csv names Siemens AG (NS-CMIC), a name that this one resembles: ")


def test_a_list_that_says_what_the_record_says_changes_no_answer(checked):
    positions = checked(
        "Name,Program,ISIN\nTencent Holdings Limited,1260H,\nChina Mobile Limited,CMIC-EO13959,\n", "2025-02-03T12:00-05:00"
    )
    assert positions.loc[["Tencent", "China Mobile"], "status"].tolist() == ["clear", "barred"]
    assert positions.loc[["Tencent", "China Mobile"], "evidence"].str.contains("given.csv names").all()


def test_the_same_name_under_a_programme_that_the_record_lacks_is_not_clear(checked):
    positions = checked("Name,Program,ISIN\nTencent Holdings Limited,CMIC-EO13959,\n", "2025-02-03T12:00-05:00")
    assert positions.at["Tencent", "status"] == "unknown" and "CMIC-EO13959" in positions.at["Tencent", "rule"]


@pytest.mark.parametrize(
    ("row", "name"), [("Tencent Holdings Limited,SDN,", "ndaa-1260H-diff.csv"), ("Tencent Holdings Limited,,", "2021-1260H.csv")]
)
def test_the_name_of_the_file_tells_no_programme(checked, row, name):
    positions = checked(f"Name,Program,ISIN\n{row}\nSAP SE,MADE-UP,\n", "2025-02-03T12:00-05:00", name)
    assert positions.at["Tencent", "status"] == "unknown"


@pytest.mark.parametrize("programme", ["NDAA-1237", "SDN", ""])
def test_a_listing_that_has_ended_on_record_agrees_with_nothing(checked, programme):
    positions = checked(f"Name,Program,ISIN\nXiaomi Corporation,{programme},\nSAP SE,MADE-UP,\n", "2025-02-03T12:00-05:00", "dod-1237.csv")
    assert positions.at["Xiaomi Corp B", "status"] == "unknown"
