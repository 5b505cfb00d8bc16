"""Sheets and sections that tell one book twice are counted once, and said; where that is not certain both are counted, and said."""

import pandas as pd
import pytest

from impact.holdings import read_holdings

XIAOMI, MOBILE, CNOOC, APPLE = "KYG9830T1067", "HK0941009539", "HK0883013259", "US0378331005"


def lines(**quantities):
    codes = {"xiaomi": XIAOMI, "mobile": MOBILE, "cnooc": CNOOC, "apple": APPLE}
    rows = [(codes[name], name, float(n), 10.0 * n) for name, n in quantities.items()]
    return pd.DataFrame(rows, columns=["ISIN", "Name", "Quantity", "Market Value"])


def read(tmp_path, as_of=None, **sheets):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    return read_holdings(path, as_of=as_of)


def kept(book):
    assert len(book.rows) + len(book.dropped) == book.n_rows
    return book.rows.groupby("sheet", sort=False).size().to_dict()


def said(book):
    return " / ".join(f"{problem}: {action}" for problem, action in zip(book.issues["problem"], book.issues["action"], strict=True))


A, B = lines(xiaomi=100, mobile=50), lines(xiaomi=20, cnooc=70, apple=5)
SUM = lines(xiaomi=120, mobile=50, cnooc=70, apple=5)


@pytest.mark.parametrize("name", ["Total", "All positions", "Summary", "Gesamt", "Consolidated"])
@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_of_the_sums_of_the_others_is_a_total(tmp_path, name, first):
    sheets = {name: SUM, "Fund A": A, "Fund B": B} if first else {"Fund A": A, "Fund B": B, name: SUM}
    book = read(tmp_path, **sheets)
    assert kept(book) == {"Fund A": 2, "Fund B": 3} and book.rows["quantity"].sum() == 245.0
    assert f"the lines of {name} are the sums of those of Fund A, Fund B: counted once" in said(book)
    assert set(book.dropped["sheet"]) == {name} and book.dropped["reason"].str.contains("Fund A, Fund B").all()


def test_a_total_sheet_may_list_the_lines_of_the_others_again(tmp_path):
    book = read(tmp_path, **{"Fund A": A, "Fund B": B, "All": pd.concat([A, B])})
    assert kept(book) == {"Fund A": 2, "Fund B": 3}


def test_a_total_beside_one_sheet_is_that_sheet_again(tmp_path):
    assert kept(read(tmp_path, **{"Fund A": A, "Total": A})) == {"Fund A": 2}


def test_sums_under_another_name_are_told_by_the_securities_that_others_share(tmp_path):
    assert kept(read(tmp_path, **{"Fund A": A, "Fund B": B, "Group": SUM})) == {"Fund A": 2, "Fund B": 3}


def test_a_total_that_is_no_sum_is_counted_and_said(tmp_path):
    book = read(tmp_path, **{"Fund A": A, "Fund B": B, "Total": lines(xiaomi=130, mobile=50)})
    assert kept(book) == {"Fund A": 2, "Fund B": 3, "Total": 2}
    assert "the lines of Total are no plain sums of the others, and Total is named as a total of Fund A, Fund B" in said(book)


def test_sheets_that_are_days_are_one_book_of_which_the_latest_counts(tmp_path):
    book = read(tmp_path, **{"2021-01-13": lines(xiaomi=90, mobile=50), "2021-01-14": A})
    assert kept(book) == {"2021-01-14": 2} and book.as_of == pd.Timestamp("2021-01-14") and book.as_of_basis == "sheet name"
    assert "2021-01-13 and 2021-01-14 are one book on two days: only 2021-01-14 is counted" in said(book)


def test_the_day_that_is_asked_for_is_the_one_that_counts(tmp_path):
    sheets = {"2021-01-13": lines(xiaomi=90, mobile=50), "2021-01-14": A}
    assert kept(read(tmp_path, as_of="2021-01-13", **sheets)) == {"2021-01-13": 2}


def test_days_with_other_securities_are_counted_and_said(tmp_path):
    book = read(tmp_path, **{"2021-01-13": lines(cnooc=90, apple=50), "2021-01-14": A})
    assert kept(book) == {"2021-01-13": 2, "2021-01-14": 2} and "two books, or one on two days?" in said(book)


def test_funds_of_two_days_are_two_books(tmp_path):
    assert kept(read(tmp_path, **{"Fund A 2021-01-13": A, "Fund B 2021-01-14": B})) == {"Fund A 2021-01-13": 2, "Fund B 2021-01-14": 3}


def test_a_copy_is_counted_once(tmp_path):
    book = read(tmp_path, **{"Holdings": B, "Holdings (2)": B})
    assert kept(book) == {"Holdings": 3} and "Holdings (2) and Holdings hold the same lines: counted once" in said(book)


def test_two_lines_that_are_alike_are_a_doubt(tmp_path):
    book = read(tmp_path, **{"Fund A": A, "Fund B": A})
    assert kept(book) == {"Fund A": 2, "Fund B": 2} and "hold the same lines: one book told twice?" in said(book)


def test_accounts_that_the_file_names_are_two_books(tmp_path):
    book = read(tmp_path, One=B.assign(Account="U1"), Two=B.assign(Account="U2"))
    assert kept(book) == {"One": 3, "Two": 3} and "told twice" not in said(book)


def test_amounts_of_one_book_on_two_sheets_are_said(tmp_path):
    book = read(tmp_path, Units=B.drop(columns="Market Value"), Values=B.drop(columns="Quantity"))
    assert len(book.rows) == 6 and "one with the amounts that the other leaves out" in said(book)


def test_funds_that_share_securities_are_two_books_without_a_word(tmp_path):
    book = read(tmp_path, **{"Fund A": A, "Fund B": lines(xiaomi=70, mobile=10)})
    assert kept(book) == {"Fund A": 2, "Fund B": 2} and "twice" not in said(book)


@pytest.mark.parametrize("name", ["Total Return Fund", "All Cap Fund"])
def test_a_fund_called_by_such_a_word_is_no_total(tmp_path, name):
    book = read(tmp_path, **{"Fund A": A, name: B})
    assert kept(book) == {"Fund A": 2, name: 3} and "total" not in said(book)


def test_sections_of_one_sheet_are_told_by_their_titles(tmp_path):
    head = "ISIN,Name,Quantity,Market Value\n"
    text = f"Fund A\n{head}{XIAOMI},Xiaomi,100,1000\n{MOBILE},China Mobile,50,500\n\nFund B\n{head}{XIAOMI},Xiaomi,20,200\n{APPLE},Apple,5,50\n\n"
    text += f"All positions\n{head}{XIAOMI},Xiaomi,120,1200\n{MOBILE},China Mobile,50,500\n{APPLE},Apple,5,50\n"
    path = tmp_path / "book.csv"
    path.write_text(text)
    book = read_holdings(path)
    assert book.rows["quantity"].tolist() == [100.0, 50.0, 20.0, 5.0]


@pytest.mark.parametrize(
    "names", [("Q3", "Q4"), ("2020-12", "2021-01"), ("Dec 2020", "Jan 2021"), ("2019", "2020"), ("January", "February")]
)
def test_sheets_of_periods_are_counted_and_said(tmp_path, names):
    book = read(tmp_path, **dict(zip(names, (lines(xiaomi=90, mobile=50), A), strict=True)))
    assert kept(book) == {names[0]: 2, names[1]: 2}
    assert f"{names[0]} and {names[1]} are named by periods and hold the same securities: one book at two times?" in said(book)


@pytest.mark.parametrize("names", [("A", "B"), ("12345", "67890"), ("Q3 Fund", "Q4 Fund"), ("March Capital", "Mayfair")])
def test_names_that_are_no_periods_say_nothing(tmp_path, names):
    assert "periods" not in said(read(tmp_path, **dict(zip(names, (lines(xiaomi=90, mobile=50), A), strict=True))))


@pytest.mark.parametrize(
    "names", [("Husband", "Wife"), ("20190412", "20201105"), ("01.02.03", "01.02.04"), ("U123", "U456"), ("Depot 1", "Depot 2")]
)
def test_the_same_lines_under_two_owners_are_two_books_and_said(tmp_path, names):
    book = read(tmp_path, **dict.fromkeys(names, B))
    assert kept(book) == {names[0]: 3, names[1]: 3}
    assert "one book told twice?" in said(book) or "one book at two times?" in said(book)


@pytest.mark.parametrize("names", [("Current", "Previous"), ("Holdings prior", "Holdings current"), ("Neu", "Alt")])
def test_sheets_of_now_and_before_are_said(tmp_path, names):
    book = read(tmp_path, **dict(zip(names, (lines(xiaomi=90, mobile=50), A), strict=True)))
    assert len(book.rows) == 4 and "one book at two times?" in said(book)


def test_the_largest_positions_of_a_book_are_counted_once(tmp_path):
    top = lines(xiaomi=20, cnooc=70)
    book = read(tmp_path, **{"Top 10": top, "Positions": B})
    assert kept(book) == {"Positions": 3} and "all lines of Top 10 stand in Positions too: counted once" in said(book)
    book = read(tmp_path, **{"Fund A": top, "Fund B": B})
    assert kept(book) == {"Fund A": 2, "Fund B": 3} and "all lines of Fund A stand in Fund B too: one book told twice?" in said(book)
