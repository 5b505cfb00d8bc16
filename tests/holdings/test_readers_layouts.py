"""Every layout is read, and every line of it is accounted for."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_holdings

DAY = pd.Timestamp("2020-12-31")


def accounted(file):
    assert file.n_rows == len(file.rows) + len(file.dropped)
    assert file.n_lines == file.header_line + file.n_blank + file.n_rows
    assert not set(file.rows["row"]) & set(file.dropped["row"])
    return file


SAMPLES = [
    # file, kept, dropped, first row: what must be read
    (
        "ishares_us_holdings.csv",
        10,
        1,
        {
            "ticker": "700",
            "quantity": 1998000.0,
            "market_value": 145300210.44,
            "weight": 0.0593,
            "currency": "USD",
            "price_currency": "HKD",
            "country": "China",
        },
    ),
    (
        "ishares_ucits_ch_holdings.csv",
        3,
        0,
        {"ticker": "941", "quantity": 1e6, "market_value": 5701250.0, "weight": 0.011, "currency": "", "price_currency": "HKD"},
    ),
    (
        "ishares_de_holdings.csv",
        1,
        0,
        {"isin": "HK0941009539", "quantity": 1e6, "market_value": 5701250.0, "weight": 0.011, "price": 5.7, "instrument": "equity"},
    ),
    ("ssga_holdings.xlsx", 3, 1, {"cusip": "Y14965100", "sedol": "6073556", "quantity": 2e6, "weight": 0.0110321}),
    (
        "invesco_holdings.csv",
        3,
        0,
        {"cusip": "16941M109", "ticker": "CHL", "quantity": 12000.0, "weight": 0.00412, "instrument": "receipt", "account": "XYZ"},
    ),
    ("vanguard_like_holdings.csv", 3, 1, {"sedol": "6073556", "weight": 0.0047, "market_value": 11402500.0, "country": "CN"}),
    ("ark_holdings.csv", 1, 1, {"cusip": "16941M109", "market_value": 342480.0, "weight": 0.0041, "currency": "USD"}),
    (
        "bloomberg_port_export.csv",
        5,
        1,
        {
            "ticker": "941 HK Equity",
            "isin": "HK0941009539",
            "quantity": 2e6,
            "market_value": 11402500.0,
            "currency": "USD",
            "weight": 0.004654,
        },
    ),
    (
        "custodian_positions.csv",
        3,
        0,
        {
            "account": "XX-1234",
            "isin": "HK0941009539",
            "cusip": "Y14965100",
            "sedol": "6073556",
            "quantity": 2e6,
            "currency": "USD",
            "price_currency": "HKD",
        },
    ),
]


@pytest.mark.parametrize(("name", "kept", "dropped", "first"), SAMPLES, ids=[row[0] for row in SAMPLES])
def test_each_sample_is_read_in_full(samples_dir, name, kept, dropped, first):
    file = accounted(read_holdings(samples_dir / name))
    assert (len(file.rows), len(file.dropped)) == (kept, dropped)
    row = file.rows.iloc[0]
    for column, value in first.items():
        assert row[column] == pytest.approx(value) if isinstance(value, float) else row[column] == value, column
    if name != "ishares_de_holdings.csv":
        assert file.as_of == DAY
    assert str(file.summary()) and set(file.columns["heading"]) >= set(file.columns.loc[file.columns["field"] == "", "heading"])


def test_a_custodian_short_is_negative_and_its_file_is_windows_text(samples_dir):
    file = read_holdings(samples_dir / "custodian_positions.csv")
    assert file.rows["quantity"].iloc[2] == -570.0 and file.rows["market_value"].iloc[2] == -52240.5
    assert file.rows["instrument"].tolist() == ["equity", "equity", "receipt"]


def test_cash_futures_rights_and_totals_are_told_apart(samples_dir):
    file = read_holdings(samples_dir / "ishares_us_holdings.csv")
    kinds = dict(zip(file.rows["ticker"], file.rows["instrument"], strict=True))
    assert (kinds["HKD"], kinds["MESH1"], kinds["941"]) == ("cash", "future", "equity")
    assert file.rows["instrument"].iloc[-1] == "right" and file.rows["ticker"].iloc[-1] == ""
    assert read_holdings(samples_dir / "bloomberg_port_export.csv").dropped["reason"].tolist() == ["a total, not a position"]


@pytest.mark.parametrize(
    ("name", "kept", "day", "basis", "n_isin"),
    [
        ("IEMG_2020-03-03_inferred.csv", 2509, "2020-03-03", "file name", 2471),
        ("EEM_2022-03-10_inferred.csv", 1248, "2022-03-10", "file name", 0),
        ("EIMI_2021-08-30.csv", 3035, "2021-08-30", "preamble", 2994),
    ],
)
def test_real_fund_files_are_read_whole(market_dir, name, kept, day, basis, n_isin):
    file = accounted(read_holdings(market_dir / "holdings" / name))
    assert len(file.rows) == kept and len(file.dropped) == 0
    assert file.as_of == pd.Timestamp(day) and file.as_of_basis == basis
    assert abs(file.rows["weight"].sum() - 1) < 0.02  # printed to two decimals of a percent
    assert file.rows["market_value"].notna().all() and file.rows["quantity"].notna().all()
    assert (file.rows["isin"] != "").sum() == n_isin


def test_the_callers_map_and_options_win():
    book = pd.DataFrame({"Asset ID": ["KYG9830T1067"], "ISIN": ["HK0941009539"], "How many": [1000], "When": ["03/04/2021"]})
    file = read_holdings(book, columns={"isin": "Asset ID", "quantity": "how many", "as_of": "When"}, dayfirst=True)
    assert file.rows[["isin", "quantity"]].values.tolist() == [["KYG9830T1067", 1000.0]]
    assert file.as_of == pd.Timestamp("2021-04-03")
    assert file.columns.loc[file.columns["heading"] == "ISIN", "note"].tolist() == ["another column already gives isin"]
    assert read_holdings(book, columns={"quantity": "How many"}, as_of="2020-03-03").as_of == pd.Timestamp("2020-03-03")
    with pytest.raises(InputError, match="unknown field"):
        read_holdings(book, columns={"izin": "Asset ID"})
    with pytest.raises(InputError, match="weight_unit='bp'"):
        read_holdings(book, weight_unit="bp")


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx", ".csv"])
def test_one_book_reads_the_same_from_every_container(tmp_path, suffix):
    book = pd.DataFrame(
        {
            "Account": ["A", "A", "B"],
            "ISIN": ["KYG9830T1067", "HK0941009539", ""],
            "Ticker": ["1810", "941", "USD CASH"],
            "Shares": [1000.0, -2.5, 10.0],
            "Market Value (HKD)": [29300.0, -110.5, 10.0],
            "As Of Date": pd.to_datetime(["2021-01-14"] * 3),
        }
    )
    path = tmp_path / f"book{suffix}"
    {".parquet": book.to_parquet, ".xlsx": lambda p: book.to_excel(p, index=False), ".csv": lambda p: book.to_csv(p, index=False)}[suffix](
        path
    )
    file = read_holdings(path)
    expected = read_holdings(book)
    pd.testing.assert_frame_equal(file.rows.drop(columns="row"), expected.rows.drop(columns="row"))
    assert file.rows["currency"].tolist() == ["HKD"] * 3 and file.as_of == pd.Timestamp("2021-01-14")


def test_weights_whose_unit_cannot_be_told_are_not_used():
    book = pd.DataFrame({"ISIN": ["KYG9830T1067", "HK0941009539"], "Weight": [0.2, 0.3]})
    file = read_holdings(book)
    assert file.rows["weight"].isna().all() and "unit is unclear" in file.assumptions[0]
    assert read_holdings(book, weight_unit="percent").rows["weight"].tolist() == [0.002, 0.003]
    whole = pd.DataFrame({"ISIN": ["KYG9830T1067", "HK0941009539"], "Weight": [0.4, 0.6]})
    assert read_holdings(whole).rows["weight"].tolist() == [0.4, 0.6]


def test_damage_done_by_a_spreadsheet_is_mended_only_where_it_is_certain():
    book = pd.DataFrame(
        {"CUSIP": ["1.2345E+104", "37833100", "16941M109", "37833101"], "SEDOL": ["263494", "6073556", "", ""], "Shares": [1, 2, 3, 4]}
    ).astype(str)
    file = read_holdings(book)
    assert file.rows["cusip"].tolist() == ["", "037833100", "16941M109", "378331011"]
    assert file.rows["sedol"].tolist() == ["0263494", "6073556", "", ""]
    found = file.issues.set_index("row")[["column", "problem"]]
    assert found.loc[1, "problem"].tolist() == [
        "damaged by a spreadsheet: scientific notation",
        "damaged by a spreadsheet: leading zeros lost",
    ]
    assert found.loc[4, "problem"] == "eight characters of nine"


def test_a_mixed_column_of_identifiers_is_sorted_out():
    codes = ["US16941M1099", "16941M109", "6073556", "BBG000B9XRY4", "CASH_USD", "nonsense"]
    file = read_holdings(pd.DataFrame({"Security Identifier": codes, "Shares": range(1, 7)}))
    assert file.rows["isin"].tolist()[0] == "US16941M1099" and file.rows["cusip"].tolist()[1] == "16941M109"
    assert file.rows["sedol"].tolist()[2] == "6073556" and file.rows["figi"].tolist()[3] == "BBG000B9XRY4"
    assert file.rows[["isin", "cusip", "sedol", "figi"]].iloc[5].tolist() == [""] * 4
    assert file.rows["instrument"].tolist() == ["unknown"] * 4 + ["cash", "unknown"]


def test_odd_lines_among_many_are_each_accounted_for(tmp_path):
    rng = np.random.default_rng(7)
    lines = ["Name,ISIN,Shares,Market Value"]
    lines += [f'"Issuer {k}, Ltd",KYG9830T1067,"{rng.integers(1, 10**6):,}",{rng.random():.6f}' for k in range(300)]
    lines[150:150] = [
        "",
        "a line of text",
        'Total,,"1,000",5',
        "Issuer,KYG9830T1067,5,6,7",
        "Name,ISIN,Shares,Market Value",
        "Short,KYG9830T1067,(5)",
    ]
    path = tmp_path / "book.csv"
    path.write_text("\r\n".join(lines))
    whole = accounted(read_holdings(path))
    assert len(whole.rows) == 301 and whole.n_blank == 1
    assert whole.rows.loc[whole.rows["name"] == "Short", "quantity"].tolist() == [-5.0]
