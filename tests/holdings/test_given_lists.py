"""A list that the caller gives: nothing that it names is clear without a word."""

import pandas as pd
import pytest

from impact.errors import SourceUnusable
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


ALIASES = "Name,Alias,Program,Removed\nAcme Holdings Limited,Zeta Works; Zetaworks Intl,1260H,\nBeta Industries Co. Ltd.,,1260H,{removed}\n"
FUND = (
    'iShares Test Fund\nFund Holdings as of,"Feb 26, 2021"\n\nTicker,Name,ISIN,Weight (%),Shares,Market Value,Market Currency\n'
    "ZTA,ZETA WORKS LTD,US0378331005,10.0,100,1000,USD\nOTH,OTHER INC,US02079K1079,90.0,100,9000,USD\n"
)


@pytest.mark.parametrize("removed", ["2020-01-31", "2022-01-31", ""])
def test_another_name_of_an_entry_is_asked_and_an_entry_removed_by_then_names_nobody(tmp_path, removed):
    path = tmp_path / "given.csv"
    path.write_text(ALIASES.format(removed=removed), encoding="utf-8")
    book = BOOK.head(4).assign(
        name=["Zeta Works Ltd", "Acme Holdings", "Beta Industries", "Gamma SE"],
        isin=["US0378331005", "US5949181045", "US67066G1040", "DE0007236101"],
    )
    told = check_portfolio(book, as_of="2021-03-01T12:00-05:00", lists=read_official_list(path)).positions
    assert told["status"].tolist() == ["unknown", "unknown", "clear" if removed == "2020-01-31" else "unknown", "clear"]


def test_what_a_fund_holds_is_matched_to_the_list_given(tmp_path):
    path, funds = tmp_path / "given.csv", tmp_path / "funds"
    path.write_text(ALIASES.format(removed=""), encoding="utf-8")
    funds.mkdir()
    (funds / "EEM.csv").write_text(FUND, encoding="utf-8")
    book = BOOK.head(2).assign(name=["EEM", "Gamma SE"], isin=["US4642872349", "DE0007236101"])
    report = check_portfolio(book, as_of="2021-03-01T12:00-05:00", funds=funds, lists=read_official_list(path))
    through = report.exposures.query("via == 'EEM'")
    assert through["entity"].tolist() == ["Acme Holdings Limited"] and through["status"].tolist() == ["unknown"]
    assert through["market_value_low"].iloc[0] < 100.0 < through["market_value_high"].iloc[0]  # 10 % of 1,000
    plain = check_portfolio(book, as_of="2021-03-01T12:00-05:00", funds=funds)
    assert plain.exposures.query("via == 'EEM'").empty


def test_a_column_that_no_reader_knows_is_named(tmp_path):
    path = tmp_path / "given.csv"
    for text, said in (
        ("Name,Alias,Foo\nA,B,C\n", r"column 'foo' is not known"),
        ("Name,Alias,AKA\nA,B,C\n", r"1 column\(s\) stand twice \(first 'aka'"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SourceUnusable, match=said):
            read_official_list(path)
