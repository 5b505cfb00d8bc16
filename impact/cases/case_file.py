"""A case that a user brings: a TOML file, a folder with one, or keyword arguments, made into a definition."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from impact.calendars import venue_of
from impact.cases.benchmarks import venue_benchmark
from impact.cases.definition import Book, CaseDefinition, Span, StatedTables, StatedUnknown
from impact.cases.record import fact_row
from impact.cases.stated_programme import PROGRAMME_FIELDS, named_near, read_programme, stated_instant
from impact.cases.stated_tables import read_stated
from impact.errors import InputError
from impact.facts import known_table
from impact.identifiers import is_valid, line_on_record, lines_of_issuer, normalise_ticker, reissued_codes
from impact.intake.currencies import CURRENCIES, currencies_named, currency_of, rates_of_whole_units
from impact.market import MarketPanel
from impact.market.sources import named_sources
from impact.rules import INVESTORS
from impact.rules.own_programme import OwnProgramme
from impact.tables.prose import significant

__all__ = ["CASE_FILE", "SECTIONS", "StatedCase", "define_stated", "read_case"]

CASE_FILE = "case.toml"
LINES = 'trading lines, such as ["9988.HK", "3690.HK"]'
LONGEST_BARE_TICKER = 5
"""Letters of a ticker in New York, the one place whose lines are written without their venue."""
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "designation": (
        "security", "other_lines", "isins", "issuer", "title", "programme", "public_at", "leaked_at", "hypothetical", "record", "also", "without", "unknowns",
    ),
    "programme": PROGRAMME_FIELDS,
    "market": (
        "prices", "benchmark_prices", "benchmark", "peers", "technology_peers", "currency", "rates", "decimal", "date_format", "prices_from",
        "prices_to", "note",
    ),
    "shares": ("outstanding", "free_float"),
    "tables": ("events", "holders", "index", "buyers"),
    "book": ("holdings", "investor", "funds"),
}  # fmt: skip
"""Sections of a case file and what each may hold; ``[[events]]`` stands beside them."""


class StatedCase(TypedDict, total=False):
    """What a user may state of a case; every field but security, programme and public_at may be missing.

    A designation that is on record names its row of the fact base in `record` and has no public_at of its own.

    A programme that is in no table is stated in `own_programme`, with the fields of ``[programme]``; `programme` may then be missing.

    A figure known as a range is a pair (low, high). Tables are frames or paths, see ``impact.cases.stated_tables.SCHEMAS``.
    """

    security: str
    other_lines: list[str] | tuple[str, ...]
    isins: list[str] | tuple[str, ...]
    programme: str
    own_programme: Mapping[str, object]
    public_at: str | dt.datetime | pd.Timestamp
    leaked_at: str | dt.datetime | pd.Timestamp
    record: str
    also: list[str] | tuple[str, ...]
    without: list[str] | tuple[str, ...]
    unknowns: Sequence[str | Mapping[str, object]]
    hypothetical: bool
    issuer: str
    title: str
    benchmark: str
    peers: list[str] | tuple[str, ...]
    technology_peers: list[str] | tuple[str, ...]
    prices: str | Path | MarketPanel
    benchmark_prices: str | Path
    prices_from: str
    prices_to: str
    note: str
    currency: str
    rates: Mapping[str, float]
    decimal: str
    date_format: str
    outstanding: float | Span | list[float]
    free_float: float | Span | list[float]
    events: str | Path | pd.DataFrame | list[dict[str, object]]
    holders: str | Path | pd.DataFrame
    index: str | Path | pd.DataFrame
    buyers: str | Path | pd.DataFrame
    book: str | Path | pd.DataFrame
    investor: str
    funds: str | Path


def read_case(path: str | Path) -> CaseDefinition:
    """The definition in a case file, or in a folder that holds ``case.toml``; paths in it are relative to it.

    Raises
    ------
    InputError
        If there is no such file, it is not TOML, or a section, a field or a value is wrong.
    """
    given = Path(path)
    file = given / CASE_FILE if given.is_dir() else given
    try:
        with file.open("rb") as opened:
            sections = tomllib.load(opened)
    except OSError as error:
        raise InputError(f"case={str(path)!r}: {file.name} cannot be read ({error.strerror}); `impact new` writes one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not a TOML file ({error}); write it as `impact new` does.") from error
    name = (given if given.is_dir() else given.with_suffix("")).resolve().name
    return define_stated(_flat(sections, file), name=name, where=str(file))


def _flat(sections: Mapping[str, object], file: Path) -> StatedCase:
    """The fields of all sections by one name each, with paths resolved against the folder of the file."""
    stated: dict[str, object] = {}
    for section, fields in sections.items():
        if section == "events":
            stated["events"] = fields
            continue
        if section not in SECTIONS or not isinstance(fields, Mapping):
            raise InputError(
                f"{file}: [{section}] is not a section of a case file{named_near(section, SECTIONS)}; there are: {', '.join(SECTIONS)}."
            )
        if section == "programme":
            stated["own_programme"] = fields  # its fields have rules of their own
            continue
        for name, value in fields.items():
            if name not in SECTIONS[section]:
                near = named_near(name, SECTIONS[section])
                raise InputError(f"{file}: [{section}] has no field {name!r}{near}; it may hold: {', '.join(SECTIONS[section])}.")
            is_path = (
                section == "tables"
                or name in ("holdings", "funds", "benchmark_prices")
                or (name == "prices" and value not in named_sources())
            )
            if is_path and not isinstance(value, str):
                raise InputError(f"{file}: [{section}] {name}={value!r} must be the name of a file or folder beside the case file.")
            stated["book" if name == "holdings" else name] = file.parent / str(value) if is_path else value
    tables = sections.get("tables", {})
    if "events" in sections and isinstance(tables, Mapping) and "events" in tables:
        raise InputError(f"{file}: events are given both as [[events]] and as a table; keep one of them.")
    return StatedCase(**stated)  # type: ignore[typeddict-item]


def define_stated(stated: StatedCase, *, name: str = "", where: str = "case") -> CaseDefinition:
    """A definition from what a user states, with the defaults of the venue where nothing is stated.

    Raises
    ------
    InputError
        If security, programme or public_at is missing, or a value breaks its rule.
    """
    instant = "record" if stated.get("record") else "public_at"
    own_given = stated.get("own_programme")
    needed = ("security", instant) if own_given is not None else ("security", "programme", instant)
    missing = [field for field in needed if not stated.get(field)]
    if missing:
        raise InputError(
            f"{where}: {', '.join(missing)} missing; a case needs a security, a programme and the instant at which it was public."
        )
    if instant == "record" and stated.get("public_at"):
        raise InputError(f"{where}: record and public_at are both given; a row on record has its own instant: keep one of them.")
    public_at = stated_instant(stated["public_at"], f"{where}: public_at") if instant == "public_at" else None
    security, known_name = _line_of(stated["security"], where, public_at)
    venue = venue_of(security)
    own = _own_programme(stated, public_at, where)
    leaked_at = stated_instant(stated["leaked_at"], f"{where}: leaked_at") if "leaked_at" in stated else None
    if leaked_at is not None and public_at is not None and leaked_at > public_at:
        raise InputError(f"{where}: leaked_at={leaked_at.isoformat()} is after public_at={public_at.isoformat()}; a leak comes first.")
    issuer = stated.get("issuer") or known_name or security
    tables = _tables(stated)
    _check_index_rule(own, tables, where)
    rows = _rows_on_record(stated, where)
    return CaseDefinition(
        case=name or "-".join("".join(c if c.isalnum() else " " for c in issuer.lower()).split()),
        title=stated.get("title") or f"{issuer} under {stated['programme'] if own is None else own.name}",
        issuer=issuer,
        security=security,
        market=_benchmark(stated.get("benchmark") or venue_benchmark(venue)[0] or _named_by_file(stated), security, where),
        programme_id=_programme(stated["programme"], where) if own is None else own.programme_id,
        own_programme=own,
        designation_event=_designation_event(tables, rows["record"]),
        record=rows["record"],
        also=rows["also"],
        without=rows["without"],
        unknowns=_unknowns([*_sentences(stated.get("unknowns", ()), where), *(own.unknowns() if own else ())], where),
        peers=_texts(stated.get("peers", ()), f"{where}: peers", LINES),
        technology_peers=_texts(stated.get("technology_peers", ()), f"{where}: technology_peers", LINES),
        prices_from=stated.get("prices_from", ""),
        prices_to=stated.get("prices_to", ""),
        note=stated.get("note", ""),
        other_lines=tuple(
            _line_of(text, where, public_at, "other_lines")[0]
            for text in _texts(stated.get("other_lines", ()), f"{where}: other_lines", LINES)
        ),
        isins=_isins(stated, where),
        public_at=public_at,
        leaked_at=leaked_at,
        hypothetical=bool(stated.get("hypothetical", False)),
        prices=stated.get("prices", "bundled"),
        benchmark_prices=stated.get("benchmark_prices"),
        currency=_currency(stated.get("currency", ""), where),
        rates=_rates(stated.get("rates", {}), where),
        decimal=_decimal(stated.get("decimal", ""), where),
        date_format=stated.get("date_format", ""),
        shares_outstanding=_span(stated.get("outstanding"), f"{where}: outstanding", least=1.0, most=np.inf),
        free_float=_span(stated.get("free_float"), f"{where}: free_float", least=0.0, most=1.0),
        tables=tables,
        book=_book(stated, where),
    )


def _line_of(text: str, where: str, at: pd.Timestamp | None, field: str = "security") -> tuple[str, str]:
    """The trading line that a text names at an instant, as the fact base writes it, and the issuer's name where that is known."""
    known = lines_of_issuer(text, at)
    line = normalise_ticker(text)
    spelled = line.yahoo if line is not None and line.yahoo else text.strip()
    if len(known):
        own = known[known["security"] == spelled]
        chosen = own if len(own) else known[known["security"] != ""]
        if len(chosen):
            return str(chosen["security"].iloc[0]), str(chosen["issuer"].iloc[0])
    try:
        if "." not in spelled and not _is_bare_ticker(spelled):
            raise InputError("a line that is not on record needs its venue, such as 7203.T or 999930 KS")
        venue_of(spelled)
    except InputError as error:
        raise InputError(f"{where}: {field}={text!r} names no trading line ({error})") from error
    return spelled, reissued_codes()[spelled][1] if line_on_record(spelled, at) != spelled else ""


def _is_bare_ticker(text: str) -> bool:
    """Whether a text is a ticker in New York, with the letter of a class after a dash where it has one."""
    stem, dash, share_class = text.partition("-")
    short = stem.isalpha() and stem.isupper() and len(stem) <= LONGEST_BARE_TICKER
    return short and (not dash or (share_class.isalpha() and share_class.isupper() and len(share_class) <= 2))


def _isins(stated: StatedCase, where: str) -> tuple[str, ...]:
    """ISINs of the issuer's lines, each by its check digit."""
    given = tuple(text.strip().upper() for text in _texts(stated.get("isins", ()), f"{where}: isins", "ISINs"))
    wrong = [text for text in given if not is_valid(text, "isin")]
    if wrong:
        raise InputError(
            f"{where}: isins has {len(wrong)} that are no ISIN (first {wrong[0]!r}); twelve signs, the last a check digit: correct it."
        )
    return given


def _programme(text: str, where: str) -> str:
    known = sorted(known_table("programmes")["programme_id"])
    if text not in known:
        raise InputError(
            f"{where}: programme={text!r} is unknown{named_near(text, known)}; choose one of: {', '.join(known)}; or state one that is "
            "in no table in [programme]."
        )
    return text


def _texts(given: object, parameter: str, what: str) -> tuple[str, ...]:
    if isinstance(given, str) or not all(isinstance(name, str) for name in given):  # type: ignore[attr-defined]
        raise InputError(f"{parameter}={given!r} must be a list of {what}.")
    return tuple(given)  # type: ignore[arg-type]


def _sentences(given: object, where: str) -> Sequence[str | Mapping[str, object]]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InputError(f"{where}: unknowns={given!r} must be a list of sentences.")
    return given


def _unknowns(given: Sequence[str | Mapping[str, object]], where: str) -> tuple[StatedUnknown, ...]:
    """Sentences, or tables of a text and the day from which it is known."""
    told = []
    for entry in given:
        cells = entry if isinstance(entry, Mapping) else {"text": entry}
        text, day = cells.get("text"), pd.to_datetime(str(cells.get("known_on", "")), format="%Y-%m-%d", errors="coerce")
        if not isinstance(text, str) or set(cells) - {"text", "known_on"} or ("known_on" in cells and pd.isna(day)):
            raise InputError(
                f"{where}: unknowns: {entry!r} must be a sentence, or a table of text and known_on (a day such as 2021-05-25)."
            )
        told.append(StatedUnknown(text=text, known_on=None if pd.isna(day) else day))
    return tuple(told)


def _own_programme(stated: StatedCase, public_at: pd.Timestamp | None, where: str) -> OwnProgramme | None:
    """The programme that the case states, because it is in no table; None where it names one on record."""
    given = stated.get("own_programme")
    if given is None:
        return None
    if public_at is None:
        raise InputError(
            f"{where}: [programme] states a programme of your own and record={stated.get('record')!r} a row on record; give public_at in place of record."
        )
    return read_programme(given, named=stated.get("programme", ""), public_at=public_at, where=where)


def _check_index_rule(own: OwnProgramme | None, tables: StatedTables, where: str) -> None:
    """Refuse a programme that makes no provider delete the line beside a table in which one does."""
    actions = tables.index_actions
    n = 0 if actions is None else int((actions["action"] == "delete").sum())
    if own is not None and own.index_rule == "retain" and n:
        raise InputError(
            f"{where}: [programme] index_rule='retain' and the table of index actions has {n} rows of action delete; correct one of them."
        )


def _rows_on_record(stated: StatedCase, where: str) -> dict[str, Any]:
    """Ids of rows of the fact base that the case names, each looked up."""
    record = stated.get("record", "")
    rows = {name: _texts(stated.get(name, ()), f"{where}: {name}", "ids of rows of the fact base") for name in ("also", "without")}
    for fact_id in filter(None, (record, *rows["also"], *rows["without"])):
        fact_row(fact_id)
    return {"record": record, **rows}


def _designation_event(tables: StatedTables, record: str) -> str:
    """Id of the event on which the case stands: D0, or as the file numbers the event that retells its row."""
    if tables.events is None or not record:
        return "D0"
    own = tables.events[tables.events["fact"] == record]
    return str(own["id"].iloc[0]) if len(own) and own["id"].iloc[0] else "D0"


def _named_by_file(stated: StatedCase) -> str:
    """The benchmark by the name of its own file, where neither the case nor the venue names one."""
    own = stated.get("benchmark_prices")
    return "" if own is None else Path(own).name.partition(".")[0]


def _benchmark(name: str, security: str, where: str) -> str:
    if name == security:
        raise InputError(
            f"{where}: benchmark={name!r} is the line itself; a line has no return net of itself: name an index, or leave it out."
        )
    return name


def _currency(text: str, where: str) -> str:
    if text and (currency_of(text)[0] not in CURRENCIES or len(currencies_named(text)) > 1):
        raise InputError(f"{where}: currency={text!r} is no currency; give its code, such as KRW, or GBp where closes are in pence.")
    return text


def _rates(given: Mapping[str, float], where: str) -> Mapping[str, float]:
    for code, rate in given.items():
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate < np.inf:
            raise InputError(f"{where}: rates[{code!r}]={rate!r} must be a positive number, the price of one in the line's currency.")
        if currency_of(code)[0] not in CURRENCIES and not currencies_named(code):
            raise InputError(f"{where}: rates: {code!r} is no currency; give its code, such as USD, or GBp for pence of the pound.")
    return rates_of_whole_units({code: float(rate) for code, rate in given.items()})


def _decimal(given: str, where: str) -> str:
    if given not in ("", ".", ","):
        raise InputError(f"{where}: decimal={given!r} is no decimal sign; state '.' or ',', as the files of prices write it.")
    return given


def _span(given: object, parameter: str, *, least: float, most: float) -> Span | None:
    if given is None:
        return None
    pair = list(given) if isinstance(given, (list, tuple)) else [given, given]
    numbers = [float(value) for value in pair if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(pair) != 2 or len(numbers) != 2 or not least <= numbers[0] <= numbers[1] <= most:
        limit = "" if most == np.inf else f" and {significant(most, 6)}"
        raise InputError(f"{parameter}={given!r} must be a number or a pair [low, high] between {significant(least, 6)}{limit}.")
    return numbers[0], numbers[1]


def _tables(stated: StatedCase) -> StatedTables:
    events = stated.get("events")
    frame = pd.DataFrame(events) if isinstance(events, list) else events
    read = {name: read_stated(stated[name], name) for name in ("holders", "index", "buyers") if stated.get(name) is not None}
    return StatedTables(
        events=None if frame is None else read_stated(frame, "events"),
        holders=read.get("holders"),
        index_actions=read.get("index"),
        buyers=read.get("buyers"),
    )


def _book(stated: StatedCase, where: str) -> Book | None:
    investor = stated.get("investor", "us_person")
    if investor not in INVESTORS:
        raise InputError(f"{where}: investor={investor!r} is unknown; choose one of: {', '.join(INVESTORS)}.")
    if stated.get("book") is None:
        return None
    return Book(holdings=stated["book"], investor=investor, funds=stated.get("funds"))
