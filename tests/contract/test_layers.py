"""The three laws, checked by import-linter and by importing for real."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract import house

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_imports_go_down_only_and_kernels_know_no_pandas():
    linter = run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert linter.returncode == 0, linter.stdout + linter.stderr


@pytest.mark.parametrize("heavy", ["matplotlib", "yfinance", "pandas", "numpy", "exchange_calendars", "rich"])
def test_importing_the_package_pulls_in_nothing_heavy(heavy):
    loaded = run("-c", f"import sys, impact; print({heavy!r} in sys.modules)")
    assert loaded.stdout.strip() == "False", loaded.stderr


def test_help_pulls_in_nothing_heavy():
    code = "import sys\nfrom impact.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\nprint(sorted({'pandas', 'numpy', 'matplotlib', 'yfinance', 'rich'} & set(sys.modules)))"
    assert run("-c", code).stdout.strip().endswith("[]")


@pytest.mark.parametrize(
    ("library", "home"),
    [("yfinance", "impact/market/yahoo.py"), ("twelvedata", "impact/market/twelve_data.py"), ("matplotlib", "impact/plots/")],
)
def test_a_library_lives_in_one_room(library, home):
    import ast

    users = set()
    for path, tree in house.trees().items():
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            typing_only = isinstance(node, (ast.Import, ast.ImportFrom)) and node.col_offset > 0 and library == "matplotlib"
            if any(name.split(".")[0] == library for name in names) and not typing_only:
                users.add(path)
    assert users and all(user.startswith(home) for user in users), users
