"""Closes, volumes, dividends and exchange rates of the bundled lines, with what each figure is and is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["figure_tables"]

# Role and the first day on which it applies, for the lines of the Hong Kong study; its other stocks are controls.
ROLES = {
    "HSI": ("benchmark", ""),
    "1810.HK": ("treated", "2021-01-14"),
    "0981.HK": ("treated", "2020-12-03"),
    "0883.HK": ("treated", "2020-12-03"),
    "0941.HK": ("treated", "2021-01-08"),
    "0762.HK": ("treated", "2021-01-08"),
    "0700.HK": ("rumoured", "2021-01-06"),
    "9988.HK": ("rumoured", "2021-01-06"),
}
FUNDS = ("SPY", "MCHI", "KWEB", "EEM")
# An index whose closes contain its dividends; every other index is a price index.
TOTAL_RETURN_INDICES = ("MCFTRR.ME",)
HALF_DAY = "half day: first quote, not the close"
HALT = "no trade (halt): zero volume, close repeated"
NOT_PRICED_BY_VOLUME = "1211.HK"  # its level and its volume are stated in shares of two different splits
NOTES = {
    "HSI": "holds Xiaomi at about 3 %",
    "1211.HK": "volume left out: copies disagree on its split basis",
    "2269.HK": "split-adjusted, no dividend paid",
    "LKCO": "split-adjusted (30 for 1)",
    "VEON": "split-adjusted (25 for 1)",
    "RUAL.ME": "stands in for 0486.HK, of which no copy exists; Moscow traded through the evening of 2018-04-06",
    "CHL": "the copies stop on 2020-12-11, before the notice of the exchange of 2020-12-31",
    "CHA": "the copies stop on 2020-12-11, before the notice of the exchange of 2020-12-31",
    "CHU": "the copies stop on 2020-12-11, before the notice of the exchange of 2020-12-31",
    "CEO": "the copies stop on 2020-12-11, before the notice of the exchange of 2020-12-31",
    "NBIS": "no second copy to check it against",
}
# How the compilation names copies that were only compared with, for a reader who has no access to them.
COPIES = {r"shared/market/\w+": "another public copy of end-of-day quotes"}
# The two compilations must agree in daily returns; 1211.HK misses a dividend on one day of the older one.
RETURN_TOLERANCE = {"1211.HK": 8e-4}
USUAL_TOLERANCE = 1e-4


def figure_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """``closes``, ``volumes``, ``dividends``, ``securities``, ``placeholders``, ``doubtful_figures`` and ``exchange_rates``.

    Notes
    -----
    The level of an adjusted close depends on the day on which it was copied; its changes do not. Two compilations are
    joined: inside the span of the older one its figures stay as they are, and the longer one is scaled to its level by one
    constant a line, after their daily returns were compared.

    Raises
    ------
    ValueError
        If the compilations disagree, or a line has a basis that its dividends exclude.
    """
    described = pd.read_csv(folder / "lines" / "lines.csv", dtype=str, keep_default_na=False).set_index("security", drop=False)
    older = _wide_numbers(folder / "closes.csv")
    securities = [*older.columns, *(name for name in described.index if name not in older.columns)]
    long = pd.read_csv(folder / "lines" / "closes_long.csv", dtype=str, keep_default_na=False)
    closes = _joined(_pivot(long, "close")[securities], older)
    volumes = _pivot(long, "volume")[[name for name in securities if name != NOT_PRICED_BY_VOLUME]].dropna(axis=1, how="all")
    dividends = pd.read_csv(folder / "dividends.csv", dtype=str, keep_default_na=False).assign(currency="HKD")
    doubts = pd.read_csv(folder / "lines" / "doubtful_days.csv", dtype=str, keep_default_na=False)
    lines = _securities(described.loc[securities], closes, volumes)
    if paid := set(dividends["security"]) & set(lines.loc[lines["adjustment"] == "as_traded", "security"]):
        raise ValueError(f"securities {sorted(paid)} are listed as traded but have dividends; the two exclude each other.")
    return {
        "closes": _text(closes, 4),
        "volumes": _text(volumes, 0),
        "dividends": dividends,
        "securities": lines,
        "placeholders": _placeholders(closes, volumes, doubts, pd.read_csv(folder / "lines" / "dropped_rows.csv", dtype=str)),
        "doubtful_figures": _doubts(doubts),
        "exchange_rates": pd.read_csv(folder / "lines" / "fx.csv", dtype=str, keep_default_na=False),
    }


def _wide_numbers(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, index_col="date").astype("float64")


def _pivot(long: pd.DataFrame, figure: str) -> pd.DataFrame:
    if repeated := int(long.duplicated(["security", "date"]).sum()):
        raise ValueError(f"closes_long.csv repeats {repeated} rows of security and date; keep one of each.")
    return long.assign(**{figure: pd.to_numeric(long[figure])}).pivot(index="date", columns="security", values=figure)


def _joined(longer: pd.DataFrame, older: pd.DataFrame) -> pd.DataFrame:
    """The longer compilation on the level of the older one, whose own figures stay."""
    joined = longer.copy()
    for line in older.columns:
        own, other = older[line], longer.loc[older.index, line]
        apart = (own.pct_change(fill_method=None) - other.pct_change(fill_method=None)).abs().max()
        if apart > RETURN_TOLERANCE.get(line, USUAL_TOLERANCE):
            raise ValueError(f"{line}: the two compilations differ by {apart:.1e} in a daily return; find out which is right.")
        kept = other.notna()  # a row the longer one leaves out was a halt
        ratio = (own / other)[kept]
        before, after = (longer.index < older.index[0], longer.index > older.index[-1])
        joined.loc[before, line] *= ratio.iloc[0]
        joined.loc[after, line] *= ratio.iloc[-1]
        joined.loc[older.index[kept], line] = own[kept]
    return joined


def _securities(described: pd.DataFrame, closes: pd.DataFrame, volumes: pd.DataFrame) -> pd.DataFrame:
    index = described["currency"] == "points"
    basis = described["basis"].replace("split_adjusted", "as_traded")
    basis = basis.mask(index & ~described["security"].isin(TOTAL_RETURN_INDICES), "price_index")
    roles = [ROLES.get(line, ("control" if line in _STUDY_LINES else "", "")) for line in described.index]
    with_volume = [line in volumes.columns for line in described.index]
    return pd.DataFrame(
        {
            "security": described["security"],
            "name": described["name"],
            "kind": np.where(index, "index", np.where(described["security"].isin(FUNDS), "fund", "equity")),
            "currency": described["currency"],
            "venue": described["venue"],
            "adjustment": basis,
            "role": [role for role, _ in roles],
            "role_since_on": [since for _, since in roles],
            "has_volume": [str(known).lower() for known in with_volume],
            "first_on": closes.apply(pd.Series.first_valid_index),
            "last_on": closes.apply(pd.Series.last_valid_index),
            "n_closes": closes.notna().sum(),
            "volume_first_on": [volumes[line].first_valid_index() if line in volumes else "" for line in described.index],
            "volume_last_on": [volumes[line].last_valid_index() if line in volumes else "" for line in described.index],
            "note": [NOTES.get(line, "") for line in described.index],
            "cross_check": described["cross_check"].replace(COPIES, regex=True),
            "source": described["source_repos"].replace(COPIES, regex=True),
        }
    ).reset_index(drop=True)


# The lines of the study of January 2021 that played no other part in it.
_STUDY_LINES = [
    "0005.HK",
    "0027.HK",
    "0175.HK",
    "0241.HK",
    "0285.HK",
    "0388.HK",
    "0669.HK",
    "0992.HK",
    "1093.HK",
    "1211.HK",
    "1299.HK",
    "2020.HK",
    "2269.HK",
    "2313.HK",
    "2318.HK",
    "2382.HK",
    "3690.HK",
]


def _placeholders(closes: pd.DataFrame, volumes: pd.DataFrame, doubts: pd.DataFrame, dropped: pd.DataFrame) -> pd.DataFrame:
    """Every cell that stands for "no figure", and why: which closes are none, and which volumes are missing within a line's span."""
    half_days = doubts[doubts["why"] == HALF_DAY]
    halts = dropped[dropped["why"].str.startswith(HALT)]
    not_a_close = {
        **{(row.security, row.date): "half_day" for row in half_days.itertuples()},
        **{(row.security, row.date): "halted" for row in halts.itertuples()},
    }
    if strange := [cell for cell in not_a_close if cell[0] not in closes or cell[1] not in closes.index]:
        raise ValueError(f"{len(strange)} doubtful cells are not in the table (first {strange[0]}); check the security and the day.")
    rows = [(*cell, "close", reason) for cell, reason in not_a_close.items()]
    for line in volumes.columns:
        inside = volumes[line].loc[volumes[line].first_valid_index() : volumes[line].last_valid_index()]
        listed = closes[line].notna() | np.array([(line, day) in not_a_close for day in closes.index])
        for day in inside.index[inside.isna() & listed[inside.index]]:
            rows.append((line, day, "volume", not_a_close.get((line, day), "not_in_source")))
    return pd.DataFrame(rows, columns=["security", "session_on", "field", "reason"]).sort_values(
        ["security", "session_on", "field"], ignore_index=True
    )


def _doubts(doubts: pd.DataFrame) -> pd.DataFrame:
    """Figures that stay in the table although another copy differs or the move is large; half days are placeholders."""
    kept = doubts[doubts["why"] != HALF_DAY].rename(columns={"date": "session_on", "why": "reason"})
    return kept[["security", "session_on", "daily_return", "reason"]].reset_index(drop=True)


def _text(table: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """The table as text: whole shares, and prices to `decimals` places (two more below 1), without trailing zeros."""

    def cell(value: float) -> str:
        if np.isnan(value):
            return ""
        shown = f"{value:.{decimals + 2 if decimals and value < 1 else decimals}f}"
        return shown.rstrip("0").rstrip(".") if decimals else shown

    return table.map(cell).rename_axis("date").rename_axis(columns=None).reset_index()
