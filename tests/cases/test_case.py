"""The case from end to end: reaction sessions, abnormal returns, other sources, earlier instants, users' mistakes."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import impact
from impact.cases import case_names
from impact.errors import DataUnavailable, ImpactWarning, InfeasibleDesign, InputError
from impact.market import load_panel


@pytest.fixture
def xiaomi(opened):
    return opened("xiaomi")


def test_reaction_sessions_are_those_of_the_notes(xiaomi):
    events = xiaomi.timeline().to_frame().set_index("event_id")
    wanted = {
        "E0": "2021-01-15",
        "E1": "2021-03-08",
        "B1": "2021-03-12",
        "E4": "2021-03-15",
        "K1": "2021-03-15",
        "E6": "2021-05-12",
        "E7": "2021-05-25",
        "E8": "2021-05-26",
    }
    assert {name: f"{events.loc[name, 'reaction_on']:%Y-%m-%d}" for name in wanted} == wanted
    assert events["intraday"][events["intraday"]].index.tolist() == ["E6"]


def test_close_to_close_and_abnormal_returns_of_the_three_days(xiaomi):
    table = xiaomi.event_study().day_zero().set_index("event_id")
    np.testing.assert_allclose(table.loc[["E0", "E4+K1", "E6"], "close_return"], [-0.1026, 0.0703, 0.0610], atol=5e-5)
    np.testing.assert_allclose(table.loc[["E0", "E4+K1", "E6"], "ar"], [-0.116, 0.059, 0.045], atol=5e-4)
    estimate = xiaomi.event_study().fit.estimates.iloc[0]
    assert (
        estimate["n_obs"] == 248
        and estimate["beta"] == pytest.approx(1.24, abs=0.005)
        and estimate["sigma"] == pytest.approx(0.0295, abs=5e-5)
    )
    assert estimate["alpha"] == pytest.approx(0.0048, abs=5e-5)


def test_later_events_are_read_off_the_fit_of_the_designation(xiaomi):
    study = xiaomi.event_study()
    returns = xiaomi.panel.returns("log")
    estimate = study.fit.estimates.iloc[0]
    by_hand = returns.loc["2021-03-15", "1810.HK"] - estimate["alpha"] - estimate["beta"] * returns.loc["2021-03-15", "HSI"]
    assert study.row_of("E4")["ar"] == pytest.approx(by_hand, abs=1e-12)
    assert study.row_of("no such event") is None


def test_the_path_ends_where_its_parts_add_up(xiaomi):
    study = xiaomi.event_study()
    with pytest.warns(ImpactWarning, match="zero_alpha"):
        total = study.fit.car(0, int(study.fit.fitted.offsets[-1]))["car"].iloc[0]
    assert study.path["car_with_alpha"].iloc[-1] == pytest.approx(total, abs=1e-10)
    drift = study.path["car"].iloc[-1] - study.path["car_with_alpha"].iloc[-1]
    assert drift == pytest.approx(len(study.path) * study.fit.estimates["alpha"].iloc[0], rel=0.1)
    assert (study.path["low"] < study.path["car"]).all() and (study.path["car"] < study.path["high"]).all()


def test_volume_multiples_of_the_execution_days(xiaomi):
    table = xiaomi.event_study().day_zero().set_index("event_id")["volume_multiple"]
    assert (
        table["E2"] == pytest.approx(3.2, abs=0.1)
        and table["E9"] == pytest.approx(2.7, abs=0.05)
        and table["E9b"] == pytest.approx(3.9, abs=0.05)
    )
    half_day = xiaomi.event_study().volume.set_index("session").loc["2021-02-11"]
    assert np.isnan(half_day["volume_shares"]) and np.isnan(half_day["multiple_of_median"])


def test_an_earlier_instant_knows_less_and_changes_nothing_before(xiaomi):
    eve = impact.case("xiaomi", as_of="2021-03-12T16:00-05:00")
    assert eve.panel.sessions[-1] == pd.Timestamp("2021-03-12")
    assert set(eve.timeline().events["event_id"]) == {"E0", "L1", "E1", "E2", "B1", "E3"}
    now, then = (one.event_study().day_zero().set_index("event_id") for one in (xiaomi, eve))
    shared = ["E0", "L1", "E1", "E2", "B1+E3"]
    np.testing.assert_allclose(then.loc[shared, "ar"], now.loc[shared, "ar"], rtol=1e-12)


def test_benchmarks_stand_side_by_side(xiaomi):
    wide = xiaomi.event_study().by_benchmark().set_index("event_id")
    assert list(wide.columns) == ["HSI_ar", "HSI_without_the_target_ar", "14_peers_ar", "5_technology_peers_ar"]
    assert wide.loc["E0"].max() < -0.09


def test_yahoo_from_the_cache_gives_the_same_case(tmp_path, monkeypatch, xiaomi):
    from impact.market.cache import PriceCache
    from impact.market.histories import SecurityHistory

    monkeypatch.setenv("IMPACT_CACHE_DIR", str(tmp_path))
    panel = load_panel("bundled", ["1810.HK", "HSI"])
    for name, symbol in (("1810.HK", "1810.HK"), ("HSI", "^HSI")):
        figures = pd.DataFrame({"close": panel.close[name], "volume": panel.volume[name], "dividend": 0.0, "split": 0.0})
        span = {"first": pd.Timestamp("2019-12-01"), "last": pd.Timestamp("2021-07-31")}
        PriceCache().write(
            "yahoo",
            SecurityHistory(
                symbol=symbol,
                figures=figures,
                currency="HKD",
                retrieved_at="2026-11-22T00:00:00+00:00",
                provider_version="recorded",
                **span,
            ),
        )
    cached = impact.case("xiaomi", source="yahoo", offline=True)
    assert cached.event_study().row_of("E0")["ar"] == pytest.approx(xiaomi.event_study().row_of("E0")["ar"], abs=1e-12)
    assert [name for name in cached.event_study().by_benchmark().columns if "peers" in name] == []


def test_a_folder_of_files_gives_the_same_case(tmp_path, xiaomi):
    panel = load_panel("bundled", ["1810.HK", "HSI"])
    for name in panel.securities:
        panel.close[name].rename("close").rename_axis("date").to_csv(tmp_path / f"{name}.csv")
    found = impact.case("xiaomi", source=tmp_path)
    assert found.event_study().row_of("E0")["ar"] == pytest.approx(xiaomi.event_study().row_of("E0")["ar"], abs=1e-12)
    assert found.event_study().volume["volume_shares"].isna().all()


@pytest.mark.parametrize("name", ["smic", "cnooc", "china-mobile", "china-unicom"])
def test_other_cases_run_on_bundled_prices(name, opened):
    study = opened(name).event_study()
    assert len(study.day_zero()) >= 5 and np.isfinite(study.row_of(study.definition.designation_event)["ar"])


@pytest.mark.parametrize("name", case_names())
def test_every_case_either_runs_or_says_what_is_missing(name, opened):
    try:
        sentence = opened(name).event_study().headline()
    except (DataUnavailable, InfeasibleDesign) as missing:
        assert "prices" in str(missing)
    else:
        assert "nan" not in sentence.split() and "unknown on" not in sentence


def test_a_session_without_a_return_has_no_test_and_no_error(tmp_path):
    panel = load_panel("bundled", ["1810.HK", "HSI"])
    for name in panel.securities:
        close = panel.close[name].copy()
        if name == "1810.HK":
            close["2021-03-15"] = np.nan
        close.rename("close").rename_axis("date").to_csv(tmp_path / f"{name}.csv")
    row = impact.case("xiaomi", source=tmp_path).event_study().row_of("E4")
    assert np.isnan(row["ar"]) and np.isnan(row["p_sq"])


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nosuch",), 2, "choose one of: alibaba"),
        (("xiaomi", "--as-of", "2021-03-12"), 2, "has no zone"),
        (("xiaomi", "--as-of", "2021-01-14T12:00-05:00"), 3, "no event"),
        (("xiaomi", "--source", "no-such-folder"), 2, "is none of 'bundled', 'yahoo', 'twelvedata'"),
        (("xiaomi", "--table", "nothing", "--format", "csv"), 2, "choose one of"),
        (("xiaomi", "--format", "parquet"), 2, "-o FILE"),
        (("xiaomi", "--html", "no-such-folder/x.html"), 2, "cannot be written"),
    ],
)
def test_a_users_mistake_is_one_line(run_cli, words, code, says):
    found, _, err = run_cli("case", *words)
    assert found == code and says in err and "Traceback" not in err
    assert len([line for line in err.splitlines() if line.startswith("error")]) <= 1


def test_a_source_without_the_line_is_said_in_one_line(run_cli, tmp_path):
    load_panel("bundled", ["HSI"]).close["HSI"].rename("close").rename_axis("date").to_csv(tmp_path / "HSI.csv")
    code, _, err = run_cli("case", "luokung", "--source", str(tmp_path))
    assert code == 3 and "needs prices of LKCO, SPY" in err


def test_no_network_is_said_in_one_line(run_cli, tmp_path, monkeypatch):
    monkeypatch.setenv("IMPACT_CACHE_DIR", str(tmp_path))
    code, _, err = run_cli("case", "xiaomi", "--source", "yahoo", "--offline")
    assert code == 3 and "not_cached" in err and "impact data fetch" in err


def test_command_prints_tables_json_and_writes_the_page(run_cli, tmp_path):
    page = tmp_path / "x.html"
    code, out, err = run_cli("case", "xiaomi", "--html", str(page))
    assert code == 0 and "-11.64 %" in out and "Sources" in out and f"wrote {page}" in err
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") >= 4 and not re.search(r"""(?:src|href)=["']https?:""", html)
    assert json.loads(re.search(r'id="numbers">(.*?)</script>', html, re.S).group(1).replace("<\\/", "</"))["day-zero"]["rows"]
    code, out, _ = run_cli("case", "xiaomi", "--format", "json")
    body = json.loads(out)
    assert code == 0 and body["schema"] == "impact.case/1" and body["reaction_session"][0]["event_id"] == "E0"


def test_figures_have_axes_in_units(xiaomi):
    from impact.plots.case import plot_benchmarks, plot_volume

    study = xiaomi.event_study()
    assert xiaomi.timeline().plot().get_ylabel() == "close, HKD"
    assert study.plot().get_ylabel() == "cumulative abnormal log return"
    assert plot_benchmarks(study.benchmarks).get_xlabel().startswith("abnormal log return")
    assert plot_volume(study.volume, study.events).get_ylabel() == "volume / median"


def test_unknown_case_and_source_types():
    with pytest.raises(InputError, match="case='x'"):
        impact.case("x")


def test_difference_of_two_memos(run_cli):
    code, out, _ = run_cli("case", "xiaomi", "--diff", "2021-03-12T09:00-05:00", "2021-03-22T12:00-04:00", "--format", "json")
    body = json.loads(out)
    assert code == 0
    assert [row["event_id"] for row in body["sessions_added"]] == ["E4+K1", "E5"]
    ban = next(row for row in body["clocks"] if row["clock"] == "purchase_ban" and row["line"] == "1810.HK")
    assert (ban["state_before"], ban["state_after"]) == ("running", "enjoined")
    assert any("preliminary injunction" in row["value"].lower() for row in body["facts"])


def test_difference_needs_order_and_zones(run_cli):
    code, _, err = run_cli("case", "xiaomi", "--diff", "2021-03-22T12:00-04:00", "2021-03-12T09:00-05:00")
    assert code == 2 and "swap them" in err
    code, _, err = run_cli("case", "xiaomi", "--diff", "2021-03-22", "2021-03-23")
    assert code == 2 and "has no zone" in err


def test_a_memo_before_any_session_could_react(run_cli, tmp_path):
    page = tmp_path / "memo.html"
    code, out, _ = run_cli("case", "xiaomi", "--as-of", "2021-01-14T18:00-05:00", "--html", str(page), "--format", "json")
    body = json.loads(out)
    assert code == 0 and "of which the prices hold nothing to measure" in body["title"]
    assert body["pending_events"][0]["reaction_on"] == "2021-01-15"
    bans = {row["line"]: row["last_session_on"] for row in body["deadlines"] if row["clock"] == "purchase_ban"}
    assert bans["1810.HK"] == "2021-03-15" and bans["XIACY"] == "2021-03-12"
    html = page.read_text(encoding="utf-8")
    assert "What is not known" in html and "buying ends" in html and "-11.62" not in html


def test_interval_and_p_of_a_row_come_from_one_procedure(xiaomi):
    """A p above 5 % never stands beside an interval that leaves zero out, nor the other way round."""
    effects = xiaomi.event_study().effects
    outside = (effects["low"] > 0) | (effects["high"] < 0)
    assert (outside == (effects["p_test"] < 0.05)).all()
    injunction = effects[(effects["event_id"] == "E4+K1") & (effects["window"] == "0:0")].iloc[0]
    assert injunction["low"] < 0 < injunction["high"] and injunction["p_test"] == pytest.approx(0.0683, abs=1e-3)
