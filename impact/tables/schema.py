"""What a column of a table is: kind, unit, short heading, meaning. A table crosses a room together with this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from impact.errors import InputError
from impact.tables.kinds import KINDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Schema", "Table", "Vocabulary", "ranged"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        As it stands in the frame, in CSV, JSON and Parquet.
    kind : str
        Key of ``impact.tables.KINDS``: how a cell is shown.
    unit : str, optional
        Unit of the stored value; that of the kind when empty.
    short : str, optional
        Heading in a page or a figure; the name with spaces when empty.
    about : str, optional
        What the column says, in one clause, with what a missing value means where that is not "unknown".
    sparse : bool
        Text that most tables have none of: it is shown to a reader only where a row has some. Files always hold it.
    """

    name: str
    kind: str = "text"
    unit: str = ""
    short: str = ""
    about: str = ""
    sparse: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"column {self.name!r} has kind={self.kind!r}; choose one of: {', '.join(KINDS)}.")
        if not self.unit:
            object.__setattr__(self, "unit", KINDS[self.kind].unit)
        if not self.short:
            object.__setattr__(self, "short", self.name.replace("_", " "))

    def named(self, name: str, short: str = "", about: str = "") -> Column:
        """The same quantity under another name, such as one end of a range."""
        return replace(self, name=name, short=short or name.replace("_", " "), about=about or self.about)


@dataclass(frozen=True, eq=False)
class Schema:
    """The columns that a table of this name may have, in the order of the reader.

    Parameters
    ----------
    name : str
        Name of the table, unique in the project.
    columns : tuple of Column
        Every column that the table may have; a frame may leave some out.
    extra : Column, optional
        How a column outside `columns` is shown, for tables whose columns depend on the input: factors of a model, columns
        of a user's file. Without it every column must be declared.
    about : str, optional
        What one row is.
    row_key, row_columns : str and tuple of Column, optional
        For a table whose rows are unlike things, such as the fields of one record: the column that names the thing, and
        what each thing is. A column of kind ``by_row`` is shown by these.
    """

    name: str
    columns: tuple[Column, ...]
    extra: Column | None = None
    about: str = ""
    row_key: str = ""
    row_columns: tuple[Column, ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) != len(self.columns):
            names = [column.name for column in self.columns]
            repeated = sorted({name for name in names if names.count(name) > 1})
            raise InputError(f"schema {self.name!r} declares {', '.join(repeated)} twice; a column is declared once.")
        object.__setattr__(self, "_by_name", by_name)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def column(self, name: object) -> Column:
        """The declaration of one column; that of `extra`, or plain text, for a column that the schema does not name."""
        known = self._by_name.get(str(name))
        if known is not None:
            return known
        return Column(str(name), "number") if self.extra is None else self.extra.named(str(name))

    def kinds(self, frame: pd.DataFrame, name: object) -> list[str]:
        """The kind of every cell of one column of `frame`."""
        kind = self.column(name).kind
        if kind != "by_row":
            return [kind] * len(frame)
        things = {column.name: column.kind for column in self.row_columns}
        keys = frame[self.row_key] if self.row_key in frame.columns else frame.index.get_level_values(self.row_key)
        return [things.get(str(key), "number") for key in keys]

    def is_numeric(self, name: object, values: pd.Series) -> bool:
        """Whether the cells of a column are figures, set flush right: by its kind and by what it holds."""
        return KINDS[self.column(name).kind].numeric and values.dtype.kind in "fiu"

    def with_columns(self, *columns: Column, name: str = "") -> Schema:
        """This schema with `columns` added, or put in place of those of the same name."""
        replaced = {column.name: column for column in columns}
        kept = tuple(replaced.pop(column.name, column) for column in self.columns)
        return Schema(name or self.name, kept + tuple(replaced.values()), self.extra, self.about)

    def measured_in(self, unit: str) -> Schema:
        """This schema for another measured quantity: every return becomes `unit` (``"log_points"``: abnormal log volume)."""
        if unit == "return":
            return self
        columns, row_columns = (
            tuple(
                replace(column, kind=column.kind.replace("return", unit), unit="") if column.kind.startswith("return") else column
                for column in given
            )
            for given in (self.columns, self.row_columns)
        )
        return replace(self, columns=columns, row_columns=row_columns)

    def table(self, frame: pd.DataFrame) -> Table:
        """`frame` with this schema, ready to be shown."""
        return Table(frame, self)

    def dictionary(self) -> pd.DataFrame:
        """The declarations themselves, one row a column: name, kind, unit, short, about."""
        import pandas as pd

        rows = [(column.name, column.kind, column.unit, column.short, column.about) for column in self.columns]
        return pd.DataFrame(rows, columns=["name", "kind", "unit", "short", "about"])


@dataclass(frozen=True, eq=False)
class Table:
    """A frame of unrounded values and the schema that says what they are."""

    frame: pd.DataFrame
    schema: Schema

    def __len__(self) -> int:
        return len(self.frame)

    def of(self, frame: pd.DataFrame) -> Table:
        """Another frame of the same columns: rows left out, sorted or reshaped."""
        return Table(frame, self.schema)

    def select(self, columns: Iterable[str]) -> Table:
        """Only these columns, in this order; one that the frame lacks is left out."""
        return self.of(self.frame[[name for name in columns if name in self.frame.columns]])

    def says_nothing(self) -> bool:
        """Whether it has no row, or figures of which none is known: it is named to a reader, not drawn.

        Examples
        --------
        >>> import pandas as pd
        >>> sold = Schema("sold", (Column("by"), Column("sold_shares", "shares")))
        >>> [sold.table(pd.DataFrame({"by": ["a"], "sold_shares": [held]})).says_nothing() for held in (float("nan"), 0.0)]
        [True, False]
        """
        import numpy as np

        columns = [(name, self.frame.iloc[:, place]) for place, name in enumerate(self.frame.columns)]
        figures = [values for name, values in columns if self.schema.is_numeric(name, values)]
        return self.frame.empty or (bool(figures) and not any(np.isfinite(values.to_numpy(dtype=float)).any() for values in figures))

    def for_readers(self) -> Table:
        """The table without its sparse columns that hold nothing."""
        frame = self.frame
        empty = [name for name in frame.columns if self.schema.column(name).sparse and not frame[name].fillna("").astype(bool).any()]
        return self.of(frame.drop(columns=empty)) if empty else self


class Vocabulary:
    """Columns that several tables of a room share, each declared once; :meth:`schema` makes a table of them.

    Examples
    --------
    >>> words = Vocabulary(Column("session", "date"), *ranged("sold_shares", "shares", "shares sold"))
    >>> [column.name for column in words.schema("sales", "session sold_shares_low sold_shares_high")]
    ['session', 'sold_shares_low', 'sold_shares_high']
    """

    def __init__(self, *columns: Column, beside: Vocabulary | None = None) -> None:
        self._columns: dict[str, Column] = dict(beside._columns) if beside is not None else {}
        self._columns |= {column.name: column for column in columns}

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def schema(self, name: str, columns: str, *own: Column, extra: Column | None = None, about: str = "") -> Schema:
        """The schema of one table: names of the vocabulary in order; a column of `own` stands in the place of its name, or last.

        Raises
        ------
        InputError
            If a name is declared neither here nor in `own`.
        """
        special = {column.name: column for column in own}
        absent = [word for word in columns.split() if word not in special and word not in self._columns]
        if absent:
            raise InputError(f"schema {name!r} names {len(absent)} columns that nothing declares (first {absent[0]!r}); declare each once.")
        chosen = [special.pop(word) if word in special else self._columns[word] for word in columns.split()]
        return Schema(name, (*chosen, *special.values()), extra, about)


def ranged(name: str, kind: str, about: str, *, short: str = "", suffix: str = "", unit: str = "") -> tuple[Column, Column, Column]:
    """The three columns of a range: ``name_low``, ``name_mid`` and ``name_high``, with `suffix` after the end."""
    heading = short or name.replace("_", " ")
    ends = (("low", "low end"), ("mid", "middle"), ("high", "high end"))
    return tuple(Column(f"{name}_{end}{suffix}", kind, unit, f"{heading}, {end}", f"{about}: {said}") for end, said in ends)  # type: ignore[return-value]
