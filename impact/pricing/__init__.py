"""The price effect of forced supply: impact laws, elasticities, demand system, execution, uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "BacktestResult": "impact.pricing.backtest",
    "LAWS": "impact.pricing.laws",
    "LiquidationCost": "impact.pricing.liquidation",
    "PriceEffect": "impact.pricing.effect",
    "Prior": "impact.pricing.priors",
    "calibrate": "impact.pricing.calibration",
    "close_or_spread": "impact.pricing.tracker_execution",
    "demand_effect": "impact.pricing.demand",
    "execution_frontier": "impact.pricing.liquidation",
    "leave_one_out": "impact.pricing.backtest",
    "liquidation_cost": "impact.pricing.liquidation",
    "price_effect": "impact.pricing.effect",
}

__all__ = [
    "LAWS",
    "BacktestResult",
    "LiquidationCost",
    "PriceEffect",
    "Prior",
    "calibrate",
    "close_or_spread",
    "demand_effect",
    "execution_frontier",
    "leave_one_out",
    "liquidation_cost",
    "price_effect",
]

if TYPE_CHECKING:
    from impact.pricing.backtest import BacktestResult, leave_one_out
    from impact.pricing.calibration import calibrate
    from impact.pricing.demand import demand_effect
    from impact.pricing.effect import PriceEffect, price_effect
    from impact.pricing.laws import LAWS
    from impact.pricing.liquidation import LiquidationCost, execution_frontier, liquidation_cost
    from impact.pricing.priors import Prior
    from impact.pricing.tracker_execution import close_or_spread


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
