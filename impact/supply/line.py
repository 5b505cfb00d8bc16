"""The state of one trading line on the eve of an event: price, volume, volatility, float."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.provenance import Source
from impact.tables.prose import significant
from impact.typing_ import FloatArray, FloatLike

__all__ = ["LineState", "line_state"]

ESTIMATION_SESSIONS = 60
MEASURES = ("price", "usd_per_unit", "adv_shares", "sigma")
MIN_SESSIONS = 20
MAX_GAP = pd.Timedelta(days=15)  # the longest closure, the lunar new year, is shorter


@dataclass(frozen=True, kw_only=True)
class LineState:
    """What supply is measured against: a line as it traded before the event.

    Parameters
    ----------
    security, currency : str
        The line and the currency of `price`.
    price : float
        Last close before the event, in `currency`.
    usd_per_unit : float
        US dollars for one unit of `currency`.
    adv_shares : float
        Usual daily volume in shares, from sessions before the event.
    sigma : float
        Daily volatility, decimal, from the same sessions.
    float_shares, shares_outstanding : float
        Freely traded shares and all shares; NaN is unknown, and fractions of it stay NaN.
    least_float_shares : float
        Lower end of the float where it is a range; NaN: it is the one figure, or unknown.
    most_shares : float
        Most that all holders but insiders can hold together, the upper end of the float or of all shares; NaN: unknown.
    sources : tuple of Source
    assumptions : tuple of str

    Raises
    ------
    InputError
        If a value is not positive, or the float exceeds the shares outstanding.

    Notes
    -----
    NaN is unknown, of every figure: multiples of an unknown volume and values at an unknown price stay NaN.
    """

    security: str
    currency: str
    price: float
    usd_per_unit: float
    adv_shares: float
    sigma: float
    float_shares: float = math.nan
    shares_outstanding: float = math.nan
    least_float_shares: float = math.nan
    most_shares: float = math.nan
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (*MEASURES, "float_shares", "shares_outstanding", "least_float_shares", "most_shares"):
            value = getattr(self, name)
            if not math.isnan(value) and not (value > 0 and math.isfinite(value)):
                raise InputError(
                    f"{name}={value!r} must be positive and finite, or NaN when unknown; supply is measured against it: correct it."
                )
        if self.float_shares > self.shares_outstanding:
            raise InputError(
                f"float_shares={significant(self.float_shares, 6)} exceeds shares_outstanding={significant(self.shares_outstanding, 6)};"
                " the float is part of them: swap or fix."
            )

    @property
    def unknown(self) -> tuple[str, ...]:
        """Which of price, rate, usual volume and volatility are not known."""
        return tuple(name for name in MEASURES if math.isnan(getattr(self, name)))

    @property
    def ceiling_shares(self) -> float:
        """Most shares that can be forced onto the market: ``most_shares``, else the float, else all shares; NaN: unknown."""
        bounds = (self.most_shares, self.float_shares, self.shares_outstanding)
        return next((bound for bound in bounds if not math.isnan(bound)), math.nan)

    def float_fraction(self, shares: FloatLike, end: str) -> FloatArray:
        """Shares as a fraction of the float: the least over the largest it may be, the most over the smallest; NaN where it is unknown.

        Parameters
        ----------
        shares : float or array
        end : {"low", "mid", "high"}

        Notes
        -----
        What the float itself can supply is at most all of it.

        Examples
        --------
        >>> line = LineState(
        ...     security="X", currency="USD", price=1.0, usd_per_unit=1.0, adv_shares=1.0, sigma=0.01, float_shares=70.0, least_float_shares=60.0, most_shares=80.0
        ... )
        >>> [float(line.float_fraction(30.0, end)) for end in ("low", "high")]
        [0.375, 0.5]
        """
        most = self.float_shares if math.isnan(self.most_shares) else max(self.most_shares, self.float_shares)
        least = self.float_shares if math.isnan(self.least_float_shares) else min(self.least_float_shares, self.float_shares)
        known = not math.isnan(self.float_shares)
        sold = np.asarray(shares, dtype=float)
        fraction = sold / ({"low": most, "mid": self.float_shares, "high": least}[end] if known else math.nan)
        held: FloatArray = np.where(sold <= most, np.minimum(fraction, 1.0), fraction)
        return held

    @property
    def price_usd(self) -> float:
        """Price of one share in US dollars."""
        return self.price * self.usd_per_unit

    @property
    def adv_usd(self) -> float:
        """Usual daily value traded in US dollars."""
        return self.adv_shares * self.price_usd

    @property
    def shares_outstanding_adv(self) -> float:
        """Shares outstanding in multiples of ADV."""
        return self.shares_outstanding / self.adv_shares


def line_state(
    closes: pd.Series,
    volumes: pd.Series,
    *,
    before: pd.Timestamp | str,
    currency: str,
    usd_per_unit: float,
    float_shares: float = math.nan,
    shares_outstanding: float = math.nan,
    least_float_shares: float = math.nan,
    most_shares: float = math.nan,
    n_sessions: int = ESTIMATION_SESSIONS,
    sources: tuple[Source, ...] = (),
    assumptions: tuple[str, ...] = (),
) -> LineState:
    """Measure a line over the sessions strictly before an event.

    Parameters
    ----------
    closes, volumes : Series
        By session; the name of `closes` is the security. A NaN is a session without trade or with unknown volume; where too few
        volumes are known, the usual volume is not.
    before : session label
        First session that could react; it and everything after it are left out.
    n_sessions : int
        Sessions used: the median of their volume is ADV, the standard deviation of their log returns is sigma.

    Raises
    ------
    InputError
        If fewer than 20 sessions have a return, or the prices end long before the event.
    """
    past = closes.loc[closes.index < pd.Timestamp(before)].tail(n_sessions + 1)
    traded = volumes.reindex(past.index).iloc[1:]
    traded = traded[traded > 0]
    priced = past.dropna()
    if len(priced) and pd.Timestamp(before) - priced.index[-1] > MAX_GAP:
        raise InputError(
            f"before={pd.Timestamp(before):%Y-%m-%d} but the last close is of {priced.index[-1]:%Y-%m-%d}; the state on the eve is needed:"
            " give prices that reach the event."
        )
    moves = np.diff(np.log(priced.to_numpy(dtype=float)))
    if moves.size < MIN_SESSIONS:
        raise InputError(
            f"before={pd.Timestamp(before):%Y-%m-%d} leaves {moves.size} returns; volatility needs at least {MIN_SESSIONS}: give a longer history."
        )
    ending = f"ending {past.index[-1]:%Y-%m-%d}, before the event."
    if traded.size < MIN_SESSIONS:
        usual = float("nan")
        measured: tuple[str, ...] = (
            f"Sigma is the standard deviation of {moves.size} log returns {ending}",
            f"Usual volume is unknown: {traded.size} of these sessions have a volume, fewer than {MIN_SESSIONS}.",
        )
    else:
        usual = float(traded.median())
        alike = f"ADV is the median volume and sigma the standard deviation of log returns of {traded.size} sessions {ending}"
        apart = (
            f"ADV is the median volume of {traded.size} sessions {ending}",
            f"Sigma is the standard deviation of {moves.size} log returns of the same time.",
        )
        measured = (alike,) if moves.size == traded.size else apart
    return LineState(
        security=str(closes.name),
        currency=currency,
        price=float(priced.iloc[-1]),
        usd_per_unit=usd_per_unit,
        adv_shares=usual,
        sigma=float(moves.std(ddof=1)),
        float_shares=float_shares,
        shares_outstanding=shares_outstanding,
        least_float_shares=least_float_shares,
        most_shares=most_shares,
        sources=sources,
        assumptions=(*measured, *assumptions),
    )
