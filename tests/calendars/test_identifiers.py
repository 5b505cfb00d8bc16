"""Identifiers: hand values, the real spellings of terminals and lists, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.identifiers import (
    IdentifierKind,
    clean_identifiers,
    cusip_from_isin,
    excel_damage,
    identifier_kind,
    is_valid,
    normalise_ticker,
    normalise_tickers,
    sedol_from_isin,
    valid_identifiers,
)

PUBLISHED = {
    "isin": ["US0378331005", "KYG9830T1067", "HK0941009539", "CNE100000PM8", "GB00B15KXQ89", "XS1809220830"],
    "cusip": ["037833100", "16941M109", "126132109", "Y14965100"],
    "sedol": ["B15KXQ8", "6073556", "2665214"],
    "figi": ["BBG000BLNQ16"],
    "lei": ["213800KUD8LAJWSQ9D15", "549300XIVJCBIGMRUD48"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PUBLISHED.items() for text in texts])
def test_published_identifiers_hold_and_are_recognised(kind, text):
    assert is_valid(text, kind)
    assert valid_identifiers([text], kind).tolist() == [True]
    assert identifier_kind(text) is IdentifierKind(kind)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PUBLISHED.items() for text in texts])
def test_another_last_digit_breaks_every_identifier(kind, text):
    others = [text[:-1] + digit for digit in "0123456789" if digit != text[-1]]
    assert not valid_identifiers(others, kind).any()


@pytest.mark.parametrize("text", ["BRC1EODR004", "CND10002K094", "CND10002G601"])
def test_the_three_wrong_isins_of_the_official_list_fail(text):
    assert not is_valid(text, "isin")
    assert not valid_identifiers([text], "isin").any()


def test_an_isin_needs_a_country_that_exists():
    from stdnum.isin import calc_check_digit

    body = "ZZ000000000"
    assert not valid_identifiers([body + calc_check_digit(body)], "isin").any()


def test_cleaning_keeps_the_index_and_names_missing_values_as_empty():
    raw = pd.Series(
        [" us16941m-1099", None, float("nan"), "-", "N/A", "000000000", 6073556.0, "6073556.0", 6073556], index=list("abcdefghi")
    )
    cleaned = clean_identifiers(raw)
    assert cleaned.index.tolist() == list("abcdefghi")
    assert cleaned.tolist() == ["US16941M1099", "", "", "", "", "", "6073556", "6073556", "6073556"]
    assert raw["a"] == " us16941m-1099"


def test_text_beyond_ascii_or_beyond_any_width_is_simply_not_valid():
    assert valid_identifiers(["É" * 12, "US0378331005X", "US0378331005" * 4, "", None], "isin").tolist() == [False] * 5


@pytest.mark.parametrize(
    ("text", "code", "country", "yahoo"),
    [
        ("941 HK", "941", "HK", "0941.HK"),
        ("0728 HK", "728", "HK", "0728.HK"),
        ("00317  HK", "317", "HK", "0317.HK"),
        ("941 HK Equity", "941", "HK", "0941.HK"),
        ("601390 CH", "601390", "CN", "601390.SS"),
        ("002415 CH Equity", "002415", "CN", "002415.SZ"),
        ("603019CN", "603019", "CN", "603019.SS"),
        ("600519 C1 Equity", "600519", "CN", "600519.SS"),
        ("000333 C2", "000333", "CN", "000333.SZ"),
        ("CHL US", "CHL", "US", "CHL"),
        ("CHL UN Equity", "CHL", "US", "CHL"),
        ("CNU CA", "CNU", "CA", "CNU.TO"),
        ("RY CN", "RY", "CA", "RY.TO"),
        ("NESN SW", "NESN", "CH", "NESN.SW"),
        ("0941.HK", "941", "HK", "0941.HK"),
        ("600050.SH", "600050", "CN", "600050.SS"),
        ("81810.HK", "81810", "HK", "81810.HK"),
        ("BRK/B US", "BRK/B", "US", "BRK-B"),
        ("K3ED SG", "K3ED", "SG", "K3ED.SI"),
    ],
)
def test_ticker_spellings(text, code, country, yahoo):
    line = normalise_ticker(text)
    assert (line.code, line.country, line.yahoo) == (code, country, yahoo)


@pytest.mark.parametrize("text", ["USD Curncy", "MXEF Index", "-", "", "  ", "ESH1 Index", "00000 HK"])
def test_what_is_no_line(text):
    assert normalise_ticker(text) is None


def test_bare_codes_take_their_country_from_the_exchange_first():
    assert normalise_ticker("941", exchange="Hong Kong Exchanges And Clearing Ltd", location="China").yahoo == "0941.HK"
    assert normalise_ticker("2415", exchange="Shenzhen Stock Exchange").yahoo == "002415.SZ"
    assert normalise_ticker("BABA", exchange="New York Stock Exchange Inc.", location="China").yahoo == "BABA"
    assert normalise_ticker("941", location="China").yahoo == "0941.HK"
    assert normalise_ticker("BABA", location="China").country == ""
    assert normalise_ticker("941 HK", exchange="New York Stock Exchange Inc.").country == "HK"


def test_a_column_of_tickers_equals_its_rows():
    texts = ["941 HK", None, "941", "CHL US", "941", "-"]
    exchange = ["", "", "Hong Kong Exchanges And Clearing Ltd", "", "", ""]
    table = normalise_tickers(pd.Series(texts, index=list("abcdef")), exchange=exchange)
    assert table.index.tolist() == list("abcdef")
    assert table["yahoo"].tolist() == ["0941.HK", "", "0941.HK", "CHL", "", ""]
    assert table["country"].tolist() == ["HK", "", "HK", "US", "", ""]


def test_a_column_of_another_length_is_refused():
    with pytest.raises(InputError, match="one value per ticker"):
        normalise_tickers(["941"], exchange=["a", "b"])


def test_cusip_and_sedol_come_from_their_own_countries_only():
    assert cusip_from_isin("US16941M1099") == "16941M109"
    assert sedol_from_isin("GB00B15KXQ89") == "B15KXQ8"
    for isin in ("HK0941009539", "CNE1000002V2", "KYG9830T1067", "", "US"):
        assert cusip_from_isin(isin) == ""
        assert sedol_from_isin(isin) == ""


def test_spreadsheet_damage_is_named_and_restored_only_where_the_check_digit_holds():
    found = excel_damage(pd.Series(["1.2345E+104", "37833100", "037833100", "16941M109", None], index=list("abcde")), "cusip")
    assert found["damage"].to_dict() == {"a": "scientific notation", "b": "leading zeros lost"}
    assert found["restored"].to_dict() == {"a": "", "b": "037833100"}


def test_sound_identifiers_and_sound_columns_show_no_damage():
    assert excel_damage(["0263494", "B15KXQ8", "6073556", "", None, "0", "0000000", "1"], "sedol").empty
    restored = excel_damage(["1.2345E+104", "0263494", "263494", 263494.0], "sedol")
    assert restored["restored"].to_dict() == {0: "", 2: "0263494", 3: "0263494"}


def test_damage_is_not_seen_where_padding_does_not_give_a_valid_identifier():
    assert excel_damage(["37833101"], "cusip").empty


def test_unknown_kinds_are_refused_by_name():
    with pytest.raises(InputError, match="choose one of"):
        is_valid("941 HK", "ric")
    with pytest.raises(InputError, match="no check digit"):
        valid_identifiers(["941 HK"], "ticker")


def test_kind_of_plain_words_and_of_non_text_is_unknown():
    assert [identifier_kind(value) for value in ("XIAOMI CORP", "", None, 941.0)] == [IdentifierKind.UNKNOWN] * 4
    assert identifier_kind("941 HK") is IdentifierKind.TICKER
    assert valid_identifiers([], "isin").dtype == np.bool_


@pytest.mark.parametrize(
    "symbol", ["247540.KQ", "6488.TWO", "ABC.V", "500325.BO", "000001.SS", "0700.HK", "VOD.L", "SAP.F", "NOVO-B.CO", "2222.SR", "832000.BJ"]
)
def test_the_ending_of_a_yahoo_symbol_is_never_rewritten(symbol):
    assert normalise_ticker(symbol).yahoo == symbol


def test_a_ticker_takes_the_ending_of_the_venue_it_names():
    assert normalise_ticker("247540", exchange="KOSDAQ").yahoo == "247540.KQ"
    assert normalise_ticker("NESN", exchange="SIX Swiss Exchange").yahoo == "NESN.SW"
    assert normalise_ticker("600050.SH").yahoo == "600050.SS" and normalise_ticker("IBM.N").yahoo == "IBM"
