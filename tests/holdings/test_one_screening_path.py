"""Of every line on record, at every time and for every investor, check leaves open what permitted does, and for the same reason."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.calendars import parse_instant
from impact.holdings import check_portfolio
from impact.identifiers import security_lines
from impact.rules import permitted
from impact.rules.book import rule_book
from impact.rules.questions import question_about
from impact.rules.standing import answer_at
from impact.rules.vocabulary import INVESTORS, lines_of

INSTANTS = (
    "2018-05-01T12:00-04:00",
    "2020-12-20T12:00-05:00",
    "2021-01-12T12:00-05:00",
    "2021-02-01T12:00-05:00",
    "2021-04-01T12:00-04:00",
    "2021-06-03T12:00-04:00",
    "2021-09-01T12:00-04:00",
    "2022-03-15T12:00-04:00",
    "2022-06-10T12:00-04:00",
    "2024-03-01T12:00-05:00",
    "2025-11-03T12:00-05:00",
    "2026-06-15T12:00-04:00",
)
EVERY = [(instant, investor) for instant in INSTANTS for investor in INVESTORS]
QUICK = [(instant, INVESTORS[place % len(INVESTORS)]) for place, instant in enumerate(INSTANTS)]
# What check calls each line by the kind that it asks the law as.
KINDS = {"ADR": "adr", "BDR": "adr", "CEDEAR": "adr", "GDR": "gdr", "fund": "etf"}


def lines_on_record():
    """Every trading line of the fact base, and sisters of some in another counter, as one writes it in a file."""
    designations = read_bundled("designations")
    cells = [*designations["security"], *designations["other_lines"], *read_bundled("designation_lines")["line"]]
    subjects = [
        code for cell in read_bundled("programme_subjects")["securities"] for code in cell.split(";") if "." in code and "*" not in code
    ]
    lines = {*security_lines()["security"], *subjects, *(line for cell in cells for line in lines_of(cell)), "80941.HK", "82333.HK"}
    return sorted(line if "." in line else f"{line} US" for line in lines if line)


def positions_table(lines):
    rows = len(lines)
    return pd.DataFrame({"Ticker": lines, "Quantity": [1] * rows, "Market Value": [100.0] * rows, "Currency": ["USD"] * rows})


def positions(lines, instant, investor="us_person"):
    return check_portfolio(positions_table(lines), as_of=instant, investor=investor)


def words_of_check(buy, hold):
    """What check may say where the law says this of buying and of holding."""
    if buy == "prohibited":
        return {"barred", "blocked"}
    if hold == "prohibited":
        return {"barred"}
    if "unknown" in (buy, hold):
        return {"unknown", "restricted"}  # restricted where something else is certain
    return {"clear"} if buy == "not_listed" else {"clear", "enjoined", "restricted"}


def disagreements(instant, investor):
    at = parse_instant(instant).tz_convert("UTC")
    book, wrong = rule_book(at), []
    lines = lines_on_record()
    report = positions(lines, instant, investor)
    checked = report.positions
    assert len(checked) == len(lines) > 200
    for line, row in zip(lines, checked.to_dict("records"), strict=True):
        asked = {
            action: question_about(book, line, action=action, investor=investor, instrument=KINDS.get(row["line"], "equity"))
            for action in ("buy", "hold")
        }
        answers = {action: answer_at(book, one, at) for action, one in asked.items()}
        buy = answers["buy"]
        agrees = row["status"] in words_of_check(buy.status, answers["hold"].status)
        same_reason = row["status"] != "unknown" or row["rule"] in {
            answer.rule for answer in answers.values() if answer.status == "unknown"
        }
        same_reason = same_reason and (buy.status != "not_listed" or row["rule"] in ("", buy.rule, answers["hold"].rule))
        open_buy = buy.status == "unknown" and row["status"] == "restricted"
        said = not open_buy or any(note.endswith(buy.rule) for note in report.assumptions)
        if not (agrees and same_reason and said):
            wrong.append((line, row["status"], row["rule"], buy.status, buy.rule))
    return wrong


@pytest.mark.parametrize(("instant", "investor"), QUICK)
def test_check_and_permitted_agree_over_every_line_on_record(instant, investor):
    assert disagreements(instant, investor) == []


@pytest.mark.slow
@pytest.mark.parametrize(("instant", "investor"), sorted(set(EVERY) - set(QUICK)))
def test_check_and_permitted_agree_over_every_line_and_every_investor(instant, investor):
    assert disagreements(instant, investor) == []


@pytest.mark.parametrize("line", ["0941.HK", "CHL US", "0728.HK"])
def test_where_official_statements_are_at_odds_the_clock_of_both_stands_and_what_is_open_is_said(line):
    """OFAC FAQ 864 of 2021-01-06 has buying barred already, the listing of 2021-01-08 from 9 March: restricted on either reading."""
    instant = "2021-01-12T12:00-05:00"
    report = positions([line], instant)
    answer = permitted("buy", line, instant, as_of=instant)
    assert answer.status == "unknown" and "FAQ 864" in answer.rule
    assert report.positions["status"].tolist() == ["restricted"]
    assert report.positions["next_ban_at"].iloc[0] == pd.Timestamp("2021-03-09T09:30-05:00"), "barred then on either reading"
    [said] = [note for note in report.assumptions if answer.rule in note]
    assert "whether it may be bought at this instant is not decided" in said and said in str(report.summary())


def test_a_sister_line_of_one_in_doubt_is_unknown_and_says_why():
    instant = "2021-01-12T12:00-05:00"
    report = positions(["80941.HK"], instant)
    assert report.positions["status"].tolist() == ["unknown"]
    assert report.positions["rule"].tolist() == [permitted("buy", "80941.HK", instant, as_of=instant).rule]


@pytest.mark.parametrize("line", ["GAZP.ME", "PLZL.ME", "2800.HK", "CHUFF US"])
def test_a_line_with_its_venue_is_not_said_to_have_none(line):
    instant = "2021-12-20T12:00-05:00"
    report = positions([line], instant)
    answer = permitted("buy", line, instant, as_of=instant)
    assert (answer.status, report.unknown["reason"].tolist()) == ("unknown", [answer.rule])
    assert "no ticker with its venue" not in report.positions["evidence"].iloc[0] and "give a line with its venue" not in answer.rule


def test_a_line_of_the_united_states_has_its_venue():
    instant = "2024-03-01T12:00-05:00"
    assert permitted("buy", "AAPL US", instant).status == "not_listed"
    assert positions(["AAPL US", "AAPL"], instant).positions["status"].tolist() == ["clear", "unknown"]
    assert permitted("buy", "AAPL", instant).status == "unknown"


def test_an_investor_whose_own_lists_are_not_on_record_is_told_so_of_every_line():
    report = positions(["0005.HK", "0941.HK"], "2024-03-01T12:00-05:00", "eu_person")
    assert report.positions["status"].tolist() == ["unknown", "unknown"]
    assert len(report.unknown) == 1 and "lists of the European Union" in report.unknown["reason"].iloc[0]


def test_what_no_programme_names_says_how_many_were_asked():
    instant = "2021-02-15T12:00-05:00"
    report = positions(["1816.HK", "0005.HK"], "2020-10-01T12:00-04:00")
    assert report.positions["rule"].iloc[0] == permitted("buy", "1816.HK", "2020-10-01T12:00-04:00", as_of="2020-10-01T12:00-04:00").rule
    assert "None of the 0" not in " ".join(report.positions["rule"])
    alone = check_portfolio(positions_table(["0941.HK"]), as_of=instant, programmes=["ndaa-1237-ccmc"]).positions["rule"].iloc[0]
    assert alone.startswith("The one programme asked") and "(ndaa-1237-ccmc)" in alone, (
        "Treasury's four names are on no list of section 1237"
    )
    ended = (
        check_portfolio(positions_table(["0941.HK"]), as_of="2021-06-10T12:00-04:00", programmes=["eo13974-amend"])
        .positions["rule"]
        .iloc[0]
    )
    assert ended.startswith("No programme asked")
