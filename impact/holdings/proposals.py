"""What a row could be where no identifier decides: an issuer that a bare ticker and a name tell, or a proposal, never clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from impact.facts.screening import UNIT_OF_PARENT, ScreeningTargets
from impact.facts.unnamed import says_who
from impact.holdings.status import Law
from impact.identifiers import valid_identifiers
from impact.rules.issuer_lines import issuer_lines, sister_code
from impact.screening.references import issuers_beginning, issuers_in_short
from impact.typing_ import IntArray

__all__ = ["name_issuers", "propose", "propose_bare_tickers", "propose_sister_lines"]


def name_issuers(matched: pd.DataFrame, settled: pd.DataFrame, targets: ScreeningTargets, as_of: pd.Timestamp) -> None:
    """A bare ticker beside the name of its issuer tells the issuer where it does not tell which of several lines it is, or one that stopped."""
    for row in np.flatnonzero((settled["of_issuer"] != "").to_numpy() & (matched["tier"] != "identifier").to_numpy()).tolist():
        target = int(settled["target"].to_numpy()[row])
        entity, programme = (str(targets.entities[column].iat[target]) for column in ("entity", "programme_id"))
        unit = str(settled["relation"].iat[row]) == UNIT_OF_PARENT
        told = " or ".join(_line_until(line, as_of) for line in str(settled["of_issuer"].iat[row]).split("; "))
        told += f", {UNIT_OF_PARENT}" if unit else ""
        named: dict[str, str | float] = {
            "entity": entity, "programme_id": programme, "tier": "identifier", "field": "ticker", "score": 100.0,
            "relation": UNIT_OF_PARENT if unit else "a line of the issuer", "security": "", "adr_ratio": np.nan, "line_kind": "",
            "explanation": f"ticker {settled['ticker'].iat[row]} without its venue, beside the name of {entity}: {told}", "target": target,
        }  # fmt: skip
        for column, value in named.items():
            matched.at[row, column] = value


def _line_until(line: str, as_of: pd.Timestamp) -> str:
    """A line, with the last day that it traded where it stopped by then."""
    until = issuer_lines().until.get(line)
    return line if until is None or until > as_of else f"{line} (its line until {until.tz_convert('America/New_York'):%Y-%m-%d})"


def propose_bare_tickers(matched: pd.DataFrame, settled: pd.DataFrame, own_line: pd.Series, targets: ScreeningTargets) -> None:
    """A bare ticker of a listed line whose row speaks for another issuer, or may be of one, is a proposal, never clear."""
    for row in np.flatnonzero((settled["target"] >= 0) & (matched["tier"] == "").to_numpy() & (own_line == "").to_numpy()).tolist():
        target = int(settled["target"].to_numpy()[row])
        against = str(settled["disagrees"].iat[row]) or (
            "its currency alone tells no country; the name of the issuer, a venue or an ISIN would"
            if settled["agrees"].iat[row]
            else "nothing else of the row speaks for it"
        )
        told = f"ticker {settled['ticker'].iat[row]} without its venue is that of a listed line; against it: {against}"
        propose(matched, row, target, "ticker", "same bare ticker", told, targets)


def propose_sister_lines(
    matched: pd.DataFrame, instruments: pd.DataFrame, stated_codes: Sequence[pd.Series], targets: ScreeningTargets, law: Law
) -> None:
    """A line that no table knows is a proposal where it may be another class of a listed issuer, never clear.

    Its code differs from that of a listed line by the share class alone; no name tells it from an issuer whose designation the caller states,
    and its venue is another; or its name begins as that of one: no table tells the lines of such an issuer. A name tells two issuers apart
    where both have one in Latin letters; of other letters only the same name is met.
    """
    on_record = issuer_lines().line_of
    known = np.logical_or.reduce([codes.isin(on_record) for codes in stated_codes])
    open_rows = (matched["tier"] == "").to_numpy() & ~known & ~instruments["own_line"].isin(on_record).to_numpy()
    if not open_rows.any():
        return
    lines = targets.identifiers[(targets.identifiers["kind"] == "ticker") & (targets.identifiers["security"] != "")]
    sisters = dict(zip(lines["security"].map(sister_code), lines["target"].astype(int), strict=True))
    stated = np.flatnonzero((targets.entities["origin"] == "hypothetical").to_numpy())
    unread = _named_in_other_letters(targets, stated) if law.book.issuers.states_lines_of_no_table else -1
    of_stated = replace(targets, names=targets.names[targets.names["target"].isin(stated)])
    rows = np.flatnonzero(open_rows).tolist()
    named, own_lines = instruments["name"].tolist(), instruments["own_line"].tolist()
    beginning = issuers_beginning((named[row] for row in rows if named[row]), of_stated) if len(stated) else {}
    short = issuers_in_short((named[row] for row in rows if named[row]), of_stated) if len(stated) else {}
    says = says_who(instruments["name"].take(rows)) if len(stated) else np.zeros(len(rows), dtype=bool)
    coded = valid_identifiers(instruments["isin"], "isin") if unread >= 0 else np.zeros(len(instruments), dtype=bool)
    for row, is_told in zip(rows, says.tolist(), strict=True):
        line, name = own_lines[row], named[row]
        if line and (sister := sister_code(line)) in sisters:
            target, told = sisters[sister], f"line {line} differs from a listed line by its share class alone"
            propose(matched, row, target, "ticker", "other class of a listed line", told, targets)
        elif line and not is_told and len(stated) and law.book.issuers.may_be_stated(line):
            told = f"line {line} has no name{' in Latin letters' if name else ''}, and no table knows the lines of the issuer whose designation is stated"
            propose(matched, row, int(stated[0]), "ticker", "perhaps another line", told, targets)
        elif unread >= 0 and (law.book.issuers.may_be_stated(line) if line else coded[row]):
            told = (
                f"{name or line!r} cannot be told from the name of the issuer whose designation is stated: state one in Latin letters too"
            )
            propose(matched, row, unread, "ticker" if line else "isin", "perhaps another line", told, targets)
        elif name in beginning:
            told = f"the name {name!r} begins as that of an issuer whose designation is stated"
            propose(matched, row, beginning[name], "name", "begins with the same words", told, targets)
        elif name in short:
            told = f"the name {name!r} is of words of that of an issuer whose designation is stated"
            propose(matched, row, short[name], "name", "of the same words", told, targets)


def _named_in_other_letters(targets: ScreeningTargets, stated: IntArray) -> int:
    """The first stated issuer with a name, none of whose names is in Latin letters; -1 for none."""
    names = targets.names[~targets.names["target"].isin(targets.nameless)]
    told = pd.Series(says_who(names["name"])).groupby(names["target"].to_numpy()).any()
    return next((int(target) for target in stated if target in told.index and not told[target]), -1)


def propose(matched: pd.DataFrame, row: int, target: int, field: str, relation: str, told: str, targets: ScreeningTargets) -> None:
    """Put a proposal with the lowest score into a row that nothing else matched."""
    entity, programme = (str(targets.entities[column].iat[target]) for column in ("entity", "programme_id"))
    proposal: dict[str, str | float] = {
        "entity": entity, "programme_id": programme, "tier": "review", "field": field, "score": 80.0, "relation": relation,
        "explanation": f"{told} ({entity}): a proposal", "target": target,
    }  # fmt: skip
    for column, value in proposal.items():
        matched.at[row, column] = value
