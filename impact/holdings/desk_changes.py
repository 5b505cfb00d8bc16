"""What changed in the books of a desk since an earlier report, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.schemas import DESK_CHANGES
from impact.tables.stacking import stacked

__all__ = ["BooksNow", "EarlierReport", "changes_since", "not_sized", "read_report", "still_held"]

_KEY = ("book", "account", "name", "isin", "ticker")
_WHY = ("status", "entity", "programme", "citation", "evidence")
_WRITTEN = (*_KEY, *_WHY, "quantity")
_NOT_COMPARED = {"folder", "as_of", "since"}
"""What may differ from one morning to the next without a word."""


@dataclass(frozen=True, eq=False, kw_only=True)
class EarlierReport:
    """The lines of an earlier report, and what it was asked."""

    lines: pd.DataFrame
    inputs: Mapping[str, Any]

    def asked_otherwise(self, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """What was asked otherwise than now, one sentence each: a change may come of it."""
        now = json.loads(json.dumps(dict(inputs), default=str))
        names = sorted({name for name in (*self.inputs, *now) if name not in _NOT_COMPARED})
        return tuple(
            f"The earlier report was asked with {name} {_told(self.inputs.get(name))}, this one with {_told(now.get(name))}: a change may come of it."
            for name in names
            if (self.inputs.get(name) or None) != (now.get(name) or None)
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class BooksNow:
    """What was read now: lines that are not clear, clear positions that the earlier report had, the books read and those not."""

    lines: pd.DataFrame
    clear: pd.DataFrame
    read: Collection[str]
    unread: Collection[str]


def read_report(path: str | Path) -> EarlierReport:
    """An earlier report on a folder that was written as JSON.

    Raises
    ------
    InputError
        If the file is no such report.
    """
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        lines, inputs = pd.DataFrame(told["lines"], columns=list(_WRITTEN)), dict(told["inputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"since={str(path)!r} is no report of a folder ({type(error).__name__}); write one with impact check FOLDER -o FILE.json."
        ) from error
    return EarlierReport(lines=lines, inputs=inputs)


def still_held(positions: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Those of the positions that the earlier report has as well, by book, account, name and codes."""
    if before is None:
        return positions.iloc[:0]
    had = pd.MultiIndex.from_frame(_keys(before))
    return positions[pd.MultiIndex.from_frame(_keys(positions)).isin(had)]


def changes_since(earlier: EarlierReport | None, now: BooksNow) -> pd.DataFrame:
    """Lines that came, went, are of another status or another size; a line that repeats in its book is numbered.

    `change` is ``new``, ``status``, ``quantity``, ``clear`` (held, and nothing on record prohibits), ``gone`` (not in its book), ``book not
    read`` or ``book not given``.
    """
    columns = [column.name for column in DESK_CHANGES]
    if earlier is None:
        return pd.DataFrame(columns=columns)
    held = stacked((now.lines.assign(clear=False), now.clear.assign(clear=True)))
    is_clear = held["clear"].to_numpy(dtype=bool)
    before, every = _numbered(earlier.lines, held), _numbered(held, earlier.lines)
    joined = before.add_suffix("_before").join(every[~is_clear].add_suffix("_after"), how="outer")
    texts = [f"{name}_{side}" for name in _WHY for side in ("before", "after")]
    joined[texts] = joined[texts].fillna("")
    had, has = joined["status_before"] != "", joined["status_after"] != ""
    differs = np.logical_or.reduce([joined[f"{name}_before"] != joined[f"{name}_after"] for name in ("status", "entity", "programme")])
    sizes = joined["quantity_before"], joined["quantity_after"]
    resized = (sizes[0] != sizes[1]) & ~(sizes[0].isna() & sizes[1].isna())
    books = joined.index.get_level_values("book")
    clear = joined.index.isin(every.index[is_clear])
    change = np.select(
        [has & ~had, has & differs, has & resized, has, books.isin(list(now.unread)), ~books.isin(list(now.read)), clear],
        ["new", "status", "quantity", "", "book not read", "book not given", "clear"],
        "gone",
    )
    told = joined.assign(change=change).reset_index()
    return told[told["change"] != ""].reset_index(drop=True)[columns]


def not_sized(earlier: EarlierReport | None, lines: pd.DataFrame) -> tuple[str, ...]:
    """That the size of some lines of both reports was not compared: their books give values, which move with the price, and no quantity."""
    bare = 0 if earlier is None else int(pd.to_numeric(still_held(lines, earlier.lines)["quantity"]).isna().sum())
    return (f"{bare:,} line(s) have no quantity: whether more or less of them is held than before was not compared.",) if bare else ()


def _keys(table: pd.DataFrame) -> pd.DataFrame:
    return table[list(_KEY)].fillna("").astype("str")


def _numbered(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What is compared of each line, by its key and which of several alike it is: lots of one size are one lot in both tables."""
    keyed, of_other = _sized(table), _sized(other)
    same = keyed.set_index([*_KEY, "size"]).index.isin(of_other.set_index([*_KEY, "size"]).index)
    rest = keyed.assign(same=same).groupby([*_KEY, "same"]).cumcount().astype(str)
    keyed["n"] = keyed["size"].where(same, rest)
    return keyed.drop(columns="size").set_index([*_KEY, "n"])


def _sized(table: pd.DataFrame) -> pd.DataFrame:
    """The lines with `size`: the quantity, and which of several lots of it a line is."""
    keyed = pd.concat([_keys(table), table[list(_WHY)].astype(object), pd.to_numeric(table["quantity"])], axis=1)
    size = keyed["quantity"].map(repr)
    return keyed.assign(size=size + " x " + keyed.assign(size=size).groupby([*_KEY, "size"]).cumcount().astype(str))


def _told(value: Any) -> str:
    return repr(value) if value else "nothing"
