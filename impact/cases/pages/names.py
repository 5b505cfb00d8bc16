"""Names in the place of the codes that tables are joined by: events, programmes, clocks, forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from impact.cases.answers import ACTS, NEW_YORK
from impact.facts import known_table
from impact.supply.holder_classes import CLASS_TITLES

if TYPE_CHECKING:
    from impact.cases import Case
    from impact.tables import Table

__all__ = ["Names", "names_of"]

FORECASTS = MappingProxyType(
    {
        "library": "event library: news and flow",
        "class_scenario": "what the class of the event did before",
        "all_laws": "all together",
    }
)


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the codes of a case are called.

    Attributes
    ----------
    events : mapping
        Of each event id, alone or joined by + where several reach one session, its label.
    programmes : mapping
        Of each programme id its name.
    """

    events: Mapping[str, str]
    programmes: Mapping[str, str]

    def event(self, ids: str) -> str:
        """One event, or several that are parted by a comma."""
        return "; ".join(self.events.get(part, part) for part in ids.split(", ")) if ids else ""

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The same rows with names for codes, instants in New York, and no second column that says the same."""
        shown = frame.copy()
        if "event_id" in shown:
            shown = shown.drop(columns="label", errors="ignore")
        for column in {"event_id", "overlaps_with"} & set(shown.columns):
            shown[column] = [self.event(str(text)) for text in shown[column].fillna("")]
        for column, known in (("programme_id", self.programmes), ("clock", CLOCKS), ("law", _forecasts()), ("holder_class", CLASS_TITLES)):
            if column in shown:
                shown[column] = [known.get(str(text), text) for text in shown[column]]
        if "known_at" in shown:
            shown["known_at"] = pd.to_datetime(shown["known_at"], utc=True).dt.tz_convert(NEW_YORK)
        return shown

    def of(self, table: Table) -> Table:
        """A table with its schema, in names."""
        return table.of(self.frame(table.frame))


CLOCKS = MappingProxyType({clock: f"{act} ends" for clock, act in ACTS.items()})


def _forecasts() -> Mapping[str, str]:
    from impact.pricing.laws import LAWS

    return {**{name: law.title for name, law in LAWS.items()}, **FORECASTS}


def names_of(case: Case) -> Names:
    """The names of a case: its events on the timeline, those that share a session joined, and every programme on record."""
    timeline, study = case.timeline(), case.studied()
    frames = [timeline.events, timeline.pending, *([] if study is None else [study.events])]
    events = {row["event_id"]: row["label"] for frame in frames for row in frame[["event_id", "label"]].to_dict("records")}
    programmes = known_table("programmes")
    named = dict(zip(programmes["programme_id"], programmes["name"], strict=True))
    own = case.definition.own_programme
    return Names(events=events, programmes=named if own is None else named | {own.programme_id: own.name})
