"""What the cells of a column are, whatever its heading says: numbers, words, or neither for certain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from impact.holdings.column_doubts import NUMERIC_KINDS, Doubt
from impact.holdings.columns import ColumnPlan, plan_columns, with_other_column
from impact.holdings.fields import IDENTITY_FIELDS
from impact.holdings.heading_vocabulary import is_bare_total, readings_of
from impact.holdings.histories import begin_with_trades, is_view, trade_headings
from impact.holdings.other_columns import with_filled_price, with_unknown_names
from impact.holdings.quantity_parts import is_part_of_quantity
from impact.holdings.sides import says_sides
from impact.holdings.unknown_headings import unknown_amounts
from impact.identifiers import valid_identifiers
from impact.intake.currencies import CURRENCIES, CURRENCY_PARTS
from impact.intake.headings import heading_key
from impact.intake.numbers import MISSING_TEXT, money_marked, parse_numbers
from impact.typing_ import FloatArray, IntArray

__all__ = ["column_kinds", "plan_for_cells"]

_ASKED = 500
"""Rows asked, evenly spaced."""
_NEARLY_ALL = 0.9
_MOST, _CENT, _ROUNDED = 2.0 / 3.0, 0.0101, 5e-4
"""Most of the lines; a product differs from its value by a cent, and by what rounding the price leaves."""
_WORDS = re.compile(r"^[^\W\d_].*[^\W\d_]")
_SIDES = 6
"""More words than that are no long and short."""
_NUMBER_KINDS = "iuf"
_USUAL = re.compile(r"-?[$€£]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?|-?[€£]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?%?")
_CODE = re.compile(r"[1-9]\d{4,8}")
_CUSIP = re.compile(r"[A-Z0-9*@#]{8}\d")
_OF_ORDERS = frozenset(map(heading_key, ("product", "produkt", "produit", "producto", "prodotto")))
"""Headings of names that some brokers give the kinds of their orders."""
_KINDS_OF_ORDERS = frozenset({"cnc", "mis", "nrml", "co", "bo", "mtf", "delivery", "intraday", "normal", "margin"})
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d(?:$|[^A-Za-z0-9])")


def column_kinds(cells: pd.DataFrame) -> tuple[str, ...]:
    """The kind of each column: ``number``, ``text``, or empty where neither makes up nine cells in ten.

    ``money`` are numbers with the sign of a currency, ``isin`` and ``cusip`` cells of that form, ``currency`` codes of currencies, ``side`` the words long and short; ``code`` are numbers of five to nine digits that never repeat: codes where the heading may mean one, else numbers.

    Parameters
    ----------
    cells : DataFrame
        Text, or numbers and dates where the file types its columns. Rows with fewer than two filled cells are asked nothing: they are
        remarks.

    Examples
    --------
    >>> column_kinds(pd.DataFrame({0: ["CNOOC 3 2029", "Xiaomi"], 1: ["1,000", "(25)"], 2: ["n/a", ""], 3: ["2021-01-14", "14.1.21"]}))
    ('text', 'number', '', '')
    """
    spaced = cells.iloc[:: max(1, len(cells) // _ASKED)]
    filled = np.sum([(spaced[name].notna() & (spaced[name].astype("str").str.strip() != "")).to_numpy() for name in spaced], axis=0)
    asked = spaced[filled >= 2] if len(spaced.columns) > 1 else spaced
    return tuple(_kind(asked[name]) for name in asked)


def _kind(column: pd.Series) -> str:
    if column.dtype.kind in _NUMBER_KINDS:
        return "number" if column.notna().any() else ""
    if column.dtype.kind in "Mmb":
        return ""
    cells = [cell for cell in (str(cell).strip() for cell in column.tolist()) if cell.lower() not in MISSING_TEXT]
    if not cells:
        return ""
    words = set(cells)
    if words <= CURRENCIES | CURRENCY_PARTS.keys():
        return "currency"
    if len(words) <= _SIDES and says_sides(words):
        return "side"
    least = _NEARLY_ALL * len(cells)
    if sum(map(bool, map(_ISIN.match, cells))) >= least:
        return "isin"
    if len(words) > 2 and sum(map(bool, map(_CUSIP.fullmatch, cells))) >= least and valid_identifiers(cells, "cusip").sum() >= least:
        return "cusip"
    digits = [any(map(str.isnumeric, cell)) for cell in cells]  # a cell without a digit is no number: most names
    if sum(digits) >= least:
        readable = _readable([cell for cell, digit in zip(cells, digits, strict=True) if digit])
        if all(digits) and all(readable) and len(cells) > 1 and len(set(cells)) == len(cells) and all(map(_CODE.fullmatch, cells)):
            return "code"
        if sum(readable) >= least:
            return "money" if money_marked(pd.Series(cells, dtype="str")).mean() >= _NEARLY_ALL else "number"
    wordy = [cell for cell in cells if _WORDS.search(cell)]
    figures = [cell for cell in wordy if any(map(str.isnumeric, cell))]
    return "text" if len(wordy) - sum(_readable(figures)) >= least else ""


def _readable(cells: Sequence[str]) -> list[bool]:
    """Which cells are numbers; those of the usual forms are not read for it."""
    readable = [_USUAL.fullmatch(cell) is not None for cell in cells]
    left = [place for place, usual in enumerate(readable) if not usual]
    if left:
        for place, value in zip(left, parse_numbers(pd.Series([cells[place] for place in left], dtype="str")).values, strict=True):
            readable[place] = bool(np.isfinite(value))
    return readable


def _same(column: pd.Series) -> bool:
    """Whether every line of several says the same."""
    return len(column) > 1 and bool(column.iloc[[0, -1]].nunique(dropna=False) == 1) and column.nunique(dropna=False) == 1


def plan_for_cells(
    cells: pd.DataFrame, rows: IntArray, plan: ColumnPlan, columns: Mapping[str, str] | None, *, shift: int = 0
) -> ColumnPlan:
    """The plan of a table once its cells are known; that of the headings alone where no cell is an amount, so that each row says so.

    Parameters
    ----------
    cells : DataFrame
        Of the whole sheet.
    rows : (n,) int
        Positions of the rows of the table.
    plan : ColumnPlan
        By the headings alone.
    columns : mapping of field to heading, optional
        The caller's own map.
    shift : int
        Column of the first heading.
    """
    if not len(rows):
        return plan
    numbers = list(range(shift, min(cells.shape[1], shift + len(plan.headings))))
    own = cells[numbers].take(rows)
    kinds, same = _with_repeated(own, plan.headings, column_kinds(own)), tuple(_same(own[number]) for number in numbers)
    again = plan_columns(plan.headings, columns, kinds=kinds, same=same)
    value = again.position.get("market_value", -1)
    if (
        value >= 0
        and "market_value" not in (columns or {})
        and is_bare_total(again.headings[value])
        and not _is_confirmed(own, again, shift)
    ):
        kinds = (*kinds[:value], "unconfirmed", *kinds[value + 1 :])
        again = plan_columns(plan.headings, columns, kinds=kinds, same=same)
        plan = replace(plan, position={name: number for name, number in plan.position.items() if number != value}, decided=again.decided)
    mapped = frozenset(number for name, number in again.position.items() if name in (columns or {}))
    if "quantity" in again.position and "quantity" not in (columns or {}):
        again = _with_quantity_by_product(own, again, kinds, mapped, shift)
    spaced = own.iloc[:: max(1, len(own) // _ASKED)]
    if "price" in again.position and "price" not in (columns or {}):
        again = with_filled_price(spaced, again, kinds, mapped, shift=shift)
    if again.is_usable:
        again = with_unknown_names(spaced, again, kinds, shift=shift)
    done = [number for number, kind in enumerate(kinds) if kind == "text" and _tells_trades(spaced[number + shift], plan.headings[number])]
    days = own[again.position["as_of"] + shift].nunique() if "as_of" in again.position else 0
    if done and (trade_headings(plan.headings) or days > 1):  # positions are of one day
        return replace(plan, is_transactions=True)
    if done and days:
        again = replace(again, decided=(*again.decided, _perhaps_trades(plan.headings[done[0]])))
    no_amount = any(name in again.position for name in IDENTITY_FIELDS) and not again.is_usable
    if no_amount:
        return plan
    asked = unknown_amounts(spaced, again, kinds, mapped, shift=shift)
    return replace(again, decided=(*again.decided, *asked)) if asked else again


def _tells_trades(column: pd.Series, heading: str) -> bool:
    """Whether a column of words tells of most lines what was done, and not what somebody would do."""
    return not is_view(heading) and begin_with_trades([str(cell) for cell in column])


def _perhaps_trades(heading: str) -> Doubt:
    problem = "every line says that it was bought or sold, on one day: a list of transactions?"
    return ("as_of", heading, problem, "read as positions: if they are transactions, export the positions held")


def _with_repeated(cells: pd.DataFrame, headings: Sequence[str], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds with that of a column of products which says nothing but kinds of orders."""
    return tuple(
        "repeated" if kind == "text" and heading_key(heading) in _OF_ORDERS and _says_orders(cells[column]) else kind
        for column, heading, kind in zip(cells, headings, kinds, strict=False)
    )


def _says_orders(column: pd.Series) -> bool:
    return {heading_key(cell) for cell in column.unique()} - {""} <= _KINDS_OF_ORDERS


def _with_quantity_by_product(
    cells: pd.DataFrame, plan: ColumnPlan, kinds: Sequence[str], mapped: frozenset[int], shift: int
) -> ColumnPlan:
    """The plan with that of several columns of quantities whose product with the price is the value; what is said where it is not the first."""
    chosen = plan.position["quantity"]
    others = [
        number
        for number, heading in enumerate(plan.headings)
        if number not in plan.used
        and kinds[number] in NUMERIC_KINDS
        and not is_part_of_quantity(heading)
        and [name for name, _ in readings_of(heading)][:1] == ["quantity"]
    ]
    if not others:
        return plan
    spaced = cells.iloc[:: max(1, len(cells) // _ASKED)].astype("str")
    marks = (".", ",")
    shares = {mark: {number: _figures(spaced, number + shift, mark) for number in (chosen, *others)} for mark in marks}
    mark = max(marks, key=lambda mark: np.isfinite(shares[mark][chosen]).sum())
    figures = shares[mark]
    differ = [number for number in others if _differ(figures[chosen], figures[number])]
    if not differ:
        return plan
    fits = {number: _is_product(spaced, plan, figures[number], mark, shift) for number in (chosen, *differ)}
    if fits[chosen]:
        return plan
    best = next((number for number in differ if fits[number]), chosen)
    listed = ", ".join(plan.headings[number] for number in (chosen, *differ) if number != best)
    problem = f"{listed} may mean the quantity as well, with other figures" + (
        ", and not with the price the value" if best != chosen else ", and nothing in the table tells which"
    )
    said = ("quantity", plan.headings[best], problem, f"read as quantity; for another map quantity={listed.split(', ')[0]}")
    return with_other_column(plan, "quantity", best, said, mapped) if best != chosen else replace(plan, decided=(*plan.decided, said))


def _figures(cells: pd.DataFrame, number: int, mark: str) -> FloatArray:
    return parse_numbers(cells[number], decimal=mark).values


def _differ(one: FloatArray, other: FloatArray) -> bool:
    both = np.isfinite(one) & np.isfinite(other)
    return bool((one[both] != other[both]).any())


def _is_product(cells: pd.DataFrame, plan: ColumnPlan, quantity: FloatArray, mark: str, shift: int) -> bool:
    """Whether values are that quantity times price on most lines."""
    if not {"price", "market_value"} <= plan.position.keys():
        return False
    price, value = (_figures(cells, plan.position[name] + shift, mark) for name in ("price", "market_value"))
    with np.errstate(invalid="ignore"):
        product = quantity * price
        asked = np.isfinite(product) & np.isfinite(value) & (value != 0.0)
        near = np.abs(value - product)[asked] <= _CENT + _ROUNDED * np.abs(value)[asked]
    return bool(near.size) and float(near.mean()) >= _MOST


def _is_confirmed(cells: pd.DataFrame, plan: ColumnPlan, shift: int) -> bool:
    """Whether the values are quantity times price, those of another column of values, or as the weights are, on most lines or on most of one currency."""
    spaced = cells.iloc[:: max(1, len(cells) // _ASKED)].astype("str")
    place = {name: number + shift for name, number in plan.position.items()}
    others = [
        number + shift
        for number, heading in enumerate(plan.headings)
        if number + shift in cells
        and number + shift != place["market_value"]
        and [name for name, _ in readings_of(heading)][:1] == ["market_value"]
    ]
    currency = spaced[place["currency"]].to_numpy() if "currency" in place else np.full(len(spaced), "")
    for mark in (".", ","):
        known = {number: parse_numbers(spaced[number], decimal=mark).values for number in {*place.values(), *others}}
        told = [known[number] for number in others]
        if {"quantity", "price"} <= place.keys():
            told.append(known[place["quantity"]] * known[place["price"]])
        if "weight" in place:  # values are the weights of one book
            share = known[place["weight"]]
            both = np.isfinite(share) & np.isfinite(known[place["market_value"]])
            whole = share[both].sum()
            told += [share * (known[place["market_value"]][both].sum() / whole)] if whole else []
        for value in told:
            stated = known[place["market_value"]]
            asked = np.isfinite(value) & np.isfinite(stated) & (value != 0.0)
            fits = pd.Series(np.abs(stated - value) <= _CENT + _ROUNDED * np.abs(value))[asked]
            if (fits.groupby(currency[asked]).mean() >= _MOST).any():
                return True
    return False
