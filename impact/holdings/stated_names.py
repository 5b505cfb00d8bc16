"""What a book itself calls the issuer of a line whose designation is stated without a name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from impact.facts.screening import ScreeningTargets
from impact.facts.unnamed import says_who
from impact.screening.broker_tickers import name_agrees

__all__ = ["named_as_in_book"]


def named_as_in_book(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    """Instruments of one book, where those of no other match that bear the name which the book gives a line stated without its issuer are proposals.

    Parameters
    ----------
    instruments : DataFrame
        As :func:`~impact.holdings.identify.identify` gives them, those of one book alone.
    targets : ScreeningTargets
        With the stated designations in them.

    Notes
    -----
    Nobody states the issuer, and no table has it; the row of the stated line tells what this book calls it. HSBC US stands beside HSBA LN.
    """
    names_of = _names_in_book(instruments, targets)
    if not names_of:
        return instruments
    table = instruments
    open_rows = ((instruments["tier"] == "") & (instruments["status"] == "clear") & (instruments["note"] != "no security")).to_numpy()
    for row in np.flatnonzero(open_rows).tolist():
        name = str(instruments["name"].iat[row])
        for entity, called in names_of.items():
            told = next((other for other in called if name_agrees(name, other)), "")
            if told:
                table = table.copy() if table is instruments else table
                cells: dict[str, Any] = {
                    "entity": entity, "tier": "review", "field": "name", "score": 80.0, "relation": "named as the stated line", "status": "unknown",
                    "explanation": f"the name {name!r} is that which the book gives the line stated ({told}; {entity}): a proposal",
                    "note": "review match only: named as the stated line", "tied": (entity,),
                }  # fmt: skip
                for column, value in cells.items():
                    table[column] = table[column].astype(object)
                    table.at[table.index[row], column] = value
                break
    return table


def _names_in_book(instruments: pd.DataFrame, targets: ScreeningTargets) -> dict[str, tuple[str, ...]]:
    """Entity of a designation stated by its line alone -> what the book calls that line."""
    stated = targets.entities.index[targets.entities["origin"] == "hypothetical"]
    lines = set(targets.identifiers.loc[targets.identifiers["target"].isin(stated), "security"]) - {""}
    nameless = set(targets.entities.loc[stated, "entity"]) & lines
    if not nameless:
        return {}
    own = instruments[instruments["entity"].isin(nameless) & (instruments["tier"] == "identifier")]
    own = own[says_who(own["name"])]
    return {str(entity): tuple(dict.fromkeys(rows["name"])) for entity, rows in own.groupby("entity", sort=False)}
