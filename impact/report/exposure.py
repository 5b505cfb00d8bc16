"""The memo of an exposure report: the answer first, then what is held, until when, what is unknown, what it rests on."""

from __future__ import annotations

import pandas as pd

from impact.holdings import ExposureReport
from impact.holdings.exposure import net_beside, share_range
from impact.holdings.portfolio import NAV_UNITS
from impact.holdings.status import BOUND_STATUSES
from impact.report.page import Figure, Page, Section, Table, Text
from impact.tables import format_value

__all__ = ["exposure_page"]

DISCLAIMER = "A reading of public texts and of the files given; never legal or investment advice."
_EXPOSURE = (
    "account", "entity", "security", "line", "via", "status", "nav_share_low", "nav_share_high", "market_value_low", "market_value_high",
    "quantity_low", "quantity_high", "as_of", "age_days", "programme",
)  # fmt: skip
_CLOCKS = (
    "issuer",
    "line",
    "clock",
    "state",
    "first_prohibited_et",
    "first_prohibited_local",
    "last_session_on",
    "sessions_left",
    "citation",
    "conflict",
)


def exposure_page(report: ExposureReport) -> Page:
    """Compose the page; everything taken from files is escaped when it is rendered."""
    when = report.as_of.tz_convert("America/New_York")
    return Page(
        title=f"Exposure as of {when:%d %b %Y %H:%M} ET",
        headline=report.headline,
        subtitle=f"Investor: {report.investor}. Only what was known at {report.as_of.isoformat()} is used. {DISCLAIMER}",
        key_figures=_key_figures(report),
        sections=(_held(report), _until(report), _unknown(report), _evidence(report), _ground(report)),
        footer=DISCLAIMER,
    )


def _key_figures(report: ExposureReport) -> tuple[tuple[str, str, str], ...]:
    every = report.totals[report.totals["dimension"] == "all"].set_index("status")
    cards = [
        (
            f"{str(status).capitalize()}, share of net assets",
            share_range(row["nav_share_low"], row["nav_share_high"]) + net_beside(row),
            f"{int(row['n_entities'])} issuer(s); with all that is unknown {format_value(row['with_unknown_nav_share_high'], 'share')}",
        )
        for status, row in every.loc[every.index.isin([*BOUND_STATUSES, "enjoined"])].iterrows()
    ]
    cards.append(
        (
            "Unknown, at most",
            format_value(report.unknown["nav_share_high"].sum(), "share"),
            f"{len(report.unknown)} reason(s), none dropped",
        )
    )
    return tuple(cards)


def _figure(identity: str, title: str, axes, alternative: str, caption: str, frame: pd.DataFrame) -> Figure:
    from impact.plots.style import figure_of, svg_text

    return Figure(id=identity, title=title, svg=svg_text(figure_of(axes), alternative=alternative), caption=caption, frame=frame)


def _held(report: ExposureReport) -> Section:
    named = report.exposures["account"].ne("").any()
    shown = report.exposures[[column for column in _EXPOSURE if named or column != "account"]]
    figure = _figure(
        "exposure-figure",
        "Designated names held",
        report.plot(),
        "Bars of the share of net assets in each designated line, coloured by status.",
        f"{_units(report.currency)}; through a fund the range follows the age of its file.",
        shown,
    )
    totals = Table(id="totals", title="Totals", table=report.with_schema("totals"))
    held = Table(
        id="exposures",
        title="What is held",
        table=report.with_schema("exposures", shown.columns),
        caption="One row an account, line and way it is held.",
    )
    return Section(id="held", title="What do I hold", blocks=(figure, held, totals))


def _units(currency: str) -> str:
    """What the values of a page are in."""
    return (
        "The file gives weights alone: values are not known"
        if currency == NAV_UNITS
        else f"Values in {currency or 'the currency of the file'}"
    )


def _until(report: ExposureReport) -> Section:
    from impact.plots.holdings import plot_deadlines

    if report.deadlines.empty:
        return Section(
            id="until", title="Until when", blocks=(Text(lines=("No clock of a designated name runs or ran for what is held.",)),)
        )
    held = report.deadlines[report.deadlines["held"].astype(bool)]
    shown = held[[name for name in _CLOCKS if name in held]]
    figure = _figure(
        "deadline-figure",
        "Deadline calendar",
        plot_deadlines(report.deadlines, as_of=report.as_of),
        "Last usable sessions by issuer and clock.",
        "Only clocks that still run; a session that opens before the first prohibited instant counts as usable.",
        shown,
    )
    return Section(
        id="until",
        title="Until when",
        blocks=(figure, Table(id="deadlines", title="Every clock of the lines held", table=report.with_schema("deadlines").of(shown))),
    )


def _unknown(report: ExposureReport) -> Section:
    blocks: list[Text | Table] = [Table(id="unknown", title="What nobody knows", table=report.with_schema("unknown"))]
    if len(report.dropped):
        blocks.append(Table(id="dropped", title="Rows that are no positions", table=report.with_schema("dropped")))
    if len(report.issues):
        blocks.append(Table(id="issues", title="Cells that needed care", table=report.with_schema("issues").of(report.issues.head(200))))
    return Section(
        id="unknowns", title="Unknown", blocks=tuple(blocks), lead="The unknown bucket is never dropped and never counted as clear."
    )


def _evidence(report: ExposureReport) -> Section:
    shown = report.exposures[["entity", "security", "status", "tier", "evidence", "citation", "lifted_by"]].drop_duplicates(
        ignore_index=True
    )
    return Section(
        id="evidence",
        title="Evidence",
        blocks=(Table(id="evidence-table", title="Why each line is here", table=report.with_schema("exposures").of(shown)),),
    )


def _ground(report: ExposureReport) -> Section:
    return Section(
        id="ground",
        title="Assumptions and sources",
        blocks=(Text(lines=report.assumptions, bullets=True), Text(lines=tuple(str(source) for source in report.sources), bullets=True)),
    )
