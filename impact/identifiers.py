"""Security identifiers and ticker lines: what kind a text is, whether it holds, and which lines belong to one issuer.

One identifier at a time is checked by python-stdnum; a column is checked by the same rules in arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.instants import parse_day
from impact.kernels import check_digits
from impact.tickers import TickerLine, normalise_ticker, normalise_tickers
from impact.typing_ import BoolArray, IntArray

__all__ = [
    "IdentifierKind",
    "TickerLine",
    "clean_identifiers",
    "cusip_from_isin",
    "excel_damage",
    "identifier_kind",
    "is_valid",
    "line_on_record",
    "lines_of_issuer",
    "normalise_ticker",
    "normalise_tickers",
    "reissued_codes",
    "security_lines",
    "sedol_from_isin",
    "valid_identifiers",
]

# Characters of a tidy identifier; 0 pads a short one. Wider text than any identifier is untidy.
_LONGEST = 21
_TIDY = np.isin(np.arange(256), [0, *map(ord, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#")])


class IdentifierKind(str, Enum):  # noqa: UP042 (StrEnum needs Python 3.11)
    """What a text identifies: a security (ISIN, CUSIP, SEDOL, FIGI, ticker), an entity (LEI), or nothing known."""

    ISIN = "isin"
    CUSIP = "cusip"
    SEDOL = "sedol"
    FIGI = "figi"
    LEI = "lei"
    TICKER = "ticker"
    UNKNOWN = "unknown"


_MOST_ZEROS_LOST = 3
_WIDTHS = {"isin": 12, "cusip": 9, "sedol": 7, "figi": 12, "lei": 20}
_PASSES = {
    "isin": check_digits.isin_passes,
    "cusip": check_digits.cusip_passes,
    "sedol": check_digits.sedol_passes,
    "figi": check_digits.figi_passes,
    "lei": check_digits.lei_passes,
}
_MISSING_WORDS = frozenset({"", "N/A", "NAN", "NONE", "NULL", "<NA>", "0000000", "000000000", "999999999"})


def clean_identifiers(values: Iterable[object]) -> pd.Series:
    """A column of identifiers in capitals without blanks or hyphens; a missing one is empty text.

    The ``.0`` that a spreadsheet leaves behind a number is cut. ``-``, ``N/A`` and the all-zero or all-nine CUSIP that
    filers write for "none" count as missing.
    """
    given = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    if given.empty:
        return given.astype(object)
    position, distinct = _distinct(given)
    cleaned = np.append(_cleaned(distinct), "")[position]  # a missing value is at -1
    return pd.Series(cleaned, index=given.index, dtype=object, name=given.name)


def _distinct(given: pd.Series) -> tuple[IntArray, npt.NDArray[np.object_]]:
    """Position of each value among the distinct ones, -1 where it is missing, and these: a million rows name a few thousand lines."""
    position, distinct = pd.factorize(given)
    return position, np.asarray(distinct, dtype=object)


def _cleaned(raw: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Distinct identifiers, none of them missing, in capitals without blanks or hyphens."""
    fixed = raw.astype(f"U{_LONGEST}")
    codes = _character_codes(fixed)
    untidy = ~_TIDY[codes].all(axis=1) | (codes[:, -1] != 0) | (codes[:, 0] == 0)
    cleaned = raw.copy() if pd.api.types.infer_dtype(raw, skipna=False) == "string" else fixed.astype(object)
    cleaned[untidy] = ["".join(str(value).upper().split()).replace("-", "").removesuffix(".0") for value in raw[untidy]]
    cleaned[pd.Index(cleaned, dtype=object).isin(_MISSING_WORDS)] = ""
    return cleaned


def is_valid(text: str, kind: IdentifierKind | str) -> bool:
    """Whether `text` has the form and the check digit of its kind, by python-stdnum; a ticker is valid when it parses.

    An LEI must also end in two digits, as ISO 17442 has it.

    Examples
    --------
    >>> is_valid("KYG9830T1067", "isin"), is_valid("BRC1EODR004", "isin")
    (True, False)
    """
    kind = _kind(kind)
    if kind is IdentifierKind.TICKER:
        return normalise_ticker(text) is not None
    if kind is IdentifierKind.UNKNOWN:
        return False
    from stdnum import cusip, figi, isin, lei
    from stdnum.gb import sedol

    module = {"isin": isin, "cusip": cusip, "sedol": sedol, "figi": figi, "lei": lei}[kind.value]
    compact = "".join(str(text).upper().split())
    formed = len(compact) == _WIDTHS[kind.value] and (module is not lei or compact[-2:].isdecimal())
    return formed and bool(module.is_valid(compact))


def _kind(kind: IdentifierKind | str) -> IdentifierKind:
    try:
        return IdentifierKind(kind)
    except ValueError as error:
        names = ", ".join(member.value for member in IdentifierKind)
        raise InputError(f"kind={kind!r} is not a kind of identifier; choose one of: {names}.") from error


def _character_codes(fixed: np.ndarray) -> npt.NDArray[np.uint8]:
    """(N, width) codes of the characters of fixed-width text; 0 pads, 255 is any character beyond the first 255."""
    wide = fixed.view(np.uint32).reshape(len(fixed), fixed.itemsize // 4)
    return np.minimum(wide, 255).astype(np.uint8)


def valid_identifiers(values: Iterable[object], kind: IdentifierKind | str) -> BoolArray:
    """Which of a column of identifiers have the form and check digit of `kind` (isin, cusip, sedol, figi, lei).

    Parameters
    ----------
    values : (N,) iterable of text
        Blanks and hyphens are ignored, lower case is accepted, a missing value is not valid.
    kind : IdentifierKind or str

    Returns
    -------
    (N,) bool

    Raises
    ------
    InputError
        If `kind` has no check digit.
    """
    kind = _kind(kind).value
    if kind not in _PASSES:
        raise InputError(f"kind={kind!r} has no check digit; choose one of: {', '.join(_PASSES)}.")
    given = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    if given.empty:
        return np.zeros(0, dtype=bool)
    position, distinct = _distinct(given)
    return np.append(_valid(_cleaned(distinct), kind), False)[position]  # a missing value is at -1


def _valid(cleaned: npt.NDArray[np.object_], kind: str) -> BoolArray:
    width = _WIDTHS[kind]
    codes = _character_codes(cleaned.astype(f"U{width + 1}"))
    valid = (codes[:, width] == 0) & (codes[:, width - 1] != 0) & _PASSES[kind](codes[:, :width])
    if kind == "isin" and valid.any():
        valid[valid] = _known_countries(codes[valid])
    return valid


def _known_countries(codes: np.ndarray) -> BoolArray:
    from stdnum import isin

    pairs = codes[:, 0].astype(np.int64) * 128 + codes[:, 1]
    prefixes, position = np.unique(pairs, return_inverse=True)
    bodies = [chr(pair // 128) + chr(pair % 128) + "000000000" for pair in prefixes.tolist()]
    known = np.array([isin.is_valid(body + isin.calc_check_digit(body)) for body in bodies])
    return known[position]


def identifier_kind(text: object) -> IdentifierKind:
    """What kind of identifier a text is, by its form and check digit; a failed check digit is not a kind.

    Examples
    --------
    >>> identifier_kind("US16941M1099").value, identifier_kind("16941M109").value, identifier_kind("941 HK").value
    ('isin', 'cusip', 'ticker')
    """
    compact = "".join(str(text).upper().split()) if isinstance(text, str) else ""
    for kind in ("isin", "figi", "lei", "cusip", "sedol"):
        if len(compact) == _WIDTHS[kind] and is_valid(compact, kind):
            return IdentifierKind(kind)
    line = normalise_ticker(text) if isinstance(text, str) else None
    if line is not None and line.country:
        return IdentifierKind.TICKER
    return IdentifierKind.UNKNOWN


def cusip_from_isin(isin: str) -> str:
    """The CUSIP inside a United States or Canadian ISIN (characters 3 to 11); empty for any other country.

    Examples
    --------
    >>> cusip_from_isin("US16941M1099"), cusip_from_isin("HK0941009539")
    ('16941M109', '')
    """
    cusip = isin[2:11] if isin[:2] in ("US", "CA") and len(isin) == 12 else ""
    return cusip if cusip and is_valid(cusip, "cusip") else ""


def sedol_from_isin(isin: str) -> str:
    """The SEDOL inside a British or Irish ISIN (characters 5 to 11); empty for any other country, Hong Kong included.

    Examples
    --------
    >>> sedol_from_isin("GB00B15KXQ89"), sedol_from_isin("HK0941009539")
    ('B15KXQ8', '')
    """
    sedol = isin[4:11] if isin[:4] in ("GB00", "IE00") and len(isin) == 12 else ""
    return sedol if sedol and is_valid(sedol, "sedol") else ""


def excel_damage(values: Iterable[object], kind: IdentifierKind | str) -> pd.DataFrame:
    """Identifiers that a spreadsheet has damaged: rows only for those, with what can be restored.

    Parameters
    ----------
    values : iterable of text
        A column of identifiers as read from a file.
    kind : IdentifierKind or str
        What the column should hold: cusip, sedol, isin, figi, lei.

    Returns
    -------
    DataFrame
        Index of the damaged rows; value, damage (``scientific notation`` or ``leading zeros lost``), restored: the identifier
        that up to three zeros in front complete and whose check digit then holds, empty when it is gone for good.

    Notes
    -----
    Nothing is restored silently: the caller decides. ``12345E100`` becomes 1.2345E+104, from which the CUSIP cannot be told.

    Examples
    --------
    >>> excel_damage(["1.2345E+104", "0263494", "263494"], "sedol")[["damage", "restored"]].values.tolist()
    [['scientific notation', ''], ['leading zeros lost', '0263494']]
    """
    kind = _kind(kind)
    given = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    cleaned = given.map(lambda value: "" if pd.isna(value) else str(value).strip().upper().removesuffix(".0"))
    scientific = cleaned.str.fullmatch(r"\d(?:[.,]\d+)?E\+?\d{1,3}") & ~cleaned.map(lambda text: is_valid(text, kind))
    width = _WIDTHS.get(kind.value, 0)
    # One identifier in ten passes its check digit by chance: a short text that could lack many zeros is left alone.
    lacking = cleaned.str.fullmatch(r"[1-9]\d*") & cleaned.str.len().between(width - _MOST_ZEROS_LOST, width - 1)
    padded = cleaned.str.zfill(width)
    short = lacking & valid_identifiers(padded, kind) if width else pd.Series(False, index=given.index)
    damaged = scientific | short
    damage = pd.Series("leading zeros lost", index=given.index, dtype=object).where(~scientific, "scientific notation")
    restored = padded.astype(object).where(short, "")
    return pd.DataFrame({"value": given, "damage": damage, "restored": restored})[damaged]


def security_lines(on: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """The bundled trading lines, one row each: which issuer, which identifiers, which venue, how many shares a receipt holds.

    Parameters
    ----------
    on : date, optional
        Keep the lines that traded on that date; an empty `valid_from` or `valid_to` is unknown and does not exclude.

    Returns
    -------
    DataFrame
        security, issuer, isin, cusip, sedol, tickers, venue, kind (equity, adr, bdr,
        cedear, counter; empty when unknown), adr_ratio (ordinary shares in one
        receipt; NaN when unknown or not a receipt), valid_from, valid_to (datetime64[ns], NaT unknown), source, confidence.
    """
    lines = read_bundled("lines")
    lines["adr_ratio"] = pd.to_numeric(lines["adr_ratio"], errors="coerce")
    for column in ("valid_from", "valid_to"):
        lines[column] = pd.to_datetime(lines[column], format="%Y-%m-%d", errors="coerce").astype("datetime64[ns]")
    if on is None:
        return lines
    day = parse_day(on, parameter="on").tz_localize(None).normalize()
    outside = (lines["valid_from"] > day) | (lines["valid_to"] < day)
    return lines[~outside].reset_index(drop=True)


@cache
def reissued_codes() -> Mapping[str, tuple[pd.Timestamp, str, str]]:
    """Code of a line that stopped -> since when (UTC) it is the code of another issuer, of whom, and whose line it was.

    Examples
    --------
    >>> reissued_codes()["CHA"][1]
    'Chagee Holdings Limited'
    """
    table = read_bundled("reissued_codes")
    since = pd.to_datetime(table["known_at"], utc=True).astype("datetime64[ns, UTC]")
    return dict(zip(table["line"], zip(since, table["issuer"], table["was_of"], strict=True), strict=True))


def line_on_record(line: str, at: pd.Timestamp | None) -> str:
    """The line that a code names at an instant as the tables bear it; that of an issuer to whom the code was given anew has its name with it.

    Examples
    --------
    >>> line_on_record("CHA", pd.Timestamp("2021-03-01T12:00Z")), line_on_record("CHA", pd.Timestamp("2026-03-01T12:00Z"))
    ('CHA', 'CHA of Chagee Holdings Limited')
    """
    since, issuer, _ = reissued_codes().get(line, (None, "", ""))
    return line if since is None or at is None or at < since else f"{line} of {issuer}"


def lines_of_issuer(identifier: str, at: pd.Timestamp | None = None) -> pd.DataFrame:
    """Every bundled line of the issuer that an ISIN, CUSIP, SEDOL or ticker belongs to, the line itself included.

    Parameters
    ----------
    identifier : str
    at : zoned instant, optional
        When it is written: a code that another issuer had by then names no line of the table, and such a line of the issuer is
        told by its ISIN alone. None takes what the table says.

    Returns
    -------
    DataFrame
        Rows of :func:`security_lines`; no rows when the identifier is not in the table, which says nothing about the security.

    Examples
    --------
    >>> lines_of_issuer("16941M109").query("kind in ('equity', 'adr')")["security"].tolist()
    ['0941.HK', 'CHL', '600941.SS']
    """
    lines = security_lines()
    compact = "".join(identifier.upper().split())
    coded = lines["security"] == compact
    line = normalise_ticker(identifier)
    if line is not None and line.country:
        coded |= lines["tickers"].str.split("; ").map(lambda tickers: str(line) in tickers)
    given_anew = pd.Series([line_on_record(security, at) != security for security in lines["security"]], index=lines.index)
    own = (coded & ~given_anew) | (lines[["isin", "cusip", "sedol"]] == compact).any(axis=1)
    lines = lines.assign(security=lines["security"].mask(given_anew, ""), tickers=lines["tickers"].mask(given_anew, ""))
    return lines[lines["issuer"].isin(lines.loc[own, "issuer"].unique())].reset_index(drop=True)
