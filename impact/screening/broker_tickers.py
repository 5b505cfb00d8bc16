"""Bare tickers of brokers' books: a line of the fact base where the row agrees, a proposal where it does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd

from impact.facts.names import GENERIC_WORDS, STOP_WORDS, plain_words
from impact.facts.screening import FORMER_TICKER, UNIT_OF_PARENT, ScreeningTargets
from impact.identifiers import is_valid
from impact.screening.spellings import spelled_venue
from impact.tickers import normalise_tickers
from impact.venues import VENUES, line_venue

__all__ = ["OFFSHORE", "begins_as_one", "name_agrees", "settle_tickers", "telling_words"]

OFFSHORE = frozenset({"BM", "KY", "VG", "SG", "MO", "MU", "LU", "GG", "JE", "IM", "MH", "XS", "EU"})
"""Prefixes of ISINs that firms of any country take."""

_SHORTEST_CUT, _SHORTEST_CLOSED = 3, 5
_LONGEST_OF_NEW_YORK = 4
"""Letters of a common share on the exchanges of New York; five are receipts, foreign shares and funds."""


class _Line(NamedTuple):
    """A line that could be written without its venue.

    `relation` is how it stands to its target; `is_former` says that its code is another issuer's by now.
    """

    mic: str
    target: int
    security: str
    relation: str
    is_former: bool


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """A line that a bare ticker could be, with what of the row speaks for it and against it."""

    line: _Line
    agrees: tuple[str, ...]
    disagrees: tuple[str, ...]
    is_told: bool

    @property
    def rank(self) -> tuple[int, int, bool]:
        """What is chosen by: agreement first, least contradiction among equals, then a line that a list names before one of a unit."""
        return len(self.agrees) - 2 * ("name" in self.disagrees), -len(self.disagrees), self.line.relation != UNIT_OF_PARENT


def settle_tickers(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    """Tickers and exchanges of a table as the matcher reads them, with what bare tickers could be.

    Parameters
    ----------
    instruments : DataFrame
        Columns ticker, exchange, country, name, isin, currency and price_currency as text, empty where the file does not say.
    targets : ScreeningTargets

    Returns
    -------
    DataFrame
        ticker, exchange: with the venue that a vendor's spelling names, or that of the line of the fact base which a bare ticker is.
        target: row of `targets.entities` that a bare ticker names, -1 for none. agrees, disagrees: which of name, ISIN, country and
        currency speak for that line and against it, and that its code was given to another issuer, joined by ``; ``. of_issuer: the lines of
        which the row is one where that alone is told, joined by ``; ``; relation: how they stand to the target.

    Notes
    -----
    A bare ticker that is a line of the fact base is taken for it when the name of the row is that of the issuer, or, where the two
    cannot be compared, when its country, the country of its ISIN or its currency is that of the line. A currency tells it where a code of
    that form, in that currency, can be of one country only: figures and longer codes where one country has the currency. A code as short
    as those of New York may be one of theirs in a book of any currency; in dollars it is, unless the row bears a name beside that of no
    known issuer. A name of another issuer, an ISIN of another country, or no agreement at all, leaves it a proposal. In another currency the
    name tells the issuer and no line where the code is as short as those of New York, or that of several lines; so it does where the code of
    the fitting line is another issuer's by now.
    """
    ticker, exchange = instruments["ticker"].astype("str"), instruments["exchange"].astype("str")
    distinct = {text: spelled_venue(text) for text in ticker.unique()}
    spelled = ticker.map(lambda text: distinct[text][1])
    ticker = ticker.where(spelled == "", ticker.map(lambda text: distinct[text][0]))
    exchange = exchange.where(spelled == "", spelled)
    settled = pd.DataFrame(
        {"ticker": ticker, "exchange": exchange, "target": -1, "agrees": "", "disagrees": "", "of_issuer": "", "relation": ""},
        index=instruments.index,
    )
    lines = normalise_tickers(ticker, exchange=exchange, location=instruments["country"])
    by_code = _lines_by_code(targets)
    codes = ticker.str.strip().str.upper().map(_without_padding)
    bare = (lines["country"] == "").to_numpy() & codes.isin(set(by_code)).to_numpy()
    names_of = _names_of(targets) if bare.any() else defaultdict(list)
    isins_of = _isins_of(targets) if bare.any() else defaultdict(set)
    for row in np.flatnonzero(bare).tolist():
        code = str(codes.iat[row])
        cells = instruments.iloc[row]
        choices = [_choice(cells, code, line, names_of[line.target], isins_of[line.target]) for line in by_code[code]]
        best = max(choices, key=lambda choice: choice.rank)
        label = settled.index[row]
        settled.loc[label, "target"] = best.line.target
        settled.loc[label, "relation"] = best.line.relation
        settled.loc[label, "agrees"] = "; ".join(best.agrees)
        settled.loc[label, "disagrees"] = "; ".join(best.disagrees)
        of_issuer = [choice.line for choice in choices if choice.line.target == best.line.target]
        elsewhere = "currency" in best.disagrees and (len(of_issuer) > 1 or _as_in_new_york(code))
        is_open = best.line.is_former or elsewhere
        if best.is_told and not is_open:
            settled.loc[label, "exchange"] = best.line.mic
        elif best.is_told and "name" in best.agrees:
            settled.loc[label, "of_issuer"] = "; ".join(line.security for line in ([best.line] if best.line.is_former else of_issuer))
    return settled


def _lines_by_code(targets: ScreeningTargets) -> Mapping[str, list[_Line]]:
    """Code -> every line of a target that could be written without its venue, first those whose code is another issuer's by now."""
    table = targets.identifiers[targets.identifiers["kind"].isin(["ticker", FORMER_TICKER])]
    table = table.sort_values("kind", key=lambda kinds: kinds != FORMER_TICKER, kind="stable")
    first = {venue.country: mic for mic, venue in reversed(list(VENUES.items()))}
    by_code: dict[str, list[_Line]] = {}
    columns = (table[name] for name in ("value", "target", "security", "relation", "kind"))
    for value, target, security, relation, kind in zip(*columns, strict=True):
        code, _, country = str(value).rpartition(" ")
        if code and country in first:
            of_line, _, ending = str(security).rpartition(".")
            mic = (line_venue(of_line, ending, dotted=True) if of_line else "") or first[country]
            line = _Line(mic, int(target), str(security), str(relation), kind == FORMER_TICKER)
            by_code.setdefault(_without_padding(code), []).append(line)
    return by_code


def _without_padding(code: str) -> str:
    """A numeric code as a sheet leaves it: without the zeros before it."""
    return str(int(code)) if code.isascii() and code.isdigit() else code


def _names_of(targets: ScreeningTargets) -> Mapping[int, list[str]]:
    """Names of each target; one that a caller states without a name is called by its code, which is none."""
    names: dict[int, list[str]] = defaultdict(list)
    for target, name in zip(targets.names["target"], targets.names["name"], strict=True):
        if target not in targets.nameless:
            names[int(target)].append(str(name))
    return names


def _isins_of(targets: ScreeningTargets) -> Mapping[int, set[str]]:
    """ISINs of each target."""
    table = targets.identifiers[targets.identifiers["kind"] == "isin"]
    isins: dict[int, set[str]] = defaultdict(set)
    for target, value in zip(table["target"], table["value"], strict=True):
        isins[int(target)].add(str(value))
    return isins


def _choice(row: pd.Series, code: str, line: _Line, names: Sequence[str], isins: set[str]) -> _Choice:
    """A line with what of a row speaks for it and against it, given the names and ISINs on record of its issuer, and whether that tells it."""
    venue = VENUES[line.mic]
    agrees: list[str] = []
    disagrees: list[str] = []
    name = str(row["name"])
    bears_name = any(len(word) > 1 for word in telling_words(name))  # a name in another script cannot be compared
    if names and bears_name:
        (agrees if any(name_agrees(name, listed) for listed in names) else disagrees).append("name")
    isin = str(row["isin"]).strip().upper()
    if is_valid(isin, "isin"):
        at_home = isin[:2] == venue.country
        if isin in isins or (at_home and not any(other[:2] == isin[:2] for other in isins)):
            agrees.append("isin")
        elif isin[:2] not in OFFSHORE:
            disagrees.append("isin")
    currency = str(row["price_currency"] or row.get("currency", "")).upper()
    if currency:
        same = currency == venue.currency or {currency, venue.currency} <= {"CNY", "CNH"}
        (agrees if same else disagrees).append("currency")
    country = str(row["country"]).upper()
    if country:
        (agrees if country in (venue.country, *venue.spellings) else disagrees).append("country")
    if line.is_former:
        disagrees.append("its code was given to another issuer")
    if "name" in agrees:
        is_told = "isin" not in disagrees or "currency" in agrees  # many a firm is incorporated elsewhere than it trades
    elif "isin" in agrees or "country" in agrees:
        is_told = not {"name", "isin"} & {*disagrees}
    else:
        by_convention = venue.country == "US" and (bool(names) or not bears_name)
        is_told = agrees == ["currency"] and not disagrees and (by_convention or _is_of_one_country(code, venue.currency))
    return _Choice(line=line, agrees=tuple(agrees), disagrees=tuple(disagrees), is_told=is_told)


_COUNTRIES_OF_CURRENCY = Counter(currency for currency, _ in {(venue.currency, venue.country) for venue in VENUES.values()})


def _is_of_one_country(code: str, currency: str) -> bool:
    """Whether a code of that form can be of one country only in a book of that currency."""
    return _COUNTRIES_OF_CURRENCY[currency] == 1 and currency != "USD" and not _as_in_new_york(code)


def _as_in_new_york(code: str) -> bool:
    """Whether a code is as short as those of New York, whose receipts often bear the code of the home line."""
    return code.isalpha() and len(code) <= _LONGEST_OF_NEW_YORK


def name_agrees(given: str, listed: str) -> bool:
    """Whether a name in a file is that of a listed issuer, be it cut, abbreviated or followed by words of the instrument.

    Compared are the words in their order, without legal forms and share classes: all of the shorter name must begin the longer one,
    the last of them perhaps cut, and tell more than a place or a word that many companies bear. Words may be written apart or as one.

    Examples
    --------
    >>> name_agrees("SEMICONDUCTOR MANUFACTURING INT", "Semiconductor Manufacturing International Corporation")
    True
    >>> name_agrees("CHARLES HOLDINGS LTD", "China Mobile Limited"), name_agrees("CHINA", "China Mobile Limited")
    (False, False)
    """
    mine, other = telling_words(given), telling_words(listed)
    if not mine or not other:
        return False
    short, long = (mine, other) if len(mine) <= len(other) else (other, mine)
    return _begins(short, long) or begins_as_one(mine, other)


def _begins(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether the words of the shorter name begin the longer one, the last of them perhaps cut."""
    last = len(short) - 1
    for place, word in enumerate(short):
        whole = long[place]
        cut = place == last and min(len(word), len(whole)) >= _SHORTEST_CUT and (whole.startswith(word) or word.startswith(whole))
        if word != whole and not cut:
            return False
    return len(short) > 1 or short[0] not in GENERIC_WORDS


def begins_as_one(mine: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the words of one name, blanks aside, are the first words of the other: WALMART DE MEXICO, WAL MART DE MEXICO."""
    ends = [set(accumulate(words)) for words in (mine, other)]
    whole = min("".join(mine), "".join(other), key=len)
    return len(whole) >= _SHORTEST_CLOSED and whole not in GENERIC_WORDS and all(whole in end for end in ends)


def telling_words(name: str) -> list[str]:
    """The words of a name in their order, without legal forms and share classes."""
    return [word for word in plain_words(name) if word not in STOP_WORDS]
