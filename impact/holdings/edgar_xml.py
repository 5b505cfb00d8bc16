"""One EDGAR filing as XML: the information table of a 13F, or an N-PORT report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.coded import completed_cusip
from impact.intake.columnar import frame_sheet
from impact.intake.markup import parse_xml
from impact.intake.records import RawFile

__all__ = ["filing_tables"]


def filing_tables(path: Path) -> tuple[RawFile, float] | None:
    """The rows of one filing as a table that :func:`~impact.holdings.readers.read_holdings` interprets, and its net assets (NaN: none).

    None when the XML is no filing. The value of a 13F information table is kept out of the positions: whether it is in dollars or in
    thousands depends on the day of filing, which the table does not carry.

    Raises
    ------
    InputError
        If the file is a filing without holdings, is not well formed, or declares a document type.
    """
    root = parse_xml(path.read_bytes(), where=f"path={str(path)!r}")
    rows = list(_information_table(root)) or list(_portfolio_report(root))
    if not rows:
        if _local(root.tag) in ("informationTable", "edgarSubmission"):
            raise InputError(
                f"path={str(path)!r} is an EDGAR filing without holdings (root element {_local(root.tag)!r}); download it again."
            )
        return None
    totals = next((_children(element) for element in root.iter() if _local(element.tag) == "fundInfo"), {})
    return RawFile(path=str(path), kind="xml", sheets=(frame_sheet(pd.DataFrame(rows)),)), _number(_text(totals, "netAssets"))


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _children(element: Any) -> dict[str, Any]:
    return {_local(child.tag): child for child in element}


def _text(children: dict[str, Any], name: str) -> str:
    child = children.get(name)
    return (child.text or "").strip() if child is not None else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _information_table(root: Any) -> Iterator[dict[str, object]]:
    for element in root.iter():
        if _local(element.tag) != "infoTable":
            continue
        cells = _children(element)
        amount = _children(cells["shrsOrPrnAmt"]) if "shrsOrPrnAmt" in cells else {}
        principal = _text(amount, "sshPrnamtType").upper() == "PRN"
        yield {
            "Name": _text(cells, "nameOfIssuer"),
            "Asset Class": "bond" if principal else _text(cells, "titleOfClass"),
            "CUSIP": completed_cusip(_text(cells, "cusip").upper()),
            "FIGI": _text(cells, "figi"),
            "Shares": _number(_text(amount, "sshPrnamt")),
            "Put/Call": _text(cells, "putCall"),
            "value as filed, unit by filing date": _number(_text(cells, "value")),
        }


_CONTRACTS = {"SWP": "swap", "SWO": "option", "OPT": "option", "FUT": "future", "FWD": "forward", "WAR": "warrant"}


def _contract(cells: dict[str, Any]) -> tuple[str, str, float]:
    """Kind of a derivative, the security that it is on (its ISIN, else its ticker, else its name) and its notional amount."""
    inside = [] if "derivativeInfo" not in cells else list(cells["derivativeInfo"].iter())
    kind = next((_CONTRACTS.get(element.get("derivCat", ""), "") for element in inside if element.get("derivCat")), "")
    reference = next((element for element in inside if _local(element.tag) in ("otherRefInst", "indexBasketInfo")), None)
    codes = {} if reference is None else {_local(element.tag): element for element in reference.iter()}
    coded = next((codes[name].get("value", "") for name in ("isin", "ticker") if name in codes), "")
    underlying = coded or _text(codes, "issueTitle") or _text(codes, "issuerName") or _text(codes, "indexName")
    notional = next((_number(element.text or "") for element in inside if _local(element.tag) == "notionalAmt"), np.nan)
    return kind, underlying, notional


def _portfolio_report(root: Any) -> Iterator[dict[str, object]]:
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
        contract, underlying, notional = _contract(cells)
        yield {
            "Fund": fund,
            "Name": _text(cells, "title") or _text(cells, "name"),
            "ISIN": codes["isin"].get("value", "") if "isin" in codes else "",
            "Ticker": codes["ticker"].get("value", "") if "ticker" in codes else "",
            "CUSIP": "" if cusip in ("N/A", "000000000") else cusip,
            "Shares": -abs(amount) if short else amount,
            "Market Value (USD)": _number(_text(cells, "valUSD")),
            "Weight (%)": _number(_text(cells, "pctVal")),
            "Notional Value": notional,
            "Asset Class": contract or _text(cells, "assetCat"),
            "Underlying": underlying,
            "Country": _text(cells, "invCountry"),
            "As Of Date": day,
        }
