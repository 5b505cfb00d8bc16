"""The claim firm by firm."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from impact.cases import precedents_on_record
from impact.errors import InputError
from impact.market import load_panel

PAGE = Path(__file__).resolve().parents[2] / "docs" / "claim.md"


@pytest.fixture(scope="module")
def found():
    return precedents_on_record(load_panel("bundled"))


def test_all_nine_firms_and_every_later_challenger_are_there(found):
    counts = found.firms["programme_id"].value_counts()
    assert counts["ndaa-1237-ccmc"] == 9 and counts["ndaa-1260h"] == 7
    verdicts = found.firms.set_index(["firm", "programme_id"])["verdict"]
    assert (found.firms.loc[found.firms["security"] == "", "verdict"] == "no public line").all()
    assert verdicts['Luokung Technology Corp (first spelled "Luokong")', "ndaa-1237-ccmc"].startswith("designation: fell")
    assert verdicts["Alibaba Group", "ndaa-1260h"].startswith("prices do not reach")


def test_xiaomi_fell_and_rose(found):
    own = found.effects[(found.effects["window"] == "0:1") & (found.effects["security"] == "1810.HK")].set_index("event")
    assert own.loc["designation", "verdict"] == "fell" and own.loc["own injunction", "verdict"] == "rose"
    assert own.loc["own settlement report", "verdict"] == "cannot tell"
    assert (own["n_obs"] == 248).all() and (own["low"] < own["car"]).all() and (own["car"] < own["high"]).all()
    assert (own["p_holm"] >= own["p"]).all() and own["p_holm"].notna().all()
    assert found.effects.loc[found.effects["window"] == "0:0", "test"].eq("sq").all()
    assert found.firms.set_index("firm").loc["Xiaomi Corporation", "reported_return"] == pytest.approx(-0.103)


def test_the_statutes_are_compared_and_not_pooled(found):
    assert found.comparisons["p"].iloc[0] == pytest.approx(fisher_exact([[2, 0], [1, 2]]).pvalue)
    assert (
        "elief in 2 of 2 decided challenges (16 to 100 %) under ndaa-1237-ccmc; relief in 1 of 3 decided challenges (1 to 91 %)"
        in found.answer()
    )
    assert "f the 1 other firms of its day with prices 1 can be told to have moved" in found.answer() and "Firm by firm" in str(
        found.summary()
    )


def test_as_of_the_press_article_there_was_no_base_rate():
    early = precedents_on_record(load_panel("bundled").select(end="2021-03-15"), as_of="2021-03-15T12:00+08:00")
    assert len(early.firms) == 9 and "0 of 0 decided challenges" in early.answer()
    assert set(early.effects["event"]) == {"designation", "own injunction", "injunction of Xiaomi Corp."}


def test_bad_level_is_named():
    with pytest.raises(InputError, match="level"):
        precedents_on_record(load_panel("bundled"), level=1.0)


def test_the_page_is_what_its_command_makes(market_dir):
    spec = importlib.util.spec_from_file_location("refresh_claim", PAGE.with_name("refresh_claim.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    panel = module.folder_panel(market_dir / "prices")
    found = precedents_on_record(panel)
    assert module.page(found, panel.securities) == PAGE.read_text(encoding="utf-8")
    theirs = found.effects[(found.effects["security"] == "LKCO") & (found.effects["event"] == "injunction of Xiaomi Corp.")].set_index(
        "window"
    )
    assert theirs.loc["0:0", "session"] == pd.Timestamp("2021-03-15") and theirs.loc["0:0", "verdict"] == "rose"
    assert set(found.effects.loc[found.effects["security"] == "688012.SS", "verdict"]) == {"cannot tell"}


def test_one_list_alone_and_no_name_of_a_firm_in_the_code():
    later = precedents_on_record(load_panel("bundled", ["HSAI", "SPY"]), programmes=("ndaa-1260h",))
    assert set(later.firms["programme_id"]) == {"ndaa-1260h"} and later.comparisons.empty and later.led_by == ""
    room = Path(precedents_on_record.__code__.co_filename).parent
    code = "".join((room / name).read_text(encoding="utf-8") for name in ("precedents.py", "challengers.py"))
    assert not [name for name in later.firms["firm"].str.split().str[0] if name in code]
