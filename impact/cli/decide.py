"""``impact decide HOLDINGS``: settle a proposal, in a file that ``impact check --decisions`` applies."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from impact.cli._messages import inert, tell

__all__ = ["command"]


@click.command("decide")
@click.argument("holdings", type=click.Path(dir_okay=False))
@click.option("--row", type=int, required=True, metavar="ROW", help="Line of the file whose proposal is settled.")
@click.option("--as-of", "as_of", required=True, metavar="INSTANT", help="Of the check that proposed it.")
@click.option("--same", "same", is_flag=True, help="It is an instrument of the issuer proposed.")
@click.option("--other", "other", is_flag=True, help="It is not: a false alarm.")
@click.option("--by", required=True, metavar="WHO", help="Who decides.")
@click.option("--on", required=True, metavar="DATE", help="The day of the decision, such as 2021-01-15.")
@click.option("--why", required=True, metavar="TEXT", help="For what reason.")
@click.option(
    "--decisions", type=click.Path(dir_okay=False), required=True, metavar="FILE", help="The file of decisions; made where there is none."
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
def command(holdings: str, row: int, as_of: str, same: bool, other: bool, by: str, on: str, why: str, decisions: str) -> None:
    """Say whether the line ROW of HOLDINGS is of the issuer that its name proposes.

    The decision holds as long as the line has the same name and identifiers and the same issuer is proposed for it.
    """
    import impact
    from impact.errors import InputError
    from impact.holdings.decisions import Decision, add_decision, proposal_at

    if same == other:
        raise InputError("say one of --same (it is that issuer) and --other (it is not).")
    decision: Literal["same", "other"] = "same" if same else "other"
    report = impact.check_portfolio(holdings, as_of=as_of, decisions=decisions if Path(decisions).exists() else ())
    key = proposal_at(report.options.portfolio.positions, report.positions, row)
    path = add_decision(decisions, Decision(key=key, decision=decision, by=by, on=on, why=why))
    click.echo(inert(f"{decision}: {key}"))
    tell(f"wrote {path}")
