"""The cases that ship, one row each, with what each lacks: seen from the tables alone, before anything is estimated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.calendars import first_session_to_react, venue_of
from impact.cases.definition import CaseDefinition
from impact.cases.listing import listing_of
from impact.cases.shares import WHOLE
from impact.cases.shipped import case_names, define_case
from impact.facts import known_table
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import Column, Schema

__all__ = ["CaseList", "case_list"]

CASES = Schema(
    "cases",
    (
        Column("case"),
        Column("title"),
        Column("security", "code"),
        Column("programme_id", "code", short="programme"),
        Column("reaction_on", "date", short="first session", about="first session of the line that could react"),
        Column("lacks", about="what the bundled tables do not hold of it"),
    ),
    about="a case that ships",
)
EVE = pd.Timedelta(days=12)
"""Days before the first session within which a line must have traded for its volume on the eve to be known."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CaseList(Result):
    """The cases that ship: case, title, security, programme_id, reaction_on, lacks (empty: nothing that is looked for)."""

    schemas = declared(cases=CASES, to_frame=CASES)

    cases: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = (
        "What a case lacks stays unknown in it; its file says so in unknowns, and prices of your own are taken with --source.",
    )

    def to_frame(self) -> pd.DataFrame:
        """The cases."""
        return self.cases.copy()

    def summary(self) -> Summary:
        """One row a case."""
        whole = int((self.cases["lacks"] == "").sum())
        title = f"{len(self.cases)} cases ship, {whole} of them with prices, volumes, shares and holders"
        return Summary(title=title, tables=(("Cases", self.with_schema("cases")),), notes=self.assumptions, sources=self.sources)


def case_list() -> CaseList:
    """Every case that ships, in order of its first session."""
    rows = []
    for name in case_names():
        definition = define_case(name)
        reacted_on = first_session_to_react(listing_of(definition).known_at, venue_of(definition.security)).session
        rows.append(
            {
                "case": name,
                "title": definition.title,
                "security": definition.security,
                "programme_id": definition.programme_id,
                "reaction_on": reacted_on,
                "lacks": "; ".join(_lacking(definition, reacted_on)),
            }
        )
    table = pd.DataFrame(rows).sort_values(["reaction_on", "case"], ignore_index=True)
    return CaseList(cases=table, sources=(bundled_source("designations"), bundled_source("securities")))


def _lacking(definition: CaseDefinition, reacted_on: pd.Timestamp) -> Iterator[str]:
    lines = read_bundled("securities").set_index("security")
    for name, what in ((definition.security, "closes on its first session"), (definition.market, f"closes of {definition.market} then")):
        if name not in lines.index or not _spans(str(lines.at[name, "first_on"]), str(lines.at[name, "last_on"]), reacted_on):
            yield what
    own = lines.loc[[definition.security]].to_dict("records")[0] if definition.security in lines.index else None
    if own is None or not _spans(own["volume_first_on"], own["volume_last_on"], reacted_on - EVE):
        yield "volumes on the eve"
    counted = known_table("shares_outstanding")
    capitalised = known_table("ownership")
    of_line = capitalised["security"] == definition.security
    if not ((counted["security"] == definition.security) & counted["share_class"].isin(WHOLE)).any():
        yield "count of shares"
    if not (of_line & (capitalised["metric_code"] == "us_investors_share") & capitalised["value"].notna()).any():
        yield "share held from the United States"


def _spans(first: str, last: str, day: pd.Timestamp) -> bool:
    return bool(first) and pd.Timestamp(first) < day <= pd.Timestamp(last)
