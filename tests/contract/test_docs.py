"""Every command and example of the documentation runs and prints what the page shows.

A page is read from top to bottom in one folder of its own and one namespace: a fence with a title is a file to write, a
``console`` fence holds ``$`` commands with their output (``$ echo $?`` shows an exit code), a ``python`` fence is run and the
``text`` fence after it is what it printed. A line ``...`` stands for any lines.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
SELF_TESTED = {"replays.md"}
"""Pages with a test of their own."""
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.name not in SELF_TESTED)
FENCE = re.compile(r"^```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
ROOMS = ["cases", "eventstudy", "facts", "holdings", "market", "pricing", "relief", "rules", "supply"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command, file or example of a page, with what the page shows of its output."""

    kind: str
    text: str
    shown: str = ""
    file: str = ""


def steps(page: str) -> list[Step]:
    """What a reader of the page would do, in order."""
    found: list[Step] = []
    for fence in FENCE.finditer(page):
        language, body, title = fence["language"], fence["body"], fence["title"]
        if title:
            found.append(Step(kind="file", text=body, file=title))
        elif language == "python":
            found.append(Step(kind="python", text=body))
        elif language == "text" and found and found[-1].kind == "python":
            found[-1] = Step(kind="python", text=found[-1].text, shown=body)
        elif language == "console":
            for command, shown in re.findall(r"^\$ ([^\n]+)\n((?:(?!\$ )[^\n]*\n)*)", body, re.MULTILINE):
                found.append(Step(kind="command", text=command, shown=shown))
    return found


def lines(text: str) -> list[str]:
    """Lines without blank ones, runs of spaces as one."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def check_shown(shown: str, output: str, where: str) -> None:
    """Each stretch of shown lines between ``...`` stands in the output as it is, one after the other."""
    printed, start, anywhere = lines(output), 0, False
    stretch: list[str] = []
    for line in [*lines(shown), "..."]:
        if line != "...":
            stretch.append(line)
            continue
        if stretch:
            places = [i for i in range(start, len(printed) - len(stretch) + 1) if printed[i : i + len(stretch)] == stretch]
            near = "\n".join(printed[start : start + 12])
            wanted = "\n".join(stretch)
            fits = places and (anywhere or places[0] == start)
            assert fits, f"{where}\nshows, but does not print there:\n{wanted}\n--- printed from here:\n{near}"
            start = places[0] + len(stretch)
        stretch, anywhere = [], True


def run_python(step: Step, namespace: dict, where: str) -> None:
    """Run an example, warnings as the reader would see them left out, and compare what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(step.text, where, "exec"), namespace)
    check_shown(step.shown, out.getvalue(), where)


@pytest.mark.filterwarnings("ignore::impact.errors.ImpactWarning")
@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(DOCS)) for path in PAGES])
def test_page_runs_and_prints_what_it_shows(path, run_cli, tmp_path):
    with contextlib.chdir(tmp_path):
        check_page(path, run_cli, tmp_path)


def check_page(path, run_cli, folder):
    """Do what a page says, in a folder, and hold what is printed to what it shows."""
    namespace: dict = {"__name__": "page"}
    exit_code = 0
    todo = steps(path.read_text(encoding="utf-8"))
    for number, step in enumerate(todo, 1):
        where = f"{path.name}, step {number}: {step.text.splitlines()[0]}"
        if step.kind == "file":
            (folder / step.file).write_text(step.text, encoding="utf-8")
        elif step.kind == "python":
            run_python(step, namespace, where)
        elif step.text == "echo $?":
            assert int(step.shown) == exit_code, where
        else:
            words = shlex.split(step.text)
            assert words[0] == "impact", f"{where}: only commands of impact are shown as console; others go in a sh fence"
            exit_code, out, err = run_cli(*words[1:])
            code_is_shown = number < len(todo) and todo[number].text == "echo $?"
            assert exit_code == 0 or code_is_shown, f"{where}\n{err}"
            check_shown(step.shown, out + err, where)


def test_the_pages_hold_examples():
    found = [step for path in PAGES for step in steps(path.read_text(encoding="utf-8"))]
    assert sum(step.kind == "command" for step in found) >= 15
    assert sum(step.kind == "python" for step in found) >= 15
    assert sum(bool(step.shown.strip()) for step in found) >= 20


@pytest.mark.parametrize(
    ("shown", "output", "fits"),
    [
        ("a\nb\n", "a\nb\nc\n", True),
        ("b\n", "a\nb\n", False),
        ("...\nb\n", "a\nb\n", True),
        ("a\n...\nd\n", "a\nb\nd\n", True),
        ("a\nc\n", "a\nb\nc\n", False),
        ("", "a\n", True),
    ],
)
def test_shown_lines_are_compared_in_order(shown, output, fits):
    if fits:
        check_shown(shown, output, "")
    else:
        with pytest.raises(AssertionError):
            check_shown(shown, output, "")


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_of_a_room_is_in_the_reference(room):
    page = (DOCS / "reference" / f"{room}.md").read_text(encoding="utf-8")
    documented = re.findall(rf"^::: impact\.{room}\.(\w+)$", page, re.MULTILINE)
    assert sorted(documented) == sorted(importlib.import_module(f"impact.{room}").__all__)


def test_links_between_pages_and_pictures_exist():
    generated = {"changelog.md", "contributing.md", "data/tables.md", "data/manifest.md", "reference/registries.md"}
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            place = (path.parent / target).resolve()
            name = str(place.relative_to(DOCS))
            source = DOCS.parent / name if name.startswith("notebooks/") else place
            assert name in generated or source.exists(), f"{path.name}: {target}"


def test_pictures_are_small():
    pictures = list((DOCS / "images").glob("*.png"))
    assert len(pictures) >= 8
    assert {path.name: path.stat().st_size for path in pictures if path.stat().st_size > 80_000} == {}


def test_every_figure_of_the_gallery_is_drawn():
    """`python docs/gallery.py` had stopped in the middle, and the figures behind it grew old."""
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    drawn = []
    for name, axes in gallery.figures():
        drawn.append(name)
        plt.close(axes.figure)
    assert sorted(drawn) == sorted(path.stem for path in (DOCS / "images").glob("*.png"))
