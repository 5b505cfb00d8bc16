"""Multi-event statistics written as plain loops over events and days, from the definitions: a second implementation."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

__all__ = ["slow_statistics"]


def slow_statistics(fit, a, b):
    """Statistic of each multi-event test over [a, b], one event and one day at a time."""
    first = int(fit.offsets[0])
    days = list(range(a - first, b - first + 1))
    events = [i for i in range(fit.n_events) if all(np.isfinite(fit.abnormal[i, t]) for t in days)]
    residual = {i: fit.residuals(slice(i, i + 1))[0] for i in events}
    sums = fit.window(a, b)
    car = {i: sum(fit.abnormal[i, t] for t in days) for i in events}
    scar = {i: car[i] / (fit.sigma[i] * sums.variance_factor[i] ** 0.5) for i in events}
    n, length, d = len(events), len(next(iter(residual.values()))), len(days)
    mean = lambda values: sum(values) / len(values)  # noqa: E731
    spread = lambda values: (sum((v - mean(values)) ** 2 for v in values) / (len(values) - 1)) ** 0.5  # noqa: E731
    cars, scars = list(car.values()), list(scar.values())
    found = {
        "cross_sectional": mean(cars) / spread(cars) * n**0.5,
        "patell": sum(scars) / sum(fit.df[i] / (fit.df[i] - 2) for i in events) ** 0.5,
        "bmp": mean(scars) / spread(scars) * n**0.5,
    }
    r_bar = _calendar_correlation(fit, events, residual, d)
    found["kp_patell"] = found["patell"] / (1 + (n - 1) * r_bar) ** 0.5
    found["kp_bmp"] = found["bmp"] * ((1 - r_bar) / (1 + (n - 1) * r_bar)) ** 0.5

    daily = [[residual[i][t] for i in events if np.isfinite(residual[i][t])] for t in range(length)]
    found["brown_warner"] = mean(cars) / (spread([mean(day) for day in daily if day]) * d**0.5)

    joined = {i: np.concatenate([residual[i], fit.abnormal[i]]) for i in events}
    ranks = {i: _ranks(joined[i]) for i in events}
    size = {i: int(np.isfinite(joined[i]).sum()) for i in events}
    kbar, u = [], []
    for t in range(length + fit.offsets.size):
        here = [i for i in events if np.isfinite(joined[i][t])]
        kbar.append(mean([ranks[i][t] - (size[i] + 1) / 2 for i in here]))
        u.append(sum(ranks[i][t] / (1 + size[i]) - 0.5 for i in here) / len(here) ** 0.5)
    tested = [length + t for t in days]
    for name, series in (("corrado", kbar), ("corrado_zivney", u)):
        s = mean([value**2 for value in series]) ** 0.5
        found[name] = sum(series[t] for t in tested) / (d**0.5 * s)

    wide = spread(scars)
    general = {i: np.append(residual[i] / fit.sigma[i], scar[i] / wide) for i in events}
    scaled = {i: _ranks(general[i]) / (np.isfinite(general[i]).sum() + 1) - 0.5 for i in events}
    ubar = []
    for t in range(length + 1):
        here = [scaled[i][t] for i in events if np.isfinite(scaled[i][t])]
        ubar.append((len(here), mean(here)))
    total = length + 1
    s = (sum(k / n * value**2 for k, value in ubar) / total) ** 0.5
    z = ubar[-1][1] / s
    found["grank_t"] = z * ((total - 2) / (total - 1 - z * z)) ** 0.5
    found["grank_z"] = (12 * n * (total + 1) / (total - 1)) ** 0.5 * ubar[-1][1]

    rise = sum(value > 0 for value in cars)
    share = mean([mean([float(e > 0) for e in residual[i] if np.isfinite(e)]) for i in events])
    found["sign"] = (rise - n / 2) / (n / 4) ** 0.5
    found["generalized_sign"] = (rise - n * share) / (n * share * (1 - share)) ** 0.5
    return found, n, r_bar


def _ranks(values):
    ranks = np.full(values.shape, np.nan)
    valid = np.isfinite(values)
    ranks[valid] = rankdata(values[valid])
    return ranks


def _calendar_correlation(fit, events, residual, window_length):
    """Mean over pairs of overlap weight times correlation on common calendar sessions."""
    calendar = {i: {int(fit.day0[i]) + fit.estimation[0] + t: e for t, e in enumerate(residual[i]) if np.isfinite(e)} for i in events}
    total = 0.0
    for i in events:
        for j in events:
            overlap = window_length - abs(int(fit.day0[i]) - int(fit.day0[j]))
            common = sorted(set(calendar[i]) & set(calendar[j]))
            if i < j and overlap > 0 and len(common) >= 30:
                pair = np.corrcoef([calendar[i][s] for s in common], [calendar[j][s] for s in common])
                total += overlap / window_length * pair[0, 1]
    n = len(events)
    return total / (n * (n - 1) / 2)
