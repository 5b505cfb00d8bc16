"""What a person types for a security, read as the line that the rules are asked about."""

from __future__ import annotations

__all__ = ["asked_security"]

_LONGEST_US_TICKER = 5


def asked_security(text: str, as_of: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The line or entity to ask about, and what to say about how it was read, as known at `as_of` (None: everything recorded).

    Raises
    ------
    InputError
        If the text names nothing for sure; the message proposes, with scores.
    """
    from impact.calendars import parse_instant
    from impact.identifiers import is_valid
    from impact.rules.book import rule_book
    from impact.rules.vocabulary import line_key

    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    book = rule_book(known)
    if book.issuer(text)[1]:
        return text, ()
    from impact.facts.screening import screening_targets
    from impact.screening import resolve_line

    resolution = resolve_line(text, targets=screening_targets(as_of=known))
    if (line := _line_on_record(text)) and not (resolution.is_sure and _is_of(line, resolution.entity)):
        read_as = f"{text!r} was read as {line}: the table of lines has one issuer of that code or name."
        return line, (read_as,) if book.issuer(line)[1] else (read_as, _not_named(line))
    # A ticker without ending is a line in the United States, as in the rest of the package.
    plain = text.isupper() and text.isalpha() and len(text) <= _LONGEST_US_TICKER
    # A code of which no table says whose it is asks as it stands: the answer is unknown, not a mistake of the asker.
    plain |= any(is_valid(text, kind) for kind in ("isin", "cusip", "sedol"))
    security = text if plain and not resolution.is_sure and resolution.proposals.empty else resolution.require()
    if not resolution.entity and "." not in security and line_key(text) == security:
        security = text  # as it was typed it says more: CSGP US trades in the United States, CSGP may be a word
    listed = bool(book.issuer(security)[1])
    if not listed and resolution.entity and book.issuer(resolution.entity)[1]:
        security, listed = resolution.entity, True
    notes = [] if security == text else [f"{text!r} was read as {security}: {resolution.evidence}."]
    if not listed:
        notes.append(_not_named(security))
    return security, tuple(notes)


def _not_named(security: str) -> str:
    return f"No list of the fact base names {security}. That is no clearance under other lists."


def _is_of(line: str, entity: str) -> bool:
    """Whether the table of lines gives a line to that entity; a longer name may only begin with another firm's."""
    from impact.facts.names import core_name
    from impact.identifiers import security_lines

    lines = security_lines()
    return core_name(entity) in set(lines.loc[lines["security"] == line, "issuer"].map(core_name))


def _line_on_record(text: str) -> str:
    """The first line of the one issuer of the table of lines, which knows no list, whose code or whole name this is; empty when none is."""
    from impact.facts.names import core_name
    from impact.identifiers import security_lines

    lines = security_lines()
    bare = text.strip().upper().lstrip("0")
    codes = lines["tickers"].str.replace(r" \w+(?=;|$)", "", regex=True).str.split("; ")
    fitting = lines[
        (lines["issuer"].map(core_name) == core_name(text)) | codes.map(lambda given: bare in {code.lstrip("0") for code in given})
    ]
    return str(fitting["security"].iloc[0]) if fitting["issuer"].nunique() == 1 else ""
