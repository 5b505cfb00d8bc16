"""Which programme speaks about whom: silence where none reaches, blocking above permissions, two readings of one listing."""

from __future__ import annotations

import pytest

from impact.bundled import read_bundled
from impact.rules import ACTIONS, deadlines, designations, permitted, programmes
from impact.rules.asked_programmes import programmes_in_force
from impact.rules.book import rule_book
from impact.rules.vocabulary import US_INVESTORS

NOON = "T12:00-05:00"


def of(answer):
    return {ruling.programme_id for ruling in answer.rulings}


def test_a_programme_that_does_not_reach_an_issuer_gives_no_ruling():
    assert of(permitted("buy", "0700.HK", "2025-03-03" + NOON)) == {"ndaa-1260h"}
    assert of(permitted("buy", "SBER.ME", "2023-03-03" + NOON)) <= {"sdn-eo14024", "russia-newinv"}
    assert of(permitted("buy", "2899.HK", "2025-03-03" + NOON)) == {"uflpa"}


def test_a_later_order_of_the_same_chain_speaks_of_a_name_it_left_off():
    answer = permitted("buy", "1810.HK", "2021-09-01T12:00-04:00")
    assert answer.status == "allowed" and {"ns-cmic"} == of(answer) and answer.rulings[0].phase == "unlisted"


@pytest.mark.parametrize("security", ["0005.HK", "9999.HK", "US01609W1027", "7203.T"])
def test_not_listed_says_which_programmes_were_asked(security):
    answer = permitted("buy", security, "2022-07-01T12:00-04:00")
    assert answer.status == "not_listed" and answer.citation == ""
    assert {"ns-cmic", "sdn-eo14024", "russia-newinv"} <= set(answer.asked)
    assert answer.asked == programmes_in_force(rule_book(None), answer.at)
    assert str(len(answer.asked)) in answer.rule and "no clearance" in answer.rule


@pytest.mark.parametrize(
    ("security", "at", "unread"),
    [
        ("0763.HK", "2018-05-01T12:00-04:00", "bis-denial-order"),
        ("0763.HK", "2023-06-01T12:00-04:00", "fcc-covered-list"),
        ("0857.HK", "2022-10-03T12:00-04:00", "hfcaa"),
        ("BABA", "2022-10-03T12:00-04:00", "hfcaa"),
    ],
)
def test_a_list_of_which_no_name_is_on_record_was_not_asked(security, at, unread):
    """The order of 2018 was against ZTE itself: that no list names it says nothing about a list that nobody read."""
    answer = permitted("buy", security, at)
    assert answer.status == "not_listed" and unread in answer.not_asked and unread not in answer.asked
    assert f"None of the {len(answer.asked)} programmes" in answer.rule and unread in answer.rule
    named = set(read_bundled("designations")["programme_id"]) | set(read_bundled("programme_subjects")["programme_id"])
    assert {programme.list_id for programme in rule_book(None).programmes if programme.programme_id in answer.asked} <= named


def test_an_order_that_ended_is_not_among_those_not_asked():
    assert "bis-denial-order" not in permitted("buy", "0763.HK", "2018-08-01T12:00-04:00").not_asked


def test_what_is_to_come_counts_the_programmes_as_the_answer_does():
    """Five lists have a name here after 3 June 2021; the SDN list under EO 14024 has its first one in 2022 and is not asked before."""
    told = permitted("buy", "0753.HK", "2021-04-01T12:00-04:00").changes
    later = permitted("buy", "0753.HK", "2021-06-04T12:00-04:00")
    assert (
        len(later.asked) == 5
        and "sdn-eo14024" in later.not_asked
        and "sdn-eo14024" in permitted("buy", "0753.HK", "2023-01-04T12:00-05:00").asked
    )
    assert any("None of the 5 programmes" in change for change in told) and not any("None of the 0" in change for change in told)


@pytest.mark.parametrize(
    ("security", "at", "left"),
    [
        ("1810.HK", "2024-03-01" + NOON, "2021-05-25"),
        ("LKCO", "2021-07-15T12:00-04:00", "2021-06-14"),
        ("GOWIN Semiconductor", "2022-03-01" + NOON, "2021-06-03"),
    ],
)
def test_a_name_that_left_its_list_is_told_when(security, at, left):
    answer = permitted("buy", security, at)
    assert answer.status == "allowed" and f"left the list ndaa-1237-ccmc on {left}" in answer.rule


@pytest.mark.parametrize(
    "security", ["ANYTHING.ME", "GAZP.ME", "RU0007661625", "ACME", "Some Company Limited", "X Y Z", "RU-SOVEREIGN", "US0378331005"]
)
def test_what_is_not_identified_is_unknown(security):
    assert permitted("buy", security, "2021-06-01T12:00-04:00").status == "unknown"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("investor", US_INVESTORS)
@pytest.mark.parametrize(("security", "day"), [("SBER.ME", "2023-01-20"), ("LKOH.ME", "2026-01-20"), ("0486.HK", "2018-06-20")])
def test_nothing_is_allowed_in_blocked_property_outside_a_licence(action, investor, security, day):
    assert permitted(action, security, day + NOON, investor).status in ("prohibited", "unknown")


def test_a_permission_does_not_reach_a_blocked_issuer():
    answer = permitted("sell", "SBER.ME", "2023-01-20" + NOON)
    assert answer.rulings[0].programme_id == "sdn-eo14024" and "allowed" not in {ruling.status for ruling in answer.rulings}
    free = permitted("sell", "GAZP.ME", "2023-01-20" + NOON)
    assert free.status == "allowed" and "FAQ 1054" in free.citation


def test_a_licence_whose_text_is_not_on_record_leaves_it_unknown_and_says_what_to_look_up():
    answer = permitted("sell_to_divest", "VTBR.ME", "2022-03-15T12:00-04:00")
    assert answer.status == "unknown" and "look up" in answer.rule and "GL 9" in answer.citation


def test_two_readings_of_one_listing_are_unknown_with_both():
    answer = permitted("buy", "0020.HK", "2022-02-08T00:01-05:00")
    assert answer.status == "unknown"
    assert "press and market practice" in answer.rule and "subsidiary of SenseTime Group Inc." in answer.rule
    assert "EO 14032" in answer.citation
    assert permitted("hold", "0020.HK", "2022-03-08" + NOON).status != "prohibited"


@pytest.mark.parametrize("table", ["designations", "litigation"])
def test_a_dispute_keeps_both_of_its_rows(table):
    rows = read_bundled(table)
    counts = rows.loc[rows["conflict_id"] != "", "conflict_id"].value_counts()
    assert len(counts) and (counts == 2).all()


def test_deadlines_of_a_disputed_listing_say_so():
    clocks = deadlines("0020.HK").clocks
    own = clocks[clocks["programme_id"] == "ns-cmic"]
    assert len(own) == 2 and own["conflict"].str.contains("readings").all()


def test_the_word_of_a_court_is_the_phase():
    at = "2021-03-13T12:00-05:00"
    assert permitted("buy", "1810.HK", at, as_of=at).rulings[0].phase == "enjoined"
    later = "2021-05-26T12:00-04:00"
    assert permitted("buy", "1810.HK", later, as_of=later).rulings[0].phase == "removed"
    luokung = "2021-05-06T12:00-04:00"
    assert permitted("buy", "LKCO", luokung, as_of=luokung).rulings[0].phase == "enjoined"


def test_every_blocking_programme_covers_every_action_and_us_investor():
    blocking = [row["programme_id"] for row in programmes().to_dict("records") if row["programme_id"].startswith("sdn-")]
    book = rule_book(None)
    for name in blocking:
        for action in ACTIONS:
            for investor in US_INVESTORS:
                cells = book.cells.get((name, "listed", action, investor), ())
                assert cells and all(cell.status in ("prohibited", "unknown") for cell in cells), (name, action, investor)


@pytest.mark.parametrize(("as_of", "cited"), [("2021-06-10T12:00-04:00", False), ("2024-06-10T12:00-04:00", True)])
def test_a_list_cites_the_act_that_was_there(as_of, cited):
    (ruling,) = [one for one in permitted("buy", "0941.HK", as_of, as_of=as_of).rulings if one.programme_id == "ndaa-1260h"]
    assert ruling.status == "allowed" and ("s.805" in ruling.citation) == cited and "s.1260H" in ruling.citation


def test_a_close_name_and_one_named_by_treasury_are_no_rows_of_the_list_of_section_1237():
    """The orders bind them; the list itself prints neither (OFAC FAQ 864; listing of 8 January 2021)."""
    for at in ("2020-12-20T12:00-05:00", "2021-02-01T12:00-05:00"):
        programmes = {ruling.programme_id for ruling in permitted("buy", "0883.HK", at).rulings}
        assert "ndaa-1237-ccmc" not in programmes and programmes & {"eo13959-orig", "eo13974-amend"}
    listed = designations("0883.HK")
    assert set(listed.loc[listed["entity"] == "CNOOC Limited", "list_id"]) >= {"ns-ccmc", "ns-cmic", "ndaa-1260h"}
    assert "ndaa-1237-ccmc" in {ruling.programme_id for ruling in permitted("buy", "1810.HK", "2021-02-01T12:00-05:00").rulings}


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("CCCC", "1800.HK"),
        ("GOWIN", "GOWIN Semiconductor"),
        ("GAZPROM", "GAZP.ME"),
        ("China Mobil", "0941.HK"),
        ("中芯国际", ""),
        ("Лукойл", ""),
    ],
)
def test_a_name_that_names_nobody_for_sure_is_unknown_with_what_it_may_mean(text, near):
    answer = permitted("buy", text, "2024-03-01T12:00-05:00")
    told = "; ".join(answer.proposals)
    assert answer.status == "unknown" and (near in told if near else not told)
    assert ("letters in which no name is on record" in answer.rule) is not text.isascii()
    assert all(line in answer.summary().notes for line in answer.proposals)


@pytest.mark.parametrize(
    ("security", "before", "after", "told"),
    [
        ("ENPG.L", "2019-01-25", "2019-02-01", "En+ Group left the list sdn-eo13661-62 on 2019-01-27"),
        ("002368.SZ", "2026-06-01", "2026-07-01", "Taiji Computer Co., Ltd. left the list ndaa-1260h on 2026-06-08"),
        ("688012.SS", "2024-12-01", "2025-02-01", "AMEC left the list ndaa-1260h on 2024-12-17"),
        ("1810.HK", "2021-05-01", "2024-03-01", "Xiaomi Corporation left the list ndaa-1237-ccmc on 2021-05-25"),
    ],
)
def test_an_answer_that_bars_nothing_says_which_list_the_issuer_left(security, before, after, told):
    def said(day):
        answer = permitted("buy", security, day + "T12:00-05:00")
        return answer.status, " ".join((answer.rule, *answer.changes)).count(told)

    assert said(before)[1] == 0
    status, times = said(after)
    assert status in ("allowed", "not_listed") and times == 1


def test_what_names_an_issuer_proposes_nothing():
    assert not permitted("buy", "0941.HK", "2024-03-01T12:00-05:00").proposals
    assert not permitted("buy", "0005.HK", "2024-03-01T12:00-05:00").proposals


def test_an_entry_as_amended_says_nothing_before_the_amendment():
    early = permitted("buy", "0883.HK", "2021-01-20T12:00-05:00", as_of="2021-01-20T12:00-05:00")
    assert "entity-list" not in {ruling.programme_id for ruling in early.rulings}
    assert "entity-list" in {ruling.programme_id for ruling in permitted("buy", "0883.HK", "2023-01-20T12:00-05:00").rulings}


@pytest.mark.parametrize(
    ("name", "at", "status", "entity"),
    [
        ("Aviation Industry Corporation of China", "2021-02-15" + NOON, "prohibited", "Aviation Industry Corporation of China (AVIC)"),
        ("Sinochem Group", "2021-02-15" + NOON, "prohibited", "Sinochem Group"),
        ("Luokong", "2021-03-01" + NOON, "allowed", 'Luokung Technology Corp (first spelled "Luokong")'),
        ("Cheng Du Westone Information Industry", "2025-02-01" + NOON, "allowed", "Cheng Du Westone Information Industry"),
        (
            "Zhonghang Electronic Measuring Instruments",
            "2025-02-01" + NOON,
            "prohibited",
            "Zhonghang Electronic Measuring Instruments Company Limited",
        ),
    ],
)
def test_a_name_as_its_list_printed_it_is_known(name, at, status, entity):
    answer = permitted("buy", name, at, as_of=at)
    assert (answer.status, answer.rulings[0].entity) == (status, entity)
    assert permitted("buy", name, at).status == status


@pytest.mark.parametrize("name", ["Cambricon", "Xiaomi", "CGN Power Co"])
def test_a_name_that_no_list_prints_is_no_more_than_a_word(name):
    """Cambricon: units of it are listed, itself it is not."""
    assert permitted("buy", name, "2025-02-01" + NOON).status == "unknown"


def test_an_answer_of_early_2025_cites_no_name_of_2026():
    """The list of 2025-01-07 printed Cheng Du Westone; that of 2026-06-08 prints its new name."""
    for at, entity in (
        ("2025-02-01" + NOON, "Cheng Du Westone Information Industry"),
        ("2026-07-01T12:00-04:00", "CETC Cyberspace Security (Westone)"),
    ):
        assert [ruling.entity for ruling in permitted("buy", "002268.SZ", at, as_of=at).rulings] == [entity]
        assert designations("002268.SZ", as_of=at).query("kind == 'listed'")["entity"].tolist() == [entity]


@pytest.mark.parametrize(
    ("name", "line"),
    [("CGN Power", "1816.HK"), ("Sinochem International", "600500.SS")],
)
@pytest.mark.parametrize("day", ["2021-03-20", "2026-03-20"])
def test_the_name_of_a_unit_on_record_asks_its_own_line(name, line, day):
    """General Licence 1A freed the close matches in March 2021; neither is in the annex of EO 14032, and FAQ 857 binds listed names alone."""
    assert permitted("buy", name, day + NOON).status == permitted("buy", line, day + NOON).status == "allowed"


@pytest.mark.parametrize(
    "name", ["China Oilfield Services", "AviChina Industry & Technology", "Air China", "Inspur Electronic Information Industry"]
)
def test_the_name_of_a_unit_whose_line_no_table_has_is_not_that_of_its_parent(name):
    answer = permitted("buy", name, "2026-03-20" + NOON)
    assert answer.status == "unknown" and "whose it is was not established" in answer.rule and not answer.rulings
    assert permitted("buy", "China National Offshore Oil Corporation", "2026-03-20" + NOON).status == "prohibited"
