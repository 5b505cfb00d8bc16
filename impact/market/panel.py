"""A checked panel of prices: sessions x securities, with its currency, its price basis and its sources."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.instants import parse_instant
from impact.market.absent_rows import absent_notes
from impact.market.closed_days import absences_of_two, closed_cells, rows_of_any_market, venues_of
from impact.market.dropped import dropped_notes, dropped_rows
from impact.market.frames import checked_sessions, session_frame
from impact.market.given_days import NO_DATE, TIMED, ZONED, faults_of_days
from impact.market.plausibility import doubt_notes, doubtful_figures
from impact.market.returns import GapRule, alongside, to_returns, traded_cells
from impact.market.schemas import CLOSES, DIVIDENDS, DROPPED, REFUSED, SECURITIES, VOLUMES
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables.stacking import stacked
from impact.typing_ import Day, DaysLike, Instant, ReturnKind

__all__ = ["BASES", "MarketPanel"]

BASES = ("as_traded", "total_return", "price_index", "unknown")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class MarketPanel(Result):
    """Daily figures of several securities on one list of sessions, checked on entry.

    Parameters
    ----------
    close : DataFrame (T, S)
        Closes in the currency of each line. NaN: no close on that session (no trade, or not yet or no longer listed).
    adjusted_close : DataFrame (T, S), optional
        Closes whose changes are total returns. All NaN for a security that has none.
    dividends : DataFrame (T, S), optional
        Cash a share on its ex-date. Zero or NaN on other days; all NaN for a security whose dividends are not known.
    volume : DataFrame (T, S), optional
        Shares traded. Zero: no trade. NaN: unknown, which does not speak against the close.
    currency : Series, mapping or str, optional
        ISO code of each security (``points`` for an index); empty where unknown.
    basis : Series, mapping or str
        What `close` is: ``as_traded`` (split-adjusted at most), ``total_return`` (dividends are in it already and are not
        added again), ``price_index`` (an index without dividends) or ``unknown``.
    venue : Series, mapping or str
        Market identifier code of each security; what is empty is read from the ticker where it says. A panel of several
        venues has days on which one of them is closed; they are no days without a trade.
    sources, assumptions, read_as : tuple
        The last: how files were read where they do not say it themselves, or say other than was stated.
    dropped : DataFrame
        Rows of the input that were refused: security, session, reason, source.

    Raises
    ------
    InputError
        If sessions are repeated, unsorted or not dates, securities are repeated, or a figure is text, infinite, or zero
        or negative where it must be positive. The message names the first and counts the rest.

    Notes
    -----
    The arrays refuse writing. Use :meth:`on_sessions` to lay securities of several venues on the sessions of one venue.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-01-14", "2021-01-15", "2021-01-18"])
    >>> panel = MarketPanel(close=pd.DataFrame({"1810.HK": [32.65, 29.3, 29.7]}, index=days), currency="HKD", basis="as_traded")
    >>> panel.returns()["1810.HK"].round(4).tolist()
    [nan, -0.1026, 0.0137]
    """

    schemas = declared(close=CLOSES, adjusted_close=CLOSES, dividends=DIVIDENDS, volume=VOLUMES, dropped=DROPPED)

    close: pd.DataFrame
    adjusted_close: pd.DataFrame | None = None
    dividends: pd.DataFrame | None = None
    volume: pd.DataFrame | None = None
    currency: Any = ""
    basis: Any = "unknown"
    venue: Any = ""
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    dropped: pd.DataFrame = field(default_factory=dropped_rows)

    def __post_init__(self) -> None:
        close = session_frame(self.close, "close")
        if close.empty:
            raise InputError(
                f"close is empty ({close.shape[0]} sessions x {close.shape[1]} securities); a panel needs one of each: give prices."
            )
        checked = {"close": close}
        for name, kind in (("adjusted_close", "price"), ("dividends", "amount"), ("volume", "amount")):
            table = getattr(self, name)
            if table is not None:
                checked[name] = _read_only(alongside(table, close, name, kind))
        for name, frame in checked.items():
            object.__setattr__(self, name, frame)
        object.__setattr__(self, "currency", _labels(self.currency, close.columns, "currency"))
        basis = _labels(self.basis, close.columns, "basis").replace("", "unknown")
        strange = basis[~basis.isin(BASES)]
        if len(strange):
            raise InputError(
                f"basis of {strange.index[0]!r} is {strange.iloc[0]!r} ({len(strange)} such); choose one of: {', '.join(BASES)}."
            )
        object.__setattr__(self, "basis", basis)
        object.__setattr__(self, "venue", _labels(self.venue, close.columns, "venue"))
        object.__setattr__(self, "sources", tuple(self.sources))
        super().__post_init__()

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """The T sessions, ascending."""
        return pd.DatetimeIndex(self.close.index)

    @property
    def securities(self) -> list[str]:
        """The S securities, in the order of the columns."""
        return list(self.close.columns)

    @property
    def traded(self) -> pd.DataFrame:
        """(T, S) bool: there is a price and the volume is not zero. An unknown volume leaves the price standing."""
        priced = self.close if self.adjusted_close is None else self.close.fillna(self.adjusted_close)
        return pd.DataFrame(traded_cells(priced, self.volume), index=self.close.index, columns=self.close.columns)

    def returns(self, kind: ReturnKind = "simple", total: bool = True, *, gaps: GapRule = "missing") -> pd.DataFrame:
        """Daily returns of each security, in decimals; NaN on a day without a trade.

        Parameters
        ----------
        kind : {"simple", "log"}
        total : bool
            Whether dividends count. They are taken from the adjusted closes where a security has them, from `close`
            where its basis is ``total_return``, else added from `dividends`; a security with none of these (a price
            index, say) gives price returns.
        gaps : {"missing", "trade_to_trade"}
            What the first session after a gap gets, see :func:`to_returns`.

        Raises
        ------
        InputError
            If `total` is False and a security has only dividend-adjusted closes, or `total` is True and a security with
            dividends does not say whether its closes contain them.
        """
        prices, dividends = self._total_basis() if total else (self._price_basis(), None)
        return to_returns(prices, kind, volume=self.volume, dividends=dividends, gaps=gaps, venues=self._stated_venues)

    @property
    def _stated_venues(self) -> dict[str, str]:
        return {security: venue for security, venue in self.venue.items() if venue}

    def without_closed_days(self) -> MarketPanel:
        """The panel without the days on which the markets of all its securities were closed."""
        held = rows_of_any_market(self.close, self._stated_venues)
        return self if held.all() else self._on(self.sessions[held], self.securities, self.dropped)

    def known_at(self, instant: Instant) -> MarketPanel:
        """The figures that had been made at an instant: of each line, the sessions that its own venue had closed by then.

        The same date closes in Hong Kong hours before it closes in New York. A line whose venue, or whose venue's calendar,
        is not known keeps the days that had ended everywhere.

        Raises
        ------
        InputError
            If `instant` has no zone, or no session of the panel had closed by then.
        """
        moment = parse_instant(instant)
        venues = venues_of(self.close.columns, self._stated_venues)
        last = {venue: _last_closed(venue, moment) for venue in dict.fromkeys(venues)}
        known = self.sessions.to_numpy()[:, None] <= venues.map(last).to_numpy(dtype="datetime64[ns]")
        held = np.asarray(known.any(axis=1))
        if not held.any():
            raise InputError(
                f"as_of={instant!r} is before the first close of the prices ({self.sessions[0]:%Y-%m-%d}); choose a later instant."
            )
        cut = self._on(self.sessions[held], self.securities, self.dropped[~(self.dropped["session"] > self.sessions[held][-1])])
        frames = {
            name: frame.where(known[held])
            for name in ("close", "adjusted_close", "dividends", "volume")
            if (frame := getattr(cut, name)) is not None
        }
        return replace(cut, **frames)

    def beside(self, security: str) -> MarketPanel:
        """The securities that keep the sessions of `security`, on those sessions: its own venue and those with the same calendar.

        Raises
        ------
        InputError
            If `security` is not in the panel, or its venue is not known.
        """
        from impact.calendars import VENUES, venue_of

        self._require([security])
        own = self.venue[security] or venue_of(security)
        venues = venues_of(self.close.columns, self._stated_venues)
        alike = [str(name) for name, venue in venues.items() if venue and VENUES[venue].calendar == VENUES[own].calendar]
        return self.select(alike).without_closed_days()

    def doubts(self) -> pd.DataFrame:
        """Figures to compare with another source: see :func:`impact.market.plausibility.doubtful_figures`."""
        closes = self.close if self.adjusted_close is None else self.close.fillna(self.adjusted_close)
        return doubtful_figures(closes, self.volume, venues=self._stated_venues)

    def remarks(self) -> tuple[str, ...]:
        """What whoever uses the figures has to be told: how files were read, what was refused, sessions without a row, what to doubt."""
        told = (*absent_notes(self.close, self._stated_venues), *absences_of_two(self.close, self._stated_venues))
        return (*self.read_as, *dropped_notes(self.dropped), *told, *doubt_notes(self.doubts()))

    def select(self, securities: str | Iterable[str] | None = None, start: Day | None = None, end: Day | None = None) -> MarketPanel:
        """The panel of some securities from `start` to `end`, both included.

        Raises
        ------
        InputError
            If a security is not in the panel, or `start` is after `end`.
        DataUnavailable
            If there is no session in the range.
        """
        names = self.securities if securities is None else _as_list(securities)
        self._require(names)
        first, last = session_label(start, "start"), session_label(end, "end")
        if first is not None and last is not None and first > last:
            raise InputError(f"start={first:%Y-%m-%d} is after end={last:%Y-%m-%d}; swap them.")
        sessions = self.sessions[self.sessions.slice_indexer(first, last)]
        if not len(sessions):
            raise DataUnavailable(
                f"the panel has no session with start={start}, end={end}; it runs from "
                f"{self.sessions[0]:%Y-%m-%d} to {self.sessions[-1]:%Y-%m-%d}: choose dates within."
            )
        inside = self.dropped["session"].isna() | self.dropped["session"].between(first or pd.Timestamp.min, last or pd.Timestamp.max)
        named = self.dropped["security"].isin([*names, ""]) | (securities is None)
        return self._on(sessions, names, self.dropped[inside & named])

    def on_sessions(self, sessions: DaysLike) -> MarketPanel:
        """The panel on another list of sessions, such as those of one venue.

        A session the panel lacks becomes a day without a trade; a day of the panel that is not among `sessions` moves to
        `dropped`, one row for each security priced on it.
        """
        wanted = checked_sessions(pd.Index(sessions), "sessions")
        left_out = self.traded.loc[self.sessions.difference(wanted)]
        cells, why = np.argwhere(left_out.to_numpy()), "not a session of the calendar given"
        refused = [(left_out.columns[column], left_out.index[row], why, "") for row, column in cells]
        return self._on(wanted, self.securities, stacked((self.dropped, dropped_rows(refused))))

    def to_frame(self) -> pd.DataFrame:
        """One row for each session and security with a figure: session, security, currency, close and what else there is."""
        columns = {
            name: frame.stack(future_stack=True)
            for name in ("close", "adjusted_close", "dividends", "volume")
            if (frame := getattr(self, name)) is not None
        }
        long = pd.DataFrame(columns).dropna(how="all").reset_index()
        long.insert(2, "currency", long["security"].map(self.currency))
        return long

    def summary(self) -> Summary:
        """What the panel holds of each security: span, sessions traded, gaps, price basis, sources."""
        traded = self.traded
        span = traded.apply(lambda column: pd.Series([column.index[column].min(), column.index[column].max()], ["first", "last"])).T
        closed = closed_cells(self.close, self._stated_venues)
        listed = traded.cummax() & traded[::-1].cummax()[::-1] & ~closed
        rows = pd.DataFrame(
            {
                "security": self.securities,
                "currency": self.currency.to_numpy(),
                "basis": self.basis.to_numpy(),
                "first": pd.to_datetime(span["first"]).to_numpy(),
                "last": pd.to_datetime(span["last"]).to_numpy(),
                "n_traded": traded.sum().to_numpy(),
                "n_no_trade": (listed & ~traded).sum().to_numpy(),
                "n_volume_unknown": (traded if self.volume is None else traded & self.volume.isna()).sum().to_numpy(),
            }
        )
        reach = f"{self.sessions[0]:%Y-%m-%d} to {self.sessions[-1]:%Y-%m-%d}"
        title = f"Market panel: {len(self.securities)} securities, {len(self.sessions)} sessions, {reach}"
        tables = [("Securities", SECURITIES.table(rows))]
        if len(self.dropped):
            counts = self.dropped.groupby("reason", sort=False).size().rename("n").reset_index()
            tables.append(("Rows refused", REFUSED.table(counts)))
        return Summary(
            title=title,
            tables=tuple(tables),
            notes=(*self.read_as, *self.assumptions, *absences_of_two(self.close, self._stated_venues)),
            sources=self.sources,
        )

    def _total_basis(self) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        """Closes whose changes, with the dividends given, are total returns."""
        if self.adjusted_close is None:
            adjusted = pd.Series(False, index=self.close.columns)
            prices = self.close
        else:
            adjusted = self.adjusted_close.notna().any()
            prices = self.close.mask(np.broadcast_to(adjusted.to_numpy(), self.close.shape), self.adjusted_close)
        if self.dividends is None:
            return prices, None
        paying = (self.dividends > 0).any()
        unclear = self.basis.index[(self.basis == "unknown") & ~adjusted & paying]
        if len(unclear):
            raise InputError(
                f"basis of {len(unclear)} securities with dividends is unknown (first {unclear[0]!r}); "
                "say 'as_traded' (dividends are added) or 'total_return' (they are in the closes already)."
            )
        cash_counts = ~adjusted & (self.basis == "as_traded")
        return prices, self.dividends * cash_counts.astype(float)

    def _price_basis(self) -> pd.DataFrame:
        blocked = self.basis.index[self.basis == "total_return"]
        if len(blocked):
            raise InputError(
                f"total=False needs closes as traded, but {len(blocked)} securities (first {blocked[0]!r}) have only adjusted closes; "
                "use total=True or leave them out with select()."
            )
        return self.close

    def _require(self, names: list[str]) -> None:
        absent = [name for name in names if name not in self.close.columns]
        if absent:
            near = difflib.get_close_matches(absent[0], self.securities, n=3, cutoff=0.5)
            more = " ..." if len(self.securities) > 5 else ""
            hint = f"did you mean {', '.join(near)}?" if near else f"it has {', '.join(self.securities[:5])}{more}."
            raise InputError(
                f"securities={absent[0]!r} is not in the panel of {len(self.securities)} securities ({len(absent)} absent); {hint}"
            )
        if not names:
            raise InputError("securities is empty; name at least one security of the panel.")

    def _on(self, sessions: pd.DatetimeIndex, names: list[str], dropped: pd.DataFrame) -> MarketPanel:
        frames = {
            name: frame.reindex(index=sessions, columns=names)
            for name in ("close", "adjusted_close", "dividends", "volume")
            if (frame := getattr(self, name)) is not None
        }
        return replace(
            self,
            **frames,
            currency=self.currency[names],
            basis=self.basis[names],
            venue=self.venue[names],
            dropped=dropped.reset_index(drop=True),
        )


def _last_closed(venue: str, moment: pd.Timestamp) -> pd.Timestamp:
    """The last session of a venue that had closed; of an unknown one, the last day that had ended in every zone."""
    from impact.calendars import last_closed_session

    try:
        return last_closed_session(venue, moment)
    except (InputError, DataUnavailable):
        return (moment.tz_convert("UTC") - pd.Timedelta(hours=12)).tz_localize(None).normalize() - pd.Timedelta(days=1)


def session_label(value: Day | None, parameter: str) -> pd.Timestamp | None:
    """A session date from text or a timestamp; None stays None.

    Raises
    ------
    InputError
        If `value` is no date or may be two, or carries a time of day or a zone.
    """
    if value is None:
        return None
    (day,), (fault,) = faults_of_days([value])
    if fault in (TIMED, ZONED):
        raise InputError(f"{parameter}={value!r} is not a session; sessions are dates without time or zone: write YYYY-MM-DD.")
    if fault or pd.isna(day):
        raise InputError(f"{parameter}={value!r} {fault or NO_DATE}; write it as YYYY-MM-DD.")
    return pd.Timestamp(day)


def _as_list(securities: str | Iterable[str]) -> list[str]:
    return [securities] if isinstance(securities, str) else list(securities)


def _labels(given: Any, securities: pd.Index, parameter: str) -> pd.Series:
    """One text a security; empty where not given."""
    if isinstance(given, str):
        return pd.Series(given, index=securities, dtype="object", name=parameter)
    if isinstance(given, (pd.Series, Mapping)):
        named = {str(key): str(value) for key, value in given.items() if isinstance(value, str)}
        return pd.Series([named.get(security, "") for security in securities], index=securities, dtype="object", name=parameter)
    raise InputError(f"{parameter} is a {type(given).__name__}; give one text for all securities or a mapping of security to text.")


def _read_only(frame: pd.DataFrame) -> pd.DataFrame:
    values = frame.to_numpy(copy=True)
    values.flags.writeable = False
    return pd.DataFrame(values, index=frame.index, columns=frame.columns, copy=False)
