"""Tables in markup: XML Spreadsheet 2003, HTML (whatever its ending), and XML whose repeated elements are records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy

from impact.errors import InputError
from impact.intake.currencies import CURRENCIES, CURRENCY_PARTS
from impact.intake.encoding import decode, opening_text
from impact.intake.headings import names_text
from impact.intake.limits import ReadOptions
from impact.intake.records import BLANK, RawSheet, SpannedCells, check_columns, check_records, sheet_of_rows

__all__ = [
    "is_html",
    "is_single_file_page",
    "is_spreadsheet_xml",
    "is_xml",
    "parse_xml",
    "read_html",
    "read_single_file_page",
    "read_spreadsheet_xml",
    "read_xml_records",
]

_HEADINGS_IN_BRACKETS = re.compile(r"<[^<>\n]+>[ ]?[,;|\t][ ]?<")
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_WIDEST_SPAN, _TALLEST_SPAN = 1000, 65_534  # the standard of HTML allows no more; a height of 0 is the rest of the group
_ROW_GROUPS = ("thead", "tbody", "tfoot", "table")
_HTML_STARTS = ("<!doctype html", "<html", "<table", "<meta", "<head", "<style", "<body", "<!--", "<div", "<center")
_LANGUAGE = ("lang", "language")
"""Attributes that say in what language a text is; ``ALL`` is one there and no currency."""


_SUBMISSION_STARTS = ("<sec-document>", "<document>", "-----begin privacy")
"""How a filing begins as EDGAR sends it whole: its documents stand in one text."""
_DOCUMENT_XML = re.compile(r"<XML>\s*(.*?)\s*</XML>", re.DOTALL | re.IGNORECASE)


def is_spreadsheet_xml(content: bytes) -> bool:
    """XML Spreadsheet 2003, which sponsors save as .xls."""
    opening = opening_text(content)
    return opening.startswith("<") and _SPREADSHEET in opening and "<html" not in opening


def is_html(content: bytes) -> bool:
    """A web page, or the table that a broker saves as .xls."""
    opening = opening_text(content)
    wrapped = opening.startswith(("<?xml", *_SUBMISSION_STARTS)) and "<html" in opening
    return opening.startswith(_HTML_STARTS) or wrapped


def is_xml(content: bytes) -> bool:
    """Any other markup; a line of headings in angle brackets (``<TICKER>,<CLOSE>``) is none."""
    opening = opening_text(content)
    return opening.startswith(("<", "-----begin privacy")) and not _HEADINGS_IN_BRACKETS.match(opening)


def is_single_file_page(content: bytes) -> bool:
    """A web page with its parts in one mail message (.mht), which spreadsheets save as .xls too."""
    return opening_text(content).startswith("mime-version:")


def parse_xml(content: bytes, *, where: str):
    """The root element (lxml) of a document without a document type, whatever its encoding; bare ampersands are mended.

    Raises
    ------
    InputError
        If the document declares a document type, or is not well formed.
    """
    from lxml import etree

    text, _ = decode(content, encoding=_declared_encoding(content))
    if text.lstrip(BLANK).lower().startswith(_SUBMISSION_STARTS):
        text = f"<documents>{''.join(_DECLARATION.sub('', part, count=1) for part in _DOCUMENT_XML.findall(text))}</documents>"
    text = _DECLARATION.sub("", text, count=1)
    opening = text[: 1 << 16].lower()
    if "<!doctype" in opening or "<!entity" in opening:
        raise InputError(f"{where} declares a document type, which no table needs and which can hide an attack; export it again.")
    text = _NOT_XML.sub(" ", _BARE_AMPERSAND.sub("&amp;", text))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{where} is not well-formed XML ({str(error)[:120]}); export it again.") from error


def _declared_encoding(content: bytes) -> str | None:
    """The encoding that the declaration names, when Python knows it and the bytes fit it; else it is found from the bytes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return None
    named = _DECLARED.search(content[:400])
    name = named[1].decode("ascii") if named else ""
    try:
        content[: 1 << 16].decode(name or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return None
    return name or None


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def read_spreadsheet_xml(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The worksheets of an XML Spreadsheet 2003 file.

    Raises
    ------
    InputError
        If it is not well formed, has no such sheet, or an index points beyond the limits.
    """
    where, sheet = options.where, options.sheet
    root = parse_xml(content, where=where)
    named = [(_attribute(page, "Name"), page) for page in root if _local(page.tag) == "Worksheet"]
    if sheet is not None and sheet not in dict(named):
        raise InputError(f"sheet={sheet!r} is not in {where}; choose one of: {', '.join(name for name, _ in named)}.")
    spanned = SpannedCells()
    return tuple(_worksheet(page, name, options, spanned) for name, page in named if sheet in (None, name))


def _attribute(element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _index(element, after: int, most: int, where: str) -> int:
    given = _attribute(element, "Index")
    index = int(given) if given.isdigit() and len(given) < 10 else after + 1
    if index > most:
        raise InputError(
            f"{where} points to row or column {index:,}, more than the {most:,} that are read; delete the cells far from the table."
        )
    return index


def _worksheet(page, name: str, options: ReadOptions, spanned: SpannedCells) -> RawSheet:
    rows, line, numeric, number = [], [], [], 0
    for row in page.iter():
        if _local(row.tag) != "Row":
            continue
        number = _index(row, number, options.limits.lines, options.where)
        cells: list[str] = []
        stored: list[bool] = []
        for cell in row:
            if _local(cell.tag) != "Cell":
                continue
            place = _index(cell, len(cells), options.limits.columns, options.where)
            value = next((child for child in cell if _local(child.tag) == "Data"), None)
            kind = "" if value is None else _attribute(value, "Type")
            text = "" if value is None else "".join(value.itertext())
            cells.extend([""] * (place - 1 - len(cells)))
            stored.extend([False] * (place - 1 - len(stored)))
            cells.append(text[:10] if kind == "DateTime" and text[10:].strip("T0:.Z") == "" else text)
            stored.append(kind == "Number")
            across = _attribute(cell, "MergeAcross")
            extra = min(int(across), options.limits.columns) if across.isdigit() else 0
            cells.extend([""] * extra)
            stored.extend([False] * extra)
        spanned.add(len(cells) - len(row), name)
        rows.append(cells)
        numeric.append(stored)
        line.append(number)
        span = _attribute(row, "Span")
        number += min(int(span), options.limits.lines) if span.isdigit() and len(span) < 10 else 0
    return sheet_of_rows(rows, line, name=name, numeric=numeric, n_lines=number)


def read_html(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The tables of a page that hold no table themselves; cells that span columns are followed by empty ones.

    Raises
    ------
    InputError
        If the page holds no table of two rows and two columns: often a log-in page that was saved instead of the file.
    """
    from lxml import etree
    from lxml import html as lxml_html

    text, _ = decode(content, encoding=options.encoding or _declared_encoding(content))
    text = _NOT_XML.sub(" ", _DECLARATION.sub("", text, count=1))
    try:
        root = lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{options.where} is a web page that cannot be read ({str(error)[:120]}); download the file itself.") from error
    spanned = SpannedCells()
    sheets = [_html_table(table, position, spanned) for position, table in enumerate(_leaf_tables(root), start=1)]
    kept = tuple(sheet for sheet in sheets if len(sheet) > 1 and sheet.width > 1)
    if not kept:
        raise InputError(f"{options.where} is a web page, not a table; download the file itself (often a log-in page is saved instead).")
    return kept


def _leaf_tables(root) -> Iterator:
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is None:
            yield table


def _html_table(table, position: int, spanned: SpannedCells) -> RawSheet:
    caption = next((" ".join(title.text_content().split()) for title in table.iter("caption")), "")
    rows, line = [], []
    below: dict[int, tuple[int, str]] = {}  # column -> rows that a cell above still covers
    group = None
    for number, row in enumerate(table.iter("tr"), start=1):
        if (its_group := next(row.iterancestors(*_ROW_GROUPS))) is not group:
            group, below = its_group, {}  # a cell ends with its group of rows
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _skip_covered(cells, below)
            check_columns(len(cells), caption)  # spans grow faster than the file that states them
            across, down = max(1, _span(cell, "colspan", _WIDEST_SPAN)), _span(cell, "rowspan", _TALLEST_SPAN) or _TALLEST_SPAN
            text = " ".join(cell.text_content().split())
            covered = range(len(cells), len(cells) + across)
            cells += [text, *[""] * (across - 1)]
            if down > 1:
                below |= {column: (down - 1, text if column == covered.start else "") for column in covered}
            elif below:
                for column in covered:
                    below.pop(column, None)
        for column in sorted(column for column in below if column >= len(cells)):  # a short row is covered beyond its end too
            cells += [""] * (column - len(cells))
            _skip_covered(cells, below)
        spanned.add(len(cells) - len(row), caption)
        rows.append(cells)
        line.append(number)
    return sheet_of_rows(_joined_columns(rows), line, name=caption or f"table {position}", n_lines=len(rows))


_OPENING_SIGNS, _CLOSING_SIGNS = frozenset({"", "$", "US$", "HK$", "€", "£", "¥", "("}), frozenset({"", ")", "%", ")%"})
_MOST_HEADINGS = 2


def _joined_columns(rows: list[list[str]]) -> list[list[str]]:
    """The rows with figures in one column that a page spreads over several: its heading, a currency sign before, a bracket behind."""
    width = max(map(len, rows), default=0)
    columns = [column for column in zip(*([*row, *[""] * (width - len(row))] for row in rows), strict=True) if any(column)]
    joined: list[tuple[str, ...]] = []
    for column in columns:
        before = joined[-1] if joined else ()
        if joined and (_opens(before, column) or _CLOSING_SIGNS.issuperset(column)):
            joined[-1] = tuple(left + right for left, right in zip(before, column, strict=True))
        else:
            joined.append(column)
    return [list(row) for row in zip(*joined, strict=True)] if joined else rows


def _opens(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether a column holds nothing but signs before the figures of the next one, and headings where that has none."""
    words = [cell for cell in left if cell not in _OPENING_SIGNS]
    apart = all(cell in _OPENING_SIGNS or not beside for cell, beside in zip(left, right, strict=True))
    figures = any(letter.isdigit() for cell in right for letter in cell)
    return apart and figures and len(words) <= _MOST_HEADINGS and not any(letter.isdigit() for cell in words for letter in cell)


def _skip_covered(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(cells) in below:
        left, text = below.pop(len(cells))
        if left > 1:
            below[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell, name: str, most: int) -> int:
    given = (cell.get(name) or "1").strip()
    return min(int(given), most) if given.isdigit() and len(given) < 8 else 1


def read_single_file_page(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The tables of every page in a .mht file."""
    message = message_from_bytes(content, policy=policy.default)
    sheets: list[RawSheet] = []
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            try:
                sheets.extend(read_html(payload if isinstance(payload, bytes) else b"", options))
            except InputError:
                continue  # a frame page holds no table; the part with the table follows
    if not sheets:
        raise InputError(f"{options.where} is a saved web page without a table; download the file itself.")
    return tuple(sheets)


def read_xml_records(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """Elements with attributes or leaf children as records, one table an element name, in the order of the file.

    A Flex statement (``<OpenPosition isin="..." position="..."/>``) reads so, and any file of one element a position.

    Raises
    ------
    InputError
        If it is not well formed or holds no records.
    """
    root = parse_xml(content, where=options.where)
    records: dict[str, list[tuple[int, dict[tuple[str, int], str]]]] = {}
    for element in root.iter():
        record = _record(element)
        if record:
            records.setdefault(_local(element.tag), []).append((element.sourceline or 0, record))
    sheets = []
    for name, rows in records.items():
        keys = list(dict.fromkeys(key for _, record in rows for key in record))
        if len(keys) < 2:
            continue
        headings = [heading for heading, _ in keys]
        check_records([record for _, record in rows], headings, name)
        cells = [[record.get(key, "") for key in keys] for _, record in rows]
        sheets.append(
            sheet_of_rows(cells, [place for place, _ in enumerate(rows, start=1)], name=name, headings=headings, n_lines=len(rows))
        )
    if not sheets:
        raise InputError(
            f"{options.where} is XML without records (root element {_local(root.tag)!r}); export the positions as CSV or XLSX."
        )
    return tuple(sheets)


def _text(leaf) -> str | None:
    """What a leaf holds, a figure with the currency that its one attribute names; None where attributes say more, which may be of another unit.

    The language of a text is no such attribute; nor is a currency part of a name or code that the leaf holds.
    """
    text = (leaf.text or "").strip(BLANK)
    said = [value for key, value in leaf.attrib.items() if _local(key).lower() not in _LANGUAGE]
    if text and len(said) == 1 and said[0] in CURRENCIES | CURRENCY_PARTS.keys():
        is_figure = any(map(str.isdigit, text)) and not names_text(_local(leaf.tag))
        return f"{text} {said[0]}" if is_figure else text
    return None if said else text


def _record(element) -> dict[tuple[str, int], str]:
    """The fields of one element by name and place among those of one name: its attributes and its children that hold text alone.

    What several fields of one name say alike is said once; where they differ, as a name in two languages and a value in two currencies do, none
    takes the place of another.
    """
    fields = [(_local(key), value) for key, value in element.attrib.items() if value.strip(BLANK)]
    if len(element) == 0:
        return _apart(fields) if len(fields) > 1 else {}
    texts = [(_local(child.tag), text) for child in element if len(child) == 0 and (text := _text(child)) is not None]
    return _apart([*texts, *fields]) if len({tag for tag, _ in texts}) > 1 else {}


def _apart(fields: Sequence[tuple[str, str]]) -> dict[tuple[str, int], str]:
    said: dict[str, list[str]] = {}
    for name, text in fields:
        if text not in said.setdefault(name, []):
            said[name].append(text)
    return {(name, n): text for name, texts in said.items() for n, text in enumerate(texts)}
