"""Prices: a checked panel, returns, sources, cache.

Names are imported on first use, so that reading a panel does not load the network adapter, the cache or a progress bar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "FetchResult": "impact.market.sources",
    "MarketPanel": "impact.market.panel",
    "PriceSource": "impact.market.sources",
    "TradeToTradeReturns": "impact.market.returns",
    "load_panel": "impact.market.sources",
    "read_french": "impact.market.french",
    "to_returns": "impact.market.returns",
    "trade_to_trade_returns": "impact.market.returns",
}

__all__ = [
    "FetchResult",
    "MarketPanel",
    "PriceSource",
    "TradeToTradeReturns",
    "load_panel",
    "read_french",
    "to_returns",
    "trade_to_trade_returns",
]

if TYPE_CHECKING:
    from impact.market.french import read_french
    from impact.market.panel import MarketPanel
    from impact.market.returns import TradeToTradeReturns, to_returns, trade_to_trade_returns
    from impact.market.sources import FetchResult, PriceSource, load_panel


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
