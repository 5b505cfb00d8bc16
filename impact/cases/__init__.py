"""One designation from end to end: facts, prices and estimates bound together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "Case": "impact.cases.whole",
    "CaseAnswers": "impact.cases.answers",
    "CaseDefinition": "impact.cases.definition",
    "CaseDifference": "impact.cases.difference",
    "CasePricing": "impact.cases.pricing",
    "CaseStudy": "impact.cases.study",
    "Precedents": "impact.cases.precedents",
    "ReliefAssessment": "impact.cases.relief_assessment",
    "Timeline": "impact.cases.timeline",
    "assess_case": "impact.cases.relief",
    "build_timeline": "impact.cases.timeline",
    "case": "impact.cases.whole",
    "CaseList": "impact.cases.shipped_list",
    "case_list": "impact.cases.shipped_list",
    "case_names": "impact.cases.shipped",
    "case_text": "impact.cases.shipped",
    "compare_cases": "impact.cases.difference",
    "define_case": "impact.cases.shipped",
    "precedents_on_record": "impact.cases.precedents",
    "price_effect_of_case": "impact.cases.pricing",
    "pricing_of_case": "impact.cases.pricing",
    "spillover_groups": "impact.cases.spillover",
    "spillover_of_case": "impact.cases.spillover",
    "study_case": "impact.cases.study",
    "StatedCase": "impact.cases.case_file",
    "supply_of_case": "impact.cases.supply",
    "write_case": "impact.cases.new_case",
}

__all__ = [
    "Case",
    "CaseAnswers",
    "CaseDefinition",
    "CaseDifference",
    "CaseList",
    "CasePricing",
    "CaseStudy",
    "Precedents",
    "ReliefAssessment",
    "StatedCase",
    "Timeline",
    "assess_case",
    "build_timeline",
    "case",
    "case_list",
    "case_names",
    "case_text",
    "compare_cases",
    "define_case",
    "precedents_on_record",
    "price_effect_of_case",
    "pricing_of_case",
    "spillover_groups",
    "spillover_of_case",
    "study_case",
    "supply_of_case",
    "write_case",
]

if TYPE_CHECKING:
    from impact.cases.answers import CaseAnswers
    from impact.cases.case_file import StatedCase
    from impact.cases.definition import CaseDefinition
    from impact.cases.difference import CaseDifference, compare_cases
    from impact.cases.new_case import write_case
    from impact.cases.precedents import Precedents, precedents_on_record
    from impact.cases.pricing import CasePricing, price_effect_of_case, pricing_of_case
    from impact.cases.relief import assess_case
    from impact.cases.relief_assessment import ReliefAssessment
    from impact.cases.shipped import case_names, case_text, define_case
    from impact.cases.shipped_list import CaseList, case_list
    from impact.cases.spillover import spillover_groups, spillover_of_case
    from impact.cases.study import CaseStudy, study_case
    from impact.cases.supply import supply_of_case
    from impact.cases.timeline import Timeline, build_timeline
    from impact.cases.whole import Case, case


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
