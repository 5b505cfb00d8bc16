"""A sign beside the figures of a price file says in which currency they are, and is never dropped against what is stated."""

import pytest

from impact.errors import InputError
from impact.market import load_panel

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04")


def panel(tmp_path, figures, heading="Date,Close", **stated):
    path = tmp_path / "AIR.PA.csv"
    path.write_text("\n".join((heading, *(f"{day},{figure}" for day, figure in zip(DAYS, figures, strict=True)))) + "\n", encoding="utf-8")
    return load_panel(path, **stated)


@pytest.mark.parametrize(("sign", "code"), [("€", "EUR"), ("£", "GBP"), ("₩", "KRW")])
def test_a_sign_of_one_currency_tells_it(tmp_path, sign, code):
    read = panel(tmp_path, [f"{sign}41.20", f"{sign}41.50", f"{sign}42.00"])
    assert read.currency["AIR.PA"] == code and read.close["AIR.PA"].tolist() == [41.2, 41.5, 42.0]


@pytest.mark.parametrize(("sign", "stated"), [("$", "EUR"), ("€", "USD"), ("£", "GBp"), ("¥", "KRW"), ("$", "JPY")])
def test_a_sign_against_the_currency_stated_is_refused(tmp_path, sign, stated):
    with pytest.raises(InputError, match="bear . and its currency is stated as"):
        panel(tmp_path, [f"{sign}41.20", f"{sign}41.50", f"{sign}42.00"], currency=stated)


@pytest.mark.parametrize(("sign", "stated"), [("$", "USD"), ("$", "HKD"), ("¥", "CNY"), ("¥", "JPY"), ("€", "EUR")])
def test_a_sign_that_may_stand_for_the_currency_agrees(tmp_path, sign, stated):
    assert panel(tmp_path, [f"{sign}41.20", f"{sign}41.50", f"{sign}42.00"], currency=stated).currency["AIR.PA"] == stated


def test_two_signs_in_one_column_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"bear \$ and €"):
        panel(tmp_path, ["$41.20", "€41.50", "$42.00"])


def test_each_column_of_a_wide_table_has_its_own_sign(tmp_path):
    path = tmp_path / "closes.csv"
    path.write_text("Date,AIR.PA,BARC.L,GPRO\n2024-01-02,€130.1,£2.01,3.4\n2024-01-03,€131.0,£2.02,3.5\n", encoding="utf-8")
    told = load_panel(path).currency
    assert told["AIR.PA"] == "EUR" and told["BARC.L"] == "GBP"
