"""The ledger of dated, sourced, possibly conflicting facts, and the readers of official lists."""

from impact.facts.editions import Edition, EditionDifference, edition_difference, list_edition
from impact.facts.fact import Fact
from impact.facts.ledger import Ledger, load_ledger
from impact.facts.tables import known_table
from impact.facts.variants import rerun_variants

__all__ = [
    "Edition",
    "EditionDifference",
    "Fact",
    "Ledger",
    "edition_difference",
    "known_table",
    "list_edition",
    "load_ledger",
    "rerun_variants",
]
