"""The table of rooms in docs/architecture.md names every room and module that stands, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_rooms_is_the_tree():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {name for row in re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}
    package = ROOT / "impact"
    stands = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    stands |= {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    assert named == stands
