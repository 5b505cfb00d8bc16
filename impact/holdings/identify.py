"""Who stands behind each position: distinct instruments matched once against every designated entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.facts.matching import match_table
from impact.facts.names import SPELLINGS, NameIndex
from impact.facts.screening import ScreeningTargets
from impact.holdings.distinct import distinct_rows
from impact.holdings.instruments import NOT_SECURITIES
from impact.holdings.status import Law
from impact.identifiers import normalise_tickers, valid_identifiers
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
)
_CODES = ("isin", "cusip", "sedol", "figi")
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
    "explanation": "", "disagrees": "", "target": -1,
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


def identify(tables: Sequence[pd.DataFrame], targets: ScreeningTargets, law: Law) -> Identified:
    """Match the rows of several tables of positions and ask what the law says about each.

    Parameters
    ----------
    tables : sequence of DataFrame
        With the columns of ``INSTRUMENT_COLUMNS``.
    targets : ScreeningTargets
    law : Law

    Notes
    -----
    An identifier decides which security a row is. A name only proposes: such a row is ``unknown`` until an identifier or the
    row's own trading line ties it to a list; a bare number that trades in Hong Kong dollars or renminbi is a line of that market.
    A row with neither a valid identifier nor a ticker and venue is never ``clear``.
    """
    columns = [pd.concat([table[name] for table in tables], ignore_index=True) for name in INSTRUMENT_COLUMNS]
    first, codes = distinct_rows(columns)
    instruments = pd.DataFrame(
        {name: column.take(first).reset_index(drop=True) for name, column in zip(INSTRUMENT_COLUMNS, columns, strict=True)}
    )
    instruments["exchange"] = _venue_by_currency(instruments)
    lines = normalise_tickers(instruments["ticker"], exchange=instruments["exchange"], location=instruments["country"])
    instruments["own_line"] = lines["yahoo"]
    matched = _best_matches(instruments, targets)
    instruments = pd.concat([instruments, matched], axis=1)
    instruments["adr_ratio"] = instruments["adr_ratio"].astype("float64")
    finer = matched["line_kind"] != ""
    plain = instruments["instrument"].isin(["equity", "unknown", "receipt"])
    kind = instruments["instrument"].where(~(finer & plain), matched["line_kind"])
    instruments["instrument"] = kind
    instruments["line"] = kind.map(_LINES).fillna(kind)
    instruments["identified"] = _identified(instruments)
    instruments = pd.concat([instruments, _statuses(instruments, law)], axis=1)
    # A name only proposes: where the row's own line is what a list names, the list says who it is.
    by_line = (instruments["tier"] != "identifier") & (instruments["listed_as"] != "")
    instruments["entity"] = instruments["entity"].where(~by_line, instruments["listed_as"])
    ends = np.cumsum([len(table) for table in tables])
    return Identified(instruments=instruments, member=tuple(np.split(codes, ends[:-1])))


def _venue_by_currency(instruments: pd.DataFrame) -> pd.Series:
    """The exchange as given; where neither it nor a country is, a bare number tells with the currency it trades in."""
    silent = (instruments["exchange"] == "") & (instruments["country"] == "")
    ticker, currency = instruments["ticker"], instruments["price_currency"].str.upper()
    hong_kong = silent & (currency == "HKD") & ticker.str.fullmatch(r"\d{1,5}")
    mainland = silent & currency.isin(["CNY", "CNH", "RMB"]) & ticker.str.fullmatch(r"\d{6}")
    return instruments["exchange"].where(~hong_kong, "XHKG").where(~mainland, "XSHG")


def _best_matches(instruments: pd.DataFrame, targets: ScreeningTargets) -> pd.DataFrame:
    asked = instruments.copy()
    asked.loc[asked["instrument"].isin(NOT_SECURITIES), list(INSTRUMENT_COLUMNS)] = ""
    written = asked["underlying"] != ""
    if written.any():  # an option or swap is matched by what it is written on
        asked.loc[written, "name"] = asked.loc[written, "underlying"]
        asked.loc[written, "ticker"] = asked.loc[written, "underlying"]
    best = pd.DataFrame({name: pd.Series([value] * len(asked)) for name, value in {**_NOT_MATCHED, "line_kind": ""}.items()})
    if targets.entities.empty or asked.empty:
        return best
    by_code = match_table(asked.drop(columns=["own_line", "instrument", "underlying", "price_currency"]), targets, names="never")
    rest = np.setdiff1d(np.flatnonzero(_may_share_a_word(asked["name"], targets)), by_code["row"].to_numpy())
    pairs = by_code
    if len(rest):
        by_name = match_table(asked[["name"]].take(rest).reset_index(drop=True), targets)
        by_name["row"] = rest[by_name["row"].to_numpy(dtype=np.int64)]
        pairs = pd.concat([part for part in (by_code, by_name) if len(part)] or [by_code], ignore_index=True)
    pairs = pairs.drop_duplicates("row").set_index("row").rename(columns={"instrument": "line_kind"})
    for name in best.columns:
        best[name] = best[name].astype(object)
        best.loc[pairs.index, name] = pairs[name].astype(object)
    return best


def _may_share_a_word(names: pd.Series, targets: ScreeningTargets) -> np.ndarray:
    """Names with a word that begins as some distinctive word of a target does: all that could be proposed, and few others."""
    told = NameIndex.of(targets.names).by_word
    spelled = {variant for variant, word in SPELLINGS.items() if word in told}
    beginnings = sorted({word[:4] for word in (*told, *spelled)})
    if not beginnings:
        return np.zeros(len(names), dtype=bool)
    written = names.str.upper().str.replace("['`]", "", regex=True)
    begins = written.str.contains(f"(?:^|[^A-Z0-9])(?:{'|'.join(beginnings)})", regex=True)
    return (begins | written.str.contains("[^\\x00-\\x7F]", regex=True)).to_numpy(dtype=bool)


def _identified(instruments: pd.DataFrame) -> pd.Series:
    known = (instruments["own_line"] != "").to_numpy()
    for kind in _CODES:
        known = known | valid_identifiers(instruments[kind], kind)
    return pd.Series(known, index=instruments.index)


def _statuses(instruments: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Status, and what it rests on, of each distinct instrument."""
    n = len(instruments)
    texts = ("status", "law_key", "listed_as", "programme", "citation", "rule", "lifted_by", "note")
    columns: dict[str, list[object]] = {name: [""] * n for name in texts}
    columns |= {name: [pd.NaT] * n for name in ("next_ban_at", "divest_by_at")}
    matched = (instruments["tier"] != "").to_numpy()
    cash = instruments["instrument"].isin(NOT_SECURITIES).to_numpy()
    identified = instruments["identified"].to_numpy()
    columns["status"] = np.where(cash, "clear", np.where(identified, "clear", "unknown")).tolist()
    columns["note"] = np.where(
        cash, "no security", np.where(identified, "screened by identifier: no match", "no valid identifier, and no ticker with its venue")
    ).tolist()
    for row in np.flatnonzero(matched | _named_by_line(instruments, law, cash)):
        found = instruments.iloc[row]
        key = _law_key(found, law)
        if not key:
            columns["status"][row] = "unknown"
            columns["note"][row] = f"{found['tier']} match only: {found['relation']}"
            continue
        answer = law.status(key, found["instrument"])
        columns["status"][row], columns["law_key"][row] = answer.status, key
        columns["programme"][row], columns["citation"][row], columns["rule"][row] = answer.programme_id, answer.citation, answer.rule
        columns["lifted_by"][row], columns["listed_as"][row] = answer.lifted_by, answer.entity
        columns["next_ban_at"][row], columns["divest_by_at"][row] = answer.next_ban_at, answer.divest_by_at
        columns["note"][row] = "nothing is barred for this investor now" if answer.status == "clear" else ""
    frame = pd.DataFrame(columns, index=instruments.index)
    for name in ("next_ban_at", "divest_by_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[ns, UTC]")
    return frame


def _named_by_line(instruments: pd.DataFrame, law: Law, cash: np.ndarray) -> np.ndarray:
    """Rows whose own trading line a list names, though no identifier of theirs matched."""
    named = {line for listing in law.book.listings for line in listing.keys}
    return instruments["own_line"].isin(named).to_numpy() & ~cash


def _law_key(found: pd.Series, law: Law) -> str:
    """What to ask the rules by: the line matched, the row's own line, the entity; empty when only a name speaks for it."""
    sure = found["tier"] in ("", "identifier") and found["relation"] != "unit named with a designated parent"
    choices = [found["security"], found["own_line"], found["isin"], *([found["entity"]] if sure else [])]
    return next((choice for choice in choices if law.knows(choice)), "")
