"""A vendor behind an address, against a server on this machine: the second origin of prices on the network."""

from __future__ import annotations

import http.server
import threading

import pandas as pd
import pytest

from impact.errors import DataUnavailable, InputError
from impact.market import load_panel
from impact.market.histories import FetchFailure
from impact.market.sources import FAILURE_KINDS, SOURCE_KINDS, open_source
from impact.market.vendor import VendorProvider

FIRST, LAST = pd.Timestamp("2021-01-11"), pd.Timestamp("2021-01-15")
LATER = pd.Timestamp("2021-02-01", tz="UTC")
GOOD = b"Date,Open,Close,Volume\n2021-01-14,1,32.65,1.2M\n2021-01-15,1,29.30,900K\n"
ANSWERS = {
    "1810.HK": (200, GOOD),
    "0001.HK": (200, "Datum;Close\n2021-01-14;32,65\n2021-01-15;29,30\n".encode("utf-16")),
    "EMPTY": (200, b""),
    "HTML": (200, b"<html><body>Please log in</body></html>"),
    "NOCLOSE": (200, b"Date,Open\n2021-01-14,1\n"),
    "BAD": (200, b"Date,Close\n2021-01-14,minus\n2021-01-15,-3\n"),
    "EURO": (200, "Date,Close\n2021-01-14,€32.65\n2021-01-15,€29.30\n".encode()),
    "DOLLAR": (200, b"Date,Close,Currency\n2021-01-14,$32.65,USD\n2021-01-15,$29.30,USD\n"),
    "PENCE": (200, b"Date,Close (GBp)\n2021-01-14,3265\n2021-01-15,2930\n"),
    "SIGNS": (200, "Date,Close\n2021-01-14,€32.65\n2021-01-15,$29.30\n".encode()),
    "CROSSED": (200, b"Date,Close,Currency\n2021-01-14,$32.65,EUR\n2021-01-15,$29.30,EUR\n"),
    "MIXED": (200, b"Date,Close,Currency\n2021-01-14,32.65,EUR\n2021-01-15,29.30,USD\n"),
    "LIMIT": (429, b"slow down"),
    "BROKEN": (500, b"oops"),
    "BINARY": (200, b"\x89PNG\r\n\x1a\n" + bytes(64)),
}


class Answering(http.server.BaseHTTPRequestHandler):
    """Gives the recorded answer of the symbol that ends the path."""

    def do_GET(self):
        symbol = self.path.split("/")[-1].split("?")[0].removesuffix(".csv")
        status, body = ANSWERS.get(symbol, (404, b"no such symbol"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Quiet."""


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/eod/{{symbol}}.csv?from={{first}}&to={{last}}&key=secret"
    server.shutdown()


def test_a_vendor_is_a_source_like_any_other(address, tmp_path):
    panel = load_panel(address, ["1810.HK", "0001.HK"], "2021-01-11", "2021-01-15", cache=tmp_path / "prices.sqlite")
    assert panel.close["1810.HK"].tolist() == [32.65, 29.3] == panel.close["0001.HK"].tolist()
    assert panel.volume["1810.HK"].tolist() == [1_200_000, 900_000]
    assert "secret" not in str(panel.sources) and "127.0.0.1" in str(panel.sources)
    again = load_panel(address, ["1810.HK"], "2021-01-11", "2021-01-15", cache=tmp_path / "prices.sqlite", offline=True)
    assert again.close["1810.HK"].tolist() == [32.65, 29.3]


@pytest.mark.parametrize(("symbol", "currency"), [("EURO", "EUR"), ("DOLLAR", "USD"), ("PENCE", "GBp"), ("0001.HK", "")])
def test_the_currency_that_an_answer_states_is_kept(address, symbol, currency):
    history = VendorProvider(address=address, clock=lambda: LATER).fetch_history(symbol, FIRST, LAST)
    assert history.currency == currency


@pytest.mark.parametrize(("symbol", "why"), [("SIGNS", "bear .* and"), ("CROSSED", "stated as 'EUR'"), ("MIXED", "states EUR and USD")])
def test_an_answer_of_several_currencies_is_unreadable(address, symbol, why):
    with pytest.raises(FetchFailure, match=why) as failure:
        VendorProvider(address=address, clock=lambda: LATER).fetch_history(symbol, FIRST, LAST)
    assert failure.value.kind == "unreadable"


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("NOSUCH", "unknown_symbol"),
        ("EMPTY", "no_rows_in_range"),
        ("BAD", "no_rows_in_range"),
        ("HTML", "unreadable"),
        ("NOCLOSE", "unreadable"),
        ("BINARY", "unreadable"),
        ("LIMIT", "rate_limit"),
        ("BROKEN", "network"),
    ],
)
def test_every_answer_is_a_named_failure(address, symbol, kind):
    with pytest.raises(FetchFailure) as failure:
        VendorProvider(address=address, clock=lambda: LATER).fetch_history(symbol, FIRST, LAST)
    assert failure.value.kind == kind and kind in FAILURE_KINDS and "secret" not in failure.value.message


def test_a_vendor_that_is_not_there(tmp_path):
    with pytest.raises(DataUnavailable, match="cannot be reached") as refused:
        load_panel("http://127.0.0.1:9/{symbol}?key=secret", "1810.HK", "2021-01-11", "2021-01-15", cache=tmp_path / "prices.sqlite")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["http://host/prices.csv", "https://host/{symbol}/{token}", "http://{symbol}"])
def test_an_address_that_names_no_symbol_is_refused(text):
    with pytest.raises(InputError, match="is no address of prices"):
        open_source(text)


def test_every_kind_of_source_is_one_record(tmp_path):
    (tmp_path / "a.csv").write_text("date,close\n2021-01-04,1.0\n")
    examples = ["bundled", "yahoo", "twelvedata", "https://host/{symbol}", tmp_path, {"A": tmp_path / "a.csv"}, open_source("bundled")]
    assert len(examples) == len(SOURCE_KINDS)
    for kind, given in zip(SOURCE_KINDS, examples, strict=True):
        assert [other.name for other in SOURCE_KINDS if other.takes(given)] == [kind.name] and kind.about
        assert hasattr(open_source(given), "fetch") and open_source(given).name
