"""What is held short is as barred as what is held long: totals are gross, with both sides and the net beside."""

import numpy as np
import pandas as pd
import pytest

from impact.holdings import check_portfolio, read_holdings

BANNED = "2021-11-15T18:00-05:00"
MOBILE, TELECOM, CCCC, CRCC, APPLE = "HK0941009539", "CNE1000002V2", "CNE1000002F5", "CNE100000981", "US0378331005"


def _report(values, **options):
    book = pd.DataFrame(
        {"ISIN": [*values], "Shares": [100.0 if value > 0 else -100.0 for value in values.values()], "Market Value": [*values.values()]}
    )
    return check_portfolio(book.assign(Currency="USD"), as_of=BANNED, **options)


def _total(report, status="barred", dimension="all"):
    totals = report.totals
    return totals[(totals["status"] == status) & (totals["dimension"] == dimension)].iloc[0]


@pytest.mark.parametrize(
    ("values", "long", "short"),
    [
        ({MOBILE: -5450.0, CCCC: -5450.0, TELECOM: 5450.0, CRCC: 5450.0, APPLE: 1e5}, 10900.0, 10900.0),
        ({MOBILE: 300.0, CCCC: -100.0, APPLE: 800.0}, 300.0, 100.0),
        ({MOBILE: -300.0, CCCC: -100.0, APPLE: 1400.0}, 0.0, 400.0),
        ({MOBILE: 300.0, CCCC: 100.0, APPLE: 600.0}, 400.0, 0.0),
    ],
)
def test_no_issuer_nets_another_out(values, long, short):
    report = _report(values)
    assert report.exposures["status"].eq("barred").all()
    total, nav = _total(report), sum(values.values())
    for side in ("low", "high"):
        sizes = [total[f"{name}_{side}"] for name in ("market_value", "long_value", "short_value", "net_value")]
        assert sizes == [long + short, long, short, long - short]
        assert total[f"nav_share_{side}"] == pytest.approx((long + short) / nav)
        assert total[f"net_nav_share_{side}"] == pytest.approx((long - short) / nav)
    assert ("gross (net" in report.headline) == (short > 0)
    assert f"barred {100 * (long + short) / nav:.2f} %" in report.headline
    for dimension in ("programme", "account", "line", "via"):
        rows = report.totals[(report.totals["dimension"] == dimension) & (report.totals["status"] == "barred")]
        assert rows["market_value_high"].sum() == pytest.approx(long + short)


def test_a_short_of_no_known_value_leaves_the_upper_ends_open():
    total = _total(_report({MOBILE: -300.0, CCCC: np.nan, APPLE: 1300.0}))
    assert (total["market_value_low"], total["short_value_low"]) == (300.0, 300.0)
    assert np.isnan(total[["market_value_high", "long_value_high", "net_value_low", "net_value_high"]].to_numpy(dtype=float)).all()


def test_a_fund_that_is_long_and_short_of_listed_names_holds_both():
    inside = pd.DataFrame({"ISIN": [MOBILE, CCCC, APPLE], "Shares": [10.0, -10.0, 5.0], "Market Value (USD)": [100.0, -100.0, 400.0]})
    book = pd.DataFrame(
        {"Ticker": ["FUND US", "AAPL US"], "Asset Class": ["ETF", "Equity"], "Market Value": [800.0, 200.0], "Currency": "USD"}
    )
    report = check_portfolio(book, as_of=BANNED, funds={"FUND": read_holdings(inside, as_of="2021-11-15")})
    total = _total(report)
    assert total["market_value_high"] == pytest.approx(400.0) and total["net_value_high"] == pytest.approx(0.0)
    held = report.positions.set_index("ticker").loc["FUND US"]
    assert held["through_funds_value_low"] == pytest.approx(400.0)


def _read(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return read_holdings(path)


@pytest.mark.parametrize("heading", ["Type", "Holding Type", "L/S Ind", "Pos", "Exposure", "Kind of thing"])
@pytest.mark.parametrize(("long", "short"), [("Long", "Short"), ("L", "S")])
def test_a_column_of_long_and_short_is_the_side_whatever_its_heading(tmp_path, heading, long, short):
    lines = f"Ticker,Name,Shares,Market Value,Currency,{heading}\n1810 HK,Xiaomi,1000,32000,HKD,{long}\n941 HK,China Mobile,500,25000,HKD,{short}\n"
    book = _read(tmp_path, lines)
    assert book.rows["quantity"].tolist() == [1000.0, -500.0] and book.rows["market_value"].tolist() == [32000.0, -25000.0]
    assert dict(zip(book.columns["heading"], book.columns["field"], strict=True))[heading] == "side"


@pytest.mark.parametrize(
    ("heading", "cells", "said"),
    [
        ("Holding Period", ("Long", "Short"), "not read as the side"),
        *[(heading, ("Long", "Short"), "not read as the side") for heading in ("Horizon", "Tenor", "Curve", "Anlagehorizont", "Échéance")],
        ("Account", ("Long", "Short"), "not read as the side"),
        ("Status", ("Held", "Sold"), ""),
        ("Type", ("Cash", "Short"), ""),
        ("Share Class", ("S", "S"), ""),
    ],
)
def test_what_need_not_be_a_side_turns_no_sign(tmp_path, heading, cells, said):
    lines = f"Ticker,Name,Shares,Market Value,Currency,{heading}\n1810 HK,Xiaomi,1000,32000,HKD,{cells[0]}\n941 HK,China Mobile,500,25000,HKD,{cells[1]}\n"
    book = _read(tmp_path, lines)
    assert book.rows["quantity"].tolist() == [1000.0, 500.0]
    told = [problem for problem in book.issues["problem"] if "side" in problem]
    assert [said in problem for problem in told] == ([True] if said else [])


_HEAD, _LINES = "Ticker,Name,Shares,Market Value,Currency\n", ("1810 HK,Xiaomi,1000,32000,HKD\n", "941 HK,China Mobile,500,25000,HKD\n")


@pytest.mark.parametrize("title", ["SHORT POSITIONS", "Short", "Shorts", "Leerverkauf", "Short equity positions"])
def test_lines_below_a_title_that_says_short_are(tmp_path, title):
    inside = _read(tmp_path, f"{_HEAD}LONG POSITIONS,,,,\n{_LINES[0]}{title},,,,\n{_LINES[1]}Cash,,,,\nCASH,Cash HKD,700,700,HKD\n")
    assert inside.rows["quantity"].tolist() == [1000.0, -500.0, 700.0] and inside.rows["market_value"].tolist() == [
        32000.0,
        -25000.0,
        700.0,
    ]
    assert inside.issues["problem"].tolist() == ["stands below a title that says short, with no sign of its own"]
    sections = _read(tmp_path, f"Long positions\n{_HEAD}{_LINES[0]}\n{title}\n{_HEAD}{_LINES[1]}")
    assert sections.rows["quantity"].tolist() == [1000.0, -500.0]


@pytest.mark.parametrize("title", ["Short Duration Fund", "Short term", "Shortfin Ltd", "Equities"])
def test_lines_below_other_titles_keep_their_sign(tmp_path, title):
    book = _read(tmp_path, f"{_HEAD}{title},,,,\n{''.join(_LINES)}")
    assert book.rows["quantity"].tolist() == [1000.0, 500.0] and not len(book.issues)


def test_printed_signs_below_such_a_title_stay(tmp_path):
    book = _read(tmp_path, f"{_HEAD}Short,,,,\n{_LINES[0]}941 HK,China Mobile,-500,-25000,HKD\n")
    assert book.rows["quantity"].tolist() == [1000.0, -500.0]


def test_a_sheet_that_is_called_short_holds_shorts(tmp_path):
    path = tmp_path / "book.xlsx"
    frame = pd.DataFrame({"ISIN": [MOBILE], "Name": ["China Mobile"], "Shares": [500.0], "Market Value": [25000.0]})
    with pd.ExcelWriter(path) as writer:
        frame.assign(ISIN=CCCC).to_excel(writer, sheet_name="Long", index=False)
        frame.to_excel(writer, sheet_name="Short", index=False)
    assert read_holdings(path).rows["quantity"].tolist() == [500.0, -500.0]
