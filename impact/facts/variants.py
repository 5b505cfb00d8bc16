"""Facts that contradict each other, and what an analysis says under each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from impact.errors import InputError
from impact.facts.statements import BUNDLED_TABLES

if TYPE_CHECKING:
    from impact.facts.ledger import Ledger

__all__ = ["contradicting", "rerun_variants", "variant_table"]

# Two rows of one bundled table speak of two occasions (two listings, two notices): they do not contradict each other. The
# table of conflicts exists to hold contradictions, and so may any file of the user.
OCCASIONS = frozenset(BUNDLED_TABLES) - {"conflicts"}
KEY = ["subject", "predicate"]
COLUMNS = {
    "subject": "str", "predicate": "str", "value": "str", "unit": "str", "n_facts": "int64", "confidence": "str",
    "preferred": "bool", "known_at": "datetime64[ns, UTC]", "sources": "str",
}  # fmt: skip


def canonical(value: str) -> str:
    """A value as it is compared: 15 and 15.0 are one value."""
    try:
        return repr(float(value))
    except ValueError:
        return value.strip()


def contradicting(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts, none of them superseded, whose subject and predicate carry more than one value, with ``canonical``."""
    current = facts[facts["superseded_by"] == ""]
    current = current.assign(canonical=current["value"].map(canonical))
    groups = current.groupby(KEY, sort=False)
    several = groups["canonical"].transform("nunique") > 1
    one_table = groups["table"].transform("nunique") == 1
    return current[several & ~(one_table & current["table"].isin(OCCASIONS))]


def variant_table(facts: pd.DataFrame) -> pd.DataFrame:
    """One row a variant of each contradiction.

    Returns
    -------
    pandas.DataFrame
        subject, predicate, value, unit, n_facts, confidence (the best), preferred (by the compiler), known_at (the
        earliest), sources. Variants stand in the order in which the ledger first holds them.
    """
    contradictory = contradicting(facts)
    if contradictory.empty:
        return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in COLUMNS.items()})
    grouped = contradictory.groupby([*KEY, "canonical"], sort=False)
    table = grouped.agg(
        value=("value", "first"),
        unit=("unit", lambda units: next((unit for unit in units if unit), "")),
        n_facts=("fact_id", "size"),
        confidence=("confidence", lambda marks: min((mark for mark in marks if mark), default="")),
        preferred=("preferred", lambda marks: bool(marks.fillna(False).any())),
        known_at=("known_at", "min"),
        sources=("source", lambda names: "; ".join(dict.fromkeys(names))),
    ).reset_index()
    order = {
        key: position for position, key in enumerate(dict.fromkeys(zip(contradictory["subject"], contradictory["predicate"], strict=True)))
    }
    rank = [order[key] for key in zip(table["subject"], table["predicate"], strict=True)]
    return table.assign(rank=rank).sort_values("rank", kind="stable")[list(COLUMNS)].reset_index(drop=True)


def rerun_variants(
    function: Callable[[Ledger], Any], ledger: Ledger, *, subject: str | None = None, predicate: str | None = None
) -> pd.DataFrame:
    """Run an analysis once for every variant of every contradiction, and say which of them moves the answer.

    Parameters
    ----------
    function : callable
        Takes a :class:`~impact.facts.Ledger`, returns one answer that can be compared (number, text, date, tuple).
    ledger : Ledger
        Its contradictions are taken one at a time; every other one stays at its baseline.
    subject, predicate : str, optional
        Only contradictions about these.

    Returns
    -------
    pandas.DataFrame
        subject, predicate, value (the variant), preferred, is_baseline, answer, baseline, moves (whether the answer
        differs from the baseline's).

    Raises
    ------
    InputError
        If `subject` or `predicate` names no contradiction.

    Notes
    -----
    The baseline keeps, of each contradiction, the preferred variant; where none is preferred, the one with the best
    confidence, the earliest known among equals.
    """
    variants = ledger.variants()
    chosen = variants
    if subject is not None:
        chosen = chosen[chosen["subject"] == subject]
    if predicate is not None:
        chosen = chosen[chosen["predicate"] == predicate]
    if chosen.empty and (subject is not None or predicate is not None):
        count = variants.groupby(KEY).ngroups
        raise InputError(f"subject={subject!r}, predicate={predicate!r} names none of {count} contradictions; see ledger.conflicts().")
    settled = ledger.settled()
    baseline = function(settled)
    rows = []
    for variant in chosen.to_dict("records"):
        at_baseline = canonical(settled.value(variant["subject"], variant["predicate"])) == canonical(variant["value"])
        answer = baseline if at_baseline else function(ledger.choose(variant["subject"], variant["predicate"], variant["value"]).settled())
        rows.append(
            {name: variant[name] for name in ("subject", "predicate", "value", "preferred")}
            | {"is_baseline": at_baseline, "answer": answer, "baseline": baseline, "moves": not _same(answer, baseline)}
        )
    return pd.DataFrame(rows, columns=["subject", "predicate", "value", "preferred", "is_baseline", "answer", "baseline", "moves"])


def _same(one: Any, other: Any) -> bool:
    """Equality in which two missing numbers are the same answer."""
    if pd.api.types.is_scalar(one) and pd.api.types.is_scalar(other) and pd.isna(one) and pd.isna(other):
        return True
    return bool(one == other)
