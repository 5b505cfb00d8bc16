"""A book of positions in one currency: quantities as held, values through given rates, weights derived."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.debt_values import per_hundred_of_nominal
from impact.holdings.distinct import per_distinct
from impact.holdings.readers import HoldingsFile, read_holdings
from impact.holdings.schemas import ACCOUNTS, DROPPED, ISSUES, POSITIONS
from impact.intake.currencies import currencies_named, currency_of, passed_span, rates_of_whole_units
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal, interval, percent, significant
from impact.typing_ import IntArray
from impact.venues import VENUES, venue_of

__all__ = ["NAV_UNITS", "Portfolio", "ReadingOptions", "as_portfolio", "later_holdings", "rates_to", "read_as_asked"]

NAV_UNITS = "NAV"
"""Currency of a book whose file gives weights and no values: values are then fractions of its net assets, and no money is known."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Portfolio(Result):
    """Positions with values in one currency.

    Attributes
    ----------
    positions : DataFrame
        The columns of :class:`~impact.holdings.readers.HoldingsFile` plus value (float, in `currency`; NaN when it cannot be
        known), notional (in `currency`), weight (value over `nav`, derived), account_weight (value over the known values of its
        account). Rows of an account without a name have account ``""``.
    currency : str
        Currency of `value`; ``"NAV"`` when the file only gives weights, empty when the file does not name any.
    nav : float
        Net asset value in `currency`: as given, else as the file states it, else the sum of the known values; NaN when that is not
        positive.
    dropped, issues : DataFrame
        As the file's.
    as_of : Timestamp or None
        Date of the holdings when all rows share one.
    """

    schemas = declared(positions=POSITIONS, dropped=DROPPED, issues=ISSUES, to_frame=POSITIONS)

    positions: pd.DataFrame
    currency: str
    nav: float
    dropped: pd.DataFrame
    issues: pd.DataFrame
    as_of: pd.Timestamp | None
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def n_valued(self) -> int:
        """Positions whose value is known."""
        return int(self.positions["value"].notna().sum())

    def to_frame(self) -> pd.DataFrame:
        """The positions (a copy)."""
        return self.positions.copy()

    def summary(self) -> Summary:
        """Net asset value, accounts, and what could not be valued."""
        by_account = self.positions.groupby("account").agg(n_positions=("row", "size"), n_valued=("value", "count"), value=("value", "sum"))
        return Summary(
            title=f"Portfolio of {len(self.positions):,} positions, NAV {decimal(self.nav)} {self.currency}",
            tables=(("Accounts", ACCOUNTS.table(by_account.reset_index())),),
            notes=self.assumptions,
            sources=self.sources,
        )


class ReadingOptions(TypedDict, total=False):
    """How the file of a book is read, by the names that :func:`impact.check_portfolio` passes on."""

    currency: str | None
    nav: float | None
    columns: Mapping[str, str] | None
    holdings_as_of: str | pd.Timestamp | None
    rates_in: str | None


def read_as_asked(
    holdings: str | Path | pd.DataFrame | HoldingsFile | Portfolio, rates: Mapping[str, float] | None, options: ReadingOptions
) -> Portfolio:
    """The book that a check is about.

    Raises
    ------
    TypeError
        If an option is none of :class:`ReadingOptions`.
    """
    unknown = sorted(set(options) - set(ReadingOptions.__annotations__))
    if unknown:
        raise TypeError(f"check_portfolio() got an unexpected keyword argument {unknown[0]!r}")
    return as_portfolio(
        holdings,
        currency=options.get("currency"),
        rates=rates,
        rates_in=options.get("rates_in"),
        nav=options.get("nav"),
        columns=options.get("columns"),
        as_of=options.get("holdings_as_of"),
    )


def as_portfolio(
    holdings: str | Path | pd.DataFrame | HoldingsFile | Portfolio,
    *,
    currency: str | None = None,
    rates: Mapping[str, float] | None = None,
    rates_in: str | None = None,
    nav: float | None = None,
    columns: Mapping[str, str] | None = None,
    as_of: str | pd.Timestamp | None = None,
) -> Portfolio:
    """A book from a file, a DataFrame, or one that was read before.

    Parameters
    ----------
    holdings : path, DataFrame, HoldingsFile or Portfolio
        A Portfolio is returned as it is.
    currency : str, optional
        Currency to value the book in; the one most positions are valued in by default.
    rates : mapping of currency to float, optional
        Units of `currency` that one unit of each other currency is worth (``{"HKD": 0.129}`` for a book in USD).
    rates_in : str, optional
        Currency in which `rates` are quoted, where that is not the one of the book; they are crossed.
    nav : float, optional
        Net asset value, when the file neither holds the whole book nor states it.
    columns, as_of : optional
        Passed to :func:`read_holdings`.

    Raises
    ------
    InputError
        If a rate or the net asset value is not positive, or a pair stands where one currency is asked for.

    Notes
    -----
    value = market_value * rate; where the file has no value, quantity * price * rate of the price currency, over a hundred for bonds
    priced per hundred of their nominal; where it has neither but weights, weight * nav. What needs a rate that was not given stays NaN and is said so.
    """
    if isinstance(holdings, Portfolio):
        return holdings
    file = holdings if isinstance(holdings, HoldingsFile) else read_holdings(holdings, columns=columns, as_of=as_of)
    if nav is not None and not nav > 0:
        raise InputError(f"nav={nav!r} must be positive.")
    for name, asked in (("currency", currency), ("rates_in", rates_in)):
        if len(several := currencies_named(asked or "")) > 1:
            raise InputError(
                f"{name}={asked!r} names {len(several)} currencies ({', '.join(several)}); give the code of one, such as {several[0]}."
            )
    rows = file.rows
    rated = frozenset() if rates_in else frozenset(_checked_rates(rates))
    base = currency_of(currency)[0] if currency else _own_currency(rows, rated)
    known = rates_to(base, rates, rates_in)
    value, notes = _values(rows, base, known)
    if not value.notna().any() and rows["weight"].notna().any():
        asked, value, base = base, rows["weight"] * (nav or 1.0), base if nav else NAV_UNITS
        without = (
            "The file gives weights and no values" if rows["market_value"].isna().all() else f"No value of the file is known in {asked}"
        )
        notes = (*notes, f"{without}: values are weight times net assets.")
    doubted = (*_doubted_rates(base, known, rows), *_unused_rates(base, known, rates, rates_in))
    total, about = _net_assets(value, base, nav, _stated(file, base, known) if nav is None else float("nan"))
    accounts = value.groupby(rows["account"]).transform("sum")
    rate = _rate(rows["currency"], {**known, base: 1.0, "": 1.0})
    positions = rows.assign(
        notional=rows["notional_value"] * rate,
        value=value,
        weight=value / total,
        account_weight=value / accounts.where(accounts != 0),
    )
    return Portfolio(
        positions=positions,
        currency=base,
        nav=total,
        dropped=file.dropped,
        issues=file.issues,
        as_of=file.as_of,
        sources=file.sources,
        assumptions=(*file.assumptions, *doubted, *notes, *about),
    )


def rates_to(base: str, rates: Mapping[str, float] | None, rates_in: str | None) -> dict[str, float]:
    """Rates quoted in one currency (None: `base` itself) as units of `base`, which has none; none where they do not reach it.

    Examples
    --------
    >>> rates_to("USD", {"USD": 1250.0}, "KRW"), rates_to("EUR", {"USD": 1250.0}, "KRW")
    ({'KRW': 0.0008}, {})
    """
    known = _checked_rates(rates)
    if rates_in is None:
        return {code: rate for code, rate in known.items() if code != base}
    home, worth = currency_of(rates_in)
    quoted = {code: rate * worth for code, rate in known.items()} | {home: 1.0}
    return {code: rate / quoted[base] for code, rate in quoted.items() if code != base} if base in quoted else {}


def _checked_rates(rates: Mapping[str, float] | None) -> dict[str, float]:
    given = {str(code): float(rate) for code, rate in (rates or {}).items()}
    bad = sorted(code for code, rate in given.items() if not (np.isfinite(rate) and rate > 0))
    if bad:
        raise InputError(f"rates[{bad[0]!r}]={given[bad[0]]!r} must be a positive number of units of the book's currency ({len(bad)} bad).")
    return rates_of_whole_units(given)


def _doubted_rates(base: str, known: Mapping[str, float], rows: pd.DataFrame) -> tuple[str, ...]:
    """Rates that are far from what they were in a decade."""
    held, told = {*rows["currency"], *rows["price_currency"]}, []
    for code, rate in known.items():
        span = passed_span(rate, code, base)
        if span is not None:
            use = "it is used as it stands" if code in held else "what a fund holds in it is valued so"
            told.append(
                f"Doubtful: the rate of {code}, {significant(rate, 4)} {base}, was {interval(*span, significant, 4)} from 2016 to 2026; {use}: "
                "is it turned round, or of a hundredth?"
            )
    return tuple(told)


def _unused_rates(base: str, known: Mapping[str, float], rates: Mapping[str, float] | None, rates_in: str | None) -> tuple[str, ...]:
    """Rates that are not used: of the currency in which they are quoted itself, and those that do not reach it."""
    given = _checked_rates(rates)
    if not given or base == NAV_UNITS:
        return ()
    if not base:
        return ("No value names its currency: none of the rates is used; give currency, or a column of currencies.",)
    home, worth = currency_of(rates_in) if rates_in else (base, 1.0)
    if not known and home != base:
        return (
            f"The rates are quoted in {rates_in} and none of them is that of {base}, the currency of the book: none is used; state one of {base}.",
        )
    if np.isclose(own := given.get(home, 1.0 / worth), 1.0 / worth):
        return ()
    quoted = f"the rates are quoted in {rates_in}" if rates_in else f"the book is valued in {base}"
    return (
        f"The rate of {home}, {significant(own, 4)}, is not used: {quoted}; give currency for a book in another, or rates_in where the rates are "
        "quoted in another.",
    )


def _stated(file: HoldingsFile, base: str, rates: Mapping[str, float]) -> float:
    """Net assets that the file states, in the currency of the book; NaN when it states none, or no rate is known."""
    used = file.rows.loc[file.rows["market_value"].notna(), "currency"].unique()
    if len(used) != 1:
        return float("nan")
    return file.net_assets * {**rates, base: 1.0, "": 1.0}.get(used[0], float("nan"))


def _net_assets(value: pd.Series, base: str, nav: float | None, stated: float) -> tuple[float, tuple[str, ...]]:
    """Net assets, NaN when they cannot be known, and what to say about them."""
    notes = []
    without = int(value.isna().sum())
    if without:
        notes.append(f"{without:,} position(s) have no value in {base or 'the currency of the file'}; they count in no percentage.")
    if nav is not None or base == NAV_UNITS:
        return float(nav or 1.0), tuple(notes)
    total = float(value.sum())
    if stated > 0:
        beside = f"; the known values sum to {percent(total / stated)} of them" if abs(total / stated - 1.0) > 0.005 else ""
        return stated, (*notes, f"Net assets are those that the file states{beside}.")
    if total > 0:
        return total, (*notes, "Net assets are the sum of the known values.")
    return float("nan"), (*notes, f"The known values sum to {decimal(total)}, which is no base for percentages: give nav.")


def _own_currency(rows: pd.DataFrame, rated: Collection[str]) -> str:
    """The currency that most lines name; where none does, that of most prices, if prices alone give the values."""
    return _commonest(rows["currency"], rated) or (_commonest(rows["price_currency"], rated) if rows["market_value"].isna().all() else "")


def _commonest(currencies: pd.Series, rated: Collection[str]) -> str:
    """The currency of most lines; of several, one without a rate: rates are those of other currencies than the book's."""
    counts = currencies[currencies != ""].value_counts()
    tied = counts.index[counts == counts.max()]
    return str(next((code for code in tied if code not in rated), tied[0])) if len(tied) else ""


def _rate(currencies: pd.Series, to_base: Mapping[str, float]) -> pd.Series:
    return per_distinct(currencies, lambda codes: codes.map(to_base).astype("float64"))


def _values(rows: pd.DataFrame, base: str, rates: Mapping[str, float]) -> tuple[pd.Series, tuple[str, ...]]:
    to_base = {**rates, base: 1.0, "": 1.0}
    rate = _rate(rows["currency"], to_base)
    value = rows["market_value"] * rate
    priced = (
        rows["price"].notna()
        & rows["quantity"].notna()
        & rows["market_value"].isna()
        & ~rows["instrument"].isin(["option", "future", "swap"])
    )
    used = rows["currency"]
    bonds = priced & (rows["instrument"] == "bond")
    unpriced = bonds & False
    if priced.any():
        local = rows["price_currency"].where(rows["price_currency"] != "", rows["currency"])
        product = (rows["quantity"] * rows["price"]).where(~bonds, per_hundred_of_nominal(rows))
        value = value.where(~priced, product * _rate(local, to_base))
        used = rows["currency"].where(~priced, local)
        unpriced = bonds & product.isna()
    missing = used[value.isna() & ~unpriced & (rows["market_value"].notna() | priced)].value_counts()
    notes = []
    if (plain := int((priced & ~bonds).sum())) > 0:
        notes.append(f"{plain:,} position(s) without a market value are valued at quantity times price.")
    if (valued := int((bonds & ~unpriced).sum())) > 0:
        notes.append(f"{valued:,} bond(s) without a market value are valued at nominal times price per hundred of it.")
    if (unknown := int(unpriced.sum())) > 0:
        notes.append(
            f"{unknown:,} bond(s) without a market value are not valued: quantity and price do not tell nominal and price per hundred of it"
            " from pieces; give the market value."
        )
    if len(missing):
        listed = ", ".join(f"{code} ({count:,})" for code, count in missing.items())
        notes.append(f"No rate to {base or 'the currency of the file'} was given for: {listed}.")
    if base and ((rows["currency"] == "") & rows["market_value"].notna()).any() and rows["currency"].nunique() > 1:
        notes.append(f"Values without a currency are taken to be in {base}.")
    return value, tuple(notes)


def one_currency_taken(portfolio: Portfolio, instruments: pd.DataFrame, member: IntArray) -> tuple[str, ...]:
    """A warning where no value names its currency and the lines held trade in several.

    Parameters
    ----------
    portfolio : Portfolio
    instruments : DataFrame
        Distinct instruments with own_line, security and isin, as :class:`~impact.holdings.identify.Identified` holds them.
    member : (n,) int
        Which instrument each position is.

    Notes
    -----
    A line trades in the currency of the venue of its ticker, else of the security that it was found to be, else of the country of its ISIN.
    """
    unnamed = (portfolio.positions["currency"] == "") & portfolio.positions["value"].notna()
    if portfolio.currency or not unnamed.any():
        return ()
    held = instruments.take(np.unique(member[unnamed.to_numpy(dtype=bool)]))
    line = held["own_line"].where(held["own_line"] != "", held["security"].fillna(""))
    traded = {VENUES[venue_of(one)].currency for one in line.unique() if one}
    traded |= {home for country in held.loc[line == "", "isin"].str[:2].unique() if (home := _home_currencies().get(country))}
    if len(traded) < 2:
        return ()
    return (
        f"No currency is stated, and the lines trade in {', '.join(sorted(traded))}: values are added as if all were in one;"
        " if they are not, give a column currency, and rates.",
    )


@lru_cache(maxsize=1)
def _home_currencies() -> Mapping[str, str]:
    """Country -> the currency in which its venues quote."""
    return {venue.country: venue.currency for venue in VENUES.values()}


def later_holdings(portfolio: Portfolio, on: pd.Timestamp) -> tuple[str, ...]:
    """A warning where the book is of a later day than the instant asked about."""
    if portfolio.as_of is None or portfolio.as_of.tz_localize(None).normalize() <= on:
        return ()
    return (
        f"The holdings are of {portfolio.as_of:%Y-%m-%d}, later than the instant asked about ({on:%Y-%m-%d}):"
        " what was held at that instant is not in the file.",
    )
