"""What happened: design, alignment, normal-return models, inference, results."""

from impact.eventstudy.asynchronous import align_to_closes
from impact.eventstudy.chained import ChainedEventsResult, chained_events
from impact.eventstudy.cross_section import CrossSectionResult, car_regression, group_contrast
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.long_run import CalendarTimeResult, buy_and_hold, calendar_time_drift
from impact.eventstudy.models import MODELS
from impact.eventstudy.overlaps import overlap_report
from impact.eventstudy.partitioned import PartitionedResult, study_partitions
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.study import event_study
from impact.eventstudy.thin_trading import trade_to_trade_study
from impact.eventstudy.volume import abnormal_volume

__all__ = [
    "MODELS",
    "CalendarTimeResult",
    "ChainedEventsResult",
    "CrossSectionResult",
    "EventStudyResult",
    "PartitionedResult",
    "StudyDesign",
    "abnormal_volume",
    "align_to_closes",
    "buy_and_hold",
    "calendar_time_drift",
    "car_regression",
    "chained_events",
    "event_study",
    "group_contrast",
    "overlap_report",
    "study_partitions",
    "trade_to_trade_study",
]
