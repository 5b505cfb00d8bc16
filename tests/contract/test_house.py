"""The rules of the house, as tests: how long, how many, which names, what may read text, and that nothing stands unused."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections import Counter

import pytest

from tests.contract import house

FILE_LINES, FUNCTION_LINES, PARAMETERS, ANYS = 400, 60, 12, 13

# Modules that may use regular expressions, and the syntax they read with them. Prose is never read by pattern: what a text says is
# a column of a table, parsed and tested where the table is built.
READS_SYNTAX = {
    "impact/eventstudy/benchmarks.py": "headings of factor files",
    "impact/facts/csl.py": "fields of the consolidated screening list",
    "impact/facts/list_records.py": "dates and records of official list files",
    "impact/facts/name_index.py": "brackets inside an issuer's name",
    "impact/facts/names.py": "marks and par values inside an issuer's name",
    "impact/facts/ofac.py": "fields of the list file",
    "impact/facts/remarks.py": "key and value pairs of the remarks column of the list file",
    "impact/facts/unnamed.py": "par values, brackets and initials inside an issuer's name",
    "impact/holdings/fund_files.py": "preambles of fund files",
    "impact/holdings/preamble.py": "labels and dates above a header",
    "impact/holdings/column_kinds.py": "forms of cells: numbers, codes, words",
    "impact/intake/currencies.py": "currency codes and marks in cells and headings",
    "impact/intake/dates.py": "dates as files write them",
    "impact/intake/encoding.py": "bytes beyond ASCII",
    "impact/intake/headings.py": "brackets and currencies of headings",
    "impact/intake/letters.py": "letters beside each other in the words of a language",
    "impact/intake/markup.py": "XML declarations, entities and HTML",
    "impact/intake/numbers.py": "numbers as files write them",
    "impact/intake/units.py": "scales and currencies of headings",
    "impact/intake/workbook.py": "cell references in the XML of workbooks",
    "impact/instants.py": "ISO 8601",
    "impact/market/column_headings.py": "figures and securities in headings of price files",
    "impact/market/figure_columns.py": "the form of a ticker in a heading",
    "impact/market/french.py": "blocks of the factor files",
    "impact/market/heading_units.py": "currencies and units in headings of price files",
    "impact/market/given_days.py": "dates and clocks in text that a caller gives",
    "impact/market/written_days.py": "days of price files",
    "impact/market/written_numbers.py": "figures of price files",
    "impact/market/yahoo.py": "symbols",
    "impact/rules/clock_rows.py": "the form of a trading line",
    "impact/tables/text.py": "control characters",
    "impact/tables/workbook.py": "signs that no sheet may have in its name, times in the XML of workbooks",
    "impact/tickers.py": "tickers",
    "impact/venues.py": "suffixes of tickers",
    "impact/whole_files.py": "schemes of addresses",
}


def assert_none(what: str, guilty: list[str]) -> None:
    """Fails when any stands, and names all of it."""
    assert guilty == [], f"{what}: {len(guilty)}:\n" + "\n".join(guilty)


@pytest.fixture(scope="module")
def every_function():
    return [(path, name, node, public) for path, tree in house.trees().items() for name, node, public in house.functions(tree)]


def test_no_file_is_too_long():
    lengths = {path: len((house.ROOT / path).read_text(encoding="utf-8").splitlines()) for path in house.trees()}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long(every_function):
    sources = {path: (house.ROOT / path).read_text(encoding="utf-8").splitlines() for path in house.trees()}
    lengths = {f"{path} {name}": house.code_lines(node, sources[path]) for path, name, node, _ in every_function}
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_no_public_function_asks_for_too_much(every_function):
    counts = [(f"{path} {name}", len(house.parameters(node))) for path, name, node, public in every_function if public]
    assert_none("functions with too many parameters", [f"{name}: {count}" for name, count in counts if count > PARAMETERS])


def test_signatures_say_what_they_take(every_function):
    counts = Counter({f"{path} {name}": house.any_in_signature(node) for path, name, node, public in every_function if public})
    guilty = [name for name, count in counts.items() for _ in range(count)]
    assert len(guilty) <= ANYS, "\n".join(guilty)


def test_prose_is_not_read_by_pattern():
    readers = [
        path
        for path, tree in house.trees().items()
        if any(isinstance(node, ast.Import) and any(part.name == "re" for part in node.names) for node in ast.walk(tree))
    ]
    assert_none("modules that read prose", sorted(set(readers) - set(READS_SYNTAX)))
    assert set(READS_SYNTAX) - set(readers) == set(), "no longer read by pattern: take them off the list"


def test_nothing_stands_unused():
    assert_none("unused definitions", house.unused_definitions())


def test_formulas_on_the_page_are_tested_by_numbers():
    """What the reference offers to be called alone, and the package does not call, is called by a test."""
    called = {name for tree in house.trees("tests").values() for name in house.names_in(tree)} | set(house.spoken_of())
    modules = [importlib.import_module(name) for name in house.formula_modules()]
    offered = {name for module in modules for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    assert len(offered) > 150 and offered - called == set()


def test_names_say_what_a_thing_is():
    empty = {"found", "_parts", "_words", "_own"}
    guilty = [f"{path} {name}" for path, tree in house.trees().items() for name in house.bound_names(tree) if name in empty]
    assert_none("names that say nothing", sorted(guilty))


def test_no_test_skips():
    """What is not run by default is deselected by its marker; a missing file or package is a failure."""
    skips = [
        f"{path}:{node.lineno}"
        for path, tree in house.trees("tests").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "importorskip"}
    ]
    assert skips == []


def test_every_test_can_fail():
    """Each test asserts, expects an error or a warning, or calls a function whose name says that it checks."""
    telling = ("assert", "raises", "warns", "check_", "agrees", "benchmark")
    silent = [
        f"{path} {name}"
        for path, tree in house.trees("tests").items()
        for name, node, _ in house.functions(tree)
        if node.name.startswith("test_") and not any(word in ast.unparse(node) for word in telling)
    ]
    assert silent == []
