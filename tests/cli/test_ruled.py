"""Tables in a terminal are drawn as rich draws them, which is slower."""

import io
import random

import pytest
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from impact.cli._ruled import ruled_lines

WORDS = [
    "1,234",
    "-10.26 %",
    "小米集團",
    "Xiaomi Corporation",
    "a",
    "",
    "supercalifragilistic" * 2,
    "isin CNE1000003T4 is a listed line",
    "–",
]


def _by_rich(headings, rows, right, width):
    stream = io.StringIO()
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, to_right in zip(headings, right, strict=True):
        drawn.add_column(Text(heading), justify="right" if to_right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))
    Console(file=stream, width=width, highlight=False).print(drawn)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [200, 120, 90])
@pytest.mark.parametrize("seed", range(12))
def test_a_table_is_drawn_as_rich_draws_it(width, seed):
    draw = random.Random(seed)
    n_columns = draw.randint(1, 5)
    right = [draw.random() < 0.5 for _ in range(n_columns)]
    headings = [draw.choice(["name", "next ban at", "n", "car (log)"]) for _ in range(n_columns)]
    rows = [[" ".join(draw.choices(WORDS, k=draw.randint(1, 4))).strip() for _ in range(n_columns)] for _ in range(draw.randint(0, 6))]
    head, body = ruled_lines(headings, rows, right, width)
    assert head + body == _by_rich(headings, rows, right, width)


def test_no_line_is_wider_than_asked_and_no_letter_is_lost():
    rows = [["x" * 300, "名" * 40, "1"]]
    head, body = ruled_lines(["a long heading", "name", "n"], rows, [False, False, True], 50)
    assert {len(line) + line.count("名") for line in head + body} == {50}
    assert "".join(body).count("x") == 300 and "".join(body).count("名") == 40
