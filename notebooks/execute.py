"""Run the notebooks and write their outputs back: ``python -m notebooks.execute [NAME ...]``.

A rerun on the same software gives the same files: counts, times, cell metadata and object addresses are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

__all__ = ["FOLDER", "executed", "notebook_paths", "tidied"]

FOLDER = Path(__file__).resolve().parent
SECONDS_A_CELL = 120
KERNEL_OPTIONS = ["--InlineBackend.print_figure_kwargs={'bbox_inches': 'tight', 'dpi': 80, 'metadata': {'Software': None}}"]
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
RICH = ("text/html", "image/png")
"""What a notebook shows instead of the plain text of an object, when there is one of these."""


def notebook_paths() -> list[Path]:
    """The notebooks, in reading order."""
    return sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))


def executed(path: Path) -> NotebookNode:
    """The notebook after a run from its first cell to its last, tidied.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=KERNEL_OPTIONS,
        resources={"metadata": {"path": str(FOLDER.parent)}},
    )
    return tidied(client.execute())


def tidied(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs from run to run, each output in its richest form only."""
    notebook.metadata = NotebookNode(KERNEL)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02d}"
        cell.metadata = NotebookNode()
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
            if "metadata" in output:
                output.metadata = NotebookNode()
            if any(form in output.get("data", {}) for form in RICH):
                output.data.pop("text/plain", None)
    return notebook


def main(names: list[str]) -> None:
    """Run the notebooks named (all of them without a name) and write them back."""
    for path in notebook_paths():
        if not names or path.stem in names:
            nbformat.write(executed(path), path)


if __name__ == "__main__":
    main(sys.argv[1:])
