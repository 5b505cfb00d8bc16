"""One EDGAR filing as XML: the information table of a 13F, or an N-PORT report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.raw_table import RawTable, frame_table

__all__ = ["filing_table"]

LARGEST_FILING_BYTES = 200 << 20


def filing_table(path: Path) -> RawTable:
    """The rows of one filing, as a table that :func:`~impact.holdings.readers.read_holdings` interprets.

    The value of a 13F information table is kept out of the positions: whether it is in dollars or in thousands depends on
    the day of filing, which the table does not carry.

    Raises
    ------
    InputError
        If the file is not well formed, declares a document type, or is neither of the two forms.
    """
    if path.stat().st_size > LARGEST_FILING_BYTES:
        raise InputError(
            f"path={str(path)!r} has {path.stat().st_size:,} bytes, more than one filing can; read the SEC data set with read_nport."
        )
    with path.open("rb") as stream:
        if b"<!DOCTYPE" in stream.read(65536):
            raise InputError(f"path={str(path)!r} declares a document type, which no EDGAR filing does; download the filing again.")
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise InputError(f"path={str(path)!r} is not well-formed XML ({error}); download the filing again.") from error
    rows = list(_information_table(root)) or list(_portfolio_report(root))
    if not rows:
        raise InputError(
            f"path={str(path)!r} is neither a 13F information table nor an N-PORT report with holdings (root element {_local(root.tag)!r})."
        )
    return frame_table(pd.DataFrame(rows), None, where=f"path={str(path)!r}")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(element: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {_local(child.tag): child for child in element}


def _text(children: dict[str, ElementTree.Element], name: str) -> str:
    found = children.get(name)
    return (found.text or "").strip() if found is not None else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _information_table(root: ElementTree.Element) -> Iterator[dict[str, object]]:
    for element in root.iter():
        if _local(element.tag) != "infoTable":
            continue
        cells = _children(element)
        amount = _children(cells["shrsOrPrnAmt"]) if "shrsOrPrnAmt" in cells else {}
        principal = _text(amount, "sshPrnamtType").upper() == "PRN"
        yield {
            "Name": _text(cells, "nameOfIssuer"),
            "Asset Class": "bond" if principal else _text(cells, "titleOfClass"),
            "CUSIP": _text(cells, "cusip").zfill(9),
            "FIGI": _text(cells, "figi"),
            "Shares": _number(_text(amount, "sshPrnamt")),
            "Put/Call": _text(cells, "putCall"),
            "value as filed, unit by filing date": _number(_text(cells, "value")),
        }


def _portfolio_report(root: ElementTree.Element) -> Iterator[dict[str, object]]:
    header = next((_children(element) for element in root.iter() if _local(element.tag) == "genInfo"), {})
    day, fund = _text(header, "repPdDate"), _text(header, "seriesName")
    for element in root.iter():
        if _local(element.tag) != "invstOrSec":
            continue
        cells = _children(element)
        codes = _children(cells["identifiers"]) if "identifiers" in cells else {}
        short = _text(cells, "payoffProfile").lower() == "short"
        amount = _number(_text(cells, "balance")) if _text(cells, "units").upper() == "NS" else np.nan
        cusip = _text(cells, "cusip").upper()
        yield {
            "Fund": fund,
            "Name": _text(cells, "title") or _text(cells, "name"),
            "ISIN": codes["isin"].get("value", "") if "isin" in codes else "",
            "Ticker": codes["ticker"].get("value", "") if "ticker" in codes else "",
            "CUSIP": "" if cusip in ("N/A", "000000000") else cusip,
            "Shares": -abs(amount) if short else amount,
            "Market Value (USD)": _number(_text(cells, "valUSD")),
            "Weight (%)": _number(_text(cells, "pctVal")),
            "Asset Class": _text(cells, "assetCat"),
            "Country": _text(cells, "invCountry"),
            "As Of Date": day,
        }
