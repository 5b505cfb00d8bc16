"""MANIFEST.csv is true, and the bundled tables are what the build writes."""

from __future__ import annotations

import shutil

import pytest

from impact.bundled import bundled_names, bundled_source, manifest, read_bundled, verify_bundled
from impact.data.manifest import COLUMNS, describe, refresh
from impact.data.rebuild import WHAT


def test_every_bundled_file_is_listed_and_unchanged():
    found = verify_bundled()
    assert found.loc[found["status"] != "ok", ["file", "status"]].to_dict("records") == []


def test_every_row_says_what_whence_and_on_which_basis():
    rows = manifest()
    assert tuple(rows.columns) == COLUMNS
    assert rows["file"].is_unique
    assert (rows[["what", "source", "basis"]] != "").all(axis=None)
    assert rows["retrieved"].str.fullmatch(r"(\d{4}-\d{2}-\d{2})?").all()


@pytest.mark.parametrize("name", bundled_names())
def test_every_listed_table_can_be_read_and_cited(name):
    assert len(read_bundled(name)) and str(bundled_source(name))


def test_every_table_that_the_build_describes_is_listed():
    assert set(WHAT) <= set(bundled_names())


def test_the_manifest_keeps_rows_of_others_and_names_files_without_one(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv").write_text("x\n2\n")
    describe([("a.csv", "first", "here", "2026-11-22", "facts")], tmp_path)
    assert refresh(tmp_path) == ["b.csv"]
    before = (tmp_path / "MANIFEST.csv").read_text()
    describe([("b.csv", "second", "there", "2026-11-22", "facts")], tmp_path)
    assert refresh(tmp_path) == []
    assert before.splitlines()[1] in (tmp_path / "MANIFEST.csv").read_text().splitlines()
    shutil.copy(tmp_path / "a.csv", tmp_path / "b.csv")
    refresh(tmp_path)
    sums = {line.split(",")[0]: line.rsplit(",", 1)[1] for line in (tmp_path / "MANIFEST.csv").read_text().splitlines()[1:]}
    assert sums["a.csv"] == sums["b.csv"]


def test_a_listed_file_that_is_gone_is_an_error(tmp_path):
    describe([("gone.csv", "none", "nowhere", "", "facts")], tmp_path)
    with pytest.raises(FileNotFoundError, match="gone.csv"):
        refresh(tmp_path)
