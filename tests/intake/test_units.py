"""Scales that headings and lines around a table state, in the spellings of files; what is no scale is none."""

import math

import pytest

from impact.bundled import read_bundled
from impact.intake.headings import heading_key, heading_readings
from impact.intake.units import agreed_unit, is_unit, stated_unit, unit_in

M, K = 1e6, 1e3


@pytest.mark.parametrize(
    ("heading", "factor", "currency", "label"),
    [
        ("Market Value (EUR m)", M, "EUR", "marketvalue"), ("Shares (000s)", K, "", "shares"), ("Value '000", K, "", "value"),
        ("Wert k€", K, "EUR", "wert"), ("市值（万元）", 1e4, "CNY", "市值"), ("評価額（千円）", K, "JPY", "評価額"), ("평가금액(백만원)", M, "KRW", "평가금액"),
        ("Valore (migliaia)", K, "", "valore"), ("MV $mm", M, "USD", "mv"), ("Kurswert Mio.", M, "", "kurswert"), ("Kurswert TEUR", K, "EUR", "kurswert"),
        ("Value in thousands", K, "", "value"), ("Wert (in Mio. EUR)", M, "EUR", "wert"), ("Market Value (HK$ million)", M, "HKD", "marketvalue"),
        ("Value (x$1000)", K, "USD", "value"), ("VALUE (x1000)", K, "", "value"), ("market_value_usd_mm", M, "USD", "marketvalue"),
        ("marketValueInThousands", K, "", "marketvalue"), ("valueUsdMn", M, "USD", "value"), ("Market Value $000s", K, "USD", "marketvalue"),
        ("£'000 Value", K, "GBP", "value"), ("Market value (Rs. in Lakhs)", 1e5, "INR", "marketvalue"), ("Market Value (Rs Cr)", 1e7, "INR", "marketvalue"),
        ("持股数量(万股)", 1e4, "", "持股数量"), ("市值亿港元", 1e8, "HKD", "市值"), ("Wert in T€", K, "EUR", "wert"), ("MV (k)", K, "", "mv"),
        ("Montant (en milliers d'euros)", K, "EUR", "montant"), ("Encours (Md€)", 1e9, "EUR", "encours"), ("Value ($, in millions)", M, "USD", "value"),
        ("Valor (miles de euros)", K, "EUR", "valor"), ("USDm Market Value", M, "USD", "marketvalue"), ("Market Value RMB'000", K, "CNY", "marketvalue"),
        ("公允价值(人民币千元)", K, "CNY", "公允价值"), ("Fair Value (1,000s)", K, "", "fairvalue"), ("Fair Value (000,000)", M, "", "fairvalue"),
        ("Market value (USD bn)", 1e9, "USD", "marketvalue"), ("Value (10^6 USD)", M, "USD", "value"), ("Nominal (in 1.000)", K, "", "nominal"),
        ("Wartość (tys. zł)", K, "PLN", "wartosc"), ("Стоимость, тыс. руб.", K, "RUB", "стоимость"), ("Marknadsvärde (kSEK)", K, "SEK", "marknadsvarde"),
        ("Markedsværdi (mio. kr.)", M, "", "markedsværdi"), ("評価金額（百万円単位）", M, "JPY", "評価金額"), ("Value ($000) (in thousands)", K, "USD", "value"),
    ],
)  # fmt: skip
def test_a_heading_states_its_scale_once(heading, factor, currency, label):
    unit = unit_in(heading)
    assert (unit.factor, unit.currency) == (factor, currency)
    assert heading_key(label) in heading_readings(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Market Value (USD)", "Price per 1,000", "Russell 1000", "Value 2020", "Class B", "Shares B", "Lots", "Units", "Nominal", "mm", "000",
        "Weight (%)", "市值(人民币元)", "In Trust", "Kurs", "Market Value Base", "Tall", "x" * 400,
    ],
)  # fmt: skip
def test_what_is_no_scale_is_none(heading):
    assert unit_in(heading) is None


@pytest.mark.parametrize("heading", ["Value (mil)", "Value (USD mil)", "Shares (B)", "数量(手)", "Value EUR t", "Value ($000) (USD m)"])
def test_a_scale_of_several_meanings_is_unknown(heading):
    assert math.isnan(unit_in(heading).factor)


@pytest.mark.parametrize(
    ("line", "factor", "of", "spares"),
    [
        (["Amounts in USD thousands"], K, "money", False), (["(in thousands)"], K, "", False), (["All figures in thousands, except share data"], K, "", True),
        (["(amounts in thousands, except share and per share data)"], K, "money", True), (["单位：万元"], 1e4, "money", False), (["(단위: 백만원)"], M, "money", False),
        (["Unit", "EUR m"], M, "money", False), (["Scale:", "Thousands"], K, "", False), (["Statement as at 31 December 2020 (USD thousands)"], K, "money", False),
        (["Portfolio of investments in millions of dollars"], M, "money", False), (["Importi in migliaia di euro"], K, "money", False),
        (["数量单位：万股"], 1e4, "shares", False),
    ],
)  # fmt: skip
def test_a_line_states_a_scale_for_the_table(line, factor, of, spares):
    unit = stated_unit(line)
    assert (unit.factor, unit.of, unit.spares_shares) == (factor, of, spares)


@pytest.mark.parametrize(
    "line",
    [
        ["iShares Russell 1000 ETF"], ["Vanguard 1000"], ["Million Dollar Fund"], ["Fund size (EUR m)", "3,400"], ["Total net assets (EUR m): 3,400"],
        ["Fund size in EUR m: 3,400"], ["3.4 EUR m"], ["Share class", "B"], ["As of 2020-12-31"], ["Currency: USD"], ["1000"], ["B"],
    ],
)  # fmt: skip
def test_a_line_of_something_else_states_none(line):
    assert stated_unit(line) is None


def test_lines_that_differ_leave_the_scale_unknown():
    assert math.isnan(agreed_unit([stated_unit(["in thousands"]), None, stated_unit(["in millions"])]).factor)
    assert agreed_unit([None, None]) is None


def test_a_cell_of_units_alone():
    assert all(map(is_unit, ("(000)", "USD m", "千円", "EUR", "TEUR", "(m)"))) and not any(
        map(is_unit, ("B", "1000", "Xiaomi", "", "12.5"))
    )


def test_the_table_of_words_repeats_none_and_its_scales_are_powers_of_ten():
    words = read_bundled("unit_words")
    assert not words.duplicated(["kind", "word"]).any()
    factors = words.loc[words["factor"] != "", "factor"].astype(float)
    assert (factors.map(lambda factor: math.log10(factor) % 1) == 0).all()
    assert (words.loc[words["kind"].isin(["scale", "letter"]), "factor"] != "").all()


def test_an_amount_beside_its_label_states_no_unit():
    assert stated_unit(["Cash:", "£100.00"]) is None and stated_unit(["Cash:", "$1,000"]) is None
    assert unit_in("Cash: £100.00") is None
    assert stated_unit(["Amounts in", "EUR 1,000"]).factor == stated_unit(["$1,000"]).factor == 1000.0
