"""Long text read by columns gives what record by record gives."""

import numpy as np
import pandas as pd
import pytest

from impact.intake import delimited, read_tables

N = 2500


def text(*odd):
    rng = np.random.default_rng(3)
    lines = [
        "Fund,Z",
        "Name,ISIN,Shares,Value",
        *(f'"Issuer {k}, Ltd",KYG9830T1067,"{rng.integers(1, 10**6):,}",{rng.random():.6f}' for k in range(N)),
    ]
    lines[700:700] = odd
    return ("\r\n".join(lines) + "\r\n").encode()


@pytest.mark.parametrize(
    "odd",
    [(), ("", ",,,", "a line of text"), ("Short,KYG9830T1067,(5)",), ("Wide,KYG9830T1067,5,6,7",), ('"open,KYG9830T1067,5,6',), ("x" * 200_000,),
     ('"two', 'lines",KYG9830T1067,5,6'), ('5" pipe,KYG9830T1067,5,6" rod',)],
    ids=["regular", "blank", "short", "wide", "open quotation mark", "long cell", "two lines", "inner quotation marks"],
)  # fmt: skip
def test_both_ways_agree(odd, monkeypatch):
    content = text(*odd)
    fast = read_tables(content).sheets[0]
    monkeypatch.setattr(delimited, "_FEW_LINES", 10**9)
    slow = read_tables(content).sheets[0]
    assert fast.n_lines == slow.n_lines == N + 2 + len(odd)
    assert (fast.n_blank, fast.n_continued, fast.refused) == (slow.n_blank, slow.n_continued, slow.refused)
    np.testing.assert_array_equal(fast.line, slow.line)
    pd.testing.assert_frame_equal(fast.cells, slow.cells, check_column_type=False)
