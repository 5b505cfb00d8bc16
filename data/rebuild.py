"""Write the bundled tables anew: ``python -m impact.data.rebuild FOLDER``.

FOLDER holds `facts2/` (the fact base) and `figures/` (daily closing figures). The result depends on nothing else: no clock, no
network, no random number; the same folder gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from impact.data.disagreements import conflicts
from impact.data.fact_tables import FACT_TABLES
from impact.data.figures_tables import figure_tables
from impact.data.kept_cells import lost_cells
from impact.data.manifest import FOLDER, describe, refresh
from impact.data.regimes import regimes

__all__ = ["build", "differing", "write"]

FIGURES_BASIS = "facts for demonstration and tests, compiled from public copies, source named"
FACTS_BASIS = "facts; compiled from public copies named per row"
FIGURES_RETRIEVED, FACTS_RETRIEVED = "2026-11-27", "2026-11-27"
QUOTES = "public copies of end-of-day quotes on GitHub, named for each line in securities.csv"
FIGURES = ("closes", "volumes", "dividends", "securities", "placeholders", "doubtful_figures", "exchange_rates")
COMPILED = "compiled from public copies; each row names its own"
WHAT = {
    "closes": ("daily closes of 79 lines, 2017 to 2026, one column a line; currency and adjustment as securities.csv says", QUOTES),
    "volumes": ("daily volumes in shares; empty where placeholders.csv or securities.csv says why", QUOTES),
    "dividends": ("dividends in HKD a share by ex-date, 2020-01 to 2021-06, already inside total-return closes", QUOTES),
    "securities": ("the lines of closes.csv: name, currency, venue, adjustment, span, role in the study, cross-check", COMPILED),
    "placeholders": ("cells of closes.csv and volumes.csv that stand for no figure, with the reason", QUOTES),
    "doubtful_figures": ("closes that stay although another copy differs or the move is large, with the reason", QUOTES),
    "exchange_rates": ("daily rates: units of currency for one US dollar; RUB from March 2022 on is an indicative quote", QUOTES),
    "programmes": ("legal programmes: what each prohibits, on which clock, from when to when", COMPILED),
    "designations": ("who was put on which list, when, with the legal dates", COMPILED),
    "listing_periods": ("the spans in which each name stood on its list", COMPILED),
    "designation_lines": ("trading lines that a designation names or speaks of, and how each stands to the name", COMPILED),
    "designation_names": ("names that the row of a designation gives", COMPILED),
    "index_actions": ("what index providers announced and when it took effect", COMPILED),
    "exchange_actions": ("what exchanges, brokers and funds announced about trading lines", COMPILED),
    "litigation": ("what courts and parties did", COMPILED),
    "regimes": ("what a programme makes investors do, one row a regime", COMPILED),
    "holders": ("holders of a line: shares, or a percentage with what it is a part of", COMPILED),
    "shares_outstanding": ("shares outstanding by class, as printed or computed", COMPILED),
    "tracked_assets": ("funds that track an index family: assets and the weight of one line", COMPILED),
    "buybacks": ("share purchases by issuers: programmes announced and purchases made", COMPILED),
    "ownership": ("holders, index weights, assets and flows as reported", COMPILED),
    "reported_figures": ("prices, moves and volumes as printed", COMPILED),
    "literature": ("published price effects", COMPILED),
    "conflicts": ("where sources disagree, what is doubtful, what was not found", COMPILED),
}


def build(folder: Path) -> dict[str, pd.DataFrame]:
    """All bundled tables of this module as text frames, by name."""
    facts = {name: table(folder / "facts2") for name, (_, table) in FACT_TABLES.items()}
    if lost := lost_cells(folder / "facts2", facts):
        raise ValueError(f"{len(lost)} rows or cells of the fact base are lost, first {lost[0]}; carry them over.")
    return figure_tables(folder / "figures") | facts | {"regimes": regimes(), "conflicts": conflicts()}


def write(folder: Path, target: Path = FOLDER) -> list[str]:
    """Write every table and its MANIFEST row to `target`; returns the CSV files there that have no row."""
    for name, frame in build(folder).items():
        frame.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    describe(
        (
            (f"{name}.csv", what, source, *((FIGURES_RETRIEVED, FIGURES_BASIS) if name in FIGURES else (FACTS_RETRIEVED, FACTS_BASIS)))
            for name, (what, source) in WHAT.items()
        ),
        target,
    )
    return refresh(target)


def differing(folder: Path, target: Path = FOLDER) -> list[str]:
    """Names of the tables in `target` whose bytes are not what `folder` gives."""
    return [
        name
        for name, frame in build(folder).items()
        if not (target / f"{name}.csv").exists()
        or (target / f"{name}.csv").read_text(encoding="utf-8") != frame.to_csv(index=False, lineterminator="\n")
    ]


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        sys.exit("usage: python -m impact.data.rebuild FOLDER [--check] (the folder that holds facts2/ and figures/)")
    if sys.argv[2:]:
        changed = differing(Path(sys.argv[1]))
        sys.exit(f"not what {sys.argv[1]} gives: {', '.join(changed)}; rebuild without --check." if changed else 0)
    for unlisted in write(Path(sys.argv[1])):
        sys.stderr.write(f"warning: {unlisted} has no row in MANIFEST.csv.\n")
