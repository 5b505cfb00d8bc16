"""A folder of books as a desk gets them: layouts of several houses, CSV and XLSX, half of the books in shares that others hold too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from impact.identifiers import is_valid, security_lines

__all__ = ["write_books"]

_BEGIN = [
    "AL",
    "BEL",
    "COR",
    "DAN",
    "EL",
    "FER",
    "GAN",
    "HAR",
    "IN",
    "JOR",
    "KEL",
    "LAN",
    "MER",
    "NOR",
    "OR",
    "PAL",
    "QUIN",
    "RAV",
    "SIL",
    "TOR",
    "UL",
    "VER",
    "WAL",
    "XEN",
    "YOR",
    "ZEN",
]
_END = [
    "ACO",
    "ADA",
    "ANT",
    "ARI",
    "EMA",
    "ENE",
    "ERO",
    "EX",
    "IA",
    "ICO",
    "ILO",
    "INE",
    "IUM",
    "ON",
    "ORA",
    "OS",
    "OTEK",
    "UMA",
    "US",
    "YX",
]
_TRADE = (
    "HOLDINGS", "INDUSTRIES", "PHARMACEUTICALS", "TECHNOLOGY", "FINANCIAL", "ENERGY", "CHINA", "INTERNATIONAL", "MOTORS", "COMMUNICATIONS",
    "SEMICONDUCTOR", "CONSTRUCTION", "MOBILE", "SHIPPING", "AEROSPACE",
)  # fmt: skip
_FORM = ("INC", "PLC", "AG", "SA", "LTD", "CORP", "CO LTD", "NV")
_CURRENCIES = ("USD", "EUR", "HKD", "GBP")


def instruments(n: int, seed: int) -> pd.DataFrame:
    """Made-up shares with valid ISINs, tickers and names of several words; one in fifty is a line of the fact base."""
    rng = np.random.default_rng(seed)
    words = np.array([begin + end for begin in _BEGIN for end in _END])
    parts = (rng.choice(words, n), rng.choice(words, n), rng.choice(_TRADE, n), rng.choice(_FORM, n))
    letters = rng.choice(list("ABCDEFGHIJKLMNOPRSTUVWXYZ"), (n, 5))
    table = pd.DataFrame(
        {
            "isin": [_isin(number) for number in rng.choice(10**9, n, replace=False).tolist()],
            "ticker": ["".join(row) for row in letters.tolist()],
            "name": [" ".join(row) for row in zip(*parts, strict=True)],
            "currency": rng.choice(_CURRENCIES[:2], n),
            "price": np.round(rng.lognormal(3.5, 0.8, n), 2),
        }
    )
    lines = security_lines()
    lines = lines[lines["isin"] != ""]
    chosen = rng.integers(0, len(lines), len(range(0, n, 50)))
    table.loc[::50, ["isin", "ticker", "name"]] = lines[["isin", "security", "issuer"]].to_numpy()[chosen]
    return table


def _isin(number: int) -> str:
    code = f"US{number:09d}"
    return next(code + digit for digit in "0123456789" if is_valid(code + digit, "isin"))


def write_books(folder: Path, n_books: int, n_lines: int = 500) -> None:
    """Write `n_books` files: every second one holds shares of a pool of 4,000, the others shares that no other book holds.

    Layouts go round: a custodian's CSV, a broker's with quotes and dollar signs, a German one with decimal commas, a sponsor's with lines
    above and below the table, and a workbook.
    """
    pool = instruments(4000, 1)
    rng = np.random.default_rng(2)
    for number in range(n_books):
        held = (
            pool.take(rng.choice(len(pool), n_lines, replace=False)) if number % 2 else instruments(n_lines, 1000 + number)
        ).reset_index(drop=True)
        held["shares"] = rng.integers(1, 10_000, n_lines)
        held["value"] = (held["shares"] * held["price"]).round(2)
        _LAYOUTS[number // 2 % len(_LAYOUTS)](folder / f"book{number:04d}", held)


def _custodian(path: Path, held: pd.DataFrame) -> None:
    columns = {"isin": "ISIN", "name": "Security Description", "shares": "Quantity", "price": "Price", "value": "Market Value"}
    held[[*columns]].rename(columns=columns).assign(Account=f"A{path.name[-4:]}", Currency="USD").to_csv(f"{path}.csv", index=False)


def _broker(path: Path, held: pd.DataFrame) -> None:
    table = pd.DataFrame({"Symbol": held["ticker"], "Description": held["name"], "Quantity": held["shares"].map("{:,}".format)})
    table["Last Price"], table["Current Value"] = held["price"].map("${:,.2f}".format), held["value"].map("${:,.2f}".format)
    table.to_csv(f"{path}.csv", index=False)


def _german(path: Path, held: pd.DataFrame) -> None:
    table = pd.DataFrame({"ISIN": held["isin"], "Bezeichnung": held["name"], "Stück": held["shares"], "Kurs": held["price"]})
    table.assign(Kurswert=held["value"], Währung="EUR").to_csv(f"{path}.csv", index=False, sep=";", decimal=",", encoding="cp1252")


def _sponsor(path: Path, held: pd.DataFrame) -> None:
    weight = (100 * held["value"] / held["value"].sum()).round(5)
    table = pd.DataFrame({"Ticker": held["ticker"], "Name": held["name"], "ISIN": held["isin"], "Weight (%)": weight})
    table = table.assign(**{"Shares": held["shares"], "Market Value": held["value"], "Market Currency": "USD"})
    above = f'"Fund {path.name}"\nFund Holdings as of,"Jun 11, 2021"\n\n'
    Path(f"{path}.csv").write_text(
        above + table.to_csv(index=False) + '\n"The content of this file is for information only."\n', encoding="utf-8"
    )


def _workbook(path: Path, held: pd.DataFrame) -> None:
    table = pd.DataFrame({"Security Name": held["name"], "ISIN": held["isin"], "Ticker": held["ticker"], "Shares Held": held["shares"]})
    table.assign(**{"Price": held["price"], "Market Value (USD)": held["value"]}).to_excel(f"{path}.xlsx", index=False)


_LAYOUTS = (_custodian, _broker, _german, _sponsor, _workbook)
