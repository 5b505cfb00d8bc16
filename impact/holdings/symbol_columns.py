"""Columns that hold more than their heading says: terminal tickers among names, codes with the name behind, tickers among codes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.coded import isins_in_names, sorted_codes
from impact.holdings.distinct import per_distinct

__all__ = ["move_terminal_tickers", "split_coded_names", "split_symbols"]

_TERMINAL_TICKER = r"^\S+(?: \S+)* (?:Equity|Index|Curncy|Comdty|Govt|Mtge|Pfd)$|^(?=.*\d)\S+(?: \S+)* Corp$"

_CODED_NAME = r"([A-Za-z0-9.:\-]{1,12}) ?[(（]([^()（）]+)[)）]"
_NUMBERED_NAME = r"(\d{4,6}(?:\.[A-Z]{1,3})?) ?[(（]([^()（）]+)[)）]"


def move_terminal_tickers(text: dict[str, pd.Series], source: str) -> None:
    """Terminal exports put ``941 HK Equity`` where others put the name: it is the ticker."""
    coded = per_distinct(text[source], lambda values: values.str.contains(_TERMINAL_TICKER, regex=True))
    if coded.any():
        present = text.get("ticker", pd.Series([""] * len(coded), dtype="str"))
        text["ticker"] = present.where(~coded | (present != ""), text[source])
        if source == "identifier":
            text[source] = text[source].where(~coded, "")


def split_coded_names(text: dict[str, pd.Series]) -> None:
    """``00981 (SMIC)`` is a code with the name behind it: in a column of codes, and in one of names where nothing else gives codes.

    An ISIN in a name is the code of its line where no other column gives one.
    """
    if "name" in text and not {"isin", "identifier"} & text.keys() and (told := isins_in_names(text["name"]))[0].any():
        text["isin"], text["name"] = told
    for source in ("ticker", "symbol_or_code", "identifier", "name"):
        if source not in text or (source == "name" and {"ticker", "symbol_or_code", "identifier"} & text.keys()):
            continue
        form = _CODED_NAME if source != "name" else _NUMBERED_NAME
        both = text[source].str.fullmatch(form).to_numpy(dtype=bool)
        if not both.any():
            continue
        code, name = (text[source].str.replace(form, group, regex=True).where(both, "") for group in (r"\1", r"\2"))
        names = text.get("name", pd.Series([""] * len(both), dtype="str"))
        codes = text.get("ticker", pd.Series([""] * len(both), dtype="str")) if source == "name" else text[source]
        text["ticker" if source == "name" else source] = codes.where(~both, code)
        text["name"] = names.where(~both | ((names != "") & (source != "name")), name)


def split_symbols(text: dict[str, pd.Series]) -> None:
    """A column that mixes tickers with codes (``Symbol/CUSIP``): what is no code is a ticker."""
    if "symbol_or_code" not in text:
        return
    mixed = text.pop("symbol_or_code")
    by_kind, _ = sorted_codes(mixed)
    coded = np.logical_or.reduce([(codes != "").to_numpy() for codes in by_kind.values()])
    blank = pd.Series([""] * len(mixed), dtype="str")
    ticker, identifier = text.get("ticker", blank), text.get("identifier", blank)
    text["ticker"] = ticker.where((ticker != "") | coded, mixed)
    text["identifier"] = identifier.where((identifier != "") | ~coded, mixed)
