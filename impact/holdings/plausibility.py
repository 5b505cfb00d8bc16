"""Figures of a file that cannot all be right: value against quantity times price, printed against derived weights, dates, known closes.

Nothing here changes a figure. Each doubt says what it is, on which line, and what would mend it; a book without one is silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.holdings.fields import NUMBER_FIELDS
from impact.holdings.instruments import NOT_PRODUCTS
from impact.tables import prose
from impact.tables.stacking import stacked
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["doubts_by_closes", "doubts_of_file", "repeated_rows", "with_doubts"]

_COLUMNS = ("row", "column", "value", "problem", "action")
_NEAR, _FAR = 0.05, 0.5
"""A ratio within 5 % of a telling one is it; prices of another day differ by less than a half."""
_FEW = 20
"""More doubts of one kind are told as one, with their number and the first line."""
_POWERS = (1e2, 1e-2, 1e3, 1e-3, 1e4, 1e-4, 1e6, 1e-6)
_SPLITS = (2.0, 3.0, 4.0, 5.0, 10.0, 20.0)
_FIRST_DAY = pd.Timestamp("1970-01-01")
_WINDOW_DAYS = 7
"""A close of at most so many days before the holdings is compared."""
_WIDE, _WIDE_ADJUSTED = 1.6, 3.0


def doubts_of_file(rows: pd.DataFrame, *, one_currency: bool = True) -> pd.DataFrame:
    """What a file says against itself, as issues.

    Parameters
    ----------
    rows : DataFrame
        Positions, as :func:`~impact.holdings.readers.read_holdings` gives them.
    one_currency : bool
        Prices that name no currency are in that of the values; not where the heading of the values alone names one.

    Returns
    -------
    DataFrame
        row, column, value, problem, action.
    """
    return stacked((_none(), _values(rows, one_currency), _signs(rows), _copies(rows), _weights(rows), _dates(rows), _on_two_days(rows)))


def repeated_rows(kept: pd.DataFrame, given: Set[str]) -> pd.DataFrame:
    """Rows every cell of which, in the columns that are read, repeats an earlier row."""
    columns = [name for name in kept if name in given or (name in NUMBER_FIELDS and kept[name].notna().any()) or name == "as_of"]
    few = [name for name in ("quantity", "market_value", "name", "isin", "ticker") if name in columns]
    if few and not kept.duplicated(few).any():
        return _none()
    same = kept.duplicated(columns, keep="first").to_numpy()
    again = kept.loc[same, ["row"]].assign(column="", value=kept.loc[same, "name"])
    return again.assign(problem="every cell that is read repeats an earlier row", action="counted again")


def _on_two_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines of one holding that differ in their date alone: a history, of which each day is counted."""
    keys = ["account", "name", "ticker", "isin", "cusip", "sedol", "instrument", "put_call"]
    if rows["as_of"].nunique() < 2:
        return _none()
    latest = rows.groupby(keys, sort=False)["as_of"].transform("max")
    earlier = rows[(rows["as_of"] < latest).to_numpy()]
    said = "the same holding stands on a later date too: a history?"
    return pd.DataFrame(
        {
            "row": earlier["row"],
            "column": "as_of",
            "value": earlier["as_of"].dt.strftime("%Y-%m-%d"),
            "problem": said,
            "action": "counted as well: keep one date",
        }
    )


def _values(rows: pd.DataFrame, one_currency: bool) -> pd.DataFrame:
    """Lines whose value is off from quantity times price by a power of ten, or by more than prices of another day are."""
    quantity, price, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "price", "market_value"))
    unnamed = (rows["price_currency"] == "").to_numpy()
    same = (rows["price_currency"] == rows["currency"]).to_numpy() | (unnamed & one_currency)
    asked = (same | unnamed) & ~rows["instrument"].isin(NOT_PRODUCTS).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.abs(value / (quantity * price))
    asked &= np.isfinite(ratio) & (ratio > 0)
    if not asked.any():
        return _none()
    usual = float(np.median(ratio[asked]))
    # One factor for most lines is that of the printed unit, or a rate of exchange; lines are then compared with it.
    base = (
        usual if abs(usual - 1.0) > _NEAR and np.mean(np.abs(ratio[asked] / usual - 1.0) < _NEAR) >= 2.0 / 3.0 and asked.sum() >= 3 else 1.0
    )
    parts = []
    if base != 1.0 and same[asked].all():
        first = int(np.flatnonzero(asked)[0])
        said = f"values are {prose.significant(base, 4)} times quantity times price on most lines: another currency, or another unit?"
        parts.append(_issue(rows, first, "market_value", said, "kept as read: give the currency or the unit"))
    ratio = ratio / base
    # Where a price names no currency of its own, a rate of exchange may stand between: a power of ten alone is a doubt.
    power = np.any([np.abs(ratio / power - 1.0) < _NEAR for power in _POWERS], axis=0)
    off = asked & np.where(same, (ratio > 1.0 + _FAR) | (ratio < 1.0 - _FAR / 1.5), power)
    told = [f"value is {prose.significant(float(times), 4)} times quantity times price{_reading(float(times))}" for times in ratio[off]]
    parts.append(
        _listed(rows, off, "market_value", told, "kept as read: check value, quantity and price", "value is not quantity times price")
    )
    return stacked((_none(), *parts))


def _signs(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines whose quantity and value have different signs: what is short is owed."""
    off = (rows["quantity"] * rows["market_value"] < 0).to_numpy() & ~rows["instrument"].isin(NOT_PRODUCTS).to_numpy()
    said = "quantity and value have different signs: long or short?"
    return _listed(rows, off, "market_value", [said] * int(off.sum()), "kept as read: say which", said)


def _reading(times: float, near: float = _NEAR) -> str:
    """What a ratio may come from."""
    power = next((power for power in _POWERS if 1.0 / (1.0 + near) < times / power < 1.0 + near), None)
    if power is not None:
        return ": a hundredth of the currency on one side?" if power in (1e2, 1e-2) else ": another unit on one side?"
    split = next((n for n in _SPLITS if min(abs(times / n - 1.0), abs(times * n - 1.0)) < _NEAR), None)
    return f": a split by {prose.count(split)} not applied on one side?" if split is not None else ""


def _copies(rows: pd.DataFrame) -> pd.DataFrame:
    """A column of quantities that repeats the values, line by line, for things that do not trade at 1."""
    quantity, value = rows["quantity"].to_numpy(dtype=np.float64), rows["market_value"].to_numpy(dtype=np.float64)
    asked = np.isfinite(quantity) & np.isfinite(value) & (value != 0) & ~rows["instrument"].isin((*NOT_PRODUCTS, "fund")).to_numpy()
    if asked.sum() < 3 or np.mean(quantity[asked] == value[asked]) < 0.9:
        return _none()
    first = int(np.flatnonzero(asked)[0])
    said = f"quantity equals value on {int((quantity[asked] == value[asked]).sum()):,} of {int(asked.sum()):,} lines: values in the column of quantities?"
    return _issue(rows, first, "quantity", said, "kept as read: name the column of quantities")


def _weights(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines whose printed weight is not their value in the sum, where the file seems whole and in one currency."""
    weight, value = rows["weight"].to_numpy(dtype=np.float64), rows["market_value"].to_numpy(dtype=np.float64)
    both = np.isfinite(weight) & np.isfinite(value)
    one_currency = rows.loc[both, "currency"].nunique() <= 1
    if both.sum() < 3 or not one_currency or not 0.97 <= float(np.nansum(weight)) <= 1.03 or not np.nansum(value) > 0:
        return _none()
    derived = value / np.nansum(value)
    off = both & (np.abs(derived - weight) > np.maximum(0.005, 0.25 * np.maximum(np.abs(weight), np.abs(derived))))
    told = [
        f"the weight printed is {prose.percent(float(w), 2)}, the value is {prose.percent(float(d), 2)} of the sum"
        for w, d in zip(weight[off], derived[off], strict=True)
    ]
    return _listed(
        rows, off, "weight", told, "kept: shares of the book follow the values", "printed weights are not the values in their sum"
    )


def _dates(rows: pd.DataFrame) -> pd.DataFrame:
    day = rows["as_of"]
    early = (day < _FIRST_DAY).to_numpy()
    return _listed(
        rows,
        early,
        "as_of",
        [f"the date {prose.date(one)} is before {prose.date(_FIRST_DAY)}" for one in day[early]],
        "kept: its age is not to be trusted",
        "dates out of range",
    )


def doubts_by_closes(rows: pd.DataFrame, security: pd.Series) -> pd.DataFrame:
    """Lines whose price, printed or implied, is far from the close on record at their date.

    Parameters
    ----------
    rows : DataFrame
        Positions of a book.
    security : (n,) Series of str
        The line of the fact base that each position is, empty where it is none.

    Notes
    -----
    Compared are lines with a close on record within the week before the date of the holdings, in the currency of that close or in one
    that the table of rates links to it. What differs by less than 1.6 times is taken for an average or another day; by less than 3
    times where the closes on record are adjusted for dividends.
    """
    known = _closes_for(security, rows["as_of"])
    quantity, price, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "price", "market_value"))
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = np.abs(value / quantity)
    printed = ~np.isfinite(implied) & np.isfinite(price) & (price > 0)
    shown = np.where(printed, price, implied)
    stated = np.where(printed & (rows["price_currency"] != "").to_numpy(), rows["price_currency"], rows["currency"])
    rate = _rates_between(known["currency"], pd.Series(stated), rows["as_of"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = shown / (known["close"].to_numpy(dtype=np.float64) * rate)
    shares = ~rows["instrument"].isin((*NOT_PRODUCTS, "fund", "warrant")).to_numpy()
    wide = np.where(known["adjusted"], _WIDE_ADJUSTED, _WIDE)
    off = shares & np.isfinite(ratio) & (ratio > 0) & ((ratio > wide) | (ratio < 1.0 / wide))
    told = [
        f"the price {'printed' if own else 'implied'} is {prose.significant(float(times), 4)} times the close of {line} on {prose.date(on)}{_reading(float(times), 0.5)}"
        for own, times, line, on in zip(printed[off], ratio[off], security[off], known["on"][off], strict=True)
    ]
    return _listed(rows, off, "price", told, "kept as read: check price, quantity and currency", "prices are far from the closes on record")


def with_doubts(issues: pd.DataFrame, rows: pd.DataFrame, instruments: pd.DataFrame, member: IntArray) -> pd.DataFrame:
    """The issues of a book, and prices far from the closes on record of the lines that its positions are by an identifier."""
    sure = instruments["security"].where(instruments["tier"] == "identifier", "").fillna("")
    doubts = doubts_by_closes(rows, sure.take(member).reset_index(drop=True))
    return pd.concat([issues, doubts.assign(sheet="")], ignore_index=True) if len(doubts) else issues


def _closes_for(security: pd.Series, on: pd.Series) -> pd.DataFrame:
    """close, currency, on, adjusted: the last close within a week of each date; NaN and empty where none is on record."""
    lines = read_bundled("securities").set_index("security")
    lines = lines[lines["adjustment"].isin(["as_traded", "total_return"])]
    traded, adjusted = lines["currency"], lines["adjustment"] == "total_return"
    n = len(security)
    out = pd.DataFrame(
        {
            "close": np.full(n, np.nan),
            "currency": [""] * n,
            "on": pd.Series(pd.NaT, index=range(n), dtype="datetime64[ns]"),
            "adjusted": False,
        }
    )
    asked = security.isin(traded.index).to_numpy() & on.notna().to_numpy()
    if not asked.any():
        return out
    closes = read_bundled("closes")
    days = pd.to_datetime(closes["date"])
    for line in security[asked].unique():
        mine = np.flatnonzero(asked & (security == line).to_numpy())
        column = pd.to_numeric(closes[line], errors="coerce")
        series = pd.DataFrame({"day": days, "close": column}).dropna()
        place = series["day"].searchsorted(on.iloc[mine].to_numpy(), side="right") - 1
        hit = place >= 0
        at, spot = mine[hit], place[hit]
        age = (on.iloc[at].to_numpy() - series["day"].to_numpy()[spot]) / np.timedelta64(1, "D")
        at, spot = at[age <= _WINDOW_DAYS], spot[age <= _WINDOW_DAYS]
        out.loc[at, "close"] = series["close"].to_numpy()[spot]
        out.loc[at, "on"] = series["day"].to_numpy()[spot]
        out.loc[at, "currency"] = str(traded[line])
        out.loc[at, "adjusted"] = bool(adjusted[line])
    return out


def _rates_between(close: pd.Series, stated: pd.Series, on: pd.Series) -> FloatArray:
    """(n,) units of the stated currency for one of the close; NaN where no rate is on record, or no currency is stated."""
    rate = np.where((close == stated) & (close != ""), 1.0, np.nan)
    other = np.flatnonzero(((close != stated) & (close != "") & (stated != "")).to_numpy())
    if not len(other):
        return rate
    table = read_bundled("exchange_rates")
    days = pd.to_datetime(table["date"])
    codes = [str(name) for name in table if str(name).startswith("USD")]
    per_usd: Mapping[str, FloatArray] = {code[3:]: pd.to_numeric(table[code], errors="coerce").ffill().to_numpy() for code in codes}
    for row in other.tolist():
        place = int(days.searchsorted(on.iloc[row], side="right")) - 1
        worth = [
            1.0 if code == "USD" else float(per_usd[code][place]) if code in per_usd and place >= 0 else np.nan
            for code in (close[row], stated[row])
        ]
        rate[row] = worth[1] / worth[0]
    return np.asarray(rate, dtype=np.float64)


def _issue(rows: pd.DataFrame, place: int, column: str, problem: str, action: str) -> pd.DataFrame:
    return pd.DataFrame([(int(rows["row"].to_numpy()[place]), column, rows[column].iat[place], problem, action)], columns=[*_COLUMNS])


def _listed(rows: pd.DataFrame, off: BoolArray, column: str, told: list[str], action: str, together: str) -> pd.DataFrame:
    """One issue a line, or one for all of them where they are many."""
    if not len(told):
        return _none()
    lines = rows.loc[off, "row"].tolist()
    if len(lines) > _FEW:
        said = f"{together} on {len(lines):,} lines, first: {told[0]}"
        return pd.DataFrame([(lines[0], column, rows.loc[off, column].iloc[0], said, action)], columns=[*_COLUMNS])
    cells = {"row": lines, "column": column, "value": rows.loc[off, column].tolist(), "problem": told, "action": action}
    return pd.DataFrame(cells)


@lru_cache(maxsize=1)
def _none() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "object") for name in _COLUMNS})
