"""The spillover of one case: which names may have moved with it, and which may serve as the yardstick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import VENUES, first_session_to_react, venue_of
from impact.cases.benchmarks import basket
from impact.cases.case_law import list_of_programme
from impact.cases.court import court_steps
from impact.cases.definition import CaseDefinition
from impact.cases.recovery import HEADLINE_WINDOW
from impact.cases.study import CaseStudy
from impact.cases.timeline import Timeline
from impact.facts import known_table
from impact.market import MarketPanel
from impact.market.closed_days import lacks_calendar
from impact.relief.challenges import RELIEF_STEPS
from impact.relief.spillover import Spillover, spillover
from impact.typing_ import named_rows

__all__ = ["spillover_groups", "spillover_of_case"]

LISTED, RUMOURED, NEAR = "other listed names", "rumoured names", "suppliers and substitutes"


def spillover_groups(definition: CaseDefinition, as_of: str | None = None) -> Mapping[str, tuple[str, ...]]:
    """Securities that a case may have moved, by group, as known at `as_of`.

    The other lines on the same list; names that were rumoured for it (table of securities); the hardware names near the
    target in trade, which are its technology peers that are not among its plain peers.
    """
    listed = known_table("designations", as_of)
    own = list_of_programme(definition.programme_id)
    lines = listed.loc[(listed["programme_id"] == own) & (listed["security"] != ""), "security"]
    roles = read_bundled("securities")
    groups: dict[str, Iterable[str]]
    rumoured = roles[(roles["role"] == "rumoured") & ((as_of is None) | (roles["role_since_on"] <= str(as_of)[:10]))]["security"]
    near = [security for security in definition.technology_peers if security not in definition.peers]
    groups = {LISTED: lines, RUMOURED: [security for security in rumoured if security not in set(lines)], NEAR: near}
    return {
        name: tuple(security for security in dict.fromkeys(members) if security != definition.security) for name, members in groups.items()
    }


def spillover_of_case(
    definition: CaseDefinition,
    panel: MarketPanel,
    timeline: Timeline,
    study: CaseStudy,
    as_of: str | None = None,
    *,
    window: tuple[int, int] = HEADLINE_WINDOW,
) -> Spillover:
    """What the designation and each court step of a case did to other names.

    Parameters
    ----------
    definition, panel, timeline, study
        The case, its prices and events cut at `as_of` by the caller; a name of :func:`spillover_groups` without prices there
        is dropped with that reason.
    as_of : zoned instant, optional
    window : (first, last)

    Raises
    ------
    InfeasibleDesign
        If no other name has prices.

    Notes
    -----
    The yardstick is the basket of the case's peers without any listed, rumoured, supplying or substitute name, so that a
    spill is not measured against itself; the index where fewer than three are left. Estimation ends before the order
    that gave the list its force, or before the designation where there is none.
    """
    groups = spillover_groups(definition, as_of)
    studied = {definition.security, *(security for members in groups.values() for security in members)}
    returns = panel.returns("log")
    clean_peers = basket(definition.peers, returns.columns, without=studied)
    market = list(clean_peers) if clean_peers else definition.market
    day0 = study.fit.events["day0"].iloc[0]
    steps = court_steps(timeline)
    steps = steps[steps["step"].isin([*RELIEF_STEPS, "lost"])]
    last = returns.index[len(returns) - 1 - max(window[1], 0)]
    sessions = {definition.designation_event: day0} | {
        row.event_id: row.reaction_on for row in named_rows(steps) if day0 < row.reaction_on <= last
    }
    return spillover(
        returns,
        target=definition.security,
        sessions=sessions,
        groups=groups,
        market=market,
        clean_before=min(day0, _order_session(definition, pd.DatetimeIndex(returns.index))),
        window=window,
        level=study.fit.design.level,
        sources=panel.sources,
    )


def _order_session(definition: CaseDefinition, sessions: pd.DatetimeIndex) -> pd.Timestamp:
    """First session that could react to the first order on the case's list; the last session where no order is on record."""
    rules = read_bundled("programme_rules")
    own = list_of_programme(definition.programme_id)
    orders = rules.loc[(rules["list_id"] == own) & (rules["programme_id"] != own), "programme_id"]
    table = known_table("programmes")
    instants = table.loc[table["programme_id"].isin(orders), "known_at"]
    if instants.empty:
        return sessions[-1]
    venue = venue_of(definition.security)
    local = instants.min().tz_convert(VENUES[venue].zone).tz_localize(None).normalize()
    session = local if lacks_calendar(venue) else first_session_to_react(instants.min(), venue).session
    later = sessions[sessions >= session]
    return later[0] if len(later) else sessions[-1]
