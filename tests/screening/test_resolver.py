"""Any spelling of a line is that line; what is not sure is proposed with its score, and nothing unresolved is clear."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.facts.screening import screening_targets
from impact.holdings import check_portfolio
from impact.rules.vocabulary import line_key
from impact.screening import resolve_line, settle_tickers, spelled_venue
from impact.screening.broker_tickers import name_agrees
from impact.screening.references import reference_name
from impact.screening.spellings import _venue_of_word
from impact.tickers import normalise_ticker
from impact.venues import VENUES

AT = "2021-01-14T18:00-05:00"


@pytest.fixture(scope="module")
def targets():
    return screening_targets()


@pytest.mark.parametrize(
    ("text", "security"),
    [
        ("1810.HK", "1810.HK"), ("1810 HK", "1810.HK"), ("SEHK:1810", "1810.HK"), ("HKG:1810", "1810.HK"), ("HK.01810", "1810.HK"),
        ("1810.HKG", "1810.HK"), ("1810:HK", "1810.HK"), ("1810-HK", "1810.HK"), ("01810", "1810.HK"), ("1810", "1810.HK"),
        ("KYG9830T1067", "1810.HK"), ("Xiaomi", "1810.HK"), ("XIAOMI CORP", "1810.HK"), ("XIACY-US", "XIACY"), ("OTCMKTS:XIACY", "XIACY"),
        ("Hikvision", "002415.SZ"), ("SZ002415", "002415.SZ"), ("00941", "0941.HK"), ("16941M109", "CHL"), ("AAPL US", "AAPL"),
        ("Semiconductor Manufacturing Int", "0981.HK"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_line_is_that_line(text, security, targets):
    resolution = resolve_line(text, targets=targets)
    assert resolution.security == security and resolution.evidence


@pytest.mark.parametrize(
    ("security", "spellings"),
    [
        ("0941.HK", ["HKG:0941", "XHKG:941", "HK:941", "SEHK:0941", "0941-HK", "HKG-0941", "0941:HK", "0941.HKG", "0941.XHKG", "HKG 0941",
                     "0941 HKG", "SEHK 941", "0941_HK", "0941/HK", "HKEX:0941", "0941@HKG", "HK.00941", "0941HK"]),
        ("600941.SS", ["SHSE:600941", "SSE:600941", "600941-SH", "600941:CH", "600941.XSHG", "SH600941", "SHA:600941", "600941 CH"]),
        ("002415.SZ", ["SZSE:002415", "SHE:002415", "002415-SZ", "002415-CN", "002415:CN", "002415.SHE", "SZ002415"]),
        ("CHL", ["NYSE:CHL", "CHL-US", "CHL:US", "US:CHL", "CHL NYSE", "NYSE CHL", "CHL.N", "CHL US"]),
        ("SBER.ME", ["MOEX:SBER", "MCX:SBER", "SBER-RU", "SBER RM", "SBER:RM", "MOEX SBER"]),
        ("ENPG.L", ["LON:ENPG", "LSE:ENPG", "ENPG-GB", "ENPG:LN", "ENPG LN", "ENPG LSE"]),
    ],
)  # fmt: skip
def test_a_venue_before_or_behind_whatever_the_mark_is_that_line_for_the_resolver_and_for_the_law(security, spellings):
    assert {text: line_key(text) for text in spellings} == dict.fromkeys(spellings, security)
    assert {text: resolve_line(text).security for text in spellings} == dict.fromkeys(spellings, security)


def test_every_word_of_the_table_of_venues_reads_before_and_behind_a_code():
    """Two letters are left out: behind a point they are the ending of another vendor (``.SG`` is Stuttgart)."""
    for word, mic in _venue_of_word().items():
        if " " in word or len(word) < 3 or VENUES[mic].country in ("CN", "US"):
            continue
        for text in (f"{word}:7203", f"7203.{word}", f"7203-{word}"):
            code, venue = spelled_venue(text)
            line = normalise_ticker(code, exchange=venue)
            assert line is not None and line.country == VENUES[mic].country, text


@pytest.mark.parametrize("text", ["China Mobile", "China Railway", "AVIC"])
def test_a_name_that_several_bear_is_proposed_with_scores(text, targets):
    resolution = resolve_line(text, targets=targets)
    assert not resolution.is_sure and resolution.proposals["entity"].nunique() > 1
    assert resolution.proposals["score"].between(80, 100).all() and resolution.proposals["score"].is_monotonic_decreasing
    with pytest.raises(InputError, match=r"is not sure; it may be: .*score \d+"):
        resolution.require()


@pytest.mark.parametrize("text", ["China", "Holdings Ltd", "nonsense", "小", "-"])
def test_what_names_nothing_is_refused_and_called_no_clearance(text, targets):
    resolution = resolve_line(text, targets=targets)
    assert not resolution.is_sure
    with pytest.raises(InputError, match="no clearance|may be"):
        resolution.require()


@pytest.mark.parametrize("text", ["BRK-B", "BAC-PL", "RDS.A", "T", "BF.B", "AAPL", "BAC-PK", "GS-PA", "ERIC-B", "BANK NEW", "UNICOM HK"])
def test_the_letter_of_a_share_class_is_no_venue(text):
    assert spelled_venue(text) == (text, "")


@pytest.mark.parametrize(
    ("given", "listed", "agrees"),
    [
        ("XIAOMI CORP UNSP ADR", "Xiaomi Corporation", True),
        ("SEMICONDUCTOR MANUFACTURING INT", "Semiconductor Manufacturing International Corporation", True),
        ("CHINA MOBILE LTD ADR", "China Mobile Limited", True),
        ("CHARLES HOLDINGS LTD", "China Mobile Limited", False),
        ("CHINA", "China Mobile Limited", False),
        ("CHINA MOBILE GAMES", "China Mobile Limited", True),  # more words than the issuer: the ticker beside it decides
        ("CHINA UNICOM", "China United Network", False),
        ("", "China Mobile Limited", False),
    ],
)
def test_names_agree_by_their_words_in_order(given, listed, agrees):
    assert name_agrees(given, listed) == agrees


def test_a_bare_ticker_is_the_line_where_the_row_agrees_and_a_proposal_where_it_does_not(targets):
    rows = pd.DataFrame(
        [
            ("XIACY", "XIAOMI CORP UNSP ADR", "USD", "XIACY", "OTCM"),
            ("01810", "小米集团-W", "HKD", "01810", "XHKG"),
            ("1810", "", "HKD", "1810", "XHKG"),
            ("CHL", "CHARLES HOLDINGS LTD", "USD", "CHL", ""),
            ("XIACY", "", "", "XIACY", ""),
            ("AAPL", "APPLE INC", "USD", "AAPL", ""),
        ],
        columns=["ticker", "name", "currency", "code", "venue"],
    ).assign(exchange="", country="", isin="", price_currency="")
    settled = settle_tickers(rows, targets)
    assert settled["ticker"].tolist() == rows["code"].tolist()
    assert [venue != "" for venue in settled["exchange"]] == [venue != "" for venue in rows["venue"]]
    assert (settled["target"] >= 0).tolist() == [True, True, True, True, True, False]


def status(**cells):
    row = {"Symbol": "", "Description": "", "ISIN": "", "Quantity": 100, "Market Value": 2000.0, "Currency": "USD", **cells}
    report = check_portfolio(pd.DataFrame([row]), as_of=AT)
    return report.positions["status"].iloc[0], report.positions["entity"].iloc[0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"Symbol": "XIACY", "Description": "XIAOMI CORP UNSP ADR"}, ("restricted", "Xiaomi Corporation")),
        ({"Symbol": "NYSE:CHL", "Description": "CHINA MOBILE LTD ADR"}, ("restricted", None)),
        ({"Symbol": "CHL", "Description": "CHARLES HOLDINGS LTD"}, ("unknown", None)),
        ({"Description": "SEMICONDUCTOR MANUFACTURING INT"}, ("unknown", None)),
        ({"Description": "HIKVISION DIGITAL TECH"}, ("unknown", None)),
        ({"Description": "TRS ON XIAOMI CORP", "Symbol": ""}, ("unknown", "Xiaomi Corporation")),  # a name proposes
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_row_of_a_brokers_book(cells, expected):
    got = status(**cells)
    assert got[0] == expected[0] and (expected[1] is None or got[1] == expected[1])


@pytest.mark.parametrize(
    "name", ["SMIC 2.693 02/27/25", "SEMICONDUCTOR MANUFACTURING 2.693% 02/27/2025", "XIAOMI BEST TIME INTL 3.375 04/29/30"]
)
def test_a_bond_of_a_listed_issuer_with_its_own_isin_is_never_clear(name):
    got = status(Description=name, ISIN="US0378331005")
    assert got[0] != "clear" and got[1]


def test_a_bond_is_clear_only_with_an_issuer_that_its_name_tells():
    assert status(Description="APPLE INC 2.4 05/03/23", ISIN="US037833AS94")[0] == "clear"
    assert status(Description="4.25% 05/09/43 144A", ISIN="US037833AS94")[0] == "unknown"


@pytest.mark.parametrize("name", ["POSCO Future M", "Nippon Building Fund REIT", "Warrantless Holdings", "Xinyi Options Software"])
def test_a_share_with_an_isin_is_no_derivative_for_its_name(name):
    report = check_portfolio(
        pd.DataFrame({"Name": [name], "ISIN": ["US0378331005"], "Quantity": [1], "Market Value": [1.0], "Currency": ["USD"]}), as_of=AT
    )
    assert report.positions["line"].iloc[0] in ("unknown", "equity", "local") and report.positions["status"].iloc[0] == "clear"


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("SMIC 2.693 02/27/25", "SMIC"),
        ("CNOOC FIN 2013 4.25% 05/09/43 144A", "CNOOC"),
        ("TRS ON XIAOMI CORP", "XIAOMI CORP"),
        ("4.25% 05/09/43", ""),
    ],
)
def test_the_issuer_that_an_instrument_refers_to(name, issuer):
    assert reference_name(name) == issuer


def test_a_longer_word_of_a_name_is_proposed_and_never_sure():
    resolution = resolve_line("Gazprombank")
    assert not resolution.is_sure and resolution.proposals["entity"].iat[0] == "Gazprom Neft"


def test_a_whole_name_of_the_table_of_lines_is_that_line():
    resolution = resolve_line("Gazprom")
    assert resolution.is_sure and resolution.security == "GAZP.ME"


def test_the_stop_behind_a_short_code_of_london_is_no_part_of_it():
    """Terminals write BP/ LN and BA/ LN, price lists BA.; the lines are BP.L and BA.L. A share class keeps its stroke."""
    from impact.tickers import normalise_ticker

    written = {"BP/ LN": "BP.L", "BA/ LN Equity": "BA.L", "BA. LN": "BA.L", "BRK/B US": "BRK-B", "BT/A LN": "BT-A.L"}
    assert {text: normalise_ticker(text).yahoo for text in written} == written
