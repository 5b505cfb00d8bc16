"""Pages of the site that live elsewhere in the repository: notebooks, the changelog, the account of the bundled tables."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

__all__ = ["on_files"]

PAGES = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md", "data/tables.md": "data/README.md"}
COLUMNS = ("file", "what", "source", "retrieved", "basis")


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the notebooks as they were committed, and pages made of files outside ``docs``."""
    root = Path(config.config_file_path).parent
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        files.append(File(f"notebooks/{notebook.name}", str(root), config.site_dir, config.use_directory_urls))
    for page, source in PAGES.items():
        files.append(File.generated(config, page, content=(root / source).read_text(encoding="utf-8")))
    files.append(File.generated(config, "data/manifest.md", content=manifest_page(root / "data" / "MANIFEST.csv")))
    files.append(File.generated(config, "reference/registries.md", content=_registries(root / "docs" / "registries.py")))
    return files


def _registries(path: Path) -> str:
    """The page of the registries; the folder of a site is no package, so its module is loaded by its path."""
    spec = importlib.util.spec_from_file_location("registries", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.registries_page()


def manifest_page(path: Path) -> str:
    """The manifest as a table, checksums left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [name for name in COLUMNS if name in rows[0]]
    table = ["| " + " | ".join(shown) + " |", "|" + "---|" * len(shown)]
    table += ["| " + " | ".join(row[name].replace("|", "\\|") for name in shown) + " |" for row in rows]
    intro = (
        "# Manifest\n\nEvery file of `data/`: what it is, where it comes from, when it was retrieved, on which basis it ships. "
        "`impact data verify` checks the sha256 of each.\n\n"
    )
    return intro + "\n".join(table) + "\n"
