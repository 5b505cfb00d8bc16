"""What a reader with a keyboard, a screen reader or weak eyes needs of the page, read off its markup and its styles."""

import itertools
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from impact.report.page import Figure, Page, Section, Table, Text, _text_of, render
from impact.tables import Column, Schema

CSS = _text_of("page.css")
ROWS = Schema("rows", (Column("name"), Column("car", "return"), Column("seen_on", "date"), Column("empty", "return")))


def page() -> str:
    frame = pd.DataFrame({"name": ["a"], "car": [0.1], "seen_on": [pd.Timestamp("2021-01-15")], "empty": [float("nan")]})
    blocks = (
        Text(lines=("x",)),
        Table(id="t", title="Table", table=ROWS.table(frame)),
        Table(id="u", title="Folded", table=ROWS.table(frame), folded=True),
        Figure(id="f", title="Figure", svg='<svg role="img" aria-label="a line"></svg>', frame=frame),
    )
    return render(Page(title="T", headline="H", answers=(("Q", "A."),), sections=(Section(id="s", title="S", blocks=blocks),)))


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def elements() -> list:
    parser = Elements()
    parser.feed(page())
    return parser.seen


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: (L1 + 0.05) / (L2 + 0.05)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("root", re.findall(r":root \{[^}]*\}", CSS), ids=["light", "dark", "print"])
def test_every_text_stands_out_from_every_ground(root):
    known = colours(root)
    for ink in ("ink", "quiet", "link", "warn"):
        for ground in ("paper", "wash", "mark"):
            if ink in known:
                assert contrast(known[ink], known[ground]) >= 4.5, (ink, ground)


def test_headings_step_down_one_at_a_time_and_there_is_one_first():
    levels = [int(tag[1]) for tag, _ in elements() if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_header_cells_have_a_scope_and_figures_a_text():
    seen = elements()
    assert all(attrs.get("scope") == "col" for tag, attrs in seen if tag == "th")
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for tag, attrs in seen if tag == "svg")
    assert dict(seen)["html"]["lang"] == "en"


def test_every_control_is_reached_by_keyboard_and_shows_it():
    seen = elements()
    assert not [attrs for _, attrs in seen if attrs.get("tabindex", "0") != "0"]
    assert not [tag for tag, attrs in seen if "onclick" in attrs]
    scrolled = [attrs for tag, attrs in seen if attrs.get("class") in ("scroll", "drawing")]
    assert scrolled and all(attrs.get("tabindex") == "0" and attrs.get("aria-label") and attrs.get("role") for attrs in scrolled)
    names = [attrs.get("aria-label") or attrs.get("data-save") for tag, attrs in seen if tag == "button"]
    assert all(names) and ":focus-visible { outline: 3px" in CSS and "outline: none" not in CSS
    assert next(attrs for tag, attrs in seen if tag == "a")["href"] == "#content"


def test_a_figure_missing_in_every_row_is_no_column_and_a_date_is_not_broken():
    text = page()
    assert ">empty<" not in text and 'class="date"' in text and "td.date { white-space: nowrap; }" in CSS


def test_every_heading_names_the_column_of_the_numbers_behind_it():
    """The script sorts a table by its unrounded numbers: each heading must lead to its column."""
    written = page()
    numbers = json.loads(re.search(r'id="numbers">(.*?)</script>', written, re.DOTALL).group(1))
    heads = re.findall(r'<th scope="col"[^>]*data-column="([^"]+)"', written)
    assert heads == ["name", "car", "seen_on"] * 2
    assert set(heads) <= set(numbers["t"]["columns"]) and len(numbers["t"]["rows"]) == 1


def test_a_heading_that_sorts_is_no_stop_where_it_is_out_of_sight_and_stays_in_print():
    assert CSS.count("thead { position: absolute; left: -99rem; }") == 2
    assert '.position === "absolute" ? -1 : 0' in _text_of("page.js")
    assert "button.sort { display: inline;" in CSS[CSS.index("@media print") :]
