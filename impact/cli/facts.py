"""``impact facts``: the ledger, whole or as of an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impact.cli._output import Document, emit, output_options
from impact.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from impact.facts import Ledger
    from impact.tables import Table

__all__ = ["command"]

SHOWN = ["subject", "predicate", "value", "unit", "known_at", "precision", "confidence", "superseded_by", "source", "fact_id"]


@click.command("facts")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Only what was known then, such as 2021-01-14T16:30-05:00.")
@click.option("--subject", metavar="NAME", help="Only the facts of one subject, such as 1810.HK.")
@click.option("--current", is_flag=True, help="Leave out facts that a later one replaced.")
@click.option("--all", "every", is_flag=True, help="Every fact, when no subject is given.")
@click.option("--conflicts", is_flag=True, help="Where facts contradict each other.")
@click.option("--diff", nargs=2, metavar="A B", help="What was learned between two instants.")
@click.option("--list", "list_id", metavar="NAME", help="The names of one list, such as ndaa-1260h; with --diff what changed on it.")
@click.option("--at", "at", metavar="WHEN", help="With --list: as known then; a day (2025-02-01) or an instant.")
@click.option("--add", multiple=True, type=click.Path(), metavar="CSV", help="Facts of your own; may be given several times.")
@click.option("--columns", metavar="NAMES", help="Only these columns, separated by commas.")
@output_options
def command(conflicts, diff, list_id, at, add, columns, format_, output, table, **selected) -> None:
    """The ledger of dated, sourced facts, as of any instant.

    Without an option: how many facts there are. Facts that contradict each other stand side by side.
    """
    as_of, subject, current, every = (selected[name] for name in ("as_of", "subject", "current", "every"))
    if at and not list_id:
        raise InputError("--at belongs to --list; name a list such as ndaa-1260h, or use --as-of.")
    if list_id:
        if any(selected.values()) or conflicts or add or (at and diff):
            raise InputError("--list goes with --at WHEN or --diff A B and no other selection; leave the others out.")
        document = _edition(list_id, at, diff)
        emit(document, format_=format_, output=output, table=table)
        return
    from impact.facts import load_ledger

    if diff and (as_of or conflicts or current or every):
        raise InputError("--diff takes its own two instants; leave out --as-of, --conflicts, --current and --all.")
    ledger = load_ledger(*add)
    if as_of:
        ledger = ledger.as_of(as_of)
    if subject:
        ledger = _about(ledger, subject)
    if current:
        ledger = ledger.current()
    title, tables, notes = _content(ledger, every=every or bool(subject), conflicts=conflicts, diff=diff)
    if columns:
        tables = {name: each.of(_selected(each.frame, columns)) for name, each in tables.items()}
    inputs = {"as_of": as_of, "subject": subject, "current": current, "conflicts": conflicts, "diff": list(diff or ()), "add": list(add)}
    document = Document(
        command="facts", title=title, tables=tables, inputs=inputs, notes=notes, assumptions=ledger.assumptions, sources=ledger.sources
    )
    emit(document, format_=format_, output=output, table=table)


def _edition(list_id: str, at: str | None, diff: tuple[str, str] | None) -> Document:
    from impact.facts import edition_difference, list_edition

    shown = edition_difference(list_id, *diff) if diff else list_edition(list_id, at)
    names = ("changes", "editions") if diff else ("names",)
    inputs = {"list": list_id, "at": at, "diff": list(diff or ())}
    return Document(
        command="facts",
        title=shown.title,
        tables={name: shown.with_schema(name) for name in names},
        inputs=inputs,
        notes=shown.notes,
        assumptions=shown.assumptions,
        sources=shown.sources,
    )


def _about(ledger: Ledger, subject: str) -> Ledger:
    about = ledger.facts_about(subject)
    if not len(about):
        when = f" as of {ledger.instant.isoformat()}" if ledger.instant is not None else ""
        raise InputError(f"--subject {subject!r} has no fact{when}; the subjects are in `impact facts --all --format csv`.")
    return about


def _selected(frame: pd.DataFrame, columns: str) -> pd.DataFrame:
    names = [name.strip() for name in columns.split(",")]
    if unknown := [name for name in names if name not in frame]:
        raise InputError(f"--columns {unknown[0]!r} is not a column of this table; choose from: {', '.join(map(str, frame))}.")
    return frame[names]


def _content(
    ledger: Ledger, *, every: bool, conflicts: bool, diff: tuple[str, str] | None
) -> tuple[str, dict[str, Table], tuple[str, ...]]:
    from impact.facts.schemas import CONFLICTS, FACT_CHANGES

    when = f" known at {ledger.instant.isoformat()}" if ledger.instant is not None else ""
    if diff:
        changes = ledger.diff(*diff)
        return f"{len(changes)} changes from {diff[0]} to {diff[1]}", {"changes": FACT_CHANGES.table(changes)}, ()
    if conflicts:
        contradicting_facts = ledger.conflicts()
        count = contradicting_facts[["subject", "predicate"]].drop_duplicates().shape[0]
        return f"{count} contradictions{when}, {len(contradicting_facts)} variants", {"conflicts": CONFLICTS.table(contradicting_facts)}, ()
    if every:
        return f"{len(ledger):,} facts{when}", {"facts": ledger.with_schema("to_frame", SHOWN)}, ()
    return (
        f"{len(ledger):,} facts{when}",
        {"counts": ledger.with_schema("counts")},
        ("For the facts themselves give --subject NAME or --all.",),
    )
