"""A line is a total where it is called one and the figures agree, or where it has no name: no named position is lost to a sum."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.holdings import read_holdings

SAID = "the figures are the sum of lines beside it: a total?"
XIAOMI, MOBILE, CNOOC = "KYG9830T1067", "HK0941009539", "HK0883013259"


@pytest.mark.parametrize(
    "lines",
    [
        ("Name,% of NAV", "Tencent Holdings,5.30", "China Telecom Corp,0.30", "China Unicom,0.40", "China Mobile Ltd,0.50", "Samsung,3.10"),
        ("Name,Weight", "A,0.30%", "B,0.40%", "C,0.50%", "D,0.60%", "E,0.70%", "F,97.5%"),
        ("Name,% of NAV", "小米集团,0.30", "中国联通,0.40", "中国移动,0.50", "中国海洋石油,0.45"),
        ("Name,% of NAV", "A,0.60", "B,0.50", "Unlisted: Yangtze Memory,0.45", "Cash,1.10"),
        ("Name,% of Account", "A,1.9%", "B,0.6%", "Cash & Cash Investments,2.3%"),
        ("Name,% of NAV", "A,0.60", "B,0.50", "CASH USD,0.90"),
        ("Name,Ticker,Market Value,% of NAV", "A,AAA,,0.60", "B,BBB,,0.80", "US DOLLAR,-,,1.40"),
        ("Name,% of NAV", "A,0.30", "B,0.40", "China Mobile,0.70"),
    ],
)
def test_small_weights_are_no_sums(read, lines):
    file = read(*lines)
    assert file.rows["name"].tolist() == [line.split(",")[0] for line in lines[1:]] and file.dropped.empty and file.issues.empty


def test_weights_of_a_whole_book_clear_a_line_whose_value_is_a_sum(read):
    file = read("Name,Market Value,Weight", "Baidu Inc,100000,10%", "Alibaba Group,200000,20%", "JD.com,300000,30%", "Tencent,400000,40%")
    assert len(file.rows) == 4 and file.dropped.empty and file.issues.empty


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Name,Market Value", ("China Telecom,100000", "China Unicom,200000", "China Mobile Ltd,300000")),
        ("Name,Quantity,Market Value", ("XIAOMI,1,4000", "CHINA MOBILE,1,5000", "Private: DJI Technology,,9000")),
        ("Name,Quantity,Market Value", ("XIAOMI,1,4000", "CHINA MOBILE,1,5000", "US Dollar,,9000")),
        ("Name,Market Value", ("Shell,100", "BP,200", "Total Energies,300")),
        ("Name,Market Value", ("Shell,100", "BP,200", "TotalEnergies SE,300")),
        ("Name,Market Value", ("Shell,100", "BP,200", "Balance Labs,300")),
        ("Name,Market Value", ("Shell,100", "BP,200", "Summe AG,300")),
    ],
)
def test_a_named_line_whose_value_is_a_sum_stays_and_is_said(read, head, lines):
    file = read(head, *lines)
    assert len(file.rows) == 3 and file.dropped.empty
    assert file.issues.loc[file.issues["problem"] == SAID, "row"].tolist() == [4]


@pytest.mark.parametrize("name", ["Total Capital International", "Total Energies", "Private: DJI Technology"])
def test_a_printed_total_that_counts_a_line_keeps_it(read, name):
    file = read("Name,Quantity,Market Value", "A,1,7000", "B,1,3000", f"{name},,10000", "C,1,500", "Total,,20500")
    assert file.rows["market_value"].sum() == 20500 and file.issues.empty
    file = read("Name,Quantity,Market Value", "A,1,3000", f"{name},,3000", "C,1,4000", "Total,,10000")
    assert file.rows["market_value"].sum() == 10000 and file.issues.empty


@pytest.mark.parametrize("name", ["Smith Family", "Strategy Alpha", "中国精选"])
def test_a_printed_total_that_does_not_count_a_line_tells_that_it_is_a_sum(read, name):
    file = read("Name,Quantity,Market Value", "A,1,7000", "B,1,3000", f"{name},,10000", "C,1,500", "Total,,10500")
    assert file.rows["name"].tolist() == ["A", "B", "C"] and file.issues.empty
    file = read("Name,% of NAV", "A,60.00", "B,30.00", f"{name},90.00", "C,10.00")
    assert file.rows["name"].tolist() == ["A", "B", "C"] and file.issues.empty


def test_of_two_lines_that_could_both_be_the_sum_neither_is_lost(read):
    file = read("Name,Weight", "Alpha,50%", "A,20%", "B,30%", "Fund C,50%")
    assert len(file.rows) == 4 and file.issues["problem"].tolist() == [SAID]


def test_a_name_that_opens_a_second_table_is_no_grand_total(read):
    table = "Name,Quantity,Market Value"
    file = read("Fund A", table, "Apple,1,4000", "BP,1,3000", "", "Fund B", table, "SMIC,,7000", "Shell,2,100")
    assert file.rows["name"].tolist() == ["Apple", "BP", "SMIC", "Shell"]
    assert any("over several tables" in problem for problem in file.issues["problem"])


@pytest.mark.parametrize("more", [("", ""), (",Account Name,Cost Basis Total,Type", ",Brokerage,,Cash")])
def test_the_money_market_fund_of_another_account_stays(read, more):
    head, cells = more
    file = read(
        f"Account Number,Symbol,Description,Quantity,Last Price,Current Value,Percent Of Account{head}",
        f'Z1,XIACY,XIAOMI CORP UNSP ADR,1000,$20.00,"$20,000.00",87.34%{cells}',
        f'Z1,CHL,CHINA MOBILE LTD SPON ADR,100,$29.00,"$2,900.00",12.66%{cells}',
        f'Z2,SPAXX**,FIDELITY GOVERNMENT MONEY MARKET,,,"$500.00",100.00%{cells}',
        f'Z2,Pending Activity,,,,"$123.00",{cells}',
    )
    assert file.rows["row"].tolist() == [2, 3, 4, 5] and file.dropped.empty


@pytest.mark.parametrize(
    ("lines", "weights"),
    [
        (("Name,ISIN,Weight", f"XIAOMI,{XIAOMI},0.60", f"CHINA MOBILE,{MOBILE},0.40", "Total,,1.00"), [0.6, 0.4]),
        (("Name;ISIN;Gewicht", f"XIAOMI;{XIAOMI};0,60", f"CHINA MOBILE;{MOBILE};0,40", "Summe;;1,00"), [0.6, 0.4]),
        (("Name,ISIN,Weight", "Technology,,0.60", f"XIAOMI,{XIAOMI},0.25", f"CNOOC,{CNOOC},0.35", "Telecom,,0.40", f"CM,{MOBILE},0.40"), [0.25, 0.35, 0.4]),
        (("Name,ISIN,% Weight", f"XIAOMI,{XIAOMI},60.00%", f"CHINA MOBILE,{MOBILE},40.00%", "Total,,100.00%"), [0.6, 0.4]),
    ],
)  # fmt: skip
def test_the_unit_of_weights_is_that_of_the_positions(read, lines, weights):
    file = read(*lines)
    assert file.rows["weight"].tolist() == pytest.approx(weights) and file.issues.empty
    assert not any("rows are missing" in said for said in file.assumptions)


@pytest.mark.parametrize("total", [True, False])
def test_percent_cells_of_a_workbook_are_fractions(total):
    held = pd.DataFrame({"Name": ["XIAOMI", "CHINA MOBILE", "Total"], "% Weight": [0.6, 0.4, 1.0]})
    workbook = io.BytesIO()
    held.head(3 if total else 2).to_excel(workbook, index=False)
    assert read_holdings(workbook.getvalue()).rows["weight"].tolist() == [0.6, 0.4]


@pytest.mark.parametrize("column", ["ISIN", "SEDOL", "CUSIP", "Security ID"])
@pytest.mark.parametrize("label", ["TOTAL", "Grand total", "SUBTOTAL", "Gesamtsumme", "合计", "Total Equities"])
def test_a_label_of_a_total_in_a_column_of_codes_is_no_code(read, column, label):
    code = {"ISIN": (XIAOMI, MOBILE), "Security ID": (XIAOMI, MOBILE), "SEDOL": ("BG0ZMJ9", "6073556"), "CUSIP": ("98421U108", "16941M109")}
    first, second = code[column]
    file = read(f"{column},Name,Shares,Value (USD)", f"{first},XIAOMI,1000,4000", f"{second},CHINA MOBILE,1000,5000", f"{label},,2000,9000")
    assert file.rows["name"].tolist() == ["XIAOMI", "CHINA MOBILE"] and file.issues.empty
    file = read(f"{column},Name,Shares,Value (USD)", f"{first},XIAOMI,1000,4000", f"{label},,,4000")
    assert file.rows["name"].tolist() == ["XIAOMI"] and file.issues.empty


@pytest.mark.parametrize("label", ["Total", "All", "Grand Total", "合计"])
def test_an_account_that_is_called_a_total_sums_the_lines_of_its_security(read, label):
    file = read(
        "Account,ISIN,Name,Quantity,Market Value,Currency",
        f"A1,{XIAOMI},Xiaomi,1000,32000,HKD", f"A2,{XIAOMI},Xiaomi,2000,64000,HKD", f"{label},{XIAOMI},Xiaomi,3000,96000,HKD",
        f"A1,{CNOOC},CNOOC,700,5600,HKD", f"{label},{CNOOC},CNOOC,700,5600,HKD",
    )  # fmt: skip
    assert file.rows["account"].tolist() == ["A1", "A2", "A1"] and file.rows["market_value"].sum() == 101600
    above = read("Account,Name,Market Value", f"{label},Xiaomi,300", "A1,Xiaomi,100", "A2,Xiaomi,200", "A1,CNOOC,50")
    assert above.rows["market_value"].sum() == 350


def test_an_account_that_is_called_a_total_and_sums_nothing_is_one(read):
    file = read("Account,ISIN,Name,Quantity", f"Total,{XIAOMI},Xiaomi,100", f"Total,{CNOOC},CNOOC,50", f"A1,{MOBILE},China Mobile,7")
    assert len(file.rows) == 3


LONE = (
    "Portfolio value", "Account value", "Ending Value", "Ending balance", "Net asset value", "Gesamtvermögen", "Depotgesamtwert",
    "Valeur totale", "Valor total", "Patrimonio total", "资产合计", "股票合计", "Equity Total", "Total Equity", "Total Fixed Income", "Összesen",
    "Celkem", "รวม", "Итого по портфелю", "Totale portafoglio", "Total market value", "Total Cash",
)  # fmt: skip


@pytest.mark.parametrize("label", LONE)
@pytest.mark.parametrize("head", ["Name,ISIN,Quantity,Value", "Symbol,Name,ISIN,Quantity,Value"])
def test_the_total_of_a_single_position_is_known_by_what_it_is_called(read, label, head):
    before = "" if head.startswith("Name") else "XIACY,"
    lone = f"{label},,,3000" if head.startswith("Name") else f"{label},,,,3000"
    file = read(head, f"{before}XIAOMI CORP,{XIAOMI},1000,3000", lone)
    assert len(file.rows) == 1 and file.issues.empty


def test_the_net_of_long_and_short_is_no_position(read):
    file = read("Name,ISIN,Quantity,Value", f"A,{XIAOMI},10,4000", f"B,{MOBILE},-10,-3000", "Gross,,,7000", "Net,,,1000")
    assert file.rows["name"].tolist() == ["A", "B"] and file.issues.empty


@pytest.mark.parametrize("ticker", ["SUM", "ALL"])
def test_a_symbol_that_spells_a_total_is_a_share(read, ticker):
    file = read("Ticker,Name,Quantity,Market Value", "XIACY,XIAOMI,10,100", f"{ticker},A FIRM,20,100", "CHL,CHINA MOBILE,5,60")
    assert len(file.rows) == 3 and file.dropped.empty
    assert len(read("Ticker,Quantity,Market Value", "XIACY,10,100", f"{ticker},20,105").rows) == 2


FIRMS = st.sampled_from(
    ["Xiaomi Corp", "China Mobile Ltd", "China Telecom", "China Unicom", "SMIC", "Total Energies", "TotalEnergies SE", "Total Capital International",
     "Balance Labs", "Summe AG", "小米集团", "中国移动", "中国海洋石油", "US Dollar", "Cash USD", "Private: DJI", "Апекс", "トヨタ自動車", "Suma Capital",
     "Alibaba", "Gesamt AG", "Sumitomo", "Allianz", "Net Lease", "Value Line"]
)  # fmt: skip
LABELS = st.sampled_from(
    ["Total", "Grand total", "Gesamtsumme", "Total général", "合计", "合計", "Итого", "Totale", "Razem", "Suma", "Yhteensä"]
)


@settings(deadline=None, max_examples=60)
@given(
    names=st.lists(FIRMS, min_size=2, max_size=9, unique=True),
    sizes=st.lists(st.integers(1, 12), min_size=9, max_size=9),
    by=st.sampled_from(["value", "weight", "both"]),
    step=st.sampled_from([1, 5, 100]),
    label=st.one_of(st.none(), LABELS),
    group=st.one_of(st.none(), st.integers(1, 8)),
)
def test_no_named_position_is_lost_and_no_total_counted(names, sizes, by, step, label, group):
    held = [(name, size * step) for name, size in zip(names, sizes, strict=False)]
    whole = sum(size for _, size in held)
    lines = list(held)
    if group is not None and label is not None and group < len(held):
        lines[group:group] = [("Sub-total", sum(size for _, size in held[:group]))]
    lines += [(label, whole)] if label else []
    columns = {"value": ("Market Value",), "weight": ("Weight",), "both": ("Market Value", "Weight")}[by]
    cells = {"Market Value": [str(1000 * size) for _, size in lines], "Weight": [f"{100 * size / whole:.2f}%" for _, size in lines]}
    book = pd.DataFrame({"Name": [name for name, _ in lines], **{column: cells[column] for column in columns}})
    file = read_holdings(book)
    assert file.rows["name"].tolist() == names[: len(held)]
