"""The price effect of a ban when holders' demand is known: every market clears, and freed money is spent elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.kernels.demand_system import DemandSystem, clear_market, elasticity_matrix, first_order_change
from impact.pricing.schemas import DEMAND
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables.prose import percent

__all__ = ["DemandEffect", "demand_effect"]

LARGE_HOLDING = 0.05
KOIJEN_YOGO = Source(title="Koijen and Yogo 2019, Journal of Political Economy 127", basis="literature", confidence="B")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class DemandEffect(Result):
    """Prices before and after a ban in a logit demand system.

    Attributes
    ----------
    table : DataFrame
        One row a security: price_before, price_after, effect_return (assets fixed), marked_return (assets marked to
        market), first_order_return (elasticity matrix alone), banned_share (held by the banned before), multiplier.
    residual : float
        Largest gap between log demand and log supply after the ban.
    """

    schemas = declared(table=DEMAND, to_frame=DEMAND)

    table: pd.DataFrame
    residual: float
    sources: tuple[Source, ...] = (KOIJEN_YOGO,)
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a security."""
        return self.table.copy()

    def summary(self) -> Summary:
        """Effects on every security, the banned one first."""
        ordered = self.table.sort_values("banned_share", ascending=False)
        return Summary(
            title="Ban in a demand system that clears",
            tables=(("Effects", DEMAND.table(ordered)),),
            notes=self.assumptions,
            sources=self.sources,
        )


def demand_effect(
    holdings: pd.DataFrame, prices: pd.Series, *, banned: Iterable[str], security: str, sensitivity: float | pd.Series = 0.5
) -> DemandEffect:
    """Ban some investors from one security and clear every market again.

    Parameters
    ----------
    holdings : DataFrame
        investor, security, shares (> 0) of every holder that together make up the supply, and one row an investor with
        security ``outside`` whose shares are its other assets in currency.
    prices : Series
        Price by security.
    banned : iterable of str
        Investors who must sell `security`.
    sensitivity : float or Series by investor
        Response of demand to log market equity, below 1; the elasticity of a small investor is one minus it.

    Raises
    ------
    InputError
        If a column, price, outside row or banned investor is missing, or shares are not positive.

    Notes
    -----
    Tastes are what makes each investor hold exactly what it holds: ``log(w / w_outside) - beta m``. Assets are fixed in
    the headline effect, the better choice for one name among many; marked to market stands beside it.

    References
    ----------
    Koijen and Yogo (2019), equations 10 to 16.
    """
    system, table = _calibrated(holdings, prices, sensitivity)
    names = list(prices.index)
    if security not in names:
        raise InputError(f"security={security!r} has no price; choose one of: {', '.join(map(str, names[:5]))} ...")
    investors = list(dict.fromkeys(table["investor"]))
    absent = sorted(set(banned) - set(investors))
    if absent:
        raise InputError(f"banned names {len(absent)} investors without holdings (first {absent[0]!r}): check the names.")
    barred = np.isin(system.investor, [investors.index(name) for name in banned]) & (system.stock == names.index(security))
    start = prices.to_numpy(dtype=float)
    before = clear_market(system, prices=start)
    after = clear_market(system, prices=before.prices, banned=barred)
    marked = clear_market(system, prices=before.prices, banned=barred, held_shares=table["shares"].to_numpy(dtype=float))
    lost = np.bincount(system.stock[barred], weights=table.loc[barred, "shares"], minlength=len(names)) / system.shares
    effects = pd.DataFrame(
        {
            "security": names,
            "price_before": before.prices,
            "price_after": after.prices,
            "effect_return": after.prices / before.prices - 1,
            "marked_return": marked.prices / before.prices - 1,
            "first_order_return": np.expm1(first_order_change(system, before, barred)),
            "banned_share": lost,
            "multiplier": np.diag(np.linalg.inv(elasticity_matrix(system, before))),
        }
    )
    return DemandEffect(table=effects, residual=max(after.residual, marked.residual), assumptions=_notes(float(lost.max())))


def _notes(share: float) -> tuple[str, ...]:
    large = f"The banned held {percent(share)}, above {percent(LARGE_HOLDING, 0)}: the first-order effect is far off there."
    return (
        "Holders' tastes are taken from what they hold; investors not in the table have no part in the market.",
        "Assets are fixed in the headline effect; marked to market, holders' wealth falls with the price.",
        *((large,) if share > LARGE_HOLDING else ()),
    )


def _calibrated(holdings: pd.DataFrame, prices: pd.Series, sensitivity: float | pd.Series) -> tuple[DemandSystem, pd.DataFrame]:
    """The demand system in which everybody holds what the table says, and the table sorted like its pairs."""
    holdings = frame_with(holdings, ("investor", "security", "shares"), "holdings")
    wrong = int((~(holdings["shares"] > 0)).sum())
    if wrong:
        raise InputError(f"holdings['shares'] has {wrong} values that are not positive; leave out what is not held.")
    outside = holdings[holdings["security"] == "outside"].set_index("investor")["shares"]
    inside = holdings[holdings["security"] != "outside"]
    unpriced = sorted(set(inside["security"]) - set(prices.index))
    if unpriced:
        raise InputError(f"prices lacks {len(unpriced)} securities that are held (first {unpriced[0]!r}): add their prices.")
    investors = list(dict.fromkeys(inside["investor"]))
    alone = [name for name in investors if name not in outside.index]
    if alone:
        raise InputError(f"holdings has {len(alone)} investors without an 'outside' row (first {alone[0]!r}): add their other assets.")
    stock = prices.index.get_indexer(pd.Index(inside["security"]))
    owner = pd.Index(investors).get_indexer(inside["investor"])
    order = np.lexsort((stock, owner))
    table = inside.iloc[order].reset_index(drop=True)
    owner, stock = owner[order], stock[order]
    shares = np.bincount(stock, weights=table["shares"].to_numpy(dtype=float), minlength=len(prices)).astype(float)
    value = table["shares"].to_numpy(dtype=float) * prices.to_numpy(dtype=float)[stock]
    rest = outside.reindex(investors).to_numpy(dtype=float)
    assets = np.bincount(owner, weights=value, minlength=len(investors)) + rest
    by_investor = sensitivity if isinstance(sensitivity, pd.Series) else pd.Series(float(sensitivity), index=investors)
    beta = np.asarray(by_investor.reindex(investors), dtype=float)
    equity = np.log(prices.to_numpy(dtype=float) * shares)
    taste = np.log(value / rest[owner]) - beta[owner] * equity[stock]
    return DemandSystem(assets=assets, sensitivity=beta, investor=owner, stock=stock, taste=taste, shares=shares), table
