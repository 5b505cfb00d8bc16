"""The words that questions about the law are asked in, and how a security is named."""

from __future__ import annotations

from collections.abc import Sequence

from impact.errors import InputError
from impact.tickers import normalise_ticker

__all__ = ["ACTIONS", "INSTRUMENTS", "INVESTORS", "PHASES", "STATUSES", "checked_word", "line_key", "lines_of"]

ACTIONS = ("buy", "sell", "sell_to_divest", "hold", "reinvest_dividend", "receive_dividend", "convert_adr", "clear_for_non_us", "exercise")
"""What one may want to do. ``sell`` is any sale, ``sell_to_divest`` one made solely to shed what was held when a ban began."""

INVESTORS = ("us_person", "us_intermediary", "us_exchange", "us_employee_abroad", "non_us_person")
"""Who acts. ``us_intermediary``: broker, custodian or market maker; ``us_employee_abroad``: US person employed by a non-US firm."""

INSTRUMENTS = ("equity", "bond", "adr", "gdr", "warrant", "option", "future", "swap", "etf", "index_fund", "mutual_fund")
"""What is traded: the line itself or an instrument with exposure to it."""

STATUSES = ("allowed", "prohibited", "unknown")

PHASES = ("unlisted", "before_ban", "window", "after_window", "removed", "listed")
"""Where an instant falls on the clock of a name. Programmes without a clock know ``listed`` alone."""


def checked_word(value: str, words: Sequence[str], parameter: str) -> str:
    """`value` when it is one of `words`; InputError that lists them otherwise."""
    if value not in words:
        raise InputError(f"{parameter}={value!r} is unknown; choose one of: {', '.join(words)}.")
    return value


def line_key(text: str) -> str:
    """One spelling for a trading line or an identifier: ``941 HK`` and ``00941.HK`` both give ``0941.HK``."""
    words = " ".join(str(text).upper().split())
    line = normalise_ticker(words)
    return line.yahoo if line is not None and line.yahoo else words


def lines_of(text: str) -> tuple[str, ...]:
    """Trading lines of a cell that holds lines joined by semicolons, such as ``CHL;0941.HK``, each once in one spelling."""
    return tuple(dict.fromkeys(line_key(part) for part in text.split(";") if part.strip()))
