"""What happened: design, alignment, normal-return models, inference, results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "CalendarTimeResult": "impact.eventstudy.long_run",
    "ChainedEventsResult": "impact.eventstudy.chained",
    "CrossSectionResult": "impact.eventstudy.cross_section",
    "EventStudyResult": "impact.eventstudy.results",
    "IntradayStudy": "impact.eventstudy.intraday",
    "MODELS": "impact.eventstudy.models",
    "PartitionedResult": "impact.eventstudy.partitioned",
    "PlaceboStudy": "impact.eventstudy.placebo",
    "RandomEvents": "impact.eventstudy.random_events",
    "ShrunkEffects": "impact.eventstudy.shrinkage",
    "StaggeredDifference": "impact.eventstudy.staggered",
    "SyntheticControl": "impact.eventstudy.synthetic",
    "SyntheticDifference": "impact.eventstudy.synthetic_difference",
    "VolatilityChange": "impact.eventstudy.volatility",
    "StudyDesign": "impact.eventstudy.design",
    "TESTS": "impact.eventstudy.hypotheses",
    "abnormal_range": "impact.eventstudy.price_range",
    "abnormal_volume": "impact.eventstudy.volume",
    "align_to_closes": "impact.eventstudy.asynchronous",
    "buy_and_hold": "impact.eventstudy.long_run",
    "calendar_time_drift": "impact.eventstudy.long_run",
    "car_regression": "impact.eventstudy.cross_section",
    "chained_events": "impact.eventstudy.chained",
    "discoveries": "impact.eventstudy.shrinkage",
    "event_study": "impact.eventstudy.study",
    "intraday_study": "impact.eventstudy.intraday",
    "long_fit": "impact.eventstudy.long_window",
    "group_contrast": "impact.eventstudy.cross_section",
    "overlap_report": "impact.eventstudy.overlaps",
    "placebo_windows": "impact.eventstudy.placebo",
    "shrunk_effects": "impact.eventstudy.shrinkage",
    "staggered_did": "impact.eventstudy.staggered",
    "study_partitions": "impact.eventstudy.partitioned",
    "synthetic_control": "impact.eventstudy.synthetic",
    "synthetic_did": "impact.eventstudy.synthetic_difference",
    "trade_to_trade_study": "impact.eventstudy.thin_trading",
    "volatility_change": "impact.eventstudy.volatility",
}

__all__ = [
    "MODELS",
    "TESTS",
    "CalendarTimeResult",
    "ChainedEventsResult",
    "CrossSectionResult",
    "EventStudyResult",
    "IntradayStudy",
    "PartitionedResult",
    "PlaceboStudy",
    "RandomEvents",
    "ShrunkEffects",
    "StaggeredDifference",
    "StudyDesign",
    "SyntheticControl",
    "SyntheticDifference",
    "VolatilityChange",
    "abnormal_range",
    "abnormal_volume",
    "align_to_closes",
    "buy_and_hold",
    "calendar_time_drift",
    "car_regression",
    "chained_events",
    "discoveries",
    "event_study",
    "group_contrast",
    "intraday_study",
    "long_fit",
    "overlap_report",
    "placebo_windows",
    "shrunk_effects",
    "staggered_did",
    "study_partitions",
    "synthetic_control",
    "synthetic_did",
    "trade_to_trade_study",
    "volatility_change",
]

if TYPE_CHECKING:
    from impact.eventstudy.asynchronous import align_to_closes
    from impact.eventstudy.chained import ChainedEventsResult, chained_events
    from impact.eventstudy.cross_section import CrossSectionResult, car_regression, group_contrast
    from impact.eventstudy.design import StudyDesign
    from impact.eventstudy.hypotheses import TESTS
    from impact.eventstudy.intraday import IntradayStudy, intraday_study
    from impact.eventstudy.long_run import CalendarTimeResult, buy_and_hold, calendar_time_drift
    from impact.eventstudy.long_window import long_fit
    from impact.eventstudy.models import MODELS
    from impact.eventstudy.overlaps import overlap_report
    from impact.eventstudy.partitioned import PartitionedResult, study_partitions
    from impact.eventstudy.placebo import PlaceboStudy, placebo_windows
    from impact.eventstudy.price_range import abnormal_range
    from impact.eventstudy.random_events import RandomEvents
    from impact.eventstudy.results import EventStudyResult
    from impact.eventstudy.shrinkage import ShrunkEffects, discoveries, shrunk_effects
    from impact.eventstudy.staggered import StaggeredDifference, staggered_did
    from impact.eventstudy.study import event_study
    from impact.eventstudy.synthetic import SyntheticControl, synthetic_control
    from impact.eventstudy.synthetic_difference import SyntheticDifference, synthetic_did
    from impact.eventstudy.thin_trading import trade_to_trade_study
    from impact.eventstudy.volatility import VolatilityChange, volatility_change
    from impact.eventstudy.volume import abnormal_volume


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
