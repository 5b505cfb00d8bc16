"""``impact new``: a case folder for a designation of one's own."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("new")
@click.argument("security")
@click.option("--programme", required=True, metavar="ID", help="Programme of the designation, such as ns-cmic.")
@click.option("--at", "public_at", required=True, metavar="INSTANT", help="When it became public, such as 2026-11-28T16:05-05:00.")
@click.option("--hypothetical", is_flag=True, help="Nobody has announced it.")
@click.option("-o", "--output", "folder", type=click.Path(file_okay=False), metavar="DIR", required=True, help="Folder to write.")
def command(security: str, programme: str, public_at: str, hypothetical: bool, folder: str) -> None:
    """Write a case folder for SECURITY: the case file, table templates, and every fact on record about the line.

    Then: impact case DIR --html page.html
    """
    from impact.cases import write_case

    written = write_case(security, programme, public_at, folder, hypothetical=hypothetical)
    click.echo(f"wrote {written}; next: impact case {written}", err=True)
