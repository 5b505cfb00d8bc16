"""What a book itself calls the issuer of a line whose designation is stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from impact.facts.name_index import NameIndex
from impact.facts.screening import ScreeningTargets
from impact.facts.unnamed import says_who
from impact.screening.references import REFERRING, issuers_beginning, issuers_in_short, reference_name

__all__ = ["named_as_in_book"]


def named_as_in_book(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    """Instruments of one book, where those of no other match that bear the name which the book gives a stated line are proposals.

    Parameters
    ----------
    instruments : DataFrame
        As :func:`~impact.holdings.identify.identify` gives them, those of one book alone.
    targets : ScreeningTargets
        With the stated designations in them.

    Notes
    -----
    The row of the stated line tells what this book calls its issuer, as one may that is perhaps of it by its code where nobody states the
    issuer and no table has it. HSBC US stands beside HSBA LN. A name that is learnt so is met as a stated one is.
    """
    learnt = _names_in_book(instruments, targets)
    open_rows = (instruments["tier"] == "") & (instruments["status"] == "clear") & (instruments["note"] != "no security")
    if learnt.empty or not open_rows.any():
        return instruments
    names = instruments.loc[open_rows, "name"]
    referring = instruments.loc[open_rows, "instrument"].isin(REFERRING)
    names = names.where(~referring, names.map(reference_name))
    told_of = _called_as(names.unique().tolist(), replace(targets, names=learnt))
    table = instruments.copy()
    for row, name in names[names.isin(set(told_of))].items():
        target, told = told_of[name]
        entity = str(targets.entities["entity"].iat[target])
        cells: dict[str, Any] = {
            "entity": entity, "tier": "review", "field": "name", "score": 80.0, "relation": "named as the stated line", "status": "unknown",
            "explanation": f"the name {instruments.at[row, 'name']!r} is that which the book gives the line stated ({told}; {entity}): a proposal",
            "note": "review match only: named as the stated line", "tied": (entity,),
        }  # fmt: skip
        for column, value in cells.items():
            table[column] = table[column].astype(object)
            table.at[row, column] = value
    return table


def _names_in_book(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    """What the book calls the lines of each stated designation, and what may be one by its code where no name is stated, in the columns of `targets.names`."""
    stated = targets.entities.index[targets.entities["origin"] == "hypothetical"]
    by_code = (instruments["tier"] == "identifier") | instruments["target"].isin(targets.nameless)
    own = instruments[instruments["target"].isin(stated) & by_code & (instruments["field"] != "name")]
    own = own[says_who(own["name"])]
    return pd.DataFrame({"target": own["target"].astype("int64"), "name": own["name"], "kind": "primary"}).drop_duplicates(
        ignore_index=True
    )


def _called_as(names: list[str], targets: ScreeningTargets) -> Mapping[str, tuple[int, str]]:
    """Name -> the target that is called so, or whose name it begins or begins with, and what that one is called."""
    near = NameIndex.of(targets.names).propose(names)
    called = {
        names[position]: (int(target), str(listed))
        for position, target, listed in zip(near["position"], near["target"], near["listed_name"], strict=True)
    }
    names_of = targets.names.groupby("target")["name"].agg(" / ".join)
    beginning = {name: (target, str(names_of[target])) for name, target in issuers_beginning(names, targets).items()}
    short = {name: (target, str(names_of[target])) for name, target in issuers_in_short(names, targets).items()}
    return {**short, **beginning, **called}
