"""Words of names that tell nobody, by kind, of the table that ships (`data/name_words.csv`)."""

from __future__ import annotations

from functools import cache

from impact.bundled import read_bundled

__all__ = ["name_words"]


@cache
def name_words(*kinds: str) -> frozenset[str]:
    """Words in capital letters: ``share`` and ``line`` are kinds of shares, ``security`` and ``item`` other words for what is held, of which
    firms bear those of the second as a name; ``missing`` stands for a name that is missing, ``form`` is a legal form of another script, ``trade`` a kind of firm or its business.

    Examples
    --------
    >>> "PFD" in name_words("share"), "AKCJE" in name_words("share", "security"), "株式会社" in name_words("form")
    (True, True, True)
    """
    rows = read_bundled("name_words")
    return frozenset(rows.loc[rows["kind"].isin(kinds), "word"])
