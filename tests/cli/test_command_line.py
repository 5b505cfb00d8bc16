"""Every command answers --help, every user's mistake is one line, and exit codes mean what they say."""

import pytest

from impact.cli import COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(run_cli, name):
    code, out, _ = run_cli(name, "--help")
    assert code == 0 and "Usage: impact" in out


def test_help_lists_every_command(run_cli):
    code, out, _ = run_cli("--help")
    assert code == 0 and all(name in out for name in COMMANDS)


def test_unknown_command_lists_the_known_ones(run_cli):
    code, _, err = run_cli("cases")
    assert code == 2 and "no command 'cases'" in err and "case" in err and "Traceback" not in err


def test_version(run_cli):
    code, out, _ = run_cli("--version")
    assert code == 0 and out.startswith("impact ")
