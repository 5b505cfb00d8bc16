"""`impact data`: list, verify, fetch, clear, with the exit codes 0, 1, 2 and 3."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from impact.market.cache import PriceCache
from impact.market.histories import FetchFailure, SecurityHistory


class Provider:
    """Gives every symbol but GONE."""

    name = "yahoo"
    control_symbol = "SPY"

    def fetch_history(self, symbol, first, last):
        if symbol == "GONE":
            raise FetchFailure("unknown_symbol", "Yahoo knows no symbol 'GONE'")
        days = pd.bdate_range(first, last).as_unit("ns")
        figures = pd.DataFrame({"close": 10.0 + np.arange(len(days)), "volume": 5.0, "dividend": 0.0, "split": 0.0}, index=days)
        stamp = "2021-02-01T00:00:00+00:00"
        return SecurityHistory(symbol=symbol, figures=figures, first=first, last=last, currency="USD", retrieved_at=stamp)


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPACT_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("impact.market.yahoo.YahooProvider", Provider)


RANGE = ("--start", "2021-01-11", "--end", "2021-01-15")


def test_fetch_fills_the_cache_and_offline_reads_it(run_cli):
    code, out, err = run_cli("data", "fetch", "AAA", *RANGE, "--format", "json")
    body = json.loads(out)
    assert (
        (code, err) == (0, "")
        and body["schema"] == "impact.data.fetch/1"
        and body["title"] == "1 of 1 symbols from 2021-01-11 to 2021-01-15"
    )
    assert body["securities"][0]["security"] == "AAA" and body["securities"][0]["n_traded"] == 5
    assert PriceCache().contents()["symbol"].tolist() == ["AAA"]
    assert run_cli("data", "fetch", "AAA", *RANGE, "--offline")[0] == 0


def test_a_symbol_that_fails_is_told_and_costs_exit_code_3(run_cli):
    code, out, err = run_cli("data", "fetch", "AAA", "GONE", *RANGE, "--format", "csv", "--table", "failures")
    assert code == 3 and "GONE,unknown_symbol" in out
    assert err.startswith("error: source='yahoo' could not give 1 of 2 securities") and err.count("\n") == 1


def test_offline_without_the_data_is_exit_code_3(run_cli):
    code, _, err = run_cli("data", "fetch", "AAA", *RANGE, "--offline")
    assert code == 3 and "the cache does not hold 2021-01-11 to 2021-01-15" in err


@pytest.mark.parametrize(
    "words", [("AAA", "--start", "x", "--end", "2021-01-15"), ("AAA", "--start", "2021-01-15", "--end", "2021-01-11"), RANGE, ("AAA",)]
)
def test_bad_usage_is_exit_code_2(run_cli, words):
    code, out, err = run_cli("data", "fetch", *words)
    assert code == 2 and out == "" and "Traceback" not in err


def test_list_shows_bundled_tables_and_cached_symbols(run_cli):
    run_cli("data", "fetch", "AAA", *RANGE)
    code, out, _ = run_cli("data", "list", "--format", "json")
    body = json.loads(out)
    assert code == 0 and "closes.csv" in {row["file"] for row in body["bundled"]}
    assert [(row["symbol"], row["n_rows"], row["first_on"]) for row in body["cached"]] == [("AAA", 5, "2021-01-11")]


def test_clear_removes_the_symbols_named_or_all(run_cli):
    run_cli("data", "fetch", "AAA", "BBB", *RANGE)
    assert run_cli("data", "clear", "BBB") == (0, "", "removed 1 symbols from the cache\n")
    assert PriceCache().contents()["symbol"].tolist() == ["AAA"]
    assert run_cli("data", "clear")[2] == "removed 1 symbols from the cache\n" and PriceCache().contents().empty


def test_verify_is_1_when_a_table_changed(run_cli, monkeypatch):
    code, out, _ = run_cli("data", "verify", "--format", "csv")
    statuses = {line.split(",")[1] for line in out.splitlines()[1:]}
    assert (code == 0) == (statuses == {"ok"})
    found = pd.DataFrame([("closes.csv", "changed", "0")], columns=["file", "status", "sha256"])
    monkeypatch.setattr("impact.bundled.verify_bundled", lambda: found)
    code, out, _ = run_cli("data", "verify")
    assert code == 1 and "0 of 1 bundled files" in out
