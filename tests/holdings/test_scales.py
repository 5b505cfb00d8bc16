"""Values and quantities printed in thousands, millions or 万 are read in whole units, once, and said; what cannot be told is unknown."""

import math

import pandas as pd
import pytest

from impact.holdings import check_portfolio, read_holdings

NAMES = (("China Mobile", "HK0941009539"), ("Xiaomi", "KYG9830T1067"))


def _read(tmp_path, *lines, **options):
    path = tmp_path / "book.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_holdings(path, **options)


def _lines(*figures):
    return [",".join((name, isin, *map(str, cells))) for (name, isin), cells in zip(NAMES, figures, strict=True)]


@pytest.mark.parametrize(
    ("above", "heading", "figures", "below", "quantity", "value", "currency"),
    [
        ((), "Name,ISIN,Shares (000),Market Value (EUR m)", ((12.5, 3.4), (7, 1.2)), (), 12500, 3.4e6, "EUR"),
        ((), "名称,ISIN,持股数量(万股),市值(万元)", ((12, 340), (7, 120)), (), 120000, 3.4e6, "CNY"),
        ((), "Name,ISIN,Stück,Kurswert in TEUR", ((12, 340), (7, 120)), (), 12, 3.4e5, "EUR"),
        ((), "name,isin,shares,market_value_usd_mm", ((12, 3.4), (7, 1.2)), (), 12, 3.4e6, "USD"),
        ((), "Name,ISIN,Shares,Market Value (USD m)", ((500, "3.4M"), (400, 1.2)), (), 500, 3.4e6, "USD"),
        (("Amounts in USD thousands",), "Name,ISIN,Shares,Market Value", ((12, 3400), (7, 1200)), (), 12, 3.4e6, "USD"),
        (("Amounts in USD thousands",), "Name,ISIN,Shares,Market Value (USD m)", ((12, 3.4), (7, 1.2)), (), 12, 3.4e6, "USD"),
        ((), "Name,ISIN,Shares,Market Value", ((12, 3400), (7, 1200)), ('"Values in thousands of US dollars, except share data"',), 12, 3.4e6, "USD"),
        (("(in thousands)",), "Name,ISIN,Shares,Market Value,Price", ((500, 3400, 6.8), (400, 1200, 3)), (), 500000, 3.4e6, ""),
        (("(in thousands)",), "Name,ISIN,Shares,Market Value,Price", ((500000, 3400, 6.8), (400000, 1200, 3)), (), 500000, 3.4e6, ""),
        (("(in thousands)",), "Name,ISIN,Shares,Market Value", ((500, 3400), (400, 1200)), (), math.nan, 3.4e6, ""),
        ((), "Name,ISIN,Shares,Market Value (mil),Price", ((500000, 3.4, 6.8), (400000, 1.2, 3)), (), 500000, 3.4e6, ""),
    ],
)  # fmt: skip
def test_whole_units_and_said(tmp_path, above, heading, figures, below, quantity, value, currency):
    file = _read(tmp_path, *above, heading, *_lines(*figures), *below)
    row = file.rows.iloc[0]
    assert row["market_value"] == pytest.approx(value) and row["currency"] == currency
    assert row["quantity"] == pytest.approx(quantity, nan_ok=True)
    said = file.issues[file.issues["column"].isin(["market_value", "quantity"])]
    assert (said["row"] == file.header_line).all() and said["problem"].str.contains("units of|cannot be told").all()
    assert len(file.rows) + len(file.dropped) == file.n_rows


def test_a_line_of_units_below_the_header_is_read_with_it(tmp_path):
    lines = ("Name,ISIN,Shares,Market Value", ",,(000),(USD m)", *_lines((500, 3.4), (400, 1.2)))
    for columns in (None, {"market_value": "Market Value"}):
        file = _read(tmp_path, *lines, columns=columns)
        assert file.rows[["quantity", "market_value"]].values.tolist() == [[500000.0, 3.4e6], [400000.0, 1.2e6]]
        assert file.dropped["reason"].tolist() == ["a line of units below the header"]


def test_a_scale_that_nothing_settles_leaves_shares_of_the_book(tmp_path):
    file = _read(tmp_path, "Name,ISIN,Shares,Market Value (mil)", *_lines((500, 3.0), (400, 1.0)))
    assert file.rows["market_value"].isna().all() and file.rows["weight"].tolist() == [0.75, 0.25]
    report = check_portfolio(file, as_of="2021-11-15T12:00-05:00")
    assert report.currency == "NAV" and report.positions["nav_share"].tolist() == [0.75, 0.25]


def test_figures_that_contradict_the_heading_leave_values_and_quantities_unknown(tmp_path):
    file = _read(tmp_path, "Name,ISIN,Shares,Market Value ($000),Price", *_lines((500, 3400, 6.8), (400, 1200, 3)))
    assert file.rows[["quantity", "market_value"]].isna().all(axis=None)
    assert file.rows["weight"].tolist() == pytest.approx([34 / 46, 12 / 46])
    units = file.issues[file.issues["problem"] != "a dollar sign alone may stand for any dollar"]
    assert len(units) == 2 and units["problem"].str.contains("value and quantity are in one unit").all()


def test_a_total_of_scaled_columns_is_found_to_their_printed_unit(tmp_path):
    lines = [f"S{number},X{number},{10 + number},{value}" for number, value in enumerate((1.04, 2.04, 3.04))]
    file = _read(tmp_path, "Name,ID,Shares (000),Market Value (USD m)", *lines, "Alle stukken samen,,,6.12")
    assert file.dropped["text"].tolist() == ["Alle stukken samen"] and file.rows["market_value"].sum() == pytest.approx(6.12e6)


def test_net_assets_have_the_unit_of_their_label_else_of_the_table(tmp_path):
    table = ("Name,ISIN,Shares,Market Value (USD)", *_lines((12, 3400), (7, 1200)))
    assert _read(tmp_path, "Net assets (USD m),0.0046", *table).net_assets == pytest.approx(4600)
    assert _read(tmp_path, "Net assets,4.6", "Amounts in USD thousands", *table).net_assets == pytest.approx(4600)


def test_a_cover_sheet_speaks_for_the_others(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame(["Holdings report", "All amounts in EUR thousands"]).to_excel(book, sheet_name="Cover", index=False, header=False)
        pd.DataFrame([(*NAMES[0], 12, 3.4)], columns=["Name", "ISIN", "Shares", "Market Value"]).to_excel(
            book, sheet_name="Book", index=False
        )
    row = read_holdings(path).rows.iloc[0]
    assert (row["market_value"], row["currency"], row["quantity"]) == (3400.0, "EUR", 12.0)


@pytest.mark.parametrize(
    ("heading", "unit", "weight"), [("Weight (bps)", "bps", 0.15), ("Weight (basis points)", "bps", 0.15), ("Weight (‰)", "permille", 1.5)]
)
def test_weights_in_basis_points(tmp_path, heading, unit, weight):
    file = _read(tmp_path, f"Name,ISIN,Shares,{heading}", *_lines((12, 1500), (7, 1200)))
    assert file.weight_unit == unit and file.rows["weight"].iloc[0] == pytest.approx(weight)
