"""Sections of the page of a case that say what happened: timeline, effect of each event, path, volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.report.drawing import drawn
from impact.report.page import Figure, Section, Table

if TYPE_CHECKING:
    from impact.cases import CaseStudy, Timeline
    from impact.cases.pages.names import Names

__all__ = ["effects_section", "path_section", "timeline_section"]


def timeline_section(timeline: Timeline, names: Names) -> Section:
    """The price with its dated events, and how each found its session."""
    events = timeline.events
    prices = timeline.prices.rename("close").rename_axis("session").reset_index()
    shown = events[["event_id", "reaction_on", "label", "kind", "known_at", "intraday", "close_return", "market_return", "confidence"]]
    blocks: tuple[Figure | Table, ...] = ()
    if len(prices):
        blocks += (
            drawn(
                "price-figure",
                "Price and dated events",
                timeline.plot(),
                f"Line of the closing price with {len(events)} events marked on the session that could first react.",
                "Each name stands on the first session of the line's own venue that could react to the public instant. A gap: no close is on record.",
                prices,
            ),
        )
    if len(events):
        blocks += (
            Table(
                id="timeline-table",
                title="Events and their reaction sessions",
                table=names.of(timeline.with_schema("events").of(shown)),
                caption="known at: the public instant, in New York with its offset from UTC. intraday: the news came within the session, whose return then mixes before and after.",
            ),
        )
    if len(timeline.pending):
        columns = ["event_id", "label", "known_at", "reaction_on", "reason"]
        blocks += (Table(id="pending", title="Known, but not in the prices yet", table=names.of(timeline.with_schema("pending", columns))),)
    return Section(id="timeline", title="Timeline", blocks=blocks)


def effects_section(study: CaseStudy, names: Names) -> Section:
    """Abnormal return of each reaction session and wider window, on several benchmarks, alone and jointly."""
    from impact.plots.case import plot_benchmarks

    compared = names.frame(study.benchmarks)
    return Section(
        id="effects",
        title="Effect of each event",
        lead="One fit before the designation serves every event; two events on one session share one number.",
        blocks=(
            Table(
                id="day-zero",
                title="Reaction session",
                table=names.of(study.with_schema("day_zero")),
                caption="Low and high: 95 % interval of the same rank test that gives the p beside it, forecast error included.",
            ),
            Table(
                id="readings",
                title="Events without an hour on record: both sessions that may have reacted first",
                table=names.of(study.with_schema("readings")),
                caption="The tables and the timeline take the later session.",
            ),
            drawn(
                "benchmark-figure",
                "The same session on other benchmarks",
                plot_benchmarks(compared),
                "Abnormal return of each event with its interval, one mark a benchmark.",
                "The answer moves with the benchmark; one that holds the target or its neighbours shrinks it.",
                compared,
            ),
            Table(id="windows", folded=True, title="Wider windows", table=names.of(study.with_schema("wider_windows"))),
            Table(
                id="joint",
                folded=True,
                title="Overlapping windows, alone and jointly",
                table=names.of(study.with_schema("joint_effects")),
                caption="Windows of the reaction session and the next. The joint estimate gives every window its own dummy in one regression, so that days shared by two windows are not counted twice.",
            ),
            Table(id="confounders", folded=True, title="What else reached each session", table=names.of(study.with_schema("confounders"))),
        ),
    )


def path_section(study: CaseStudy) -> Section:
    """Cumulative abnormal return and volume from the designation on."""
    from impact.plots.case import plot_volume

    return Section(
        id="path",
        title="From the designation on",
        blocks=(
            drawn(
                "path-figure",
                "Cumulative abnormal return",
                study.plot(),
                "Path of the cumulative abnormal return from the designation with its interval; a second path keeps the estimated alpha.",
                "The band widens with the days summed; a path inside it cannot be told from no lasting effect.",
                study.path,
            ),
            drawn(
                "volume-figure",
                "Volume against the median of the 60 sessions before",
                plot_volume(study.volume, study.events),
                "Bars of daily volume as multiples of the prior 60-session median; event sessions are marked.",
                "Half days without a recorded volume are left empty.",
                study.volume,
            ),
        ),
    )
