"""A designation that has not happened, added to the facts so that everything else is asked as usual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.facts.names_within import initials_of, names_within
from impact.facts.screening import ScreeningTargets, with_reissued_as_former
from impact.identifiers import is_valid, lines_of_issuer, normalise_ticker, security_lines
from impact.instants import parse_instant
from impact.rules.book import RuleBook, rule_book
from impact.rules.own_programme import OwnProgramme, programme_tables
from impact.rules.standing import given_anew

__all__ = ["EASTERN", "Designation", "designated_tables", "list_of", "what_if_notes", "with_designations"]

EASTERN = "America/New_York"


@dataclass(frozen=True, kw_only=True)
class Designation:
    """One hypothetical designation.

    Parameters
    ----------
    security : str
        A trading line (``0700.HK``) or ISIN; every known line of its issuer is designated with it.
    at : zoned instant
        When it becomes public; its clocks count from that day in New York.
    programme : str
        A programme in force then (``eo13974-amend``, ``ns-cmic``, ``ndaa-1260h`` ...), or the list it reads.
    name : str, optional
        Name of the entity; the issuer's by default.
    isins : tuple of str, optional
        Further ISINs, for an issuer that the table of lines does not know.
    other_lines : tuple of str, optional
        Further trading lines of the issuer, for one that the table of lines does not know.
    own_programme : OwnProgramme, optional
        A programme that is in no table, in force from `at` on; its id is `programme`.
    removed_at : zoned instant, optional
        When it became public that the designation ended.
    is_supposed : bool
        Whether nobody has announced it.
    """

    security: str
    at: pd.Timestamp
    programme: str
    name: str = ""
    isins: tuple[str, ...] = ()
    other_lines: tuple[str, ...] = ()
    own_programme: OwnProgramme | None = None
    removed_at: pd.Timestamp | None = None
    is_supposed: bool = True
    list_id: str = field(init=False, default="")

    @property
    def is_nameless(self) -> bool:
        """Whether neither the caller nor the table of lines says who the issuer is: a code of its own is no name of it."""
        codes = {"", *map(_code_of, (self.security, *self.other_lines, *self.isins))}
        return _code_of(self.name) in codes and lines_of_issuer(self.security, self.at).empty

    def __post_init__(self) -> None:
        if not isinstance(self.security, str) or not self.security.strip():
            raise InputError(f"security={self.security!r} names nothing; give a line such as 0700.HK or an ISIN.")
        object.__setattr__(self, "at", parse_instant(self.at, parameter="at"))
        own = self.own_programme
        list_id = list_of(self.programme, rule_book(self.at.tz_convert("UTC"), None), self.at) if own is None else own.programme_id
        object.__setattr__(self, "list_id", list_id)


def list_of(programme: str, book: RuleBook, at: pd.Timestamp) -> str:
    """The list that a programme in force at `at` reads."""
    in_force = {item.programme_id: item.list_id for item in book.programmes if item.ended_at is None or at < item.ended_at}
    if programme in in_force:
        return in_force[programme]
    if programme in in_force.values():
        return programme
    known = {item.programme_id for item in rule_book(None, None).programmes}
    why = "is not in force at that instant" if programme in known else "is unknown"
    raise InputError(f"programme={programme!r} {why} ({at.isoformat()}); choose one of: {', '.join(sorted(in_force))}.")


def with_designations(
    targets: ScreeningTargets,
    tables: Mapping[str, pd.DataFrame] | None,
    designations: tuple[Designation, ...],
    instant: pd.Timestamp,
) -> tuple[ScreeningTargets, Mapping[str, pd.DataFrame] | None]:
    """Targets and tables of facts with the hypothetical designations in them.

    Raises
    ------
    InputError
        If a designation lies after `instant`: nobody knows it yet.
    """
    if not designations:
        return targets, tables
    for number, item in enumerate(designations):
        targets = _with_target(targets, item, number, *_issuer(item), instant)
    return targets, designated_tables(designations, instant, tables)


def designated_tables(
    designations: tuple[Designation, ...], instant: pd.Timestamp, tables: Mapping[str, pd.DataFrame] | None = None
) -> Mapping[str, pd.DataFrame]:
    """Tables of facts for the rules with the hypothetical designations in them, each a row ``hypothetical-N``.

    Raises
    ------
    InputError
        If a designation lies after `instant`: nobody knows it yet; or if two state one programme in different terms.
    """
    early = [item for item in designations if item.at > instant]
    if early:
        raise InputError(
            f"at={early[0].at.isoformat()} lies after as_of={instant.isoformat()}, when nobody knows it yet; "
            "ask as of that instant or later."
        )
    base = (tables or {}).get("designations", read_bundled("designations"))
    rows = [{**dict.fromkeys(base.columns, ""), **_fact(item, number, *_issuer(item))} for number, item in enumerate(designations)]
    for own, since in _stated_programmes(designations):
        tables = programme_tables(own, since, tables)
    return {**(tables or {}), "designations": pd.concat([base, pd.DataFrame(rows)], ignore_index=True).fillna("")}


def _stated_programmes(designations: Iterable[Designation]) -> Iterator[tuple[OwnProgramme, pd.Timestamp]]:
    """Each programme that designations state, once, and the instant of the first of them: it is in force from there on."""
    first: dict[str, tuple[OwnProgramme, Designation]] = {}
    for item in sorted(designations, key=lambda designation: designation.at):
        own = item.own_programme
        if own is None:
            continue
        named, by = first.setdefault(own.programme_id, (own, item))
        if named != own:
            differing = ", ".join(name.name for name in fields(own) if getattr(own, name.name) != getattr(named, name.name))
            raise InputError(
                f"designations: id={own.programme_id!r} is stated twice in different terms ({differing}), by that of {by.security} and that of "
                f"{item.security}; one id is one programme: state the same terms in both, or give one of them another id."
            )
    for own, item in first.values():
        yield own, item.at


def _issuer(item: Designation) -> tuple[str, pd.DataFrame]:
    """Name and known lines of the issuer, those stated with it among them; lines of their own when the table of lines does not know it."""
    lines = lines_of_issuer(item.security, item.at)
    known = set(lines["security"]) if len(lines) else set()
    bare = [_bare_line(text) for text in ((() if len(lines) else (item.security,)) + item.other_lines) if text not in known]
    line = "" if len(lines) else str(bare[0]["security"].iloc[0])  # one spelling of a line stands for an issuer without a name
    name = item.name or (str(lines["issuer"].iloc[0]) if len(lines) else line or item.security.strip())
    return name, pd.concat([*((lines,) if len(lines) else ()), *bare], ignore_index=True)


def _code_of(text: str) -> str:
    """A code in one spelling, that of a line where it names one with its venue."""
    line = normalise_ticker(text.strip())
    return str(line) if line is not None and line.country else text.strip().upper()


def _bare_line(security: str) -> pd.DataFrame:
    """A line that the table of lines does not know, in its columns."""
    text = security.strip()
    named = "." in text or " " in text or is_valid(text.upper(), "isin")
    line = normalise_ticker(text if named else f"{text} US")  # without an ending: New York
    bare = pd.DataFrame([dict.fromkeys(security_lines().columns, "")])
    if line is not None and line.country:
        bare = bare.assign(security=line.yahoo or str(line), tickers=str(line), kind="equity")
    else:
        bare = bare.assign(isin=text.upper(), kind="equity")
    return bare.assign(adr_ratio=float("nan"))


def _fact(item: Designation, number: int, name: str, lines: pd.DataFrame) -> dict[str, str]:
    securities = [line for line in lines["security"] if line]
    isins = [isin for isin in (*lines["isin"], *item.isins) if isin]
    return {
        "fact_id": f"hypothetical-{number}",
        "programme_id": item.list_id,
        "batch": "hypothetical",
        "entity": name,
        "is_listed": "true",
        "security": securities[0] if securities else "",
        "other_lines": ";".join(securities[1:]),
        "isin": isins[0] if isins else "",
        "other_isins": "; ".join(isins[1:]),
        "announced_on": f"{item.at.tz_convert(EASTERN):%Y-%m-%d}",
        "known_at": item.at.isoformat(),
        "known_at_precision": "minute",
        "source": "hypothetical, by the caller" if item.is_supposed else "stated by the caller",
        **({} if item.removed_at is None else _removal(item.removed_at)),
    }


def _removal(at: pd.Timestamp) -> dict[str, str]:
    return {"removed_on": f"{at.tz_convert(EASTERN):%Y-%m-%d}", "removed_known_at": at.isoformat(), "removal_reason": "ended, as stated"}


def _with_target(
    targets: ScreeningTargets, item: Designation, number: int, name: str, lines: pd.DataFrame, instant: pd.Timestamp
) -> ScreeningTargets:
    target = len(targets.entities)
    entity = {
        "entity": name,
        "programme_id": item.list_id,
        "listed_on": item.at.tz_convert(EASTERN).tz_localize(None).normalize(),
        "removed_on": pd.NaT,
        "is_listed": True,
        "fact_id": f"hypothetical-{number}",
        "origin": "hypothetical",
        "version": "",
    }
    rows = []
    for line in lines.to_dict("records"):
        pairs = [(kind, line[kind]) for kind in ("isin", "cusip", "sedol")] + [("ticker", ticker) for ticker in line["tickers"].split("; ")]
        rows += [
            (target, kind, value, line["security"], "listed line", line["kind"], line["adr_ratio"], "") for kind, value in pairs if value
        ]
    rows += [(target, "isin", isin, "", "listed line", "", float("nan"), "") for isin in item.isins]
    identifiers = pd.DataFrame(rows, columns=targets.identifiers.columns).drop_duplicates(["kind", "value"])
    identifiers = with_reissued_as_former(identifiers, instant, written_at=item.at)
    others = [(target, part, "part") for part in names_within(name)] + [(target, short, "alias") for short in initials_of(name)]
    names = pd.DataFrame([(target, name, "primary"), *others], columns=targets.names.columns)
    # The hypothetical name stands before what is already listed under the same identifier, so that it is the one shown.
    return replace(
        targets,
        entities=pd.concat([targets.entities, pd.DataFrame([entity])], ignore_index=True).astype(targets.entities.dtypes.to_dict()),
        identifiers=pd.concat([targets.identifiers, identifiers], ignore_index=True),
        names=pd.concat([targets.names, names], ignore_index=True),
        nameless=targets.nameless | ({target} if item.is_nameless else frozenset()),
    )


def what_if_notes(designations: Iterable[Designation]) -> tuple[str, ...]:
    """What is hypothetical in a report, and what is known of the lines of each issuer."""
    items = tuple(designations)
    told = [
        f"{'HYPOTHETICAL' if item.is_supposed else 'STATED BY THE CASE'}: {item.security} designated under {item.programme} at {item.at.isoformat()}."
        for item in items
    ]
    told += [note for item in items for note in given_anew(item.security, item.at, None)]
    alone = [item.security for item in items if not item.other_lines and lines_of_issuer(item.security, item.at).empty]
    told += [
        f"Of the issuer of {line} no other line is on record: a receipt or a local share of it, and a row that has its ISIN alone, is told by its name at most "
        "unless it is stated (other_lines, isins)."
        for line in alone
    ]
    told += [
        f"The name of the issuer of {item.security} is not stated: what a book holds of it under another line or code is told by its "
        "name only where the book has the stated line too and calls it so; state it (issuer)."
        for item in items
        if item.is_nameless
    ]
    return tuple(told)
