"""What a code that is on no record beside a name says of its issuer: nothing, where the name is none, or is one that nothing compares."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.facts.name_index import NameIndex
from impact.holdings import check_portfolio
from impact.identifiers import is_valid, security_lines

AT = "2021-03-01T12:00:00-05:00"


def isin(number: int, country: str = "CN") -> str:
    """A valid ISIN of that country which no table knows."""
    code = f"{country}ZZ{number:07d}"
    return next(f"{code}{digit}" for digit in "0123456789" if is_valid(f"{code}{digit}", "isin"))


def statuses(names, countries=("CN",)):
    n = len(names)
    book = pd.DataFrame({"ISIN": [isin(k, countries[k % len(countries)]) for k in range(n)], "Name": names, "Quantity": 1.0, "Value": 1.0})
    return check_portfolio(book, as_of=AT).positions["status"].tolist()


def test_a_code_alone_never_clears_a_line_of_an_issuer_without_codes_on_record():
    coded = set(security_lines().query("isin != ''")["issuer"])
    designated = read_bundled("designations").fillna("").query("isin == '' and other_isins == ''")
    n = designated.loc[~designated["entity"].isin(coded), "entity"].nunique()
    assert n > 200 and set(statuses([""] * n)) == {"unknown"}


BRACKETED = (
    "Semiconductor Manufacturing International Corp (SMIC)",
    "SMIC (Semiconductor Manufacturing International Corporation)",
    "China Electronics Technology Group (CETC)",
    "China Communications Construction Company (CCCC)",
    "China North Industries Group [Norinco]",
    "Huawei Investment & Holding (Huawei)",
)


def test_a_listed_name_with_its_initials_in_brackets_is_proposed_and_never_clear():
    assert statuses(BRACKETED) == ["unknown"] * len(BRACKETED)
    assert statuses(["Apple Inc (AAPL)", "Nestle SA (Switzerland)"]) == ["clear", "clear"]


def test_what_brackets_hold_alone_is_no_strong_proposal():
    index = NameIndex.of(pd.DataFrame({"target": [0, 1], "name": ["Panda Electronics Group", "SMIC"], "kind": ["primary", "alias"]}))
    told = index.propose(["Some Maker of Wafers (SMIC)", "Panda Electronics (PEG)", "SMIC"])
    assert told[["position", "target", "score"]].values.tolist() == [[0, 1, 90.0], [1, 0, 99.0], [2, 1, 100.0]]


@pytest.mark.parametrize("name", ["海康威视", "中芯国际集成电路制造有限公司", "小米集团-W", "Газпром", "샤오미"])
def test_a_name_in_letters_that_are_not_compared_does_not_say_whose_a_code_is(name):
    assert statuses([name] * 3, ("CN", "KY", "BM")) == ["unknown"] * 3


def test_a_name_in_the_script_of_a_country_without_listed_lines_says_it():
    assert statuses(["トヨタ自動車", "삼성전자"], ("JP", "KR")) == ["clear", "clear"]


OF_NOBODY = (
    *(
        "Acciones Serie B",
        "Akcje na okaziciela",
        "Hisse Senedi B Grubu",
        "Depositary Interest",
        "Rule 144A",
        "BDR",
        "CEDEAR",
        "TO BE CONFIRMED",
    ),
    *(
        "SEE NOTE",
        "XXXX",
        "Position 1",
        "Asset A",
        "Security 12",
        "Item 7",
        "Serie 2",
        "Actions catégorie B",
        "Azioni Classe A",
        "Sarja A osake",
    ),
    *("Adi Hisse Senedi", "Akcje serii C", "Kmenové akcie", "Törzsrészvény A sorozat", "Acción Tipo C", "Siehe Anmerkung", "Brak nazwy"),
    *(
        "COM",
        "ORD SHS",
        "COMMON STOCK",
        "ADR",
        "12345",
        "ORDINARY SHARES CLASS B",
        "COMMON STOCK USD0.0001",
        "AMERICAN DEPOSITARY RECEIPTS",
    ),
    *(
        "ORD HKD0.10",
        "H SHS CNY1",
        "Ordinary Shares of HK$0.10 each",
        "Class F shares",
        "1,000 shares",
        "Foreign equity",
        "EQUITY",
        "Equities",
    ),
    *("Stammaktien", "NAMENSAKTIEN", "Inhaber-Aktien o.N.", "Namen-Akt. CHF 0.10", "ACTIONS", "Actions au porteur", "Acciones ordinarias"),
    *(
        "Ações preferenciais",
        "azioni ordinarie",
        "gewone aandelen",
        "Akcje zwykłe",
        "Hisse senedi",
        "Unknown",
        "Not available",
        "TBD",
        "n.a.",
    ),
    *("#N/A Field Not Applicable", "#N/A Requesting Data...", "Requesting Data...", "#NAME?", "nicht verfügbar", "Sonstige", "Issuer name"),
    *("KYG9999T1064", "KYG9999T1064 KY", "ISIN: KYG9999T1064", "WKN BASF11", "B0YBKJ7", "Cayman Islands", "(Class B)"),
)
TWO_SCRIPTS = ("小米集团 ORD SHS CLASS B", "小米 ADR", "小米集团 (Cayman Islands) Ltd", "小米集团 Hong Kong", "Газпром ADR", "샤오미 Corp")
OF_SOMEBODY = (
    *("Line Corp", "Position Imaging Inc", "Item 9 Labs Corp", "Interest Holdings Ltd", "Investment AB Latour"),
    *("BE Semiconductor", "NN, Inc.", "CCC SA", "A10 Networks", "PP (PERSERO)", "374Water Inc."),
    *("Qorvex Holdings", "QORVEX HLDGS ORD HKD0.10", "Société Générale", "3M", "3i Group", "AT&T", "H&M", "K+S AG", "E.ON SE", "A2 Milk"),
    *("Life360, Inc. - Common Stock", "111, Inc. - American Depositary Shares", "888 Holdings plc", "58.com Inc", "Equity Group Holdings"),
    *("Unit Corp", "Action SA", "Preferred Bank", "Equity Residential", "Unknown Pleasures plc"),
    *("ACC LTD", "GS HOLDINGS", "Łódź Bank SA", "ØRSTED", "SAP 株", "V"),
)


@pytest.mark.parametrize("country", ["CN", "KY", "CY"])
def test_words_for_shares_and_gaps_in_the_place_of_a_name_name_nobody(country):
    told = dict(zip(OF_NOBODY, statuses(OF_NOBODY, (country,)), strict=True))
    assert told == dict.fromkeys(OF_NOBODY, "unknown")


def test_a_name_of_its_own_beside_those_words_says_who_it_is():
    told = dict(zip(OF_SOMEBODY, statuses(OF_SOMEBODY, ("CY",)), strict=True))
    assert told == dict.fromkeys(OF_SOMEBODY, "clear")


def test_a_few_latin_words_beside_another_script_are_no_name():
    told = dict(zip(TWO_SCRIPTS, statuses(TWO_SCRIPTS, ("KY",)), strict=True))
    assert told == dict.fromkeys(TWO_SCRIPTS, "unknown")


@pytest.mark.parametrize("country", ["CY", "NL", "GB", "CW", "PA", "IE", "CH", "DE", "JP"])
@pytest.mark.parametrize("name", ["小米集团-W", "Газпром", "샤오미"])
def test_a_name_in_the_script_of_another_country_than_its_code_says_nothing(name, country):
    assert statuses([name], (country,)) == ["clear" if (country, name) == ("JP", "小米集团-W") else "unknown"]


def test_words_under_an_unknown_heading_never_clear_a_code():
    book = pd.DataFrame({"Blurb": ["long idea", "short idea", "Xiaomi"], "ISIN": [isin(1), isin(2), ""], "Shares": [1.0, 2.0, 3.0]})
    report = check_portfolio(book, as_of=AT)
    assert report.positions["status"].tolist() == ["unknown"] * 3
    assert report.positions["name"].tolist() == ["", "", "Xiaomi"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "CNOOC Ltd PFD",
            "SMIC PFD",
            "China Telecom Unit",
            "C N O O C",
            "Semi conductor Manufacturing International",
            "BANK VTB",
            "MOSCOW EXCHANGE",
        ),
        *("ZHEJIANG DAHUA TECHNOLOGY LTD A", "CHINA CSSC HOLDINGS LTD A", "Foo AG (ex-CNOOC)", "Custody receipt on China Telecom"),
    ],
)
def test_a_listed_name_is_met_beside_a_kind_of_share_within_a_name_and_whatever_its_blanks(name):
    book = pd.DataFrame({"name": [name], "isin": ["KYG9999T1064"], "quantity": 100.0, "currency": "USD"})
    assert check_portfolio(book, as_of="2025-06-01T12:00-05:00").positions["status"].tolist() == ["unknown"]
