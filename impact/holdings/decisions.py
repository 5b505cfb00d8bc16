"""What a user settled about lines that a name only proposes: kept in a small file, applied, listed, and void once the line changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.portfolio import ReadingOptions
from impact.holdings.status import Law
from impact.typing_ import IntArray
from impact.whole_files import checked_path, write_whole

__all__ = ["DECISIONS", "BookOptions", "Decision", "add_decision", "line_key", "proposal_at", "read_decisions", "settled"]

DECISIONS = ("same", "other")
"""The line is an instrument of the issuer proposed; it is not, and nothing else on the lists."""
_IDENTITY = ("isin", "cusip", "sedol", "figi", "ticker", "name")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One proposal, settled.

    Attributes
    ----------
    key : str
        Of the line and what is proposed for it, as :func:`line_key` writes it.
    decision : {"same", "other"}
    by, on, why : str
        Who decided, on which day (2021-01-15), and for what reason.
    """

    key: str
    decision: str
    by: str
    on: str
    why: str

    def __post_init__(self) -> None:
        if self.decision not in DECISIONS:
            raise InputError(f"decision={self.decision!r} is unknown; choose 'same' (it is that issuer) or 'other' (it is not).")
        empty = [name for name in ("key", "by", "why") if not getattr(self, name).strip()]
        if empty:
            raise InputError(f"decision for key={self.key!r} has no {empty[0]}; each decision says what, by whom and why.")
        if pd.isna(pd.to_datetime(self.on, errors="coerce", format="ISO8601")):
            raise InputError(f"on={self.on!r} of the decision for {self.key!r} is not a date; write it as 2021-01-15.")


class BookOptions(ReadingOptions, total=False):
    """How a book is read, and what was settled about its lines."""

    decisions: str | Path | Iterable[Decision]


def line_key(line: pd.Series, entity: str) -> str:
    """The identity of a line with what is proposed for it; it changes when either does, and not with quantity or value.

    Examples
    --------
    >>> line_key(pd.Series({"isin": "", "ticker": "CSGP US", "name": " Costar  Group Inc "}), "Costar Group Co., Ltd.")
    'ticker:CSGP US|name:COSTAR GROUP INC|proposed:Costar Group Co., Ltd.'
    """
    said = [(name, " ".join(str(line.get(name, "")).upper().split())) for name in _IDENTITY]
    return "|".join([*(f"{name}:{text}" for name, text in said if text), f"proposed:{entity}"])


def read_decisions(path: str | Path) -> tuple[Decision, ...]:
    """The decisions of a file with the columns key, decision, by, on, why; the last one of a key counts.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or a row is no decision.
    """
    from impact.intake.named_columns import read_named_columns  # readers of files are loaded where one is read

    columns = [field.name for field in fields(Decision)]
    table = read_named_columns(path, "decisions")
    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(
            f"decisions={str(path)!r} lacks {len(missing)} column(s) (first {missing[0]!r}); a file of decisions has {', '.join(columns)}."
        )
    rows = [Decision(**dict(zip(columns, map(str, cells), strict=True))) for cells in table[columns].itertuples(index=False)]
    return tuple({row.key: row for row in rows}.values())


def add_decision(path: str | Path, decision: Decision) -> Path:
    """Write a decision to a file of decisions, made where there is none; one of the same key is replaced."""
    target = checked_path(path, "decisions")
    kept = [known for known in (read_decisions(target) if target.exists() else ()) if known.key != decision.key]
    out = io.StringIO()
    columns = [field.name for field in fields(Decision)]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: getattr(one, name) for name in columns} for one in (*kept, decision))
    write_whole(target, out.getvalue().encode("utf-8"))
    return target


def _proposed(instruments: pd.DataFrame) -> pd.Series:
    return (instruments["status"] == "unknown") & (instruments["entity"] != "") & instruments["tier"].isin(["review", "strong"])


def proposal_at(rows: pd.DataFrame, positions: pd.DataFrame, row: int) -> str:
    """The key of the proposal on one line of a checked book.

    Parameters
    ----------
    rows, positions : DataFrame
        The positions of the book, and what the check says of them, in one order.
    row : int
        Line of the file.

    Raises
    ------
    InputError
        If no position stands there, or nothing is proposed for it.
    """
    place = np.flatnonzero((rows["row"] == row).to_numpy())
    if not len(place):
        raise InputError(f"row={row} is no position of the book; its rows run from {rows['row'].min()} to {rows['row'].max()}.")
    one = positions.iloc[place[0]]
    if one["status"] != "unknown" or one["entity"] == "" or one["tier"] not in ("review", "strong"):
        raise InputError(f"row={row} is {one['status']}: {one['evidence'] or 'nothing is proposed for it'}; only a proposal is decided.")
    return line_key(rows.iloc[place[0]], one["entity"])


def settled(
    instruments: pd.DataFrame, member: IntArray, rows: pd.DataFrame, decisions: Sequence[Decision], law: Law
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Instruments of a book with the user's decisions applied, and one issue a decision.

    Parameters
    ----------
    instruments : DataFrame
        As :func:`~impact.holdings.identify.identify` gives them.
    member : (n,) int
        Which instrument each position is.
    rows : (n,) DataFrame
        The positions.
    decisions : sequence of Decision
    law : Law

    Notes
    -----
    ``same`` asks the law about the issuer proposed; ``other`` clears the line of that proposal, or proposes the next of several
    entities that its name fits as well. A decision whose line or proposal is not in the book any more changes nothing and is said
    to be void.
    """
    table = instruments.copy()
    table[["entity", "tier", "status", "note", "explanation"]] = table[["entity", "tier", "status", "note", "explanation"]].astype(object)
    by_key = {decision.key: decision for decision in decisions}
    used: dict[str, int] = {}
    first = pd.Series(np.arange(len(member))).groupby(member).first()
    for number in np.flatnonzero(_proposed(instruments).to_numpy()).tolist():
        if number not in first.index:
            continue
        line = rows.iloc[int(first[number])]
        tied = cast("tuple[str, ...]", instruments["tied"].iat[number])
        applied: set[str] = set()
        while (decision := by_key.get(line_key(line, str(table.at[number, "entity"])))) is not None and decision.key not in applied:
            used.setdefault(decision.key, int(line["row"]))
            applied.add(decision.key)
            tied = _apply(table, number, decision, law, tied)
    return table, _listed(decisions, used)


def _apply(table: pd.DataFrame, number: int, decision: Decision, law: Law, tied: tuple[str, ...]) -> tuple[str, ...]:
    """Write one decision into the table; the entities that the name fits besides those decided on."""
    told = f"decided by {decision.by} on {decision.on}: {decision.why}"
    entity = str(table.at[number, "entity"])
    if decision.decision == "other":
        others = tuple(name for name in tied if name != entity)
        told = f"not {entity}, {told}"
        if others:  # the name fits other listed entities as well: each is decided for itself
            told = f"name resembles {others[0]!r} as well; {told}"
            settled_cells = {"entity": others[0], "explanation": told}
        else:
            settled_cells = {"entity": "", "tier": "", "status": "clear", "note": "", "explanation": told}
        for name, text in settled_cells.items():
            table.at[number, name] = text
        return others
    keys = law.keys((), (entity,))
    if not keys:
        table.at[number, "explanation"] = f"{entity}, {told}; no rule on record is asked by that name"
        return ()
    key, answer = law.worst(keys, str(table.at[number, "instrument"]))
    cells = {
        "tier": "decided", "status": answer.status, "law_key": key, "programme": answer.programme_id, "citation": answer.citation,
        "rule": answer.rule, "lifted_by": answer.lifted_by, "listed_as": answer.entity, "next_ban_at": answer.next_ban_at,
        "divest_by_at": answer.divest_by_at, "note": "", "explanation": f"{entity}, {told}",
    }  # fmt: skip
    for name, value in cells.items():
        table.at[number, name] = value
    return ()


def _listed(decisions: Iterable[Decision], used: dict[str, int]) -> pd.DataFrame:
    rows = []
    for decision in decisions:
        applied = decision.key in used
        action = f"applied: {decision.decision}" if applied else "void: that line with that proposal is not in the book"
        problem = f"decided by {decision.by} on {decision.on}: {decision.why}"
        rows.append((used.get(decision.key, 0), "decision", decision.key, problem, action, ""))
    return pd.DataFrame(rows, columns=["row", "column", "value", "problem", "action", "sheet"])
