"""Check digits of security and entity identifiers, a whole column at once.

Every function takes an (N, width) array of character codes (0 pads a short identifier) and returns an (N,) mask.
The rules are those that python-stdnum applies one identifier at a time; only the country prefix of an ISIN is left
to the caller.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impact.typing_ import BoolArray

__all__ = ["cusip_passes", "figi_passes", "isin_passes", "lei_passes", "sedol_passes"]

CharacterCodes = npt.NDArray[np.uint8]

_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _values(alphabet: str) -> npt.NDArray[np.int16]:
    """Value of each character code from 0 to 255; -1 for a character outside the alphabet."""
    table = np.full(256, -1, dtype=np.int16)
    for position, character in enumerate(alphabet):
        if character != " ":
            table[ord(character)] = position
    return table


_ALNUM_VALUES = _values(_ALNUM)
_CUSIP_VALUES = _values(_ALNUM + "*@#")
_SEDOL_VALUES = _values("0123456789 BCD FGH JKLMN PQRST VWXYZ")
_FIGI_VALUES = np.where(np.isin(np.arange(256), [ord(vowel) for vowel in "AEIOU"]), np.int16(-1), _ALNUM_VALUES)


def _digit_sum(numbers: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    return numbers // 10 + numbers % 10


def _isin_contributions() -> npt.NDArray[np.int16]:
    """What a character adds to the Luhn sum: row 0 when its last digit is not doubled, row 1 when it is."""
    value = np.maximum(_ALNUM_VALUES, 0)
    ones, tens = value % 10, value // 10
    return np.stack([ones + _digit_sum(2 * tens), _digit_sum(2 * ones) + tens])


_ISIN_CONTRIBUTIONS = _isin_contributions()


def isin_passes(codes: CharacterCodes) -> BoolArray:
    """Which rows of (N, 12) have the form and the Luhn check digit of an ISIN (ISO 6166).

    Notes
    -----
    Letters stand for 10..35, so one letter is two digits; from the right, every other digit is doubled and the
    digits of all products are summed.
    """
    values = _ALNUM_VALUES[codes]
    formed = (values >= 0).all(axis=1) & (values[:, :2] >= 10).all(axis=1) & (values[:, 11] < 10)
    total = values[:, 11].copy()
    is_doubled = np.ones(len(codes), dtype=bool)
    for column in range(10, -1, -1):
        code = codes[:, column]
        plain, doubled = _ISIN_CONTRIBUTIONS
        total += np.where(is_doubled, doubled[code], plain[code])
        is_doubled ^= values[:, column] < 10
    result: BoolArray = formed & (total % 10 == 0)
    return result


def _alternating_passes(values: npt.NDArray[np.int16], last: int) -> BoolArray:
    weighted = values[:, :last] * np.where(np.arange(last) % 2, np.int16(2), np.int16(1))
    result: BoolArray = (_digit_sum(weighted).sum(axis=1) + values[:, last]) % 10 == 0
    return result


def cusip_passes(codes: CharacterCodes) -> BoolArray:
    """Which rows of (N, 9) have the form and check digit of a CUSIP or CINS number (ANSI X9.6)."""
    values = _CUSIP_VALUES[codes]
    formed = (values >= 0).all(axis=1) & (values[:, 8] < 10)
    return formed & _alternating_passes(values, 8)


def figi_passes(codes: CharacterCodes) -> BoolArray:
    """Which rows of (N, 12) have the form and check digit of a FIGI (ANSI X9.145)."""
    values = _FIGI_VALUES[codes]
    formed = (values >= 0).all(axis=1) & (values[:, :2] >= 10).all(axis=1) & (values[:, 11] < 10)
    formed &= codes[:, 2] == ord("G")
    for prefix in ("BS", "BM", "GG", "GB", "VG"):
        formed &= ~((codes[:, 0] == ord(prefix[0])) & (codes[:, 1] == ord(prefix[1])))
    return formed & _alternating_passes(values, 11)


def sedol_passes(codes: CharacterCodes) -> BoolArray:
    """Which rows of (N, 7) have the form and weighted check digit of a SEDOL (weights 1, 3, 1, 7, 3, 9)."""
    values = _SEDOL_VALUES[codes]
    formed = (values >= 0).all(axis=1) & (values[:, 6] < 10)
    formed &= (values[:, 0] >= 10) | (values < 10).all(axis=1)
    total = (values[:, :6] * np.array([1, 3, 1, 7, 3, 9])).sum(axis=1)
    result: BoolArray = formed & ((total + values[:, 6]) % 10 == 0)
    return result


def lei_passes(codes: CharacterCodes) -> BoolArray:
    """Which rows of (N, 20) have the form and ISO 7064 mod 97-10 check digits of a legal entity identifier."""
    values = _ALNUM_VALUES[codes]
    formed = (values >= 0).all(axis=1) & (values[:, 18:] < 10).all(axis=1)
    remainder = np.zeros(len(codes), dtype=np.int16)
    for column in range(20):
        value = values[:, column]
        remainder = (remainder * np.where(value >= 10, np.int16(100), np.int16(10)) + value) % 97
    result: BoolArray = formed & (remainder == 1)
    return result
