"""What a case says of an expected fall, on its page and in the terminal, carries class, n, m, range and score."""

import html
import json
import re

import pytest

from impact.cases import case_names
from impact.cases.pages.exposed import news_section, price_section
from impact.cases.pages.names import names_of
from impact.pricing import EVENT_CLASSES
from impact.report.page import Text, render

CLASSES = (*(item.title for item in EVENT_CLASSES.values()), "formal day after a leak", "relief, offshore line", "relief, mainland line")
SCORES = ("skill", "described, not scored", "on dates left out")
COUNTS = (" events on ", " changes on ")
BANDS = ("return_q05", "return_q25", "return_q50", "return_q75", "return_q95")
QUICK = ("hesai", "xiaomi")


def check(sentences):
    """Every sentence about a class or a default has its evidence; returns how many there were."""
    claims = [
        text
        for text in sentences
        if text.startswith(CLASSES) or "no effect is the default" in text or ": coefficient " in text or "No scenario" in text
    ]
    for text in claims:
        assert any(word in text for word in COUNTS) and " dates" in text, text
        assert "90 % range" in text and any(word in text for word in SCORES), text
    return len(claims)


def check_case(case):
    priced = case.pricing()
    known = priced.effect is not None and priced.comparison is not None
    section = price_section(priced, priced.effect, priced.comparison, names_of(case)) if known else news_section(priced)
    shown = [section.lead, *(line for block in section.blocks if isinstance(block, Text) for line in block.lines)]
    assert check(shown) >= 2, shown
    assert "90 % range" in section.lead
    assert check([priced.headline(), *priced.assumptions]) >= 2  # what the terminal prints
    assert priced.headline().rstrip(".") == section.lead.rstrip(".")


@pytest.mark.parametrize("name", QUICK)
def test_every_expected_fall_carries_its_evidence(name, opened):
    check_case(opened(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in case_names() if name not in QUICK])
def test_every_expected_fall_of_every_other_case_carries_its_evidence(name, opened):
    check_case(opened(name))


def test_a_sentence_without_its_evidence_is_caught():
    with pytest.raises(AssertionError):
        check(["first bar, offshore line: falls by 7 %"])


def check_one_answer(case, page, run_cli):
    """What is said of the price is one thing: headline, path, JSON, terminal and page."""
    name, priced = case.definition.case, case.pricing()
    body = json.loads(run_cli("price", name, "--format", "json")[1])
    printed = run_cli("price", name)[1]
    page = re.sub(r"<[^>]+>", "", html.unescape(render(page)))
    headline = priced.headline().rstrip(".")
    assert body["title"].rstrip(".") == headline and printed.startswith(headline) and headline in page
    if priced.effect is None:
        assert not body.get("path")
        return
    path = priced.effect.path()
    said = body["laws"][-1]
    assert said["law"] == "all_laws" and len(body["path"]) == len(path)
    for row, session in zip(body["path"], path.to_dict("records"), strict=True):
        assert all(row[band] == session[band] for band in BANDS)
    deepest = min(body["path"], key=lambda row: row["return_q50"])
    assert [said["peak_session"], *(said[f"peak_return_{end}"] for end in ("low", "mid", "high"))] == [
        deepest["session_number"], *(deepest[band] for band in ("return_q05", "return_q50", "return_q95"))
    ]  # fmt: skip
    for value in (said["peak_return_low"], said["peak_return_mid"], said["peak_return_high"]):
        assert f"{100 * value:+z.1f}" in headline and f"{100 * value:+z.2f} %" in printed and f"{100 * value:+z.2f} %" in page


def test_headline_path_json_terminal_and_page_say_one_price_effect(opened, paged, run_cli):
    check_one_answer(opened("xiaomi"), paged("xiaomi"), run_cli)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in case_names() if name != "xiaomi"])
def test_every_other_case_says_one_price_effect(name, opened, paged, run_cli):
    check_one_answer(opened(name), paged(name), run_cli)
