"""Every recipe of CONTRIBUTING.md, followed to the letter in a copy of the package: it touches one place and shows everywhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEAMS = ("model", "test", "law", "case", "provider", "list format", "file format", "column", "plot", "option")
STEP = re.compile(
    r"[Ii]n `(?P<file>[^`]+)`, (?P<where>above the entry of|above|below|at the end)(?: `(?P<anchor>[^\n]+)`)?:\n\n"
    r"```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
NEW = re.compile(r"[Aa] new file `(?P<file>[^`]+)`:\n\n```\w+\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
LOOK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One recipe: its text, what it adds where, and what is looked at afterwards."""

    seam: str
    text: str

    @property
    def files(self) -> set[str]:
        return {step["file"] for pattern in (STEP, NEW) for step in pattern.finditer(self.text)}

    @property
    def looks(self) -> list[tuple[str, str]]:
        """Commands with what each shows."""
        blocks = "".join(LOOK.findall(self.text))
        return re.findall(r"^\$ ([^\n]+)\n([^$][^\n]*)$", blocks, re.MULTILINE)

    def follow(self, folder: Path) -> None:
        """Add in `folder` what the recipe shows."""
        for step in NEW.finditer(self.text):
            (folder / step["file"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / step["file"]).write_text(step["text"], encoding="utf-8")
        for step in STEP.finditer(self.text):
            path = folder / step["file"]
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            at = place(lines, step["where"], step["anchor"])
            beside = "" if step["where"] == "at the end" else lines[at - (step["where"] == "below")]
            added = textwrap.indent(step["text"], beside[: len(beside) - len(beside.lstrip())])
            lines.insert(at, f"\n\n{added}" if path.suffix == ".py" and not beside else added)
            path.write_text("".join(lines), encoding="utf-8")


def place(lines: list[str], where: str, anchor: str | None) -> int:
    """The line before which the text goes; the anchor is one whole line of the file, its indent aside."""
    if where == "at the end":
        return len(lines)
    places = [i for i, line in enumerate(lines) if line.strip() == anchor]
    assert len(places) == 1, f"{anchor!r} is {len(places)} lines of the file; a recipe names one"
    at = places[0]
    if where == "above the entry of":
        indent = len(lines[at]) - len(lines[at].lstrip())
        return next(i for i in range(at, -1, -1) if len(lines[i]) - len(lines[i].lstrip()) < indent)
    return at + (where == "below")


def recipes() -> dict[str, Recipe]:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    parts = re.split(r"^### (?:A|An) (.+)$", page, flags=re.MULTILINE)[1:]
    return {seam: Recipe(seam=seam, text=text) for seam, text in zip(parts[::2], parts[1::2], strict=True)}


RECIPES = recipes()


@pytest.fixture(scope="session")
def followed(tmp_path_factory) -> Path:
    """A copy of the package, its tables, documents and tests, in which every recipe has been followed."""
    folder = tmp_path_factory.mktemp("recipes")
    ignored = shutil.ignore_patterns("__pycache__", "images")
    for part in ("impact", "docs", "tests", "notebooks"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copytree(ROOT / "data", folder / "data", ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "CONTRIBUTING.md", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    for recipe in RECIPES.values():
        recipe.follow(folder)
    shutil.copytree(folder / "data", folder / "impact" / "data")
    return folder


@cache
def run(command: str, folder: Path) -> str:
    """What a command prints in the copy; several recipes look at the same page."""
    words = shlex.split(command)
    words = [sys.executable, "-m", "impact", *words[1:]] if words[0] == "impact" else [sys.executable, *words[1:]]
    if "pytest" in words:
        words += ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-x"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment = outside | {"PYTHONPATH": str(folder), "COLUMNS": "160"}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def test_there_is_a_recipe_for_every_seam():
    assert tuple(RECIPES) == SEAMS


@pytest.mark.parametrize("seam", SEAMS)
def test_a_recipe_touches_one_place(seam):
    """One file of the package or of its tables; a sample of a test and a file of a user beside it."""
    assert len([file for file in RECIPES[seam].files if file.startswith(("impact/", "data/")) or seam == "case"]) == 1


@pytest.mark.parametrize(("seam", "command", "shown"), [(name, *look) for name in SEAMS for look in RECIPES[name].looks])
def test_what_a_recipe_adds_shows(followed, seam, command, shown):
    assert shown in run(command, followed)


@pytest.mark.parametrize("seam", SEAMS)
def test_a_recipe_says_where_to_look(seam):
    assert RECIPES[seam].looks
