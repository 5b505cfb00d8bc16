"""What courts and parties did as a typed table: one step a row, and what stands after it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from impact.data.cells import add_ids, slug, tickers
from impact.data.clock_readings import NEW_YORK, end_of_day, read_known
from impact.data.columns import known_columns, read_facts, single_ticker, source_columns

__all__ = ["OUTCOME_CODES", "STEPS", "litigation"]

STEPS = (
    "filed", "injunction_sought", "injunction_denied", "enjoined", "interim", "settled", "relief", "lost", "appeal", "dropped",
    "relisting_announced", "relisted", "clock_restarted", "unknown",
)  # fmt: skip
"""``relief``: the listing ended, by an order or by the department; ``interim``: a ruling that decides nothing for the listing."""

OUTCOME_CODES = ("open", "enjoined", "relief", "lost", "moot", "unknown")
"""What stands after the step: the listing open to challenge, stayed, ended, upheld, ended with its regime, or not known."""


class Step(NamedTuple):
    """One wording: its step, what stands after it, and who ended the listing (``order`` or ``removal``; empty: nobody)."""

    step: str
    outcome: str
    relief_by: str = ""


# First words of the cell `event` -> what it says. A cell that begins with none of them, or with two, stops the build.
WORDINGS: Mapping[str, Step] = {
    "Complaint filed": Step("filed", "open"),
    "motion for preliminary injunction": Step("injunction_sought", "open"),
    "Preliminary injunction granted": Step("enjoined", "enjoined"),
    "Injunction against WeChat order": Step("enjoined", "enjoined"),
    "Preliminary injunction denied": Step("injunction_denied", "open"),
    "Opinion on completing the administrative record": Step("interim", "open"),
    "Joint status report": Step("settled", "open"),
    "Final order vacating": Step("relief", "relief", "order"),
    "DoD removed designation": Step("relief", "relief", "removal"),
    "Removed from 1260H list": Step("relief", "relief", "removal"),
    "Added 31 Jan 2024; removed": Step("relief", "relief", "removal"),
    "Summary judgment for DoD": Step("lost", "lost"),
    "Designation upheld": Step("lost", "lost"),
    "Opening brief filed": Step("appeal", "lost"),
    "Oral argument": Step("appeal", "lost"),
    "Suit reported in May 2021; moot": Step("dropped", "moot"),
    "Late Wednesday: government files": Step("relisting_announced", "open"),
    "Deletion and addition notices": Step("relisted", "open"),
    "DoD listed correct spelling": Step("clock_restarted", "open"),
    "Named as a litigant": Step("unknown", "unknown"),
}

# Wordings of the fact base that speak of how it was compiled or of what came later: the event says what was known on its
# own day, and the rest is told with the outcome (known when the fact base was built).
REWORDED: Mapping[str, tuple[str, str]] = {
    "Named in the brief; nothing found": ("Named as a litigant; nothing found in public copies", ""),
    "Preliminary injunction denied; joint dismissal 2023-08-11; group later on UFLPA list 2024-11-01": (
        "Preliminary injunction denied",
        "joint dismissal 2023-08-11; group later on UFLPA list 2024-11-01",
    ),
    "Complaint filed; YMTC absent from withdrawn Feb 2026 draft but present on June 2026 list": (
        "Complaint filed",
        "YMTC absent from withdrawn Feb 2026 draft but present on June 2026 list",
    ),
    "Deletion and addition notices in the Federal Register (addition: doc 2024-24723, 89 FR 84547); 89 FR 86230 of 2024-10-29"
    " corrects or repeats it (not read)": (
        "Deletion and addition notices in the Federal Register (addition: doc 2024-24723, 89 FR 84547)",
        "89 FR 86230 of 2024-10-29 corrects or repeats it (not read)",
    ),
    "Oral argument; decision not found in public copies": ("Oral argument", "decision not found in public copies"),
    "Opening brief filed; outcome not found in public copies": ("Opening brief filed", "outcome not found in public copies"),
}

# Rows (first words of the event) that name something later than their own date: known only from that later day on.
LATER_KNOWN = {
    "Suit reported in May 2021; moot after EO 14032": "2021-06-03",
    "DoD listed correct spelling": "2021-03-10",
}
APPEAL = " (appeal)"


def litigation(folder: Path) -> pd.DataFrame:
    """What courts and parties did, with the instant from which it was public."""
    raw = read_facts(folder, "litigation")
    known = [read_known(day, hour, NEW_YORK) for day, hour in zip(raw["event_date"], raw["event_time_local"], strict=True)]
    columns = known_columns(known)
    for position, event in enumerate(raw["event"]):
        for opening, day in LATER_KNOWN.items():
            if event.startswith(opening):
                columns["known_at"][position] = end_of_day(day, NEW_YORK)
                columns["known_at_precision"][position] = columns["known_at_rule"][position] = "day"
    told = [REWORDED.get(event, (event, "")) for event in raw["event"]]
    steps = [_step(event) for event, _ in told]
    frame = pd.DataFrame(
        {
            "case": raw["case"],
            "challenge": raw["case"].str.removesuffix(APPEAL),
            "court_docket": raw["court_docket"],
            "has_suit": [str(docket != "no suit").lower() for docket in raw["court_docket"]],
            "judge": raw["judge"],
            "programme_id": raw["program"],
            "security": raw["company_ticker"].map(single_ticker),
            "securities": raw["company_ticker"].map(lambda text: ";".join(tickers(text))),
            "ticker_text": raw["company_ticker"],
            "event_on": [item.first_on for item in known],
            "event_last_on": [item.last_on for item in known],
            "event_text": raw["event_date"],
            "event_time_text": raw["event_time_local"],
            **columns,
            "step": [step.step for step in steps],
            "outcome_code": [step.outcome for step in steps],
            "relief_by": [step.relief_by for step in steps],
            "event": [event for event, _ in told],
            "first_market_session": raw["first_market_session"],
            "outcome": ["; ".join(filter(None, (outcome, rest))) for outcome, (_, rest) in zip(raw["outcome"], told, strict=True)],
            "conflict_id": raw["conflict_id"],
            **source_columns(raw),
        }
    )
    return add_ids(frame, (f"court-{slug(case)}-{day or 'undated'}" for case, day in zip(raw["case"], frame["event_on"], strict=True)))


def _step(event: str) -> Step:
    fitting = [step for opening, step in WORDINGS.items() if event.startswith(opening)]
    if len(fitting) != 1:
        raise ValueError(f"court event {event!r} begins with {len(fitting)} listed wordings: give it one in WORDINGS.")
    return fitting[0]
