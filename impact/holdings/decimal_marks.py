"""The decimal mark of a file of positions: by the form of its cells, else by its own arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.holdings.fields import NUMBER_FIELDS
from impact.holdings.raw_tables import RawTable
from impact.intake.numbers import decimal_of_columns, parse_numbers

__all__ = ["file_decimal"]


def file_decimal(raw: RawTable) -> tuple[str, bool, dict[str, str]]:
    """The decimal mark of the file, and whether its cells tell it: by their form, or since quantity times price gives the value; and that of
    each column of text, empty where its cells do not tell it."""
    columns = [name for name in NUMBER_FIELDS if name in raw.cells and raw.cells[name].dtype.kind not in "iuf"]
    texts = [raw.cells[name].where(~raw.numeric[name], "") if name in raw.numeric else raw.cells[name] for name in columns]
    mark, told, marks = decimal_of_columns([text.str.strip() for text in texts], raw.separator)
    fitting = "" if told else _mark_by_products(dict(zip(columns, texts, strict=True)))
    return fitting or mark, told or bool(fitting), dict(zip(columns, marks, strict=True))


def _mark_by_products(texts: Mapping[str, pd.Series]) -> str:
    """The decimal mark with which most values are quantity times price, in one currency or at the printed rate; empty if both or none."""
    if not {"quantity", "price", "market_value"} <= texts.keys():
        return ""
    fitting = []
    for mark in (".", ","):
        quantity, price, value, rate = (
            parse_numbers(texts[name], decimal=mark).values if name in texts else np.ones(len(texts["quantity"]))
            for name in ("quantity", "price", "market_value", "fx")
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.abs(quantity * price / value)
            fits = np.logical_or.reduce([np.abs(one - 1.0) < 0.01 for one in (ratio, ratio * rate, ratio / rate)])
        known = np.isfinite(ratio) & (ratio > 0)
        if known.any() and fits[known].mean() > 0.5:
            fitting.append(mark)
    return fitting[0] if len(fitting) == 1 else ""
