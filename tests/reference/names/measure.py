"""Precision and recall of name proposals on the labelled set: ``python -m tests.reference.names.measure`` writes results.csv."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pandas as pd

from impact.facts.matching import match_table
from impact.facts.screening import screening_targets

HERE = Path(__file__).parent


def labelled() -> pd.DataFrame:
    """The labelled names."""
    return pd.read_csv(HERE / "labelled.csv", dtype=str, keep_default_na=False)


def proposals(names: pd.DataFrame, *, vendor_spellings: bool = True) -> pd.DataFrame:
    """Every proposal for the labelled names, with `right`: whether it is the entity meant."""
    targets = screening_targets()
    if not vendor_spellings:
        targets = dataclasses.replace(targets, names=targets.names[targets.names["kind"] != "alias"])
    found = match_table(names[["name"]], targets)
    meant = names["entity_contains"].str.split("|")
    right = [any(word and word in entity.lower() for word in meant[row]) for row, entity in zip(found["row"], found["entity"], strict=True)]
    return found.assign(right=right)


def measured() -> pd.DataFrame:
    """The whole table: with the bundled vendor spellings, and without them."""
    names = labelled()
    parts = [measure(names, proposals(names, vendor_spellings=used)).assign(vendor_spellings=used) for used in (True, False)]
    return pd.concat(parts, ignore_index=True)


def measure(names: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Per tier and kind: names, those with a right proposal, proposals, right ones, precision, recall (NaN where undefined)."""
    rows = []
    for tier, tiers in (("strong", ["strong"]), ("strong or review", ["strong", "review"])):
        told = found[found["tier"].isin(tiers)]
        kinds = names.loc[told["row"], "kind"].to_numpy()
        for kind in [*sorted(names["kind"].unique()), "all"]:
            own = names.index if kind == "all" else names.index[names["kind"] == kind]
            pairs = told if kind == "all" else told[kinds == kind]
            listed = own[names.loc[own, "entity_contains"] != ""]
            found_names = pairs.loc[pairs["right"] & pairs["row"].isin(listed), "row"].nunique()
            recall = found_names / len(listed) if len(listed) else float("nan")
            precision = pairs["right"].mean() if len(pairs) else float("nan")
            rows.append((tier, kind, len(own), found_names, len(pairs), int(pairs["right"].sum()), precision, recall))
    columns = ["tier", "kind", "n_names", "n_found", "n_proposals", "n_right", "precision", "recall"]
    return pd.DataFrame(rows, columns=columns)


if __name__ == "__main__":
    table = measured()
    table.to_csv(HERE / "results.csv", index=False, float_format="%.4f", lineterminator="\n")
    sys.stdout.write(table.to_string() + "\n")
