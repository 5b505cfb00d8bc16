"""Holdings of the funds that a book owns: which file belongs to which position, and what one unit of money in it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.readers import HoldingsFile, read_holdings
from impact.kernels.lookthrough import half_printed_unit, staleness_band, weight_range
from impact.tables.prose import decimal, percent, significant
from impact.typing_ import FloatArray, IntArray

__all__ = ["FundFile", "FundFiles", "Staleness", "as_fund_files", "fund_notes"]


@dataclass(frozen=True, kw_only=True)
class Staleness:
    """How fast a fund's file is taken to go out of date: an assumption, not an estimate.

    Parameters
    ----------
    per_root_day : float
        A line's weight, and its units per unit of money in the fund, lie within 1 -+ per_root_day * sqrt(days) of those printed:
        0.05 is two standard deviations of a line that moves 2.5 % a day against its fund.
    turnover_per_year : float
        Share of the fund that a year brings into lines its file does not show.
    """

    per_root_day: float = 0.05
    turnover_per_year: float = 0.5

    def __post_init__(self) -> None:
        for name in ("per_root_day", "turnover_per_year"):
            if not getattr(self, name) >= 0:
                raise InputError(f"{name}={getattr(self, name)!r} must not be negative.")

    def unseen_share(self, age_days: float) -> float:
        """Largest share of a fund in lines that a file of that age does not show; 1 when the age is unknown."""
        return 1.0 if np.isnan(age_days) else min(1.0, self.turnover_per_year * abs(age_days) / 365.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class FundFile:
    """One fund's holdings as weights.

    Attributes
    ----------
    key : str
        By what positions find it.
    file : HoldingsFile
    age_days : float
        From the date of the file to the date asked, NaN when it has none.
    low, high : (n,) float, decimal
        Range of each row's weight at the date asked; NaN where the file gives no weight and no value.
    shares_low, shares_high : (n,) float
        Units of the row that one unit of the file's currency in the fund holds; NaN when it cannot be known.
    currency : str
        Currency of the values; empty when the file does not say.
    unseen : float, decimal
        Largest share of the fund that may sit in lines the file does not show.
    """

    key: str
    file: HoldingsFile
    age_days: float
    low: FloatArray
    high: FloatArray
    shares_low: FloatArray
    shares_high: FloatArray
    currency: str
    unseen: float


@dataclass(frozen=True, eq=False, kw_only=True)
class FundFiles:
    """All fund files given, and which position finds which."""

    funds: tuple[FundFile, ...]
    lookup: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.funds)

    def find(self, instruments: pd.DataFrame) -> IntArray:
        """(n,) number of the fund file of each instrument, -1 for none; by ISIN, CUSIP, SEDOL, ticker, then name."""
        number = np.full(len(instruments), -1, dtype=np.int64)
        if not self.lookup:
            return number
        for column in ("isin", "cusip", "sedol", "own_line", "ticker", "name"):
            keys = instruments[column].map(_key)
            own = keys.map(self.lookup).fillna(-1).to_numpy(dtype=np.int64)
            if column == "ticker":  # EIMI LN is the fund EIMI, but 700 HK is not whatever fund is called 700
                bare = (
                    instruments[column].str.split(r"[ .]", regex=True).str[0].map(_key).map(self.lookup).fillna(-1).to_numpy(dtype=np.int64)
                )
                own = np.where((own < 0) & instruments["instrument"].isin(["fund", "unknown"]).to_numpy(), bare, own)
            number = np.where((number < 0) & (keys != "").to_numpy(), own, number)
        return number


def as_fund_files(
    funds: str | Path | Mapping[str, object] | None, *, on: pd.Timestamp, staleness: Staleness, columns: Mapping[str, str] | None = None
) -> FundFiles:
    """Read the files of funds.

    Parameters
    ----------
    funds : folder, or mapping of key to path, DataFrame or HoldingsFile; None for none
        A key is a ticker, ISIN, CUSIP, SEDOL or name of the fund. In a folder the key is the file name up to the first ``_``, blank or
        dot (``IEMG_2020-03-03.csv`` is IEMG); the fund's name inside the file finds it too.
    on : Timestamp
        Date asked, to age the files.
    staleness : Staleness

    Raises
    ------
    InputError
        If the folder is empty or absent, a file cannot be read, or two files have one key.
    """
    if funds is None:
        return FundFiles(funds=(), lookup={})
    named = list(funds.items()) if isinstance(funds, Mapping) else _in_folder(Path(funds))
    read: list[FundFile] = []
    lookup: dict[str, int] = {}
    for key, source in named:
        file = source if isinstance(source, HoldingsFile) else read_holdings(source, columns=columns)
        if _key(key) in lookup:
            raise InputError(f"funds names {key!r} twice; keep the file whose date is nearest to {on:%Y-%m-%d}.")
        lookup[_key(key)] = len(read)
        read.append(_weighed(key, file, on, staleness))
    for number, fund in enumerate(read):
        if fund.file.fund:
            lookup.setdefault(_key(fund.file.fund), number)
    return FundFiles(funds=tuple(read), lookup=lookup)


def _key(text: object) -> str:
    return " ".join(str(text).upper().split())


def _in_folder(folder: Path) -> Iterable[tuple[str, Path]]:
    if not folder.is_dir():
        raise InputError(f"funds={str(folder)!r} is no folder; give a folder of holdings files, or a mapping of ticker to file.")
    files = sorted(
        path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in (".csv", ".xlsx", ".parquet", ".txt", ".tsv", ".xml")
    )
    if not files:
        raise InputError(f"funds={str(folder)!r} holds no CSV, XLSX, Parquet or XML file.")
    return [(re.split(r"[_ .]", path.stem, maxsplit=1)[0], path) for path in files]


def _weighed(key: str, file: HoldingsFile, on: pd.Timestamp, staleness: Staleness) -> FundFile:
    rows = file.rows
    values = rows["market_value"].to_numpy(dtype=np.float64)
    printed = rows["weight"].to_numpy(dtype=np.float64)
    currencies = sorted(set(rows.loc[rows["market_value"].notna(), "currency"]) - {""})
    one_currency = len(currencies) <= 1 and bool(np.isfinite(values).any())
    total, shown = float(np.nansum(values)), float(np.nansum(printed))
    whole = not np.isfinite(printed).any() or 0.99 <= shown <= 1.01
    half, slack = 0.0, 0.0
    if one_currency and whole and np.isfinite(values).all() and total > 0:
        weights, net_assets, remainder = values / total, total, 0.0
    elif np.isfinite(printed).any():
        weights, half = printed, half_printed_unit(printed)
        both = np.isfinite(values) & np.isfinite(printed)
        weight_sum = float(printed[both].sum())
        net_assets = float(values[both].sum() / weight_sum) if one_currency and weight_sum > 1e-9 else np.nan
        slack = min(1.0, half * int(both.sum()) / weight_sum) if weight_sum > 1e-9 else 0.0
        # Each line may be smaller than printed by half a printed unit, and all of that may stand in lines not shown.
        remainder = max(0.0, 1.0 - shown + half * int(np.isfinite(printed).sum()))
    else:
        weights, net_assets, remainder = np.full(len(rows), np.nan), np.nan, 1.0
    age = float((on - file.as_of).days) if file.as_of is not None else np.nan
    band = staleness_band(np.full(len(rows), age), staleness.per_root_day)
    low, high = weight_range(weights, band, half)
    per_value = rows["quantity"].to_numpy(dtype=np.float64) / net_assets
    shares = np.sort(np.stack([per_value * (1.0 - band) * (1.0 - slack), per_value * (1.0 + band) * (1.0 + slack)]), axis=0)
    unweighed = 1.0 if np.isnan(weights).any() and remainder == 0.0 else remainder
    return FundFile(
        key=key,
        file=file,
        age_days=age,
        low=low,
        high=high,
        shares_low=shares[0],
        shares_high=shares[1],
        currency=currencies[0] if currencies else "",
        unseen=min(1.0, unweighed + staleness.unseen_share(age)),
    )


def fund_notes(files: FundFiles, staleness: Staleness) -> tuple[str, ...]:
    """How old the files of funds are, and what that is taken to do to their weights."""
    if not len(files):
        return ()
    ages = ", ".join(
        f"{fund.key} {decimal(fund.age_days, 0)} days" if fund.age_days == fund.age_days else f"{fund.key} undated" for fund in files.funds
    )
    return (
        f"Fund weights may have moved by {significant(staleness.per_root_day, 6)} times the root of the days since their file ({ages}), "
        f"and {percent(staleness.turnover_per_year, 0)} of a fund a year into lines not shown: an assumption.",
    )
