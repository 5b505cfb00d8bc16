"""ISIN, CUSIP, SEDOL and FIGI columns: sorted out, mended where a spreadsheet only lost zeros, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from stdnum import cusip

from impact.holdings.distinct import per_distinct
from impact.identifiers import clean_identifiers, excel_damage, valid_identifiers

__all__ = ["CODED", "CheckedCodes", "checked_codes", "completed_cusip", "completed_cusips", "isins_in_names", "sorted_codes"]

_WIDTHS: Mapping[str, int] = {"isin": 12, "cusip": 9, "sedol": 7, "figi": 12}
CODED = tuple(_WIDTHS)
_SCIENTIFIC = r"^\d(?:[.,]\d+)?[Ee]\+?\d{1,3}$"
# A mixed column also holds numbers of the custodian's own: only one or two lost zeros are believable there.
_SHORTEST_MIXED = 7
_ISIN_INSIDE = r"(?:^|[^A-Z0-9])([A-Z]{2}[A-Z0-9]{9}[0-9])(?:$|[^A-Z0-9])"
"""An ISIN beside other words (``BRPETRACNPR6 - 200``, ``ISIN: DE0007164600``)."""

_WRITTEN_ON = frozenset(["on", "auf", "sur", "su", "sobre", "op", "of", "vs"])
"""Words behind which the code is that of what a line is written on."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CheckedCodes:
    """A column of identifiers of one kind after the check.

    Attributes
    ----------
    code : (n,) Series of str
        Capitals without blanks; empty when there is none or it cannot be told.
    problem, action : (n,) Series of str
        What was wrong and what was done; empty where nothing was.
    """

    code: pd.Series
    problem: pd.Series
    action: pd.Series


def checked_codes(column: pd.Series, kind: str, *, shortest: int = 1) -> CheckedCodes:
    """Clean, mend and check a column of one kind of identifier.

    Parameters
    ----------
    column : (n,) Series of str
    kind : {"isin", "cusip", "sedol", "figi"}
    shortest : int
        Shorter numbers are not taken for codes that lost their zeros.

    Notes
    -----
    A code that fails its check digit is kept as given, because official lists print such codes too; it is reported.
    """
    rows, distinct = pd.factorize(column)
    given = pd.Series(distinct, dtype="str")
    code = clean_identifiers(given).astype(object)
    problem = pd.Series("", index=given.index, dtype=object)
    action = problem.copy()
    short = given.str.contains(r"^\d+$", regex=True) & (given.str.len() < _WIDTHS[kind]) & (given.str.len() >= shortest)
    odd = given[given.str.contains(_SCIENTIFIC, regex=True) | short]
    damage = excel_damage(odd, kind) if len(odd) else pd.DataFrame()
    if len(damage):
        code.loc[damage.index] = damage["restored"]
        problem.loc[damage.index] = "damaged by a spreadsheet: " + damage["damage"]
        action.loc[damage.index] = np.where(damage["restored"] != "", "restored as " + damage["restored"], "left empty: it cannot be told")
    if kind == "cusip":
        completed = completed_cusips(code.where(code.str.len() == 8, "")).astype(object)
        lacking = (completed != "") & (problem == "") & (completed != code)
        problem = problem.mask(lacking, "eight characters of nine")
        action = action.mask(lacking, "completed as " + completed)
        code = code.mask(lacking, completed)
    bad = (code != "") & ~pd.Series(valid_identifiers(code, kind), index=given.index)
    if kind == "isin" and bad.any():
        inside = given.str.upper().str.extract(_ISIN_INSIDE)[0].fillna("")
        inside = inside.where(bad & valid_identifiers(inside, kind), "")
        code, bad = code.mask(inside != "", inside), bad & (inside == "")
    problem = problem.where(~bad, f"fails the check of a {kind.upper()}")
    action = action.where(~bad, "kept as given")
    return CheckedCodes(code=_spread(code, rows, column), problem=_spread(problem, rows, column), action=_spread(action, rows, column))


def isins_in_names(names: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The ISIN that stands in a name with its check digit, empty where there is none, and the name without it.

    Behind ``on`` it is the code of what the line is written on, and stays where it is.

    Examples
    --------
    >>> code, name = isins_in_names(pd.Series(["XIAOMI CORP KYG9830T1067", "Apple (US0378331005)", "ABCDEFGHIJK1"]))
    >>> code.tolist(), name.tolist()
    (['KYG9830T1067', 'US0378331005', ''], ['XIAOMI CORP', 'Apple', 'ABCDEFGHIJK1'])
    """
    inside = names.str.extract(_ISIN_INSIDE)[0].fillna("").astype("str")
    before = [name.partition(isin)[0].split() if isin else [] for name, isin in zip(names, inside, strict=True)]
    of_other = np.array([bool(words) and words[-1].lower() in _WRITTEN_ON for words in before], dtype=bool)
    code = inside.where(valid_identifiers(inside, "isin") & ~of_other, "")
    shorter = [
        name.replace(isin, " ").strip(" -:;,/|").replace("( )", "").replace("[ ]", "").strip(" -:;,/|") if isin else name
        for name, isin in zip(names, code, strict=True)
    ]
    return code, pd.Series([" ".join(name.split()) for name in shorter], index=names.index, dtype="str").where(code != "", names)


def completed_cusips(column: pd.Series) -> pd.Series:
    """CUSIPs in capitals with nine characters where eight or fewer can be completed; others as given.

    Eight characters with a letter lack the check digit, as research data bases write them; a spreadsheet takes zeros from the front of
    plain numbers only. Eight digits lack a zero when that zero makes the check digit hold, else the check digit. Shorter numbers lack
    zeros.

    Examples
    --------
    >>> completed_cusips(pd.Series(["16941M10", "16941m109", "37833100", "3783310"])).tolist()
    ['16941M109', '16941M109', '037833100', '003783310']
    """
    given = column.astype("str").str.strip().str.upper()

    def complete(values: pd.Series) -> list[str]:
        return [completed_cusip(text) for text in values]

    return per_distinct(given, complete).astype("str")


def completed_cusip(text: str) -> str:
    """One CUSIP as :func:`completed_cusips` gives it."""
    padded = text.zfill(9)
    if len(text) != 8 or not (text.isascii() and text.isalnum()):
        return padded if text.isdigit() else text
    if text.isdigit() and valid_identifiers([padded], "cusip")[0]:
        return padded
    return text + cusip.calc_check_digit(text)


def _spread(values: pd.Series, rows: np.ndarray, like: pd.Series) -> pd.Series:
    return values.astype("str").take(rows).set_axis(like.index)


def sorted_codes(mixed: pd.Series) -> tuple[dict[str, pd.Series], CheckedCodes]:
    """A column that mixes kinds (``Security Identifier``), each code put under the kind whose form and check digit it has.

    Returns
    -------
    by_kind : mapping of kind to (n,) Series of str
    damaged : CheckedCodes
        Codes that a spreadsheet damaged; ``code`` is the CUSIP that zeros in front restore, empty elsewhere.
    """
    rows, distinct = pd.factorize(mixed)
    cleaned = clean_identifiers(pd.Series(distinct, dtype="str"))
    by_kind = {}
    free = np.ones(len(cleaned), dtype=bool)
    for kind in CODED:
        mine = valid_identifiers(cleaned, kind) & free
        free &= ~mine
        by_kind[kind] = _spread(cleaned.where(mine, ""), rows, mixed)
    checked = checked_codes(mixed, "cusip", shortest=_SHORTEST_MIXED)
    hurt = checked.problem.str.startswith("damaged")
    return by_kind, CheckedCodes(
        code=checked.code.where(hurt, ""), problem=checked.problem.where(hurt, ""), action=checked.action.where(hurt, "")
    )
