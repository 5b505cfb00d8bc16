"""A listing of a later instant says nothing at an earlier one, and the day of a blocking is unknown as long as its hour is."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.holdings import Designation
from impact.holdings.what_if import designated_tables
from impact.rules import ACTIONS, permitted
from impact.rules.book import rule_book
from impact.rules.questions import question_about
from impact.rules.standing import answer_at
from impact.rules.vocabulary import line_key

DESIGNATIONS = read_bundled("designations")
LINES = sorted({line_key(line) for line in DESIGNATIONS["security"] if line})
INSTANTS = ("2018-04-05", "2020-11-20", "2021-01-11", "2021-07-01", "2022-06-20", "2025-03-03")


@pytest.mark.parametrize(
    ("security", "day"),
    [
        ("688327.SS", "2021-07-01"),  # listed 2021-12-16
        ("1810.HK", "2020-12-01"),  # listed 2021-01-14
        ("LKCO", "2020-12-01"),
        ("0883.HK", "2020-11-20"),  # listed 2020-12-03
        ("300603.SZ", "2021-07-01"),
    ],
)
def test_a_listing_of_the_future_does_not_say_that_subsidiaries_are_free(security, day):
    at = f"{day}T10:00-05:00"
    assert permitted("buy", security, at).status == permitted("buy", security, at, as_of=at).status == "not_listed"


def test_a_stated_designation_of_the_future_does_not_change_an_earlier_answer():
    move = Designation(security="7203.T", at="2026-02-13T17:00-05:00", programme="ns-cmic")
    tables = designated_tables((move,), pd.Timestamp("2026-11-01T00:00Z"))
    for line in ("7203.T", "VOD.L"):  # VOD.L may be another line of the issuer stated, of which no table knows the lines
        assert permitted("buy", line, "2025-01-15T10:00-05:00", tables=tables).status == "not_listed"


@pytest.mark.parametrize("day", INSTANTS)
def test_designations_after_the_instant_asked_never_change_the_answer(day):
    """Without them a name may be no more than a word; whose a line is, is no dated fact."""
    at = pd.Timestamp(f"{day}T17:00Z")
    earlier = {"designations": DESIGNATIONS[[pd.Timestamp(known) <= at for known in DESIGNATIONS["known_at"]]]}
    every, known = rule_book(None), rule_book(None, earlier)
    for line in LINES:
        for action in ("buy", "hold"):
            given, without = _decided(every, line, action, at), _decided(known, line, action, at)
            named_later = not without.programme_id and (given.status, without.status) == ("not_listed", "unknown")
            assert (given.status, given.rule, given.citation) == (without.status, without.rule, without.citation) or named_later, line


def _decided(book, line, action, at):
    question = question_about(book, line, action=action, investor="us_person", instrument="equity")
    return answer_at(book, question, at)


@pytest.mark.parametrize(
    ("hour", "status"), [("2018-04-05T23:59", "not_listed"), ("2018-04-06T11:00", "unknown"), ("2018-04-07T00:00", "prohibited")]
)
def test_the_day_of_a_blocking_is_unknown_until_it_is_over(hour, status):
    answer = permitted("buy", "0486.HK", f"{hour}-04:00")
    assert answer.status == status
    assert ("hour that is not on record" in answer.rule) == (hour.startswith("2018-04-06"))
    assert "whose it is was not established" not in answer.rule


@pytest.mark.parametrize(
    ("line", "at", "status"),
    [
        ("0486.HK", "2019-01-26T23:59-05:00", "prohibited"),  # blocked to the day of the removal, Sunday 27 January 2019
        ("0486.HK", "2019-01-28T10:00+08:00", "unknown"),  # 21:00 on 27 January in New York: the removal may be public already
        ("0486.HK", "2019-01-28T14:00+08:00", "not_listed"),
        ("1766.HK", "2021-06-02T23:59-04:00", "prohibited"),  # EO 14032 of 3 June 2021 left it off; the hour is not on record
        ("1766.HK", "2021-06-03T12:00-04:00", "unknown"),
        ("1766.HK", "2021-06-04T00:00-04:00", "allowed"),
    ],
)
def test_the_day_on_which_a_bar_ended_is_unknown_until_it_is_over(line, at, status):
    answer = permitted("buy", line, at)
    assert answer.status == status
    assert ("left the list" in answer.rule and "hour that is not on record" in answer.rule) == (status == "unknown")
    assert answer.since is None or answer.since <= answer.at
    assert answer.until is None or answer.until > answer.at


def test_an_end_known_to_the_minute_is_no_day():
    """The court vacated Xiaomi's listing at 16:09 on 25 May 2021; possession is asked of a year later all the same."""
    listing = next(entry for entry in rule_book(None).issuer("1810.HK")[1] if entry.removed_at is not None)
    assert listing.leaving_from_at is None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("investor", ["us_person", "non_us_person"])
def test_the_day_of_a_listing_without_a_bar_of_its_own_says_as_before(action, investor):
    """Nothing is barred on the day of a listing whose ban begins sixty days later, nor by a list that bars nothing."""
    for line, day in (("1810.HK", "2021-01-14"), ("0700.HK", "2025-01-06")):
        assert "hour that is not on record" not in permitted(action, line, f"{day}T10:00-05:00", investor).rule


def test_an_issuer_on_record_is_not_called_unidentified():
    answer = permitted("buy", "LKOH.ME", "2022-04-05T12:00-04:00")
    assert answer.status == "unknown" and "its issuer is on record" in answer.rule and "was not established" not in answer.rule
