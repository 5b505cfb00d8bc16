"""The ledger of dated, sourced, possibly conflicting facts, and the readers of official lists."""
