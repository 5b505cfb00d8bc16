"""One designation from end to end: facts, prices and estimates bound together."""

from impact.cases.case import Case, case
from impact.cases.definitions import CaseDefinition, case_names, define_case
from impact.cases.difference import CaseDifference, compare_cases
from impact.cases.study import CaseStudy, study_case
from impact.cases.timeline import Timeline, build_timeline

__all__ = [
    "Case",
    "CaseDefinition",
    "CaseDifference",
    "CaseStudy",
    "Timeline",
    "build_timeline",
    "case",
    "case_names",
    "compare_cases",
    "define_case",
    "study_case",
]
