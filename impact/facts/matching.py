"""Which lines of a holdings table belong to a designated or listed entity, and on what evidence.

Identifiers decide: ISIN, then CUSIP and SEDOL, then ticker with its country, then FIGI and LEI. A name only proposes, and no
row is ever confirmed here: `tier` says how far the evidence goes, `explanation` says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.facts.code_tables import Hits
from impact.facts.names import core_name, is_acronym
from impact.facts.screening import UNIT_OF_PARENT, ScreeningTargets
from impact.identifiers import clean_identifiers, cusip_from_isin, normalise_tickers
from impact.tables.prose import decimal
from impact.tables.stacking import stacked
from impact.typing_ import IntArray

__all__ = ["MATCH_COLUMNS", "MATCH_FIELDS", "match_table"]

MATCH_FIELDS = ("isin", "cusip", "sedol", "ticker", "figi", "lei", "identifier", "exchange", "country", "name")
MATCH_COLUMNS = (
    *("row", "label", "entity", "programme_id", "tier", "field", "value", "score", "relation", "security", "instrument", "adr_ratio"),
    *("listed_on", "removed_on", "origin", "version", "fact_id", "disagrees", "explanation", "target"),
)
_BY_CODE = ("isin", "cusip", "sedol", "ticker", "figi", "lei", "identifier")
_SAID = {
    "listed line": "is a listed line of",
    "other line of the issuer": "is another line of the issuer of",
    "unit named with a designated parent": "belongs to a unit named with its designated parent",
    "the legal entity": "is the legal entity",
}
NAME_CHOICES = ("unmatched", "all", "never")


def match_table(
    frame: pd.DataFrame,
    targets: ScreeningTargets,
    *,
    columns: Mapping[str, str] | None = None,
    names: str = "unmatched",
    strong: float = 95.0,
    review: float = 80.0,
) -> pd.DataFrame:
    """Match every row of a table of holdings, or of bare identifiers and names, to the entities of a list.

    Parameters
    ----------
    frame : DataFrame
        One row a position. Missing cells are skipped.
    targets : ScreeningTargets
        From :func:`impact.facts.screening.screening_targets`.
    columns : mapping of field to column, optional
        Where to find isin, cusip, sedol, ticker, figi, lei, identifier (any of these codes), exchange and country (for bare
        tickers) and name. Fields not given are taken from columns of the same name.
    names : {"unmatched", "all", "never"}
        Propose by name for rows without a match by identifier, for every row, or not at all.
    strong, review : float
        Scores, 0 to 100, from which a name is a strong proposal, or one to review; below nothing is shown. A name of one short
        word is never more than one to review.

    Returns
    -------
    DataFrame
        One row a pair of position and entity (several lists may name one company), in the order of `frame`: row (position from
        0), label (its index label), entity, programme_id, tier (``identifier``, ``strong``, ``review``), field and value that
        matched, score (100 for identifiers), relation, security, instrument, adr_ratio, listed_on, removed_on, origin, version,
        fact_id, disagrees (fields whose value belongs to other entities only), explanation, target (row of `targets.entities`).

    Raises
    ------
    InputError
        If `columns` names a field or a column that is not there, no field is left to match, or a threshold is out of order.

    Notes
    -----
    Distinct values are looked up once, so cost grows with distinct names, not with rows. Chinese characters are not compared.
    A row without a match is not cleared: the table of lines does not hold every line of every issuer.
    """
    if names not in NAME_CHOICES:
        raise InputError(f"names={names!r} is not a choice; use one of: {', '.join(NAME_CHOICES)}.")
    if not 0 < review <= strong <= 100:
        raise InputError(f"review={review} and strong={strong} must satisfy 0 < review <= strong <= 100.")
    where = _columns(frame, columns)
    by_code = _match_codes(frame, where, targets)
    parts = [_code_rows(by_code, targets)]
    if "name" in where and names != "never":
        given = frame[where["name"]].to_numpy(dtype=object)
        asked = np.ones(len(frame), dtype=bool)
        if names == "unmatched":
            asked[parts[0]["row"].to_numpy(dtype=np.int64)] = False
        parts.append(_name_rows(given, np.flatnonzero(asked), targets, strong=strong, review=review))
    matches = stacked(parts)
    matches["another"] = ~_is_issuer_itself(matches, targets)
    # The name that is listed itself goes before the parent of which the line is a unit.
    matches["of_parent"] = targets.identifiers["relation"].reindex(matches["identifier"]).eq(UNIT_OF_PARENT).to_numpy()
    matches = matches.drop_duplicates(["row", "target"])
    matches = matches.sort_values(["row", "of_parent", "rank", "another", "target"], kind="stable").reset_index(drop=True)
    return _described(matches, frame.index, targets)


def _is_issuer_itself(matches: pd.DataFrame, targets: ScreeningTargets) -> np.ndarray:
    """Pairs whose entity is the issuer of the line that matched; a parent or a unit may be listed with the same line."""
    security = targets.issuers.reindex(matches["identifier"]).fillna("")
    entity = targets.entities["entity"].reindex(matches["target"])
    same = {pair: core_name(pair[0]) == core_name(pair[1]) for pair in set(zip(security, entity, strict=True))}
    return np.array([same[pair] for pair in zip(security, entity, strict=True)], dtype=bool)


def _columns(frame: pd.DataFrame, columns: Mapping[str, str] | None) -> dict[str, str]:
    given = dict(columns or {})
    unknown = [field for field in given if field not in MATCH_FIELDS]
    if unknown:
        raise InputError(f"columns has {len(unknown)} unknown field(s), first {unknown[0]!r}; use: {', '.join(MATCH_FIELDS)}.")
    absent = [column for column in given.values() if column not in frame]
    if absent:
        raise InputError(f"columns names {len(absent)} absent column(s), first {absent[0]!r}; the table has: {list(frame.columns)}.")
    where = {field: given.get(field, field) for field in MATCH_FIELDS if field in given or field in frame}
    if not set(where) & {*_BY_CODE, "name"}:
        raise InputError(f"the table has no column to match by; name one with columns={{'isin': ...}}; it has: {list(frame.columns)}.")
    return where


def _match_codes(frame: pd.DataFrame, where: Mapping[str, str], targets: ScreeningTargets) -> dict[str, Hits]:
    """Hits of each field that the table has, best evidence first; each distinct value is looked up once."""
    hits = {}
    for field in _BY_CODE:
        if field not in where:
            continue
        if field == "ticker":
            codes, distinct = pd.factorize(_ticker_keys(frame, where))
            values = np.asarray(distinct, dtype=object)
        else:
            codes, raw = _distinct(frame[where[field]])
            values = clean_identifiers(pd.Series(raw, dtype=object)).to_numpy()
        hits[field] = targets.codes[field].hits(values, codes)
        if field == "isin":  # a United States or Canadian ISIN holds a CUSIP
            inner = targets.codes["cusip in isin"]
            told = [cusip_from_isin(isin) for isin in values] if len(inner.values) else [""] * len(values)
            hits["cusip in isin"] = inner.hits(np.array(told, dtype=object), codes)
    return hits


def _distinct(column: pd.Series) -> tuple[IntArray, np.ndarray]:
    """Codes and distinct values of a column; one that does not repeat at its head is taken as distinct and not searched for repeats."""
    if len(column) > 1000 and column.iloc[:1000].is_unique:
        return np.arange(len(column)), column.to_numpy(dtype=object)
    codes, values = pd.factorize(column, use_na_sentinel=True)
    return codes, np.asarray(values, dtype=object)


def _ticker_keys(frame: pd.DataFrame, where: Mapping[str, str]) -> pd.Series:
    lines = normalise_tickers(
        frame[where["ticker"]],
        exchange=frame[where["exchange"]] if "exchange" in where else None,
        location=frame[where["country"]] if "country" in where else None,
    )
    return (lines["code"] + " " + lines["country"]).where(lines["country"] != "", "")


def _code_rows(hits: Mapping[str, Hits], targets: ScreeningTargets) -> pd.DataFrame:
    """One row a position and entity, by its best field, with the fields that point elsewhere."""
    parts = []
    for rank, (field, hit) in enumerate(hits.items()):
        target = targets.identifiers["target"].to_numpy()[hit.identifiers]
        parts.append(pd.DataFrame({"row": hit.rows, "target": target, "identifier": hit.identifiers, "field": field, "rank": rank}))
    pairs = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["row", "target", "identifier", "field", "rank"])
    best = pairs.sort_values(["row", "target", "rank"], kind="stable").drop_duplicates(["row", "target"])
    return best.assign(disagrees=_disagreements(pairs, best), score=100.0, listed_name="", name_kind="")


def _disagreements(pairs: pd.DataFrame, best: pd.DataFrame) -> list[str]:
    """For each pair the fields that matched other entities of the row but not this one; `best` is sorted by row and target."""
    if best.empty:
        return []
    ordered = pairs.sort_values(["row", "target"], kind="stable")
    bit = np.left_shift(1, ordered["rank"].to_numpy(dtype=np.int64))
    row, target = ordered["row"].to_numpy(), ordered["target"].to_numpy()
    new_row = np.r_[True, row[1:] != row[:-1]]
    new_pair = new_row | np.r_[True, target[1:] != target[:-1]]
    of_pair = np.bitwise_or.reduceat(bit, np.flatnonzero(new_pair))
    of_row = np.bitwise_or.reduceat(bit, np.flatnonzero(new_row))[np.cumsum(new_row)[new_pair] - 1]
    field_of = dict(zip(pairs["rank"].tolist(), pairs["field"].tolist(), strict=True))
    missing = of_row & ~of_pair
    words = {mask: "; ".join(field_of[rank] for rank in sorted(field_of) if mask >> rank & 1) for mask in np.unique(missing).tolist()}
    return [words[mask] for mask in missing.tolist()]


def _name_rows(given: np.ndarray, rows: IntArray, targets: ScreeningTargets, *, strong: float, review: float) -> pd.DataFrame:
    codes, uniques = pd.factorize(given[rows], use_na_sentinel=True)
    index = targets.name_index
    proposals = index.propose(list(uniques), review=review)
    acronym = np.array([is_acronym(core_name(name)) for name in uniques], dtype=bool)
    is_strong = (proposals["score"] >= strong) & ~acronym[proposals["position"]] & (proposals["kind"] != "part")
    proposals = proposals.assign(rank=np.where(is_strong, len(_BY_CODE) + 1, len(_BY_CODE) + 2), disagrees="", field="name", identifier=-1)
    order = np.argsort(codes, kind="stable")
    start = np.searchsorted(codes[order], proposals["position"], side="left")
    count = np.searchsorted(codes[order], proposals["position"], side="right") - start
    inside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    repeated = proposals.loc[np.repeat(proposals.index.to_numpy(), count)].rename(columns={"kind": "name_kind"})
    row = rows[order][np.repeat(start, count) + inside]
    return repeated.assign(row=row, name_given=uniques[repeated["position"]]).drop(columns="position")


def _described(matches: pd.DataFrame, labels: pd.Index, targets: ScreeningTargets) -> pd.DataFrame:
    """The pairs with all that is known of entity and identifier, and the evidence in words."""
    matches = matches.astype({"row": np.int64, "target": np.int64, "identifier": np.int64, "rank": np.int64})
    entity = targets.entities.loc[matches["target"]].reset_index(drop=True)
    by_name = (matches["identifier"] < 0).to_numpy()
    line = targets.identifiers.reindex(matches["identifier"]).reset_index(drop=True)
    text = ["value", "security", "relation", "instrument", "note"]
    line[text] = line[text].astype(object).where(line[text].notna(), "")
    given = matches["name_given"] if "name_given" in matches else pd.Series("", index=matches.index)
    tier = np.where(~by_name, "identifier", np.where(matches["rank"] <= len(_BY_CODE) + 1, "strong", "review"))
    table = entity.assign(
        row=matches["row"],
        label=labels.take(matches["row"].to_numpy(dtype=np.int64)),
        target=matches["target"],
        tier=tier,
        field=matches["field"],
        value=np.where(by_name, given, line["value"]),
        score=matches["score"].astype(np.float64),
        relation=np.where(by_name, "same or similar name", line["relation"]),
        security=line["security"],
        instrument=line["instrument"],
        adr_ratio=line["adr_ratio"].astype(np.float64),
        disagrees=matches["disagrees"],
    )
    table["explanation"] = _explanations(table, matches["listed_name"].tolist(), matches["name_kind"].tolist(), line["note"].tolist())
    return table[list(MATCH_COLUMNS)]


def _explanations(table: pd.DataFrame, listed_names: list[str], name_kinds: list[str], notes: list[str]) -> list[str]:
    words: dict[tuple[object, ...], str] = {}
    told = []
    columns = [table[name].tolist() for name in ("target", "field", "value", "score", "relation", "security", "disagrees")]
    listed_on, origin, version = (table[name].tolist() for name in ("listed_on", "origin", "version"))
    entities = table["entity"].tolist()
    for position, key in enumerate(zip(*columns, listed_names, name_kinds, notes, strict=True)):
        if key not in words:
            since = "" if pd.isna(listed_on[position]) else f" since {listed_on[position]:%Y-%m-%d}"
            listed = f"{origin[position]}{f' version {version[position]}' if version[position] else ''}"
            words[key] = _explanation(key, entities[position], f"{listed}{since}")
        told.append(words[key])
    return told


def _explanation(key: tuple[Any, ...], entity: str, listed: str) -> str:
    _, field, value, score, relation, security, disagrees, listed_name, name_kind, note = key
    line = f" ({security})" if security else ""
    if field == "name":
        like = f"name {value!r} resembles {listed_name!r} ({name_kind} of {entity})"
        reading = f"{like}, score {decimal(score, 0)}: a proposal, confirm it by an identifier"
    else:
        reading = f"{field} {value}{line} {_SAID[str(relation)]} {entity}"
    parts = [reading, listed, str(note), f"but {disagrees} points to another entity" if disagrees else ""]
    return "; ".join(part for part in parts if part)
