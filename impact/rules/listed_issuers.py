"""Whose a line, a code or a name is: the listings that speak of one issuer, joined by its lines and by succession."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from functools import cache, cached_property

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.facts.names import core_name, is_acronym, plain_words
from impact.identifiers import security_lines
from impact.rules.issuer_lines import issuer_lines, reissued_from, sister_code
from impact.rules.line_doubts import EVER, LineDoubt, code_doubt
from impact.rules.records import Listing, Relation
from impact.rules.vocabulary import COUNTRY_WIDE, day_start, fits, is_pattern, line_key
from impact.screening.spellings import spelled_venue
from impact.tickers import normalise_ticker
from impact.venues import venue_of

__all__ = ["ListedIssuers"]

_NOT_NAMED: Mapping[str, str] = {
    "unit": "a unit of the group named",
    "listed_parent": "the listed parent of the unit named",
    "unverified": "perhaps the firm named: the exact name is not verified",
}
"""Relations of a line to a listing that does not name it (``designation_lines.csv``), in words."""


def _spelled(name: str) -> str:
    return " ".join(plain_words(name))


def _is_us_line(security: str) -> bool:
    """Whether a ticker says that it trades in the United States, which its spelling as a line does not."""
    line = normalise_ticker(security)
    if line is None or not line.country:
        code, venue = spelled_venue(security)
        line = normalise_ticker(code, exchange=venue)
    return line is not None and line.country == "US"


def _place_of(line: str) -> tuple[str, bool]:
    """The venue of a line, and whether its code is a number: terminals write letters where venues have numbers (MAY MK, 1155.KL)."""
    return venue_of(line), line[:1].isdigit()


@cache
def _issued_in_country() -> frozenset[str]:
    """Every code of the table of lines of an issuer of whom a share was issued where :data:`COUNTRY_WIDE` says."""
    table = issuer_lines()
    issued = [isin for isin in table.isins if any(fits(isin, pattern) for pattern in COUNTRY_WIDE)]
    return frozenset(code for isin in issued for line in table.lines_behind(isin) for code in table.codes_of[line])


@cache
def _rows_not_named() -> tuple[tuple[str, pd.Timestamp, Mapping[str, str]], ...]:
    """The record of lines that a listing speaks of and does not name: line, since when it is known, row."""
    rows = read_bundled("designation_lines").to_dict("records")
    return tuple(
        (line_key(row["line"]), pd.Timestamp(row["known_at"]), {str(name): str(cell) for name, cell in row.items()})
        for row in rows
        if row["relation"] in _NOT_NAMED
    )


@cache
def _lines_of_name(name: str) -> frozenset[str]:
    """The lines of the issuer of that whole name in the table of lines."""
    issuers = security_lines()
    own = [core_name(issuer) == core_name(name) for issuer in issuers["issuer"]]
    return frozenset(map(line_key, issuers.loc[own, "security"]))


@cache
def _names_printed() -> tuple[tuple[str, str, pd.Timestamp], ...]:
    """Listing, name as its list prints or printed it, and since when it is known; no acronym, which several firms may share."""
    entity_of = read_bundled("designations").set_index("fact_id")["entity"]
    rows = read_bundled("designation_names")[["designation_id", "name", "kind", "known_at"]].itertuples(index=False, name=None)
    return tuple(
        (designation_id, _spelled(name), pd.Timestamp(known_at))
        for designation_id, name, kind, known_at in rows
        if not is_acronym(core_name(name)) and (kind != "primary" or entity_of[designation_id].partition(" (")[0] == name)
    )


class ListedIssuers:
    """The listings of a rule book by issuer: the one path by which every question about the law finds them.

    Parameters
    ----------
    listings : tuple of Listing
        As known at the instant of the book.
    as_of : Timestamp, optional
        That instant; all that is on record where it is None.
    """

    def __init__(self, listings: tuple[Listing, ...], as_of: pd.Timestamp | None = None) -> None:
        self.listings = listings
        self.as_of = as_of

    def doubts(self, security: str) -> tuple[LineDoubt, ...]:
        """Why the absence of a security from every list says nothing, the first that holds at an instant decides; empty where it says something.

        A line that names its venue (``0005.HK``), a line or a code of a list, and one of the table of lines tell it. A code of which
        no table says whose it is does not, be its check digit valid: a listed issuer may stand behind it. Nor does a bare word, which
        may be a ticker or a name, nor what :data:`COUNTRY_WIDE` covers, nor a code of a venue that is of no share of its own. Where the
        table tells whose a line of such a country is, only some names of the lists on its issuers are on record. A doubt that rests on
        a listing holds from that listing on.
        """
        key = line_key(security)
        since = reissued_from(key, self.as_of)
        others = self._doubts_of(key, security)
        return others if since is None else (LineDoubt(code="reissued", from_at=since), *others)

    def _doubts_of(self, key: str, security: str) -> tuple[LineDoubt, ...]:
        if any(self.country_wide([key])):
            return (LineDoubt(code="country_lists" if issuer_lines().lines_behind(key) else "country"),)
        if issuer_lines().lines_behind(key) or key in self._lines_not_named:
            return ()
        if any(key in listing.codes for listing in self._bearing(frozenset({key})) if listing.kind != "subject"):
            return ()
        rests = (
            ("share_class", self._sister_codes.get(sister_code(key))),
            (code_doubt(key, in_us=_is_us_line(security)), EVER),
            ("stated", self._may_be_stated_from(key)),
        )
        return tuple(LineDoubt(code=code, from_at=at) for code, at in rests if code and at is not None)

    def named_anew(self, security: str) -> tuple[Listing, ...]:
        """Listings of the issuer to whom the code of a line that stopped was given, since then: they name no other line of the former one."""
        key = line_key(security)
        since = reissued_from(key, self.as_of)
        if since is None:
            return ()
        former = issuer_lines().lines_behind(key) - {key}
        return tuple(listing for listing in self._bearing([key]) if listing.listed_at >= since and not listing.codes & former)

    def issuer_by_now(self, security: str) -> tuple[frozenset[str], tuple[Listing, ...]]:
        """As :meth:`issuer`, of the one to whom a code was given anew where a listing names that one."""
        anew = self.named_anew(security)
        return (frozenset[str]().union(*(listing.keys for listing in anew)), anew) if anew else self.issuer(security)

    def may_be_stated(self, line: str) -> bool:
        """Whether a line may be one of an issuer whose designation the caller states: none of its venues is that of the line.

        On one venue another code is another issuer, but for its share classes, and for letters where the stated one is a number.
        """
        return self._may_be_stated_from(line) is not None

    @property
    def states_lines_of_no_table(self) -> bool:
        """Whether the designation of an issuer is stated of whose lines no table tells more than what is stated."""
        return bool(self._stated_venues)

    def _may_be_stated_from(self, line: str) -> pd.Timestamp | None:
        """From when a line may be one of an issuer whose designation is stated; None where it is none."""
        try:
            return min((at for places, at in self._stated_venues if _place_of(line) not in places), default=None)
        except InputError:
            return None

    @cached_property
    def _stated_venues(self) -> tuple[tuple[frozenset[tuple[str, bool]], pd.Timestamp], ...]:
        """The venues, and forms of code, of the lines of each stated issuer that no table of lines knows, none where an ISIN alone is stated, and when it is listed."""
        stated = (listing for listing in self.listings if listing.is_stated)
        return tuple(
            (frozenset(map(_place_of, listing.lines)), listing.listed_at)
            for listing in stated
            if not any(map(issuer_lines().lines_behind, listing.keys))
        )

    def trades_there_only(self, security: str) -> bool:
        """Whether all that is known of a line is that it trades where :data:`COUNTRY_WIDE` says: foreign issuers trade there too."""
        key = line_key(security)
        placed = any(fits(key, pattern) for pattern in COUNTRY_WIDE if pattern.startswith("*."))
        return placed and not issuer_lines().lines_behind(key) and not self.tells_issuer(security)

    def country_wide(self, values: Iterable[str]) -> list[bool]:
        """For each line or code, whether it, or a share behind it, is of a country whose issuers come under programmes by where they are.

        No line of an issuer is whose home line, by its own listing, lies elsewhere: Rusal was listed by its line in Hong Kong, and what
        that line is under, its sister in Moscow is.
        """
        given = list(values)
        direct: set[str] = set().union(*(fnmatch.filter(given, pattern) for pattern in COUNTRY_WIDE))
        issued = _issued_in_country()
        return [(value in direct or value in issued) and not self._home_is_elsewhere(value) for value in given]

    def _home_is_elsewhere(self, key: str) -> bool:
        behind = issuer_lines().lines_behind(key) | {key}
        homes = behind & {listing.lines[0] for listing in self._bearing(behind) if listing.lines}
        return bool(homes) and not any(fits(home, pattern) for home in homes for pattern in COUNTRY_WIDE)

    def issuer(self, security: str) -> tuple[frozenset[str], tuple[Listing, ...]]:
        """Every key of the issuer that `security` names (line, identifier or entity), and its listings.

        The table of lines says whose a code or a line is; what a list says of one line of an issuer holds for its sisters. A row of a
        list may name a whole group with its listed arms, so rows are joined through their first line only: a line of the issuer
        asked for, or, when no row leads with one, the first line of the rows that mention it. A listing that was rolled into one of
        a later order is joined with it, either way. A receipt falls under a programme by where the shares behind it were issued. A name is the same with or without its commas and points.
        A code given to another issuer is that one's and, before, the former one's; the former one's other codes are not that one's.
        """
        key = line_key(security)
        asked = issuer_lines().lines_behind(key) | self._spellings.get(_spelled(security), frozenset()) | {key}
        codes = {key, *issuer_lines().issued_as(key)}
        everywhere = list(dict.fromkeys(listing for listing, pattern in self._patterns if any(fits(code, pattern) for code in codes)))
        others = {listing for line in asked - {key} for listing in self.named_anew(line)}.difference(self.named_anew(key))
        leading = {listing.lines[0] for listing in self._bearing(asked) if listing.lines and listing not in others}
        homes = asked & leading or leading
        named = [listing for listing in self._bearing(asked | homes) if listing not in others]
        if not named:
            return frozenset(asked), tuple(everywhere)
        # Readings of one fact stand together: the one that names no line speaks of the issuer too.
        readings = {listing.conflict_id for listing in named if listing.conflict_id}
        named += [listing for listing in self.listings if listing.conflict_id in readings and listing not in named]
        # A line of an issuer whose home line lies elsewhere is not caught by where it trades, but where it trades it is kept.
        at_home = not homes or any(fits(home, pattern) for home in homes for listing, pattern in self._patterns if listing in everywhere)
        kept = {listing for listing, pattern in self._patterns if listing.turns_on_custody and fits(key, pattern)}
        named += [listing for listing in everywhere if (at_home or listing in kept) and listing not in named]
        own = [listing for listing in named if listing.lines and listing.lines[0] in homes]
        by_name = [listing for listing in named if line_key(listing.entity) in asked]
        named += [listing for listing in self._linked((*own, *by_name)) if listing not in named]
        return asked.union(*(listing.keys for listing in own)), tuple(named)

    def related(self, security: str) -> tuple[Relation, ...]:
        """Listings that do not name the issuer of `security`, and whose record says how one of its lines stands to the name."""
        key = line_key(security)
        lines = issuer_lines().lines_behind(key) | {key}
        said = {row["designation_id"]: row for line in sorted(lines) for row in self._lines_not_named.get(line, ())}
        if not said:
            return ()
        own = self.issuer(security)[1]
        told = {listing: said[listing.fact_id] for listing in self.listings if listing.fact_id in said}
        later = {other: row for listing, row in told.items() for other in self._linked([listing])}
        return tuple(
            Relation(
                listing=listing,
                words=_NOT_NAMED[row["relation"]],
                since=day_start(row["from_on"]),
                source=row["source"],
                confidence=row["confidence"],
            )
            for listing, row in {**later, **told}.items()
            if listing not in own and listing.kind == "listed"
        )

    def names(self, values: Iterable[str]) -> list[bool]:
        """For each line or code, whether a list names its issuer: by itself, by a sister line or by where it trades."""
        given = list(values)
        known = self._codes.union(*(fnmatch.filter(given, pattern) for pattern in self._distinct_patterns))
        return [value in known for value in given]

    def tells_issuer(self, security: str) -> bool:
        """Whether a list names the issuer of a line or a code itself, and not only all that trade or were issued where it was."""
        return any(listing.names_issuer for listing in self.issuer(security)[1])

    @cached_property
    def _lines_not_named(self) -> Mapping[str, tuple[Mapping[str, str], ...]]:
        """Line -> rows, as known, of a listing that speaks of the line and does not name it."""
        index: dict[str, tuple[Mapping[str, str], ...]] = {}
        for line, known_at, row in _rows_not_named():
            if self.as_of is None or known_at <= self.as_of:
                index[line] = (*index.get(line, ()), row)
        return index

    @cached_property
    def _patterns(self) -> tuple[tuple[Listing, str], ...]:
        return tuple((listing, key) for listing in self.listings for key in sorted(listing.keys) if is_pattern(key))

    @property
    def _distinct_patterns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pattern for _, pattern in self._patterns))

    @cached_property
    def _spellings(self) -> Mapping[str, frozenset[str]]:
        """Name without signs, one that a list prints or printed, or an alias on record -> the keys of the listings that bear it.

        The name of a unit is that of no listing of its parent: it stands for the lines of the unit, as far as the table of lines has them.
        """
        index: dict[str, frozenset[str]] = {}
        for listing in self.listings:
            name = _spelled(listing.entity)
            if name and listing.kind != "subject":
                index[name] = index.get(name, frozenset()) | {line_key(listing.entity)}
        entities = {listing.fact_id: listing.entity for listing in self.listings if listing.kind == "listed"}
        for designation_id, name, known_at in _names_printed():
            if designation_id in entities and (self.as_of is None or known_at <= self.as_of):
                index[name] = index.get(name, frozenset()) | {line_key(entities[designation_id])}
        aliases = read_bundled("aliases")
        for alias, entity, kind in aliases[["alias", "entity", "kind"]].itertuples(index=False, name=None):
            if kind == "unit":
                index.setdefault(_spelled(alias), _lines_of_name(alias))
            elif (bearing := index.get(_spelled(entity))) and (name := _spelled(alias)):
                index[name] = index.get(name, frozenset()) | bearing
        return index

    @cached_property
    def _sister_codes(self) -> Mapping[str, pd.Timestamp]:
        """What the share classes of a line have in common that a list names, or is related to -> when the first of them was listed."""
        first: dict[str, pd.Timestamp] = {}
        related: dict[str, tuple[str, ...]] = {}
        for line, rows in self._lines_not_named.items():
            for row in rows:
                related[row["designation_id"]] = (*related.get(row["designation_id"], ()), line)
        for listing in self.listings:
            lines = (*listing.lines, *related.get(listing.fact_id, ()))
            for line in lines if listing.kind != "subject" else ():
                code = sister_code(line)
                first[code] = min(listing.listed_at, first.get(code, listing.listed_at))
        return first

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, ...]]:
        """Key -> positions of the listings that bear it."""
        index: dict[str, tuple[int, ...]] = {}
        for place, listing in enumerate(self.listings):
            for key in listing.keys:
                index[key] = (*index.get(key, ()), place)
        return index

    @cached_property
    def _codes(self) -> frozenset[str]:
        """Every key of a list, and every code of the issuers of whom a list names a line, or a share by where it was issued."""
        table = issuer_lines()
        issued = [code for pattern in self._distinct_patterns for code in fnmatch.filter(table.isins, pattern)]
        lines = {line for key in (*self._places, *issued) for line in table.lines_behind(key)}
        return frozenset(self._places).union(*(table.codes_of[line] for line in lines))

    def _bearing(self, keys: Iterable[str]) -> list[Listing]:
        """Listings that bear one of these keys, in the order of the book."""
        return [self.listings[place] for place in sorted({place for key in keys for place in self._places.get(key, ())})]

    def _linked(self, listings: Iterable[Listing]) -> list[Listing]:
        """Listings that these were rolled into, or that were rolled into them."""
        given = [listing for listing in listings if listing.kind == "listed"]
        later = frozenset().union(*(listing.rolled_into for listing in given))
        facts = {listing.fact_id for listing in given}
        return [
            listing for listing in self.listings if listing.kind == "listed" and (listing.fact_id in later or listing.rolled_into & facts)
        ]
