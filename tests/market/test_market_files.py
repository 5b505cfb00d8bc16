"""The user's own files: every layout and dialect gives the same panel; every row is in it or refused with a reason."""

from __future__ import annotations

import datetime
import gzip

import numpy as np
import pandas as pd
import pytest

from impact.errors import DataUnavailable, InputError, SourceUnusable
from impact.market import load_panel
from impact.market.written_numbers import read_numbers

WIDE = "date,HSI,1810.HK\n2021-01-13,28235.6,33\n2021-01-14,28496.86,32.65\n2021-01-15,28573.86,29.3\n"
CLOSES = {"HSI": [28235.6, 28496.86, 28573.86], "1810.HK": [33.0, 32.65, 29.3]}


@pytest.fixture
def write(tmp_path):
    def written(text, name="prices.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return written


def closes(panel):
    return {security: panel.close[security].tolist() for security in panel.securities}


LONG = (
    "Symbol,Date,Close,Volume\nHSI,2021-01-13,28235.6,1\nHSI,2021-01-14,28496.86,1\nHSI,2021-01-15,28573.86,1\n"
    "1810.HK,2021-01-13,33,0\n1810.HK,2021-01-14,32.65,\n1810.HK,2021-01-15,29.3,5\n"
)


@pytest.mark.parametrize("text", [
    WIDE,
    WIDE.replace("date", "", 1),
    "\ufeff" + WIDE.replace("\n", "\r\n"),
    WIDE.replace(",", ";"),
    WIDE.replace(",", "\t"),
    WIDE.replace(",", ";").replace(".6", ",6").replace(".86", ",86").replace(".65", ",65").replace(".3\n", ",3\n"),
    'date,HSI,1810.HK\n2021-01-13,"28,235.60",33.00\n2021-01-14,"28,496.86",32.65\n2021-01-15,"28,573.86",29.30\n',
    WIDE.replace("2021-01-", "202101"),
    WIDE.replace("2021-01-13", "13/01/2021").replace("2021-01-14", "14/01/2021").replace("2021-01-15", "15/01/2021"),
    WIDE.replace("2021-01-13", "1/13/2021").replace("2021-01-14", "1/14/2021").replace("2021-01-15", "1/15/2021"),
    WIDE.replace("2021-01-13", "13.01.2021").replace("2021-01-14", "14.01.2021").replace("2021-01-15", "15.01.2021"),
    WIDE.replace("2021-01-13", "13-Jan-2021").replace("2021-01-14", "14-Jan-2021").replace("2021-01-15", "15-Jan-2021"),
    WIDE.replace("2021-01-13", "2021-01-13 00:00:00+08:00").replace("-14,", "-14 00:00:00+08:00,").replace("-15,", "-15 00:00:00+08:00,"),
    "Prices of two lines\nsource: mine\n\n" + WIDE,
    WIDE + ",,\n",
    LONG,
])  # fmt: skip
def test_every_dialect_gives_the_same_closes(write, text):
    panel = load_panel(write(text))
    assert closes(panel) == CLOSES
    assert panel.sessions.tolist() == list(pd.to_datetime(["2021-01-13", "2021-01-14", "2021-01-15"]))
    assert panel.sessions.dtype == "datetime64[ns]"


def test_long_files_keep_volume_and_the_difference_of_zero_and_missing(write):
    panel = load_panel(write(LONG))
    np.testing.assert_array_equal(panel.volume["1810.HK"], [0.0, np.nan, 5.0])
    assert panel.traded["1810.HK"].tolist() == [False, True, True]


def test_gzip_and_legacy_encoding_are_read(write):
    assert closes(load_panel(write(gzip.compress(WIDE.encode()), "prices.csv.gz"))) == CLOSES
    panel = load_panel(write("date,Nestlé\n2021-01-15,100\n", encoding="cp1252"))
    assert panel.securities == ["Nestlé"]


@pytest.mark.parametrize("index", [
    pd.to_datetime(["2021-01-13", "2021-01-14", "2021-01-15"]),
    pd.to_datetime(["2021-01-13", "2021-01-14", "2021-01-15"]).tz_localize("Asia/Hong_Kong"),
    [datetime.date(2021, 1, 13), datetime.date(2021, 1, 14), datetime.date(2021, 1, 15)],
])  # fmt: skip
def test_parquet_wide_with_dates_of_any_type(tmp_path, index):
    frame = pd.DataFrame(CLOSES, index=pd.Index(index, name="date"))
    frame.to_parquet(tmp_path / "p.parquet")
    frame.reset_index().to_parquet(tmp_path / "q.parquet", index=False)
    assert closes(load_panel(tmp_path / "p.parquet")) == closes(load_panel(tmp_path / "q.parquet")) == CLOSES


def test_one_security_is_named_by_its_file_and_a_folder_holds_many(tmp_path):
    rows = "date,open,high,low,close,adj_close,volume\n2021-01-14,1,1,1,{0},{1},10\n2021-01-15,1,1,1,{2},{3},0\n"
    (tmp_path / "AAA.csv").write_text(rows.format(10, 9, 11, 11))
    (tmp_path / "BBB.csv").write_text(rows.format("", 20, "", 22))
    (tmp_path / "README.md").write_text("not prices")
    panel = load_panel(tmp_path)
    assert panel.securities == ["AAA", "BBB"] and panel.basis.tolist() == ["as_traded", "total_return"]
    assert closes(panel) == {"AAA": [10.0, 11.0], "BBB": [20.0, 22.0]}
    assert panel.adjusted_close["AAA"].tolist() == [9.0, 11.0]
    assert "1 securities have adjusted closes only" in panel.assumptions[0] and "BBB" in panel.assumptions[0]
    assert load_panel(tmp_path / "AAA.csv").securities == ["AAA"] == load_panel(tmp_path, "AAA").securities


def test_a_folder_may_hold_one_wide_file_a_figure(tmp_path):
    (tmp_path / "closes.csv").write_text(WIDE)
    (tmp_path / "volumes.csv").write_text("date,1810.HK\n2021-01-14,0\n2021-01-15,7\n2021-01-16,7\n")
    (tmp_path / "dividends.csv").write_text("security,ex_date,amount\n1810.HK,2021-01-15,0.5\n")
    panel = load_panel(tmp_path, basis="as_traded", currency="HKD")
    np.testing.assert_array_equal(panel.volume["1810.HK"], [np.nan, 0.0, 7.0])
    assert panel.dividends["1810.HK"].iloc[2] == 0.5 and panel.currency.tolist() == ["HKD", "HKD"]
    assert panel.dropped["reason"].tolist() == ["volume without a price"]
    assert panel.returns(gaps="trade_to_trade")["1810.HK"].iloc[2] == pytest.approx((29.3 + 0.5) / 33 - 1)


def test_columns_are_mapped_from_our_name_to_the_files(write):
    text = "Day of trade,Px,Shares\n2021-01-14,10,5\n2021-01-15,11,6\n"
    panel = load_panel(write(text, "X.csv"), columns={"date": "Day of trade", "close": "Px", "volume": "Shares"})
    assert closes(panel) == {"X": [10.0, 11.0]} and panel.volume["X"].tolist() == [5.0, 6.0]


def test_rows_in_are_rows_out_and_dropped(write):
    text = (
        "date,ticker,close,volume\n2021-01-13,X,10,1\n2021-01-14,X,,1\n2021-01-15,X,n/a,1\nsoon,X,10,1\n"
        "2021-01-18,X,ten,1\n2021-01-19,,10,1\n2021-01-20,X,10\n2021-01-21,X,10,-\n2021-01-22,X,11,1\n"
    )
    panel = load_panel(write(text))
    assert panel.sessions.tolist() == list(pd.to_datetime(["2021-01-13", "2021-01-21", "2021-01-22"]))
    assert len(panel.to_frame()) + len(panel.dropped) == 9
    assert dict(zip(panel.dropped["source"], panel.dropped["reason"], strict=True)) == {
        "prices.csv line 3": "no price",
        "prices.csv line 4": "no price",
        "prices.csv line 5": "date cannot be read: soon",
        "prices.csv line 6": "close is not a number: ten",
        "prices.csv line 7": "no security",
        "prices.csv line 8": "has 3 cells where the header has 4",
    }


def test_in_a_wide_file_a_bad_cell_costs_that_cell_only(write):
    panel = load_panel(write(WIDE.replace("32.65", "oops") + "2021-01-18,,\n"))
    np.testing.assert_array_equal(panel.close["1810.HK"], [33.0, np.nan, 29.3])
    assert panel.dropped[["security", "reason"]].to_numpy().tolist() == [["", "no figure"], ["1810.HK", "close is not a number: oops"]]


def test_unsorted_rows_are_sorted_only_when_asked(write):
    lines = WIDE.splitlines()
    path = write("\n".join([lines[0], lines[3], lines[1], lines[2]]))
    with pytest.raises(InputError, match="prices.csv is not sorted by date: 1 rows .*first line 3, 2021-01-13.*sort=True"):
        load_panel(path)
    assert closes(load_panel(path, sort=True)) == CLOSES
    long = LONG.splitlines()
    mixed = write("\n".join([long[0], *long[4:], *long[1:4]]), "long.csv")
    assert load_panel(mixed, "HSI").close["HSI"].tolist() == CLOSES["HSI"]  # sorted within each security


@pytest.mark.parametrize(("text", "message"), [
    (WIDE.replace("01-14", "01-13"), "prices.csv repeats 1 dates \\(first 2021-01-13 on line 3\\).*keep one row"),
    (WIDE.replace("32.65", "0"), "prices.csv: close has 1 value that is zero or negative \\(first 1810.HK on 2021-01-14: 0\\)"),
    (WIDE.replace("32.65", "-3"), "prices.csv: close has 1 value that is zero or negative .*-3"),
    (WIDE.replace("32.65", "inf"), "prices.csv: close has 1 value that is infinite \\(first 1810.HK on 2021-01-14: (?:∞|inf)\\)"),
    (WIDE.replace("HSI", "1810.HK"), "prices.csv repeats 1 column names \\(first '1810.HK'\\)"),
    (WIDE.split("\n", 1)[1], "prices.csv has no header row \\(it starts: 2021-01-13"),
    ("a,b\n1,2\n", "prices.csv has no date column \\(it starts: a, b\\).*columns="),
    ("date,ticker,volume\n2021-01-15,X,3\n", "prices.csv has no close column; it has: date, ticker, volume"),
    ("date,open,high,low\n2021-01-15,1,1,1\n", "prices.csv has no close column"),
    ("date,,X\n2021-01-15,1,2\n", "prices.csv has 1 columns without a name \\(column 2\\)"),
    ("date,X\n", "gives no prices \\(it has no rows\\)"),
    ("date,X\n2021-01-15,\n", "gives no prices \\(no figure\\)"),
    ("date,X\n01/02/2021,3\n02/02/2021,4\n", "day and month cannot be told apart.*date_format="),
    ("date,X\nMonday,3\n", "no date can be read \\(first 'Monday'\\)"),
    ("date;X\n2021-01-14;28,235\n2021-01-15;28,300\n", "'28,300' may be thousands or decimals; say which with decimal"),
    ("date;X;Y\n2021-01-14;28,2;1.5\n", "uses both '.' and ',' as decimal sign"),
])  # fmt: skip
def test_a_bad_file_is_refused_in_one_line(write, text, message):
    with pytest.raises(InputError, match=message) as refusal:
        load_panel(write(text))
    assert "\n" not in str(refusal.value)


def test_what_the_figures_leave_open_can_be_said(write):
    day_first = write("date,X\n01/02/2021,3\n02/02/2021,4\n")
    assert load_panel(day_first, date_format="%d/%m/%Y").sessions[0] == pd.Timestamp("2021-02-01")
    thousands = write("date;X\n2021-01-14;28,235\n2021-01-15;28,300\n")
    assert load_panel(thousands, decimal=",").close["X"].iloc[0] == 28.235
    assert load_panel(thousands, decimal=".").close["X"].iloc[0] == 28235.0


@pytest.mark.parametrize(("content", "message"), [
    (b"", "prices.csv is empty"),
    (b"\n\n", "prices.csv is empty"),
    (b"PK\x03\x04\x00\x00binary", "prices.csv is a damaged workbook or archive"),
])  # fmt: skip
def test_an_unreadable_file_is_unavailable_data(write, content, message):
    with pytest.raises(SourceUnusable, match=message):
        load_panel(write(content))


def test_broken_gzip_and_parquet_are_unavailable_data(write):
    with pytest.raises(SourceUnusable, match="prices.csv.gz is a damaged gzip file"):
        load_panel(write(b"\x1f\x8bnot gzip", "prices.csv.gz"))
    with pytest.raises(SourceUnusable, match="prices.parquet .*damaged"):
        load_panel(write(b"PAR1 not parquet", "prices.parquet"))


def test_a_path_that_is_absent_or_of_another_kind_is_named(tmp_path, write):
    with pytest.raises(InputError, match="source='nowhere.csv' is none of 'bundled', 'yahoo', 'twelvedata', nor a file"):
        load_panel("nowhere.csv")
    with pytest.raises(InputError, match="prices.xlsx has no date column"):
        load_panel(write("x", "prices.xlsx"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="holds no file ending in .csv"):
        load_panel(empty)
    with pytest.raises(InputError, match="source is a int"):
        load_panel(7)


def test_an_absent_security_is_named_with_what_is_near(write, tmp_path):
    path = write(WIDE)
    with pytest.raises(InputError, match="securities='1801.HK' is not in the panel of 2 securities .*1810.HK"):
        load_panel(path, "1801.HK")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "1810.HK.csv").write_text("date,close\n2021-01-15,29.3\n")
    with pytest.raises(InputError, match="securities='1801.HK' is not among the 1 files of folder .*did you mean 1810.HK"):
        load_panel(folder, ["1810.HK", "1801.HK"])


def test_a_mapped_column_that_is_absent_is_named(write):
    with pytest.raises(InputError, match="columns\\['close'\\]='Last' is not a column of prices.csv; it has: date, HSI"):
        load_panel(write(WIDE), columns={"close": "Last"})
    with pytest.raises(InputError, match="columns\\['date'\\]='Tag' is not a column of prices.csv"):
        load_panel(write(WIDE), columns={"date": "Tag"})
    with pytest.raises(InputError, match="columns has 1 keys that are not known \\(first 'open'\\); choose from: date"):
        load_panel(write(WIDE), columns={"open": "Open"})


def test_a_range_outside_the_file_is_unavailable_data(write):
    with pytest.raises(DataUnavailable, match="it runs from 2021-01-13 to 2021-01-15"):
        load_panel(write(WIDE), start="2022-01-01")


def test_numbers_in_many_dresses():
    cells = pd.Series(["1 234.5", "1'234.5", "1\u00a0234.5", "1,234.5", "-1", "1e3", "", "-", "N/A", "#N/A N/A", "abc", None])
    numbers, bad = read_numbers(cells, ".")
    np.testing.assert_array_equal(numbers, [1234.5, 1234.5, 1234.5, 1234.5, -1, 1000, *[np.nan] * 6])
    assert bad.tolist() == [False] * 10 + [True, False]


def test_two_levels_of_columns_as_yfinance_writes_them(write):
    body = "2021-01-14,11.4,21.4,1014,2014\n2021-01-15,11.5,,1015,2015\n"
    panel = load_panel(write("Price,Close,Close,Volume,Volume\nTicker,AAA,BBB,AAA,BBB\nDate,,,,\n" + body))
    assert panel.close["AAA"].tolist() == [11.4, 11.5] and np.isnan(panel.close["BBB"].iloc[1])
    assert panel.volume["BBB"].tolist() == [2014, 2015]
    turned = "Ticker,AAA,,BBB,\nPrice,Close,Volume,Close,Volume\nDate,,,,\n2021-01-14,11.4,1014,21.4,2014\n2021-01-15,11.5,1015,21.5,2015\n"
    other = load_panel(write(turned, "turned.csv"))
    assert other.close["BBB"].tolist() == [21.4, 21.5] and other.volume["AAA"].tolist() == [1014, 1015]
    with pytest.raises(InputError, match="has no close column; it has: Open"):
        load_panel(write("Price,Open\nTicker,AAA\nDate,\n2021-01-14,1\n", "open.csv"))


def test_a_letter_after_a_volume_counts_and_a_volume_never_costs_a_close(write):
    rows = '"Date","Price","Vol."\n"01/15/2021","31.71","1.05B"\n"01/18/2021","31.78","-"\n"01/19/2021","31.72","950.10K"\n'
    panel = load_panel(write(rows + '"01/20/2021","32.10","12.34M"\n"01/21/2021","32.20","many"\n', "X.csv"))
    np.testing.assert_array_equal(panel.volume["X"], [1_050_000_000, np.nan, 950_100, 12_340_000, np.nan])
    assert panel.close["X"].iloc[-1] == 32.2
    assert panel.dropped["reason"].tolist() == ["volume is not a number: many; its close stays"]
    with pytest.raises(InputError, match="close is not a number"):
        load_panel(write("date,close\n2021-01-15,1.05B\n", "Y.csv"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252"])
def test_text_in_any_common_encoding(write, encoding):
    text = "Date\tClose\tVolume\r\n2021-01-14\t32.65\t1000\r\n2021-01-15\t29.30\t2000\r\n"
    assert load_panel(write(text.encode(encoding), "1810.HK.txt")).close["1810.HK"].tolist() == [32.65, 29.3]


def test_a_workbook_of_one_sheet_is_read_and_two_sheets_of_prices_are_refused(tmp_path):
    frame = pd.DataFrame({"date": pd.to_datetime(["2021-01-14", "2021-01-15"]), "1810.HK": [32.65, 29.3]})
    frame.to_excel(tmp_path / "prices.xlsx", index=False)
    assert load_panel(tmp_path / "prices.xlsx").close["1810.HK"].tolist() == [32.65, 29.3]
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        frame.to_excel(book, sheet_name="A", index=False)
        frame.to_excel(book, sheet_name="B", index=False)
    with pytest.raises(InputError, match="two.xlsx holds prices on 2 sheets \\('A', 'B'\\), and 'A' is not a table of one security"):
        load_panel(tmp_path / "two.xlsx")


def test_a_workbook_of_one_sheet_a_security_is_read_as_a_folder_is(tmp_path):
    days = pd.to_datetime(["2021-01-14", "2021-01-15"])
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        pd.DataFrame({"Date": days, "Close": [32.65, 29.3], "Volume": [10, 20]}).to_excel(book, sheet_name="1810.HK", index=False)
        pd.DataFrame({"Date": days, "Close": [28496.86, 28573.86]}).to_excel(book, sheet_name="HSI", index=False)
    panel = load_panel(tmp_path / "two.xlsx")
    assert closes(panel) == {"1810.HK": [32.65, 29.3], "HSI": [28496.86, 28573.86]}
    assert panel.volume["1810.HK"].tolist() == [10, 20]


def test_a_file_with_the_newest_row_first_is_read_and_a_mixed_one_refused(write):
    lines = WIDE.splitlines()
    assert closes(load_panel(write("\n".join([lines[0], *reversed(lines[1:])])))) == CLOSES


INVESTING = (
    '\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n"11/26/2026","174,229.64","1","2","1","1.2M","3.53%"\n'
    '"11/25/2026","168,296.93","1","2","1","406.35K","0.59%"\n'
)
GERMAN = "Datum;Erster;Schlusskurs;Stuecke\n25.11.2026;1,00;1.068,29;40.635\n26.11.2026;1,00;1.074,22;1.200.000\n"


@pytest.mark.parametrize(
    ("text", "encoding", "close", "volume"),
    [
        (INVESTING, "utf-8", [168296.93, 174229.64], [406350.0, 1200000.0]),
        (GERMAN, "cp1252", [1068.29, 1074.22], [40635.0, 1200000.0]),
        ("날짜,종가,거래량\n2026-11-25,1000,5\n2026-11-26,1010,6\n", "utf-8", [1000, 1010], [5, 6]),
        ("Datum;Slutkurs;Volym\n2026-11-25;1 068,29;5\n2026-11-26;1 074,22;6\n", "utf-8", [1068.29, 1074.22], [5, 6]),
        (
            "Datum,Senaste,Öppen,Högst,Lägst,Vol.,+/- %\n2026-11-25,10.5,10,11,9,5K,1%\n2026-11-26,10.6,10,11,9,6K,1%\n",
            "utf-8",
            [10.5, 10.6],
            [5e3, 6e3],
        ),
        (
            "Dato;Siste;Åpningskurs;Høy;Lav;Totalt omsatt (NOK);Volum\n25.11.2026;99,5;99;101;98;500;5\n26.11.2026;98,5;99;101;98;600;6\n",
            "utf-8",
            [99.5, 98.5],
            [5, 6],
        ),
        (
            "Date;Bid;Ask;Opening price;High price;Low price;Closing price;Average price;Total volume;Turnover;Trades\n2026-11-25;1,0;1,2;1;2;1;1,10;1,1;5;6;7\n2026-11-26;1,0;1,2;1;2;1;1,15;1,1;6;6;7\n",
            "utf-8",
            [1.10, 1.15],
            [5, 6],
        ),
        (
            "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2026-11-25,1,2,1,1.5,5\n2026-11-26,1,2,1,1.6,6\n",
            "utf-8",
            [1.5, 1.6],
            [5, 6],
        ),
        ("Päivämäärä;Päätöskurssi;Ylin;Alin;Vaihdettu määrä\n25.11.2026;4,50;5;4;5\n26.11.2026;4,60;5;4;6\n", "cp1252", [4.5, 4.6], [5, 6]),
        (
            "Дата;Цена;Открытие;Макс.;Мин.;Объём\n25.11.2026;250,5;250;251;249;5\n26.11.2026;251,5;250;252;249;6\n",
            "cp1251",
            [250.5, 251.5],
            [5, 6],
        ),
        (
            "Tanggal,Terakhir,Pembukaan,Tertinggi,Terendah,Vol.,Perubahan%\n2026-11-25,4500,4400,4600,4300,5K,1%\n2026-11-26,4600,4400,4600,4300,6K,1%\n",
            "utf-8",
            [4500, 4600],
            [5e3, 6e3],
        ),
        (
            "Ngày,Lần cuối,Mở cửa,Cao nhất,Thấp nhất,Khối lượng\n2026-11-25,45,44,46,43,5\n2026-11-26,46,44,46,43,6\n",
            "utf-8",
            [45, 46],
            [5, 6],
        ),
        ("日付,始値,終値,出来高\n2026-11-25,990,1000,5\n2026-11-26,999,1010,6\n", "cp932", [1000, 1010], [5, 6]),
    ],
)
def test_exports_of_sites_and_brokers_are_read_as_they_come(write, text, encoding, close, volume):
    path = write(text, "Some Firm Stock Price History.csv", encoding=encoding)
    panel = load_panel({"X": path})
    assert panel.close["X"].tolist() == close and panel.volume["X"].tolist() == volume


def test_a_named_file_of_several_securities_must_hold_the_one_it_is_named_for(write):
    path = write(WIDE)
    assert load_panel({"HSI": path}).securities == ["HSI"]
    with pytest.raises(InputError, match="prices.csv holds 2 securities .*none of them 'X'"):
        load_panel({"X": path})
    with pytest.raises(InputError, match="'nowhere.csv' is not a file that exists"):
        load_panel({"X": "nowhere.csv"})


def test_a_line_has_one_currency_whatever_rows_leave_out(write):
    rows = "date,security,close,currency\n2024-01-02,KO,10,{}\n2024-01-03,KO,11,{}\n"
    assert dict(load_panel(write(rows.format("USD", ""))).currency) == {"KO": "USD"}
    assert dict(load_panel(write(rows.format("GBX", "GBp"))).currency) == {"KO": "GBp"}
    with pytest.raises(InputError, match="states EUR and USD for 'KO'"):
        load_panel(write(rows.format("EUR", "USD")))
    with pytest.raises(InputError, match="states GBP and GBp for 'KO'"):
        load_panel(write(rows.format("GBP", "GBp")))


@pytest.mark.parametrize(
    "day", ["2026年1月5日", "2026년 1월 5일", "2026.1.5", "5 January 2026", "January 5, 2026", "05-Jan-2026", "5 Jan 2026", "2026/1/5"]
)
def test_a_day_is_read_as_it_is_written_in_tokyo_seoul_and_elsewhere(write, day):
    panel = load_panel(write(f'Date;Close\n"{day}";10\n', "X.csv"))
    assert panel.sessions.tolist() == [pd.Timestamp("2026-01-05")] and closes(panel) == {"X": [10.0]}


@pytest.mark.parametrize(("mark", "close"), [(",", 6252.0), (".", 6252.0)])
def test_a_sign_that_stands_twice_in_a_volume_groups_thousands_in_the_closes_too(write, mark, close):
    text = f"Date;Close;Volume\n2026-01-05;6{mark}252;5{mark}823{mark}400\n2026-01-06;6{mark}310;987{mark}600\n"
    panel = load_panel(write(text, "X.csv"))
    assert closes(panel) == {"X": [close, 6310.0]} and panel.volume["X"].tolist() == [5823400.0, 987600.0]


@pytest.mark.parametrize("text", [  # as the sites of the exchanges write them
    "Date,Close/Last,Volume,Open,High,Low\n01/16/2026,$41.20,1234567,$41.00,$42.00,$40.00\n01/15/2026,$40.00,998877,$41.00,$42.00,$40.00\n",
    '"Historical Data"\n"NL0000235190"\nDate;Open;Close;"Number of Shares";"Number of Trades"\n'
    "16/01/2026;41.00;41.20;1234567;900\n15/01/2026;41.00;40.00;998877;800\n",
])  # fmt: skip
def test_a_file_of_an_exchange_is_read_as_it_comes(write, text):
    panel = load_panel(write(text, "X.csv"))
    assert closes(panel) == {"X": [40.0, 41.2]} and panel.volume["X"].tolist() == [998877.0, 1234567.0]


ROWS_OF_MOUTAI = "日期,股票代码,收盘,成交量\n2024-01-02,{code},1685.01,3215644\n2024-01-03,{code},1694,2022929\n"


@pytest.mark.parametrize(
    ("name", "code", "security"),
    [
        ("600519.SS", "600519", "600519.SS"),
        ("600519 CH", "600519", "600519 CH"),
        ("600519.SS", "'600519", "600519.SS"),
        ("0600519", "'600519", "600519"),
        ("prices", "600519", "600519"),
        ("600519.SS", "600036", "600036"),
        ("600519.SS", "600519.SH", "600519.SH"),
        ("600519.XX", "600519", "600519"),
    ],
)
def test_a_bare_code_is_the_security_that_the_file_names_with_a_venue(write, name, code, security):
    path = write(ROWS_OF_MOUTAI.format(code=code), f"{name}.csv")
    panel = load_panel(path)
    assert closes(panel) == {security: [1685.01, 1694.0]}
    said = f"{name}.csv: its one code, '600519', is read as {name!r}, the name of the file, which tells the venue."
    assert (said in panel.read_as) == (security == name)
    assert closes(load_panel(path, columns={"security": "股票代码"})) == {code.removeprefix("'"): [1685.01, 1694.0]}


def test_a_folder_of_files_with_a_column_of_codes_is_read_by_the_names_of_the_files(write, tmp_path):
    for name, code in (("600519.SS", "600519"), ("000001.SZ", "000001")):
        write(ROWS_OF_MOUTAI.format(code=code), f"{name}.csv")
    assert load_panel(tmp_path, ["600519.SS", "000001.SZ"]).close.columns.tolist() == ["600519.SS", "000001.SZ"]
    several = write(ROWS_OF_MOUTAI.format(code="600519") + "2024-01-03,000001,9.2,1\n", "600036.SS.csv")
    assert load_panel(several).close.columns.tolist() == ["600519", "000001"]
