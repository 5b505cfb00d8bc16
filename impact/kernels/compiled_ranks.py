"""Sums of ranks over events as machine code; needs numba (extra ``fast``).

The sort stays numpy's, which is vectorised; these loops make its keys and read them. Import this module only through
:func:`impact.kernels.acceleration.compiled_loops`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["rank_keys", "ranked_sums"]


@njit(cache=True, nogil=True)
def rank_keys(residuals, abnormal, last_bits, keys, counts, mean, positive):  # type: ignore[no-untyped-def]
    """The values of each event with the position of their day in the last bits, missing days last, for one sort of numbers.

    `residuals` is (n, L), `abnormal` (n, W); writes `keys` (n, L + W), `counts` (n, 2) of days with a value among all and among
    the estimation days, and `positive` (n,) residuals above zero; adds to `mean` (2, L) the sum and the count of residuals.
    """
    n, length = residuals.shape
    largest = np.finfo(np.float64).max
    total = np.empty(length)
    for i in range(n):
        known, above = 0, 0
        row, key = residuals[i], keys[i]
        for t in range(length):
            value = row[t]
            present = value == value
            known += present
            above += value > 0.0
            total[t] = value if present else 0.0
            key[t] = value + 0.0 if present else largest
        if known == length:
            for t in range(length):
                mean[0, t] += total[t]
                mean[1, t] += 1.0
        else:
            for t in range(length):
                mean[0, t] += total[t]
                mean[1, t] += row[t] == row[t]
        counts[i, 1], positive[i] = known, above
        for w in range(abnormal.shape[1]):
            value = abnormal[i, w]
            present = value == value
            known += present
            key[length + w] = value + 0.0 if present else largest
        counts[i, 0] = known
        bits = key.view(np.int64)
        for t in range(bits.size):
            bits[t] = (bits[t] & ~last_bits) | t


@njit(cache=True, nogil=True)
def ranked_sums(keys, residuals, abnormal, threshold, last_bits, counts, sums, generalised):  # type: ignore[no-untyped-def]
    """Add the ranks of events whose `keys` are sorted row by row.

    Adds to `sums` (3, L + W) the centred ranks, the scaled ranks and the days with a value; to `generalised` (2, L + 1) the
    scaled ranks among the estimation days and the one value `threshold` (n,) of each event (last), and the days with a value.
    A `threshold` of NaN leaves `generalised` as it is.
    """
    n, n_days = keys.shape
    length = residuals.shape[1]
    values, days, ranks = np.empty(n_days), np.empty(n_days, dtype=np.int64), np.empty(n_days)
    whole, n_whole = np.zeros(n_days), 0
    plain, n_plain = np.zeros(length + 1), 0
    for i in range(n):
        count, limit = counts[i, 0], threshold[i]
        if count == n_days and _no_two_close(keys[i].view(np.int64), last_bits):
            n_whole += 1
            n_plain += limit == limit
            _add_plain(keys[i].view(np.int64), last_bits, residuals[i], limit, whole, plain)
            continue
        tied = _in_order(keys[i].view(np.int64), residuals[i], abnormal[i], last_bits, count, values, days)
        middle, size = (count + 1) / 2.0, count + 1.0
        if tied:
            _average(values, count, ranks)
        else:
            for place in range(count):
                ranks[place] = place + 1.0
        if count == n_days:
            n_whole += 1
            for place in range(count):
                whole[days[place]] += ranks[place] - middle
        else:
            for place in range(count):
                centred = ranks[place] - middle
                sums[0, days[place]] += centred
                sums[1, days[place]] += centred / size
                sums[2, days[place]] += 1.0
        if limit == limit:
            _generalised(values, days, count, tied, limit, length, counts[i, 1], ranks, generalised)
    for t in range(n_days):
        sums[0, t] += whole[t]
        sums[1, t] += whole[t] / (n_days + 1.0)
        sums[2, t] += n_whole
    for t in range(length + 1):
        generalised[0, t] += plain[t] / (length + 2.0) - n_plain / 2.0
        generalised[1, t] += n_plain


@njit(cache=True, nogil=True)
def _no_two_close(bits, last_bits):  # type: ignore[no-untyped-def]
    """Whether no two neighbours agree but for their last bits."""
    close = 0
    for place in range(1, bits.size):
        differ = bits[place] ^ bits[place - 1]
        close += (differ <= last_bits) & (differ >= 0)
    return close == 0


@njit(cache=True, nogil=True)
def _add_plain(bits, last_bits, row, limit, whole, plain):  # type: ignore[no-untyped-def]
    """Add the centred ranks of an event without gaps or ties, and its ranks among the estimation days and `limit`."""
    middle, outside, below, level = (bits.size + 1) / 2.0, 0, 0, 0
    for place in range(bits.size):
        day = bits[place] & last_bits
        whole[day] += place + 1.0 - middle
        if day >= row.size:
            outside += 1
        elif limit == limit:
            more = 1.0 if row[day] > limit else 0.5 if row[day] == limit else 0.0
            below += row[day] < limit
            level += row[day] == limit
            plain[day] += place + 1.0 - outside + more
    if limit == limit:
        plain[row.size] += below + 1.0 + level / 2.0


@njit(cache=True, nogil=True)
def _in_order(bits, row, abnormal, last_bits, count, values, days):  # type: ignore[no-untyped-def]
    """Days and values in ascending order; whether some values are equal."""
    length = row.size
    close = 0
    for place in range(count):
        day = bits[place] & last_bits
        days[place] = day
        values[place] = row[day] if day < length else abnormal[day - length]
        close += place > 0 and (bits[place] ^ bits[place - 1]) <= last_bits and (bits[place] ^ bits[place - 1]) >= 0
    if close == 0:
        return False
    tied = False
    for place in range(1, count):  # keys that differ in their last bits alone may stand in the wrong order
        value, day, at = values[place], days[place], place
        while at > 0 and values[at - 1] > value:
            values[at], days[at] = values[at - 1], days[at - 1]
            at -= 1
        values[at], days[at] = value, day
        tied = tied or (at > 0 and values[at - 1] == value)
    return tied


@njit(cache=True, nogil=True)
def _average(values, count, ranks):  # type: ignore[no-untyped-def]
    """Ranks from 1 of ascending values, equal ones sharing their average."""
    begin = 0
    while begin < count:
        end = begin + 1
        while end < count and values[end] == values[begin]:
            end += 1
        ranks[begin:end] = begin + (end - begin + 1) / 2.0
        begin = end


@njit(cache=True, nogil=True)
def _generalised(values, days, count, tied, limit, length, known, ranks, sums):  # type: ignore[no-untyped-def]
    """Ranks of the estimation days and of `limit` among themselves; overwrites `values`, `days` and `ranks`."""
    kept, below, level = 0, 0, 0
    for place in range(count):
        value, day = values[place], days[place]
        values[kept], days[kept] = value, day
        if day < length:
            kept += 1
            below += value < limit
            level += value == limit
    size = known + 2.0
    if tied:
        _average(values, kept, ranks)
        for place in range(kept):
            more = 1.0 if values[place] > limit else 0.5 if values[place] == limit else 0.0
            sums[0, days[place]] += (ranks[place] + more) / size - 0.5
    else:
        for place in range(kept):
            more = 1.0 if values[place] > limit else 0.5 if values[place] == limit else 0.0
            sums[0, days[place]] += (place + 1.0 + more) / size - 0.5
    for place in range(kept):
        sums[1, days[place]] += 1.0
    sums[0, length] += (below + 1.0 + level / 2.0) / size - 0.5
    sums[1, length] += 1.0
