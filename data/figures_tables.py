"""Closes, volumes and dividends of the Hong Kong lines, with what each row is and is not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

__all__ = ["figure_tables"]

SOURCES = "stocks: public copies of end-of-day quotes; index: hjyssg/tqqq_simulation"
NAMES = {
    "HSI": "Hang Seng Index",
    "1810.HK": "Xiaomi",
    "0005.HK": "HSBC Holdings",
    "0027.HK": "Galaxy Entertainment",
    "0175.HK": "Geely Automobile",
    "0241.HK": "Alibaba Health",
    "0285.HK": "BYD Electronic",
    "0388.HK": "Hong Kong Exchanges and Clearing",
    "0669.HK": "Techtronic Industries",
    "0700.HK": "Tencent",
    "0762.HK": "China Unicom (Hong Kong)",
    "0883.HK": "CNOOC",
    "0941.HK": "China Mobile",
    "0981.HK": "SMIC",
    "0992.HK": "Lenovo",
    "1093.HK": "CSPC Pharmaceutical",
    "1211.HK": "BYD Company",
    "1299.HK": "AIA Group",
    "2020.HK": "ANTA Sports",
    "2269.HK": "WuXi Biologics",
    "2313.HK": "Shenzhou International",
    "2318.HK": "Ping An Insurance",
    "2382.HK": "Sunny Optical",
    "3690.HK": "Meituan",
    "9988.HK": "Alibaba",
}
# role and the first day on which it applies; every other stock is a control, the index the benchmark
ROLES = {
    "1810.HK": ("treated", "2021-01-14"),
    "0981.HK": ("treated", "2020-12-03"),
    "0883.HK": ("treated", "2020-12-03"),
    "0941.HK": ("treated", "2021-01-08"),
    "0762.HK": ("treated", "2021-01-08"),
    "0700.HK": ("rumoured", "2021-01-06"),
    "9988.HK": ("rumoured", "2021-01-06"),
}
AS_TRADED = ("1810.HK", "0981.HK", "3690.HK", "0241.HK", "2269.HK")
HALF_DAYS = ("2020-12-24", "2020-12-31", "2021-02-11")
HALTED = (("2269.HK", "2020-11-16"), ("2269.HK", "2020-11-17"))


def figure_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """``closes``, ``volumes``, ``dividends``, ``securities`` and ``placeholders`` from the folder of figures."""
    closes, volumes, dividends = (_read(folder, name) for name in ("closes", "volumes", "dividends"))
    dividends = dividends.assign(currency="HKD")
    paid = frozenset(dividends["security"]) | {"9988.HK"}
    if overlap := paid & set(AS_TRADED):
        raise ValueError(f"securities {sorted(overlap)} are listed as traded but have dividends; the two exclude each other.")
    return {
        "closes": closes,
        "volumes": volumes,
        "dividends": dividends,
        "securities": _securities(closes, volumes, paid),
        "placeholders": _placeholders(volumes),
    }


def _read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def _securities(closes: pd.DataFrame, volumes: pd.DataFrame, paid: frozenset[str]) -> pd.DataFrame:
    rows = []
    for security in closes.columns[1:]:
        index = security == "HSI"
        role, since = ("benchmark", "") if index else ROLES.get(security, ("control", ""))
        rows.append(
            {
                "security": security,
                "name": NAMES[security],
                "kind": "index" if index else "equity",
                "currency": "points" if index else "HKD",
                "venue": "XHKG",
                "adjustment": "price_index" if index else "total_return" if security in paid else "as_traded",
                "role": role,
                "role_since_on": since,
                "has_volume": str(security in volumes.columns).lower(),
                "note": _note(security),
                "source": SOURCES,
            }
        )
    return pd.DataFrame(rows)


def _note(security: str) -> str:
    return {
        "HSI": "holds Xiaomi at about 3 %",
        "2269.HK": "split-adjusted, no dividend paid",
        "1211.HK": "volume left out: copies disagree on its split basis",
    }.get(security, "")


def _placeholders(volumes: pd.DataFrame) -> pd.DataFrame:
    """Every cell that stands for "no figure": which field, and why. A close named here repeats an earlier one: no trade."""
    rows = []
    for security in volumes.columns[1:]:
        for session in volumes.loc[volumes[security] == "", "date"]:
            if (security, session) in HALTED:
                rows += [(security, session, "close", "halted"), (security, session, "volume", "halted")]
            else:
                rows.append((security, session, "volume", "half_day" if session in HALF_DAYS else "not_in_source"))
    return pd.DataFrame(rows, columns=["security", "session_on", "field", "reason"])
