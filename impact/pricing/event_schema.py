"""What the tables of the event library hold, and the checks that shipped rows and a user's own rows pass alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from impact.calendars import CALENDAR_END
from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.pricing.announcement_inputs import LARGEST_NOISE
from impact.tables import Column, Schema

__all__ = ["EVENT_TABLES", "MAINLAND", "EventTable", "check_designations", "check_index_changes", "check_partners", "checked", "typed"]

FLAGS = ("true", "false")
DAY = r"\d{4}-\d\d-\d\d"
INSTANT = rf"{DAY}([T ]\d\d:\d\d(:\d\d)?([+-]\d\d:?\d\d|Z))?"
FIRST_DAY = "1995-01-03"
"""First day on which the calendars hold sessions; CALENDAR_END is the last."""
LARGEST_MOVE = 0.95
"""Two-session return beyond which the number is taken for a percentage."""
LATEST_REACTION = pd.Timedelta(days=21)
"""From the public day to the first session, the longest closure and the longest halt included."""
MAINLAND = (".SS", ".SZ", ".BJ")
"""Endings of the lines of the mainland."""
NUMERIC = frozenset(("number", "integer", "count", "sessions", "return", "return_size", "multiple", "shares", "statistic", "days"))


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """One table of the library.

    Attributes
    ----------
    schema : Schema
    key : str
        Column of the ids.
    words : mapping of column to its allowed words
    required : tuple of str
        Columns that a user's own rows must have; the others may be missing and are then unknown.
    unknown : tuple of str
        Those of them, beside numbers, whose cells may be empty.
    """

    schema: Schema
    key: str
    words: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def _table(
    name: str, about: str, key: str, columns: tuple[Column, ...], words: dict[str, str], required: str, unknown: str = ""
) -> EventTable:
    return EventTable(
        schema=Schema(name, columns, about=about),
        key=key,
        words=MappingProxyType({column: tuple(text.split()) for column, text in words.items()}),
        required=tuple(required.split()),
        unknown=tuple(unknown.split()),
    )


_DESIGNATIONS = (
    Column("event_id", about="unique"),
    Column("list_id", "code", about="list that acted"),
    Column("action", "code", about="what the list did, or press said that it would do (rumour)"),
    Column("issuer"),
    Column("security", "code", about="line, code in the style of Yahoo"),
    Column("venue", "code", about="MIC, or US or OTC"),
    Column("line_type", "code", about="where the line trades: offshore_hk, a_share, adr, gdr, other"),
    Column("first_public_at", "instant", about="earliest public day, or instant where the hour is known or assumed"),
    Column("precision", "code", about="day or minute, of first_public_at"),
    Column("bars_holding", "flag", about="whether persons from the United States may not buy or hold"),
    Column("first_for_issuer", "flag", about="no list named the issuer before"),
    Column("first_bar", "flag", about="the first listing that bars holding of this issuer"),
    Column("leak_at", "instant", about="earlier report by the press; empty where none is on record"),
    Column("name_level", "code", about="who was named: the issuer itself, a subsidiary, or its parent"),
    Column("batch", about="events that became public together"),
    Column("source"),
    Column("source_date", "date"),
    Column("confidence", "code", about="A official or two sources, B one source or an assumed hour, C weak"),
    Column("note"),
)
_RETURN_COLUMNS = (
    Column("event_id"),
    Column("security", "code"),
    Column("status", "code", about="ok, or why there is no return"),
    Column("first_possible", "date", about="first calendar day on which the line could react"),
    Column("first_session", "date", about="session 0"),
    Column("lag_days", "days", about="from first_possible to first_session"),
    Column("n_obs", "count", about="sessions of the market model"),
    Column("car_0_0", "return", about="abnormal return of session 0"),
    Column("car_0_1", "return", about="abnormal return of sessions 0 and 1"),
    Column("se_0_1", "return_size", about="forecast standard error of car_0_1"),
    Column("car_m1_1", "return"),
    Column("car_0_10", "return"),
    Column("sigma", "return_size", about="residual standard deviation of one session"),
    Column("beta", "statistic"),
    Column("vol_mult_0", "multiple", about="volume of session 0 over the median of sessions -60 to -11"),
    Column("vol_mult_0_1", "multiple"),
    Column("adv_shares", "shares", about="that median"),
    Column("benchmark", "code"),
    Column("price_source"),
    Column("model_class", "code", about="cell of the class model; empty for relief"),
    Column("date_cluster", "date", about="first day of the dates at most two days apart"),
    Column("primary_sample", "flag", about="row of the model sample"),
    Column("in_review", "flag", about="seen before the model was written down"),
)
_INDEX = (
    Column("index_event_id"),
    Column("provider"),
    Column("index"),
    Column("action", "code"),
    Column("security", "code"),
    Column("announced_on", "date"),
    Column("effective_open_on", "date"),
    Column("execution_close_on", "date", about="last close at the old membership"),
    Column("reason", "code", about="review, sanction, merger (gone, failed or renamed), other"),
    Column("source"),
    Column("confidence", "code"),
    Column("reason_note"),
    Column("note"),
)
_INDEX_RETURNS = (
    Column("index_event_id"),
    Column("security", "code"),
    Column("action", "code"),
    Column("status", "code"),
    Column("exec_session", "date", about="session 0"),
    Column("n_obs", "count"),
    Column("sigma", "return_size"),
    Column("beta", "statistic"),
    Column("car_m10_0", "return", about="abnormal return of sessions -10 to 0; a rise is positive for every action"),
    Column("car_m5_0", "return"),
    Column("car_0_0", "return"),
    Column("car_p1_p20", "return"),
    Column("car_p1_p60", "return"),
    Column("vol_mult_exec", "multiple"),
    Column("excess_adv", "multiple", about="volume of sessions -10 to 0 over ADV, less 11"),
    Column("adv_shares", "shares", about="median volume of sessions -260 to -31"),
    Column("price_source"),
    Column("in_flow_sample", "flag"),
)

EVENT_TABLES: Mapping[str, EventTable] = MappingProxyType(
    {
        table.schema.name: table
        for table in (
            _table(
                "designation_events",
                "one list event of one traded line",
                "event_id",
                _DESIGNATIONS,
                {
                    "list_id": "entity-list uvl meu ndaa-1237 eo13959 ns-cmic ndaa-1260h uflpa fcc hfcaa sdn other",
                    "action": "first_listing relisting rumour removal injunction vacatur court_loss",
                    "line_type": "offshore_hk a_share adr gdr other",
                    "precision": "day minute",
                    "name_level": "self subsidiary parent",
                    "confidence": "A B C",
                },
                "event_id list_id action security line_type first_public_at bars_holding first_for_issuer first_bar",
            ),
            _table(
                "event_returns",
                "abnormal return of one list event",
                "event_id",
                _RETURN_COLUMNS,
                {"status": "ok no_price short halted source_gap"},
                "event_id security status car_0_1 se_0_1",
            ),
            _table(
                "index_events",
                "one change of one index",
                "index_event_id",
                _INDEX,
                {"action": "addition deletion other", "reason": "review sanction merger other", "confidence": "A B C"},
                "index_event_id action security execution_close_on reason",
                unknown="security execution_close_on",
            ),
            _table(
                "index_returns",
                "abnormal return of one index change",
                "index_event_id",
                _INDEX_RETURNS,
                {"action": "addition deletion other", "status": "ok no_price short stops"},
                "index_event_id security action status sigma car_m10_0 excess_adv",
                unknown="security",
            ),
        )
    }
)


def checked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of one table as text, every column of its schema present, every cell readable.

    Parameters
    ----------
    name : str
        Key of ``EVENT_TABLES``.
    frame : DataFrame
        Cells as text, or as pandas reads them.

    Raises
    ------
    InputError
        If a required column is missing or a cell of it empty, an id repeats, a word is outside its vocabulary, a date, number or
        flag cannot be read, or a day lies outside the calendars; the message names table, column, count and the first id.
    """
    table = EVENT_TABLES[name]
    frame = frame_with(frame, table.required, name)
    cells = pd.DataFrame({column.name: _text(frame, column) for column in table.schema}, index=range(len(frame)), dtype=str)
    ids = cells[table.key]
    _refuse(ids.duplicated() | (ids == ""), ids, name, f"{table.key} is given and unique")
    for column in table.schema:
        values, given = cells[column.name], cells[column.name] != ""
        needed = given | (column.name in table.required and column.name not in table.unknown)
        allowed = table.words.get(column.name)
        if allowed is not None:
            _refuse(needed & ~values.isin(allowed), ids, name, f"{column.name} is one of {', '.join(allowed)}", values)
        elif column.kind == "flag":
            _refuse(needed & ~values.isin(FLAGS), ids, name, f"{column.name} is true or false", values)
        elif column.kind in ("date", "instant"):
            form, said = (DAY, "such as 2021-01-14") if column.kind == "date" else (INSTANT, "or an instant with its zone")
            _refuse(needed & ~_readable(values, form), ids, name, f"{column.name} is an ISO day {said}", values)
            within = values.str[:10].between(FIRST_DAY, CALENDAR_END)
            _refuse(given & ~within, ids, name, f"{column.name} lies from {FIRST_DAY} to {CALENDAR_END}, as calendars do", values)
        elif column.kind in NUMERIC:
            _refuse(given & ~np.isfinite(pd.to_numeric(values, errors="coerce")), ids, name, f"{column.name} is a number", values)
        else:
            _refuse(needed & ~given, ids, name, f"{column.name} is given")
    return cells


def typed(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Checked text as booleans, days, numbers and text; an empty number is NaN, an empty day NaT, an empty flag False."""
    columns: dict[str, pd.Series] = {}
    for column in EVENT_TABLES[name].schema:
        values = cells[column.name]
        if column.kind == "flag":
            columns[column.name] = values == "true"
        elif column.kind == "date":
            columns[column.name] = pd.to_datetime(values.where(values != ""))
        elif column.kind in NUMERIC:
            columns[column.name] = pd.to_numeric(values, errors="coerce")
        else:
            columns[column.name] = values.astype(object)
    return pd.DataFrame(columns)


def check_partners(events: str, returns: str, left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Both tables hold the same ids and lines in the same order."""
    key = EVENT_TABLES[events].key
    if list(left[key]) != list(right[key]) or list(left["security"]) != list(right["security"]):
        raise InputError(f"{returns} must hold the ids and lines of {events} in the same order; they differ: build both anew.")


def check_designations(events: pd.DataFrame, returns: pd.DataFrame) -> None:
    """Columns of list events do not contradict each other.

    Raises
    ------
    InputError
    """
    stray = ~returns["event_id"].isin(events["event_id"])
    if stray.any():
        raise InputError(
            f"returns hold {int(stray.sum())} row{'s' * (int(stray.sum()) > 1)} of no event (first {returns.loc[stray, 'event_id'].iloc[0]!r}): "
            "leave them out, or add the events."
        )
    rows = events.merge(returns.rename(columns={"security": "priced"}), on="event_id", how="left").fillna("").astype("str")
    ids, name = rows["event_id"], "designation_events"
    other = rows["priced"].ne("") & rows["priced"].ne(rows["security"])
    _refuse(other, ids, name, "the security of the returns is that of the event", rows["priced"])
    _check_lines(rows, name)
    _check_days(rows, name)
    _check_numbers(rows, name)
    _refuse(rows["first_bar"].eq("true") & rows["bars_holding"].eq("false"), ids, name, "a first bar bars holding")
    used = rows["primary_sample"].eq("true")
    fit = rows["status"].eq("ok") & rows["name_level"].ne("parent") & rows["model_class"].ne("")
    _refuse(used & ~fit, ids, name, "the model sample has returns, a class, and no line whose parent alone was named")
    again = rows[used].duplicated(["security", "first_session"]).reindex(rows.index, fill_value=False)
    _refuse(again, ids, name, "the model sample has a line once a session")


def _check_lines(rows: pd.DataFrame, name: str) -> None:
    """Kind of line and ending of its code say the same."""
    expected = np.select([rows["security"].str.endswith(MAINLAND), rows["security"].str.endswith(".HK")], ["a_share", "offshore_hk"], "")
    told = rows["line_type"].where(rows["line_type"].isin(("a_share", "offshore_hk")), "")
    rule = "line_type agrees with the ending of security, .SS, .SZ or .BJ of an a_share and .HK of an offshore_hk line alone"
    _refuse(told.ne(pd.Series(expected, index=rows.index)), rows["event_id"], name, rule, rows["security"])


def _check_days(rows: pd.DataFrame, name: str) -> None:
    """Leak, first public day and first session come in this order."""
    ids, public_on, leaked_on = rows["event_id"], rows["first_public_at"].str[:10], rows["leak_at"].str[:10]
    _refuse(leaked_on.ge(public_on) & leaked_on.ne(""), ids, name, "a leak comes before the first public instant", rows["leak_at"])
    earliest, possible, first = _earliest_day(rows["first_public_at"]), rows["first_possible"], rows["first_session"]
    _refuse(possible.ne("") & earliest.gt(possible), ids, name, "a line reacts on or after the first public day", possible)
    _refuse(first.ne("") & possible.gt(first), ids, name, "first_session is not before first_possible", first)
    _refuse(first.ne("") & earliest.gt(first), ids, name, "first_session is not before the first public day", first)
    latest = (pd.to_datetime(public_on) + LATEST_REACTION).dt.strftime("%Y-%m-%d")
    late = rows["status"].eq("ok") & first.gt(latest)
    _refuse(late, ids, name, "status ok has its first_session within three weeks of the first public day; later ones are halted", first)


def _check_numbers(rows: pd.DataFrame, name: str) -> None:
    """What trains is there, and is a decimal."""
    ids, shown = rows["event_id"], rows["status"].eq("ok")
    _refuse(shown & (rows["car_0_1"].eq("") | rows["se_0_1"].eq("")), ids, name, "status ok has car_0_1 and se_0_1")
    _refuse(shown & rows["first_session"].eq(""), ids, name, "status ok has first_session, where no calendar of the venue tells it")
    _refuse(rows["status"].eq("no_price") & rows["car_0_1"].ne(""), ids, name, "status no_price has no return")
    for column in ("car_0_0", "car_0_1"):
        far = pd.to_numeric(rows[column]).abs() > LARGEST_MOVE
        rule = f"{column} is a decimal return, -0.085 for -8.5 %, and {LARGEST_MOVE} at most; larger ones are taken for percentages"
        _refuse(shown & far, ids, name, rule, rows[column])
    for column in ("se_0_1", "sigma"):
        size = pd.to_numeric(rows[column])
        rule = f"{column} is a decimal above 0 and below {LARGEST_NOISE}, such as 0.03 for 3 %"
        _refuse(shown & size.notna() & ~((size > 0) & (size < LARGEST_NOISE)), ids, name, rule, rows[column])


def check_index_changes(events: pd.DataFrame, returns: pd.DataFrame) -> None:
    """Columns of index changes do not contradict each other.

    Raises
    ------
    InputError
    """
    rows = events.merge(returns.drop(columns=["security", "action"]), on="index_event_id", how="left").fillna("")
    ids, name = rows["index_event_id"], "index_events"
    announced, executed, effective = (rows[column] for column in ("announced_on", "execution_close_on", "effective_open_on"))
    both = announced.ne("") & executed.ne("")
    _refuse(both & announced.gt(executed), ids, name, "the notice is not after the execution close")
    both = effective.ne("") & executed.ne("")
    _refuse(both & executed.gt(effective), ids, name, "the execution close is not after the effective open")
    used = rows["in_flow_sample"].eq("true")
    _refuse(used & rows["status"].ne("ok"), ids, name, "the flow sample has returns")
    _refuse(used & rows["reason"].eq("merger"), ids, name, "the flow sample has no merger")
    _refuse(used & (rows["excess_adv"].eq("") | rows["car_m10_0"].eq("")), ids, name, "the flow sample has volume and return")


def _text(frame: pd.DataFrame, column: Column) -> list[str]:
    """Cells of one column as text; a missing column or value is empty."""
    if column.name not in frame.columns:
        return [""] * len(frame)
    cells = ["" if pd.isna(value) else str(value).strip() for value in frame[column.name].tolist()]
    if column.kind == "flag":
        return [cell.lower() for cell in cells]
    return [cell.removesuffix(" 00:00:00") for cell in cells] if column.kind in ("date", "instant") else cells


def _readable(values: pd.Series, pattern: str) -> pd.Series:
    """Cells of that form that name a day of the calendar, and an hour of the clock."""
    return values.str.fullmatch(pattern) & pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True).notna()


def _earliest_day(instants: pd.Series) -> pd.Series:
    """The day; of an instant the earliest on which it is anywhere."""
    moments = pd.to_datetime(instants, format="ISO8601", utc=True) - pd.Timedelta(hours=12)
    return instants.where(instants.str.len() == len(FIRST_DAY), moments.dt.strftime("%Y-%m-%d"))


def _refuse(wrong: pd.Series, ids: pd.Series, name: str, rule: str, values: pd.Series | None = None) -> None:
    count = int(wrong.sum())
    if count:
        shown = "" if values is None else f", {values.name}={values[wrong].iloc[0]!r}"
        raise InputError(
            f"{name}: {count} of {len(ids)} rows break the rule that {rule} (first {ids[wrong].iloc[0]!r}{shown}): correct them."
        )
