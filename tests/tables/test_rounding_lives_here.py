"""No figure is rounded in a sentence outside ``impact/tables``: format specs that round are found in the syntax tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import impact

ROOT = Path(impact.__file__).parent
ROUNDS = re.compile(r"[+z ,_<>^=\d]*(\.\d+)?[eEfFgG%]$")
IN_TEXT = re.compile(r"\{[^{}]*:([^{}]*)\}")
PRINTF = re.compile(r"%[-+ #0-9]*\.\d+[eEfFgG]")
ALLOWED = ("tables", "plots/style.py")


def is_rounding(spec: str) -> bool:
    return "%Y" not in spec and "%d" not in spec and bool(ROUNDS.match(spec)) and spec[-1:] in set("eEfFgG%")


def rounding_places(source: str) -> list[int]:
    """Lines with a format spec, a ``format`` call, a printf form or a call of ``round`` that rounds a figure."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = "".join(part.value for part in node.format_spec.values if isinstance(part, ast.Constant))
            if is_rounding(spec) or any(isinstance(part, ast.FormattedValue) for part in node.format_spec.values):
                lines.append(node.lineno)
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name == "round":
                lines.append(node.lineno)
            if name == "format" and len(node.args) == 2 and isinstance(node.args[1], ast.Constant) and is_rounding(str(node.args[1].value)):
                lines.append(node.lineno)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "format" and isinstance(node.func.value, ast.Constant):
                lines += [node.lineno for spec in IN_TEXT.findall(str(node.func.value.value)) if is_rounding(spec)]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and PRINTF.search(str(getattr(node.left, "value", ""))):
            lines.append(node.lineno)
    return lines


def modules() -> list[str]:
    names = (path.relative_to(ROOT).as_posix() for path in sorted(ROOT.rglob("*.py")))
    return [name for name in names if not name.startswith(ALLOWED)]


@pytest.mark.parametrize("module", modules())
def test_no_module_rounds_by_itself(module):
    places = rounding_places((ROOT / module).read_text(encoding="utf-8"))
    assert not places, f"impact/{module} rounds on lines {places}; use a function of impact.tables.prose, or a schema"


@pytest.mark.parametrize(
    "line",
    ['f"{x:.2%}"', 'f"{x:+,.1f}"', 'f"{x:g}"', 'f"{x:.{n}f}"', '"{:.4g}".format(x)', "round(x, 3)", 'format(x, ".2f")', '"%.2f" % x'],
)
def test_the_search_sees_every_way_to_round(line):
    assert rounding_places(line) == [1]


@pytest.mark.parametrize(
    "line", ['f"{day:%Y-%m-%d}"', 'f"{day:%d %B %Y}"', 'f"{n:,}"', 'f"{code:04d}"', 'f"{name:<10}"', "np.round(x)", '"%d rows" % n']
)
def test_dates_codes_counts_and_arithmetic_are_no_rounding(line):
    assert rounding_places(line) == []
