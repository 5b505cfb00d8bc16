"""What SEC data sets say about who owns a security: one record for 13F and N-PORT alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from impact.errors import InputError
from impact.holdings.schemas import BY_DATE, REPORTED_DROPPED, REPORTED_ISSUES, REPORTED_ROWS
from impact.identifiers import clean_identifiers, identifier_kind
from impact.provenance import Source
from impact.results import Result, Summary, declared

__all__ = ["HOLDER_COLUMNS", "ReportedHoldings", "WantedSecurities", "wanted_securities"]

HOLDER_COLUMNS = (
    "source", "holder_id", "holder", "reported_on", "filed_on", "accession", "isin", "cusip", "name", "share_class", "kind", "shares",
    "value_usd", "weight", "discretion",
)  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ReportedHoldings(Result):
    """Holdings that managers or funds reported to the SEC.

    Attributes
    ----------
    rows : DataFrame
        One reported line a row. source (``13F`` or ``N-PORT``), holder_id (CIK or series), holder, reported_on (date of the holdings),
        filed_on (datetime64[ns]), accession, isin, cusip, name, share_class, kind (``shares``; ``put``, ``call``, ``principal``,
        ``short``, ``derivative``, ``other`` are kept but are no shares held long), shares, value_usd (US dollars), weight (share of net
        assets, NaN in a 13F), discretion.
    dropped : DataFrame
        reason, n_rows, example: rows read and not kept. `n_rows` = kept + the sum of dropped n_rows, always.
    issues : DataFrame
        accession, problem, action: filings whose unit of value had to be judged, or which are incomplete here.
    n_rows : int
        Rows of the holdings table, the wanted and the unwanted.
    """

    schemas = declared(rows=REPORTED_ROWS, dropped=REPORTED_DROPPED, issues=REPORTED_ISSUES, to_frame=REPORTED_ROWS)

    rows: pd.DataFrame
    dropped: pd.DataFrame
    issues: pd.DataFrame
    n_rows: int
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The reported lines (a copy)."""
        return self.rows.copy()

    def summary(self) -> Summary:
        """Holders with their shares, and what was read and left out."""
        held = self.rows[self.rows["kind"] == "shares"]
        by_date = held.groupby(["source", "reported_on"]).agg(
            n_holders=("holder_id", "nunique"), shares=("shares", "sum"), value_usd=("value_usd", "sum")
        )
        return Summary(
            title=f"Reported holdings: {len(self.rows)} of {self.n_rows:,} rows kept",
            tables=(
                ("Held long, by report date", BY_DATE.table(by_date.reset_index())),
                ("Rows not kept", self.with_schema("dropped")),
                ("Filings that needed judgement", self.with_schema("issues")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


@dataclass(frozen=True, kw_only=True)
class WantedSecurities:
    """Identifiers to keep while a table streams by; ``everything`` keeps all."""

    everything: bool
    isins: frozenset[str]
    cusips: frozenset[str]
    sedols: frozenset[str]
    tickers: frozenset[str]


def wanted_securities(securities: Iterable[str] | None) -> WantedSecurities:
    """Sort identifiers by kind; the CUSIP inside a United States or Canadian ISIN is wanted too.

    Raises
    ------
    InputError
        If a text is no ISIN, CUSIP, SEDOL or ticker line.
    """
    if securities is None:
        return WantedSecurities(everything=True, isins=frozenset(), cusips=frozenset(), sedols=frozenset(), tickers=frozenset())
    if isinstance(securities, str):
        raise InputError(f"securities={securities!r} is one text; give a list of identifiers, such as [{securities!r}].")
    by_kind: dict[str, set[str]] = {"isin": set(), "cusip": set(), "sedol": set(), "ticker": set()}
    for text, clean in zip(securities, clean_identifiers(list(securities)), strict=True):
        kind = identifier_kind(text).value
        if kind not in by_kind:
            raise InputError(
                f"securities names {text!r}, which is no ISIN, CUSIP, SEDOL or ticker with its venue; the 13F and N-PORT tables know those."
            )
        by_kind[kind].add(clean if kind != "ticker" else str(text).upper().split()[0].partition(".")[0])
        if kind == "isin" and clean[:2] in ("US", "CA"):
            by_kind["cusip"].add(clean[2:11])
    return WantedSecurities(
        everything=False,
        isins=frozenset(by_kind["isin"]),
        cusips=frozenset(by_kind["cusip"]),
        sedols=frozenset(by_kind["sedol"]),
        tickers=frozenset(by_kind["ticker"]),
    )
