"""The names, in lower case, under which files of daily figures give each column, in the languages in which brokers export them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ALONE_NAMES",
    "COLUMN_NAMES",
    "CURRENCY_LINES",
    "DATE_NAMES",
    "NOT_PRICES",
    "OTHER_FIGURES",
    "PARTS_OF_CURRENCIES",
    "SINGLE_SHARES",
    "STANDS_BACK",
    "TURNOVERS",
]


def _names(*lines: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.split("; "))


DATE_NAMES = _names(
    "dtyyyymmdd; datadate; dlycaldt; caldt; snapped_at; pricing date; exchange date; date; dates; day; session; time; timestamp; trade date; trade_date; tradedate; trading day; datum; fecha; data; 날짜; 일자; 日付; 日付け; 日期; 交易日期",
    "tarih; dia; fecha de cotización; dato; päivä; päivämäärä; pvm; dzień; datum obchodu; dátum; dată; kuupäev; datums; дата; ημερομηνία; תאריך; tanggal; ngày; วันที่",
)
COLUMN_NAMES: Mapping[str, frozenset[str]] = {
    "date": DATE_NAMES | _names("ex_date; ex date"),
    "security": _names("security; symbol; ticker; instrument; ric; isin; ts_code; 股票代码; 证券代码; 股票代碼; 證券代號"),
    "close": _names(
        "close; close price; closing price; close/last; last; last price; px_last; price; settle",
        "schlusskurs; schluss; zuletzt; cierre; último; clôture; dernier; chiusura; ultimo; slotkoers; laatste; fechamento",
        "kapanış; kapanış fiyatı; kapanış (tl); kapanış(tl); kapanis; şimdi; son; son fiyat; preço de fechamento; preço fechamento",
        "slutkurs; stängningskurs; stängning; senast; senaste; sluttkurs; siste; lukkekurs; lukket; seneste; päätöskurssi; viimeisin; päätös",
        "price close; close (unadjusted); unadjusted close; close unadjusted; close (raw); raw close; close (local); close (local currency); close (unadj); close (unadj.); close (not adjusted); unadjusted; unadj; raw; close (split adjusted); share price; trdprc_1; prc; dlyprc; prccd; hst_close; stängn.kurs; stängn. kurs; stängnkurs; closing price; official last; kurs zamknięcia; zamknięcie; zamkniecie; ostatni; ostatnio; zavírací kurz; závěr; poslední; záró; záróár; utolsó",
        "preț de închidere; închidere; ultimul; sulgemishind; цена закрытия; закрытие; цена; последняя; τιμή κλεισίματος; κλείσιμο; τελευταία",
        "שער סגירה; שער נעילה; terakhir; penutupan; giá đóng cửa; đóng cửa; lần cuối; ราคาปิด; ล่าสุด; fermeture; cours de clôture; laatste koers",
        "종가; 終値; 收盘价; 收盘; 收盤價; 收市價",
    ),
    "adjusted_close": _names(
        "adj close; adj_close; adjclose; close (adjusted); close (adj); close (adj.); close adjusted; close_adj; adjusted closing price; adj. close; adjusted close; adjusted_close; adjusted; adj; adj.; 調整後終値",
        "cierre ajustado; schlusskurs bereinigt; bereinigter schlusskurs; schlusskurs (bereinigt); clôture ajustée; cours ajusté; chiusura rettificata; fechamento ajustado; aangepaste slotkoers; justerad slutkurs; justert sluttkurs",
        "düzeltilmiş kapanış; 复权收盘价; 前复权收盘价; 后复权收盘价; 复权价; 前复权价; 后复权价; 還原收盤價; 수정종가; 수정주가; 調整後株価",
    ),
    "volume": _names(
        "hacim; hacim (adet); hacim(adet); hac.; işlem hacmi (adet); quantidade de títulos; quantidade negociada",
        "volym; volum; omsatt antall; omsatt volum; antal; antal aktier; omsatt antal; vaihdettu määrä; osakevaihto; kappalevaihto; wolumen; wol.; objem; forgalom (db)",
        "volum tranzacționat; kogus; объём; объем; объём торгов; объем торгов; όγκος; מחזור (יח'); khối lượng; ปริมาณ; total volume; stukken",
        "volume; vol; vol.; px_volume; shares traded; number of shares; turnover shares; stücke; stuecke; stück; volumen; 거래량; 出来高; 売買高; 成交量; 交易量",
        "trading volume; volume traded; traded volume; cumulative volume; no.of shares; no. of shares; tot.vol; tot. vol; umsatz stück; acvol_uns; acvol_1; dlyvol; cshtrd; 成交股數; 成交股数",
    ),
    "dividends": _names("dividends; dividend"),
    "currency": _names("currency; ccy; crncy; curcdd; price close currency; close currency"),
}
CURRENCY_LINES = COLUMN_NAMES["currency"] | _names(
    "currency code; quote currency; trading currency; price currency; currency of quotation; währung; devise; moneda; moeda; valuta; waluta; 通貨; 币种; 货币; 幣別; 통화"
)
"""What a line above the header calls the currency of the figures below it."""
ALONE_NAMES: Mapping[str, frozenset[str]] = {"dividends": _names("amount")}
"""Names that a column has in a table of this figure alone; beside a price an amount is what was turned over."""

STANDS_BACK = _names(
    "last; last price; px_last; price; settle; zuletzt; último; dernier; ultimo; laatste; laatste koers; şimdi; son; son fiyat; senast; senaste; siste; seneste",
    "share price; viimeisin; ostatni; ostatnio; poslední; utolsó; ultimul; цена; последняя; τελευταία; terakhir; lần cuối; ล่าสุด; official last",
    "volume; vol; vol.; volumen; volym; volum; wolumen; wol.; objem; объём торгов; объем торгов; total volume; quantidade negociada",
)
"""Names of a last price, beside which a close is the close, and of a volume that may be money, beside which a number of shares is none."""

OTHER_FIGURES = _names(
    "open; high; low; vwap; stock splits; capital gains; 시가; 고가; 저가; 始値; 高値; 安値; 开盘价; 开盘; 最高; 最低; 開盤價",
    "açılış; yüksek; düşük; abertura; máxima; mínima; opening price; high price; low price; öppningskurs; öppen; högstakurs; högst; lägstakurs; lägst",
    "åpningskurs; åpning; høy; lav; høyest; lavest; åbningskurs; åbning; høj; avauskurssi; avaus; ylin; alin; otwarcie; kurs otwarcia; najwyższy",
    "najwyzszy; najniższy; najnizszy; kurs max; kurs min; max.; min.; otevírací; nejvyšší; nejnižší; nyitó; deschidere",
    "открытие; цена открытия; макс.; мин.; максимум; минимум; άνοιγμα; υψηλό; χαμηλό; pembukaan; tertinggi; terendah; mở cửa; cao nhất; thấp nhất; เปิด; สูงสุด; ต่ำสุด",
    "high_1; low_1; open_prc; hoog; laag; openen; eröffn.; hoogste; laagste",
)
"""Columns that only a table of one security, or a long table, has; they are read by no one here."""

TURNOVERS = _names("umsatz; turnover; omsättning; omsetning; omsætning; vaihto; obrót; obroty; forgalom; quantity; traded; total traded")
"""Names of a turnover, which is a volume where brackets behind it say that it counts shares."""

NOT_PRICES = _names(
    "return; returns; ret; retx; dlyret; dlyretx; shrout; log_return; log_ret; log ret; logret; daily_return; total_return; price_return; simple return; excess return; pct_change; market_cap; total return; daily return; log return; price return; change; chg; % change; % chg; change %; change percent; pct change",
    "net change; day to day tot return gross pct; market cap; mkt cap; marketcap; market capitalization; market capitalisation; market value",
    "cur_mkt_cap; shares outstanding; shares out; eqy_sh_out; free float; pe; p/e; pe ratio; p/e ratio; pb; p/b; pb ratio; p/b ratio; eps; beta",
    "dividend yield; div yield; dvd yield; yield; bid; ask; offer; mid; spread; px_bid; px_ask; px_mid; px_open; px_high; px_low; turnover",
    "value traded; traded value; trades; number of trades; trade count; open interest; open int; px_turnover; volatility; average price",
    "eröffnung; eröffnungskurs; hoch; tageshoch; höchst; tief; tagestief; umsatz; rendite; geld; brief; marktkapitalisierung; kgv",
    "ouverture; plus haut; plus bas; rendement; capitalisation; apertura; massimo; minimo; máximo; mínimo; rendimento; rentabilidad; cambio",
    "涨跌幅; 涨跌额; 成交额; 总市值; 流通市值; 市盈率; 换手率; 時価総額; 売買代金; 등락률; 거래대금; 시가총액",
    "omsättning; omsetning; omsætning; omsetning (nok); vaihto; obrót; obroty; liczba transakcji; zmiana; zmiana %; zmiana%; +/-; +/- %; +/-%; forgalom",
    "verand. %; verandering; ændring; ændring %; endring; endring %; muutos; muutos %; antal avslut; antall handler; изм. %; изменение; оборот",
    "snittpris; genomsnittspris; köp; sälj; köpkurs; säljkurs; kjøp; salg; perubahan%; thay đổi %; % thay đổi",
    "amount; pre_close; prev. close; previous close; turnovervalue; trading value; value traded (sar); 成交金额; 成交金額; 成交筆數; 漲跌價差; num_moves",
    "대비; 전일대비; fark; fark %; değişim; değişim %; var; var%; var.; var. %; variação; variação %; işlem hacmi (tl); hacim (tl)",
)
"""Further figures of a security that are no price of it and are read by no one here."""

SINGLE_SHARES = _names(
    "shares; share; no. of shares; units; pcs; stück; stücke; stuecke; stk; stk.; st; antal; adet; db; szt; szt.; titres; títulos; titoli; acciones",
    "ações; stuks; aandelen; 股; 株; 주",
)
"""Words for single shares, in brackets behind a volume."""

PARTS_OF_CURRENCIES = _names(
    "c; ¢; ct; cts; cent; cents; us cents; euro cents; usc; agora; agorot; agoroth; sen; sens; fils; öre; øre; paise; paisa; kopecks; kopeks; копеек; коп; коп.",
    "centavo; centavos; centime; centimes; céntimos; centesimi; rappen; groszy; grosz; kuruş; kurus; haléře; halere; fillér; stotinki; bani; satang; 銭; 仙; 分",
)
"""Words for a part of a currency, in brackets behind a price; which currency, the venue says, or no one."""

CODES_OF_SECURITIES = _names(
    "stock code; stockcode; security code; code; identifier; cusip; sedol; figi; bbgid; wkn; valor; permno; permco; gvkey; tic; secid; sec_code",
    "代码; コード; 銘柄コード; 종목코드",
)
"""Further names of a column of codes that say whose a row is, which is read only where a caller says so."""

NAMES_OF_SECURITIES = CODES_OF_SECURITIES | _names(
    "name; company; company name; issuer; issuer name; stock; stock name; security name; asset; entity; firm; 名称; 股票名称; 证券名称; 銘柄; 銘柄名",
    "종목; 종목명; nom; nombre; nome; unternehmen; wertpapier; titre; valeur",
)
"""The same, or of names in words: a company may change its own."""

ROW_NUMBERS = _names("#; no.; no; nr.; nr; row; s.no; s.no.; sr. no.; sl. no.; unnamed: 0; 序号; 序號; 番号; 번호")
"""Names of a column that counts the rows."""

VALUES_TRADED = _names(
    "amount; value; turnover; turnovervalue; trading value; value traded; traded value; px_turnover; 成交额; 成交金额; 成交金額; 売買代金; 거래대금"
)
"""Names of what was turned over in money, which tells whether a volume beside it counts shares."""

TICKERS_IN_CAPITALS = _names("adj; raw; unadj; prc")
"""Names of a close that are tickers where they stand alone and in capitals."""
