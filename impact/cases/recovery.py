"""Drop against recovery for one case: one headline fixed in advance, and the grid of windows, benchmarks and drift around it."""

from __future__ import annotations

import pandas as pd

from impact.cases.anchors import refit
from impact.cases.benchmarks import benchmarks_of
from impact.cases.definition import CaseDefinition
from impact.cases.study import CaseStudy
from impact.errors import InputError
from impact.market import MarketPanel
from impact.relief.challenges import RELIEF_STEPS
from impact.relief.recovery import Recovery, recovery
from impact.typing_ import named_rows

__all__ = ["HEADLINE_WINDOW", "recoveries_of_case", "relief_offsets"]

HEADLINE_WINDOW = (0, 1)
"""The news day and the next session: two of the reliefs came out in or just before the session."""
WINDOWS = ((0, 0), (0, 1), (-1, 1))


def relief_offsets(steps: pd.DataFrame, study: CaseStudy) -> pd.DataFrame:
    """The steps that brought relief, with their session offset from the designation: event_id, reaction_on, label, offset."""
    relieved = steps[steps["step"].isin(RELIEF_STEPS)].drop_duplicates("reaction_on").copy()
    day0 = int(study.fit.fitted.day0[0])
    relieved["offset"] = study.fit.sessions.get_indexer(pd.DatetimeIndex(relieved["reaction_on"])) - day0
    return relieved[relieved["offset"] > 0].reset_index(drop=True)


def recoveries_of_case(
    definition: CaseDefinition, panel: MarketPanel, study: CaseStudy, reliefs: pd.DataFrame
) -> tuple[Recovery, pd.DataFrame]:
    """The headline recovery, and the same question asked in every other way.

    Returns
    -------
    headline : Recovery
        Windows (0, 1), the benchmark of the case, the drift of the estimation window set to zero.
    grid : DataFrame
        window, benchmark, drift (``zero``, ``estimated``), n_reliefs, drop_car, relief_car, share_undone with its interval,
        verdict, headline. A relief whose window would overlap an earlier one is left out of that row.

    Raises
    ------
    InputError
        If there is no relief, or none has its whole window among the prices.
    """
    if reliefs.empty:
        raise InputError("no relief on record")
    returns = panel.returns("log")
    rows, headline = [], None
    for name, members in benchmarks_of(definition, panel.securities).items():
        for drift in ("zero", "estimated"):
            fit = refit(definition, returns, study, members, zero_alpha=drift == "zero")
            for window in WINDOWS:
                chosen = _apart(reliefs, window, fit.design.window)
                if not chosen:
                    continue
                measured = recovery(fit, reliefs=chosen, window=window)
                leads = (window, name, drift) == (HEADLINE_WINDOW, definition.market, "zero")
                headline = measured if leads else headline
                car = measured.effects.set_index("effect")["car"]
                rows.append(
                    (
                        f"{window[0]}:{window[1]}",
                        name,
                        drift,
                        len(chosen),
                        car["drop"],
                        car["all relief"],
                        measured.share,
                        measured.share_low,
                        measured.share_high,
                        measured.verdict,
                        leads,
                    )
                )
    if headline is None:
        raise InputError(
            f"reliefs: none of the {len(reliefs)} has its window {HEADLINE_WINDOW} among the prices, which end on "
            f"{panel.sessions[-1]:%Y-%m-%d}; give prices that reach further."
        )
    columns = [
        "window",
        "benchmark",
        "drift",
        "n_reliefs",
        "drop_car",
        "relief_car",
        "undone_share",
        "undone_share_low",
        "undone_share_high",
        "verdict",
        "headline",
    ]
    return headline, pd.DataFrame(rows, columns=columns)


def _apart(reliefs: pd.DataFrame, window: tuple[int, int], available: tuple[int, int]) -> dict[str, int]:
    """Reliefs by id and label whose windows lie among the sessions and do not overlap the drop's or an earlier one's."""
    chosen: dict[str, int] = {}
    taken = window[1]
    for relief in named_rows(reliefs):
        first, last = relief.offset + window[0], relief.offset + window[1]
        if first > taken and last <= available[1]:
            chosen[f"{relief.event_id} {relief.label.split(':')[0]}"] = int(relief.offset)
            taken = last
    return chosen
