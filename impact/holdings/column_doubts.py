"""What is said of columns that are not read as their heading says first, or may be read in another way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from impact.holdings.fields import NUMBER_FIELDS, WORD_FIELDS
from impact.holdings.heading_vocabulary import Reading, is_by_end, readings_of
from impact.intake.currencies import currency_in
from impact.intake.dates import parse_date
from impact.intake.headings import heading_key

__all__ = ["KIND_REASONS", "NUMERIC_KINDS", "OF_PORTFOLIO", "WORD_KINDS", "Doubt", "column_doubts", "day_in", "is_barred"]

Doubt = tuple[str, str, str, str]
"""Field, heading, problem, action."""


def column_doubts(
    printed: Sequence[str], position: Mapping[str, int], mapped: set[int], kinds: Sequence[str], fitting: Mapping[int, Sequence[Reading]]
) -> tuple[Doubt, ...]:
    """All that is to be said of the columns of a table.

    Parameters
    ----------
    printed : sequence of str
        The headings.
    position : mapping of field to column number
    mapped : set of int
        Columns that the caller named.
    kinds : sequence of str
        What the cells of each column are.
    fitting : mapping of column number to readings
        What the cells of each column allow.
    """
    return (
        *_decided(printed, position, mapped, kinds),
        *_by_ends(printed, position, mapped),
        *_by_cells_alone(printed, position, mapped, kinds),
        *_undecided(printed, position, mapped, kinds),
        *_of_one_heading(printed, position),
        *_of_any_dollar(printed, position),
        *_of_several_days(printed, position, fitting),
        *_of_portfolio_currency(printed, position, mapped),
    )


OF_PORTFOLIO = frozenset({"marketvaluepc"})
"""Keys of values in the currency of the portfolio, as against those in the currency of the quotation (QC)."""
NUMERIC_KINDS = ("number", "money", "code")
WORD_KINDS = ("text", "currency", "side")
KIND_REASONS = {
    "number": "its cells are numbers",
    "money": "its cells carry a currency sign",
    "code": "its cells are codes",
    "isin": "its cells are ISINs",
    "cusip": "its cells are CUSIPs",
    "repeated": "lines of different securities say the same",
    "text": "its cells are words",
    "currency": "its cells are codes of currencies",
    "side": "its cells say long and short alone",
    "unconfirmed": "a total alone may be of gains, costs or shares too: neither quantity times price nor another value confirms it",
}


def day_in(heading: str) -> int:
    """The day that a heading names, as its ordinal; 0 where it names none."""
    day = parse_date(heading) if any(letter.isdigit() for letter in heading) else None
    return 0 if day is None else day.toordinal()


def _decided(printed: Sequence[str], position: Mapping[str, int], mapped: set[int], kinds: Sequence[str]) -> tuple[Doubt, ...]:
    """What was not read as its heading says first, with the reason."""
    field_of = {number: name for name, number in position.items()}
    rows = []
    for number, heading in enumerate(printed):
        readings = readings_of(heading) if heading and number not in mapped else ()
        if not readings or field_of.get(number) == readings[0][0]:
            continue
        first, why = readings[0][0], KIND_REASONS.get(kinds[number], "")
        barred = is_barred(first, kinds[number])
        coded = field_of.get(number) == "identifier" and kinds[number] in ("code", "isin", "cusip")
        if barred or coded:
            reason = why
        elif position.get(first, number) != number:
            reason = f"another column gives {_said(first)}"
        elif kinds[number] == "money" or currency_in(heading):
            reason = why if kinds[number] == "money" else "it names a currency"
        else:
            reason = "no other column names the security or its amount"
        if number in field_of:
            rows.append(
                (field_of[number], heading, f"the heading may mean {_said(first)}, and {reason}", f"read as {_said(field_of[number])}")
            )
        elif barred:
            rows.append((first, heading, f"the heading means {_said(first)}, and {why}", "column not used"))
    return tuple(rows)


def _by_ends(printed: Sequence[str], position: Mapping[str, int], mapped: set[int]) -> tuple[Doubt, ...]:
    """Columns read by the end of a heading whose whole is not known."""
    told = [(name, printed[number]) for name, number in position.items() if number not in mapped]
    said = "the whole heading is not known, and the end of it means {}"
    return tuple(
        (name, heading, said.format(_said(name)), f"read as {_said(name)}")
        for name, heading in told
        if any(reading[0] == name and is_by_end(reading) for reading in readings_of(heading))
    )


def _by_cells_alone(printed: Sequence[str], position: Mapping[str, int], mapped: set[int], kinds: Sequence[str]) -> tuple[Doubt, ...]:
    """Columns of no known heading that their cells tell, and columns of long and short that are read as something else."""
    rows = []
    field_of = {number: name for name, number in position.items()}
    for number, heading in enumerate(printed):
        name = {"side": "side", "currency": "currency"}.get(kinds[number], "")
        if not name or not heading or number in mapped:
            continue
        if field_of.get(number) == name and not readings_of(heading):
            rows.append((name, heading, f"the heading is not known, and {KIND_REASONS[kinds[number]]}", f"read as {name}"))
        elif name == "side" and name not in position:
            action = f"amounts keep their printed sign; if it is the side, map side={heading}"
            rows.append((name, heading, f"{KIND_REASONS['side']}, and it is not read as the side", action))
    return tuple(rows)


def _undecided(printed: Sequence[str], position: Mapping[str, int], mapped: set[int], kinds: Sequence[str]) -> tuple[Doubt, ...]:
    """The amount whose heading may mean a quantity or a value (``Amount``, ``Position``), where nothing in the table tells which."""
    either = ("quantity", "market_value")
    for name, other in (either, either[::-1], ("market_value", "price")):
        number = position.get(name, -1)
        heading = printed[number] if number >= 0 and number not in mapped else ""
        told = bool(heading) and (kinds[number] == "money" or bool(currency_in(heading)))
        valued = name == "market_value" or "price" in position  # a quantity alone gives no value that could be wrong
        if heading and valued and other not in position and not told and other in {reading for reading, _ in readings_of(heading)}:
            action = f"read as {_said(name)}; with the map {other}={heading} it is read the other way"
            return ((name, heading, f"the heading may mean {_said(other)} as well, and nothing in the table tells which", action),)
    return ()


def _of_one_heading(printed: Sequence[str], position: Mapping[str, int]) -> tuple[Doubt, ...]:
    """Amounts and prices whose heading stands above further columns too."""
    keys = [heading_key(heading) for heading in printed]
    told = [(name, printed[position[name]]) for name in NUMBER_FIELDS if name in position]
    said = "{} columns bear this heading, and nothing tells them apart"
    return tuple(
        (name, heading, said.format(n), "the first is read: give the others a heading of their own")
        for name, heading in told
        if heading and (n := keys.count(heading_key(heading))) > 1
    )


def _of_any_dollar(printed: Sequence[str], position: Mapping[str, int]) -> tuple[Doubt, ...]:
    """The value whose heading names its currency by a dollar sign alone."""
    heading = printed[position["market_value"]] if "market_value" in position else ""
    if "$" not in heading or currency_in(heading.replace("$", "")) or currency_in(heading) != "USD" or "US$" in heading.upper():
        return ()
    said, action = "a dollar sign alone may stand for any dollar", "taken as US dollars: write the code of another in the heading"
    return (("market_value", heading, said, action),)


def is_barred(name: str, kind: str) -> bool:
    """Whether cells of that kind fill no such field."""
    return (
        kind == "unconfirmed"
        or (kind in NUMERIC_KINDS and name in WORD_FIELDS)
        or (kind in WORD_KINDS and name in NUMBER_FIELDS)
        or (kind, name) in {("side", "asset_class"), ("repeated", "name")}
    )


def _said(name: str) -> str:
    return name.replace("_", " ")


def _of_several_days(printed: Sequence[str], position: Mapping[str, int], fitting: Mapping[int, Sequence[Reading]]) -> tuple[Doubt, ...]:
    """Amounts that stand under several dated headings, of which one day was read."""
    rows = []
    for name, number in position.items():
        others = [printed[other] for other, readings in fitting.items() if other != number and name in {field for field, _ in readings}]
        if name in NUMBER_FIELDS and day_in(printed[number]) and any(map(day_in, others)):
            told = f"the figures stand for several days ({', '.join((printed[number], *others)[:4])})"
            rows.append((name, printed[number], told, f"read as of {printed[number]}; for another day map {name}=HEADING"))
    return tuple(rows)


def _of_portfolio_currency(printed: Sequence[str], position: Mapping[str, int], mapped: set[int]) -> tuple[Doubt, ...]:
    """The value in PC without one in QC beside it, on lines that name a currency."""
    number = position.get("market_value", -1)
    alone = not any(heading_key(heading).endswith("qc") for heading in printed)
    if number in {-1, *mapped} or heading_key(printed[number]) not in OF_PORTFOLIO or "currency" not in position or not alone:
        return ()
    said, action = "PC may mean the currency of the portfolio or of the position", "taken for that of the portfolio, not of the line"
    return (("market_value", printed[number], said, action),)
