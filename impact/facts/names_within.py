"""Other names that a name of an issuer holds: between brackets, slashes and dashes, behind words such as formerly, and its initials."""

from __future__ import annotations

from impact.facts.names import STOP_WORDS, plain_words, without_accents
from impact.facts.unnamed import name_says_who

__all__ = ["BEFORE_ANOTHER", "initials_of", "names_within"]

_PART_MARKS = (
    *(
        "f/k/a",
        "F/K/A",
        "a/k/a",
        "A/K/A",
        "n/k/a",
        "N/K/A",
        "d/b/a",
        "D/B/A",
        ",",
        "/",
        "(",
        ")",
        "[",
        "]",
        "（",
        "）",
        " - ",
        " – ",
        " — ",
    ),
    *("«", "»", '"', "“", "”", "„", "「", "」", "《", "》", ":", "：", "=", "、", "，"),
)
_ANOTHER = frozenset(
    (
        "fka",
        "f.k.a",
        "aka",
        "a.k.a",
        "nka",
        "n.k.a",
        "formerly",
        "previously",
        "ehemals",
        "vormals",
        "until",
        "since",
        "bis",
        "seit",
        "also",
        *("fmr", "frmr", "former", "previous", "now", "alias", "ex", "anc", "dba", "d.b.a", "renamed", "rebranded"),
        *("früher", "zuvor", "vorm", "ehem", "nunmehr", "jetzt", "genannt", "umbenannt", "auch", "anciennement", "ancien", "ancienne"),
        *("antes", "anteriormente", "ahora", "denominada", "conocida", "antiga", "antigo", "agora", "già", "ora", "precedentemente"),
        *("voorheen", "thans", "tidigare", "tidligere", "dawniej", "obecnie", "dříve", "nyní", "eski", "ранее", "бывш", "бывшая", "ныне"),
    )
) | {"including", "incl", "any", "its", "all", "subsidiary", "subsidiaries", "affiliate", "affiliates"}
"""Words behind which another name stands, or who else is meant."""
_ANOTHER_STILL = frozenset({"known", "as", "named", "called", "and"})
BEFORE_ANOTHER = frozenset(without_accents(word).upper() for word in _ANOTHER | _ANOTHER_STILL | {"or"}) - {"AND"}
"""Those of them in capital letters without accents."""
_FOOTNOTES = " *†‡§¹²³⁴⁵⁶⁷⁸⁹"
_BETWEEN = (";", "|", "\n", "\r")
_FEWEST_INITIALS = 3


def names_within(name: str) -> list[str]:
    """Names that a name holds between commas, slashes, dashes and brackets and behind words for another one; none where it is one name.

    Words for places, shares and par values between marks are none.

    Examples
    --------
    >>> names_within("Qorvex Holdings Ltd (formerly Zeltron AG)"), names_within("Petróleo Brasileiro S.A. - Petrobras"), names_within("Coca-Cola Co")
    (['Qorvex Holdings Ltd', 'Zeltron AG'], ['Petróleo Brasileiro S.A.', 'Petrobras'], [])
    """
    written = name
    for mark in (*_PART_MARKS, *_BETWEEN):
        written = written.replace(mark, " ; ")
    words, behind = [], False
    for word in written.split():
        plain = word.casefold().strip(".:")
        if plain in _ANOTHER or (behind and plain in _ANOTHER_STILL):
            words.append(";")
        else:
            words.append(word)
        behind = words[-1] == ";"
    parts = [part.strip().rstrip(_FOOTNOTES) for part in " ".join(words).split(";") if part.strip()]
    return [part for part in parts if not part.isascii() or name_says_who(part)] if parts != [name] else []


def initials_of(name: str) -> list[str]:
    """What the first letters of a name spell, of three words or more, without and with that of its legal form; such names are called so.

    Examples
    --------
    >>> initials_of("Taiwan Semiconductor Manufacturing Company Limited"), initials_of("Industrial and Commercial Bank of China Limited")
    (['TSM', 'TSMC'], ['ICBC', 'ICBCL'])
    >>> initials_of("Sony Group Corporation"), initials_of("LVMH")
    ([], [])
    """
    words = plain_words(name)
    kept = [word for word in words if word not in STOP_WORDS and word.isalpha()]
    if len(kept) < _FEWEST_INITIALS:
        return []
    short = "".join(word[0] for word in kept)
    forms = words[words.index(kept[-1]) + 1 :]
    return [short, *(short + form[0] for form in forms[:1])]
