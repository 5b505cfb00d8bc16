"""Legal relief: scenario tree, implied probability, base rates, sell-or-wait, forecast log."""

from impact.relief.base_rates import BaseRates, base_rates, clopper_pearson
from impact.relief.challenges import Challenges, challenges_from_steps
from impact.relief.decomposition import Decomposition, decompose_drop
from impact.relief.forecasts import Forecast, ForecastScores, log_forecast, read_forecasts, score_forecasts
from impact.relief.no_bar_falls import NoBarFalls, no_bar_falls
from impact.relief.probability import ReliefProbability, relief_probability
from impact.relief.recovery import Recovery, recovery
from impact.relief.scenarios import Branch, ScenarioTree, challenge_tree, judgment_tree
from impact.relief.sell_or_wait import SellOrWait, sell_or_wait
from impact.relief.sensitivity import AnchorSensitivity, anchor_sensitivity
from impact.relief.spillover import Spillover, spillover
from impact.relief.watch import ListRisk, list_risk

__all__ = [
    "AnchorSensitivity",
    "BaseRates",
    "Branch",
    "Challenges",
    "Decomposition",
    "Forecast",
    "ForecastScores",
    "ListRisk",
    "NoBarFalls",
    "Recovery",
    "ReliefProbability",
    "ScenarioTree",
    "SellOrWait",
    "Spillover",
    "anchor_sensitivity",
    "base_rates",
    "challenge_tree",
    "challenges_from_steps",
    "clopper_pearson",
    "decompose_drop",
    "judgment_tree",
    "list_risk",
    "log_forecast",
    "no_bar_falls",
    "read_forecasts",
    "recovery",
    "relief_probability",
    "score_forecasts",
    "sell_or_wait",
    "spillover",
]
