"""Subtotals that are no exact sum: of accrued interest, of another currency; remainders and firms that are called as totals are."""

from __future__ import annotations

import pytest

XIAOMI, MOBILE, CNOOC, SMIC, APPLE = "KYG9830T1067", "HK0941009539", "HK0883013259", "KYG8020E1199", "US0378331005"
DIFFERS, SUM = "called a total, and no sum of the lines above", "the figures are the sum of lines beside it: a total?"


ACCRUED = [
    ("Total Equities", "Total Fixed Income", ""),
    ("Total Equities", "Total Fixed Income", "Total Portfolio"),
    ("Equities subtotal", "Bonds subtotal", "Grand total"),
    ("Summe Aktien", "Summe Anleihen", "Summe Wertpapiere"),
    ("Total actions", "Total obligations", "Total portefeuille"),
    ("Totale azioni", "Totale obbligazioni", "Totale complessivo"),
    ("Total acciones", "Total bonos", "Total cartera"),
    ("Total renta variable", "Total renta fija", "Suma total"),
    ("Totaal aandelen", "Totaal obligaties", "Totaal portefeuille"),
    ("Summa aktier", "Summa obligationer", "Totalt innehav"),
    ("Razem akcje", "Razem obligacje", "Razem aktywa"),
    ("Итого акции", "Итого облигации", "Всего активов"),
    ("Итого по акциям", "Итого по облигациям", "Итого по портфелю"),
    ("株式合計", "債券合計", "総合計"),
    ("股票小计", "债券小计", "总计"),
    ("주식 합계", "채권 합계", "총계"),
]


@pytest.mark.parametrize("labels", ACCRUED)
@pytest.mark.parametrize("after", ["", "USD Cash,,,500.00"])
def test_a_subtotal_with_accrued_interest_is_no_position(read, labels, after):
    shares, bonds, whole = labels
    lines = ["Security,ISIN,Quantity,Market Value USD", f"Xiaomi,{XIAOMI},10000,42000.00", f"{shares},,,42000.00"]
    lines += ["US Treasury 1.5% 2030,US912828Z948,100000,104000.00", f"{bonds},,,104350.25"]
    lines += [line for line in (after, f"{whole},,,{146350.25 + 500.0 * bool(after):.2f}" if whole else "") if line]
    file = read(*lines)
    assert file.rows["market_value"].sum() == 146000.0 + 500.0 * bool(after) and len(file.rows) == 2 + bool(after)
    said = file.issues
    assert said.loc[said["problem"].str.startswith(DIFFERS), "row"].tolist() == [5]


@pytest.mark.parametrize("currency", ["HKD", "USD"])
@pytest.mark.parametrize(
    "labels",
    [
        ("Total Equities Hong Kong", "Total Equities United States", "Total Portfolio"),
        ("Subtotal Hong Kong", "Subtotal USA", "Total"),
        ("Summe Hongkong", "Summe USA", "Gesamtdepot"),
        ("香港小计", "美国小计", "总计"),
    ],
)
def test_a_subtotal_in_the_currency_of_the_report_is_no_position(read, labels, currency):
    hong_kong, states, whole = labels
    lines = ["Security,ISIN,Quantity,Currency,Market Value", f"Xiaomi,{XIAOMI},10000,HKD,300000", f"China Mobile,{MOBILE},1000,HKD,48000"]
    lines += [f"{hong_kong},,,{currency},44502", f"Apple,{APPLE},100,USD,13000", f"{states},,,USD,13000", f"{whole},,,USD,57502"]
    file = read(*lines)
    assert file.rows["market_value"].tolist() == [300000.0, 48000.0, 13000.0]
    assert file.issues.loc[file.issues["problem"].str.startswith(DIFFERS), "row"].tolist() == [4]


@pytest.mark.parametrize(
    "rest", ["Others", "Other", "Sonstige", "Miscellaneous", "Altri", "Autres", "Rest", "Otros", "Overige", "其他", "その他", "All others"]
)
def test_a_remainder_is_no_total_of_the_lines_beside_it(read, rest):
    weights = read("Name,Weight", "Xiaomi,20%", "Tencent,20%", "China Mobile,10%", f"{rest},50%")
    assert weights.rows["weight"].tolist() == [0.2, 0.2, 0.1, 0.5] and weights.issues.empty
    file = read("Name,Market Value", "Xiaomi,20000", "Tencent,20000", "China Mobile,10000", f"{rest},50000")
    assert len(file.rows) == 4 and file.issues["problem"].tolist() == [SUM]


@pytest.mark.parametrize("group", ["Bonds", "Anleihen", "China", "Funds"])
def test_a_lone_group_below_lines_that_sum_to_it_is_held_and_said(read, group):
    coded = (f"Xiaomi,{XIAOMI},20000", "Tencent,KYG875721634,20000", f"China Mobile,{MOBILE},10000", f"{group},,50000")
    file = read("Name,ISIN,Market Value", *coded)
    assert file.rows["market_value"].sum() == 100000.0 and file.issues["problem"].tolist() == [SUM]
    weights = read("Name,Weight", "Xiaomi,20%", "Tencent,20%", "China Mobile,10%", f"{group},50%")
    assert len(weights.rows) == 4 and weights.issues.empty
    counted = read("Name,ISIN,Market Value", *coded, "Total,,100000")
    assert counted.rows["market_value"].sum() == 100000.0 and counted.issues.empty
    again = read("Name,ISIN,Market Value", *coded, "Total,,50000")
    assert again.rows["market_value"].sum() == 50000.0 and again.issues.empty


@pytest.mark.parametrize("end", ["", "Total portefeuille;;;13820,00", "Total;;;13820,00"])
def test_a_firm_that_is_called_total_is_held_by_its_price_or_by_the_printed_total(read, end):
    lines = ("Titre;Quantité;Cours;Valorisation EUR", "LVMH;10;600,00;6000,00", "Total;100;37,20;3720,00", "Danone;100;41,00;4100,00")
    file = read(*lines, *([end] if end else []))
    assert file.rows["name"].tolist() == ["LVMH", "Total", "Danone"] and file.issues.empty
    unpriced = ("Titre;Quantité;Valorisation EUR", "LVMH;10;6000,00", "Total;100;3720,00", "Danone;100;4100,00")
    if end:
        assert read(*unpriced, end.replace(";;;", ";;")).rows["market_value"].sum() == 13820.0


def test_a_sum_of_lots_with_its_mean_price_is_a_total(read):
    file = read("Name,Quantity,Price,Value", "Xiaomi,1000,3.00,3000", "Xiaomi,500,3.60,1800", "Total,1500,3.20,4800")
    assert file.rows["market_value"].tolist() == [3000.0, 1800.0] and file.issues.empty


def test_the_weights_of_a_whole_book_keep_a_firm_that_is_called_total(read):
    file = read("Name,Weight", "Shell,50%", "Total,5%", "BP,45%")
    assert file.rows["name"].tolist() == ["Shell", "Total", "BP"] and file.issues.empty


HEAD, UST = "Security,ISIN,Quantity,Value USD", "UST 2030,US912828Z948,100000,104000"
A, B, C = f"Xiaomi,{XIAOMI},10000,42000", f"China Mobile,{MOBILE},1000,6000", f"Apple,{APPLE},100,13000"
WHOLES = {
    "cash is held though it is called a total": (
        (A, "Total Equities,,,42000", "Total Cash,,,5000", "Total Portfolio,,,47000"),
        47000,
        False,
    ),
    "cash without a printed total is held and said": ((A, "Total Equities,,,42000", "Total Cash,,,5000"), 47000, True),
    "cash and its lines": ((A, "USD cash,,,3000", "EUR cash,,,2000", "Total cash,,,5000", "Total,,,47000"), 47000, False),
    "what is accrued is held": ((UST, "Total accrued interest,,,350", "Total portfolio,,,104350"), 104350, False),
    "a bond total in a bond total": (
        (UST, "Total Treasuries,,,104350", A, "Total Equities,,,42000", "Total Assets,,,146350"),
        146000,
        True,
    ),
    "subtotals first": (("Total Fixed Income,,,104350", UST, "Total Equities,,,48000", A, B), 152000, True),
    "groups first, one of them with what is accrued": (("Fixed Income,,,104350", UST, "Equities,,,48000", A, B), 152000, True),
    "each group to the cent": ((A, "China,,,42000", C, "USA,,,13000"), 55000, False),
    "a firm called as a total that the printed one counts": ((A, "Total Gabon,,,8000", C, "Total,,,63000"), 63000, False),
    "a firm called as a total": ((A, "Total Gabon,,,8000", C), 63000, True),
    "a firm of weak words": ((A, "Consolidated Energy,,,7000", C), 62000, True),
    "a page": ((A, "Carried forward to page 2,,,42000", "Brought forward from page 1,,,42000", C, "Total,,,55000"), 55000, False),
    "a total with what is accrued": ((UST, "Total incl. accrued interest,,,104350"), 104000, True),
    "a total that names its lines": ((A, "Xiaomi bond,US98422HAA41,1000,1000", "Total Xiaomi,,,43010", C), 56000, True),
    "a total of lines that are left out": ((A, "Total Equities,,,420000"), 42000, True),
    "a part that is printed again": ((A, B, "Total,,,48000", "of which Hong Kong,,,6000"), 48000, False),
    "cash that heads its currencies": (("Cash,,,300", "USD,,,100", "HKD,,,200", A, B, "Total,,,48300"), 48300, False),
    "cash that heads its currencies, and no total": (("Cash,,,300", "USD,,,100", "HKD,,,200", A, B), 48600, True),
    "shortened words": ((A, "Tot. Equities,,,42000", UST, "Tot. Fixed Inc.,,,104350"), 146000, True),
    "places by their letters": ((A, "Total HK,,,5400", C, "Total US,,,13000"), 55000, True),
    "what was gained": ((A, "Total unrealised gain/loss,,,1200"), 42000, True),
    "firms beside a share": ((A, "Total Energy Services Inc,,,9000", "Group Five,,,800", "All China Fund,,,7000"), 58800, True),
    "a page that is called by no word of the table": ((A, B, "Continued,,,48000", C, "Total,,,61000"), 61000, False),
}


@pytest.mark.parametrize("case", WHOLES)
def test_what_is_counted_of_a_book_and_what_is_said(read, case):
    lines, held, said = WHOLES[case]
    file = read(HEAD, *lines)
    assert file.rows["market_value"].sum() == held and (not file.issues.empty) is said


def test_a_total_has_a_quantity_that_is_a_sum_or_is_held_and_said(read):
    head, lines = "Security,ISIN,Currency,Quantity,Market Value", (f"Xiaomi,{XIAOMI},HKD,10000,300000", f"Apple,{APPLE},USD,100,13000")
    assert len(read(head, *lines, "Total,,,10100,51700").rows) == 2
    accrued = ("Name,Quantity,Value", "UST,1000,1040", "Bund,500,520", "Total Fixed Income,1500,1566")
    assert read(*accrued).rows["market_value"].sum() == 1560
    firm = read("Name,Quantity,Value", "Shell,10,300", "Total,7,66", "BP,3,44")
    assert firm.rows["market_value"].sum() == 410 and firm.issues["row"].tolist() == [3]


OTHERS = [
    ("Otros", "Nombre"),
    ("Altri titoli", "Titolo"),
    ("Overige posities", "Naam"),
    ("Прочие", "Название"),
    ("기타", "종목명"),
    ("其他", "名称"),
]


@pytest.mark.parametrize(("rest", "head"), OTHERS)
def test_weights_with_a_remainder_sum_to_a_book(read, rest, head):
    file = read(f"{head},ISIN,Weight", f"Xiaomi,{XIAOMI},30", f"China Mobile,{MOBILE},15", f"CNOOC,{CNOOC},5", f"{rest},,50")
    assert file.rows["weight"].sum() == 1.0 and file.issues.empty


def test_a_remainder_that_heads_lines_is_their_total_where_the_weights_say_so(read):
    lines = (f"Xiaomi,{XIAOMI},35", f"SMIC,{SMIC},25", "Other,,40", f"China Mobile,{MOBILE},30", f"CNOOC,{CNOOC},10")
    assert read("Name,ISIN,Weight", "Technology,,60", *lines).rows["weight"].round(4).tolist() == [0.35, 0.25, 0.3, 0.1]


@pytest.mark.parametrize(
    "names",
    [
        (
            "Global Payments",
            "Cash Converters",
            "Others Co",
            "All Cosmos",
            "Sum Holdings",
            "Equity Residential",
            "China Resources",
            "Report Co",
        ),
        ("Safaricom", "Total Kenya", "KCB", "Transport", "Report", "Net One", "Consolidated Energy", "Rest Super"),
    ],
)
@pytest.mark.parametrize("weight", [12.5, 6.25])
def test_firms_of_equal_weight_that_are_called_as_totals_are_held(read, names, weight):
    file = read("Name,Weight", *(f"{name},{weight}%" for name in names))
    assert file.rows["name"].tolist() == list(names)
