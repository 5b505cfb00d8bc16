"""No command, asked as of an instant, tells of what became known after it: change, delete or add every later fact and nothing moves."""

from __future__ import annotations

import functools
import gc
import io
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from impact import bundled
from impact.cli import cli
from impact.facts.tables import TABLES

SHORT = ("2019-01-27T12:00:00-05:00", "2021-02-01T12:00:00-05:00")  # the first: a day on which names left a list, before most lists
WHOLE = tuple(f"{day:%Y-%m-%d}T12:00:00-05:00" for day in pd.date_range("2018-03-01", "2026-10-15", periods=60))
LAW = (
    ("programmes",),
    ("facts",),
    *(
        ("permitted", "buy", security, "--at", "2026-09-01T12:00-04:00")
        for security in ("1810.HK", "0941.HK", "0020.HK", "0486.HK", "ROSN.L")
    ),
    *(("deadlines", security) for security in ("1810.HK", "0941.HK", "0700.HK", "SBER.ME")),
    ("check", "BOOK"),
)
BRIEF = (LAW[0], LAW[2], LAW[4], LAW[8], LAW[-1])
CASES = tuple((command, case) for command in ("case", "supply", "price", "relief") for case in ("xiaomi", "china-mobile", "tencent"))
ALTERATIONS = ("deleted", "changed", "added")
SHIFT = pd.Timedelta(days=400)
ID = {"fact_id", "edition_id", "licence_id"}


def table_names() -> list[str]:
    return [name for name in bundled.bundled_names() if "known_at" in bundled.read_bundled(name).columns]


moment = functools.cache(pd.Timestamp)


def is_later(column: pd.Series, instant: pd.Timestamp) -> pd.Series:
    return column.map(lambda text: bool(text) and moment(text) > instant)


@functools.cache
def named_in_cases() -> frozenset[str]:
    """Every quoted word of the case files that ship."""
    folder = resources.files("impact.data").joinpath("cases")
    return frozenset(word for entry in folder.iterdir() for word in re.findall(r'"([^"\n]+)"', entry.read_text("utf-8")))


def altered(name: str, instant: pd.Timestamp, how: str) -> pd.DataFrame:
    """A bundled table in which what was learned after `instant` is gone, says something else, or has more of its kind."""
    table = bundled.read_bundled(name)
    later = is_later(table["known_at"], instant)
    if how == "added":
        clocks = [column for column in table if column.endswith("known_at")]
        more = table.head(3).assign(**dict.fromkeys(clocks, (instant + pd.Timedelta(1, "s")).isoformat()))
        return pd.concat([table, more.assign(**{column: more[column] + "-added" for column in ID & set(table)})], ignore_index=True)
    clocks = {**(TABLES[name].later if name in TABLES else {})}
    if name == "programme_conflicts":
        clocks["resolved_at"] = ("resolved_at",)
    for clock, columns in clocks.items():
        of_later = is_later(table[clock], instant)
        for column in columns:
            moved = table.loc[of_later, column].map(lambda text: _otherwise(text, how))
            table[column] = table[column].where(~of_later, moved)
    if how == "deleted":
        # What a case file names by its id cannot be gone; it says something else instead.
        ids = table[sorted(ID & set(table))]
        kept = ids.isin(named_in_cases()).any(axis=1) if ids.shape[1] else later & False
        table, later = table[~later | kept], later[~later | kept]
    told = [column for column in ("note", "statement", "source", "citation", "rule", "event", "reading", "basis") if column in table]
    for column in told:
        table[column] = table[column].where(~later, table[column] + " (changed)")
    return table


def _otherwise(text: str, how: str) -> str:
    """A later cell without its value, or with another: an instant or a day moved by more than a year, another text."""
    if how == "deleted" or not text:
        return ""
    try:
        moved = pd.Timestamp(text) + SHIFT
    except ValueError:
        return text
    return moved.isoformat() if "T" in text else f"{moved:%Y-%m-%d}"


def forget() -> None:
    """Empty every cache of the package, so that the tables are read anew."""
    for wrapper in gc.get_objects():
        if isinstance(wrapper, functools._lru_cache_wrapper) and str(getattr(wrapper, "__module__", "")).startswith("impact"):
            wrapper.cache_clear()


def holdings_of_every_list(folder: Path) -> str:
    lines = pd.read_csv(io.BytesIO(bundled._bytes("lines.csv")), dtype=str, keep_default_na=False)
    lines = lines.iloc[::15]  # each asks for every clock anew after the caches are emptied
    path = folder / "book.csv"
    frame = pd.DataFrame({"Ticker": lines["tickers"].str.split("; ").str[0], "Quantity": "1", "Market Value": "100", "Currency": "USD"})
    frame.to_csv(path, index=False)
    return str(path)


@pytest.fixture
def book(tmp_path) -> str:
    return holdings_of_every_list(tmp_path)


@pytest.fixture
def kept() -> Iterator[None]:
    yield
    forget()


def answers(commands: tuple[tuple[str, ...], ...], instant: str, book: str) -> list[tuple[int, str]]:
    told = []
    for command in commands:
        result = CliRunner().invoke(cli, [*(book if word == "BOOK" else word for word in command), "--as-of", instant])
        told.append((result.exit_code, result.output))
    return told


def moved_by(monkeypatch, commands: tuple[tuple[str, ...], ...], instant: str, book: str) -> tuple[int, list[tuple[str, ...]]]:
    """How many commands answered, and those of which a later fact changed the answer, with how it was altered."""
    forget()
    before = answers(commands, instant, book)
    moved = []
    at = pd.Timestamp(instant)
    whole = bundled._bytes
    for how in ALTERATIONS:
        files = {f"{name}.csv": altered(name, at, how).to_csv(index=False, lineterminator="\n").encode() for name in table_names()}
        with monkeypatch.context() as patch:
            patch.setattr(bundled, "_bytes", lambda name, files=files: files.get(name) or whole(name))
            forget()
            after = answers(commands, instant, book)
        moved += [(how, *command) for command, one, other in zip(commands, before, after, strict=True) if one != other]
    return sum(code == 0 for code, _ in before), moved


@pytest.mark.parametrize("instant", SHORT)
def test_no_answer_about_the_law_moves_with_a_later_fact(monkeypatch, kept, book, instant):
    answered, moved = moved_by(monkeypatch, BRIEF, instant, book)
    assert answered == len(BRIEF)  # a comparison of two refusals shows nothing
    assert not moved


@pytest.mark.slow
@pytest.mark.parametrize("instant", WHOLE)
def test_no_command_moves_with_a_later_fact(monkeypatch, kept, book, instant):
    commands = (*LAW, *CASES) if instant >= "2021-02" else LAW
    answered, moved = moved_by(monkeypatch, commands, instant, book)
    assert answered >= len(LAW) - 2
    assert not moved


def test_what_is_altered_is_told_where_it_was_known(monkeypatch, kept, book):
    """The sweep can fail: asked after them, the same facts change what is said."""
    forget()
    late, early = "2021-09-01T12:00:00-04:00", pd.Timestamp("2021-01-01T12:00:00-05:00")
    before = answers(BRIEF, late, book)
    whole = bundled._bytes
    files = {f"{name}.csv": altered(name, early, "deleted").to_csv(index=False).encode() for name in table_names()}
    monkeypatch.setattr(bundled, "_bytes", lambda name: files.get(name) or whole(name))
    forget()
    assert sum(one != other for one, other in zip(before, answers(BRIEF, late, book), strict=True)) >= 3


def test_the_dense_sweep_moved_nothing_at_the_instants_on_record():
    """`python -m tests.facts.dense_sweep` writes them; a row of which every command refused would show nothing."""
    rows = pd.read_csv(Path(__file__).with_name("leak_sweep.csv"))
    assert set(rows["instant"]) <= set(WHOLE) and rows["instant"].is_unique and len(rows) > 0
    assert (rows["moved"] == 0).all() and (rows["answered"] >= rows["commands"] - 2).all()
