"""Numbers and dates as files write them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InputError
from impact.intake.dates import parse_date
from impact.intake.numbers import decimal_mark, parse_numbers


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,234", ".", 1234.0),
        ("1,234", ",", 1.234),
        ("1.234", ".", 1.234),
        ("1.234", ",", 1234.0),
        ("1.234.567", ".", 1234567.0),
        ("1,234,567.5", ",", 1234567.5),
        ("5.701.250,00", ".", 5701250.0),
        ("1,10", ".", 1.10),
        ("0,123", ".", 0.123),
        ("0.123", ",", 0.123),
        ("12345.678", ",", 12345.678),
        ("(1,234.50)", ".", -1234.5),
        ("1,234-", ".", -1234.0),
        ("−5", ".", -5.0),
        ("5’701’250", ".", 5701250.0),
        ("-22'190", ".", -22190.0),
        ("1\u00a0234\u202f567,8", ".", 1234567.8),
        ("$342,480.00", ".", 342480.0),
        ("HKD 12.5", ".", 12.5),
        ("12.5 HKD", ".", 12.5),
        ("0.41%", ".", 0.41),
        ("3.5E+06", ".", 3.5e6),
        (".5", ".", 0.5),
        ("2000000.0000", ".", 2000000.0),
    ],
)
def test_a_number_is_read_as_a_human_would(text, decimal, value):
    found = parse_numbers(pd.Series([text], dtype="str"), decimal=decimal)
    assert found.values[0] == value and not found.unreadable[0]


@pytest.mark.parametrize("text", ["", "-", "N/A", "#N/A", "nan", "--", "null"])
def test_a_missing_number_is_missing_and_not_unreadable(text):
    found = parse_numbers(pd.Series([text], dtype="str"))
    assert np.isnan(found.values[0]) and not found.unreadable[0]


@pytest.mark.parametrize("text", ["=A1*2", "1e400", "pending", "inf", "12abc34", "--5", "1/2", "0x10", "1_000"])
def test_what_is_no_number_is_unreadable_and_never_a_value(text):
    found = parse_numbers(pd.Series([text], dtype="str"))
    assert np.isnan(found.values[0]) and found.unreadable[0]


def test_the_decimal_mark_is_found_from_the_column():
    assert decimal_mark(pd.Series(["5.701.250,00", "1.000"], dtype="str")) == ","
    assert decimal_mark(pd.Series(["1,000", "2,345.6"], dtype="str")) == "."
    assert decimal_mark(pd.Series(["1,000", "2,000"], dtype="str")) == ""
    with pytest.raises(InputError, match="decimal=';'"):
        parse_numbers(pd.Series(["1"], dtype="str"), decimal=";")


@settings(deadline=None, max_examples=150)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20), st.sampled_from(["en", "de", "ch", "paren"]))
def test_what_a_locale_prints_is_read_back(cents, locale):
    values = [cent / 100 for cent in cents]
    english = [f"{value:,.2f}" for value in values]
    text = {
        "en": english,
        "de": [cell.translate(str.maketrans(",.", ".,")) for cell in english],
        "ch": [cell.replace(",", "’") for cell in english],
        "paren": [f"({cell[1:]})" if cell.startswith("-") else cell for cell in english],
    }[locale]
    column = pd.Series(text, dtype="str")
    found = parse_numbers(column, decimal=decimal_mark(column) or ".")
    assert found.values.tolist() == values


@pytest.mark.parametrize(
    "text",
    [
        "Dec 31, 2020",
        "31/Dec/2020",
        "31-Dec-2020",
        "12/31/2020",
        "31/12/2020",
        "31.12.2020",
        "20201231",
        "2020-12-31",
        "As of 31-DEC-20",
        "31. Dezember 2020",
        "EEM_2020-12-31_x",
    ],
)
def test_a_date_is_read_in_every_spelling(text):
    assert parse_date(text) == pd.Timestamp("2020-12-31")


def test_an_ambiguous_date_follows_the_convention_told():
    assert parse_date("03/04/2021") is None
    assert parse_date("03/04/2021", dayfirst=False) == pd.Timestamp("2021-03-04")
    assert parse_date("03/04/2021", dayfirst=True) == pd.Timestamp("2021-04-03")
    assert parse_date("03.04.2021") == pd.Timestamp("2021-04-03")
    assert parse_date("no date here 99/99/2021") is None


@pytest.mark.parametrize("decimal", [".", ","])
def test_figures_with_arabic_digits_and_marks_are_read_whatever_the_column_uses(decimal):
    text = pd.Series(["١٬٠٠٠", "١٥٬٥٦٢٫٥٠", "١٫٥٠٠", "-٠٫٥", "١٠", "1٬000"])
    assert parse_numbers(text, decimal=decimal).values.tolist() == [1000.0, 15562.5, 1.5, -0.5, 10.0, 1000.0]
