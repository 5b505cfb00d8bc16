"""What every test may ask for: the worked examples, the shared market files, an invoker for the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import matplotlib
import pytest

matplotlib.use("Agg")

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("IMPACT_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with worked examples, samples and market files that are not part of the project; skips when absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder with reference material is absent (set IMPACT_SHARED to use another place)")
    return SHARED


@pytest.fixture(scope="session")
def market_dir(shared: Path) -> Path:
    """Real prices, holdings, lists and factors used for validation only; skips when absent."""
    folder = shared / "market"
    if not folder.is_dir():
        pytest.skip("market files are absent; they are never committed")
    return folder


@pytest.fixture(scope="session")
def samples_dir(shared: Path) -> Path:
    """Made-up files in each input format; skips when absent."""
    folder = shared / "samples"
    if not folder.is_dir():
        pytest.skip("sample files are absent")
    return folder


@pytest.fixture(scope="session")
def worked(shared: Path) -> dict:
    """The worked examples: ``worked['examples'][id]`` with inputs, expected, rtol; ``worked['datasets']``."""
    body = json.loads((shared / "methods" / "examples.json").read_text(encoding="utf-8"))
    return {
        "datasets": body["datasets"],
        "examples": {row["id"].split(".")[0] if not row["id"].startswith("E02") else row["id"]: row for row in body["examples"]},
    }


@pytest.fixture
def run_cli():
    """Call the command line in process: ``run_cli("case", "xiaomi")`` gives exit code, stdout, stderr."""
    import contextlib
    import io

    from impact.cli import main

    def run(*words: str):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stop:
            main(list(words))
        return stop.value.code, out.getvalue(), err.getvalue()

    return run


@pytest.fixture(autouse=True)
def close_figures():
    """No figure outlives its test."""
    yield
    from matplotlib import pyplot

    pyplot.close("all")
