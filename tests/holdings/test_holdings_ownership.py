"""Reported owners: a lower bound, holder by holder, quarter on quarter."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_13f, read_nport
from impact.holdings.issuer_owners import ownership
from impact.holdings.owners import HOLDER_COLUMNS, ReportedHoldings

Q4, Q1 = "2020-12-31", "2021-03-31"


def reported(*rows):
    """(source, holder, date, isin, cusip, kind, shares) -> a data set."""
    table = pd.DataFrame(
        [
            dict(zip(("source", "holder_id", "reported_on", "isin", "cusip", "kind", "shares"), row, strict=True))
            | {"holder": f"HOLDER {row[1]}", "accession": f"{row[1]}{row[2]}", "value_usd": row[6] * 2.0, "weight": np.nan}
            for row in rows
        ]
    )
    table["reported_on"] = pd.to_datetime(table["reported_on"]).astype("datetime64[ns]")
    table["filed_on"] = table["reported_on"] + pd.Timedelta(days=45)
    for name in HOLDER_COLUMNS:
        table[name] = table.get(name, "")
    return ReportedHoldings(
        rows=table[list(HOLDER_COLUMNS)], dropped=pd.DataFrame(columns=["reason", "n_rows"]), issues=pd.DataFrame(), n_rows=len(table)
    )


BOOK = reported(
    ("13F", "A", Q4, "", "16941M109", "shares", 100.0),
    ("13F", "B", Q4, "", "16941M109", "shares", 40.0),
    ("13F", "B", Q4, "", "16941M109", "put", 7.0),
    ("13F", "A", Q1, "", "16941M109", "shares", 60.0),
    ("N-PORT", "F", Q4, "US16941M1099", "16941M109", "shares", 90.0),
    ("N-PORT", "F", Q4, "HK0941009539", "", "shares", 1000.0),
    ("N-PORT", "G", Q4, "HK0941009539", "", "short", -5.0),
    ("N-PORT", "X", Q4, "KYG9830T1067", "", "shares", 9.0),
)


def test_the_larger_source_on_each_line_is_the_lower_bound():
    """Receipts of 5: 13F 140, N-PORT 90 -> at least 700 ordinary shares, at most 1,150; Hong Kong line 1,000 from N-PORT alone."""
    found = ownership("0941.HK", BOOK, ratios={"CHL": 5.0}, shares_outstanding=100_000.0)
    lines = found.by_line.set_index(["reported_on", "security"])
    receipts = lines.loc[(pd.Timestamp(Q4), "CHL")]
    assert (receipts["ordinary_shares_low"], receipts["ordinary_shares_high"]) == (700.0, 1150.0)
    assert (receipts["n_holders_13f"], receipts["n_holders_nport"]) == (2, 1)
    bounds = found.bounds.set_index("reported_on").loc[pd.Timestamp(Q4)]
    assert (bounds["ordinary_shares_low"], bounds["ordinary_shares_high"]) == (1700.0, 2150.0)
    assert (bounds["fraction_low"], bounds["fraction_high"]) == pytest.approx((0.017, 0.0215))
    assert found.other_positions["kind"].tolist() == ["put", "short"]
    assert "lower bound" in str(found.summary()) and any("cannot see" in note or "need not have sold" in note for note in found.assumptions)


def test_changes_are_told_holder_by_holder_and_gone_is_not_sold():
    found = ownership("CHL", BOOK, ratios={"CHL": 5.0}).holders
    later = found[(found["source"] == "13F") & (found["reported_on"] == pd.Timestamp(Q1))].set_index("holder_id")
    assert (later.at["A", "change"], later.at["A", "change_shares"], later.at["A", "previous_shares"]) == ("less", -40.0, 100.0)
    assert later.at["B", "change"] == "gone" and pd.isna(later.at["B", "shares"]) and later.at["B", "holder"] == "HOLDER B"
    assert found.loc[found["reported_on"] == pd.Timestamp(Q4), "change"].eq("").all()


def test_an_unknown_ratio_leaves_ordinary_shares_unknown():
    lines = pd.DataFrame([{"security": "RCPT", "issuer": "Someone", "isin": "", "cusip": "16941M109", "kind": "adr", "adr_ratio": np.nan}])
    found = ownership("Someone", BOOK, lines=lines)
    assert found.holders["ordinary_shares"].isna().all()
    assert found.by_line["ordinary_shares_high"].isna().all() and found.by_line["ordinary_shares_low"].eq(0.0).all()


def test_the_samples_give_both_lines_of_one_issuer(samples_dir):
    sets = [read_13f(samples_dir / "form13f_2021q1"), read_nport(samples_dir / "nport_2021q1")]
    found = ownership("0941.HK", sets)
    assert set(found.holders["security"]) == {"0941.HK", "CHL"}
    assert found.holders["value_usd"].sum() == pytest.approx(346000 + 11402500 + 342480)


def test_nothing_to_read_is_said():
    with pytest.raises(InputError, match="is in no known line"):
        ownership("NOBODY", BOOK)
    with pytest.raises(InputError, match="holds no row"):
        ownership("CHL", [])
    with pytest.raises(InputError, match="must be positive"):
        ownership("CHL", BOOK, shares_outstanding=0.0)
