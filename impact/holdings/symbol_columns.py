"""Columns that hold more than their heading says: terminal tickers among names, codes with the name behind, tickers among codes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.coded import isins_in_names, sorted_codes
from impact.holdings.distinct import per_distinct
from impact.holdings.fields import TEXT_FIELDS
from impact.intake.numbers import MISSING_TEXT

__all__ = ["text_cells"]

_TERMINAL_TICKER = r"^[^\sa-z]+(?: [^\sa-z]+)* (?:Equity|Index|Curncy|Comdty|Govt|Mtge|Pfd)$|^(?=.*\d)\S+(?: \S+)* Corp$"
"""A ticker is in capitals; words in other letters before *Equity* are a name (``Total International Equity``)."""

_CODED_NAME = r"([A-Za-z0-9.:\-]{1,12}) ?[(（]([^()（）]+)[)）]"
_NUMBERED_NAME = r"(\d{4,6}(?:\.[A-Z]{1,3})?) ?[(（]([^()（）]+)[)）]"


def _move_terminal_tickers(text: dict[str, pd.Series], source: str) -> None:
    """Terminal exports put ``941 HK Equity`` where others put the name: it is the ticker."""
    coded = per_distinct(text[source], lambda values: values.str.contains(_TERMINAL_TICKER, regex=True))
    if coded.any():
        present = text.get("ticker", pd.Series([""] * len(coded), dtype="str"))
        text["ticker"] = present.where(~coded | (present != ""), text[source])
        if source == "identifier":
            text[source] = text[source].where(~coded, "")


def _split_coded_names(text: dict[str, pd.Series]) -> None:
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


def _split_symbols(text: dict[str, pd.Series]) -> None:
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


_MAY_BE_CODE = r"[A-Z]{2}[A-Z0-9]{9}\d|[A-Z0-9]{8}\d|(?=(?:\d*[B-DF-HJ-NP-TV-Z]){2})[0-9B-DF-HJ-NP-TV-Z]{6}\d"
"""An ISIN, a CUSIP, or a SEDOL of two letters or more: a symbol has no such length and form but by chance, and no check digit."""


def _move_codes(text: dict[str, pd.Series]) -> None:
    """Brokers print the code of a fund or bond where others print the symbol: with its check digit it is no ticker."""
    if "ticker" not in text:
        return
    alike = text["ticker"].str.fullmatch(_MAY_BE_CODE).to_numpy(dtype=bool)
    if not alike.any():
        return
    by_kind, _ = sorted_codes(text["ticker"].where(alike, ""))
    coded = np.logical_or.reduce([(codes != "").to_numpy(dtype=bool) for codes in by_kind.values()])
    present = text.get("identifier", pd.Series([""] * len(alike), dtype="str"))
    free = coded & (present == "").to_numpy(dtype=bool)
    text["identifier"] = present.where(~free, text["ticker"])
    text["ticker"] = text["ticker"].where(~free, "")


def text_cells(cells: pd.DataFrame) -> dict[str, pd.Series]:
    """Field -> cells of text, with tickers and codes taken out of names and of columns that hold several kinds."""
    text = {name: _stripped(cells[name]) for name in TEXT_FIELDS if name in cells}
    for source in [field for field in ("name", "identifier", "symbol_or_code") if field in text]:
        _move_terminal_tickers(text, source)
    _split_coded_names(text)
    _split_symbols(text)
    _move_codes(text)
    return text


def _stripped(column: pd.Series) -> pd.Series:
    def strip(values: pd.Series) -> pd.Series:
        trimmed = values.astype("str").str.strip(" \t\r\n\xa0\ufeff\u202f")
        return trimmed.where(~trimmed.str.lower().isin(MISSING_TEXT - {"na"}), "").astype("str")

    return per_distinct(column, strip)
