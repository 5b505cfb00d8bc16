"""What a code that is on no record beside a name says of its issuer: nothing, where the name is none, or is one that nothing compares."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.facts.names import NameIndex
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


@pytest.mark.parametrize("name", ["COM", "ORD SHS", "COMMON STOCK", "ADR", "12345"])
def test_a_class_of_shares_in_the_place_of_a_name_names_nobody(name):
    assert statuses([name]) == ["unknown"]


def test_words_under_an_unknown_heading_never_clear_a_code():
    book = pd.DataFrame({"Blurb": ["long idea", "short idea", "Xiaomi"], "ISIN": [isin(1), isin(2), ""], "Shares": [1.0, 2.0, 3.0]})
    report = check_portfolio(book, as_of=AT)
    assert report.positions["status"].tolist() == ["unknown"] * 3
    assert report.positions["name"].tolist() == ["", "", "Xiaomi"]
