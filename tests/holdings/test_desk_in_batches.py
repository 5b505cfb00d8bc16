"""Many books checked together give the rows that each of them gives by itself, whoever computes them."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from impact.holdings import check_portfolio, desk
from impact.holdings.desk import books_of, check_books, worker_pool
from tests.bench.desk_books import write_books

LISTED = "2021-06-14T18:00-05:00"
ASKED = {"as_of": LISTED, "rates": {"EUR": 1.2}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    write_books(folder, 10, n_lines=60)
    (folder / "fund.csv").write_text("Ticker,Name,Shares,Market Value,Currency\nABCD,A WORLD UCITS ETF,10,1000,USD\n", encoding="utf-8")
    (folder / "broken.csv").write_text("nothing here\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(folder):
    """Every book of the folder, by no pool and in one batch."""
    return check_books(books_of(folder), ASKED)


def test_the_rows_are_those_of_one_book_at_a_time(folder):
    whole = check_books(books_of(folder), ASKED, batch=4)
    single = {path.name: check_portfolio(path, **ASKED) for path in books_of(folder) if path.name != "broken.csv"}
    lines = pd.concat([report.positions.assign(book=name) for name, report in single.items()])
    lines = lines.loc[lines["status"] != "clear", list(whole.lines)].reset_index(drop=True)
    assert len(lines) > 50 and whole.lines.to_csv(index=False) == lines.to_csv(index=False)
    told = [(name, len(report.positions), len(report.dropped), len(report.issues), report.nav) for name, report in single.items()]
    assert list(whole.books[["book", "n_kept", "n_dropped", "n_issues", "nav"]].itertuples(index=False, name=None)) == told
    assert whole.unread["book"].tolist() == ["broken.csv"]
    said = {note for report in single.values() for note in report.assumptions}
    assert {note if note in said else note.partition(": ")[2] for note in whole.assumptions} == said
    sources = {source.title for report in single.values() for source in report.sources}
    assert {source.title for source in whole.sources} == sources


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_neither_batch_nor_worker_changes_a_row(folder, alone, batch):
    with ThreadPoolExecutor(2) as pool:
        pooled = check_books(books_of(folder), ASKED, executor=pool, batch=batch)
    for name in ("lines", "books", "unread"):
        assert getattr(alone, name).to_csv() == getattr(pooled, name).to_csv()
    assert alone.assumptions == pooled.assumptions and alone.sources == pooled.sources


def test_processes_give_the_same_rows(folder, alone, monkeypatch):
    monkeypatch.setattr(desk, "_WORTH_A_POOL", 2)
    monkeypatch.setattr(desk.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with worker_pool(len(books_of(folder))) as pool:
        assert pool is not None
        pooled = check_books(books_of(folder), ASKED, executor=pool, batch=6)
    assert alone.lines.to_csv() == pooled.lines.to_csv() and alone.sources == pooled.sources
    with worker_pool(1) as pool:
        assert pool is None
