"""A designation typed by someone who has a file of prices and nothing else: it opens, or says in one sentence what to mend."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.cases.case_file import SECTIONS
from impact.cases.stated_programme import LICENCE_FIELDS
from impact.errors import InputError

AT = "2026-11-20T16:05-05:00"
HOLDERS = {"holder_class": ["us_active"], "shares_low": [3e6], "shares_high": [5e6], "source": ["letter"]}


def export(path, closes, volumes):
    """As Investing.com exports: newest first, every cell quoted, a letter behind the volume."""
    rows = pd.DataFrame(
        {
            "Date": closes.index.strftime("%m/%d/%Y"),
            "Price": [f"{close:,.2f}" for close in closes],
            "Vol.": [f"{volume / 1e6:.2f}M" for volume in volumes],
            "Change %": "0.10%",
        }
    )
    rows[::-1].to_csv(path, index=False, quoting=csv.QUOTE_ALL, encoding="utf-8-sig")
    return path


@pytest.fixture
def files(tmp_path):
    days = sessions("XKRX", "2025-06-02", "2026-11-26")
    rng = np.random.default_rng(5)
    index = rng.normal(0.0, 0.01, len(days))
    own = index + rng.normal(0.0, 0.018, len(days))
    own[days == pd.Timestamp("2026-11-23")] = np.log(0.88)
    volume = np.full(len(days), 4e5)
    return {
        "prices": export(tmp_path / "Firm Stock Price History.csv", pd.Series(3e5 * np.exp(own.cumsum()), days), volume),
        "benchmark_prices": export(tmp_path / "KOSPI Historical Data.csv", pd.Series(2700 * np.exp(index.cumsum()), days), volume * 1000),
    }


def opened(files, **stated):
    return impact.case(**{"security": "999930 KS", "issuer": "Firm", "programme": "ns-cmic", "public_at": AT, **files, **stated})


def test_one_line_writes_a_folder_that_opens_with_the_files_of_a_site(files, tmp_path, run_cli):
    paths = ("--prices", str(files["prices"]), "--benchmark-prices", str(files["benchmark_prices"]))
    numbers = ("--issuer", "Firm", "--shares", "51e6", "--free-float", "0.5:0.6", "--per-dollar", "1390")
    folder = tmp_path / "own"
    code, _, err = run_cli("new", "999930 KS", "--programme", "ns-cmic", "--at", AT, *paths, *numbers, "-o", str(folder))
    assert code == 0, err
    own = impact.case(folder)
    assert own.headline().startswith("Firm fell 12.0 % on 23 November 2026, the first session that could react; net of the market")
    assert own.definition.shares_outstanding == (51e6, 51e6) and own.definition.free_float == (0.5, 0.6)
    assert own.definition.rates == {"USD": 1390.0}
    assert "999930.KS is read from the file Firm Stock Price History.csv." in "\n".join(own.assumptions)
    assert own.supply().line.adv_shares == 4e5  # 0.40M


def test_files_that_cannot_serve_are_refused_before_anything_is_written(files, tmp_path, run_cli):
    wide = tmp_path / "wide.csv"
    wide.write_text("date,A,B\n2026-11-20,1,2\n")
    code, _, err = run_cli("new", "999930 KS", "--programme", "ns-cmic", "--at", AT, "--prices", str(wide), "-o", str(tmp_path / "own"))
    assert code == 3 and "needs prices of 999930.KS" in err and not (tmp_path / "own").exists()
    code, _, err = run_cli("new", "999930 KS", "--programme", "ns-cmic", "--at", AT, "--shares", "many", "-o", str(tmp_path / "own"))
    assert code == 2 and "'many' is neither a number nor LOW:HIGH" in err


def test_a_file_of_another_line_is_not_taken_for_the_line(files, tmp_path):
    other = tmp_path / "005930.KS.csv"
    other.write_bytes(files["prices"].read_bytes())
    case = opened({"prices": other})
    assert case.panel is None and "needs prices of 999930.KS" in case.no_prices


def test_without_a_benchmark_the_move_is_still_told(files):
    case = opened({"prices": files["prices"]})
    assert case.headline().startswith(
        "Firm fell 12.0 % on 23 November 2026, the first session that could react; net of the market unknown: the prices do not hold"
    )


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"benchmark": "999930.KS"}, "is the line itself"),
        ({"currency": "WON"}, "'WON' is no currency"),
        ({"holders": pd.DataFrame({**HOLDERS, "shares_low": [12], "shares_high": [14]})}, "reads like a percentage"),
        ({"holders": pd.DataFrame({**HOLDERS, "shares_low": [0.12], "shares_high": [0.14]})}, "reads like a percentage"),
        ({"holders": pd.DataFrame({**HOLDERS, "shares_low": ["12%"]})}, "'12%' is not a number.*times the shares outstanding"),
        ({"holders": pd.concat([pd.DataFrame(HOLDERS)] * 2)}, "'us_active' stands twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(files, stated, message):
    with pytest.raises(InputError, match=message):
        opened(files, **stated)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"rates": {"USD": 1 / 1390}}, "is it turned round"),
        ({"outstanding": 51.0}, "less than a usual day trades"),
        ({"outstanding": 51e9}, "more than a hundred thousand usual days"),
        ({"outstanding": 51e6, "rates": {"USD": 0.01}}, "more than any company was"),
        ({"currency": "USD"}, "lines of XKRX are quoted in KRW"),
    ],
)
def test_what_does_not_go_together_is_doubted_in_every_command(files, stated, message):
    assert any(message in text for text in opened(files, **stated).doubts())


def test_what_goes_together_is_not_doubted(files):
    assert opened(files, outstanding=51e6, rates={"USD": 1390.0}, currency="KRW").doubts() == ()


def test_pence_with_the_rate_of_the_pound_is_doubted(tmp_path):
    days = sessions("XLON", "2025-06-02", "2026-11-26")
    frame = pd.DataFrame({"date": days, "close": 1900.0 + np.arange(len(days)) % 7, "volume": 9e6})
    frame.to_csv(tmp_path / "BA.L.csv", index=False)
    stated = {"security": "BA.L", "programme": "ns-cmic", "public_at": AT, "prices": tmp_path, "currency": "GBp"}
    assert any("the closes are in GBp, a hundredth" in text for text in impact.case(**stated, rates={"USD": 0.78}).doubts())
    assert not any("turned round" in text for text in impact.case(**stated, rates={"USD": 78.0}).doubts())


def test_what_happened_to_a_line_before_is_no_consequence_of_a_supposed_designation():
    supposed = impact.case(security="1810.HK", programme="ns-cmic", public_at="2021-06-30T16:05-04:00", hypothetical=True)
    flow = supposed.supply().index_flow
    assert flow.flows.empty and flow.ledger is None
    assert set(flow.dropped["reason"]) == {"on record, and so no consequence of a designation that is supposed"}
    stated = impact.case(security="1810.HK", programme="eo13974-amend", public_at="2021-06-01T16:05-04:00")
    assert stated.supply().index_flow.flows.empty
    assert "announced before the designation of the case" in set(stated.supply().index_flow.dropped["reason"])


def test_the_price_of_a_sale_without_volumes_is_refused_in_words(run_cli):
    code, _, err = run_cli("price", "alibaba", "--sold", "1e6:2e6")
    assert code == 3 and "the usual daily volume of BABA before the designation is unknown" in err


def test_relief_of_a_halted_line_says_that_its_fall_is_unknown(run_cli):
    code, out, _ = run_cli("relief", "gazprom")
    assert (
        code == 0
        and "(nan, nan)" not in out
        and "the fall of GAZP.ME on its reaction session is unknown: no trade" in " ".join(out.split())
    )
    assert "GAZP.ME has no close on 2022-03-03, the first session that could react" in out


def test_a_log_return_in_percent_says_that_it_is_one(run_cli):
    code, out, _ = run_cli("case", "xiaomi")
    heads = next(line for line in out.splitlines() if "reaction_on" in line)
    assert code == 0 and "ar (log)" in heads and "close_return (log)" not in heads


@pytest.mark.parametrize(
    ("name", "regime"), [("veon", "unknown"), ("yandex-nebius", "unknown"), ("gazprom", "purchase_ban"), ("sberbank", "blocking")]
)
def test_a_line_that_no_list_names_is_under_the_programme_that_reaches_it(name, regime):
    """VEON is no entity in Russia: its page said that nobody names it, and that US persons may not buy it."""
    assert impact.case(name).supply().wind_down.rule.name == regime


def test_the_page_on_own_designations_names_every_field_of_a_case_file():
    page = (Path(__file__).parents[2] / "docs" / "howto" / "own-designation.md").read_text(encoding="utf-8")
    table = page[page.index("## Every field of a case file") :]
    told = set(re.findall(r"`([a-z_]+)`", table))
    assert {f"`[{section}]`" in table for section in SECTIONS} == {True}
    assert {name for fields in SECTIONS.values() for name in fields} <= told
    assert all(f"{field} =" in table for field in LICENCE_FIELDS)


def test_what_is_stated_of_the_files_serves_the_one_that_leaves_it_open_and_never_overrules_the_other(files, tmp_path, run_cli):
    # The line as a Brazilian export writes it, open in both; the benchmark with points and days that tell themselves.
    days = pd.DatetimeIndex(sessions("BVMF", "2025-06-02", "2026-11-26"))
    level = 65 + 0.001 * (np.arange(len(days)) % 7)
    few = days.day <= 12
    rows = [f"{day:%d/%m/%Y};{close:.3f}".replace(".", ",") for day, close in zip(days[few], level[few], strict=True)]
    (tmp_path / "line.csv").write_text("data;fechamento\n" + "\n".join(rows) + "\n", encoding="utf-8")
    rows = [f"{day:%m/%d/%Y},{115 + n % 3:.2f}" for n, day in enumerate(days)]
    (tmp_path / "index.csv").write_text("date,close\n" + "\n".join(rows) + "\n", encoding="utf-8")
    new = ["new", "EMBR3.SA", "--programme", "ns-cmic", "--at", "2026-11-04T16:05-05:00", "--hypothetical"]
    paths = ["--prices", str(tmp_path / "line.csv"), "--benchmark-prices", str(tmp_path / "index.csv")]
    code, _, err = run_cli(*new, *paths, "--decimal", ",", "--date-format", "%d/%m/%Y", "-o", str(tmp_path / "case"))
    assert code == 0, err
    own = impact.case(tmp_path / "case")
    panel = own.panel.close
    assert panel["EMBR3.SA"].dropna().iloc[:2].tolist() == level[few][:2].round(3).tolist()
    assert panel[own.definition.market].dropna().iloc[:2].tolist() == [115.0 + n % 3 for n in np.flatnonzero(few)[:2]]
    for told in (own.assumptions, own.supply().line.assumptions):
        text = "\n".join(told)
        assert "index.csv: the stated decimal sign ',' is not used for it: its figures, such as 115.00, tell that it is '.'." in text
        assert "index.csv: the stated date_format '%d/%m/%Y' is not used for it" in text and "line.csv: the stated" not in text
