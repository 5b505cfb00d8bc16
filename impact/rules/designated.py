"""Who stood on which list, as known at an instant, and whether the dates in print follow from the rule."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import parse_instant
from impact.rules.book import RuleBook, rule_book
from impact.rules.legal_clocks import clocks_of
from impact.rules.records import Listing
from impact.typing_ import Instant

__all__ = ["designations", "programmes", "recomputed_dates"]

COLUMNS = [
    "list_id", "kind", "entity", "lines", "listed_on", "listed_at", "removed_at", "removal_reason", "fact_id", "source", "confidence",
]  # fmt: skip


def designations(
    security: str | None = None, as_of: Instant | None = None, *, tables: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Listings of a security, or all of them, as known at an instant.

    Parameters
    ----------
    security : str, optional
        A trading line, an ISIN or an entity; None gives every listing.
    as_of : str, datetime or Timestamp, optional
        Use only what was known then (a zoned instant); None uses everything recorded.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base (:data:`impact.rules.TABLES`).

    Returns
    -------
    pandas.DataFrame
        list_id (that prints the name; of a close name the list it is close to), kind (``listed``, ``name_match``, ``subject``), entity, lines (joined by ``;``), listed_on (the day its
        clocks count from), listed_at (UTC instant from which it counts as known), removed_at (UTC, NaT while on the list as
        far as known), removal_reason, fact_id, source, confidence.
    """
    book = rule_book(None if as_of is None else parse_instant(as_of).tz_convert("UTC"), tables)
    listings = book.listings if security is None else book.issuer(security)[1]
    rows = [
        {
            **{name: getattr(listing, name) for name in COLUMNS},
            "list_id": listing.own_list_id or listing.list_id,
            "lines": ";".join(listing.lines),
        }
        for listing in listings
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(
        listed_on=pd.to_datetime(frame["listed_on"]).astype("datetime64[ns]"),
        **{name: pd.to_datetime(frame[name], utc=True).astype("datetime64[ns, UTC]") for name in ("listed_at", "removed_at")},
    )


def programmes(as_of: Instant | None = None, *, tables: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Legal programmes known at an instant: name, list, what each bars, in_force_at and ended_at (UTC), citation, confidence."""
    book = rule_book(None if as_of is None else parse_instant(as_of).tz_convert("UTC"), tables)
    columns = ["programme_id", "name", "list_id", "bars", "in_force_at", "ended_at", "citation", "source", "confidence"]
    frame = pd.DataFrame([{name: getattr(item, name) for name in columns} for item in book.programmes], columns=columns)
    return frame.assign(
        **{name: pd.to_datetime(frame[name], utc=True).astype("datetime64[ns, UTC]") for name in ("in_force_at", "ended_at")}
    )


def recomputed_dates(*, tables: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Every legal date that the fact base states, beside the one that the rule gives.

    Returns
    -------
    pandas.DataFrame
        One row a listing and clock: fact_id, entity, programme_id, clock, computed_on and stated_on (days in New York), agrees,
        stated_text (as the fact base words it).
    """
    book = rule_book(None, tables)
    stated = {row["fact_id"]: row for row in (tables or {}).get("designations", read_bundled("designations")).to_dict("records")}
    rows = []
    for listing in book.listings:
        programme_id = {"ndaa-1237-ccmc": "eo13974-amend", "ns-cmic": "ns-cmic"}.get(listing.list_id)
        if listing.kind == "listed" and programme_id is not None:
            rows += _dates_of(book, listing, programme_id, stated[listing.fact_id])
    return pd.DataFrame(rows)


def _dates_of(book: RuleBook, listing: Listing, programme_id: str, stated: Mapping[Hashable, Any]) -> list[dict[str, Any]]:
    rows = []
    clocks = clocks_of(book, programme_id, listing)
    for clock, column in (("purchase_ban", "purchase_ban"), ("divestment_end", "divestment")):
        rule, instant = clocks[clock]
        computed = instant.tz_convert(rule.zone)
        on, at = stated[f"{column}_on"], stated[f"{column}_at"]
        agrees = f"{computed:%Y-%m-%d}" == on and (not at or pd.Timestamp(at) == computed)
        rows.append(
            {
                "fact_id": listing.fact_id,
                "entity": listing.entity,
                "programme_id": programme_id,
                "clock": clock,
                "computed_on": f"{computed:%Y-%m-%d}",
                "stated_on": on,
                "agrees": agrees,
                "stated_text": stated[f"{column}_text"],
            }
        )
    return rows
