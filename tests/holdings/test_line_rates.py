"""In which currency values are that stand beside currencies, prices and rates of lines: by totals, weights and products, never by a guess."""

from __future__ import annotations

import pytest

import impact
from impact.holdings.line_rates import is_rate

AS_OF = "2021-01-20T12:00-05:00"
RATED = "ISIN,Quantity,Price,Currency,Market Value,FX Rate to Base\n"
XIAOMI, APPLE, BP = "KYG9830T1067", "US0378331005", "GB0007980591"
USD_LINE = f"{APPLE},10,100,USD,1000,1\n"


@pytest.fixture
def check(tmp_path):
    def of_text(text, **options):
        path = tmp_path / "book.csv"
        path.write_text(text, encoding="utf-8")
        return impact.check_portfolio(path, as_of=AS_OF, **options)

    return of_text


@pytest.mark.parametrize(
    ("line", "action"),
    [
        (f"{XIAOMI},1000,30,HKD,30000,0.129\n", "times that rate"),
        (f"{XIAOMI},1000,30,HKD,3870,0.129\n", "not multiplied"),
        (f"{XIAOMI},1000,30,HKD,30000,7.751938\n", "divided by that rate"),
        (f"{XIAOMI},1000,30,HKD,3870,7.751938\n", "not multiplied"),
    ],
)
def test_products_tell_values_in_base_and_the_currencies_which_way_a_rate_is_quoted(check, line, action):
    report = check(RATED + line + USD_LINE)
    assert (round(report.nav, 2), report.currency) == (4870.0, "USD") and report.issues["action"].tolist() == [action]


def test_a_printed_total_speaks_before_products(check):
    prices_in_base = f"Name,{RATED}Xiaomi,{XIAOMI},1000,3.87,HKD,3870,0.129\nApple,{USD_LINE}Total,,,,,4870,\n"
    report = check(prices_in_base)
    assert (report.nav, report.currency) == (4870.0, "USD") and report.issues["action"].tolist()[0] == "not multiplied"


@pytest.mark.parametrize(("value", "rate"), [("3870", 0.129), ("30000", 0.129), ("30000", 7.751938)])
def test_a_total_alone_tells(check, value, rate):
    text = f"Name,ISIN,Quantity,Currency,Market Value,FX Rate to Base\nX,{XIAOMI},1000,HKD,{value},{rate}\nA,{APPLE},10,USD,1000,1\nTotal,,,,4870,\n"
    assert round(check(text).nav, 2) == 4870.0


@pytest.mark.parametrize(("value", "rate"), [("3870", 0.129), ("30000", 0.129), ("30000", 7.751938)])
def test_weights_alone_tell(check, value, rate):
    text = f"ISIN,Quantity,Currency,Market Value,Weight,FX Rate to Base\n{XIAOMI},1000,HKD,{value},79.466%,{rate}\n{APPLE},10,USD,1000,20.534%,1\n"
    assert round(check(text).nav, 2) == 4870.0


def test_where_nothing_tells_values_stay_in_the_currency_of_their_line_and_it_is_said(check):
    text = f"ISIN,Quantity,Currency,Market Value,FX Rate to Base\n{XIAOMI},1000,HKD,3870,0.129\n{APPLE},10,USD,1000,1\n"
    report = check(text, rates={"HKD": 0.129}, currency="USD")
    assert report.nav == pytest.approx(1000 + 0.129 * 3870)
    assert (
        report.issues["problem"].iat[0]
        == "nothing tells whether values beside FX Rate to Base are in the currency of the line or in the base"
    )


PRINTED = "ISIN,Quantity,Currency,Market Value,FX Rate to Base\n"


@pytest.mark.parametrize(
    ("line", "value", "action"),
    [
        (f'{XIAOMI},1000,HKD,"HK$2,640.00",0.129\n', 340.56, ["times that rate"]),
        (f'{XIAOMI},1000,HKD,"HK$2,640.00",7.751938\n', 340.56, ["divided by that rate"]),
        (f'{XIAOMI},1000,HKD,"US$340.56",0.129\n', 340.56, ["taken in that of the cell"]),
        (f'{BP},1000,GBX,"£1,000.00",1.36\n', 1360.0, ["times that rate"]),
    ],
)
def test_the_currency_that_a_cell_prints_is_that_of_the_figure_and_no_longer_where_a_rate_brought_it_to_base(check, line, value, action):
    report = check(f'{PRINTED}{line}{APPLE},10,USD,"US$1,000.00",1\n')
    assert (round(report.nav, 2), report.currency) == (round(value + 1000, 2), "USD")
    assert report.issues["action"].tolist() == action


@pytest.mark.parametrize("price", ["", "1000"])
def test_pounds_in_a_cell_are_whole_whatever_unit_the_line_is_quoted_in(check, price):
    report = check(f'ISIN,Quantity,Price,Currency,Market Value\n{BP},100,{price},GBX,"£1,000.00"\nGB00BH4HKS39,50,200,GBX,"£100.00"\n')
    assert report.positions["market_value"].tolist() == [1000.0, 100.0] and report.currency == "GBP"


def test_pence_in_a_cell_of_a_line_in_pounds_are_hundredths(check):
    report = check(f'ISIN,Quantity,Currency,Market Value\n{BP},100,GBP,"GBp 100,000"\nGB00BH4HKS39,50,GBP,"£100.00"\n')
    assert report.positions["market_value"].tolist() == [1000.0, 100.0] and report.currency == "GBP"


def test_values_in_base_of_a_line_quoted_in_pence_are_no_hundredths(check):
    report = check(f"{RATED}{BP},1000,300,GBX,4080,1.36\n{USD_LINE}")
    assert (report.nav, report.currency) == (5080.0, "USD")
    assert check(f"{RATED}{BP},1000,300,GBX,300000,1.36\n{USD_LINE}").nav == pytest.approx(5080.0)


def test_a_rate_per_penny_that_can_be_none_is_said(check):
    report = check(f"{RATED}{BP},1000,300,GBX,300000,0.0136\n{USD_LINE}", rates={"GBP": 1.36}, currency="USD")
    assert report.nav == pytest.approx(5080.0) and "nothing tells" in report.issues["problem"].str.cat()


@pytest.mark.parametrize(
    "line",
    [
        "US Treasury 2.5 2030,US912810SX72,10000,98.5,USD,9850",
        "AAPL call Jan22 150 C,,20,4.925,USD,9850",
        "Stock,US0378331005,100,110,USD,9850",
    ],
)
def test_a_product_that_fits_at_no_rate_tells_of_no_other_currency(check, line):
    text = f"Name,ISIN,Quantity,Price,Currency,Market Value\nXiaomi,{XIAOMI},1000,30,HKD,30000\n{line}\n"
    report = check(text, rates={"USD": 7.75}, currency="HKD")
    assert (report.nav, report.currency) == (pytest.approx(30000 + 76337.5), "HKD")
    assert "account" in report.issues["problem"].iat[0]


def test_a_product_that_fits_at_a_rate_tells_the_currency_of_all_values(check):
    text = f"Name,ISIN,Quantity,Price,Currency,Market Value\nXiaomi,{XIAOMI},1000,30,HKD,30000\nStock,{APPLE},10,100,USD,7750\n"
    report = check(text)
    assert (report.nav, report.currency) == (37750.0, "HKD")


@pytest.mark.parametrize(("line", "either"), [("SAP,10,100,EUR,1000,1.17", True), (f"{XIAOMI},1000,30,HKD,30000,0.099", False)])
def test_a_rate_whose_inverse_could_be_one_too_is_taken_as_its_heading_says_and_it_is_said(check, line, either):
    issues = check(f"{RATED}{line}\n{BP},10,100,GBP,1000,1\n").issues
    times = issues.loc[issues["action"] == "times that rate", "problem"]
    assert len(times) == 1 and ("inverse" in times.iat[0]) is either


@pytest.mark.parametrize(("value", "rate"), [(30000, 0.129), (30000, 7.751938)])
def test_a_line_of_the_base_tells_which_way_the_others_are_brought_to_it_and_the_doubt_is_said(check, value, rate):
    report = check(f"ISIN,Currency,Market Value,FX Rate to Base\n{XIAOMI},HKD,{value},{rate}\n{APPLE},USD,1000,1\n")
    assert (round(report.nav, 2), report.currency) == (4870.0, "USD")
    told = report.issues.loc[report.issues["column"] == "market_value"].iloc[0]
    assert told["problem"] == "nothing tells whether values beside FX Rate to Base are in the currency of the line or in the base"
    assert told["action"].startswith("taken in the currency of the line, ")


def test_values_of_lines_to_an_unknown_base_are_said_to_be_so(check):
    report = check(RATED + f"{XIAOMI},1000,30,HKD,30000,0.129\nHK0941009539,1000,45,HKD,45000,0.129\n")
    assert (report.nav, report.currency) == (75000.0, "HKD")
    assert report.issues["problem"].tolist() == [
        "in the currency of the line, beside FX Rate to Base, and nothing tells which way to the base it is quoted"
    ]


@pytest.mark.parametrize(
    ("rate", "of", "to", "answer"),
    [
        (7.8, "USD", "HKD", True),
        (1.0, "USD", "HKD", False),
        (0.1, "HKD", "EUR", True),
        (100.0, "GBP", "USD", False),
        (3.0, "USD", "ZWL", None),
    ],
)
def test_what_a_rate_between_two_currencies_could_be(rate, of, to, answer):
    assert is_rate(rate, of, to) is answer


HELD = f"ISIN,Quantity,Market Value,Currency\n{XIAOMI},100,264,HKD\n{APPLE},10,500,USD\n{APPLE},10,500,USD\n"
PRICED = f"ISIN,Quantity,Price\n{XIAOMI},100,HK$26.4\nGB00BH4HKS39,10,£5\n"


@pytest.mark.parametrize(
    ("text", "options", "nav", "currency", "said"),
    [
        (HELD, {"rates": {"HKD": 0.129, "USD": 7.8}}, 1034.056, "USD", "The rate of USD, 7.8, is not used: the book is valued in USD"),
        (HELD, {"rates": {"HKD": 0.129, "USD": 1.0}}, 1034.056, "USD", ""),
        (
            HELD,
            {"rates": {"USD": 7.8, "HKD": 3.0}, "rates_in": "HKD"},
            1033.846,
            "USD",
            "The rate of HKD, 3, is not used: the rates are quoted in",
        ),
        (
            HELD,
            {"rates": {"HKD": 7.8}},
            3059.2,
            "USD",
            "the rate of HKD, 7.8 USD, was 0.1272 to 0.1292 from 2016 to 2026; it is used as it stands",
        ),
        (PRICED, {"rates": {"HKD": 0.1}}, 314.0, "GBP", ""),  # a currency with a rate is not that of the book
        (PRICED, {"rates": {"HKD": 10.0}}, 26450.0, "GBP", "the rate of HKD, 10 GBP, was"),
        (PRICED, {"rates": {"HKD": 0.1}, "currency": "HKD"}, 2640.0, "HKD", "The rate of HKD, 0.1, is not used"),
        (HELD.replace(",HKD", ",").replace(",USD", ","), {"rates": {"HKD": 0.1}}, 1264.0, "", "none of the rates is used; give currency"),
        (HELD, {"rates": {"HKD": 0.129, "GBP": 10.0}}, 1034.056, "USD", "the rate of GBP, 10 USD, was"),
    ],
)
def test_what_is_said_of_a_rate_is_what_is_done_with_it(check, text, options, nav, currency, said):
    """A rate of the book's own currency was said to be used as it stands, and was not."""
    report = check(text, **options)
    told = [note for note in report.assumptions if "rate of " in note or "of the rates" in note]
    assert (report.nav, report.currency) == (pytest.approx(nav, abs=0.001), currency)
    assert len(told) == bool(said) and all(said in note for note in told)
    assert not any("GBP" in note and "used as it stands" in note for note in told if currency != "GBP")
