"""``impact lists``: what it prints, in which format, and with which code it ends."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def own_lists(tmp_path):
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text("name,program,isin\nAlpha Ltd,P-1,HK0000000007\nBeta Ltd,P-2,US0000000003\n", encoding="utf-8")
    after.write_text("name,program,isin\nAlpha Ltd,P-1,US0000000002\n", encoding="utf-8")
    return str(before), str(after)


def test_read_prints_entries_errors_and_rows(run_cli, own_lists):
    code, out, err = run_cli("lists", "read", own_lists[0])
    assert code == 0 and err == ""
    assert "Alpha Ltd" in out and "check digit" in out and "plain list: 2 entries" in out


def test_read_as_json_holds_every_table(run_cli, own_lists):
    code, out, _ = run_cli("lists", "read", own_lists[0], "--format", "json", "--program", "P-1", "--list-version", "v1")
    body = json.loads(out)
    assert code == 0 and body["schema"] == "impact.lists.read/1"
    assert [row["name"] for row in body["entries"]] == ["Alpha Ltd"]
    assert body["identifiers"][0] == {
        "entry": "row 2", "kind": "isin", "label": "isin", "value": "HK0000000007", "written": "HK0000000007",
        "country": "", "instrument": "", "valid": True,
    }  # fmt: skip
    assert body["rows"] == [{"file": "before.csv", "n_read": 2, "n_kept": 2, "n_dropped": 0}]


def test_one_table_as_csv(run_cli, own_lists):
    code, out, _ = run_cli("lists", "read", own_lists[0], "--format", "csv", "--table", "errors")
    assert code == 0 and out.splitlines()[0] == "file,row,entry,field,value,reason" and "US0000000003" in out


def test_diff_names_the_changes_and_can_fail_on_them(run_cli, own_lists):
    code, out, _ = run_cli("lists", "diff", *own_lists)
    assert code == 0 and "0 added, 1 removed, 1 changed" in out
    assert run_cli("lists", "diff", *own_lists, "--fail-on", "change")[0] == 1
    assert run_cli("lists", "diff", own_lists[0], own_lists[0], "--fail-on", "change")[0] == 0


def test_a_file_that_is_no_list_ends_with_three(run_cli, tmp_path):
    junk = tmp_path / "junk.csv"
    junk.write_text("<html>\n", encoding="utf-8")
    code, out, err = run_cli("lists", "read", str(junk))
    assert code == 3 and out == "" and err.startswith("error: junk.csv holds no usable row") and err.count("\n") == 1
    assert run_cli("lists", "read", str(tmp_path / "absent.csv"))[0] == 3


def test_bad_input_ends_with_two(run_cli, own_lists, tmp_path):
    assert run_cli("lists", "read", own_lists[0], "--alternates", own_lists[1])[0] == 2
    assert run_cli("lists", "read", own_lists[0], "--format", "csv", "--table", "nothing")[0] == 2
    code, _, err = run_cli("lists", "fetch", "csl", "--into", str(tmp_path / "absent"))
    assert code == 2 and "is not a folder" in err


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_fetch_writes_the_files_it_names_or_ends_with_three(run_cli, tmp_path, monkeypatch):
    from impact.errors import DataUnavailable
    from impact.facts import official_lists

    monkeypatch.setattr(official_lists, "_download", lambda address, user_agent, timeout_seconds: f"{address} {user_agent}".encode())
    code, out, _ = run_cli("lists", "fetch", "ofac", "--into", str(tmp_path), "--user-agent", "me", "--format", "csv")
    assert code == 0 and sorted(path.name for path in tmp_path.iterdir()) == ["CONS_ALT.CSV", "CONS_COMMENTS.CSV", "CONS_PRIM.CSV"]
    assert (tmp_path / "CONS_PRIM.CSV").read_text().endswith("download/CONS_PRIM.CSV me")
    assert out.splitlines()[0] == "file,address,n_bytes"

    def refuse(address, user_agent, timeout_seconds):
        raise DataUnavailable(f"{address} cannot be reached (offline); check the network.")

    monkeypatch.setattr(official_lists, "_download", refuse)
    code, out, err = run_cli("lists", "fetch", "csl", "--into", str(tmp_path))
    assert code == 3 and out == "" and "cannot be reached" in err
