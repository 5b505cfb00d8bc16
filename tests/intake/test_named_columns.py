"""Tables under a header row, whatever the kind of their file."""

import pandas as pd
import pytest

import impact
from impact.errors import InputError
from impact.eventstudy.files import read_events
from impact.intake.named_columns import read_named_columns

EVENTS = pd.DataFrame({"event_id": ["a", "b"], "security": ["NA", "1810.HK"], "date": ["2021-01-05", "2021-01-06"], "size": ["1", "2.5"]})


def written(tmp_path, name):
    path = tmp_path / name
    if name.endswith(".csv"):
        EVENTS.to_csv(path, index=False, sep=";" if "semicolon" in name else ",", encoding="utf-16" if "utf16" in name else "utf-8")
    elif name.endswith(".xlsx"):
        EVENTS.assign(date=pd.to_datetime(EVENTS["date"]), size=[1.0, 2.5]).to_excel(path, index=False)
    elif name.endswith(".parquet"):
        EVENTS.assign(date=pd.to_datetime(EVENTS["date"])).to_parquet(path)
    else:
        EVENTS.to_json(path, orient="records")
    return path


@pytest.mark.parametrize("name", ["plain.csv", "semicolon.csv", "utf16.csv", "book.xlsx", "table.parquet", "records.json"])
def test_events_of_any_kind_of_file_are_the_same(tmp_path, name):
    events = read_events(written(tmp_path, name))
    assert events["security"].tolist() == ["NA", "1810.HK"]  # a security may be called so
    assert events["date"].tolist() == ["2021-01-05", "2021-01-06"] and events["size"].tolist() == [1.0, 2.5]


def test_a_trailing_comma_and_an_empty_cell_cost_nothing(tmp_path):
    (tmp_path / "e.csv").write_text("event_id,security,date,group,\na,X,2021-01-05,,\nb,Y,2021-01-06,old,\n")
    events = read_events(tmp_path / "e.csv")
    assert list(events) == ["event_id", "security", "date", "group"] and events["group"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("security,date\nX,2021-01-05,7\n", "line 2: a cell stands under no heading"),
        ("security,date,date\nX,2021-01-05,7\n", "heading 'date' 2 times"),
        ("", "is empty"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, text, told):
    (tmp_path / "e.csv").write_text(text)
    with pytest.raises(InputError, match=told):
        read_named_columns(tmp_path / "e.csv", "events")


def test_the_sheet_with_the_columns_asked_for_is_read(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"note": ["made up"]}).to_excel(book, sheet_name="About", index=False)
        EVENTS.to_excel(book, sheet_name="Events", index=False)
    assert read_events(path)["event_id"].tolist() == ["a", "b"]
    with pytest.raises(InputError, match="2 sheets"):
        read_named_columns(path, "events")


def test_lines_of_a_file_are_its_own(tmp_path):
    (tmp_path / "f.csv").write_text("a,b\n\n1,2\n\n3,4\n")
    assert read_named_columns(tmp_path / "f.csv", "facts").index.tolist() == [3, 5]


def test_a_refusal_is_one_line_whatever_a_library_said():
    assert str(impact.InputError("broken (first\n  second)\u2028third")) == "broken (first second) third"
