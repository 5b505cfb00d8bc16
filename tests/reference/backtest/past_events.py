"""Past designations and index deletions on which laws are calibrated and tested, with what their prices did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.calendars import first_session_to_react, venue_of
from impact.cases.case_law import lists_of_firms
from impact.cases.definition import AsOf
from impact.cases.shipped import case_names, define_case
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.eventstudy import long_fit
from impact.facts import known_table
from impact.market import MarketPanel
from impact.pricing.calibration import calibrate
from impact.typing_ import Window, named_rows

KINDS = ("forced", "placebo", "index_announcement", "index_execution")
ORDER = "programme-eo13959-orig"
ORDER_SIGNED_AT = pd.Timestamp("2020-11-12T23:59:59-05:00")  # EO 13959, table of programmes; the hour is not on record
COLUMNS = ["event_id", "security", "kind", "group", "label", "session"]
ESTIMATION: Window = (-250, -11)


def _reaction(known_at: pd.Timestamp | str, security: str) -> pd.Timestamp:
    return first_session_to_react(known_at, venue_of(security)).session


def designation_sample(as_of: AsOf = None) -> pd.DataFrame:
    """Every designation of a trading line, with whether it forced anyone to sell.

    Returns
    -------
    DataFrame
        event_id, security, kind (``forced`` or ``placebo``), group (date of the announcement, the unit of independence),
        label, session (first that could react on the line's own venue).

    Notes
    -----
    A placebo is a listing without any rule for investors: a listing under section 1237 before EO 13959, or under section
    1260H alone. Names that NS-CMIC hit on the same day are forced, not placebos. Lines listed before the order enter
    again on the day of the order; of subsidiaries, those that are a case of this project do.
    """
    listed = known_table("designations", as_of)
    listed = listed[(listed["security"] != "") & listed["programme_id"].isin(lists_of_firms())]
    forced_days = set(
        zip(*(listed.loc[listed["legal_forced_flow"].str.startswith("yes"), name] for name in ("security", "announced_on")), strict=True)
    )
    rows = []
    for _, row in listed.iterrows():
        flow, security = row["legal_forced_flow"], row["security"]
        label = f"{row['batch']}: {row['entity']}"
        if flow.startswith("yes"):
            rows.append((security, "forced", row["announced_on"], label, _reaction(row["known_at"], security)))
        elif flow == "no" and (security, row["announced_on"]) not in forced_days:
            rows.append((security, "placebo", row["announced_on"], label, _reaction(row["known_at"], security)))
        elif flow.startswith("from"):
            rows.append((security, "placebo", row["announced_on"], label, _reaction(row["known_at"], security)))
            rows.append(
                (security, "forced", pd.Timestamp("2020-11-12"), f"EO 13959: {row['entity']}", _reaction(ORDER_SIGNED_AT, security))
            )
    for case in map(define_case, case_names()):
        if case.record == ORDER:
            label = f"EO 13959: {case.issuer}"
            rows.append((case.security, "forced", pd.Timestamp("2020-11-12"), label, _reaction(ORDER_SIGNED_AT, case.security)))
    table = pd.DataFrame(rows, columns=["security", "kind", "group", "label", "session"])
    table = table.drop_duplicates(["security", "session"], keep="first").sort_values(["session", "security"], ignore_index=True)
    table["event_id"] = [f"{security} {session:%Y-%m-%d}" for security, session in zip(table["security"], table["session"], strict=True)]
    return table[COLUMNS]


def index_sample(as_of: AsOf = None) -> pd.DataFrame:
    """Every index deletion with its notice and its execution close as two events; columns as :func:`designation_sample`.

    Deletions that were conditional, cancelled or never dated are left out. Providers that acted on one line and session
    make one event.
    """
    table = known_table("index_actions", as_of)
    table = table[(table["action_kind"] == "delete") & table["cancelled_on"].isna()]
    rows = []
    for _, row in table.iterrows():
        for security in filter(None, row["securities"].split(";")):
            try:
                announced = _reaction(row["known_at"], security)
            except InputError:  # a line on a venue without a calendar
                continue
            rows.append((security, "index_announcement", announced, row["provider"], announced))
            if pd.notna(row["last_close_on"]):
                rows.append((security, "index_execution", row["last_close_on"], row["provider"], row["last_close_on"]))
    frame = pd.DataFrame(rows, columns=["security", "kind", "group", "label", "session"])
    joined = frame.groupby(["security", "kind", "session"], as_index=False).agg(
        group=("group", "first"), label=("label", lambda names: "; ".join(sorted(set(names))))
    )
    joined["event_id"] = [f"{row.security} {row.kind.removeprefix('index_')} {row.session:%Y-%m-%d}" for row in named_rows(joined)]
    return joined.sort_values(["session", "security"], ignore_index=True)[COLUMNS]


def abnormal_returns_of(
    events: pd.DataFrame, panel: MarketPanel, *, market: Mapping[str, str], days: Window = (0, 1), estimation: Window = ESTIMATION
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cumulative abnormal return of each event, each line on the sessions of its own venue.

    Parameters
    ----------
    events : DataFrame
        As :func:`designation_sample` gives.
    panel : MarketPanel
        Prices of the lines and of the benchmarks.
    market : mapping of venue to security
        Benchmark of each venue, such as ``{"XHKG": "HSI"}``.
    days, estimation : (first, last)
        Inclusive session offsets from the event.

    Returns
    -------
    events, dropped : DataFrame
        The events with car, se and sigma (daily residual standard deviation); and those without prices, with a reason.

    Raises
    ------
    DataUnavailable
        If no event has prices.

    Notes
    -----
    A market model without intercept: a rise before the event would enter the intercept and be charged to the event.
    """
    kept, dropped = [], []
    venues = pd.Series([venue_of(name) for name in events["security"]], index=events.index)
    for venue, own in events.groupby(venues, sort=True):
        benchmark = market.get(venue)
        if benchmark is None or benchmark not in panel.securities:
            dropped += [(event, f"no benchmark with prices for venue {venue}") for event in own["event_id"]]
            continue
        priced = own[own["security"].isin(panel.securities)]
        dropped += [(event, "no prices of this line") for event in own.loc[~own.index.isin(priced.index), "event_id"]]
        if priced.empty:
            continue
        held = panel.select([benchmark, *priced["security"].unique()])
        studied, refused = _study(priced, held.returns("simple"), benchmark, days, estimation)
        kept.append(studied)
        dropped += refused
    reasons = pd.DataFrame(dropped, columns=["event_id", "reason"])
    if not kept or not sum(map(len, kept)):
        raise DataUnavailable(
            f"none of {len(events)} events has prices and a benchmark; give a panel that holds their lines: {dropped[:1]}."
        )
    return pd.concat(kept, ignore_index=True).sort_values(["session", "security"], ignore_index=True), reasons


def _study(
    events: pd.DataFrame, returns: pd.DataFrame, benchmark: str, days: Window, estimation: Window
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """One event study a line group; an event without enough history is refused with the reason of the study."""
    studied, refused = [], []
    for _, event in events.iterrows():
        if not returns.index[0] <= event["session"] <= returns.index[-1]:
            refused.append((event["event_id"], "outside the prices"))
            continue
        try:
            study = long_fit(
                returns[[benchmark, event["security"]]], event["security"], benchmark, event["session"], (min(days[0], 0), max(days[1], 1)),
                estimation=estimation, shorten=False, kind="simple", event_ids=[event["event_id"]], zero_alpha=True,
            )  # fmt: skip
        except (InfeasibleDesign, InputError) as error:
            refused.append((event["event_id"], str(error)))
            continue
        car = study.car(*days).iloc[0]
        if not np.isfinite(car["car"]) or car["n_days"] < days[1] - days[0] + 1:
            refused.append((event["event_id"], "no abnormal return on every tested session"))
            continue
        studied.append({**event, "car": car["car"], "se": car["se"], "sigma": float(study.estimates["sigma"].iloc[0])})
    return pd.DataFrame(studied, columns=[*COLUMNS, "car", "se", "sigma"]), refused


def calibration_table(events: pd.DataFrame) -> pd.DataFrame:
    """Every law fitted to every kind of event: kind, law, coefficient with its 90 % interval, spread, n_events, n_groups.

    The coefficient of ``mean`` is the mean fall (a decimal return, positive for a fall); that of ``square_root`` is the
    fall in multiples of the daily volatility. Kinds with fewer than three events are left out.
    """
    rows = []
    for kind, own in events.groupby("kind", sort=False):
        if len(own) < 3:
            continue
        for law in ("mean", "square_root"):
            fit = calibrate(own, law)
            low, high = fit.interval()
            rows.append(
                {
                    "kind": kind,
                    "law": law,
                    "coefficient": fit.coefficient,
                    "coefficient_low": low,
                    "coefficient_high": high,
                    "spread_return": fit.spread,
                    "n_events": fit.n_events,
                    "n_groups": fit.n_groups,
                }
            )
    return pd.DataFrame(rows)
