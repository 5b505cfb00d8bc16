"""A programme that a user states: what it bars, for whom, from when, as rows of the tables of the law.

What is not stated is unknown. Nothing is taken from another programme, however near.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.rules.vocabulary import ACTIONS, INSTRUMENTS, INVESTOR_TITLES, INVESTORS, READ_AS, US_INVESTORS, checked_word, with_readers

__all__ = ["NEVER", "STATED_PREFIX", "OwnLicence", "OwnProgramme", "StatedInstant", "programme_tables"]

NEVER: Literal["never"] = "never"
"""Of an instant from which something is barred: it is not barred at any time. Left out it is unknown."""
STATED_PREFIX = "stated-"
"""What the id of the row of a programme begins with that the caller states."""
StatedInstant: TypeAlias = pd.Timestamp | Literal["never"] | None
"""First instant at which something is barred, never, or None: not stated."""
BY_CUSTODY = ("sell", "sell_to_divest", "hold", "receive_dividend", "convert_adr", "clear_for_non_us")
"""What nobody can do with a security that a blocked depository keeps."""
SALES = ("sell", "sell_to_divest")
"""Actions of which either lets a holder sell what was held when a bar began."""
ACT_WORDS = {
    "buy": "buying", "sell": "selling", "sell_to_divest": "selling to divest", "hold": "holding", "reinvest_dividend": "reinvesting dividends",
    "receive_dividend": "receiving dividends", "convert_adr": "converting receipts", "clear_for_non_us": "clearing for non-US persons",
    "exercise": "exercising",
}  # fmt: skip
"""Each action in a sentence."""
STANDING = ("listed", "before_ban", "window", "after_window")
"""Phases of a designation that stands, whichever of its clocks it has."""


def _check_words(given: tuple[str, ...] | None, words: tuple[str, ...], parameter: str) -> None:
    """Refuse a list that names nothing, and a word that is in no vocabulary; a list that is not stated is None."""
    if given is not None and not given:
        raise InputError(f"{parameter} is an empty list; name at least one of: {', '.join(words)}; or leave it out where it is not known.")
    for word in given or ():
        checked_word(word, words, parameter)


@dataclass(frozen=True, kw_only=True)
class OwnLicence:
    """What a licence of a stated programme frees, and until when; a field that is None is not stated.

    Attributes
    ----------
    actions : tuple of str or None
        Of :data:`impact.rules.ACTIONS`.
    until : Timestamp, "never" or None
        First instant at which it no longer frees them; never: it does not end.
    citation : str
    """

    actions: tuple[str, ...] | None = None
    until: StatedInstant = None
    citation: str = ""

    def __post_init__(self) -> None:
        _check_words(self.actions, ACTIONS, "licence actions")

    @property
    def is_certain(self) -> bool:
        """Whether what it frees and until when are both stated."""
        return self.actions is not None and self.until is not None


@dataclass(frozen=True, kw_only=True)
class OwnProgramme:
    """A programme that is in no table; a field that is None is not stated, and what turns on it is unknown.

    Attributes
    ----------
    programme_id, name : str
    authority, citation : str
        Who acts, and the text that every answer cites.
    binds : tuple of str or None
        Every class of investor that it binds; a class that is left out is not bound.
    buy_barred_from, sell_barred_from : Timestamp, "never" or None
        First instants at which buying and selling are barred.
    holding_barred : bool or None
        Whether holding is barred once selling is.
    instruments : tuple of str or None
        Instruments that it covers; one that is left out is not known to be covered.
    index_rule : {"delete", "retain"} or None
        What index providers do with the line because of it.
    depository : str
        A depository that it blocks; empty: none is stated.
    licence : OwnLicence or None

    Raises
    ------
    InputError
        If the id is that of a programme on record, a word is in no vocabulary, a list is empty, or holding is barred though
        selling never is.
    """

    programme_id: str
    name: str
    authority: str = ""
    citation: str = ""
    binds: tuple[str, ...] | None = None
    buy_barred_from: StatedInstant = None
    sell_barred_from: StatedInstant = None
    holding_barred: bool | None = None
    instruments: tuple[str, ...] | None = None
    index_rule: str | None = None
    depository: str = ""
    licence: OwnLicence | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("name is missing: say what the programme is called, such as 'Annex XIX of Regulation (EU) 833/2014'.")
        if self.programme_id in set(read_bundled("programmes")["programme_id"]) | set(read_bundled("programme_rules")["list_id"]):
            raise InputError(
                f"id={self.programme_id!r} is a programme on record; name it as the programme of the designation and leave out [programme], or give yours another id."
            )
        for field, words in (("binds", INVESTORS), ("instruments", INSTRUMENTS)):
            _check_words(getattr(self, field), words, field)
        if self.index_rule is not None:
            checked_word(self.index_rule, ("delete", "retain"), "index_rule")
        if self.holding_barred and self.sell_barred_from == NEVER:
            raise InputError(
                "holding_barred=true with sell_barred_from='never': holding is barred once selling is, so it would never be; "
                "give sell_barred_from, leave it out where it is not known, or say holding_barred=false."
            )

    @property
    def cited(self) -> str:
        """The text that answers cite."""
        return f"{self.citation or self.name}, as the case states it"

    @property
    def bound(self) -> str:
        """Whom it binds, in words."""
        return (
            "whom it binds is not stated" if self.binds is None else f"it binds {', '.join(INVESTOR_TITLES[name] for name in self.binds)}"
        )

    @property
    def binds_us(self) -> bool | None:
        """Whether it binds US persons; None where that is not known, or only some of them are named."""
        if self.binds is None:
            return None
        if "us_person" in self.binds:
            return True
        return None if set(self.binds) & set(US_INVESTORS) else False

    @property
    def binds_others(self) -> bool | None:
        """Whether it binds anybody outside the United States; None where that is not known."""
        return None if self.binds is None else bool(set(self.binds) - set(US_INVESTORS))

    def untimed(self) -> tuple[str, ...]:
        """What is said of each bar that has no instant: that there is none, or that from when is not stated."""
        bars = (("buying", self.buy_barred_from), ("selling", self.sell_barred_from))
        told = {NEVER: "{} is never barred", None: "from when {} is barred is not stated"}
        return tuple(told[at].format(act) for act, at in bars if not isinstance(at, pd.Timestamp))

    def covers(self, instrument: str) -> bool | None:
        """Whether it covers an instrument; None where that is not known."""
        return True if instrument in (self.instruments or ()) else None

    def freed_until(self, at: StatedInstant, *actions: str) -> tuple[StatedInstant, bool]:
        """Until when its licence frees actions that it bars from `at` on, and whether that is known; None: not at all, or not known."""
        licence = self.licence
        if licence is None or (licence.actions is not None and not set(actions) & set(licence.actions)):
            return None, True
        ends_before = isinstance(licence.until, pd.Timestamp) and isinstance(at, pd.Timestamp) and licence.until <= at
        return (None, True) if ends_before else (licence.until, licence.is_certain)

    def barred_from(self, at: StatedInstant, *actions: str) -> StatedInstant:
        """First instant from which actions that it bars from `at` on are barred, its licence counted in; None: not known."""
        until, is_known = self.freed_until(at, *actions)
        if at is None or at == NEVER or (until is None and is_known):
            return at
        return until if is_known else None

    @property
    def holding_stays_barred(self) -> bool | None:
        """Whether holding is barred in the end, its licence counted in; None: not known, as where it lets one sell without end."""
        until, is_known = self.freed_until(self.sell_barred_from, "hold")
        if not self.holding_barred or (until == NEVER and is_known):
            return None if self.holding_barred is None else False
        sold, sale_is_known = self.freed_until(self.sell_barred_from, *SALES)
        return True if is_known and sale_is_known and sold != NEVER else None

    def _known_bar(self, at: StatedInstant, *actions: str) -> StatedInstant:
        """First instant from which actions are barred; the one stated where it is not known whether a licence frees them then."""
        barred = self.barred_from(at, *actions)
        return at if barred is None else barred

    def _known_holding_bar(self) -> StatedInstant:
        """First instant from which holding is barred, its licence to hold, and that to sell what is held, counted in where they are known."""
        barred = self._known_bar(self._hold_barred_from(), "hold")
        ends = self._wind_down_ends(barred) if isinstance(barred, pd.Timestamp) else None
        return barred if ends is None else ends

    @property
    def divestment_end_at(self) -> pd.Timestamp | None:
        """First instant from which what is held may not be sold, or not be held any more; None: never, or not known."""
        ends = (self._known_bar(self.sell_barred_from, *SALES), self._known_holding_bar())
        return min((at for at in ends if isinstance(at, pd.Timestamp)), default=None)

    @property
    def licensed(self) -> str:
        """What its licence frees, in words; empty without one."""
        if self.licence is None:
            return ""
        acts, until = self.licence.actions, self.licence.until
        freed = "what its licence frees is not stated" if acts is None else f"its licence frees {', '.join(ACT_WORDS[act] for act in acts)}"
        unended = {NEVER: "without end", None: "until when is not stated"}
        ends = f"until {until.isoformat(timespec='minutes')}" if isinstance(until, pd.Timestamp) else unended[until]
        return f"{freed}, {ends}"

    def unstated(self) -> tuple[tuple[str, str], ...]:
        """Field and question of each thing that is not stated."""
        licence = self.licence
        asked = (
            ("binds", "whom it binds", self.binds is None),
            ("buy_barred_from", "from when it bars buying", self.buy_barred_from is None),
            ("sell_barred_from", "from when it bars selling", self.sell_barred_from is None),
            ("holding_barred", "whether it bars holding once selling is barred", self.holding_barred is None),
            ("instruments", "which instruments it covers", self.instruments is None),
            ("index_rule", "what index providers do because of it", self.index_rule is None),
            ("licence.actions", "what its licence frees", licence is not None and licence.actions is None),
            ("licence.until", "until when its licence frees it", licence is not None and licence.until is None),
        )
        return tuple((field, question) for field, question, is_missing in asked if is_missing)

    def unknowns(self) -> tuple[str, ...]:
        """A sentence on everything that is not stated, for a reader; none where all is."""
        missing = self.unstated()
        if not missing:
            return ()
        told = "; ".join(f"{question} ([programme] {field})" for field, question in missing)
        return (f"The case does not state of {self.name}: {told}. What turns on it is unknown.",)

    def _bound(self) -> tuple[frozenset[str], frozenset[str]]:
        """Classes that are bound, and those that are for sure not; a class that may be one of the bound is in neither."""
        if self.binds is None:
            return frozenset(), frozenset()
        bound = with_readers(self.binds)
        near = set(US_INVESTORS) if bound & set(US_INVESTORS) else set()
        near |= {READ_AS[name] for name in bound if name in READ_AS}
        return bound, frozenset(INVESTORS) - bound - near

    def _cells(self) -> Iterator[dict[str, str]]:
        """What may be done in each phase, as far as it is stated; each act is read by its own clock, whichever comes first."""
        bound, free = self._bound()
        bars = (
            (("buy",), self.buy_barred_from),
            (SALES, self.sell_barred_from),
            (("hold",), self._hold_barred_from()),
        )
        yield from self._wind_down(bound)
        for acts, at in bars if bound else ():
            word, actions = ACT_WORDS[acts[0]], ";".join(acts)
            if isinstance(at, pd.Timestamp):
                yield self._cell(STANDING, actions, bound, "allowed", f"{self.name} does not yet bar {word}.", until=at)
                since = self._wind_down_ends(at) if acts == ("hold",) else at
                if isinstance(since, pd.Timestamp):
                    yield self._cell(STANDING, actions, bound, "prohibited", f"{self.name} bars {word}.", since=since)
            elif at == NEVER:
                yield self._cell(STANDING, actions, bound, "allowed", f"{self.name} never bars {word}.")
        if free:
            said = f"As the case states {self.name}, {self.bound}, and not this investor; that is no clearance under any other list."
            yield self._cell((*STANDING, "removed"), ";".join(ACTIONS), free, "allowed", said)
        ended = f"The designation under {self.name} has ended, as the case states it."
        yield self._cell(("removed",), ";".join(ACTIONS), frozenset(INVESTORS) - free, "allowed", ended)
        if self.depository and bound:
            kept = f"What {self.depository} keeps is blocked under {self.name}"
            where = "where this is kept is not on record"
            yield self._cell(STANDING, ";".join(BY_CUSTODY), bound, "unknown", f"{kept}; {where}.")
            reach = f"{kept}: whether its licence reaches that is not stated, and {where}."
            yield self._cell(("licensed",), ";".join(BY_CUSTODY), bound, "unknown", reach)

    def _wind_down_ends(self, barred: pd.Timestamp) -> StatedInstant:
        """First instant from which holding, barred from `barred` on, is so whatever its licence to sell says of it; None: not known."""
        until, is_known = self.freed_until(self.sell_barred_from, *SALES)
        if isinstance(until, pd.Timestamp) and is_known:
            return max(barred, until)
        return None if not is_known else until or barred

    def _wind_down(self, bound: frozenset[str]) -> Iterator[dict[str, str]]:
        """Holding while its licence lets one sell: what is not sold is held, and whether that is freed too the case does not say."""
        barred = self._hold_barred_from()
        ends = self._wind_down_ends(barred) if isinstance(barred, pd.Timestamp) else barred
        if bound and isinstance(barred, pd.Timestamp) and ends != barred:
            rule = f"{self.name} bars holding, and {self.licensed}: whether what may still be sold may be held until then the case does not say."
            yield self._cell(STANDING, "hold", bound, "unknown", rule, since=barred, until=ends if isinstance(ends, pd.Timestamp) else None)

    def _hold_barred_from(self) -> StatedInstant:
        return self.sell_barred_from if self.holding_barred else None if self.holding_barred is None else NEVER

    def _cell(
        self,
        phases: tuple[str, ...],
        actions: str,
        investors: frozenset[str],
        status: str,
        rule: str,
        *,
        since: pd.Timestamp | None = None,
        until: pd.Timestamp | None = None,
    ) -> dict[str, str]:
        """A row of what may be done, valid from an instant and to one, where they are given."""
        who = ";".join(name for name in INVESTORS if name in investors)
        row = {"phases": ";".join(phases), "actions": actions, "investors": who, "instruments": "*", "status": status, "rule": rule}
        span = {name: "" if at is None else at.isoformat() for name, at in (("valid_from_at", since), ("valid_to_at", until))}
        return {"programme_id": self.programme_id, **row, **span, "citation": self.cited}

    def _clocks(self) -> Iterator[dict[str, str]]:
        """First prohibited instants, beyond what its licence frees for sure."""
        for clock, at, ends in (
            ("purchase_ban", self._known_bar(self.buy_barred_from, "buy"), "free purchase"),
            ("divestment_end", self._known_bar(self.sell_barred_from, *SALES), "selling"),
            ("possession_ban", self._known_holding_bar(), "holding"),
        ):
            if isinstance(at, pd.Timestamp):
                wall = at.tz_convert("UTC")
                yield {
                    "programme_id": self.programme_id, "clock": clock, "rule": "fixed", "fixed_on": f"{wall:%Y-%m-%d}",
                    "hour": f"{wall:%H:%M}", "zone": "UTC", "what_ends": ends, "citation": self.cited,
                }  # fmt: skip

    def rows(self, since: pd.Timestamp) -> Mapping[str, list[dict[str, str]]]:
        """Rows of the tables of the law, the programme in force from the instant `since` on."""
        known = {"known_at": since.isoformat(), "source": "stated in the case"}
        name = {"programme_id": self.programme_id}
        fact = {"fact_id": f"{STATED_PREFIX}{self.programme_id}", "name": self.name, "authority": self.authority, "regime": "stated"}
        rule = {"list_id": self.programme_id, "names_firms": "yes", "bars": "what the case states", "citation": self.cited}
        covered = [{**name, **known, "instrument": word, "covered": "yes", "citation": self.cited} for word in self.instruments or ()]
        licence = [] if self.licence is None else [{**name, **known, **self._licence(self.licence, since)}]
        return {
            "programmes": [{**name, **known, **fact}],
            "programme_rules": [{**name, **known, **rule}],
            "programme_clocks": [{**known, **row} for row in self._clocks()],
            "programme_instruments": covered,
            "programme_cells": [{**known, **row} for row in self._cells()],
            "licences": licence,
        }

    def _licence(self, licence: OwnLicence, since: pd.Timestamp) -> dict[str, str]:
        bound, _ = self._bound()
        return {
            "licence_id": f"the licence of {self.name}",
            "programme_ids": self.programme_id,
            "scope": "listed",
            "securities": "*",
            "actions": "*" if licence.actions is None else ";".join(licence.actions),
            "investors": ";".join(bound or INVESTORS),
            "from_at": since.isoformat(),
            "to_at": licence.until.isoformat() if isinstance(licence.until, pd.Timestamp) else "",
            "certainty": "stated" if licence.is_certain else "not_verified",
            "citation": licence.citation or self.cited,
        }


def programme_tables(own: OwnProgramme, since: pd.Timestamp, tables: Mapping[str, pd.DataFrame] | None = None) -> dict[str, pd.DataFrame]:
    """Tables of the law with a stated programme in them, in force from the instant `since` on.

    Raises
    ------
    InputError
        If `tables` hold a programme of that id in different terms.
    """
    given = dict(tables or {})
    bases = {name: given.get(name, read_bundled(name)) for name in own.rows(since)}
    filled = {
        name: pd.DataFrame([{**dict.fromkeys(bases[name].columns, ""), **row} for row in rows], columns=bases[name].columns)
        for name, rows in own.rows(since).items()
    }
    if (bases["programmes"]["programme_id"] == own.programme_id).any():
        differing = [name for name in filled if _terms(bases[name], own) != _terms(filled[name], own)]
        if differing:
            raise InputError(
                f"tables hold id={own.programme_id!r} in different terms ({', '.join(differing)}); one id is one programme: "
                "state the same terms, or give one of them another id."
            )
        return given
    added = {name: pd.concat([bases[name], frame], ignore_index=True) for name, frame in filled.items() if len(frame)}
    return {**given, **added}


def _terms(table: pd.DataFrame, own: OwnProgramme) -> set[tuple[str, ...]]:
    """Rows of a programme in a table of the law, without the instants from which they are known."""
    key = "programme_ids" if "programme_ids" in table.columns else "programme_id"
    kept = table[table[key] == own.programme_id].drop(columns=["known_at", "from_at"], errors="ignore").astype(str)
    return set(kept.itertuples(index=False, name=None))
