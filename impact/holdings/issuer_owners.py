"""Who is known to own an issuer, from what managers and funds reported: a lower bound, and what the sources cannot see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.owners import ReportedHoldings
from impact.holdings.schemas import BY_LINE, HOLDERS, OTHER_POSITIONS, OWNERSHIP_BOUNDS
from impact.identifiers import cusip_from_isin, lines_of_issuer
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared

__all__ = ["Ownership", "ownership"]

_NOTES = (
    "A lower bound: the larger of 13F and N-PORT on each line, because a fund's shares also stand in its manager's 13F. "
    "The sum of both is the upper end of what is reported, not of what is owned.",
    "A holder that is gone from a source need not have sold: it may have fallen below the threshold, or the receipt left the US exchange.",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Ownership(Result):
    """Reported holders of one issuer.

    Attributes
    ----------
    issuer : str
    holders : DataFrame
        source, holder_id, holder, security, line (``local``, ``ADR``), reported_on, filed_on, shares, ordinary_shares (NaN: ratio of the
        receipt unknown), value_usd; and, against the report date before: previous_shares, change_shares, change (``new``, ``more``,
        ``less``, ``same``, ``gone``; empty on the first date).
    by_line : DataFrame
        reported_on, security, n_holders_13f, n_holders_nport, ordinary_shares_13f, ordinary_shares_nport, ordinary_shares_low (the
        larger of both), ordinary_shares_high (their sum).
    bounds : DataFrame
        reported_on, ordinary_shares_low and _high over all lines, and fraction_low and _high of the shares outstanding (NaN: not given).
    other_positions : DataFrame
        Options, principal amounts, shorts and derivatives on the issuer: reported, but no shares held long.
    """

    schemas = declared(holders=HOLDERS, by_line=BY_LINE, bounds=OWNERSHIP_BOUNDS, other_positions=OTHER_POSITIONS, to_frame=HOLDERS)

    issuer: str
    holders: pd.DataFrame
    by_line: pd.DataFrame
    bounds: pd.DataFrame
    other_positions: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The holders (a copy)."""
        return self.holders.copy()

    def summary(self) -> Summary:
        """Bounds, lines, and the largest holders of the last date."""
        shown = ["source", "holder", "security", "reported_on", "shares", "ordinary_shares", "value_usd", "change", "change_shares"]
        latest = self.holders[self.holders["reported_on"] == self.holders["reported_on"].max()]
        return Summary(
            title=f"Reported owners of {self.issuer}: {self.holders['holder_id'].nunique()} holder(s), a lower bound",
            tables=(
                ("Bounds", self.with_schema("bounds")),
                ("By line", self.with_schema("by_line")),
                ("Holders", HOLDERS.table(latest[shown].sort_values("ordinary_shares", ascending=False).head(25))),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


def ownership(
    issuer: str,
    reported: ReportedHoldings | Iterable[ReportedHoldings],
    *,
    ratios: Mapping[str, float] | None = None,
    shares_outstanding: float | None = None,
    lines: pd.DataFrame | None = None,
) -> Ownership:
    """Who reported shares of an issuer, on which line, and how that changed.

    Parameters
    ----------
    issuer : str
        Any line, ISIN, CUSIP or ticker of it that the table of lines knows.
    reported : ReportedHoldings or several
        From :func:`read_13f` and :func:`read_nport`, of as many quarters as wanted.
    ratios : mapping of line to float, optional
        Ordinary shares in one receipt, where the table of lines does not know it.
    shares_outstanding : float, optional
        For the fraction held.
    lines : DataFrame, optional
        Lines of the issuer in the form of :func:`impact.identifiers.security_lines`, in place of the bundled ones.

    Raises
    ------
    InputError
        If no line of the issuer is known, or the shares outstanding are not positive.

    Notes
    -----
    Per line and date, max(13F, N-PORT) <= shares reported by US holders <= 13F + N-PORT.
    """
    known = lines_of_issuer(issuer) if lines is None else lines
    if known.empty:
        raise InputError(f"issuer={issuer!r} is in no known line; give its lines with lines=, or one of its identifiers.")
    if shares_outstanding is not None and not shares_outstanding > 0:
        raise InputError(f"shares_outstanding={shares_outstanding!r} must be positive.")
    given = [reported] if isinstance(reported, ReportedHoldings) else list(reported)
    rows = pd.concat([table.rows for table in given], ignore_index=True) if given else pd.DataFrame()
    if rows.empty:
        raise InputError("reported holds no row; read a 13F or N-PORT data set of the quarter wanted.")
    rows = _of_issuer(rows, known, ratios or {})
    held = rows[rows["kind"] == "shares"]
    held = _latest_filings(held)
    by_line = _by_line(held)
    return Ownership(
        issuer=str(known["issuer"].iloc[0]),
        holders=_with_changes(held),
        by_line=by_line,
        bounds=_bounds(by_line, shares_outstanding),
        other_positions=rows[rows["kind"] != "shares"].reset_index(drop=True),
        sources=unique_sources(*(table.sources for table in given)),
        assumptions=(*_NOTES, *dict.fromkeys(note for table in given for note in table.assumptions)),
    )


def _of_issuer(rows: pd.DataFrame, lines: pd.DataFrame, ratios: Mapping[str, float]) -> pd.DataFrame:
    by_code: dict[str, Any] = {}
    for line in lines.to_dict("records"):
        ratio = ratios.get(line["security"], line["adr_ratio"])
        plain = line["kind"] in ("equity", "counter") and ratio != ratio
        target = (
            line["security"],
            "local" if line["kind"] in ("equity", "counter") else str(line["kind"]).upper(),
            1.0 if plain else float(ratio),
        )
        for code in (line["isin"], line["cusip"], cusip_from_isin(line["isin"])):
            if code:
                by_code.setdefault(code, target)
    known = rows["isin"].map(by_code).where(rows["isin"].isin(by_code), rows["cusip"].map(by_code))
    rows = rows[known.notna()].assign(target=known[known.notna()])
    parts = pd.DataFrame(rows["target"].tolist(), columns=["security", "line", "ratio"], index=rows.index)
    table = pd.concat([rows.drop(columns="target"), parts], axis=1)
    return table.assign(ordinary_shares=table["shares"] * table["ratio"].astype("float64"))


def _latest_filings(held: pd.DataFrame) -> pd.DataFrame:
    """One figure a holder, line and date: lines split by other managers are added, a later data set replaces an earlier one."""
    last = held.groupby(["source", "holder_id", "reported_on"])["filed_on"].transform("max")
    adds = held["source"].eq("13F")  # additions of one manager count together; read_13f has already left out what was restated
    current = held[(held["filed_on"] == last) | adds].drop_duplicates(
        ["source", "accession", "security", "shares", "value_usd", "discretion"]
    )
    keys = ["source", "holder_id", "security", "line", "reported_on"]
    return current.groupby(keys, as_index=False, sort=True).agg(
        holder=("holder", "last"),
        filed_on=("filed_on", "max"),
        shares=("shares", "sum"),
        ordinary_shares=("ordinary_shares", lambda column: column.sum(skipna=False)),
        value_usd=("value_usd", "sum"),
    )


def _with_changes(held: pd.DataFrame) -> pd.DataFrame:
    """Each holder against the report date before it of the same source, those that are gone included."""
    parts = []
    for _, source in held.groupby("source", sort=True):
        dates = sorted(source["reported_on"].unique())
        for number, date in enumerate(dates):
            now = source[source["reported_on"] == date]
            if number == 0:
                parts.append(now.assign(previous_shares=np.nan, change_shares=np.nan, change=""))
                continue
            before = source.loc[source["reported_on"] == dates[number - 1], ["holder_id", "security", "line", "holder", "shares", "source"]]
            both = now.merge(before, on=["holder_id", "security", "line", "source"], how="outer", suffixes=("", "_before"))
            gone = both["shares"].isna()
            both["holder"] = both["holder"].where(~gone, both["holder_before"])
            both["reported_on"] = date
            both["previous_shares"] = both["shares_before"]
            both["change_shares"] = both["shares"].fillna(0.0) - both["shares_before"].fillna(0.0)
            sign = np.sign(both["change_shares"])
            both["change"] = np.select(
                [gone, both["shares_before"].isna(), sign > 0, sign < 0], ["gone", "new", "more", "less"], default="same"
            )
            parts.append(both.drop(columns=["holder_before", "shares_before"]))
    columns = ["source", "holder_id", "holder", "security", "line", "reported_on", "filed_on", "shares", "ordinary_shares", "value_usd"]
    columns += ["previous_shares", "change_shares", "change"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _by_line(held: pd.DataFrame) -> pd.DataFrame:
    keys = ["reported_on", "security"]
    table = held[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    for source, label in (("13F", "13f"), ("N-PORT", "nport")):
        part = held[held["source"] == source].groupby(keys)
        summed = part.agg(n=("holder_id", "nunique"), total=("ordinary_shares", lambda column: column.sum(skipna=False))).reset_index()
        table = table.merge(summed.rename(columns={"n": f"n_holders_{label}", "total": f"ordinary_shares_{label}"}), on=keys, how="left")
        table[f"n_holders_{label}"] = table[f"n_holders_{label}"].fillna(0).astype("int64")
    both = table[["ordinary_shares_13f", "ordinary_shares_nport"]]
    unknown = ((table[["n_holders_13f", "n_holders_nport"]].to_numpy() > 0) & both.isna().to_numpy()).any(axis=1)
    table["ordinary_shares_low"] = both.max(axis=1).fillna(0.0)
    table["ordinary_shares_high"] = both.sum(axis=1).where(~unknown)
    return table


def _bounds(by_line: pd.DataFrame, shares_outstanding: float | None) -> pd.DataFrame:
    summed = by_line.groupby("reported_on").agg(
        ordinary_shares_low=("ordinary_shares_low", "sum"),
        ordinary_shares_high=("ordinary_shares_high", lambda column: column.sum(skipna=False)),
    )
    table = summed.reset_index()
    for side in ("low", "high"):
        table[f"fraction_{side}"] = table[f"ordinary_shares_{side}"] / (shares_outstanding if shares_outstanding else np.nan)
    return table
