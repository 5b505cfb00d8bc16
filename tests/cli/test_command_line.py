"""Every command answers --help, every user's mistake is one line, and exit codes mean what they say."""

import pytest
from click.testing import CliRunner

from impact.cli import COMMANDS, cli


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


def test_a_security_is_read_with_the_lists_of_the_time():
    """The note on how a text was read knows no list of later: before the first, the table of lines alone tells."""
    early = "2020-06-01T12:00-04:00"
    for text in ("Xiaomi", "1810", "SEHK:1810"):
        result = CliRunner().invoke(cli, ["permitted", "buy", text, "--at", early, "--as-of", early])
        assert result.exit_code == 0 and "not_listed" in result.output
        assert "No list of the fact base names 1810.HK" in result.output
