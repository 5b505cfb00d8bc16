"""A designation that is in no table: stated in a file, in a folder or in the call, and asked everything a shipped case is asked."""

from __future__ import annotations

import json
import os

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import impact
from impact.calendars import sessions
from impact.cases.case_file import read_case
from impact.cases.supply import supply_of_case
from impact.errors import DataUnavailable, InputError
from impact.market import load_panel

TOML = """
[designation]
security = "999930.KS"
issuer = "Hanbit Devices Co., Ltd."
programme = "ns-cmic"
public_at = 2026-11-02T16:05:00-05:00
hypothetical = true
[market]
prices = "prices/"
benchmark = "KOSPIX"
rates = { USD = 1250.0 }
[shares]
outstanding = [119e6, 121e6]
free_float = 0.6
[[events]]
label = "suit filed"
kind = "court"
outcome = "filed"
known_at = 2026-11-10T17:00:00-05:00
[tables]
holders = "holders.csv"
index = "index.csv"
[book]
holdings = "positions.csv"
"""
FILES = {
    "holders.csv": "holder_class,shares_low,shares_high,source\nus_passive_deleting,2000000,3000000,letter\nus_active,4000000,4000000,letter\n",
    "index.csv": "provider,index_family,action,announced_on,execution_on,effective_on,weight_pct,tracked_assets_usd_low,tracked_assets_usd_high,source\n"
    "MSCI,MSCI EM,delete,2026-11-10,2026-11-20,2026-11-23,0.08,300000000000,500000000000,notice\n",
    "positions.csv": "Account,Ticker,Name,Quantity,Market Value,Currency\nA1,999930 KS,HANBIT DEVICES CO LTD,250000,16250000,KRW\nA1,AAPL US,APPLE INC,10,3750000,KRW\n",
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "prices").mkdir()
    (tmp_path / "case.toml").write_text(TOML)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    drawn = sessions("XKRX", "2025-09-01", "2026-11-20").union(pd.DatetimeIndex(["2026-06-03"]))  # local elections: drawn, never traded
    rng = np.random.default_rng(7)
    index = rng.normal(0.0, 0.01, len(drawn))
    own = index + rng.normal(0.0, 0.015, len(drawn))
    days = drawn[drawn != pd.Timestamp("2026-06-03")]
    index, own = index[drawn.isin(days)], own[drawn.isin(days)]
    own[days == pd.Timestamp("2026-11-03")] = -0.12
    for name, moves, level, volume in (("999930.KS", own, 65_000.0, 1.4e6), ("KOSPIX", index, 2500.0, 0.0)):
        frame = pd.DataFrame({"date": days, "close": level * np.exp(np.cumsum(moves)), "volume": volume})
        frame.to_csv(tmp_path / "prices" / f"{name}.csv", index=False)
    return tmp_path


def test_a_folder_and_its_file_are_the_same_case(folder):
    first, second = impact.case(folder), impact.case(str(folder / "case.toml"))
    assert first.definition.security == second.definition.security == "999930.KS"
    assert first.panel.currency["999930.KS"] == "KRW"  # of the venue: neither the file nor the prices say


def test_clocks_follow_from_the_programme_and_the_day(folder):
    clocks = impact.case(folder).deadlines().clocks.set_index("clock")
    assert clocks.loc["purchase_ban", "first_prohibited_et"] == "2027-01-01T00:01-05:00"
    assert clocks.loc["divestment_end", "first_prohibited_et"].startswith("2027-11-02")


def test_supply_is_what_the_holders_table_says(folder):
    supply = impact.case(folder).supply()
    # Under a lock-in institutions sell nine tenths to all of what they hold: 0.9 x (2 + 4) to 3 + 4 million.
    assert_allclose([supply.total_shares["low"], supply.total_shares["high"]], [5.4e6, 7.0e6])
    assert supply.line.currency == "KRW" and supply.line.usd_per_unit == pytest.approx(1 / 1250)
    assert supply.wind_down.sessions[0] == pd.Timestamp("2026-11-03") and supply.wind_down.sessions[-1] == pd.Timestamp(
        "2027-11-01"
    )  # the window ends at 14:01 of the 2nd in Seoul


def test_index_flow_is_weight_times_assets(folder):
    flow = impact.case(folder).supply().index_flow.flows.iloc[0]
    assert_allclose([flow["sold_usd_low"], flow["sold_usd_high"]], [0.0008 * 3e11, 0.0008 * 5e11])


def test_day_zero_is_the_session_after_the_news_in_seoul(folder):
    row = impact.case(folder).event_study().day_zero().iloc[0]
    assert row["event_id"] == "D0" and row["reaction_on"] == pd.Timestamp("2026-11-03") and row["ar"] < -0.08
    events = impact.case(folder).timeline().events.set_index("event_id")
    assert events.loc["C1", "step"] == "filed" and events.loc["C1", "reaction_on"] == pd.Timestamp("2026-11-11")
    assert events.loc["X1", "reaction_on"] == pd.Timestamp("2026-11-20") and events.loc["X1", "kind"] == "index"


def test_the_book_is_read_against_it(folder):
    found = impact.case(folder).exposure().exposures
    assert found["status"].tolist() == ["restricted"] and found["quantity_high"].tolist() == [250000.0]
    costs = impact.case(folder).cost().costs
    assert (costs["crowd_bps_mid"] >= costs["alone_bps_mid"]).all()


def test_a_rate_that_the_case_states_values_its_book(folder, run_cli):
    # 12.5 million won at the stated 1,250 a dollar are 10,000 of 100,000 dollars, whoever reads the book against the case.
    (folder / "positions.csv").write_text(
        "Ticker,Name,Quantity,Market Value,Currency\n999930 KS,HANBIT DEVICES CO LTD,200,12500000,KRW\n"
        "AAPL US,APPLE INC,300,60000,USD\nMSFT US,MICROSOFT CORP,60,30000,USD\n"
    )
    held = impact.case(folder).exposure().exposures.iloc[0]
    assert held["market_value_high"] == pytest.approx(10_000.0) and held["nav_share_high"] == pytest.approx(0.10)
    code, out, _ = run_cli("check", str(folder / "positions.csv"), "--case", str(folder), "--format", "json")
    checked = json.loads(out)["exposures"][0]
    assert code == 0 and checked["nav_share_high"] == pytest.approx(0.10)
    _, out, _ = run_cli("check", str(folder / "positions.csv"), "--case", str(folder), "--rate", "KRW=0.001", "--format", "json")
    assert json.loads(out)["exposures"][0]["market_value_high"] == pytest.approx(12_500.0)


def test_figures_and_days_that_a_file_leaves_open_are_settled_by_the_case(folder, tmp_path, run_cli):
    # A Brazilian export: 65,123 is a price with three decimals, 03/11/2026 the third of November.
    days = pd.DatetimeIndex(sessions("BVMF", "2026-01-05", "2026-11-10"))
    days = days[(days.day <= 12)]
    rows = [f"{day:%d/%m/%Y};{65 + 0.001 * (n % 7):.3f}".replace(".", ",") for n, day in enumerate(days)]
    (tmp_path / "precos.csv").write_text("data;fechamento\n" + "\n".join(rows) + "\n", encoding="utf-8")
    new = [
        "new",
        "EMBR3.SA",
        "--programme",
        "ns-cmic",
        "--at",
        "2026-11-04T16:05-05:00",
        "--hypothetical",
        "--prices",
        str(tmp_path / "precos.csv"),
    ]
    for told in ("decimal", "date_format"):
        code, _, err = run_cli(*new, "-o", str(tmp_path / told))
        assert code and told in err
        new += [f"--{told.replace('_', '-')}", {"decimal": ",", "date_format": "%d/%m/%Y"}[told]]
    code, _, err = run_cli(*new, "-o", str(tmp_path / "case"))
    assert code == 0, err
    panel = impact.case(tmp_path / "case").panel
    assert panel.close["EMBR3.SA"].iloc[:2].tolist() == [65.0, 65.001] and panel.sessions[-1] == days[-1]
    assert 'decimal = ","' in (tmp_path / "case" / "case.toml").read_text()


LOCAL_HABITS = {
    "turkish": (
        "ASELS.IS",
        "XIST",
        "Tarih;Kapanış(TL);Hacim(Adet)",
        "Hesap;Sembol;Menkul Kıymet;Adet;Piyasa Değeri;Döviz",
        "ASELSAN",
        "TRY",
    ),
    "brazilian": ("EMBJ3.SA", "BVMF", "Data;Último;Vol.", "Conta;Ativo;Nome;Quantidade;Valor de Mercado;Moeda", "EMBRAER ON", "BRL"),
    "korean": ("267260.KS", "XKRX", "일자;종가;거래량", "계좌번호;종목코드;종목명;보유수량;평가금액;통화", "HD현대일렉트릭", "KRW"),
}


@pytest.mark.parametrize("habit", sorted(LOCAL_HABITS))
def test_a_line_in_no_table_is_known_by_its_code_in_files_of_its_market(tmp_path, run_cli, habit):
    # Half of the book is the line, under its local code alone; nobody has told the name of its issuer, so that none can speak against it.
    security, mic, headings, positions, name, currency = LOCAL_HABITS[habit]
    code = security.partition(".")[0]
    days = pd.DatetimeIndex(sessions(mic, "2026-09-01", "2026-11-18"))
    (tmp_path / "line.csv").write_text("\n".join([headings, *(f"{day:%d.%m.%Y};65,12;1.200.000" for day in days)]) + "\n", encoding="utf-8")
    (tmp_path / "own_index.csv").write_text(
        "\n".join([headings.rpartition(";")[0], *(f"{day:%d.%m.%Y};2.500,25" for day in days)]) + "\n", encoding="utf-8"
    )
    rows = [positions, f"1;{code};{name};10.000;651.200,00;{currency}", f"1;ZZZZ9;OTHER CO;10.000;651.200,00;{currency}"]
    (tmp_path / "book.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    new = ["new", security, "--programme", "ns-cmic", "--at", "2026-11-04T16:05-05:00", "--hypothetical", "-o", str(tmp_path / "case")]
    given = {"prices": "line.csv", "benchmark-prices": "own_index.csv", "holdings": "book.csv"}
    exit_code, _, err = run_cli(*new, *(part for field, file in given.items() for part in (f"--{field}", str(tmp_path / file))))
    assert exit_code == 0, err
    own = impact.case(tmp_path / "case")
    assert own.panel.close[security].iloc[-1] == 65.12 and own.panel.volume[security].iloc[-1] == 1_200_000
    assert own.panel.close[own.definition.market].iloc[-1] == 2500.25 and (own.definition.market == "own_index") == (habit == "turkish")
    held = own.exposure().exposures.iloc[0]
    assert (held["status"], held["quantity_high"], held["nav_share_high"]) == ("restricted", 10_000.0, 0.5)


def test_the_template_states_no_rate_of_its_own(tmp_path):
    # A rate of 1.0 that is uncommented as it stands would price a line in lira at par; a line in dollars needs none.
    for security, line in (("AKBNK.IS", "# rates = { USD = 0.0 }"), ("AAPL", "")):
        folder = impact.cases.write_case(security, "ns-cmic", "2026-11-02T16:05-05:00", tmp_path / security, hypothetical=True)
        text = (folder / "case.toml").read_text()
        assert (line in text and "rates = { USD = 1" not in text) if line else "rates" not in text
        (folder / "case.toml").write_text(text.replace("# rates", "rates"))
        if line:
            with pytest.raises(InputError, match="positive number"):
                impact.case(folder)


def test_the_page_answers_the_four_questions(folder):
    page = impact.case(folder).report(folder / "page.html").read_text()
    assert all(words in page for words in ("What do I hold", "Until when", "Who else sells", "What will it cost", "HYPOTHETICAL"))


def test_keywords_say_the_same_as_the_file(folder):
    own = impact.case(
        security="999930 KS",
        programme="ns-cmic",
        public_at="2026-11-02T16:05-05:00",
        prices=impact.case(folder).panel,
        benchmark="KOSPIX",
        holders=pd.read_csv(folder / "holders.csv"),
        rates={"USD": 1250.0},
        outstanding=[119e6, 121e6],
        free_float=0.6,
        index=folder / "index.csv",
    )
    assert own.supply().total_shares == impact.case(folder).supply().total_shares


def test_nothing_but_a_security_still_answers_what_rests_on_no_price():
    own = impact.case(security="7203.T", programme="ns-cmic", public_at="2026-11-02T16:05-05:00")
    assert own.panel is None and "the first session of 7203.T that could react is 4 November 2026" in own.headline()
    assert own.deadlines().clocks["line"].tolist() == ["7203.T"] * 2
    assert "deadlines" in own.tables() and own.timeline().pending["reaction_on"].iloc[0] == pd.Timestamp(
        "2026-11-04"
    )  # the 3rd is a holiday
    assert own.supply().line.unknown == ("price", "usd_per_unit", "adv_shares", "sigma")
    with pytest.raises(DataUnavailable, match="unknown"):
        own.price_effect()


def test_without_holders_the_supply_is_unknown_and_never_zero(folder):
    (folder / "case.toml").write_text(TOML.replace('holders = "holders.csv"\n', ""))
    found = impact.case(folder).supply()
    assert np.isnan(found.total_shares["high"]) and "unknown" in found.summary().title


def test_a_rate_that_nobody_states_is_asked_for_by_its_key(folder, run_cli):
    (folder / "case.toml").write_text(TOML.replace("rates = { USD = 1250.0 }\n", ""))
    code, out, err = run_cli("supply", "--case", str(folder), "--format", "json")
    assert code == 0, err
    body = json.loads(out)
    assert code == 0 and any("rate of KRW" in text and "state rates = { USD = ... }" in text for text in body["assumptions"])
    assert [row["forced_usd"] for row in body["totals"]] == [None] * 3 and body["totals"][0]["forced_shares"] == pytest.approx(5.4e6)
    assert run_cli("price", "--case", str(folder), "--sold", "1e6:2e6", "--draws", "256")[0] == 0  # flow is measured in multiples of volume


def test_a_case_without_a_note_has_no_empty_assumption(folder):
    assert "" not in impact.case(folder).assumptions


def test_a_benchmark_that_closes_after_the_line_is_said_to_be_lagged(folder):
    kospi = pd.read_csv(folder / "prices" / "KOSPIX.csv", parse_dates=["date"]).set_index("date")
    days = sessions("XNYS", kospi.index[0], kospi.index[-1])
    kospi.reindex(days, method="ffill").rename_axis("date").to_csv(folder / "prices" / "SPY.csv")
    (folder / "case.toml").write_text(TOML.replace('"KOSPIX"', '"SPY"'))
    lines = [line for line in impact.case(folder).assumptions if line.startswith("SPY opens after XKRX has closed")]
    assert len(lines) == 1 and "up to the last close before its own" in lines[0]


def changed(folder, name, change):
    """The case with the closes of one line changed: `change` takes the frame by date."""
    path = folder / "prices" / f"{name}.csv"
    frame = pd.read_csv(path, parse_dates=["date"]).set_index("date")
    change(frame)
    frame.dropna(subset=["close"]).to_csv(path)
    return impact.case(folder)


def without_close(frame):
    frame.loc["2026-11-03", "close"] = np.nan


def divided(since, by):
    def change(frame):
        frame.loc[since:, "close"] /= by

    return change


def test_a_split_on_the_day_is_named_in_the_row_the_sentence_and_on_stderr(folder, run_cli):
    split = changed(folder, "999930.KS", divided("2026-11-03", 5))
    row = split.event_study().day_zero().iloc[0]
    assert row["ar"] < -1.0 and row["reason"] == "jump of 999930.KS on 2026-11-03?"
    assert "doubtful, compare the prices with another source (jump of 999930.KS on 2026-11-03?)" in split.headline()
    assert any("1 suspicious figure (jump; first 999930.KS on 2026-11-03" in line for line in split.assumptions)
    assert not any("suspicious" in line for line in split.supply().assumptions)  # the eve is measured before it
    code, _, err = run_cli("case", str(folder))
    assert code == 0 and err.startswith("warning: prices: 1 suspicious figure (jump; first 999930.KS on 2026-11-03")


def test_a_split_in_the_estimation_is_named_beside_every_event_and_in_the_supply(folder):
    split = changed(folder, "999930.KS", divided("2026-09-15", 2))
    effects = split.event_study().effects
    assert set(effects["reason"]) == {"split of 999930.KS on 2026-09-15? in the estimation window"}
    assert any("suspicious figure (split; first 999930.KS on 2026-09-15" in line for line in split.supply().assumptions)


def test_a_split_of_the_benchmark_on_the_day_is_named(folder):
    split = changed(folder, "KOSPIX", divided("2026-11-03", 2))
    reasons = split.event_study().effects.set_index(["event_id", "window"])["reason"]
    assert reasons["D0", "0:0"] == reasons["D0", "-1:1"] == "split of KOSPIX on 2026-11-03?" and reasons["C1+N1", "0:0"] == ""


def test_a_day_without_trade_has_no_direction_and_no_estimate(folder):
    halted = changed(folder, "999930.KS", without_close)
    reason = "no trade in 999930.KS on that session"
    assert halted.headline() == (
        "Hanbit Devices Co., Ltd. has no return on 3 November 2026, the first session that could react "
        f"({reason}): what the news did is unknown."
    )
    own = halted.event_study().effects.set_index("event_id").loc["D0"]
    assert own[["car", "se", "low", "high", "t", "p", "p_test", "mde", "car_zero_alpha"]].isna().all(axis=None)
    assert own["reason"].tolist() == [reason] * 3
    joint = halted.event_study().joint_effects().set_index("event_id").loc["D0"]
    assert np.isnan(joint["alone_car"]) and joint["reason"] == "no return on its event session"


def test_a_benchmark_without_a_close_is_named_as_what_is_missing(folder):
    without = changed(folder, "KOSPIX", without_close)
    fell = 1 - np.exp(-0.12)
    assert f"fell {100 * fell:.1f} % on 3 November 2026" in without.headline()
    assert without.headline().endswith("; net of the market unknown (no close of KOSPIX on that session).")


def test_the_sentence_holds_simple_returns_and_the_tables_log_ones(folder):
    own = impact.case(folder)
    row = own.event_study().day_zero().iloc[0]
    ar, low, high = (f"{100 * np.expm1(row[name]):+.2f} %" for name in ("ar", "low", "high"))
    assert f"net of the market {ar} ({low} to {high})" in own.headline()
    assert any("Abnormal returns are log returns in the tables, simple ones in the headline" in line for line in own.assumptions)


def test_before_the_public_instant_there_is_no_case(folder):
    early = impact.case(folder, as_of="2026-11-02T12:00-05:00")
    with pytest.raises(DataUnavailable, match="known"):
        early.supply()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[shares]", "[share]", r"\[share\] is not a section.*did you mean 'shares'"),
        ("free_float", "freefloat", "did you mean 'free_float'"),
        ("free_float = 0.6", "free_float = 60", "between 0 and 1"),
        ("rates = {", 'decimal = ";"\nrates = {', "decimal=';' is no decimal sign"),
        ("[119e6, 121e6]", "[121e6, 119e6]", "pair"),
        ('"ns-cmic"', '"ns-cimc"', "did you mean 'ns-cmic'"),
        ("public_at = 2026-11-02T16:05:00-05:00", "public_at = 2026-11-02", "bare day"),
        ("public_at = 2026-11-02T16:05:00-05:00\n", "", "public_at missing"),
        ("USD = 1250.0", "USD = 0", "positive"),
        ('"holders.csv"', '"nobody.csv"', "cannot be read"),
        ('kind = "court"', 'kind = "trial"', "vocabulary"),
        ('"999930.KS"', '"Hanbit of Seoul"', "venue|line"),
    ],
)
def test_a_mistake_in_the_file_is_said_in_one_sentence(folder, old, new, message):
    (folder / "case.toml").write_text(TOML.replace(old, new))
    with pytest.raises(InputError, match=message):
        read_case(folder)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("holder_class,shares_low,shares_high,source\nus_hedge,1,2,x\n", "row 1, column holder_class: 'us_hedge'"),
        ("holder_class,shares_low,shares_high,source\nus_active,3,2,x\n", "above shares_high"),
        ("holder_class,shares_low,shares_high,source\nus_active,-3,2,x\n", "zero or more"),
        ("holder_class,shares_low,shares_high,source\nus_active,many,2,x\n", "not a number"),
        ("holder_class,shares_low,source\nus_active,1,\n", "source is empty"),
        ("holder,shares_low,shares_high,source\nus_active,1,2,x\n", "columns missing"),
    ],
)
def test_a_mistake_in_a_table_names_its_cell(folder, table, message):
    (folder / "holders.csv").write_text(table)
    with pytest.raises(InputError, match=message):
        read_case(folder)


def test_a_name_and_fields_together_are_refused():
    with pytest.raises(InputError, match="named and security"):
        impact.case("xiaomi", security="1810.HK")


def test_commands_take_the_file(folder, run_cli):
    code, out, _ = run_cli("supply", "--case", str(folder), "--format", "json")
    body = json.loads(out)
    assert code == 0 and body["inputs"]["security"] == "999930.KS" and body["inputs"]["regime"] == "lock_in"
    code, out, _ = run_cli("case", str(folder), "--format", "json")
    assert code == 0 and json.loads(out)["reaction_session"][0]["event_id"] == "D0"
    code, _, err = run_cli("price")
    assert code == 2 and "--case PATH" in err


@pytest.mark.parametrize(
    ("security", "line", "currency"),
    [("0700 HK", "0700.HK", "HKD"), ("7203.T", "7203.T", "JPY"), ("SAP.DE", "SAP.DE", "EUR"), ("GM", "GM", "USD")],
)
def test_a_new_folder_opens_and_answers_until_when(tmp_path, run_cli, security, line, currency):
    code, _, err = run_cli(
        "new", security, "--programme", "ns-cmic", "--at", "2026-11-28T16:05-05:00", "--hypothetical", "-o", str(tmp_path / "own")
    )
    assert code == 0 and "impact case" in err
    own = impact.case(tmp_path / "own")
    assert own.definition.security == line and own.definition.currency == currency and own.definition.hypothetical
    clocks = own.deadlines().clocks.set_index("clock")
    assert clocks.loc[["purchase_ban"], "first_prohibited_et"].iloc[0] == "2027-01-27T00:01-05:00"
    page = own.report(tmp_path / "page.html").read_text()
    assert "Until when" in page and "HYPOTHETICAL" in page
    assert len(pd.read_csv(tmp_path / "own" / "facts.csv")) > (10 if line == "0700.HK" else -1)
    code, _, err = run_cli("new", security, "--programme", "ns-cmic", "--at", "2026-11-28T16:05-05:00", "-o", str(tmp_path / "own"))
    assert code == 2 and "none is written over" in err


@pytest.mark.parametrize(
    ("security", "programme", "at", "message"),
    [
        ("Toyota", "ns-cmic", "2026-11-28T16:05-05:00", "names no trading line"),
        ("7203.T", "ns-cmc", "2026-11-28T16:05-05:00", "did you mean 'ns-cmic'"),
        ("7203.T", "ns-cmic", "2026-11-28", "zone|time"),
        ("7203.T", "eo13974-amend", "2026-11-28T16:05-05:00", "not in force"),
    ],
)
def test_a_new_case_that_cannot_be_is_refused_before_anything_is_written(tmp_path, security, programme, at, message):
    with pytest.raises(InputError, match=message):
        impact.cases.write_case(security, programme, at, tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_a_new_case_spares_what_the_folder_holds_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    stated = ("0700.HK", "ns-cmic", "2026-11-28T16:05-05:00")
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "holders.csv").write_text("my,own\n")
    with pytest.raises(InputError, match=r"has 1 of the \d files to write \(first holders.csv\), and none is written over"):
        impact.cases.write_case(*stated, kept)
    assert [path.name for path in kept.iterdir()] == ["holders.csv"] and (kept / "holders.csv").read_text() == "my,own\n"
    replace, moved = os.replace, []

    def third_time(source, target):
        moved.append(target)
        if len(moved) == 3:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr("os.replace", third_time)
    with pytest.raises(InputError, match="No space left"):
        impact.cases.write_case(*stated, tmp_path / "deep" / "own")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def in_currency(folder, code):
    path = folder / "prices" / "999930.KS.csv"
    pd.read_csv(path).assign(currency=code).to_csv(path, index=False)
    return folder


def test_prices_in_another_currency_than_the_case_are_refused_by_both_names(folder, run_cli):
    text = (folder / "case.toml").read_text()
    (folder / "case.toml").write_text(text.replace("[market]\n", '[market]\ncurrency = "KRW"\n'))
    assert impact.case(in_currency(folder, "KRW")).supply().line.currency == "KRW"
    in_currency(folder, "EUR")
    with pytest.raises(InputError, match=r"states currency='KRW', and its prices of 999930\.KS are in 'EUR'"):
        impact.case(folder).supply()
    code, out, err = run_cli("price", str(folder))
    assert code != 0 and "KRW" in err and "EUR" in err and not out
    panel = load_panel(folder / "prices")
    with pytest.raises(InputError, match="'EUR'"):
        supply_of_case(read_case(folder), panel=panel)


def test_a_hundredth_is_another_currency_than_the_whole(folder):
    text = (folder / "case.toml").read_text()
    (folder / "case.toml").write_text(text.replace("[market]\n", '[market]\ncurrency = "GBP"\n'))
    with pytest.raises(InputError, match="'GBP', and its prices of 999930.KS are in 'GBX'"):
        impact.case(in_currency(folder, "GBX")).supply()
    (folder / "case.toml").write_text(text.replace("[market]\n", '[market]\ncurrency = "GBp"\n'))
    assert impact.case(folder).supply().line.currency == "GBp"
