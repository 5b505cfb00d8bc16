"""How much events move together, and the tests that allow for it.

The mean correlation r_bar of estimation residuals is taken over *calendar* sessions. Pairs whose tested windows do not
overlap weigh nothing, so only groups of events whose dates lie within one window length of each other are compared, and
inside a group the sum over all pairs comes from one summed series, never from an N x N matrix.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable, normal_outcome, student_outcome
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["ResidualDependence", "kp_bmp", "kp_patell", "mean_correlation", "overlap_dependence", "variance_inflation"]

SMALLEST_INFLATION = 1e-6
USUAL_COMMON = 30
"""Common sessions from which two series have a correlation."""
FEWEST_COMMON = 8
"""Common sessions from which a correlation enters where most pairs have fewer than the usual 30."""
NO_VARIATION = 1e-13
"""A series whose variance is below this share of its mean square is constant but for rounding."""
PAIR_BLOCK = 2048
"""Events a side of one block of the pairwise product; bounds its memory to 32 MB a matrix."""


@dataclass(frozen=True, kw_only=True)
class ResidualDependence:
    """Mean correlation of the estimation residuals of all pairs of events, weighted by the overlap of their windows.

    Attributes
    ----------
    r_bar : float
        Mean over all N(N-1)/2 pairs of overlap weight times correlation; NaN with fewer than 2 events.
    coverage : float
        Share of the overlapping pairs with enough common sessions; the others count as uncorrelated. NaN without any.
    n_overlapping_pairs, n_pairs : int
        Pairs whose tested windows share a session, and all pairs.
    covered_weight : float
        Share of the overlap weight that falls on covered pairs.
    """

    r_bar: float
    coverage: float
    n_overlapping_pairs: int
    n_pairs: int
    covered_weight: float = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class _Rows:
    """Series with gaps, ready for products: values about the mean of their row with 0 in the gaps, their squares, 1 where valid.

    Each is (n, L), the means `level` (n,): a sum of squares about zero has no digits left for a series far from it.
    """

    values: FloatArray
    squares: FloatArray
    valid: FloatArray
    level: FloatArray

    @classmethod
    def of(cls, rows: FloatArray, valid: BoolArray) -> _Rows:
        level = np.where(valid, rows, 0.0).sum(axis=1) / np.maximum(valid.sum(axis=1), 1)
        values = np.where(valid, rows - level[:, None], 0.0)
        return cls(values=values, squares=values * values, valid=valid.astype(float), level=level)

    def part(self, events: slice, sessions: slice) -> _Rows:
        return _Rows(
            values=self.values[events, sessions],
            squares=self.squares[events, sessions],
            valid=self.valid[events, sessions],
            level=self.level[events],
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _DateGroup:
    """The events of one date: the usual ones share the commonest pattern of gaps, the odd ones have their own.

    `usual` is (n, L). `every` holds all events, the odd ones first, and exists only when some are odd. `heads[s]` and
    `tails[s]` hold, for a shift of s sessions against another date, the sum over the usual events of their series
    standardised without the last (first) s sessions, and how many events could be standardised; they exist when the usual
    events have no gap.
    """

    day: int
    usual: FloatArray
    usual_mask: BoolArray
    n_odd: int
    every: _Rows | None
    heads: dict[int, tuple[FloatArray, int]]
    tails: dict[int, tuple[FloatArray, int]]

    @property
    def n_events(self) -> int:
        result: int = self.usual.shape[0] + self.n_odd
        return result

    def rows(self) -> _Rows:
        """All events ready for pairwise products."""
        return self.every or _Rows.of(self.usual, np.broadcast_to(self.usual_mask, self.usual.shape))


def variance_inflation(r_bar: float, n_events: int) -> float:
    """``1 + (N - 1) * r_bar``, floored at a small positive number: how much correlation widens the variance of a mean."""
    return max(1.0 + (n_events - 1) * r_bar, SMALLEST_INFLATION)


def kp_patell(patell: Outcome, r_bar: float) -> Outcome:
    """Patell's statistic with its variance inflated for the correlation of the events.

    Notes
    -----
    ``patell / sqrt(1 + (N - 1) * r_bar)``, standard normal. Falls when the event raises the variance.

    References
    ----------
    Kolari and Pynnonen (2010); Kolari, Pape and Pynnonen (2018) for windows that overlap in part.
    """
    if patell.reason:
        return patell
    if not np.isfinite(r_bar):
        return inapplicable("a correlation between events needs at least 2 events", patell.n_events)
    inflation = variance_inflation(r_bar, patell.n_events)
    return normal_outcome(patell.statistic / np.sqrt(inflation), patell.n_events, patell.warning or _floor_warning(inflation))


def kp_bmp(bmp: Outcome, r_bar: float) -> Outcome:
    """The standardised cross-sectional statistic with its variance corrected for the correlation of the events.

    Notes
    -----
    ``bmp * sqrt((1 - r_bar) / (1 + (N - 1) * r_bar))``, Student t on N - 1 degrees of freedom. A common shock both widens
    the variance of the mean and narrows the spread across events; the numerator undoes the second.

    References
    ----------
    Kolari and Pynnonen (2010).
    """
    if bmp.reason:
        return bmp
    if r_bar >= 1.0:
        return inapplicable("the events are perfectly correlated: they are one event", bmp.n_events)
    inflation = variance_inflation(r_bar, bmp.n_events)
    statistic = bmp.statistic * np.sqrt((1.0 - r_bar) / inflation)
    return student_outcome(statistic, bmp.df, bmp.n_events, bmp.warning or _floor_warning(inflation))


def _floor_warning(inflation: float) -> str:
    if inflation > SMALLEST_INFLATION:
        return ""
    return "the mean correlation is so negative that the variance of the mean vanishes; the statistic rests on a floor"


def mean_correlation(residuals: FloatArray) -> float:
    """Mean correlation over all pairs of complete series, without forming the pairs.

    Parameters
    ----------
    residuals : (N, L) float
        One series a row; no NaN, none constant.

    Notes
    -----
    With z standardised (mean 0, variance 1, ddof 0): ``(Var_t(sum_i z_it) - N) / (N * (N - 1))``.
    """
    n = residuals.shape[0]
    centred = residuals - residuals.mean(axis=1, keepdims=True)
    total = (centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True))).sum(axis=0)
    return float((np.mean(total**2) - n) / (n * (n - 1)))


def overlap_dependence(
    residuals: Callable[[IntArray], FloatArray],
    day0: IntArray,
    window_length: int,
    *,
    min_common: int = USUAL_COMMON,
) -> ResidualDependence:
    """Mean residual correlation of all pairs of events, each pair weighted by the overlap of its tested windows.

    Parameters
    ----------
    residuals : callable (index array) -> (n, L) float
        Estimation residuals of the events asked for; row l is session ``day0 + first + l``. NaN is a row not usable.
        Asked for one date at a time, dates ascending.
    day0 : (N,) int
        Calendar position of each event's day 0.
    window_length : int
        Sessions b - a + 1 of the tested window.
    min_common : int
        Fewest common sessions for a pair to have a correlation; a pair with fewer counts as 0 and lowers the coverage.

    Notes
    -----
    ``r_bar = mean over pairs of max(0, window_length - |day0_i - day0_j|) / window_length * rho_ij`` with rho_ij the Pearson
    correlation on the calendar sessions that both events have. One common date gives weight 1 everywhere.

    References
    ----------
    Kolari and Pynnonen (2010); Kolari, Pape and Pynnonen (2018).
    """
    n = day0.size
    n_pairs = n * (n - 1) // 2
    if n < 2:
        return ResidualDependence(r_bar=float("nan"), coverage=float("nan"), n_overlapping_pairs=0, n_pairs=0)
    order = np.argsort(day0, kind="stable")
    days, starts = np.unique(day0[order], return_index=True)
    stops = np.append(starts[1:], n)
    recent: deque[_DateGroup] = deque()
    weighted = covered_weight = weight = 0.0
    covered = overlapping = 0
    for position, (day, start, stop) in enumerate(zip(days.tolist(), starts, stops, strict=True)):
        before, after = _shifts(days, position, window_length)
        if stop - start == 1 and not before and not after:
            continue
        group = _date_group(day, residuals(order[start:stop]), before, after)
        while recent and day - recent[0].day >= window_length:
            recent.popleft()
        for other in (*recent, group):
            total, good, pairs = _pair_sum(group, other, min_common)
            overlap = (window_length - (day - other.day)) / window_length
            weighted += total * overlap
            covered_weight += good * overlap
            weight += pairs * overlap
            covered += good
            overlapping += pairs
        recent.append(group)
    return ResidualDependence(
        r_bar=weighted / n_pairs,
        coverage=covered / overlapping if overlapping else float("nan"),
        n_overlapping_pairs=overlapping,
        n_pairs=n_pairs,
        covered_weight=covered_weight / weight if weight else 1.0,
    )


def _shifts(days: IntArray, position: int, window_length: int) -> tuple[list[int], list[int]]:
    """Sessions from the date at `position` back to the earlier dates within one window, and on to the later ones."""
    first = np.searchsorted(days, days[position] - window_length, side="right")
    last = np.searchsorted(days, days[position] + window_length, side="left")
    near = days[first:last] - days[position]
    return (-near[near < 0]).tolist(), near[near > 0].tolist()


def _date_group(day: int, rows: FloatArray, earlier: list[int], later: list[int]) -> _DateGroup:
    """Split the events of one date into those with the commonest pattern of gaps and the others."""
    valid = np.isfinite(rows)
    chosen = valid.all(axis=1)
    if chosen.mean() < 0.5:
        _, which, counts = np.unique(np.packbits(valid, axis=1), axis=0, return_inverse=True, return_counts=True)
        chosen = np.ravel(which) == counts.argmax()
    n_odd = int(np.count_nonzero(~chosen))
    usual = rows[chosen] if n_odd else rows
    mask = valid[chosen][0]
    heads, tails = _summed_edges(usual, earlier, later) if mask.all() else ({}, {})
    every = None
    if n_odd:
        odd_first = np.argsort(chosen, kind="stable")
        every = _Rows.of(rows[odd_first], valid[odd_first])
    return _DateGroup(day=day, usual=usual, usual_mask=mask, n_odd=n_odd, every=every, heads=heads, tails=tails)


def _summed_edges(
    rows: FloatArray, earlier: list[int], later: list[int]
) -> tuple[dict[int, tuple[FloatArray, int]], dict[int, tuple[FloatArray, int]]]:
    """Summed standardised series of complete rows for every shift, all in one matrix product."""
    length = rows.shape[1]
    cuts = [slice(0, length)] + [slice(0, length - s) for s in earlier] + [slice(s, length) for s in later]
    level = rows.mean(axis=1) if length else np.zeros(len(rows))
    rows = rows - level[:, None]
    total, squares = rows.sum(axis=1), np.einsum("ij,ij->i", rows, rows)
    least = NO_VARIATION * (squares / max(length, 1) + level**2)
    weights = np.zeros((len(cuts), len(rows)))
    means = np.zeros((len(cuts), len(rows)))
    for k, cut in enumerate(cuts):
        count = max(cut.stop - cut.start, 1)
        outside = rows[:, cut.stop :] if cut.start == 0 else rows[:, : cut.start]
        size = squares - np.einsum("ij,ij->i", outside, outside)
        means[k] = (total - outside.sum(axis=1)) / count
        variance = size / count - means[k] ** 2
        np.divide(1.0, np.sqrt(np.maximum(variance, 0.0)), out=weights[k], where=variance > least)
    series = weights @ rows - np.einsum("kn,kn->k", weights, means)[:, None]
    summed = [(series[k, cut], int(np.count_nonzero(weights[k]))) for k, cut in enumerate(cuts)]
    heads = dict(zip([0, *earlier], summed[: len(earlier) + 1], strict=True))
    tails = dict(zip([0, *later], [summed[0], *summed[len(earlier) + 1 :]], strict=True))
    return heads, tails


def _pair_sum(later: _DateGroup, earlier: _DateGroup, min_common: int) -> tuple[float, int, int]:
    """Sum of the correlations of all pairs across two dates (or within one), pairs covered, pairs."""
    shift = later.day - earlier.day
    length = later.usual.shape[1]
    head, tail = slice(0, max(length - shift, 0)), slice(min(shift, length), None)
    within = later is earlier
    n_later, n_earlier = later.n_events, earlier.n_events
    pairs = n_later * (n_later - 1) // 2 if within else n_later * n_earlier
    total, covered = _usual_pairs(later, earlier, head, tail, min_common)
    sides = []
    if later.n_odd:
        sides.append((later.rows().part(slice(0, later.n_odd), head), earlier.rows().part(slice(None), tail)))
    if earlier.n_odd and not within:
        sides.append((later.rows().part(slice(later.n_odd, None), head), earlier.rows().part(slice(0, earlier.n_odd), tail)))
    for left, right in sides:
        part, good = _cross_correlation_sum(left, right, min_common, once=within)
        total += part
        covered += good
    return total, covered, pairs


def _usual_pairs(later: _DateGroup, earlier: _DateGroup, head: slice, tail: slice, min_common: int) -> tuple[float, int]:
    """Pairs among the events that share one pattern of gaps, through the summed standardised series."""
    mask = later.usual_mask[head] & earlier.usual_mask[tail]
    common = int(mask.sum())
    if common < max(min_common, 2):
        return 0.0, 0
    shift = later.day - earlier.day
    if shift in later.heads and shift in earlier.tails:
        (left, n_left), (right, n_right) = later.heads[shift], earlier.tails[shift]
    else:
        left, n_left = _summed_edges(later.usual[:, head][:, mask], [], [])[0][0]
        right, n_right = _summed_edges(earlier.usual[:, tail][:, mask], [], [])[0][0]
    product = float(left @ right) / common
    if later is earlier:
        return (product - n_left) / 2.0, n_left * (n_left - 1) // 2
    return product, n_left * n_right


def _cross_correlation_sum(left: _Rows, right: _Rows, min_common: int, *, once: bool) -> tuple[float, int]:
    """Sum over all (i, j) of the correlation on the sessions both have, and how many pairs have one.

    With `once`, `left` are the first events of `right` and only pairs i < j count.
    """
    total = 0.0
    covered = 0
    for i in range(0, len(left.values), PAIR_BLOCK):
        rows = left.part(slice(i, i + PAIR_BLOCK), slice(None))
        for j in range(i if once else 0, len(right.values), PAIR_BLOCK):
            rho = _pairwise_correlation(rows, right.part(slice(j, j + PAIR_BLOCK), slice(None)), min_common)
            known = np.isfinite(rho)
            if once and i == j:
                known = np.triu(known, k=1)
            covered += int(np.count_nonzero(known))
            total += float(rho[known].sum())
    return total, covered


def _pairwise_correlation(left: _Rows, right: _Rows, min_common: int) -> FloatArray:
    """(n, m) Pearson correlations on the sessions both have; NaN below `min_common` or without variation."""
    count = left.valid @ right.valid.T
    n = np.maximum(count, 1.0)
    sum_x, sum_y = left.values @ right.valid.T, left.valid @ right.values.T
    square_x, square_y = left.squares @ right.valid.T, left.valid @ right.squares.T
    spread_x, spread_y = square_x - sum_x * sum_x / n, square_y - sum_y * sum_y / n
    product = left.values @ right.values.T - sum_x * sum_y / n
    least_x = NO_VARIATION * (square_x + count * left.level[:, None] ** 2)
    least_y = NO_VARIATION * (square_y + count * right.level**2)
    known = (count >= max(min_common, 2)) & (spread_x > least_x) & (spread_y > least_y)
    result: FloatArray = np.divide(
        product, np.sqrt(np.where(known, spread_x * spread_y, 1.0)), out=np.full(count.shape, np.nan), where=known
    )
    return result
