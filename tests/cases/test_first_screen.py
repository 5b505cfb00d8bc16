"""The first screen: every question is answered, and page, terminal and JSON say the same figures as the tables do."""

import html
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import impact
from impact.cases import case_names
from impact.cases.answers import QUESTIONS
from impact.errors import InputError
from impact.report.page import Page, render
from impact.tables.prose import amount, long_date


@pytest.mark.parametrize("name", case_names())
def test_every_answer_says_the_figures_of_its_table(name, opened):
    case = opened(name)
    told = dict(case.answers().lines())
    assert list(told) == [item.title for item in QUESTIONS.values() if item.code != "held"]
    assert all(text.endswith(".") and not text.endswith("..") and "nan" not in text.split() for text in told.values())

    listed = case.timeline().designation()
    assert f"{listed['known_at'].tz_convert('America/New_York'):%Y-%m-%d}" in told["What happened"]
    assert ("hour not on record" in told["What happened"]) == (listed["known_at_precision"] not in ("minute", "hour", "session"))
    assert long_date(listed["reaction_on"]) in told["What happened"]

    clocks = case.deadlines().clocks
    own = clocks[clocks["line"] == case.definition.security]
    if case.supply().wind_down.rule.leaves_holders_alone:  # a clock of another listing that is over is none of this one
        own = own[own["state"] == "running"]
    for session in own["last_session_on"].dropna():
        assert long_date(session) in told["Until when, and whom it binds"]
    until = told["Until when, and whom it binds"]
    assert len(own) or "no clearance" in until or "buying prohibited from" in until

    total, forced = case.supply().total_shares, told["How much must be sold"]
    assert (amount(total["low"]) in forced and amount(total["high"]) in forced) or (
        np.isnan(total["high"]) and forced.startswith(("Unknown", "None"))
    )

    study = case.studied()
    row = None if study is None else study.row_of(case.definition.designation_event)
    if row is not None and np.isfinite(row["ar"]):
        shown = [f"{100 * np.expm1(row[column]):+z.2f} %" for column in ("ar", "low", "high")]
        assert all(figure in told["What the price did"] for figure in shown)
        assert all(figure in case.headline() for figure in shown)
    else:
        assert "nknown" in told["What the price did"]

    point = case.announcement().quantiles("scenario") if case.announcement().scenario.size else None
    expected = told["What was to be expected"]
    assert case.pricing().headline() in expected and (point is None or f"{100 * point['return_q05']:+z.1f}" in expected)
    missing = case.narrowing().table["missing"]
    assert all(text in told["What is unknown"] for text in missing)


def test_page_terminal_and_json_give_the_same_answers(run_cli, tmp_path):
    page = tmp_path / "rusal.html"
    code, out, _ = run_cli("case", "rusal", "--html", str(page), "--format", "json")
    assert code == 0
    body = json.loads(out)
    _, printed, _ = run_cli("case", "rusal")
    text = html.unescape(page.read_text(encoding="utf-8"))
    assert [row["question"] for row in body["answers"]] == [item.title for item in QUESTIONS.values() if item.code != "held"]
    for row in body["answers"]:
        assert f"<dt>{row['question']}</dt><dd>{row['answer']}</dd>" in text
        assert f"{row['question']}\n  {row['answer']}\n" in printed
    code, out, _ = run_cli("case", "rusal", "--format", "csv")
    assert code == 0 and out.startswith("event_id,")


def test_a_page_shows_names_and_no_codes(paged):
    """Codes that tables are joined by stay in files: a reader sees names, and hours of one zone."""
    page = paged("xiaomi")
    kept = [replace(part, blocks=tuple(b for b in part.blocks if getattr(b, "id", "") != "conflicts")) for part in page.sections]
    page = replace(page, sections=tuple(kept))  # what sources disagree on is named as the fact base names it
    text = re.sub(r"<(script|style).*?</\1>", "", render(page), flags=re.S)
    shown = html.unescape(re.sub(r"<[^>]+>", " ", text))
    for code in ("E4+K1", "purchase_ban", "divestment_end", "class_scenario", "all_laws", "non_us_with_us_parent", "+00:00", "UTC "):
        assert code not in shown.replace("offset from UTC", ""), code
    assert "preliminary injunction; MSCI keeps Xiaomi" in shown and "buying ends" in shown


def test_what_cannot_be_had_is_no_section_but_named_once_with_its_reason(paged):
    page = paged("sensetime")
    titles = [section.title for section in page.sections]
    assert "Effect of each event" not in titles and "Precedents" not in titles
    unknown = page.sections[titles.index("What is not known")].blocks[0].lines
    (told,) = [line for line in unknown if "Effect of each event" in line]
    assert "8 sessions before" in told and "From the designation on" in told
    assert "(no rows)" not in render(page) and "(0 rows)" not in render(page)


def test_a_range_that_is_left_lies_within_the_range_now(opened):
    """Once an input is known the answer is no wider, and no further out, than before."""
    for name in ("xiaomi", "smic", "cnooc", "china-mobile"):
        table = opened(name).narrowing().table.dropna(subset=["now_high", "left_high"])
        slack = 1e-6 * table["now_high"]
        assert (table["left_low"] >= table["now_low"] - slack).all() and (table["left_high"] <= table["now_high"] + slack).all(), name


def test_the_interval_of_the_benchmark_of_a_case_is_that_of_its_headline(opened):
    study = opened("xiaomi").event_study()
    own = study.benchmarks[study.benchmarks["benchmark"] == study.definition.market].set_index("event_id")
    first = study.day_zero().set_index("event_id")
    pd.testing.assert_frame_equal(own[["ar", "low", "high"]], first[["ar", "low", "high"]], check_names=False)


def test_a_page_without_answers_has_none():
    assert "<dl" not in render(Page(title="T", headline="H"))


def test_an_event_without_an_hour_is_read_both_ways(opened, paged):
    """General licence 14 of 23 April 2018 is on record by its day: Moscow moved +17.65 % that day and +4.07 % the next."""
    study = opened("rusal").event_study()
    read = study.readings[study.readings["label"].str.startswith("GL 14")].set_index("reading")
    assert [f"{day:%Y-%m-%d}" for day in read["reaction_on"]] == ["2018-04-23", "2018-04-24"]
    assert read["close_return"].round(4).tolist() == [0.1765, 0.0407]
    late, shown = read.loc["late in the day"], study.row_of("G1")
    assert (late["ar"], late["low"], late["high"], late["p_sq"]) == (shown["ar"], shown["low"], shown["high"], shown["p_sq"])
    assert read.loc["early in the day", "low"] > 0 > late["low"]
    page = render(paged("rusal"))
    assert "What would narrow this most" in page  # the missing inputs are named also where none has a figure
    assert "both sessions that may have reacted first" in page and "late in the day" in page
    assert any("hour of 3 events" in text for text in study.assumptions)
    assert opened("xiaomi").event_study().readings.empty


def test_an_execution_on_a_weekend_is_refused_and_one_without_prices_is_said(tmp_path):
    stated = {"provider": ["MSCI"], "index_family": ["MSCI Japan"], "action": ["delete"], "announced_on": ["2026-11-10"]}
    own = {"security": "7203.T", "programme": "ns-cmic", "public_at": "2026-11-02T16:05-05:00", "hypothetical": True}
    saturday = pd.DataFrame({**stated, "execution_on": ["2026-11-28"], "source": ["x"]})
    with pytest.raises(InputError, match=r"no session of XTKS \(first Sat 2026-11-28\).*the last before it is 2026-11-27"):
        impact.case(**own, index=saturday).supply()
    friday = pd.DataFrame({**stated, "execution_on": ["2026-11-27"], "source": ["x"]})
    assert len(impact.case(**own, index=friday).supply().index_flow.flows) == 1


def test_a_case_of_a_list_that_bars_nothing_tells_no_clock_of_another_listing_that_is_over():
    """AMEC stood on the list of section 1237 in 2021; the case is its listing under section 1260H in 2024, which bars nothing."""
    told = dict(impact.case("amec").answers().lines())["Until when, and whom it binds"]
    assert "bars no dealing in securities" in told and "superseded" not in told and "buying barred" not in told
