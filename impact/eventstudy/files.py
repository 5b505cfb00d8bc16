"""An event study straight from files: events, prices or returns, and factors."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import ImpactWarning, InputError
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.doubts import doubted_over, reasons_over, told_of_doubts, with_doubts
from impact.eventstudy.placing import stated_venues
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.schemas import CAR, DROPPED, ESTIMATES, MEAN_CAR, TESTS
from impact.eventstudy.study import run_study
from impact.eventstudy.window_rows import remarks_over, row_of
from impact.intake.currencies import currency_of
from impact.intake.named_columns import read_named_columns
from impact.provenance import Source
from impact.tables import Table, prose
from impact.typing_ import ReturnKind, Window

if TYPE_CHECKING:
    from impact.market import MarketPanel

__all__ = ["StudyTables", "printed_tables", "read_events", "read_factor_file", "read_return_file", "study_files", "study_tables"]

DAY_DIGITS = 8
"""Digits of a day as the files of Kenneth French's library write it."""

MANY_EVENTS = 40
"""Events beyond which a printed document leaves single events to the other formats."""


def read_events(path: str | Path) -> pd.DataFrame:
    """The event table of a file of any kind: event_id, security, and date or known_at with venue; other columns are kept.

    A cell that holds nothing is missing; ``NA`` and ``None`` are text, as a security may be called so.

    Raises
    ------
    InputError
        If the file cannot be read as a table.
    """
    table = read_named_columns(_existing(path, "events"), "events", ("security",)).reset_index(drop=True)
    table = table.where(table != "")
    for column in table.columns.difference(["event_id", "security", "date", "known_at", "venue", "peer", "group"]):
        numbers = pd.to_numeric(table[column], errors="coerce")
        if numbers.notna().any() and (numbers.notna() == table[column].notna()).all():
            table[column] = numbers
    return table


def read_return_file(path: str | Path, parameter: str = "returns") -> pd.DataFrame:
    """A file of decimal returns or factors: one column of dates, one column a security or factor; or one row a session and security.

    Columns that count the rows are left out.

    Raises
    ------
    InputError
        If it has no dates, a cell is no finite number, or it is a long table that cannot be laid wide.
    """
    from impact.market.column_names import DATE_NAMES
    from impact.market.file_figures import counts_rows
    from impact.market.long_frames import wide_frame
    from impact.market.sniffing import read_table
    from impact.market.written_days import read_dates
    from impact.market.written_numbers import read_numbers

    raw = read_table(_existing(path, parameter))
    if raw.refused:
        line, reason = raw.refused[0]
        raise InputError(
            f"{parameter}={raw.name!r} has {len(raw.refused)} row(s) that do not fit (first line {line}: {reason}); mend them."
        )
    counting = [column for column in raw.columns.columns if counts_rows(column, raw.columns[column])]
    held = raw.columns.drop(columns=counting)
    dates = next((column for column in held.columns if column.strip().lower() in DATE_NAMES), held.columns[0])
    days = pd.DatetimeIndex(read_dates(held[dates], raw.name), name="session")
    table = wide_frame(held.drop(columns=[dates]).set_axis(days, axis=0), f"{parameter}={raw.name!r}")
    figures: dict[str, np.ndarray] = {}
    for column in table.columns:
        figures[column], unread = read_numbers(table[column], raw.decimal)
        bad = unread | np.isinf(figures[column])
        if bad.any():
            first = table[column].iloc[int(np.flatnonzero(bad)[0])]
            raise InputError(
                f"{parameter}={raw.name!r} column {column!r} has {int(bad.sum())} cell(s) that are no finite numbers (first {str(first)!r}); mend them."
            )
    return pd.DataFrame(figures, index=table.index)


def read_factor_file(*paths: str | Path) -> pd.DataFrame:
    """Factor returns in decimals: files of Kenneth French's library (percent, converted), or one wide file of decimals.

    A file is one of the library's if it is laid out so: a header that starts with a comma, above rows that start with a day of eight digits.
    """
    files = [_existing(path, "factors") for path in paths]
    if files[0].suffix.lower() == ".zip" or len(files) > 1 or _laid_out_by_french(files[0].read_bytes()[:4000].decode("latin-1")):
        from impact.market.french import read_french

        return read_french(*files)
    return read_return_file(files[0], "factors")


def _laid_out_by_french(head: str) -> bool:
    lines = [line.strip() for line in head.splitlines()]
    days = [line.split(",")[0].strip() for line in lines]
    return any(
        line.startswith(",") and day.isdigit() and len(day) <= DAY_DIGITS and len(line.split(",")) > 1
        for line, day in zip(lines[:-1], days[1:], strict=True)
    )


def _existing(path: str | Path, parameter: str) -> Path:
    file = Path(path)
    if not file.is_file():
        raise InputError(f"{parameter}={str(path)!r} is not a file; check the path.")
    return file


def study_files(
    events: str | Path,
    *,
    prices: str | Path | None = None,
    returns: str | Path | None = None,
    market: str | None = None,
    factors: tuple[str | Path, ...] = (),
    kind: ReturnKind = "simple",
    **options: Any,
) -> EventStudyResult:
    """:func:`impact.event_study` on files.

    Parameters
    ----------
    events : path
    prices, returns : path
        One of the two: closes (turned into returns of `kind`) or decimal returns, wide or long.
    market : str, optional
        Name of a column; several, separated by commas, are an equal-weighted basket.
    factors : tuple of paths
    kind : {"simple", "log"}
    **options
        Further options of :func:`impact.event_study`.

    Raises
    ------
    InputError
        If not exactly one of `prices` and `returns` is given, or a file breaks a rule.
    """
    if prices is not None and returns is not None:
        raise InputError("prices and returns: give exactly one of the two files.")
    given: str | Path
    panel: MarketPanel | None = None
    if prices is not None:
        given = prices
        from impact.market import load_panel

        panel = _at_venues(load_panel(_existing(prices, "prices")), stated_venues(read_events(events)))
        for note in panel.remarks():
            warnings.warn(_of_prices(note), ImpactWarning, stacklevel=2)
        table = panel.returns(kind)
    elif returns is not None:
        given = returns
        table = read_return_file(returns)
    else:
        raise InputError("prices and returns: give exactly one of the two files.")
    names = [name.strip() for name in market.split(",")] if market else []
    benchmark: Any = names if len(names) > 1 else names[0] if names else None
    loaded = read_factor_file(*factors) if factors else None
    sources = tuple(Source(title=Path(path).name, basis="user file") for path in (events, given, *factors))
    design = StudyDesign(kind=kind, **options)
    told = read_events(events)
    study = run_study(table, told, design, market=benchmark, factors=loaded, sources=sources, doubt_moves=panel is None)
    return study if panel is None else _with_remarks(_with_currencies(study, panel, names), panel, names)


def _with_currencies(study: EventStudyResult, panel: MarketPanel, benchmarks: list[str]) -> EventStudyResult:
    """The study with what it says of lines measured against a benchmark in another currency."""
    met = {currency_of(panel.currency[name])[0]: name for name in benchmarks if panel.currency[name]}
    lines = [name for name in dict.fromkeys(study.events["security"]) if panel.currency[name]]
    other = [name for name in lines if met and set(met) != {currency_of(panel.currency[name])[0]}]
    if not other:
        return study
    benchmark = next(name for code, name in met.items() if code != currency_of(panel.currency[other[0]])[0])
    told = (
        f"prices: {prose.count(len(other))} of {prose.count(len(lines))} lines with events in another currency than the benchmark (first {other[0]} "
        f"in {panel.currency[other[0]]}, {benchmark} in {panel.currency[benchmark]}): returns are each in its own currency, so abnormal "
        "returns hold the change of the rate between them"
    )
    warnings.warn(told, ImpactWarning, stacklevel=3)
    return replace(study, assumptions=(*study.assumptions, told))


def _at_venues(panel: MarketPanel, stated: Mapping[str, str]) -> MarketPanel:
    """The panel with the venues that the events state, where it says none itself."""
    own = {security: panel.venue[security] or stated.get(security, "") for security in panel.securities}
    return replace(panel, venue=own)


def _of_prices(note: str) -> str:
    """What is said of the prices, alike in a warning and among the assumptions."""
    return f"prices: {note}"


def _with_remarks(study: EventStudyResult, panel: MarketPanel, benchmarks: list[str]) -> EventStudyResult:
    """The study with what there is to say about its prices, and the events that rest on a doubtful one told apart."""
    told = tuple(_of_prices(note) for note in panel.remarks())
    return with_doubts(replace(study, assumptions=(*study.assumptions, *told)), panel.doubts(), benchmarks)


@dataclass(frozen=True, eq=False, kw_only=True)
class StudyTables:
    """A study laid out over several windows.

    Attributes
    ----------
    headline : DataFrame
        Per window: n_events, car (their mean), ci_low, ci_high, p_value, test: the inference over its own events; reason: how
        many of them rest on a doubtful price.
    car : DataFrame
        Per event and window: event_id, security, day0, window, car, se, t, p, df, n_days, mde, ci_low, ci_high, reason (why
        there is no figure, or what to doubt in it).
    tests : DataFrame
        Per window and test: statistic, p_value and the rest of :meth:`EventStudyResult.tests`.
    estimates : DataFrame
    dropped : DataFrame
    remarks : tuple of str
        What is to be known beside the headlines: :func:`impact.eventstudy.window_rows.remarks_over`.
    """

    headline: pd.DataFrame
    car: pd.DataFrame
    tests: pd.DataFrame
    estimates: pd.DataFrame
    dropped: pd.DataFrame
    remarks: tuple[str, ...] = ()


def study_tables(study: EventStudyResult, windows: tuple[Window, ...], *, seed: int | None = None) -> StudyTables:
    """CARs and tests of a study over each of several windows; `seed` serves the bootstrap tests."""
    cars, tests, doubted = [], [], []
    labels = study.events[["event_id", "security", "day0", "status"]].assign(status=study.events["status"].astype(str))
    for a, b in windows:
        name = f"({a}, {b})"
        rng = None if seed is None else np.random.default_rng(seed)
        doubted.append(told_of_doubts(doubted_over(study, a, b), study.n_events))
        own = study.car(a, b).reset_index(drop=True).assign(reason=reasons_over(study, a, b))
        cars.append(pd.concat([labels.assign(window=name), own], axis=1))
        tests.append(study.tests(a, b, rng=rng).reset_index().assign(window=name))
    every = pd.concat(tests, ignore_index=True)
    inferences = [study.inference(a, b) for a, b in windows]
    return StudyTables(
        headline=pd.DataFrame([row_of(inference) for inference in inferences]).assign(reason=doubted),
        car=pd.concat(cars, ignore_index=True),
        tests=every[["window", *[column for column in every.columns if column != "window"]]],
        estimates=study.estimates.reset_index(),
        dropped=study.dropped,
        remarks=remarks_over(inferences),
    )


def printed_tables(tables: StudyTables, study: EventStudyResult, *, full: bool) -> dict[str, Table]:
    """The tables in the order a document shows them; without `full`, only what a reader wants to see at once."""
    if full:
        parts = {
            "car": study.measured(CAR).table(tables.car),
            "headline": study.measured(MEAN_CAR).table(tables.headline),
            "tests": study.measured(TESTS).table(tables.tests),
            "estimates": study.measured(ESTIMATES).table(tables.estimates),
        }
        return parts | {"abnormal": study.with_schema("to_frame"), "dropped": DROPPED.table(tables.dropped)}
    applicable = tables.tests[tables.tests["p_value"].notna()]
    shown = ["window", "test", "statistic", "p_value", "df", "distribution", "n_events", "headline", "warning"]
    parts = {
        "headline": study.measured(MEAN_CAR).table(tables.headline),
        "car": study.measured(CAR).table(tables.car),
        "tests": study.measured(TESTS).table(applicable).select(shown),
        "estimates": study.measured(ESTIMATES).table(tables.estimates),
    }
    if study.n_events > MANY_EVENTS:
        parts = {name: parts[name] for name in ("headline", "tests")}
    return parts | ({"dropped": DROPPED.table(tables.dropped)} if len(tables.dropped) else {})
