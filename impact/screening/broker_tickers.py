"""Bare tickers of brokers' books: a line of the fact base where the row agrees, a proposal where it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from impact.facts.names import GENERIC_WORDS, STOP_WORDS, plain_words
from impact.facts.screening import ScreeningTargets
from impact.screening.spellings import spelled_venue
from impact.tickers import normalise_tickers
from impact.venues import VENUES, named_venue

__all__ = ["name_agrees", "settle_tickers", "telling_words"]

SETTLED_COLUMNS = ("ticker", "exchange", "target", "agrees", "disagrees")
_SHORTEST_CUT = 3


def settle_tickers(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    """Tickers and exchanges of a table as the matcher reads them, with what bare tickers could be.

    Parameters
    ----------
    instruments : DataFrame
        Columns ticker, exchange, country, name, currency and price_currency as text, empty where the file does not say.
    targets : ScreeningTargets

    Returns
    -------
    DataFrame
        ticker, exchange: with the venue that a vendor's spelling names, or that of the line of the fact base which a bare ticker is.
        target: row of `targets.entities` that a bare ticker names, -1 for none. agrees, disagrees: which of name, country and currency
        speak for that line and against it, joined by ``; ``.

    Notes
    -----
    A bare ticker that is a line of the fact base is taken for it when the name of the row is that of the issuer, or, where the row has
    no name that can be compared, or no name of the issuer is known, when its country or currency is that of the line. A name of another
    issuer, or no agreement at all, leaves it a proposal.
    """
    ticker, exchange = instruments["ticker"].astype("str"), instruments["exchange"].astype("str")
    distinct = {text: spelled_venue(text) for text in ticker.unique()}
    spelled = ticker.map(lambda text: distinct[text][1])
    ticker = ticker.where(spelled == "", ticker.map(lambda text: distinct[text][0]))
    exchange = exchange.where(spelled == "", spelled)
    settled = pd.DataFrame({"ticker": ticker, "exchange": exchange, "target": -1, "agrees": "", "disagrees": ""}, index=instruments.index)
    lines = normalise_tickers(ticker, exchange=exchange, location=instruments["country"])
    by_code = _lines_by_code(targets)
    codes = ticker.str.strip().str.upper().str.replace(r"^0+(?=\d)", "", regex=True)
    bare = (lines["country"] == "").to_numpy() & codes.isin(set(by_code)).to_numpy()
    names_of = _names_of(targets) if bare.any() else defaultdict(list)
    for row in np.flatnonzero(bare).tolist():
        choices = [(mic, target, *_evidence(instruments.iloc[row], mic, names_of[target])) for mic, target in by_code[str(codes.iat[row])]]
        mic, target, agrees, disagrees = max(choices, key=lambda choice: (len(choice[2]) - 2 * ("name" in choice[3]), -len(choice[3])))
        label = settled.index[row]
        settled.loc[label, "target"] = target
        settled.loc[label, "agrees"] = "; ".join(agrees)
        settled.loc[label, "disagrees"] = "; ".join(disagrees)
        if agrees and "name" not in disagrees:
            settled.loc[label, "exchange"] = mic
    return settled


def _lines_by_code(targets: ScreeningTargets) -> Mapping[str, list[tuple[str, int]]]:
    """Code -> venue and target of every line of a target that could be written without its venue."""
    table = targets.identifiers[targets.identifiers["kind"] == "ticker"]
    first = {venue.country: mic for mic, venue in reversed(list(VENUES.items()))}
    by_code: dict[str, list[tuple[str, int]]] = {}
    for value, target in zip(table["value"], table["target"], strict=True):
        code, _, country = str(value).rpartition(" ")
        if code and country in first:
            by_code.setdefault(code, []).append((named_venue(country) if country == "CN" else first[country], int(target)))
    return by_code


def _names_of(targets: ScreeningTargets) -> Mapping[int, list[str]]:
    """Names of each target; a listing that a caller states without one is called by its line, which is no name."""
    lines = set(targets.identifiers["security"])
    names: dict[int, list[str]] = defaultdict(list)
    for target, name in zip(targets.names["target"], targets.names["name"], strict=True):
        if name not in lines:
            names[int(target)].append(str(name))
    return names


def _evidence(row: pd.Series, mic: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """What of a row speaks for a line on that venue of an issuer of those names, and what against it."""
    venue = VENUES[mic] if mic in VENUES else VENUES["XSHG"]
    agrees: list[str] = []
    disagrees: list[str] = []
    name = str(row["name"])
    if names and any(len(word) > 1 for word in telling_words(name)):  # a name in another script cannot be compared
        (agrees if any(name_agrees(name, listed) for listed in names) else disagrees).append("name")
    currency = str(row["price_currency"] or row.get("currency", "")).upper()
    if currency:
        same = currency == venue.currency or {currency, venue.currency} <= {"CNY", "CNH"}
        (agrees if same else disagrees).append("currency")
    country = str(row["country"]).upper()
    if country:
        (agrees if country in (venue.country, *venue.spellings) else disagrees).append("country")
    return agrees, disagrees


def name_agrees(given: str, listed: str) -> bool:
    """Whether a name in a file is that of a listed issuer, be it cut, abbreviated or followed by words of the instrument.

    Compared are the words in their order, without legal forms and share classes: all of the shorter name must begin the longer one,
    the last of them perhaps cut, and tell more than a place or a word that many companies bear.

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
    last = len(short) - 1
    for place, word in enumerate(short):
        whole = long[place]
        cut = place == last and min(len(word), len(whole)) >= _SHORTEST_CUT and (whole.startswith(word) or word.startswith(whole))
        if word != whole and not cut:
            return False
    return len(short) > 1 or short[0] not in GENERIC_WORDS


def telling_words(name: str) -> list[str]:
    """The words of a name in their order, without legal forms and share classes."""
    return [word for word in plain_words(name) if word not in STOP_WORDS]
