"""A code without its venue is a line where the row tells it; what may be another issuer's, or another line, is never taken for it."""

import pandas as pd
import pytest

from impact.holdings import Designation, check_portfolio

PUBLIC, LATER = pd.Timestamp("2026-03-02T16:05-05:00"), "2026-06-02T12:00-04:00"


def read(rows, *, designation=None, at=LATER):
    """Positions of a book of (ticker, name, ISIN, currency)."""
    book = pd.DataFrame(rows, columns=["Ticker", "Name", "ISIN", "Currency"]).assign(Quantity=100, **{"Market Value": 100.0})
    return check_portfolio(book, as_of=at, designations=[] if designation is None else [designation])


def statuses(security, *rows, issuer=""):
    stated = Designation(security=security, at=PUBLIC, programme="ns-cmic", name=issuer)
    return read(rows, designation=stated).positions["status"].tolist()


def test_a_line_stated_without_its_issuer_takes_no_position_of_another_country():
    """In Madrid SAN is Banco Santander (ES0113900J37), in Paris Sanofi (FR0000120578); in Toronto T is TELUS (CA87971M1032), in New York AT&T."""
    held = statuses(
        "SAN.PA",
        ("SAN", "Banco Santander SA", "ES0113900J37", "EUR"),
        ("SAN", "", "ES0113900J37", "EUR"),
        ("SAN", "Banco Santander SA", "", "EUR"),
        ("SAN", "", "", "EUR"),
        ("SAN", "", "FR0000120578", "EUR"),
        ("SAN.PA", "", "", "EUR"),
    )
    assert held == ["unknown", "unknown", "unknown", "unknown", "barred", "barred"]
    held = statuses("T", ("T", "TELUS Corp", "CA87971M1032", "CAD"), ("T", "TELUS Corp", "", "USD"), ("T", "", "", "CAD"))
    assert held == ["unknown", "unknown", "unknown"]
    assert statuses("T", ("T", "", "", "USD"), ("T", "AT&T Inc", "US00206R1023", "USD")) == ["barred", "barred"]
    assert statuses("SAN.MC", ("SAN", "", "", "EUR"), ("SAN", "", "FR0000120578", "EUR")) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("security", "code", "name", "currency"),
    [
        ("005380.KS", "005380", "현대차", "KRW"),
        ("005380.KS", "5380", "HYUNDAI MOTOR", "KRW"),  # as a sheet leaves it
        ("005380.KS", "005380", "", "KRW"),
        ("293490.KQ", "293490", "Kakao Games", "KRW"),
        ("6758.T", "6758", "ソニーグループ", "JPY"),
        ("8299.TWO", "8299", "PHISON ELECTRONICS", "TWD"),
        ("PETR4.SA", "PETR4", "PETROBRAS PN", "BRL"),
        ("THYAO.IS", "THYAO", "Türk Hava Yolları", "TRY"),
    ],
)
def test_a_code_that_its_currency_gives_to_one_country_is_the_line(security, code, name, currency):
    assert statuses(security, (code, name, "", currency)) == ["barred"]
    assert statuses(security, (code, name, "", "USD")) == ["unknown"]


def test_the_isin_of_a_numeric_line_is_no_way_round_its_code():
    """Hyundai Motor (KR7005380001): the table of lines has neither its line nor its ISIN, the stated line its code."""
    assert statuses("005380.KS", ("005380", "Hyundai Motor", "KR7005380001", "KRW")) == ["barred"]
    assert statuses("000660.KS", ("005380", "Hyundai Motor", "KR7005380001", "KRW")) == ["clear"]


def test_two_issuers_of_one_code_are_told_by_name():
    rows = [
        ("T", "TELUS Corp", "", "CAD"),
        ("T", "TELUS Corp", "CA87971M1032", "CAD"),
        ("T", "AT&T INC", "", "USD"),
        ("T", "AT&T INC", "", "EUR"),
    ]
    assert statuses("T", *rows, issuer="AT&T Inc.") == ["unknown", "unknown", "barred", "barred"]


def test_a_code_in_another_currency_beside_the_name_tells_the_issuer_and_no_line():
    """One ADR of Vodafone in New York is ten shares; its code in London is the same."""
    stated = Designation(security="VOD.L", at=PUBLIC, programme="ns-cmic", name="Vodafone Group Plc")
    report = read([("VOD", "VODAFONE GROUP", "", "USD"), ("VOD", "VODAFONE GROUP", "", "GBP")], designation=stated)
    assert report.positions["status"].tolist() == ["barred", "barred"]
    assert sorted(report.exposures["security"]) == ["", "VOD.L"]


def test_the_receipts_of_china_telecom_are_its_own_whatever_their_code_is_by_now():
    """CHA was theirs to 8 January 2021, is China Telecom's in Moscow and Buenos Aires, and Chagee's on Nasdaq since 17 April 2025."""
    rows = [
        ("CHA", "CHINA TELECOM CORP LTD ADR", "", "USD"),
        ("CHA", "CHINA TELECOM CORP LTD ADR", "", "EUR"),
        ("CHA", "CHINA TELECOM CORP LTD", "", "RUB"),
        ("CHA", "Chagee Holdings", "", "USD"),
        ("CHA", "", "", "USD"),
    ]
    later = read(rows, at="2025-06-02T12:00-04:00")
    assert later.positions["status"].tolist() == ["barred", "barred", "barred", "unknown", "unknown"]
    first, second, third, fourth, fifth = later.positions["evidence"]
    assert "CHA (its line until 2021-01-08)" in first and "CHA.ME" not in first
    assert "CHA (its line until 2021-01-08)" in second and "CHA.ME" in second and "(CHA.ME)" in third
    assert "its code was given to another issuer" in fourth and "its code was given to another issuer" in fifth
    before = read(rows[:2], at="2020-12-01T12:00-05:00").positions
    assert before["status"].tolist() == ["unknown", "unknown"]  # a unit of a group that the list names
    assert not before["evidence"].str.contains("2021").any()  # not known by then
