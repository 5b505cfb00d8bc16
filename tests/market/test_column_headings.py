"""What headings of price tables say beside the security: figure and currency."""

import pandas as pd
import pytest

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
        ["KO last", "KO close"],
        ["FOO (ALL)", "TRY (TOP)", "BRK (B)"],
    ],
)
def test_a_security_that_bears_the_word_of_a_figure_or_a_currency_stays(tmp_path, headings):
    rows = [",".join(str(10.0 + day + place) for place in range(len(headings))) for day in range(3)]
    panel = read(tmp_path, ",".join(["Date", *headings]), *rows)
    assert list(panel.securities) == headings and (panel.currency == "").all()
