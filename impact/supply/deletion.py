"""What index trackers must trade when providers delete a line, keep it or take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.calendars import sessions
from impact.errors import InputError
from impact.instants import parse_day
from impact.intake.given_frames import frame_with
from impact.kernels.index_flow import benchmarking_intensity
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.supply.line import LineState
from impact.supply.round_trip import RoundTrip, round_trip
from impact.supply.schemas import CHECK, DROPPED_ACTIONS, FLOWS, LANES
from impact.tables.prose import count, percent, significant
from impact.typing_ import IntArray, check_kind, named_rows
from impact.venues import VENUES, venue_of

if TYPE_CHECKING:
    from pandas.api.typing import NaTType

    from impact.plots.style import Axes

__all__ = ["ACTIONS", "IndexDeletion", "index_deletion", "market_check"]

ACTIONS = ("delete", "add", "retain")
OPTIONAL: Mapping[str, str | float | NaTType] = {
    "index_family": "",
    "effective_on": pd.NaT,
    "weight": np.nan,
    "float_factor": np.nan,
    "index_value_usd": np.nan,
    "tracked_usd_low": np.nan,
    "tracked_usd_high": np.nan,
    "tranche_share": 1.0,
    "price_basis": "close",
    "counted_in": "",
    "source": "",
}
FRACTIONS = ("weight", "float_factor", "tranche_share")
PER_TRACKED_USD = 1e9


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class IndexDeletion(Result):
    """Flow of trackers by provider and execution close.

    Attributes
    ----------
    flows : DataFrame
        One row an action: provider, index_family, action, announced_on, execution_on, effective_on, weight, tracked
        assets (low, high), per_bn_tracked_usd (value sold for each USD 1bn that tracks), sold_shares, sold_usd, sold_adv
        and float_fraction (low, high; a purchase is negative), front_run_share, counted_in. NaN is unknown, never zero.
    front_running : float
        Share of each flow traded before the execution close.
    ledger : RoundTrip or None
        What it cost trackers to sell at the deletion and buy back at the re-addition.
    check : DataFrame
        Realised volume of each execution close against its usual level, and what it could hide at most.
    """

    schemas = declared(flows=FLOWS, check=CHECK, dropped=DROPPED_ACTIONS, lanes=LANES, to_frame=FLOWS)

    line: LineState
    flows: pd.DataFrame
    front_running: float
    ledger: RoundTrip | None
    check: pd.DataFrame
    intensity_change_low: float = np.nan
    intensity_change_high: float = np.nan
    dropped: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["provider", "action", "reason"]))
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a provider action."""
        return self.flows.copy()

    def lanes(self) -> pd.DataFrame:
        """What each provider did and when, without the flows."""
        return self.flows[["provider", "index_family", "action", "announced_on", "execution_on", "effective_on", "tranche_share", "source"]]

    def by_close(self) -> pd.DataFrame:
        """Flow summed over providers at each execution close; assets counted in another row are left out."""
        own = self.flows[(self.flows["counted_in"] == "") & self.flows["execution_on"].notna()]
        columns = [f"{kind}_{end}" for kind in ("sold_shares", "sold_usd", "sold_adv", "float_fraction") for end in ("low", "high")]
        return own.groupby("execution_on", as_index=False)[["per_bn_tracked_usd", *columns]].sum(min_count=1)

    def positions(self, sessions: pd.DatetimeIndex) -> tuple[IntArray, IntArray]:
        """Positions on `sessions` of the first session after each deletion notice and of its execution close."""
        deleted = self.flows[(self.flows["action"] == "delete") & self.flows["execution_on"].isin(sessions)]
        closes = sessions.get_indexer(pd.DatetimeIndex(deleted["execution_on"]))
        announced = pd.DatetimeIndex(deleted["announced_on"]).fillna(sessions[0])
        notices = np.minimum(sessions.searchsorted(announced, side="right"), closes)
        return np.asarray(notices), np.asarray(closes)

    def summary(self) -> Summary:
        """Providers, flows, the round trip and the check against realised volume."""
        flows = self.flows[
            ["provider", "execution_on", "weight", "per_bn_tracked_usd", "sold_usd_low", "sold_usd_high", "sold_adv_low", "sold_adv_high"]
        ]
        tables = [
            ("What each provider did", self.with_schema("lanes")),
            ("Flow of trackers (a sale is positive; unknown stays empty)", FLOWS.table(flows)),
        ]
        if len(self.check):
            tables.append(("Realised volume at the execution closes", self.with_schema("check")))
        if self.ledger is not None:
            tables.append(("Round trip of a tracker", self.ledger.with_schema("to_frame")))
        return Summary(
            title=f"Index actions on {self.line.security}: {int((self.flows['action'] == 'delete').sum())} deletions",
            tables=tuple(tables),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """One lane a provider, from notice to execution."""
        from impact.plots.supply import plot_provider_lanes

        return plot_provider_lanes(self.flows, title=f"{self.line.security}: what index providers did", ax=ax)


def index_deletion(
    actions: pd.DataFrame,
    *,
    line: LineState,
    closes: pd.Series | None = None,
    volumes: pd.Series | None = None,
    front_running: float = 0.0,
    dropped: pd.DataFrame | None = None,
    sources: tuple[Source, ...] = (),
    assumptions: tuple[str, ...] = (),
) -> IndexDeletion:
    """Flow of index trackers from provider actions on one line.

    Parameters
    ----------
    actions : DataFrame
        provider, action (``delete``, ``add``, ``retain``), announced_on, execution_on (the close at which trackers trade;
        empty when there is none) and, where known: index_family, effective_on, weight (fraction of the index), or
        index_value_usd and float_factor from which the weight follows, tracked_usd_low, tracked_usd_high, tranche_share
        (part of the weight traded at this close), price_basis (``close`` or ``zero``), counted_in (provider whose assets
        already hold this row's), source.
    line : LineState
    closes, volumes : Series, optional
        By session, for the round trip and the check against realised volume.
    front_running : float
        Share of each flow traded evenly between the notice and the execution close, in [0, 1].
    dropped : DataFrame, optional
        Provider actions that are not trades, with their reason, to be carried along.

    Raises
    ------
    InputError
        If a column is missing, an action or price basis is unknown, a weight, share or range is impossible, an execution is on a
        day without a close where the line trades, or trackers would hold more than there is of it.

    Notes
    -----
    Value sold is ``weight * assets``; per USD 1bn tracked it needs the weight alone. Deletion at a zero price leaves
    trackers unable to sell: no shares are sold and the loss is the weight.

    Examples
    --------
    >>> line = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)
    >>> notice = pd.DataFrame(
    ...     {"provider": ["P"], "action": ["delete"], "announced_on": ["2021-03-05"], "execution_on": ["2021-03-11"], "weight": [0.002]}
    ... )
    >>> flow = index_deletion(notice, line=line).to_frame()
    >>> float(flow["per_bn_tracked_usd"].iloc[0]), flow["sold_usd_high"].isna().all()
    (2000000.0, np.True_)
    """
    check_kind(line, LineState, "line", "impact.supply.LineState(...) or line_state(...)")
    if not 0 <= front_running <= 1:
        raise InputError(f"front_running={front_running!r} must lie in [0, 1]; it is a share of the flow: give a fraction.")
    table = _checked(actions)
    _check_closes(table, line.security, closes)
    flows = _flows(table, line)
    beyond_all = _check_holdings(flows, line)
    flows = flows.assign(front_run_share=front_running)
    low, high = _intensity_change(flows, line)
    ledger = None if closes is None else round_trip(flows, closes)
    check = pd.DataFrame() if closes is None or volumes is None else market_check(flows, closes, volumes, line)
    return IndexDeletion(
        line=line,
        flows=flows,
        front_running=front_running,
        ledger=ledger,
        check=check,
        intensity_change_low=low,
        intensity_change_high=high,
        dropped=pd.DataFrame(columns=["provider", "action", "reason"]) if dropped is None else dropped,
        sources=unique_sources(sources, line.sources),
        assumptions=(*_assumptions(flows, line), *filter(None, (beyond_all,)), *_unchecked(flows, check, volumes), *assumptions),
    )


def _unchecked(flows: pd.DataFrame, check: pd.DataFrame, volumes: pd.Series | None) -> tuple[str, ...]:
    """Execution closes that the prices do not hold, so that no volume stands beside their flow."""
    planned = pd.DatetimeIndex(flows["execution_on"].dropna().unique()).sort_values()
    absent = planned if check.empty else planned.difference(pd.DatetimeIndex(check["execution_on"]))
    if volumes is None or absent.empty:
        return ()
    return (
        f"{len(absent)} of {len(planned)} execution closes (first {absent[0]:%Y-%m-%d}) are not among the prices: no volume is compared there.",
    )


def _assumptions(flows: pd.DataFrame, line: LineState) -> tuple[str, ...]:
    untracked = int((flows["tracked_usd_high"].isna() & (flows["action"] != "retain")).sum())
    measured = (
        f", which is {count(1e5 / line.price_usd)} shares or {significant(1e5 / line.adv_usd)} of ADV."
        if np.isfinite(line.adv_usd)
        else "; how many shares that is, is unknown with the price or the volume."
    )
    weights = flows["weight"].dropna()
    read = f"The largest weight is read as {percent(float(weights.max()), 2)} of its index." if len(weights) else ""
    unknown = f"Assets tracking are unknown for {untracked} of {len(flows)} actions; their flow is given per USD 1bn tracked only."
    return (
        "Trackers trade at the execution close; the provider's effective date is the open after it.",
        f"For each USD 1bn tracked and each basis point of weight, trackers trade USD 100,000{measured}",
        "Volume above the usual level at an execution close bounds what trackers traded there from above.",
        *((read,) if read else ()),
        *((unknown,) if untracked else ()),
        "A fund of funds, or a world index that holds a regional one, is counted once (column counted_in).",
    )


def _checked(actions: pd.DataFrame) -> pd.DataFrame:
    table = frame_with(actions, ("provider", "action", "announced_on", "execution_on"), "actions").reset_index(drop=True)
    for name, default in OPTIONAL.items():
        if name not in table.columns:
            table[name] = default
    for name, allowed in (("action", ACTIONS), ("price_basis", ("close", "zero"))):
        unknown = [str(value) for value in table[name] if value not in allowed]
        if unknown:
            raise InputError(
                f"actions[{name!r}] has {len(unknown)} unknown values (first {unknown[0]!r}); choose among: {', '.join(allowed)}."
            )
    for name in ("announced_on", "execution_on", "effective_on"):
        days = [None if pd.isna(value) else parse_day(value, parameter=f"actions[{name!r}]").tz_localize(None) for value in table[name]]
        table[name] = pd.DatetimeIndex(days).normalize().as_unit("ns")
    for name in (*FRACTIONS, "index_value_usd", "tracked_usd_low", "tracked_usd_high"):
        values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        unread = table[name].notna().to_numpy() & np.isnan(values)
        if unread.any():
            form = "a fraction, such as 0.002 for 0.2 %" if name in FRACTIONS else "plain figures, such as 1500000000"
            raise InputError(
                f"actions[{name!r}] has {int(unread.sum())} values that are no numbers (first {table[name][unread].iloc[0]!r}); give {form}."
            )
        wrong = int(((values < 0) | (values > 1)).sum()) if name in FRACTIONS else 0
        if wrong:
            raise InputError(f"actions[{name!r}] has {wrong} values outside [0, 1]; it is a fraction: divide percent by 100.")
        table[name] = values
    low, high = (table[f"tracked_usd_{end}"].to_numpy() for end in ("low", "high"))
    wrong = int(((low < 0) | (high < 0) | (low > high)).sum())
    if wrong:
        raise InputError(
            f"actions['tracked_usd_low'] to ['tracked_usd_high'] is not a range in {wrong} rows; 0 <= low <= high: correct them."
        )
    early = int((table["execution_on"] < table["announced_on"]).sum())
    if early:
        raise InputError(
            f"actions['execution_on'] lies before announced_on in {early} rows; trackers cannot trade before the notice: correct the dates."
        )
    _check_tranches(table)
    return table


def _check_tranches(actions: pd.DataFrame) -> None:
    """Refuse tranches of one action that trade more than all of it, as a row given twice does."""
    weighed = actions[actions["weight"].notna() & (actions["action"] != "retain") & (actions["counted_in"] == "")]
    whole = weighed.groupby(["provider", "index_family", "action", "announced_on", "weight"])["tranche_share"].sum()
    beyond = whole[whole > 1.0 + 1e-9]
    if len(beyond):
        provider, _, action, *_ = beyond.index[0]
        raise InputError(
            f"actions['tranche_share'] of {len(beyond)} action(s) sums to more than 1 (first: {action} by {provider}, "
            f"{significant(beyond.iloc[0])}); give the part of each close, or drop the row that is there twice."
        )


def _check_closes(actions: pd.DataFrame, security: str, closes: pd.Series | None) -> None:
    """Refuse an execution on a day without a close: nobody trades there. A close that the user has wins over the calendar."""
    venue = venue_of(security)
    if not VENUES[venue].calendar:
        return
    traded = pd.DatetimeIndex([]) if closes is None else closes.dropna().index
    closed = [day for day in actions["execution_on"].dropna() if day not in traded and sessions(venue, day, day).empty]
    if closed:
        before = sessions(venue, closed[0] - pd.Timedelta(days=14), closed[0])
        usable = f"; the last before it is {before[-1]:%Y-%m-%d}" if len(before) else ""
        raise InputError(
            f"the table of index actions gives {len(closed)} execution_on that are no session of {venue} (first {closed[0]:%a %Y-%m-%d}); "
            f"trackers trade at a close: give its session{usable}."
        )


def _check_holdings(flows: pd.DataFrame, line: LineState) -> str:
    """Refuse weights that put more of the line into the hands of trackers than there is of it; what the high ends alone exceed is said."""
    weight = flows["weight"].astype(float)
    most = line.shares_outstanding if np.isfinite(line.shares_outstanding) else line.most_shares
    if (weight > 1).any():
        raise InputError(
            f"the weight that follows from index_value_usd in {int((weight > 1).sum())} rows is {percent(float(weight.max()), 2)} of the index; "
            "give index_value_usd in whole US dollars."
        )
    own = flows[(flows["counted_in"] == "") & (flows["action"] == "delete") & (flows["price_basis"] == "close")]
    held = {end: float(own[f"sold_shares_{end}"].sum()) for end in ("low", "high")}
    if held["low"] > most:
        raise InputError(
            f"weight times tracked_usd_low comes to {count(held['low'])} shares of {line.security} over {len(own)} deletions, of which there are "
            f"{count(most)}; a weight is a fraction (the largest is {percent(float(weight.max()), 2)}), and assets count once: mend the table."
        )
    if held["high"] > most:
        return (
            f"At their high ends trackers would hold {count(held['high'])} of {count(most)} shares: assets or weights are too high there."
        )
    return ""


def _flows(table: pd.DataFrame, line: LineState) -> pd.DataFrame:
    """Weight, value and shares of each action; a sale is positive, a purchase negative, unknown NaN."""
    derived = line.price_usd * line.float_shares * table["float_factor"].astype(float) / table["index_value_usd"].astype(float)
    weight = table["weight"].astype(float).fillna(derived)
    sign = table["action"].map({"delete": 1.0, "add": -1.0, "retain": 0.0})
    tradable = np.where(table["price_basis"] == "zero", 0.0, 1.0)
    change = sign * weight.where(table["action"] != "retain", 0.0) * table["tranche_share"].astype(float)
    flows = table.assign(
        weight=weight, per_bn_tracked_usd=PER_TRACKED_USD * change * tradable, loss_at_zero_bps=1e4 * change * (1 - tradable)
    )
    for end in ("low", "high"):
        assets = table[f"tracked_usd_{end}"].astype(float)
        value: pd.Series[float] = (change * assets).where(table["action"] != "retain", 0.0) * tradable
        flows[f"sold_usd_{end}"] = value
        flows[f"sold_shares_{end}"] = value / line.price_usd
        flows[f"sold_adv_{end}"] = value / line.adv_usd
        flows[f"float_fraction_{end}"] = line.float_fraction(np.asarray(value / line.price_usd, dtype=np.float64), end)
    return flows


def _intensity_change(flows: pd.DataFrame, line: LineState) -> tuple[float, float]:
    """Change in benchmarking intensity from the deletions, low and high in size; NaN when assets or weights are unknown."""
    gone = flows[(flows["action"] == "delete") & (flows["counted_in"] == "")]
    cap = line.shares_outstanding * line.price_usd
    if gone.empty or not np.isfinite(cap):
        return np.nan, np.nan
    weights = (gone["weight"] * gone["tranche_share"]).to_numpy(dtype=float)
    low, high = (-benchmarking_intensity(gone[f"tracked_usd_{end}"].to_numpy(dtype=float), weights, cap) for end in ("low", "high"))
    return low, high


def market_check(flows: pd.DataFrame, closes: pd.Series, volumes: pd.Series, line: LineState, *, n_sessions: int = 60) -> pd.DataFrame:
    """Volume and price at each execution close beside the flow expected there.

    Returns
    -------
    DataFrame
        execution_on, provider, action, volume_shares, usual_shares (median of the `n_sessions` before), volume_ratio,
        excess_shares and excess_usd (an upper bound on what trackers traded), close_return, sold_shares_low and
        sold_shares_high (NaN when unknown).
    """
    rows = []
    returns = closes.pct_change(fill_method=None)
    for action in named_rows(flows[flows["execution_on"].notna()], index=False):
        if action.execution_on not in volumes.index:
            continue
        usual = float(volumes[volumes.index < action.execution_on].tail(n_sessions).median())
        traded = float(volumes[action.execution_on])
        excess = max(traded - usual, 0.0) if np.isfinite(traded) else np.nan
        rows.append(
            {
                "execution_on": action.execution_on,
                "provider": action.provider,
                "action": action.action,
                "volume_shares": traded,
                "usual_shares": usual,
                "volume_ratio": traded / usual,
                "excess_shares": excess,
                "excess_usd": excess * float(closes[action.execution_on]) * line.usd_per_unit,
                "close_return": float(returns[action.execution_on]),
                "sold_shares_low": action.sold_shares_low,
                "sold_shares_high": action.sold_shares_high,
            }
        )
    return pd.DataFrame(rows)
