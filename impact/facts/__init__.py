"""The ledger of dated, sourced, possibly conflicting facts, and the readers of official lists."""

from impact.facts.fact import Fact
from impact.facts.ledger import Ledger, load_ledger
from impact.facts.tables import known_table
from impact.facts.variants import rerun_variants

__all__ = ["Fact", "Ledger", "known_table", "load_ledger", "rerun_variants"]
