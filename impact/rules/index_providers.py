"""Where each index provider stood on a line: announced, executed at a close, effective at an open, retained, re-admitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impact.calendars import parse_instant, session_close, sessions, venue_of
from impact.errors import InputError
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.rules.book import rule_book
from impact.rules.schemas import PROVIDER_STEPS
from impact.rules.vocabulary import line_key, lines_of
from impact.typing_ import Instant

__all__ = ["PROVIDER_STATES", "ProviderPath", "provider_path"]

PROVIDER_STATES: Mapping[str, str] = {
    "delete": "deletion announced",
    "conditional_delete": "deletion conditional",
    "re_add": "re-admission announced",
    "re_add_proposed": "re-admission proposed",
    "retain": "retained",
    "eligible": "eligible again",
    "no_add": "no additions",
    "under_review": "under review",
    "none": "untouched",
}
"""State that an announcement of each kind leaves a line in; an execution moves it on to one of the states below."""

EXECUTED = {"delete": "deleted", "re_add": "re-admitted"}
# From which states an announcement of a kind makes sense. A step outside is kept and marked, never mended.
EXPECTED_FROM: Mapping[str, frozenset[str]] = {
    "delete": frozenset(
        {"member", "under review", "deletion conditional", "deletion cancelled", "re-admitted", "retained", "deletion announced"}
    ),
    "conditional_delete": frozenset({"member", "under review"}),
    "re_add": frozenset({"deleted", "re-admission proposed", "eligible again"}),
    "re_add_proposed": frozenset({"deleted"}),
    "retain": frozenset({"member", "under review", "deletion conditional"}),
    "eligible": frozenset({"deleted"}),
}
COLUMNS = [
    "provider", "line", "index_family", "at", "step", "state", "share", "close_of", "open_of", "certainty", "happened", "expected",
    "citation", "confidence",
]  # fmt: skip
ASSUMPTIONS = (
    "A line is taken as a member until the provider's first recorded step; absence of a step is no proof of membership.",
    "Effective at the open of a day means trade at the close of the session before; both are shown where stated.",
    "Tranches of one notice are equal shares unless the notice says otherwise.",
    "An execution that no source confirms keeps the certainty its notice gave it.",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ProviderPath(Result):
    """The steps of each provider on one line, in order.

    Attributes
    ----------
    steps : pandas.DataFrame
        One row a step: provider, line, index_family, at (UTC: when announced, or the close at which executed), step
        (``announced``, ``cancelled``, ``executed``), state after it, share of the line executed so far (0 to 1, NaN where a
        step executes nothing), close_of (session at whose close it is executed), open_of (session at whose open it takes
        effect), certainty (``stated``, ``planned``, ``not_verified``, ...), happened (False for a step still ahead at
        `as_of`), expected (False where the step does not follow from the state before), citation, confidence.
    """

    schemas = declared(steps=PROVIDER_STEPS, to_frame=PROVIDER_STEPS)

    security: str
    as_of: pd.Timestamp | None
    steps: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The steps of every provider."""
        return self.steps.copy()

    def state(self, provider: str, at: Instant) -> str:
        """State of the line with one provider at a zoned instant; ``member`` before its first step.

        Raises
        ------
        InputError
            If no step of that provider is recorded for the line.
        """
        moment = parse_instant(at, parameter="at").tz_convert("UTC")
        own = self.steps[self.steps["provider"] == provider]
        if own.empty:
            raise InputError(
                f"provider={provider!r} has no recorded step on {self.security}; there are: {', '.join(self.providers) or 'none'}."
            )
        passed = own[own["at"] <= moment]
        return "member" if passed.empty else str(passed["state"].iloc[-1])

    @property
    def providers(self) -> tuple[str, ...]:
        """Providers with a recorded step, in order of their first."""
        return tuple(dict.fromkeys(self.steps["provider"]))

    def summary(self) -> Summary:
        """One table a provider."""
        shown = ["at", "step", "state", "share", "close_of", "open_of", "certainty", "happened"]
        steps = self.with_schema("steps")
        own = {name: steps.frame.loc[self.steps["provider"] == name, shown].reset_index(drop=True) for name in self.providers}
        tables = tuple((name, steps.of(frame)) for name, frame in own.items())
        return Summary(title=f"Index providers on {self.security}", tables=tables, notes=self.assumptions, sources=self.sources)


def provider_path(
    security: str, as_of: Instant | None = None, *, provider: str | None = None, tables: Mapping[str, pd.DataFrame] | None = None
) -> ProviderPath:
    """Replay what each index provider announced and executed on one line.

    Parameters
    ----------
    security : str
        One trading line: providers treat A, H and ADR lines of an issuer apart.
    as_of : str, datetime or Timestamp, optional
        Use only what was known then; executions announced by then but still ahead are rows with `happened` False.
    provider : str, optional
        One provider (``MSCI``, ``FTSE Russell``, ``S&P DJI``, ``Nasdaq``, ``JPMorgan``, ``Hang Seng Indexes``); None for all.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base.

    Returns
    -------
    ProviderPath

    Examples
    --------
    >>> path = provider_path("1810.HK")
    >>> path.state("MSCI", "2021-03-16T00:00Z"), path.state("FTSE Russell", "2021-03-12T00:00Z")
    ('retained', 'deleted')
    """
    if not isinstance(security, str) or not security.strip():
        raise InputError(f"security={security!r} names no line; give one such as 1810.HK.")
    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    line = line_key(security)
    rows = [row for row in rule_book(known, tables).index_actions if line in _lines(row)]
    names = dict.fromkeys(name for row in rows for name in _names(row) if provider in (None, name))
    steps = [step for name in names for step in _replay(name, line, [row for row in rows if name in _names(row)], known)]
    frame = pd.DataFrame(steps, columns=COLUMNS)
    return ProviderPath(
        security=line,
        as_of=known,
        steps=frame.assign(
            at=pd.to_datetime(frame["at"], utc=True).astype("datetime64[ns, UTC]"),
            **{name: pd.to_datetime(frame[name]).astype("datetime64[ns]") for name in ("close_of", "open_of")},
        ),
        sources=unique_sources(Source(title=step["citation"], basis="facts", confidence=step["confidence"]) for step in steps),
    )


def _names(row: Mapping[str, str]) -> list[str]:
    return row["providers"].split(";")


def _lines(row: Mapping[str, str]) -> set[str]:
    """Trading lines and bond identifiers that a row names."""
    return {*lines_of(row["securities"]), *filter(None, row["identifiers"].split(";"))}


def _replay(provider: str, line: str, rows: list[Mapping[str, str]], as_of: pd.Timestamp | None) -> list[dict[str, Any]]:
    """Steps of one provider in time order, each with the state it leaves the line in."""
    events = sorted((event for row in rows for event in _events(row, line)), key=lambda event: (event["at"], event["order"]))
    state, families = "member", set()
    steps = []
    for event in events:
        other_family = event["step"] == "announced" and event["index_family"] not in families
        expected = (
            event["from_states"] is None or state in event["from_states"] or (event["state"] == "deletion announced" and other_family)
        )
        state = event["state"]
        families.add(event["index_family"])
        happened = as_of is None or event["at"] <= as_of
        steps.append(
            {
                **{name: event[name] for name in event if name in COLUMNS},
                "provider": provider,
                "line": line,
                "happened": happened,
                "expected": expected,
            }
        )
    return steps


def _events(row: Mapping[str, str], line: str) -> list[dict[str, Any]]:
    """The announcement of a row, its cancellation, and its executions, one a tranche."""
    kind = row["action_kind"]
    common = {
        "index_family": row["index_family"],
        "certainty": row["execution_certainty"],
        "citation": row["source"],
        "confidence": row["confidence"],
    }
    announced = pd.Timestamp(row["known_at"]).tz_convert("UTC")
    dated = _tranches(row, line)
    first_close, first_open = dated[0] if dated else (None, None)
    events = [
        {
            **common,
            "at": announced,
            "order": 0,
            "step": "announced",
            "state": PROVIDER_STATES[kind],
            "share": float("nan"),
            "close_of": first_close,
            "open_of": first_open,
            "from_states": EXPECTED_FROM.get(kind),
        }
    ]
    if row["cancelled_known_at"]:
        cancelled = pd.Timestamp(row["cancelled_known_at"]).tz_convert("UTC")
        blank = {"share": float("nan"), "close_of": None, "open_of": None}
        return [
            *events,
            {**common, **blank, "at": cancelled, "order": 1, "step": "cancelled", "state": "deletion cancelled", "from_states": None},
        ]
    for position, (close_of, open_of) in enumerate(dated if kind in EXECUTED else [], start=1):
        share = position / len(dated)
        state = EXECUTED[kind] if position == len(dated) else f"partly {EXECUTED[kind]}"
        at = max(session_close(close_of, _calendar_of(line)), announced)
        events.append(
            {
                **common,
                "at": at,
                "order": 2,
                "step": "executed",
                "state": state,
                "share": share,
                "close_of": close_of,
                "open_of": open_of,
                "from_states": None,
            }
        )
    return events


def _tranches(row: Mapping[str, str], line: str) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Session at whose close, and session at whose open, each tranche falls, on the calendar of the line.

    A second date is a second tranche, or the date of the other lines (the first being the receipts').
    """
    venue = _calendar_of(line)
    dates = [(row["last_close_on"], row["effective_open_on"]), (row["last_close_second_on"], row["effective_open_second_on"])]
    dates = [pair for pair in dates if any(pair)]
    if len(dates) == 2 and row["second_date_is"] != "tranche":
        dates = dates[:1] if venue == "XNYS" else dates[1:]
    tranches = []
    for close_text, open_text in dates:
        last = pd.Timestamp(close_text) if close_text else pd.Timestamp(open_text) - pd.Timedelta(days=1)
        close_of = sessions(venue, last - pd.Timedelta(days=20), last)[-1]
        open_of = pd.Timestamp(open_text) if open_text else sessions(venue, last + pd.Timedelta(days=1), last + pd.Timedelta(days=20))[0]
        tranches.append((close_of, open_of))
    return tranches


def _calendar_of(line: str) -> str:
    """Venue of a line; New York for what trades on none, such as a bond."""
    try:
        return venue_of(line)
    except InputError:
        return "XNYS"
