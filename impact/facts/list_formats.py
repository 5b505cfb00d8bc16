"""The formats in which official lists come: one record each, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from impact.errors import InputError
from impact.facts.csl import read_csl
from impact.facts.list_records import OfficialList, read_lines
from impact.facts.ofac import read_ofac
from impact.facts.plain_list import has_plain_header, read_plain_list

__all__ = ["LIST_FORMATS", "ListFormat", "known_format", "list_format"]

# Public download addresses, as OFAC and the International Trade Administration print them; checked 2026-11-22.
_OFAC_SERVICE = "https://sanctionslistservice.ofac.treas.gov/api/download"
_CSL_SERVICE = "https://data.trade.gov/downloadable_consolidated_screening_list/v1"
_FEWEST_OF_OFAC = 11  # columns of a copy without the numbers of entities


@dataclass(frozen=True, kw_only=True)
class ListFormat:
    """One format of list file.

    Attributes
    ----------
    name, title : str
        Word of the command line, and what the format is.
    has_header : callable
        Whether the names of columns in a first line (lower case, commas between) are the header of this format.
    read : callable
        ``read(path, version=..., **companions)`` gives an :class:`OfficialList`.
    companions : tuple of str
        Further files of one version that `read` takes by name.
    addresses : mapping of file name to URL
        Where the newest version is downloaded; empty: nowhere.
    """

    name: str
    title: str
    has_header: Callable[[frozenset[str]], bool]
    read: Callable[..., OfficialList]
    companions: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


LIST_FORMATS: Mapping[str, ListFormat] = MappingProxyType(
    {
        known.name: known
        for known in (
            ListFormat(
                name="ofac",
                title="OFAC consolidated list, CSV files without a header",
                has_header=lambda names: False,
                read=read_ofac,
                companions=("alternates", "comments"),
                addresses=MappingProxyType(
                    {name: f"{_OFAC_SERVICE}/{name}" for name in ("CONS_PRIM.CSV", "CONS_ALT.CSV", "CONS_COMMENTS.CSV")}
                ),
            ),
            ListFormat(
                name="csl",
                title="Consolidated Screening List, CSV",
                has_header=lambda names: names >= {"source", "entity_number", "name"},
                read=read_csl,
                addresses=MappingProxyType({"consolidated.csv": f"{_CSL_SERVICE}/consolidated.csv"}),
            ),
            ListFormat(
                name="plain",
                title="a table with a column name",
                has_header=lambda names: False,
                read=read_plain_list,
            ),
        )
    }
)
"""Name of each format -> its record."""


def list_format(path: str | Path) -> ListFormat:
    """The format of a list file: the first whose header its first line is, else the OFAC list if that line has cells enough and no table of
    one's own begins below it, else such a table; its reader says what it lacks.

    Raises
    ------
    SourceUnusable
        If the file cannot be opened or is empty.
    """
    first = read_lines(path)[0].split(",")
    header = frozenset(name.strip().strip('"').lower() for name in first)
    if known := next((known for known in LIST_FORMATS.values() if known.has_header(header)), None):
        return known
    return LIST_FORMATS["ofac" if len(first) >= _FEWEST_OF_OFAC and not has_plain_header(path) else "plain"]


def known_format(name: str) -> ListFormat:
    """The format of that name; InputError that lists them otherwise."""
    if name not in LIST_FORMATS:
        raise InputError(f"format={name!r} is not a list format; choose one of: {', '.join(LIST_FORMATS)}, or None.")
    return LIST_FORMATS[name]
