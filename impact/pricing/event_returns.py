"""Abnormal returns of list events from a user's prices, by the rules of the shipped table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.calendars import sessions
from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy import event_study
from impact.market import MarketPanel
from impact.pricing.own_events import first_possible_day
from impact.typing_ import Window
from impact.venues import venue_of

__all__ = ["event_returns_of"]

ESTIMATION: Window = (-250, -11)
MIN_OBSERVATIONS = 100
LONGEST_HALT = 10  # calendar days; a line that trades again later was halted
VOLUME_BASE: Window = (-60, -11)
COLUMNS = (
    "event_id", "security", "status", "first_possible", "first_session", "lag_days", "n_obs", "car_0_0", "car_0_1", "se_0_1", "car_m1_1",
    "car_0_10", "sigma", "beta", "vol_mult_0", "vol_mult_0_1", "adv_shares", "benchmark", "reason",
)  # fmt: skip


def event_returns_of(events: pd.DataFrame, panel: MarketPanel, *, market: str | Mapping[str, str]) -> pd.DataFrame:
    """Abnormal return, noise and volume of each list event.

    Parameters
    ----------
    events : DataFrame
        event_id, security, first_public_at, as in ``designation_events``.
    panel : MarketPanel
        Prices of the lines and of the benchmarks; volumes if wanted.
    market : str or mapping of venue to security
        Benchmark of every line, or of the lines of each venue.

    Returns
    -------
    DataFrame
        One row an event, in the order of `events`: columns of ``event_returns`` with `reason` where status is not ``ok``.

    Raises
    ------
    InputError
        If a benchmark has no prices.

    Notes
    -----
    Market model with intercept, simple returns, sessions -250 to -11 with at least 100 observations; session 0 is the
    first session on or after the day on which the line could react.
    """
    names = {market} if isinstance(market, str) else set(market.values())
    absent = sorted(names - set(panel.securities))
    if absent:
        raise InputError(f"market names {', '.join(absent)}, which has no prices; the panel holds {len(panel.securities)} lines: add it.")
    rows = []
    for event in events.to_dict("records"):
        security = str(event["security"])
        row: dict[str, object] = {"event_id": event["event_id"], "security": security, "status": "no_price", "reason": ""}
        if security not in panel.securities:
            row["reason"] = "no prices of this line"
        else:
            row |= _one(str(event["first_public_at"]), str(event["event_id"]), security, panel, market)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _one(public_at: str, event_id: str, security: str, panel: MarketPanel, market: str | Mapping[str, str]) -> dict[str, object]:
    """Numbers of one event, or its status and reason."""
    venue = venue_of(security)
    benchmark = market if isinstance(market, str) else market.get(venue, "")
    if not benchmark:
        return {"reason": f"no benchmark is named for venue {venue}"}
    own = panel.select([benchmark, security]).on_sessions(sessions(venue, panel.sessions[0], panel.sessions[-1]))
    possible = first_possible_day(public_at, venue)
    traded = own.sessions[own.close[security].notna().to_numpy()]
    later = traded[traded >= possible]
    if not len(later) or not len(traded[traded < possible]):
        return {"first_possible": possible, "reason": "the event is outside the prices of the line"}
    first, lag = later[0], (later[0] - possible).days
    placed: dict[str, object] = {"first_possible": possible, "first_session": first, "lag_days": lag, "benchmark": benchmark}
    if lag > LONGEST_HALT:
        return placed | {"status": "halted", "reason": f"no trade for {lag} days"}
    try:
        study = event_study(
            own.returns("simple"),
            pd.DataFrame({"event_id": [event_id], "security": [security], "date": [first]}),
            market=benchmark,
            estimation=ESTIMATION,
            window=(-1, 10),
            min_observations=MIN_OBSERVATIONS,
        )
    except (InfeasibleDesign, InputError) as error:
        return placed | {"status": "short", "reason": str(error)}
    car = study.car(0, 1).iloc[0]
    if not np.isfinite(car["car"]) or car["n_days"] < 2:
        return placed | {"status": "short", "reason": "no abnormal return on both sessions"}
    estimate = study.estimates.iloc[0]
    numbers = {f"car_{name}": float(study.car(*days)["car"].iloc[0]) for name, days in
               {"0_0": (0, 0), "m1_1": (-1, 1), "0_10": (0, 10)}.items()}  # fmt: skip
    numbers |= {"car_0_1": float(car["car"]), "se_0_1": float(car["se"]), "n_obs": float(estimate["n_obs"])}
    numbers |= {"sigma": float(estimate["sigma"]), "beta": float(estimate["beta"])}
    return placed | {"status": "ok"} | numbers | _volumes(own, security, first)


def _volumes(panel: MarketPanel, security: str, first: pd.Timestamp) -> dict[str, float]:
    """Volume of the first sessions over its usual level; empty without volumes."""
    if panel.volume is None:
        return {}
    volume = panel.volume[security].to_numpy(dtype=float)
    day0 = int(panel.sessions.searchsorted(first))
    base = volume[max(day0 + VOLUME_BASE[0], 0) : max(day0 + VOLUME_BASE[1] + 1, 0)]
    if not np.isfinite(base).any():
        return {}
    usual, event = float(np.nanmedian(base)), volume[day0 : day0 + 2]
    if not usual > 0:
        return {}
    both = float(np.nanmean(event)) if np.isfinite(event).any() else np.nan
    return {"adv_shares": usual, "vol_mult_0": float(event[0] / usual), "vol_mult_0_1": both / usual}
