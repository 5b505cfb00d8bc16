"""What stands in one cell with something else: an ISIN in a name, the parts that a weight is in."""

import pytest

from impact.holdings import read_holdings


def read(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return read_holdings(path)


@pytest.mark.parametrize(
    "cell", ["XIAOMI CORP KYG9830T1067", "KYG9830T1067 XIAOMI CORP", "XIAOMI CORP (KYG9830T1067)", "XIAOMI CORP / KYG9830T1067"]
)
def test_an_isin_in_a_name_is_the_code_of_the_line(tmp_path, cell):
    row = read(tmp_path, f"Security,Quantity,Market Value\n{cell},1000,4000\nApple,10,1300\n").rows
    assert row["isin"].tolist() == ["KYG9830T1067", ""] and row["name"].tolist() == ["XIAOMI CORP", "Apple"]


def test_a_code_of_its_own_column_is_not_replaced_and_words_of_that_length_are_no_code(tmp_path):
    row = read(tmp_path, "Security,ISIN,Quantity\nTRACKER ON KYG9830T1067,DE000A0F5UF5,5\n").rows
    assert row["isin"].tolist() == ["DE000A0F5UF5"] and row["name"].tolist() == ["TRACKER ON KYG9830T1067"]
    row = read(tmp_path, "Security,Quantity\nTRS on KYG9830T1067,5\n").rows
    assert row["isin"].tolist() == [""] and row["instrument"].tolist() == ["swap"]
    row = read(tmp_path, "Security,Quantity\nNOTE KYG9830T1068 DUE,5\n").rows
    assert row["isin"].tolist() == [""] and row["name"].tolist() == ["NOTE KYG9830T1068 DUE"]


@pytest.mark.parametrize(
    ("heading", "weight"),
    [
        ("Weight in ‰", 0.6),
        ("Weight ‰", 0.6),
        ("Gewicht in ‰", 0.6),
        ("Weight in bps", 0.06),
        ("Weight in permille", 0.6),
        ("Anteil in Promille", 0.6),
    ],
)
def test_a_weight_may_say_the_parts_that_it_is_in(tmp_path, heading, weight):
    book = read(tmp_path, f"ISIN,Name,{heading}\nKYG9830T1067,XIAOMI,600\nHK0941009539,CHINA MOBILE,400\n")
    assert book.rows["weight"].tolist() == pytest.approx([weight, weight / 1.5])


def test_a_value_in_such_parts_is_no_value(tmp_path):
    book = read(tmp_path, "ISIN,Name,Shares,Market Value in bps\nKYG9830T1067,XIAOMI,600,40\n")
    assert book.rows["market_value"].isna().all()
