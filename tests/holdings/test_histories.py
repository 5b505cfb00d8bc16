"""Lists of what was done are refused or said, and never read as a book."""

from __future__ import annotations

import json

import pytest

from impact.errors import InputError
from impact.holdings import read_holdings

XIAOMI, APPLE = "KYG9830T1067", "US0378331005"
OPEN = '<OpenPositions><OpenPosition symbol="1810" isin="KYG9830T1067" position="1000" markPrice="30" currency="HKD"/></OpenPositions>'
DONE = (
    '<Trades><Trade symbol="1810" isin="KYG9830T1067" quantity="500" currency="HKD"/></Trades>'
    '<CashTransactions><CashTransaction symbol="1810" isin="KYG9830T1067" amount="12" currency="HKD"/></CashTransactions>'
    '<StmtFunds><StatementOfFundsLine symbol="1810" isin="KYG9830T1067" amount="-30000" currency="HKD"/></StmtFunds>'
    '<Lots><Lot symbol="1810" isin="KYG9830T1067" quantity="500" currency="HKD"/></Lots>'
)


@pytest.fixture
def read(tmp_path):
    def of_text(text, name="book.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_holdings(path)

    return of_text


@pytest.mark.parametrize(
    "text",
    [
        f"ticker,type,quantity,price_per_unit,trade_date,isin\nX,buy,500,2.5,2023-01-15,{XIAOMI}\nA,sell,200,4,2024-09-01,{APPLE}\n",
        f"Symbol,ISIN,Kind,Shares,Transaction Date\nX,{XIAOMI},Purchase,5,2021-01-04\nX,{XIAOMI},Dividend,2,2021-01-05\n",
        f"Datum,Product,ISIN,Beurs,Uitvoeringsplaats,Aantal,Koers,,Transactiekosten,Order Id\n08-01-2024,Xiaomi,{XIAOMI},HKS,XHKG,6,HKD,30,-15,o1\n",
        f"Date opération,Type d'opération,ISIN,Libellé,Quantité,Montant\n04/01/2021,Achat,{XIAOMI},Xiaomi,5,12\n",
        f"Data operazione,Tipo operazione,Isin,Descrizione,Quantità,Importo euro\n30-12-2024,Provento,{XIAOMI},Xiaomi,0,12\n",
        f"Datum;Konto;Typ av transaktion;Antal;Kurs;ISIN;Courtage (SEK)\n2025-01-13;A;Sälj;-352;15;{XIAOMI};1\n2025-01-14;A;Uttag;1;1;{APPLE};0\n",
        f"Buchungsdatum;Umsatzart;Bezeichnung;ISIN;Stück\n04.01.2021;Kauf;Xiaomi;{XIAOMI};5\n",
        f"Fecha de operación;Tipo de operación;Valor;ISIN;Títulos\n04/01/2021;Compra;Xiaomi;{XIAOMI};5\n",
        "取引ID,取引日時,銘柄コード,銘柄名,取引種別,株数,単価\nT1,2026-06-27,1810,小米,BUY,100,39\n",
        "成交日期,成交编号,证券代码,证券名称,数量\n20210104,77,002415,海康威视,100\n",
        "거래일자,거래구분,종목코드,종목명,수량\n2021-01-04,입금,005930,삼성전자,10\n",
        f"Date;Category;Asset Name;ISIN;Shares\n2023-07-11;Interests;Cash;;1\n2023-07-12;Buy;X;{XIAOMI};5\n2023-07-13;Sell;A;{APPLE};2\n",
        f"Date,Broker,Symbol,ISIN,Type,Quantity,Price\n2022-01-01,A,X,{XIAOMI},buy,8,12\n2022-01-15,A,X,{XIAOMI},sell,8,13\n",
    ],
)
def test_lists_of_trades_are_refused(read, text):
    with pytest.raises(InputError, match="a list of transactions"):
        read(text)


def test_trades_among_records_are_refused(read):
    records = [{"ticker": "X", "isin": XIAOMI, "type": "BUY", "quantity": 5, "tradeDate": "2021-01-04"}]
    with pytest.raises(InputError, match="a list of transactions"):
        read(json.dumps(records), "book.json")


@pytest.mark.parametrize("heading", ["Type", "Side"])
def test_a_class_or_a_side_is_no_trade(read, heading):
    words = ("Equity", "ETF") if heading == "Type" else ("Long", "Short")
    file = read(f"Ticker,ISIN,{heading},Quantity,Trade Date\nX,{XIAOMI},{words[0]},5,2021-01-04\nA,{APPLE},{words[1]},2,2021-01-05\n")
    assert len(file.rows) == 2 and not file.issues["problem"].str.contains("history").any()


@pytest.mark.parametrize(
    "text",
    [
        "交易所,交易日期,证券代码,证券名称,数量\nSH,20210104,600941,中国移动,100\nSZ,20210104,002415,海康威视,5\n",
        f"Data,Tipo,Titolo,ISIN,Quantità\n04/01/2021,Azione,Xiaomi,{XIAOMI},5\n04/01/2021,Azione,Apple,{APPLE},5\n",
        f"Ordine,Data,Titolo,ISIN,Quantità,Commissioni\n1,04/01/2021,Xiaomi,{XIAOMI},5,2\n2,04/01/2021,Apple,{APPLE},5,2\n",
    ],
)
def test_headings_that_say_nothing_of_deeds_are_those_of_positions(read, text):
    assert len(read(text).rows) == 2


def test_bought_and_sold_contracts_of_one_day_are_positions(read):
    file = read("As of,Symbol,B/S,Quantity,Price\n2021-01-20,HSIF1,Buy,5,30000\n2021-01-20,HHIF1,Sell,2,11000\n")
    assert len(file.rows) == 2


def test_lots_by_day_of_trade_are_held_and_said(read):
    file = read(f"Ticker,ISIN,Quantity,Trade Date\nX,{XIAOMI},5,2021-01-04\nX,{XIAOMI},7,2021-01-05\nA,{APPLE},2,2021-01-05\n")
    assert file.rows["quantity"].tolist() == [5.0, 7.0, 2.0]
    told = file.issues[file.issues["problem"].str.contains("lots, or a history")]
    assert told["row"].tolist() == [2] and told["action"].tolist() == ["counted as well: of a history keep what is held"]


def test_of_a_statement_only_what_is_called_positions_is_held(read):
    file = read(f'<FlexQueryResponse queryName="a" type="AF">{DONE}{OPEN}</FlexQueryResponse>', "flex.xml")
    assert file.rows[["isin", "quantity"]].to_numpy().tolist() == [[XIAOMI, 1000.0]]
    assert len(file.dropped) == 4 and file.n_rows == 5


def test_a_statement_of_transactions_alone_is_refused(read):
    with pytest.raises(InputError, match="a list of transactions"):
        read(f'<FlexQueryResponse queryName="a" type="AF">{DONE}</FlexQueryResponse>', "flex.xml")


def test_records_of_no_code_beside_transactions_are_named(read):
    text = json.dumps(
        {
            "trades": [{"symbol": "X", "quantity": 1}],
            "plans": [{"name": "Savings", "amount": 9}],
            "holdings": [{"isin": XIAOMI, "quantity": 3}],
        }
    )
    file = read(text, "book.json")
    assert file.rows["isin"].tolist() == [XIAOMI] and file.dropped["reason"].str.contains("not called positions").sum() == 1


def test_prose_below_positions_is_no_position_whatever_separators_and_marks_it_holds(read):
    text = (
        f'Ticker,Name,ISIN,Market Value,Weight (%)\nX,Xiaomi,{XIAOMI},"1,000",50\nA,Apple,{APPLE},"1,000",50\n\n'
        '"The content contained herein is owned by the sponsor and/or its third parties, and protected by law\n'
        "The values for price shown, market value, weight and notional value are based off of the vendor price, and may differ\n"
        "This material is strictly for illustrative, educational, or informational purposes and is subject to change.\n"
        "The funds are not sponsored, endorsed, issued, sold or promoted by Alpha, Beta Services, LLC, Gamma & Co, Delta, nor by others\n"
    )
    file = read(text)
    assert len(file.rows) == 2 and file.n_rows == 2 + len(file.dropped)
    assert set(file.dropped["reason"]) == {"a sentence, no position"}


def test_a_column_of_cusips_is_one_whatever_its_heading(read):
    lines = ("QQQ,023135106,AMZN,3", "QQQ,20030N101,CMCSA,4", "QQQ,64110L106,NFLX,5")
    file = read("FundTicker,SecurityNum,HoldingsTicker,Shares\n" + "\n".join(lines) + "\n")
    assert file.rows["cusip"].tolist() == ["023135106", "20030N101", "64110L106"]


def test_kinds_of_orders_are_no_names(read):
    file = read("tradingsymbol,exchange,product,quantity,price\nAARON,NSE,CNC,1,10\nSBIN,BSE,CNC,16,20\nTCS,BSE,MIS,2,30\n")
    assert file.rows["name"].tolist() == ["", "", ""]
    file = read(f"Product,ISIN,Aantal,Slotkoers\nXIAOMI,{XIAOMI},1,10\nAPPLE,{APPLE},16,20\n")
    assert file.rows["name"].tolist() == ["XIAOMI", "APPLE"]


def test_money_is_cash_by_the_words_of_brokers(read):
    file = read(
        "Symbol,Description,Quantity,Value\nAAPL,APPLE INC,1,100\nPending Activity,,,25\n,Great British Pound,,5\n,Interest/Overdraft,,-1\n"
    )
    assert file.rows["instrument"].tolist() == ["unknown", "cash", "cash", "cash"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "证券代码,证券名称,交易类型,交易日期,持仓数量,最新价,市值\n600519,贵州茅台,普通,20210114,100,1700,170000\n002415,海康威视,普通,20210114,100,50,5000\n",
            175_000,
        ),
        ("取引日,取引区分,銘柄コード,銘柄名,保有数量,現在値,評価額\n2021/01/14,特定,7203,トヨタ自動車,100,7000,700000\n", 700_000),
        ("Buchungsdatum,Transaktionsnummer,ISIN,Bezeichnung,Bestand,Kurs,Kurswert\n14.01.2021,1,DE0007164600,SAP,10,100,1000\n", 1_000),
        ("Symbol,Description,Quantity,Price,Market Value,Commission plan,Transaction ID\nAAPL,Apple,10,100,1000,flat,77\n", 1_000),
    ],
)
def test_a_book_whose_lots_name_their_purchase_is_one(read, text, value):
    """Two headings of deeds beside one that says what is held: day and kind of the purchase of a lot."""
    assert read(text).rows["market_value"].sum() == value
