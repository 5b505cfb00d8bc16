"""A designation by a code that a venue gave to another issuer is of that one, and nothing on record under the code is laid on it.

CHA was the ADR of China Telecom (0728.HK, US1694261033) to 8 January 2021 and is Chagee Holdings (US15743K1051) since 17 April 2025.
"""

import pandas as pd
import pytest

import impact
from impact.cases import write_case
from impact.holdings import Designation, check_portfolio
from impact.holdings.what_if import designated_tables
from impact.identifiers import lines_of_issuer
from impact.rules import deadlines, permitted

PUBLIC = "2026-11-02T16:05:00-05:00"
BOOK = "Ticker,Name,ISIN,Quantity,Market Value,Currency\nCHA US,,,10,100,USD\nCHA,,,10,100,USD\n,CHINA TELECOM ADR,US1694261033,10,100,USD\n0728.HK,,,10,100,HKD\n"


@pytest.fixture
def folder(tmp_path):
    book = tmp_path / "book.csv"
    book.write_text(BOOK)
    return write_case("CHA", "ns-cmic", PUBLIC, tmp_path / "tea", book=str(book))


def test_lines_of_a_code_are_those_that_it_meant_at_the_instant():
    assert "0728.HK" in lines_of_issuer("CHA", pd.Timestamp("2025-04-17T09:29-04:00"))["security"].tolist()
    assert lines_of_issuer("CHA US", pd.Timestamp("2025-04-17T09:30-04:00")).empty
    later = lines_of_issuer("0728.HK", pd.Timestamp(PUBLIC))
    assert "CHA" not in later["security"].tolist() and "CHA US" not in later["tickers"].tolist()
    assert "US1694261033" in later["isin"].tolist() and "CHA.ME" in later["security"].tolist()


def test_a_case_on_the_code_is_of_the_issuer_that_has_it(folder):
    text = (folder / "case.toml").read_text()
    assert 'issuer = "Chagee Holdings Limited"' in text and text.startswith("# 0 facts on record")
    case = impact.case(folder)
    assert case.panel is None or "CHA" not in case.panel.securities
    assert not any("Telecom" in label for label in case.timeline().events["label"])
    assert case.conflicts().empty


def test_a_book_against_it_holds_each_issuer_apart(folder):
    report = impact.case(folder).exposure()
    told = dict(zip(report.positions["row"], zip(report.positions["entity"], report.positions["status"], strict=True), strict=True))
    assert list(told.values()) == [
        ("Chagee Holdings Limited", "restricted"),
        ("Chagee Holdings Limited", "restricted"),
        ("China Telecom Corporation Limited", "barred"),
        ("China Telecom Corporation Limited", "barred"),
    ]
    assert any("The code CHA is that of Chagee Holdings Limited since 2025-04-17" in note for note in report.assumptions)
    ordered = report.exposures.set_index("entity")["security"]
    assert set(ordered["Chagee Holdings Limited"]) == {"CHA"} and "CHA" not in set(ordered["China Telecom Corporation Limited"])


@pytest.mark.parametrize(
    ("security", "at", "status", "since"),
    [
        ("CHA", "2026-11-02T16:04-05:00", "unknown", "2025-04-17T09:30-04:00"),
        ("CHA", "2026-12-31T12:00-05:00", "allowed", PUBLIC),
        ("CHA US", "2027-01-04T12:00-05:00", "prohibited", "2027-01-01T00:01-05:00"),
        ("0728.HK", "2027-01-04T12:00-05:00", "prohibited", "2021-08-02T00:01-04:00"),
        ("US1694261033", "2027-01-04T12:00-05:00", "prohibited", "2021-08-02T00:01-04:00"),
        ("CHA", "2024-01-04T12:00-05:00", "prohibited", "2021-08-02T00:01-04:00"),  # what the code meant then
    ],
)
def test_what_is_permitted_is_asked_of_whom_the_code_meant_at_the_instant(security, at, status, since):
    tables = designated_tables((Designation(security="CHA", at=pd.Timestamp(PUBLIC), programme="ns-cmic"),), pd.Timestamp(PUBLIC))
    answer = permitted("buy", security, at, tables=tables)
    assert answer.status == status and answer.since == pd.Timestamp(since)


def test_clocks_are_of_the_designation_and_no_old_suspension_cuts_them():
    """60 days from 2 November 2026 end with 1 January 2027; the NYSE suspended China Telecom's receipts on 11 January 2021."""
    tables = designated_tables((Designation(security="CHA", at=pd.Timestamp(PUBLIC), programme="ns-cmic"),), pd.Timestamp(PUBLIC))
    clocks = deadlines("CHA", PUBLIC, tables=tables).clocks
    assert clocks["line"].unique().tolist() == ["CHA"] and set(clocks["clock"]) == {"purchase_ban", "divestment_end"}
    assert [f"{day:%Y-%m-%d}" for day in clocks["last_session_on"]] == ["2026-12-31", "2027-11-01"]
    others = deadlines("0728.HK", PUBLIC, tables=tables).clocks
    assert "2027-01-01" not in "".join(others["first_prohibited_et"].astype(str))


def test_what_is_on_record_under_the_code_stays_of_the_former_issuer(tmp_path):
    """The NYSE suspended China Telecom's receipts on 11 January 2021, which a case on its Hong Kong line still tells."""
    case = impact.case(write_case("0728.HK", "ndaa-1260h", PUBLIC, tmp_path / "telecom"))
    assert any("NYSE: trading suspended" in label for label in case.timeline().events["label"])


def test_its_sister_lines_are_designated_without_the_code():
    stated = Designation(security="0728.HK", at=pd.Timestamp(PUBLIC), programme="ndaa-1260h")
    book = pd.DataFrame({"Ticker": ["CHA US", ""], "ISIN": ["", "US1694261033"], "Quantity": 1, "Market Value": 1.0, "Currency": "USD"})
    rows = check_portfolio(book, as_of="2026-11-03T12:00-05:00", designations=[stated]).positions
    assert rows["status"].tolist() == ["unknown", "barred"]


def test_a_code_given_anew_since_the_designation_is_not_barred_as_that_of_the_former_issuer():
    """China Telecom is designated on 1 March 2025; CHA is Chagee's from 17 April 2025 on, and the book is of June."""
    stated = Designation(security="0728.HK", at=pd.Timestamp("2025-03-01T10:00-05:00"), programme="ns-cmic")
    book = pd.DataFrame(
        {
            "Ticker": ["CHA US", "CHA US", "CHA", "CHA", "", "0728.HK"],
            "Name": ["CHAGEE HOLDINGS LTD", "", "CHAGEE HOLDINGS LTD", "", "China Telecom ADR", ""],
            "ISIN": ["", "", "", "", "US1694261033", ""],
            "Quantity": 1,
            "Market Value": 100.0,
            "Currency": "USD",
        }
    )
    for asked, designations in (("2025-06-01T12:00-04:00", [stated]), ("2025-06-01T12:00-04:00", [])):
        rows = check_portfolio(book, as_of=asked, designations=designations).positions
        assert rows["status"].tolist() == ["unknown", "unknown", "unknown", "unknown", "barred", "barred"], designations
    rows = check_portfolio(book, as_of="2025-04-16T12:00-04:00", designations=[stated]).positions
    assert rows["status"].tolist()[1] == "barred"  # what the code meant until then


def test_what_is_blocked_and_what_runs_is_of_one_issuer():
    """China Telecom is blocked before the code is Chagee's, and Chagee after it: both the blocking and the clocks are asked of Chagee alone."""
    before = Designation(security="0728.HK", at=pd.Timestamp("2025-03-01T10:00-05:00"), programme="sdn-eo14024")
    after = Designation(security="CHA", at=pd.Timestamp("2025-06-01T10:00-04:00"), programme="ns-cmic", name="Chagee Holdings Limited")
    at = pd.Timestamp("2026-01-02T12:00-05:00")
    told = deadlines("CHA", at, tables=designated_tables((before, after), at))
    assert told.clocks["entity"].unique().tolist() == ["Chagee Holdings Limited"]
    assert not any("Telecom" in note and "blocked" in note for note in told.notes)
    other = deadlines("0728.HK", at, tables=designated_tables((before, after), at))
    assert any("Telecom" in note and "blocked" in note for note in other.notes)
