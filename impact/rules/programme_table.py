"""Every legal programme on record in one table: what it bars, for whom, by when."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.facts import known_table, list_edition
from impact.instants import parse_instant
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.rules.schemas import PROGRAMMES
from impact.typing_ import Instant

__all__ = ["ProgrammeTable", "programme_table"]

ASSUMPTIONS = (
    "A reading of public texts, not legal advice.",
    "A programme without rules of its own here bars no dealing in securities that this project reads; its regime says what it does.",
)
NO_CLOCK = "no clock on record"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ProgrammeTable(Result):
    """The programmes known at an instant.

    Attributes
    ----------
    programmes : DataFrame
        One row a programme: programme_id, name, regime (a row of ``regimes.csv``), bars, bound (whom it binds), clock (by when),
        in_force_from_on, in_force_to_on (NaT: in force as far as known, or never), n_names (names on record that it reaches then: of its
        list, or of the lists that an order reads; 0 once it has ended, missing where no name of it is on record), citation, source,
        confidence.
    """

    schemas = declared(programmes=PROGRAMMES, to_frame=PROGRAMMES)

    as_of: pd.Timestamp | None
    programmes: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The programmes (a copy)."""
        return self.programmes.copy()

    @property
    def title(self) -> str:
        """How many programmes are known, and at which instant."""
        when = "on record" if self.as_of is None else f"known at {self.as_of.tz_convert('America/New_York'):%Y-%m-%d %H:%M} ET"
        return f"{len(self.programmes)} legal programmes {when}"

    def summary(self) -> Summary:
        """Every programme in one line."""
        return Summary(
            title=self.title, tables=(("Programmes", self.with_schema("programmes")),), notes=self.assumptions, sources=self.sources
        )


def _day(moment: pd.Timestamp) -> pd.Timestamp:
    return moment.tz_convert("America/New_York").tz_localize(None).normalize()


def _names_reached(programmes: pd.Series, lists: list[str], moment: pd.Timestamp | None) -> pd.Series:
    """How many names on record each programme reaches at an instant: a list its own, an order those of every list under it."""
    listed = known_table("designations", moment)
    own = listed["own_list_id"].where(listed["own_list_id"] != "", listed["programme_id"])
    read = {name: set(group) for name, group in own.groupby(listed["programme_id"])}
    held = {name: len(list_edition(name, moment).names) for name in set(own)}
    counts = []
    for programme, of_list in zip(programmes, lists, strict=True):
        reached = {of_list} & set(held) if programme == of_list else read.get(of_list, set())
        counts.append(sum(held[name] for name in reached) if reached else None)
    return pd.Series(counts, index=programmes.index, dtype="Int64")


def programme_table(as_of: Instant | None = None) -> ProgrammeTable:
    """Legal programmes as known at an instant: what each bars, for whom, by when.

    Parameters
    ----------
    as_of : str, datetime or Timestamp, optional
        Use only what was known then (a zoned instant); None uses everything recorded.

    Raises
    ------
    InputError
        If `as_of` has no zone.

    Examples
    --------
    >>> programme_table("2021-03-01T12:00-05:00").programmes.set_index("programme_id").loc["eo13974-amend", "regime"]
    'possession_ban'
    """
    moment = None if as_of is None else parse_instant(as_of)
    known = known_table("programmes", moment)
    rules = read_bundled("programme_rules").set_index("programme_id")
    about = read_bundled("regimes").set_index("regime")
    frame = known[["programme_id", "name", "regime", "in_force_from_on", "in_force_to_on", "source", "confidence"]].copy()
    ruled = frame["programme_id"].isin(rules.index)
    named = rules.reindex(frame["programme_id"]).fillna("")
    frame["bars"] = [
        bars if has else text for has, bars, text in zip(ruled, named["bars"], about.loc[frame["regime"], "about"], strict=True)
    ]
    frame["bound"] = named["bound"].to_numpy()
    frame["clock"] = [text or NO_CLOCK for text in named["clock_rule"]]
    frame["citation"] = named["citation"].to_numpy()
    ended = frame["in_force_to_on"].notna() & (True if moment is None else frame["in_force_to_on"] <= _day(moment))
    frame["n_names"] = _names_reached(frame["programme_id"], named["list_id"].tolist(), moment).mask(ended, 0)
    order = [column.name for column in PROGRAMMES.columns]
    return ProgrammeTable(as_of=moment, programmes=frame[order].reset_index(drop=True), sources=(bundled_source("programmes"),))
