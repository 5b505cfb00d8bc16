"""No view holds what was learned after it: delete or change every later fact, and the view stays byte-identical."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.facts import Ledger, known_table, load_ledger
from impact.facts.tables import TABLES, as_known

LEDGER = load_ledger()
INSTANTS = sorted(LEDGER.facts["known_at"].unique())


def answers(ledger: Ledger, instant: pd.Timestamp) -> tuple[str, ...]:
    view = ledger.as_of(instant)
    frames = (view.to_frame(), view.current().to_frame(), view.variants(), view.settled().to_frame(), view.counts())
    return tuple(frame.to_csv() for frame in frames)


def without_later(ledger: Ledger, instant: pd.Timestamp) -> Ledger:
    return dataclasses.replace(ledger, facts=ledger.facts[ledger.facts["known_at"] <= instant])


def with_later_changed(ledger: Ledger, instant: pd.Timestamp, picked: pd.Series) -> Ledger:
    """Later facts with another value, subject and successor, and later ends of earlier facts moved."""
    facts, later = ledger.facts, (ledger.facts["known_at"] > instant) & picked
    changed = {column: facts[column].mask(later, "changed") for column in ("value", "subject", "predicate", "source", "superseded_by")}
    ends_later = facts["ended_known_at"] > instant
    changed["valid_to"] = facts["valid_to"].mask(ends_later & picked, pd.Timestamp("2100-01-01"))
    return dataclasses.replace(ledger, facts=facts.assign(**changed))


@pytest.mark.parametrize("position", range(0, len(INSTANTS), 12))
def test_deleting_all_later_facts_changes_no_view(position):
    instant = INSTANTS[position]
    assert answers(LEDGER, instant) == answers(without_later(LEDGER, instant), instant)


def test_every_single_fact_is_absent_just_before_it_was_known():
    facts = LEDGER.facts
    for instant in INSTANTS:
        view = LEDGER.as_of(instant - pd.Timedelta(1, "ns"))
        fresh = set(facts.loc[facts["known_at"] == instant, "fact_id"])
        assert fresh.isdisjoint(view.facts["fact_id"]) and fresh.isdisjoint(view.facts["superseded_by"])


@settings(deadline=None, max_examples=15)
@given(st.integers(0, len(INSTANTS) - 1), st.integers(-1, 1), st.integers(0, 2**32 - 1))
def test_changing_or_deleting_any_later_facts_changes_no_view(position, nanoseconds, seed):
    instant = INSTANTS[position] + pd.Timedelta(nanoseconds, "ns")
    picked = pd.Series(range(len(LEDGER)), index=LEDGER.facts.index).mul(2654435761).add(seed).mod(97) < 48
    expected = answers(LEDGER, instant)
    assert answers(with_later_changed(LEDGER, instant, picked), instant) == expected
    deleted = dataclasses.replace(LEDGER, facts=LEDGER.facts[~((LEDGER.facts["known_at"] > instant) & picked)])
    assert answers(deleted, instant) == expected


@settings(deadline=None, max_examples=15)
@given(st.integers(0, len(INSTANTS) - 1), st.integers(0, len(INSTANTS) - 1))
def test_a_view_of_a_view_is_the_earlier_view(one, other):
    early, late = sorted((INSTANTS[one], INSTANTS[other]))
    assert answers(LEDGER.as_of(late), early) == answers(LEDGER, early)


@pytest.mark.parametrize("name", TABLES)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_changing_later_rows_and_cells_changes_no_table(name, data):
    table = known_table(name)
    instant = data.draw(st.sampled_from(sorted(table["known_at"].unique()))) - pd.Timedelta(data.draw(st.integers(0, 1)), "ns")
    expected = as_known(name, table, instant).to_csv()
    assert as_known(name, table[table["known_at"] <= instant], instant).to_csv() == expected
    changed = table.copy()
    texts = [column for column in changed if pd.api.types.is_string_dtype(changed[column])]
    changed[texts] = changed[texts].mask(changed["known_at"] > instant, "changed")
    for clock_column, columns in TABLES[name].later.items():
        later = changed[clock_column] > instant
        for column in set(columns) & set(texts):
            changed[column] = changed[column].mask(later, "changed")
        for column in {column for column in columns if column.endswith("_on")}:
            changed[column] = changed[column].mask(later, pd.Timestamp("2100-01-01"))
    assert as_known(name, changed, instant).to_csv() == expected
