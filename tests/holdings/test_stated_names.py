"""A stated issuer under the names and codes that vendors give it: a proposal or its line, never clear."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.facts.names import core_name
from impact.holdings import Designation, check_portfolio
from impact.holdings.what_if import designated_tables
from impact.rules import permitted
from impact.screening.broker_tickers import name_agrees
from impact.tickers import normalise_ticker

PUBLIC, LATER = pd.Timestamp("2026-03-10T16:00-04:00"), pd.Timestamp("2026-06-01T12:00-04:00")


def statuses(rows, security, name="", **more):
    """What a book of (ticker, ISIN, name) is where one designation is stated."""
    book = pd.DataFrame(rows, columns=["Ticker", "ISIN", "Name"]).assign(Quantity=1, Currency="USD", **{"Market Value": 100.0})
    stated = Designation(security=security, at=PUBLIC, programme="ns-cmic", name=name, **more)
    return check_portfolio(book, as_of=LATER, designations=[stated]).positions["status"].tolist()


@pytest.mark.parametrize(("written", "line"), [("WALMEX* MM", "WALMEX.MX"), ("WALMEX * MM", "WALMEX.MX"), ("GFNORTEO MM", "GFNORTEO.MX")])
def test_the_star_of_a_mexican_share_is_no_part_of_its_code(written, line):
    """Terminals write the only series of an issuer with a star, AC* MM, which the symbol AC.MX has not."""
    assert normalise_ticker(written).yahoo == line
    assert statuses([(written, "", "")], line) == ["barred"]


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ("PTT PCL", "PTT Public Company Limited"),
        ("GAZPROM PAO", "Public Joint Stock Company Gazprom"),
        ("SURGUTNEFTEGAS", "Open Joint-Stock Company Surgutneftegas"),
        ("CEMEX SAB-CPO", "Cemex, S.A.B. de C.V."),
        ("GRUPO TELEVISA SA", "Grupo Televisa, S.A. de C.V."),
    ],
)
def test_legal_forms_of_several_words_say_nothing_of_who_it_is(given, listed):
    assert name_agrees(given, listed)


def test_a_legal_form_of_several_words_is_no_part_of_a_core():
    assert core_name("Public Joint Stock Company Gazprom") == core_name("GAZPROM PJSC") == "GAZPROM"
    assert core_name("China Public Security Technology") != core_name("China Security Technology")


@pytest.mark.parametrize(
    ("security", "name", "row"),
    [
        ("PTT.BK", "PTT Public Company Limited", ("", "TH0646010Z00", "PTT PCL")),
        ("WALMEX.MX", "Wal-Mart de México S.A.B. de C.V.", ("", "MX01WA000038", "WALMART DE MEXICO")),
        ("WALMEX.MX", "Wal-Mart de México S.A.B. de C.V.", ("WMMVY US", "", "WALMART DE MEXICO-SPON ADR V")),
        ("LUMI.TA", "Bank Leumi le-Israel B.M.", ("", "IL0006046119", "LEUMI")),
        ("SAN.MC", "Banco Santander, S.A.", ("", "ES0113900J37", "SANTANDER")),
        ("ERIC-B.ST", "Telefonaktiebolaget LM Ericsson", ("ERIC US", "", "ERICSSON (LM) TEL-SP ADR")),
        ("ERIC-B.ST", "Telefonaktiebolaget LM Ericsson", ("", "SE0000108656", "ERICSSON LM-B SHS")),
    ],
)
def test_a_short_name_of_a_stated_issuer_is_a_proposal(security, name, row):
    assert statuses([row], security, name) == ["unknown"]


@pytest.mark.parametrize(
    ("security", "name", "row"),
    [
        ("SAN.MC", "Banco Santander, S.A.", ("BBVA SM", "", "BANCO BILBAO VIZCAYA ARGENTARIA")),
        ("7203.T", "Toyota Motor Corporation", ("MOH GA", "", "MOTOR OIL HELLAS")),
        ("7203.T", "Toyota Motor Corporation", ("6201 JP", "", "TOYOTA INDUSTRIES CORP")),
        ("PTT.BK", "PTT Public Company Limited", ("KBANK TB", "", "KASIKORNBANK PCL")),
        ("NOVO-B.CO", "Novo Nordisk A/S", ("NSIS-B.CO", "", "NOVONESIS")),
    ],
)
def test_a_name_that_shares_a_common_word_or_a_form_stays_clear(security, name, row):
    assert statuses([row], security, name) == ["clear"]


def test_what_a_book_calls_the_line_of_a_named_issuer_is_its_name_too():
    rows = [("PETR4 BZ", "", "PETROBRAS PN"), ("", "BRPETRACNOR9", "PETROBRAS ON"), ("VALE3 BZ", "", "VALE ON")]
    assert statuses(rows, "PETR4.SA", "Petróleo Brasileiro S.A.") == ["barred", "unknown", "clear"]
    beside = [("SAN", "", "SANOFI"), ("SAN FP", "", "SANOFI")]  # the name contradicts the one stated: nothing is learnt of it
    assert statuses(beside, "SAN.MC", "Banco Santander, S.A.")[1] == "clear"


@pytest.mark.parametrize(("security", "row"), [("1155.KL", "MAY MK"), ("2222.SR", "ARAMCO AB"), ("RELIANCE.BO", "500325.BO")])
def test_a_code_of_another_form_on_the_venue_of_a_stated_line_may_be_that_line(security, row):
    """Kuala Lumpur, Riyadh and Bombay have numbers; terminals write letters."""
    stated = Designation(security=security, at=PUBLIC, programme="ns-cmic")
    assert statuses([(row, "", "")], security) == ["unknown"]
    assert permitted("buy", row, LATER, tables=designated_tables((stated,), PUBLIC)).status == "unknown"
    assert statuses([(row, "", "SOME OTHER FIRM")], security) == ["clear"]
