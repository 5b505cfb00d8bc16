"""What binds one kind of investor beside the programmes that name an issuer."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from impact.rules.book import RuleBook
from impact.rules.questions import Question
from impact.rules.records import Ruling
from impact.rules.vocabulary import LAW_NOT_ON_RECORD

__all__ = ["by_duty", "by_law_not_on_record"]


def by_duty(book: RuleBook, question: Question, at: pd.Timestamp) -> list[Ruling]:
    """What binds this kind of investor beside the programmes: of each programme the text known last."""
    last = {}
    for duty in book.duties:
        if duty.investor == question.investor and question.action in duty.actions and duty.reaches(question.keys, question.listings, at):
            last[duty.programme_id] = Ruling(
                programme_id=duty.programme_id,
                phase="listed",
                status=duty.status,
                rule=duty.rule,
                citation=duty.citation,
                source=duty.source,
                confidence=duty.confidence,
            )
    return list(last.values())


def by_law_not_on_record(book: RuleBook, question: Question, rulings: Iterable[Ruling]) -> list[Ruling]:
    """Unknown for an investor whose own authority has lists that are not on record, where no stated programme binds it."""
    authority = LAW_NOT_ON_RECORD.get(question.investor)
    stated = {programme.programme_id for programme in book.programmes if programme.is_stated}
    binding = {
        ruling.programme_id for ruling in rulings if ruling.programme_id in stated and book.bars(ruling.programme_id, question.investor)
    }
    if authority is None or binding:
        return []
    rule = (
        f"The lists of {authority}, which bind this investor, are not on record here: look the issuer up there, or state its programme "
        "in a case ([programme])."
    )
    return [Ruling(programme_id="", phase="", status="unknown", rule=rule, citation="", source="not on record", confidence="")]
