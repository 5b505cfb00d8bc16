"""What it costs a tracker that a provider deletes a line and takes it back later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.results import Result, Summary, declared
from impact.supply.schemas import LEGS, ROUND_TRIP

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["RoundTrip", "round_trip"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RoundTrip(Result):
    """Ledger of a tracker that sold a line at one close and bought it back at later ones.

    Attributes
    ----------
    legs : DataFrame
        provider, action, execution_on, price, position_shares (per share held before: -1 at the deletion, the tranche
        share at each re-addition), position_cash (in the line's currency, per share held before), weight.
    totals : DataFrame
        One row a provider: sold_at, bought_back_at (average), position_cost_return (fraction of the position lost by the
        round trip), index_cost_bps (the same in bps of the tracker's assets; NaN while the weight is unknown),
        cost_per_bn_and_bp_usd (cost for each USD 1bn tracked and each basis point of weight).
    """

    schemas = declared(legs=LEGS, totals=ROUND_TRIP, to_frame=ROUND_TRIP)

    legs: pd.DataFrame
    totals: pd.DataFrame
    assumptions: tuple[str, ...] = ("The number of shares bought back equals the number sold; trading costs are not included.",)

    def to_frame(self) -> pd.DataFrame:
        """One row a provider."""
        return self.totals.copy()

    def summary(self) -> Summary:
        """Legs and totals."""
        return Summary(
            title="Round trip of a tracker",
            tables=(("Totals", self.with_schema("totals")), ("Legs", self.with_schema("legs"))),
            notes=self.assumptions,
        )

    def plot(self, *, ax: Axes | None = None, title: str = "Round trip of a tracker") -> Axes:
        """Price at each leg."""
        from impact.plots.supply import plot_round_trip

        return plot_round_trip(self.legs, title=title, ax=ax)


def round_trip(flows: pd.DataFrame, closes: pd.Series) -> RoundTrip | None:
    """The ledger of every provider that deleted the line and added it back, or None when none did.

    Parameters
    ----------
    flows : DataFrame
        Provider actions with provider, action, execution_on, tranche_share, weight.
    closes : Series
        Close by session; an action outside it is left out.

    Notes
    -----
    With sale price P0 and tranche shares a_k bought at P_k, the position loses ``sum(a_k P_k) / P0 - 1`` of its value at
    the deletion, and the tracker ``weight`` times that.
    """
    traded = flows[flows["action"].isin(["delete", "add"]) & flows["execution_on"].isin(closes.index)].copy()
    traded["price"] = closes.reindex(traded["execution_on"]).to_numpy()
    traded["position_shares"] = np.where(traded["action"] == "delete", -1.0, 1.0) * traded["tranche_share"].astype(float)
    traded["position_cash"] = -traded["position_shares"] * traded["price"]
    legs, totals = [], []
    for provider, own in traded.groupby("provider", sort=False):
        sold, bought = own[own["action"] == "delete"], own[own["action"] == "add"]
        if len(sold) != 1 or not np.isclose(bought["tranche_share"].astype(float).sum(), 1.0):
            continue
        start = float(sold["price"].iloc[0])
        average = float((bought["price"] * bought["tranche_share"].astype(float)).sum())
        weight = float(sold["weight"].iloc[0])
        cost = average / start - 1
        legs.append(own.sort_values("execution_on"))
        totals.append(
            {
                "provider": provider,
                "sold_on": sold["execution_on"].iloc[0],
                "sold_at": start,
                "bought_back_on": bought["execution_on"].max(),
                "bought_back_at": average,
                "position_cost_return": cost,
                "index_cost_bps": 1e4 * weight * cost,
                "cost_per_bn_and_bp_usd": 1e9 * 1e-4 * cost,
            }
        )
    if not totals:
        return None
    columns = ["provider", "action", "execution_on", "price", "position_shares", "position_cash", "weight"]
    return RoundTrip(legs=pd.concat(legs, ignore_index=True)[columns], totals=pd.DataFrame(totals))
