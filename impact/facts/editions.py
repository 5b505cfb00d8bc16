"""Lists as dated editions: who stood on a list at an instant, and what one edition changed against another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.errors import InputError
from impact.facts.edition_counts import ListCount, editions_of, list_counts, span
from impact.facts.names import core_name
from impact.facts.printed_names import coded_line, printed_name
from impact.facts.record_end import beyond_record
from impact.facts.schemas import EDITION_CHANGES, EDITION_COUNTS, EDITION_NAMES
from impact.facts.tables import known_table
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
        One row a name: entity (as printed then), security (its line by the code of that day, both codes joined by ``;`` where
        the day of a change is not on record; empty where unlisted), status (``listed``, ``relisted``, ``disputed``), listed_on (first day of the span it stands in), began (listed, relisted, corrected), fact_id, source,
        confidence.
    printed_on : Timestamp or NaT
        Day of the newest edition by then (NaT: none known).
    n_printed : int or None
        Names that it printed; None where no count is on record.
    count : ListCount or None
        Every count on record of it, printed or summed; None where no edition is known.
    withdrawn : tuple of str
        Editions posted and withdrawn since, which listed nobody, in words.
    """

    schemas = declared(names=EDITION_NAMES, to_frame=EDITION_NAMES)

    list_id: str
    at: pd.Timestamp
    names: pd.DataFrame
    printed_on: pd.Timestamp | NaTType
    n_printed: int | None
    count: ListCount | None = None
    withdrawn: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The names (a copy)."""
        return self.names.copy()

    @property
    def title(self) -> str:
        """The list, its newest edition, the count held, the count on record and the difference in one line."""
        held = len(self.names)
        when = "no edition known" if self.count is None else f"edition of {self.printed_on:%Y-%m-%d} ({self.count.told(held)})"
        return f"{self.list_id} at {self.at.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET: {held} names held, {when}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the list must be told beside the names."""
        return (*self.withdrawn, *beyond_record(self.at))

    def summary(self) -> Summary:
        """The count held against the count printed, and every name."""
        names = self.with_schema("names")
        return Summary(title=self.title, tables=(("Names", names),), notes=(*self.notes, *self.assumptions), sources=self.sources)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class EditionDifference(Result):
    """What changed on one list between two instants.

    Attributes
    ----------
    changes : DataFrame
        change (``added``, ``removed``, ``relisted``, ``renamed``), entity, before (name printed before), security,
        changed_on (day of the listing or removal), reason (of a removal), perhaps (where the record leaves open whether a removed
        name was renamed: the names added under the same group that share a word with it), source, confidence.
    editions : DataFrame
        One row an edition between the two instants: edition_on, kind, n_printed, what it added and removed by the counts on record
        (low, high; missing where none is) and as held, note, source, confidence.
    at_end : str
        The title of the list at the later instant: names held, and the count on record.
    withdrawn : tuple of str
        Editions posted and withdrawn between the two, in words.
    """

    schemas = declared(changes=EDITION_CHANGES, editions=EDITION_COUNTS, to_frame=EDITION_CHANGES)

    list_id: str
    earlier: pd.Timestamp
    later: pd.Timestamp
    changes: pd.DataFrame
    editions: pd.DataFrame
    at_end: str = ""
    withdrawn: tuple[str, ...] = ()
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

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the counts on record differ from what is held, which renamings are open, and what was withdrawn."""
        told = [
            f"Edition of {row['edition_on']:%Y-%m-%d}: {span(pair)} {what} by the counts on record, {row[f'{what}_held']} held."
            for _, row in self.editions.iterrows()
            for what in ("added", "removed")
            if pd.notna(row[f"{what}_low"])
            for pair in [(int(row[f"{what}_low"]), int(row[f"{what}_high"]))]
            if pair != (row[f"{what}_held"],) * 2
        ]
        return (*told, *filter(None, [self.at_end]), *self.withdrawn, *beyond_record(self.later))

    def summary(self) -> Summary:
        """The counts of each kind of change, every change, and every edition between."""
        tables = (("Changes", self.with_schema("changes")), ("Editions", self.with_schema("editions")))
        return Summary(title=self.title, tables=tables, notes=(*self.notes, *self.assumptions), sources=self.sources)


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
    held = sorted(set(read_bundled("listing_periods")["list_id"]))
    if list_id not in held:
        raise InputError(f"list_id={list_id!r} is not a list of the fact base; choose one of: {', '.join(held)}.")
    moment = _moment(at)
    counts = list_counts(list_id, moment)
    newest = counts[-1] if counts else None
    since = newest.edition["known_at"] if newest is not None else pd.Timestamp.min.tz_localize("UTC")
    return Edition(
        list_id=list_id,
        at=moment,
        names=_names(list_id, moment),
        printed_on=pd.NaT if newest is None else newest.edition["edition_on"],
        n_printed=None if newest is None else newest.printed,
        count=newest,
        withdrawn=_withdrawn(list_id, since, moment),
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
    changes = _changes(first.names, then.names, then.printed_on, _ended(list_id, then.at))
    return EditionDifference(
        list_id=list_id,
        earlier=first.at,
        later=then.at,
        changes=changes,
        editions=_editions_between(list_id, first.at, then.at),
        at_end=then.title,
        withdrawn=_withdrawn(list_id, first.at, then.at),
        sources=then.sources,
    )


def _changes(first: pd.DataFrame, then: pd.DataFrame, renamed_on: pd.Timestamp | NaTType, ended: pd.DataFrame) -> pd.DataFrame:
    """One row a change between two sets of names; `ended` holds what is known of each removal by then, by designation."""
    before, after = first.set_index("fact_id"), then.set_index("fact_id")
    added = after[~after.index.isin(before.index)]
    rows: list[tuple[object, ...]] = []
    for fact_id, row in after.iterrows():
        told = (row["source"], row["confidence"])
        if fact_id not in before.index:
            rows.append(("added", row["entity"], "", row["security"], row["listed_on"], "", "", *told))
            continue
        old = before.loc[str(fact_id)]
        if row["listed_on"] != old["listed_on"]:
            rows.append(("relisted", row["entity"], "", row["security"], row["listed_on"], "", "", *told))
        if row["entity"] != old["entity"]:
            rows.append(("renamed", row["entity"], old["entity"], row["security"], renamed_on, "", "", *told))
    under = ended["listed_under"].map(core_name)
    for fact_id, row in before.iterrows():
        if fact_id not in after.index:
            end = ended.loc[str(fact_id)]
            group = under[str(fact_id)]
            beside = added[under.reindex(added.index) == group] if group and end["removal_is_open"] else added[:0]
            perhaps = _sharing_a_word(row["entity"], beside["entity"])
            told = (row["source"], row["confidence"])
            rows.append(("removed", row["entity"], "", row["security"], end["removed_on"], end["removal_reason"], perhaps, *told))
    columns = ["change", "entity", "before", "security", "changed_on", "reason", "perhaps", "source", "confidence"]
    changes = pd.DataFrame(rows, columns=columns)
    return changes.assign(changed_on=pd.to_datetime(changes["changed_on"]).astype("datetime64[ns]"))


def _sharing_a_word(name: str, others: pd.Series) -> str:
    """Those of the other names that share a word with a name, most shared words first, joined by semicolons."""
    words = set(core_name(name).split())
    shared = {other: len(words & set(core_name(other).split())) for other in others}
    return "; ".join(sorted((other for other, count in shared.items() if count), key=lambda other: -shared[other]))


def _ended(list_id: str, moment: pd.Timestamp) -> pd.DataFrame:
    """What is known of the end of each listing, by designation: removed_on, removal_reason, removal_is_open; and the group it is under."""
    periods = known_table("listing_periods", moment)
    last = periods[periods["list_id"] == list_id].drop_duplicates("designation_id", keep="last").set_index("designation_id")
    about = known_table("designations").set_index("fact_id")[["removal_reason", "removal_is_open", "listed_under"]]
    return last[["removed_on"]].join(about)


def _editions_between(list_id: str, earlier: pd.Timestamp, later: pd.Timestamp) -> pd.DataFrame:
    """One row an edition public after `earlier` and by `later`: its counts on record beside what it changed of the names held."""
    rows = []
    for count in list_counts(list_id, later):
        at = count.edition["known_at"]
        if at <= earlier:
            continue
        before = _names(list_id, at - pd.Timedelta(seconds=1)).set_index("fact_id")["listed_on"]
        after = _names(list_id, at).set_index("fact_id")["listed_on"]
        again = after.index.intersection(before.index)
        relisted = int((after[again] != before[again]).sum()) if count.edition["kind"] == "pair" else 0
        rows.append(
            {
                **{name: count.edition[name] for name in ("edition_on", "kind", "note", "source", "confidence")},
                "n_printed": count.printed,
                "added_held": len(after.index.difference(before.index)) + relisted,
                "removed_held": len(before.index.difference(after.index)) + relisted,
                **{f"added_{end}": number for end, number in zip(("low", "high"), count.added or (None, None), strict=True)},
                **{f"removed_{end}": number for end, number in zip(("low", "high"), count.removed or (None, None), strict=True)},
            }
        )
    frame = pd.DataFrame(rows, columns=[column.name for column in EDITION_COUNTS.columns])
    counted = [column for column in frame if column not in ("edition_on", "kind", "note", "source", "confidence")]
    return frame.astype(dict.fromkeys(counted, "Int64") | {"edition_on": "datetime64[ns]"})


def _withdrawn(list_id: str, earlier: pd.Timestamp, later: pd.Timestamp) -> tuple[str, ...]:
    """Editions posted and withdrawn after `earlier` and by `later`, in words."""
    editions = editions_of(list_id, later)
    posted = editions[(editions["kind"] == "withdrawn") & (editions["known_at"] > earlier)]
    return tuple(f"An edition of {row['edition_on']:%Y-%m-%d} was {row['note']} ({row['source']})." for _, row in posted.iterrows())


def _moment(at: Instant | None) -> pd.Timestamp:
    if at is None:
        return pd.Timestamp(known_table("listing_periods")["known_at"].max())
    if isinstance(at, str) and len(at.strip()) == 10:
        day = pd.to_datetime(pd.Series([at.strip()]), format="%Y-%m-%d", errors="coerce").iloc[0]
        if pd.notna(day):
            if not pd.Timestamp.min.year < day.year < pd.Timestamp.max.year:
                raise InputError(f"at={at!r} is beyond the years 1678 to 2261; give a day that a list may have had.")
            return pd.Timestamp(f"{day:%Y-%m-%d} 23:59:59", tz=EASTERN)
    return parse_instant(at, parameter="at")


def _names(list_id: str, moment: pd.Timestamp) -> pd.DataFrame:
    """One row a name that stands on the list at `moment`, as periods tell; readings of one listing are one row, disputed."""
    periods = known_table("listing_periods", moment)
    own = periods[(periods["list_id"] == list_id) & ~(periods["removed_known_at"] <= moment)].drop_duplicates("designation_id", keep="last")
    listed = known_table("designations", moment).set_index("fact_id")[["conflict_id", "conflict_from_on"]]
    own = own.join(listed, on="designation_id").rename(columns={"designation_id": "fact_id_"})
    on = moment.tz_convert(EASTERN).tz_localize(None).normalize()
    twofold = (own["conflict_id"] != "") & own["conflict_id"].duplicated(keep=False)
    disputed = twofold & ~(own["conflict_from_on"] > on)
    silent = twofold & (own["security"] == "")
    status = pd.Series("listed", index=own.index).mask(own["began"] == "relisted", "relisted").mask(disputed, "disputed")
    frame = pd.DataFrame(
        {
            "entity": [printed_name(fact_id, entity, moment) for fact_id, entity in zip(own["fact_id_"], own["entity"], strict=True)],
            "security": [coded_line(fact_id, line, moment) for fact_id, line in zip(own["fact_id_"], own["security"], strict=True)],
            "status": status,
            "listed_on": own["listed_on"],
            "began": own["began"],
            "source": own["source"],
            "confidence": own["confidence"],
            "fact_id": own["fact_id_"],
        }
    )
    return frame[~silent].sort_values(["listed_on", "entity"], kind="stable").reset_index(drop=True)
