"""What a person types for a security, read as the line that the rules are asked about."""

from __future__ import annotations

__all__ = ["asked_security"]

_LONGEST_US_TICKER = 5


def asked_security(text: str) -> tuple[str, tuple[str, ...]]:
    """The line or entity to ask about, and what to say about how it was read.

    Raises
    ------
    InputError
        If the text names nothing for sure; the message proposes, with scores.
    """
    from impact.identifiers import is_valid
    from impact.rules.book import rule_book

    book = rule_book(None)
    if book.issuer(text)[1]:
        return text, ()
    from impact.screening import resolve_line

    resolution = resolve_line(text)
    # A ticker without ending is a line in the United States, as in the rest of the package.
    plain = text.isupper() and text.isalpha() and len(text) <= _LONGEST_US_TICKER
    # A code of which no table says whose it is asks as it stands: the answer is unknown, not a mistake of the asker.
    plain |= any(is_valid(text, kind) for kind in ("isin", "cusip", "sedol"))
    security = text if plain and not resolution.is_sure and resolution.proposals.empty else resolution.require()
    listed = bool(book.issuer(security)[1])
    if not listed and resolution.entity and book.issuer(resolution.entity)[1]:
        security, listed = resolution.entity, True
    notes = [] if security == text else [f"{text!r} was read as {security}: {resolution.evidence}."]
    if not listed:
        notes.append(f"No list of the fact base names {security}. That is no clearance under other lists.")
    return security, tuple(notes)
