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


@pytest.mark.parametrize("written", ["{} €", "€ {}", "{}\u00a0€", "{}€"])
def test_a_blank_before_a_sign_hides_no_decimal_comma(tmp_path, written):
    path = tmp_path / "closes.csv"
    path.write_text(
        "date;AIR.PA\n" + "".join(f"{day};{written.format(figure)}\n" for day, figure in zip(DAYS, ("10,50", "11,5", "12"), strict=True)),
        encoding="utf-8",
    )
    assert load_panel(path).close["AIR.PA"].tolist() == [10.5, 11.5, 12.0]


def test_a_sign_is_seen_where_the_first_figure_has_none_and_beside_adjusted_closes(tmp_path):
    with pytest.raises(InputError, match="bear € and its currency is stated as 'USD'"):
        panel(tmp_path, ["41.20", "€41.50", "€42.00"], currency="USD")
    with pytest.raises(InputError, match=r"bear \$ and €"):
        panel(tmp_path, ["€41.20,$41.20", "€41.50,$41.50", "€42.00,$42.00"], heading="Date,Close,Adj Close")


def test_rows_of_one_security_in_two_files_are_refused_in_words(tmp_path):
    for name, days in (("a.csv", DAYS[:2]), ("b.csv", DAYS[2:])):
        (tmp_path / name).write_text("date,security,close\n" + "".join(f"{day},AAA,10\n" for day in days), encoding="utf-8")
    with pytest.raises(InputError, match="stand in several files of the folder .first 'AAA'."):
        load_panel(tmp_path)


def test_a_currency_beside_the_closes_alone_is_asked_for_by_its_parameter(tmp_path):
    (tmp_path / "KO.csv").write_text("Date,Close,Adj Close (EUR),Volume\n2021-01-04,10,9,1\n2021-01-05,11,10,1\n")
    with pytest.raises(InputError, match="or with currency='EUR' where they are in it"):
        load_panel(tmp_path / "KO.csv")
    assert load_panel(tmp_path / "KO.csv", currency="EUR").currency.to_dict() == {"KO": "EUR"}


ABOVE = "Name: Airbus\n{line}\nDate,Close"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Currency: GBX", "GBX"),
        ("Currency,GBX", "GBX"),
        ("Ccy:,GBP", "GBP"),
        ("Quote currency: British Pound (GBP)", "GBP"),
        ("Währung: EUR", "EUR"),
        ("CURRENCY,GBX,GBX", "GBX"),
        ("Currency: U$", ""),
        ("Currency: GBX\nTrading currency: GBP", ""),
        ("Currency,GBX,GBP", ""),
    ],
)
def test_a_line_above_the_header_states_the_currency_of_all_closes(tmp_path, line, code):
    assert panel(tmp_path, (41, 42, 43), heading=ABOVE.format(line=line)).currency["AIR.PA"] == code


def test_pence_above_the_header_are_a_hundredth_of_the_closes_in_pounds(tmp_path):
    pence = panel(tmp_path, (4100, 4200, 4300), heading=ABOVE.format(line="Currency: GBX"))
    from impact.intake.currencies import currency_of

    assert currency_of(pence.currency["AIR.PA"]) == ("GBP", 0.01)


@pytest.mark.parametrize(("heading", "other"), [("Close (GBP)", "GBP"), ("Close (EUR)", "EUR")])
def test_a_heading_against_the_line_above_it_is_refused(tmp_path, heading, other):
    with pytest.raises(InputError, match=f"states 'GBX' above its header and '{other}' for 'AIR.PA'"):
        panel(tmp_path, (41, 42, 43), heading=f"Currency: GBX\nDate,{heading}")


def test_every_line_of_a_wide_table_takes_the_currency_above_it(tmp_path):
    path = tmp_path / "closes.csv"
    path.write_text("Currency: GBX\nDate,VOD.L,BP.L\n" + "".join(f"{day},70.1,480.{at}\n" for at, day in enumerate(DAYS)), encoding="utf-8")
    assert load_panel(path).currency.to_dict() == {"VOD.L": "GBX", "BP.L": "GBX"}


@pytest.mark.parametrize(("paid", "refused"), [("0", False), ("$0.00", False), ("", False), ("0.5", True)])
def test_dividends_that_are_all_zero_are_so_in_any_currency(tmp_path, paid, refused):
    path = tmp_path / "X.csv"
    path.write_text(f"Date,Close (EUR),Dividends (USD)\n{DAYS[0]},41,0\n{DAYS[1]},42,{paid}\n{DAYS[2]},43,0\n", encoding="utf-8")
    if refused:
        with pytest.raises(InputError, match="states USD and the closes of 'X' EUR"):
            load_panel(path)
    else:
        assert load_panel(path).currency["X"] == "EUR"


def test_words_for_a_part_are_fils_at_kuwait(tmp_path):
    for heading in ("Close (fils)", "Close (KWF)"):
        path = tmp_path / "KFH.KW.csv"
        path.write_text(f"Date,{heading}\n" + "".join(f"{day},741\n" for day in DAYS), encoding="utf-8")
        assert load_panel(path).currency["KFH.KW"] == "KWF"
