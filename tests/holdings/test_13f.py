"""13F data sets: unit of value, amendments, options, principal, and every row accounted for."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_13f

SUBMISSION = ["ACCESSION_NUMBER", "FILING_DATE", "SUBMISSIONTYPE", "CIK", "PERIODOFREPORT"]
COVER = ["ACCESSION_NUMBER", "ISAMENDMENT", "AMENDMENTNO", "AMENDMENTTYPE", "FILINGMANAGER_NAME", "REPORTTYPE"]
TABLE = [
    "ACCESSION_NUMBER",
    "NAMEOFISSUER",
    "TITLEOFCLASS",
    "CUSIP",
    "VALUE",
    "SSHPRNAMT",
    "SSHPRNAMTTYPE",
    "PUTCALL",
    "INVESTMENTDISCRETION",
]
CHL = "16941M109"


def data_set(tmp_path, filings, rows):
    """filings: accession, filed, cik, period, amendment type; rows: accession, cusip, value, amount, type, put or call."""
    folder = tmp_path / "set" / "inner"
    folder.mkdir(parents=True)
    tables = {
        "SUBMISSION": (SUBMISSION, [(a, filed, "13F-HR", cik, period) for a, filed, cik, period, _ in filings]),
        "COVERPAGE": (
            COVER,
            [
                (a, "Y" if kind else "", "1" if kind else "", kind, f"MANAGER {cik}", "13F HOLDINGS REPORT")
                for a, _, cik, _, kind in filings
            ],
        ),
        "INFOTABLE": (
            TABLE,
            [(a, "CHINA MOBILE", "ADR", cusip, value, amount, sort, option, "SOLE") for a, cusip, value, amount, sort, option in rows],
        ),
    }
    for name, (columns, lines) in tables.items():
        text = "\n".join("\t".join(map(str, line)) for line in [columns, *lines]) + "\n"
        (folder / f"{name}.tsv").write_text(text)
    return tmp_path / "set"


def accounted(found):
    assert found.n_rows == len(found.rows) + int(found.dropped["n_rows"].sum())
    return found


def test_the_sample_restatement_replaces_the_original(samples_dir):
    found = accounted(read_13f(samples_dir / "form13f_2021q1"))
    assert found.rows[["shares", "value_usd", "kind"]].values.tolist() == [[12100.0, 346000.0, "shares"]]
    assert found.dropped.values.tolist() == [["replaced by a later restatement", 3]]
    earlier = accounted(read_13f(samples_dir / "form13f_2021q1", as_of="2021-03-02"))
    assert earlier.rows["kind"].tolist() == ["shares", "put", "shares"]
    assert earlier.rows["value_usd"].tolist() == [343000.0, 57000.0, 52000.0]


def test_the_unit_of_value_follows_the_day_of_filing_not_the_period(tmp_path, samples_dir):
    assert read_13f(samples_dir / "form13f_2023q2").rows["value_usd"].tolist() == [912345.0]
    filings = [("a", "30-DEC-2022", "1", "30-SEP-2022", ""), ("b", "03-JAN-2023", "2", "30-SEP-2022", "")]
    rows = [("a", CHL, 30, 1000, "SH", ""), ("b", CHL, 30000, 1000, "SH", "")]
    found = accounted(read_13f(data_set(tmp_path, filings, rows)))
    assert found.rows["value_usd"].tolist() == [30000.0, 30000.0]


def test_additions_add_and_restatements_replace_what_came_before(tmp_path):
    day = "31-DEC-2020"
    filings = [
        ("a", "01-FEB-2021", "1", day, ""),
        ("b", "10-FEB-2021", "1", day, "NEW HOLDINGS"),
        ("c", "20-FEB-2021", "1", day, "RESTATEMENT"),
        ("d", "25-FEB-2021", "1", day, "NEW HOLDINGS"),
        ("e", "25-FEB-2021", "2", day, "NEW HOLDINGS"),
        ("f", "25-FEB-2021", "1", "30-SEP-2020", ""),
    ]
    rows = [(a, CHL, 10, amount, "SH", "") for a, amount in zip("abcdef", (1, 2, 4, 8, 16, 32), strict=True)]
    source = data_set(tmp_path, filings, rows)
    found = accounted(read_13f(source, period="2020-12-31"))
    assert sorted(found.rows["shares"]) == [4, 8, 16]
    assert found.issues[["accession", "action"]].values.tolist() == [["e", "kept; the manager's other holdings are missing"]]
    assert dict(found.dropped.values) == {"another period": 1, "replaced by a later restatement": 2}
    before = accounted(read_13f(source, period="2020-12-31", as_of="2021-02-15"))
    assert sorted(before.rows["shares"]) == [1, 2]


def test_options_and_principal_are_no_shares(tmp_path):
    filings = [("a", "01-FEB-2021", "1", "31-DEC-2020", "")]
    rows = [
        ("a", CHL, 10, 100, "SH", ""),
        ("a", CHL, 10, 200, "SH", "CALL"),
        ("a", CHL, 10, 300, "SH", "Put"),
        ("a", CHL, 10, 400, "PRN", ""),
    ]
    found = accounted(read_13f(data_set(tmp_path, filings, rows)))
    assert found.rows["kind"].tolist() == ["shares", "call", "put", "principal"]
    assert pd.isna(found.rows["shares"].iloc[3])


def test_a_filer_in_the_wrong_unit_is_rescaled_and_named(tmp_path):
    day = "31-MAR-2023"
    filings = [(name, "15-MAY-2023", name, day, "") for name in "abcd"]
    values = {"a": 30000, "b": 31000, "c": 29500, "d": 30}  # d still files thousands
    rows = [(name, CHL, value, 1000, "SH", "") for name, value in values.items()]
    found = accounted(read_13f(data_set(tmp_path, filings, rows)))
    assert dict(zip(found.rows["holder_id"], found.rows["value_usd"], strict=True))["d"] == pytest.approx(30000.0)
    assert found.issues["accession"].tolist() == ["d"] and "thousands" in found.issues["problem"].iloc[0]


def test_only_the_wanted_securities_are_kept_and_cusips_are_padded(tmp_path):
    filings = [("a", "01-FEB-2021", "1", "31-DEC-2020", "")]
    rows = [("a", "37833100", 10, 100, "SH", ""), ("a", CHL, 10, 200, "SH", "")]
    found = accounted(read_13f(data_set(tmp_path, filings, rows), securities=["US0378331005"]))
    assert found.rows["cusip"].tolist() == ["037833100"]
    assert found.dropped.values.tolist() == [["another security", 1]]
    with pytest.raises(InputError, match="names 'nonsense'"):
        read_13f(tmp_path / "set", securities=["nonsense"])
    with pytest.raises(InputError, match="is one text"):
        read_13f(tmp_path / "set", securities="US0378331005")


def test_broken_lines_unknown_filings_and_missing_tables_are_said(tmp_path):
    filings = [("a", "01-FEB-2021", "1", "31-DEC-2020", "")]
    source = data_set(tmp_path, filings, [("a", CHL, 10, 100, "SH", ""), ("z", CHL, 10, 100, "SH", "")])
    table = source / "inner" / "INFOTABLE.tsv"
    table.write_text(table.read_text() + "a\ttoo few cells\n")
    found = accounted(read_13f(source))
    assert dict(found.dropped.values) == {"its filing is not in SUBMISSION": 1, "the line has the wrong number of cells": 1}
    (source / "inner" / "COVERPAGE.tsv").unlink()
    with pytest.raises(InputError, match="holds no COVERPAGE.tsv"):
        read_13f(source)
    table.write_text("ACCESSION_NUMBER\tVALUE\n")
    (source / "inner" / "COVERPAGE.tsv").write_text("\t".join(COVER) + "\n")
    with pytest.raises(InputError, match="has no column NAMEOFISSUER"):
        read_13f(source)


def test_small_pieces_and_the_published_zip_give_the_same_rows(tmp_path, samples_dir):
    import shutil

    whole = read_13f(samples_dir / "form13f_2021q1", as_of="2021-03-02")
    pieces = read_13f(samples_dir / "form13f_2021q1", as_of="2021-03-02", rows_at_once=1)
    archive = shutil.make_archive(str(tmp_path / "2021q1_form13f"), "zip", samples_dir / "form13f_2021q1")
    zipped = read_13f(archive, as_of="2021-03-02")
    pd.testing.assert_frame_equal(whole.rows, pieces.rows)
    pd.testing.assert_frame_equal(whole.rows, zipped.rows)


def test_a_set_in_which_nothing_is_held_is_read(tmp_path, samples_dir):
    for file in (samples_dir / "form13f_2021q1").iterdir():
        kept = file.read_bytes() if file.stem != "INFOTABLE" else file.read_bytes().splitlines(keepends=True)[0]
        (tmp_path / file.name).write_bytes(kept)
    read = accounted(read_13f(tmp_path))
    assert read.n_rows == 0 and read.rows.empty and "0 of 0 rows kept" in str(read)
