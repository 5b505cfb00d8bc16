"""A line or code that does not tell whose it is clears nothing, and what reaches all of a country says less of an issuer not named."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.holdings import check_portfolio
from impact.rules import permitted
from impact.rules.line_doubts import DOUBTS, code_doubt
from impact.venues import VENUES

LATE = "2024-12-16T10:00-05:00"


@pytest.mark.parametrize(
    ("security", "told"),
    [
        ("80941.HK", "the counter alone"),  # China Mobile in renminbi
        ("80883.HK", "the counter alone"),  # CNOOC in renminbi
        ("2800.HK", "of a fund"),  # the Tracker Fund holds China Mobile
        ("3033.HK", "of a fund"),
        ("510300.SS", "of a fund"),
        ("159919.SZ", "of a fund"),
        ("113050.SS", "of debt"),
        ("5800.HK", "of debt"),
        ("12345.HK", "warrant or certificate"),
        ("NC2B.F", "quotes foreign shares"),
        ("0A1K.L", "quotes foreign shares"),
        ("BABAN.MX", "quotes foreign shares"),
        ("SNP.BA", "quotes foreign shares"),
    ],
)
def test_a_code_that_tells_no_issuer_is_unknown_and_says_what_to_look_up(security, told):
    answer = permitted("buy", security, LATE)
    assert answer.status == "unknown" and told in answer.rule and "no clearance" in answer.rule


@pytest.mark.parametrize(
    "security", ["0005.HK", "2899.HK", "2866.HK", "7203.T", "600519.SS", "000001.SZ", "300760.SZ", "900901.SS", "VOD.L"]
)
def test_a_share_at_home_is_not_doubted(security):
    assert permitted("buy", security, LATE).status in ("not_listed", "allowed")


@pytest.mark.parametrize("instrument", ["etf", "index_fund", "mutual_fund"])
def test_what_a_fund_holds_is_asked(instrument):
    answer = permitted("buy", "0005.HK", LATE, instrument=instrument)
    assert answer.status == "unknown" and "any share of a listed name" in answer.rule


@pytest.mark.parametrize(("security", "status"), [("LSRG.L", "unknown"), ("FIVE.L", "unknown"), ("NLMK.L", "prohibited")])
def test_a_receipt_of_no_table_is_unknown(security, status):
    assert permitted("buy", security, "2022-07-13T10:00-04:00", instrument="gdr").status == status


@pytest.mark.parametrize("security", ["POLY.ME", "VEON.ME", "YNDX.ME", "FIVE.ME", "AAPL-RM.ME"])
def test_a_line_in_moscow_alone_does_not_tell_that_its_issuer_is_in_russia(security):
    answer = permitted("buy", security, "2022-07-15T12:00-04:00")
    assert answer.status == "unknown" and "FAQ 1054" in answer.citation and "Foreign issuers trade there too" in answer.rule


@pytest.mark.parametrize("action", ["sell", "sell_to_divest", "hold", "convert_adr", "clear_for_non_us"])
@pytest.mark.parametrize("security", ["CHMF.ME", "MAGN.ME", "TATNP.ME", "ANYTHING.ME", "RU0006944154"])
def test_a_permission_that_gives_way_to_blocking_needs_the_standing_of_the_issuer(action, security):
    """Of the SDN list only some names are on record."""
    answer = permitted(action, security, "2023-05-15T12:00-04:00", instrument="adr" if action == "convert_adr" else "equity")
    assert answer.status == "unknown"


@pytest.mark.parametrize("security", ["RU0006944154", "CHMF.ME"])
def test_a_purchase_is_barred_whether_the_russian_issuer_is_blocked_or_not(security):
    assert permitted("buy", security, "2023-05-15T12:00-04:00").status == "prohibited"


@pytest.mark.parametrize(("security", "day", "status"), [("LKOH.ME", "2022-12-01", "allowed"), ("GAZP.ME", "2023-05-15", "allowed")])
@pytest.mark.parametrize("known", [None, "same"])
def test_an_issuer_on_record_may_be_sold_before_it_is_blocked(security, day, status, known):
    at = f"{day}T12:00-05:00"
    assert permitted("sell", security, at, as_of=at if known else None).status == status


@pytest.mark.parametrize("security", ["ENPG.ME", "RUAL.ME", "RU000A1025V3"])
def test_a_line_in_moscow_is_held_at_its_depository_wherever_its_issuer_is_at_home(security):
    answer = permitted("hold", security, LATE)
    assert answer.status == "unknown" and "FAQ 1197" in answer.citation
    assert permitted("hold", "0486.HK", LATE).status == "allowed"


@pytest.mark.parametrize("line", ["80941 HK", "12345 HK", "510300 CH", "ACME1 GR", "POLY RM", "TATNP RM"])
def test_check_clears_no_line_that_permitted_does_not_know(line):
    book = pd.DataFrame({"Ticker": [line], "Quantity": [1.0], "Market Value": [100.0], "Currency": ["USD"]})
    assert check_portfolio(book, as_of=LATE).positions["status"].tolist() == ["unknown"]


def test_the_table_of_codes_is_of_venues_and_doubts_that_are_known():
    table = read_bundled("venue_codes")
    assert set(table["mic"]) <= set(VENUES) and set(table["kind"]) <= set(DOUBTS)
    assert {code_doubt(f"{code}.HK") for code in ("2849", "2850", "4999", "5000", "6030")} == {"fund", "", "debt"}


@pytest.mark.parametrize(("line", "instant"), [("SBERP.ME", "2023-05-15T12:00-04:00"), ("SNGSP.ME", "2025-02-14T12:00-05:00")])
def test_preferred_shares_are_blocked_with_their_issuer(line, instant):
    assert permitted("sell", line, instant).status == "prohibited" and permitted("hold", line, instant).status == "unknown"


@pytest.mark.parametrize(("line", "told"), [("LUKOY", True), ("LKOH.ME", False), ("0596.HK", True)])
def test_an_answer_that_turns_on_an_unverified_line_says_so(line, told):
    answer = permitted("buy", line, "2021-04-15T12:00-04:00" if line == "0596.HK" else "2025-12-01T10:00-05:00")
    assert any("was not verified" in change for change in answer.changes) == told


def test_a_receipt_barred_by_where_its_shares_were_issued_says_what_reaches_it():
    book = pd.DataFrame({"Ticker": ["MBT US"], "ISIN": ["US6074091090"], "Quantity": [1.0], "Market Value": [100.0], "Currency": ["USD"]})
    row = check_portfolio(book, as_of="2024-03-15T10:00-04:00").positions.iloc[0]
    assert row["status"] == "barred" and "is reached by russia-newinv" in row["evidence"]
