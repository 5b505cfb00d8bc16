"""Check and permitted answer from the same law: what one prohibits the other never calls clear."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.holdings import check_portfolio
from impact.holdings.decisions import Decision
from impact.identifiers import security_lines
from impact.rules import deadlines, permitted
from impact.rules.book import TABLES, rule_book

SPRING = "2024-03-01T12:00-05:00"
INSTANTS = (
    "2018-06-01T12:00-04:00",
    "2020-12-28T12:00-05:00",
    "2021-02-01T12:00-05:00",
    "2021-06-03T12:00-04:00",
    "2021-09-01T12:00-04:00",
    "2022-06-10T12:00-04:00",
    SPRING,
    "2025-11-03T12:00-05:00",
)
PER_INSTANT = 40

# What check may say where permitted says this, by whether a name was asked: check reads names that resemble a listed one too, so it
# may know whose a name is where permitted does not, and bar it.
LINE = {
    "prohibited": {"barred", "blocked"},
    "unknown": {"unknown", "restricted"},
    "allowed": {"clear", "enjoined", "restricted", "unknown"},
    "not_listed": {"clear"},
}
AGREEING = {(False, status): words for status, words in LINE.items()}
AGREEING |= {(True, status): words | {"barred", "unknown"} for status, words in LINE.items()}
AGREEING[True, "unknown"] = {"clear", *AGREEING[True, "unknown"]}

RELATED = sorted(set(read_bundled("designation_lines").query("relation in ['unit', 'listed_parent', 'unverified']")["line"]))
NAMED = ("0883.HK", "0941.HK", "0981.HK", "0728.HK", "1810.HK", "0486.HK", "RUAL.ME", "0020.HK", "002415.SZ", "0005.HK")


def book(**columns):
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({**columns, "Quantity": [1] * rows, "Market Value": [100.0] * rows, "Currency": ["USD"] * rows})


def statuses(as_of, **columns):
    return check_portfolio(book(**columns), as_of=as_of).positions["status"].tolist()


def asked_of_everything():
    """Column, cell of a file, what permitted is asked, instrument: of every line, identifier and designated name."""
    lines, designations = security_lines(), read_bundled("designations")
    asked = [("Ticker", ticker, ticker, "equity") for tickers in lines["tickers"] for ticker in tickers.split("; ")]
    asked += [("ISIN", isin, isin, "equity") for isin in lines["isin"] if isin]
    asked += [("CUSIP", cusip, cusip, "equity") for cusip in lines["cusip"] if cusip]
    asked += [("Name", f"{entity} 4 05/09/29", entity, "bond") for entity in designations["entity"].unique()]
    return asked + [("ISIN", isin, isin, "equity") for isin in ("RU0007661625", "RU0009062467")]


@pytest.mark.parametrize("instant", INSTANTS)
def test_no_two_answers_of_the_law_differ(instant):
    every = asked_of_everything()
    chosen = np.random.default_rng(INSTANTS.index(instant)).choice(len(every), PER_INSTANT, replace=False)
    sample = [every[place] for place in chosen]
    cells = {name: [cell if column == name else "" for column, cell, _, _ in sample] for name in ("Ticker", "ISIN", "CUSIP", "Name")}
    checked = statuses(instant, **cells)
    answers = [permitted("buy", security, instant, instrument=instrument, as_of=instant).status for _, _, security, instrument in sample]
    assert len(checked) == len(sample)
    wrong = [
        (row, one, other) for row, one, other in zip(sample, checked, answers, strict=True) if one not in AGREEING[row[0] == "Name", other]
    ]
    assert not wrong


def is_prohibited_later(action, line, instant):
    """Whether the answer of permitted turns to prohibited at some later instant, as known now."""
    answer = permitted(action, line, instant, as_of=instant)
    while answer.until is not None and answer.status != "prohibited":
        answer = permitted(action, line, answer.until, as_of=instant)
    return answer.status == "prohibited"


def words_of_check(line, instant):
    """What check may say of a line, by what permitted answers for buying, holding and selling to divest."""
    buy, hold, divest = (permitted(action, line, instant, as_of=instant) for action in ("buy", "hold", "sell_to_divest"))
    if buy.status == "prohibited":
        return {"barred", "blocked"}
    if "prohibited" in (hold.status, divest.status):
        return {"restricted"}
    if "unknown" in (buy.status, hold.status):
        return {"unknown"}
    if any(ruling.phase == "enjoined" for ruling in buy.rulings):
        return {"enjoined"}
    later = any(is_prohibited_later(action, line, instant) for action in ("buy", "hold", "sell_to_divest"))
    return {"restricted"} if later else {"clear"}


@pytest.mark.parametrize("instant", [*INSTANTS, "2020-12-20T12:00-05:00", "2021-06-30T12:00-04:00", "2019-02-01T12:00-05:00"])
def test_check_says_of_named_and_of_related_lines_what_buying_holding_and_divesting_say(instant):
    lines = (*NAMED, *RELATED)
    cells = [line if "." in line else f"{line} US" for line in lines]
    checked = dict(zip(lines, statuses(instant, Ticker=cells), strict=True))
    asked = dict(zip(lines, cells, strict=True))  # a word without its venue may be a name, and is unknown before a list speaks of it
    wrong = [(line, status, words) for line, status in checked.items() if status not in (words := words_of_check(asked[line], instant))]
    assert len(checked) == len(set(lines)) and not wrong


@pytest.mark.parametrize("line", ["2357.HK", "1919.HK"])
def test_a_unit_of_a_listed_group_is_not_the_group(line):
    """AviChina and COSCO SHIPPING Holdings: the list names the group, OFAC FAQ 905 frees what is not listed itself, s.1260H bars nothing."""
    answer = permitted("buy", line, "2025-03-01T12:00-05:00")
    assert answer.status == "not_listed" and "a unit of the group named" in answer.changes[0]
    row = check_portfolio(book(Ticker=[line]), as_of="2025-03-01T12:00-05:00").positions.iloc[0]
    assert row["status"] == "clear" and "parent" in row["explanation" if "explanation" in row else "evidence"]


@pytest.mark.parametrize(("instant", "status"), [("2021-02-01T12:00-05:00", "unknown"), ("2021-07-01T12:00-04:00", "not_listed")])
def test_whether_a_unit_is_meant_with_its_group_was_open_while_close_names_were_barred(instant, status):
    answer = permitted("buy", "601668.SS", instant)
    assert answer.status == status and ("China State Construction Group" in answer.rule) == (status == "unknown")


def test_a_second_list_in_dispute_leaves_the_clocks_of_the_first():
    """CNOOC: two readings of its s.1260H listing since 2025, none of its listing under EO 14032."""
    row = check_portfolio(book(Ticker=["883 HK"]), as_of="2021-06-30T12:00-04:00").positions.iloc[0]
    assert row["status"] == "restricted"
    assert row["next_ban_at"] == pd.Timestamp("2021-08-02T00:01-04:00") and row["divest_by_at"] == pd.Timestamp("2022-06-03T00:01-04:00")


def test_buying_that_a_licence_frees_is_barred_when_it_ends():
    """GL 1A frees close names until 2021-05-27 09:30."""
    row = check_portfolio(book(Ticker=["600050.SS"]), as_of="2021-02-01T12:00-05:00").positions.iloc[0]
    answer = permitted("buy", "600050.SS", "2021-02-01T12:00-05:00", as_of="2021-02-01T12:00-05:00")
    assert row["next_ban_at"] == pd.Timestamp("2021-05-27T09:30-04:00") == answer.until


@pytest.mark.parametrize("cells", [{"Ticker": ["486 HK"], "ISIN": ["RU000A1025V3"]}, {"ISIN": ["RU000A1025V3"]}, {"Ticker": ["486 HK"]}])
def test_the_lines_of_an_issuer_that_left_its_list_agree(cells):
    instant = "2021-02-01T12:00-05:00"
    assert statuses(instant, **cells) == ["clear"]
    assert {permitted("buy", security, instant).status for security in ("0486.HK", "RUAL.ME", "RU000A1025V3")} == {"not_listed"}


@pytest.mark.parametrize(
    "name",
    [
        "CHINA MOBILE LIMITED CALL 60 12/24",
        "CHINA MOBILE 3 05/09/25",
        "HUAWEI 4 05/09/29",
        "AVIC 3.5 05/09/29",
        "TRS ON CHINA MOBILE",
        "CHINA GENERAL NUCLEAR POWER 3 05/09/29",
    ],
)
def test_debt_known_by_a_name_alone_is_a_proposal_of_what_the_later_list_bars(name):
    report = check_portfolio(book(Name=[name]), as_of=SPRING)
    row = report.positions.iloc[0]
    assert row["status"] == "unknown" and "it would be barred ns-cmic" in row["evidence"]
    key = f"name:{name}|proposed:{row['entity']}"
    settled = Decision(key=key, decision="same", by="ME", on="2024-03-01", why="its prospectus")
    decided = check_portfolio(book(Name=[name]), as_of=SPRING, decisions=[settled]).positions.iloc[0]
    assert decided["status"] == "barred"


def test_a_listing_rolled_into_a_later_order_is_followed_there():
    assert permitted("buy", "Huawei", SPRING, instrument="bond").status == "prohibited"
    early = permitted("buy", "Huawei Technologies Co., Ltd.", "2021-03-01T12:00-05:00")
    assert early.status == "prohibited" and early.rulings[0].programme_id == "eo13974-amend"
    assert set(deadlines("Huawei").clocks["programme_id"]) == {"eo13974-amend", "ns-cmic"}


def test_a_listing_whose_successor_is_not_on_record_is_unknown_and_says_so():
    answer = permitted("buy", "China Nuclear Engineering & Construction", SPRING, instrument="bond")
    assert answer.status == "unknown" and "not on record" in answer.rule
    without = read_bundled("programme_successions").assign(successor_fact_id="")
    assert permitted("buy", "Huawei", SPRING, tables={"programme_successions": without}).status == "unknown"


def test_a_name_that_was_left_off_stays_free_of_the_later_order():
    assert permitted("buy", "1810.HK", SPRING).status == "allowed"
    # The earlier order named the group in letters close to this line's; that the later one names the line decides nothing in March.
    early = permitted("buy", "601611.SS", "2021-03-01T12:00-05:00")
    assert early.status == "unknown" and "this line is a unit of the group named" in early.rule


def test_every_row_that_was_rolled_over_has_its_successor_of_the_later_list():
    designations = read_bundled("designations").set_index("fact_id")
    rolled = designations[designations["removal_reason"] == "Rolled into EO 14032 annex (new dates)"]
    successions = read_bundled("programme_successions")
    assert "programme_successions" in TABLES and set(successions["fact_id"]) == set(rolled.index)
    later = designations.loc[successions.loc[successions["successor_fact_id"] != "", "successor_fact_id"]]
    assert (later["programme_id"] == "ns-cmic").all() and later.index.is_unique


@pytest.mark.parametrize(
    ("isin", "name", "instant", "status"),
    [
        ("RU0009029540", "Sberbank of Russia PJSC", SPRING, "blocked"),
        ("RU0007661625", "Gazprom PJSC", SPRING, "barred"),
        ("RU0009062467", "Gazprom Neft PJSC", SPRING, "barred"),
        ("RU0009062467", "Gazprom Neft PJSC", "2025-01-13T12:00-05:00", "blocked"),
        ("RU0007661625", "", SPRING, "barred"),
    ],
)
def test_a_russian_identifier_is_not_clear_and_does_not_hide_its_issuer(isin, name, instant, status):
    assert statuses(instant, ISIN=[isin], Name=[name]) == [status]


@pytest.mark.parametrize(
    ("isin", "name"),
    [("", "RUSAL 5.125 02/02/22"), ("", "UC RUSAL"), ("US9098832093", "UC RUSAL GDR")],
)
def test_a_short_name_proposes_its_issuer(isin, name):
    assert statuses("2018-06-01T12:00-04:00", ISIN=[isin], Name=[name]) == ["unknown"]


@pytest.mark.parametrize("name", ["TENCENT MUSIC", "RUSAL LOGISTICS HOLDING", "UC HOLDING"])
def test_a_name_that_tells_something_else_proposes_nothing(name):
    assert statuses(SPRING, ISIN=["US0378331005"], Name=[name]) == ["clear"]


def test_a_disputed_listing_is_unknown_in_both():
    assert statuses("2022-06-10T12:00-04:00", Ticker=["20 HK"]) == ["unknown"]
    assert statuses("2021-12-20T12:00-05:00", Ticker=["20 HK"]) == ["unknown"]
    assert permitted("buy", "0020.HK", "2022-06-10T12:00-04:00").status == "unknown"


@pytest.mark.parametrize(
    ("code", "line", "instant"),
    [
        ("16941M109", "0941.HK", SPRING),
        ("CNE1000041W8", "0981.HK", SPRING),
        ("CNE100000981", "1186.HK", SPRING),
        ("CNE100001FN5", "1800.HK", SPRING),
        ("US1689261030", "1800.HK", SPRING),
        ("US81663N2062", "0981.HK", SPRING),
        ("600938.SS", "0883.HK", "2021-05-03T12:00-04:00"),
        ("CNU.TO", "0883.HK", SPRING),
        ("BRC1HLBDR003", "0941.HK", SPRING),
    ],
)
def test_a_code_answers_as_the_home_line_of_its_issuer(code, line, instant):
    answer, home = (permitted("buy", security, instant) for security in (code, line))
    assert (answer.status, answer.citation) == (home.status, home.citation) == ("prohibited", home.citation)
    mine, other = (deadlines(security).clocks[["programme_id", "clock", "first_prohibited_utc"]] for security in (code, line))
    assert len(mine) and set(mine.itertuples(index=False)) == set(other.itertuples(index=False))


@pytest.mark.parametrize("code", ["KYG8062L1041", "US0378331005"])
def test_a_code_of_which_no_table_says_whose_it_is_is_unknown(code):
    assert permitted("buy", code, "2022-06-10T12:00-04:00").status == "unknown"
    assert rule_book(None).issuers.doubts(code)


def test_a_name_is_the_same_without_its_signs():
    answers = {permitted("buy", f"Aviation Industry Corporation of China{comma} Ltd.", SPRING).status for comma in ("", ",")}
    assert answers == {"prohibited"}


@pytest.mark.parametrize(
    "code", ["ROSN LI", "ROSN.L", "US67812M2070", "LKOD LI", "US69343P1057", "LUKOY US", "OGZD LI", "NVTK LI", "MNOD LI", "MBT US"]
)
def test_a_receipt_is_under_the_law_of_the_shares_behind_it(code):
    column = "ISIN" if code.startswith("US6") else "Ticker"
    bought = {instant: permitted("buy", code, instant, instrument="gdr").status for instant in ("2018-06-01T12:00-04:00", SPRING)}
    assert list(bought.values()) == ["unknown", "prohibited"]
    assert [statuses(instant, **{column: [code]}) for instant in bought] == [["unknown"], ["barred"]]


@pytest.mark.parametrize(
    ("column", "code"), [("ISIN", "JE00B5BCW814"), ("ISIN", "US29355E2081"), ("Ticker", "ENPL LI"), ("Ticker", "486 HK")]
)
def test_a_code_of_a_blocked_issuer_is_blocked(column, code):
    assert statuses("2018-06-01T12:00-04:00", **{column: [code]}) == ["blocked"]


def test_a_receipt_of_another_country_is_not_caught_by_a_line_in_moscow():
    assert permitted("buy", "CHL", "2022-07-01T12:00-04:00", as_of="2020-07-01T12:00-04:00").status != "prohibited"
    assert "russia-newinv" not in set(permitted("buy", "CHL", SPRING).to_frame()["programme_id"])


def test_a_code_alone_of_which_no_table_says_whose_it_is_is_unknown_in_both():
    assert statuses("2022-06-10T12:00-04:00", ISIN=["KYG8062L1041"]) == ["unknown"]
    assert statuses("2022-06-10T12:00-04:00", ISIN=["US0378331005"], Name=["Apple Inc"]) == ["clear"]


@pytest.mark.parametrize("name", ["SZ DJI", "UNICOM HK"])
def test_an_alias_on_record_names_its_issuer(name):
    assert permitted("buy", name, SPRING, instrument="bond").status == "prohibited"


def test_a_report_rests_on_what_its_own_book_asked_whatever_was_asked_before():
    """The answers of the law are kept for the books of a folder; the sources of a report are those of its own lines."""

    def report(isin):
        return check_portfolio(pd.DataFrame({"ISIN": [isin], "Shares": [1.0], "Market Value": [1.0]}), as_of="2021-01-20T12:00-05:00")

    alone = [source.title for source in report("US0378331005").sources]
    listed = [source.title for source in report("HK0883013259").sources]
    assert [source.title for source in report("US0378331005").sources] == alone and len(listed) > len(alone)
