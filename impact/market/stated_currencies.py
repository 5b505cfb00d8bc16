"""In which currency a price file says that its figures are: by a column, or by a sign beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from impact.errors import InputError
from impact.intake.currencies import MARKS, currency_of
from impact.market.written_numbers import CURRENCY_SIGNS, MISSING

__all__ = ["currencies_of_column", "currencies_said", "sign_beside"]

SIGN_MEANS: Mapping[str, frozenset[str]] = {
    **{sign: frozenset({MARKS[sign]}) for sign in "€£₩"},
    "¥": frozenset({"JPY", "CNY", "CNH"}),
    "$": frozenset({*(code for mark, code in MARKS.items() if "$" in mark), "ARS", "CLP", "COP"}),
}
"""Currencies that a sign may stand for."""


def currencies_of_column(name: str, securities: pd.Series, stated: pd.Series, heading: str = "") -> dict[str, str]:
    """The currency of each security of a long table; rows that state none take that of the others, or what the `heading` of the closes states.

    Raises
    ------
    InputError
        If the rows of a security state several currencies, or another than the heading does.
    """
    codes = stated.astype(str).str.strip()
    told = pd.DataFrame({"security": securities, "code": codes})[stated.notna().to_numpy() & ~codes.str.lower().isin(MISSING).to_numpy()]
    told = told.drop_duplicates()
    told["meant"] = [currency_of(code) for code in told["code"]]
    per = told.groupby("security", sort=False)["meant"].nunique()
    if (per > 1).any():
        first = per.index[per > 1][0]
        several = " and ".join(dict.fromkeys(told.loc[told["security"] == first, "code"]))
        raise InputError(
            f"{name} states {several} for {first!r} ({int((per > 1).sum())} such); the closes of one security are in one currency: convert "
            "them, or give each currency as a security of its own."
        )
    if heading and (other := [code for code in told["code"] if currency_of(code) != currency_of(heading)]):
        raise InputError(
            f"{name} heads its closes with {heading!r} and states {other[0]!r} in the column of currencies; give the one they are in: name the "
            "column of closes without a currency, or leave the column of currencies out."
        )
    untold = dict.fromkeys(securities, heading) if heading else {}
    return untold | dict(zip(told["security"], told["code"], strict=True))


def sign_beside(cells: pd.Series) -> str:
    """The currency signs beside the figures of a column, in the order of ``$€£¥₩``; empty without any."""
    if pd.api.types.is_numeric_dtype(cells):
        return ""
    held = cells.dropna().astype(str)
    held = held[held.str.contains(f"[{CURRENCY_SIGNS}]", regex=True)]
    return "".join(sign for sign in CURRENCY_SIGNS if held.str.contains(sign, regex=False).any())


def currencies_said(
    signs: Mapping[str, str], stated: str | Mapping[str, str] | None, securities: Sequence[str]
) -> str | Mapping[str, str] | None:
    """The currency of each security as the caller, its heading or its column states; a sign that means one currency tells it where none does.

    Raises
    ------
    InputError
        If the figures of a security bear several signs, or one that cannot stand for the currency stated.
    """
    borne = {security: signs[security] for security in securities if signs.get(security)}
    if not borne:
        return stated
    told = dict.fromkeys(securities, stated) if isinstance(stated, str) else dict(stated or {})
    for security, sign in borne.items():
        code = told.get(security, "")
        if len(sign) > 1:
            raise InputError(
                f"the figures of {security!r} bear {' and '.join(sign)}; the closes of one security are in one currency: convert them."
            )
        if not code and len(SIGN_MEANS[sign]) == 1:
            told[security] = next(iter(SIGN_MEANS[sign]))
        elif code and (currency_of(code)[0] not in SIGN_MEANS[sign] or currency_of(code)[1] != 1.0):
            raise InputError(
                f"the figures of {security!r} bear {sign} and its currency is stated as {code!r}; state the one they are in, or convert them."
            )
    return told
