"""Lists as dated editions: who stood on a list at an instant, and what one edition changed against another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.errors import InputError
from impact.facts.schemas import EDITION_CHANGES, EDITION_NAMES
from impact.facts.tables import known_table, typed
from impact.instants import parse_instant
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.typing_ import Instant

if TYPE_CHECKING:
    from pandas.api.typing import NaTType

__all__ = ["Edition", "EditionDifference", "edition_difference", "list_edition"]

EASTERN = "America/New_York"
STATUSES = ("listed", "relisted", "disputed")
"""Listed once; listed again after a removal; two readings of whether the name still stands, neither of which is dropped."""

ASSUMPTIONS = (
    "A name stands on a list from the instant its listing was public to the instant its removal was; both come from periods, none is typed.",
    "The fact base holds the names it could read; where an edition printed another number, the count says so.",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Edition(Result):
    """The names of one list as known at an instant.

    Attributes
    ----------
    names : DataFrame
        One row a name: entity (as printed then), security (its line, empty where unlisted), status (``listed``, ``relisted``,
        ``disputed``), listed_on (first day of the span it stands in), began (listed, relisted, corrected), fact_id, source,
        confidence.
    printed_on : Timestamp or NaT
        Day of the newest edition by then (NaT: none known).
    n_printed : int or None
        Names that it printed; None where no count is on record.
    """

    schemas = declared(names=EDITION_NAMES, to_frame=EDITION_NAMES)

    list_id: str
    at: pd.Timestamp
    names: pd.DataFrame
    printed_on: pd.Timestamp | NaTType
    n_printed: int | None
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The names (a copy)."""
        return self.names.copy()

    @property
    def title(self) -> str:
        """The list, its newest edition and the two counts in one line."""
        printed = "its count is not on record" if self.n_printed is None else f"it printed {self.n_printed}"
        when = "no edition known" if pd.isna(self.printed_on) else f"edition of {self.printed_on:%Y-%m-%d} ({printed})"
        return f"{self.list_id} at {self.at.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET: {len(self.names)} names held, {when}"

    def summary(self) -> Summary:
        """The count held against the count printed, and every name."""
        return Summary(title=self.title, tables=(("Names", self.with_schema("names")),), notes=self.assumptions, sources=self.sources)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class EditionDifference(Result):
    """What changed on one list between two instants.

    Attributes
    ----------
    changes : DataFrame
        change (``added``, ``removed``, ``relisted``, ``renamed``), entity, before (name printed before), security,
        changed_on (day of the listing or removal), source, confidence.
    """

    schemas = declared(changes=EDITION_CHANGES, to_frame=EDITION_CHANGES)

    list_id: str
    earlier: pd.Timestamp
    later: pd.Timestamp
    changes: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The changes (a copy)."""
        return self.changes.copy()

    @property
    def title(self) -> str:
        """The counts of each kind of change in one line."""
        counts = self.changes["change"].value_counts()
        told = ", ".join(f"{int(counts.get(kind, 0))} {kind}" for kind in ("added", "removed", "relisted", "renamed"))
        return f"{self.list_id} from {self.earlier.tz_convert(EASTERN):%Y-%m-%d} to {self.later.tz_convert(EASTERN):%Y-%m-%d}: {told}"

    def summary(self) -> Summary:
        """The counts of each kind of change, and every change."""
        return Summary(title=self.title, tables=(("Changes", self.with_schema("changes")),), notes=self.assumptions, sources=self.sources)


def list_edition(list_id: str, at: Instant | None = None) -> Edition:
    """The names of a list as known at an instant.

    Parameters
    ----------
    list_id : str
        A list of the fact base, such as ``ndaa-1260h`` or ``ns-cmic``.
    at : zoned instant or ISO day, optional
        A bare day counts to its last second in New York; None takes the last listing on record.

    Raises
    ------
    InputError
        If there is no such list, or `at` is neither an instant with its zone nor a day.

    Examples
    --------
    >>> edition = list_edition("ndaa-1260h", "2025-02-01")
    >>> f"{edition.printed_on:%Y-%m-%d}", edition.n_printed
    ('2025-01-07', 134)
    """
    held = sorted(set(read_bundled("designations")["programme_id"]))
    if list_id not in held:
        raise InputError(f"list_id={list_id!r} is not a list of the fact base; choose one of: {', '.join(held)}.")
    moment = _moment(at)
    printed = _editions(list_id, moment)
    newest = printed.iloc[-1] if len(printed) else None
    counted = None if newest is None or newest["n_printed"] == "" else int(newest["n_printed"])
    return Edition(
        list_id=list_id,
        at=moment,
        names=_names(list_id, moment),
        printed_on=pd.NaT if newest is None else newest["edition_on"],
        n_printed=counted,
        sources=(bundled_source("listing_periods"), bundled_source("editions")),
    )


def edition_difference(list_id: str, earlier: Instant, later: Instant) -> EditionDifference:
    """Additions, removals, relistings and renamings on a list between two instants.

    Raises
    ------
    InputError
        As :func:`list_edition`; or if `later` comes before `earlier`.
    """
    first, then = list_edition(list_id, earlier), list_edition(list_id, later)
    if then.at < first.at:
        raise InputError(f"later={then.at.isoformat()} is before earlier={first.at.isoformat()}; swap them.")
    before, after = first.names.set_index("fact_id"), then.names.set_index("fact_id")
    rows: list[tuple[object, ...]] = []
    for fact_id, row in after.iterrows():
        if fact_id not in before.index:
            rows.append(("added", row["entity"], "", row["security"], row["listed_on"], row["source"], row["confidence"]))
            continue
        old = before.loc[str(fact_id)]
        if row["listed_on"] != old["listed_on"]:
            rows.append(("relisted", row["entity"], "", row["security"], row["listed_on"], row["source"], row["confidence"]))
        if row["entity"] != old["entity"]:
            rows.append(("renamed", row["entity"], old["entity"], row["security"], then.printed_on, row["source"], row["confidence"]))
    ended = known_table("listing_periods", then.at).set_index("designation_id")
    for fact_id, row in before.iterrows():
        if fact_id not in after.index:
            day = ended.loc[[fact_id], "removed_on"].iloc[-1]
            rows.append(("removed", row["entity"], "", row["security"], day, row["source"], row["confidence"]))
    columns = ["change", "entity", "before", "security", "changed_on", "source", "confidence"]
    changes = pd.DataFrame(rows, columns=columns)
    changes["changed_on"] = pd.to_datetime(changes["changed_on"]).astype("datetime64[ns]")
    return EditionDifference(list_id=list_id, earlier=first.at, later=then.at, changes=changes, sources=then.sources)


def _moment(at: Instant | None) -> pd.Timestamp:
    if at is None:
        return pd.Timestamp(known_table("listing_periods")["known_at"].max())
    if isinstance(at, str) and len(at.strip()) == 10:
        day = pd.to_datetime(pd.Series([at.strip()]), format="%Y-%m-%d", errors="coerce").iloc[0]
        if pd.notna(day):
            return pd.Timestamp(f"{day:%Y-%m-%d} 23:59:59", tz=EASTERN)
    return parse_instant(at, parameter="at")


def _editions(list_id: str, moment: pd.Timestamp) -> pd.DataFrame:
    """Editions public by `moment`, in order; one that was withdrawn listed nobody."""
    table = typed("editions", read_bundled("editions"))
    own = table[(table["list_id"] == list_id) & (table["kind"] != "withdrawn") & (table["known_at"] <= moment)]
    return own.sort_values("known_at", kind="stable")


def _names(list_id: str, moment: pd.Timestamp) -> pd.DataFrame:
    """One row a name that stands on the list at `moment`, as periods tell; readings of one listing are one row, disputed."""
    periods = known_table("listing_periods", moment)
    own = periods[(periods["programme_id"] == list_id) & ~(periods["removed_known_at"] <= moment)].drop_duplicates(
        "designation_id", keep="last"
    )
    listed = known_table("designations", moment).set_index("fact_id")[["conflict_id", "conflict_from_on"]]
    own = own.join(listed, on="designation_id").rename(columns={"designation_id": "fact_id_"})
    on = moment.tz_convert(EASTERN).tz_localize(None).normalize()
    disputed = (own["conflict_id"] != "") & ~(own["conflict_from_on"] > on)
    silent = (own["conflict_id"] != "") & (own["security"] == "") & own["conflict_id"].duplicated(keep=False)
    status = pd.Series("listed", index=own.index).mask(own["began"] == "relisted", "relisted").mask(disputed, "disputed")
    frame = pd.DataFrame(
        {
            "entity": [_printed(fact_id, entity, moment) for fact_id, entity in zip(own["fact_id_"], own["entity"], strict=True)],
            "security": own["security"],
            "status": status,
            "listed_on": own["listed_on"],
            "began": own["began"],
            "source": own["source"],
            "confidence": own["confidence"],
            "fact_id": own["fact_id_"],
        }
    )
    return frame[~silent].sort_values(["listed_on", "entity"], kind="stable").reset_index(drop=True)


def _printed(fact_id: str, entity: str, moment: pd.Timestamp) -> str:
    """The name that the list printed at `moment`: the former one until the edition that renamed it."""
    former = _former_names()
    if fact_id not in former:
        return entity
    name, until = former[fact_id]
    return name if moment < pd.Timestamp(until, tz=EASTERN) else entity


@cache
def _former_names() -> Mapping[str, tuple[str, str]]:
    names = read_bundled("designation_names")
    told = names[names["printed_until_on"] != ""]
    pairs = zip(told["designation_id"], told["name"], told["printed_until_on"], strict=True)
    return {fact_id: (name, until) for fact_id, name, until in pairs}
