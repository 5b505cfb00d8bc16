"""What is said of a file's decimal sign and of its days is used where the file leaves them open; what tells itself is read as it tells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.market import load_panel
from impact.market.written_numbers import read_numbers

DAYS = pd.bdate_range("2026-01-05", periods=30)
CLOSES = 87.5 + np.arange(30) % 5


def written(path, *, days="%Y-%m-%d", sign=".", digits=2):
    rows = [f"{day:{days}};{close:.{digits}f}".replace(".", sign) for day, close in zip(DAYS, CLOSES, strict=True)]
    path.write_text("date;close\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("sign", [".", ","])
def test_figures_that_tell_their_sign_are_read_by_it_whatever_is_stated(tmp_path, sign):
    other = "," if sign == "." else "."
    path = written(tmp_path / "X.csv", sign=sign)
    panel = load_panel(path, decimal=other)
    assert panel.close["X"].tolist() == CLOSES.tolist()
    first = f"87{sign}50"
    assert (
        f"X.csv: the stated decimal sign {other!r} is not used for it: its figures, such as {first}, tell that it is {sign!r}."
        in panel.read_as
    )
    assert load_panel(path, decimal=sign).read_as == ()


def test_one_statement_serves_files_that_need_it_and_files_that_do_not(tmp_path):
    (tmp_path / "OPEN.csv").write_text("date;close\n" + "".join(f"{day:%Y-%m-%d};{n + 65},123\n" for n, day in enumerate(DAYS)))
    written(tmp_path / "TELLS.csv", sign=".")
    pd.DataFrame({"date": DAYS, "close": CLOSES}).to_parquet(tmp_path / "TYPED.parquet")
    with pytest.raises(InputError, match=r"OPEN.csv: '94,123' may be thousands or decimals"):
        load_panel(tmp_path)
    panel = load_panel(tmp_path, decimal=",")
    assert panel.close.iloc[0].to_dict() == {"OPEN": 65.123, "TELLS": 87.5, "TYPED": 87.5}
    told = [note for note in panel.read_as if "stated" in note]
    assert len(told) == 1 and told[0].startswith("TELLS.csv: ")


@pytest.mark.parametrize(
    ("rows", "sign", "closes"),
    [
        (["1.234", "1.235"], ",", [1234.0, 1235.0]),  # open: a point before three digits
        (["1.234", "1.235"], ".", [1.234, 1.235]),
        (["1,234", "1,235"], ",", [1.234, 1.235]),
        (["1.234.567", "1.235"], ".", [1_234_567.0, 1235.0]),  # a point that stands twice groups
        (["1,234,567", "1,235"], ",", [1_234_567.0, 1235.0]),
        (["1234", "1235"], ",", [1234.0, 1235.0]),
    ],
)
def test_what_the_figures_leave_open_is_as_stated(tmp_path, rows, sign, closes):
    (tmp_path / "X.csv").write_text("date;close\n" + "".join(f"{day:%Y-%m-%d};{cell}\n" for day, cell in zip(DAYS, rows, strict=False)))
    assert load_panel(tmp_path / "X.csv", decimal=sign).close["X"].tolist() == closes


@pytest.mark.parametrize(("stray", "sign"), [("88,1", "."), ("88.1", ",")])
def test_a_figure_with_the_other_sign_is_refused_and_not_read_tenfold(tmp_path, stray, sign):
    path = written(tmp_path / "X.csv", sign=sign)
    days = pd.bdate_range("2026-02-16", periods=300)  # beyond the rows that the sign is told by
    body = "".join(f"{day:%Y-%m-%d};90{sign}25\n" for day in days[:-1])
    path.write_text(path.read_text() + body + f"{days[-1]:%Y-%m-%d};{stray}\n")
    panel = load_panel(path)
    assert panel.sessions[-1] == days[-2]
    assert panel.dropped["reason"].tolist() == [f"close is not a number: {stray}"]


def test_a_grouping_that_does_not_stand_before_three_digits_is_no_figure():
    cells = pd.Series(["1,23,456.50", "1234,567.25", "-1,234.5", "12,34.50", "1.5,000", "87,50", ",5", "1,,000"])
    numbers, bad = read_numbers(cells, ".")
    np.testing.assert_array_equal(numbers, [123_456.5, 1_234_567.25, -1234.5, *[np.nan] * 5])
    assert bad.tolist() == [False] * 3 + [True] * 5
    swapped = cells.map(lambda text: text.translate(str.maketrans(",.", ".,")))
    np.testing.assert_array_equal(read_numbers(swapped, ",")[0], numbers)


@pytest.mark.parametrize("stated", [None, ".", ","])
def test_a_workbook_may_hold_prices_as_text_beside_volumes_as_numbers(tmp_path, stated):
    frame = pd.DataFrame({"Date": DAYS.strftime("%Y-%m-%d"), "Close": [f"{close:.2f}".replace(".", ",") for close in CLOSES]})
    frame.assign(Volume=np.arange(30) + 1_200_345.0, Dividends=0.25).to_excel(tmp_path / "X.xlsx", index=False)
    panel = load_panel(tmp_path / "X.xlsx", decimal=stated)
    assert panel.close["X"].tolist() == CLOSES.tolist()
    assert panel.volume["X"].iloc[1] == 1_200_346 and panel.dividends["X"].iloc[0] == 0.25
    assert bool([note for note in panel.read_as if "stated decimal sign" in note]) == (stated == ".")


@pytest.mark.parametrize("stated", [".", ",", None])
def test_a_workbook_of_numbers_needs_no_sign(tmp_path, stated):
    pd.DataFrame({"Date": DAYS.strftime("%Y-%m-%d"), "Close": CLOSES + 0.125}).to_excel(tmp_path / "X.xlsx", index=False)
    panel = load_panel(tmp_path / "X.xlsx", decimal=stated)
    assert panel.close["X"].tolist() == (CLOSES + 0.125).tolist()
    assert not [note for note in panel.read_as if "stated" in note]


@pytest.mark.parametrize(
    ("days", "stated", "said"),
    [
        ("%d/%m/%Y", "%m/%d/%Y", True),
        ("%m/%d/%Y", "%d/%m/%Y", True),
        ("%d.%m.%Y", "%m.%d.%Y", True),
        ("%Y-%m-%d", "%Y-%d-%m", True),
        ("%Y-%m-%d", "%d/%m/%Y", False),  # years first leave nothing open: what settles other files says nothing of this one
        ("%d-%b-%Y", "%m/%d/%Y", False),
        ("%Y%m%d", "%d/%m/%Y", False),
        ("%d/%m/%Y", "%d/%m/%Y", False),
        ("%d.%m.%y", "%d.%m.%y", False),  # a form that only the statement knows
        ("%d%m%Y", "%d%m%Y", False),  # eight digits that are a year first in other files
    ],
)
def test_days_that_tell_themselves_are_read_as_they_tell(tmp_path, days, stated, said):
    panel = load_panel(written(tmp_path / "X.csv", days=days), date_format=stated)
    assert panel.sessions.tolist() == DAYS.tolist() and panel.dropped.empty
    told = [note for note in panel.read_as if "date_format" in note]
    assert bool(told) == said and (not said or told[0].startswith(f"X.csv: the stated date_format {stated!r} is not used"))


def test_days_that_are_open_are_as_stated(tmp_path):
    (tmp_path / "X.csv").write_text("date;close\n03/11/2026;87.5\n04/11/2026;88.5\n")
    for stated, first in (("%d/%m/%Y", "2026-11-03"), ("%m/%d/%Y", "2026-03-11")):
        panel = load_panel(tmp_path / "X.csv", date_format=stated)
        assert panel.sessions[0] == pd.Timestamp(first) and not [note for note in panel.read_as if "stated" in note]
    with pytest.raises(InputError, match="no date can be read as '%Y-%m-%d'"):
        load_panel(tmp_path / "X.csv", date_format="%Y-%m-%d")
