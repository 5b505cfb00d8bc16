"""Lines of prose among positions: disclaimers and notes, whatever separators stand in them."""

from __future__ import annotations

__all__ = ["SENTENCE", "is_prose"]

SENTENCE = "a sentence, no position"
_LOWER, _WORDS = 6, 18
"""A name has fewer words in lower case, and fewer words in all."""


def is_prose(text: str) -> bool:
    """Whether a text reads as a sentence rather than as the name of a security.

    Examples
    --------
    >>> is_prose("The Funds are distributed by BlackRock Investments, LLC (together with its affiliates)")
    True
    >>> is_prose("Semiconductor Manufacturing International Corp of the People's Republic of China")
    False
    """
    words = [word for word in text.split() if word.strip("“”\"'(),.;:").isalpha()]
    return sum(word.lstrip("“\"'(")[:1].islower() for word in words) >= _LOWER or len(words) >= _WORDS
