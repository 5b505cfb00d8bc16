"""Who owns what: readers, look-through, owners, exposure."""

from impact.holdings.readers import HoldingsFile, read_holdings

__all__ = ["HoldingsFile", "read_holdings"]
