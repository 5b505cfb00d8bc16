"""The rates that a case states are in the currency of its closes, whoever tells it: the case, the prices, or the venue."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.cases.case_file import define_stated, read_case
from impact.cases.rates import book_rates
from impact.errors import InputError

AT = "2026-11-02T16:05-05:00"
VENUES = {"BARC.L": "XLON", "SOL.JO": "XJSE", "82020.HK": "XHKG", "JPM": "XNYS"}


def case_folder(tmp_path, security, prices_in, per_dollar, *more, run_cli):
    """A case that `impact new` wrote, with made-up closes whose file names their currency."""
    days = sessions(VENUES[security], "2026-06-01", "2026-11-18")
    frame = pd.DataFrame({"Date": days, "Close": 390.0 + np.arange(len(days)) % 7, "Volume": 1e6})
    frame = frame.assign(Currency=prices_in) if prices_in else frame
    frame.to_csv(tmp_path / "line.csv", index=False)
    new = ["new", security, "--programme", "ns-cmic", "--at", AT, "--hypothetical", "--prices", str(tmp_path / "line.csv")]
    code, _, err = run_cli(*new, "--per-dollar", str(per_dollar), *more, "-o", str(tmp_path / "case"))
    assert code == 0, err
    return tmp_path / "case"


def checked(tmp_path, folder, rows, run_cli):
    """The values of a book read against the case, by ticker, and what was said."""
    (tmp_path / "book.csv").write_text("Symbol,Market Value,Currency\n" + "\n".join(rows) + "\n")
    code, out, err = run_cli("check", str(tmp_path / "book.csv"), "--case", str(folder), "--format", "json")
    if code:
        return None, err
    body = json.loads(out)
    values = {row["ticker"]: row["market_value"] for row in body["positions"]}
    return values, " ".join(body["assumptions"])


@pytest.mark.parametrize(
    ("security", "prices_in", "per_dollar", "rows", "dollars_are"),
    [
        ("BARC.L", "GBX", 79, ["BARC,1580,GBP", "AAPL,2000,USD"], 1580.0),  # 79 pence a dollar: 2,000 x 0.79
        ("SOL.JO", "ZAc", 1880, ["SOL,50000,ZAR", "AAPL,2000,USD"], 37_600.0),  # 1,880 cents a dollar: 2,000 x 18.80
        ("BARC.L", "GBP", 0.79, ["BARC,1580,GBP", "AAPL,2000,USD"], 1580.0),
    ],
)
@pytest.mark.parametrize("told_by", ["the case", "the prices"])
def test_rates_are_crossed_by_the_currency_that_the_prices_say(
    tmp_path, run_cli, security, prices_in, per_dollar, rows, dollars_are, told_by
):
    folder = case_folder(tmp_path, security, prices_in, per_dollar, run_cli=run_cli)
    text = (folder / "case.toml").read_text()
    assert f'currency = "{prices_in}"' in text  # what the prices say is written down
    if told_by == "the prices":
        (folder / "case.toml").write_text(text.replace(f'currency = "{prices_in}"', ""))
    values, _ = checked(tmp_path, folder, rows, run_cli)
    assert values["AAPL"] == pytest.approx(dollars_are)
    assert impact.case(folder).exposure(tmp_path / "book.csv").nav == pytest.approx(sum(values.values()))


def test_rates_in_another_currency_than_that_of_the_book_are_not_used(tmp_path, run_cli):
    # The closes are in yuan, so that 7.2 is yuan a dollar: nothing tells what a dollar is in Hong Kong dollars.
    folder = case_folder(tmp_path, "82020.HK", "CNY", 7.2, run_cli=run_cli)
    assert 'currency = "CNY"' in (folder / "case.toml").read_text()
    values, told = checked(tmp_path, folder, ["700 HK,1000,HKD", "5 HK,1000,HKD", "AAPL US,1000,USD"], run_cli)
    assert values["AAPL US"] is None and values["700 HK"] == 1000.0
    assert "rates are quoted in CNY and none of them is that of HKD" in told


def test_rates_in_a_currency_that_nothing_tells_are_refused(tmp_path, run_cli):
    # London quotes in pounds and in pence: without a word of the prices, 79 is the price of a dollar in one of them.
    folder = case_folder(tmp_path, "BARC.L", "", 79, run_cli=run_cli)
    values, told = checked(tmp_path, folder, ["BARC,1580,GBP", "AAPL,2000,USD"], run_cli)
    assert values is None and "rates = { USD = 79 }" in told and "state currency" in told
    with pytest.raises(InputError, match="state currency"):
        impact.case(folder).exposure(tmp_path / "book.csv")


@pytest.mark.parametrize("written", [{"GBp": 0.0127}, {"GBP": 1.27}, {"gbp": 1.27}, {"GBX": 0.0127}])
def test_the_letter_case_of_a_hundredth_is_kept(tmp_path, written):
    days = sessions("XNYS", "2026-06-01", "2026-11-18")
    pd.DataFrame({"Date": days, "Close": 300.0}).to_csv(tmp_path / "JPM.csv", index=False)
    own = impact.case(security="JPM", programme="ns-cmic", public_at=AT, hypothetical=True, prices=tmp_path / "JPM.csv", rates=written)
    book = pd.DataFrame(
        {
            "Ticker": ["JPM US", "AAPL US", "BARC LN", "VOD LN"],
            "Market Value": [1000.0, 1000, 1580, 47_000],
            "Currency": ["USD", "USD", "GBP", "GBp"],
        }
    )
    values = own.exposure(book).positions.set_index("ticker")["market_value"]
    assert values["BARC LN"] == pytest.approx(2006.60) and values["VOD LN"] == pytest.approx(596.90)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ({"POUND": 1.27}, "'POUND' is no currency"),
        ({"GBp": 1.27, "GBP": 1.27}, "two rates for GBP"),
        ({"GBP": 0}, "must be a positive number"),
        ({"GBP": True}, "must be a positive number"),
        ({"GBP/USD": 1.25}, "'GBP/USD' names a pair.* write GBP = 1.25 where that is USD, or USD = 0.8 where it is GBP"),
        ({"GBPUSD": 1.25}, "'GBPUSD' names a pair"),
        ({"GBPUSD=X": 1.25}, "'GBPUSD=X' names a pair"),
        ({"usd per gbp": 1.25}, "'usd per gbp' names a pair"),
        ({"£/$": 1.25}, "'£/\\$' names a pair"),
        ({"GBp/USD": 0.0125}, "'GBp/USD' names a pair"),
    ],
)
def test_rates_that_cannot_be_meant_are_refused(rates, message):
    with pytest.raises(InputError, match=message):
        define_stated({"security": "JPM", "programme": "ns-cmic", "public_at": AT, "rates": rates})


def test_a_rate_of_a_hundredth_is_written_as_it_is_read(tmp_path):
    folder = impact.cases.write_case("JPM", "ns-cmic", AT, tmp_path / "case", hypothetical=True, rates={"GBp": 0.0127})
    assert read_case(folder).rates == {"GBP": pytest.approx(1.27)}


def test_a_rate_far_from_any_of_the_decade_is_warned_of(tmp_path, run_cli):
    # Pounds a dollar stated for closes in pence, and pence of the pound as pounds.
    folder = case_folder(tmp_path, "BARC.L", "GBX", 0.79, run_cli=run_cli)
    values, told = checked(tmp_path, folder, ["BARC,1580,GBP", "AAPL,2000,USD"], run_cli)
    assert values["AAPL"] == pytest.approx(15.80)  # used as it stands
    assert "rate of USD, 0.0079 GBP" in told
    (tmp_path / "book.csv").write_text("Symbol,Market Value,Currency\nAAPL,2000,USD\nMSFT,2000,USD\nBARC,1580,GBP\n")
    _, out, _ = run_cli("check", str(tmp_path / "book.csv"), "--as-of", "2026-11-03T12:00Z", "--rate", "GBP=0.0127", "--format", "json")
    assert "rate of GBP, 0.0127 USD" in " ".join(json.loads(out)["assumptions"])
    _, out, _ = run_cli("check", str(tmp_path / "book.csv"), "--as-of", "2026-11-03T12:00Z", "--rate", "GBp=0.0127", "--format", "json")
    assert "rate of GBP" not in " ".join(json.loads(out)["assumptions"])


@pytest.mark.parametrize("pair", ["GBP/USD", "GBPUSD", "GBP-USD", "EUR/USD"])
def test_a_pair_of_currencies_is_no_rate_of_its_first(tmp_path, run_cli, pair):
    """The price of a pound in dollars is a rate of the pound in a book of dollars, and its inverse one of the dollar in a book of pounds."""
    (tmp_path / "book.csv").write_text("Symbol,Market Value,Currency\nBARC LN,1580,GBP\nVOD LN,1000,GBP\nAAPL US,2000,USD\n")
    code, _, err = run_cli("check", str(tmp_path / "book.csv"), "--as-of", "2026-11-03T12:00Z", "--rate", f"{pair}=1.25")
    assert code == 2 and f"{pair!r} names a pair" in err and "= 1.25 where that is USD" in err
    with pytest.raises(InputError, match="names a pair"):
        impact.check_portfolio(tmp_path / "book.csv", as_of="2026-11-03T12:00Z", rates={pair: 1.25})
    for name in ("currency", "rates_in"):
        with pytest.raises(InputError, match=f"{name}='{pair}' names 2 currencies"):
            impact.check_portfolio(tmp_path / "book.csv", as_of="2026-11-03T12:00Z", rates={"USD": 0.8}, **{name: pair})


@pytest.mark.parametrize("written", ["USD-US Dollar", "US$", "CNY (RMB)", "usd", "GBP pounds"])
def test_a_currency_that_is_written_twice_is_one(written):
    assert len(define_stated({"security": "0700.HK", "programme": "ns-cmic", "public_at": AT, "rates": {written: 7.8}}).rates) == 1


@pytest.mark.parametrize("currency", ["GBP/USD", "GBPUSD"])
def test_a_pair_is_no_currency(currency):
    with pytest.raises(InputError, match="is no currency"):
        define_stated({"security": "BARC.L", "programme": "ns-cmic", "public_at": AT, "currency": currency})


def test_a_refusal_of_rates_names_the_hundredth_of_the_venue(tmp_path, run_cli):
    """Johannesburg quotes in cents of the rand, Tel Aviv in agorot of the shekel, London in pence."""
    for security, codes in (("SOL.JO", "ZAR, or ZAc"), ("BARC.L", "GBP, or GBp"), ("TEVA.TA", "ILS, or ILA")):
        own = define_stated({"security": security, "programme": "ns-cmic", "public_at": AT, "rates": {"USD": 79}})
        with pytest.raises(InputError, match=f"state currency, {codes} where closes are in hundredths"):
            book_rates(own)
    own = define_stated({"security": "KFH.KW", "programme": "ns-cmic", "public_at": AT, "rates": {"USD": 0.31}})
    with pytest.raises(
        InputError, match="a currency and its thousandth alike; state currency, KWD, or KWF where closes are in thousandths"
    ):
        book_rates(own)
