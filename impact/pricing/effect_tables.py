"""The tables and sentences of a price effect, read from its paths."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.kernels.sobol import variance_shares
from impact.pricing.effect_paths import Priced
from impact.supply.forced import ForcedSupply
from impact.tables.prose import count, decimal, significant
from impact.typing_ import FloatArray

__all__ = ["allotment", "disagreement", "effect_notes", "law_table", "outside_text", "variance_table"]

DISAGREEMENT = 3.0
PEAKS = ("peak_return_low", "peak_return_q25", "peak_return_mid", "peak_return_q75", "peak_return_high")


def law_table(priced: Priced, bands: FloatArray) -> pd.DataFrame:
    """One row a forecast; every return stands on its path."""
    rows = []
    for row, quantiles in zip(priced.rows, bands, strict=True):
        # The news takes two sessions, so the deepest session is sought once it is complete.
        start = 1 if row.law is None and priced.pricing.announcement is not None and quantiles.shape[1] > 1 else 0
        peak = 0 if row.path is None else start + int(np.argmin(quantiles[2, start:]))
        law, size = row.law, np.nan if row.law is None else row.law.size(priced.shock)
        rows.append(
            {
                "law": row.name,
                **dict(zip(PEAKS, quantiles[:, peak], strict=True)),
                "peak_session": np.nan if row.path is None else peak + 1,
                "announcement_return": quantiles[2, 0],
                "end_return": quantiles[2, -1],
                "measure": "quantity_adv" if law is None else law.measure,
                "size": priced.flow.flow_adv if law is None else size,
                "calibrated_low": np.nan if law is None else law.calibrated_low,
                "calibrated_high": np.nan if law is None else law.calibrated_high,
                "extrapolated": row.outside,
                "refused": row.path is None,
                "weight": row.weight,
                "source": "event library" if law is None else str(law.source),
            }
        )
    table = pd.DataFrame(rows)
    of_laws = table["law"].isin([law.name for law in priced.usable_laws])
    smallest = table.loc[of_laws, "peak_return_mid"].abs().min()
    table["multiple_of_smallest"] = table["peak_return_mid"].abs().where(of_laws) / smallest if smallest > 0 else np.nan
    return table


def disagreement(table: pd.DataFrame) -> float:
    """Largest over smallest middle effect among the laws that speak; 1 with fewer than two."""
    multiples = table["multiple_of_smallest"].dropna()
    return float(multiples.max()) if len(multiples) > 1 else 1.0


def outside_text(priced: Priced, *, beyond_range: bool) -> str:
    """Which forecasts lie outside the range in which they were estimated, in one line; empty when none does."""
    outside = [
        f"{law.name} ({significant(law.size(priced.shock))} against {significant(law.calibrated_low)} to"
        f" {significant(law.calibrated_high)} {law.measure})"
        for law in priced.usable_laws
        if law.outside(priced.shock)
    ]
    if priced.flow.outside:
        outside.insert(
            0, f"library ({significant(priced.flow.flow_adv)} quantity_adv against nine tenths of the index changes it was fitted on)"
        )
    if not outside:
        return ""
    shown = "shown as asked" if beyond_range else "laws among them are refused"
    return f"{len(outside)} forecasts are used outside their calibration, {shown}: {'; '.join(outside)}."


def variance_table(priced: Priced, names: list[str], table: pd.DataFrame) -> pd.DataFrame:
    """Share of the variance of the peak that each assumption explains alone; NaN for a refused law."""
    columns = list(priced.beliefs)
    points = priced.points[:, : len(columns)]
    shares = np.full((len(names), len(columns)), np.nan)
    for number, row in enumerate(priced.rows):
        if row.path is not None:
            peak = int(table["peak_session"].iloc[number])
            shares[number] = variance_shares(points, np.expm1(row.path.moved((1, peak))[0]))
    frame = pd.DataFrame(shares, columns=[f"{name}_share" for name in columns])
    frame.insert(0, "law", names)
    return frame


def allotment(supply: ForcedSupply | None, peak: float) -> pd.DataFrame:
    """The middle peak split in proportion to the shares each class sells in the middle scenario."""
    if supply is None:
        return pd.DataFrame(columns=["holder_class", "sold_shares", "share", "peak_return"])
    sold = supply.sellers.set_index("seller")["forced_shares_mid"].rename_axis("holder_class").dropna()
    total = sold.sum()
    part = sold / total if total > 0 else sold * 0.0
    return pd.DataFrame(
        {"holder_class": sold.index, "sold_shares": sold.to_numpy(), "share": part.to_numpy(), "peak_return": peak * part.to_numpy()}
    )


def effect_notes(priced: Priced, gap: float, n_draws: int) -> tuple[str, ...]:
    """What the numbers rest on."""
    pricing = priced.pricing
    line = pricing.line
    news = (
        "No announcement is priced: the sale alone, without what becoming public does."
        if pricing.announcement is None
        else "Announcement: the first session and the next, with the line's ordinary noise; later sessions add the flow and no noise."
    )
    return (
        f"Bands are quantiles of {count(n_draws)} Sobol draws from the stated priors, taken as independent.",
        news,
        "Of a range of shares the middle is drawn evenly; each band of the library's forecast is the widest of those with the least, the most and"
        f" what is drawn. The coefficient of the flow is that of {priced.flow.cell.title}.",
        "No forecast was scored with what was known then: all laws together are the library's forecast alone."
        if priced.flow.scores.empty
        else "All laws together: the forecasts that beat no effect on dates left out, in equal parts; the others have no weight.",
        "Each law prices the whole sale at once; holders are allotted their part in proportion to what they sell.",
        *(
            (f"The laws' middles differ by a factor of {decimal(gap, 1)}, more than {decimal(DISAGREEMENT, 0)}: quote none of them alone.",)
            if gap > DISAGREEMENT
            else ()
        ),
        *((f"Left out, since the line's shares are unknown: {', '.join(priced.silent)}.",) if priced.silent else ()),
        *(
            ("The float is unknown: the elasticity law does not speak.",)
            if np.isnan(line.float_shares) and "elasticity" in priced.silent
            else ()
        ),
    )
