"""The ledger of dated, sourced, possibly conflicting facts, and the readers of official lists."""

from impact.facts.tables import known_table

__all__ = ["known_table"]
