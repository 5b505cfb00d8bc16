"""How many names a programme reaches: of its list, of all lists an order reads, none once it has ended, and unknown where none is on record."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.rules.programme_table import programme_table


def counts(as_of):
    return programme_table(as_of).programmes.set_index("programme_id")["n_names"]


@pytest.mark.parametrize(
    ("as_of", "programme", "names"),
    [
        ("2020-12-20T12:00-05:00", "eo13959-orig", 35),
        ("2020-12-20T12:00-05:00", "ndaa-1237-ccmc", 35),
        ("2021-05-20T12:00-04:00", "ndaa-1237-ccmc", 44),
        ("2021-05-20T12:00-04:00", "eo13974-amend", 48),  # and the four that Treasury listed itself
        ("2021-05-20T12:00-04:00", "eo13959-orig", 0),  # replaced on 13 January 2021
        ("2021-07-01T12:00-04:00", "ns-cmic", 59),
        ("2022-01-03T12:00-05:00", "ns-cmic", 68),
        (None, "ns-cmic", 68),
        (None, "eo13974-amend", 0),
    ],
)
def test_an_order_reaches_the_names_of_the_lists_it_reads(as_of, programme, names):
    assert counts(as_of)[programme] == names


@pytest.mark.parametrize("programme", ["meu-list", "hfcaa", "fcc-covered-list"])
def test_a_list_of_which_no_name_is_on_record_has_no_count(programme):
    """The Military End User list names hundreds: none of them is on record, which is not none."""
    assert pd.isna(counts("2023-01-03T12:00-05:00")[programme])
