"""The short way to tell that a cell is no heading loses none that the vocabulary knows, however it is spelled."""

from impact.bundled import read_bundled
from impact.holdings.columns import plan_columns
from impact.intake.headings import heading_key, heading_readings, may_be_heading

SPELLINGS = (
    lambda text: text,
    str.upper,
    lambda text: text.replace(" ", ""),
    lambda text: text.replace(" ", "_"),
    lambda text: f"{text} (USD)",
    lambda text: text.replace(" ", " (EUR) ", 1),
    lambda text: f"12_{text}",
    lambda text: f"{text} 2021-01-02",
)


def test_no_heading_is_taken_for_a_cell():
    known = {heading_key(heading) for heading in read_bundled("headings")["heading"]}
    spelled = {spell(heading) for heading in read_bundled("headings")["heading"] for spell in SPELLINGS}
    asked = [text for text in spelled if text.isascii() and "%" not in text and set(heading_readings(text)) & known]
    assert len(asked) > 5000 and not [text for text in asked if not may_be_heading(text)]
    assert plan_columns(["XJQ ZZW", "Units"]).position == {"quantity": 1} and not may_be_heading("XJQ ZZW")
