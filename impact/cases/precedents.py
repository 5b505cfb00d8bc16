"""Did Xiaomi's victory pave the way for others? Every firm listed with it, and every later challenger, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from impact.bundled import bundled_source
from impact.calendars import first_session_to_react, venue_of
from impact.calendars import sessions as venue_sessions
from impact.cases.anchors import listing_falls
from impact.cases.court import challenges_on_record
from impact.cases.definition import AsOf
from impact.cases.recovery import HEADLINE_WINDOW
from impact.cases.schemas import PAVED_EFFECTS, PAVED_FIRMS
from impact.errors import ImpactError, InputError
from impact.eventstudy import EventStudyResult, long_fit
from impact.facts import known_table
from impact.kernels.multiplicity import holm
from impact.market import MarketPanel
from impact.provenance import Source, unique_sources
from impact.relief.base_rates import BaseRates
from impact.relief.challenges import Challenges
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal, interval, percent, signed_percent
from impact.typing_ import named_rows

__all__ = ["BENCHMARKS", "PavedWay", "paved_way"]

BENCHMARKS: Mapping[str, str] = {"XHKG": "HSI", "XSHG": "HSI", "XSHE": "HSI", "XNAS": "SPY", "XNYS": "SPY"}
"""Benchmark of each venue. For mainland lines the Hang Seng Index is a loose one: its sessions and its members differ."""
FIRST_LIST, LATER_LIST = "ndaa-1237-ccmc", "ndaa-1260h"
LISTED_WITH_XIAOMI_ON = pd.Timestamp("2021-01-14")
VICTORY = {"enjoined": "Xiaomi's injunction", "relief": "Xiaomi's listing vacated"}
OWN = {"enjoined": "own injunction", "settled": "own settlement report", "relief": "own listing ended", "lost": "own suit lost"}
ESTIMATION, GAP, FEWEST = 260, 11, 60
WIDER = (-1, 1)
WINDOWS = (HEADLINE_WINDOW, (0, 0), WIDER)


EFFECT_COLUMNS = [
    "firm", "programme_id", "security", "event", "session", "dated", "window", "car", "low", "high", "n_obs", "test", "p",
    "smallest_p", "mde", "verdict",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Firm:
    """One firm on one list: what it is called, its line, its listing, the name and the outcome of its suit."""

    name: str
    programme: str
    security: str
    known_at: pd.Timestamp | str
    precision: str
    suit: str
    challenge: str


@dataclass(frozen=True, kw_only=True)
class _News:
    """When an event was known and how precisely that is dated."""

    known_at: pd.Timestamp | str
    precision: str


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PavedWay(Result):
    """The claim against the record.

    Attributes
    ----------
    firms : DataFrame
        One row a firm and list: firm, programme_id, security (empty: no public line), challenge (outcome of its suit, or
        ``none on record``), n_obs (sessions of the estimation; NaN without prices), reported_return (first close after the
        listing as reported, gross and without interval; NaN where none is on record), verdict in words.
    effects : DataFrame
        One row a firm, event and window: firm, programme_id, security, event, session, dated (how precisely the news is
        dated: what is dated to the day may have moved the session before), window, car, low, high, n_obs, test (the headline
        of a single event), p, p_holm (over the headline window), smallest_p, mde, verdict.
    rates : BaseRates
    statutes_p : float
        Fisher's exact p of equal relief rates under the two statutes: a comparison, not a pooling.
    """

    schemas = declared(firms=PAVED_FIRMS, effects=PAVED_EFFECTS, to_frame=PAVED_FIRMS)

    firms: pd.DataFrame
    effects: pd.DataFrame
    rates: BaseRates
    statutes_p: float
    window: tuple[int, int]
    level: float
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a firm."""
        return self.firms.copy()

    def answer(self) -> str:
        """The claim answered as far as the numbers bear."""
        rates = self.rates.to_frame().set_index("programme_id")
        told = [f"{_rate(rates, FIRST_LIST)} under s.1237", f"{_rate(rates, LATER_LIST)} under s.1260H"]
        rest = self.effects[(self.effects["event"] == VICTORY["enjoined"]) & (self.effects["window"] == _label(self.window))]
        together = int(((rest["verdict"] != "cannot tell") & (rest["p_holm"] < 1 - self.level)).sum())
        moved = int((rest["verdict"] != "cannot tell").sum())
        others = (
            f"of the {len(rest)} other firms with prices {moved} can be told to have moved on Xiaomi's injunction, "
            f"{together} after allowing for all the events looked at"
            if len(rest)
            else "no other firm has prices"
        )
        return f"Relief in {told[0]} and {told[1]} (exact intervals; Fisher p {decimal(self.statutes_p)} that the two are alike); {others}."

    def summary(self) -> Summary:
        """The answer, the firms, the effects."""
        return Summary(
            title=self.answer(),
            tables=(
                ("Firm by firm", self.with_schema("firms")),
                ("Events", self.with_schema("effects")),
                ("Base rates", self.rates.with_schema("to_frame")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


def _rate(rates: pd.DataFrame, programme: str) -> str:
    if programme not in rates.index:
        return "0 of 0 decided challenges"
    row = rates.loc[programme]
    span = interval(row["relief_share_low"], row["relief_share_high"], percent, 0)
    return f"{int(row['n_relief'])} of {int(row['n_decided'])} decided challenges ({span})"


def _label(window: tuple[int, int]) -> str:
    return f"{window[0]}:{window[1]}"


def paved_way(panel: MarketPanel, *, benchmarks: Mapping[str, str] = BENCHMARKS, as_of: AsOf = None, level: float = 0.95) -> PavedWay:
    """Set the claim that Xiaomi's victory might pave the way for others against every firm on record.

    Parameters
    ----------
    panel : MarketPanel
        Prices of as many of the firms as there are, and of the benchmarks. A firm without prices says so.
    benchmarks : mapping of venue to security
    as_of : zoned instant, optional
    level : float

    Raises
    ------
    InputError
        If `level` is not between 0 and 1, or `as_of` has no zone.

    Notes
    -----
    One fit a firm and list: log market model without drift on up to 250 sessions that end 11 before the designation; all
    its events are read off that fit over sessions (0, 1), with (0, 0) and (-1, 1) beside it. A single event's headline test
    is the rank among quiet days (one session) or the conformal test (several). A verdict needs test and interval to agree.
    """
    if not 0 < level < 1:
        raise InputError(f"level={level!r} must lie between 0 and 1, for example 0.95.")
    challenges = challenges_on_record(as_of)
    reported = -listing_falls(as_of).set_index(["security", "programme_id"])["fall"]
    firms, effects = [], []
    for firm in _firms(challenges, as_of):
        found, reason = _effects_of(firm, panel, challenges, benchmarks, level)
        effects += found
        n_obs = found[0]["n_obs"] if found else np.nan
        told = reported.get((firm.security, firm.programme), np.nan)
        firms.append((firm.name, firm.programme, firm.security, firm.challenge, n_obs, told, reason or _words(found)))
    table = pd.DataFrame(effects, columns=EFFECT_COLUMNS)
    leads = (table["window"] == _label(HEADLINE_WINDOW)).to_numpy()
    table.insert(EFFECT_COLUMNS.index("p") + 1, "p_holm", holm(np.where(leads, table["p"].to_numpy(dtype=float), np.nan)))
    rates = challenges.outcome_rates()
    return PavedWay(
        firms=pd.DataFrame(firms, columns=["firm", "programme_id", "security", "challenge", "n_obs", "reported_return", "verdict"]),
        effects=table,
        rates=rates,
        statutes_p=_fisher(rates.to_frame()),
        window=HEADLINE_WINDOW,
        level=level,
        sources=unique_sources(
            panel.sources, (bundled_source("litigation"), bundled_source("designations"), bundled_source("reported_figures"))
        ),
        assumptions=(
            "Log returns, market model without drift, estimated before each designation; sessions (0, 1), with (0, 0) and (-1, 1) beside.",
            "News dated to the day only counts as known at the end of the day: part of its move may lie one session earlier.",
            "On 14 January 2021 nine firms were listed at once and on 12 March other news came too: a move is not a proof of cause.",
            "Firms under a list that bars no holding (s.1260H) challenge another harm than Xiaomi did; the statutes are not pooled.",
            *(f"Lines on {venue} are measured against {name}." for venue, name in benchmarks.items() if name in panel.securities),
        ),
    )


def _firms(challenges: Challenges, as_of: AsOf) -> list[_Firm]:
    """Every firm listed with Xiaomi, then every later challenger, with its listing and its suit."""
    listed = known_table("designations", as_of)
    first = listed[(listed["programme_id"] == FIRST_LIST) & (listed["announced_on"] == LISTED_WITH_XIAOMI_ON)]
    rows = [
        _Firm(
            name=entity["entity"],
            programme=FIRST_LIST,
            security=entity["security"],
            known_at=entity["known_at"],
            precision=entity["known_at_precision"],
            **_suit(challenges, entity["entity"], entity["security"]),
        )
        for entity in first.to_dict("records")
    ]
    for suit in challenges.cases[challenges.cases["programme_id"] == LATER_LIST].to_dict("records"):
        lines = [security for security in suit["securities"].split(";") if security]
        own = listed[(listed["programme_id"] == LATER_LIST) & listed["security"].isin(lines)].to_dict("records")
        rows.append(
            _Firm(
                name=suit["case"].split(" v. ")[0],
                programme=LATER_LIST,
                security=own[0]["security"] if own else "",
                known_at=own[0]["known_at"] if own else pd.NaT,
                precision=own[0]["known_at_precision"] if own else "",
                suit=suit["case"],
                challenge=suit["outcome"],
            )
        )
    return rows


def _suit(challenges: Challenges, entity: str, security: str) -> dict[str, str]:
    """The suit of one firm under the first list: by its line, else by the first word of its name."""
    for suit in challenges.cases[challenges.cases["programme_id"] == FIRST_LIST].to_dict("records"):
        by_line = bool(security) and security in suit["securities"].split(";")
        by_name = not security and not suit["securities"] and entity.split()[0] == suit["case"].split()[0]
        if by_line or by_name:
            return {"suit": suit["case"], "challenge": suit["outcome"]}
    return {"suit": "", "challenge": "none on record"}


def _effects_of(
    firm: _Firm, panel: MarketPanel, challenges: Challenges, benchmarks: Mapping[str, str], level: float
) -> tuple[list[dict[str, Any]], str]:
    """Rows of the firm's events, or none with the reason."""
    if not firm.security:
        return [], "no public line"
    if firm.security not in panel.securities:
        return [], "no prices"
    venue = venue_of(firm.security)
    benchmark = benchmarks.get(venue, "")
    if benchmark not in panel.securities:
        return [], f"no prices of a benchmark for {venue}"
    own = panel.select([firm.security, benchmark])
    priced = own.close[firm.security].dropna().index
    if priced.empty:
        return [], "no prices"
    own = own.select(start=priced[0], end=priced[-1])
    returns = own.on_sessions(venue_sessions(venue, own.sessions[0], own.sessions[-1])).returns("log")
    news = {"designation": _News(known_at=firm.known_at, precision=firm.precision)} | _court_news(firm, challenges)
    sessions = {name: first_session_to_react(found.known_at, venue).session for name, found in news.items()}
    day0 = sessions["designation"]
    if day0 not in returns.index or returns.index.get_loc(day0) < FEWEST + GAP:
        return [], f"prices do not reach {FEWEST + GAP} sessions before the designation"
    start = int(returns.index.get_loc(day0))
    offsets = {name: int(returns.index.get_loc(day)) - start for name, day in sessions.items() if day >= day0 and day in returns.index}
    try:
        fit = _fit(returns, firm.security, benchmark, day0, max(offsets.values()) + HEADLINE_WINDOW[1], level)
    except ImpactError as error:
        return [], str(error)
    rows = []
    for name, offset in offsets.items():
        label = {"firm": firm.name, "programme_id": firm.programme, "security": firm.security, "event": name, "session": sessions[name]}
        for window in WINDOWS:
            if offset + window[1] <= fit.design.window[1]:
                rows.append(label | {"dated": news[name].precision} | _measured(fit, offset, window, level))
    return rows, ""


def _court_news(firm: _Firm, challenges: Challenges) -> dict[str, _News]:
    """The firm's own court steps, and Xiaomi's for the firms that were listed with it."""
    steps = challenges.steps
    own = steps[steps["case"] == firm.suit] if firm.suit else steps.iloc[:0]
    found = {OWN[row.step]: _News(known_at=row.known_at, precision=row.known_at_precision) for row in named_rows(own) if row.step in OWN}
    if firm.programme == FIRST_LIST and not firm.suit.startswith("Xiaomi"):
        theirs = steps[steps["case"].str.startswith("Xiaomi") & steps["step"].isin(VICTORY)]
        found |= {VICTORY[row.step]: _News(known_at=row.known_at, precision=row.known_at_precision) for row in named_rows(theirs)}
    return found


def _fit(returns: pd.DataFrame, security: str, benchmark: str, day0: pd.Timestamp, last: int, level: float) -> EventStudyResult:
    return long_fit(
        returns, security, benchmark, day0, (WIDER[0], last),
        estimation=(-ESTIMATION, -GAP), min_observations=FEWEST, zero_alpha=True, level=level,
    )  # fmt: skip


def _measured(fit: EventStudyResult, offset: int, window: tuple[int, int], level: float) -> dict[str, Any]:
    first, last = offset + window[0], offset + window[1]
    car = fit.car(first, last).iloc[0]
    tests = fit.tests(first, last, tests=["sq"] if first == last else ["conformal"])
    test = tests.iloc[0]
    told = test["p_value"] < 1 - level and (car["ci_low"] > 0 or car["ci_high"] < 0)
    return {
        "window": _label(window), "car": car["car"], "low": car["ci_low"], "high": car["ci_high"], "n_obs": int(fit.fitted.n_obs[0]),
        "test": tests.index[0], "p": test["p_value"], "smallest_p": test["smallest_p"], "mde": car["mde"],
        "verdict": ("rose" if car["car"] > 0 else "fell") if told else "cannot tell",
    }  # fmt: skip


def _words(effects: list[dict[str, Any]]) -> str:
    """What the firm's numbers bear, event by event, over the headline window; the wider one where only the day is known."""
    wider = {row["event"]: row for row in effects if row["window"] == _label(WIDER)}
    parts = []
    for row in effects:
        if row["window"] != _label(HEADLINE_WINDOW):
            continue
        text = f"{row['event']}: {row['verdict']} ({signed_percent(row['car'])}, {interval(row['low'], row['high'], signed_percent)})"
        beside = wider.get(row["event"])
        if row["dated"] == "day" and beside is not None:
            text += f", from the session before {beside['verdict']} ({signed_percent(beside['car'])}, {interval(beside['low'], beside['high'], signed_percent)})"
        parts.append(text)
    return "; ".join(parts)


def _fisher(rates: pd.DataFrame) -> float:
    rows = rates.set_index("programme_id").reindex([FIRST_LIST, LATER_LIST])[["n_relief", "n_decided"]].fillna(0).astype(int)
    return float(fisher_exact([[relief, decided - relief] for relief, decided in named_rows(rows, index=False)]).pvalue)
