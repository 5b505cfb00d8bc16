"""One designation from end to end: facts, prices and estimates bound together."""

from impact.cases.case import Case, case
from impact.cases.definitions import CaseDefinition, case_names, define_case
from impact.cases.study import CaseStudy, study_case
from impact.cases.timeline import Timeline, build_timeline

__all__ = ["Case", "CaseDefinition", "CaseStudy", "Timeline", "build_timeline", "case", "case_names", "define_case", "study_case"]
