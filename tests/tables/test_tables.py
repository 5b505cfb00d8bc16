"""Rounding and units happen in one place only, by what the schema says a column is."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.tables import (
    KINDS,
    Column,
    Schema,
    Vocabulary,
    display,
    format_value,
    neutralise,
    neutralise_formula,
    prose,
    ranged,
    to_html,
    to_latex,
    to_text,
)


def one(kind: str, value: object) -> str:
    return display(Schema("t", (Column("x", kind),)).table(pd.DataFrame({"x": [value]}))).iloc[0, 0]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("return", -0.10262, "-10.26 %"),
        ("return", -0.000001, "+0.00 %"),
        ("return_size", 0.0015, "0.15 %"),
        ("log_points", 0.6931, "+0.693"),
        ("log_points_size", 0.05, "0.050"),
        ("p", 0.04321, "0.0432"),
        ("p", 0.0, "< 0.0001"),
        ("statistic", 1.2449, "1.245"),
        ("money", 2.211e9, "2.21 bn"),
        ("shares", 1234.4, "1,234"),
        ("multiple", 3.685, "3.685"),
        ("bps", 100.623, "100.6 bp"),
        ("count", 1246, "1,246"),
        ("integer", 2021, "2021"),
        ("share", 0.0192, "1.92 %"),
        ("share", float("inf"), "∞"),
        ("date", pd.Timestamp("2021-01-15"), "2021-01-15"),
        ("instant", pd.Timestamp("2021-01-15 09:30", tz="America/New_York"), "2021-01-15 09:30-05:00"),
        ("flag", True, "yes"),
        ("code", 700, "700"),
    ],
)
def test_the_kind_of_the_column_decides_how_a_cell_reads(kind, value, shown):
    assert one(kind, value) == shown


def test_a_column_is_shown_by_its_declaration_never_by_its_name():
    schema = Schema("t", (Column("p_value", "money"), Column("cost_bps", "return")))
    assert display(schema.table(pd.DataFrame({"p_value": [2e6], "cost_bps": [0.01]}))).iloc[0].tolist() == ["2.00 m", "+1.00 %"]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA])
def test_missing_is_a_dash_in_every_kind_never_a_zero(kind, missing):
    assert format_value(missing, kind) == "–"


def test_display_leaves_the_frame_unrounded():
    frame = pd.DataFrame({"car": [0.123456789]})
    display(Schema("t", (Column("car", "return"),)).table(frame))
    assert frame.loc[0, "car"] == 0.123456789


def test_another_measured_quantity_has_its_own_unit():
    schema = Schema("t", (Column("car", "return"), Column("se", "return_size"), Column("p", "p"))).measured_in("log_points")
    assert [column.kind for column in schema] == ["log_points", "log_points_size", "p"]
    assert schema.column("car").unit == "log points"


def test_rows_of_unlike_things_are_each_shown_as_what_they_are():
    schema = Schema(
        "t", (Column("what"), Column("value", "by_row")), row_key="what", row_columns=(Column("p", "p"), Column("size", "return_size"))
    )
    table = schema.table(pd.DataFrame({"what": ["p", "size", "other"], "value": [0.5, 0.01, 3.0]}))
    assert display(table)["value"].tolist() == ["0.5000", "1.00 %", "3"]
    assert display(schema.table(table.frame.set_index("what")))["value"].tolist() == ["0.5000", "1.00 %", "3"]


def test_a_selection_keeps_the_columns_there_are():
    schema = Vocabulary(Column("a"), *ranged("b", "shares", "held")).schema("t", "a b_low")
    frame = pd.DataFrame({"a": [1], "z": [2]}).set_index("a")
    assert schema.table(frame.reset_index()).select(["z", "absent"]).frame.columns.tolist() == ["z"]


def test_a_schema_cannot_be_declared_wrongly():
    with pytest.raises(InputError, match="has kind='pct'; choose one of: text"):
        Column("x", "pct")
    with pytest.raises(InputError, match="declares x twice"):
        Schema("t", (Column("x"), Column("x")))
    with pytest.raises(InputError, match="names 1 columns that nothing declares"):
        Vocabulary(Column("a")).schema("t", "a b")


HOSTILE = "a_b & 5 % #1 $x$ {y} \\input{z} ^^5c ~ <i> \x1b[31mred \u202etxt\u2028=1"


def test_latex_leaves_no_special_character_unescaped():
    text = neutralise(HOSTILE, "latex")
    rest = text
    for escaped in (
        r"\textbackslash{}",
        r"\textasciicircum{}",
        r"\textasciitilde{}",
        r"\textless{}",
        r"\textgreater{}",
        r"\{",
        r"\}",
        r"\&",
        r"\%",
        r"\#",
        r"\$",
        r"\_",
    ):
        assert escaped in text
        rest = rest.replace(escaped, "")
    assert not set(rest) & set("\\{}&%#$_^~<>\x1b\u202e\u2028")


@pytest.mark.parametrize("output", ["terminal", "html", "latex", "sheet", "plain", "json"])
def test_no_output_lets_an_escape_sequence_or_a_bidi_mark_through(output):
    text = neutralise(HOSTILE, output)
    assert not set(text) & set("\x1b\u202e\u2028\u200b\x9b")
    assert "\\u202e" in text or "textbackslash{}u202e" in text


def test_html_and_latex_of_a_table_escape_cells_headings_and_caption():
    table = Schema("t", (Column("na_me"),)).table(pd.DataFrame({"na_me": ["A&B <i>"]}))
    assert "A&amp;B &lt;i&gt;" in to_html(table, caption="<b>")
    assert "&lt;b&gt;" in to_html(table, caption="<b>")
    assert r"A\&B" in to_latex(table)
    assert r"5 \% of a\_b" in to_latex(table, caption="5 % of a_b")


def test_no_row_of_a_latex_table_opens_with_an_argument_of_the_line_before():
    names = [
        "[5pt] name",
        "*n",
        " [x",
        "plain",
        "?`x",
    ]  # after a line's end LaTeX takes [5pt] for space, * for a command, and prints neither
    table = Schema("t", (Column("[idx"), Column("a"))).table(pd.DataFrame({"a": names}, index=pd.Index(names, name="[idx")))
    rows = [line for line in to_latex(table).splitlines() if line.endswith(r"\\")]
    assert rows[0].startswith("{}[idx & ")
    assert [row.split(" & ")[0] for row in rows[1:]] == ["{}[5pt] name", "{}*n", "{} [x", "plain", r"?\textasciigrave{}x"]


def test_text_of_a_table_is_made_inert_for_a_terminal():
    table = Schema("t", (Column("x"),)).table(pd.DataFrame({"x": ["\x1b]0;owned\x07"]}))
    assert "\x1b" not in to_text(table) and "\\x1b" in to_text(table)


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", " =1", "\uff1d1", "\u200b=1"])
def test_spreadsheet_formulas_are_made_inert(text):
    shown = neutralise_formula(text)
    assert shown.startswith(("'", "\\u200b"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (prose.percent(0.1026), "10.3 %"),
        (prose.percent(0.95, 0), "95 %"),
        (prose.signed_percent(-0.1026), "-10.3 %"),
        (prose.signed_percent(-0.0001), "+0.0 %"),
        (prose.count(1234.6), "1,235"),
        (prose.amount(-2.5e6), "-2.50 m"),
        (prose.interval(0.1, 0.2), "10.0 to 20.0 %"),
        (prose.interval(-0.1, float("nan"), prose.signed_percent), "-10.0 % to unknown"),
        (prose.interval(1, 2, prose.basis_points), "1.0 to 2.0 bp"),
        (prose.p_value(1e-9), "< 0.0001"),
        (prose.percent(None), "unknown"),
        (prose.decimal(float("inf")), "∞"),
        (prose.significant(123456.0), "1.23e+05"),
        (prose.date(pd.NaT), "unknown"),
        (prose.date(pd.Timestamp("2021-01-15")), "2021-01-15"),
    ],
)
def test_prose_says_a_figure_once_rounded_and_a_missing_one_unknown(text, shown):
    assert text == shown
