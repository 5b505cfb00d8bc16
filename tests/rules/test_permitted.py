"""The shape and the reasons of one answer about the law."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.rules import ACTIONS, INSTRUMENTS, INVESTORS, STATUSES, permitted

EVENING = "2021-01-14T18:00-05:00"


def test_since_until_and_what_would_change_it():
    answer = permitted("sell_to_divest", "1810.HK", "2021-06-01T10:00-04:00", as_of=EVENING)
    assert answer.status == "allowed"
    assert answer.until == pd.Timestamp("2022-01-14T23:59-05:00")
    assert answer.changes[0].startswith("From 2022-01-14 23:59 ET the answer is prohibited")
    barred = permitted("buy", "1810.HK", "2021-06-01T10:00-04:00", as_of=EVENING)
    assert barred.since == pd.Timestamp("2021-03-15T09:30-04:00")
    assert barred.until is None
    assert "court order" in barred.changes[0]


def test_unknown_names_no_text_and_says_what_to_do():
    answer = permitted("buy", "AAPL", "2021-06-01T10:00-04:00")
    assert (answer.status, answer.citation, answer.rulings) == ("unknown", "", ())
    assert "no clearance" in answer.rule
    assert "counsel" in answer.changes[0]


def test_the_worst_programme_settles_it():
    answer = permitted("buy", "0981.HK", "2022-07-01T10:00-04:00")
    frame = answer.to_frame()
    assert frame["programme_id"].tolist()[0] == "ns-cmic"
    assert set(frame["status"]) == {"prohibited", "allowed"}
    assert {"ndaa-1260h", "entity-list"} <= set(frame["programme_id"])


@pytest.mark.parametrize(
    "name", ["941 HK", "00941.HK", "0941 HK Equity", "CHL", "CHL US", "HK0941009539", "us16941m1099", "China Mobile Limited"]
)
def test_one_issuer_by_any_of_its_names(name):
    answer = permitted("buy", name, "2021-10-01T10:00-04:00")
    assert answer.status == "prohibited"
    assert answer.rulings[0].programme_id == "ns-cmic"


def test_a_listed_group_does_not_lend_its_dates_to_another_arm():
    answer = permitted("buy", "600760.SS", "2021-10-01T10:00-04:00")
    entities = {ruling.entity for ruling in answer.rulings if ruling.programme_id == "ns-cmic"}
    assert entities == {"AVIC Shenyang Aircraft Company Limited"}


def test_a_us_line_in_moscow_is_not_a_russian_issuer():
    answer = permitted("buy", "CHL.ME", "2022-07-01T10:00-04:00")
    assert "russia-newinv" not in {ruling.programme_id for ruling in answer.rulings}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"action": "short"}, r"action='short' is unknown; choose one of: buy"),
        ({"investor": "swiss"}, r"investor='swiss' is unknown"),
        ({"instrument": "nft"}, r"instrument='nft' is unknown"),
        ({"security": " "}, r"security=' ' names nothing"),
        ({"at": "2021-03-15"}, r"at='2021-03-15' has no zone"),
        ({"as_of": "2021-03-15T10:00"}, r"as_of='2021-03-15T10:00' has no zone"),
        ({"tables": {"prices": pd.DataFrame()}}, r"tables names 'prices'"),
    ],
)
def test_bad_input(changed, message):
    given = {"action": "buy", "security": "1810.HK", "at": "2021-03-15T10:00-04:00", **changed}
    with pytest.raises(InputError, match=message):
        permitted(**given)


def test_a_table_of_ones_own_replaces_the_bundled_one():
    from impact.bundled import read_bundled

    listed = read_bundled("designations")
    own = listed.loc[listed["entity"] == "Xiaomi Corporation"].copy()
    own[["fact_id", "entity", "security", "other_tickers", "isin", "removed_known_at"]] = ["own-1", "Example Corp", "9999.HK", "", "", ""]
    answer = permitted(
        "buy", "9999.HK", "2021-03-15T09:30-04:00", as_of="2021-03-14T00:00Z", tables={"designations": pd.concat([listed, own])}
    )
    assert (answer.status, answer.rulings[0].entity) == ("prohibited", "Example Corp")
    assert permitted("buy", "9999.HK", "2021-03-15T09:30-04:00").status == "not_listed"


def test_a_cell_without_citation_decides_nothing():
    from impact.bundled import read_bundled

    cells = read_bundled("programme_cells")
    bare = cells.assign(citation="")
    answer = permitted("buy", "1810.HK", "2021-06-01T10:00-04:00", as_of=EVENING, tables={"programme_cells": bare})
    assert answer.status == "unknown"


def test_printed_answer_carries_rule_citation_and_assumptions():
    text = str(permitted("buy", "1810.HK", "2021-03-15T09:31-04:00", as_of=EVENING))
    for piece in (
        "buy 1810.HK (equity) by us_person at 2021-03-15 09:31 ET: prohibited",
        "EO 13959 s.1(a)",
        "not legal advice",
        "Sources:",
    ):
        assert piece in text


def test_vocabulary_of_the_tables():
    from impact.bundled import read_bundled
    from impact.rules.vocabulary import PHASES

    cells = read_bundled("programme_cells")
    words = {"phases": PHASES, "actions": ACTIONS, "investors": INVESTORS, "instruments": (*INSTRUMENTS, "*"), "status": STATUSES}
    for column, known in words.items():
        used = {word for text in cells[column] for word in text.split(";")}
        assert used <= set(known), column
    for name in ("programme_cells", "programme_clocks", "programme_instruments", "programme_relief", "licences"):
        rows = read_bundled(name)
        assert (rows["citation"] != "").all()
        if "confidence" in rows:
            assert set(rows["confidence"]) <= {"A", "B", "C"}


def test_command_line(run_cli):
    code, out, err = run_cli("permitted", "buy", "1810.HK", "--at", "2021-03-15T09:31-04:00", "--as-of", EVENING, "--format", "json")
    assert (code, err) == (0, "")
    assert '"status": "prohibited"' in out
    code, out, err = run_cli("permitted", "buy", "1810.HK", "--at", "2021-03-15")
    assert code == 2
    assert err.startswith("error: at='2021-03-15' has no zone")
