"""``impact new``: a case folder for a designation of one's own."""

from __future__ import annotations

import click

from impact.cli._case import span_of
from impact.cli._messages import tell

__all__ = ["command"]


@click.command("new")
@click.argument("security")
@click.option(
    "--programme", default="", metavar="ID", help="Programme of the designation, such as ns-cmic; `impact programmes` lists them."
)
@click.option(
    "--own-programme", "own_name", metavar="NAME", help="Name of a programme that is in no table; the file then holds its fields."
)
@click.option("--at", "public_at", required=True, metavar="INSTANT", help="When it became public, such as 2026-11-28T16:05-05:00.")
@click.option("--hypothetical", is_flag=True, help="Nobody has announced it.")
@click.option("--issuer", metavar="NAME", help="Name of the issuer, where no table knows it.")
@click.option("--prices", type=click.Path(exists=True), metavar="PATH", help="File of the line's prices, or a folder of one file a line.")
@click.option(
    "--benchmark-prices",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="File of its benchmark, beside a file of prices.",
)
@click.option("--currency", metavar="CODE", help="Of the closes, such as GBp (default: that of the venue).")
@click.option("--per-dollar", type=float, metavar="RATE", help="Price of one US dollar in that currency.")
@click.option("--decimal", metavar="SIGN", help="Decimal sign of the files of prices, where their figures leave it open.")
@click.option("--date-format", metavar="FORMAT", help="How they write a day, such as %d/%m/%Y, where day and month cannot be told apart.")
@click.option("--shares", "outstanding", metavar="LOW:HIGH", help="All shares of the line: a number or a range.")
@click.option("--free-float", metavar="LOW:HIGH", help="Share of them that trades freely, as a decimal or a range.")
@click.option("--holdings", "book", type=click.Path(exists=True), metavar="FILE", help="Positions to read the case against.")
@click.option("-o", "--output", "folder", type=click.Path(file_okay=False), metavar="DIR", required=True, help="Folder to write.")
def command(
    security: str,
    programme: str,
    own_name: str | None,
    public_at: str,
    hypothetical: bool,
    per_dollar: float | None,
    outstanding: str | None,
    free_float: str | None,
    folder: str,
    **paths: str | None,
) -> None:
    """Write a case folder for SECURITY: the case file, table templates, and every fact on record about the line.

    Then: impact case DIR --html page.html
    """
    from impact.cases import write_case
    from impact.cases.new_case import NewCaseFields

    stated: dict[str, object] = {name: value for name, value in paths.items() if value is not None}
    for name, text in (("outstanding", outstanding), ("free_float", free_float)):
        if text is not None:
            stated[name] = span_of(text, f"--{'shares' if name == 'outstanding' else 'free-float'}")
    if bool(programme) == bool(own_name):
        raise click.UsageError(
            "give one programme: --programme ID, which `impact programmes` lists, or --own-programme NAME for one in no table."
        )
    if own_name:
        stated["own_programme"] = {"name": own_name}
    if per_dollar is not None:
        stated["rates"] = {"USD": per_dollar}
    typed = NewCaseFields(**stated)  # type: ignore[typeddict-item]
    written = write_case(security, programme, public_at, folder, hypothetical=hypothetical, **typed)
    tell(f"wrote {written}; next: impact case {written}")
