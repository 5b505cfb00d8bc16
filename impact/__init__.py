"""impact: what a blacklist designation does to price and holdings.

Dated, sourced facts become legal restrictions; restrictions and holdings become forced supply; supply becomes a
price effect with an honest interval; market data says what really happened; a report lays the two side by side.

Every name below is imported on first use, so ``import impact`` itself costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

__version__ = "0.1.0"

_HOMES = {
    "Case": "impact.cases",
    "EventStudyResult": "impact.eventstudy",
    "ImpactError": "impact.errors",
    "ImpactWarning": "impact.errors",
    "InputError": "impact.errors",
    "MarketPanel": "impact.market",
    "Source": "impact.provenance",
    "case": "impact.cases",
    "check_portfolio": "impact.holdings",
    "deadlines": "impact.rules",
    "event_study": "impact.eventstudy",
    "first_session_to_react": "impact.calendars",
    "forced_supply": "impact.supply",
    "index_deletion": "impact.supply",
    "load_panel": "impact.market",
    "permitted": "impact.rules",
    "price_effect": "impact.pricing",
    "read_holdings": "impact.holdings",
    "relief_probability": "impact.relief",
    "to_returns": "impact.market",
}

__all__ = [
    "Case",
    "EventStudyResult",
    "ImpactError",
    "ImpactWarning",
    "InputError",
    "MarketPanel",
    "Source",
    "case",
    "check_portfolio",
    "deadlines",
    "event_study",
    "first_session_to_react",
    "forced_supply",
    "index_deletion",
    "load_panel",
    "permitted",
    "price_effect",
    "read_holdings",
    "relief_probability",
    "to_returns",
]

if TYPE_CHECKING:
    from impact.calendars import first_session_to_react
    from impact.cases import Case, case
    from impact.errors import ImpactError, ImpactWarning, InputError
    from impact.eventstudy import EventStudyResult, event_study
    from impact.holdings import check_portfolio, read_holdings
    from impact.market import MarketPanel, load_panel, to_returns
    from impact.pricing import price_effect
    from impact.provenance import Source
    from impact.relief import relief_probability
    from impact.rules import deadlines, permitted
    from impact.supply import forced_supply, index_deletion


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
