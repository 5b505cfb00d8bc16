"""What index providers do with the line of a case, from the fact base or from the user's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from impact.cases.case_law import stated_source
from impact.cases.definition import AsOf, CaseDefinition
from impact.facts import known_table
from impact.provenance import Source
from impact.supply.deletion import IndexDeletion, index_deletion

if TYPE_CHECKING:
    from impact.cases.supply import SupplyInputs

__all__ = ["index_actions_of", "index_deletion_of_case"]

ACTION_OF_KIND: Mapping[str, str] = {"delete": "delete", "re_add": "add", "retain": "retain"}
BEFOREHAND = pd.Timedelta(days=3)
"""A day of which only the date is known may stand before the instant of a designation that it follows."""
COLUMNS = ["provider", "index_family", "action", "announced_on", "execution_on", "effective_on", "tranche_share", "source"]
NOT_TRADES = ["provider", "action", "reason"]


def index_actions_of(definition: CaseDefinition, as_of: AsOf = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Provider actions on the lines of a case as :func:`impact.supply.index_deletion` wants them, and the rows that are not trades.

    Returns
    -------
    actions, dropped : DataFrame
        The user's table where there is one. Of the fact base a re-addition in two tranches becomes two actions of one half
        each; weights and tracked assets stay unknown.
    """
    stated = definition.tables.index_actions
    if stated is not None:
        shown = stated.assign(
            weight=stated["weight_pct"] / 100,
            tracked_usd_low=stated["tracked_assets_usd_low"],
            tracked_usd_high=stated["tracked_assets_usd_high"],
        )
        kept = (shown["action"] == "retain") | shown["execution_on"].notna()
        dropped = shown[~kept].assign(reason="the execution close is not known")[NOT_TRADES]
        unneeded = ["weight_pct", "tracked_assets_usd_low", "tracked_assets_usd_high"]
        return shown[kept].drop(columns=unneeded).reset_index(drop=True), dropped.reset_index(drop=True)
    table = known_table("index_actions", as_of)
    line = definition.line_on_record
    own = table[table["securities"].map(lambda text: line in text.split(";"))]
    actions, dropped_rows = [], []
    for _, row in own.iterrows():
        reason = _not_of_the_case(row, definition) or _no_trade(row)
        if reason:
            dropped_rows.append({"provider": row["provider"], "action": row["action_text"], "reason": reason})
        else:
            actions += _tranches(row)
    return pd.DataFrame(actions, columns=COLUMNS), pd.DataFrame(dropped_rows, columns=NOT_TRADES)


def _not_of_the_case(row: pd.Series, definition: CaseDefinition) -> str:
    """Why an action on record cannot follow from the designation that a user states; empty where it may."""
    if not definition.is_stated:
        return ""
    if definition.hypothetical:
        return "on record, and so no consequence of a designation that is supposed"
    return "announced before the designation of the case" if row["known_at"] < definition.stated_at - BEFOREHAND else ""


def _no_trade(row: pd.Series) -> str:
    """Why a row of the fact base is no trade; empty where it is one."""
    action = ACTION_OF_KIND.get(row["action_kind"])
    if action is None:
        return f"not a trade: {row['action_kind']}"
    if pd.notna(row["cancelled_on"]):
        return "cancelled"
    return "the execution close is not known" if action != "retain" and pd.isna(row["last_close_on"]) else ""


def _tranches(row: pd.Series) -> list[dict[str, object]]:
    action = ACTION_OF_KIND[row["action_kind"]]
    closes = [(row["last_close_on"], row["effective_open_on"])]
    if row["second_date_is"] == "tranche":
        closes.append((row["last_close_second_on"], row["effective_open_second_on"]))
    return [
        {
            "provider": row["provider"],
            "index_family": row["index_family"],
            "action": action,
            "announced_on": row["announced_last_on"],
            "execution_on": pd.NaT if action == "retain" else close,
            "effective_on": effective,
            "tranche_share": 1 / len(closes),
            "source": row["source"],
        }
        for close, effective in closes
    ]


def _cited(action: pd.Series, as_of: AsOf) -> Source:
    """The notice of an action; as of an instant with its day, as the document that tells of it may be later."""
    known_on = "" if as_of is None or pd.isna(action["announced_on"]) else f"{action['announced_on']:%Y-%m-%d}"
    return Source(title=str(action["source"]), basis="facts", known_on=known_on)


def index_deletion_of_case(known: SupplyInputs) -> IndexDeletion:
    """Index actions of a case: provider lanes, the round trip and the check against realised volume."""
    definition = known.definition
    actions, dropped = index_actions_of(definition, known.as_of)
    panel, security = known.panel, definition.security
    priced = panel if panel is not None and security in panel.securities else None
    closes = None if priced is None else priced.close[security]
    volumes = None if priced is None or priced.volume is None else priced.volume[security]
    untold = ("No weight and no tracked assets of these index families are in the facts: flow is unknown, not zero.",)
    stated = definition.tables.index_actions is not None
    return index_deletion(
        actions,
        line=known.line,
        closes=closes,
        volumes=volumes,
        dropped=dropped,
        assumptions=() if stated else untold,
        sources=(stated_source(definition),)
        if stated
        else tuple(_cited(row, known.as_of) for _, row in actions.drop_duplicates("source").iterrows()),
    )
