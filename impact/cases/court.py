"""The courts on a case: every challenge on record, and the steps of the case's own on the sessions that could react."""

from __future__ import annotations

import pandas as pd

from impact.bundled import bundled_source
from impact.cases.case_law import lists_of_firms
from impact.cases.definition import AsOf
from impact.cases.timeline import Timeline
from impact.facts import known_table
from impact.relief.challenges import Challenges, challenges_from_steps

__all__ = ["challenges_on_record", "court_steps"]


def challenges_on_record(as_of: AsOf = None) -> Challenges:
    """The challenges on record at `as_of` (None: all), each with one outcome."""
    steps = known_table("litigation", as_of)
    return challenges_from_steps(
        steps.drop(columns="case").rename(columns={"challenge": "case"}), lists=lists_of_firms(), sources=(bundled_source("litigation"),)
    )


def court_steps(timeline: Timeline) -> pd.DataFrame:
    """Steps of the case's own challenge on the sessions that could first react: event_id, step, reaction_on, label.

    A step is known whether or not its session has a price; NaT: its session cannot be told.
    """
    columns = ["event_id", "step", "reaction_on", "label"]
    known = pd.concat([part[columns] for part in (timeline.events, timeline.pending) if len(part)] or [timeline.events[columns]])
    return known[known["step"] != ""].sort_values("reaction_on", kind="stable").reset_index(drop=True)
