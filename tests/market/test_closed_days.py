"""Rows that a table lacks because a market was closed, and rows that it lacks."""

import numpy as np
import pandas as pd

from impact.calendars import sessions
from impact.market import to_returns


def test_a_benchmark_laid_on_the_sessions_of_a_line_spans_what_the_line_spans():
    """Hong Kong traded on 26 June 2020, Shenzhen did not: on the rows of Shenzhen both returns of the 29th run from the 24th."""
    days = sessions("XSHE", "2020-06-01", "2020-07-15")
    closes = pd.DataFrame({"002415.SZ": 30.0, "HSI": 100.0}, index=days)
    closes.loc["2020-06-29":] *= np.array([1.05, 1.02])
    closes.loc["2020-07-01", "HSI"] = np.nan  # a holiday of Hong Kong
    returns = to_returns(closes, venues={"HSI": "XHKG"})
    assert returns.loc["2020-06-29"].round(4).to_dict() == {"002415.SZ": 0.05, "HSI": 0.02}
    without = to_returns(closes.drop(index=pd.Timestamp("2020-06-23")), venues={"HSI": "XHKG"})  # a session of both
    assert without.loc["2020-06-24"].isna().all() and without.loc["2020-06-29"].notna().all()
