"""Matching in arrays equals matching row by row; order and repetition of rows change nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.facts.matching import match_table
from impact.facts.screening import screening_targets
from impact.identifiers import clean_identifiers, normalise_ticker

POOL = {
    "isin": ["KYG9830T1067", "hk0941009539", "US16941M1099", "CNE1000002V2", "US0378331005", "CND10000GBD8", "", None, "N/A", "junk"],
    "cusip": ["16941M109", "126132109", "037833100", "", None],
    "sedol": ["6073556", "BG0ZMJ9", "B15KXQ8", "", None],
    "ticker": ["941 HK", "1810.HK", "CHL US", "00317  HK", "390 HK", "603019CN", "941", "USD Curncy", "", None],
}
ROWS = st.lists(st.fixed_dictionaries({field: st.sampled_from(values) for field, values in POOL.items()}), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def targets():
    return screening_targets()


def row_by_row(frame, targets):
    """For each row and entity the first field that names it, by a plain loop."""
    known: dict[tuple[str, str], set[int]] = {}
    for target, kind, value in targets.identifiers[["target", "kind", "value"]].itertuples(index=False):
        known.setdefault((kind, value), set()).add(target)
    found = {}
    for row, cells in enumerate(frame.to_dict("records")):
        for kind in ("isin", "cusip", "sedol", "ticker"):
            if kind == "ticker":
                line = normalise_ticker(cells[kind]) if isinstance(cells[kind], str) else None
                value = str(line) if line is not None and line.country else ""
            else:
                value = clean_identifiers([cells[kind]]).iloc[0]
            for target in known.get((kind, value), ()):
                found.setdefault((row, target), kind)
    return found


@settings(deadline=None, max_examples=30)
@given(rows=ROWS)
def test_arrays_equal_a_plain_loop(targets, rows):
    frame = pd.DataFrame(rows)
    found = match_table(frame, targets)
    assert {(row, target): field for row, target, field in found[["row", "target", "field"]].itertuples(index=False)} == row_by_row(
        frame, targets
    )


@settings(deadline=None, max_examples=30)
@given(rows=ROWS, seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(targets, rows, seed):
    frame = pd.DataFrame(rows)
    order = np.random.default_rng(seed).permutation(len(frame))
    columns = ["row", "target", "field", "value", "relation", "security", "disagrees", "explanation"]
    straight = match_table(frame, targets)[columns]
    mixed = match_table(frame.iloc[order], targets)[columns].assign(row=lambda table: order[table["row"]])
    pd.testing.assert_frame_equal(
        mixed.sort_values(["row", "target"]).reset_index(drop=True), straight.sort_values(["row", "target"]).reset_index(drop=True)
    )


@settings(deadline=None, max_examples=12)
@given(rows=ROWS)
def test_long_and_short_tables_take_the_same_way(targets, rows):
    """A table whose head does not repeat is looked up whole; the answer is that of the short one."""
    frame = pd.DataFrame(rows).assign(name=None)
    distinct = pd.DataFrame({"isin": [f"X{n:05d}" for n in range(1500)]})
    longer = pd.concat([distinct, frame], ignore_index=True)
    short, long = match_table(frame, targets, names="never"), match_table(longer, targets, names="never")
    assert (long["row"] - 1500).tolist() == short["row"].tolist()
    assert long["explanation"].tolist() == short["explanation"].tolist()


@settings(deadline=None, max_examples=30)
@given(
    names=st.lists(
        st.one_of(st.none(), st.text(max_size=40), st.sampled_from(["XIAOMI CORP", "CHINA MOBILE", "AVIC"])), min_size=1, max_size=8
    )
)
def test_any_name_is_screened_without_an_error_and_alike_when_repeated(targets, names):
    once = match_table(pd.DataFrame({"name": pd.Series(names, dtype=object)}), targets)
    twice = match_table(pd.DataFrame({"name": pd.Series([*names, *names], dtype=object)}), targets)
    assert len(twice) == 2 * len(once)
    assert once["score"].between(80.0, 100.0).all()
