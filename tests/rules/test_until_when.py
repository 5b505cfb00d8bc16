"""Until when: what bars without a clock says since when and until when a licence lets one sell, and every answer is the same law."""

from __future__ import annotations

import pandas as pd
import pytest

import impact
from impact.bundled import read_bundled
from impact.calendars import parse_instant
from impact.holdings.status import law_at
from impact.rules import deadlines, permitted
from impact.rules.book import rule_book
from impact.rules.standing import standing

TINY = pd.Timedelta(1, "ns")
BLOCKED = sorted(
    {
        line
        for row in read_bundled("designations").query("programme_id.str.startswith('sdn')").itertuples()
        for line in (row.security, *filter(None, row.other_lines.split(";")))
    }
)
INSTANTS = (
    "2018-04-06T12:00-04:00", "2018-04-10T12:00-04:00", "2018-06-20T12:00-04:00", "2019-03-01T12:00-05:00", "2022-03-01T12:00-05:00",
    "2022-04-06T12:00-04:00", "2022-06-20T12:00-04:00", "2024-06-12T12:00-04:00", "2024-09-01T12:00-04:00", "2025-01-20T12:00-05:00", "2025-10-25T12:00-04:00",
    "2025-11-21T00:01-05:00", "2026-11-01T12:00-04:00",
)  # fmt: skip


def licence_ends(line, as_of=None):
    clocks = deadlines(line, as_of).clocks
    return clocks[clocks["clock"] == "licence_end"]


@pytest.mark.parametrize(
    ("line", "as_of", "end", "licence"),
    [
        ("0486.HK", "2018-04-10T12:00-04:00", "2018-05-07T00:01-04:00", "GL 13"),
        ("LKOH.ME", "2025-10-25T12:00-04:00", "2025-11-21T00:01-05:00", "GL 127"),
        ("ROSN.ME", "2025-10-25T12:00-04:00", "2025-11-21T00:01-05:00", "GL 127"),
        ("MOEX.ME", "2024-09-02T12:00-04:00", "2024-10-12T00:01-04:00", "GL 99A"),
    ],
)
def test_the_end_of_a_licence_to_sell_is_a_deadline(line, as_of, end, licence):
    (row,) = licence_ends(line, as_of).itertuples()
    assert row.first_prohibited_utc == pd.Timestamp(end) and licence in row.citation and row.line == line and row.state == "running"
    assert row.usable_until_utc <= row.first_prohibited_utc


@pytest.mark.parametrize("line", BLOCKED)
def test_every_blocked_line_says_since_when_and_until_when_a_licence_lets_one_sell(line):
    told = deadlines(line).notes
    (said,) = [note for note in told if " blocked " in note]
    assert "frees a sale to divest" in said or "no licence to sell is on record" in said
    assert not any("No programme with a clock" in note for note in told)


@pytest.mark.parametrize("line", ["LKOH.ME", "0486.HK", "MOEX.ME"])
def test_a_licensed_sale_ends_when_permitted_says(line):
    for row in licence_ends(line).itertuples():
        statuses = [permitted("sell_to_divest", line, row.first_prohibited_utc + step).status for step in (-TINY, pd.Timedelta(0))]
        assert statuses[0] != "prohibited" and statuses[1] != "allowed"


@pytest.mark.parametrize("as_of", INSTANTS)
def test_permitted_check_deadlines_and_the_standing_of_a_case_say_the_same(as_of):
    at = parse_instant(as_of).tz_convert("UTC")
    law, book = law_at(at, "us_person"), rule_book(at)
    for line in (*BLOCKED, "GAZP.ME", "0941.HK", "1810.HK"):
        now = standing(book, line)
        answers = {act.action: permitted(act.action, line, at, as_of=at) for act in now.acts}
        assert {act.action: (act.status, act.since, act.until) for act in now.acts} == {
            action: (answer.status, answer.since, answer.until) for action, answer in answers.items()
        }
        status = law.status(line, "equity")
        assert {action: answer.status for action, answer in answers.items()}.items() <= status.actions.items(), line
        running = licence_ends(line, at)
        running = running[(running["state"] == "running") & (running["first_prohibited_utc"] > at)]
        if len(running):
            assert answers["sell_to_divest"].status != "prohibited" and status.divest_by_at == running["first_prohibited_utc"].min()
        if answers["buy"].status == "prohibited" and answers["buy"].rulings[0].programme_id.startswith(("sdn", "russia")):
            assert any("buying prohibited from" in note for note in deadlines(line, at).notes), line


@pytest.mark.parametrize("line", ["SBER.ME", "VTBR.ME"])
def test_a_name_blocked_before_stays_blocked_on_the_day_of_the_depository(line):
    assert permitted("buy", line, "2024-06-12T12:00-04:00").status == "prohibited"


def test_holding_while_a_licence_to_sell_runs_says_so():
    told = permitted("hold", "0486.HK", "2018-04-10T12:00-04:00")
    assert told.status == "unknown" and any(
        "GL 13 frees a sale to divest from it until 2018-05-07 00:01 ET" in note for note in told.changes
    )


@pytest.mark.parametrize("case", ["lukoil", "rosneft"])
def test_a_case_states_the_law_that_holds_at_the_last_instant_on_record(case):
    (answer,) = [text for title, text in impact.case(case).answers().lines() if title.startswith("Until when")]
    assert "blocked since 2025-10-22 23:59 ET" in answer and "GL 127 frees a sale to divest from it until 2025-11-21 00:01 ET" in answer
    assert "selling to divest prohibited from 2025-11-21 00:01 ET" in answer
    assert answer.startswith("Property is blocked: no purchase, sale or other dealing outside a licence")


def test_a_case_of_a_depository_says_that_selling_is_unknown():
    (answer,) = [text for title, text in impact.case("gazprom").answers().lines() if title.startswith("Until when")]
    assert "selling to divest unknown from 2024-10-12 00:01 ET" in answer and "no programme with a clock" not in answer


def test_what_decides_every_act_is_said_once():
    """Three acts, one programme: its name stands behind all of them; where programmes differ each act names its own."""
    from impact.rules.book import rule_book
    from impact.rules.standing import standing

    told = standing(rule_book(None), "0981.HK").sentence()
    assert told.startswith(
        "as last recorded, for US persons: buying prohibited from 2021-08-02 00:01 ET; selling to divest prohibited from 2022-06-03 00:01 ET;"
        " holding allowed (now by the Non-SDN Chinese Military-Industrial Complex Companies (NS-CMIC) ban,"
    )
    assert told.count("NS-CMIC") == 1
    assert standing(rule_book(None), "GAZP.ME").sentence().count("(now by the ") == 3
