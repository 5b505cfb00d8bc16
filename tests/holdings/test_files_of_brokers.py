"""What exports of brokers print beside plain columns: names nobody heads, two figures a cell, prices of zero, codes as symbols, moved headers."""

from __future__ import annotations

import numpy as np
import pytest

from impact.errors import InputError
from impact.holdings import as_portfolio, check_portfolio, read_holdings
from impact.holdings.heading_vocabulary import readings_of

NAMES = ("Xiaomi Corp;;1000;12500", "TotalEnergies;FR0000120271;100;5520", "Hikvision;;100;520")


def said_of(file, column):
    return file.issues.loc[file.issues["column"] == column, ["value", "problem", "action"]].values.tolist()


def test_names_under_an_unknown_heading_are_read_where_a_code_identifies_other_lines(read):
    file = read("Blurb;ISIN;Shares;Value", *NAMES)
    assert file.rows["name"].tolist() == ["Xiaomi Corp", "", "Hikvision"] and not len(file.dropped)
    heading, problem, action = said_of(file, "name")[0]
    assert heading == "Blurb" and "not known" in problem and action.endswith("map name=Blurb")
    assert read("Blurb;ISIN;Shares;Value", *NAMES, columns={"name": "Blurb"}).rows["name"].tolist()[1] == "TotalEnergies"


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Blurb", ("Energy", "Technology", "Health Care")),
        ("Sector note", ("Xiaomi", "Total", "Hikvision")),
        ("Blurb", ("Desk A", "Desk A", "Desk A")),
        ("Blurb", ("hold", "", "")),
        (
            "Blurb",
            ("bought because the price was low and the prospects of the firm looked rather better than those of the others", "x y", "z a"),
        ),
    ],
)
def test_words_of_groups_and_remarks_are_no_names(read, heading, cells):
    codes = ("KYG9830T1067", "FR0000120271", "US0378331005")
    file = read(f"{heading};ISIN;Shares", *(f"{cell};{code};10" for cell, code in zip(cells, codes, strict=True)))
    assert file.rows["name"].tolist() == ["", "", ""] and not said_of(file, "name")


def test_a_price_of_zero_is_none_where_another_column_has_one(read):
    header = "tradingsymbol;isin;quantity;average_price;last_price;close_price"
    file = read(header, "RELIANCE;INE002A01018;10;2400;2500.5;0", "INFY;INE009A01021;5;1400;1500.25;0")
    assert file.rows["price"].tolist() == [2500.5, 1500.25]
    assert said_of(file, "price") == [
        [
            "last_price",
            "close_price means the price as well, and is empty or zero on 2 of 2 lines",
            "read as price; for the other map price=close_price",
        ]
    ]
    priced = read(header, "RELIANCE;INE002A01018;10;2400;2500.5;2490", "INFY;INE009A01021;5;1400;1500.25;1490")
    assert priced.rows["price"].tolist() == [2490, 1490] and not said_of(priced, "price")
    assert read(header, "INFY;INE009A01021;5;1400;1500.25;0", columns={"price": "close_price"}).rows["price"].tolist() == [0.0]


@pytest.mark.parametrize("heading", ["Liczba dostępna (Blokady)", "Available quantity (blocked)", "Quantité disponible (bloquée)"])
def test_a_cell_of_two_figures_is_what_is_available_and_what_is_blocked(read, heading):
    file = read(f"Name;{heading};Price;Value", "CD Projekt;100 (0);120,50;12050,00", "Xiaomi;1000 (10);12,50;12625,00")
    assert file.rows["quantity"].tolist() == [100, 1010]
    assert file.rows["market_value"].tolist() == [12050, 12625]


def test_brackets_that_are_no_second_figure_stay(read):
    file = read("Name;Quantity (shares);Value", "Xiaomi;(100);-1200", "Apple;10;2000")
    assert file.rows["quantity"].tolist() == [-100, 10]


def test_the_total_of_a_pie_is_no_position(read):
    header = "Slice;Name;Invested value;Value;Result;Owned quantity"
    lines = ("AAPL;Apple Inc.;1000;1100;100;10", "XIACY;Xiaomi;500;450;-50;150", "Total;Pie;1500;1550;50;-")
    file = read(header, *lines)
    assert file.rows["market_value"].sum() == 1550 and file.dropped["reason"].tolist() == ["a total, not a position"]
    unlike = read(header, *lines[:2], "Total;Pie;1500;17000;50;-")
    assert unlike.rows["name"].tolist() == ["Apple Inc.", "Xiaomi", "Pie"]  # its figures do not say so, which is said


def test_a_sum_called_a_value_is_said_to_be_one_where_nothing_but_figures_tells(read):
    file = read("Name;Market Value", "Alpha Corp;100.00", "Beta Ltd;200.00", "Equity Value;300.00", "Gamma Inc;50.00")
    assert file.rows["market_value"].sum() == 350
    assert [problem.partition(",")[0] for _, problem, _ in said_of(file, "market_value")] == ["the sum of the lines above"]


def test_gains_in_percent_are_no_weights(read):
    header = "種別,銘柄コード・ティッカー,銘柄,保有数量,現在値,時価評価額[円],評価損益[円],評価損益[％]"
    file = read(
        header, '国内株式,1605,ＩＮＰＥＸ,100,"3,954.0","395,400","225,750",133.06', "国内株式,7203,トヨタ,10,3100,31000,3100,11.11"
    )
    assert file.rows["weight"].isna().all() and file.rows["market_value"].tolist() == [395_400, 31_000]
    assert not any(name == "weight" for name, _ in readings_of("評価損益［％］")) and readings_of("評価損益(%)") == readings_of(
        "評価損益（％）"
    )


SBI = (
    "銘柄コード,銘柄名称,保有株数,取得単価,現在値,取得金額,評価額,評価損益",
    "7203,トヨタ自動車,100,2600,3100,260000,310000,+50000",
    "投資信託（金額/特定預り）",
    "ファンド名,保有口数,取得単価,基準価額,取得金額,評価額,評価損益",
    "ｅＭＡＸＩＳ 米国株式,500000,18000,25000,900000,1250000,+350000",
)


def test_a_further_header_with_the_same_words_in_other_columns_begins_another_table(read):
    rows = read(*SBI).rows
    assert rows[["name", "quantity", "market_value"]].values.tolist() == [
        ["トヨタ自動車", 100, 310_000],
        ["ｅＭＡＸＩＳ 米国株式", 500_000, 1_250_000],
    ]


def test_lines_below_a_moved_header_that_names_no_security_are_said_to_be_unread(read):
    file = read("Name,Quantity,Price,Cost,Value", "Xiaomi,100,12,1000,1200", "Zqx,Price,Cost,Value,Gain", "9,11,900,1100,200")
    assert file.rows["market_value"].tolist() == [1200]
    assert file.dropped["reason"].tolist() == [
        "the header of a further table",
        "below the header on line 3, which names no security, or no amount",
    ]


def test_codes_that_stand_in_the_column_of_symbols_are_codes(read):
    file = read(
        "Code,Stock,Units held,Value",
        "BG0ZMJ9,XMI,100,250",
        "912810EQ7,US Treasury,1000,990",
        "KYG9830T1067,XMI,10,25",
        "OCDO,Ocado,1,3",
        "Q500001,ETN,5,5",
    )
    assert file.rows["sedol"].tolist() == ["BG0ZMJ9", "", "", "", ""]
    assert file.rows["cusip"].tolist() == ["", "912810EQ7", "", "", ""]
    assert file.rows["isin"].tolist() == ["", "", "KYG9830T1067", "", ""]
    assert file.rows["ticker"].tolist() == ["", "", "", "OCDO", "Q500001"]


def test_records_within_records_are_named_by_the_end_of_their_path():
    record = {
        "symbol": {"symbol": {"symbol": "XIACY", "description": "Xiaomi Corp ADR", "currency": {"code": "USD"}}},
        "units": 100,
        "price": 16.0,
    }
    file = read_holdings([record, {**record, "units": 50}])
    assert file.rows[["ticker", "name", "currency", "quantity"]].values.tolist() == [
        ["XIACY", "Xiaomi Corp ADR", "USD", n] for n in (100, 50)
    ]


def test_an_ofx_statement_is_refused_by_its_name(tmp_path):
    path = tmp_path / "positions.qfx"
    path.write_text("OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><INVPOSLIST><POSSTOCK><UNITS>21<MKTVAL>6656</POSSTOCK></INVPOSLIST></OFX>\n")
    with pytest.raises(InputError, match=r"OFX \(QFX\) statement, not a table; export the positions as CSV or XLSX"):
        read_holdings(path)


CASH = (
    "Liquidités EUR", "Espèces", "Liquidität", "Verrechnungskonto CHF", "Liquidez", "Efectivo", "Liquidità in EUR", "Contanti", "Środki pieniężne PLN",
    "Likvida medel", "Kontanter SEK", "Денежные средства", "Nakit", "现金", "人民币现金", "现金及现金等价物", "預り金", "現金(米ドル)", "お預り金", "예수금",
    "외화예수금(달러)", "Készpénz", "Tiền mặt",
)  # fmt: skip
NO_CASH = ("Kasse AG", "Liquidity Services Inc", "现金宝货币基金", "Caixa", "Espèces Capital", "預金保険機構債", "Trésorerie Plus SICAV")


@pytest.mark.parametrize("name", CASH)
def test_cash_is_known_in_its_language(read, name):
    assert read("Name;ISIN;Quantity;Value", "Xiaomi;KYG9830T1067;10;100", f"{name};;;50").rows["instrument"].tolist()[1] == "cash"


@pytest.mark.parametrize("name", NO_CASH)
def test_a_name_that_says_more_than_cash_is_none(read, name):
    assert read("Name;ISIN;Quantity;Value", "Xiaomi;KYG9830T1067;10;100", f"{name};;;50").rows["instrument"].tolist()[1] != "cash"


def test_a_label_of_cash_beside_a_code_is_no_cash(read):
    assert read("Name;ISIN;Quantity", "Liquidez;KYG9830T1067;10", "Apple;US0378331005;1").rows["instrument"].tolist() == [
        "unknown",
        "unknown",
    ]


def test_the_symbol_cash_is_cash_where_it_has_a_value_alone(read):
    file = read("Symbol,Last Price $,Quantity,Value $", "XIACY,17.00,100,1700.00", "CASH,,,500.00", "TOTAL,,,2200.00")
    assert file.rows["instrument"].tolist() == ["unknown", "cash"] and np.isclose(file.rows["market_value"].sum(), 2200)
    share = read("Symbol,Last Price $,Quantity,Value $", "XIACY,17.00,100,1700.00", "CASH,60.00,10,600.00")
    assert share.rows["instrument"].tolist() == ["unknown", "unknown"]


def test_values_are_in_the_currency_that_their_cells_print(read):
    lines = (
        "KYG9830T1067;Xiaomi;100;HK$2.640,00",
        "US0378331005;Apple;1;$120,00",
        "DE0008404005;Allianz;1;200,00 €",
        "FR0000120271;Total;1;CHF 90",
    )
    file = read("ISIN;Name;Quantity;Value", *lines)
    assert file.rows[["currency", "market_value"]].values.tolist() == [["HKD", 2640], ["USD", 120], ["EUR", 200], ["CHF", 90]]
    assert said_of(file, "market_value") == [["$120,00", "the sign alone may stand for any dollar, or any yen or yuan", "taken as USD"]]


def test_a_sign_of_several_currencies_on_every_cell_tells_none(read):
    file = read("Symbol,Quantity,Value", "XIACY,10,$160.00", "AAPL,1,$120.00")
    assert file.rows["currency"].tolist() == ["", ""] and file.rows["market_value"].sum() == 280
    assert read("Symbol,Quantity,Value", "XIACY,10,160.00 €", "SAP,1,120.00 €").rows["currency"].tolist() == ["EUR", "EUR"]


def test_a_cell_that_names_another_currency_than_its_line_is_taken_at_its_word_and_said(read):
    file = read("ISIN;Quantity;Currency;Price;Value", "KYG9830T1067;100;HKD;26,40;295,00 €", "US0378331005;1;USD;120;100,00 €")
    assert file.rows[["currency", "price_currency", "market_value"]].values.tolist() == [["EUR", "HKD", 295], ["EUR", "USD", 100]]
    assert next(problem for _, problem, _ in said_of(file, "market_value")) == "the cell is in EUR, and its line or heading names HKD"


@pytest.mark.parametrize("currency", ["", "GBP", "GBX"])
def test_pence_in_a_cell_are_divided_once(read, currency):
    file = read(
        "ISIN,Quantity,Currency,Price,Value", f'GB00BLGZ9862,100,{currency},GBp 250.00,"GBp 25,000.00"', "KYG9830T1067,10,HKD,HK$26,HK$260"
    )
    assert file.rows[["currency", "price", "market_value"]].values.tolist() == [["GBP", 2.5, 250], ["HKD", 26, 260]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Vanguard FTSE Developed World ex-UK Equity Index Accumulation", "fund"),
        ("Vanguard Emerging Markets Stock Index Acc", "fund"),
        ("AMUNDI NASDAQ-100 DAILY", "fund"),
        ("L&G Global Technology Index Trust Acc", "fund"),
        ("LYXOR EM", "fund"),
        ("MSCI Inc", "unknown"),
        ("S&P Global Inc", "unknown"),
        ("Nasdaq Inc", "unknown"),
        ("Vanguard International Semiconductor", "unknown"),
        ("Hang Seng Bank", "unknown"),
        ("Index Ventures Inc", "unknown"),
    ],
)
def test_a_name_that_bears_that_of_an_index_is_one_of_a_fund_whose_lines_must_be_looked_at(read, name, kind):
    assert read("Name;ISIN;Quantity", f"{name};IE00B59G4Q73;10").rows["instrument"].tolist() == [kind]


WORDS_AND_TICKERS = ("Symbol;Desk word;Quantity;Market Value", "XIA GR;Alpha;100;6000", "3CP GY;Beta;10;1000", "XIACF US;Gamma;5;500")


def test_words_under_an_unknown_heading_neither_identify_a_ticker_nor_set_a_kind(read, tmp_path):
    file = read(*WORDS_AND_TICKERS, "1810;Delta;5;500", ";Xiaomi Corp;7;70")
    assert file.rows["name"].tolist() == ["", "", "", "", "Xiaomi Corp"]
    report = check_portfolio(tmp_path / "book.csv", as_of="2021-01-20T18:00-05:00")
    status = dict(zip(report.positions["ticker"], report.positions["status"], strict=True))
    assert "clear" not in {status[ticker] for ticker in ("XIA GR", "3CP GY", "XIACF US", "1810", "")}
    kinds = read("Symbol;Free text;Quantity;Value", "3CP GR;Cash;10;100", "XIA GR;Overnight cash;5;50", ";Money market;5;50").rows
    assert kinds["instrument"].tolist() == ["unknown"] * 3 and kinds["name"].tolist() == ["", "", "Money market"]


@pytest.mark.parametrize("symbol", ["CASH US", "CASH.US", "CASH US Equity", "CASH UW"])
def test_a_symbol_with_a_venue_is_no_label_of_cash(read, symbol):
    for header in ("Symbol;Quantity", "Symbol;Market Value"):
        assert read(header, f"{symbol};100", "CASH USD;5").rows["instrument"].tolist() == ["unknown", "cash"]


def test_a_symbol_beside_its_venue_is_no_label_of_cash(read):
    rows = read("Symbol;Exchange;Market Value", "CASH;NASDAQ;100", "CASH;;5").rows
    assert rows["instrument"].tolist() == ["unknown", "cash"]


@pytest.mark.parametrize(
    ("header", "lines", "values", "currency"),
    [
        (
            "Name;ISIN;Quantity;Price (HKD);Price (USD)",
            ("Xiaomi;KYG9830T1067;100;;3.40", "Apple;US0378331005;10;;100", "HSBC;GB0005405286;10;50;6.4"),
            [340.0, 1000.0, 64.0],
            "USD",
        ),
        ("Name;ISIN;Quantity;Price GBX;Price GBP", ("HSBC;GB0005405286;10;;0.70", "Apple;US0378331005;1;;120"), [7.0, 120.0], "GBP"),
        ("Name;ISIN;Quantity;Price GBP;Price GBX", ("HSBC;GB0005405286;10;;70", "Apple;US0378331005;1;;12000"), [7.0, 120.0], "GBP"),
    ],
)
def test_the_price_that_is_filled_has_the_currency_of_its_own_heading(read, header, lines, values, currency):
    file = read(header, *lines)
    rows = file.rows
    assert (rows["quantity"] * rows["price"]).tolist() == pytest.approx(values, rel=1e-12)
    assert rows["price_currency"].unique().tolist() == [currency]
    book = as_portfolio(file, currency=currency, rates={"HKD": 0.129})
    assert book.positions["value"].tolist() == pytest.approx(values, rel=1e-12)


def test_the_quantity_that_is_the_product_has_the_unit_of_its_own_heading(read):
    header = "Name;ISIN;Quantity (000);Shares;Price;Market Value"
    file = read(header, "Xiaomi;KYG9830T1067;5;7000;2;14000", "Apple;US0378331005;1;20;100;2000", "HSBC;GB0005405286;3;30;6;180")
    assert file.rows["quantity"].tolist() == [7000.0, 20.0, 30.0]
