"""What headings of price tables say beside the security: figure and currency."""

import re

import pandas as pd
import pytest

from impact.errors import InputError
from impact.market import load_panel

DAYS = ["2021-01-04", "2021-01-05", "2021-01-06"]


def read(tmp_path, header, *rows, name="prices.csv"):
    path = tmp_path / name
    path.write_text("\n".join([header, *(f"{day},{row}" for day, row in zip(DAYS, rows, strict=True))]) + "\n")
    return load_panel(path)


def test_a_currency_in_brackets_is_that_of_the_security(tmp_path):
    panel = read(tmp_path, "Date,KO (EUR),1810.HK [HKD],^GSPC", "45.1,30,3700", "45.2,31,3710", "45,32,3720")
    assert list(panel.securities) == ["KO", "1810.HK", "^GSPC"]
    assert panel.currency.to_dict() == {"KO": "EUR", "1810.HK": "HKD", "^GSPC": ""}


def test_one_security_in_two_currencies_keeps_its_headings(tmp_path):
    panel = read(tmp_path, "Date,KO (EUR),KO (USD)", "45.1,50", "45.2,51", "45,52")
    assert panel.currency.to_dict() == {"KO (EUR)": "EUR", "KO (USD)": "USD"}


def test_the_close_of_one_security_may_name_its_currency(tmp_path):
    panel = read(tmp_path, "Date,Open,Close (EUR),Volume", "44,45.1,7", "44,45.2,8", "44,45,9", name="KO.csv")
    assert panel.close["KO"].tolist() == [45.1, 45.2, 45.0] and panel.currency["KO"] == "EUR" and panel.volume["KO"].tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    "header",
    [
        "Date,KO Close,KO Volume,PEP Close",
        "Date,Close_KO,Volume_KO,Close_PEP",
        "Date,KO,KO Volume,PEP",
        "\"Date\",\"('Close', 'KO')\",\"('Volume', 'KO')\",\"('Close', 'PEP')\"",
        "Date,KO - Last,KO - Vol.,PEP - Last",
        "Date,Close:KO,Volume:KO,Close:PEP",
        "Date,KO: Close,KO: Volume,PEP: Close",
        "Date,KO.Close,KO.Volume,PEP.Close",
        "Date,KO (Close),KO (Volume),PEP [Close]",
        "Date,Close(KO),Volume(KO),Close(PEP)",
        "Date,KO,KO Vol,PEP",
        "Date,KO,KO Volume,PEP Adj Close",
    ],
)
def test_headings_of_two_levels_in_one_are_taken_apart(tmp_path, header):
    panel = read(tmp_path, header, "45.1,1000,140", "45.2,1100,141", "45,1200,142")
    assert list(panel.securities) == ["KO", "PEP"] and panel.close["PEP"].tolist() == [140, 141, 142]
    assert panel.volume["KO"].tolist() == [1000, 1100, 1200] and panel.volume["PEP"].isna().all()


def test_names_that_hold_the_word_of_a_figure_are_securities(tmp_path):
    panel = read(tmp_path, "Date,Close Brothers,Open Text,VOL.L", "12,30,5", "13,31,6", "14,32,7")
    assert list(panel.securities) == ["Close Brothers", "Open Text", "VOL.L"]
    assert panel.close.index.equals(pd.DatetimeIndex(DAYS, dtype=panel.close.index.dtype))


@pytest.mark.parametrize(
    "headings",
    [
        ["KO US", "LOW US", "HD US"],
        ["NYSE:KO", "NYSE:LOW"],
        ["OPEN US", "KO US"],
        ["LAST US", "KO US"],
        ["T. Rowe Price", "Coca-Cola"],
        ["S&P 500", "S&P 500 Vol"],
        ["KO", "A_LOW"],
        ["KO", "KO-PRICE"],
        ["FOO (ALL)", "TRY (TOP)", "BRK (B)"],
        ["NYSE:CLOSE", "NASDAQ:VOL", "NYSE:KO"],
        ["OPEN TEXT", "HIGH LINER"],
        ["SPDR S&P Dividend", "SPDR S&P"],
        ["Coca-Cola Co.", "PEP"],
        ["KO", "RAW", "ADJ", "PRC"],
    ],
)
def test_a_security_that_bears_the_word_of_a_figure_or_a_currency_stays(tmp_path, headings):
    rows = [",".join(str(10.0 + day + place) for place in range(len(headings))) for day in range(3)]
    panel = read(tmp_path, ",".join(["Date", *headings]), *rows)
    assert list(panel.securities) == headings and (panel.currency == "").all()


def test_adjusted_closes_and_dividends_beside_a_close_are_those_of_its_security(tmp_path):
    panel = read(tmp_path, "Date,KO,KO Adj Close,KO Dividend,KO Low,KO Volume", "45,40,0,44,9", "46,41,0.4,45,8", "47,42,0,46,7")
    assert list(panel.securities) == ["KO"] and panel.close["KO"].tolist() == [45, 46, 47]
    assert panel.adjusted_close["KO"].tolist() == [40, 41, 42] and panel.dividends["KO"].tolist() == [0, 0.4, 0]
    assert panel.volume["KO"].tolist() == [9, 8, 7]


@pytest.mark.parametrize(
    ("rows", "securities"),
    [
        (("45.1,120", "45.2,80", "45.3,0"), ["KO"]),
        (("45.1,1.2M", "45.2,0.8M", "45.3,"), ["KO"]),
        (("45.1,17.25", "45.2,18.5", "45.3,19"), ["KO", "KO Vol"]),
        (("45.1,17", "45.2,18", "45.3,19"), ["KO", "KO Vol"]),
    ],
)
def test_vol_is_a_volume_where_its_cells_are_counts_and_else_a_security_that_is_named(tmp_path, rows, securities):
    panel = read(tmp_path, "Date,KO,KO Vol", *rows)
    assert list(panel.securities) == securities
    assert ("taken as names of securities, though they hold the word of a figure: 'KO Vol'" in str(panel.assumptions)) == (
        len(securities) == 2
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("KO Volume,PEP Volume", "name no close column; they name: Volume"),
        ("KO Volume", "name no close column"),
        ("Vol_KO,Vol_PEP", "name no close column; they name: Vol"),
        ("KO Dividends,KO Volume", "name no close column; they name: Dividends, Volume"),
        ("KO High,KO Low", "name no close column; they name: High, Low"),
        ("KO Open,PEP Open", "name no close column; they name: Open"),
        ("KO,KO Volume,KO shares traded", "2 columns are the volume of 'KO' ('KO Volume', 'KO shares traded'); keep one"),
        ("KO Adj Close,KO adjusted", "2 columns are the adjusted close of 'KO'"),
        ("KO Close,Last KO,Close_KO,KO Volume", "prices.csv: 2 columns are the Close of 'KO' ('KO Close', 'Close_KO'); keep one"),
    ],
)
def test_figures_that_make_no_panel_are_refused(tmp_path, header, said):
    rows = [",".join(str(1000 + day) for _ in header.split(",")) for day in range(3)]
    with pytest.raises(InputError, match=re.escape(said)):
        read(tmp_path, f"Date,{header}", *rows)


@pytest.mark.parametrize("header", ["KO Close,KO Last,KO Volume,PEP Close,PEP Last", "KO last,KO close,Volume KO,PEP last,PEP close"])
def test_a_close_stands_before_a_last_price_of_its_security(tmp_path, header):
    close_first = header.startswith("KO Close")
    rows = [
        f"{day},{day + 0.5},{100 * day},{2 * day},{2 * day + 0.5}"
        if close_first
        else f"{day + 0.5},{day},{100 * day},{2 * day + 0.5},{2 * day}"
        for day in (10, 11, 12)
    ]
    panel = read(tmp_path, f"Date,{header}", *rows)
    assert list(panel.securities) == ["KO", "PEP"] and panel.close.to_numpy().tolist() == [[10, 20], [11, 22], [12, 24]]
    assert panel.volume["KO"].tolist() == [1000, 1100, 1200]


@pytest.mark.parametrize(
    "volume",
    [
        "KO Volume (000)",
        "KO Volume thousands",
        "KO Volume_k",
        "KO_Volume_000s",
        "Volume (000) KO",
        "KO Volume ('000)",
        "KO Vol (k)",
        "('Volume (k)', 'KO')",
    ],
)
@pytest.mark.parametrize("close", ["KO", "KO Close", "Close (USD) KO", "KO Close USD"])
def test_the_unit_of_a_volume_beside_a_security_is_read(tmp_path, close, volume):
    panel = read(tmp_path, f'Date,{close},"{volume}"', "45.1,1", "45.2,2.5", "45,3")
    assert list(panel.securities) == ["KO"] and panel.close["KO"].tolist() == [45.1, 45.2, 45.0]
    assert panel.volume["KO"].tolist() == [1000, 2500, 3000] and panel.currency["KO"] == ("USD" if "USD" in close else "")


@pytest.mark.parametrize("volume", ["KO Volume (USD)", "KO Volume (lots)", "KO Volume (100 shares)"])
def test_a_volume_of_money_or_of_untold_lots_is_named_as_unread(tmp_path, volume):
    panel = read(tmp_path, f"Date,KO,{volume}", "45.1,1000", "45.2,2000", "45,3000")
    assert list(panel.securities) == ["KO"] and panel.volume is None
    assert panel.read_as == (f"prices.csv: not read, a volume in money or in a unit that is not told in shares: {volume!r}.",)


TWO_LEVELS = ",KO,KO,KO,PEP,PEP,PEP\nDate,{}\n2021-01-04,10,10.5,1,20,20.5,2\n2021-01-05,11,11.5,1,21,21.5,2\n"


def test_the_second_level_of_columns_is_read_as_headings_are(tmp_path):
    """Two names of one figure were a TypeError, and units and currencies made the table one that repeats its columns."""
    path = tmp_path / "prices.csv"
    path.write_text(TWO_LEVELS.format("Close,Last,Volume,Close,Last,Volume"))
    panel = load_panel(path)
    assert panel.close.to_numpy().tolist() == [[10, 20], [11, 21]] and panel.volume["PEP"].tolist() == [2, 2]
    path.write_text(TWO_LEVELS.format("Close (USD),Last (USD),Volume (000),Close (EUR),Last (EUR),Volume (000)"))
    panel = load_panel(path)
    assert panel.currency.to_dict() == {"KO": "USD", "PEP": "EUR"}
    assert panel.close["KO"].tolist() == [10, 11] and panel.volume["KO"].tolist() == [1000, 1000]
    path.write_text(TWO_LEVELS.format("Close,Price (p),Turnover,Closing price,Close,Volume"))
    with pytest.raises(InputError, match=r"prices.csv: PEP has 2 columns of closes \('Closing price', 'Close'\)"):
        load_panel(path)
    path.write_text("Price,Close (USD),Close (p),Volume (000)\nTicker,KO,VOD,KO\nDate,,,\n2021-01-04,10,70,1\n2021-01-05,11,71,1\n")
    panel = load_panel(path)
    assert panel.currency.to_dict() == {"KO": "USD", "VOD": "GBp"} and panel.volume["KO"].tolist() == [1000, 1000]


def test_two_levels_without_names_as_pandas_wrote_them(tmp_path):
    (tmp_path / "p.csv").write_text(
        ",Adj Close,Adj Close,Close,Close\n,KO,PEP,KO,PEP\nDate,,,,\n2021-01-04,9,19,10,20\n2021-01-05,10,20,11,21\n"
    )
    panel = load_panel(tmp_path / "p.csv")
    assert panel.close.to_numpy().tolist() == [[10, 20], [11, 21]] and panel.adjusted_close.to_numpy().tolist() == [[9, 19], [10, 20]]


@pytest.mark.parametrize("header", ["KO,KO_adj", "KO_RAW,KO_ADJ", "KO_raw,KO_adj", "KO (unadjusted),KO (adj.)"])
def test_adjusted_beside_raw_is_one_security(tmp_path, header):
    panel = read(tmp_path, f"Date,{header}", "10,9", "11,10", "12,11")
    assert (
        list(panel.securities) == ["KO"]
        and panel.close["KO"].tolist() == [10, 11, 12]
        and panel.adjusted_close["KO"].tolist() == [9, 10, 11]
    )


def test_a_volume_of_a_security_without_a_close_is_dropped_with_the_reason(tmp_path):
    panel = read(tmp_path, "Date,KO Volume,PEP", "1000,140", "1100,141", "1200,142")
    assert list(panel.securities) == ["PEP"] and panel.volume is None
    row = panel.dropped.iloc[0]
    assert (row["security"], row["reason"], len(panel.dropped)) == ("KO", "Volume of a security without a close", 1)


def test_a_second_close_of_a_security_is_one_of_its_own_and_named(tmp_path):
    panel = read(tmp_path, "Date,KO,KO Close,KO Volume", "45,46,1000", "45,46,1100", "45,46,1200")
    assert list(panel.securities) == ["KO", "KO Close"] and panel.volume["KO"].tolist() == [1000, 1100, 1200]
    assert "though they hold the word of a figure: 'KO Close'" in str(panel.assumptions)


def test_a_heading_that_is_the_security_of_another_is_no_figure(tmp_path):
    panel = read(tmp_path, "Date,T. Rowe Price,T. Rowe Price Volume", "170,1000", "171,1100", "172,1200")
    assert list(panel.securities) == ["T. Rowe Price"] and panel.volume["T. Rowe Price"].tolist() == [1000, 1100, 1200]


@pytest.mark.parametrize(
    ("header", "rows", "unread"),
    [
        ("{} Return,{} Price", "0.01,30;-0.02,31;0.01,32", ["{} Return"]),
        ("{},{} Return,{} % Change", "30,1.5%,2%;31,-1%,1%;32,-1%,1%", ["{} Return", "{} % Change"]),
        ("Close {},Market Cap {},PE {}", "30,700,20;31,710,21;32,720,22", ["Market Cap {}", "PE {}"]),
        ("{} Close,{} Market Cap,{} P/E", "30,700,20;31,710,21;32,720,22", ["{} Market Cap", "{} P/E"]),
        ("{} Turnover,{} Last", "700,30;710,31;720,32", ["{} Turnover"]),
        ("{} Schluss,{} Hoch,{} Umsatz", "30,33,700;31,34,710;32,35,720", ["{} Hoch", "{} Umsatz"]),
        ("{},{} Bid,{} Ask", "30,29,31;31,30,32;32,31,33", ["{} Bid", "{} Ask"]),
        ("{} Close,{} News Sentiment", "30,3;31,4;32,5", ["{} News Sentiment"]),
        ("{} Close,Sentiment ({})", "30,3;31,4;32,5", ["Sentiment ({})"]),
        ("{} Close,{} Vol", "30,3;31,4;32,5", ["{} Vol"]),
        ("ret_{},{}_close", "0.01,30;-0.02,31;0.01,32", ["ret_{}"]),
    ],
)
@pytest.mark.parametrize("security", ["1810.HK", "1810 HK Equity"])
def test_a_figure_beside_a_price_that_is_no_price_is_no_security(tmp_path, header, rows, unread, security):
    panel = read(tmp_path, "Date," + header.replace("{}", security), *rows.split(";"))
    assert list(panel.securities) == [security] and panel.close[security].tolist() == [30, 31, 32]
    listed = ", ".join(repr(heading.replace("{}", security)) for heading in unread)
    assert f"not read, figures beside a price that are no price: {listed}." in str(panel.assumptions)
    assert "taken as names of securities" not in str(panel.assumptions)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("KO (Bid),KO (Ask),KO (Mid)", "name no close column; they name: Bid, Ask, Mid"),
        ("KO VWAP,KO Shares Outstanding", "name no close column; they name: VWAP, Shares Outstanding"),
        ("KO Return,PEP Return", "name no close column; they name: Return"),
        ("Bid,Ask,Mid", "has no close column; it has: Date, Bid, Ask, Mid"),
    ],
)
def test_figures_without_a_price_are_refused(tmp_path, header, named):
    rows = [",".join(["0.5"] * len(header.split(",")))] * 3
    with pytest.raises(InputError, match=re.escape(named)):
        read(tmp_path, f"Date,{header}", *rows)


def test_an_index_of_returns_and_names_with_such_words_stay_securities_and_are_named(tmp_path):
    header = "Date,S&P 500,S&P 500 Total Return,iBoxx High Yield,Markit High Yield"
    panel = read(tmp_path, header, "3700,7400,80,90", "3710,7420,81,91", "3720,7440,82,92")
    assert len(panel.securities) == 4 and "hold the word of a figure: 'S&P 500 Total Return'" in str(panel.assumptions)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (",1810 HK Equity,1810 HK Equity,700 HK Equity", "Date,PX_LAST,PX_VOLUME,PX_LAST"),
        (",1810 HK Equity,,700 HK Equity", "Date,PX_LAST,PX_VOLUME,PX_LAST"),
        (",PX_LAST,PX_VOLUME,PX_LAST", "Date,1810 HK Equity,1810 HK Equity,700 HK Equity"),
        ("Terminal export\n,1810 HK Equity,1810 HK Equity,700 HK Equity", "Dates,PX_LAST,PX_VOLUME,PX_LAST"),
    ],
)
def test_a_terminal_writes_securities_and_figures_on_two_lines(tmp_path, upper, lower):
    panel = read(tmp_path, f"{upper}\n{lower}", "30,1000,700", "31,1100,710", "32,1200,720")
    assert list(panel.securities) == ["1810 HK Equity", "700 HK Equity"] and panel.close["700 HK Equity"].tolist() == [700, 710, 720]
    assert panel.volume["1810 HK Equity"].tolist() == [1000, 1100, 1200]


def test_a_title_above_the_figures_of_one_security_is_no_security(tmp_path):
    panel = read(tmp_path, ",Daily figures,\nDate,Close,Volume", "30,1000", "31,1100", "32,1200", name="KO.csv")
    assert list(panel.securities) == ["KO"] and panel.close["KO"].tolist() == [30, 31, 32]
