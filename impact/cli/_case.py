"""The case that a command asks about: a name that ships, or a case file, with its source of prices and its instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from impact.cli._messages import tell

if TYPE_CHECKING:
    from pandas import DataFrame

    from impact.cases import Case

__all__ = ["case_options", "instant_in", "opened_case", "source_name", "span_of", "stated_in", "with_case"]


def case_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that name a case, for every command that asks about one."""
    for option in (
        click.option("--offline", is_flag=True, help="With a service as --source: use the cache only."),
        click.option(
            "--source",
            metavar="SOURCE",
            help="bundled, yahoo, twelvedata, or a file or folder of prices (default: as the case states, else bundled).",
        ),
        click.option("--as-of", "as_of", metavar="INSTANT", help="Use only what was known then, such as 2021-03-12T16:00-05:00."),
        click.option("--case", "case_file", metavar="PATH", help="A case file or its folder, in place of CASE; `impact new` writes one."),
        click.argument("case", required=False),
    ):
        command = option(command)
    return command


def with_case(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--case`` for a command that asks about a security rather than about a case."""
    text = (
        "Ask with the designation that a case states: its name, file or folder; SECURITY is then its line unless given, and the instant "
        "one day after the designation was public."
    )
    return click.option("--case", "case_file", metavar="PATH", help=text)(command)


def stated_in(
    case_file: str | None, security: str | None, as_of: str | None
) -> tuple[str, tuple[str, ...], Mapping[str, DataFrame] | None]:
    """The line to ask about, how it was read, and the tables of the rules with the designation of the case in them.

    Raises
    ------
    UsageError
        If there is neither a security nor a case.
    """
    from impact.cli._security import asked_security

    if case_file is None:
        if security is None:
            raise click.UsageError("name a SECURITY, or a case with --case PATH.")
        return *asked_security(security, as_of), None
    from impact.cases.case_law import rule_tables
    from impact.cases.shipped import case_definition

    definition = case_definition(case_file)
    tables = rule_tables(definition, as_of)
    untold = () if definition.own_programme is None else definition.own_programme.unknowns()
    if security is not None and security != definition.security:
        line, read_as = asked_security(security, as_of)
        return line, (*read_as, *untold), tables
    return definition.security, (f"{definition.security}: asked with the designation of case {definition.case!r}.", *untold), tables


def instant_in(case_file: str | None, given: str | None) -> str | None:
    """The instant given; without one that of the case, a day after its designation was public; None without a case."""
    if given is not None or case_file is None:
        return given
    from impact.cases.listing import instant_of_case
    from impact.cases.shipped import case_definition

    return instant_of_case(case_definition(case_file)).isoformat()


def opened_case(case: str | None, case_file: str | None, *, source: str | None, as_of: str | None, offline: bool) -> Case:
    """The case that the arguments name; what to doubt in its prices goes to stderr.

    Raises
    ------
    UsageError
        If it is named twice or not at all.
    """
    import impact

    if (case is None) == (case_file is None):
        raise click.UsageError("name one case: CASE (a name such as xiaomi, a case file or its folder) or --case PATH.")
    opened = impact.case(case or case_file, source=source, as_of=as_of, offline=offline)
    for note in opened.doubts():
        tell(f"warning: {note}")
    return opened


def source_name(opened: Case, source: str | None) -> str:
    """Where the prices of an opened case come from, as the inputs of an answer tell it."""
    return source or str(opened.definition.prices)


def span_of(text: str | None, option: str) -> tuple[float, float] | None:
    """LOW:HIGH, or one number for both ends, of an option.

    Raises
    ------
    BadParameter
        If the text is no such thing.
    """
    if text is None:
        return None
    try:
        ends = [float(part) for part in text.split(":")]
        low, high = ends if len(ends) == 2 else (*ends, *ends)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is neither a number nor LOW:HIGH, such as 1e9:3e9.", param_hint=option) from error
    return low, high
