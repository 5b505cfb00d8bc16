"""Cells that needed care, gathered while a table is interpreted."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["ISSUE_DTYPES", "CellReport"]

ISSUE_DTYPES = {"row": "int64", "column": "str", "value": "object", "problem": "str", "action": "str"}


@dataclass(eq=False, kw_only=True)
class CellReport:
    """Cells that needed care, gathered while a table is interpreted."""

    line: np.ndarray
    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(self, where: np.ndarray, column: str, values: object, problem: object, action: object) -> None:
        if np.any(where):
            told = (("value", values), ("problem", problem), ("action", action))
            picked = {name: cells if isinstance(cells, str) else np.asarray(cells, dtype=object)[where] for name, cells in told}
            self.parts.append(pd.DataFrame({"row": self.line[where], "column": column, **picked}))

    @staticmethod
    def none() -> pd.DataFrame:
        """Not one cell."""
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in ISSUE_DTYPES.items()})

    def frame(self) -> pd.DataFrame:
        if not self.parts:
            return self.none()
        return pd.concat(self.parts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
