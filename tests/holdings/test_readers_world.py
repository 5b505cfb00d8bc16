"""Files as brokers of many countries print them: headings, numbers, dates, totals, units, sheets and sections."""

import io

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import as_portfolio, check_portfolio, read_holdings
from tests.intake.samples import xlsx

X, A = "KYG9830T1067", "US0378331005"

BOOKS = {
    "German": ("utf-8", "Depotwert vom 31.12.2020\nBezeichnung;ISIN;Stück;Kurs;Kurswert in EUR;Währung\nXiaomi Corp.;{X};1.000;3,25;3.250,00;HKD\nApple Inc.;{A};10;110,5;1.105,00;USD\nGesamtsumme;;;;4.355,00;\n"),
    "French": ("cp1252", "Libellé;Code ISIN;Quantité;Cours;Valorisation (EUR);Poids\nXIAOMI CORP;{X};1 000;3,25;3 250,00 €;74,63 %\nAPPLE INC;{A};10;110,5;1 105,00 €;25,37 %\nTotal général;;;;4 355,00 €;100,00 %\n"),
    "Dutch": ("utf-8", "Product,Symbool/ISIN,Aantal,Slotkoers,Waarde in EUR\nXIAOMI CORP,{X},1000,\"3,25\",\"3250,00\"\nAPPLE INC,{A},10,\"110,50\",\"1105,00\"\n"),
    "Spanish": ("cp1252", "Denominación;Código ISIN;Títulos;Precio;Valor de mercado;Divisa\nXiaomi;{X};1.000;3,25;3.250,00;EUR\nApple;{A};10;110,5;1.105,00;EUR\nSuma;;;;4.355,00;\n"),
    "Italian": ("utf-16", "Titolo\tCodice ISIN\tQuantità\tPrezzo\tControvalore\tDivisa\nXiaomi\t{X}\t1.000\t3,25\t3.250,00\tEUR\nApple\t{A}\t10\t110,5\t1.105,00\tEUR\n"),
    "Japanese": ("cp932", "銘柄名,ISINコード,保有数量,現在値,評価額（円）\n小米集団,{X},\"1,000\",3.25,\"3,250円\"\nアップル,{A},10,110.5,\"1,105円\"\n合計,,,,\"4,355円\"\n"),
    "Chinese": ("gb18030", "证券名称,ISIN代码,持仓数量,现价,市值(港元)\n小米集团-W,{X},1000,3.25,3250.00\n苹果,{A},10,110.5,1105.00\n合计,,,,4355.00\n"),
    "Korean": ("cp949", "종목명,ISIN코드,보유수량,현재가,평가금액(원)\n샤오미,{X},\"1,000\",3.25,\"3,250\"\n애플,{A},10,110.5,\"1,105\"\n합계,,,,\"4,355\"\n"),
    "snake": ("utf-8", "security_name,isin,share_quantity,unit_price,market_value_usd\nXiaomi,{X},1000,3.25,US$3,250.00\n".replace("US$3,250.00", '"US$3,250.00"') + "Apple,{A},10,110.5,\"US$1,105.00\"\n"),
    "camel": ("utf-8", "investmentName|isinCode|sharesHeld|unitPrice|marketValue\nXiaomi|{X}|1,000|3.25|3.25K\nApple|{A}|10|110.5|1.105K\n"),
    "US broker": ("utf-8", "Account Number,Symbol/CUSIP,Description,ISIN,Quantity,Last Price,Current Value,Percent Of Account\nZ1,XIACY,XIAOMI CORP UNSP ADR,{X},1000,$3.25,\"$3,250.00\",74.63%\nZ1,AAPL,APPLE INC,{A},10,$110.50,\"$1,105.00\",25.37%\nAccount Total,,,,,,\"$4,355.00\",\n"),
}  # fmt: skip


@pytest.mark.parametrize("country", BOOKS)
def test_a_book_of_any_country_reads_alike(tmp_path, country):
    encoding, text = BOOKS[country]
    path = tmp_path / "book.csv"
    path.write_bytes(text.replace("{X}", X).replace("{A}", A).encode(encoding))
    file = read_holdings(path)
    assert file.rows["isin"].tolist() == [X, A]
    assert file.rows["quantity"].tolist() == [1000.0, 10.0]
    assert file.rows["market_value"].tolist() == [3250.0, 1105.0]
    assert file.rows["price"].tolist() == [3.25, 110.5]
    assert file.n_rows == len(file.rows) + len(file.dropped)
    assert as_portfolio(file).nav == pytest.approx(4355.0)


@pytest.mark.parametrize(
    ("heading", "currency"),
    [("Mkt Val (USD)", "USD"), ("MV_EUR", "EUR"), ("Market Value in US$", "USD"), ("市值(港元)", "HKD"), ("Value ($)", "USD")],
)
def test_the_heading_states_the_currency_of_the_values_and_the_column_that_of_the_lines(heading, currency):
    file = read_holdings(pd.DataFrame({"ISIN": [X], "Shares": [5], heading: [10.0], "Ccy": ["JPY"]}))
    assert file.rows[["currency", "price_currency"]].values.tolist() == [[currency, "JPY"]]


@pytest.mark.parametrize(("code", "currency"), [("GBp", "GBP"), ("GBX", "GBP"), ("ZAc", "ZAR"), ("ILA", "ILS")])
def test_hundredths_are_brought_to_whole_units(code, currency):
    priced = pd.DataFrame({"ISIN": [X], "Shares": [1000], "Price": [2150.5], "Currency": [code]})
    assert as_portfolio(priced).nav == pytest.approx(21_505.0) and as_portfolio(priced).currency == currency
    valued = pd.DataFrame({"ISIN": [X], "Shares": [1000], "Market Value": [2_150_500.0], "Currency": [code]})
    assert as_portfolio(valued).nav == pytest.approx(21_505.0)
    # The price is in hundredths and the value is not: quantity times price shows it.
    mixed = priced.assign(**{"Market Value": 21_505.0})
    file = read_holdings(mixed)
    assert file.rows[["market_value", "price", "currency"]].values.tolist() == [[21_505.0, pytest.approx(21.505), currency]]
    assert as_portfolio(pd.DataFrame({"ISIN": [X], "Market Value": [5.0], "Currency": ["GBP"]})).nav == 5.0


@pytest.mark.parametrize("code", ["KWF", "KWf"])
def test_fils_of_kuwait_are_thousandths(code):
    priced = pd.DataFrame({"ISIN": [X], "Shares": [1000], "Price": [741.0], "Currency": [code]})
    file = read_holdings(priced)
    assert file.rows[["price", "currency"]].values.tolist() == [[pytest.approx(0.741), "KWD"]]
    assert file.issues[["column", "problem", "action"]].values.tolist() == [["price", "in thousandths of the currency", "divided by 1000"]]
    assert as_portfolio(priced).nav == pytest.approx(741.0) and as_portfolio(priced).currency == "KWD"
    mixed = priced.assign(**{"Market Value": 741.0})
    assert read_holdings(mixed).rows[["market_value", "price"]].values.tolist() == [[741.0, pytest.approx(0.741)]]
    dollars = as_portfolio(priced, currency="USD", rates={"KWD": 3.25}).nav
    assert dollars == pytest.approx(as_portfolio(priced, currency="USD", rates={"KWF": 0.00325}).nav) == pytest.approx(741.0 * 3.25)


def test_rates_are_asked_for_by_name_whatever_the_order():
    book = pd.DataFrame({"ISIN": [X, A], "Shares": [1000, 1], "Price": [2150.5, 2.0], "Currency": ["GBp", "GBP"]})
    for rates in ({"GBP": 1.36}, {"GBp": 0.0136}, {"GBp": 0.0136, "GBP": 1.36}):
        assert as_portfolio(book, currency="USD", rates=rates).nav == pytest.approx(1.36 * 21_507.0)
    with pytest.raises(InputError, match="two rates for GBP"):
        as_portfolio(book, currency="USD", rates={"GBP": 1.36, "GBp": 1.36})


@pytest.mark.parametrize(
    ("cells", "days", "undecided"),
    [
        (["01/02/2021", "25/02/2021"], ["2021-02-01", "2021-02-25"], False),
        (["01/02/2021", "02/25/2021"], ["2021-01-02", "2021-02-25"], False),
        (["01/02/2021", "03/04/2021"], [None, None], True),
        (["05/05/2021", "05/05/2021"], ["2021-05-05", "2021-05-05"], False),
        (["2021年1月14日", "14 janv. 2021"], ["2021-01-14", "2021-01-14"], False),
    ],
)
def test_one_order_of_day_and_month_a_column(cells, days, undecided):
    file = read_holdings(pd.DataFrame({"ISIN": [X, A], "Shares": [1, 2], "Date": cells}))
    assert file.rows["as_of"].tolist() == [pd.NaT if day is None else pd.Timestamp(day) for day in days]
    assert ("day and month cannot be told apart: say dayfirst" in file.issues["problem"].tolist()) == undecided


@pytest.mark.parametrize(
    "line",
    ["TOTAL,,,,5500,", "Account Total,,,,5500,USD", ",,Totals for account 123,,5500,", ",,Gesamtsumme,,5500,USD", ",,Összesen,,5500,USD", ",,合计,,5500,USD",
     ",,Net assets,,5500,USD", ",,Sub-total equities,1010,5500,USD", "Итого,--,--,--,5500,--", ",,รวม,,5500.01,"],
)  # fmt: skip
def test_a_line_that_is_a_sum_is_a_total_in_any_language(line):
    head = "Ticker,ISIN,Name,Quantity,Market Value,Currency\n"
    rows = f"AAPL US,{A},Apple Inc,10,1300,USD\n1810 HK,{X},Xiaomi Corp,1000,4200,USD\n"
    file = read_holdings(pd.read_csv(io.StringIO(head + rows + line + "\n")))
    assert len(file.rows) == 2 and file.dropped["reason"].tolist() == ["a total, not a position"]


def test_subtotals_and_a_total_of_everything_are_told_from_positions_and_cash():
    rows = [
        ("A", 1, 10.5),
        ("B", 2, 20.25),
        ("Equities", None, 30.75),
        ("C", 3, 5.0),
        ("D", 4, 7.0),
        ("Bonds", None, 12.0),
        ("Cash", None, 4.0),
        ("All", None, 46.75),
    ]
    file = read_holdings(pd.DataFrame(rows, columns=["Name", "Quantity", "Market Value"]))
    assert file.rows["name"].tolist() == ["A", "B", "C", "D", "Cash"]
    assert file.dropped["text"].tolist() == ["Equities", "Bonds", "All"]


@pytest.mark.parametrize("name", ["Total SE", "Summa Strategies", "TotalEnergies", "Gesamt AG"])
def test_a_company_called_like_a_total_stays_a_position(name):
    file = read_holdings(
        pd.DataFrame({"Name": ["A", "B", name], "Ticker": ["A", "B", "T"], "Quantity": [1, 2, 3], "Market Value": [10.0, 20.0, 5.0]})
    )
    assert len(file.rows) == 3


def test_a_cash_line_equal_to_the_line_above_is_no_total():
    file = read_holdings(pd.DataFrame({"Name": ["US dollar", "Euro"], "Market Value": [100.0, 100.0]}))
    assert len(file.rows) == 2


def test_a_million_lines_without_quantity_cost_no_square():
    n = 50_000
    book = pd.DataFrame({"Name": [f"Issuer {k}" for k in range(n)], "Market Value": np.linspace(1.0, 2.0, n)})
    assert len(read_holdings(book).rows) == n


def test_every_sheet_is_read_or_named():
    head = ["Ticker", "ISIN", "Name", "Quantity", "Market Value", "Currency"]
    book = xlsx(
        ("Cover", [["Monthly report"], ["31 January 2021"]]),
        ("Fund A", [head, ["AAPL US", A, "Apple Inc", 10, 1300, "USD"]]),
        ("Fund B", [["Portfolio of B"], head, ["1810 HK", X, "Xiaomi Corp", 1000, 4200, "USD"]]),
        ("Sectors", [["Sector", "Wert"], ["Technology", 60], ["Energy", 40]]),
    )
    path = io.BytesIO(book).getvalue()
    file = read_holdings(path)
    assert file.rows[["sheet", "row", "account", "isin"]].values.tolist() == [
        ["Fund A", 2, "Fund A", A],
        ["Fund B", 3, "Portfolio of B", X],
    ]
    assert file.n_rows == len(file.rows) + len(file.dropped) and set(file.dropped["sheet"]) == {"Cover", "Sectors", "Fund B"} - {"Fund B"}
    assert any("Cover (2 rows), Sectors (3 rows)" in note for note in file.assumptions)
    assert read_holdings(path, sheet="Fund B").rows["isin"].tolist() == [X]


STATEMENT = """Statement,Header,Field Name,Field Value
Statement,Data,Title,Activity Statement
Statement,Data,Period,"January 1, 2021 - January 29, 2021"
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U7
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value
Open Positions,Data,Summary,Stocks,HKD,1810,"1,000",1,30,30000,29.5,29500
Open Positions,Data,Summary,Stocks,USD,AAPL,10,1,100,1000,130,1300
Open Positions,Total,,Stocks,USD,,,,,1000,,1300
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,Proceeds,Comm/Fee
Trades,Data,Order,Stocks,USD,AAPL,"2021-01-05, 10:00:00",10,100,-1000,-1
Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Listing Exch
Financial Instrument Information,Data,Stocks,1810,XIAOMI CORP-CLASS B,3,KYG9830T1067,SEHK
Financial Instrument Information,Data,Stocks,AAPL,APPLE INC,2,US0378331005,NASDAQ
"""


def test_the_sections_of_a_statement_are_joined_by_symbol_and_trades_are_no_positions(tmp_path):
    path = tmp_path / "statement.csv"
    path.write_text(STATEMENT)
    file = read_holdings(path)
    assert file.rows[["ticker", "isin", "name", "exchange", "quantity", "market_value", "currency"]].values.tolist() == [
        ["1810", X, "XIAOMI CORP-CLASS B", "SEHK", 1000.0, 29500.0, "HKD"],
        ["AAPL", A, "APPLE INC", "NASDAQ", 10.0, 1300.0, "USD"],
    ]
    assert file.as_of == pd.Timestamp("2021-01-29")
    assert file.n_rows == len(file.rows) + len(file.dropped)
    assert file.n_lines == file.header_line + file.n_blank + file.n_continued + file.n_rows


def test_a_flex_statement_gives_its_positions_and_names_its_trades():
    text = (
        f'<FlexQueryResponse><FlexStatements><FlexStatement accountId="U7"><OpenPositions>'
        f'<OpenPosition accountId="U7" currency="HKD" assetCategory="STK" symbol="1810" description="XIAOMI" isin="{X}" position="1000" markPrice="29.5" positionValue="29500"/>'
        f'</OpenPositions><Trades><Trade accountId="U7" symbol="AAPL" isin="{A}" tradeDate="20210105" settleDate="20210107" quantity="10" proceeds="-1000"/></Trades>'
        "</FlexStatement></FlexStatements></FlexQueryResponse>"
    )
    file = read_holdings(text.encode())
    assert file.rows[["isin", "quantity", "market_value", "price"]].values.tolist() == [[X, 1000.0, 29500.0, 29.5]]
    assert len(file.dropped) == 1 and file.dropped["reason"].iloc[0].startswith("nothing names a position")


def test_net_assets_that_the_file_states_are_the_base():
    rows = [("Xiaomi", X, 1000, 3900.0), ("Apple", A, 10, 9100.0), ("Loan", "", None, -3000.0), ("Net assets", "", None, 10_000.0)]
    book = as_portfolio(pd.DataFrame(rows, columns=["Name", "ISIN", "Quantity", "Market Value"]))
    assert book.nav == 10_000.0 and book.positions["weight"].iloc[0] == pytest.approx(0.39)
    part = as_portfolio(b"Net Assets:,20000\nName,ISIN,Quantity,Market Value\nXiaomi,KYG9830T1067,1000,3900\n")
    assert part.nav == 20_000.0 and any("sum to" in note for note in part.assumptions)


def test_a_map_that_names_an_absent_heading_is_refused_with_the_headings_that_are_there():
    book = pd.DataFrame({"ISIN": [X], "Shares": [1]})
    with pytest.raises(InputError, match=r"columns\['isin'\]='Asset ISIN' is no heading of the table .*it has: ISIN, Shares"):
        read_holdings(book, columns={"isin": "Asset ISIN"})


def test_a_sheet_wider_than_positions_are_is_refused_as_that_or_named_beside_others(tmp_path):
    many = [f"c{number}" for number in range(1000)]
    wide = [["Name", "ISIN", "Shares", *many], ["Xiaomi", X, "10", *many]]
    with pytest.raises(InputError, match="has 1,003 columns; a table of positions has one row a position and at most 1,000"):
        read_holdings(pd.DataFrame(wide[1:], columns=wide[0]))
    path = tmp_path / "book.xlsx"
    path.write_bytes(xlsx(("held", [["Name", "ISIN", "Shares"], ["Apple", A, 10]]), ("wide", wide)))
    file = read_holdings(path)
    assert file.rows["isin"].tolist() == [A]
    assert file.dropped["reason"].str.startswith("the sheet 'wide' has 1,003 columns").sum() == 2  # its headings and its row
    report = check_portfolio(path, as_of="2021-01-20T18:00-05:00")
    assert report.has_unknown and report.unknown.set_index("reason").loc["rows that could not be read", "n_positions"] == 2


@pytest.mark.parametrize(
    ("lines", "n_kept"),
    [
        (("{header}{far}", "Xiaomi,{X},10{far}", "Apple,{A},5{far}"), 2),
        (("report{far}of the desk", "{header}", "Xiaomi,{X},10", "Apple,{A},5", "{far}checked", "{far},,seen"), 2),
        (("{header}", "Xiaomi,{X},10", "Apple,{A},5{far}checked"), 1),
    ],
)
def test_what_strays_far_beyond_a_table_makes_it_no_wider(lines, n_kept):
    text = "\n".join(lines).replace("{header}", "Name,ISIN,Shares").replace("{far}", "," * 1100).replace("{X}", X).replace("{A}", A)
    file = read_holdings(text.encode())
    assert file.rows["isin"].tolist() == [X, A][:n_kept] and file.rows["quantity"].tolist() == [10, 5][:n_kept]
    beside = read_holdings(text.replace("," * 1100, "," * 50).encode())
    assert file.dropped[["row", "text"]].values.tolist() == beside.dropped[["row", "text"]].values.tolist()


def test_a_frame_with_many_empty_columns_is_as_wide_as_those_that_are_filled():
    frame = pd.DataFrame({"ISIN": [X, A], "Shares": [10, 5], **{f"c{number}": [None, None] for number in range(1100)}})
    assert read_holdings(frame).rows["quantity"].tolist() == [10, 5]
