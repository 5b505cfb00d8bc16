"""The notebooks run offline from first cell to last, and show what they were committed with."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from notebooks.execute import executed, notebook_paths  # noqa: E402

PATHS = notebook_paths()
BYTES = 300_000
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:tmp|work|root|home|Users)/|0x[0-9a-f]{6,}")
"""A folder of some machine, or the address of an object."""

notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(node: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in node.cells if cell.cell_type == "code"]


def printed(node: nbformat.NotebookNode) -> list[str]:
    """What every code cell wrote with print."""
    return ["".join(output.text for output in cell.outputs if output.output_type == "stream") for cell in code_cells(node)]


def test_every_question_has_its_notebook():
    wanted = ["01_xiaomi", "02_event_study", "03_index_deletion", "04_forced_divestment", "05_portfolio_check", "06_validation"]
    assert [path.stem for path in PATHS] == wanted


@notebook
def test_notebook_is_short_small_and_shows_its_outputs(path):
    node = read(path)
    nbformat.validate(node)
    assert 10 <= len(node.cells) <= 25
    assert path.stat().st_size < BYTES
    assert node.cells[0].cell_type == "markdown" and node.cells[0].source.startswith("# ")
    assert not MACHINE_PATH.search(path.read_text(encoding="utf-8"))
    assert "False" not in "".join(printed(node))  # a check that a notebook makes has passed
    assert len([cell for cell in code_cells(node) if cell.outputs]) >= 0.7 * len(code_cells(node))
    for cell in code_cells(node):
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        assert ("image/png" in kinds) == bool(re.search(r"\bplot\w*\(", cell.source)), cell.source
        assert not any(output.output_type == "error" or output.get("name") == "stderr" for output in cell.outputs), cell.source


@notebook
def test_notebook_runs_and_prints_what_was_committed(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's own transport; what a cell warns of is an output, checked below
        again = executed(path)
    assert printed(again) == printed(read(path)), "run `make notebooks` and read the difference"
    assert not any(output.get("name") == "stderr" for cell in code_cells(again) for output in cell.outputs)
