"""Which column is which figure: units and currencies of headings, closes beside last prices, and what is turned over beside a price."""

import re

import pandas as pd
import pytest

from impact.errors import InputError
from impact.market import load_panel

DAYS = ("2018-01-05", "2018-01-16")


@pytest.fixture
def read(tmp_path):
    def panel_of(header, *rows, name="X.csv", **stated):
        path = tmp_path / name
        path.write_text("\n".join([header, *(f"{day},{row}" for day, row in zip(DAYS, rows, strict=True))]) + "\n", encoding="utf-8")
        return load_panel(path, **stated)

    return panel_of


@pytest.mark.parametrize(
    ("close", "currency"),
    [
        ("Close (p)", "GBp"), ("Close (pence)", "GBp"), ("Close [GBX]", "GBX"), ("Price (GBp)", "GBp"), ("Close (£)", "GBP"),
        ("close_usd", "USD"), ("Share Price (USD)", "USD"), ("Close*", ""), ("4. close", ""), ("4. close (USD)", "USD"), ("Price Close", ""), ("TRDPRC_1", ""),
        ("Close (€)", "EUR"), ("Close (HK$)", "HKD"), ("Fechamento (R$)", "BRL"), ("Close_EUR", "EUR"), ("Closing price in EUR", "EUR"),
        ("Close (in USD)", "USD"), ("Close (usd)", "USD"), ("Close (euros)", "EUR"), ("Close (€/share)", "EUR"), ("Close (agorot)", "ILA"),
        ("終値(円)", "JPY"), ("Close (local currency)", ""), ("Close GBp", "GBp"), ("Close ($)", ""), ("收盘价(元)", ""), ("収盘", None), ("Stängn.kurs", ""), ("Slutkurs (kr)", ""), ("Close (₩)", "KRW"),
    ],
)  # fmt: skip
def test_a_unit_or_currency_of_the_heading_of_a_close_is_read(read, close, currency):
    if currency is None:  # no name of a close: one security called so
        assert read(f"Date,{close}", "170.5", "171.75").securities == ["収盘"]
        return
    panel = read(f"Date,Open,{close},Volume", "170,170.5,950250", "171,171.75,1300000")
    assert panel.securities == ["X"] and panel.close["X"].tolist() == [170.5, 171.75] and panel.volume["X"].tolist() == [950250, 1300000]
    assert panel.currency["X"] == currency


def test_units_of_headings_are_those_of_the_lines_of_a_wide_table(read):
    panel = read("Date,VOD LN (p),AZN LN (£),KO (US$),BRK (B)", "170.5,51,40.5,3", "171.75,52,41.5,4")
    assert panel.currency.to_dict() == {"VOD LN": "GBp", "AZN LN": "GBP", "KO": "USD", "BRK (B)": ""}


def test_a_sign_in_a_heading_cannot_be_another_currency(read):
    assert read("Date,Close ($)", "1.5", "1.6", currency="HKD").currency["X"] == "HKD"
    with pytest.raises(InputError, match=r"bear \$ and its currency is stated as 'EUR'"):
        read("Date,Close ($)", "1.5", "1.6", currency="EUR")


@pytest.mark.parametrize("header", ["Date,Last,Close", "Date,PX_LAST,Close", "Date,Zuletzt,Schluss", "Date,Price,Close (EUR)"])
def test_a_close_stands_before_a_last_price(read, header):
    assert read(header, "170.4,170.5", "171.7,171.75").close["X"].tolist() == [170.5, 171.75]


def test_two_columns_of_closes_are_refused_and_either_can_be_said(read):
    rows = ("Date,Close (EUR),Close (USD)", "170.5,200.5", "171.75,201.5")
    with pytest.raises(InputError, match=r"has 2 columns of closes \('Close \(EUR\)', 'Close \(USD\)'\)"):
        read(*rows)
    panel = read(*rows, columns={"close": "Close (USD)"})
    assert panel.close["X"].tolist() == [200.5, 201.5] and panel.currency["X"] == "USD"


def test_an_amount_beside_a_close_is_what_was_turned_over(read, tmp_path):
    panel = read("trade_date,close,vol,amount", "756,40003,30242268", "757.5,40004,30303030")
    assert panel.dividends is None and panel.volume["X"].tolist() == [40003, 40004] and panel.read_as == ()
    assert panel.returns()["X"].iloc[1] == pytest.approx(757.5 / 756 - 1)
    two = tmp_path / "two.csv"
    two.write_text(",A,A,B,B\nDate,close,amount,close,amount\n2018-01-05,10,5000,20,6000\n2018-01-16,11,5500,22,6600\n")
    panel = load_panel(two)
    assert panel.dividends is None and panel.close["B"].tolist() == [20, 22]


@pytest.mark.parametrize(
    ("volume", "cell", "shares"),
    [
        ("Volume (shares)", "950250", 950250), ("Umsatz (Stück)", "950250", 950250), ("Volume ('000)", "950.25", 950250),
        ("Volume (thousands)", "950.25", 950250), ("成交量(万股)", "95.025", 950250), ("Trading Volume", "950250", 950250),
        ("Volume_k", "950.25", 950250), ("Volume thousands", "950.25", 950250), ("Volume Traded", "950250", 950250), ("No.of Shares", "950250", 950250), ("成交量（股）", "950250", 950250),
    ],
)  # fmt: skip
def test_the_unit_of_a_volume_is_read(read, volume, cell, shares):
    assert read(f"Date,Close,{volume}", f"170.5,{cell}", f"171.75,{cell}").volume["X"].tolist() == [shares, shares]


UNREAD = "X.csv: not read, a volume in money or in a unit that is not told in shares: '{}'."


def test_a_volume_of_money_or_of_untold_lots_is_none(read):
    panel = read("Date,Close,Volume (USD)", "170.5,9502500", "171.75,9502500")
    assert panel.volume is None and panel.read_as == (UNREAD.format("Volume (USD)"),)
    panel = read("Date,Close,Volumen,Stück", "170.5,161000,950", "171.75,223000,1300")
    assert panel.volume["X"].tolist() == [950, 1300]
    panel = read("Date,Close,成交量(手)", "170.5,9502", "171.75,9502")
    assert panel.volume is None and panel.read_as == (UNREAD.format("成交量(手)"),)
    assert read("Date,Close,Volume (100 shares)", "170.5,9502", "171.75,9502").read_as == (UNREAD.format("Volume (100 shares)"),)
    with pytest.raises(
        InputError, match=r"columns\['volume'\]='Volume \(lots\)' of X.csv is a volume in money, or in a unit that is not told"
    ):
        read("Date,Close,Volume (lots)", "170.5,9502", "171.75,9502", columns={"volume": "Volume (lots)"})


@pytest.mark.parametrize(
    ("header", "rows", "turned_over"),
    [
        ("trade_date,close,vol,amount", ("756,40003,3000500", "757.5,40004,3000500"), "amount"),  # in thousands
        ("日期,收盘,成交量,成交额", ("1997,37002,7.389e9", "2059,47000,9.677e9"), "成交额"),
    ],
)
def test_a_volume_in_lots_is_told_by_what_was_turned_over_beside_it(read, header, rows, turned_over):
    panel = read(header, *rows)
    assert panel.volume is None
    volume = header.split(",")[2]
    assert panel.read_as == (f"X.csv: not read, a volume that {turned_over!r} tells to be in lots of a hundred shares: {volume!r}.",)


@pytest.mark.parametrize("rows", [("130,1000,1300", "131,1100,1441"), ("130,1000,130", "131,1100,144"), ("130,1000,", "131,,1300")])
def test_a_price_in_pence_or_money_in_thousands_makes_no_lots(read, rows):
    assert read("Date,Close (p),Volume,Turnover", *rows).volume["X"].iloc[0] == 1000


def test_a_figure_and_a_security_in_one_heading_may_state_a_currency(read):
    panel = read("Date,KO Close (USD),KO Volume,VOD Close (p),VOD Volume", "40,1000,170.5,2000", "41,1100,171.75,2100")
    assert panel.currency.to_dict() == {"KO": "USD", "VOD": "GBp"}
    assert panel.close["VOD"].tolist() == [170.5, 171.75] and panel.volume["VOD"].tolist() == [2000, 2100]


def test_a_heading_and_a_column_of_currencies_must_agree(read):
    with pytest.raises(InputError, match=r"heads its closes with 'GBp' and states 'GBP' in the column of currencies"):
        read("Date,Close (p),Currency", "170.5,GBP", "171.75,GBP")
    assert read("Date,Close (p),Currency", "170.5,GBX", "171.75,").currency["X"] == "GBX"
    assert read("Date,Ticker,Close (EUR),Currency", "KO,1.5,", "KO,1.6,").currency["KO"] == "EUR"


def test_the_heading_of_adjusted_closes_alone_states_a_currency(read):
    assert read("Date,Adjusted Close (USD)", "42.6", "42.9").currency["X"] == "USD"


@pytest.mark.parametrize(
    "text",
    [
        '{"Meta Data": {"2. Symbol": "IBM"}, "Time Series (Daily)": {"2018-01-16": {"1. open": "171", "4. close": "171.75", "5. volume": "7"}, '
        '"2018-01-05": {"1. open": "170", "4. close": "170.5", "5. volume": "5"}}}',
        '{"dataset": {"column_names": ["Date", "Open", "Close", "Volume"], "data": [["2018-01-16", 171, 171.75, 7], ["2018-01-05", 170, 170.5, 5]]}}',
        '{"symbol": "X", "historical": [{"date": "2018-01-16", "close": 171.75, "volume": 7}, {"date": "2018-01-05", "close": 170.5, "volume": 5}]}',
    ],
)
def test_answers_of_vendors_in_json(tmp_path, text):
    (tmp_path / "X.json").write_text(text)
    panel = load_panel(tmp_path / "X.json")
    assert panel.close["X"].tolist() == [170.5, 171.75] and panel.volume["X"].tolist() == [5, 7]


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("日付,始値,高値,安値,終値,売買高", "cp932"), ("日期,开盘,最高,最低,收盘价,成交量", "gbk"), ("日期,開盤價,最高價,最低價,收盤價,成交股數", "cp950"),
        ("일자,시가,고가,저가,종가,거래량", "cp949"),
    ],
)  # fmt: skip
def test_a_line_of_headings_alone_tells_an_east_asian_encoding(tmp_path, header, encoding):
    path = tmp_path / "X.csv"
    path.write_bytes(f"{header}\n2018/1/16,1170,1172,1169,1171.5,7\n2018/1/5,1170,1172,1169,1170,5\n".encode(encoding))
    panel = load_panel(path)
    assert panel.close["X"].tolist() == [1170, 1171.5] and panel.volume["X"].tolist() == [5, 7]


def test_a_letter_behind_a_volume_is_its_unit_in_place_of_the_headings(read):
    assert read("Date,Close,Volume (k)", "170.5,1.5K", "171.75,2.25").volume["X"].tolist() == [1500, 2250]


def test_a_column_of_names_or_days_is_no_security(read, tmp_path):
    panel = read("Date,Name,KO,PEP (EUR)", "Coca,40,100", "Coca,41,n/a")
    assert panel.securities == ["KO", "PEP"] and panel.currency.to_dict() == {"KO": "", "PEP": "EUR"}
    assert panel.dropped[["security", "reason"]].to_numpy().tolist() == [["Name", "no row of it holds a number (first Coca)"]]
    days = pd.to_datetime(list(DAYS))
    pd.DataFrame({"date": days, "KO": [40.0, 41.0], "asof": days, "flag": [True, False]}).to_parquet(tmp_path / "t.parquet")
    panel = load_panel(tmp_path / "t.parquet")
    assert panel.securities == ["KO"] and panel.dropped["security"].tolist() == ["asof", "flag"]


def test_words_in_brackets_say_which_close_it_is(read):
    panel = read("Date,Close (unadjusted),Close (adjusted)", "40,10", "41,11")
    assert panel.close["X"].tolist() == [40, 41] and panel.adjusted_close["X"].tolist() == [10, 11]
    with pytest.raises(InputError, match=r"2 columns of closes \('Close \(unadjusted\)', 'Close \(split adjusted\)'\)"):
        read("Date,Close (unadjusted),Close (split adjusted)", "40,10", "41,11")
    with pytest.raises(InputError, match=r"2 columns of adjusted closes \('Adj Close', 'Adjusted Close'\)"):
        read("Date,Adj Close,Adjusted Close", "40,10", "41,11")


@pytest.mark.parametrize("header", ["Date,Close (£),Dividends (p)", "Date,Close (GBp),Dividend (GBP)", "Date,Close (GBp),Adj Close (GBP)"])
def test_what_is_paid_is_in_the_currency_of_the_close(read, header):
    with pytest.raises(InputError, match="are in one currency and unit"):
        read(header, "4,5", "4.1,5")
    with pytest.raises(InputError, match="are in one currency and unit"):
        read(header.replace("Close", "X Close").replace("Div", "X Div").replace("Adj X", "X Adj"), "4,5", "4.1,5")
    panel = read("Date,Close (p),Dividends (GBX)", "400,0", "410,5", basis="as_traded")
    assert panel.returns()["X"].iloc[1] == pytest.approx((410 + 5) / 400 - 1)


@pytest.mark.parametrize(
    ("header", "states"),
    [
        ("Date,Close,Adj Close (USD)", "'Adj Close (USD)' states USD and the closes of 'X' no currency"),
        ("日付,終値(円),調整後終値($)", "'調整後終値($)' states $ and the closes of 'X' JPY"),
        ("Date,Close (€),Adj Close ($)", "'Adj Close ($)' states $ and the closes of 'X' EUR"),
        ("Date,Close ($),Adj Close (EUR)", "'Adj Close (EUR)' states EUR and the closes of 'X' $"),
        ("Date,Close,Dividends (cents)", "'Dividends (cents)' states ¢ and the closes of 'X' no currency"),
        ("Date,KO (USD),KO Adj Close (EUR)", "'Adj Close (EUR)' states EUR and the closes of 'KO' USD"),
    ],
)
def test_a_currency_that_only_one_of_two_prices_states_is_none(read, header, states):
    with pytest.raises(InputError, match=re.escape(states)):
        read(header, "10,9", "11,10")


def test_a_currency_stated_by_the_caller_or_a_column_settles_the_heading_beside(read):
    assert read("Date,Close,Dividends (CNY)", "10,0", "11,1", currency="CNY").currency["X"] == "CNY"
    assert read("Date,Close,Adj Close (USD),Currency", "10,9,USD", "11,10,USD").currency["X"] == "USD"
    assert read("Date,Close ($),Adj Close ($)", "10,9", "11,10").currency["X"] == ""
    assert read("Date,Close,Dividends (cents)", "1000,0", "1100,10", currency="ZAc").dividends["X"].tolist() == [0, 10]
    with pytest.raises(InputError, match="states CNY and the closes of 'X' HKD"):
        read("Date,Close,Dividends (CNY)", "10,0", "11,1", currency="HKD")


def test_a_part_of_a_currency_is_that_of_the_venue_or_is_asked_for(read):
    for unit in ("cents", "c", "Cents", "CENTS"):
        assert read(f"Date,Close ({unit})", "170.5", "171.75", name="NPN.JO.csv").currency.to_dict() == {"NPN.JO": "ZAc"}
        assert read(f"Date,Close ({unit})", "170.5", "171.75", currency="ZAc").currency.to_dict() == {"X": "ZAc"}
    assert read("Date,NPN.JO (cents),KO (USD)", "170.5,40", "171.75,41").currency.to_dict() == {"NPN.JO": "ZAc", "KO": "USD"}
    for unit in ("cents", "c", "öre", "fils", "USc"):
        with pytest.raises(InputError, match="says that its closes are in a part of a currency, not of which; state its currency"):
            read(f"Date,Close ({unit})", "170.5", "171.75")
    with pytest.raises(InputError, match="bear ¢ and its currency is stated as 'ZAR'"):
        read("Date,Close (cents)", "170.5", "171.75", currency="ZAR")


@pytest.mark.parametrize("unit", ["000", "'000", "k", "thousands", "USD m", "TEUR", "million"])
def test_a_price_in_thousands_is_refused_and_makes_no_security(read, unit):
    with pytest.raises(InputError, match="prices in another unit than a currency"):
        read(f"Date,Close ({unit})", "170.5", "171.75")
    with pytest.raises(InputError, match="prices in another unit than a currency"):
        read(f"Date,KO Close ({unit}),KO Volume", "170.5,1000", "171.75,2000")


@pytest.mark.parametrize("ticker", ["KO", "C", "K", "M", "BN", "600519", "CENT", "USX"])
def test_a_ticker_in_brackets_is_a_security(read, ticker):
    assert read(f"Date,Close ({ticker}),Close (PEP)", "170.5,1", "171.75,2").securities == [ticker, "PEP"]


def test_a_currency_stated_over_that_of_the_file_is_said(read):
    panel = read("Date,Close (GBP)", "170.5", "171.75", currency="GBp")
    assert panel.currency["X"] == "GBp"
    assert panel.read_as == ("X.csv: the currency stated, 'GBp', is used in place of 'GBP', which the file says of 'X' (1 such).",)
    panel = read("Date,VOD (GBP),KO (USD)", "170.5,40", "171.75,41", currency={"VOD": "GBp"})
    assert panel.currency.to_dict() == {"VOD": "GBp", "KO": "USD"}


@pytest.mark.parametrize("heading", ["Name", "Company", "Code", "銘柄"])
def test_a_table_whose_rows_are_of_several_securities_under_an_unknown_heading_is_refused(read, heading):
    """Where no day has both, they were read as one line that jumps."""
    with pytest.raises(InputError, match=f"{heading!r} holds 2 values .first '700', '9988'.; where it does, say so with columns="):
        read(f"Date,{heading},Close", "700,600", "9988,200")
    panel = read(f"Date,{heading},Close", "700,600", "9988,200", columns={"security": heading})
    assert panel.securities == ["700", "9988"]
    assert read(f"Date,{heading},Close", "700,600", "700,610").securities == ["X"]
    assert read(f"Date,{heading},Close", "700,600", ",610").securities == ["X"]


@pytest.mark.parametrize("heading", ["", "#", "No.", "Unnamed: 0"])
def test_a_column_that_counts_the_rows_is_no_security(tmp_path, heading):
    (tmp_path / "X.csv").write_text(f"{heading},Date,KO\n0,2018-01-05,40\n1,2018-01-16,41\n2,2018-01-17,42\n")
    assert load_panel(tmp_path / "X.csv").securities == ["KO"]
    (tmp_path / "X.csv").write_text(f"{heading},Date,Close\n0,2018-01-05,40\n1,2018-01-16,41\n2,2018-01-17,42\n")
    assert load_panel(tmp_path / "X.csv").close["X"].tolist() == [40, 41, 42]


@pytest.mark.parametrize(
    "adjusted", ["Schlusskurs bereinigt", "Clôture ajustée", "Cierre ajustado", "Chiusura rettificata", "前复权收盘价", "수정종가"]
)
def test_adjusted_closes_have_names_in_other_languages(read, adjusted):
    panel = read(f"Date,Close,{adjusted}", "10,9", "11,10")
    assert panel.close["X"].tolist() == [10, 11] and panel.adjusted_close["X"].tolist() == [9, 10]
    assert read(f"Date,{adjusted},Volume", "9,100", "10,100").basis["X"] == "total_return"


def test_securities_that_brackets_alone_tell_are_said(read):
    assert "taken as securities of their own, which brackets alone tell apart: 'U:KO(P)', 'U:KO(VO)'" in str(
        read("Date,U:KO(P),U:KO(VO)", "10,2000", "11,2100").assumptions
    )
    assert "'Close (mid)' is read as the close of a security called 'mid'" in str(read("Date,Close (mid)", "10", "11").assumptions)
    assert read("Date,Close (KO),Close (PEP)", "10,20", "11,21").assumptions == ()


def test_a_file_of_one_figure_whose_name_states_a_unit_is_refused(tmp_path):
    table = "Date,KO\n2018-01-05,10\n2018-01-16,11\n"
    for name in ("close", "volume", "adj close"):
        (tmp_path / f"{name}.csv").write_text(table)
    assert load_panel(tmp_path).volume["KO"].tolist() == [10, 11]
    (tmp_path / "volume.csv").rename(tmp_path / "volume (000).csv")
    with pytest.raises(InputError, match=r"the name of the file 'volume \(000\)' states a unit"):
        load_panel(tmp_path)


def test_a_point_before_three_digits_beside_days_with_points_is_either(tmp_path):
    """1.234 in a German file may be a thousand and more."""
    path = tmp_path / "X.csv"
    path.write_text("Datum;Schluss\n05.01.2018;1.234\n16.01.2018;1.235\n")
    with pytest.raises(InputError, match="'1.235' may be thousands or decimals; say which"):
        load_panel(path)
    assert load_panel(path, decimal=",").close["X"].tolist() == [1234, 1235]
    assert load_panel(path, decimal=".").close["X"].tolist() == [1.234, 1.235]
    path.write_text("Datum;Schluss\n05.01.2018;1.234\n16.01.2018;1.23\n")
    assert load_panel(path).close["X"].tolist() == [1.234, 1.23]
    path.write_text("Date,Close\n2018-01-05,1.234\n2018-01-16,1.235\n")
    assert load_panel(path).close["X"].tolist() == [1.234, 1.235]


def test_a_blank_that_does_not_break_is_one_in_headings(read):
    assert read("Date,Close\u00a0Price,Volume", "10,1", "11,1").close["X"].tolist() == [10, 11]


@pytest.mark.parametrize("header", ["Date,KO,SON", "Date,SON,KO", "Date,KO,SON,PEP"])
def test_a_ticker_that_is_a_word_for_a_price_is_asked_for(tmp_path, header):
    """``son`` is Turkish for last; Sonoco trades as SON."""
    path, n = tmp_path / "prices.csv", header.count(",")
    path.write_text("\n".join([header, *(f"2021-01-{day:02d}" + ",60.5" * n for day in range(4, 8))]))
    with pytest.raises(InputError, match=r"may be securities .*columns=\{'close': 'SON'\}"):
        load_panel(path)
    panel = load_panel(path, columns={"close": "SON"})
    assert list(panel.securities) == ["prices"] and any("'KO'" in note for note in panel.read_as)


@pytest.mark.parametrize(
    ("header", "unread"), [("Date,Close,Foo", "Foo"), ("Date,KO,Close", "KO"), ("Date,Open,Close,Score (EUR)", "Score (EUR)")]
)
def test_figures_under_a_heading_that_names_none_are_said_to_be_unread(tmp_path, header, unread):
    path, n = tmp_path / "prices.csv", header.count(",")
    path.write_text("\n".join([header, *(f"2021-01-{day:02d}" + ",60.5" * n for day in range(4, 8))]))
    assert load_panel(path).read_as == (f"prices.csv: not read, figures under headings that name none known here: {unread!r}.",)


def test_columns_of_words_and_known_figures_are_not_said(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text(
        "Date,Open,High,Low,Close,Volume,Trend,Change %\n" + "\n".join(f"2021-01-{day:02d},1,2,1,2,5,up,0.1" for day in range(4, 8))
    )
    assert load_panel(path).read_as == ()


MONEY = ("Turnover (CNY)", "成交额(元)", "成交额（元）", "Turnover CNY", "Amount (k)", "Turnover (m)", "成交额(万元)")


@pytest.mark.parametrize(("money", "wide"), [*((money, False) for money in (*MONEY, "Value")), *((money, True) for money in MONEY)])
def test_money_tells_lots_whatever_its_heading_states(read, money, wide):
    scale = {"Amount (k)": 1e3, "Turnover (m)": 1e6, "成交额(万元)": 1e4}.get(money, 1.0)
    rows = [f"{close},5000,{close * 500_000 / scale}" for close in (1685.0, 1694.0)]
    panel = read(f"Date,600519 Close,600519 Volume,600519 {money}" if wide else f"Date,Close,Volume,{money}", *rows)
    assert panel.volume is None and panel.close.iloc[:, 0].tolist() == [1685, 1694]
    assert sum("in lots of a hundred shares" in note for note in panel.read_as) == 1
    shares = [row.replace(",5000,", ",500000,") for row in rows]
    panel = read(f"Date,600519 Close,600519 Volume,600519 {money}" if wide else f"Date,Close,Volume,{money}", *shares)
    assert panel.volume.iloc[:, 0].tolist() == [500_000, 500_000]


def test_capitals_are_a_price_beside_figures_and_tickers_beside_tickers(tmp_path):
    path = tmp_path / "crsp.csv"
    path.write_text(
        "PERMNO,date,TICKER,COMNAM,PRC,VOL,RET,SHROUT\n14593,2020-01-02,AAPL,APPLE INC,300.35,33870100,0.0228,4384959\n"
        "14593,2020-01-03,AAPL,APPLE INC,297.43,36580700,-0.0097,4384959\n"
    )
    panel = load_panel(path)
    assert panel.close["AAPL"].tolist() == [300.35, 297.43] and panel.volume["AAPL"].tolist() == [33870100, 36580700]
    for header in ("Date,SON,VAR,AAPL,MSFT", "Date,VAR,SON,KO"):
        path.write_text("\n".join([header, *(f"2021-01-{day:02d}" + ",60.5" * header.count(",") for day in range(4, 8))]))
        with pytest.raises(InputError, match=r"may be securities .*columns=\{'close': 'SON'\}"):
            load_panel(path)
    path.write_text("Date,RAW,ADJ,PRC\n2021-01-04,1,2,3\n2021-01-05,1,2,3\n")
    assert list(load_panel(path).securities) == ["RAW", "ADJ", "PRC"]


@pytest.mark.parametrize("price", ["Close", "Adj Close"])
def test_each_security_of_a_long_table_is_asked_for_lots(tmp_path, price):
    """One line in shares and one in lots of a hundred: what was turned over tells each by itself."""
    rows = [f"date,security,{price},volume,amount"]
    for day in range(4, 9):
        rows += [f"2021-01-{day:02d},0700.HK,300,856047,{300 * 856047}", f"2021-01-{day:02d},600519.SS,1700,8560,{1700 * 856000}"]
    path = tmp_path / "prices.csv"
    path.write_text("\n".join(rows))
    panel = load_panel(path)
    assert panel.volume["0700.HK"].tolist() == [856047.0] * 5 and panel.volume["600519.SS"].isna().all()
    assert any("in lots of a hundred shares: 'volume' of '600519.SS'" in note for note in panel.read_as)


def twice(*cells):
    return [",".join(map(str, cells))] * 2


def test_a_value_that_tells_lots_is_not_called_unread(read):
    in_lots = read("Date,Close,Volume,Value", *twice(10, 500, 500_000))
    assert in_lots.read_as == ("X.csv: not read, a volume that 'Value' tells to be in lots of a hundred shares: 'Volume'.",)
    in_shares = read("Date,Close,Volume,Value", *twice(10, 500, 5_000))
    assert in_shares.read_as == () and in_shares.volume["X"].tolist() == [500, 500]
    assert read("Date,Close,Value", *twice(10, 5_000)).read_as == (
        "X.csv: not read, figures under headings that name none known here: 'Value'.",
    )


@pytest.mark.parametrize("value", ["Value", "Turnover", "Value (CNY)", "成交额(元)"])
def test_a_value_beside_a_security_tells_the_lots_of_its_volume(read, value):
    header = f"Date,600519 Close,600519 Volume,600519 {value},000001 Close,000001 Volume,000001 {value}"
    panel = read(header, *twice(10, 500, 500_000, 20, 500, 10_000))
    assert panel.close.columns.tolist() == ["600519", "000001"]
    assert panel.volume["600519"].isna().all() and panel.volume["000001"].tolist() == [500, 500]
    assert [note.partition(": ")[2].replace("额 (", "额(") for note in (*panel.read_as, *panel.assumptions)] == [
        f"600519: not read, a volume that {value!r} tells to be in lots of a hundred shares: 'Volume'."
    ]


def test_funds_called_value_are_securities(read):
    panel = read("Date,Vanguard,Vanguard Value,iShares Value", *twice(10, 20, 30))
    assert panel.close.columns.tolist() == ["Vanguard", "Vanguard Value", "iShares Value"]


def test_a_name_may_change_beside_one_code(read):
    panel = read("Date,Code,Name,Close", "600519,Moutai,10", "600519,Moutai Co,11")
    assert panel.close.iloc[:, 0].tolist() == [10, 11]
    for first, second in (("600519", "600520"), ("600519", "")):
        with pytest.raises(InputError, match="no column that is known to name the security"):
            read("Date,Code,Name,Close", f"{first},Moutai,10", f"{second},Moutai Co,11")
    with pytest.raises(InputError, match="'Name' holds 2 values"):
        read("Date,Name,Close", "Moutai,10", "Moutai Co,11")


def test_the_words_of_crsp_and_compustat_are_known(tmp_path):
    daily = tmp_path / "crsp.csv"
    daily.write_text(
        "PERMNO,DlyCalDt,Ticker,DlyPrc,DlyVol,DlyRet\n14593,2024-01-02,AAPL,185.64,82488700,0.01\n14593,2024-01-03,AAPL,184.25,58414500,-0.01\n"
    )
    panel = load_panel(daily)
    assert (
        panel.close["AAPL"].tolist() == [185.64, 184.25] and panel.volume["AAPL"].tolist() == [82488700, 58414500] and panel.read_as == ()
    )
    security = tmp_path / "compustat.csv"
    security.write_text(
        "gvkey,datadate,conm,cshtrd,prccd,curcdd\n001690,20240102,APPLE INC,82488700,185.64,USD\n001690,20240103,APPLE,58414500,184.25,USD\n"
    )
    panel = load_panel(security, columns={"security": "gvkey"})
    assert (
        panel.currency["001690"] == "USD"
        and panel.close["001690"].tolist() == [185.64, 184.25]
        and panel.volume["001690"].tolist() == [82488700, 58414500]
    )
