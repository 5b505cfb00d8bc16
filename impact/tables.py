"""The only place where numbers are rounded, scaled to percent or basis points, or starred.

Results carry unrounded decimals; a printed or drawn table passes through :func:`display`.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

__all__ = ["display", "format_value", "neutralise_formula", "to_html", "to_latex", "to_text"]

MISSING = "–"


def _percent(value: float) -> str:
    return f"{100 * value:+.2f} %"


def _share(value: float) -> str:
    return f"{100 * value:.2f} %"


def _basis_points(value: float) -> str:
    return f"{value:,.1f} bp"


def _p_value(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _statistic(value: float) -> str:
    return f"{value:.3f}"


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _amount(value: float) -> str:
    size = abs(value)
    for scale, letter in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
        if size >= scale:
            return f"{value / scale:,.2f} {letter}"
    return f"{value:,.0f}" if size >= 1000 else f"{value:,.2f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"


FORMATS: Mapping[str, Callable[[float], str]] = {
    "return": _percent,
    "share": _share,
    "bps": _basis_points,
    "p": _p_value,
    "statistic": _statistic,
    "count": _count,
    "amount": _amount,
    "number": _number,
}

# The first pattern that matches a whole column name decides how the column is shown.
COLUMN_FORMATS: tuple[tuple[str, str], ...] = (
    (r"p|p_value|p_.*|.*_p|smallest_p|.*_p_value", "p"),
    (r"alpha|(.*_)?(return|ar|car|caar|aar|bhar)(_low|_high|_mid|_zero_alpha|_joint)?", "return"),
    (r"low|high|ci_low|ci_high|lower|upper", "return"),
    (r"sigma|mde|(.*_)?se", "share"),
    (r"(.*_)?(share|fraction|weight|pct_nav|participation|probability|coverage)(_low|_high|_mid)?", "share"),
    (r".*_bps(_low|_high|_mid)?", "bps"),
    (r"t|z|statistic|beta|r_squared|r_bar|.*_adv(_low|_high|_mid)?|.*_statistic|.*_multiple", "statistic"),
    (r"n|n_.*|df|.*_sessions|.*_days", "number"),
    (r"(.*_)?(usd|hkd|shares|value)(_low|_high|_mid)?|quantity.*|market_value.*", "amount"),
)


def format_value(value: object, kind: str = "number") -> str:
    """One cell as text: `kind` is a key of ``FORMATS``; missing values become a dash.

    Examples
    --------
    >>> format_value(-0.1026, "return"), format_value(0.00001, "p"), format_value(float("nan"))
    ('-10.26 %', '< 0.0001', '–')
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return MISSING
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.integer, np.floating)):
        number = float(value)
        if math.isnan(number):
            return MISSING
        if math.isinf(number):
            return "∞" if number > 0 else "-∞"
        return FORMATS[kind](number)
    if isinstance(value, pd.Timestamp):
        plain = value.tzinfo is None and value == value.normalize()
        return value.strftime("%Y-%m-%d") if plain else value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def _kind_of(column: object) -> str:
    name = re.sub(r"_(before|after)$", "", str(column).lower())
    for pattern, kind in COLUMN_FORMATS:
        if re.fullmatch(pattern, name):
            return kind
    return "number"


def display(frame: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A copy of `frame` with every cell as the text a reader should see.

    Parameters
    ----------
    frame : DataFrame
        Unrounded values, units in the column names.
    kinds : mapping of column name to a key of ``FORMATS``, optional
        Overrides the format that the column name implies.
    """
    kinds = kinds or {}
    columns = {}
    for position, column in enumerate(frame.columns):
        kind = kinds.get(str(column), _kind_of(column))
        columns[position] = [format_value(value, kind) for value in frame.iloc[:, position].tolist()]
    shown = pd.DataFrame(columns, index=frame.index, dtype=object)
    shown.columns = frame.columns
    return shown


def to_text(frame: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> str:
    """The table as fixed-width text for a terminal or a ``print``."""
    if frame.empty:
        return "(no rows)"
    return display(frame, kinds).to_string()


def to_html(frame: pd.DataFrame, kinds: Mapping[str, str] | None = None, caption: str = "") -> str:
    """The table as an escaped HTML fragment."""
    body = display(frame, kinds).to_html(escape=True, border=0, classes="impact-table")
    if not caption:
        return body
    return body.replace("<thead>", f"<caption>{html.escape(caption)}</caption><thead>", 1)


def to_latex(frame: pd.DataFrame, kinds: Mapping[str, str] | None = None, caption: str = "") -> str:
    """The table as a LaTeX ``tabular`` with rules from booktabs; needs no further package of pandas."""
    shown = display(frame, kinds)
    index_names = [str(name or "") for name in shown.index.names]
    header = index_names + [str(column) for column in shown.columns]
    lines = [
        r"\begin{table}",
        rf"\caption{{{_latex(caption)}}}" if caption else "",
        rf"\begin{{tabular}}{{{'l' * len(index_names)}{'r' * len(shown.columns)}}}",
        r"\toprule",
        " & ".join(_latex(cell) for cell in header) + r" \\",
        r"\midrule",
    ]
    for label, row in zip(shown.index, shown.itertuples(index=False), strict=True):
        labels = label if isinstance(label, tuple) else (label,)
        cells = [format_value(part) for part in labels] + list(row)
        lines.append(" & ".join(_latex(str(cell)) for cell in cells) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}", r"\end{table}"]
    return "\n".join(line for line in lines if line)


def _latex(text: str) -> str:
    for plain, escaped in (("\\", r"\textbackslash "), ("&", r"\&"), ("%", r"\%"), ("_", r"\_"), ("#", r"\#"), ("$", r"\$")):
        text = text.replace(plain, escaped)
    return text.replace(MISSING, "--")


def neutralise_formula(value: object) -> object:
    """Text that a spreadsheet would run as a formula, made inert with a leading apostrophe.

    Examples
    --------
    >>> neutralise_formula("=1+1"), neutralise_formula(-2.0), neutralise_formula("Xiaomi")
    ("'=1+1", -2.0, 'Xiaomi')
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
