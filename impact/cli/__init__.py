"""The command line: each command parses, calls one library function and prints; no logic lives here.

Exit codes: 0 fine, 1 a finding with ``--fail-on``, 2 usage or bad input, 3 data unavailable, 130 interrupted.
"""

from __future__ import annotations

import importlib
import io
import sys

import click

from impact import __version__
from impact.cli._messages import tell
from impact.errors import DataUnavailable, ImpactError

__all__ = ["cli", "main"]

# name -> (module, short help). Commands are imported only when used, so that `impact --help` answers at once.
COMMANDS: dict[str, tuple[str, str]] = {
    "case": ("impact.cli.case", "The whole study of one designation, in the terminal or as one HTML page."),
    "check": ("impact.cli.check", "What a portfolio holds that is barred, for whom and until when."),
    "data": ("impact.cli.data", "List, verify, fetch or clear market data and bundled tables."),
    "deadlines": ("impact.cli.deadlines", "Every legal clock of a security and the last usable session per venue."),
    "decide": ("impact.cli.decide", "Settle what a name only proposes, in a file that `impact check --decisions` applies."),
    "events": ("impact.cli.events", "List events and index changes of the past, with what their prices did."),
    "facts": ("impact.cli.facts", "The ledger of dated, sourced facts, as of any instant."),
    "lists": ("impact.cli.lists", "Read, compare or fetch official lists."),
    "new": ("impact.cli.new", "A case folder for a designation of your own, filled with every fact on record."),
    "permitted": ("impact.cli.permitted", "Whether an action in a security is allowed, prohibited or unknown."),
    "price": ("impact.cli.price", "What forced supply should do to the price, law by law, with an interval."),
    "programmes": ("impact.cli.programmes", "Legal programmes: what each bars, for whom, by when."),
    "relief": ("impact.cli.relief", "Probability and value of legal relief."),
    "study": ("impact.cli.study", "An event study of a table of events."),
    "supply": ("impact.cli.supply", "Who must sell, how much, by when."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(COMMANDS[cmd_name][0]).command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args and args[0] not in COMMANDS:
                raise click.UsageError(f"no command {args[0]!r}; the commands are: {', '.join(sorted(COMMANDS))}", ctx) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    click.echo(f"impact {__version__}")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version.")
def cli(debug: bool) -> None:
    """What a blacklist designation does to price and holdings. Never legal advice."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with its code; a user's mistake is one line on stderr, never a traceback."""
    words = sys.argv[1:] if args is None else args
    debug = "--debug" in words
    try:
        code = cli.main(args=words, prog_name="impact", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        code = 130
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(file=shown)
        for line in shown.getvalue().rstrip("\n").split("\n"):
            tell(line)
        code = error.exit_code
    except ImpactError as error:
        if debug:
            raise
        tell(f"error: {error}")
        code = 3 if isinstance(error, DataUnavailable) else 2
    except OSError as error:
        if debug:
            raise
        where = f" {error.filename!r}" if error.filename else " stdout"
        tell(f"error:{where} cannot be read or written ({error.strerror}); choose another place.")
        from impact.cli._output import silence_stdout

        silence_stdout()
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
