"""Books in the headings of pension funds, fund houses and supervisors, each with the positions, value, quantity and weight that it holds."""

from __future__ import annotations

import numpy as np
import pytest

X, TC = "KYG9830T1067", "KYG875721634"
BOOKS = {
    "superannuation": (
        "Asset class,Name / kind of investment item,Security identifier,Units held,Value (AUD),Weighting (%)|Listed equity,XIAOMI CORP,1810 HK,1000,4000,40.00%"
        "|Listed equity,TENCENT HOLDINGS,700 HK,50,5000,50.00%|Sub total listed equity,,,,9000,90.00%|Cash,ANZ,,,1000,10.00%|Sub total cash,,,,1000,10.00%"
        "|Total investment items,,,,10000,100.00%",
        (3, 10000, 1050, 1),
    ),
    "state pension": (
        "Security Name,Issuer Country,Book Value,Market Value,Quantity/Par|XIAOMI CORP,China,500000,700000,200000|CNOOC LTD,China,300000,250000,180000",
        (2, 950000, 380000, 0),
    ),
    "Dutch pension fund": ("Bedrijf;Land;Belegd vermogen (x € mln)|Xiaomi;China;12|Tencent;China;300|Totaal;;312", (2, 312e6, 0, 0)),
    "Turkish fund": (
        f"Kıymet Kodu;Menkul Kıymet Tanımı;ISIN Kodu;Nominal Değer;Birim Fiyat;Toplam Değer;Grup (%);Toplam (%)|XIACY;XIAOMI;{X};1.000,00;25,00;25.000,00;50,00;25,00"
        f"|TCEHY;TENCENT;{TC};500,00;50,00;25.000,00;50,00;25,00|GRUP TOPLAMI;;;;;50.000,00;100,00;50,00|FON PORTFÖY DEĞERİ;;;;;50.000,00;;100,00",
        (2, 50000, 1500, 0.5),
    ),
    "Indian fund": (
        "Name of the Instrument,ISIN,Industry,Quantity,Market/Fair Value (Rs. in Lacs),% to NAV|Equity & Equity related,,,,,|HDFC Bank Limited,INE040A01034,Banks,100000,1500.00,60.00%"
        "|Infosys Limited,INE009A01021,IT,50000,750.00,30.00%|Sub Total,,,,2250.00,90.00%|TREPS,,,,250.00,10.00%|GRAND TOTAL,,,,2500.00,100.00%",
        (3, 250e6, 150000, 1),
    ),
    "Brazilian supervisor": (
        "TP_FUNDO;DT_COMPTC;TP_APLIC;CD_ATIVO;DS_ATIVO;CD_ISIN;QT_POS_FINAL;VL_MERC_POS_FINAL|FI;2021-01-29;Ações;VALE3;VALE ON;BRVALEACNOR0;1000;90000.00"
        "|FI;2021-01-29;Ações;PETR4;PETROBRAS PN;BRPETRACNPR6;500;10000.00",
        (2, 100000, 1500, 0),
    ),
    "Chilean pension fund": (
        "Nemotécnico;Instrumento;Unidades;Monto;Porcentaje|XIACY;Xiaomi;1.000;25,5;51,0%|TCEHY;Tencent;200;24,5;49,0%",
        (2, 50, 1200, 1),
    ),
    "Taiwanese fund": ("商品代碼,商品名稱,商品數量,商品權重|2330,台積電,1000,60.00|2317,鴻海,2000,40.00", (2, 0, 3000, 1)),
    "Japanese fund": (
        "コード,銘柄名,株数,評価額,純資産比率|7203,トヨタ自動車,1000,7000000,70.00%|6758,ソニーグループ,300,3000000,30.00%",
        (2, 1e7, 1300, 1),
    ),
    "levered fund": (
        "Security Ticker,Security Description,Shares/Contracts,Exposure Value,Market Value|--,FTSE CHINA 50 SWAP,1000,5000000,--|AAPL,APPLE INC,100,--,13000",
        (2, 13000, 1100, 0),
    ),
    "values in francs beside prices in dollars": (
        "Symbol;Titel;Anzahl;Kurs;Währung;Total CHF;Gewichtung|XIACY;Xiaomi;100;20.00;USD;1'800.00;60.00%|TCEHY;Tencent;20;60.00;USD;1'200.00;40.00%",
        (2, 3000, 120, 1),
    ),
    "Russian depositary": (
        f"Наименование;ISIN код ценной бумаги;Количество, шт;Рыночная цена;Рыночная стоимость, без НКД|Xiaomi;{X};100;25,0;2 500,00|Tencent;{TC};10;130,0;1 300,00"
        "|Итого;;;;3 800,00",
        (2, 3800, 110, 0),
    ),
    "Danish bank": (
        f"Værdipapir;Fondskode;Beholdning;Kurs;Valuta;Kursværdi DKK;Andel %|Xiaomi;{X};100;25,00;HKD;2.000,00;60,00|Tencent;{TC};1;130,00;USD;1.000,00;40,00",
        (2, 3000, 101, 1),
    ),
    "Portuguese broker, a value that elsewhere is a code": (
        f"Produto,Símbolo/ISIN,Quantidade,Preço de Fecho,Valor em EUR|XIAOMI,{X},100,25,270.00|TENCENT,{TC},10,130,1080.00",
        (2, 1350, 110, 0),
    ),
    "Hong Kong pension scheme": ("證券名稱,市值 (港元),佔資產淨值百分比|小米集團,6000000,60.00%|騰訊控股,4000000,40.00%", (2, 1e7, 0, 1)),
    "Korean fund": (
        "종목코드,구성종목명,주식수(계약수),평가금액,구성비중|005930,삼성전자,1000,80000000,80.0|000660,SK하이닉스,100,20000000,20.0",
        (2, 1e8, 1100, 1),
    ),
    "cash above the header": (
        "Stock value:,£1 600.00|Cash:,£100.00|Code,Stock,Units held,Price (pence),Value (£)|XIA,Xiaomi,1000.00,100.00,1000.00|AAPL,Apple,5.00,12000.00,600.00",
        (2, 1600, 1005, 0),
    ),
    "round cash above the header": (
        "Cash:,$1000|Code,Stock,Units held,Price,Value ($)|XIA,Xiaomi,1000.00,1.00,1000.00|AAPL,Apple,5.00,120.00,600.00",
        (2, 1600, 1005, 0),
    ),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_a_book_holds_what_its_file_says(read, kind):
    text, (n, value, quantity, weight) = BOOKS[kind]
    file = read(*text.split("|"))
    sums = [file.rows[name].sum() for name in ("market_value", "quantity", "weight")]
    assert len(file.rows) == n and file.n_rows == n + len(file.dropped)
    np.testing.assert_allclose(sums, [value, quantity, weight], rtol=1e-9)
