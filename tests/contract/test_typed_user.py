"""The types that ``py.typed`` promises: a user's script passes ``mypy --strict``, uses every public name, and runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import impact
from tests.contract import typed_user

HERE = Path(__file__).parent


def test_the_script_uses_every_public_name():
    text = (HERE / "typed_user.py").read_text(encoding="utf-8")
    assert set(impact.__all__) - set(re.findall(r"\bimpact\.(\w+)", text)) == set()


@pytest.fixture(scope="module")
def checked(tmp_path_factory) -> list[str]:
    """What one strict run of mypy says of the script, and of one that names a model wrongly."""
    wrong = tmp_path_factory.mktemp("typed") / "wrong.py"
    wrong.write_text("import pandas as pd\nimport impact\nimpact.event_study(pd.DataFrame(), pd.DataFrame(), model='markt')\n")
    words = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "tests/contract/typed_user.py", str(wrong)]
    run = subprocess.run(words, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return [line for line in run.stdout.splitlines() if ": error:" in line]


def test_the_script_passes_the_strict_check(checked):
    assert [line for line in checked if "wrong.py" not in line] == []


def test_an_unknown_model_is_a_type_error(checked):
    told = [line for line in checked if "wrong.py" in line]
    assert len(told) == 1 and "incompatible type \"Literal['markt']\"" in told[0]


def test_the_script_runs(tmp_path):
    assert typed_user.studies().abnormal.shape == (1, 11)
    assert len(typed_user.law()[0]) and len(typed_user.holdings(tmp_path)) and typed_user.case()[1]
    assert "no such case" in typed_user.mistakes()
