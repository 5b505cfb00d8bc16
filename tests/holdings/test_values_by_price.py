"""Values of lines that print none: quantity times price, and what a price is of."""

import numpy as np
import pandas as pd
import pytest

from impact.holdings.portfolio import as_portfolio
from impact.holdings.readers import read_holdings

BOND = "XIAOMI BEST TIME INTL 3.375% 2030"


def book(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return as_portfolio(read_holdings(path))


@pytest.mark.parametrize(
    ("quantity", "price", "value"),
    [
        ("100000", "98.50", 98_500.0),
        ("100000", "104.25", 104_250.0),
        ("-200000", "98.50", -197_000.0),
        ('"100,000"', "98.50 %", 98_500.0),
        ("100000", "1.50 %", 1_500.0),
        ("100", "985.00", np.nan),  # by the piece of a thousand, perhaps
        ("100", "98.50", np.nan),  # a nominal of a hundred, or a hundred pieces
        ("100000", "0.985", np.nan),
        ("100000", "1.50", np.nan),
    ],
)
def test_a_bond_is_priced_per_hundred_of_nominal_or_not_at_all(tmp_path, quantity, price, value):
    lines = f"ISIN,Name,Asset Class,Quantity,Price,Currency\nXS2431400000,{BOND},Bond,{quantity},{price},USD\n"
    held = book(tmp_path, lines + "US0378331005,Apple,Equity,10,130,USD\n")
    assert held.positions["value"].tolist() == pytest.approx([value, 1300.0], nan_ok=True)
    said = [note for note in held.assumptions if "bond" in note] + held.issues["problem"].tolist()
    assert any("nominal" in note for note in said)
    assert any("1 position(s) without a market value are valued at quantity times price" in note for note in held.assumptions)


def test_a_price_in_percent_is_of_the_nominal_whatever_the_line_is_called(tmp_path):
    held = book(
        tmp_path, 'ISIN;Bezeichnung;Nominal;Kurs;Währung\nDE0001102580;Bund;10000;"104,50 %";EUR\nDE000BAY0017;Bayer;100;50,25;EUR\n'
    )
    assert held.positions["value"].tolist() == pytest.approx([10_450.0, 5_025.0])


@pytest.mark.parametrize("heading", ["Clean Price", "Price (%)", "Price in %", "Dirty Price", "EOD Price"])
def test_headings_of_the_price_of_a_bond(tmp_path, heading):
    held = book(tmp_path, f"ISIN,Name,Nominal,{heading},Currency\nXS2431400000,{BOND},100000,98.50,USD\n")
    assert held.positions["value"].tolist() == [98_500.0]


def test_a_printed_value_of_a_bond_stays(tmp_path):
    lines = f"ISIN,Name,Asset Class,Quantity,Price,Market Value,Currency\nXS2431400000,{BOND},Bond,100,985.00,98500,USD\n"
    held = book(tmp_path, lines)
    assert held.positions["value"].tolist() == [98_500.0] and not any("nominal" in note for note in held.assumptions)


def test_a_line_of_cash_is_still_quantity_times_price():
    rows = pd.DataFrame({"name": ["Cash USD", "Apple"], "quantity": [500.0, 10.0], "price": [1.0, 130.0], "currency": "USD"})
    assert as_portfolio(rows).positions["value"].tolist() == [500.0, 1300.0]


@pytest.mark.parametrize(
    ("head", "lines", "currency", "values"),
    [
        ("Price (HKD),Price (USD)", (",3.40", "50,6.40"), "USD", [340.0, 64.0]),
        ("Price (HKD)", ("26.4", "50"), "HKD", [2640.0, 500.0]),
        ("Price GBX,Price GBP", (",0.70", ",1.60"), "GBP", [70.0, 16.0]),
        ("Price", ("26.4", "50"), "", [2640.0, 500.0]),
    ],
)
def test_where_prices_alone_give_values_their_currency_is_that_of_the_book(tmp_path, head, lines, currency, values):
    held = book(tmp_path, f"ISIN,Quantity,{head}\nKYG9830T1067,100,{lines[0]}\nGB0005405286,10,{lines[1]}\n")
    assert held.currency == currency and held.positions["value"].tolist() == pytest.approx(values)
    assert held.nav == pytest.approx(sum(values))


def test_a_value_without_a_currency_is_in_none_that_prices_name(tmp_path):
    held = book(tmp_path, "ISIN,Quantity,Price (HKD),Market Value\nKYG9830T1067,100,26.4,340\nGB0005405286,10,50,\n")
    assert held.currency == "" and held.positions["value"].isna().tolist() == [False, True]
    assert "No rate to the currency of the file was given for: HKD (1)." in held.assumptions
