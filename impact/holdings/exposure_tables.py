"""The tables of an exposure report, built from positions, identified instruments and fund contents."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.holdings.fund_files import FundFiles
from impact.holdings.lookthrough import FundContents
from impact.holdings.portfolio import NAV_UNITS, Portfolio
from impact.holdings.positions import NO_POSITION
from impact.holdings.status import BOUND_STATUSES, STATUSES, Law
from impact.kernels.lookthrough import interval_product, size_range
from impact.rules.clock_rows import clock_frame
from impact.tables import Schema
from impact.tables.stacking import stacked
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["EXPOSURE_COLUMNS", "deadline_table", "exposure_table", "position_table", "total_table", "unknown_table", "with_money_known"]

EXPOSURE_COLUMNS = (
    "account", "entity", "security", "line", "instrument", "via", "status", "programme", "tier", "quantity_low", "quantity_high",
    "ordinary_shares_low", "ordinary_shares_high", "market_value_low", "market_value_high", "nav_share_low", "nav_share_high", "as_of",
    "age_days", "next_ban_at", "divest_by_at", "lifted_by", "rule", "citation", "evidence",
)  # fmt: skip
_FROM_INSTRUMENT = {
    "entity": "entity", "security": "security", "line": "line", "instrument": "instrument", "status": "status", "programme": "programme",
    "tier": "tier", "next_ban_at": "next_ban_at", "divest_by_at": "divest_by_at", "lifted_by": "lifted_by", "rule": "rule", "citation": "citation",
    "evidence": "explanation",
}  # fmt: skip
_DERIVATIVES = ("option", "future", "swap", "warrant")
_NEXT_STEPS = {True: "ask OFAC or counsel", False: "give a code or a line that tells the issuer, or look it up as the reason says"}
"""What would make a position known, by whether the text of a programme leaves it open."""
_SEVERITY = {status: rank for rank, status in enumerate(STATUSES)}


def position_table(
    portfolio: Portfolio, instruments: pd.DataFrame, member: IntArray, fund_of: IntArray, contents: FundContents, law: Law, on: pd.Timestamp
) -> pd.DataFrame:
    """One position a row, in the order of the book: what it is, what the law says, direct and through funds."""
    positions = portfolio.positions
    fund_of_row = fund_of[member]
    status = _fund_statuses(instruments, fund_of, contents, law)
    rows = pd.DataFrame({name: positions[name] for name in ("row", "account", "name", "isin", "ticker", "quantity")})
    rows["market_value"] = positions["value"]
    rows["nav_share"] = positions["weight"]
    rows["line"] = _taken(instruments["line"].where(fund_of < 0, "fund"), member)
    for name in ("entity", "tier"):
        rows[name] = _taken(instruments[name], member)
    rows["rule"] = _taken(instruments["rule"], member)
    for name in ("status", "programme", "citation"):
        rows[name] = _taken(status[name], member)
    low, high = _held_through(contents, instruments, rows["market_value"].to_numpy(), fund_of_row)
    rows["through_funds_value_low"], rows["through_funds_value_high"] = low, high
    rows["as_of"] = positions["as_of"]
    rows["age_days"] = (on - positions["as_of"]).dt.days.astype("float64")
    for name in ("next_ban_at", "divest_by_at"):
        rows[name] = _taken(instruments[name], member)
    rows["evidence"] = _taken(instruments["explanation"].where(instruments["explanation"] != "", status["note"]), member)
    return rows


def with_money_known(table: pd.DataFrame, schema: Schema, currency: str) -> pd.DataFrame:
    """The table with its amounts of money; unknown (NaN) where the file gives weights alone, whose values are shares of net assets."""
    if currency != NAV_UNITS:
        return table
    return table.assign(**{column.name: np.nan for column in schema.columns if column.kind == "money" and column.name in table})


def _taken(column: pd.Series, member: IntArray) -> pd.Series:
    return column.take(member).reset_index(drop=True)


def _fund_statuses(instruments: pd.DataFrame, fund_of: IntArray, contents: FundContents, law: Law) -> pd.DataFrame:
    """Status of each instrument, a fund taking the worst of what it holds; a fund without a file is unknown."""
    table = instruments[["status", "programme", "citation", "note"]].copy()
    missing = (instruments["instrument"] == "fund") & (fund_of < 0) & (instruments["tier"] == "")
    table.loc[missing, ["status", "note"]] = ["unknown", "a fund without a holdings file"]
    leaf_fund, leaf = (contents.leaves[name].to_numpy(dtype=np.int64) for name in ("fund", "instrument"))
    law_keys, unknown = instruments["law_key"].to_numpy(dtype=object), (instruments["status"] == "unknown").to_numpy(dtype=bool)
    for row in np.flatnonzero(fund_of >= 0):
        # The leaves stand fund by fund.
        own = pd.unique(leaf[np.searchsorted(leaf_fund, fund_of[row], "left") : np.searchsorted(leaf_fund, fund_of[row], "right")])
        statuses = [law.status(key, "fund") for key in dict.fromkeys(law_keys[own]) if key]
        unsure = bool(unknown[own].any())
        if not statuses and not unsure:
            table.loc[row, ["status", "note"]] = ["clear", "its file shows no designated name"]
            continue
        worst = min(statuses, key=lambda answer: _SEVERITY[answer.status], default=None)
        if worst is None or (unsure and worst.status == "clear"):
            table.loc[row, ["status", "note"]] = ["unknown", "holds a name that may be a designated one"]
        else:
            told = [worst.status, worst.programme_id, worst.citation, f"holds {len(statuses)} designated name(s), worst: {worst.entity}"]
            table.loc[row, ["status", "programme", "citation", "note"]] = told
    return table


def _held_through(
    contents: FundContents, instruments: pd.DataFrame, value: FloatArray, fund_of_row: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Value of barred and restricted names inside each fund position; 0 for a position that is no fund with a file."""
    leaves = contents.leaves
    bound = leaves[instruments["status"].take(leaves["instrument"].to_numpy(dtype=np.int64)).isin(BOUND_STATUSES).to_numpy()]
    least, most = size_range(bound["share_low"].to_numpy(dtype=np.float64), bound["share_high"].to_numpy(dtype=np.float64))
    gross = bound.assign(share_low=least, share_high=most)  # a fund that is short of one issuer and long of another holds both
    sums = gross.groupby("fund")[["share_low", "share_high"]].sum().reindex(range(len(contents.unseen)), fill_value=0.0)
    low, high = np.zeros(len(value)), np.zeros(len(value))
    inside = fund_of_row >= 0
    if inside.any():
        share = sums.to_numpy()[fund_of_row[inside]]
        low[inside], high[inside] = interval_product(share[:, 0], share[:, 1], value[inside], value[inside])
    return low, high


def exposure_table(
    portfolio: Portfolio,
    instruments: pd.DataFrame,
    member: IntArray,
    fund_of: IntArray,
    contents: FundContents,
    ratios: Mapping[str, float],
    on: pd.Timestamp,
) -> pd.DataFrame:
    """One row an account, designated line and way it is held (directly, or through which fund), as ranges."""
    positions = portfolio.positions
    named = ((instruments["tier"] != "") | instruments["status"].isin(BOUND_STATUSES)).to_numpy() & (fund_of < 0)
    direct = _direct(positions[named[member]], member[named[member]], on)
    through = _through(positions, member, fund_of, contents)
    table = stacked((direct, through))
    chosen = table["instrument_number"].to_numpy(dtype=np.int64)
    for name, source in _FROM_INSTRUMENT.items():
        table[name] = _taken(instruments[source], chosen)
    table["security"] = table["security"].where(table["security"] != "", _taken(instruments["own_line"], chosen))
    ratio = _receipt_ratios(instruments, chosen, table, ratios)
    for side in ("low", "high"):
        table[f"ordinary_shares_{side}"] = table[f"quantity_{side}"] * ratio
        table[f"nav_share_{side}"] = table[f"market_value_{side}"] / portfolio.nav
    table = table.assign(rank=table["status"].map(_SEVERITY), size=-table["market_value_high"].abs())
    return table.sort_values(["rank", "size", "account"], kind="stable", ignore_index=True)[list(EXPOSURE_COLUMNS)]


def _direct(held: pd.DataFrame, member: IntArray, on: pd.Timestamp) -> pd.DataFrame:
    """Lines held directly; a derivative counts from the lower to the higher of value and notional, its quantity is not known."""
    derivative = held["instrument"].isin(_DERIVATIVES)
    notional = held["notional"].where(derivative & held["notional"].notna(), held["value"])
    table = pd.DataFrame(
        {
            "account": held["account"].to_numpy(dtype=object),
            "instrument_number": member,
            "quantity": held["quantity"].where(~derivative).to_numpy(),
            "market_value_low": np.minimum(held["value"].to_numpy(), notional.to_numpy()),
            "market_value_high": np.maximum(held["value"].to_numpy(), notional.to_numpy()),
            "as_of": held["as_of"].to_numpy(),
        }
    )
    keys = ["account", "instrument_number"]
    summed = _whole_sums(table, keys, ["quantity", "market_value_low", "market_value_high"])
    summed["as_of"] = table.groupby(keys, sort=False)["as_of"].min().to_numpy()
    return summed.assign(
        via="direct",
        quantity_low=summed["quantity"],
        quantity_high=summed["quantity"],
        age_days=(on - summed["as_of"]).dt.days.astype("float64"),
    ).drop(columns="quantity")


def _whole_sums(table: pd.DataFrame, keys: list[str], columns: list[str]) -> pd.DataFrame:
    """Sums by key that are unknown (NaN) where a part of them is; keys in the order first met."""
    cells = table[columns].to_numpy(dtype=np.float64)
    missing = np.isnan(cells)
    both = pd.DataFrame(np.column_stack([np.where(missing, 0.0, cells), missing]), index=table.index)
    sums = both.groupby([table[key] for key in keys], sort=False).sum()
    known, n_unknown = np.split(sums.to_numpy(), 2, axis=1)
    return pd.DataFrame(np.where(n_unknown > 0, np.nan, known), index=sums.index, columns=columns).reset_index()


def _through(positions: pd.DataFrame, member: IntArray, fund_of: IntArray, contents: FundContents) -> pd.DataFrame:
    inside = fund_of[member] >= 0
    if not inside.any() or contents.leaves.empty:
        return pd.DataFrame()
    held = pd.DataFrame(
        {"account": positions["account"].to_numpy(dtype=object), "value": positions["value"].to_numpy(), "fund": fund_of[member]}
    )[inside]
    by_fund = _whole_sums(held, ["account", "fund"], ["value"])
    table = by_fund.merge(contents.leaves, on="fund")
    money = table["value"].to_numpy()
    low, high = interval_product(table["share_low"].to_numpy(), table["share_high"].to_numpy(), money, money)
    fewest, most = interval_product(table["shares_low"].to_numpy(), table["shares_high"].to_numpy(), money, money)
    return pd.DataFrame(
        {
            "account": table["account"],
            "instrument_number": table["instrument"].to_numpy(),
            "as_of": table["as_of"].to_numpy(dtype="datetime64[ns]"),
            "via": table["through"],
            "quantity_low": fewest,
            "quantity_high": most,
            "market_value_low": low,
            "market_value_high": high,
            "age_days": table["age_days"],
        }
    )


def _receipt_ratios(instruments: pd.DataFrame, chosen: IntArray, table: pd.DataFrame, ratios: Mapping[str, float]) -> pd.Series:
    """Ordinary shares in one unit: as given, else of the table of lines, else 1 for a share and unknown for anything else."""
    known = instruments["adr_ratio"].take(chosen).reset_index(drop=True)
    plain = table["instrument"].isin(["equity", "counter"]) & known.isna()
    known = known.where(~plain, 1.0)
    for column in ("security", "isin", "cusip", "ticker"):
        keys = table[column] if column in table else _taken(instruments[column], chosen)
        given = keys.map(ratios).astype("float64")
        known = known.where(given.isna(), given)
    return known


_SIDES = ("market_value", "long_value", "short_value", "net_value")


def _sides(exposures: pd.DataFrame) -> pd.DataFrame:
    """Each row as ranges of what counts in a sum: its size whatever its sign, its long part, its short part as a size, and its net value."""
    low, high = (exposures[f"market_value_{side}"].to_numpy(dtype=np.float64) for side in ("low", "high"))
    least, most = size_range(low, high)
    return exposures.assign(
        market_value_low=least,
        market_value_high=most,
        long_value_low=np.maximum(low, 0.0),
        long_value_high=np.maximum(high, 0.0),
        short_value_low=np.maximum(-high, 0.0),
        short_value_high=np.maximum(-low, 0.0),
        net_value_low=low,
        net_value_high=high,
    )


_DIMENSIONS = ("all", "programme", "account", "line", "via")


def _summed_sides(sides: pd.DataFrame) -> pd.DataFrame:
    """Sums by dimension, item and status, unknown (NaN) where a part is, but for the lower ends of sizes: what is known is the least held."""
    n = len(sides)
    items = [np.full(n, "all", dtype=object), *(sides[name].to_numpy(dtype=object) for name in _DIMENSIONS[1:])]
    keys = ["dimension", "item", "status"]
    columns = [f"{name}_{side}" for name in _SIDES for side in ("low", "high")]
    stood = pd.concat([sides[["status", "entity", *columns]]] * len(_DIMENSIONS), ignore_index=True)
    stood = stood.assign(dimension=np.repeat(np.array(_DIMENSIONS, dtype=object), n), item=np.concatenate(items))
    least = [name for name in columns if name.endswith("_low") and name != "net_value_low"]
    stood[least] = stood[least].fillna(0.0)
    summed = _whole_sums(stood, keys, columns)
    distinct = stood.loc[stood["entity"].notna(), [*keys, "entity"]].drop_duplicates()
    counted = distinct.groupby(keys, sort=False).size()
    summed["n_entities"] = counted.reindex(pd.MultiIndex.from_frame(summed[keys]), fill_value=0).to_numpy()
    return summed


def total_table(exposures: pd.DataFrame, nav: float, unknown_value: float) -> pd.DataFrame:
    """Sums of value by status, and by programme, account, line and way held within it.

    market_value is gross, the sum of sizes: what is held short is as barred as what is held long, and no issuer nets another out. The long
    side, the short side (as a size) and the net stand beside it. The upper end is NaN where a part is unknown.
    market_value_high_with_unknown adds the whole unknown bucket, for dimension ``all``; in its row ``unknown``, whose value is that of
    the designated names of which the law is unknown, it is the bucket itself, with what names nobody for sure.
    """
    columns = [f"{name}_{side}" for name in _SIDES for side in ("low", "high")]
    head = ["dimension", "item", "status", "n_entities"]
    summed = _summed_sides(_sides(exposures))
    shown = set(summed["status"])
    absent = [("all", "all", status, 0, *(0.0 for _ in columns)) for status in ("barred", "restricted") if status not in shown]
    table = stacked((pd.DataFrame(absent, columns=[*head, *columns]), summed[[*head, *columns]]))
    bound = table["status"].isin(BOUND_STATUSES) & (table["dimension"] == "all")
    unknown = (table["status"] == "unknown") & (table["dimension"] == "all")
    with_unknown = table["market_value_high"] + np.where(bound, unknown_value, 0.0)
    table["market_value_high_with_unknown"] = with_unknown.mask(unknown, np.maximum(with_unknown, unknown_value))
    for value, share in (
        ("market_value_low", "nav_share_low"),
        ("market_value_high", "nav_share_high"),
        ("market_value_high_with_unknown", "with_unknown_nav_share_high"),
        ("net_value_low", "net_nav_share_low"),
        ("net_value_high", "net_nav_share_high"),
    ):
        table[share] = table[value] / nav
    order = table["dimension"].map({name: rank for rank, name in enumerate(_DIMENSIONS)})
    ranked = table.assign(order=order, rank=table["status"].map(_SEVERITY))
    return ranked.sort_values(["order", "rank", "item"], kind="stable", ignore_index=True).drop(columns=["order", "rank"])


def unknown_table(
    portfolio: Portfolio,
    rows: pd.DataFrame,
    instruments: pd.DataFrame,
    member: IntArray,
    fund_of: IntArray,
    contents: FundContents,
    files: FundFiles,
) -> pd.DataFrame:
    """What is not known, largest first: reason, n_positions, market_value_high (the most that may be designated), example, next_step."""
    kind = instruments["instrument"]
    is_derivative, is_fund, is_cash = (
        chosen.to_numpy(dtype=bool)[member] for chosen in (kind.isin(_DERIVATIVES), kind == "fund", kind == "cash")
    )
    has_law = (instruments["law_key"] != "").to_numpy(dtype=bool)[member]
    codes, rules = pd.factorize(instruments["rule"].to_numpy(dtype=object))
    rule_of = codes[member]
    ruled = (rules != "")[rule_of]
    notional = np.where(is_derivative, portfolio.positions["notional"].abs().fillna(0.0), 0.0)
    value = rows["market_value"].abs().clip(lower=notional).to_numpy(dtype=np.float64)
    unknown = (rows["status"] == "unknown").to_numpy(dtype=bool) & (fund_of[member] < 0)
    matched = (rows["tier"] != "").to_numpy(dtype=bool)
    told = matched & (has_law | (rows["tier"] == "identifier").to_numpy(dtype=bool) & ruled)  # what is missing is no identifier
    fund = is_fund & ~matched
    open_rows = unknown & ~matched & ~fund
    of_programme = (rows["programme"] != "").to_numpy(dtype=bool)
    by_rule = unknown & (told | open_rows) & ruled
    by_each_rule = [(by_rule & (rule_of == number), str(rules[number])) for number in pd.unique(rule_of[by_rule])]
    buckets = [
        (unknown & fund, "funds without a holdings file", "give their files with funds="),
        (unknown & matched & ~told, "names that may be a designated one", "confirm by an identifier or the trading line"),
        *((chosen, told, _NEXT_STEPS[bool(of_programme[chosen].any())]) for chosen, told in by_each_rule),
        (open_rows & ~ruled & is_derivative, "derivatives whose underlying is not named", "add a column underlying"),
        (
            open_rows & ~ruled & ~is_derivative,
            "no valid identifier, and no ticker with its venue",
            "add ISIN, CUSIP, SEDOL or ticker and exchange",
        ),
        (
            rows["market_value"].isna().to_numpy(dtype=bool) & ~unknown & ~is_cash,
            "positions without a value",
            "add a market value, or a price and a rate",
        ),
    ]
    table = [_bucket(rows, chosen, value, reason, step) for chosen, reason, step in buckets if chosen.any()]
    for number, fund_file in enumerate(files.funds):
        chosen = fund_of[member] == number
        if chosen.any() and contents.unseen[number] > 0:
            reason = f"part of {fund_file.key} that its file cannot show ({contents.reasons[number]})"
            seen = value * contents.unseen[number]
            table.append(_bucket(rows, chosen, seen, reason, "give a complete file nearer to the date asked"))
    unread = portfolio.dropped[~portfolio.dropped["reason"].str.startswith(NO_POSITION)]
    if len(unread):
        text = ", ".join(str(line) for line in unread["row"].head(5))
        table.append(("rows that could not be read", len(unread), np.nan, f"line {text}", "see the dropped table, and mend the file"))
    frame = pd.DataFrame(table, columns=["reason", "n_positions", "market_value_high", "example", "next_step"])
    frame["nav_share_high"] = frame["market_value_high"] / portfolio.nav
    return frame.sort_values("market_value_high", ascending=False, kind="stable", ignore_index=True)


def _bucket(rows: pd.DataFrame, chosen: BoolArray, value: FloatArray, reason: str, step: str) -> tuple[str, int, float, str, str]:
    """A line of the table: the rows `chosen` (n,), the sum of their `value` (n,), and the largest of them by its name or code."""
    own = value[chosen]
    largest = int(np.flatnonzero(chosen)[np.nan_to_num(own, nan=-1.0).argmax()])
    called = (str(rows[name].iloc[largest]) for name in ("name", "ticker", "isin"))
    return reason, own.size, float(own.sum()), next(filter(None, called), ""), step


def deadline_table(exposures: pd.DataFrame, instruments: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Every clock of what is held, each line with its last usable session; `held` marks the lines in the book."""
    keys = instruments.loc[
        (instruments["law_key"] != "") & instruments["entity"].isin(exposures["entity"]), ["entity", "law_key", "own_line", "security"]
    ]
    parts = []
    for entity, group in keys.groupby("entity", sort=True):
        held = set(group["own_line"]) | set(group["security"])
        clocks = [clock for key in sorted(set(group["law_key"])) for clock in law.clocks(key)]
        if clocks:
            every = clock_frame(clocks).drop_duplicates(["programme_id", "clock", "line", "first_prohibited_utc"])
            every.insert(0, "issuer", entity)
            every.insert(1, "held", every["line"].isin(held))
            parts.append(every)
    if not parts:
        return pd.DataFrame(columns=["issuer", "held", "programme_id", "clock", "state", "first_prohibited_utc", "line", "last_session_on"])
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["first_prohibited_utc", "issuer", "line"], kind="stable", ignore_index=True)
