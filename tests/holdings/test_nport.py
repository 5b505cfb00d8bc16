"""N-PORT data sets and single EDGAR filings."""

import subprocess
import sys

import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_holdings, read_nport

HOLDING = [
    "ACCESSION_NUMBER",
    "HOLDING_ID",
    "ISSUER_NAME",
    "ISSUER_TITLE",
    "ISSUER_CUSIP",
    "BALANCE",
    "UNIT",
    "CURRENCY_VALUE",
    "PERCENTAGE",
    "PAYOFF_PROFILE",
    "ASSET_CAT",
    "DERIVATIVE_CAT",
]


def data_set(folder, n_rows=0, filings=(("a", "26-FEB-2021", "S1", "31-DEC-2020"),), rows=()):
    """A small data set; `n_rows` further holdings of another security are appended to the large tables."""
    folder.mkdir(parents=True, exist_ok=True)
    small = {
        "SUBMISSION": ["ACCESSION_NUMBER\tFILING_DATE\tSUB_TYPE\tREPORT_ENDING_PERIOD\tREPORT_DATE"]
        + [f"{a}\t{filed}\tNPORT-P\t31-AUG-2021\t{day}" for a, filed, _, day in filings],
        "REGISTRANT": ["ACCESSION_NUMBER\tCIK\tREGISTRANT_NAME"] + [f"{a}\t99\tTRUST" for a, *_ in filings],
        "FUND_REPORTED_INFO": ["ACCESSION_NUMBER\tSERIES_NAME\tSERIES_ID\tNET_ASSETS"]
        + [f"{a}\tN/A\t{series}\t1000" for a, _, series, _ in filings],
    }
    for name, lines in small.items():
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    with (folder / "FUND_REPORTED_HOLDING.tsv").open("w") as holdings, (folder / "IDENTIFIERS.tsv").open("w") as codes:
        holdings.write("\t".join(HOLDING) + "\n")
        codes.write("HOLDING_ID\tIDENTIFIERS_ID\tIDENTIFIER_ISIN\tIDENTIFIER_TICKER\tOTHER_IDENTIFIER\tOTHER_IDENTIFIER_DESC\n")
        for number, (accession, isin, balance, unit, profile, category, derivative) in enumerate(rows):
            holdings.write(
                "\t".join(map(str, (accession, number, "X", "X", "N/A", balance, unit, 5, 1.5, profile, category, derivative))) + "\n"
            )
            codes.write(f"{number}\t1\t{isin}\t\t\t\n")
        filler = (
            "a\t{}\tANOTHER ISSUER OF SOME LENGTH\tITS TITLE, AS LONG AS TITLES ARE\t037833100\t1.00\tNS\t1.00\t0.000100000\tLong\tEC\t\n"
        )
        for start in range(0, n_rows, 100_000):
            block = range(1_000_000 + start, 1_000_000 + min(n_rows, start + 100_000))
            holdings.writelines(filler.format(number) for number in block)
            codes.writelines(f"{number}\t1\tUS0378331005\tAAPL\t\t\n" for number in block)
    return folder


def accounted(found):
    assert found.n_rows == len(found.rows) + int(found.dropped["n_rows"].sum())
    return found


def test_the_sample_gives_dates_dollars_and_kinds(samples_dir):
    found = accounted(read_nport(samples_dir / "nport_2021q1"))
    assert found.rows["kind"].tolist() == ["shares", "shares", "derivative"]
    assert found.rows["isin"].tolist() == ["HK0941009539", "US16941M1099", ""]
    assert found.rows["reported_on"].eq(pd.Timestamp("2020-12-31")).all(), "the snapshot, not the end of the fiscal year"
    assert found.rows["value_usd"].tolist() == [11402500.0, 342480.0, -3100.0]
    assert found.rows["weight"].iloc[0] == pytest.approx(0.00465408163)


@pytest.mark.parametrize("wanted", ["HK0941009539", "6073556"])
def test_a_line_is_found_by_isin_or_sedol(samples_dir, wanted):
    found = accounted(read_nport(samples_dir / "nport_2021q1", securities=[wanted]))
    assert found.rows["shares"].tolist() == [2000000.0]


def test_kinds_and_late_filings(tmp_path):
    filings = (
        ("a", "26-FEB-2021", "S1", "31-DEC-2020"),
        ("b", "05-MAR-2021", "S1", "31-DEC-2020"),
        ("c", "26-FEB-2021", "N/A", "30-NOV-2020"),
    )
    rows = [
        ("a", "HK0941009539", 1, "NS", "Long", "EC", ""),
        ("b", "HK0941009539", 2, "NS", "Long", "EC", ""),
        ("b", "HK0941009539", 3, "NS", "Short", "EC", ""),
        ("b", "HK0941009539", 4, "PA", "Long", "DBT", ""),
        ("b", "HK0941009539", 5, "NC", "N/A", "DE", "SWP"),
        ("c", "HK0941009539", 6, "NS", "Long", "EC", ""),
    ]
    source = data_set(tmp_path / "q", filings=filings, rows=rows)
    found = accounted(read_nport(source))
    assert found.rows["kind"].tolist() == ["shares", "short", "other", "derivative", "shares"]
    assert found.rows["shares"].fillna(0).tolist() == [2, -3, 0, 0, 6]
    assert found.rows["holder_id"].tolist() == ["S1"] * 4 + ["99"] and set(found.rows["holder"]) == {"TRUST"}
    assert found.dropped.values.tolist() == [["replaced by a later filing of the series for the same date", 1]]
    earlier = accounted(read_nport(source, as_of="2021-03-01"))
    assert earlier.rows["shares"].tolist() == [1, 6]
    pd.testing.assert_frame_equal(found.rows, read_nport(source, rows_at_once=1).rows)


@pytest.mark.slow
def test_a_table_of_400_megabytes_never_loads_whole(tmp_path):
    source = data_set(tmp_path / "big", n_rows=3_600_000, rows=[("a", "HK0941009539", 7, "NS", "Long", "EC", "")])
    assert (source / "FUND_REPORTED_HOLDING.tsv").stat().st_size > 400e6
    code = (
        "import resource, sys; from impact.holdings import read_nport; import pyarrow, pandas;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "found = read_nport(sys.argv[1], securities=['HK0941009539']);"
        "print(len(found.rows), found.n_rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    kept, n_rows, grown_mb = map(
        int, subprocess.run([sys.executable, "-c", code, str(source)], capture_output=True, text=True, check=True).stdout.split()
    )
    assert (kept, n_rows) == (1, 3_600_001)
    assert grown_mb < 300


INFORMATION_TABLE = """<?xml version="1.0"?><informationTable xmlns="http://www.sec.gov/edgar/document/thirteenf/informationtable">
<infoTable><nameOfIssuer>CHINA MOBILE LTD</nameOfIssuer><titleOfClass>SPONSORED ADR</titleOfClass>
<cusip>16941M109</cusip><value>343</value>
<shrsOrPrnAmt><sshPrnamt>12000</sshPrnamt><sshPrnamtType>SH</sshPrnamtType></shrsOrPrnAmt></infoTable>
<infoTable><nameOfIssuer>CHINA MOBILE LTD</nameOfIssuer><titleOfClass>SPONSORED ADR</titleOfClass>
<cusip>16941M109</cusip><value>57</value>
<shrsOrPrnAmt><sshPrnamt>2000</sshPrnamt><sshPrnamtType>SH</sshPrnamtType></shrsOrPrnAmt><putCall>Put</putCall></infoTable></informationTable>"""
PORTFOLIO_REPORT = """<edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo><seriesName>Example Fund</seriesName>
<repPdDate>2020-12-31</repPdDate></genInfo><invstOrSecs><invstOrSec><name>CHINA MOBILE LTD</name><title>CHINA MOBILE LTD</title><cusip>N/A</cusip>
<identifiers><isin value="HK0941009539"/></identifiers><balance>2000000</balance><units>NS</units><valUSD>11402500.00</valUSD><pctVal>100.0</pctVal>
<payoffProfile>Short</payoffProfile><assetCat>EC</assetCat><invCountry>HK</invCountry></invstOrSec></invstOrSecs></formData></edgarSubmission>"""


def test_a_single_13f_filing_keeps_its_value_out(tmp_path):
    path = tmp_path / "infotable.xml"
    path.write_text(INFORMATION_TABLE)
    file = read_holdings(path)
    assert file.rows[["cusip", "quantity", "instrument"]].values.tolist() == [
        ["16941M109", 12000.0, "receipt"],
        ["16941M109", 2000.0, "option"],
    ]
    assert file.rows["market_value"].isna().all() and "unit by filing date" in " ".join(file.columns["heading"])


def test_a_single_nport_report_is_read(tmp_path):
    path = tmp_path / "primary_doc.xml"
    path.write_text(PORTFOLIO_REPORT)
    row = read_holdings(path).rows.iloc[0]
    assert (row["isin"], row["quantity"], row["market_value"], row["currency"], row["weight"]) == (
        "HK0941009539",
        -2e6,
        11402500.0,
        "USD",
        1.0,
    )
    assert row["as_of"] == pd.Timestamp("2020-12-31")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<a><b></a>", "not well-formed"),
        ("<a>nothing here</a>", "is XML without records"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
    ],
)
def test_other_xml_is_refused(tmp_path, text, says):
    path = tmp_path / "x.xml"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        read_holdings(path)
