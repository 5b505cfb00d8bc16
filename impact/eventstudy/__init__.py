"""What happened: design, alignment, normal-return models, inference, results."""

from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.study import event_study

__all__ = ["EventStudyResult", "event_study"]
