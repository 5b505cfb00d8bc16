"""Rounding and units happen in one place only."""

import numpy as np
import pandas as pd
import pytest

from impact.tables import display, format_value, neutralise_formula, to_html, to_latex


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("car", -0.10262, "-10.26 %"),
        ("p_value", 0.04321, "0.0432"),
        ("p_value", 0.0, "< 0.0001"),
        ("beta", 1.2449, "1.245"),
        ("flow_usd", 2.211e9, "2.21 bn"),
        ("multiples_of_adv", 3.685, "3.685"),
        ("cost_bps", 100.623, "100.6 bp"),
        ("n_obs", 246, "246"),
        ("held_share", 0.0192, "1.92 %"),
        ("car_low", -0.144, "-14.40 %"),
    ],
)
def test_the_column_name_decides_the_unit(column, value, shown):
    assert display(pd.DataFrame({column: [value]})).iloc[0, 0] == shown


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA])
def test_missing_is_a_dash_never_a_zero(missing):
    assert format_value(missing) == "–"


def test_display_leaves_the_frame_unrounded():
    frame = pd.DataFrame({"car": [0.123456789]})
    display(frame)
    assert frame.loc[0, "car"] == 0.123456789


def test_html_escapes_and_latex_escapes():
    frame = pd.DataFrame({"name": ["A&B <i>"]})
    assert "A&amp;B &lt;i&gt;" in to_html(frame)
    assert r"A\&B" in to_latex(frame, caption="5 % of a_b")
    assert r"5 \% of a\_b" in to_latex(frame, caption="5 % of a_b")


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", " =1", "\uff1d1"])
def test_spreadsheet_formulas_are_made_inert(text):
    assert neutralise_formula(text) == "'" + text.replace("\t", " ")
