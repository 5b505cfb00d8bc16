"""Doubtful figures: each kind is found where it was planted, and an ordinary series has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.calendars import sessions
from impact.errors import InputError
from impact.market import load_panel
from impact.market.plausibility import DOUBTS, doubtful_figures

DAYS = pd.bdate_range("2020-01-01", periods=320)


@pytest.fixture
def walk():
    steps = np.random.default_rng(3).normal(0, 0.01, 320)
    return 600 * np.exp(np.cumsum(steps))


def found(values, days=DAYS, **more):
    frame = pd.DataFrame({"AAA": values}, index=days)
    return doubtful_figures(frame, **{name: pd.DataFrame({"AAA": column}, index=days) for name, column in more.items()})


def test_an_ordinary_series_is_not_doubted(walk):
    assert found(walk).empty


@pytest.mark.parametrize(
    ("factor", "doubt"), [(100, "unit"), (0.01, "unit"), (1000, "unit"), (4, "split"), (1 / 30, "split"), (0.55, "jump")]
)
def test_a_change_for_good_is_named_by_its_size(walk, factor, doubt):
    walk[200:] *= factor
    table = found(walk)
    assert table[["session", "doubt", "n"]].to_numpy().tolist() == [[DAYS[200], doubt, 120]]
    assert table["ratio"].iloc[0] == pytest.approx(factor, rel=0.05)


def test_one_bad_day_is_one_doubt(walk):
    walk[299] /= 100
    assert found(walk)[["session", "doubt", "n"]].to_numpy().tolist() == [[DAYS[299], "unit", 1]]
    walk[299] *= 300
    assert found(walk)["doubt"].tolist() == ["spike"] or found(walk)["doubt"].tolist() == ["unit"]


def test_a_split_on_record_is_no_doubt(walk):
    walk[100:] /= 4
    splits = np.ones(320)
    splits[100] = 4
    assert found(walk)["doubt"].tolist() == ["split"] and found(walk, splits=splits).empty


def test_a_close_that_stands_still_without_trade_is_stale(walk):
    walk[50:65] = walk[50]
    table = found(walk)
    assert table[["session", "doubt", "n"]].to_numpy().tolist() == [[DAYS[50], "stale", 15]]
    assert found(walk, volume=np.full(320, 10.0)).empty and len(found(walk, volume=np.zeros(320))) == 1


def test_dates_moved_a_day_back_are_seen(walk):
    for days in (-1, 1):
        assert found(walk, DAYS + pd.Timedelta(days=days))["doubt"].tolist() == ["shifted"]
    assert found(walk[:60], pd.date_range("2020-01-01", periods=60)).empty  # every day of the week is no shift


def test_a_file_with_a_doubt_says_so(tmp_path, walk):
    walk[200:] /= 100
    pd.DataFrame({"Date": DAYS, "AAA": walk}).to_csv(tmp_path / "a.csv", index=False)
    panel = load_panel(tmp_path / "a.csv")
    assert any("change of currency unit" in text and "AAA on 2020-10-07" in text for text in panel.assumptions)
    assert set(panel.doubts()["doubt"]) <= set(DOUBTS)


@pytest.mark.parametrize(("new", "old"), [(3, 2), (5, 4), (4, 3), (6, 5)])
@pytest.mark.parametrize("forward", [True, False])
def test_a_small_split_that_nothing_comes_with_is_doubted(walk, new, old, forward):
    walk[200:] *= old / new if forward else new / old
    volume = np.random.default_rng(4).lognormal(12, 0.3, 320)
    for more in ({}, {"volume": volume}):
        table = found(walk, **more)
        assert table[["session", "doubt"]].to_numpy().tolist() == [[DAYS[200], "split"]]
        move, named = ("fall", f"{new}:{old} split") if forward else ("rise", f"{old}:{new} consolidation")
        assert table["about"].iloc[0].startswith(f"a {move} of ") and f"also what a {named} not applied" in table["about"].iloc[0]
    splits = np.ones(320)
    splits[200] = new / old
    assert found(walk, splits=splits).empty


def test_news_is_no_small_split(walk):
    walk[200:] /= 1.5
    volume = np.full(320, 1e6)
    volume[200] = 5e6  # what a fall by a third brings
    assert found(walk, volume=volume).empty
    unquiet = walk.copy()
    unquiet[201:] *= 1.12
    unquiet[202:] /= 1.1
    assert found(unquiet).empty  # no volume known, and days after it that are not those of a split
    market = pd.DataFrame(
        {"AAA": walk, "BBB": np.where(np.arange(320) < 200, 100.0, 75.0) * (1 + 0.001 * np.sin(np.arange(320)))}, index=DAYS
    )
    assert "AAA" not in doubtful_figures(market)["security"].tolist()  # the market explains it


def test_a_fall_that_is_taken_back_or_is_usual_for_the_line_is_no_small_split(walk):
    back = walk.copy()
    back[200] /= 1.25
    assert found(back).empty
    wild = 100 * np.exp(np.cumsum(np.random.default_rng(8).normal(0, 0.08, 320)))
    assert "split" not in found(wild)["doubt"].tolist()


def test_a_whole_split_is_worded_as_what_it_may_be(walk):
    walk[200:] /= 2
    assert found(walk)["about"].iloc[0].endswith("which is also what a 2:1 split not applied to the past gives: check")


def test_the_bundled_lines_have_a_handful_of_small_splits_at_most():
    doubts = load_panel("bundled").doubts()
    small = doubts[(doubts["doubt"] == "split") & (np.abs(np.log(doubts["ratio"])) < np.log(5 / 3))]
    assert len(small) <= 6, small


def test_a_market_that_trades_on_sundays_is_no_shift():
    """Riyadh trades from Sunday to Thursday; so does a line that states the venue, and Tel Aviv may (no calendar here)."""
    days = sessions("XSAU", "2024-01-02", "2024-12-31")
    walk = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, len(days))))
    table = pd.DataFrame({"2222.SR": walk, "TEVA.TA": walk + 1, "AAA": walk + 2, "BBB": walk + 3}, index=days)
    doubts = doubtful_figures(table, venues={"BBB": "XSAU"})
    assert doubts.loc[doubts["doubt"] == "shifted", "security"].tolist() == ["AAA"]


@pytest.mark.parametrize(
    ("shift", "line", "shifted"),
    [
        (-1, "AAA", True),
        (1, "AAA", True),
        (-1, "1810.HK", True),
        (-1, "KFH.KW", False),
        (1, "KFH.KW", True),
        (1, "TEVA.TA", True),
        (0, "AAA", False),
    ],
)
def test_a_panel_and_a_file_have_one_rule_for_weeks_shifted_onto_week_ends(tmp_path, shift, line, shifted):
    days = pd.bdate_range("2024-01-01", periods=60) + pd.Timedelta(days=shift)
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, 60)))
    doubts = doubtful_figures(pd.DataFrame({line: closes}, index=days))
    assert (doubts["doubt"] == "shifted").any() == shifted
    timed = pd.DataFrame({"Date": days.strftime("%Y-%m-%d 20:00"), "Close": closes})
    timed.to_csv(tmp_path / f"{line}.csv", index=False)
    if shifted:
        with pytest.raises(InputError, match="fall on a week-end"):
            load_panel(tmp_path / f"{line}.csv")
    else:
        assert len(load_panel(tmp_path / f"{line}.csv").close) == 60


def test_a_special_session_or_a_quote_of_all_week_is_no_shift():
    days = pd.bdate_range("2024-01-01", periods=60).union([pd.Timestamp("2024-01-20"), pd.Timestamp("2024-03-02")])
    closes = pd.DataFrame({"AAA": np.linspace(100, 110, len(days))}, index=days)
    assert not (doubtful_figures(closes)["doubt"] == "shifted").any()
