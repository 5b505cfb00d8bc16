"""Prices: a checked panel, returns, sources, cache."""
