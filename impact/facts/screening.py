"""What a portfolio is screened against: every designated or listed entity with its identifiers, names and lines."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.facts.code_tables import CODE_KINDS, CodeTable
from impact.facts.list_records import OfficialList, instrument_of
from impact.facts.name_index import NameIndex
from impact.facts.names import core_name
from impact.facts.official_lists import GivenLists, as_official_lists
from impact.facts.printed_names import printed_name
from impact.facts.tables import known_table
from impact.identifiers import cusip_from_isin, is_valid, normalise_ticker, reissued_codes, security_lines, sedol_from_isin
from impact.instants import parse_instant
from impact.provenance import Source, unique_sources
from impact.typing_ import Instant

__all__ = ["FORMER_TICKER", "RECORDED", "UNIT_OF_PARENT", "ScreeningTargets", "is_on_list", "screening_targets", "with_reissued_as_former"]

IDENTIFIER_COLUMNS = ("target", "kind", "value", "security", "relation", "instrument", "adr_ratio", "note")
ENTITY_COLUMNS = ("entity", "programme_id", "listed_on", "removed_on", "is_listed", "fact_id", "origin", "version")
RECORDED = ("designations", "hypothetical")
"""Origins of a target that is no entry of a list given: the law is asked about it."""

FORMER_TICKER = "former ticker"
"""Kind of the ticker of a line that stopped, another issuer's by then: nothing is matched by it."""

UNIT_OF_PARENT = "unit named with a designated parent"
_LISTED, _SISTER = "listed line", "other line of the issuer"
_OWN_RELATIONS = frozenset({"named", "former", "counter"})
_UNITED_STATES = " US"


@dataclass(frozen=True, eq=False, kw_only=True)
class ScreeningTargets:
    """Entities to match holdings with.

    Attributes
    ----------
    entities : DataFrame
        One row an entity and list, its position is the target number: entity, programme_id (or the list's programmes),
        listed_on, removed_on (NaT: not removed, or not known to be), is_listed, fact_id (empty for a loaded list), origin
        (which table or list), version (of a loaded list).
    identifiers : DataFrame
        target, kind (isin, cusip, sedol, ticker, figi, lei; ``former ticker``: another issuer's by then), value, security (line, empty when unknown), relation (listed line,
        other line of the issuer, unit named with a designated parent, the legal entity), instrument (equity, adr, bdr, cedear,
        counter, bond; empty when unknown), adr_ratio (ordinary shares in one receipt, NaN unknown), note.
    names : DataFrame
        target, name, kind (primary, aka, fka, issuer, alias, part).
    nameless : frozenset of int
        Targets of which nobody says who the issuer is: their names are codes.
    sources, assumptions : tuple
        Where it comes from and what was taken for granted.
    """

    entities: pd.DataFrame
    identifiers: pd.DataFrame
    names: pd.DataFrame
    nameless: frozenset[int] = frozenset()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    @cached_property
    def name_index(self) -> NameIndex:
        """The names as an index."""
        return NameIndex.of(self.names)

    @cached_property
    def issuers(self) -> pd.Series:
        """The issuer of the line of each identifier, empty where it is not on record."""
        lines = security_lines()
        return self.identifiers["security"].map(dict(zip(lines["security"], lines["issuer"], strict=True))).fillna("")

    @cached_property
    def codes(self) -> Mapping[str, CodeTable]:
        """The identifiers of each kind by their value; ``identifier`` holds every code, ``cusip in isin`` what no ISIN on record tells."""
        kinds = self.identifiers["kind"]
        tables = {kind: CodeTable.of(self.identifiers[kinds == kind]) for kind in (*CODE_KINDS, "ticker")}
        told = set(self.identifiers.loc[kinds == "isin", "value"].map(cusip_from_isin))
        bare = self.identifiers[(kinds == "cusip") & ~self.identifiers["value"].isin(told)]
        return {**tables, "identifier": CodeTable.of(self.identifiers[kinds.isin(CODE_KINDS)]), "cusip in isin": CodeTable.of(bare)}


def screening_targets(as_of: Instant | None = None, *, lists: GivenLists = None) -> ScreeningTargets:
    """All bundled designations, and the lists given, as targets of :func:`impact.facts.matching.match_table`.

    Parameters
    ----------
    as_of : zoned instant, optional
        Only what was known then: designations by their `known_at`, list entries by their listing date and without those removed by
        then, lines by their first session. None takes everything.
    lists : OfficialList, path of one, or sequence of them, optional
        Lists to screen against as well.

    Raises
    ------
    InputError
        If something in `lists` is no list.
    SourceUnusable
        If a file cannot be read as one.

    Notes
    -----
    The lines of an issuer (A and H shares, receipts, counters) come from the bundled table of lines; CUSIP and SEDOL come out
    of the ISIN where the country allows it.
    """
    given = as_official_lists(lists)
    instant = None if as_of is None else parse_instant(as_of)
    gathered = _Gathered()
    _add_designations(gathered, instant)
    for official in given:
        _add_list(gathered, official, instant)
    lines = _known_lines(instant)
    _add_lines(gathered, lines)
    _add_aliases(gathered)
    assumptions = ["A unit named with a designated parent is shown, not taken as covered: whether it is, is a question of law."]
    if given and instant is not None:
        assumptions.append("List entries without a listing date are kept at every instant; those removed by then name nobody.")
    assumptions += [said for official in given for said in official.unread()]
    return ScreeningTargets(
        entities=gathered.entity_table(),
        identifiers=with_reissued_as_former(gathered.identifier_table(lines), instant),
        names=pd.DataFrame(list(dict.fromkeys(gathered.names)), columns=["target", "name", "kind"]),
        sources=unique_sources(
            (bundled_source("designations"), bundled_source("lines"), bundled_source("aliases")), *(official.sources for official in given)
        ),
        assumptions=tuple(assumptions),
    )


def with_reissued_as_former(
    identifiers: pd.DataFrame, instant: pd.Timestamp | None, *, written_at: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Identifiers with the tickers that are those of other issuers by then as former ones; at no instant every line may be asked about.

    What other codes of such a line name is the issuer, and no line: the one of that code is another's. A code that was `written_at` an
    instant at which it was given anew already is that of the issuer who had it then.
    """
    given_anew = {
        code
        for code, (since, *_) in reissued_codes().items()
        if instant is not None and since <= instant and (written_at is None or written_at < since)
    }
    stale = identifiers["security"].isin(given_anew)
    ticker = identifiers["kind"] == "ticker"
    return identifiers.assign(
        kind=identifiers["kind"].mask(stale & ticker, FORMER_TICKER), security=identifiers["security"].mask(stale & ~ticker, "")
    )


class _Gathered:
    """Rows collected on the way to :class:`ScreeningTargets`."""

    def __init__(self) -> None:
        self.entities: list[tuple[Any, ...]] = []
        self.identifiers: list[tuple[int, str, str, str, str, str]] = []
        self.names: list[tuple[int, str, str]] = []

    def add_entity(self, *values: Any) -> int:
        self.entities.append(values)
        return len(self.entities) - 1

    def add_isin(self, target: int, isin: str, relation: str) -> None:
        note = "" if is_valid(isin, "isin") else "listed with a check digit that does not hold"
        for kind, value in (("isin", isin), ("cusip", cusip_from_isin(isin)), ("sedol", sedol_from_isin(isin))):
            if value:
                self.identifiers.append((target, kind, value, "", relation, note))

    def add_ticker(self, target: int, text: str, relation: str) -> None:
        line = normalise_ticker(text if "." in text or " " in text else text + _UNITED_STATES)
        if line is not None and line.country:
            self.identifiers.append((target, "ticker", str(line), line.yahoo or str(line), relation, ""))

    def entity_table(self) -> pd.DataFrame:
        frame = pd.DataFrame(self.entities, columns=list(ENTITY_COLUMNS))
        for column in ("listed_on", "removed_on"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
        return frame

    def identifier_table(self, lines: pd.DataFrame) -> pd.DataFrame:
        """Each identifier of a target once, as what was said of it first, with its line where the table of lines knows it."""
        line_of = _line_of_identifier(lines)
        records = []
        for target, kind, value, security, relation, note in dict.fromkeys(self.identifiers):
            line = line_of.get((kind, value), {"security": security, "kind": "", "adr_ratio": float("nan")})
            instrument = line["kind"] or (instrument_of(value) if kind == "isin" else "")
            records.append((target, kind, value, line["security"], relation, instrument, line["adr_ratio"], note))
        frame = pd.DataFrame(records, columns=list(IDENTIFIER_COLUMNS))
        return frame.drop_duplicates(["target", "kind", "value"]).reset_index(drop=True)


def _line_of_identifier(lines: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """(kind, value) of every identifier and ticker in the table of lines -> its line."""
    lines_by_code: dict[tuple[str, str], dict[str, Any]] = {}
    for cells in lines.to_dict("records"):
        line = {str(name): cell for name, cell in cells.items()}
        for kind in ("isin", "cusip", "sedol"):
            if line[kind]:
                lines_by_code[(kind, line[kind])] = line
        for ticker in line["tickers"].split("; "):
            lines_by_code[("ticker", ticker)] = line
    return lines_by_code


def _records_by(table: pd.DataFrame, key: str) -> dict[str, list[dict[Hashable, Any]]]:
    """The rows of a table by one of its columns; a frame a group would take most of the time of a small book."""
    grouped: dict[str, list[dict[Hashable, Any]]] = {}
    for row in table.to_dict("records"):
        grouped.setdefault(str(row[key]), []).append(row)
    return grouped


def _add_designations(gathered: _Gathered, instant: pd.Timestamp | None) -> None:
    table = known_table("designations", instant)
    names_of = _records_by(known_table("designation_names", instant), "designation_id")
    lines_of = _records_by(known_table("designation_lines", instant), "designation_id")
    for row in table.to_dict("records"):
        name = printed_name(row["fact_id"], row["entity"], instant)
        target = gathered.add_entity(
            name,
            row["own_list_id"] or row["programme_id"],
            row["announced_on"],
            row["removed_on"],
            row["is_listed"],
            row["fact_id"],
            "designations",
            "",
        )
        gathered.names.extend((target, known["name"], known["kind"]) for known in names_of.get(row["fact_id"], ()))
        for isin in (row["isin"], *row["other_isins"].split(";")):
            if isin.strip():
                # Whose line an ISIN is, the table of lines says: the cell may hold that of a sister line.
                gathered.add_isin(target, isin.strip(), _LISTED)
        for known in lines_of.get(row["fact_id"], ()):
            gathered.add_ticker(target, known["line"], _LISTED if known["relation"] in _OWN_RELATIONS else UNIT_OF_PARENT)


def is_on_list(listed: pd.Series, removed: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Which entries stand on their list on a day, where a day that is not known settles nothing; one removed may be listed anew."""
    anew = listed > removed
    return ~((listed > day) & ~(anew & (removed > day))) & ~((removed <= day) & ~(anew & (listed <= day)))


def _add_list(gathered: _Gathered, official: OfficialList, instant: pd.Timestamp | None) -> None:
    frame = official.to_frame()
    if "removal_on" not in frame:
        frame["removal_on"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    if instant is not None:
        day = instant.tz_convert("America/New_York").tz_localize(None).normalize()
        frame = frame[is_on_list(frame["listing_on"], frame["removal_on"], day)]
    removed = frame["removal_on"]
    target_of = {
        entry: gathered.add_entity(name, programs, listed, gone, pd.NA, "", title, official.version)
        for entry, name, programs, listed, gone, title in zip(
            frame["entry"], frame["name"], frame["programs"], frame["listing_on"], removed, frame["list"], strict=True
        )
    }
    for row in official.identifiers[official.identifiers["entry"].isin(target_of)].to_dict("records"):
        target = target_of[row["entry"]]
        if row["kind"] == "isin":
            gathered.add_isin(target, row["value"], _LISTED)
        elif row["kind"] == "ticker":
            gathered.add_ticker(target, row["value"], _LISTED)
        elif row["kind"] in ("cusip", "sedol", "figi", "lei"):
            relation = "the legal entity" if row["kind"] == "lei" else _LISTED
            note = "" if is_valid(row["value"], row["kind"]) else "listed with a check digit that does not hold"
            gathered.identifiers.append((target, row["kind"], row["value"], "", relation, note))
    names = official.names[official.names["entry"].isin(target_of)]
    for entry, kind, name in zip(names["entry"], names["kind"], names["name"], strict=True):
        gathered.names.append((target_of[entry], name, kind))


def _known_lines(instant: pd.Timestamp | None) -> pd.DataFrame:
    lines = security_lines()
    if instant is None:
        return lines
    return lines[~(lines["valid_from"] > instant.tz_convert("America/New_York").tz_localize(None).normalize())]


def _add_lines(gathered: _Gathered, lines: pd.DataFrame) -> None:
    """Join the bundled lines of each issuer: what a target's identifiers name, its sister lines name too."""
    line_of = _line_of_identifier(lines)
    by_issuer = _records_by(lines, "issuer")
    relation_of: dict[tuple[int, str], str] = {}
    named: dict[tuple[int, str], str] = {}
    for target, kind, value, _, relation, _ in gathered.identifiers:
        known = line_of.get((kind, value))
        if known is not None:
            relation_of.setdefault((target, known["issuer"]), relation)
            named.setdefault((target, known["security"]), relation)
    for (target, issuer), relation in relation_of.items():
        sister = relation if relation == UNIT_OF_PARENT else _SISTER
        for line in by_issuer[issuer]:
            said = named.get((target, line["security"]), sister)
            keys = [(kind, line[kind]) for kind in ("isin", "cusip", "sedol") if line[kind]]
            keys += [("ticker", ticker) for ticker in line["tickers"].split("; ")]
            gathered.identifiers.extend((target, kind, value, line["security"], said, "") for kind, value in keys)


def _add_aliases(gathered: _Gathered) -> None:
    """Vendors' spellings, acronyms and former names of an entity, for every target that bears its name."""
    aliases = read_bundled("aliases")
    targets_of: dict[str, set[int]] = {}
    for target, name, _ in gathered.names:
        targets_of.setdefault(core_name(name), set()).add(target)
    for alias, entity, kind in zip(aliases["alias"], aliases["entity"], aliases["kind"], strict=True):
        listed_as = {"former name": "fka", "official": "aka", "issuer name": "issuer", "unit": "unit"}.get(kind, "alias")
        gathered.names.extend((target, alias, listed_as) for target in sorted(targets_of.get(core_name(entity), set())))
