"""The claim firm by firm."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from impact.cases import paved_way
from impact.errors import InputError
from impact.market import load_panel

PAGE = Path(__file__).resolve().parents[2] / "docs" / "claim.md"


@pytest.fixture(scope="module")
def found():
    return paved_way(load_panel("bundled"))


def test_all_nine_firms_and_every_later_challenger_are_there(found):
    counts = found.firms["programme_id"].value_counts()
    assert counts["ndaa-1237-ccmc"] == 9 and counts["ndaa-1260h"] == 7
    verdicts = found.firms.set_index(["firm", "programme_id"])["verdict"]
    assert (found.firms.loc[found.firms["security"] == "", "verdict"] == "no public line").all()
    assert verdicts['Luokung Technology Corp (first spelled "Luokong")', "ndaa-1237-ccmc"].startswith("designation: fell")
    assert verdicts["Alibaba", "ndaa-1260h"].startswith("prices do not reach")


def test_xiaomi_fell_and_rose(found):
    own = found.effects[(found.effects["window"] == "0:1") & (found.effects["security"] == "1810.HK")].set_index("event")
    assert own.loc["designation", "verdict"] == "fell" and own.loc["own injunction", "verdict"] == "rose"
    assert own.loc["own settlement report", "verdict"] == "cannot tell"
    assert (own["n_obs"] == 248).all() and (own["low"] < own["car"]).all() and (own["car"] < own["high"]).all()
    assert (own["p_holm"] >= own["p"]).all() and own["p_holm"].notna().all()
    assert found.effects.loc[found.effects["window"] == "0:0", "test"].eq("sq").all()
    assert found.firms.set_index("firm").loc["Xiaomi Corporation", "reported_return"] == pytest.approx(-0.103)


def test_the_statutes_are_compared_and_not_pooled(found):
    assert found.statutes_p == pytest.approx(fisher_exact([[2, 0], [1, 2]]).pvalue)
    assert "2 of 2 decided challenges (16 to 100 %) under s.1237 and 1 of 3 decided challenges (1 to 91 %)" in found.answer()
    assert "of the 1 other firms with prices 1 can be told to have moved" in found.answer() and "Firm by firm" in str(found.summary())


def test_as_of_the_press_article_there_was_no_base_rate():
    early = paved_way(load_panel("bundled").select(end="2021-03-15"), as_of="2021-03-15T12:00+08:00")
    assert len(early.firms) == 9 and "0 of 0 decided challenges (0 to 100 %) under s.1237" in early.answer()
    assert set(early.effects["event"]) == {"designation", "own injunction", "Xiaomi's injunction"}


def test_bad_level_is_named():
    with pytest.raises(InputError, match="level"):
        paved_way(load_panel("bundled"), level=1.0)


def test_the_page_is_what_its_command_makes(market_dir):
    spec = importlib.util.spec_from_file_location("refresh_claim", PAGE.with_name("refresh_claim.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    panel = module.folder_panel(market_dir / "prices")
    found = paved_way(panel)
    assert module.page(found, panel.securities) == PAGE.read_text(encoding="utf-8")
    theirs = found.effects[(found.effects["security"] == "LKCO") & (found.effects["event"] == "Xiaomi's injunction")].set_index("window")
    assert theirs.loc["0:0", "session"] == pd.Timestamp("2021-03-15") and theirs.loc["0:0", "verdict"] == "rose"
    assert set(found.effects.loc[found.effects["security"] == "688012.SS", "verdict"]) == {"cannot tell"}
