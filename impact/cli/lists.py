"""``impact lists``: read one official list, compare two versions, or download one."""

from __future__ import annotations

import click

from impact.cli._output import Document, emit, output_options

__all__ = ["command"]

_PATH = click.Path(dir_okay=False)


command = click.Group("lists", help="Read, compare or fetch official lists.", context_settings={"help_option_names": ["-h", "--help"]})


def _reading_options(function):
    for option in (
        click.option("--list-format", metavar="NAME", help="Format of the list: ofac, csl or plain (default: recognised by its header)."),
        click.option("--comments", type=_PATH, metavar="FILE", help="Long remarks of the OFAC list (CONS_COMMENTS.CSV)."),
        click.option("--alternates", type=_PATH, metavar="FILE", help="Alternate names of the OFAC list (CONS_ALT.CSV)."),
    ):
        function = option(function)
    return function


@command.command("read")
@click.argument("file", type=_PATH)
@_reading_options
@click.option("--list-version", default="", metavar="TEXT", help="Which version this is; shown with every match.")
@click.option("--program", metavar="TAG", help="Keep one programme only, such as CMIC-EO13959.")
@output_options
def read(file, alternates, comments, list_format, list_version, program, format_, output, table) -> None:
    """Read the list FILE whole: entries, identifiers, names, dates, and every row or value that does not hold."""
    from impact.facts.official_lists import read_official_list

    official = read_official_list(file, alternates=alternates, comments=comments, format=list_format, version=list_version)
    shown = official.under(program) if program else official
    tables = {"entries": shown.with_schema("to_frame")} | {
        name: shown.with_schema(name) for name in ("identifiers", "names", "dates", "relations", "attributes")
    }
    document = Document(
        command="lists.read",
        title=f"{shown.title}: {len(shown.entries)} entries",
        tables=tables | {name: shown.with_schema(name) for name in ("errors", "dropped", "rows")},
        inputs={"file": file, "alternates": alternates, "comments": comments, "version": list_version, "program": program},
        assumptions=shown.assumptions,
        sources=shown.sources,
    )
    emit(_for_terminal(document) if format_ == "table" and table is None else document, format_=format_, output=output, table=table)


def _for_terminal(document: Document) -> Document:
    """What fits a terminal: entries with their dates, values in error, and how many rows were dropped for which reason."""
    import dataclasses

    entries, dropped = document.tables["entries"], document.tables["dropped"]
    reasons = dropped.frame.groupby(["file", "reason"], as_index=False).size().rename(columns={"size": "n_rows"})
    tables = {
        "entries": entries.of(entries.frame.drop(columns=["list", "isin", "other_names", "lei"])),
        "errors": document.tables["errors"],
        "dropped": dropped.of(reasons),
        "rows": document.tables["rows"],
    }
    return dataclasses.replace(document, tables=tables, notes=("Every table: --format json, or --format csv --table NAME.",))


@command.command("diff")
@click.argument("before", type=_PATH)
@click.argument("after", type=_PATH)
@click.option("--fail-on", type=click.Choice(["change"]), help="Exit with 1 when anything changed.")
@output_options
def diff(before, after, fail_on, format_, output, table) -> int:
    """Compare two versions of a list: entries added, removed and changed."""
    from impact.facts.official_lists import diff_lists, read_official_list

    difference = diff_lists(read_official_list(before, version=before), read_official_list(after, version=after))
    document = Document(
        command="lists.diff",
        title=difference.summary().title,
        tables={"changes": difference.with_schema("to_frame"), "dropped": difference.with_schema("dropped")},
        inputs={"before": before, "after": after},
        assumptions=difference.assumptions,
        sources=difference.sources,
    )
    emit(document, format_=format_, output=output, table=table)
    return 1 if fail_on and len(difference.changes) else 0


@command.command("fetch")
@click.argument("name")
@click.option(
    "--into", "folder", type=click.Path(file_okay=False), default=".", show_default=True, metavar="FOLDER", help="Where to write the files."
)
@click.option("--user-agent", metavar="TEXT", help="How to introduce oneself to the service (default: the name of this package).")
@click.option("--timeout", "timeout_seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="Seconds per file.")
@output_options
def fetch(name, folder, user_agent, timeout_seconds, format_, output, table) -> None:
    """Download the list NAME (ofac or csl) from its public address; the only command here that goes to the network."""
    import pandas as pd

    from impact.facts.official_lists import LIST_FORMATS, fetch_list
    from impact.facts.schemas import LIST_FILES

    written = fetch_list(name, folder, timeout_seconds=timeout_seconds, user_agent=user_agent)
    rows = [(str(path), LIST_FORMATS[name].addresses[path.name], path.stat().st_size) for path in written]
    files = pd.DataFrame(rows, columns=["file", "address", "n_bytes"])
    emit(
        Document(
            command="lists.fetch",
            title=f"{name}: {len(files)} file(s) written",
            tables={"files": LIST_FILES.table(files)},
            inputs={"name": name},
        ),
        format_=format_,
        output=output,
        table=table,
    )
