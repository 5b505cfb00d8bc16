"""What a case says of an expected fall, on its page and in the terminal, carries class, n, m, range and score."""

import pytest

from impact.cases import case_names
from impact.cases.pages.exposed import news_section, price_section
from impact.cases.pages.names import names_of
from impact.pricing import EVENT_CLASSES
from impact.report.page import Text

CLASSES = (*(item.title for item in EVENT_CLASSES.values()), "formal day after a leak", "relief, offshore line", "relief, mainland line")
SCORES = ("skill", "described, not scored", "on dates left out")
COUNTS = (" events on ", " changes on ")
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
