"""How a file is read, asked for by name where a portfolio is checked."""

from __future__ import annotations

import pandas as pd
import pytest

import impact
from impact.holdings import as_portfolio

BOOK = pd.DataFrame({"ISIN": ["KYG9830T1067"], "Shares": [1000.0], "Worth": [3780.0], "Currency": ["USD"]})
READING = {"currency": "USD", "nav": 10_000.0, "columns": {"market_value": "Worth"}}


def test_a_check_reads_as_a_portfolio_is_read():
    report = impact.check_portfolio(BOOK, "2021-01-14T18:00-05:00", holdings_as_of="2021-01-13", **READING)
    book = as_portfolio(BOOK, as_of="2021-01-13", **READING)
    assert report.positions["nav_share"].tolist() == book.positions["weight"].tolist() == [0.378]
    assert report.positions["as_of"].tolist() == [pd.Timestamp("2021-01-13")]


def test_an_unknown_option_is_refused_by_name():
    with pytest.raises(TypeError, match=r"check_portfolio\(\) got an unexpected keyword argument 'curency'"):
        impact.check_portfolio(BOOK, "2021-01-14T18:00-05:00", curency="USD")
