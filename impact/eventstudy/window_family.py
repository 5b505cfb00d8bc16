"""Several windows of one study tested together, their p-values adjusted for the number of looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.hypotheses import TestName
from impact.eventstudy.inference import describe_inference, run_tests
from impact.eventstudy.sample import OneSeries, event_sample, gather_evidence, one_series
from impact.kernels.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm, romano_wolf
from impact.kernels.records import FittedEvents
from impact.typing_ import FloatArray, Window

__all__ = ["Adjustment", "adjust_over_windows"]

Adjustment: TypeAlias = Literal["holm", "bh", "by", "romano_wolf"]
_STEPWISE = {"holm": holm, "bh": benjamini_hochberg, "by": benjamini_yekutieli}


def adjust_over_windows(
    fit: FittedEvents,
    windows: Sequence[Window],
    *,
    method: Adjustment = "holm",
    test: TestName | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Test several windows and adjust their p-values for having looked at all of them.

    Parameters
    ----------
    fit : FittedEvents
    windows : sequence of (a, b)
        All windows that were looked at, not only those that came out well.
    method : {"holm", "bh", "by", "romano_wolf"}
        Holm for a few confirmatory windows; Benjamini-Hochberg for scanning; Benjamini-Yekutieli under any dependence;
        Romano-Wolf, for one event or one date, uses the joint law of the windows on placebo days and costs least.
    test : str, optional
        Test to use in every window; the leading test of each window when None. With Romano-Wolf the studentised block
        placebo is used.
    **options
        Passed to :func:`~impact.eventstudy.inference.run_tests`.

    Returns
    -------
    DataFrame
        Index `window`; columns test, statistic, p_value, p_adjusted, n_events, method, reason.

    Raises
    ------
    InputError
        If no window is given, a window repeats, or the method is unknown.
    InfeasibleDesign
        If Romano-Wolf is asked for events of several dates.
    """
    spans = [(int(a), int(b)) for a, b in windows]
    if not spans or len(set(spans)) < len(spans):
        raise InputError(f"windows holds {len(spans)} window(s), {len(set(spans))} distinct; give each window once, at least one.")
    if method not in (*_STEPWISE, "romano_wolf"):
        raise InputError(f"method={method!r} is unknown; choose one of: {', '.join(_STEPWISE)}, romano_wolf.")
    if method == "romano_wolf":
        return _romano_wolf(fit, spans)
    incomplete = {key: options[key] for key in ("incomplete",) if key in options}
    rows = []
    for a, b in spans:
        name: Any = test or describe_inference(fit, a, b, **incomplete).headline
        if not name:
            rows.append({"test": "", "statistic": np.nan, "p_value": np.nan, "n_events": 0, "reason": "no event can be tested"})
            continue
        tested = run_tests(fit, a, b, tests=[name], **options).iloc[0]
        rows.append({"test": name} | {key: tested[key] for key in ("statistic", "p_value", "n_events", "reason")})
    frame = pd.DataFrame(rows, index=_labels(spans))
    frame.insert(3, "p_adjusted", _STEPWISE[method](frame["p_value"].to_numpy(dtype=float)))
    frame["method"] = method
    return frame


def _labels(spans: Sequence[Window]) -> pd.Index:
    return pd.Index([f"({a}, {b})" for a, b in spans], name="window")


def _romano_wolf(fit: FittedEvents, spans: Sequence[Window]) -> pd.DataFrame:
    a, b = min(span[0] for span in spans), max(span[1] for span in spans)
    sample = event_sample(fit, a, b)
    dates = np.unique(sample.day0).size
    if dates != 1:
        raise InfeasibleDesign(
            f"{sample.n_events} events on {dates} dates have returns on all of ({a}, {b}); Romano-Wolf needs one date: use holm."
        )
    series = one_series(sample, gather_evidence(sample, ranks=False, grank=False).mean_residual)
    if series.regressors is None or series.event_regressors is None:
        raise InfeasibleDesign("the fit shows no common regression, which Romano-Wolf scales its placebo windows by; use holm.")
    statistics, draws = _placebo_family(series, series.regressors, series.event_regressors, spans, a)
    p = (1.0 + (np.abs(draws) >= np.abs(statistics)).sum(axis=0)) / (len(draws) + 1.0)
    columns = {
        "test": "block_placebo",
        "statistic": statistics,
        "p_value": p,
        "p_adjusted": romano_wolf(statistics, draws),
        "n_events": sample.n_events,
        "reason": "",
        "method": "romano_wolf",
    }
    return pd.DataFrame(columns, index=_labels(spans))


def _placebo_family(
    series: OneSeries, regressors: FloatArray, event_regressors: FloatArray, spans: Sequence[Window], first: int
) -> tuple[FloatArray, FloatArray]:
    """Scaled CARs of the windows (m,), and of the same windows laid at every placebo day (B, m)."""
    usable = np.isfinite(series.residuals)
    residuals, design = series.residuals[usable], regressors[usable]
    width = series.abnormal.size
    n_draws = residuals.size - width + 1
    if n_draws < 19:
        held = f"{residuals.size} estimation rows hold {max(n_draws, 0)} placebo windows of {width} days"
        raise InfeasibleDesign(f"{held}, fewer than the 19 that 5 % needs; shorten the windows.")
    basis, event_rows = design, event_regressors
    if design.shape[1]:
        basis, triangle = np.linalg.qr(design)
        event_rows = np.linalg.solve(triangle.T, event_regressors.T).T
    statistics, draws = np.empty(len(spans)), np.empty((n_draws, len(spans)))
    for k, (a, b) in enumerate(spans):
        days, offset = b - a + 1, a - first
        sums = np.lib.stride_tricks.sliding_window_view(residuals, days).sum(axis=-1)
        rows = np.lib.stride_tricks.sliding_window_view(basis, days, axis=0).sum(axis=-1)
        inside = days - np.einsum("ij,ij->i", rows, rows)
        total = event_rows[offset : offset + days].sum(axis=0)
        statistics[k] = series.abnormal[offset : offset + days].sum() / np.sqrt(days + total @ total)
        draws[:, k] = (sums / np.sqrt(inside))[offset : offset + n_draws]
    return statistics, draws
