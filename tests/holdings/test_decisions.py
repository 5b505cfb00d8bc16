"""A decision settles the proposal that it names, is listed, and is void once the line or the proposal is another."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import check_portfolio
from impact.holdings.decisions import Decision, add_decision, proposal_at, read_decisions

BANNED = "2021-11-30T12:00-05:00"
HIKVISION = "name:HIKVISION DIGITAL TECH|proposed:Hangzhou Hikvision Digital Technology"
COSTAR = "name:COSTAR GROUP INC|proposed:Costar Group Co., Ltd."


def _book(*names):
    return pd.DataFrame({"Name": list(names), "Shares": 10.0, "Market Value": [100.0 + place for place in range(len(names))]})


def _decision(key, decision):
    return Decision(key=key, decision=decision, by="amy", on="2021-11-30", why="asked the broker")


def test_same_asks_the_law_of_the_issuer_and_other_clears():
    book = _book("HIKVISION DIGITAL TECH", "COSTAR GROUP INC")
    assert check_portfolio(book, as_of=BANNED).positions["status"].tolist() == ["unknown", "unknown"]
    report = check_portfolio(book, as_of=BANNED, decisions=[_decision(HIKVISION, "same"), _decision(COSTAR, "other")])
    assert report.positions[["status", "tier"]].values.tolist() == [["barred", "decided"], ["clear", ""]]
    assert report.positions["evidence"].str.contains("decided by amy on 2021-11-30: asked the broker").all()
    assert report.exposures["status"].tolist() == ["barred"]
    assert report.issues[["row", "action"]].values.tolist() == [[1, "applied: same"], [2, "applied: other"]]


@pytest.mark.parametrize("name", ["COSTAR GROUP LTD", "CoStar Group Inc. A"])
def test_a_decision_is_void_once_the_line_changes(name):
    report = check_portfolio(_book(name), as_of=BANNED, decisions=[_decision(COSTAR, "other")])
    assert report.positions["status"].tolist() == ["unknown"] and report.issues["action"].str.startswith("void").all()


def test_quantity_and_value_do_not_void_it():
    book = _book("COSTAR  Group inc").assign(Shares=77.0)
    assert check_portfolio(book, as_of=BANNED, decisions=[_decision(COSTAR, "other")]).positions["status"].tolist() == ["clear"]


def test_no_decision_reaches_a_line_that_an_identifier_settles():
    book = pd.DataFrame({"Name": ["China Mobile"], "ISIN": ["HK0941009539"], "Shares": [1.0]})
    key = "isin:HK0941009539|name:CHINA MOBILE|proposed:China Mobile Limited"
    report = check_portfolio(book, as_of=BANNED, decisions=[_decision(key, "other")])
    assert report.positions["status"].tolist() == ["barred"] and report.issues["action"].str.startswith("void").all()
    with pytest.raises(InputError, match="only a proposal is decided"):
        proposal_at(report.options.portfolio.positions, report.positions, 1)


def test_the_file_keeps_one_decision_a_key(tmp_path):
    path = tmp_path / "decisions.csv"
    add_decision(path, _decision(COSTAR, "same"))
    add_decision(path, _decision(HIKVISION, "same"))
    add_decision(path, _decision(COSTAR, "other"))
    assert [(one.key, one.decision) for one in read_decisions(path)] == [(HIKVISION, "same"), (COSTAR, "other")]


@pytest.mark.parametrize(
    ("row", "said"),
    [("k,maybe,amy,2021-11-30,why", "'same'"), ("k,same,,2021-11-30,why", "no by"), ("k,same,amy,soon,why", "not a date"), ("k,same,amy,2021-11-30,", "no why")],
)  # fmt: skip
def test_a_row_that_is_no_decision_is_refused(tmp_path, row, said):
    path = tmp_path / "decisions.csv"
    path.write_text(f"key,decision,by,on,why\n{row}\n")
    with pytest.raises(InputError, match=said):
        read_decisions(path)


def test_a_quotation_that_does_not_close_swallows_no_decision(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_text(f'key,decision,by,on,why\n"{COSTAR}",same,amy,2021-11-30,"asked\n"{HIKVISION}",other,amy,2021-11-30,read\n')
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"line 2: a quotation mark opens and does not close"):
        add_decision(path, _decision("another", "same"))
    assert path.read_bytes() == before


def test_a_file_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_text("key,decision\nk,same\n")
    with pytest.raises(InputError, match="lacks 3 column"):
        read_decisions(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_decisions(tmp_path / "none.csv")
