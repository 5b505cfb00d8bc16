"""Where the first table of positions of a sheet begins, be its headings on one line or on several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from impact.holdings.columns import ColumnPlan, may_be_amount, plan_columns
from impact.holdings.fields import AMOUNT_FIELDS, IDENTITY_FIELDS
from impact.holdings.heading_vocabulary import readings_of
from impact.identifiers import valid_identifiers
from impact.intake.dates import parse_date
from impact.intake.headings import heading_key
from impact.intake.records import BLANK, RawSheet
from impact.intake.units import is_unit

__all__ = ["HEAD_ROWS", "find_header"]

HEAD_ROWS = 40
"""Lines among which the first header stands."""
_LARGEST_SCAN = 5000


def find_header(sheet: RawSheet, columns: Mapping[str, str] | None) -> tuple[int, ColumnPlan | None, tuple[str, ...]]:
    """Position and plan of the header among the first rows, or of the first usable line of a short sheet; the closest headings.

    Of the first lines that which names most fields is the header. A line above it that names a security and an amount, and has rows of its
    own below it, begins a table before that one. Words that stand in two or three lines are read together where that names more fields.
    """
    best: tuple[int, ColumnPlan | None] = (0, None)
    seen: tuple[str, ...] = ()
    nothing = plan_columns((), columns)  # an unknown field is a mistake of the caller, not of a line
    head: list[list[str]] = []
    plans: list[ColumnPlan] = []
    for place, cells in enumerate(sheet.head(min(len(sheet), _LARGEST_SCAN))):
        if place >= HEAD_ROWS and best[1] is not None:
            break
        plan = plan_columns(cells, columns) if columns or any(readings_of(str(cell).strip(BLANK)) for cell in cells if cell) else nothing
        if plan.n_known and sum(map(bool, plan.headings)) > len(seen):
            seen = tuple(cell for cell in plan.headings if cell)
        if plan.is_usable and (best[1] is None or plan.n_known > best[1].n_known):
            best = (place, plan)
        if place < HEAD_ROWS:
            head.append([str(cell).strip(BLANK) for cell in cells])
            plans.append(plan)
    best = _of_several_lines(head, best, columns)
    best = best if best[1] is not None else _without_name(head, plans, columns)
    return *_first_of_tables(head, plans, best), seen


def _of_several_lines(
    head: Sequence[Sequence[str]], best: tuple[int, ColumnPlan | None], columns: Mapping[str, str] | None
) -> tuple[int, ColumnPlan | None]:
    """The header read with one or two lines of words above, where that names more fields or tells columns of one heading apart."""
    wordy = [sum(map(bool, cells)) >= 2 and not any(_is_figure(cell) for cell in cells) for cells in head]
    for place in range(1, len(head)):
        for first in (place - 1, place - 2):
            if first < 0 or not all(wordy[first : place + 1]):
                break
            above = [_joined(head[first:place], number) for number in range(len(head[place]))]
            plan = plan_columns([f"{over} {cell}".strip() for over, cell in zip(above, head[place], strict=True)], columns)
            if plan.is_usable and (best[1] is None or plan.n_known > best[1].n_known):
                best = (place, plan)
        if best[0] == place and best[1] is not None and place and wordy[place - 1] and _repeats(best[1].headings):
            best = (place, _told_apart(head[place - 1], best[1], columns))
    return best


def _without_name(
    head: Sequence[Sequence[str]], plans: Sequence[ColumnPlan], columns: Mapping[str, str] | None
) -> tuple[int, ColumnPlan | None]:
    """A header of two amounts and no security, where a column of no known heading holds ISINs, or a single one words: the names."""
    for place, plan in enumerate(plans):
        if sum(name in plan.position for name in AMOUNT_FIELDS) < 2 or any(_is_figure(heading) for heading in plan.headings if heading):
            continue
        below = head[place + 1 :]
        free = [number for number in range(len(plan.headings)) if number not in plan.used]
        columns_below = {number: [cells[number] for cells in below if number < len(cells) and cells[number]] for number in free}
        coded = [
            number for number, cells in columns_below.items() if cells and valid_identifiers([cell[:12] for cell in cells], "isin").all()
        ]
        wordy = [number for number, cells in columns_below.items() if number not in coded and _holds_words(cells)]
        told = dict.fromkeys(coded[:1], "ISIN") | ({wordy[0]: "Name"} if len(wordy) == 1 else {})
        named = plan_columns([told.get(number, heading) for number, heading in enumerate(plan.headings)], columns)
        if named.is_usable:
            return place, named
    return 0, None


def _holds_words(filled: Sequence[str]) -> bool:
    return len(filled) >= 2 and not any(map(_is_figure, filled)) and max(map(len, filled)) > 3


def _joined(lines: Sequence[Sequence[str]], number: int) -> str:
    return " ".join(cell for line in lines if number < len(line) and (cell := line[number]))


def _is_figure(cell: str) -> bool:
    """A cell that holds a number rather than words or a day: no letter but a digit."""
    digits = any(letter.isdigit() for letter in cell) and not any(letter.isalpha() for letter in cell)
    return digits and not is_unit(cell) and parse_date(cell) is None


def _repeats(headings: Sequence[str]) -> set[str]:
    """Keys that several columns bear, of which one may be an amount."""
    keys = [heading_key(heading) for heading in headings if heading]
    return {heading_key(heading) for heading in headings if heading and keys.count(heading_key(heading)) > 1 and may_be_amount(heading)}


def _told_apart(above: Sequence[str], plan: ColumnPlan, columns: Mapping[str, str] | None) -> ColumnPlan:
    """The plan with the words of the line above before the headings that several columns bear; a cell there may span columns."""
    twice = _repeats(plan.headings)
    spanning: list[str] = []
    for number in range(len(plan.headings)):
        over = above[number] if number < len(above) else ""
        spanning.append(over or (spanning[-1] if spanning else ""))
    for words in (above, spanning):
        headings = [
            f"{words[number]} {heading}".strip() if number < len(words) and heading_key(heading) in twice else heading
            for number, heading in enumerate(plan.headings)
        ]
        again = plan_columns(headings, columns)
        if again.is_usable and again.n_known >= plan.n_known and not _repeats(headings):
            return again
    return plan


def _first_of_tables(
    head: Sequence[Sequence[str]], plans: Sequence[ColumnPlan], best: tuple[int, ColumnPlan | None]
) -> tuple[int, ColumnPlan | None]:
    """The first header with rows of its own above the best one; the best where there is none."""
    for place, plan in enumerate(plans[: best[0]]):
        words = [cell for cell in plan.headings if cell]
        if not plan.is_usable or plan.n_known < 3 or plan.is_transactions or any(map(_is_figure, words)):
            continue
        amounts = [plan.position[name] for name in AMOUNT_FIELDS if name in plan.position]
        named = [plan.position[name] for name in IDENTITY_FIELDS if name in plan.position]
        for cells in head[place + 1 : best[0]]:
            if any(n < len(cells) and cells[n] for n in named) and any(n < len(cells) and _is_figure(cells[n]) for n in amounts):
                return place, plan
    return best
