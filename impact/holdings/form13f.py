"""SEC Form 13F data sets: what US managers reported, in dollars, amendments applied, options and principal told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from impact.holdings.coded import completed_cusips
from impact.holdings.owners import HOLDER_COLUMNS, ReportedHoldings, wanted_securities
from impact.holdings.sec_tables import ROWS_AT_ONCE, joined_filings, sec_dates, sec_numbers, sec_table, stream_sec_table, verdicts
from impact.instants import parse_day
from impact.provenance import Source

__all__ = ["DOLLARS_FROM", "effective_filings", "read_13f"]

DOLLARS_FROM = pd.Timestamp("2023-01-03")
"""VALUE is in dollars in filings made from this day on, in thousands before, whatever the period (SEC, Form 13F amendments of 2022)."""

_SUBMISSION = ("ACCESSION_NUMBER", "FILING_DATE", "SUBMISSIONTYPE", "CIK", "PERIODOFREPORT")
_COVER = ("ACCESSION_NUMBER", "ISAMENDMENT", "AMENDMENTNO", "AMENDMENTTYPE", "FILINGMANAGER_NAME", "REPORTTYPE")
_TABLE = (
    "ACCESSION_NUMBER", "NAMEOFISSUER", "TITLEOFCLASS", "CUSIP", "VALUE", "SSHPRNAMT", "SSHPRNAMTTYPE", "PUTCALL", "INVESTMENTDISCRETION",
)  # fmt: skip
_ASSUMPTIONS = (
    "13F lists long positions in US-listed 13(f) securities at quarter-ends, within 45 days, by managers of 100 million dollars or more.",
    "It cannot see Hong Kong and mainland lines, shorts, or holders below the threshold; the manager's domicile is not the owner's.",
    "VALUE is taken as thousands in filings before 2023-01-03 and as dollars from then on, unless the price it implies says otherwise.",
)


def read_13f(
    source: str | Path,
    *,
    securities: Iterable[str] | None = None,
    period: str | pd.Timestamp | None = None,
    as_of: str | pd.Timestamp | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
) -> ReportedHoldings:
    """Read a Form 13F data set as published by the SEC.

    Parameters
    ----------
    source : path
        Folder (or ZIP) with SUBMISSION, COVERPAGE and INFOTABLE.
    securities : iterable of str, optional
        CUSIPs or ISINs to keep; everything when None, which needs memory for the whole table.
    period : date, optional
        Keep one PERIODOFREPORT; a data set also holds late filings for older quarters.
    as_of : date, optional
        Use only filings made on or before that day.
    rows_at_once : int
        Rows of the information table held in memory at a time.

    Returns
    -------
    ReportedHoldings

    Raises
    ------
    InputError
        If a table or column is missing, or a date cannot be read.

    Notes
    -----
    Of each manager and period the last original or restatement counts, plus the NEW HOLDINGS amendments filed after it. The unit of
    VALUE follows the filing date; a filing whose prices stand at a thousandth, or a thousand times, of those of at least two
    others for the same CUSIPs is rescaled and reported.
    """
    wanted = wanted_securities(securities)
    cutoff, quarter = _day(as_of, "as_of"), _day(period, "period")
    filings, reasons = effective_filings(Path(source), as_of=cutoff, period=quarter)
    refused: Counter[str] = Counter()
    parts, n_rows = [], 0
    for piece, n_broken in stream_sec_table(source, "INFOTABLE.tsv", _TABLE, rows_at_once=rows_at_once):
        n_rows += len(piece) + n_broken
        refused["the line has the wrong number of cells"] += n_broken
        piece["CUSIP"] = completed_cusips(piece["CUSIP"])
        keep = pd.Series(True, index=piece.index) if wanted.everything else piece["CUSIP"].isin(wanted.cusips)
        refused["another security"] += int((~keep).sum())
        piece = piece[keep]
        verdict = verdicts(piece["ACCESSION_NUMBER"], reasons)
        refused.update(verdict[verdict != ""])
        parts.append(piece[verdict == ""])
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: pd.Series(dtype="str") for name in _TABLE})
    rows, issues = _in_dollars(_rows(table, filings), filings)
    return ReportedHoldings(
        rows=rows[list(HOLDER_COLUMNS)],
        dropped=pd.DataFrame([(reason, count) for reason, count in sorted(refused.items()) if count], columns=["reason", "n_rows"]),
        issues=issues,
        n_rows=n_rows,
        sources=(Source(title=f"SEC Form 13F data set ({Path(source).name})", basis="US government work"),),
        assumptions=_ASSUMPTIONS,
    )


def _day(value: str | pd.Timestamp | None, parameter: str) -> pd.Timestamp | None:
    return None if value is None else parse_day(value, parameter=parameter).tz_localize(None).normalize()


def effective_filings(
    source: Path, *, as_of: pd.Timestamp | None = None, period: pd.Timestamp | None = None
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Which filings count.

    Returns
    -------
    filings : DataFrame
        Indexed by accession number: holder_id, holder, reported_on, filed_on, based (False when only additions are in this data set).
    reasons : dict of accession number to str
        Empty text for a filing that counts, else why its rows do not.
    """
    submissions, _ = sec_table(source, "SUBMISSION.tsv", _SUBMISSION)
    covers, _ = sec_table(source, "COVERPAGE.tsv", _COVER)
    filings = joined_filings(submissions, covers)
    filings["filed_on"] = sec_dates(filings["FILING_DATE"])
    filings["reported_on"] = sec_dates(filings["PERIODOFREPORT"])
    filings["number"] = sec_numbers(filings["AMENDMENTNO"]).fillna(0)
    filings = filings.sort_values(["filed_on", "number", "ACCESSION_NUMBER"], kind="stable")
    filings["adds"] = filings["AMENDMENTTYPE"].str.upper().str.startswith("NEW")
    reason = pd.Series("", index=filings.index)
    if period is not None:
        reason = reason.where(filings["reported_on"] == period, "another period")
    if as_of is not None:
        reason = reason.where((filings["filed_on"] <= as_of) | (reason != ""), "filed after as_of")
    live = filings[reason == ""]
    order = live.groupby(["CIK", "reported_on"]).cumcount()
    base = order.where(~live["adds"]).groupby([live["CIK"], live["reported_on"]]).transform("max")
    superseded = order < base
    reason.loc[superseded[superseded].index] = "replaced by a later restatement"
    filings["based"] = base.reindex(filings.index).notna()
    kept = filings.rename(columns={"CIK": "holder_id", "FILINGMANAGER_NAME": "holder"}).set_index("ACCESSION_NUMBER")
    return kept[["holder_id", "holder", "reported_on", "filed_on", "based"]], dict(zip(filings["ACCESSION_NUMBER"], reason, strict=True))


def _rows(table: pd.DataFrame, filings: pd.DataFrame) -> pd.DataFrame:
    put_call = table["PUTCALL"].str.strip().str.lower()
    kind = put_call.mask(put_call == "", table["SSHPRNAMTTYPE"].str.upper().eq("PRN").map({True: "principal", False: "shares"}))
    filed = filings.loc[table["ACCESSION_NUMBER"]].reset_index()
    rows = pd.DataFrame(
        {
            "source": "13F",
            **{name: filed[name] for name in ("holder_id", "holder", "reported_on", "filed_on")},
            "accession": table["ACCESSION_NUMBER"],
            "isin": "",
            "cusip": table["CUSIP"],
            "name": table["NAMEOFISSUER"],
            "share_class": table["TITLEOFCLASS"],
            "kind": kind,
            "amount": sec_numbers(table["SSHPRNAMT"]),
            "value_usd": sec_numbers(table["VALUE"]),
            "weight": np.nan,
            "discretion": table["INVESTMENTDISCRETION"],
        }
    )
    rows["shares"] = rows["amount"].where(rows["kind"] != "principal")
    rows["value_usd"] *= np.where(rows["filed_on"] < DOLLARS_FROM, 1000.0, 1.0)
    return rows


def _in_dollars(rows: pd.DataFrame, filings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rescale filings whose implied prices stand a thousandfold off those of others, and say which."""
    plain = rows[(rows["kind"] == "shares") & (rows["shares"] > 0) & (rows["value_usd"] > 0)]
    price = plain["value_usd"] / plain["shares"]
    table = plain.assign(price=price).groupby(["cusip", "reported_on"])
    compared = plain.assign(ratio=np.log10(price / table["price"].transform("median")))[table["accession"].transform("nunique") >= 3]
    off = compared.groupby("accession")["ratio"].median()
    issues = []
    scale = pd.Series(1.0, index=off.index)
    for sign, said in ((3, "dollars although filed in the years of thousands"), (-3, "thousands although filed in the years of dollars")):
        wrong = off.index[(off - sign).abs() < 0.3]
        scale.loc[wrong] = 10.0**-sign
        issues += [
            (name, f"VALUE is in {said}: the prices it implies differ a thousandfold from those of other filers", "rescaled")
            for name in wrong
        ]
    partial = [name for name in rows["accession"].unique() if not filings.at[name, "based"]]
    issues += [
        (name, "only an addition to a filing that is not in this data set", "kept; the manager's other holdings are missing")
        for name in partial
    ]
    rows = rows.assign(value_usd=rows["value_usd"] * scale.reindex(rows["accession"]).fillna(1.0).to_numpy())
    return rows, pd.DataFrame(issues, columns=["accession", "problem", "action"], dtype="str")
