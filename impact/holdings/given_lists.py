"""What the official lists that a caller gives say about what is held, beside the law on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.facts.names import core_name
from impact.facts.screening import RECORDED, ScreeningTargets, is_on_list

__all__ = ["with_given_lists"]

_Key = tuple[str, str]
_CODES = ("isin", "cusip", "sedol", "figi")
_READ = ("tier", "law_key", "status", "entity", "listed_as", "explanation", "target")


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """An entry of a list, or a listing on record."""

    entity: str
    programme: str
    origin: str

    @property
    def said(self) -> str:
        """Which list names whom, under what it calls the programme."""
        return f"{self.origin} names {self.entity}{f' ({self.programme})' if self.programme else ''}"

    def same_programme(self, listing: _Entry) -> bool:
        """Whether the list's word for its programme has a word that tells the programme on record; without one it is another."""
        return bool(set(_telling_words(self.programme)) & set(_telling_words(listing.programme)))


@dataclass(frozen=True, kw_only=True)
class _Targets:
    """Targets by what they are told by: names without legal forms, and codes."""

    given: Mapping[_Key, tuple[int, ...]]
    recorded: Mapping[_Key, tuple[int, ...]]
    keys_of: Mapping[int, frozenset[_Key]]


def with_given_lists(instruments: pd.DataFrame, targets: ScreeningTargets, on: pd.Timestamp) -> pd.DataFrame:
    """The instruments, none of them clear whose issuer a list of the caller names under a programme that no answer rests on.

    Parameters
    ----------
    instruments : DataFrame
        Matched, with their legal status.
    targets : ScreeningTargets
    on : Timestamp
        Day asked; an entry that does not stand on its list then names nobody.

    Returns
    -------
    DataFrame
        `status` is ``unknown`` and `rule` says which list names whom, where the law on record has nothing against the issuer, or an
        entry of the list is all that matched. What binds already stays as it is. Every explanation says the entry.
    """
    entities = targets.entities
    current = is_on_list(entities["listed_on"], entities["removed_on"], on)
    given = set(np.flatnonzero(~entities["origin"].isin(RECORDED) & current).tolist())
    if not given:
        return instruments
    on_record = entities["origin"].isin(RECORDED) & entities["is_listed"].eq(True) & current
    known = _by_key(targets, given, set(np.flatnonzero(on_record).tolist()))
    rows = zip(*(entities[name].astype(str) for name in ("entity", "programme_id", "origin")), strict=True)
    entry_of = [_Entry(entity=entity, programme=programme, origin=origin) for entity, programme, origin in rows]
    told = instruments.copy()
    for row in np.flatnonzero((told["tier"] != "") | (told["law_key"] != "")).tolist():
        cells = {name: told[name].iat[row] for name in (*_READ, *_CODES)}
        keys = sorted(set(_keys(cells, known.keys_of)))
        entries = [entry_of[target] for target in dict.fromkeys(target for key in keys for target in known.given.get(key, ()))]
        if not entries:
            continue
        naming = "; ".join(dict.fromkeys(entry.said for entry in entries))
        told.loc[row, "explanation"] = "; ".join(filter(None, (str(cells["explanation"]), naming)))
        listings = [entry_of[target] for key in keys for target in known.recorded.get(key, ())]
        agreed = all(any(entry.same_programme(listing) for listing in listings) for entry in entries)
        by_entry_alone = cells["status"] == "unknown" and cells["target"] in given
        if by_entry_alone or (cells["status"] == "clear" and not agreed):
            sure = "" if cells["tier"] == "identifier" or cells["law_key"] else ", a name that this one resembles"
            rule = f"{naming}{sure}: what that programme prohibits is not on record for it."
            told.loc[row, ["status", "rule", "programme", "citation", "lifted_by"]] = ["unknown", rule, "", "", ""]
    return told


def _by_key(targets: ScreeningTargets, given: set[int], recorded: set[int]) -> _Targets:
    """Targets by their names and codes; those on a list given and those that the record has listed apart."""
    keys_of: dict[int, set[_Key]] = defaultdict(set)
    for target, name in zip(targets.names["target"], targets.names["name"], strict=True):
        keys_of[int(target)].add(("name", core_name(name)))
    codes = targets.identifiers[targets.identifiers["kind"].isin(_CODES)]
    for target, kind, value in zip(codes["target"], codes["kind"], codes["value"], strict=True):
        keys_of[int(target)].add((kind, value))
    sides: list[dict[_Key, tuple[int, ...]]] = []
    for chosen in (given, recorded):
        side: dict[_Key, tuple[int, ...]] = {}
        for target in sorted(chosen):
            for key in keys_of[target]:
                side[key] = (*side.get(key, ()), target)
        sides.append(side)
    return _Targets(given=sides[0], recorded=sides[1], keys_of={target: frozenset(keys) for target, keys in keys_of.items()})


def _keys(cells: Mapping[str, Any], keys_of: Mapping[int, frozenset[_Key]]) -> Iterator[_Key]:
    """Names and codes of an instrument, and of the target it matched."""
    yield from (("name", core_name(cells[name])) for name in ("entity", "listed_as") if cells[name])
    yield from ((kind, cells[kind]) for kind in _CODES if cells[kind])
    yield from keys_of.get(int(cells["target"]), ())


def _telling_words(text: str) -> Iterator[str]:
    """Words of an id that tell a programme: those with a digit, and CMIC."""
    for word in "".join(letter if letter.isalnum() else " " for letter in text.upper()).split():
        if word == "CMIC" or any(letter.isdigit() for letter in word):
            yield word
