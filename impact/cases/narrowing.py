"""What would narrow the answer most: each input that is missing or a range, with what the range would be if it were known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.cases.definition import CaseDefinition, Span
from impact.cases.holders import holders_of
from impact.cases.schemas import NARROWING
from impact.cases.shares import share_counts
from impact.cases.supply import SupplyInputs
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.results import Result, Summary, declared
from impact.supply.forced import forced_range
from impact.supply.totals import counted_classes

if TYPE_CHECKING:
    from impact.cases.whole import Case
    from impact.tables import Table

__all__ = ["INPUTS", "MissingInput", "Narrowing", "narrowing_of"]

UNKNOWN: Span = (np.nan, np.nan)
SUPPOSED = (0.0, 1.0)
"""Where in its range an input is supposed to lie: its ends, between which the answer is linear; the wider of the two is left for sure."""


@dataclass(frozen=True, kw_only=True)
class MissingInput:
    """One input that a case may lack.

    Attributes
    ----------
    code, title : str
    field : str
        Where it is written in a case file.
    answer : str
        The answer that it widens or leaves unknown.
    lacks : callable
        Whether a case lacks it.
    suppose : callable or None
        Of the inputs of a supply, what they are with this one at a place in its range; None where nothing bounds it, so
        that the answer goes from unknown to known.
    """

    code: str
    title: str
    field: str
    answer: str
    lacks: Callable[[Case, SupplyInputs], bool]
    suppose: Callable[[SupplyInputs, float], SupplyInputs] | None = None


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Narrowing(Result):
    """Missing inputs, the one that narrows its answer most first.

    Attributes
    ----------
    table : DataFrame
        missing, field, answer, now_low, now_high (forced shares as known; NaN: unknown), left_low, left_high (the widest range that is left once the
        input is known, wherever in its range it turns out to be; NaN: cannot be said beforehand), narrowed_share (part of
        the width that goes at least; NaN where a width is unknown).
    """

    schemas = declared(table=NARROWING, to_frame=NARROWING)

    case: str
    table: pd.DataFrame
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The missing inputs."""
        return self.table.copy()

    def for_readers(self) -> Table:
        """The missing inputs without the figures that none of them has."""
        return self.with_schema("table").of(self.table.dropna(axis="columns", how="all"))

    def headline(self) -> str:
        """The input to look for first."""
        if self.table.empty:
            return "Nothing that would narrow the answer is missing"
        first = self.table.iloc[0]
        return f"What would narrow this most: {first['missing']} ({first['field']})"

    def summary(self) -> Summary:
        """The inputs in order."""
        return Summary(
            title=self.headline(), tables=(("Missing inputs", self.with_schema("table")),), notes=self.assumptions, sources=self.sources
        )


def _at(known: SupplyInputs, definition: CaseDefinition) -> SupplyInputs:
    """The same inputs with another count or float: what neither moves is kept."""
    security, panel = definition.security, known.panel
    held = panel is not None and security in panel.securities
    closes = panel.close[security] if panel is not None and held else pd.Series(dtype="float64", name=security)
    counts = share_counts(definition, closes, known.line.usd_per_unit, known.reaction_on, known.as_of)
    outstanding, free_float = counts.middle
    line = replace(
        known.line,
        shares_outstanding=outstanding,
        float_shares=outstanding * free_float,
        least_float_shares=counts.least_float_shares,
        most_shares=counts.most_shares,
    )
    return replace(
        known,
        definition=definition,
        counts=counts,
        line=line,
        holders=holders_of(definition, counts, known.as_of),
    )


def _point(bounds: Span, place: float) -> Span:
    value = bounds[0] + place * (bounds[1] - bounds[0])
    return value, value


def _with_outstanding(known: SupplyInputs, place: float) -> SupplyInputs:
    return _at(known, replace(known.definition, shares_outstanding=_point(known.counts.outstanding, place)))


def _with_float(known: SupplyInputs, place: float) -> SupplyInputs:
    return _at(known, replace(known.definition, free_float=_point(known.counts.free_float, place)))


def _with_holders(known: SupplyInputs, place: float) -> SupplyInputs:
    """Every class that counts holds its own place of what is possible; within what all of them hold together."""
    classes = known.supply.classes.set_index("holder_class")
    counted = _bound_classes(classes.reset_index())
    low, high = (classes.loc[counted, f"shares_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
    if not np.isfinite(high).all():
        raise DataUnavailable("nothing bounds what the holders have: no count of shares is known.")
    held = low + place * (high - low)
    totals = [total for total in known.holders.totals if set(counted) <= set(total.members)]
    most = min([known.line.ceiling_shares, *(total.high for total in totals)])
    least = max([0.0, *(total.low for total in totals if set(total.members) == set(counted))])
    if np.isfinite(most) and held.sum() > most:
        held = held * most / held.sum()
    elif held.sum() < least:  # what all of them hold together is known to be more: the rest is where there is room
        held = held + (least - held.sum()) * (high - held) / (high - held).sum()
    table = known.holders.classes.set_index("holder_class")
    table.loc[counted, "shares_low"] = table.loc[counted, "shares_high"] = held
    return replace(known, holders=replace(known.holders, classes=table.reset_index(), totals=()))


def _spread(bounds: Span) -> bool:
    return not bounds[1] <= bounds[0]  # NaN ends count as spread


def _bound_classes(classes: pd.DataFrame) -> list[str]:
    """Classes that the programme binds and whose sale is in the total; none where it makes nobody sell."""
    bound = ~classes["holder_class"].isin(["non_us_with_us_parent", "non_us_passive_deleting"])
    return list(classes.loc[counted_classes(classes) & bound, "holder_class"])


def _lacks_holders(case: Case, _known: SupplyInputs) -> bool:
    classes = case.supply().classes
    own = classes[classes["holder_class"].isin(_bound_classes(classes))]
    return bool((~(own["shares_high"] <= own["shares_low"])).any())


def _lacks_law(definition: CaseDefinition) -> bool:
    """Whether a stated programme leaves open what it bars, whom or from when; what index providers do is an input of its own."""
    own = definition.own_programme
    return own is not None and any(field != "index_rule" for field, _ in own.unstated())


def _binds(case: Case) -> bool:
    return bool(_bound_classes(case.supply().classes))


def _lacks_weights(case: Case, _known: SupplyInputs) -> bool:
    flow = case.supply().index_flow
    if flow is None or flow.flows.empty:
        return True
    return bool(flow.flows["sold_usd_low"].isna().any())


INPUTS: Mapping[str, MissingInput] = MappingProxyType(
    {
        item.code: item
        for item in (
            MissingInput(
                code="holders",
                title="who holds the line, class by class",
                field="[tables] holders",
                answer="forced shares, and the price effect with them",
                lacks=_lacks_holders,
                suppose=_with_holders,
            ),
            MissingInput(
                code="outstanding",
                title="the exact count of all shares",
                field="[shares] outstanding",
                answer="forced shares",
                lacks=lambda case, known: _binds(case) and _spread(known.counts.outstanding),
                suppose=_with_outstanding,
            ),
            MissingInput(
                code="free_float",
                title="the share of them that trades freely",
                field="[shares] free_float",
                answer="forced shares",
                lacks=lambda case, known: _binds(case) and _spread(known.counts.free_float),
                suppose=_with_float,
            ),
            MissingInput(
                code="programme",
                title="what the programme bars, for whom and from when",
                field="[programme]",
                answer="unknown: until when a holder can act, and who must sell",
                lacks=lambda case, _known: _lacks_law(case.definition),
            ),
            MissingInput(
                code="prices",
                title="closes and volumes of the line up to the designation",
                field="[market] prices",
                answer="unknown: multiples of ADV, the price effect",
                lacks=lambda _case, known: np.isnan(known.line.sigma),
            ),
            MissingInput(
                code="volumes",
                title="volumes of the line up to the designation",
                field="[market] prices",
                answer="unknown: multiples of ADV, the price effect of forced sales",
                lacks=lambda _case, known: np.isnan(known.line.adv_shares) and not np.isnan(known.line.sigma),
            ),
            MissingInput(
                code="benchmark",
                title="closes of a benchmark, and of the line on the session that could react",
                field="[market] benchmark, prices",
                answer="unknown: return net of the market",
                lacks=lambda case, _known: not _has_study(case),
            ),
            MissingInput(
                code="rate",
                title="the price of a US dollar in the currency of the line",
                field="[market] rates",
                answer="unknown: value in US dollars",
                lacks=lambda _case, known: np.isnan(known.line.usd_per_unit),
            ),
            MissingInput(
                code="index",
                title="which indexes delete the line, its weight there and what tracks them",
                field="[tables] index",
                answer="unknown: sales at each index close",
                lacks=_lacks_weights,
            ),
            MissingInput(
                code="buyers",
                title="who is known to buy, and how much",
                field="[tables] buyers",
                answer="unknown: shares bought",
                lacks=lambda _case, known: bool(known.buyers.table["shares_high"].isna().any()),
            ),
        )
    }
)
"""Every input that a case may lack, one record each."""


def _has_study(case: Case) -> bool:
    study = case.studied()
    return study is not None and bool(study.day_zero()["ar"].notna().any())


def narrowing_of(case: Case) -> Narrowing:
    """Missing inputs of a case with the size of their effect.

    Notes
    -----
    An input is set to the low and to the high end of its own range, everything else left as it is; the wider answer is what
    is left for sure. An input without bounds takes its answer from unknown to known.
    """
    known = case.supply_inputs
    now = _possible_range(known)
    rows = [row for item in INPUTS.values() if item.lacks(case, known) for row in _rows(item, known, now)]
    columns = ["missing", "field", "answer", "now_low", "now_high", "left_low", "left_high", "narrowed_share"]
    table = pd.DataFrame(rows, columns=columns).sort_values("narrowed_share", ascending=False, kind="stable", ignore_index=True)
    return Narrowing(
        case=case.definition.case,
        table=table,
        assumptions=(
            "What is left: the widest range once that input alone is known, wherever in its range it turns out to be. Empty: it cannot be said beforehand.",
        ),
    )


def _rows(item: MissingInput, known: SupplyInputs, now: Span) -> Iterator[dict[str, object]]:
    told = {"missing": item.title, "field": item.field, "answer": item.answer}
    if item.suppose is None:
        yield {**told, "now_low": np.nan, "now_high": np.nan, "left_low": np.nan, "left_high": np.nan, "narrowed_share": np.nan}
        return
    left = _widest(item.suppose, known)
    width, rest = now[1] - now[0], left[1] - left[0]
    part = 1 - min(rest / width, 1.0) if np.isfinite(width) and width > 0 and np.isfinite(rest) else np.nan
    yield {**told, "now_low": now[0], "now_high": now[1], "left_low": left[0], "left_high": left[1], "narrowed_share": part}


def _widest(suppose: Callable[[SupplyInputs, float], SupplyInputs], known: SupplyInputs) -> Span:
    """The widest range of forced shares over the places of an input; unknown where it cannot be set."""
    ranges = []
    for place in SUPPOSED:
        try:
            ranges.append(_possible_range(suppose(known, place)))
        except (InputError, DataUnavailable, InfeasibleDesign):  # a place that contradicts what else is known is not possible
            continue
    bounded = [bounds for bounds in ranges if np.isfinite(bounds[1] - bounds[0])]
    return max(bounded, key=lambda bounds: bounds[1] - bounds[0]) if bounded and len(bounded) == len(ranges) else UNKNOWN


def _possible_range(known: SupplyInputs) -> Span:
    """Least and most forced shares: where nothing is known of the holders, from none to the most that they can have."""
    total = forced_range(known.holders.classes, line=known.line, wind_down=known.wind_down, identities=known.holders.totals)
    if np.isfinite(total["high"]):
        return total["low"], total["high"]
    most = known.line.ceiling_shares
    return (0.0, most) if np.isfinite(most) else UNKNOWN
