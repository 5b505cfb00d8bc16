"""The types that ``py.typed`` promises: a user's script passes ``mypy --strict``, uses every public name, and runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import impact
from tests.contract import typed_user

HERE = Path(__file__).parent


def test_the_script_uses_every_public_name():
    text = (HERE / "typed_user.py").read_text(encoding="utf-8")
    assert set(impact.__all__) - set(re.findall(r"\bimpact\.(\w+)", text)) == set()


def test_the_script_passes_the_strict_check():
    words = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "tests/contract/typed_user.py"]
    checked = subprocess.run(words, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_unknown_model_is_a_type_error(tmp_path):
    script = tmp_path / "wrong.py"
    script.write_text("import pandas as pd\nimport impact\nimpact.event_study(pd.DataFrame(), pd.DataFrame(), model='markt')\n")
    words = [sys.executable, "-m", "mypy", "--follow-imports=silent", str(script)]
    checked = subprocess.run(words, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert checked.returncode == 1 and "incompatible type \"Literal['markt']\"" in checked.stdout, checked.stdout


def test_the_script_runs(tmp_path):
    assert typed_user.studies().abnormal.shape == (1, 11)
    assert len(typed_user.law()[0]) and len(typed_user.holdings(tmp_path)) and typed_user.case()[1]
    assert "no such case" in typed_user.mistakes()
