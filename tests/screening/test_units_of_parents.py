"""Listed units that are named with a designated parent, held by an ISIN that no table knows: their name proposes, and never clears."""

from __future__ import annotations

import pandas as pd
import pytest

import impact

AS_OF = "2021-02-20T12:00-05:00"


@pytest.mark.parametrize(
    ("name", "isin"),
    [
        ("AECC Aviation Power Co Ltd Class A", "CNE000000JW1"),
        ("AviChina Industry & Technology Company Limited Class H", "CNE1000001Y8"),
        ("Air China Limited Class A", "CNE000001NN0"),
        ("China Yangtze Power Co. Ltd. Class A", "CNE000001G87"),
        ("China Oilfield Services Limited Class H", "CNE1000002P4"),
    ],
)
def test_a_unit_is_a_proposal_by_its_name(name, isin):
    report = impact.check_portfolio(pd.DataFrame({"Name": [name], "ISIN": [isin], "Shares": [1.0]}), as_of=AS_OF)
    assert report.positions["status"].tolist() == ["unknown"] and report.positions["entity"].iat[0] != ""


@pytest.mark.parametrize(("name", "isin"), [("Air Canada", "CA0089118776"), ("China Airlines Ltd", "TW0002610003")])
def test_a_name_that_only_resembles_one_stays_clear(name, isin):
    report = impact.check_portfolio(pd.DataFrame({"Name": [name], "ISIN": [isin], "Shares": [1.0]}), as_of=AS_OF)
    assert report.positions["status"].tolist() == ["clear"]
