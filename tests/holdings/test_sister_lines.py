"""A line that no table knows, and that may be another class of a listed issuer, is a proposal and never clear."""

import pandas as pd
import pytest

from impact.holdings import Designation, check_portfolio
from impact.holdings.desk import check_books
from impact.holdings.what_if import designated_tables
from impact.rules import permitted

PUBLIC, LATER = pd.Timestamp("2026-03-02T16:05-05:00"), "2026-06-02T12:00-04:00"
SAMSUNG = Designation(security="005930.KS", at=PUBLIC, programme="ns-cmic", name="Samsung Electronics Co., Ltd.")
NAMELESS = Designation(security="VOLV-A.ST", at=PUBLIC, programme="ns-cmic")


def status(designation, **cells):
    book = pd.DataFrame(
        {**{column: [cell] for column, cell in cells.items()}, "Quantity": [1], "Market Value": [100.0], "Currency": ["USD"]}
    )
    return check_portfolio(book, as_of=LATER, designations=[designation]).positions["status"].tolist()


@pytest.mark.parametrize(
    "cells",
    [
        {"Ticker": "005935.KS"},
        {"Ticker": "005935.KS", "Name": "Samsung Electronics Pref"},
        {"ISIN": "KR7005931001", "Name": "Samsung Electronics Pref"},
        {"Ticker": "005935 KS", "ISIN": "KR7005931001", "Name": "SAMSUNG ELECTR-PRF"},
    ],
)
def test_another_class_of_a_stated_issuer_is_unknown(cells):
    assert status(SAMSUNG, **cells) == ["unknown"]


@pytest.mark.parametrize("cells", [{"Ticker": "000660.KS", "Name": "SK Hynix"}, {"Ticker": "AAPL US", "Name": "Apple Inc"}])
def test_a_line_of_another_issuer_stays_clear(cells):
    assert status(SAMSUNG, **cells) == ["clear"]


def test_a_share_class_behind_a_hyphen_is_unknown():
    assert status(NAMELESS, Ticker="VOLV-B.ST") == ["unknown"] and status(NAMELESS, Ticker="VOLCAR-B.ST") == ["clear"]


@pytest.mark.parametrize(
    ("designation", "line", "answer"),
    [(SAMSUNG, "005935.KS", "unknown"), (SAMSUNG, "000660.KS", "not_listed"), (NAMELESS, "VOLV-B.ST", "unknown")],
)
def test_permitted_says_so_too(designation, line, answer):
    tables = designated_tables((designation,), PUBLIC)
    assert permitted("buy", line, LATER, tables=tables).status == answer
    assert permitted("buy", line, LATER).status == "not_listed"


@pytest.mark.parametrize("line", ["VLVLY US", "VOL1 GR", "8306 JP"])
def test_a_nameless_line_elsewhere_may_be_one_of_an_issuer_whose_lines_no_table_knows(line):
    assert status(NAMELESS, Ticker=line) == ["unknown"]


@pytest.mark.parametrize("cells", [{"Ticker": "8306 JP", "Name": "Mitsubishi UFJ"}, {"Ticker": "700 HK"}, {"Ticker": "ERIC-B.ST"}])
def test_a_name_a_table_or_the_same_venue_tell_that_it_is_another(cells):
    assert status(NAMELESS, **cells) == ["clear"]


def test_permitted_doubts_a_line_elsewhere_beside_a_stated_issuer():
    tables = designated_tables((NAMELESS,), PUBLIC)
    answer = permitted("buy", "8306.T", LATER, tables=tables)
    assert answer.status == "unknown" and "designation is stated" in answer.rule
    assert permitted("buy", "ERIC-B.ST", LATER, tables=tables).status == "not_listed"
    known = designated_tables((Designation(security="0700.HK", at=PUBLIC, programme="ns-cmic"),), PUBLIC)
    assert permitted("buy", "8306.T", LATER, tables=known).status == "not_listed"


@pytest.mark.parametrize(
    ("stated", "line"),
    [
        ("PETR4.SA", "PETR3.SA"),  # preferred and ordinary
        ("PETR4.SA", "PETR4F.SA"),  # the odd lot
        ("ITUB4.SA", "ITUB3 BZ"),
        ("VOLV-B.ST", "VOLVB SS"),  # as a terminal writes it
        ("VOLV-B.ST", "VOLVA SS"),
        ("VOLV-B.ST", "VOLV_A.ST"),
        ("NOVO-B.CO", "NOVOB DC"),
        ("KESKOB.HE", "KESKOA.HE"),
        ("2593.T", "25935.T"),  # class shares of Ito En
        ("2881.TW", "2881A.TW"),  # preferred shares of Fubon
        ("GOOGL", "GOOG US"),
        ("LBTYA", "LBTYK US"),
    ],
)
def test_another_class_on_the_venue_of_a_stated_line_is_unknown_without_a_name(stated, line):
    designation = Designation(security=stated, at=PUBLIC, programme="ns-cmic")
    assert status(designation, Ticker=line) == ["unknown"]
    assert permitted("buy", line, LATER, tables=designated_tables((designation,), PUBLIC)).status == "unknown"


@pytest.mark.parametrize(
    ("stated", "line"), [("PETR4.SA", "PRIO3.SA"), ("VOLV-B.ST", "ERICB SS"), ("2593.T", "25945.T"), ("GOOGL", "GOOD US")]
)
def test_another_root_on_the_venue_of_a_stated_line_is_another_issuer(stated, line):
    assert status(Designation(security=stated, at=PUBLIC, programme="ns-cmic"), Ticker=line) == ["clear"]


SONY = Designation(security="SONY", at=PUBLIC, programme="ns-cmic", name="Sony Group Corporation")


@pytest.mark.parametrize(
    "cells",
    [
        {"Ticker": "6758.T", "Name": "ソニーグループ"},
        {"Ticker": "6758 JP", "ISIN": "JP3435000009", "Name": "ソニーグループ"},
        {"ISIN": "JP3435000009", "Name": "ソニーグループ"},
        {"Ticker": "6758.T", "Name": "ORDINARY SHARES"},
        {"Ticker": "005930.KS", "Name": "삼성전자"},  # another firm: no table tells it
    ],
)
def test_a_name_that_cannot_be_compared_clears_no_line_elsewhere(cells):
    assert status(SONY, **cells) == ["unknown"]


def test_a_name_in_other_letters_on_the_venue_of_the_stated_line_is_of_another():
    assert status(TSMC, Ticker="2317 TT", Name="鴻海") == ["clear"]
    assert status(TSMC, Ticker="TSM US", Name="台積電ADR") == ["unknown"]


@pytest.mark.parametrize(
    "cells", [{"Ticker": "TM US", "Name": "TOYOTA MOTOR CORP-SPON ADR"}, {"ISIN": "US8923313071", "Name": "TOYOTA MOTOR CORP ADR"}]
)
def test_an_issuer_stated_in_other_letters_alone_leaves_names_in_latin_ones_open(cells):
    toyota = Designation(security="7203.T", at=PUBLIC, programme="ns-cmic", name="トヨタ自動車")
    assert status(toyota, **cells) == ["unknown"]
    assert status(toyota, Ticker="8306 JP", Name="Mitsubishi UFJ") == ["clear"]
    both = Designation(security="7203.T", at=PUBLIC, programme="ns-cmic", name="トヨタ自動車 (Toyota Motor)")
    assert status(both, **cells) == ["unknown"] and status(both, Ticker="AAPL US", Name="Apple Inc") == ["clear"]


TSMC = Designation(security="2330.TW", at=PUBLIC, programme="ns-cmic", name="Taiwan Semiconductor Manufacturing Company Limited")
PETROBRAS = Designation(security="PETR4.SA", at=PUBLIC, programme="ns-cmic", name="Petróleo Brasileiro S.A. - Petrobras")


@pytest.mark.parametrize(
    ("designation", "cells"),
    [
        (TSMC, {"Ticker": "2330", "Name": "TSMC", "Price Currency": "HKD"}),
        (TSMC, {"Ticker": "TSM UN", "Name": "TSMC-SP ADR"}),
        (TSMC, {"Ticker": "TSMC34 BZ", "Name": "TSMC BDR"}),
        (TSMC, {"Name": "TSMC", "ISIN": "US8740391003"}),
        (PETROBRAS, {"Ticker": "XPBR SM", "Name": "Petrobras"}),
        (PETROBRAS, {"ISIN": "BRPETRACNOR9", "Name": "Petrobras ON"}),
        (PETROBRAS, {"Ticker": "PBR/A US", "Name": "PETROLEO BRASILEIR-PREF ADR"}),
        (PETROBRAS, {"Ticker": "PBR.A", "ISIN": "US71654V1017", "Name": "Petrobras pref ADR"}),
    ],
)
def test_what_a_stated_issuer_is_called_within_its_name_or_by_its_initials_is_unknown(designation, cells):
    assert status(designation, **cells) == ["unknown"]


@pytest.mark.parametrize(
    ("designation", "cells"),
    [
        (TSMC, {"Ticker": "2330 HK", "Name": "China Uptown Group Co Ltd"}),
        (TSMC, {"Ticker": "TSN US", "Name": "TYSON FOODS INC"}),
        (PETROBRAS, {"Ticker": "VALE3 BZ", "Name": "VALE SA"}),
    ],
)
def test_another_name_beside_a_stated_issuer_stays_clear(designation, cells):
    assert status(designation, **cells) == ["clear"]


BY_LINE = [Designation(security=line, at=PUBLIC, programme="ns-cmic") for line in ("HSBA.L", "HSBA LN")]
HSBC = [
    ("HSBA LN", "", "HSBC HOLDINGS PLC"),
    ("HSBC US", "", "HSBC HOLDINGS PLC-SPONS ADR"),
    ("HSBC US", "US4042804066", "HSBC HOLDINGS PLC-SPONS ADR"),
    ("5 HK", "", "HSBC HOLDINGS PLC"),
    ("", "GB0005405286", "HSBC HOLDINGS PLC"),
    ("11 HK", "", "Hang Seng Bank"),
    ("AAPL US", "", "Apple Inc"),
]


def held(rows, designation):
    book = pd.DataFrame(rows, columns=["Ticker", "ISIN", "Name"]).assign(Quantity=1, Currency="USD", **{"Market Value": 100.0})
    return check_portfolio(book, as_of=LATER, designations=[designation])


@pytest.mark.parametrize("designation", BY_LINE)
def test_what_a_book_calls_a_line_stated_without_its_issuer_is_a_proposal_elsewhere_in_it(designation):
    report = held(HSBC, designation)
    assert report.positions["status"].tolist() == ["barred", "unknown", "unknown", "unknown", "unknown", "clear", "clear"]
    assert (
        report.positions["evidence"]
        .iloc[1]
        .startswith("the name 'HSBC HOLDINGS PLC-SPONS ADR' is that which the book gives the line stated")
    )


def test_a_book_that_does_not_name_the_stated_line_is_told_so():
    report = held([("HSBA LN", "", ""), *HSBC[1:]], BY_LINE[0])
    assert report.positions["status"].tolist() == ["barred", *["clear"] * 6]
    assert any("calls it so; state it (issuer)" in text for text in report.assumptions)


def test_a_name_of_one_book_says_nothing_in_another(tmp_path):
    for name, rows in (("a", HSBC[:1]), ("b", HSBC[1:])):
        book = pd.DataFrame(rows, columns=["Ticker", "ISIN", "Name"]).assign(Quantity=1, Currency="USD", **{"Market Value": 100.0})
        book.to_csv(tmp_path / f"{name}.csv", index=False)
    report = check_books(sorted(tmp_path.glob("*.csv")), {"as_of": LATER, "designations": BY_LINE[:1]})
    assert report.lines["status"].tolist() == ["barred"]


SANOFI = [
    ("", "FR0000120578", "SANOFI"),
    ("SNY US", "US80105N1054", "SANOFI-ADR"),
    ("SNW GY", "", "SANOFI"),
    ("SAN FP", "", "Sanofi SA"),
    ("AAPL US", "", "Apple Inc"),
]


@pytest.mark.parametrize("more", [{}, {"other_lines": ("SAN.PA",)}, {"name": "SAN FP", "other_lines": ("SAN.PA",)}])
def test_a_designation_by_an_isin_without_a_name_learns_the_name_as_one_by_a_line_does(more):
    report = held(SANOFI, Designation(security="FR0000120578", at=PUBLIC, programme="ns-cmic", **more))
    paris = "barred" if more else "unknown"
    assert report.positions["status"].tolist() == ["barred", "unknown", "unknown", paris, "clear"]
    assert any("The name of the issuer of FR0000120578 is not stated" in text for text in report.assumptions)


def test_a_line_of_no_table_without_a_name_may_be_that_of_a_stated_isin():
    """Nothing tells where the shares of an ISIN trade: SAN.PA is a line of FR0000120578."""
    stated = Designation(security="FR0000120578", at=PUBLIC, programme="ns-cmic", name="Sanofi")
    assert status(stated, Ticker="SAN.PA") == ["unknown"] and status(stated, Ticker="SAN.PA", Name="Banco X") == ["clear"]
    assert permitted("buy", "SAN.PA", LATER, tables=designated_tables((stated,), PUBLIC)).status == "unknown"


@pytest.mark.parametrize(
    ("stated", "rows"),
    [
        ("T", [("T", "", "AT&T INC"), ("ATT GY", "", "AT&T Inc."), ("BCE CN", "", "BCE Inc")]),
        ("SAN", [("SAN", "", "SANOFI SA"), ("SNY US", "", "SANOFI-ADR"), ("BBVA SM", "", "BBVA")]),  # SAN in euros may be the one meant
    ],
)
def test_a_name_beside_the_bare_code_of_a_stated_line_is_one_that_it_may_bear(stated, rows):
    report = held(rows, Designation(security=stated, at=PUBLIC, programme="ns-cmic"))
    assert report.positions["status"].tolist() == ["unknown", "unknown", "clear"]


def test_a_name_learnt_from_the_book_is_met_as_a_stated_one_is():
    rows = [
        ("ACA.PA", "", "CREDIT AGRICOLE SA"),
        ("CRARY US", "", "CR AGRICOLE SA-UNSPON ADR"),
        ("", "XS1204154410", "CREDIT AGRICOLE 2.625% 27"),
        ("BNP FP", "", "BNP PARIBAS"),
    ]
    report = held(rows, Designation(security="ACA.PA", at=PUBLIC, programme="ns-cmic"))
    assert report.positions["status"].tolist() == ["barred", "unknown", "unknown", "clear"]
