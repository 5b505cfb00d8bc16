"""In which currency a price file says that its figures are: by a column, or by a sign beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from impact.errors import InputError
from impact.intake.currencies import MARKS, currency_of
from impact.market.closed_days import venues_of
from impact.market.heading_units import PART
from impact.market.written_numbers import CURRENCY_SIGNS, MISSING
from impact.venues import VENUES

__all__ = ["currencies_above", "currencies_of_column", "currencies_said", "sign_beside", "stated_over"]

SIGN_MEANS: Mapping[str, frozenset[str]] = {
    **{sign: frozenset({MARKS[sign]}) for sign in "€£₩"},
    "¥": frozenset({"JPY", "CNY", "CNH"}),
    "$": frozenset({*(code for mark, code in MARKS.items() if "$" in mark), "ARS", "CLP", "COP"}),
}
"""Currencies that a sign may stand for."""
_PARTS_AT: Mapping[str, str] = {"ZAR": "ZAc", "KWD": "KWF"}
"""Part in which a venue quotes, by its currency, where words for a part (cents, fils) can mean no other."""


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


def currencies_above(name: str, told: Mapping[str, str], securities: Sequence[str], above: str) -> Mapping[str, str]:
    """The currency of each security where a line above the header states one for all: theirs where headings or rows tell none.

    Raises
    ------
    InputError
        If a security has another by its heading or its rows.
    """
    if not above:
        return told
    other = [(security, code) for security, code in told.items() if currency_of(code) != currency_of(above)]
    if other:
        raise InputError(
            f"{name} states {above!r} above its header and {other[0][1]!r} for {other[0][0]!r}; give the one its closes are in, and leave the other out."
        )
    return dict.fromkeys(securities, above) | dict(told)


def stated_over(
    read: Mapping[str, str], stated: str | Mapping[str, str] | None, securities: Sequence[str], name: str
) -> tuple[str | Mapping[str, str], tuple[str, ...]]:
    """The currencies that a caller states, over those that the file called `name` says; and in words which of these are not used."""
    if stated is None:
        return read, ()
    own = dict.fromkeys(securities, stated) if isinstance(stated, str) else stated
    passed = [line for line in securities if read.get(line) and own.get(line) and currency_of(read[line]) != currency_of(own[line])]
    said = (
        f"{name}: the currency stated, {own[passed[0]]!r}, is used in place of {read[passed[0]]!r}, which the file says of {passed[0]!r} ({len(passed)} such)."
        for _ in passed[:1]
    )
    return (stated if isinstance(stated, str) else {**read, **stated}), tuple(said)


def sign_beside(cells: pd.Series) -> str:
    """The currency signs beside the figures of a column, in the order of ``$€£¥₩``; empty without any."""
    if pd.api.types.is_numeric_dtype(cells):
        return ""
    held = cells.dropna().astype(str)
    held = held[held.str.contains(f"[{CURRENCY_SIGNS}]", regex=True)]
    return "".join(sign for sign in CURRENCY_SIGNS if held.str.contains(sign, regex=False).any())


def currencies_said(
    signs: Mapping[str, str],
    stated: str | Mapping[str, str] | None,
    securities: Sequence[str],
    beside: Mapping[str, Mapping[str, str]] | None = None,
) -> str | Mapping[str, str] | None:
    """The currency of each security as the caller, its heading or its column states; a sign that means one currency tells it where none does.

    Parameters
    ----------
    signs : mapping of security to str
        What its closes bear.
    stated : str or mapping
    securities : sequence of str
    beside : mapping of security to mapping of heading to str, optional
        Headings of its adjusted closes and dividends, and the currency or sign that each states.

    Raises
    ------
    InputError
        If the closes of a security bear several signs, or one that cannot stand for the currency stated; or its adjusted closes or dividends
        state a currency that its closes do not.
    """
    told = _currencies_of_closes(signs, stated, securities)
    for security in securities:
        for heading, mark in (beside or {}).get(security, {}).items():
            code = told if isinstance(told, str) else (told or {}).get(security, "")
            if not (_stands_for(mark, code) if code else mark == signs.get(security)):
                closes = code or signs.get(security) or "no currency"
                raise InputError(
                    f"{heading!r} states {mark} and the closes of {security!r} {closes}: closes, adjusted closes and dividends are in one currency and "
                    f"unit; state it in the heading of the closes too, or with currency={mark if len(mark) == 3 else 'USD'!r} where they are in it; else convert one "
                    "of them, or leave it out."
                )
    return told


def _stands_for(mark: str, code: str) -> bool:
    """Whether a currency or a sign of some may be that of a code."""
    name, worth = currency_of(code)
    if mark == PART:
        return worth != 1.0
    return (name in SIGN_MEANS[mark] and worth == 1.0) if mark in SIGN_MEANS else (name, worth) == currency_of(mark)


def _currencies_of_closes(
    signs: Mapping[str, str], stated: str | Mapping[str, str] | None, securities: Sequence[str]
) -> str | Mapping[str, str] | None:
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
        if not code and sign == PART:
            told[security] = _part_at_venue(security)
        elif not code and len(SIGN_MEANS[sign]) == 1:
            told[security] = next(iter(SIGN_MEANS[sign]))
        elif code and not _stands_for(sign, code):
            raise InputError(
                f"the figures of {security!r} bear {sign} and its currency is stated as {code!r}; state the one they are in, or convert them."
            )
    return told


def _part_at_venue(security: str) -> str:
    """The part in which the venue of a line quotes: cents of Johannesburg, fils of Kuwait."""
    code = venues_of(pd.Index([security])).iloc[0]
    if code not in VENUES or VENUES[code].currency not in _PARTS_AT:
        raise InputError(
            f"the heading of {security!r} says that its closes are in a part of a currency, not of which; state its currency, such as ZAc, or give "
            "the closes in whole units."
        )
    return _PARTS_AT[VENUES[code].currency]
