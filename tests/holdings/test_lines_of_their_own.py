"""A line with a ticker and a quantity of its own is a position, whatever its figures add up to; the words of total still decide."""

import pandas as pd
import pytest

from impact.holdings import read_holdings


def _written(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return read_holdings(path)


@pytest.mark.parametrize(
    ("heading", "lines", "rows"),
    [
        ("Ticker,Name,Quantity,Market Value", ("AAPL,APPLE INC,10,100", "MSFT,MICROSOFT,10,100", "IBM,IBM,20,200", "CEO,CNOOC LTD-SPON ADR,40,400"), [4, 5]),
        ("Symbole,Libellé,Quantité,Valorisation", ("MC,LVMH,5,50", "OR,L'OREAL,5,60", "CHL,CHINA MOBILE ADR,10,110"), [4]),
        ("Kürzel,Bezeichnung,Stück,Kurswert", ("SAP,SAP SE,1,7", "SIE,SIEMENS,2,8", "XIACY,XIAOMI ADR,3,15"), [4]),
        ("証券コード,銘柄名,数量,評価額", ("7203,トヨタ,100,1000", "6758,ソニー,200,3000", "0941,チャイナ・モバイル,300,4000"), [4]),
        ("Ticker,Name,Market Value", ("AAPL,APPLE INC,100", "MSFT,MICROSOFT,100", "CEO,CNOOC LTD-SPON ADR,200"), [4]),
    ],
)  # fmt: skip
def test_a_line_with_a_ticker_is_a_position_and_said_to_be_doubtful(tmp_path, heading, lines, rows):
    file = _written(tmp_path, "\n".join((heading, *lines)) + "\n")
    assert len(file.rows) == len(lines) and file.dropped.empty
    doubtful = file.issues[file.issues["problem"].str.contains("sum of lines above")]
    assert doubtful["row"].tolist() == rows and doubtful["action"].str.startswith("kept").all()


def test_an_identifier_that_is_no_known_code_is_one_of_the_line_all_the_same(tmp_path):
    file = _written(tmp_path, "Asset ID,Name,Quantity,Market Value\nA-1,one,10,100\nA-2,two,10,100\nA-3,three,20,200\n")
    assert file.rows["quantity"].tolist() == [10.0, 10.0, 20.0]


@pytest.mark.parametrize("label", ["Total", "Gesamtsumme", "合計", "Alle stukken samen"])
def test_a_line_without_a_ticker_is_still_a_total(tmp_path, label):
    file = _written(
        tmp_path, f"Ticker,Name,Quantity,Market Value\nAAPL,APPLE,10,100\nMSFT,MICROSOFT,10,100\nIBM,IBM,20,200\n,{label},40,400\n"
    )
    assert file.dropped["row"].tolist() == [5] and len(file.rows) == 3


def test_a_word_in_the_column_of_tickers_is_none_of_the_line_without_a_name(tmp_path):
    file = _written(tmp_path, "Ticker,Name,Quantity,Market Value\nAAPL,APPLE,10,100\nMSFT,MICROSOFT,20,200\nSammanlagt,,30,300\n")
    assert file.dropped["row"].tolist() == [4] and len(file.rows) == 2


@pytest.mark.parametrize(
    ("ticker", "kind"),
    [
        ("002415 C2", "unknown"),
        ("600519 C1", "unknown"),
        ("000063 C2 Equity", "unknown"),
        ("601398 c1 equity", "unknown"),
        ("AAPL US 01/15/21 C130 Equity", "option"),
        ("SPX 3 P3500", "option"),
        ("700 HK 03/30/21 C600", "option"),
        ("TSLA C700", "option"),
        ("AAPL  210115C00130000", "option"),
        ("AAPL 210115C00130000", "option"),
    ],
)
def test_stock_connect_is_a_venue_not_a_strike(ticker, kind):
    rows = read_holdings(pd.DataFrame({"Ticker": [ticker], "Shares": [100.0]})).rows
    assert rows["instrument"].tolist() == [kind]
