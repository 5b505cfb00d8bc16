"""The event library: list events and index changes with what their prices did, and a user's own events beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

import numpy as np
import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.errors import InputError
from impact.instants import parse_day
from impact.intake.given_frames import frame_with
from impact.pricing.event_schema import EVENT_TABLES, MAINLAND, check_designations, checked, typed
from impact.pricing.own_events import outside_sample, own_note, with_first_sessions
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.tables import Column, Schema

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = [
    "EVENT_CLASSES",
    "LIBRARY_FROM",
    "Conditions",
    "EventClass",
    "EventLibrary",
    "Line",
    "class_of",
    "event_library",
    "line_of",
    "line_of_security",
]

LIBRARY_FROM = "event_library() or event_library().with_events(...)"
"""Where a library comes from, for the message that refuses another thing."""

Line: TypeAlias = Literal["offshore", "a_share"]
CHAIN = pd.Timedelta(days=2)  # dates at most this far apart are one cluster
RUMOUR = "rumour"
ADVERSE = ("first_listing", "relisting", RUMOUR)
RELIEF = ("removal", "injunction", "vacatur")
TABLES = ("designation_events", "event_returns", "index_events", "index_returns")
USER = Source(title="events of the user", basis="user file")


@dataclass(frozen=True, kw_only=True)
class EventClass:
    """One cell of the class model.

    Attributes
    ----------
    name, title : str
    line : {"offshore", "a_share"}
    bars, first : bool
        Whether the listing bars holding for the first time, and whether it is the first of any kind for the issuer.
    """

    name: str
    title: str
    line: Line
    bars: bool
    first: bool


EVENT_CLASSES: Mapping[str, EventClass] = MappingProxyType(
    {
        item.name: item
        for item in (
            EventClass(name="first_bar_offshore", title="first bar, offshore line", line="offshore", bars=True, first=True),
            EventClass(name="first_bar_a_share", title="first bar, mainland line", line="a_share", bars=True, first=True),
            EventClass(name="no_bar_first_offshore", title="first listing without a bar, offshore line", line="offshore", bars=False, first=True),
            EventClass(name="no_bar_first_a_share", title="first listing without a bar, mainland line", line="a_share", bars=False, first=True),
            EventClass(name="repeat_offshore", title="repeat, offshore line", line="offshore", bars=False, first=False),
            EventClass(name="repeat_a_share", title="repeat, mainland line", line="a_share", bars=False, first=False),
        )
    }
)  # fmt: skip


def line_of(line_type: str) -> Line:
    """Mainland shares trade behind daily limits and among themselves; every other line is offshore."""
    return "a_share" if line_type == "a_share" else "offshore"


def line_of_security(security: str) -> Line:
    """Kind of line by the suffix of its code.

    Examples
    --------
    >>> line_of_security("600050.SS"), line_of_security("1810.HK")
    ('a_share', 'offshore')
    """
    return "a_share" if security.endswith(MAINLAND) else "offshore"


def class_of(*, line: Line, first_bar: bool, bars_holding: bool, first_for_issuer: bool) -> str:
    """Cell of a listing: a first bar, a first listing without a bar, or a repeat.

    Examples
    --------
    >>> class_of(line="offshore", first_bar=False, bars_holding=False, first_for_issuer=True)
    'no_bar_first_offshore'
    """
    kind = "first_bar" if first_bar else "no_bar_first" if first_for_issuer and not bars_holding else "repeat"
    return f"{kind}_{line}"


DESIGNATIONS = EVENT_TABLES["designation_events"].schema.with_columns(
    *EVENT_TABLES["event_returns"].schema,
    Column("public_on", "date", about="day of first_public_at"),
    Column("line", "code", about="offshore or a_share"),
    Column("event_class", "code", about="cell of the class model; empty for relief"),
    Column("reason", about="of an event of the user: why it has no return, or does not train the forecast of listings"),
    name="list_events",
)
INDEX_CHANGES = EVENT_TABLES["index_events"].schema.with_columns(*EVENT_TABLES["index_returns"].schema, name="index_changes")
CLASSES = Schema(
    "event_classes",
    (
        Column("event_class", "code"),
        Column("n_events", "count", about="with returns"),
        Column("n_dates", "count", about="date clusters; the unit of evidence"),
        Column("mean_return", "return", about="abnormal return of sessions 0 and 1"),
        Column("q25_return", "return"),
        Column("median_return", "return"),
        Column("q75_return", "return"),
        Column("fell_share", "share", about="part of the events that fell"),
    ),
    about="a class of list events",
)


class Conditions(TypedDict, total=False):
    """What events can be asked for, as :meth:`EventLibrary.select` takes it; what is absent or None asks nothing."""

    list_id: str | None
    event_class: str | None
    line: Line | None
    security: str | None
    since: str | pd.Timestamp | None
    until: str | pd.Timestamp | None


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class EventLibrary(Result):
    """List events and index changes, one row an event and line.

    Attributes
    ----------
    designations : DataFrame
        Columns of ``designation_events`` and ``event_returns``, with public_on (day), line (offshore or a_share) and
        event_class (empty for relief); a return is NaN where status is not ``ok``.
    index_changes : DataFrame
        Columns of ``index_events`` and ``index_returns``.
    """

    schemas = declared(designations=DESIGNATIONS, index_changes=INDEX_CHANGES, classes=CLASSES, to_frame=DESIGNATIONS)

    designations: pd.DataFrame
    index_changes: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a list event and line."""
        return self.designations.copy()

    def announcement_sample(self) -> pd.DataFrame:
        """The rows on which the announcement shock is fitted: adverse, named itself or by a subsidiary, one a line and session."""
        return self.designations[self.designations["primary_sample"]].reset_index(drop=True)

    def flow_sample(self) -> pd.DataFrame:
        """The rows on which the execution flow is fitted."""
        return self.index_changes[self.index_changes["in_flow_sample"]].reset_index(drop=True)

    def select(
        self,
        *,
        list_id: str | None = None,
        event_class: str | None = None,
        line: Line | None = None,
        security: str | None = None,
        since: str | pd.Timestamp | None = None,
        until: str | pd.Timestamp | None = None,
    ) -> EventLibrary:
        """The list events that meet every condition given, and the index changes where only security and dates are asked.

        Parameters
        ----------
        list_id : str, optional
            Such as ``ns-cmic``.
        event_class : str, optional
            Key of ``EVENT_CLASSES``, or ``relief``.
        since, until : day, optional
            First and last public day (execution close of an index change), both included.

        Raises
        ------
        InputError
            If a word is not in the library.
        """
        rows = self.designations
        kept = pd.Series(True, index=rows.index)
        for column, wanted in (("list_id", list_id), ("event_class", event_class), ("line", line), ("security", security)):
            if wanted is None:
                continue
            values = _labels(rows) if column == "event_class" else rows[column]
            known = sorted(value for value in values.unique() if value)
            if wanted not in known:
                shown = ", ".join(known) if len(known) <= 15 else f"{', '.join(known[:5])} and {len(known) - 5} more"
                raise InputError(f"{column}={wanted!r} is no {column} of the library; choose one of: {shown}.")
            kept &= values == wanted
        changes = self.index_changes
        of_lists = any(wanted is not None for wanted in (list_id, event_class, line))
        held = pd.Series(not of_lists, index=changes.index) & (security is None or changes["security"] == security)
        kept &= _between(rows["public_on"], since, until)
        held &= _between(changes["execution_close_on"], since, until)
        return replace(self, designations=rows[kept].reset_index(drop=True), index_changes=changes[held].reset_index(drop=True))

    def classes(self) -> pd.DataFrame:
        """One row a class: n_events and n_dates with returns, mean, median and quartiles of car_0_1, share that fell."""
        rows = self._of_classes()
        out = []
        for name in (*EVENT_CLASSES, "relief"):
            own = rows[rows["event_class"] == name]
            car = own["car_0_1"]
            quartiles = car.quantile([0.25, 0.5, 0.75]).to_list() if len(own) else [np.nan] * 3
            out.append(
                {
                    "event_class": name,
                    "n_events": len(own),
                    "n_dates": own["date_cluster"].nunique(),
                    "mean_return": car.mean(),
                    "q25_return": quartiles[0],
                    "median_return": quartiles[1],
                    "q75_return": quartiles[2],
                    "fell_share": float((car < 0).mean()) if len(own) else np.nan,
                }
            )
        return pd.DataFrame(out)

    def _of_classes(self) -> pd.DataFrame:
        """The events that stand for a class, in table and figure alike: listings of the sample, and relief, one a line
        and session, which has the cluster of its day."""
        rows = self.designations[self.designations["status"] == "ok"]
        relief = rows["action"].isin(RELIEF)
        again = rows[relief].duplicated(["security", "first_session"]).reindex(rows.index, fill_value=False)
        clusters = rows["date_cluster"].where(~relief, rows["public_on"])
        shown = rows["primary_sample"] | (relief & ~again)
        return rows.assign(event_class=_labels(rows), date_cluster=clusters)[shown].reset_index(drop=True)

    def with_events(self, events: pd.DataFrame, returns: pd.DataFrame) -> EventLibrary:
        """This library and a user's own list events, checked as the shipped ones are; a fit on the result uses both.

        Parameters
        ----------
        events : DataFrame
            Columns of ``designation_events``; event_id, list_id, action, security, line_type, first_public_at,
            bars_holding, first_for_issuer and first_bar are needed.
        returns : DataFrame
            As :func:`impact.pricing.event_returns_of` gives: event_id, security, status, car_0_1 and se_0_1 at least. Where status
            is ok and first_session empty, it is the first of the venue that could react.

        Returns
        -------
        EventLibrary
            With `reason` where an event of the user does not train the forecast of listings; the last assumption counts them.

        Raises
        ------
        InputError
            If a row breaks a rule, or an id is already in the library.
        """
        own = checked("designation_events", events)
        given = frame_with(returns, EVENT_TABLES["event_returns"].required, "event_returns")
        numbers, derived = with_first_sessions(own, checked("event_returns", given))
        twice = own["event_id"].isin(self.designations["event_id"])
        if twice.any():
            raise InputError(
                f"events repeats {int(twice.sum())} ids of the library (first {own.loc[twice, 'event_id'].iloc[0]!r}): rename them."
            )
        check_designations(own, numbers)
        rows = _joined(own, numbers)
        told = given["reason"] if "reason" in given.columns else [""] * len(given)
        computed = {event: "" if pd.isna(reason) else str(reason) for event, reason in zip(numbers["event_id"], told, strict=True)}
        rows["reason"] = [computed.get(event, "") for event in rows["event_id"]]
        rows = rows.assign(
            date_cluster=_clusters_with(self.designations, rows["public_on"]), reason=outside_sample(rows, self.designations, RELIEF)
        )
        rows["primary_sample"] = rows["reason"] == ""
        known = self.designations if "reason" in self.designations else self.designations.assign(reason="")
        return replace(
            self,
            designations=pd.concat([known, rows], ignore_index=True),
            sources=unique_sources(self.sources, (USER,)),
            assumptions=(*self.assumptions, own_note(rows["reason"], derived)),
        )

    def summary(self) -> Summary:
        """How many events of each class, on how many dates, and what their prices did."""
        n, changes, shown = len(self.designations), len(self.index_changes), int((self.designations["status"] == "ok").sum())
        return Summary(
            title=f"{n} list event{'s' * (n != 1)} ({shown} with returns), {changes} index change{'s' * (changes != 1)}",
            tables=(("By class, first session and the next", self.with_schema("classes")),),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, **options: str) -> Axes:
        """The events of :meth:`classes`, by class."""
        from impact.plots.pricing import plot_events_by_class

        return plot_events_by_class(self._of_classes(), ax=ax, **options)


def event_library() -> EventLibrary:
    """The library that ships: public date clusters only; a third of the dates is kept back for scoring.

    Examples
    --------
    >>> library = event_library()
    >>> len(library.designations), len(library.index_changes)
    (399, 882)
    """
    tables = {name: checked(name, read_bundled(name)) for name in TABLES}
    changes = typed("index_events", tables["index_events"]).merge(
        typed("index_returns", tables["index_returns"]).drop(columns=["security", "action"]), on="index_event_id", validate="1:1"
    )
    return EventLibrary(
        designations=_joined(tables["designation_events"], tables["event_returns"]),
        index_changes=changes,
        sources=tuple(bundled_source(name) for name in TABLES),
        assumptions=(
            "Survivors: the copies of prices hold lines that still trade, so dead lines have no return.",
            "One date is nearly one observation: count dates, not rows.",
            "Daily limits of 10 or 20 % cut the first session of mainland lines.",
        ),
    )


def _joined(events: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    """Typed rows of both tables with public day, line and class."""
    rows = typed("designation_events", events).merge(
        typed("event_returns", returns).drop(columns="security"), on="event_id", how="left", validate="1:1"
    )
    for name in ("primary_sample", "in_review"):
        rows[name] = rows[name].astype("boolean").fillna(False).astype(bool)
    rows["status"] = rows["status"].fillna("no_price")
    rows["public_on"] = pd.to_datetime(rows["first_public_at"].str[:10])
    rows["line"] = [line_of(kind) for kind in rows["line_type"]]
    flags = ("line", "first_bar", "bars_holding", "first_for_issuer")
    rows["event_class"] = [
        class_of(**dict(zip(flags, values, strict=True))) if action in ADVERSE else ""
        for action, *values in zip(rows["action"], *(rows[flag] for flag in flags), strict=True)
    ]
    return rows


def _labels(rows: pd.DataFrame) -> pd.Series:
    """Class of each event, or relief; empty for a court that upheld a listing."""
    return rows["event_class"].where(~rows["action"].isin(RELIEF), "relief")


def _between(days: pd.Series, since: str | pd.Timestamp | None, until: str | pd.Timestamp | None) -> pd.Series:
    kept = pd.Series(True, index=days.index)
    if since is not None:
        kept &= days >= parse_day(since, parameter="since")
    return kept if until is None else kept & (days <= parse_day(until, parameter="until"))


def _clusters_with(known: pd.DataFrame, days: pd.Series) -> pd.Series:
    """Cluster of each day: that of the nearest known date within the chain, else one of its own with its neighbours."""
    dated = known[known["date_cluster"].notna()].drop_duplicates("public_on").set_index("public_on")["date_cluster"].sort_index()
    clusters = dict(dated.items())
    for day in sorted(days.unique()):
        near = [(abs(day - other), cluster) for other, cluster in clusters.items() if abs(day - other) <= CHAIN]
        clusters[day] = min(near)[1] if near else day
    return days.map(clusters)
