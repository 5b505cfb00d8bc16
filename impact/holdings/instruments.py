"""What kind of instrument a row is, from the words that files use."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.holdings.cash_labels import is_called_cash
from impact.holdings.distinct import per_distinct
from impact.identifiers import normalise_tickers
from impact.intake.currencies import CURRENCIES
from impact.typing_ import BoolArray

__all__ = ["INSTRUMENTS", "NOT_PRODUCTS", "NOT_SECURITIES", "classify_instruments", "with_cash_symbols", "written_on"]

INSTRUMENTS = ("equity", "receipt", "fund", "option", "future", "swap", "warrant", "right", "bond", "cash", "fx", "unknown")
NOT_SECURITIES = ("cash", "fx")
"""Kinds that no securities programme can reach."""
NOT_PRODUCTS = ("bond", "option", "future", "swap", "forward", "repo", "cash")
"""Kinds whose value is not quantity times price."""
_ACCOUNT_TYPES = frozenset({"cash", "margin", "short", "cash account", "margin account", "short account"})
"""What brokers call the account of a line; a column of nothing else says of no line what it is."""

# The first pattern found decides; derivatives come before what they are written on.
_BY_CLASS: tuple[tuple[str, str], ...] = (
    ("option", r"\boption|\bput\b|\bcall\b"),
    ("future", r"\bfutures?\b|\bterminkontrakt"),
    ("swap", r"\bswaps?\b|\btrs\b|\bcfd\b|\bswp\b|contract for difference"),
    ("warrant", r"\bwarrants?\b|\boptionsschein"),
    ("right", r"\brights?\b|\bcvr\b|bezugsrecht"),
    ("fx", r"^fx\b|\bforwards?\b|foreign exchange|currency contract|^fwd|devisen"),
    ("equity", r"\bcash equit"),  # shares themselves, as against derivatives on them
    ("cash", r"\bcash\b|\bcurrency\b|money market|\bcurncy\b|collateral|\bmargin|\bliquid|\bbargeld|^stiv$|repurchase"),
    ("bond", r"\bbonds?\b|fixed income|\bnotes?\b|\bdebt\b|\bdbt\b|\bgovt\b|treasury|anleihe|convertible|debenture|\bcorp\b|\bmuni\b"),
    ("receipt", r"depo[sz]it[ao]ry|\badrs?\b|\bgdrs?\b|\bads\b|\bsponsored\b|\bspon\b|hinterlegung"),
    (
        "fund",
        r"\betfs?\b|\bfunds?\b|\bucits\b|exchange.traded|mutual|\bfonds\b|\bsicav\b|unit trust|\brf\b|\betp\b|基金|投資信託|펀드|(^|[^a-z])mf([^a-z]|$)",
    ),
    ("equity", r"equit|\bstock|aktie|\bcommon\b|\bshares?\b|ordinary|^ec$|^com$|\bazioni|^ep$|preferred"),
)
_BY_NAME: tuple[tuple[str, str], ...] = (
    (
        "bond",
        r"\b\d{1,2}(\.\d+)?[ \xa0]?%?[ \xa0](due[ \xa0])?\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{1,2}(\.\d+)?[ \xa0]?%.*\b20\d\d\b|\b\d\.\d+ (19|20)\d\d\b|\bperp(etual)?\b",
    ),
    ("option", r"\b(call|put)\b.*\d|\d (call|put)s?$|\b[cp]\d{2,}(\.\d+)?$|\d (c|p) \d"),
    ("swap", r"^trs on |\btotal return swap\b|\bswap\b"),
    ("future", r"\bfutures?\b|\bindex \(ice\)|\bemini\b|\be-mini\b| (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) \d{2}$"),
    ("warrant", r"\bwarrants?\b|\bwts?\b"),
    ("right", r"\brights?\b|\brts\b"),
    (
        "cash",
        r"\bcash\b|u\.s\. dollar|^us dollars?$|\bmoney market\b|^pending activity$|^interest/overdraft$|^(great )?british pounds?( sterling)?$"
        r"|^(australian|canadian|hong kong|new zealand|singapore|taiwan) dollars?$|^japanese yen$|^swiss francs?$|^chinese (yuan|renminbi)$",
    ),
    ("receipt", r"\badrs?\b|\bgdrs?\b|\bads\b|depo[sz]it[ao]ry|\bspon\b|\bspons\b|\bsponsored\b"),
    (
        "fund",
        r"(^|[^a-z])etfs?([^a-z]|$)|qdii|基金|联接|聯接|投資信託|펀드|\bucits\b|\bishares\b|\bspdr\b|\bfunds?\b|\bfonds\b|\bsicav\b|\betp\b|\bunit trust\b"
        r"|\bvanguard (total|lifestrategy|target|emerging|developed|esg|u\.?s\.?|uk|global|small|mid|large|federal)\b"
        r"|\bxtrackers\b|\blyxor\b|\bkraneshares\b|\bproshares\b|\bdirexion\b|\bindex\b.*\b(acc|dist|accumulation)\b"
        r"|[^ ]+ .*\b(msci|ftse|stoxx|nasdaq[ -]?100|s&p ?500|russell ?\d+|topix|csi ?300|hang seng (index|tech))\b",
    ),
)
_BY_TICKER: tuple[tuple[str, str], ...] = (
    ("cash", r"^[A-Z]{3} CURNCY$|^PENDING ACTIVITY$|^CASH (&|AND) CASH INVESTMENTS$"),
    # A month or day of expiry stands before the strike; after letters alone a strike has two digits. C1 and C2 alone are venues.
    (
        "option",
        r"^-?[A-Z]{1,6} *\d{6}[CP](\d{8}|\d{1,5}(\.\d+)?)$|([ /]\d{1,2}(/\d{2,4})? [CP]\d+|^[A-Z]+( [A-Z]{2})? [CP]\d{2,})(\.\d+)?( EQUITY)?$",
    ),
)
_DEBT_ISIN = r"XS\w{10}|(?:US|CA)\w{6}(?:[A-Z]\w|\w[A-Z])\w\d"
"""International debt securities, and North American ones: the issue number of a CUSIP has a letter where it is no share."""
_BY_IDENTIFIER: tuple[tuple[str, str], ...] = (("cash", r"^CASH"),)


def classify_instruments(text: Mapping[str, pd.Series]) -> pd.Series:
    """The kind of each row: one of ``INSTRUMENTS``.

    Parameters
    ----------
    text : mapping of field to Series of str
        Any of asset_class, put_call, name, ticker, identifier, isin; what is absent is not used.

    Notes
    -----
    A stated class wins, except that a plain "equity" whose name says receipt, right or warrant is that, and that a column which
    says cash or margin of every line tells their account: it states nothing of a line with a code. Without a stated class the
    name, the ticker and the identifier speak; a row with an identifier or a ticker and no other sign is ``unknown``, never
    taken to be a share.
    """
    length = len(next(iter(text.values())))
    stated = np.where(_accounts_told(text, length), "", _found(text.get("asset_class"), _BY_CLASS, length))
    named = _found(text.get("name"), _BY_NAME, length)
    named = np.where((named == "") & _called_cash(text, length), "cash", named)
    coded = _found(text.get("ticker"), _BY_TICKER, length, upper=True)
    held = _found(text.get("identifier"), _BY_IDENTIFIER, length, upper=True)
    if (held != "").any():
        held[held != ""] = np.where(_have_venue(text["identifier"][held != ""]), "", held[held != ""])
    kind = np.where(coded != "", coded, np.where(held != "", held, np.where(stated != "", stated, named)))
    coded_share = (text["isin"] != "").to_numpy() if "isin" in text else np.zeros(length, dtype=bool)
    real_estate = named_reit(text.get("name"), length)
    unsaid = (stated == "") & (held == "") & (coded == "")
    # Neither a future nor cash has an ISIN: a company may be called so (POSCO Future M, Cash Converters), and a REIT may be called a fund.
    kind = np.where(unsaid & coded_share & np.isin(kind, ("future", "cash")), "unknown", kind)
    kind = np.where(unsaid & real_estate & (kind == "fund"), "equity", kind)
    finer = (kind == "equity") & np.isin(named, ("receipt", "right", "warrant"))
    kind = np.where(finer, named, kind)
    if "isin" in text:
        kind = np.where((unsaid & (kind == "")) & text["isin"].str.fullmatch(_DEBT_ISIN).to_numpy(dtype=bool), "bond", kind)
    if "put_call" in text:
        kind = np.where(text["put_call"].str.strip().str.upper().isin(["PUT", "CALL", "P", "C"]), "option", kind)
    return pd.Series(np.where(kind == "", "unknown", kind), dtype="str")


def written_on(rows: pd.DataFrame) -> pd.Series:
    """The ticker of what each option is on, as the symbol of the option tells it; empty where it does not.

    Examples
    --------
    >>> symbols = pd.DataFrame({"ticker": ["-CHL210416P25", "700 HK 03/30/21 C600", "AAPL"], "instrument": ["option", "option", "equity"]})
    >>> written_on(symbols).tolist()
    ['CHL US', '700 HK', '']
    """
    options = (rows["instrument"] == "option").to_numpy()
    told = pd.Series("", index=rows.index, dtype="str")
    if options.any():
        symbols = rows.loc[options, "ticker"].str.strip().str.upper()
        cleared = symbols.str.extract(r"^-?([A-Z]{1,6}) *\d{6}[CP][\d.]+$")[
            0
        ]  # symbols of the options clearing house are of the United States
        dated = symbols.str.extract(r"^([A-Z0-9]{1,6} [A-Z]{2}) \d{1,2}/\d{1,2}(?:/\d{2,4})? [CP][\d.]+(?: EQUITY)?$")[0]
        spelled = symbols.str.extract(r"^([A-Z]{1,6}) \d{1,2}/\d{1,2}/\d{4} [\d.]+ [CP]$")[0]
        cleared = cleared.where(cleared.notna(), spelled)
        told[options] = (cleared + " US").where(cleared.notna(), dated).fillna("")
    return told


def with_cash_symbols(rows: pd.DataFrame) -> pd.Series:
    """The kinds of lines, cash for those without name and code that a label of cash stands for in the column of symbols.

    ``CASH`` is the symbol of a share as well: such a line is cash where it has a value and neither quantity nor price, and none where it has a venue.
    """
    told = ((rows["ticker"] != "") & (rows["name"] == "") & (rows["instrument"] == "unknown")).to_numpy(dtype=bool, copy=True)
    for code in ("isin", "cusip", "sedol", "figi"):
        told &= (rows[code] == "").to_numpy(dtype=bool)
    if not told.any():
        return rows["instrument"]
    told[told] = per_distinct(rows.loc[told, "ticker"], lambda cells: cells.map(is_called_cash)).to_numpy(dtype=bool)
    valued = (rows["market_value"].notna() & rows["quantity"].isna() & rows["price"].isna()).to_numpy(dtype=bool)
    told &= valued | (rows["ticker"].str.upper() != "CASH").to_numpy(dtype=bool)
    told[told] = ~_have_venue(rows.loc[told, "ticker"], rows.loc[told, "exchange"])
    return rows["instrument"].where(~told, "cash")


def _have_venue(symbols: pd.Series, exchange: pd.Series | None = None) -> np.ndarray:
    """(n,) bool: symbols of a line on a venue, which are those of shares whatever word they are (``CASH US``)."""
    return (normalise_tickers(symbols, exchange=exchange)["country"] != "").to_numpy(dtype=bool)


def _called_cash(text: Mapping[str, pd.Series], length: int) -> np.ndarray:
    """(n,) bool: lines without a code whose name says that they are cash and nothing else."""
    told = np.zeros(length, dtype=bool)
    names = text.get("name")
    if names is None:
        return told
    asked = (names != "").to_numpy(dtype=bool, copy=True)
    for code in ("isin", "cusip", "sedol", "figi"):
        asked &= (text[code] == "").to_numpy(dtype=bool) if code in text else True
    if asked.any():
        told[asked] = per_distinct(names[asked], lambda cells: cells.map(is_called_cash)).to_numpy(dtype=bool)
    return told


def _accounts_told(text: Mapping[str, pd.Series], length: int) -> np.ndarray:
    """(n,) bool: lines with a code whose class is that of their account, in a column that says nothing else."""
    told = text.get("asset_class")
    words = set() if told is None else {word.strip().lower() for word in told.unique()} - {""}
    if not words or not words <= _ACCOUNT_TYPES:
        return np.zeros(length, dtype=bool)
    coded = np.zeros(length, dtype=bool)
    for name in ("ticker", "identifier", "isin", "cusip", "sedol", "figi"):
        if name in text:
            coded |= ((text[name] != "") & ~text[name].str.strip().str.upper().isin(CURRENCIES)).to_numpy(dtype=bool)
    return coded


def named_reit(names: pd.Series | None, length: int) -> np.ndarray:
    """(n,) bool: the name says that it is a real estate investment trust."""
    return np.zeros(length, dtype=bool) if names is None else names.str.contains(r"\breits?\b", case=False, regex=True).to_numpy(dtype=bool)


def _found(column: pd.Series | None, patterns: tuple[tuple[str, str], ...], length: int, *, upper: bool = False) -> np.ndarray:
    """First kind whose pattern occurs, empty where none does; each distinct text is searched once."""
    if column is None:
        return np.full(length, "", dtype=object)
    codes, distinct = pd.factorize(column)
    words = pd.Series(distinct, dtype="str")
    words = words.str.upper() if upper else words.str.lower()
    kinds = np.full(len(words) + 1, "", dtype=object)
    ascii_only = ~words.str.contains("[^\\x00-\\x7F]", regex=True).to_numpy(dtype=bool)
    for alike in (np.flatnonzero(ascii_only), np.flatnonzero(~ascii_only)):  # a search in ASCII alone runs in Arrow
        told = _holds(words.take(alike), "|".join(pattern for _, pattern in patterns))
        alike = alike[told]  # most texts hold none of them
        for kind, pattern in reversed(patterns if len(alike) else ()):
            kinds[alike[_holds(words.take(alike), pattern)]] = kind
    return kinds[codes]


def _holds(texts: pd.Series, pattern: str) -> BoolArray:
    """Texts in which a pattern occurs; its groups capture nothing."""
    return texts.str.contains(pattern.replace("(", "(?:"), regex=True).to_numpy(dtype=bool)
