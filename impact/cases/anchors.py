"""The clear and the banned value of a line as ranges, and everything on record that speaks about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from impact.bundled import bundled_source
from impact.cases.benchmarks import benchmarks_of
from impact.cases.case_law import lists_of_firms
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.study import CaseStudy
from impact.errors import InfeasibleDesign
from impact.eventstudy import EventStudyResult, long_fit
from impact.facts import known_table
from impact.market import MarketPanel
from impact.provenance import Source, unique_sources
from impact.tables.prose import signed_percent
from impact.typing_ import ReturnKind

__all__ = ["Anchors", "listing_falls", "price_anchors", "refit"]

EVE_SESSIONS = 5
"""Closes up to the eve of the designation whose range is the clear value on the eve."""
FALL_DAYS = 5
"""Calendar days within which a reported close is the first reaction to a listing, its date included: it may be out the day before."""
PUBLISHED_DELETION_FALLS = (0.046, 0.151)
"""Falls of names deleted from the Russell 2000 and the S&P 500, 1990 to 2005: Petajisto (2011), abstract, seen 2026-11-22."""
PETAJISTO = Source(
    title="Petajisto (2011), The index premium and its hidden cost for index funds, Journal of Empirical Finance 18, abstract",
    basis="facts",
    confidence="A",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Anchors:
    """The clear and the banned value of one line as ranges, and what they move with.

    Attributes
    ----------
    clear : (low, high)
        Value without the listing on the eve of its first session, currency a share.
    discount : (low, high)
        Fall from the clear to the banned value, decimal.
    benchmarks : mapping of name to Series
        Simple returns by session.
    betas : mapping of name to (low, high)
    headline : str
        Benchmark in use.
    evidence : DataFrame
        anchor, basis, lower_end, upper_end, used, source: everything that speaks about an anchor, used or not.
    """

    clear: tuple[float, float]
    discount: tuple[float, float]
    benchmarks: Mapping[str, pd.Series]
    betas: Mapping[str, tuple[float, float]]
    headline: str
    evidence: pd.DataFrame
    sources: tuple[Source, ...]


def listing_falls(as_of: AsOf = None) -> pd.DataFrame:
    """First reported close after a listing: security, company, programme_id, listed_on, observed_on, fall, source, confidence.

    `fall` is a positive decimal for a loss, close to close, not net of any market. One row a security and programme.
    """
    figures = known_table("reported_figures", as_of)
    in_percent = figures["value"].where(figures["unit"] == "pct", figures["second_value"].where(figures["second_unit"] == "pct"))
    closes = figures.assign(change=in_percent / 100.0)
    closes = closes[closes["figure"].str.startswith("close") & closes["change"].notna() & (closes["security"] != "")]
    listed = known_table("designations", as_of)
    listed = listed.loc[
        (listed["security"] != "") & listed["programme_id"].isin(lists_of_firms()), ["security", "programme_id", "announced_on"]
    ]
    pairs = closes.merge(listed, on="security")
    after = (pairs["observed_on"] - pairs["announced_on"]).dt.days
    pairs = pairs[(after >= 0) & (after <= FALL_DAYS)].sort_values("observed_on", kind="stable")
    first = pairs.drop_duplicates(["security", "programme_id"]).assign(fall=lambda table: -table["change"])
    columns = {"announced_on": "listed_on"}
    return first.rename(columns=columns)[
        ["security", "company", "programme_id", "listed_on", "observed_on", "fall", "source", "confidence"]
    ].reset_index(drop=True)


def _falls_to_date(as_of: AsOf, security: str) -> pd.DataFrame:
    """Reported falls of other names since their listing: fall (positive decimal), source."""
    figures = known_table("reported_figures", as_of)
    reported = figures[
        figures["figure"].str.startswith("fall since")
        & figures["value"].notna()
        & (figures["unit"] == "pct")
        & (figures["security"] != security)
    ]
    return reported.assign(fall=reported["value"].abs() / 100.0)[["fall", "source"]]


def refit(
    definition: CaseDefinition,
    returns: pd.DataFrame,
    study: CaseStudy,
    market: str | tuple[str, ...],
    *,
    kind: ReturnKind = "log",
    zero_alpha: bool = True,
) -> EventStudyResult:
    """The study of a case's designation again, with another benchmark or without the drift of its estimation window."""
    design = study.fit.design
    return long_fit(
        returns, definition.security, market if isinstance(market, str) else list(market), study.fit.events["day0"].iloc[0],
        design.window, estimation=design.estimation, shorten=False, kind=kind,
        event_ids=[definition.designation_event], zero_alpha=zero_alpha, level=design.level, sources=study.fit.sources,
    )  # fmt: skip


def price_anchors(
    definition: CaseDefinition,
    panel: MarketPanel,
    study: CaseStudy,
    *,
    until: pd.Timestamp,
    as_of: AsOf = None,
    discount: tuple[float, float] | None = None,
) -> Anchors:
    """Clear value, discount and betas of a case as ranges, each with its evidence.

    Parameters
    ----------
    definition, panel, study
        The case: its fixed choices, its prices, its event study (``study.fit`` is the fit of the designation).
    until : session
        Last session before the first relief: the largest fall up to it is shown beside the discount.
    discount : (low, high), optional
        Takes the place of the range from the facts.

    Raises
    ------
    InfeasibleDesign
        If no range of the discount follows from the facts: the price did not fall on the designation.

    Notes
    -----
    Clear value: range of the last five closes up to the eve. Beta: without drift, on the estimation window of the study,
    plus and minus its Student interval. Discount h: a price that mixes a clear and a banned value falls by (1 - q) h on the
    listing, so its own fall net of the market bounds h from below whatever q is; the upper end is the largest of the falls
    on record after a listing and the largest published fall of a deleted name. Those are first reactions for the most part,
    so the upper end may be too low: the fall that a probability of zero asks for stands beside it. The benchmark is the basket nearest in
    trade, the technology peers where the case names them, else the peers, else the index.
    """
    simple = panel.returns("simple")
    day0 = study.fit.events["day0"].iloc[0]
    close = panel.close[definition.security]
    eve = close.loc[close.index < day0].dropna().tail(EVE_SESSIONS)
    baskets = benchmarks_of(definition, panel.securities)
    spanned = panel.returns("simple", gaps="trade_to_trade")
    series = {name: _mean_return(spanned.loc[spanned.index >= day0], members) for name, members in baskets.items()}
    betas = {name: _beta_range(refit(definition, simple, study, members, kind="simple")) for name, members in baskets.items()}
    headline = list(baskets)[-1]
    own, largest = _net_falls(close, series[headline], betas[headline], eve.iloc[-1], day0, until)
    evidence = _discount_evidence(own, largest, listing_falls(as_of), _falls_to_date(as_of, definition.security), definition.security)
    if discount is None:
        if np.isnan(own):
            raise InfeasibleDesign(
                f"{definition.security} has no close on {day0:%Y-%m-%d}, the first session that could react, so that what it lost by the "
                "designation is unknown and bounds no discount: give discount=(low, high)."
            )
        if not 0 < own < 1:
            raise InfeasibleDesign(
                f"{definition.security} did not fall net of {headline} on {day0:%Y-%m-%d} ({signed_percent(-own, 2)}); the facts "
                "bound no discount: give discount=(low, high)."
            )
        used = evidence[evidence["used"]]
        discount = (own, max(own, float(used["upper_end"].max())))
    else:
        evidence["used"] = False
        evidence.loc[len(evidence)] = ("discount", "given by the caller", *discount, True, "")
    clear = (float(eve.min()), float(eve.max()))
    rows = [
        (
            "clear value",
            f"closes of the last {len(eve)} sessions to {eve.index[-1]:%Y-%m-%d}",
            *clear,
            True,
            "; ".join(map(str, panel.sources[:1])),
        )
    ]
    rows += [(f"beta to {name}", "estimation window of the study, without drift", *betas[name], name == headline, "") for name in baskets]
    table = pd.concat([pd.DataFrame(rows, columns=evidence.columns), evidence], ignore_index=True)
    sources = unique_sources(panel.sources, (PETAJISTO, bundled_source("reported_figures"), bundled_source("designations")))
    return Anchors(clear=clear, discount=discount, benchmarks=series, betas=betas, headline=headline, evidence=table, sources=sources)


def _mean_return(returns: pd.DataFrame, members: str | tuple[str, ...]) -> pd.Series:
    """Return of the benchmark by session: an index, or the mean of a basket, from trade to trade.

    On a session of which no member has a close (a half day whose close is not known) it stands still, and the next return
    spans both sessions.
    """
    if isinstance(members, str):
        return returns[members]
    return returns[list(members)].mean(axis=1).fillna(0.0)


def _beta_range(fit: EventStudyResult) -> tuple[float, float]:
    """Student interval of the slope of a regression without intercept."""
    design = fit.regression()
    usable = np.isfinite(design.estimation_returns)
    x = design.estimation_regressors[usable]
    error = float(np.sqrt(fit.fitted.sigma[0] ** 2 / (x[:, -1] @ x[:, -1])))
    half = float(stdtrit(fit.fitted.df[0], 0.5 + fit.design.level / 2)) * error
    beta = float(fit.estimates["beta"].iloc[0])
    return beta - half, beta + half


def _net_falls(
    close: pd.Series, benchmark: pd.Series, beta: tuple[float, float], eve: float, day0: pd.Timestamp, until: pd.Timestamp
) -> tuple[float, float]:
    """Fall net of the benchmark on the first session, and the largest one up to `until`."""
    clear = eve * (1.0 + benchmark * float(np.mean(beta))).cumprod()
    fall = 1.0 - close.reindex(clear.index) / clear
    return float(fall[day0]), float(fall[fall.index <= pd.Timestamp(until)].max())


def _discount_evidence(own: float, largest: float, falls: pd.DataFrame, to_date: pd.DataFrame, security: str) -> pd.DataFrame:
    others = falls[falls["security"] != security]
    rows = [
        ("discount", "own fall on the first session, net of the market: a lower bound", own, own, True, "prices of the case"),
        (
            "discount",
            "own largest fall before the first relief, net: what a probability of zero or more asks for",
            largest,
            largest,
            False,
            "prices of the case",
        ),
        ("discount", "index deletions, published", *PUBLISHED_DELETION_FALLS, True, str(PETAJISTO)),
    ]
    for programme, group in others.groupby("programme_id"):
        basis = f"first reported close after a listing, {programme}, n = {len(group)}, gross"
        rows.append(_range_row(basis, group))
    if len(to_date):
        rows.append(_range_row(f"reported fall since the listing, n = {len(to_date)}, gross", to_date))
    return pd.DataFrame(rows, columns=["anchor", "basis", "lower_end", "upper_end", "used", "source"])


def _range_row(basis: str, falls: pd.DataFrame) -> tuple[str, str, float, float, bool, str]:
    return ("discount", basis, float(falls["fall"].min()), float(falls["fall"].max()), True, "; ".join(dict.fromkeys(falls["source"])))
