"""The real consolidated list of September 2024, read whole."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest

from impact.facts.ofac import read_ofac


@pytest.fixture(scope="module")
def official(market_dir):
    lists = market_dir / "lists"
    return read_ofac(lists / "ofac_cons_prim_2024-09.csv", alternates=lists / "ofac_cons_alt_2024-09.csv", version="2024-09")


@pytest.fixture(scope="module")
def cmic(official):
    return official.under("CMIC-EO13959")


@pytest.fixture(scope="module")
def raw_rows(market_dir):
    with open(market_dir / "lists" / "ofac_cons_prim_2024-09.csv", encoding="utf-8", newline="") as stream:
        return [row for row in csv.reader(stream) if "CMIC" in row[2]]


def test_every_row_is_kept_or_dropped(official):
    assert (official.rows["n_read"] == official.rows["n_kept"] + official.rows["n_dropped"]).all()
    assert official.rows.set_index("file")["n_read"].to_dict() == {"ofac_cons_prim_2024-09.csv": 445, "ofac_cons_alt_2024-09.csv": 1065}


def test_the_sixty_eight_companies_and_their_dates(cmic):
    frame = cmic.to_frame()
    assert len(frame) == 68
    triples = frame.groupby(["listing_on", "effective_on", "divestment_on"]).size()
    expected = {
        ("2021-06-03", "2021-08-02", "2022-06-03"): 59,
        ("2021-12-16", "2022-02-14", "2022-12-16"): 8,
        ("2021-12-10", "2022-02-08", "2022-12-10"): 1,
    }
    assert {tuple(day.strftime("%Y-%m-%d") for day in key): count for key, count in triples.items()} == expected
    assert frame.loc[frame["listing_on"] == pd.Timestamp("2021-12-10"), "name"].tolist() == ["SENSETIME GROUP LIMITED"]


def test_isins_and_tickers_are_those_a_plain_search_finds(cmic, raw_rows):
    isins = [isin for row in raw_rows for isin in re.findall(r"ISIN (\w+)", row[10])]
    found = cmic.identifiers[cmic.identifiers["kind"] == "isin"]
    assert found["value"].tolist() == isins
    assert len(isins) == 165 and found["entry"].nunique() == 53
    assert found.loc[~found["valid"], "value"].tolist() == ["BRC1EODR004", "CND10002K094", "CND10002G601"]
    tickers = cmic.identifiers[cmic.identifiers["kind"] == "ticker"]
    assert len(tickers) == sum(row[10].count("Equity Ticker ") for row in raw_rows) == 69
    assert tickers["entry"].nunique() == 40 and tickers["valid"].all()
    assert {"728 HK", "317 HK", "883 HK", "603019 CN", "CHL US"} <= set(tickers["value"])


def test_the_three_wrong_isins_and_two_repeats_are_reported(cmic):
    reported = cmic.errors[cmic.errors["field"] == "ISIN"].groupby("reason")["value"].apply(list).to_dict()
    assert reported == {
        "check digit or form of the ISIN does not hold": ["BRC1EODR004", "CND10002K094", "CND10002G601"],
        "repeats an identifier of the same entry": ["HK0883013259", "CND100005MX3"],
    }


def test_each_key_of_the_remarks_is_counted_as_documented(cmic):
    entries_with = cmic.identifiers.groupby("kind")["entry"].nunique()
    assert entries_with["uscc"] == 58 and entries_with["lei"] == 3
    assert cmic.names[cmic.names["kind"] == "issuer"]["entry"].nunique() == 53
    assert cmic.relations["entry"].nunique() == 9
    assert (cmic.attributes["key"] == "Target Type").sum() == 57
    assert set(cmic.attributes["key"]) == {"Target Type"}


def test_names_of_the_alternate_file_wait_for_entity_numbers(official):
    assert "carries no entity numbers" in official.assumptions[0]
    refused = official.dropped[official.dropped["file"] == "ofac_cons_alt_2024-09.csv"]["reason"].value_counts()
    assert refused["the primary file carries no entity numbers to tie this name to"] == 1063


def test_the_cut_remark_is_reported(cmic):
    cut = cmic.errors[cmic.errors["field"] == "remarks"]
    assert cut["reason"].str.startswith("cut at 1,000 characters").tolist() == [True]
