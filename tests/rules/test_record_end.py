"""An answer about an instant after the fact base was built says that the record ends before it."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.facts.editions import edition_difference, list_edition
from impact.facts.record_end import beyond_record
from impact.facts.tables import BUILT_AT
from impact.holdings import check_portfolio
from impact.rules import deadlines, permitted

LATER = "2028-03-01T10:00-05:00"


def _ends(sentences):
    return [text for text in sentences if text.startswith("The record ends on 2026-11-27")]


@pytest.mark.parametrize(("line", "status"), [("0941.HK", "prohibited"), ("0005.HK", "not_listed"), ("ACME", "unknown")])
def test_an_act_after_the_record_is_answered_with_where_the_record_ends(line, status):
    answer = permitted("buy", line, LATER)
    assert answer.status == status and len(_ends(answer.assumptions)) == 1


@pytest.mark.parametrize(
    ("at", "as_of"),
    [
        ("2026-11-27T12:00-05:00", None),  # on its last day
        (LATER, "2021-07-01T10:00-04:00"),  # what was to be expected then: nothing later is meant
    ],
)
def test_within_the_record_nothing_is_said_of_its_end(at, as_of):
    assert not _ends(permitted("buy", "0941.HK", at, as_of=as_of).assumptions)


def test_lists_and_clocks_after_the_record_say_so_too():
    assert _ends(list_edition("ns-cmic", "2028-03-01").notes) and not _ends(list_edition("ns-cmic", "2026-11-01").notes)
    assert _ends(edition_difference("ns-cmic", "2026-01-01", "2028-03-01").notes)
    assert _ends(deadlines("0941.HK", as_of=LATER).assumptions) and not _ends(deadlines("0941.HK").assumptions)


def test_a_check_after_the_record_says_so_unless_a_list_of_the_reader_may_be_newer(tmp_path):
    book = pd.DataFrame({"name": ["China Mobile"], "ticker": ["0941.HK"], "quantity": [100], "price": [50.0]})
    own = tmp_path / "own.csv"
    own.write_text("name,listed_on\nExample Corp,2028-01-02\n")
    assert _ends(check_portfolio(book, as_of=LATER).assumptions)
    assert not _ends(check_portfolio(book, as_of="2026-11-01T10:00-04:00").assumptions)
    assert not _ends(check_portfolio(book, as_of=LATER, lists=own).assumptions)


def test_the_end_is_a_day_of_the_record():
    assert beyond_record(None) == () == beyond_record(BUILT_AT)
    assert beyond_record(BUILT_AT + pd.Timedelta(seconds=1))


def test_an_answer_of_an_instant_says_that_documents_may_be_later():
    """The text on section 1260H is of 2023; one of the two documents that tell of it is of January 2025."""
    answer = permitted("buy", "HSAI", "2024-10-18T12:00-04:00", instrument="adr", as_of="2024-10-18T12:00-04:00")
    assert any("2025-01-08" in source.title for source in answer.sources)
    assert "What is used was public by 2024-10-18 12:00 ET; the document that a source names may be of a later day." in answer.assumptions
    assert not any("of a later day" in text for text in permitted("buy", "HSAI", "2024-10-18T12:00-04:00").assumptions)


def test_no_text_and_no_ruling_is_said_twice():
    """Two patterns of one row (Moscow lines, Russian codes) fit a Russian issuer; two texts of one ruling share a citation."""
    russian = permitted("exercise", "LKOH.ME", "2025-11-12T10:00-05:00", instrument="option")
    assert len(set(russian.rulings)) == len(russian.rulings)
    contractor = permitted("hold", "1211.HK", "2026-07-02T10:00-04:00", investor="dod_contractor")
    assert contractor.citation == "NDAA FY2024 s.805; NDAA FY2021 s.1260H"


@pytest.mark.parametrize("text", ["CSGP US", "NYSE:CSGP", "CSGP.N"])
def test_a_ticker_of_the_united_states_tells_whose_it_is(text, run_cli):
    """A bare word may be a name; with its venue, before or behind, it is a line, on the command line too."""
    assert permitted("buy", "CSGP", "2023-12-20T10:00-05:00").status == "unknown"
    assert permitted("buy", text, "2023-12-20T10:00-05:00").status == "not_listed"
    _, out, _ = run_cli("permitted", "buy", text, "--at", "2023-12-20T10:00-05:00", "--format", "csv")
    assert out.splitlines()[1].startswith("not_listed,")


def test_a_line_that_a_list_names_is_not_called_unnamed(run_cli):
    _, out, _ = run_cli("permitted", "buy", "Hesai", "--at", "2025-12-20T10:00-05:00")
    assert "was read as 2525.HK" in out and "No list of the fact base names" not in out
