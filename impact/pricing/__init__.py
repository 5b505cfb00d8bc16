"""Prediction: announcement shock and execution flow from the event library; impact laws, demand system, cost of execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "AnnouncementShock": "impact.pricing.announcement",
    "BacktestResult": "impact.pricing.backtest",
    "EVENT_CLASSES": "impact.pricing.library",
    "EffectSetting": "impact.pricing.effect",
    "EventLibrary": "impact.pricing.library",
    "ExecutionFlow": "impact.pricing.flow",
    "LAWS": "impact.pricing.laws",
    "LiquidationCost": "impact.pricing.liquidation",
    "PriceEffect": "impact.pricing.effect",
    "Prior": "impact.pricing.priors",
    "TRIED_MODELS": "impact.pricing.tried",
    "announcement_shock": "impact.pricing.announcement",
    "calibrate": "impact.pricing.calibration",
    "close_or_spread": "impact.pricing.tracker_execution",
    "demand_effect": "impact.pricing.demand",
    "event_library": "impact.pricing.library",
    "event_returns_of": "impact.pricing.event_returns",
    "execution_flow": "impact.pricing.flow",
    "execution_frontier": "impact.pricing.liquidation",
    "flow_coefficients": "impact.pricing.flow",
    "leave_one_out": "impact.pricing.backtest",
    "liquidation_cost": "impact.pricing.liquidation",
    "price_effect": "impact.pricing.effect",
    "tried_table": "impact.pricing.tried",
}

__all__ = [
    "EVENT_CLASSES",
    "LAWS",
    "TRIED_MODELS",
    "AnnouncementShock",
    "BacktestResult",
    "EffectSetting",
    "EventLibrary",
    "ExecutionFlow",
    "LiquidationCost",
    "PriceEffect",
    "Prior",
    "announcement_shock",
    "calibrate",
    "close_or_spread",
    "demand_effect",
    "event_library",
    "event_returns_of",
    "execution_flow",
    "execution_frontier",
    "flow_coefficients",
    "leave_one_out",
    "liquidation_cost",
    "price_effect",
    "tried_table",
]

if TYPE_CHECKING:
    from impact.pricing.announcement import AnnouncementShock, announcement_shock
    from impact.pricing.backtest import BacktestResult, leave_one_out
    from impact.pricing.calibration import calibrate
    from impact.pricing.demand import demand_effect
    from impact.pricing.effect import EffectSetting, PriceEffect, price_effect
    from impact.pricing.event_returns import event_returns_of
    from impact.pricing.flow import ExecutionFlow, execution_flow, flow_coefficients
    from impact.pricing.laws import LAWS
    from impact.pricing.library import EVENT_CLASSES, EventLibrary, event_library
    from impact.pricing.liquidation import LiquidationCost, execution_frontier, liquidation_cost
    from impact.pricing.priors import Prior
    from impact.pricing.tracker_execution import close_or_spread
    from impact.pricing.tried import TRIED_MODELS, tried_table


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
