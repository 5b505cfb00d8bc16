"""SEC N-PORT data sets: what US registered funds held, foreign lines included, streamed so that the table never loads whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from impact.holdings.owners import HOLDER_COLUMNS, ReportedHoldings, WantedSecurities, wanted_securities
from impact.holdings.sec_tables import ROWS_AT_ONCE, joined_filings, sec_dates, sec_numbers, sec_table, stream_sec_table, verdicts
from impact.instants import parse_day
from impact.provenance import Source

__all__ = ["read_nport"]

_SUBMISSION = ("ACCESSION_NUMBER", "FILING_DATE", "SUB_TYPE", "REPORT_DATE")
_REGISTRANT = ("ACCESSION_NUMBER", "CIK", "REGISTRANT_NAME")
_FUND = ("ACCESSION_NUMBER", "SERIES_NAME", "SERIES_ID", "NET_ASSETS")
_HOLDING = (
    "ACCESSION_NUMBER", "HOLDING_ID", "ISSUER_NAME", "ISSUER_TITLE", "ISSUER_CUSIP", "BALANCE", "UNIT", "CURRENCY_VALUE", "PERCENTAGE",
    "PAYOFF_PROFILE", "ASSET_CAT", "DERIVATIVE_CAT",
)  # fmt: skip
_IDENTIFIERS = ("HOLDING_ID", "IDENTIFIER_ISIN", "IDENTIFIER_TICKER", "OTHER_IDENTIFIER", "OTHER_IDENTIFIER_DESC")
_NOT_A_CODE = ("", "N/A", "000000000", "999999999")
_ASSUMPTIONS = (
    "N-PORT covers US registered funds, foreign lines included; the third month of a fiscal quarter is public, about 60 days later.",
    "The holdings date is REPORT_DATE; REPORT_ENDING_PERIOD is the end of the fiscal year.",
    "CURRENCY_VALUE is in US dollars whatever the currency of the line (Form N-PORT, item C.2.c).",
    "It cannot see separate accounts, pension plans, hedge funds and foreign funds.",
)


def read_nport(
    source: str | Path,
    *,
    securities: Iterable[str] | None = None,
    as_of: str | pd.Timestamp | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
) -> ReportedHoldings:
    """Read an N-PORT data set as published by the SEC.

    Parameters
    ----------
    source : path
        Folder (or ZIP) with SUBMISSION, REGISTRANT, FUND_REPORTED_INFO, FUND_REPORTED_HOLDING and IDENTIFIERS.
    securities : iterable of str, optional
        ISINs, CUSIPs, SEDOLs or tickers to keep; everything when None, which needs memory for the whole table.
    as_of : date, optional
        Use only filings made on or before that day.
    rows_at_once : int
        Rows of a large table held in memory at a time.

    Returns
    -------
    ReportedHoldings
        kind ``shares`` is long equity held as a number of shares; shorts, derivatives and bonds keep their own kind.

    Raises
    ------
    InputError
        If a table or column is missing.

    Notes
    -----
    Of several filings of a series for one REPORT_DATE the last counts. Amounts stay empty where UNIT is not a number of shares.
    """
    wanted = wanted_securities(securities)
    filings, reasons = _filings(source, as_of)
    codes = _codes(source, wanted, rows_at_once)
    refused: Counter[str] = Counter()
    parts, n_rows = [], 0
    for piece, n_broken in stream_sec_table(source, "FUND_REPORTED_HOLDING.tsv", _HOLDING, rows_at_once=rows_at_once):
        n_rows += len(piece) + n_broken
        refused["the line has the wrong number of cells"] += n_broken
        piece["ISSUER_CUSIP"] = piece["ISSUER_CUSIP"].str.strip().str.upper()
        keep = pd.Series(wanted.everything, index=piece.index)
        if not wanted.everything:
            keep = piece["HOLDING_ID"].isin(codes.index) | piece["ISSUER_CUSIP"].isin(wanted.cusips)
        refused["another security"] += int((~keep).sum())
        piece = piece[keep]
        verdict = verdicts(piece["ACCESSION_NUMBER"], reasons)
        refused.update(verdict[verdict != ""])
        parts.append(piece[verdict == ""])
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: pd.Series(dtype="str") for name in _HOLDING})
    return ReportedHoldings(
        rows=_rows(table, filings, codes)[list(HOLDER_COLUMNS)],
        dropped=pd.DataFrame([(reason, count) for reason, count in sorted(refused.items()) if count], columns=["reason", "n_rows"]),
        issues=pd.DataFrame(columns=["accession", "problem", "action"], dtype="str"),
        n_rows=n_rows,
        sources=(Source(title=f"SEC N-PORT data set ({Path(source).name})", basis="US government work"),),
        assumptions=_ASSUMPTIONS,
    )


def _filings(source: str | Path, as_of: str | pd.Timestamp | None) -> tuple[pd.DataFrame, dict[str, str]]:
    submissions, _ = sec_table(source, "SUBMISSION.tsv", _SUBMISSION)
    registrants, _ = sec_table(source, "REGISTRANT.tsv", _REGISTRANT)
    funds, _ = sec_table(source, "FUND_REPORTED_INFO.tsv", _FUND)
    filings = joined_filings(submissions, registrants, funds)
    filings["filed_on"], filings["reported_on"] = sec_dates(filings["FILING_DATE"]), sec_dates(filings["REPORT_DATE"])
    nameless = filings["SERIES_NAME"].str.upper().isin(["", "N/A"])
    filings["holder"] = filings["SERIES_NAME"].where(~nameless, filings["REGISTRANT_NAME"])
    filings["holder_id"] = filings["SERIES_ID"].where(~filings["SERIES_ID"].str.upper().isin(["", "N/A"]), filings["CIK"])
    filings = filings.sort_values(["filed_on", "ACCESSION_NUMBER"], kind="stable")
    reason = pd.Series("", index=filings.index)
    if as_of is not None:
        reason = reason.where(filings["filed_on"] <= parse_day(as_of, parameter="as_of").tz_localize(None).normalize(), "filed after as_of")
    late = filings[reason == ""].duplicated(["holder_id", "reported_on"], keep="last")
    reason.loc[late[late].index] = "replaced by a later filing of the series for the same date"
    kept = filings.set_index("ACCESSION_NUMBER")[["holder_id", "holder", "reported_on", "filed_on"]]
    return kept, dict(zip(filings["ACCESSION_NUMBER"], reason, strict=True))


def _codes(source: str | Path, wanted: WantedSecurities, rows_at_once: int) -> pd.DataFrame:
    """Identifiers by HOLDING_ID: of every holding, or only of the wanted ones."""
    parts = []
    for piece, _ in stream_sec_table(source, "IDENTIFIERS.tsv", _IDENTIFIERS, rows_at_once=rows_at_once):
        piece = piece.set_axis(["holding", "isin", "ticker", "other", "described"], axis=1)
        piece["isin"] = piece["isin"].str.strip().str.upper()
        piece["sedol"] = piece["other"].where(piece["described"].str.upper().str.contains("SEDOL"), "").str.strip().str.upper()
        if not wanted.everything:
            listed = piece["isin"].isin(wanted.isins) | piece["sedol"].isin(wanted.sedols) | piece["isin"].str[2:11].isin(wanted.cusips)
            piece = piece[listed | piece["ticker"].str.strip().str.upper().isin(wanted.tickers)]
        parts.append(piece[["holding", "isin", "sedol"]])
    codes = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"holding": [], "isin": [], "sedol": []}, dtype="str")
    return codes.groupby("holding").max()  # a holding may have several rows of identifiers; empty text sorts first


def _rows(table: pd.DataFrame, filings: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    filed = filings.loc[table["ACCESSION_NUMBER"]].reset_index(drop=True)
    profile, category = table["PAYOFF_PROFILE"].str.strip().str.lower(), table["ASSET_CAT"].str.strip().str.upper()
    derivative = (table["DERIVATIVE_CAT"].str.strip() != "") | category.str.startswith("D") & ~category.eq("DBT")
    equity = category.isin(["EC", "EP"]) & (table["UNIT"].str.upper() == "NS")
    kind = np.select([derivative, profile == "short", equity & (profile == "long")], ["derivative", "short", "shares"], default="other")
    amount = sec_numbers(table["BALANCE"]).where(table["UNIT"].str.upper() == "NS")
    return pd.DataFrame(
        {
            "source": "N-PORT",
            **{name: filed[name] for name in ("holder_id", "holder", "reported_on", "filed_on")},
            "accession": table["ACCESSION_NUMBER"],
            "isin": codes["isin"].reindex(table["HOLDING_ID"], fill_value="").to_numpy(),
            "cusip": table["ISSUER_CUSIP"].where(~table["ISSUER_CUSIP"].isin(_NOT_A_CODE), ""),
            "name": table["ISSUER_NAME"],
            "share_class": table["ISSUER_TITLE"],
            "kind": kind,
            "shares": amount.where(kind != "short", -amount.abs()),
            "value_usd": sec_numbers(table["CURRENCY_VALUE"]),
            "weight": sec_numbers(table["PERCENTAGE"]) / 100.0,
            "discretion": "",
        }
    )
