"""The law as it was known at one instant: programmes, clocks, permissions, listings, relief, read from dated tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Protocol, TypeAlias

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.facts.printed_names import printed_name
from impact.rules.listed_issuers import ListedIssuers
from impact.rules.own_programme import STATED_PREFIX
from impact.rules.records import Cell, ClockRule, Conflict, Duty, Instant, Licence, Listing, Programme, Relief
from impact.rules.vocabulary import day_start, is_pattern, line_key, lines_of, with_readers

__all__ = ["TABLES", "RuleBook", "rule_book"]

TABLES = (
    "programmes",
    "programme_rules",
    "programme_clocks",
    "programme_instruments",
    "programme_cells",
    "programme_name_matches",
    "programme_successions",
    "programme_conflicts",
    "programme_relief",
    "programme_subjects",
    "licences",
    "investor_duties",
    "designations",
    "litigation",
    "exchange_actions",
    "index_actions",
    "conflicts",
)
"""Names of the tables that the rules are read from; any of them may be replaced by a frame of the same columns."""

Row: TypeAlias = Mapping[str, str]


class IsKnown(Protocol):
    """Whether a row, or a later column of it, was known at the instant of the book."""

    def __call__(self, row: Row, column: str = "known_at") -> bool: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class RuleBook:
    """Everything the rules need, holding only what was known at `as_of` (None: all that is recorded)."""

    as_of: Instant
    programmes: tuple[Programme, ...]
    clocks: tuple[ClockRule, ...]
    cells: Mapping[tuple[str, str, str, str], tuple[Cell, ...]]
    covered: frozenset[tuple[str, str]]
    listings: tuple[Listing, ...]
    relief: tuple[Relief, ...]
    licences: tuple[Licence, ...]
    conflicts: tuple[Conflict, ...]
    duties: tuple[Duty, ...]
    exchange_actions: tuple[Mapping[str, str], ...]
    index_actions: tuple[Mapping[str, str], ...]
    disagreements: tuple[Mapping[str, str], ...]

    def issuer(self, security: str) -> tuple[frozenset[str], tuple[Listing, ...]]:
        """Every key of the issuer that `security` names (line, identifier or entity), and its listings as known."""
        return self.issuers.issuer(security)

    def bars(self, programme_id: str, investor: str) -> bool:
        """Whether a programme bars anything for a class of investor in any phase."""
        return (programme_id, investor) in self._barred

    @cached_property
    def _barred(self) -> frozenset[tuple[str, str]]:
        """Programme and class of investor wherever a cell prohibits anything."""
        return frozenset(
            (programme, investor)
            for (programme, _, _, investor), cells in self.cells.items()
            if any(cell.status == "prohibited" for cell in cells)
        )

    def instants_of_cells(self, action: str) -> frozenset[pd.Timestamp]:
        """Every instant at which a cell about an action begins or ends."""
        return self._spans_of_cells.get(action, frozenset())

    @cached_property
    def _spans_of_cells(self) -> dict[str, frozenset[pd.Timestamp]]:
        spans: dict[str, set[pd.Timestamp]] = {}
        for (_, _, action, _), cells in self.cells.items():
            ends = (at for cell in cells for at in (cell.valid_from_at, cell.valid_to_at) if at is not None)
            spans.setdefault(action, set()).update(ends)
        return {action: frozenset(instants) for action, instants in spans.items()}

    @cached_property
    def issuers(self) -> ListedIssuers:
        """Whose each line, code and name is, as far as the listings of the book and the table of lines say."""
        return ListedIssuers(self.listings, self.as_of)


def rule_book(as_of: Instant, tables: Mapping[str, pd.DataFrame] | None = None) -> RuleBook:
    """The rules as known at `as_of`; `tables` replaces bundled tables by name.

    Raises
    ------
    InputError
        If `tables` names a table that the rules do not read.
    """
    given = dict(tables or {})
    unknown = sorted(set(given) - set(TABLES))
    if unknown:
        raise InputError(f"tables names {unknown[0]!r}, which the rules do not read; choose among: {', '.join(TABLES)}.")
    if not given:
        return _bundled_book(as_of)
    return _assemble(as_of, {name: _rows(given[name]) if name in given else _bundled_rows(name) for name in TABLES})


@lru_cache(maxsize=64)
def _bundled_book(as_of: Instant) -> RuleBook:
    return _assemble(as_of, {name: _bundled_rows(name) for name in TABLES})


@cache
def _bundled_rows(name: str) -> tuple[dict[str, str], ...]:
    return _rows(read_bundled(name))


def _rows(frame: pd.DataFrame) -> tuple[dict[str, str], ...]:
    names = [str(name) for name in frame.columns]
    columns = ([str(cell) for cell in column.astype(str).to_numpy(dtype=object)] for _, column in frame.items())
    return tuple(dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


@cache
def _instant(text: str) -> Instant:
    """An ISO instant in UTC; None for an empty cell."""
    return pd.Timestamp(text).tz_convert("UTC").as_unit("ns") if text else None


def _known_instant(text: str) -> pd.Timestamp:
    """An ISO instant in UTC of a cell that is never empty.

    Raises
    ------
    InputError
        If it is empty.
    """
    instant = _instant(text)
    if instant is None:
        raise InputError("a row of the tables of the law has no instant where it needs one (known_at or from_at); fill it.")
    return instant


@cache
def _day(text: str) -> Instant:
    return pd.Timestamp(text).as_unit("ns") if text else None


def _code_set(text: str) -> frozenset[str]:
    return frozenset(part for part in text.split(";") if part)


def _assemble(as_of: Instant, rows: Mapping[str, tuple[dict[str, str], ...]]) -> RuleBook:
    def is_known(row: Mapping[str, str], column: str = "known_at") -> bool:
        known_at = _instant(row[column])
        return known_at is None or as_of is None or known_at <= as_of

    def known(name: str) -> Iterable[dict[str, str]]:
        return (row for row in rows[name] if is_known(row))

    programmes = _programmes(known("programmes"), rows["programme_rules"], is_known)
    names = {programme.programme_id for programme in programmes}
    court = {row["fact_id"]: row for row in known("litigation")}
    named = ({**row, "entity": printed_name(row["fact_id"], row["entity"], as_of)} for row in known("designations"))
    listings = [_listing(row, is_known) for row in named]
    later: dict[str, frozenset[str]] = {}
    for row in known("programme_successions"):
        later[row["fact_id"]] = later.get(row["fact_id"], frozenset()) | {row["successor_fact_id"]}
    listings = [dataclasses.replace(listing, rolled_into=later.get(listing.fact_id, frozenset())) for listing in listings]
    by_fact = {listing.fact_id: listing for listing in listings}
    matches = [
        _name_match(row, by_fact[row["parent_fact_id"]]) for row in known("programme_name_matches") if row["parent_fact_id"] in by_fact
    ]
    return RuleBook(
        as_of=as_of,
        programmes=programmes,
        clocks=tuple(_clock(row) for row in rows["programme_clocks"] if row["programme_id"] in names),
        cells=_cells(row for row in known("programme_cells") if row["programme_id"] in names),
        covered=frozenset((row["programme_id"], row["instrument"]) for row in known("programme_instruments") if row["covered"] == "yes"),
        listings=(*listings, *matches, *(_subject(row) for row in known("programme_subjects"))),
        relief=tuple(_relief(row, court[row["court_fact_id"]]) for row in rows["programme_relief"] if row["court_fact_id"] in court),
        licences=tuple(_licence(row) for row in known("licences")),
        conflicts=tuple(_conflict(row, is_known) for row in known("programme_conflicts")),
        duties=tuple(_duty(row) for row in known("investor_duties")),
        exchange_actions=tuple(known("exchange_actions")),
        index_actions=tuple(_uncancelled(row, is_known) for row in known("index_actions")),
        disagreements=tuple(known("conflicts")),
    )


def _uncancelled(row: Mapping[str, str], is_known: IsKnown) -> Mapping[str, str]:
    """An index action without its later cancellation, unless that was known too."""
    if not row["cancelled_known_at"] or is_known(row, "cancelled_known_at"):
        return row
    return {**row, "cancelled_on": "", "cancelled_known_at": ""}


def _programmes(known: Iterable[Row], rules: Iterable[Row], is_known: IsKnown) -> tuple[Programme, ...]:
    dated = {row["programme_id"]: row for row in known}
    programmes = []
    rules = tuple(rules)
    replaced = {rule["programme_id"]: rule["supersedes"] for rule in rules}
    for rule in rules:
        row = dated.get(rule["programme_id"])
        if row is None:
            continue
        family = rule["programme_id"]
        while replaced[family]:
            family = replaced[family]
        ended = _instant(row["ended_known_at"]) if row["ended_known_at"] and is_known(row, "ended_known_at") else None
        kept = {
            name: rule[name]
            for name in ("programme_id", "list_id", "yields_to", "bars", "changes_with", "citation", "source", "confidence")
        }
        programmes.append(
            Programme(
                **kept,
                name=row["name"],
                regime=row["regime"],
                family=family,
                in_force_at=_known_instant(row["known_at"]),
                ended_at=ended,
                is_stated=row["fact_id"].startswith(STATED_PREFIX),
                precision=row["known_at_precision"],
            )
        )
    return tuple(programmes)


def _clock(row: Mapping[str, str]) -> ClockRule:
    kept = {name: row[name] for name in ("programme_id", "clock", "hour", "zone", "what_ends", "citation", "source", "confidence")}
    days = int(row["days"]) if row["days"] else 0
    return ClockRule(**kept, days=days, listed_before_on=_day(row["listed_before_on"]), fixed_on=_day(row["fixed_on"]))


def _cells(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, str, str, str], tuple[Cell, ...]]:
    index: dict[tuple[str, str, str, str], tuple[Cell, ...]] = {}
    for row in rows:
        if not row["citation"]:
            continue  # a cell that cites nothing decides nothing
        cell = Cell(
            programme_id=row["programme_id"],
            phases=_code_set(row["phases"]),
            actions=_code_set(row["actions"]),
            investors=with_readers(_code_set(row["investors"])),
            instruments=_code_set(row["instruments"]),
            status=row["status"],
            rule=row["rule"],
            citation=row["citation"],
            source=row["source"],
            confidence=row["confidence"],
            valid_from_at=_instant(row["valid_from_at"]),
            valid_to_at=_instant(row["valid_to_at"]),
        )
        for phase in cell.phases:
            for action in cell.actions:
                for investor in cell.investors:
                    key = (cell.programme_id, phase, action, investor)
                    index[key] = (*index.get(key, ()), cell)
    return index


def _listing(row: Row, is_known: IsKnown) -> Listing:
    relisted = bool(row["relisted_on"]) and is_known(row, "relisted_known_at")
    removed = bool(row["removed_known_at"]) and is_known(row, "removed_known_at")
    lines = tuple(dict.fromkeys((*lines_of(row["security"]), *lines_of(row["other_lines"]))))
    identifiers = {part.strip().upper() for name in ("isin", "other_isins") for part in row[name].split(";") if part.strip()}
    return Listing(
        fact_id=row["fact_id"],
        list_id=row["programme_id"],
        kind="listed",
        entity=row["entity"],
        keys=frozenset({*lines, *identifiers, line_key(row["entity"])}),
        lines=lines,
        listed_on=_day(row["relisted_on"] if relisted else row["announced_on"]),
        listed_at=_known_instant(row["known_at"]),
        removed_at=_instant(row["removed_known_at"]) if removed else None,
        removal_reason=row["removal_reason"] if removed else "",
        basis="",
        source=row["source"],
        confidence=row["confidence"],
        conflict_id=row.get("conflict_id", ""),
        conflict_at=day_start(row.get("conflict_from_on", "")),
        reading=row.get("listed_vehicle", ""),
        precision=row.get("known_at_precision", ""),
        own_list_id=row.get("own_list_id", "") or row["programme_id"],
    )


def _name_match(row: Mapping[str, str], parent: Listing) -> Listing:
    lines = lines_of(row["securities"])
    return Listing(
        fact_id=parent.fact_id + "/" + lines[0],
        list_id=parent.list_id,
        kind="name_match",
        entity=row["company"],
        keys=frozenset({*lines, line_key(row["company"])}),
        lines=lines,
        listed_on=parent.listed_on,
        listed_at=parent.listed_at,
        removed_at=parent.removed_at,
        removal_reason=parent.removal_reason,
        basis=row["basis"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _subject(row: Mapping[str, str]) -> Listing:
    names = tuple(row["securities"].split(";"))
    lines = lines_of(";".join(name for name in names if not is_pattern(name)))
    return Listing(
        fact_id=f"subject-{row['programme_id']}-{row['phase']}-{names[0]}",
        list_id=row["programme_id"],
        kind="subject",
        entity=row["company"],
        keys=frozenset({*lines, *names}),
        lines=lines,
        listed_on=_day(row["from_on"]),
        listed_at=_known_instant(row["known_at"]),
        removed_at=None,
        removal_reason="",
        basis="",
        source=row["source"],
        confidence=row["confidence"],
        phase=row["phase"],
        precision="day",  # the table holds days alone
        own_list_id=row["programme_id"],
    )


def _relief(row: Mapping[str, str], court: Mapping[str, str]) -> Relief:
    return Relief(
        list_id=row["list_id"],
        kind=row["kind"],
        securities=frozenset(lines_of(court["securities"] or court["security"])),
        from_at=_known_instant(court["known_at"]),
        citation=row["citation"],
        source=court["source"],
        confidence=court["confidence"],
    )


def _licence(row: Mapping[str, str]) -> Licence:
    return Licence(
        **{name: row[name] for name in ("licence_id", "scope", "certainty", "to_rule_hour", "citation", "source", "confidence")},
        programme_ids=_code_set(row["programme_ids"]),
        securities=_code_set(row["securities"]),
        actions=_code_set(row["actions"]),
        investors=with_readers(_code_set(row["investors"])),
        listed_after_at=_instant(row["listed_after_at"]),
        from_at=_known_instant(row["from_at"]),
        to_at=_instant(row["to_at"]),
        to_rule_days=int(row["to_rule_days"]) if row["to_rule_days"] else 0,
    )


def _duty(row: Mapping[str, str]) -> Duty:
    return Duty(
        investor=row["investor"],
        programme_id=row["programme_id"],
        list_ids=_code_set(row["list_ids"]),
        countries=_code_set(row["countries"]),
        actions=_code_set(row["actions"]),
        status=row["status"],
        rule=row["rule"],
        citation=row["citation"],
        known_at=_known_instant(row["known_at"]),
        source=row["source"],
        confidence=row["confidence"],
    )


def _conflict(row: Row, is_known: IsKnown) -> Conflict:
    return Conflict(
        **{name: row[name] for name in ("statement", "citation", "source", "confidence")},
        programme_ids=_code_set(row["programme_ids"]),
        securities=frozenset(lines_of(row["securities"])),
        actions=_code_set(row["actions"]),
        from_at=_known_instant(row["from_at"]),
        resolved_at=_instant(row["resolved_at"]) if row["resolved_at"] and is_known(row, "resolved_at") else None,
    )
