"""The issuer behind a code: every line, ISIN, CUSIP and SEDOL of the table of lines, and the lines that are of one issuer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from impact.identifiers import cusip_from_isin, reissued_codes, security_lines
from impact.rules.vocabulary import line_key

__all__ = ["IssuerLines", "issuer_lines", "reissued_from", "sister_code"]

_KOREAN_CODE, _COUNTER_CODE, _LONGEST_CLASS, _ROOT = 6, 5, 2, 4
_NORTH = frozenset({"ST", "CO", "HE", "OL"})
_CLASSES_OF_THE_NORTH, _CLASSES_OF_NEW_YORK = frozenset("ABCD"), frozenset("ABKL")


@dataclass(frozen=True, kw_only=True, eq=False)
class IssuerLines:
    """What the table of lines says of codes.

    Attributes
    ----------
    line_of : mapping
        Line, ISIN, CUSIP or SEDOL -> the trading line it belongs to.
    lines_of : mapping
        Trading line -> every line of its issuer, itself included.
    codes_of : mapping
        Trading line -> every code of it, the line itself included.
    isins : frozenset of str
    unverified : mapping
        Line of grade C -> its source, which says where to confirm whose it is.
    until : mapping
        Line that stopped -> the end of its last day in New York, in UTC.
    """

    line_of: Mapping[str, str]
    lines_of: Mapping[str, frozenset[str]]
    codes_of: Mapping[str, frozenset[str]]
    isins: frozenset[str]
    unverified: Mapping[str, str]
    until: Mapping[str, pd.Timestamp]

    def lines_behind(self, key: str) -> frozenset[str]:
        """Every line of the issuer whose line or code `key` is; empty when the table does not know it."""
        return self.lines_of.get(self.line_of.get(key, ""), frozenset())

    def issued_as(self, key: str) -> frozenset[str]:
        """The line whose code `key` is, and the ISINs of every line of its issuer; empty when the table does not know it."""
        lines = self.lines_behind(key)
        codes = frozenset(code for line in lines for code in self.codes_of[line])
        return codes & self.isins | {self.line_of[code] for code in (key,) if lines}


def sister_code(line: str) -> str:
    """A line without what tells its share class: lines of one issuer on one venue have it in common.

    In Korea the last of six characters is the class, in Brazil what stands behind four, in Tokyo a fifth one, in Taipei letters behind
    four figures; in Hong Kong an 8 before the four digits is the counter in renminbi; in New York the fifth of five letters may be one;
    elsewhere a class of one or two letters stands behind a hyphen, which terminals leave out of codes of the north of Europe.

    Examples
    --------
    >>> sister_code("005935.KS"), sister_code("005930.KS"), sister_code("VOLV-A.ST"), sister_code("BRK-B"), sister_code("80941.HK")
    ('00593.KS', '00593.KS', 'VOLV.ST', 'BRK', '0941.HK')
    >>> sister_code("PETR3.SA"), sister_code("25935.T"), sister_code("2881A.TW"), sister_code("VOLVB.ST"), sister_code("GOOGL")
    ('PETR.SA', '2593.T', '2881.TW', 'VOLV.ST', 'GOOG')
    """
    code, point, venue = line.partition(".")
    if venue in ("KS", "KQ") and len(code) == _KOREAN_CODE:
        return f"{code[:-1]}.{venue}"
    if venue == "HK" and len(code) == _COUNTER_CODE and code[0] == "8":
        return f"{code[1:]}.HK"
    root, dash, share_class = code.replace("_", "-").partition("-")
    if not dash and _ends_in_class(code, venue if point else "US"):
        root = code[:-1] if venue in _NORTH else code[:_ROOT]
    return f"{root}{point}{venue}" if root and len(share_class) <= _LONGEST_CLASS else line


def _ends_in_class(code: str, venue: str) -> bool:
    """Whether the end of a code without a hyphen is, by the form of the codes of its venue, or may be, a share class."""
    root, end = code[:_ROOT], code[_ROOT:]
    if venue == "SA":
        return end.removesuffix("F").isdigit()  # an F behind it is the odd lot
    if venue == "T":
        return root[:1].isdigit() and len(end) == 1 and end.isdigit()
    if venue in ("TW", "TWO"):
        return root.isdigit() and end.isalpha()
    if venue == "US":
        return code.isalpha() and len(end) == 1 and end in _CLASSES_OF_NEW_YORK
    return venue in _NORTH and len(code) > _LONGEST_CLASS and code.isalpha() and code[-1] in _CLASSES_OF_THE_NORTH


def reissued_from(security: str, as_of: pd.Timestamp | None) -> pd.Timestamp | None:
    """Since when the code of a line that stopped is that of another issuer, as known at `as_of` (None: all on record); None where it is not.

    Examples
    --------
    >>> reissued_from("CHA US", None) == pd.Timestamp("2025-04-17T13:30Z"), reissued_from("US1694261033", None)
    (True, None)
    """
    since, *_ = reissued_codes().get(line_key(security), (None,))
    return since if since is not None and (as_of is None or since <= as_of) else None


@cache
def issuer_lines() -> IssuerLines:
    """The bundled table of lines as an index.

    Examples
    --------
    >>> sorted(issuer_lines().lines_behind("US81663N2062"))
    ['0981.HK', '688981.SS', 'MKN1.DE', 'MKN2.DE', 'SMICY']
    """
    line_of: dict[str, str] = {}
    codes_of: dict[str, frozenset[str]] = {}
    of_issuer: dict[str, set[str]] = {}
    for row in security_lines().to_dict("records"):
        line = line_key(row["security"])
        written = (row["isin"], row["cusip"], row["sedol"], cusip_from_isin(row["isin"]), *row["tickers"].split("; "))
        codes_of[line] = frozenset({line, *(line_key(code) for code in written if code)})
        line_of |= dict.fromkeys(codes_of[line], line)
        of_issuer.setdefault(row["issuer"], set()).add(line)
    lines_of = {line: frozenset(lines) for lines in of_issuer.values() for line in lines}
    isins = frozenset(line_key(isin) for isin in security_lines()["isin"] if isin)
    unsure = security_lines().query("confidence == 'C'")
    unverified = {line_key(line): source for line, source in zip(unsure["security"], unsure["source"], strict=True)}
    stopped = security_lines().dropna(subset="valid_to")
    ends = (stopped["valid_to"] + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)).dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    until = dict(zip(map(line_key, stopped["security"]), ends, strict=True))
    return IssuerLines(line_of=line_of, lines_of=lines_of, codes_of=codes_of, isins=isins, unverified=unverified, until=until)
