"""Write claim.md anew from a folder of price files: ``python docs/refresh_claim.py FOLDER``. Prices are not written, estimates are."""

from __future__ import annotations

import sys
from pathlib import Path

from impact.cases import Precedents, precedents_on_record
from impact.market import load_panel
from impact.tables import Table, display

PAGE = Path(__file__).with_name("claim.md")
LINES = ("1810.HK", "688012.SS", "LKCO", "HSAI", "9988.HK", "BABA", "HSI", "SPY")
INTRODUCTION = """# Did Xiaomi's victory pave the way for others?

Press in March 2021 called the injunction a rare victory that might pave the way for others. This page sets the claim against
the nine firms listed on 14 January 2021 and everybody who later challenged the list that followed (s.1260H).

Made by `python docs/refresh_claim.py FOLDER`, with FOLDER holding one price file a line ({files}).
Only estimates are printed here. Sessions 0:1 are the headline; a verdict other than "cannot tell" needs the test and the
interval to agree; p_holm allows for every event of the headline window.
"""


def folder_panel(folder: Path):
    """The lines that the folder holds."""
    return load_panel(folder, [line for line in LINES if (folder / f"{line}.csv").is_file()])


def page(found: Precedents, files: list[str]) -> str:
    """The whole page."""
    effects = found.with_schema("effects")
    parts = [
        INTRODUCTION.format(files=", ".join(files)),
        f"**{found.answer()}**",
        "## Firm by firm",
        markdown(found.with_schema("firms")),
        "## Events",
        markdown(effects.of(effects.frame.drop(columns=["programme_id", "firm"]))),
        "## Base rates by statute",
        markdown(found.rates.with_schema("to_frame")),
        "## What this rests on",
        "\n".join(f"- {line}" for line in found.assumptions),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def markdown(table: Table) -> str:
    """A table in Markdown, rounded as every table is."""
    shown = display(table)
    rows = [list(map(str, shown.columns)), ["---"] * shown.shape[1], *shown.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


if __name__ == "__main__":
    panel = folder_panel(Path(sys.argv[1]))
    PAGE.write_text(page(precedents_on_record(panel), panel.securities), encoding="utf-8")
