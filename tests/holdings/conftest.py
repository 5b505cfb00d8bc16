"""A book written down as lines and read, for the tests of this room."""

from __future__ import annotations

import pytest

from impact.holdings import read_holdings


@pytest.fixture
def read(tmp_path):
    """What is read of a file of these lines."""

    def of_lines(*lines, **options):
        path = tmp_path / "book.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_holdings(path, **options)

    return of_lines
