"""What a study is written to: every figure is that of the inference over the same window."""

from __future__ import annotations

import dataclasses
import re
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest

import impact
from impact.errors import ImpactWarning, InputError

DAYS = pd.bdate_range("2018-01-01", periods=400, name="session")


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(11)
    market = pd.Series(rng.normal(0, 0.01, 400), index=DAYS, name="market")
    returns = pd.DataFrame({f"S{i}": market + rng.normal(0, 0.02, 400) for i in range(12)}, index=DAYS)
    events = pd.DataFrame(
        {"event_id": range(12), "security": returns.columns, "date": DAYS[300 + 6 * np.arange(12)], "group": ["a", "b"] * 6}
    )
    for row in events.itertuples():
        returns.loc[row.date, row.security] -= 0.05
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        return impact.event_study(returns, events, market=market, window=(-3, 3))


def test_stars_and_figures_of_the_compact_table_are_those_of_the_inference(study):
    frame = study.compact([(0, 0), (-1, 1), (1, 3)]).frame
    for a, b in ((0, 0), (-1, 1), (1, 3)):
        inference, row = study.inference(a, b), frame.loc[f"({a}, {b})"]
        assert float(re.match(r"[+-−]?[\d.]+", row["car"].replace("−", "-")).group()) == pytest.approx(100 * inference.estimate, abs=0.005)
        stars = len(row["car"]) - len(row["car"].rstrip("*"))
        assert stars == sum(inference.p_value <= level for level in (0.10, 0.05, 0.01))
        assert (row["n_events"], row["test"]) == (inference.n_events, inference.headline)
    assert frame["car"].str.endswith("***").iloc[0]


def test_latex_is_one_table_that_says_what_stars_mean(study):
    text = study.to_latex([(0, 0)])
    assert text.count(r"\begin{tabular}") == 1
    assert "0.05" in text
    assert r"(0, 0) & 12 &" in text


def test_workbook_holds_every_table(study, tmp_path):
    book = openpyxl.load_workbook(study.to_excel(tmp_path / "study.xlsx", [(0, 0)]))
    assert {"car", "headline", "tests", "estimates", "abnormal"} <= set(book.sheetnames)
    rows = list(book["car"].iter_rows(values_only=True))
    assert rows[1][rows[0].index("car")] == pytest.approx(study.car(0, 0)["car"].iloc[0])


def test_page_stands_alone_and_is_the_same_twice(study, tmp_path):
    page = study.to_html(tmp_path / "study.html", [(0, 0)])
    assert (tmp_path / "study.html").read_text(encoding="utf-8") == page == study.to_html(windows=[(0, 0)])
    assert page.count("<svg") == 1
    assert not re.search(r"(src|[^:]href)=[\"']http", page)


def test_groups_are_studies_of_their_events(study):
    groups = study.groups()
    assert {name: one.n_events for name, one in groups.items()} == {"a": 6, "b": 6}
    taken = study.take((study.events["group"] == "a").to_numpy())
    assert groups["a"].inference(0, 0).estimate == taken.inference(0, 0).estimate
    with pytest.raises(InputError, match="by='sector' is not a column"):
        study.groups("sector")


def test_events_of_no_group_are_named(study):
    unnamed = dataclasses.replace(study, events=study.events.assign(group=study.events["group"].where(study.events["event_id"] != 4)))
    with pytest.warns(ImpactWarning, match=r"'group' is empty for 1 of 12 events \(first 4\), which are in no group"):
        told = unnamed.groups()
    assert [one.n_events for one in told.values()] == [5, 6]


def test_groups_in_one_figure_are_told_apart(study):
    ax = study.plot_groups()
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    assert [line.get_label() for line in lines] == ["a (N = 6)", "b (N = 6)"]
    assert len({(line.get_color(), line.get_linestyle(), line.get_marker()) for line in lines}) == 2
    assert len(ax.collections) == 2
    for line, name in zip(lines, "ab", strict=True):
        np.testing.assert_allclose(line.get_ydata(), study.groups()[name].path()["car"])
    with pytest.raises(InputError, match="12 of them"):
        study.plot_groups("event_id")


def test_a_placebo_is_asked_by_the_name_of_the_event(study):
    one = study.placebo(0, 0, 3)
    assert one.statistic == pytest.approx((study.car(0, 0)["car"] / study.car(0, 0)["se"]).iloc[3])
    with pytest.raises(InputError, match="event_id is missing; the study has 12 events"):
        study.placebo(0, 0)
    with pytest.raises(InputError, match="event_id='x' is none"):
        study.placebo(0, 0, "x")


def test_the_command_writes_the_page(tmp_path):
    from click.testing import CliRunner

    from impact.cli.study import command

    rng = np.random.default_rng(2)
    market = rng.normal(0, 0.01, 400)
    table = pd.DataFrame({"index": market, "A": market + rng.normal(0, 0.02, 400)}, index=DAYS.rename("date"))
    table.to_csv(tmp_path / "returns.csv")
    pd.DataFrame({"event_id": ["x"], "security": ["A"], "date": [DAYS[330]]}).to_csv(tmp_path / "events.csv", index=False)
    words = [
        str(tmp_path / "events.csv"),
        "--returns",
        str(tmp_path / "returns.csv"),
        "--market",
        "index",
        "--html",
        str(tmp_path / "s.html"),
    ]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert "Event study: 1 event" in page
