"""The issuer that the name of a bond, an option or a swap refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from impact.facts.name_words import name_words
from impact.facts.names import COMMON_WORDS, plain_words
from impact.facts.screening import ScreeningTargets
from impact.screening.broker_tickers import begins_as_one, name_agrees, telling_words

__all__ = ["REFERRING", "issuers_beginning", "issuers_in_short", "reference_name"]

REFERRING = frozenset({"bond", "option", "future", "swap", "warrant", "right", "receipt"})
"""Kinds of instrument whose name holds an issuer and words of its own."""

_TERMS = frozenset(
    {"BOND", "BONDS", "NOTE", "NOTES", "NT", "NTS", "SR", "SENIOR", "SUB", "SUBORDINATED", "UNSEC", "UNSECURED", "PERP", "PERPETUAL",
     "FLOAT", "FLOATING", "FRN", "VAR", "VARIABLE", "MTN", "EMTN", "GMTN", "REGS", "144A", "CONV", "CONVERTIBLE", "CB", "DUE",
     "COUPON", "ZERO", "CALL", "PUT", "CALLS", "PUTS", "OPTION", "OPTIONS", "OPT", "SWAP", "SWAPS", "TRS", "EQS", "EQUITY", "TOTAL",
     "RETURN", "WARRANT", "WARRANTS", "WTS", "FUTURE", "FUTURES", "FUT", "CFD", "STRIKE", "EXP", "EXPIRY", "JAN", "FEB", "MAR", "APR",
     "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "LONG", "SHORT", "ON", "USD", "HKD", "CNY", "CNH", "RMB", "EUR", "GBP",
     "JPY", "SERIES", "SER", "TRANCHE", "LINKED", "STRUCTURED", "CERT", "CERTIFICATE", "PNOTE", "PARTICIPATION", "FIN", "FINANCE",
     "FUNDING", "TREASURY"}
)  # fmt: skip

_LETTERS, _SHORTEST = 5, 3


def reference_name(name: str) -> str:
    """A name without coupon, maturity, strike and words of the instrument.

    Examples
    --------
    >>> reference_name("SMIC 2.693 02/27/25"), reference_name("TRS ON XIAOMI CORP"), reference_name("CNOOC FIN 2013 4.25% 05/09/43 144A")
    ('SMIC', 'XIAOMI CORP', 'CNOOC')
    """
    words = [word for word in plain_words(name) if word not in _TERMS and (word.isalpha() or not any(map(str.isdigit, word)))]
    return " ".join(words)


def issuers_beginning(names: Iterable[str], targets: ScreeningTargets) -> Mapping[str, int]:
    """Name -> the first target whose name begins it or that it begins: financing vehicles bear the name of their parent.

    Names that begin as no target does are left out.
    """
    by_first: dict[str, list[tuple[str, int]]] = {}
    as_one: dict[str, list[tuple[list[str], int]]] = {}
    for listed, target in zip(targets.names["name"], targets.names["target"], strict=True):
        if words := telling_words(listed):
            by_first.setdefault(words[0], []).append((listed, int(target)))
            as_one.setdefault("".join(words)[:_LETTERS], []).append((words, int(target)))
    near: dict[str, int] = {}
    for name in dict.fromkeys(names):
        if words := telling_words(name):
            agreeing = [target for listed, target in by_first.get(words[0], ()) if name_agrees(name, listed)]
            apart = as_one.get("".join(words)[:_LETTERS], ())
            agreeing = agreeing or [target for others, target in apart if begins_as_one(words, others)]
            near |= {name: agreeing[0]} if agreeing else {}
    return near


def issuers_in_short(names: Iterable[str], targets: ScreeningTargets) -> Mapping[str, int]:
    """Name -> the first target of whose name it has no word but such, perhaps shortened, one of them told by few companies: LEUMI, SANTANDER."""
    listed = [
        (frozenset(telling_words(name)), int(target)) for name, target in zip(targets.names["name"], targets.names["target"], strict=True)
    ]
    near: dict[str, int] = {}
    for name in dict.fromkeys(names):
        words = [word for word in telling_words(name) if len(word) >= _SHORTEST and word not in name_words("share")]
        own = {word for word in words if len(word) > _SHORTEST and word not in COMMON_WORDS}
        fitting = [target for whole, target in listed if own & whole and all(_shortened(word, whole) for word in words)]
        if fitting:
            near[name] = fitting[0]
    return near


def _shortened(word: str, whole: frozenset[str]) -> bool:
    return any(one.startswith(word) for one in whole)
