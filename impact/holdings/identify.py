"""Who stands behind each position: distinct instruments matched once against every designated entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from impact.facts.matching import match_table
from impact.facts.names import SPELLINGS
from impact.facts.screening import UNIT_OF_PARENT, ScreeningTargets
from impact.facts.unnamed import in_own_script, says_who
from impact.holdings.distinct import distinct_rows, per_distinct
from impact.holdings.given_lists import with_given_lists
from impact.holdings.instruments import NOT_SECURITIES
from impact.holdings.proposals import name_issuers, propose, propose_bare_tickers, propose_sister_lines
from impact.holdings.status import Law
from impact.identifiers import clean_identifiers, normalise_tickers, security_lines, valid_identifiers
from impact.rules.issuer_lines import issuer_lines
from impact.rules.line_doubts import code_doubt
from impact.screening.broker_tickers import settle_tickers
from impact.screening.references import REFERRING, issuers_beginning, reference_name
from impact.tables.stacking import stacked
from impact.typing_ import IntArray

__all__ = ["INSTRUMENT_COLUMNS", "Identified", "identify"]

INSTRUMENT_COLUMNS = (
    "isin",
    "cusip",
    "sedol",
    "figi",
    "ticker",
    "exchange",
    "country",
    "name",
    "instrument",
    "underlying",
    "price_currency",
    "currency",
)


class _Match(NamedTuple):
    """Who a row was matched with: columns of `Identified.instruments`."""

    tier: str
    security: str
    entity: str
    relation: str
    tied: tuple[str, ...]
    instrument: str


_OF_ISSUER = "instrument of the issuer named"
_CODES = ("isin", "cusip", "sedol", "figi")
_LAW_CODES = ("isin", "cusip", "sedol")
# What a receipt, a right, an option is called in the last column of the report.
_LINES = {
    "equity": "local",
    "counter": "local",
    "receipt": "ADR",
    "adr": "ADR",
    "bdr": "BDR",
    "cedear": "CEDEAR",
    "gdr": "GDR",
    "fund": "fund",
}
_NOT_MATCHED = {
    "entity": "", "programme_id": "", "tier": "", "field": "", "score": np.nan, "relation": "", "security": "", "adr_ratio": np.nan,
    "explanation": "", "disagrees": "", "target": -1, "tied": (),
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Identified:
    """Distinct instruments with what is known of them.

    Attributes
    ----------
    instruments : DataFrame
        One distinct instrument a row: its identifiers as given; line (``local``, ``ADR``, ``fund``, ``option`` ...); own_line (Yahoo
        spelling of its ticker, empty when its venue is not known); entity, tier (``identifier``, ``strong``, ``review``, empty: no
        match), explanation and the other columns of a match; status and the columns of a legal status; note.
    member : tuple of (n,) int arrays
        For each table given, which instrument each of its rows is.
    """

    instruments: pd.DataFrame
    member: tuple[IntArray, ...]


def identify(tables: Sequence[pd.DataFrame], targets: ScreeningTargets, law: Law, on: pd.Timestamp) -> Identified:
    """Match the rows of several tables of positions and ask what the law says about each.

    Parameters
    ----------
    tables : sequence of DataFrame
        With the columns of ``INSTRUMENT_COLUMNS``.
    targets : ScreeningTargets
    law : Law
    on : Timestamp
        Day asked, for the entries of lists given.

    Notes
    -----
    An identifier decides which security a row is. A name only proposes: such a row is ``unknown`` until an identifier or the
    row's own trading line ties it to a list; a bare number that trades in Hong Kong dollars or renminbi is a line of that market.
    A row with neither a ticker and venue nor a code with a name is never ``clear``, unless the table of lines knows the code.
    """
    columns = [pd.concat([table[name] for table in tables], ignore_index=True) for name in INSTRUMENT_COLUMNS]
    first, codes = distinct_rows(columns)
    instruments = pd.DataFrame(
        {name: column.take(first).reset_index(drop=True) for name, column in zip(INSTRUMENT_COLUMNS, columns, strict=True)}
    )
    instruments["exchange"] = _venue_by_currency(instruments)
    settled = settle_tickers(instruments, targets)
    instruments["ticker"], instruments["exchange"] = settled["ticker"], settled["exchange"]
    lines = normalise_tickers(instruments["ticker"], exchange=instruments["exchange"], location=instruments["country"])
    instruments["own_line"] = lines["yahoo"]
    stated_codes = [clean_identifiers(instruments[kind]) for kind in _LAW_CODES]
    matched = _best_matches(instruments, targets)
    listed = instruments["instrument"].isin(NOT_SECURITIES) & (matched["tier"] != "")
    instruments["instrument"] = instruments["instrument"].where(~listed, "unknown")  # called cash, and it has the code of a listed line
    name_issuers(matched, settled, targets, law.as_of)
    propose_bare_tickers(matched, settled, instruments["own_line"], targets)
    propose_sister_lines(matched, instruments, stated_codes, targets, law)
    instruments = pd.concat([instruments, matched], axis=1)
    instruments["adr_ratio"] = instruments["adr_ratio"].astype("float64")
    finer = matched["line_kind"] != ""
    plain = instruments["instrument"].isin(["equity", "unknown", "receipt"])
    kind = instruments["instrument"].where(~(finer & plain), matched["line_kind"])
    instruments["instrument"] = kind
    instruments["line"] = kind.map(_LINES).fillna(kind)
    instruments["identified"] = _identified(instruments, stated_codes, law)
    instruments = pd.concat([instruments, _statuses(instruments, stated_codes, law)], axis=1)
    told = instruments["proposed"] != ""
    instruments["explanation"] = instruments["explanation"].where(~told, instruments["explanation"] + "; " + instruments["proposed"])
    # A name only proposes: where the row's own line is what a list names, the list says who it is.
    by_line = (instruments["tier"] != "identifier") & (instruments["listed_as"] != "")
    instruments["entity"] = instruments["entity"].where(~by_line, instruments["listed_as"])
    ends = np.cumsum([len(table) for table in tables])
    return Identified(instruments=with_given_lists(instruments, targets, on), member=tuple(np.split(codes, ends[:-1])))


def _venue_by_currency(instruments: pd.DataFrame) -> pd.Series:
    """The exchange as given; where neither it nor a country is, a bare number tells with the currency it trades in."""
    silent = (instruments["exchange"] == "") & (instruments["country"] == "")
    ticker = instruments["ticker"]
    currency = instruments["price_currency"].where(instruments["price_currency"] != "", instruments["currency"]).str.upper()
    hong_kong = silent & (currency == "HKD") & ticker.str.fullmatch(r"\d{1,5}")
    mainland = silent & currency.isin(["CNY", "CNH", "RMB"]) & ticker.str.fullmatch(r"\d{6}")
    return instruments["exchange"].where(~hong_kong, "XHKG").where(~mainland, "XSHG")


def _best_matches(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    asked = instruments.copy()
    cash = asked["instrument"].isin(NOT_SECURITIES).to_numpy()
    asked.loc[cash, "name"] = ""  # a code says more than the word cash; a name of a currency or a bank resembles listed ones
    written = asked["underlying"] != ""
    if written.any():  # an option or swap is matched by what it is written on
        asked.loc[written, "name"] = asked.loc[written, "underlying"]
        asked.loc[written, "ticker"] = asked.loc[written, "underlying"]
        coded = written & valid_identifiers(asked["underlying"], "isin")
        asked.loc[coded, "isin"] = asked.loc[coded, "underlying"]
    best = pd.DataFrame({name: pd.Series([value] * len(asked)) for name, value in {**_NOT_MATCHED, "line_kind": ""}.items()})
    referring = asked["instrument"].isin(REFERRING) & (asked["name"] != "")
    if referring.any():
        asked.loc[referring, "name"] = per_distinct(asked.loc[referring, "name"], lambda names: names.map(reference_name))
    if targets.entities.empty or asked.empty:
        return best
    by_code = match_table(
        asked.drop(columns=["own_line", "instrument", "underlying", "price_currency", "currency"]), targets, names="never"
    )
    rest = np.setdiff1d(np.flatnonzero(_may_share_a_word(asked["name"], targets)), by_code["row"].to_numpy())
    pairs = by_code
    if len(rest):
        by_name = match_table(asked[["name"]].take(rest).reset_index(drop=True), targets)
        by_name["row"] = rest[by_name["row"].to_numpy(dtype=np.int64)]
        # A part of a name proposes nothing for a share whose identifier is known and is no listed one.
        rows = by_name["row"].to_numpy(dtype=np.int64)
        own_code = _has_code(asked.take(rows)) & ~referring.to_numpy()[rows]
        by_name = by_name[~(own_code & (by_name["score"] <= 80.0).to_numpy())]
        whole = referring.to_numpy()[by_name["row"].to_numpy(dtype=np.int64)] & (by_name["score"] >= 100.0).to_numpy()
        by_name["relation"] = by_name["relation"].where(~whole, _OF_ISSUER)
        pairs = stacked((by_code, by_name))
    # Several lists may bear one name, each for itself: the law is asked of all that fit best.
    best_score = pairs.groupby("row")["score"].transform("max")
    fitting = pairs[pairs["score"] == best_score]
    tied = pd.Series({row: tuple(dict.fromkeys(entities)) for row, entities in fitting.groupby("row")["entity"]}, dtype=object)
    pairs = fitting.drop_duplicates("row").set_index("row").rename(columns={"instrument": "line_kind"}).assign(tied=tied)
    columns = {name: best[name].to_numpy(dtype=object, copy=True) for name in best.columns}
    for name, cells in columns.items():
        cells[pairs.index.to_numpy(dtype=np.int64)] = pairs[name].to_numpy(dtype=object)
    best = pd.DataFrame(columns, dtype=object)
    left = referring & (best["tier"] == "")
    beginning = issuers_beginning(asked.loc[left, "name"], targets)
    named = asked.loc[left & asked["name"].isin(set(beginning)), ["name"]]
    for row, name in named.itertuples(name=None):
        told = f"the issuer {name!r} begins as a listed name does"
        propose(best, row, beginning[name], "name", "begins with the same words", told, targets)
    return best


def _may_share_a_word(names: pd.Series, targets: ScreeningTargets) -> np.ndarray:
    """Names with a word that begins as some distinctive word of a target does, or that begin as a whole target does but for blanks."""
    told = targets.name_index.by_word
    spelled = {variant for variant, word in SPELLINGS.items() if word in told}
    beginnings = sorted({word[:4] for word in (*told, *spelled)})
    if not beginnings:
        return np.zeros(len(names), dtype=bool)
    written = names.str.upper().str.replace("['`]", "", regex=True)
    begins = written.str.contains(f"(?:^|[^A-Z0-9])(?:{'|'.join(beginnings)})", regex=True)
    apart = written.str.replace("[^A-Z0-9]", "", regex=True).str[:4].isin({one[:4] for one in targets.name_index.runs.closed})
    return (begins | apart | written.str.contains("[^\\x00-\\x7F]", regex=True)).to_numpy(dtype=bool)


def _has_code(instruments: pd.DataFrame) -> np.ndarray:
    return np.logical_or.reduce([valid_identifiers(instruments[kind], kind) for kind in _CODES])


def _tells(line: str, *, named: bool) -> bool:
    """Whether a line tells whose it is: by a table, or by its venue; with a name also where foreign shares have codes of their own."""
    if not line or line in issuer_lines().line_of:
        return bool(line)
    doubt = code_doubt(line, in_us=True)  # a line without an ending is one of the United States
    return not doubt or (named and doubt == "foreign")


def _in_own_script(names: pd.Series, isins: pd.Series) -> np.ndarray:
    """(n,) bool: names in the script of the country of their ISIN, one that no listed issuer has a line of."""
    told = np.zeros(len(names), dtype=bool)
    odd = np.flatnonzero(~names.map(str.isascii).to_numpy(dtype=bool))
    if len(odd):
        on_record = {code[:2] for code in security_lines()["isin"] if code}
        pairs = zip(names.take(odd), isins.take(odd), strict=True)
        told[odd] = [isin[:2] not in on_record and in_own_script(name, isin) for name, isin in pairs]
    return told


def _identified(instruments: pd.DataFrame, stated_codes: Sequence[pd.Series], law: Law) -> pd.Series:
    """Rows of which it is known whose they are: by a line, by a code of the table of lines, or by a code with the name of what it is.

    A code alone does not tell whose it is, be its check digit valid, nor one beside words for shares, nor beside a name in letters that no
    listed name is compared in, but for those of the country of its ISIN where no line is on record from there nor stated; nor does a line of
    a venue that quotes foreign shares under codes of its own, nor one of a fund, of debt or of a structured product. Of a bond or derivative the name must tell the issuer.
    """
    on_record = issuer_lines().line_of
    told = np.logical_or.reduce([codes.isin(on_record) for codes in stated_codes])
    named = says_who(instruments["name"])
    if not law.book.issuers.states_lines_of_no_table:  # a stated issuer may be of any country
        named |= _in_own_script(instruments["name"], instruments["isin"])
    line_tells = per_distinct(instruments["own_line"], lambda lines: [_tells(line, named=False) for line in lines]).to_numpy(bool)
    with_name = per_distinct(instruments["own_line"], lambda lines: [_tells(line, named=True) for line in lines]).to_numpy(bool)
    given_anew = per_distinct(instruments["own_line"], lambda lines: [law.is_given_anew(line) for line in lines]).to_numpy(bool)
    line_tells = (line_tells | (named & with_name)) & ~given_anew
    known = line_tells | told | (_has_code(instruments) & named)
    referring = instruments["instrument"].isin(REFERRING - {"receipt", "right"}).to_numpy()
    issuer_told = ~referring | (instruments["underlying"] != "").to_numpy()
    asked = np.flatnonzero(~issuer_told)
    if len(asked):
        issuer_told[asked] = per_distinct(instruments["name"].take(asked), lambda names: names.map(reference_name)) != ""
    return pd.Series(known & issuer_told, index=instruments.index)


def _statuses(instruments: pd.DataFrame, stated_codes: Sequence[pd.Series], law: Law) -> pd.DataFrame:
    """Status, and what it rests on, of each distinct instrument."""
    n = len(instruments)
    texts = ("status", "law_key", "listed_as", "programme", "citation", "rule", "undecided", "lifted_by", "note", "proposed")
    columns: dict[str, list[object]] = {name: [""] * n for name in texts}
    columns |= {name: [pd.NaT] * n for name in ("next_ban_at", "divest_by_at")}
    matched = (instruments["tier"] != "").to_numpy()
    told_by = [instruments["own_line"], *stated_codes]
    country_wide = np.logical_or.reduce([law.book.issuers.country_wide(column) for column in told_by])
    cash = instruments["instrument"].isin(NOT_SECURITIES).to_numpy()
    identified = instruments["identified"].to_numpy() & ~country_wide
    unnamed = "unknown" if law.unnamed.status == "unknown" else "clear"
    columns["status"] = np.where(cash, "clear", np.where(identified, unnamed, "unknown")).tolist()
    columns["note"] = np.where(
        cash,
        "no security",
        np.where(
            identified, "screened by identifier: no match", "no ticker with its venue, and no valid identifier that tells whose it is"
        ),
    ).tolist()
    if unnamed == "unknown":
        columns["rule"] = np.where(identified & ~cash, law.unnamed.rule, "").tolist()
    open_rows = np.flatnonzero(~identified & ~cash & ~matched)
    open_codes = zip(*(column.take(open_rows).tolist() for column in told_by), strict=True)
    for row, codes in zip(open_rows.tolist(), open_codes, strict=True):
        columns["rule"][row] = doubt = law.doubt(_told(codes))
        columns["note"][row] = doubt or columns["note"][row]
    named = np.logical_or.reduce([law.names(column) for column in told_by]) & ~cash
    rows = np.flatnonzero(matched | named)
    told = zip(*(column.take(rows).tolist() for column in told_by), strict=True)
    matches = instruments[list(_Match._fields)].take(rows).itertuples(index=False, name=None)
    for row, codes, match in zip(rows.tolist(), told, map(_Match._make, matches), strict=True):
        keys = _law_keys(match, codes, law)
        if not keys:
            columns["status"][row], columns["rule"][row] = "unknown", law.doubt(_told(codes))
            columns["note"][row] = f"{match.tier} match only: {match.relation}"
            if match.relation == _OF_ISSUER and (named_so := law.keys((), match.tied)):
                _, answer = law.worst(named_so, match.instrument)
                columns["listed_as"][row] = answer.entity
                columns["proposed"][row] = (
                    f"were it of {answer.entity or match.entity}, it would be {answer.status} {answer.programme_id}".strip()
                )
            continue
        key, answer = law.worst(keys, match.instrument)
        columns["status"][row], columns["law_key"][row] = answer.status, key
        columns["programme"][row], columns["citation"][row], columns["rule"][row] = answer.programme_id, answer.citation, answer.rule
        columns["lifted_by"][row], columns["listed_as"][row], columns["undecided"][row] = answer.lifted_by, answer.entity, answer.undecided
        columns["next_ban_at"][row], columns["divest_by_at"][row] = answer.next_ban_at, answer.divest_by_at
        by_place = answer.entity and not match.tier
        reached = f"{key} is reached by {answer.programme_id} ({answer.entity}): {answer.rule}" if by_place else ""
        columns["note"][row] = "nothing is barred for this investor now" if answer.status == "clear" else reached
    frame = pd.DataFrame(columns, index=instruments.index)
    for name in ("next_ban_at", "divest_by_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[ns, UTC]")
    return frame


def _told(codes: Sequence[str]) -> tuple[str, ...]:
    """The line and the codes of a row as one asks about them: a line without an ending is one of the United States."""
    line, *others = codes
    return (f"{line} US" if line and "." not in line else line, *others)


def _law_keys(match: _Match, told_by: Sequence[str], law: Law) -> tuple[str, ...]:
    """What to ask the rules by: the line matched, the row's own line and codes, and the entities; empty when only a name speaks for it.

    A code that falls under a programme by where it was issued does not tell whose it is: there a whole name speaks too.
    """
    codes = [match.security, *told_by]
    of_parent = match.relation == UNIT_OF_PARENT
    if match.tier == "identifier" and not of_parent:
        return law.keys(codes, (match.entity,))
    known = law.keys(codes, ())
    return law.keys(codes, match.tied) if known and match.tier == "strong" else known
