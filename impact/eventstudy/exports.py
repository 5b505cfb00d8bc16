"""What a study is written to: a figure, a figure of its groups, a workbook, a page, a table for a paper."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impact.errors import ImpactWarning, InputError
from impact.tables import Column, Schema, Table, prose, to_html, to_latex
from impact.typing_ import Window
from impact.whole_files import write_whole

if TYPE_CHECKING:
    from impact.eventstudy.placebo import PlaceboStudy
    from impact.plots.style import Axes

__all__ = ["StudyExports"]

STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
"""Marks of a p-value at or below each level, as journals of finance set them."""
COMPACT = Schema(
    name="compact",
    about="a window, as a paper prints it",
    columns=(
        Column("window", short="window", about="inclusive sessions from day 0"),
        Column("n_events", "integer", short="N"),
        Column("car", short="mean CAR", about="stars for p at most 0.10, 0.05, 0.01"),
        Column("interval", short="interval"),
        Column("p_value", "p", short="p"),
        Column("test", short="test"),
    ),
)


_POLICY = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">"""
"""Of a page without a script: nothing is run, nothing is loaded."""


class StudyExports:
    """Mix-in of :class:`~impact.eventstudy.EventStudyResult`: how it is drawn and written."""

    @property
    def usual_windows(self: Any) -> tuple[Window, ...]:
        """The windows that are shown where none are named: day 0, (0, 1), (-1, 1) and the whole event window."""
        first, last = self.design.window
        return tuple(dict.fromkeys((a, b) for a, b in ((0, 0), (0, 1), (-1, 1), (first, last)) if first <= a and b <= last))

    def plot(self: Any, *, ax: Axes | None = None, title: str | None = None) -> Axes:
        """CAR from the first offset of the event window, with its interval."""
        from impact.plots.eventstudy import plot_car_path

        return plot_car_path(self.path(), model=self.design.model, quantity=self.quantity, level=self.design.level, title=title, ax=ax)

    def groups(self: Any, by: str = "group") -> dict[Hashable, Any]:
        """The study of each group of events by itself, in the order of the event table.

        Parameters
        ----------
        by : str
            A column of the event table; an event without a value is in no group, which is warned of.

        Raises
        ------
        InputError
            If the events have no such column, or no value in it.
        """
        if by not in self.events.columns:
            raise InputError(f"by={by!r} is not a column of the events ({', '.join(map(str, self.events.columns))}); name one of them.")
        values = self.events[by]
        names = list(dict.fromkeys(values.dropna().tolist()))
        if not names:
            raise InputError(f"by={by!r} is empty for all {self.n_events} events; fill it in.")
        if values.isna().any():
            first = self.events["event_id"][values.isna()].tolist()[0]
            told = f"{by!r} is empty for {int(values.isna().sum())} of {self.n_events} events (first {first!r}), which are in no group"
            warnings.warn(f"{told}; fill it in, or name them a group of their own.", ImpactWarning, stacklevel=2)
        return {name: self.take((values == name).to_numpy()) for name in names}

    def plot_groups(self: Any, by: str = "group", *, ax: Axes | None = None, title: str | None = None) -> Axes:
        """The CAR path of each group of events in one figure, each with its own interval."""
        from impact.plots.eventstudy import plot_group_paths

        paths = {str(name): study.path() for name, study in self.groups(by).items()}
        return plot_group_paths(paths, quantity=self.quantity, level=self.design.level, title=title, ax=ax)

    def placebo(self: Any, a: int, b: int, event_id: Hashable | None = None) -> PlaceboStudy:
        """One event among the same window on every other day and line: see :func:`impact.eventstudy.placebo_windows`.

        Parameters
        ----------
        a, b : int
            Inclusive session offsets.
        event_id : optional
            May be left out where the study has one event.

        Raises
        ------
        InputError
            If it is no event of the study, or is needed.
        """
        from impact.eventstudy.placebo import placebo_windows

        ids = self.events["event_id"]
        if event_id is None and len(ids) > 1:
            raise InputError(f"event_id is missing; the study has {len(ids)} events (first {ids.tolist()[0]!r}): name the one to rank.")
        at = np.flatnonzero((ids == event_id).to_numpy()) if event_id is not None else np.array([0])
        if not at.size:
            raise InputError(
                f"event_id={event_id!r} is none of the {len(ids)} events used (first {ids.tolist()[0]!r}); see result.dropped."
            )
        return placebo_windows(self.fit, int(at[0]), a, b)

    def compact(self: Any, windows: Sequence[Window] | None = None) -> Table:
        """A row a window as a paper prints it: N, the mean CAR with stars, its interval, p and the test that leads."""
        rows = self.over(windows or self.usual_windows)
        returns = self.quantity == "return"
        signed, plain = (prose.signed_percent, prose.percent) if returns else (prose.signed_decimal, prose.decimal)
        cars = [
            signed(car, 2) + next((mark for level, mark in STARS if p <= level), "")
            for car, p in zip(rows["car"], rows["p_value"], strict=True)
        ]
        spans = [
            prose.interval(low, high, plain, 2) if np.isfinite(low) and np.isfinite(high) else "none"
            for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
        ]
        frame = rows[["window", "n_events"]].assign(
            car=cars, interval=spans, p_value=rows["p_value"], test=rows["test"].replace("", "none")
        )
        return COMPACT.table(frame.set_index("window"))

    def to_latex(self: Any, windows: Sequence[Window] | None = None, *, caption: str | None = None) -> str:
        """:meth:`compact` as a LaTeX table with rules of booktabs, and what the stars mean below it."""
        level = prose.percent(self.design.level, 0)
        said = (
            caption
            if caption is not None
            else f"Mean cumulative abnormal {self.quantity}, {level} interval. Stars: * p at most 0.10, ** 0.05, *** 0.01."
        )
        return to_latex(self.compact(windows), caption=said)

    def to_excel(self: Any, path: str | Path, windows: Sequence[Window] | None = None) -> Path:
        """Write every table of the study to a workbook, one sheet each: CARs, tests, estimates, abnormal returns, drops.

        Raises
        ------
        InputError
            If openpyxl is not installed, or the file cannot be written.
        """
        from impact.eventstudy.files import printed_tables, study_tables
        from impact.tables.workbook import to_workbook

        laid_out = study_tables(self, tuple(windows or self.usual_windows))
        tables = printed_tables(laid_out, self, full=True)
        rest = {"Assumptions": (*laid_out.remarks, *self.assumptions), "Sources": tuple(map(str, self.sources))}
        return write_whole(path, to_workbook(tables, title=self.summary().title, texts=rest), parameter="path")

    def to_html(self: Any, path: str | Path | None = None, windows: Sequence[Window] | None = None) -> str:
        """One self-contained page: the CAR path, the inference over each window, tests, estimates, what was dropped.

        Parameters
        ----------
        path : path, optional
            Where to write it.
        windows : sequence of (first, last), optional

        Returns
        -------
        str
            The page.
        """
        from impact.eventstudy.files import printed_tables, study_tables
        from impact.plots.style import figure_of, svg_text

        summary = self.summary()
        laid_out = study_tables(self, tuple(windows or self.usual_windows))
        if windows is not None:
            summary = replace(summary, notes=tuple(dict.fromkeys((*laid_out.remarks, *summary.notes))))
        tables = printed_tables(laid_out, self, full=False)
        drawn = svg_text(
            figure_of(self.plot()), alternative=f"cumulative abnormal {self.quantity} by session from the event day, with its interval"
        )
        parts = [drawn, *(to_html(table, caption=name) for name, table in tables.items())]
        head = f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{_POLICY}<title>Event study</title></head><body>"
        page: str = head + summary._repr_html_() + "".join(parts) + "</body></html>\n"
        if path is not None:
            write_whole(path, page, parameter="path")
        return page
