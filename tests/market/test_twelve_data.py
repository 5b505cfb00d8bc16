"""Twelve Data through its library, against a server on this machine that gives answers as the service words them."""

from __future__ import annotations

import http.server
import json
import random
import threading
import urllib.parse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impact.errors import DataUnavailable, ImpactError, InputError
from impact.market import load_panel
from impact.market.cache import PriceCache
from impact.market.fetching import FetchedSource
from impact.market.histories import FetchFailure
from impact.market.sources import FAILURE_KINDS, SourceOptions, open_source
from impact.market.twelve_data import KEY_VARIABLE, TwelveDataProvider

FIRST, LAST = pd.Timestamp("2021-01-11"), pd.Timestamp("2021-01-15")
LATER = pd.Timestamp("2021-02-01", tz="UTC")
META = {"symbol": "1810", "interval": "1day", "currency": "HKD", "exchange": "HKEX", "mic_code": "XHKG", "type": "Common Stock"}
ROWS = [
    {"datetime": "2021-01-15", "open": "30", "close": "29.30", "volume": "900000"},
    {"datetime": "2021-01-14", "open": "33", "close": "32.65", "volume": "1200000"},
]
WHOLE = {"meta": META, "values": ROWS, "status": "ok"}
NO_DIVIDENDS = {"meta": META, "dividends": []}


def refusal(code, message="no"):
    return {"code": code, "message": message, "status": "error"}


class Service:
    """What the server answers, by the path asked, and what it was asked."""

    def __init__(self):
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def answer(self, path):
        parts = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        self.asked.append((parts.path, query))
        given = self.answers[parts.path]
        return given(query) if callable(given) else given


@pytest.fixture
def service():
    told = Service()
    told.answers = {"/time_series": WHOLE, "/dividends": NO_DIVIDENDS}

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            given = told.answer(self.path)
            code = given.get("code", 200) if isinstance(given, dict) and given.get("status") == "error" else 200
            body = given if isinstance(given, bytes) else json.dumps(given).encode()
            self.send_response(code if isinstance(code, int) and code >= 200 else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.provider = TwelveDataProvider(key=lambda: "secret", service=f"http://127.0.0.1:{server.server_port}", clock=lambda: LATER)
    yield told
    server.shutdown()
    server.server_close()


def test_a_good_answer_becomes_closes_by_ascending_session(service):
    history = service.provider.fetch_history("1810.HK", FIRST, LAST)
    assert history.figures["close"].tolist() == [32.65, 29.30] and history.figures["volume"].tolist() == [1_200_000, 900_000]
    assert history.figures.index.tolist() == [pd.Timestamp("2021-01-14"), pd.Timestamp("2021-01-15")]
    assert history.currency == "HKD" and history.provider_version.startswith("twelvedata 1.")
    path, query = service.asked[0]
    assert (
        path == "/time_series" and {"symbol": "1810", "mic_code": "XHKG", "adjust": "splits", "interval": "1day"}.items() <= query.items()
    )
    assert query["start_date"] == "2021-01-11" and query["end_date"] == "2021-01-16"


def test_dividends_are_told_by_their_ex_dates_or_are_unknown(service, tmp_path):
    service.answers["/dividends"] = {"meta": META, "dividends": [{"ex_date": "2021-01-15", "amount": 0.35}]}
    assert service.provider.fetch_history("1810.HK", FIRST, LAST).figures["dividend"].tolist() == [0.0, 0.35]
    source = FetchedSource(provider=service.provider, cache=PriceCache(path=tmp_path / "prices.sqlite"))
    panel = source.fetch(["1810.HK"], FIRST, LAST).panel
    assert panel.returns()["1810.HK"].iloc[-1] == pytest.approx((29.30 + 0.35) / 32.65 - 1)
    for untold in (
        refusal(403, "a higher plan is needed"),
        {"dividends": [{"ex_date": "2021-01-15", "amount": "some"}]},
        {"dividends": "none"},
    ):
        service.answers["/dividends"] = untold
        assert service.provider.fetch_history("1810.HK", FIRST, LAST).figures["dividend"].isna().all()
    fresh = FetchedSource(provider=service.provider, cache=PriceCache(path=tmp_path / "other.sqlite"))
    for panel in (fresh.fetch(["1810.HK"], FIRST, LAST).panel, fresh.fetch(["1810.HK"], FIRST, LAST).panel):  # fetched, then kept
        assert panel.returns()["1810.HK"].iloc[-1] == pytest.approx(29.30 / 32.65 - 1)
        assert "tells no dividends of 1 securities, whose returns leave them out: 1810.HK" in " ".join(panel.assumptions)


PAID = {"meta": META, "dividends": [{"ex_date": "2021-01-15", "amount": 0.35}]}
STERLING = {"symbol": "VOD", "currency": "GBp", "exchange": "LSE", "mic_code": "XLON", "type": "Common Stock"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (PAID | {"dividends": [{"amount": 0.35}]}, "1 of them without an ex-date"),
        (PAID | {"dividends": [*PAID["dividends"], {"ex_date": "15/01/2021", "amount": 1}]}, "1 of them without an ex-date"),
        (PAID | {"dividends": [{"ex_date": "2021-01-13", "amount": 0.35}]}, "1 on days without a price (first 2021-01-13)"),
        (PAID | {"meta": META | {"symbol": "18"}}, "another line: symbol '18'"),
        (PAID | {"meta": META | {"mic_code": "XNAS"}}, "another line: mic_code 'XNAS'"),
        ({"meta": {"exchange": "KLSE", "currency": "MYR"}, "dividends": []}, "another line: in 'MYR'"),
        (PAID | {"meta": META | {"currency": "USD"}}, "they are in USD and the closes in HKD"),
        (PAID | {"meta": {}}, "their currency is not told and that of the closes HKD"),
        (PAID | {"dividends": [{"ex_date": "2021-01-15", "amount": "inf"}]}, "an amount that is no amount"),
        (PAID | {"dividends": [{"ex_date": "2021-01-15", "amount": True}]}, "an amount that is no amount"),
    ],
)
def test_dividends_that_cannot_be_told_are_unknown_for_the_line_and_say_why(service, answer, said):
    service.answers["/dividends"] = answer
    history = service.provider.fetch_history("1810.HK", FIRST, LAST)
    assert history.figures["dividend"].isna().all() and history.figures["close"].tolist() == [32.65, 29.30]
    (session, reason), *others = history.refused
    assert pd.isna(session) and reason.startswith("dividends are unknown: ") and said in reason and not others


@pytest.mark.parametrize(
    ("quoted", "paid", "cash"), [("GBp", "GBP", 5.0), ("GBX", "GBp", 0.05), ("GBP", "GBp", 0.0005), ("GBP", "GBP", 0.05)]
)
def test_dividends_come_in_the_unit_of_the_closes(service, quoted, paid, cash):
    service.answers["/time_series"] = WHOLE | {"meta": STERLING | {"currency": quoted}}
    service.answers["/dividends"] = {"meta": STERLING | {"currency": paid}, "dividends": [{"ex_date": "2021-01-15", "amount": 0.05}]}
    history = service.provider.fetch_history("VOD.L", FIRST, LAST)
    assert history.figures["dividend"].tolist() == pytest.approx([0.0, cash], rel=1e-12) and history.currency == quoted


def test_dividends_beyond_the_range_asked_for_are_none_of_it(service):
    beyond = [{"ex_date": day, "amount": 9} for day in ("2021-01-08", "2021-01-18")]
    service.answers["/dividends"] = PAID | {"dividends": [*PAID["dividends"], *beyond]}
    history = service.provider.fetch_history("1810.HK", FIRST, LAST)
    assert history.figures["dividend"].tolist() == [0.0, 0.35] and history.refused == ()


@pytest.mark.parametrize(
    ("symbol", "meta", "accepted"),
    [
        ("AAPL", {"mic_code": "XNGS", "exchange": "NASDAQ", "currency": "USD"}, True),
        ("AAPL", {"mic_code": "ARCX", "currency": "USD"}, True),
        ("AAPL", {"exchange": "NASDAQ", "currency": "USD"}, True),
        ("AAPL", {"currency": "USD"}, True),
        ("AAPL", {}, True),
        ("AAPL", {"mic_code": "XETR", "currency": "EUR"}, False),
        ("AAPL", {"mic_code": "XETR", "exchange": "NASDAQ", "currency": "USD"}, False),
        ("AAPL", {"exchange": "XETRA", "currency": "USD"}, False),
        ("AAPL", {"exchange": "FSX", "currency": "EUR"}, False),
        ("AAPL", {"currency": "EUR"}, False),
        ("1810.HK", {"exchange": "HKEX"}, True),
        ("1810.HK", {"exchange": "HKEX", "currency": "CNY"}, True),
        ("1810.HK", {"exchange": "KLSE", "currency": "MYR"}, False),
        ("1810.HK", {"exchange": "SSE", "currency": "HKD"}, False),
        ("1810.HK", {"currency": "MYR"}, False),
        ("VOD.L", {"currency": "GBp"}, True),
        ("^HSI", {"currency": "HKD", "type": "Index"}, True),
        ("^HSI", {"currency": "USD", "type": "Index"}, False),
    ],
)
def test_the_venue_of_an_answer_is_that_of_the_line_asked_for(service, symbol, meta, accepted):
    service.answers["/time_series"] = {"meta": meta, "values": ROWS, "status": "ok"}
    service.answers["/dividends"] = {"meta": meta, "dividends": []}
    if accepted:
        assert service.provider.fetch_history(symbol, FIRST, LAST).figures["close"].tolist() == [32.65, 29.30]
        return
    with pytest.raises(FetchFailure, match="answers about another line") as failure:
        service.provider.fetch_history(symbol, FIRST, LAST)
    assert failure.value.kind == "unreadable"


def by_years(told):
    """Answers by the first year asked for: the meta of one row on 1 June of it, or None for no rows."""

    def answer(query):
        year = query["start_date"][:4]
        meta = told[year]
        row = {"datetime": f"{year}-06-01", "close": year, "volume": "100"}
        return refusal(400) if meta is None else {"meta": meta, "values": [row], "status": "ok"}

    return answer


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"1980": META, "1995": None, "2010": META}, "no prices of 1810 from 1995-01-01 to 2009-12-31 and has them before and after"),
        ({"1980": META | {"currency": "USD"}, "1995": META, "2010": META}, "the closes of 1810 in USD and HKD"),
    ],
)
def test_parts_that_are_no_one_series_are_refused(service, told, said):
    service.answers["/time_series"] = by_years(told)
    with pytest.raises(FetchFailure, match=said) as failure:
        service.provider.fetch_history("1810.HK", pd.Timestamp("1980-01-01"), LAST)
    assert failure.value.kind == "unreadable"


@pytest.mark.parametrize(
    ("told", "currency", "n"),
    [
        ({"1980": None, "1995": META, "2010": META}, "HKD", 2),
        ({"1980": META, "1995": META, "2010": None}, "HKD", 2),
        ({"1980": META, "1995": META | {"currency": ""}, "2010": META}, "", 3),
    ],
)
def test_parts_before_the_listing_and_after_the_last_day_are_left_out(service, told, currency, n):
    service.answers["/time_series"] = by_years(told)
    history = service.provider.fetch_history("1810.HK", pd.Timestamp("1980-01-01"), LAST)
    assert history.currency == currency and len(history.figures) == n


def test_an_index_is_asked_for_among_indices_and_pays_nothing(service):
    service.answers["/time_series"] = {"meta": {"symbol": "HSI", "type": "Index", "currency": "HKD"}, "values": ROWS, "status": "ok"}
    service.provider.fetch_history("^HSI", FIRST, LAST)
    assert [path for path, _ in service.asked] == ["/time_series"] and service.asked[0][1]["type"] == "Index"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(404, "symbol is missing or invalid"), "unknown_symbol"),
        (refusal(400, "No data is available on the specified dates"), "no_rows_in_range"),
        (refusal(401, "apikey parameter is incorrect"), "not_allowed"),
        (refusal(403, "available with a higher plan"), "not_allowed"),
        (refusal(429, "out of credits"), "rate_limit"),
        (refusal(500), "network"),
        (refusal("many"), "unreadable"),
        (b"<html>log in</html>", "unreadable"),
        (b"", "unreadable"),
        (b"\x89PNG\x00", "unreadable"),
        (b"null", "unreadable"),
        (b"[1, 2]", "unreadable"),
        ({"status": "ok"}, "unreadable"),
        ({"meta": META, "values": [], "status": "ok"}, "unreadable"),
        ({"meta": META, "values": {"a": 1}, "status": "ok"}, "unreadable"),
        ({"meta": META, "values": [{"datetime": "2021-01-14", "open": "1"}], "status": "ok"}, "unreadable"),
        ({"meta": META, "values": [{"close": "1"}], "status": "ok"}, "unreadable"),
        ({"meta": META | {"mic_code": "XNAS"}, "values": ROWS, "status": "ok"}, "unreadable"),
        ({"meta": META | {"symbol": "18"}, "values": ROWS, "status": "ok"}, "unreadable"),
        ({"meta": META, "values": [{"datetime": "2021-01-14", "close": "-3"}], "status": "ok"}, "no_rows_in_range"),
        ({"meta": META, "values": [{"datetime": "2019-01-14", "close": "3"}], "status": "ok"}, "no_rows_in_range"),
    ],
)
def test_every_answer_is_a_named_failure(service, answer, kind):
    service.answers["/time_series"] = answer
    with pytest.raises(FetchFailure) as failure:
        service.provider.fetch_history("1810.HK", FIRST, LAST)
    assert failure.value.kind == kind and kind in FAILURE_KINDS
    assert "secret" not in failure.value.message and "\n" not in failure.value.message


def test_a_long_range_is_asked_for_in_parts_and_years_before_the_listing_are_left_out(service):
    def by_range(query):
        return WHOLE if query["start_date"] > "2010" else refusal(400)

    service.answers["/time_series"] = by_range
    history = service.provider.fetch_history("1810.HK", pd.Timestamp("1990-01-01"), LAST)
    asked = [(query["start_date"], query["end_date"]) for path, query in service.asked if path == "/time_series"]
    assert asked == [("1990-01-01", "2005-01-01"), ("2005-01-01", "2020-01-01"), ("2020-01-01", "2021-01-16")]
    assert history.first == pd.Timestamp("1990-01-01") and len(history.figures) == 2


def test_the_session_that_has_not_ended_is_left_out(service):
    service.provider = TwelveDataProvider(
        key=lambda: "secret", service=service.provider.service, clock=lambda: pd.Timestamp("2021-01-15T12:00", tz="Asia/Hong_Kong")
    )
    history = service.provider.fetch_history("1810.HK", FIRST, LAST)
    assert history.figures.index.tolist() == [pd.Timestamp("2021-01-14")] and history.last == pd.Timestamp("2021-01-14")


def test_a_service_that_is_not_there_is_one_line_without_the_key(tmp_path):
    source = FetchedSource(provider=TwelveDataProvider(key=lambda: "secret", service="http://127.0.0.1:9"), cache=None)
    failures = source.fetch(["AAPL"], FIRST, LAST).failures
    assert failures["kind"].tolist() == ["network"] and "secret" not in failures.to_string()


def test_a_key_is_needed_to_ask_and_not_to_read_what_is_kept(service, monkeypatch, tmp_path, run_cli):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    path = tmp_path / "prices.sqlite"
    with pytest.raises(InputError, match=f"needs a key of the service; set the environment variable {KEY_VARIABLE}"):
        load_panel("twelvedata", ["1810.HK"], FIRST, LAST, cache=path)
    FetchedSource(provider=service.provider, cache=PriceCache(path=path)).fetch(["1810.HK"], FIRST, LAST)
    panel = load_panel("twelvedata", ["1810.HK"], FIRST, LAST, cache=path, offline=True)
    assert panel.close["1810.HK"].tolist() == [32.65, 29.30] and "twelvedata daily prices" in str(panel.sources)
    with pytest.raises(DataUnavailable, match="not_cached"):
        load_panel("twelvedata", ["1810.HK"], FIRST, pd.Timestamp("2021-01-22"), cache=path, offline=True)
    words = ("data", "fetch", "1810.HK", "--start", "2021-01-11", "--end", "2021-01-15", "--source", "twelvedata", "--cache", str(path))
    code, out, _ = run_cli(*words, "--offline", "--format", "json")
    assert code == 0 and json.loads(out)["inputs"]["source"] == "twelvedata"
    code, _, err = run_cli(*words[:-4], "--source", "bundled")
    assert code == 2 and "is no service" in err


def test_the_library_is_named_when_it_is_not_installed(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "twelvedata", None)
    with pytest.raises(InputError, match=r"pip install 'index-exclusion-impact\[twelvedata\]'"):
        TwelveDataProvider(key=lambda: "secret").fetch_history("AAPL", FIRST, LAST)


CELLS = (None, "", "n/a", "inf", "NaN", "-1", "0", 1e308, "1e999", [], {}, True, "29.30", "1,000", "2021-01-14", "\u202e3", 10**400)


def changed(rng: random.Random) -> object:
    """The whole answer with a cell, a row, a name or its form changed."""
    answer = json.loads(json.dumps(WHOLE))
    for _ in range(rng.choice((1, 1, 3))):
        how, row = rng.randrange(6), rng.choice(answer["values"]) if answer.get("values") else {}
        if how == 0:
            row[rng.choice(("close", "volume", "datetime"))] = rng.choice(CELLS)
        elif how == 1:
            answer["values"].insert(0, dict(row))
        elif how == 2:
            row.pop(rng.choice(("close", "volume", "datetime")), None)
        elif how == 3:
            answer["meta"] = rng.choice((None, [], "x", META | {rng.choice(list(META)): rng.choice(CELLS)}))
        elif how == 4:
            return rng.choice((answer["values"], json.dumps(answer).encode()[: rng.randrange(200)], {"values": answer["values"]}))
        else:
            answer["status"] = rng.choice(("error", "ok", None, 7))
    return answer


def test_no_answer_breaks_it_or_poisons_the_store(service, tmp_path: Path):
    rng, outcomes = random.Random(7), set[str]()
    for number in range(150):
        given = changed(rng)
        service.answers["/time_series"] = given
        store = PriceCache(path=tmp_path / f"{number}.sqlite")
        failures = FetchedSource(provider=service.provider, cache=store, backoff=()).fetch(["1810.HK"], FIRST, LAST).failures
        kept = store.read("twelvedata", "1810.HK", FIRST, LAST)
        outcomes.add("refused" if kept is None else "kept")
        assert kept is not None or set(failures["kind"]) <= set(FAILURE_KINDS)
        if kept is not None:
            closes = kept.figures["close"].dropna().to_numpy()
            stood = {float(row["close"]) for row in given["values"] if str(row.get("close")).replace(".", "").replace("e", "").isdigit()}
            assert np.isfinite(closes).all() and (closes > 0).all() and set(closes) <= stood
    assert outcomes == {"kept", "refused"}


def test_it_is_opened_by_its_word():
    assert open_source("twelvedata", SourceOptions(offline=True)).name == "twelvedata"
    with pytest.raises(ImpactError, match="'twelvedata'"):
        open_source("twelve")
