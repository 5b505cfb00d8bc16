"""One question about the law: who wants to do what with which instrument of which issuer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from impact.rules.book import RuleBook
from impact.rules.issuer_lines import issuer_lines, reissued_from
from impact.rules.line_doubts import LineDoubt, instrument_doubt
from impact.rules.records import Instant, Listing, Relation
from impact.rules.vocabulary import line_key

__all__ = ["Question", "question_about"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who wants to do what with which instrument of which issuer.

    `doubts` are why the absence of the issuer from every list would say nothing (none: it is identified);
    `trades_there_only` says that all that is known of the issuer is that a line of it trades in a country whose issuers come under
    programmes by where they are; from `names_until` on the code asked about is that of another issuer, whom the listings `anew` name.
    """

    action: str
    investor: str
    instrument: str
    keys: frozenset[str]
    listings: tuple[Listing, ...]
    doubts: tuple[LineDoubt, ...] = (LineDoubt(code="no_table"),)
    trades_there_only: bool = False
    related: tuple[Relation, ...] = ()
    names_until: Instant = None
    anew: tuple[Listing, ...] = ()

    def as_named_at(self, at: pd.Timestamp) -> Question:
        """The question about whom the code names at an instant: of an issuer to whom it was given anew only what names it since then is known."""
        if self.names_until is None:
            return self
        if at < self.names_until:
            return replace(self, listings=tuple(listing for listing in self.listings if listing not in self.anew))
        return replace(self, keys=frozenset[str]().union(*(listing.keys for listing in self.anew)), listings=self.anew, related=())

    def doubt_at(self, at: pd.Timestamp) -> str:
        """The doubt that holds at an instant, as a code of ``DOUBTS``; empty where there is none."""
        return next((doubt.code for doubt in self.doubts if doubt.from_at <= at), "")


def question_about(book: RuleBook, security: str, *, action: str, investor: str, instrument: str) -> Question:
    """The question about a line, a code or a name, as a rule book knows it."""
    keys, listings = book.issuer(security)
    on_record = bool(issuer_lines().lines_behind(line_key(security)))
    of_instrument = instrument_doubt(instrument, on_record=on_record)
    return Question(
        action=action,
        investor=investor,
        instrument=instrument,
        keys=keys,
        listings=listings,
        doubts=(*book.issuers.doubts(security), *([LineDoubt(code=of_instrument)] if of_instrument else [])),
        trades_there_only=book.issuers.trades_there_only(security),
        related=book.issuers.related(security),
        names_until=reissued_from(security, book.as_of),
        anew=book.issuers.named_anew(security),
    )
