"""Precedents: which designated firms challenged their listing or were relieved, with what outcome, and what their prices did."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.bundled import bundled_source
from impact.calendars import first_session_to_react, venue_of
from impact.calendars import sessions as venue_sessions
from impact.cases.anchors import listing_falls
from impact.cases.benchmarks import venue_benchmark
from impact.cases.challengers import NEWS_OF_LEADER, Firm, firms_of_record, plaintiff
from impact.cases.court import challenges_on_record
from impact.cases.definition import AsOf
from impact.cases.recovery import HEADLINE_WINDOW
from impact.cases.schemas import COMPARISONS, PRECEDENT_EFFECTS, PRECEDENT_FIRMS
from impact.errors import ImpactError, InputError
from impact.eventstudy import EventStudyResult, long_fit
from impact.kernels.multiplicity import holm
from impact.market import MarketPanel
from impact.provenance import Source, unique_sources
from impact.relief.base_rates import BaseRates
from impact.relief.challenges import Challenges
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal, interval, percent, signed_percent
from impact.typing_ import named_rows

__all__ = ["Precedents", "precedents_on_record"]

OWN = {"enjoined": "own injunction", "settled": "own settlement report", "relief": "own listing ended", "lost": "own suit lost"}
ESTIMATION, GAP, FEWEST = 260, 11, 60
WIDER = (-1, 1)
WINDOWS = (HEADLINE_WINDOW, (0, 0), WIDER)


EFFECT_COLUMNS = [
    "firm", "programme_id", "security", "event", "session", "dated", "window", "car", "low", "high", "n_obs", "test", "p",
    "smallest_p", "mde", "verdict",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _News:
    """When an event was known and how precisely that is dated."""

    known_at: pd.Timestamp | str
    precision: str


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Precedents(Result):
    """Every firm that challenged a listing, and every firm listed on the day of the first that won under a list that binds holders.

    Attributes
    ----------
    firms : DataFrame
        One row a firm and list: firm, programme_id, security (empty: no public line), challenge (outcome of its suit, or
        ``none on record``), n_obs (sessions of the estimation; NaN without prices), reported_return (first close after the
        listing as reported, gross and without interval; NaN where none is on record), verdict in words.
    effects : DataFrame
        One row a firm, event and window: firm, programme_id, security, event (its designation, its own court steps, those of
        the first firm of its day that won), session, dated (how precisely the news is dated: what is dated to the day may
        have moved the session before), window, car, low, high, n_obs, test (the headline of a single event), p, p_holm (over
        the headline window), smallest_p, mde, verdict.
    rates : BaseRates
    comparisons : DataFrame
        programme_id, other_programme_id, p: Fisher's exact p of equal relief rates, pair by pair. A comparison, not a pooling.
    led_by : str
        The event whose followers the answer counts; empty where no listing was led by a challenge that won.
    """

    schemas = declared(firms=PRECEDENT_FIRMS, effects=PRECEDENT_EFFECTS, comparisons=COMPARISONS, to_frame=PRECEDENT_FIRMS)

    firms: pd.DataFrame
    effects: pd.DataFrame
    rates: BaseRates
    comparisons: pd.DataFrame
    led_by: str
    window: tuple[int, int]
    level: float
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a firm."""
        return self.firms.copy()

    def of(self, programme: str) -> pd.DataFrame:
        """The firms of one list."""
        return self.firms[self.firms["programme_id"] == programme].reset_index(drop=True)

    def answer(self) -> str:
        """The base rates list by list, and how many of those listed with the first that won can be told to have followed it."""
        rates = self.rates.to_frame().set_index("programme_id")
        told = "; ".join(
            f"relief in {_rate(rates, programme)} under {programme}" for programme in dict.fromkeys(self.firms["programme_id"])
        )
        pairs = "; ".join(
            f"equal rates under {row.programme_id} and {row.other_programme_id}: p {decimal(row.p)}" for row in named_rows(self.comparisons)
        )
        return ". ".join(_capital(part) for part in (told, pairs, self._followers()) if part) + "."

    def _followers(self) -> str:
        if not self.led_by:
            return ""
        rest = self.effects[(self.effects["event"] == self.led_by) & (self.effects["window"] == _label(self.window))]
        if rest.empty:
            return "no other firm of its day has prices"
        moved = rest["verdict"] != "cannot tell"
        together = int((moved & (rest["p_holm"] < 1 - self.level)).sum())
        return (
            f"of the {len(rest)} other firms of its day with prices {int(moved.sum())} can be told to have moved on the {self.led_by}, "
            f"{together} after allowing for all the events looked at"
        )

    def summary(self) -> Summary:
        """The answer, the firms, the effects."""
        return Summary(
            title=self.answer(),
            tables=(
                ("Firm by firm", self.with_schema("firms")),
                ("Events", self.with_schema("effects")),
                ("Base rates", self.rates.with_schema("to_frame")),
                ("Lists compared", self.with_schema("comparisons")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


def _rate(rates: pd.DataFrame, programme: str) -> str:
    if programme not in rates.index:
        return "0 of 0 decided challenges"
    row = rates.loc[[programme]].to_dict("records")[0]
    span = interval(row["relief_share_low"], row["relief_share_high"], percent, 0)
    return f"{int(row['n_relief'])} of {int(row['n_decided'])} decided challenges ({span})"


def _label(window: tuple[int, int]) -> str:
    return f"{window[0]}:{window[1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def precedents_on_record(
    panel: MarketPanel, *, programmes: tuple[str, ...] | None = None, as_of: AsOf = None, level: float = 0.95
) -> Precedents:
    """Every challenge to a listing on record, and what prices did on the listing and on each step at court.

    Parameters
    ----------
    panel : MarketPanel
        Prices of as many of the firms as there are, and of the benchmarks of their venues. A firm without prices says so.
    programmes : tuple of str, optional
        Lists to look at; every list with a challenge on record when None.
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
    Of a list that binds holders, those listed on the day of the first challenge that won are followed through its steps.
    """
    if not 0 < level < 1:
        raise InputError(f"level={level!r} must lie between 0 and 1, for example 0.95.")
    challenges = challenges_on_record(as_of)
    reported = -listing_falls(as_of).set_index(["security", "programme_id"])["fall"]
    firms, effects = [], []
    looked_at = firms_of_record(challenges, programmes, as_of)
    used: dict[str, tuple[str, str]] = {}
    for firm in looked_at:
        measured, reason = _effects_of(firm, panel, challenges, used, level)
        effects += measured
        n_obs = measured[0]["n_obs"] if measured else np.nan
        told = reported.get((firm.security, firm.programme), np.nan)
        firms.append((firm.name, firm.programme, firm.security, firm.challenge, n_obs, told, reason or _verdicts(measured)))
    table = pd.DataFrame(effects, columns=EFFECT_COLUMNS)
    leads = (table["window"] == _label(HEADLINE_WINDOW)).to_numpy()
    table.insert(EFFECT_COLUMNS.index("p") + 1, "p_holm", holm(np.where(leads, table["p"].to_numpy(dtype=float), np.nan)))
    rates = challenges.outcome_rates()
    return Precedents(
        firms=pd.DataFrame(firms, columns=["firm", "programme_id", "security", "challenge", "n_obs", "reported_return", "verdict"]),
        effects=table,
        rates=rates,
        comparisons=_compared(rates.to_frame(), tuple(dict.fromkeys(firm.programme for firm in looked_at))),
        led_by=next((f"{NEWS_OF_LEADER['enjoined']} {plaintiff(firm.leader)}" for firm in looked_at if firm.leader), ""),
        window=HEADLINE_WINDOW,
        level=level,
        sources=unique_sources(
            panel.sources, (bundled_source("litigation"), bundled_source("designations"), bundled_source("reported_figures"))
        ),
        assumptions=(
            "Log returns, market model without drift, estimated before each designation; sessions (0, 1), with (0, 0) and (-1, 1) beside.",
            "News dated to the day only counts as known at the end of the day: part of its move may lie one session earlier.",
            "Firms listed on one day share its other news: a move is not a proof of cause.",
            "A list that bars no holding is challenged for another harm than one that does; lists are not pooled.",
            *(
                f"Lines on {venue} are measured against {name}{f' ({note})' if note else ''}."
                for venue, (name, note) in sorted(used.items())
            ),
        ),
    )


def _effects_of(
    firm: Firm, panel: MarketPanel, challenges: Challenges, used: dict[str, tuple[str, str]], level: float
) -> tuple[list[dict[str, Any]], str]:
    """Rows of the firm's events, or none with the reason; `used` collects the benchmark of each venue, with what to know of it."""
    if not firm.security or firm.known_at is None:
        return [], "no public line"
    if firm.security not in panel.securities:
        return [], "no prices"
    venue = venue_of(firm.security)
    benchmark, note = venue_benchmark(venue, panel.securities)
    if not benchmark:
        return [], f"no prices of a benchmark for {venue}"
    used[venue] = (benchmark, note)
    own = panel.select([firm.security, benchmark])
    priced = own.close[firm.security].dropna().index
    if priced.empty:
        return [], "no prices"
    own = own.select(start=priced[0], end=priced[-1])
    returns = own.on_sessions(venue_sessions(venue, own.sessions[0], own.sessions[-1])).returns("log")
    news = {"designation": _News(known_at=firm.known_at, precision=firm.precision)} | _court_news(firm, challenges)
    sessions = {name: first_session_to_react(item.known_at, venue).session for name, item in news.items()}
    day0 = sessions["designation"]
    start = int(returns.index.get_indexer(pd.Index([day0]))[0])
    if start < FEWEST + GAP:
        return [], f"prices do not reach {FEWEST + GAP} sessions before the designation"
    reached = {name: day for name, day in sessions.items() if day >= day0 and day in returns.index}
    offsets = dict(zip(reached, (returns.index.get_indexer(pd.Index(list(reached.values()))) - start).tolist(), strict=True))
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


def _court_news(firm: Firm, challenges: Challenges) -> dict[str, _News]:
    """The firm's own court steps, and those of the first of its day that won."""
    steps = challenges.steps
    own = steps[(steps["case"] == firm.suit) & (firm.suit != "")]
    news = {OWN[row.step]: _News(known_at=row.known_at, precision=row.known_at_precision) for row in named_rows(own) if row.step in OWN}
    if firm.leader and firm.leader != firm.suit:
        theirs = steps[(steps["case"] == firm.leader) & steps["step"].isin(NEWS_OF_LEADER)]
        who = plaintiff(firm.leader)
        news |= {
            f"{NEWS_OF_LEADER[row.step]} {who}": _News(known_at=row.known_at, precision=row.known_at_precision)
            for row in named_rows(theirs)
        }
    return news


def _fit(returns: pd.DataFrame, security: str, benchmark: str, day0: pd.Timestamp, last: int, level: float) -> EventStudyResult:
    return long_fit(
        returns, security, benchmark, day0, (WIDER[0], last),
        estimation=(-ESTIMATION, -GAP), min_observations=FEWEST, zero_alpha=True, level=level,
    )  # fmt: skip


def _measured(fit: EventStudyResult, offset: int, window: tuple[int, int], level: float) -> dict[str, Any]:
    first, last = offset + window[0], offset + window[1]
    car = fit.car(first, last, session=offset).iloc[0]
    told = fit.inference(first, last, level=level)
    certain = told.p_value < 1 - level and (told.ci_low > 0 or told.ci_high < 0)
    return {
        "window": _label(window), "car": car["car"], "low": told.ci_low, "high": told.ci_high, "n_obs": int(fit.fitted.n_obs[0]),
        "test": told.headline, "p": told.p_value, "smallest_p": told.smallest_p, "mde": car["mde"],
        "verdict": ("rose" if car["car"] > 0 else "fell") if certain else "cannot tell",
    }  # fmt: skip


def _verdicts(effects: list[dict[str, Any]]) -> str:
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


def _compared(rates: pd.DataFrame, programmes: tuple[str, ...]) -> pd.DataFrame:
    """Fisher's exact p of equal relief rates for every pair of lists."""
    if len(programmes) < 2:
        return pd.DataFrame(columns=["programme_id", "other_programme_id", "p"])
    from scipy.stats import fisher_exact  # a second to load

    counts = rates.set_index("programme_id").reindex(list(programmes))[["n_relief", "n_decided"]].fillna(0).astype(int).to_numpy()
    tables = {name: np.array([relief, decided - relief]) for name, (relief, decided) in zip(programmes, counts, strict=True)}
    rows = [
        (first, second, float(fisher_exact(np.stack([tables[first], tables[second]])).pvalue))
        for first, second in itertools.combinations(programmes, 2)
    ]
    return pd.DataFrame(rows, columns=["programme_id", "other_programme_id", "p"])
