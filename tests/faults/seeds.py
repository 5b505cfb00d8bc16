"""Whole files of each kind from which faults are bred: made up here, or the made-up samples of the suite."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from impact.tables.workbook import without_clock

__all__ = ["Seed", "seeds_of"]

SAMPLES = Path(__file__).parents[1] / "samples"
CASES = Path(__file__).parents[2] / "data" / "cases"

Seed = Mapping[str, bytes]
"""File name -> content: one file, or the members of a set."""

_BOOK = pd.DataFrame(
    {
        "Account": ["A1", "A1", "B2", "B2", ""],
        "Ticker": ["1810 HK", "AAPL US", "941 HK", "", ""],
        "ISIN": ["KYG9830T1067", "US0378331005", "HK0941009539", "US16941M1099", ""],
        "Name": ["Xiaomi Corp", "Apple, Inc.", "China Mobile", "China Mobile ADR", "Total"],
        "Shares": ["1,000", "25", "2,000", "(40)", ""],
        "Market Value": ["3,780.00", "3,250.5", "12,300", "(1,100.00)", "18,230.50"],
        "Currency": ["USD"] * 5,
        "As of": ["2021-01-14"] * 5,
    }
)


def _written(frame: pd.DataFrame, kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "csv":
        return frame.to_csv(index=False).encode()
    if kind == "semicolon":
        return frame.to_csv(index=False, sep=";").encode("cp1252")
    if kind == "utf-16":
        return frame.to_csv(index=False, sep="\t").encode("utf-16")
    if kind == "json":
        return json.dumps(frame.to_dict("records")).encode()
    if kind == "html":
        return frame.to_html(index=False).encode()
    if kind == "parquet":
        frame.to_parquet(buffer)
    if kind == "xlsx":
        frame.to_excel(buffer, index=False)
        return without_clock(buffer.getvalue())
    return buffer.getvalue()


def _prices() -> pd.DataFrame:
    days = pd.bdate_range("2020-12-01", periods=30)
    walk = 100.0 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, (30, 2)), axis=0))
    return pd.DataFrame({"Date": days.strftime("%Y-%m-%d"), "1810.HK": walk[:, 0].round(3), "HSI": walk[:, 1].round(3)})


def _long_prices() -> pd.DataFrame:
    wide = _prices().melt("Date", var_name="Symbol", value_name="Close")
    return wide.assign(**{"Adj Close": wide["Close"] * 0.98, "Volume": 1000, "Currency": "HKD"})


def _folder(name: str) -> Seed:
    return {path.name: path.read_bytes() for path in sorted((SAMPLES / name).iterdir())}


def _zipped(members: Seed) -> Seed:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return {"set.zip": buffer.getvalue()}


def _sample(*names: str) -> tuple[Seed, ...]:
    return tuple({name: (SAMPLES / name).read_bytes()} for name in names)


def _tables(frame: pd.DataFrame, stem: str, kinds: tuple[str, ...]) -> tuple[Seed, ...]:
    endings = {"semicolon": "csv", "utf-16": "txt"}
    return tuple({f"{stem}.{endings.get(kind, kind)}": _written(frame, kind)} for kind in kinds)


@cache
def seeds_of(kind: str) -> tuple[Seed, ...]:
    """Whole files of one kind; `kind` is a name in ``READERS``."""
    every = ("csv", "semicolon", "utf-16", "json", "html", "parquet", "xlsx")
    days = ["2021-01-05", "2021-01-06", "2021-01-14", "2021-02-26", "2021-03-12", "2021-05-11"]
    events = pd.DataFrame({"event_id": list("abcdef"), "security": ["1810.HK", "NA", "None", "0763.HK", "1810.HK", "0005.HK"], "date": days,
                           "group": list("xxyyzz"), "size": [1.5, 2, 0, -3, 7e6, 0.25]})  # fmt: skip
    facts = pd.DataFrame({"fact_id": [f"f{number}" for number in range(6)], "subject": "1810.HK", "predicate": "listed", "value": "yes",
                          "known_at": "2021-01-14T17:00-05:00", "valid_from": days, "valid_to": "", "source": "made up", "confidence": "B"})  # fmt: skip
    decisions = pd.DataFrame({"key": [f"name:XIAOMI {number}|proposed:Xiaomi Corporation" for number in range(6)], "decision": "same",
                              "by": "me", "on": days, "why": "read"})  # fmt: skip
    made: Mapping[str, tuple[Seed, ...]] = {
        "holdings": _tables(_BOOK, "book", every)
        + _sample(
            "ishares_us_holdings.csv", "custodian_positions.csv", "bloomberg_port_export.csv", "ark_holdings.csv", "ssga_holdings.xlsx"
        ),
        "prices": _tables(_prices(), "closes", every) + _tables(_long_prices(), "long", ("csv", "parquet", "xlsx")),
        "form13f": (_folder("form13f_2021q1"), _folder("form13f_2023q2"), _zipped(_folder("form13f_2021q1"))),
        "nport": (_folder("nport_2021q1"), _zipped(_folder("nport_2021q1"))),
        "official_list": _sample("csl_consolidated.csv", "ofac_cons_prim.csv"),
        "events": _tables(events, "events", ("csv", "xlsx", "parquet", "json")),
        "returns": _tables(_prices().set_index("Date").pct_change().dropna().reset_index(), "returns", ("csv", "parquet")),
        "facts": _tables(facts, "facts", ("csv",)),
        "decisions": _tables(decisions, "decisions", ("csv",)),
        "case": tuple({"case.toml": (CASES / f"{name}.toml").read_bytes()} for name in ("xiaomi", "rusal", "hikvision")),
    }
    return made[kind]
