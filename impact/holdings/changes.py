"""What changed between two exposure reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.holdings.schemas import EXPOSURE_CHANGES
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared

if TYPE_CHECKING:
    from impact.holdings.exposure import ExposureReport

__all__ = ["ExposureChange", "exposure_change"]

_COMPARED = ("status", "programme", "nav_share_low", "nav_share_high", "next_ban_at", "divest_by_at", "lifted_by", "citation")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExposureChange(Result):
    """The difference of two reports.

    Attributes
    ----------
    before, after : Timestamp
    rows : DataFrame
        account, entity, security, via, change (``new``, ``gone``, ``status``, ``clock``, ``size``), and status, programme, nav_share,
        next_ban_at, divest_by_at, lifted_by and citation as _before and _after. Lines without a change are left out.
    n_unchanged : int
    """

    schemas = declared(rows=EXPOSURE_CHANGES, to_frame=EXPOSURE_CHANGES)

    before: pd.Timestamp
    after: pd.Timestamp
    rows: pd.DataFrame
    n_unchanged: int
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The changed lines (a copy)."""
        return self.rows.copy()

    def summary(self) -> Summary:
        """The changed lines."""
        shown = ["account", "entity", "security", "via", "change", "status_before", "status_after", "citation_after"]
        return Summary(
            title=f"Exposure from {self.before.isoformat()} to {self.after.isoformat()}: {len(self.rows)} line(s) changed",
            tables=(("Changes", self.with_schema("rows", shown)),),
            sources=self.sources,
        )


def exposure_change(before: ExposureReport, after: ExposureReport) -> ExposureChange:
    """Compare two reports line by line: the same account, security and way held.

    Parameters
    ----------
    before, after : ExposureReport
        Of one book at two instants, or of two books.
    """
    sides = []
    for report in (before, after):
        table = report.exposures.assign(
            key=report.exposures["security"].where(report.exposures["security"] != "", report.exposures["entity"])
        )
        sides.append(table.drop_duplicates(["account", "key", "via"]).set_index(["account", "key", "via"])[["entity", *_COMPARED]])
    joined = sides[0].add_suffix("_before").join(sides[1].add_suffix("_after"), how="outer")
    had, has = joined["status_before"].notna(), joined["status_after"].notna()
    clock = _differs(joined, "next_ban_at") | _differs(joined, "divest_by_at")
    size = ~np.isclose(joined["nav_share_low_before"], joined["nav_share_low_after"], rtol=1e-9, equal_nan=True) | ~np.isclose(
        joined["nav_share_high_before"], joined["nav_share_high_after"], rtol=1e-9, equal_nan=True
    )
    other = _differs(joined, "status") | _differs(joined, "programme") | _differs(joined, "lifted_by")
    change = np.select([~had & has, had & ~has, other, clock, size], ["new", "gone", "status", "clock", "size"], default="")
    entity = joined["entity_after"].where(has, joined["entity_before"])
    table = (
        joined.drop(columns=["entity_before", "entity_after"])
        .assign(entity=entity, change=change)
        .reset_index()
        .rename(columns={"key": "security"})
    )
    columns = ["account", "entity", "security", "via", "change", *(f"{name}_{side}" for name in _COMPARED for side in ("before", "after"))]
    changed = table["change"] != ""
    return ExposureChange(
        before=before.as_of,
        after=after.as_of,
        rows=table.loc[changed, columns].reset_index(drop=True),
        n_unchanged=int((~changed).sum()),
        sources=unique_sources(before.sources, after.sources),
        assumptions=after.assumptions,
    )


def _differs(joined: pd.DataFrame, name: str) -> pd.Series:
    before, after = joined[f"{name}_before"], joined[f"{name}_after"]
    return (before != after) & ~(before.isna() & after.isna())
