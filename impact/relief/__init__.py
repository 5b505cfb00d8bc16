"""Legal relief: scenario tree, implied probability, base rates, sell-or-wait, forecast log."""

from impact.relief.base_rates import BaseRates, base_rates, clopper_pearson
from impact.relief.decomposition import Decomposition, decompose_drop
from impact.relief.forecasts import Forecast, ForecastScores, log_forecast, read_forecasts, score_forecasts
from impact.relief.probability import ReliefProbability, relief_probability
from impact.relief.recovery import Recovery, recovery
from impact.relief.scenarios import Branch, ScenarioTree, challenge_tree
from impact.relief.sell_or_wait import SellOrWait, sell_or_wait

__all__ = [
    "BaseRates",
    "Branch",
    "Decomposition",
    "Forecast",
    "ForecastScores",
    "Recovery",
    "ReliefProbability",
    "ScenarioTree",
    "SellOrWait",
    "base_rates",
    "challenge_tree",
    "clopper_pearson",
    "decompose_drop",
    "log_forecast",
    "read_forecasts",
    "recovery",
    "relief_probability",
    "score_forecasts",
    "sell_or_wait",
]
