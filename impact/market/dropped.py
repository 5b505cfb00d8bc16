"""Rows of the input that a panel does not use: one table, each with the reason, and the line that tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

__all__ = ["DROPPED_COLUMNS", "dropped_notes", "dropped_rows"]

DROPPED_COLUMNS = ["security", "session", "reason", "source"]


def dropped_rows(rows: Iterable[tuple[str, Any, str, str]] = ()) -> pd.DataFrame:
    """A table of refused rows: security, session (NaT when the row has none), reason, source (file and line)."""
    frame = pd.DataFrame(list(rows), columns=DROPPED_COLUMNS)
    frame["session"] = pd.to_datetime(frame["session"]).astype("datetime64[ns]")
    return frame


def dropped_notes(dropped: pd.DataFrame) -> tuple[str, ...]:
    """What was refused, in one line; none when nothing was."""
    if dropped.empty:
        return ()
    first = dropped.iloc[0]
    when = "" if pd.isna(first["session"]) else f" on {first['session']:%Y-%m-%d}"
    return (f"{len(dropped)} figure(s) of the input are not used (first {first['security']}{when}: {first['reason']}).",)
