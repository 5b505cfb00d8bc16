"""The resolver: any spelling of a line or an issuer -> what the fact base knows under it, with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "Resolution": "impact.screening.resolver",
    "resolve_line": "impact.screening.resolver",
    "settle_tickers": "impact.screening.broker_tickers",
    "spelled_venue": "impact.screening.spellings",
}

__all__ = ["Resolution", "resolve_line", "settle_tickers", "spelled_venue"]

if TYPE_CHECKING:
    from impact.screening.broker_tickers import settle_tickers
    from impact.screening.resolver import Resolution, resolve_line
    from impact.screening.spellings import spelled_venue


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
