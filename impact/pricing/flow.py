"""What volume that must trade by a close does to the price, by era, side and reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.pricing.announcement_fit import SEED, shipped_library
from impact.pricing.announcement_inputs import as_number, checked_seed, checked_size
from impact.pricing.flow_fit import (
    FEWEST_DATES,
    FLOW_CELLS,
    Era,
    FlowCell,
    Reason,
    Side,
    coefficient_draws,
    era_at,
    flow_rows,
    flow_scores,
    is_described,
    reversal_table,
    shipped_flow_rows,
)
from impact.pricing.known_events import changes_known_at, instant_of
from impact.pricing.levels import OUTER_LEVELS
from impact.pricing.library import LIBRARY_FROM, EventLibrary
from impact.pricing.schemas import SCORES
from impact.provenance import Source
from impact.results import Result, Summary, declared, read_only
from impact.tables import Column, Schema
from impact.tables.prose import count, decimal, interval, signed_decimal
from impact.typing_ import FloatArray1D, Instant, check_kind

__all__ = ["ExecutionFlow", "execution_flow", "flow_coefficients"]

LIBRARY = Source(title="index changes of the event library, 2001 to 2022", basis="facts and computed numbers")
FLOW_SCHEMA = Schema(
    "flow_coefficients",
    (
        Column("cell", "code", about="era, side and reason"),
        Column("coefficient_low", "statistic", about="5 % point of the posterior"),
        Column("coefficient_mid", "statistic"),
        Column("coefficient_high", "statistic", about="95 % point"),
        Column("effect_return_low", "return", about="5 % point of the effect by the execution close"),
        Column("effect_return_mid", "return"),
        Column("effect_return_high", "return", about="95 % point"),
        Column("n_events", "count"),
        Column("n_dates", "count", about="execution dates"),
        Column("forecast", "flag", about="false: described, the news is inside the window"),
        Column("reversal", "share", about="part of the move given back in the 20 sessions after the close"),
        Column("reversal_low", "share"),
        Column("reversal_high", "share"),
    ),
    about="one cell of index changes",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExecutionFlow(Result):
    """Effect of a flow on the price by the last close of its execution.

    Attributes
    ----------
    cell : FlowCell
    log_effect : (D,) array
        Change of the log price, negative for a sale: the coefficient alone, without the ordinary noise of the line.
    coefficient : (D,) array
        Posterior of the coefficient of ``sigma sqrt(q)``.
    flow_adv : float
        Size of the flow in ADV.
    n_events, n_dates : int
    outside : bool
        The flow is larger than nine tenths of those that the coefficient was fitted on, or smaller than nine tenths.
    """

    schemas = declared(to_frame=FLOW_SCHEMA, scores=SCORES)

    cell: FlowCell
    log_effect: FloatArray1D
    coefficient: FloatArray1D
    flow_adv: float
    n_events: int
    n_dates: int
    outside: bool
    scores: pd.DataFrame  # empty where they were made with changes that had not happened
    sources: tuple[Source, ...] = (LIBRARY,)
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The coefficient of the cell and the effect: 5, 50 and 95 %."""
        low, middle, high = np.quantile(self.coefficient, OUTER_LEVELS)
        effect = np.expm1(np.quantile(self.log_effect, OUTER_LEVELS))
        return pd.DataFrame(
            [
                {
                    "cell": self.cell.name,
                    "coefficient_low": low,
                    "coefficient_mid": middle,
                    "coefficient_high": high,
                    "effect_return_low": effect[0],
                    "effect_return_mid": effect[1],
                    "effect_return_high": effect[2],
                    "n_events": self.n_events,
                    "n_dates": self.n_dates,
                    "forecast": self.cell.forecast,
                }
            ]
        )

    @property
    def verdict(self) -> str:
        """One sentence that the score allows."""
        low, middle, high = np.quantile(self.coefficient, OUTER_LEVELS)
        ends = interval(low, high, signed_decimal)
        known = (
            f"{self.cell.title}: coefficient {signed_decimal(middle)}, 90 % range {ends}, {count(self.n_events)} changes on"
            f" {count(self.n_dates)} execution dates"
        )
        if not self.cell.forecast:
            return f"{known}; described, not forecast: the news of the sanction lies inside the window."
        zero = " zero is inside the range: cannot tell" if low < 0 < high else " zero is outside the range"
        if self.scores.empty:
            return f"{known};{zero} (not scored with what was known then)."
        row = self.scores[self.scores["model"] == "era_side_reason"].iloc[0]
        skill = interval(row["skill_low"], row["skill_high"], signed_decimal)
        return f"{known};{zero} (skill over all eras, with volume measured afterwards, {signed_decimal(row['skill'])}, 90 % range {skill})."

    def summary(self) -> Summary:
        """Coefficient and effect."""
        return Summary(
            title=f"Execution flow of {decimal(self.flow_adv, 1)} ADV",
            tables=(("Effect by the execution close", self.with_schema("to_frame")),),
            notes=(self.verdict, *self.assumptions),
            sources=self.sources,
        )


def execution_flow(
    flow_adv: float,
    sigma: float,
    *,
    side: Side = "deletion",
    reason: Reason = "review",
    era: Era | None = None,
    as_of: Instant | None = None,
    library: EventLibrary | None = None,
    seed: int = SEED,
) -> ExecutionFlow:
    """Effect of a flow that must trade by a close, with the coefficient of its era, side and reason.

    Parameters
    ----------
    flow_adv : float
        Shares that must trade beyond the usual, in multiples of ADV, not negative.
    sigma : float
        Residual standard deviation of one session, decimal, below 0.5.
    reason : {"review", "sanction"}
        Sanction deletions are described, not forecast.
    era : {"2001_08", "2009_18", "since_2019"}, optional
        That of `as_of`, the latest without one, when None.
    as_of : zoned instant, optional
        Only changes whose execution close had come then train the coefficient; the scores, made with later ones too, are left out.
    library : EventLibrary, optional
        The committed posterior when None, else a fit on this library.

    Raises
    ------
    InputError
        If a number is out of its range or no index change fits the words.
    DataUnavailable
        If index changes on fewer than five execution dates had come by then, or sanction deletions of which there is only a description.

    Examples
    --------
    >>> flow = execution_flow(10.0, 0.02)
    >>> flow.cell.name, flow.n_dates
    ('since_2019_deletion', 10)
    """
    size, sigma, seed = as_number(flow_adv), checked_size(sigma, "sigma"), checked_seed(seed)
    if not 0 <= size < np.inf:
        raise InputError(f"flow_adv={flow_adv!r} must be a finite number of ADV, not negative, such as 2.5: correct it.")
    if library is not None:
        check_kind(library, EventLibrary, "library", LIBRARY_FROM)
    era = era_at(as_of) if era is None else era
    fitting = [cell for cell in FLOW_CELLS.values() if (cell.era, cell.side, cell.reason) == (era, side, reason)]
    if not fitting:
        raise InputError(f"era={era!r}, side={side!r}, reason={reason!r} has no index change; choose one of: {', '.join(FLOW_CELLS)}.")
    cell = fitting[0]
    whole = shipped_library() if library is None else library
    known = changes_known_at(whole, instant_of(as_of))
    rows = shipped_flow_rows() if known is shipped_library() else flow_rows(known)
    own = rows.cell == cell.name
    n_dates = int(rows.frame.loc[own, "exec_session"].nunique())
    is_own = is_described(rows, cell.name)
    _check_dates(cell, is_own, n_dates, int(rows.frame["exec_session"].nunique()))
    coefficient = coefficient_draws(cell.name, known, seed=seed)
    sign = -1.0 if side == "deletion" else 1.0
    low, high = np.quantile(rows.flow_adv[own.to_numpy()], (0.05, 0.95)) if own.any() else (np.nan, np.nan)
    return ExecutionFlow(
        cell=cell,
        log_effect=read_only(sign * coefficient * sigma * np.sqrt(size)),
        coefficient=read_only(coefficient),
        flow_adv=size,
        n_events=int(own.sum()),
        n_dates=n_dates,
        outside=bool(size > 0 and not low <= size <= high),
        scores=flow_scores() if known is whole else flow_scores().iloc[:0],
        assumptions=(
            "The coefficient is fitted on volume measured after the fact: an explanation of past moves, not a trading record.",
            "The range is that of the coefficient; the ordinary noise of the line comes on top.",
            *(
                ()
                if is_own
                else (
                    f"{count(n_dates)} of its own execution dates, fewer than {FEWEST_DATES}: the coefficient is mostly that of all eras and sides.",
                )
            ),
        ),
    )


def _check_dates(cell: FlowCell, is_own: bool, n_dates: int, n_all: int) -> None:
    """Refuse a coefficient from fewer than ``FEWEST_DATES`` execution dates: of all cells, or of one that is only described."""
    if n_all >= FEWEST_DATES and (cell.forecast or is_own):
        return
    held, of_cell = (n_all, "index changes") if n_all < FEWEST_DATES else (n_dates, cell.title)
    raise DataUnavailable(
        f"too few earlier events: the event library holds {held} execution date{'s' * (held != 1)} of {of_cell} that had come by then;"
        f" from fewer than {FEWEST_DATES} the coefficient would only repeat the assumption that it starts from: ask as of a later"
        " instant, or give a library with earlier changes."
    )


def flow_coefficients(library: EventLibrary | None = None) -> pd.DataFrame:
    """One row a cell, as ``FLOW_SCHEMA`` declares."""
    if library is not None:
        check_kind(library, EventLibrary, "library", LIBRARY_FROM)
    rows = flow_rows(shipped_library() if library is None else library)
    table = []
    for name, cell in FLOW_CELLS.items():
        low, middle, high = np.quantile(coefficient_draws(name, library), OUTER_LEVELS)
        own = rows.cell == name
        table.append(
            {
                "cell": name,
                "coefficient_low": low,
                "coefficient_mid": middle,
                "coefficient_high": high,
                "n_events": int(own.sum()),
                "n_dates": int(rows.frame.loc[own, "exec_session"].nunique()),
                "forecast": cell.forecast,
            }
        )
    given_back = reversal_table(library)[["cell", "reversal", "reversal_low", "reversal_high"]]
    return pd.DataFrame(table).merge(given_back, on="cell")
