"""A code that a venue gave to another issuer says nothing of the one whose line it was, from the first session of the new one on."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.holdings import check_portfolio
from impact.rules import deadlines, permitted

LATER = "2025-06-02T12:00-04:00"


@pytest.mark.parametrize("spelled", ["CHA US", "CHA", "NASDAQ:CHA"])
def test_the_code_of_the_receipts_of_china_telecom_is_that_of_a_tea_house(spelled):
    """China Telecom's receipts left New York on 8 January 2021; Chagee Holdings trades as CHA on Nasdaq since 17 April 2025."""
    answer = permitted("buy", spelled, LATER)
    assert answer.status == "unknown" and not answer.rulings and "now that of another issuer" in answer.rule
    assert any("Chagee Holdings Limited since 2025-04-17" in change for change in answer.changes)
    assert answer.since == pd.Timestamp("2025-04-17T09:30-04:00")


@pytest.mark.parametrize(
    ("security", "at", "as_of", "status"),
    [
        ("CHA US", "2025-04-17T09:29-04:00", None, "prohibited"),
        ("CHA US", "2025-04-17T09:30-04:00", None, "unknown"),
        ("CHA US", "2021-09-01T12:00-04:00", None, "prohibited"),  # with hindsight: what the code meant then
        ("CHA US", LATER, "2025-01-02T12:00-05:00", "prohibited"),  # as known before
        ("US1694261033", LATER, None, "prohibited"),
        ("0728.HK", LATER, None, "prohibited"),
        ("CHA.ME", LATER, None, "prohibited"),
    ],
)
def test_what_the_code_meant_until_then_and_other_codes_stand(security, at, as_of, status):
    assert permitted("buy", security, at, as_of=as_of).status == status


def test_a_line_that_stopped_is_said_to_have_stopped():
    """The list itself prints CHL US; whose code it is now nobody recorded."""
    answer = permitted("buy", "CHL US", "2023-06-02T12:00-04:00")
    assert answer.status == "prohibited"
    assert any("CHL traded until 2021-01-08" in change and "ask by ISIN" in change for change in answer.changes)
    assert not any("traded until" in change for change in permitted("buy", "CHL US", "2020-12-01T12:00-05:00").changes)


def test_clocks_of_the_line_that_bore_the_code_are_said_to_be_of_it():
    notes = deadlines("CHA US", LATER).notes
    assert any("Chagee Holdings" in note and "a line of China Telecom Corporation Limited before" in note for note in notes)
    assert not any("Chagee" in note for note in deadlines("CHA US", "2021-02-15T12:00-05:00").notes)


@pytest.mark.parametrize(
    ("at", "statuses"),
    [
        (LATER, ["unknown", "clear", "barred", "unknown"]),
        ("2021-09-01T12:00-04:00", ["barred", "barred", "barred", "barred"]),
    ],
)
def test_a_book_reads_the_code_as_of_its_day(at, statuses):
    frame = pd.DataFrame(
        {
            "Ticker": ["CHA US", "CHA US", "", "CHA US"],
            "Name": ["", "Chagee Holdings Ltd", "China Telecom Corp Ltd ADR", "China Telecom Corp Ltd ADR"],
            "ISIN": ["", "US15743K1051", "US1694261033", ""],
            "Quantity": 1,
            "Market Value": 100.0,
            "Currency": "USD",
        }
    )
    report = check_portfolio(frame, as_of=at)
    assert report.positions["status"].tolist() == statuses
    if at == LATER:
        assert "now that of another issuer" in report.positions["rule"].iloc[0]


def test_every_code_given_anew_was_that_of_a_line_on_record_that_stopped_before():
    lines = read_bundled("lines").set_index("security")
    for row in read_bundled("reissued_codes").to_dict("records"):
        assert lines.loc[row["line"], "issuer"] == row["was_of"] and lines.loc[row["line"], "valid_to"] < row["from_on"]
        assert pd.Timestamp(row["known_at"]).strftime("%Y-%m-%d") == row["from_on"]
