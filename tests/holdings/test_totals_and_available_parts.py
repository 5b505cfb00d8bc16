"""Headings that are an amount only beside what confirms them: a bare Total, the available part of a quantity, a value in PC."""

from __future__ import annotations

import pytest

from impact.errors import InputError
from impact.holdings.quantity_parts import quantity_parts

XIAOMI, APPLE = "KYG9830T1067", "US0378331005"


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Name,ISIN,Quantity,Day gain,Total", (f"Xiaomi,{XIAOMI},100,25,200", f"Acme,{APPLE},10,5,60")),
        ("Name,ISIN,Quantity,Price,Commission,Total", (f"Xiaomi,{XIAOMI},100,25,20,2520", f"Acme,{APPLE},10,5,10,60")),
        ("Name,ISIN,Quantity,Price,Commission,Total USD", (f"Xiaomi,{XIAOMI},100,25,20,2520", f"Acme,{APPLE},10,5,10,60")),
    ],
)
def test_a_total_that_no_product_gives_is_no_value_and_it_is_said(read, head, lines):
    file = read(head, *lines)
    assert file.rows["quantity"].tolist() == [100.0, 10.0] and file.rows["market_value"].isna().all()
    assert file.issues[["column", "action"]].to_numpy().tolist() == [["market_value", "column not used"]]


def test_a_total_of_shares_by_fund_is_no_money(read):
    head, lines = "Name,ISIN,Fund A,Fund B,Total", (f"Xiaomi,{XIAOMI},100,25,125", f"Acme,{APPLE},10,5,15")
    with pytest.raises(InputError, match="'Total' is not read: .* gains, costs or shares"):
        read(head, *lines)
    assert read(head, *lines, columns={"quantity": "Total"}).rows["quantity"].tolist() == [125.0, 15.0]


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Name,ISIN,Quantity,Price,Total", (f"Xiaomi,{XIAOMI},100,25.5,2550", f"Acme,{APPLE},10,5,50")),
        ("Name;ISIN;Menge;Kurs;Total", (f"Xiaomi;{XIAOMI};100;25,50;2.550,00", f"Acme;{APPLE};10;5,00;50,00")),
        ("Name,ISIN,Currency,Quantity,Value,Total CHF", (f"Xiaomi,{XIAOMI},HKD,100,19770,2550", f"Acme,{APPLE},CHF,10,50,50")),
        ("Name,ISIN,Quantity,Price,Currency,Total", (f"Xiaomi,{XIAOMI},100,197.7,HKD,2550", f"Acme,{APPLE},10,5,USD,50")),
    ],
)
def test_a_total_that_is_quantity_times_price_is_the_value(read, head, lines):
    assert read(head, *lines).rows["market_value"].tolist() == [2550.0, 50.0]


def test_a_total_that_the_caller_names_is_read(read):
    file = read("Name,ISIN,Quantity,Total", f"Xiaomi,{XIAOMI},100,2520", columns={"market_value": "Total"})
    assert file.rows["market_value"].tolist() == [2520.0]


def test_pledged_and_locked_parts_are_added_to_the_available_one_and_said(read):
    head = "Symbol,ISIN,Quantity Available,Quantity Discrepant,Quantity Long Term,Quantity Pledged (Margin),Quantity Pledged (Loan),Previous Closing Price"
    file = read(head, f"XIAOMI,{XIAOMI},100,0,40,500,0,25", f"ACME,{APPLE},10,0,0,0,0,25")
    assert file.rows["quantity"].tolist() == [600.0, 10.0] and file.issues["row"].tolist() == [1, 2]
    assert file.issues["problem"].iat[0].endswith("may be a further part: Quantity Discrepant, Quantity Long Term")
    assert file.issues["action"].iat[1] == "added to it"
    file = read("Scheme;ISIN;Available Units;Locked Units;Price", f"XIAOMI;{XIAOMI};100,5;1.500,25;25", f"ACME;{APPLE};10,5;0;25,5")
    assert file.rows["quantity"].tolist() == [1600.75, 10.5]


@pytest.mark.parametrize("heading", ["Margin", "Unsettled Qty", "T1 Quantity", "T+1 Qty", "Collateral Quantity", "Shares on Loan (Lent)"])
def test_a_part_that_may_lie_within_the_available_one_leaves_the_quantity_unknown(read, heading):
    file = read(f"Symbol,ISIN,Quantity Available,{heading},Market Value", f"XIAOMI,{XIAOMI},100,500,900", f"ACME,{APPLE},10,0,90")
    assert file.rows["quantity"].isna().tolist() == [True, False] and file.rows["quantity"].iat[1] == 10.0
    assert file.issues["row"].tolist() == [2] and "nothing tells" in file.issues["problem"].iat[0]


@pytest.mark.parametrize(
    ("headings", "parts"),
    [
        (["Symbol", "Quantity Available", "Pledged"], (2,)),
        (["Symbol", "Quantity", "Pledged"], ()),
        (["Symbol", "Available Units", "Collateral Value", "Margin %", "Blocked Units"], (4,)),
        (["Symbol", "Settled Quantity", "Unsettled Quantity", "Pledged Quantity"], (2,)),
    ],
)
def test_which_columns_are_further_parts(headings, parts):
    assert quantity_parts(headings, 1) == parts


@pytest.mark.parametrize(
    "head",
    ["Verfügbarer Bestand;Gesperrter Bestand", "Stück frei;Stück gesperrt", "Ilość dostępna;Ilość zablokowana", "Ilość dostępnych;Zablokowane",
     "Quantité disponible;Quantité nantie", "Titres disponibles;Titres nantis", "Quantità disponibile;Quantità impegnata",
     "Titoli disponibili;Titoli pignorati", "Cantidad disponible;Cantidad pignorada", "Quantidade disponível;Quantidade bloqueada",
     "Beschikbaar aantal;Geblokkeerd aantal", "Antal tillgängligt;Antal spärrat", "Free Balance;Pledge Balance", "可用数量;冻结数量",
     "Available.Qty;Blocked.Qty"],
)  # fmt: skip
def test_what_cannot_be_sold_is_added_in_every_gender_and_number(read, head):
    lines = (f"Xiaomi;{XIAOMI};100;20;120", f"Acme;{APPLE};50;0;50")
    file = read(f"Name;ISIN;{head}", *(line.rpartition(";")[0] for line in lines))
    assert file.rows["quantity"].tolist() == [120.0, 50.0] and file.issues[["row", "action"]].values.tolist() == [[2, "added to it"]]
    for total in ("Total Quantity", "Gesamtbestand"):  # one is known, and one is not
        assert read(f"Name;ISIN;{head};{total}", *lines).rows["quantity"].tolist() == [120.0, 50.0]


@pytest.mark.parametrize(
    "head",
    [
        "Curr. Bal,Free Bal,Pldg. Bal",
        "Available Quantity,Current Balance,Pledged",
        "Free Qty,Balance,Lock Qty",
        "Free Units,Bestand,Gesperrt",
    ],
)
def test_a_quantity_of_the_whole_is_read_before_its_part_whatever_their_order(read, head):
    cells = {"Curr. Bal,Free Bal,Pldg. Bal": "1000,800,200"}.get(head, "800,1000,200")
    file = read(f"ISIN,Name,{head},Value", f"{XIAOMI},XIAOMI,{cells},243000", f"{APPLE},APPLE,50,50,0,100000")
    assert file.rows[["quantity", "market_value"]].values.tolist() == [[1000, 243000], [50, 100000]]


def test_figures_of_a_quantity_that_nothing_names_are_told_beside_known_parts(read):
    file = read("ISIN,Name,Free Bal,Beneficiary Bal,Pledge Bal,Day change", f"{XIAOMI},XIAOMI,800,1100,200,5", f"{APPLE},APPLE,50,60,0,7")
    assert file.rows["quantity"].tolist() == [1000, 50]
    told = file.issues.loc[file.issues["column"] == "quantity", "problem"].tolist()
    assert told[0] == "it is the part that is available, and of the figures beside it some may be a further part: Beneficiary Bal"


def test_figures_beside_the_available_part_that_nothing_names_are_told(read):
    file = read("Name;ISIN;Available Qty;Custody hold;Day change %", f"Xiaomi;{XIAOMI};100;20;1,5", f"Acme;{APPLE};50;5;2,5")
    assert file.rows["quantity"].tolist() == [100.0, 50.0]
    assert file.issues.loc[file.issues["column"] == "quantity", ["value", "problem"]].values.tolist() == [
        ["Available Qty", "it is the part that is available, and of the figures beside it some may be a further part: Custody hold"]
    ]
    assert read("Name;ISIN;Available Qty;Broker", f"Xiaomi;{XIAOMI};100;ABC", f"Acme;{APPLE};50;XYZ").issues.empty


def test_a_quantity_column_of_the_whole_is_read_before_its_available_part(read):
    file = read("Symbol,ISIN,Quantity,Quantity Available,Pledged Quantity", f"XIAOMI,{XIAOMI},600,100,500")
    assert file.rows["quantity"].tolist() == [600.0] and file.issues.empty


@pytest.mark.parametrize(("beside", "said"), [("", 1), (",Market Value QC", 0)])
def test_a_value_in_pc_is_not_in_the_currency_of_the_line(read, beside, said):
    more = ",30000" if beside else ""
    file = read(
        f"Name,ISIN,Quantity,Holding Currency,Market Value PC{beside}",
        f"Xiaomi,{XIAOMI},1000,HKD,3870{more}",
        f"A,{APPLE},10,USD,1000{more}",
    )
    assert file.rows["market_value"].tolist() == [3870.0, 1000.0] and file.rows["currency"].tolist() == ["", ""]
    assert len(file.issues) == said


def test_what_is_not_settled_stands_beside_what_is(read):
    file = read(
        "Symbol,ISIN,Settled Qty,Unsettled Qty,Price,Currency", f"XIAOMI,{XIAOMI},2000,1000,32.5,HKD", f"ACME,{APPLE},1000,0,45,HKD"
    )
    assert file.rows["quantity"].tolist() == [3000.0, 1000.0] and file.dropped.empty
    assert file.issues[["row", "action"]].to_numpy().tolist() == [[2, "added to it"]]


@pytest.mark.parametrize(("value", "quantity"), [("9900", 1500.0), ("6600", 1000.0)])
def test_the_value_tells_whether_a_part_is_within_the_available_one(read, value, quantity):
    file = read("Symbol,ISIN,Available Qty,T1 Qty,Price,Market Value", f"XIAOMI,{XIAOMI},1000,500,6.6,{value}")
    assert file.rows["quantity"].tolist() == [quantity]


def test_a_line_whose_quantity_its_parts_leave_unknown_is_kept(read):
    file = read("Symbol,ISIN,Settled Qty,Pending Qty,Price", f"XIAOMI,{XIAOMI},2000,1000,32.5", f"ACME,{APPLE},1000,0,45")
    assert file.rows["quantity"].isna().tolist() == [True, False] and file.dropped.empty
    assert "nothing tells" in file.issues["problem"].iat[0]


def test_a_total_quantity_is_read_before_its_parts(read):
    file = read("Symbol,Available Qty,Pledged Qty,Total Qty,LTP", "1810.HK,2000,1000,3000,32.5", "0941.HK,1000,0,1000,45")
    assert file.rows["quantity"].tolist() == [3000.0, 1000.0] and file.issues.empty


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Symbol,Free Qty,Lien Qty,Price", ("1810.HK,2000,1000,32.5", "0941.HK,1000,0,45")),
        ("证券代码,可用余额,冻结数量,市价", ("01810.HK,2000,1000,32.5", "00941.HK,1000,0,45")),
    ],
)
def test_the_available_part_alone_is_a_quantity_with_those_beside_it(read, head, lines):
    assert read(head, *lines).rows["quantity"].tolist() == [3000.0, 1000.0]


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Symbol,ISIN,Long Qty,Short Qty,Price", "100,0,25", "0,40,25"),
        ("Symbol,ISIN,Short Quantity,Long Quantity,Price", "0,100,25", "-40,,25"),
        ("Symbol,ISIN,Long Shares,Short Shares,Price", "100,,25", ",(40),25"),
    ],
)
def test_long_and_short_columns_make_one_signed_quantity(read, head, first, second):
    file = read(head, f"XIAOMI,{XIAOMI},{first}", f"ACME,{APPLE},{second}")
    assert file.rows["quantity"].tolist() == [100.0, -40.0] and file.issues.empty


def test_long_and_short_values_on_one_line_are_netted_and_it_is_said(read):
    file = read("Symbol,ISIN,Long Market Value,Short Market Value", f"XIAOMI,{XIAOMI},1000,400", f"ACME,{APPLE},0,-300")
    assert file.rows["market_value"].tolist() == [600.0, -300.0]
    assert file.issues[["row", "action"]].to_numpy().tolist() == [[2, "read as the net of both"]]
