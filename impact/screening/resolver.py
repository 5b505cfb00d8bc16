"""What a person types for a security -> the line the rules are asked about, or proposals with their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from impact.errors import InputError
from impact.facts.matching import match_table
from impact.facts.names import core_name, plain_words
from impact.facts.screening import UNIT_OF_PARENT, ScreeningTargets, screening_targets
from impact.identifiers import security_lines
from impact.screening.broker_tickers import name_agrees
from impact.screening.spellings import spelled_venue
from impact.tables.prose import decimal
from impact.tickers import normalise_ticker

__all__ = ["Resolution", "resolve_line"]

_SHOWN = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class Resolution:
    """The answer to one spelling.

    Attributes
    ----------
    text : str
        As typed.
    security : str
        The line to ask about (Yahoo spelling), or the name of the entity where no line of it is known; empty when nothing is sure.
    entity : str
        Whose line it is, as the list writes it.
    evidence : str
        Why it is that line.
    proposals : DataFrame
        entity, security, score, evidence: what it may be instead, best first; empty when `security` is sure or nothing is near.
    """

    text: str
    security: str = ""
    entity: str = ""
    evidence: str = ""
    proposals: pd.DataFrame

    @property
    def is_sure(self) -> bool:
        """Whether one line or entity stands behind the text."""
        return self.security != ""

    def require(self) -> str:
        """The line, when it is sure.

        Raises
        ------
        InputError
            When it is not; the message lists the proposals with their scores.
        """
        if self.is_sure:
            return self.security
        if len(self.proposals):
            rows = self.proposals.head(_SHOWN)
            near = "; ".join(
                f"{entity} ({security or 'no line known'}, score {decimal(score, 0)})"
                for entity, security, score in zip(rows["entity"], rows["security"], rows["score"], strict=True)
            )
            raise InputError(
                f"security={self.text!r} is not sure; it may be: {near}. Give the line, such as {_example(rows)!r}, or an ISIN."
            )
        raise InputError(
            f"security={self.text!r} names no line or entity of the fact base, which is no clearance; give a ticker with its venue (0941.HK, "
            "'941 HK'), an ISIN, or the name as a list writes it."
        )


def _example(rows: pd.DataFrame) -> str:
    known = rows.loc[rows["security"] != "", "security"]
    return str(known.iloc[0]) if len(known) else "0941.HK"


def resolve_line(text: str, *, targets: ScreeningTargets | None = None) -> Resolution:
    """The line that a text names: an identifier, a ticker in any spelling, a bare code, or a name.

    Parameters
    ----------
    text : str
    targets : ScreeningTargets, optional
        The designated entities to look among; all bundled ones by default.

    Notes
    -----
    An identifier, and a ticker with its venue, decide alone. A bare code decides when lines of one issuer alone have it. A name decides
    when it is the whole name of one issuer; a part of a name, or one that only resembles, is proposed with its score.

    Examples
    --------
    >>> resolve_line("SEHK:1810").security, resolve_line("01810").security, resolve_line("Xiaomi").security
    ('1810.HK', '1810.HK', '1810.HK')
    """
    known = targets if targets is not None else screening_targets()
    asked = " ".join(str(text).split())
    code, venue = spelled_venue(asked)
    row = {"identifier": asked, "ticker": code, "exchange": venue, "country": "", "name": ""}
    matched = match_table(pd.DataFrame([row]), known, names="never")
    if len(matched):
        first = matched.iloc[0]
        # A line of a unit is itself, never the group that its list names.
        entity = "" if first["relation"] == UNIT_OF_PARENT else str(first["entity"])
        return _sure(asked, str(first["security"] or entity or asked), entity, str(first["explanation"]))
    line = normalise_ticker(code, exchange=venue)
    if line is not None and line.yahoo:
        return _sure(asked, line.yahoo, "", "a ticker with its venue; no list names it")
    return _by_code(asked, code, known) or _by_name(asked, known)


def _sure(text: str, security: str, entity: str, evidence: str) -> Resolution:
    return Resolution(text=text, security=security, entity=entity, evidence=evidence, proposals=_proposals([]))


def _proposals(rows: list[tuple[str, str, float, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["entity", "security", "score", "evidence"]).drop_duplicates("entity", ignore_index=True)


def _by_code(text: str, code: str, targets: ScreeningTargets) -> Resolution | None:
    """Lines that have that code, on whatever venue; sure when all are of one issuer."""
    bare = code.upper().lstrip("0") if code.isdigit() else code.upper()
    lines = security_lines()
    fitting = lines[[bare in {ticker.rpartition(" ")[0].lstrip("0") for ticker in tickers.split("; ")} for tickers in lines["tickers"]]]
    listed = targets.identifiers[targets.identifiers["security"].isin(fitting["security"])]
    if fitting.empty or listed.empty:
        return None
    securities = list(dict.fromkeys(fitting["security"]))
    names = [str(targets.entities["entity"].iat[target]) for target in listed["target"]]
    if fitting["issuer"].nunique() == 1:
        return _sure(text, securities[0], str(fitting["issuer"].iloc[0]), f"the only issuer of the fact base with a line {bare}")
    rows = [(name, security, 90.0, f"a line {bare}") for name, security in zip(names, listed["security"], strict=True)]
    return Resolution(text=text, proposals=_proposals(rows))


def _by_name(text: str, targets: ScreeningTargets) -> Resolution:
    """The issuer of that name; sure when it is a whole name, or begins the names of one issuer alone."""
    line_of = _first_lines(targets)
    near = match_table(pd.DataFrame({"name": [text]}), targets)
    own = targets.names[targets.names["kind"] != "unit"]  # a unit is another issuer
    whole = own[[core_name(name) == core_name(text) != "" for name in own["name"]]]
    beginning = own[[_begins(plain_words(name), plain_words(text)) for name in own["name"]]]
    # A longer word (Gazprombank, Gazprom Neft), and a part of one alone, is another name until somebody says that it is not.
    others = _other_issuers(
        text, {core_name(targets.entities["entity"].iat[target]) for target in (whole if len(whole) else beginning)["target"]}
    )
    exact = others[others["issuer"].map(core_name) == core_name(text)] if not len(whole) else others.head(0)
    if exact["issuer"].nunique() == 1:  # the table of lines has an issuer of that whole name
        return _sure(text, str(exact["security"].iloc[0]), "", f"the line of {exact['issuer'].iloc[0]}, by its whole name")
    sure = whole if len(whole) else beginning if others.empty else beginning.head(0)
    chosen = sure if len(sure) else targets.names[[name_agrees(text, name) for name in targets.names["name"]]]
    issuers = {
        line_of.get(int(target), "") or core_name(targets.entities["entity"].iat[target]): int(target) for target in chosen["target"]
    }
    if len(issuers) == 1 and len(sure):
        target = next(iter(issuers.values()))
        entity = str(targets.entities["entity"].iat[target])
        return _sure(text, line_of.get(target, "") or entity, entity, f"the name of {entity}")
    rows = [
        (str(targets.entities["entity"].iat[target]), line_of.get(target, ""), 95.0, "begins with these words")
        for target in issuers.values()
    ]
    rows += [
        (issuer, security, 95.0, "begins with these words") for issuer, security in zip(others["issuer"], others["security"], strict=True)
    ]
    rows += [
        (entity, security or line_of.get(target, ""), score, told)
        for entity, security, score, told, target in zip(
            near["entity"], near["security"], near["score"], near["explanation"], near["target"].astype(int), strict=True
        )
    ]
    return Resolution(text=text, proposals=_proposals(sorted(rows, key=lambda row: -row[2])))


def _other_issuers(text: str, known: set[str]) -> pd.DataFrame:
    """Lines of issuers whose names begin with the words asked, apart from those `known`."""
    lines = security_lines()
    return lines[[_begins(plain_words(issuer), plain_words(text)) and core_name(issuer) not in known for issuer in lines["issuer"]]]


def _begins(name: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether a name begins with the words asked; the last of several may be cut."""
    n = len(asked)
    if not n or len(name) < n:
        return False
    return [*name[: n - 1]] == [*asked[:-1]] and (name[n - 1] == asked[-1] or (n > 1 and name[n - 1].startswith(asked[-1])))


def _first_lines(targets: ScreeningTargets) -> dict[int, str]:
    """The first share line of each target, the issuer's own before others."""
    table = targets.identifiers[(targets.identifiers["security"] != "") & (targets.identifiers["relation"] == "listed line")]
    ranked = table.assign(rank=~table["instrument"].isin(["equity", ""])).sort_values(["target", "rank"], kind="stable")
    return dict(zip(ranked["target"].astype(int)[::-1], ranked["security"][::-1], strict=True))
