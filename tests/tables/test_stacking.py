"""Tables one below the other."""

import pandas as pd

from impact.tables.stacking import stacked


def test_a_table_without_rows_leaves_no_mark_on_the_kinds():
    empty = pd.DataFrame({"row": pd.Series(dtype="object"), "value": pd.Series(dtype="object")})
    full = pd.DataFrame({"row": [3, 5], "value": [1.5, 2.5]})
    table = stacked(part for part in (empty, full, empty, full[1:]))
    assert table["row"].tolist() == [3, 5, 5] and table.index.tolist() == [0, 1, 2]
    assert table.dtypes.to_dict() == full.dtypes.to_dict()


def test_without_rows_the_first_table_tells_the_columns():
    assert stacked([pd.DataFrame(columns=["a"]), pd.DataFrame(columns=["b"])]).columns.tolist() == ["a"]
    assert stacked([]).empty
