"""The README runs: its two commands are those of the Makefile and of continuous integration, its examples work."""

import contextlib
import re
import warnings
from pathlib import Path

import pytest

from impact.errors import ImpactWarning

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


@pytest.mark.parametrize("code", blocks("python"))
def test_python_examples_run(code, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        exec(compile(code, "README.md", "exec"), {})
    assert "Traceback" not in capsys.readouterr().err


COMMANDS = [[line for line in block.splitlines() if line.startswith("impact ")] for block in blocks("console")]


@pytest.mark.parametrize("lines", [lines for lines in COMMANDS if lines], ids=lambda lines: lines[0])
def test_commands_run_one_after_the_other(lines, run_cli, tmp_path):
    with contextlib.chdir(tmp_path):
        for line in lines:
            code, out, err = run_cli(*line.split()[1:])
            assert code == 0 and (out or "wrote" in err) and "Traceback" not in err


def test_the_two_commands_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = [line.split()[1] for block in blocks("console") for line in block.splitlines() if line.startswith("make ")]
    assert wanted == ["report", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in wanted)


def test_pictures_and_links_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
