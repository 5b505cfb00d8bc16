"""The HTML page: escaping, embedded numbers, no request to the network."""

import base64
import hashlib
import html
import json
import re

import pandas as pd
import pytest

from impact.errors import InputError
from impact.report.page import Figure, Page, Section, Table, Text, render, write
from impact.tables import Column, Schema

NAMES = Schema("names", (Column("name"), Column("car", "return")))


def a_page(**changes) -> Page:
    table = Table(
        id="t", title="A <table>", table=NAMES.table(pd.DataFrame({"name": ["<script>", "=1+1"], "car": [-0.1026, float("nan")]}))
    )
    figure = Figure(id="f", title="A figure", svg='<svg role="img" aria-label="x"></svg>', frame=pd.DataFrame({"x": [1.0]}))
    parts = {"title": "T", "headline": "H & co", "sections": (Section(id="s", title="S", blocks=(Text(lines=("a < b",)), table, figure)),)}
    return Page(**(parts | changes))


def embedded(page: str) -> dict:
    return json.loads(re.search(r'id="numbers">(.*?)</script>', page, re.S).group(1).replace("<\\/", "</"))


def test_text_from_input_is_escaped_and_figures_are_not():
    text = render(a_page())
    assert "&lt;script&gt;" in text and "<td><script>" not in text
    assert "a &lt; b" in text and "H &amp; co" in text
    assert '<svg role="img" aria-label="x"></svg>' in text


def test_numbers_are_embedded_unrounded_with_null_for_missing_and_formulas_inert():
    numbers = embedded(render(a_page()))
    assert numbers["t"] == {"columns": ["name", "car"], "rows": [["<script>", -0.1026], ["'=1+1", None]]}
    assert numbers["f"]["rows"] == [[1.0]]


def test_embedded_json_cannot_close_its_script_element():
    page = a_page(
        sections=(
            Section(id="s", title="S", blocks=(Table(id="t", title="t", table=NAMES.table(pd.DataFrame({"name": ["</script><b>"]}))),)),
        )
    )
    text = render(page)
    assert text.count("</script>") == 2
    assert embedded(text)["t"]["rows"] == [["</script><b>"]]


def test_page_asks_nothing_of_the_network():
    text = render(a_page())
    assert not re.search(r"""(?:src|href)=["']https?:""", text)
    assert "@import" not in text and "url(" not in text


def test_repeated_block_ids_are_refused():
    section = a_page().sections[0]
    with pytest.raises(InputError, match="ids repeat 1 values"):
        render(a_page(sections=(section, Section(id="s2", title="S2", blocks=(section.blocks[1],)))))


def test_a_page_that_cannot_be_written_names_the_file(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        write(a_page(), tmp_path / "no" / "such" / "folder.html")
    assert write(a_page(), tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")


def test_the_policy_allows_nothing_but_the_script_of_the_page():
    page = render(a_page())
    policy = html.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1))
    script = re.search(r"<script>(.*?)</script>", page, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';") and f"script-src 'sha256-{digest}'" in policy
    assert "unsafe-eval" not in policy and "http" not in policy


def test_marks_that_turn_the_writing_are_made_visible_and_cells_name_their_column():
    table = Table(id="t", title="T", table=NAMES.table(pd.DataFrame({"name": ["\u202eevil\x1b[31m"], "car": [0.01]})))
    page = render(a_page(sections=(Section(id="s", title="S", blocks=(table,)),)))
    assert "\u202e" not in page and "\x1b" not in page and "\\u202eevil" in page
    assert embedded(page)["t"]["rows"] == [["\\u202eevil\\x1b[31m", 0.01]]
    assert 'data-label="car"' in page
