"""The ledger: every fact with its instant, and any view of what was known when."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from impact.bundled import bundled_source
from impact.errors import InputError
from impact.facts.fact import FIELDS, Fact
from impact.facts.schemas import CONFLICTS, CONTRADICTIONS, COUNTS, FACT_CHANGES, FACTS
from impact.facts.statements import BUNDLED_TABLES, bundled_statements
from impact.facts.tables import known_table
from impact.facts.user_facts import read_facts
from impact.facts.variants import canonical, contradicting, variant_table
from impact.instants import parse_instant
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.typing_ import Instant

__all__ = ["Ledger", "load_ledger"]

ASSUMPTIONS = (
    "A fact of which only the day is stated counts as known from the last second of that day where it was announced.",
    "An announcement placed after a session counts as known from that session's end (16:00 in New York, 16:10 in Hong Kong).",
    "A holding counts as known when its source was published; remarks count as known when the fact base was built.",
    "Contradicting facts stand side by side until one is chosen.",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Ledger(Result):
    """Dated, sourced facts, whole or as of an instant. Every method returns a new ledger or frame; none changes this one.

    Attributes
    ----------
    facts : DataFrame
        One row a fact, in the columns of :class:`~impact.facts.Fact`; days naive, instants in UTC.
    instant : pandas.Timestamp or None
        The view's instant; None for everything the ledger holds.
    """

    schemas = declared(facts=FACTS, counts=COUNTS, conflicts=CONFLICTS, variants=CONTRADICTIONS, diff=FACT_CHANGES, to_frame=FACTS)

    facts: pd.DataFrame
    instant: pd.Timestamp | None = None
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def __len__(self) -> int:
        return len(self.facts)

    def to_frame(self) -> pd.DataFrame:
        """A copy of the facts."""
        return self.facts.copy()

    def fact(self, fact_id: str) -> Fact:
        """One fact as a record.

        Raises
        ------
        InputError
            If this view holds no fact of that id.
        """
        rows = self.facts[self.facts["fact_id"] == fact_id]
        if rows.empty:
            raise InputError(f"fact_id={fact_id!r} is not among the {len(self)} facts of this ledger{self._as_of_words()}.")
        return Fact.of_row(rows.iloc[0].to_dict())

    def as_of(self, instant: Instant) -> Ledger:
        """What was known at `instant`: a fact known exactly then is included; a successor counts only once known itself.

        Raises
        ------
        InputError
            If `instant` has no zone, or lies after the instant of this view.
        """
        moment = parse_instant(instant, parameter="instant")
        if self.instant is not None and moment > self.instant:
            raise InputError(
                f"instant={moment.isoformat()} is after this view's own {self.instant.isoformat()}; start from the whole ledger."
            )
        known = self.facts[self.facts["known_at"] <= moment].reset_index(drop=True)
        ended_later = known["ended_known_at"] > moment
        known = known.assign(
            valid_to=known["valid_to"].mask(ended_later),
            ended_known_at=known["ended_known_at"].mask(ended_later),
            superseded_by=known["superseded_by"].where(known["superseded_by"].isin(known["fact_id"]), ""),
        )
        return dataclasses.replace(self, facts=known, instant=moment)

    def current(self) -> Ledger:
        """Without the facts that a later one has replaced."""
        return dataclasses.replace(self, facts=self.facts[self.facts["superseded_by"] == ""].reset_index(drop=True))

    def facts_about(self, subject: str) -> Ledger:
        """The facts of one subject: a trading line (``1810.HK``), a company, a programme."""
        return dataclasses.replace(self, facts=self.facts[self.facts["subject"] == subject].reset_index(drop=True))

    def value(self, subject: str, predicate: str) -> str:
        """The one value that this view holds.

        Raises
        ------
        InputError
            If it holds none, or several that contradict each other.
        """
        rows = self.facts[(self.facts["subject"] == subject) & (self.facts["predicate"] == predicate) & (self.facts["superseded_by"] == "")]
        values = list(dict.fromkeys(rows["value"].map(canonical)))
        if len(values) != 1:
            held = "no value" if not values else f"{len(values)} values ({', '.join(dict.fromkeys(rows['value']))}); choose one first"
            raise InputError(f"subject={subject!r}, predicate={predicate!r} has {held}{self._as_of_words()}.")
        return str(rows["value"].iloc[0])

    def table(self, name: str) -> pd.DataFrame:
        """One bundled table of facts as this view knows it; facts added by the user are not in it."""
        return known_table(name, self.instant)

    def variants(self) -> pd.DataFrame:
        """One row a variant of every contradiction: subject, predicate, value, n_facts, confidence, preferred, sources."""
        return variant_table(self.facts)

    def conflicts(self) -> pd.DataFrame:
        """The variants of every contradiction, with the reason for the preference where it was known by then."""
        table = self.table("conflicts")
        reasons = table[table["why"] != ""].drop_duplicates(["subject", "predicate"]).set_index(["subject", "predicate"])["why"]
        varying = self.variants()
        keys = zip(varying["subject"], varying["predicate"], strict=True)
        return varying.assign(why=pd.Series([reasons.get(key, "") for key in keys], index=varying.index, dtype="str"))

    def choose(self, subject: str, predicate: str, value: str) -> Ledger:
        """Without the facts that contradict `value`.

        Raises
        ------
        InputError
            If no fact of this view gives that value.
        """
        about = (self.facts["subject"] == subject) & (self.facts["predicate"] == predicate)
        agrees = self.facts["value"].map(canonical) == canonical(value)
        if not (about & agrees).any():
            held = ", ".join(dict.fromkeys(self.facts.loc[about, "value"])) or "nothing"
            raise InputError(f"value={value!r} of subject={subject!r}, predicate={predicate!r} is not in the ledger; it holds {held}.")
        return dataclasses.replace(self, facts=self.facts[~about | agrees].reset_index(drop=True))

    def settled(self) -> Ledger:
        """Without contradictions: of each, the preferred variant stays, else the best graded, the earliest among equals."""
        contradictions = contradicting(self.facts)
        ranked = contradictions.assign(
            preferred=~contradictions["preferred"].fillna(False).astype(bool),
            confidence=contradictions["confidence"].replace("", "Z"),
        ).sort_values(["preferred", "confidence", "known_at"], kind="stable")
        best = ranked.groupby(["subject", "predicate"], sort=False)["canonical"].transform("first")
        losing = ranked.index[ranked["canonical"] != best]
        return dataclasses.replace(self, facts=self.facts.drop(losing).reset_index(drop=True))

    def diff(self, earlier: Instant, later: Instant) -> pd.DataFrame:
        """What was learned between two instants.

        Returns
        -------
        pandas.DataFrame
            change (``learned``, ``superseded``, ``ended``), known_at (of the change), subject, predicate, value,
            superseded_by, source, fact_id; in the order in which it became known.

        Raises
        ------
        InputError
            If an instant has no zone or `later` is before `earlier`.
        """
        first, second = parse_instant(earlier, parameter="earlier"), parse_instant(later, parameter="later")
        if second < first:
            raise InputError(f"later={second.isoformat()} is before earlier={first.isoformat()}; swap them.")
        before, after = self.as_of(first).facts.set_index("fact_id"), self.as_of(second).facts.set_index("fact_id")
        learned = after[~after.index.isin(before.index)]
        stayed = after[after.index.isin(before.index)]
        held = before.reindex(stayed.index)
        replaced = stayed[(stayed["superseded_by"] != "") & (held["superseded_by"] == "")]
        ended = stayed[stayed["ended_known_at"].notna() & held["ended_known_at"].isna()]
        parts = (
            learned.assign(change="learned"),
            replaced.assign(change="superseded", known_at=after["known_at"].reindex(replaced["superseded_by"]).to_numpy()),
            ended.assign(change="ended", known_at=ended["ended_known_at"]),
        )
        columns = ["change", "known_at", "subject", "predicate", "value", "superseded_by", "source", "fact_id"]
        frame = pd.concat([part.reset_index()[columns].astype({"known_at": "datetime64[ns, UTC]"}) for part in parts])
        return frame.sort_values("known_at", kind="stable").reset_index(drop=True)

    def counts(self) -> pd.DataFrame:
        """How many facts of each table this view holds: table, n_facts, n_superseded, first_known_at, last_known_at."""
        grouped = self.facts.groupby("table", sort=False)
        return grouped.agg(
            n_facts=("fact_id", "size"),
            n_superseded=("superseded_by", lambda names: int((names != "").sum())),
            first_known_at=("known_at", "min"),
            last_known_at=("known_at", "max"),
        ).reset_index()

    def summary(self) -> Summary:
        """Counts a table, and the contradictions."""
        contradictions = self.variants()[["subject", "predicate", "value", "confidence", "preferred"]]
        return Summary(
            title=f"{len(self):,} facts{self._as_of_words()}",
            tables=(("Facts by table", self.with_schema("counts")), ("Contradictions", CONTRADICTIONS.table(contradictions))),
            notes=self.assumptions,
            sources=self.sources,
        )

    def _as_of_words(self) -> str:
        return f" as of {self.instant.isoformat()}" if self.instant is not None else ""


def load_ledger(*extra_csv_paths: str | Path) -> Ledger:
    """The ledger of the bundled facts, and of the user's own.

    Parameters
    ----------
    *extra_csv_paths : str or Path
        CSV files of further facts (see :func:`~impact.facts.user_facts.read_facts`). A fact of the user contradicts a
        bundled one of the same subject and predicate with another value; neither replaces the other, unless one names
        the other in ``superseded_by``.

    Raises
    ------
    InputError
        If a file breaks a rule, an id is taken already, or ``superseded_by`` names no fact or one known earlier.

    Examples
    --------
    >>> ledger = load_ledger().as_of("2021-01-20T12:00-05:00")
    >>> ledger.choose("1810.HK", "ndaa-1237-ccmc/divestment_on", "2022-01-14").value("1810.HK", "ndaa-1237-ccmc/divestment_on")
    '2022-01-14'
    """
    bundled = bundled_source("designations")
    tables = ", ".join(BUNDLED_TABLES)
    sources: tuple[Source, ...] = (
        Source(title=f"bundled tables {tables}; every fact names its own source", retrieved=bundled.retrieved, basis=bundled.basis),
    )
    frames = [bundled_statements()]
    for path in extra_csv_paths:
        frames.append(read_facts(path))
        sources = (*sources, Source(title=f"facts of the user, {Path(path).name}", basis="user file"))
    facts = pd.concat(frames, ignore_index=True)[list(FIELDS)]
    _check_links(facts, n_bundled=len(frames[0]))
    return Ledger(facts=facts, sources=sources)


def _check_links(facts: pd.DataFrame, *, n_bundled: int) -> None:
    """Ids are unique, and a successor exists and is not known before what it replaces; only added rows can break this."""
    taken = facts.index[facts["fact_id"].duplicated()]
    known = facts.drop_duplicates("fact_id").set_index("fact_id")["known_at"]
    linked = facts[(facts["superseded_by"] != "") & (facts.index >= n_bundled)]
    successor = known.reindex(linked["superseded_by"]).set_axis(linked.index)
    problems = (
        (taken, "fact_id", "is taken already: choose another id"),
        (linked.index[successor.isna()], "superseded_by", "names no fact of the ledger"),
        (linked.index[successor < linked["known_at"]], "superseded_by", "names a fact that was known earlier"),
    )
    for rows, column, rule in problems:
        if len(rows):
            first = facts.loc[rows[0]]
            raise InputError(f"{first['table']}, line {first['row']}, column {column}: {first[column]!r} {rule} ({len(rows)} such rows).")
