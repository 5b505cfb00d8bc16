"""Lots beside their summary, groups whose total stands above them, and values whose currency another column tells."""

from __future__ import annotations

import pytest

import impact

AS_OF = "2021-01-20T12:00-05:00"
HEAD = "Symbol,Description,Quantity,Price,Market Value,Acquired\n"


def checked(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return impact.check_portfolio(path, as_of=AS_OF)


@pytest.mark.parametrize("summary_first", [True, False])
def test_lots_beside_the_line_that_sums_them_up_are_not_counted_again(tmp_path, summary_first):
    lots = ["CEO,CNOOC LTD ADR,10,100,1000,2020-05-01", "CEO,CNOOC LTD ADR,20,100,2000,2020-06-01"]
    summary = ["CEO,CNOOC LTD ADR,30,100,3000,Various"]
    lines = [*(summary + lots if summary_first else lots + summary), "AAPL,APPLE INC,10,130,1300,2019-01-02"]
    report = checked(tmp_path, HEAD + "\n".join(lines) + "\n")
    assert report.positions["quantity"].tolist() == [30.0, 10.0] and report.nav == 4300.0
    assert report.dropped["reason"].tolist() == ["a part of a position that is counted as a whole"] * 2
    assert "rows that could not be read" not in set(report.unknown["reason"])


def test_a_single_lot_is_one_where_other_summaries_stand_above_theirs(tmp_path):
    lots = "CEO,CNOOC LTD ADR,30,100,3000,Various\nCEO,CNOOC LTD ADR,10,100,1000,2020-05-01\nCEO,CNOOC LTD ADR,20,100,2000,2020-06-01\n"
    report = checked(tmp_path, f"{HEAD}{lots}CHL,CHINA MOBILE ADR,5,27,135,Various\nCHL,CHINA MOBILE ADR,5,27,135,2020-06-01\n")
    assert report.nav == 3135.0 and len(report.positions) == 2


def test_a_single_lot_above_its_summary_is_one_where_others_stand_so(tmp_path):
    lots = "XIACY,XIAOMI ADR,100,15,1500,a\nXIACY,XIAOMI ADR,50,15,750,b\nXIACY,XIAOMI ADR,150,15,2250,Total\n"
    report = checked(tmp_path, f"{HEAD}{lots}AAPL,APPLE,10,130,1300,c\nAAPL,APPLE,10,130,1300,Total\n")
    assert report.nav == 3550.0 and report.positions["row"].tolist() == [4, 6]
    assert not report.issues["problem"].str.contains("a total").any()


def test_two_purchases_alike_and_lots_that_are_no_sum_stay(tmp_path):
    alike = "CEO,CNOOC LTD ADR,10,100,1000,2020-05-01\nCEO,CNOOC LTD ADR,10,100,1000,2020-06-01\n"
    assert checked(tmp_path, HEAD + alike).nav == 2000.0
    no_sum = "CEO,CNOOC LTD ADR,30,100,3000,a\nCEO,CNOOC LTD ADR,10,100,1000,b\nCEO,CNOOC LTD ADR,15,100,1500,c\n"
    assert checked(tmp_path, HEAD + no_sum).nav == 5500.0
    by_account = "Account,ISIN,Quantity,Market Value\nA,HK0883013259,30,300\nB,HK0883013259,10,100\nC,HK0883013259,20,200\n"
    assert checked(tmp_path, by_account).nav == 600.0


def test_the_available_part_of_a_balance_is_no_further_position(tmp_path):
    head = "Safekeeping Account;ISIN;Security Name;Balance Type;Balance;Holding Value;Holding Currency\n"
    text = (
        f"{head}ACC1;HK0941009539;CHINA MOBILE LTD;AGGR;10000;60000;USD\nACC1;HK0941009539;CHINA MOBILE LTD;AVAI;10000;60000;USD\n"
        "ACC1;US0378331005;APPLE INC;AGGR;100;13000;USD\nACC2;KYG9830T1067;XIAOMI CORP;AVAI;5;20;USD\n"
    )
    report = checked(tmp_path, text)
    assert report.positions["isin"].tolist() == ["HK0941009539", "US0378331005", "KYG9830T1067"]  # a part without its whole is held
    assert (report.nav, report.currency) == (73020.0, "USD") and len(report.dropped) == 1


def test_totals_above_their_groups_are_no_positions(tmp_path):
    text = (
        "Security,Ticker,ISIN,Position,Mkt Val,% Wgt (Port)\nEM FUND,,,,1000000,100.00\nCommunication Services,,,,600000,60.00\n"
        "CHINA MOBILE LTD,941 HK Equity,HK0941009539,50000,300000,30.00\nTENCENT HOLDINGS LTD,700 HK Equity,KYG875721634,4000,300000,30.00\n"
        "Energy,,,,350000,35.00\nCNOOC LTD,883 HK Equity,HK0883013259,400000,350000,35.00\nCash,,,,50000,5.00\n"
    )
    report = checked(tmp_path, text.replace("EM FUND,,,,1000000,100.00", "EM FUND,,,,950000,95.00"))
    assert report.positions["name"].tolist() == ["CHINA MOBILE LTD", "TENCENT HOLDINGS LTD", "CNOOC LTD", "Cash"]
    assert report.nav == 1_000_000.0 and set(report.dropped["reason"]) == {"a total, not a position"}


def test_a_code_with_its_name_behind_is_a_code(tmp_path):
    text = "代码,数量,成本价,收盘价,市值,币种\n00981 (SMIC),1000,20,25.5,25500,HKD\n1810 (XIAOMI-W),200,20,31.5,6300,HKD\n"
    positions = checked(tmp_path, text).positions
    assert positions["ticker"].tolist() == ["00981", "1810"] and positions["name"].tolist() == ["SMIC", "XIAOMI-W"]
    assert positions["status"].tolist() == ["restricted", "restricted"]


@pytest.mark.parametrize("heading", ["FXRateToBase", "fxRateToBase", "FX Rate To Base"])
def test_a_rate_to_the_base_beside_values_of_lines_is_taken(tmp_path, heading):
    text = (
        f"CurrencyPrimary,{heading},Symbol,ISIN,Quantity,MarkPrice,PositionValue\nHKD,0.129,1810,KYG9830T1067,100,31.5,3150\n"
        "USD,1,AAPL,US0378331005,10,130,1300\n"
    )
    report = checked(tmp_path, text)
    assert (report.nav, report.currency) == (1706.35, "USD")
    assert report.issues["action"].tolist() == ["times that rate"]
    in_base = (
        text.replace("PositionValue", "PositionValue,PositionValueInBase")
        .replace("3150\n", "3150,406.35\n")
        .replace(",1300\n", ",1300,1300\n")
    )
    assert checked(tmp_path, in_base).nav == 1706.35


def test_values_that_are_products_in_one_currency_alone_are_in_it(tmp_path):
    text = (
        "Namn;Volym;Kurs;Marknadsvärde;Valuta;ISIN\nXiaomi Corp;100;31,50;3402,00;HKD;KYG9830T1067\n"
        "Volvo B;50;200,00;10000,00;SEK;SE0000115446\nApple;1;130,00;1079,00;USD;US0378331005\n"
    )
    report = checked(tmp_path, text)
    assert (report.nav, report.currency) == (14481.0, "SEK") and len(report.issues) == 1


def test_where_nothing_tells_the_currency_of_values_it_is_said(tmp_path):
    text = "Namn;Volym;Marknadsvärde;Valuta;ISIN\nXiaomi Corp;100;3402;HKD;KYG9830T1067\nVolvo B;50;10000;SEK;SE0000115446\n"
    said = checked(tmp_path, text).issues
    assert said["column"].tolist() == ["currency"] and "nor" not in said["problem"].iat[0] and "account" in said["problem"].iat[0]
    printed = "Namn;Volym;Kurs;Marknadsvärde;Valuta;ISIN\nXiaomi;100;31,5;3150;HKD;KYG9830T1067\nVolvo B;50;200;10000;SEK;SE0000115446\n"
    assert checked(tmp_path, printed).issues.empty


def test_the_value_in_the_currency_of_the_book_comes_before_that_of_the_line(tmp_path):
    text = (
        "Symbol;ISIN;Menge;Preis;Währung;Wert;Total CHF\nCHL;US16941M1099;100;27.00;USD;2'700.00;2'400.00\n"
        "NESN;CH0038863350;50;102.00;CHF;5'100.00;5'100.00\nTotal;;;;;;7'500.00\n"
    )
    report = checked(tmp_path, text)
    assert (report.nav, report.currency) == (7500.0, "CHF")


@pytest.mark.parametrize(
    ("head", "line", "quantity", "value"),
    [
        ("銘柄コード,銘柄名,保有数量,取得単価,時価,時価評価額", "9432,日本電信電話,200,2500,2700,540000", 200.0, 540_000.0),
        ("Symbol,ISIN,Sector,Quantity Available,Average Price,Previous Closing Price", "INFY,INE009A01021,IT,5,1000,1340", 5.0, 6700.0),
        ("Code,Company,Avail Units,Purchase $,Last $,Market Value $", "BHP,BHP GROUP,100,35.00,44.00,4400.00", 100.0, 4400.0),
        ("Symbol,Security,Port. Ending Quantity,Port. Ending Market Value", "1810-HK,Xiaomi Corp.,100000,400000", 100_000.0, 400_000.0),
        ("Account #,Equity Symbol,Equity Description,Quantity,Market Value", "1,CHA,CHINA TELECOM CORP,100,2700", 100.0, 2700.0),
        ("Security name;ISIN;Nominal/Quantity;Market value QC;Market value PC;x", "ASML;NL0010273215;10;4500;4600;1", 10.0, 4600.0),
    ],
)
def test_headings_of_brokers_and_terminals(tmp_path, head, line, quantity, value):
    report = checked(tmp_path, f"{head}\n{line}\n")
    assert report.positions[["quantity", "market_value"]].to_numpy().tolist() == [[quantity, value]]


def test_a_dollar_sign_alone_is_said_to_be_taken_for_that_of_the_united_states(tmp_path):
    report = checked(tmp_path, "Code,Company,Units,Market Value $\nBHP,BHP GROUP,100,4400.00\n")
    assert report.currency == "USD" and report.issues["problem"].tolist() == ["a dollar sign alone may stand for any dollar"]
    assert checked(tmp_path, "Code,Company,Units,Market Value (US$)\nBHP,BHP GROUP,100,4400.00\n").issues.empty


def test_an_option_spelled_with_its_day_and_strike_is_on_its_underlying(tmp_path):
    text = "Symbol,Description,Quantity,Market Value,Security Type\nCHL 02/19/2021 25.00 P,PUT CHINA MOBILE LTD $25 EXP 02/19/21,-2,-300,Option\n"
    assert checked(tmp_path, text).positions["status"].tolist() == ["restricted"]


def test_the_sum_of_long_and_short_sizes_is_no_position(tmp_path):
    text = (
        "Ticker,Security,L/S,Shares,MV (Base USD),% NAV\n1810 HK,Xiaomi,L,1000,406289,40.6%\n981 HK,SMIC,S,(500),(164450),-16.4%\n"
        "AAPL US,Apple,L,1000,130000,13.0%\nNet,,,,371839,37.2%\nGross,,,,700739,70.1%\n"
    )
    report = checked(tmp_path, text)
    assert len(report.positions) == 3 and report.nav == 371839.0


def test_values_in_pence_are_hundredths(tmp_path):
    report = checked(tmp_path, "EPIC,Holding,Quantity,Price (p),Value (p)\nAZN,AstraZeneca,50,7500,375000\n")
    assert (report.nav, report.currency) == (3750.0, "GBP")


def test_headings_of_a_bank_in_hong_kong(tmp_path):
    report = checked(tmp_path, "股份代號,股份名稱,持有數量,現價,市值,貨幣\n00981,中芯國際,1000,25.50,25500,港元\n總值,,,,25500,港元\n")
    assert (report.nav, report.currency) == (25500.0, "HKD") and report.positions["status"].tolist() == ["restricted"]
