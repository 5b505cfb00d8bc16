"""Lines of one security beside each other: all are positions, unless one of them is a summary in kind and by its figures."""

from __future__ import annotations

import pytest

from impact.holdings import read_holdings

XIAOMI, MOBILE = "KYG9830T1067", "HK0941009539"
SUM = "the sum of the lines of the same security beside it: a summary of them?"
SORTS = ["Custodian", "Lot", "Strategy", "Client", "Broker", "Manager", "Sub-account", "Sleeve", "Desk", "Owner", "Nominee", "基金"]


@pytest.fixture
def read(tmp_path):
    def from_lines(*lines):
        path = tmp_path / "book.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_holdings(path)

    return from_lines


@pytest.mark.parametrize("heading", SORTS)
@pytest.mark.parametrize("sizes", [(300, 100, 200), (100, 200, 300)])
def test_lines_that_a_column_tells_apart_are_all_positions(read, heading, sizes):
    lines = [f"{sort},{XIAOMI},{size},{3 * size}" for sort, size in zip(("Alpha", "Beta", "Gamma"), sizes, strict=True)]
    file = read(f"{heading},ISIN,Quantity,Market Value", *lines)
    assert (file.rows["quantity"].sum(), file.rows["market_value"].sum()) == (600.0, 1800.0) and file.dropped.empty


def test_two_clients_whose_holdings_sum_to_that_of_a_third_keep_theirs_and_it_is_said(read):
    file = read("Client,ISIN,Quantity,Market Value", f"Alpha,{XIAOMI},100,300", f"Beta,{XIAOMI},100,300", f"Gamma,{XIAOMI},200,600")
    assert file.rows["quantity"].sum() == 400.0 and file.issues.loc[file.issues["problem"] == SUM, "row"].tolist() == [4]


def test_numbered_and_dated_lots_are_all_held(read):
    lots = [
        f"{XIAOMI},{lot},{day},{size},{3 * size}"
        for lot, day, size in ((1, "2020-01-03", 100), (2, "2020-02-03", 100), (3, "2020-03-03", 200))
    ]
    file = read("ISIN,Lot,Trade Date,Quantity,Market Value", *lots)
    assert (file.rows["quantity"].sum(), file.rows["market_value"].sum()) == (400.0, 1200.0)


def test_long_and_short_lines_are_no_lots(read):
    file = read("ISIN,Quantity,Market Value", *(f"{XIAOMI},{size},{3 * size}" for size in (300, -200, 500)))
    assert file.rows["quantity"].tolist() == [300.0, -200.0, 500.0]


def test_sums_that_nothing_else_tells_are_kept_and_said(read):
    file = read("ISIN,Quantity", *(f"{XIAOMI},{size}" for size in (300, 100, 200)))
    assert file.rows["quantity"].sum() == 600.0 and file.issues["row"].tolist() == [2]


def test_a_run_that_sums_up_says_nothing_of_a_pair_of_another_security(read):
    pair = [f"{MOBILE},2020-05-01,50,500", f"{MOBILE},2020-05-02,50,500"]
    told = [f"{XIAOMI},,300,900", f"{XIAOMI},2020-01-03,100,300", f"{XIAOMI},2020-02-03,200,600"]
    file = read("ISIN,Acquired,Quantity,Market Value", *told, *pair)
    assert file.rows["quantity"].tolist() == [300.0, 50.0, 50.0] and file.dropped["row"].tolist() == [3, 4]
    untold = [f"{XIAOMI},2019-12-03,300,900", *told[1:]]
    assert read("ISIN,Acquired,Quantity,Market Value", *untold, *pair).rows["quantity"].sum() == 700.0


@pytest.mark.parametrize(
    "summary", ["", "--", "Various", "Total", "合计", "All", "Multi", "Multiple", "mixed", "Alle", "Tous", "Todos", "全部"]
)
def test_a_summary_is_blank_or_a_word_where_its_lots_are_filled(read, summary):
    lines = [f"{XIAOMI},2020-01-03,100,300", f"{XIAOMI},2020-02-03,200,600", f"{XIAOMI},{summary},300,900"]
    file = read("ISIN,Acquired,Quantity,Market Value", *lines)
    assert file.rows["quantity"].tolist() == [300.0] and file.dropped["row"].tolist() == [2, 3] and file.issues.empty


def test_a_column_that_calls_lots_lots_tells_their_summary(read):
    lines = [f"Position,{XIAOMI},300", f"Lot,{XIAOMI},100", f"Lot,{XIAOMI},200"]
    assert read("Level,ISIN,Quantity", *lines).rows["quantity"].tolist() == [300.0]


def test_a_blank_above_one_of_the_lots_alone_tells_nothing(read):
    lines = [f"{XIAOMI},,300,900", f"{XIAOMI},new,100,300", f"{XIAOMI},,200,600"]
    assert read("ISIN,Note,Quantity,Market Value", *lines).rows["quantity"].sum() == 600.0


@pytest.mark.parametrize(
    "lots",
    [
        (",Lot,100,20,2000,2020-01-01", ",Lot,200,20,4000,2020-01-01", ",Lot,100,29,2900,2020-03-01"),
        ("Lot 1,,100,20,2000,2020-01-01", "Lot 2,,200,20,4000,2020-01-01", "Lot 1,,100,29,2900,2020-03-01"),
        (",2020-01-01,100,20,2000,", ",2020-01-02,200,20,4000,", ",2020-03-01,100,29,2900,"),
    ],
)
def test_lots_without_a_code_are_parts_of_the_line_above(read, lots):
    file = read(
        "Symbol,Name,Quantity,Price,Value USD,Acquired",
        "XIACY,XIAOMI ADR,300,20,6000,", lots[0], lots[1], "CHL,CHINA MOBILE ADR,100,29,2900,", lots[2],
    )  # fmt: skip
    assert file.rows["ticker"].tolist() == ["XIACY", "CHL"] and file.rows["market_value"].sum() == 8900.0
    assert set(file.dropped["reason"]) == {"a part of a position that is counted as a whole"}


def test_lots_known_by_their_name_alone_are_parts_of_their_summary(read):
    lots = ("XIAOMI,300,6000,Various", "XIAOMI,100,2000,2020-01-01", "XIAOMI,200,4000,2020-02-01")
    assert read("Name,Quantity,Market Value,Acquired", *lots).rows["quantity"].tolist() == [300.0]


def test_holdings_that_a_word_tells_from_a_blank_are_all_held(read):
    lines = (f"{XIAOMI},1000,3000,", f"{XIAOMI},600,1800,pledged to UBS", f"{XIAOMI},400,1200,lock-up")
    file = read("ISIN,Quantity,Market Value,Remark", *lines)
    assert file.rows["quantity"].sum() == 2000.0 and SUM in file.issues["problem"].tolist()


def test_a_word_for_all_lots_tells_the_summary_of_a_single_lot_too(read):
    lines = [f"{XIAOMI},All,2000,8400", f"{XIAOMI},1,1500,6300", f"{XIAOMI},2,500,2100", f"{MOBILE},All,1000,6000", f"{MOBILE},1,1000,6000"]
    file = read("ISIN,Lot,Quantity,Market Value", *lines)
    assert file.rows["quantity"].tolist() == [2000, 1000] and file.issues.empty
