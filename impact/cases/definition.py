"""What a case is: one designation of one trading line, with its benchmark and its peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError

__all__ = ["AsOf", "CaseDefinition", "case_names", "define_case"]


AsOf: TypeAlias = str | pd.Timestamp | None
"""Instant whose knowledge is used, with its zone; None is everything on record."""


@dataclass(frozen=True, kw_only=True)
class CaseDefinition:
    """The fixed choices of one case, made before any estimate is seen.

    Attributes
    ----------
    case, title, issuer : str
        Name on the command line, heading, and issuer.
    security, market : str
        Trading line studied and its benchmark index.
    programme_id : str
        Programme under which the issuer was designated.
    designation_event : str
        Event of the case whose reaction session is day 0 of the whole study.
    peers, technology_peers : tuple of str
        Baskets that stand in for the market without the target; neither holds a listed or rumoured name.
    prices_from, prices_to : str
        ISO dates of the prices to ask a provider for: a year before the designation to after the last event studied.
    note : str
        Why these peers.
    """

    case: str
    title: str
    issuer: str
    security: str
    market: str
    programme_id: str
    designation_event: str
    peers: tuple[str, ...]
    technology_peers: tuple[str, ...]
    prices_from: str
    prices_to: str
    note: str


def case_names() -> list[str]:
    """Names of the cases that ship with the package."""
    return sorted(read_bundled("cases")["case"])


def define_case(name: str) -> CaseDefinition:
    """The definition of one case.

    Raises
    ------
    InputError
        If there is no case of that name.
    """
    table = read_bundled("cases").set_index("case", drop=False)
    if name not in table.index:
        raise InputError(f"case={name!r} is not known; choose one of: {', '.join(case_names())}.")
    row = table.loc[name].to_dict()
    lists = {column: tuple(row[column].split()) for column in ("peers", "technology_peers")}
    return CaseDefinition(**(row | lists))
