"""Books in the form in which brokers, custodians and sponsors export them, each with the right rows, values and statuses."""

from __future__ import annotations

import pytest

import impact

AS_OF = "2021-01-20T12:00-05:00"


def checked(tmp_path, text, *, name="book.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return impact.check_portfolio(path, as_of=AS_OF)


def test_the_type_of_an_account_is_no_cash(tmp_path):
    """A column that says Cash or Margin of every line tells the account of a United States broker; CNOOC was clear by it."""
    text = (
        "Account Number,Symbol,Description,Quantity,Current Value,Type\n"
        "X1,SPAXX**,HELD IN MONEY MARKET,,$2000.00,Cash,\nX1,CEO,CNOOC LTD SPON ADR,40,$4000.00,Cash,\n"
        "X1, -CHL210416P25,CHL APR 16 2021 $25 PUT,-1,-$200.00,Margin,\nX1,AAPL,APPLE INC,10,$1300.00,Margin,\n"
    )
    positions = checked(tmp_path, text).positions
    assert positions["status"].tolist() == ["clear", "restricted", "restricted", "unknown"]


@pytest.mark.parametrize("asset_class", ["Cash", "Collateral", "Money Market"])
def test_the_code_of_a_listed_line_says_more_than_the_word_cash(tmp_path, asset_class):
    text = f"ISIN,Name,Asset Class,Quantity,Market Value\nHK0883013259,CNOOC LTD,{asset_class},100,800\n,HKD CASH,Cash,1,5\nUS0378331005,APPLE,Equity,1,130\n"
    assert checked(tmp_path, text).positions["status"].tolist() == ["restricted", "clear", "clear"]


def test_a_share_called_cash_is_a_share(tmp_path):
    text = "ISIN,Name,Quantity,Market Value\nAU000000CCV1,CASH CONVERTERS INTL,100,800\n,USD CASH,,5\n"
    (tmp_path / "book.csv").write_text(text, encoding="utf-8")
    assert impact.read_holdings(tmp_path / "book.csv").rows["instrument"].tolist() == ["unknown", "cash"]


def test_a_smaller_table_above_a_larger_one_is_read(tmp_path):
    text = (
        "保有証券一覧\n\n外国株式（現物/特定預り）\n銘柄コード,銘柄名,保有数量,取得単価,現在値,外貨建評価額,円換算評価額\n"
        "01810,小米集団,1000,20.00,31.50,31500,421470\n00941,チャイナ・モバイル,500,60,48,24000,321120\n合計,,,,,,742590\n\n"
        "国内株式（現物/特定預り）\n銘柄コード,銘柄名,保有数量,取得単価,現在値,評価額\n7203,トヨタ自動車,100,7000,7800,780000\n合計,,,,,780000\n"
    )
    report = checked(tmp_path, text, encoding="cp932")
    assert report.positions["quantity"].tolist() == [1000.0, 500.0, 100.0]
    assert report.nav == 421470.0 + 321120.0 + 780000.0 and "clear" not in set(report.positions["status"])


@pytest.mark.parametrize("label", ["Grand total of all accounts", "Alle Depots zusammen", "全口座"])
def test_a_line_that_sums_several_tables_is_no_position(tmp_path, label):
    table = "Symbol,Security,Quantity,Price,Market Value\n"
    text = (
        f"Account: 001 Growth\n{table}CHL,China Mobile ADR,100,27,2700\nMSFT,Microsoft,10,216,2160\nSubtotal for account 001,,,,4860\n\n"
        f"Account: 002 Income\n{table}CEO,CNOOC ADR,20,100,2000\nT,AT&T,100,29,2900\nSubtotal for account 002,,,,4900\n{label},,,,9760\n"
    )
    report = checked(tmp_path, text)
    assert report.nav == 9760.0 and report.positions["ticker"].tolist() == ["CHL", "MSFT", "CEO", "T"]
    assert report.dropped.loc[report.dropped["text"] == label, "reason"].tolist() == ["a total, not a position"]


def test_headings_on_three_lines_are_read_together(tmp_path):
    rows = (
        ("COLUMN 1", "COLUMN 2", "COLUMN 3", "COLUMN 4", "COLUMN 5", "", "", "COLUMN 6"),
        ("", "", "", "VALUE", "SHRS OR", "SH/", "PUT/", "INVESTMENT"),
        ("NAME OF ISSUER", "TITLE OF CLASS", "CUSIP", "(x$1000)", "PRN AMT", "PRN", "CALL", "DISCRETION"),
        ("APPLE INC", "COM", "037833100", "13,000", "100,000", "SH", "", "SOLE"),
        ("CHINA TELECOM CORP LTD", "SPON ADR H SHS", "169426103", "250", "10,000", "SH", "", "SOLE"),
    )
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    report = checked(tmp_path, f"<html><body><table>{cells}</table></body></html>", name="13f.html")
    assert report.positions["name"].tolist() == ["APPLE INC", "CHINA TELECOM CORP LTD"]
    assert report.positions["market_value"].tolist() == [13_000_000.0, 250_000.0]
    assert report.positions["quantity"].tolist() == [100_000.0, 10_000.0] and report.positions["status"].iat[1] == "restricted"


@pytest.mark.parametrize("groups", [",,,Local,Base,Local,Base", ",,,Local,Base,Local Ccy,Base Ccy"])
def test_columns_of_one_heading_are_told_apart_by_the_line_above(tmp_path, groups):
    text = (
        f"Fund Holdings Report,,,,,,\n{groups}\nSecurity Name,ISIN,Shares,Price,Price,Market Value,Market Value\n"
        "CNOOC LTD,HK0883013259,1000000,8.00,1.032,8000000,1032000\nAPPLE INC,US0378331005,1000,130,130,130000,130000\n"
    )
    assert checked(tmp_path, text).positions["market_value"].tolist() == [1_032_000.0, 130_000.0]


def test_the_gain_of_a_short_swap_keeps_its_sign(tmp_path):
    text = (
        "Instrument Type,Description,BBG Ticker,L/S,Qty,Notional (USD),MV (USD)\n"
        'Equity Swap,CFD XIAOMI CORP-CLASS B,1810 HK Equity,Short,"(250,000)","(1,016,000)","12,500"\n'
        'Equity Swap,CFD SMIC,981 HK Equity,Short,"1,000","3,000","3,000"\nCommon Stock,CNOOC,883 HK Equity,Short,"1,000",,"1,000"\n'
    )
    report = checked(tmp_path, text)
    assert report.positions["market_value"].tolist() == [12_500.0, -3_000.0, -1_000.0]
    assert report.positions["quantity"].tolist() == [-250_000.0, -1_000.0, -1_000.0]


def test_values_in_the_currency_of_the_book_are_not_in_that_of_the_lines(tmp_path):
    text = (
        "SEC_DESC|SEC_TYPE|CURRENCY|CUR_FACE|MKT_VALUE_BASE|ISIN\nXIAOMI CORP-CLASS B|EQUITY|HKD|100000|406451.6|KYG9830T1067\n"
        "APPLE INC|EQUITY|USD|1000|130000|US0378331005\n"
    )
    report = checked(tmp_path, text)
    assert report.nav == 536451.6 and report.currency == "" and report.positions["quantity"].tolist() == [100000.0, 1000.0]


def test_of_two_values_that_which_names_its_currency_holds_for_all_lines(tmp_path):
    text = (
        "Symbol;Bezeichnung;ISIN;Menge;Währung;Kurs;Kurswert;Kurswert CHF\n1810;XIAOMI CORP;KYG9830T1067;1'000;HKD;31.50;31'500.00;3'616.20\n"
        "NESN;NESTLE N;CH0038863350;50;CHF;100.00;5'000.00;5'000.00\nTotal CHF;;;;;;;8'616.20\n"
    )
    report = checked(tmp_path, text)
    assert (report.currency, report.nav) == ("CHF", 8616.2) and report.positions["market_value"].tolist() == [3616.2, 5000.0]


def test_the_ticker_of_the_fund_names_none_of_its_securities(tmp_path):
    text = (
        "Fund Name,Ticker,Name,Security Ticker,Shares,Market Value\nEx-State,CXSE,Xiaomi Corp,1810 HK,1500000,6100000\n"
        "Ex-State,CXSE,Luokung Technology Corp,LKCO UQ,10000,8000\n"
    )
    report = checked(tmp_path, text)
    assert report.positions["ticker"].tolist() == ["1810 HK", "LKCO UQ"] and set(report.positions["status"]) == {"restricted"}


def test_a_total_with_a_number_of_the_form_in_the_column_of_codes_is_no_position(tmp_path):
    text = (
        "CUSIP Identification,Description,Number of Shares,Fair Value\n16941M-10-9,CHINA MOBILE ADR REPSTG 5 ORD,10000.000,270000\n"
        '037833-10-0,APPLE ORD,1000.000,130000\n9099999,"Total Common Stocks - Industrial (Unaffiliated)",XXX,400000\n'
    )
    report = checked(tmp_path, text)
    assert report.nav == 400000.0 and report.positions["status"].tolist() == ["restricted", "clear"]


def test_names_in_a_column_without_a_heading_are_names(tmp_path):
    text = (
        'Schedule of Investments,,,,\n,Shares,,Fair Value,\nChina — 50.0%,,,,\nCNOOC Ltd. (a),"300,000",$,"350,000",\n'
        'China Mobile Ltd.,"20,000",,"150,000",\n,,,"500,000",\nApple Inc.,"3,500",,"480,000",\nTotal Common Stocks,,,"980,000",\n'
    )
    report = checked(tmp_path, text)
    assert report.positions["name"].tolist() == ["CNOOC Ltd. (a)", "China Mobile Ltd.", "Apple Inc."] and report.nav == 980_000.0


def test_the_tripartite_template_is_read_by_its_numbered_headings(tmp_path):
    text = (
        "3_Portfolio_name;4_Portfolio_currency_(B);6_Valuation_date;14_Identification_code_of_the_instrument;17_Instrument_name;18_Quantity;"
        "21_Quotation_currency_(A);22_Market_valuation_in_quotation_currency_(A);24_Market_valuation_in_portfolio_currency_(B);26_Valuation_weight\n"
        "EM;EUR;2021-01-19;KYG9830T1067;XIAOMI CORP;100000;HKD;3150000;335000;0.335\n"
        "EM;EUR;2021-01-19;US16941M1099;CHINA MOBILE ADR;10000;USD;270000;665000;0.665\n"
    )
    report = checked(tmp_path, text)
    assert (report.currency, report.nav) == ("EUR", 1_000_000.0) and report.positions["market_value"].tolist() == [335_000.0, 665_000.0]
    assert set(report.positions["status"]) <= {"restricted", "barred"}


def test_an_isin_beside_other_words_is_read(tmp_path):
    text = "Produto;Código ISIN / Distribuição;Quantidade;Valor Atualizado\nC1HL34 - CHINA MOBILE;BRC1HLBDR003 - 100;20;R$ 2.800,00\nPETR4;BRPETRACNPR6 - 200;100;R$ 2.800,00\n"
    report = checked(tmp_path, text)
    assert report.positions["isin"].tolist() == ["BRC1HLBDR003", "BRPETRACNPR6"] and report.nav == 5600.0


def test_a_swap_in_a_report_of_a_fund_is_on_what_it_refers_to(tmp_path):
    text = (
        '<edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo><seriesName>EM</seriesName><repPdDate>2020-12-31</repPdDate></genInfo>'
        "<fundInfo><netAssets>1000000</netAssets></fundInfo><invstOrSecs><invstOrSec><name>Xiaomi Corp</name><title>Xiaomi Corp</title>"
        '<cusip>000000000</cusip><identifiers><isin value="KYG9830T1067"/></identifiers><balance>100</balance><units>NS</units>'
        "<valUSD>400</valUSD><pctVal>0.04</pctVal><payoffProfile>Long</payoffProfile><assetCat>EC</assetCat></invstOrSec>"
        "<invstOrSec><name>Bank</name><title>TRS BASKET</title><cusip>N/A</cusip><balance>1</balance><units>NC</units><valUSD>-1500</valUSD>"
        "<pctVal>-0.15</pctVal><payoffProfile>N/A</payoffProfile><assetCat>DE</assetCat><derivativeInfo>"
        '<swapDeriv derivCat="SWP"><descRefInstrmnt><otherRefInst><issuerName>CNOOC Ltd</issuerName><identifiers><isin value="HK0883013259"/>'
        "</identifiers></otherRefInst></descRefInstrmnt><notionalAmt>50000</notionalAmt></swapDeriv></derivativeInfo></invstOrSec></invstOrSecs></formData></edgarSubmission>"
    )
    report = checked(tmp_path, text, name="primary_doc.xml")
    assert report.positions["status"].tolist() == ["restricted", "restricted"] and report.positions["ticker"].tolist() == ["", ""]
    assert impact.read_holdings(tmp_path / "primary_doc.xml").rows[["instrument", "notional_value"]].iloc[1].tolist() == ["swap", 50_000.0]


@pytest.mark.parametrize(
    ("headings", "line", "total"),
    [
        ("Namn;ISIN;Antal;Kurs;Valuta;Värde (SEK)", "Xiaomi;KYG9830T1067;40;15,2;USD;5 046,40", "Summa;;;;;5 046,40"),
        ("Navn;ISIN;Antall;Siste kurs;Markedsverdi NOK", "Xiaomi;KYG9830T1067;40;15,2;5 046,40", "Totalt;;;;5 046,40"),
        ("Papir;Fondskode;Antal;Kurs;Kursværdi DKK", "Xiaomi;KYG9830T1067;40;15,2;5.046,40", "I alt;;;;5.046,40"),
        ("Arvopaperi;ISIN-koodi;Kappalemäärä;Kurssi;Markkina-arvo EUR", "Xiaomi;KYG9830T1067;40;15,2;5 046,40", "Yhteensä;;;;5 046,40"),
        ("Ativo;Código ISIN;Quantidade;Preço;Valor de Mercado", "Xiaomi;KYG9830T1067;40;15,2;R$ 5.046,40", "Total geral;;;;R$ 5.046,40"),
        ("Nazwa;ISIN;Liczba;Kurs;Wartość;Waluta", "Xiaomi;KYG9830T1067;40;15,2;5 046,40;PLN", "Razem;;;;5 046,40;PLN"),
        ("Наименование;ISIN;Количество;Цена;Рыночная стоимость", "Xiaomi;KYG9830T1067;40;15,2;5 046,40", "Итого;;;;5 046,40"),
        ("Bezeichnung;ISIN;Stück/Nom.;Kurs;Wert in EUR", "Xiaomi;KYG9830T1067;40;15,2;5.046,40", "Depotwert;;;;5.046,40"),
    ],
)  # fmt: skip
def test_headings_of_further_languages(tmp_path, headings, line, total):
    report = checked(tmp_path, f"{headings}\n{line}\n{total}\n")
    assert report.positions[["quantity", "market_value"]].to_numpy().tolist() == [[40.0, 5046.4]]
    assert report.nav == 5046.4 and report.positions["status"].tolist() == ["restricted"]


def test_a_swift_message_is_refused_as_what_it_is(tmp_path):
    (tmp_path / "mt535.txt").write_text(
        "{1:F01BANK}{4:\n:16R:GENL\n:20C::SEME//REF1\n:16R:FIN\n:35B:ISIN HK0883013259\n-}", encoding="utf-8"
    )
    with pytest.raises(impact.InputError, match="SWIFT message"):
        impact.read_holdings(tmp_path / "mt535.txt")


def test_columns_of_one_heading_that_nothing_tells_apart_are_said(tmp_path):
    text = "Security Name,ISIN,Shares,Market Value,Market Value\nCNOOC LTD,HK0883013259,1000,8000,1032\nAPPLE,US0378331005,10,1300,1300\n"
    issues = checked(tmp_path, text).issues
    assert issues[["row", "column"]].to_numpy().tolist() == [[1, "market_value"]] and "2 columns bear" in issues["problem"].iat[0]


def test_lots_beside_their_summary_are_no_further_positions(tmp_path):
    section = "Open Positions,{},{},{},USD,CHL,-,{},1,30,3000,27,{},\n"
    text = (
        "Statement,Header,Field Name,Field Value\nStatement,Data,BrokerName,IB\nAccount Information,Header,Field Name,Field Value\n"
        "Account Information,Data,Account,U1\n"
        "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Open,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Code\n"
        + section.format("Data", "Summary", "Stocks", 100, 2700)
        + section.format("Data", "Lot", "Stocks", 60, 1620)
        + section.format("Data", "Lot", "Stocks", 40, 1080)
        + section.format("Data", "SubTotal", "", 100, 2700)
        + "Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Listing Exch\n"
        "Financial Instrument Information,Data,Stocks,CHL,CHINA MOBILE LTD-SPON ADR,1,US16941M1099,NYSE\n"
    )
    report = checked(tmp_path, text)
    assert report.positions[["quantity", "market_value"]].to_numpy().tolist() == [[100.0, 2700.0]]
    assert (report.dropped["reason"].str.startswith("a part of a position")).sum() == 3


def test_lots_of_a_flex_statement_are_no_further_positions(tmp_path):
    cell = (
        '<OpenPosition accountId="U1" currency="USD" symbol="CHL" isin="US16941M1099" position="{}" positionValue="{}" levelOfDetail="{}"/>'
    )
    text = "<FlexQueryResponse><FlexStatements><FlexStatement accountId='U1'><OpenPositions>{}</OpenPositions></FlexStatement></FlexStatements></FlexQueryResponse>"
    lines = ((100, 2700, "SUMMARY"), (60, 1620, "LOT"), (40, 1080, "LOT"))
    both = checked(tmp_path, text.format("".join(cell.format(*line) for line in lines)), name="flex.xml")
    assert both.positions["quantity"].tolist() == [100.0] and len(both.dropped) == 2
    alone = checked(tmp_path, text.format("".join(cell.format(*line) for line in lines[1:])), name="flex.xml")
    assert alone.positions["quantity"].tolist() == [60.0, 40.0]


@pytest.mark.parametrize("word", ["Total", "Summe", "合計"])
def test_the_total_of_a_section_with_a_single_line_is_no_position(tmp_path, word):
    text = (
        f"Equities\nName,ISIN,Shares,Price,Market Value\nChina Mobile,HK0941009539,1000,6,6000\n{word} Equities,,,,6000\n\nBonds\n"
        f"Name,ISIN,Nominal,Clean Price,Market Value\nUST 0.25 05/31/25,US912828ZT04,5000,101,5050\n{word} Bonds,,,,5050\n"
    )
    assert checked(tmp_path, text).nav == 11050.0


def test_a_share_called_total_with_the_value_of_the_line_above_is_a_position(tmp_path):
    text = "Name,Market Value\nShell,500\nTotal SE,500\nTotalEnergies,20\n"
    assert checked(tmp_path, text).nav == 1020.0


def test_values_that_a_total_sums_over_currencies_are_in_one(tmp_path):
    text = (
        "Désignation des valeurs;Devise;Qté Nbre ou nominal;Valeur actuelle;% Actif Net\nXIAOMI CORP;HKD;100 000;349 000,00;3,49\n"
        "CHINA MOBILE;HKD;50 000;232 400,00;2,32\nLVMH;EUR;1 000;511 000,00;5,11\n"
    )
    by_weights = checked(tmp_path, text)
    assert (by_weights.currency, by_weights.nav) == ("", 1_092_400.0) and "lines name several" in by_weights.issues["problem"].iat[0]
    bare = "\n".join(line.rpartition(";")[0] for line in text.splitlines())
    by_total = checked(tmp_path, f"{bare}\nTOTAL Actions;;;1 092 400,00\n")
    assert by_total.nav == 1_092_400.0
    assert checked(tmp_path, bare + "\n").nav == 581_400.0  # nothing tells: each value in the currency of its line


def test_of_two_days_the_later_is_read(tmp_path):
    text = "Security,ISIN,Shares 9/30/2020,Shares 12/31/2020,Market Value 9/30/2020,Market Value 12/31/2020\nXiaomi,KYG9830T1067,900,1000,3000,4000\n"
    assert checked(tmp_path, text).positions[["quantity", "market_value"]].to_numpy().tolist() == [[1000.0, 4000.0]]


def test_an_isin_is_known_by_its_form(tmp_path):
    text = "Bestandteil;Kennziffer;Stück;Kurswert\nXiaomi;KYG9830T1067;100;349\nSAP;DE0007164600;10;1072\n"
    report = checked(tmp_path, text)
    assert report.positions["isin"].tolist() == ["KYG9830T1067", "DE0007164600"] and report.positions["status"].iat[0] == "restricted"


def test_german_headings_on_two_lines(tmp_path):
    text = (
        "Vermögensaufstellung zum 31.12.2020;;;;;;\nGattungsbezeichnung;ISIN;Stück bzw.;Bestand;Kurs;Kurswert;% des\n"
        ";;Anteile bzw. Whg.;31.12.2020;;in EUR;Fonds-vermögens\nXiaomi Corp.;KYG9830T1067;STK;100.000;HKD 33,20;349.000,00;1,23\n"
        "SAP SE;DE0007164600;STK;10.000;EUR 107,22;1.072.200,00;3,78\nSumme Wertpapiervermögen;;;;;1.421.200,00;5,01\n"
    )
    report = checked(tmp_path, text)
    assert report.positions["quantity"].tolist() == [100_000.0, 10_000.0] and (report.currency, report.nav) == ("EUR", 1_421_200.0)
