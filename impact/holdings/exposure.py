"""What a book holds that is barred, for whom, until when, how sure that is, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.facts.official_lists import GivenLists, as_official_lists
from impact.holdings.changes import ExposureChange, exposure_change
from impact.holdings.decisions import BookOptions, read_decisions
from impact.holdings.escalation import Escalation
from impact.holdings.exposure_tables import deadline_table, exposure_table, total_table, unknown_table, with_money_known
from impact.holdings.fund_files import Staleness
from impact.holdings.portfolio import Portfolio, read_as_asked
from impact.holdings.readers import HoldingsFile
from impact.holdings.schemas import DROPPED, EXPOSURES, HELD_CLOCKS, ISSUES, ONE_POSITION, SCREENED, TOTALS, UNKNOWN
from impact.holdings.screened import CheckOptions, screen_books
from impact.holdings.status import BOUND_STATUSES, STATUSES
from impact.holdings.what_if import Designation
from impact.instants import parse_instant
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.tables import format_value
from impact.typing_ import Instant

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["CheckOptions", "ExposureReport", "check_portfolio", "net_beside", "share_range"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExposureReport(Result):
    """The answer to "what do I hold, and until when", as of one instant.

    Attributes
    ----------
    as_of : Timestamp
        Zoned; only what was known then is used.
    investor : str
    currency : str
        Currency of every value; ``"NAV"`` where the file gives weights alone, so that values are unknown (NaN) and shares of net assets
        are not; empty where the file names none.
    nav : float
    exposures : DataFrame
        The main table: one row an account, designated line and way it is held. account, entity, security, line (``local``, ``ADR``,
        ``option`` ...), instrument, via (``direct`` or the funds passed), status (``barred``, ``restricted``, ``unknown``,
        ``clear``), programme, tier of the match, quantity, ordinary_shares, market_value and nav_share as _low and _high (NaN: cannot be
        known), as_of and age_days of the holdings it rests on, next_ban_at, divest_by_at (UTC), lifted_by, rule (what the
        status rests on), citation, evidence.
    positions : DataFrame
        Every position of the book, in its order, with status and what it holds through funds.
    deadlines : DataFrame
        Every clock of the issuers held, with the last usable session of each line; `held` marks lines in the book.
    totals : DataFrame
        dimension (all, programme, account, line, via), item, status, n_entities, market_value and nav_share as _low and _high (gross:
        sums of sizes, so that a short does not hide a long), both with the whole unknown bucket added (only where dimension is
        ``all``), long_value, short_value (as a size), net_value and net_nav_share.
    unknown : DataFrame
        What is not known, largest first; never dropped.
    dropped, issues : DataFrame
        Rows that are no positions, and cells that needed care.
    options : CheckOptions
    """

    schemas = declared(
        exposures=EXPOSURES,
        positions=SCREENED,
        deadlines=HELD_CLOCKS,
        totals=TOTALS,
        unknown=UNKNOWN,
        dropped=DROPPED,
        issues=ISSUES,
        to_frame=EXPOSURES,
    )

    as_of: pd.Timestamp
    investor: str
    currency: str
    nav: float
    exposures: pd.DataFrame
    positions: pd.DataFrame
    deadlines: pd.DataFrame
    totals: pd.DataFrame
    unknown: pd.DataFrame
    dropped: pd.DataFrame
    issues: pd.DataFrame
    options: CheckOptions
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def is_exposed(self) -> bool:
        """Whether anything held is blocked, barred or restricted."""
        return bool(self.exposures["status"].isin(BOUND_STATUSES).any())

    @property
    def has_unknown(self) -> bool:
        """Whether the unknown bucket holds a position."""
        return bool((self.unknown["n_positions"] > 0).any())

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        every = {row["status"]: row for _, row in self.totals[self.totals["dimension"] == "all"].iterrows()}
        parts = [
            f"{status} {share_range(every[status]['nav_share_low'], every[status]['nav_share_high'])}{net_beside(every[status])}"
            for status in STATUSES
            if status in ("barred", "restricted") or (status in ("blocked", "enjoined") and status in every)
        ]
        unknown = self.unknown["nav_share_high"].sum(skipna=False)
        parts.append("unknown, and by how much is not known" if np.isnan(unknown) else f"unknown at most {format_value(unknown, 'share')}")
        when = self.as_of.tz_convert("America/New_York")
        return f"{len(self.positions):,} positions for a {self.investor} on {when:%Y-%m-%d %H:%M} ET, of net assets: {', '.join(parts)}"

    def to_frame(self) -> pd.DataFrame:
        """The exposures (a copy)."""
        return self.exposures.copy()

    def summary(self) -> Summary:
        """Totals, exposures, deadlines and the unknown bucket."""
        shown = [
            "account",
            "entity",
            "security",
            "line",
            "via",
            "status",
            "market_value_low",
            "market_value_high",
            "nav_share_low",
            "nav_share_high",
            "age_days",
        ]
        clocks = self.deadlines.loc[self.deadlines["held"].astype(bool)] if len(self.deadlines) else self.deadlines
        asked = ("issuer", "clock", "state", "first_prohibited_et", "line", "last_session_on", "citation")
        columns = [name for name in asked if name in clocks]
        return Summary(
            title=self.headline,
            tables=(
                ("Totals", TOTALS.table(self.totals[self.totals["dimension"] == "all"].drop(columns=["dimension", "item"]))),
                ("Exposure", EXPOSURES.table(self.exposures[shown].head(40))),
                ("Deadlines of lines held", HELD_CLOCKS.table(clocks[columns].head(40))),
                ("Unknown", self.with_schema("unknown")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """Exposure by line and status as a share of NAV, lowest to highest."""
        from impact.plots.holdings import plot_exposure

        return plot_exposure(self.exposures, ax=ax, **options)

    def explain(self, row: int) -> Summary:
        """Everything behind one row of the holdings file.

        Parameters
        ----------
        row : int
            Line of the file, as in `positions["row"]`.

        Raises
        ------
        InputError
            If no position stands on that line; the message says whether the row was dropped, and why.
        """
        position = self.positions[self.positions["row"] == row]
        if position.empty:
            reasons = self.dropped.loc[self.dropped["row"] == row, "reason"]
            why = (
                f"it was dropped: {reasons.iloc[0]}"
                if len(reasons)
                else f"rows run from {self.positions['row'].min()} to {self.positions['row'].max()}"
            )
            raise InputError(f"row={row} is no position; {why}.")
        one = position.iloc[0]
        held = self.exposures[(self.exposures["entity"] == one["entity"]) & (one["entity"] != "")]
        care = self.issues[self.issues["row"] == row] if "row" in self.issues else self.issues
        clocks = self.deadlines[self.deadlines["issuer"] == one["entity"]] if len(self.deadlines) else self.deadlines
        return Summary(
            title=f"Row {row}: {one['name'] or one['isin'] or one['ticker']} is {one['status']}",
            tables=(
                ("Position", ONE_POSITION.table(position.T.set_axis(["value"], axis=1).rename_axis("field").reset_index())),
                ("The issuer in this book", EXPOSURES.table(held)),
                ("Its clocks", HELD_CLOCKS.table(clocks)),
                ("Cells that needed care", ISSUES.table(care)),
            ),
            notes=tuple(note for note in (one["evidence"], one["citation"]) if note),
        )

    def at(self, as_of: Instant) -> ExposureReport:
        """The same book and question at another instant."""
        return _check(self.options, parse_instant(as_of))

    def diff(self, other: ExposureReport | Instant, second: Instant | None = None) -> ExposureChange:
        """What changed: against another report, against another instant, or between two instants.

        Parameters
        ----------
        other : ExposureReport or zoned instant
            The later state; when `second` is given, the earlier instant.
        second : zoned instant, optional
            The later instant.
        """
        report = other if isinstance(other, ExposureReport) else self.at(other)
        return exposure_change(self, report) if second is None else exposure_change(report, self.at(second))


def share_range(low: float, high: float) -> str:
    """A range of shares of net assets in words; one figure when both ends are shown alike."""
    if np.isnan(low):
        return "not known"
    if np.isnan(high):
        return f"at least {format_value(low, 'share')}"
    least, most = format_value(low, "share"), format_value(high, "share")
    return least if least == most else f"{least} to {most}"


def net_beside(total: pd.Series) -> str:
    """What a total nets to, in words, where some of it is held short; else empty."""
    some = total["short_value_low"] > 0.0 or total["short_value_high"] > 0.0 or total["net_nav_share_low"] < total["nav_share_low"]
    return "" if not some else f" gross (net {share_range(total['net_nav_share_low'], total['net_nav_share_high'])})"


def check_portfolio(
    holdings: str | Path | pd.DataFrame | HoldingsFile | Portfolio,
    as_of: Instant,
    investor: str = "us_person",
    programmes: str | Iterable[str] | None = None,
    funds: str | Path | Mapping[str, Any] | None = None,
    ratios: Mapping[str, float] | None = None,
    *,
    rates: Mapping[str, float] | None = None,
    staleness: Staleness | None = None,
    designations: Iterable[Designation | Escalation] = (),
    lists: GivenLists = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    **reading: Unpack[BookOptions],
) -> ExposureReport:
    """What a portfolio holds that a US blacklist bars, directly and through funds, and until when it can act.

    Parameters
    ----------
    holdings : path, DataFrame, HoldingsFile or Portfolio
        Any layout that :func:`read_holdings` reads.
    as_of : zoned instant
        Only facts known then are used.
    investor : str
        One of :data:`impact.rules.INVESTORS`; the rules differ for US persons, intermediaries and others.
    programmes : str or iterable of str, optional
        Ask these programmes only; all by default.
    funds : folder, or mapping of ticker to file, optional
        Holdings of the funds in the book, looked through, nested ones too.
    ratios : mapping of line, ISIN, CUSIP or ticker to float, optional
        Ordinary shares in one receipt, where the table of lines does not know it or is to be overruled.
    rates : mapping of currency to float, optional
        As for :func:`as_portfolio`.
    staleness : Staleness, optional
        How fast fund files go out of date.
    designations : iterable of Designation or Escalation, optional
        Hypothetical ones, of one security or of every name of a list, added to the facts.
    lists : OfficialList, path of one, or sequence of them, optional
        Official lists to match against as well.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base.
    **reading
        decisions: file or :class:`~impact.holdings.decisions.Decision` records that settle proposals, each listed in `issues`;
        currency, rates_in, nav, columns, holdings_as_of: how a file is read, as for :func:`as_portfolio`, where the last is ``as_of``.

    Returns
    -------
    ExposureReport

    Raises
    ------
    InputError
        If a file cannot be used, the instant has no zone, or a word is not in its vocabulary.

    Notes
    -----
    Each distinct instrument is matched once and each designated line is asked about once, so cost grows with distinct
    instruments. Directly held quantities are as the file says; ranges come from funds, whose files have their own date.

    Examples
    --------
    >>> book = pd.DataFrame({"ISIN": ["KYG9830T1067"], "Shares": [1000.0], "Market Value": [3780.0], "Currency": ["USD"]})
    >>> report = check_portfolio(book, as_of="2021-01-14T18:00-05:00")
    >>> report.exposures[["entity", "status"]].values.tolist()
    [['Xiaomi Corporation', 'restricted']]
    """
    instant = parse_instant(as_of)
    decisions = reading.pop("decisions", ())
    options = CheckOptions(
        portfolio=read_as_asked(holdings, rates, reading),
        funds=funds,
        investor=investor,
        programmes=programmes if programmes is None or isinstance(programmes, str) else tuple(programmes),
        ratios=ratios,
        rates=rates,
        rates_in=reading.get("rates_in"),
        staleness=staleness or Staleness(),
        designations=tuple(designations),
        lists=as_official_lists(lists),
        tables=tables,
        decisions=read_decisions(decisions) if isinstance(decisions, str | Path) else tuple(decisions),
    )
    return _check(options, instant)


def _check(options: CheckOptions, instant: pd.Timestamp) -> ExposureReport:
    portfolio = options.portfolio
    asked, (book,) = screen_books([portfolio], options, instant)
    exposures = exposure_table(portfolio, book.instruments, book.member, book.fund_of, book.contents, options.ratios or {}, asked.on)
    unknown = unknown_table(portfolio, book.rows, book.instruments, book.member, book.fund_of, book.contents, asked.files)
    totals = total_table(exposures, portfolio.nav, float(unknown["market_value_high"].sum(skipna=False)))
    return ExposureReport(
        as_of=instant,
        investor=options.investor,
        currency=portfolio.currency,
        nav=portfolio.nav,
        exposures=with_money_known(exposures, EXPOSURES, portfolio.currency),
        positions=with_money_known(book.rows, SCREENED, portfolio.currency),
        deadlines=deadline_table(exposures, book.instruments, asked.law),
        totals=with_money_known(totals, TOTALS, portfolio.currency),
        unknown=with_money_known(unknown, UNKNOWN, portfolio.currency),
        dropped=portfolio.dropped,
        issues=book.issues,
        options=options,
        sources=unique_sources(portfolio.sources, asked.sources),
        assumptions=asked.said_of(book),
    )
