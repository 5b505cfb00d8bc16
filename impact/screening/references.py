"""The issuer that the name of a bond, an option or a swap refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from impact.facts.names import plain_words
from impact.facts.screening import ScreeningTargets
from impact.screening.broker_tickers import name_agrees, telling_words

__all__ = ["REFERRING", "issuers_beginning", "reference_name"]

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
    for listed, target in zip(targets.names["name"], targets.names["target"], strict=True):
        for word in telling_words(listed)[:1]:
            by_first.setdefault(word, []).append((listed, int(target)))
    near = {}
    for name in dict.fromkeys(names):
        for word in telling_words(name)[:1]:
            agreeing = [target for listed, target in by_first.get(word, ()) if name_agrees(name, listed)]
            if agreeing:
                near[name] = agreeing[0]
    return near
