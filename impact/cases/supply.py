"""The arguments of a case, put together from the bundled facts and prices; nothing is filled in that no fact states."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import VENUES, first_session_to_react, session_close, sessions, venue_of
from impact.cases.definition import AsOf
from impact.cases.panel import known_prices
from impact.errors import DataUnavailable, InputError
from impact.facts import known_table
from impact.market import MarketPanel, load_panel
from impact.market.bundled import usd_per_unit
from impact.provenance import Source, unique_sources
from impact.supply.deletion import IndexDeletion, index_deletion
from impact.supply.forced import ForcedSupply, forced_supply
from impact.supply.holder_classes import HOLDER_CLASSES, US_CLASSES, Identity, Regime
from impact.supply.line import LineState, line_state
from impact.supply.wind_down import WindDown

__all__ = ["CaseFacts", "case_facts", "index_actions_of", "index_deletion_of_case", "supply_of_case"]

# What each programme makes holders do; the rules themselves are in the table of programmes, column divestment_rule.
REGIME_OF_PROGRAMME: Mapping[str, Regime] = {
    "eo13974-amend": "possession_ban",
    "eo13959-orig": "lock_in",
    "ns-cmic": "lock_in",
    "russia-newinv": "purchase_ban",
    "venezuela-bonds": "purchase_ban",
}
BAN_DAYS, DIVESTMENT_DAYS = 60, 365
STALE_DAYS = 12
"""Calendar days by which prices may end before the reaction session in a memo that is older than it: the longest closure of
Hong Kong around a lunar new year, with room."""
USD_PER_UNIT: Mapping[str, float] = {"HKD": 1 / 7.8, "USD": 1.0}
PEG = Source(
    title="Hong Kong linked exchange rate: HKD 7.75 to 7.85 a US dollar, middle taken (at most 0.7 % off)", basis="facts", confidence="B"
)
ACTION_OF_KIND: Mapping[str, str] = {"delete": "delete", "re_add": "add", "retain": "retain"}


@dataclass(frozen=True, eq=False, kw_only=True)
class CaseFacts:
    """What is known of a case at an instant: the line, its legal sessions, its holders and its buyers."""

    case: str
    as_of: AsOf
    line: LineState
    wind_down: WindDown
    reaction_on: pd.Timestamp
    holders: pd.DataFrame
    identities: tuple[Identity, ...]
    buyers: pd.DataFrame
    panel: MarketPanel
    sources: tuple[Source, ...]
    assumptions: tuple[str, ...]


def _definition(name: str) -> pd.Series:
    table = read_bundled("cases")
    rows = table[table["case"] == name]
    if rows.empty:
        raise InputError(f"case={name!r} is not known; choose one of: {', '.join(sorted(table['case']))}.")
    return rows.iloc[0]


def _row_source(row: pd.Series) -> Source:
    return Source(title=str(row["source"]), basis="facts", confidence=str(row["confidence"]))


def case_facts(name: str, as_of: AsOf = None, *, panel: MarketPanel | None = None) -> CaseFacts:
    """Everything the supply of a case needs, as known at `as_of` (None: all that the fact base holds).

    Raises
    ------
    InputError
        If there is no such case.
    DataUnavailable
        If its designation was not known then, its prices do not reach back before it, or its currency has no rate.
    """
    case = _definition(name)
    security, programme = case["security"], case["programme_id"]
    designation = _designation(case, as_of)
    venue = venue_of(security)
    reaction = first_session_to_react(designation["known_at"], venue).session
    prices = load_panel("bundled") if panel is None else panel
    if panel is None and security in prices.securities:
        prices = prices.beside(security)
    if security not in prices.securities:
        raise DataUnavailable(f"{security} of case {name!r} is not among the prices given; give a panel that holds it, with volumes.")
    priced = prices.close[security].dropna().index
    reaches = len(priced) and priced[-1] >= reaction - pd.Timedelta(days=0 if as_of is None else STALE_DAYS)
    if prices.volume is None or not reaches or not priced[0] < reaction - pd.Timedelta(days=STALE_DAYS):
        span = f"{priced[0]:%Y-%m-%d} to {priced[-1]:%Y-%m-%d}" if len(priced) else "none"
        raise DataUnavailable(
            f"the prices of {security} ({span}) do not cover {reaction:%Y-%m-%d}"
            f" with volumes, the first session after the designation of case {name!r}; give a panel that does."
        )
    prices = known_prices(prices, venue, as_of)
    currency = str(prices.currency[security])
    rate = USD_PER_UNIT[currency] if currency in USD_PER_UNIT else usd_per_unit(currency, reaction)
    outstanding, outstanding_note, sources = _shares_outstanding(security, prices, currency, as_of)
    float_share, float_note, float_sources = _float_share(security, as_of)
    if prices.basis[security] == "total_return":
        float_note += (
            " Closes are adjusted for dividends, so values in currency before a dividend are too low; shares and multiples are not."
        )
    line = line_state(
        prices.close[security],
        prices.volume[security],
        before=reaction,
        currency=currency,
        usd_per_unit=rate,
        shares_outstanding=outstanding,
        float_shares=outstanding * float_share,
        sources=unique_sources(prices.sources, (PEG,), sources, float_sources),
        assumptions=(outstanding_note, float_note),
    )
    holders, identities, notes, holder_sources = _holders(security, line, as_of)
    buyers, buyer_sources = _buyers(name, line, as_of)
    return CaseFacts(
        case=name,
        as_of=as_of,
        line=line,
        wind_down=_wind_down(designation, programme, venue, reaction),
        reaction_on=reaction,
        holders=holders,
        identities=identities,
        buyers=buyers,
        panel=prices,
        sources=unique_sources((_row_source(designation),), line.sources, holder_sources, buyer_sources),
        assumptions=(*notes, *_fate(designation)),
    )


def _fate(designation: pd.Series) -> tuple[str, ...]:
    """What became of the listing, once that was known."""
    if pd.isna(designation["removed_on"]):
        return ()
    return (
        f"This is the supply that the listing threatened; it ended on {designation['removed_on']:%Y-%m-%d}"
        f" ({designation['removal_reason']}). {designation['note']}",
    )


def _designation(case: pd.Series, as_of: AsOf) -> pd.Series:
    table = known_table("designations", as_of)
    own = table[table["security"] == case["security"]]
    events = known_table("case_events", as_of)
    anchor = events[(events["case"] == case["case"]) & (events["event_id"] == case["designation_event"])]
    if own.empty or anchor.empty:
        raise DataUnavailable(f"the designation of case={case['case']!r} was not known at as_of={as_of}; choose a later instant.")
    listed = own.loc[own["fact_id"] == anchor.iloc[0]["source_row"]]
    row = (listed if len(listed) else own).iloc[0].copy()
    row["known_at"] = anchor.iloc[0]["known_at"]
    return row


def _wind_down(designation: pd.Series, programme: str, venue: str, reaction: pd.Timestamp) -> WindDown:
    """Sessions that close before the ban and before the deadline, on the line's own venue."""
    zone = "America/New_York"
    listed = pd.Timestamp(designation["announced_on"])
    ban_at = designation["purchase_ban_at"]
    if pd.isna(ban_at):
        ban_at = (listed + pd.Timedelta(days=BAN_DAYS, hours=9, minutes=30)).tz_localize(zone)
    deadline_on = designation["divestment_on"]
    deadline_on = listed + pd.Timedelta(days=DIVESTMENT_DAYS) if pd.isna(deadline_on) else deadline_on
    deadline_at = designation["divestment_at"]
    if pd.isna(deadline_at):
        deadline_at = (pd.Timestamp(deadline_on) + pd.Timedelta(hours=23, minutes=59)).tz_localize(zone)
    legal = sessions(venue, reaction, pd.Timestamp(deadline_at).tz_convert(VENUES[venue].zone).tz_localize(None).normalize())
    closes = pd.DatetimeIndex([session_close(day, venue) for day in legal])
    usable = legal[closes <= deadline_at]
    before_ban = legal[closes <= ban_at]
    return WindDown(
        sessions=usable,
        last_before_ban_on=before_ban[-1] if len(before_ban) else reaction - pd.Timedelta(days=1),
        regime=REGIME_OF_PROGRAMME.get(programme, "none"),
    )


def _shares_outstanding(security: str, panel: MarketPanel, currency: str, as_of: AsOf) -> tuple[float, str, tuple[Source, ...]]:
    """Shares outstanding from a printed year-end capitalisation over that day's close; NaN when none is known."""
    table = known_table("ownership", as_of)
    rows = table[
        (table["security"] == security) & (table["metric"] == "year-end market cap") & (table["unit"] == "USD bn") & table["value"].notna()
    ]
    if rows.empty:
        return math.nan, "Shares outstanding are unknown: no capitalisation of this line is in the facts.", ()
    row = rows.iloc[0]
    closes = panel.close[security].loc[: row["observed_last_on"]].dropna()
    price = float(closes.iloc[-1]) * (USD_PER_UNIT[currency] if currency in USD_PER_UNIT else usd_per_unit(currency, closes.index[-1]))
    count = float(row["value"]) * 1e9 / price
    note = (
        f"Shares outstanding {count / 1e9:.1f} bn: capitalisation of USD {row['value']:g} bn over the close of"
        f" {closes.index[-1]:%Y-%m-%d} (rounding 0.5 %)."
    )
    return count, note, (_row_source(row),)


def _float_share(security: str, as_of: AsOf) -> tuple[float, str, tuple[Source, ...]]:
    """One less the insiders' share, from the note of the largest holders; NaN when it is not known yet."""
    table = known_table("ownership", as_of)
    rows = table[(table["security"] == security) & (table["metric"] == "largest holders")]
    for _, row in rows.iterrows():
        found = re.search(r"insiders (\d+(?:\.\d+)?) pct", f"{row['note']} {row['value_text']}")
        if found:
            share = 1 - float(found.group(1)) / 100
            return (
                share,
                f"Float {share:.0%} of shares: insiders held {found.group(1)} % in {row['observed_on']:%B %Y}; taken to hold then too.",
                (_row_source(row),),
            )
    return math.nan, "The float is unknown: fractions of it stay empty, and the demand laws use all shares instead.", ()


def _holders(security: str, line: LineState, as_of: AsOf) -> tuple[pd.DataFrame, tuple[Identity, ...], tuple[str, ...], tuple[Source, ...]]:
    """Every class, each of unknown size, and the one total that was printed: the share held from the United States."""
    table = known_table("ownership", as_of)
    held = table[
        (table["security"] == security)
        & table["metric"].isin(["US-based investors share of stock", "US investors share"])
        & table["value"].notna()
    ]
    holders = pd.DataFrame({"holder_class": list(HOLDER_CLASSES), "shares_low": np.nan, "shares_high": np.nan, "source": "not known"})
    if not math.isnan(line.float_shares):
        insiders = holders["holder_class"] == "insiders"
        holders.loc[insiders, ["shares_low", "shares_high"]] = line.shares_outstanding - line.float_shares
        holders.loc[insiders, "source"] = "shares outstanding less the float"
    if held.empty or math.isnan(line.shares_outstanding):
        return holders, (), ("No share held from the United States is known for this line: forced shares are unknown, not zero.",), ()
    row = held.iloc[0]
    share, rounding = float(row["value"]) / 100, 0.005
    narrow = line.shares_outstanding if math.isnan(line.float_shares) else line.float_shares
    identity = Identity(
        name="US-based investors",
        members=US_CLASSES,
        low=(share - rounding) * narrow,
        high=(share + rounding) * line.shares_outstanding,
        source=str(row["source"]),
    )
    notes = (
        f"US-based investors hold {100 * share:g} % ({row['source']}), printed without its denominator:"
        " of the float (low) or of all shares (high), rounded.",
        "How that total splits into index funds, active managers and individuals is unknown;"
        " only the total is used, the split is even in room.",
        "Managers outside the United States with a US parent, and trackers there, are unknown and not in the totals.",
    )
    return holders, (identity,), notes, (_row_source(row),)


def _buyers(name: str, line: LineState, as_of: AsOf) -> tuple[pd.DataFrame, tuple[Source, ...]]:
    """Buyers that a fact names; without an amount for this line they stay unknown."""
    events = known_table("case_events", as_of)
    notices = events[(events["case"] == name) & (events["kind"] == "company") & events["label"].str.contains("buyback")]
    rows: list[dict[str, Any]] = []
    sources: list[Source] = []
    for _, notice in notices.iterrows():
        amount = re.search(r"([A-Z]{3}) (\d+(?:\.\d+)?)bn", notice["label"])
        if amount and amount.group(1) == line.currency:
            shares = float(amount.group(2)) * 1e9 / line.price
            rows.append(
                {
                    "buyer": "buyback",
                    "shares_low": 0.0,
                    "shares_high": shares,
                    "first_on": notice["reaction_session_on"],
                    "source": notice["source"],
                }
            )
            sources.append(_row_source(notice))
    for buyer in ("southbound", "short_covering", "non_us_discretionary"):
        rows.append(
            {"buyer": buyer, "shares_low": np.nan, "shares_high": np.nan, "first_on": pd.NaT, "source": "no amount known for this line"}
        )
    table = pd.DataFrame(rows).assign(last_on=pd.NaT)
    table["first_on"] = pd.to_datetime(table["first_on"]).astype("datetime64[ns]")
    return table, tuple(sources)


def index_actions_of(security: str, as_of: AsOf = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Provider actions on one line as :func:`impact.supply.index_deletion` wants them, and the rows that are not trades.

    Returns
    -------
    actions, dropped : DataFrame
        A re-addition in two tranches becomes two actions of one half each. Weights and tracked assets stay unknown.
    """
    table = known_table("index_actions", as_of)
    own = table[[security in re.split(r"[;\s]+", text) for text in table["securities"]]]
    actions, dropped = [], []
    for _, row in own.iterrows():
        action = ACTION_OF_KIND.get(row["action_kind"])
        refused = "not a trade: " + row["action_kind"] if action is None else "cancelled" if pd.notna(row["cancelled_on"]) else ""
        if not refused and action != "retain" and pd.isna(row["last_close_on"]):
            refused = "the execution close is not known"
        if refused:
            dropped.append({"provider": row["provider"], "action": row["action_text"], "reason": refused})
            continue
        closes = [(row["last_close_on"], row["effective_open_on"])]
        if row["second_date_is"] == "tranche":
            closes.append((row["last_close_second_on"], row["effective_open_second_on"]))
        for close, effective in closes:
            actions.append(
                {
                    "provider": row["provider"],
                    "index_family": row["index_family"],
                    "action": action,
                    "announced_on": row["announced_last_on"],
                    "execution_on": pd.NaT if action == "retain" else close,
                    "effective_on": effective,
                    "tranche_share": 1 / len(closes),
                    "source": row["source"],
                }
            )
    columns = ["provider", "index_family", "action", "announced_on", "execution_on", "effective_on", "tranche_share", "source"]
    return pd.DataFrame(actions, columns=columns), pd.DataFrame(dropped, columns=["provider", "action", "reason"])


def index_deletion_of_case(name: str, as_of: AsOf = None, *, facts: CaseFacts | None = None) -> IndexDeletion:
    """Index actions of a case: provider lanes, the round trip and the check against realised volume."""
    known = case_facts(name, as_of) if facts is None else facts
    actions, dropped = index_actions_of(known.line.security, as_of)
    closes, volumes = known.panel.close[known.line.security], known.panel.volume[known.line.security]
    return index_deletion(
        actions,
        line=known.line,
        closes=closes,
        volumes=volumes,
        dropped=dropped,
        assumptions=("No weight and no tracked assets of these index families are in the facts: flow is unknown, not zero.",),
        sources=tuple(Source(title=text, basis="facts") for text in dict.fromkeys(actions["source"])),
    )


def supply_of_case(name: str, as_of: AsOf = None, *, panel: MarketPanel | None = None) -> ForcedSupply:
    """Supply that the designation of a case threatens, from the bundled facts as known at `as_of`.

    Parameters
    ----------
    name : str
        A case, such as ``xiaomi``.
    as_of : zoned instant, optional
        Leaves out every fact that was not public then.
    panel : MarketPanel, optional
        Prices and volumes; the bundled ones when None.

    Raises
    ------
    InputError, DataUnavailable
        As :func:`case_facts` does.
    """
    known = case_facts(name, as_of, panel=panel)
    return forced_supply(
        known.holders,
        line=known.line,
        wind_down=known.wind_down,
        identities=known.identities,
        index_flow=index_deletion_of_case(name, as_of, facts=known),
        buyers=known.buyers,
        sources=known.sources,
        assumptions=known.assumptions,
    )
