"""Matching: evidence in its order, every kind of relation, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.facts.matching import MATCH_COLUMNS, match_table
from impact.facts.name_index import NameIndex
from impact.facts.names import core_name, distinctive_words, is_acronym, plain_words
from impact.facts.plain_list import read_plain_list
from impact.facts.screening import ScreeningTargets, screening_targets


@pytest.fixture(scope="module")
def targets():
    return screening_targets()


def hand_made(identifiers, names=()):
    entities = pd.DataFrame(
        {
            "entity": ["Alpha Rocket Co", "Beta Chip Ltd"],
            "programme_id": ["p", "p"],
            "listed_on": pd.to_datetime(["2021-01-14", "2021-06-03"]).astype("datetime64[ns]"),
            "removed_on": pd.to_datetime([None, None]).astype("datetime64[ns]"),
            "is_listed": [True, True],
            "fact_id": ["a", "b"],
            "origin": ["designations", "designations"],
            "version": ["", ""],
        }
    )
    columns = ["target", "kind", "value", "security", "relation", "instrument", "adr_ratio", "note"]
    table = pd.DataFrame([(*row, "", "listed line", "", np.nan, "") for row in identifiers], columns=columns)
    return ScreeningTargets(entities=entities, identifiers=table, names=pd.DataFrame(list(names), columns=["target", "name", "kind"]))


def test_an_isin_decides_before_ticker_and_name():
    alpha = hand_made([(0, "isin", "HK0000000007"), (1, "ticker", "5 HK")], [(1, "Beta Chip Ltd", "primary")])
    frame = pd.DataFrame({"isin": ["hk0000000007 "], "ticker": ["0005.HK"], "name": ["BETA CHIP LTD"]}, index=["lot 9"])
    found = match_table(frame, alpha)
    assert found[["row", "label", "entity", "field", "value", "tier", "disagrees"]].values.tolist() == [
        [0, "lot 9", "Alpha Rocket Co", "isin", "HK0000000007", "identifier", "ticker"],
        [0, "lot 9", "Beta Chip Ltd", "ticker", "5 HK", "identifier", "isin"],
    ]
    assert found["explanation"].iloc[0].endswith("but ticker points to another entity")
    assert tuple(found.columns) == MATCH_COLUMNS


def test_agreeing_fields_give_one_row_without_disagreement():
    alpha = hand_made([(0, "isin", "HK0000000007"), (0, "ticker", "5 HK")])
    found = match_table(pd.DataFrame({"isin": ["HK0000000007"], "ticker": ["5 HK"]}), alpha)
    assert found[["field", "disagrees"]].values.tolist() == [["isin", ""]]


def test_each_code_is_matched_in_its_own_column_and_in_a_mixed_one():
    codes = [
        ("isin", "US16941M1099"),
        ("cusip", "037833100"),
        ("sedol", "6073556"),
        ("figi", "BBG000BLNQ16"),
        ("lei", "549300XIVJCBIGMRUD48"),
    ]
    alpha = hand_made([(0, kind, value) for kind, value in codes])
    for kind, value in codes:
        assert match_table(pd.DataFrame({kind: [value, None, ""]}), alpha)["row"].tolist() == [0]
        assert match_table(pd.DataFrame({"identifier": ["x", value]}), alpha)["row"].tolist() == [1]


def test_a_cusip_on_the_list_is_found_inside_an_isin():
    alpha = hand_made([(0, "cusip", "16941M109")])
    found = match_table(pd.DataFrame({"isin": ["US16941M1099", "HK0941009539"]}), alpha)
    assert found[["row", "field", "value"]].values.tolist() == [[0, "cusip in isin", "16941M109"]]


def test_bare_codes_need_their_exchange(targets):
    frame = pd.DataFrame(
        {"ticker": ["941", "941", "2415"], "exchange": ["Hong Kong Exchanges And Clearing Ltd", "", "Shenzhen Stock Exchange"]}
    )
    found = match_table(frame, targets)
    assert set(found["row"]) == {0, 2}
    assert set(found.loc[found["row"] == 2, "security"]) == {"002415.SZ"}


def test_lines_of_one_issuer_are_told_apart(targets):
    frame = pd.DataFrame({"isin": ["HK0941009539", "US16941M1099", "CND10000GBD8", "KYG9830T1067"], "cusip": ["", "", "", None]})
    found = match_table(frame, targets)
    cmic = found[found["programme_id"] == "ns-cmic"].set_index("row")
    assert cmic["instrument"].to_dict() == {0: "equity", 1: "adr", 2: "bond"}
    assert cmic.loc[1, "adr_ratio"] == 5.0 and cmic.loc[1, "security"] == "CHL"
    parent = found[(found["row"] == 0) & (found["entity"] == "China Mobile Communications Group")]
    assert parent["relation"].tolist() == ["unit named with a designated parent"]
    xiaomi = found[found["row"] == 3].iloc[0]
    assert xiaomi["listed_on"] == pd.Timestamp("2021-01-14") and xiaomi["removed_on"] == pd.Timestamp("2021-05-25")
    assert "since 2021-01-14" in xiaomi["explanation"] and "1810.HK" in xiaomi["explanation"]


def test_the_h_line_follows_from_the_a_line_on_the_list(targets):
    found = match_table(pd.DataFrame({"isin": ["CNE100000981"]}), targets)
    assert {"ns-cmic", "ndaa-1237-ccmc"} <= set(found["programme_id"])
    assert set(found["security"]) == {"1186.HK"}


def test_only_what_was_known_is_matched():
    frame = pd.DataFrame({"isin": ["KYG9830T1067"]})
    assert match_table(frame, screening_targets("2021-01-14T15:00-05:00")).empty
    known = match_table(frame, screening_targets("2021-01-14T18:00-05:00"))
    assert known["programme_id"].tolist() == ["ndaa-1237-ccmc"]
    assert known["removed_on"].isna().all()


def test_names_only_propose_and_say_so(targets):
    found = match_table(pd.DataFrame({"name": ["XIAOMI CORP-CLASS B", "SMIC", None, "", "CHINA RAILWAY GROUP LTD H"]}), targets)
    tiers = found.groupby("row")["tier"].agg(set).to_dict()
    assert tiers == {0: {"strong"}, 1: {"review"}}
    assert found["explanation"].str.contains("confirm it by an identifier").all()
    assert (found["security"] == "").all()


def test_names_are_asked_only_where_identifiers_are_silent_unless_told(targets):
    frame = pd.DataFrame({"isin": ["KYG9830T1067", ""], "name": ["XIAOMI CORP", "XIAOMI CORP"]})
    assert match_table(frame, targets)["field"].tolist() == ["isin", "name"]
    assert match_table(frame, targets, names="never")["field"].tolist() == ["isin"]
    mixed = match_table(frame.assign(isin=["HK0941009539", ""]), targets, names="all")
    assert set(mixed.loc[mixed["row"] == 0, "field"]) == {"isin", "name"}


def test_a_loaded_list_is_screened_with_its_version(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("name,program,listed_on,isin\nGamma Alloys Ltd,P-1,2030-01-01,GB00B15KXQ89\n", encoding="utf-8")
    own = read_plain_list(path, version="v7")
    found = match_table(pd.DataFrame({"sedol": ["B15KXQ8"]}), screening_targets(lists=own))
    assert found[["entity", "programme_id", "version"]].values.tolist() == [["Gamma Alloys Ltd", "P-1", "v7"]]
    assert "version v7" in found["explanation"].iloc[0]
    assert match_table(pd.DataFrame({"sedol": ["B15KXQ8"]}), screening_targets("2029-06-01T00:00Z", lists=[own])).empty


def test_a_listed_identifier_that_does_not_hold_is_matched_with_a_word(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("name,isin\nGamma Alloys Ltd,BRC1EODR004\n", encoding="utf-8")
    found = match_table(pd.DataFrame({"isin": ["BRC1EODR004"]}), screening_targets(lists=read_plain_list(path)))
    assert "check digit that does not hold" in found["explanation"].iloc[0]


def test_an_empty_table_and_a_table_without_matches_keep_their_columns(targets):
    for frame in (pd.DataFrame({"isin": []}), pd.DataFrame({"isin": ["US0378331005"], "name": ["APPLE INC"]})):
        found = match_table(frame, targets)
        assert found.empty and tuple(found.columns) == MATCH_COLUMNS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": {"isn": "isin"}}, "unknown field"),
        ({"columns": {"isin": "absent"}}, "absent column"),
        ({"names": "maybe"}, "use one of"),
        ({"review": 96.0}, "0 < review <= strong <= 100"),
    ],
)
def test_wrong_options_are_refused(targets, options, message):
    with pytest.raises(InputError, match=message):
        match_table(pd.DataFrame({"isin": [""]}), targets, **options)


def test_a_table_without_any_field_is_refused(targets):
    with pytest.raises(InputError, match="no column to match by"):
        match_table(pd.DataFrame({"weight": [1.0]}), targets)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("CHINA MOBILE LTD-SPON ADR", "CHINA MOBILE"),
        ("CNOOC LTD ADR REPR 100 ORD", "CNOOC"),
        ("CHINA TELECOM CORP LTD H CNY1", "CHINA TELECOM"),
        ("China Comm. Constr. Co., Ltd.-H", "CHINA COMMUNICATIONS CONSTRUCTION"),
        ("CHINA RAILWAY CONSTRUCTION CORP LT", "CHINA CONSTRUCTION RAILWAY"),
        ("Société Générale SA", "GENERALE SOCIETE"),
        ("AVIC XI'AN AIRCRAFT", "AIRCRAFT AVIC XIAN"),
        ("小米集团", "小米集团"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_what_is_left_of_a_name(name, core):
    assert core_name(name) == core


def test_names_of_common_words_are_told_by_all_of_them():
    assert distinctive_words(plain_words("CHINA CONSTRUCTION BANK")) == {"BANK CONSTRUCTION"}
    assert distinctive_words(plain_words("CHINA RAILWAY CONSTRUCTION")) == {"RAILWAY"}
    assert is_acronym("SMIC") and not is_acronym("XIAOMI") and not is_acronym("A B")


def test_a_cut_last_word_is_completed_only_when_one_word_fits():
    names = pd.DataFrame(
        {"target": [0, 1], "name": ["Hangzhou Hikvision Digital Technology", "Omega Interstellar International"], "kind": "primary"}
    )
    index = NameIndex.of(names)
    assert index.propose(["HANGZHOU HIKVISION DIGITAL TECHNOLO"])["score"].tolist() == [100.0]
    assert index.propose(["OMEGA INTERSTELLAR INTERNATIONA LTD X"])["target"].tolist() == [1]
    assert index.propose(["ZETA DIGITAL TECHNOLO"]).empty


def test_the_score_is_the_token_sort_ratio_of_rapidfuzz():
    from rapidfuzz import fuzz

    listed, asked = "Fujian Torch Electron Technology Co., Ltd.", "TORCH ELECTRON FUJIAN TECHNICS"
    index = NameIndex.of(pd.DataFrame({"target": [0], "name": [listed], "kind": ["primary"]}))
    expected = fuzz.token_sort_ratio(core_name(asked), core_name(listed))
    assert index.propose([asked], review=50.0)["score"].tolist() == pytest.approx([expected])


def test_an_index_needs_its_columns():
    with pytest.raises(InputError, match="no column 'kind'"):
        NameIndex.of(pd.DataFrame({"target": [], "name": []}))


def test_a_name_that_treasury_listed_itself_is_matched_on_its_own_list():
    """China Mobile Limited stood on no list of section 1237: Treasury listed it under EO 13959 on 8 January 2021."""
    told = match_table(pd.DataFrame({"ticker": ["941 HK"]}), screening_targets("2021-05-20T12:00-04:00"))
    assert told.loc[told["entity"] == "China Mobile Limited", "programme_id"].tolist() == ["ns-ccmc"]
