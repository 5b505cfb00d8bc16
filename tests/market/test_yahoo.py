"""Yahoo: every failure kind from recorded answers, what is made of good ones, and the loop before it with a cache."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
import requests
from requests.adapters import BaseAdapter

from impact.errors import DataUnavailable, InputError
from impact.market import load_panel
from impact.market.cache import PriceCache
from impact.market.fetching import FetchedSource
from impact.market.histories import FetchFailure, SecurityHistory, adjusted_closes
from impact.market.sources import FAILURE_KINDS
from impact.market.yahoo import YahooProvider

FIRST, LAST = pd.Timestamp("2021-01-11"), pd.Timestamp("2021-01-15")
LATER = pd.Timestamp("2021-02-01", tz="UTC")
DAYS = ("2021-01-11", "2021-01-12", "2021-01-13", "2021-01-14", "2021-01-15")
CLOSES = (33.0, 33.5, 33.0, 32.65, 29.3)


def chart(symbol="1810.HK", days=DAYS, closes=CLOSES, volumes=None, dividends=None, currency="HKD", zone="Asia/Hong_Kong"):
    """The body of a chart answer, with the keys yfinance reads."""
    stamps = [int(pd.Timestamp(f"{day} 09:30", tz=zone).timestamp()) for day in days]
    period = {"timezone": "HKT", "start": stamps[-1], "end": stamps[-1] + 23400, "gmtoffset": 28800}
    events = {}
    if dividends:
        paid = {str(stamps[days.index(day)]): {"amount": cash, "date": stamps[days.index(day)]} for day, cash in dividends.items()}
        events = {"events": {"dividends": paid}}
    quote = {name: list(closes) for name in ("open", "high", "low", "close")}
    quote["volume"] = list(volumes or [1000] * len(days))
    meta = {
        "currency": currency,
        "symbol": symbol,
        "instrumentType": "EQUITY",
        "exchangeTimezoneName": zone,
        "validRanges": ["1d", "5d", "max"],
        "priceHint": 3,
        "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
        "gmtoffset": 28800,
        "dataGranularity": "1d",
    }
    result = {"meta": meta, "timestamp": stamps, "indicators": {"quote": [quote], "adjclose": [{"adjclose": list(closes)}]}, **events}
    return 200, json.dumps({"chart": {"result": [result], "error": None}})


NOT_FOUND = (
    404,
    json.dumps({"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"}}}),
)
OUT_OF_RANGE = (
    400,
    json.dumps({"chart": {"result": None, "error": {"code": "Bad Request", "description": "Data doesn't exist for startDate"}}}),
)
TOO_MANY = 429, "Too Many Requests"
BROKEN = 500, "<html>Internal Server Error</html>"


class Recorded(BaseAdapter):
    """Answers requests from a script instead of the network, and counts the chart requests."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer
        self.charts = []

    def send(self, request, **_options):
        if "/v8/finance/chart/" not in request.url:
            return self._response(request, 200, "crumb" if "getcrumb" in request.url else "{}")
        self.charts.append(request.url)
        answer = self.answer(request.url)
        if isinstance(answer, Exception):
            raise answer
        return self._response(request, *answer)

    def close(self):
        """Nothing is open."""
        self.charts = list(self.charts)

    @staticmethod
    def _response(request, status, body):
        response = requests.Response()
        response.status_code, response._content, response.url, response.request = status, body.encode(), request.url, request
        return response


@pytest.fixture(autouse=True)
def separate_yfinance(tmp_path, monkeypatch):
    """Every test starts with empty caches of yfinance, kept in a folder of its own."""
    monkeypatch.setenv("IMPACT_CACHE_DIR", str(tmp_path / "cache"))
    import yfinance
    from yfinance.data import YfData

    yfinance.set_tz_cache_location(str(tmp_path / "tz"))
    monkeypatch.setattr(yfinance.cache._TzCacheManager, "_tz_cache", None)
    monkeypatch.setattr(yfinance.cache._CookieCacheManager, "_Cookie_cache", None)
    monkeypatch.setattr(yfinance.base, "_tz_info_fetch_ctr", 2)
    YfData.cache_get.cache_clear()
    yield
    YfData.cache_get.cache_clear()


def provider(answer, clock=LATER, **options):
    adapter = Recorded(answer)
    session = requests.Session()
    session.mount("https://", adapter)
    return YahooProvider(session=session, clock=lambda: clock, **options), adapter


def failure_of(answer, **options):
    source, _ = provider(answer, **options)
    with pytest.raises(FetchFailure) as refusal:
        source.fetch_history("1810.HK", FIRST, LAST)
    assert "delisted" not in refusal.value.message
    return refusal.value


def test_a_good_answer_becomes_raw_closes_on_naive_sessions():
    source, adapter = provider(lambda url: chart())
    history = source.fetch_history("1810.HK", FIRST, LAST)
    assert history.figures.index.dtype == "datetime64[ns]" and history.figures.index.tz is None
    assert history.figures["close"].tolist() == list(CLOSES)
    assert (history.currency, history.first, history.last) == ("HKD", FIRST, LAST)
    assert history.retrieved_at == "2021-02-01T00:00:00+00:00" and history.provider_version.startswith("yfinance ")
    assert sum("period1=" in url for url in adapter.charts) == 1  # the rows; beside them the zone, and in some versions what the line is


def test_options_of_yfinance_are_put_back():
    import yfinance

    source, _ = provider(lambda url: chart())
    source.fetch_history("1810.HK", FIRST, LAST)
    assert yfinance.config.debug.hide_exceptions is True


def test_zero_volume_is_unknown_when_the_close_moved_and_no_trade_when_it_did_not():
    closes, volumes = (33.0, 33.0, 34.0, 34.0, 35.0), (5, 0, 0, 7, 8)
    source, _ = provider(lambda url: chart(closes=closes, volumes=volumes))
    got = source.fetch_history("1810.HK", FIRST, LAST).figures["volume"]
    np.testing.assert_array_equal(got, [5.0, 0.0, np.nan, 7.0, 8.0])


def test_volume_of_a_symbol_that_never_has_any_is_unknown():
    source, _ = provider(lambda url: chart(volumes=[0] * 5, closes=[33.0] * 5))
    assert source.fetch_history("HKD=X", FIRST, LAST).figures["volume"].isna().all()


def test_network_failure():
    failure = failure_of(lambda url: requests.ConnectionError("Could not resolve host"))
    assert failure.kind == "network" and "cannot be reached" in failure.message


def test_timeout_is_a_network_failure():
    assert failure_of(lambda url: requests.Timeout("timed out")).kind == "network"


def test_server_error_is_a_network_failure_and_is_not_remembered():
    answers = iter([BROKEN] * 2 + [chart()] * 4)
    source, _ = provider(lambda url: next(answers))
    with pytest.raises(FetchFailure) as refusal:
        source.fetch_history("1810.HK", FIRST, LAST)
    assert refusal.value.kind == "network" and "cannot be read" in refusal.value.message
    assert len(source.fetch_history("1810.HK", FIRST, LAST).figures) == 5


def test_answer_of_an_unknown_shape_is_a_network_failure():
    assert failure_of(lambda url: (200, json.dumps({"chart": {"result": [{"meta": {}}], "error": None}}))).kind == "network"


def limited(answer, symbols, **options):
    """What a run over several symbols gives, and the waits it took."""
    waits = []
    source, adapter = provider(answer)
    return FetchedSource(provider=source, sleep=waits.append, **options).fetch(symbols, FIRST, LAST), waits, adapter


def test_a_rate_limit_is_waited_for_once_a_run_and_not_once_a_symbol():
    symbols = [f"{number:04d}.HK" for number in range(1, 21)]
    result, waits, adapter = limited(lambda url: TOO_MANY, symbols)
    assert waits == [30.0, 120.0] and set(result.failures["kind"]) == {"rate_limit"} and len(result.failures) == 20
    asked = {url.split("/chart/")[1].split("?")[0] for url in adapter.charts}
    assert asked == {"0001.HK"} and "not asked after 3 refusals" in result.failures["message"].iloc[-1]


def test_a_rate_limit_that_ends_is_survived_and_what_was_had_is_given():
    waits = []
    source, _ = provider(lambda url: TOO_MANY if "0002.HK" in url and not waits else chart())
    result = FetchedSource(provider=source, sleep=waits.append, backoff=(5.0,)).fetch(["0001.HK", "0002.HK", "0003.HK"], FIRST, LAST)
    assert result.failures.empty and result.panel.securities == ["0001.HK", "0002.HK", "0003.HK"] and waits == [5.0]


def test_unknown_symbol():
    failure = failure_of(lambda url: NOT_FOUND)
    assert failure.kind == "unknown_symbol" and "1810.HK" in failure.message


def test_no_rows_in_range():
    failure = failure_of(lambda url: chart() if "range=1d" in url else OUT_OF_RANGE)
    assert failure.kind == "no_rows_in_range" and "2021-01-11 to 2021-01-15" in failure.message


def test_rows_without_a_close_are_no_rows():
    assert failure_of(lambda url: chart(closes=[None] * 5)).kind == "no_rows_in_range"


def test_the_session_that_has_not_ended_is_left_out():
    before_close = pd.Timestamp("2021-01-15 15:59", tz="Asia/Hong_Kong")
    after_close = pd.Timestamp("2021-01-15 16:00", tz="Asia/Hong_Kong")
    running, _ = provider(lambda url: chart(), clock=before_close.tz_convert("UTC"))
    ended, _ = provider(lambda url: chart(), clock=after_close.tz_convert("UTC"))
    cut = running.fetch_history("1810.HK", FIRST, LAST)
    assert cut.last == pd.Timestamp("2021-01-14") and cut.figures.index[-1] == pd.Timestamp("2021-01-14")
    assert ended.fetch_history("1810.HK", FIRST, LAST).last == LAST


def test_an_isin_is_refused_before_any_request():
    source, adapter = provider(lambda url: chart())
    with pytest.raises(InputError, match="KYG9830T1067.*is an ISIN"):
        source.fetch_history("KYG9830T1067", FIRST, LAST)
    assert not adapter.charts


def test_adjusted_closes_carry_the_total_return():
    close, cash = pd.Series([20.0, 19.4, np.nan, 20.0]), pd.Series([0.0, 0.5, 1.0, 0.0])
    adjusted = adjusted_closes(close, cash)
    assert adjusted.iloc[3] == 20.0 and np.isnan(adjusted.iloc[2])
    assert adjusted.iloc[1] / adjusted.iloc[0] - 1 == pytest.approx(-0.005, rel=1e-12)
    assert adjusted.iloc[3] / adjusted.iloc[1] - 1 == pytest.approx((20 + 1) / 19.4 - 1, rel=1e-12)


def test_a_panel_drops_days_without_session_and_tells_what_is_partial():
    days = ("2021-01-11", "2021-01-13", "2021-01-14", "2021-01-15", "2021-01-16")
    source, _ = provider(lambda url: chart(days=days, dividends={"2021-01-14": 0.65}))
    result = FetchedSource(provider=source).fetch(["1810.HK"], "2021-01-11", "2021-01-16")
    assert result.panel.sessions.tolist() == [pd.Timestamp(day) for day in days[:4]]
    assert result.panel.dropped["reason"].tolist() == ["not a session of XHKG"]
    assert result.failures["kind"].tolist() == ["partial"] and "4 of 5 sessions" in result.failures["message"].iloc[0]
    assert any("4 of 5 sessions" in line for line in result.panel.assumptions)
    assert result.panel.returns()["1810.HK"].loc["2021-01-14"] == pytest.approx((33.0 + 0.65) / 33.5 - 1)
    assert result.panel.currency["1810.HK"] == "HKD" and result.panel.basis["1810.HK"] == "as_traded"


def test_a_symbol_with_rows_on_no_session_has_no_rows_in_range():
    source, _ = provider(lambda url: chart(days=("2021-01-16", "2021-01-17"), closes=(1.0, 2.0)))
    result = FetchedSource(provider=source).fetch(["1810.HK"], "2021-01-11", "2021-01-18")
    assert result.panel is None and result.failures["kind"].tolist() == ["no_rows_in_range"]


class Scripted:
    """A provider by hand: each symbol gives a history or fails with its kind."""

    name = "scripted"
    control_symbol = "SPY"

    def __init__(self, **kinds):
        self.kinds = kinds
        self.asked = []

    def fetch_history(self, symbol, first, last):
        self.asked.append((symbol, first, last))
        kind = self.kinds.get(symbol)
        if kind:
            raise FetchFailure(kind, f"told to fail by {kind}")
        days = pd.bdate_range(first, last).as_unit("ns")
        figures = pd.DataFrame({"close": 10.0 + np.arange(len(days)), "volume": 5.0, "dividend": 0.0, "split": 0.0}, index=days)
        return SecurityHistory(
            symbol=symbol, figures=figures, first=first, last=last, currency="USD", retrieved_at="2021-02-01T00:00:00+00:00"
        )


def kinds_of(result):
    return dict(zip(result.failures["symbol"], result.failures["kind"], strict=True))


def test_one_failure_does_not_cost_the_others():
    result = FetchedSource(provider=Scripted(B="unknown_symbol")).fetch(["A", "B", "C"], FIRST, LAST)
    assert result.panel.securities == ["A", "C"] and kinds_of(result) == {"B": "unknown_symbol"}


def test_after_three_network_failures_in_a_row_the_rest_is_not_tried():
    scripted = Scripted(A="network", B="network", C="network")
    result = FetchedSource(provider=scripted).fetch(["A", "B", "C", "D", "E"], FIRST, LAST)
    assert [symbol for symbol, *_ in scripted.asked] == ["A", "B", "C"]
    assert set(kinds_of(result).values()) == {"network"} and result.panel is None


def test_empty_answers_are_put_down_to_the_network_when_the_control_symbol_fails_too():
    result = FetchedSource(provider=Scripted(A="unknown_symbol", B="no_rows_in_range", SPY="unknown_symbol")).fetch(["A", "B"], FIRST, LAST)
    assert set(kinds_of(result).values()) == {"network"}
    assert "nor for SPY, which exists" in result.failures["message"].iloc[0]


def test_empty_answers_stand_when_the_control_symbol_answers():
    scripted = Scripted(A="unknown_symbol", B="no_rows_in_range")
    result = FetchedSource(provider=scripted).fetch(["A", "B"], FIRST, LAST)
    assert kinds_of(result) == {"A": "unknown_symbol", "B": "no_rows_in_range"}
    assert [symbol for symbol, *_ in scripted.asked].count("SPY") == 1


def test_the_cache_answers_the_second_time_and_offline(tmp_path):
    cache, scripted = PriceCache(path=tmp_path / "c.sqlite"), Scripted()
    first = FetchedSource(provider=scripted, cache=cache).fetch(["A"], FIRST, LAST).panel
    again = FetchedSource(provider=scripted, cache=cache).fetch(["A"], FIRST + pd.Timedelta(days=1), LAST).panel
    offline = FetchedSource(provider=Scripted(A="network"), cache=cache, offline=True).fetch(["A"], FIRST, LAST).panel
    assert len(scripted.asked) == 1
    pd.testing.assert_frame_equal(first.close, offline.close)
    pd.testing.assert_frame_equal(first.close.iloc[1:], again.close)


def test_a_wider_request_fetches_the_whole_range_again_so_that_splits_never_mix(tmp_path):
    cache, scripted = PriceCache(path=tmp_path / "c.sqlite"), Scripted()
    source = FetchedSource(provider=scripted, cache=cache)
    source.fetch(["A"], FIRST, LAST)
    later = source.fetch(["A"], LAST, "2021-01-20").panel
    assert scripted.asked[1] == ("A", FIRST, pd.Timestamp("2021-01-20"))
    assert later.sessions[0] == LAST and cache.covered("scripted", "A") == (FIRST, pd.Timestamp("2021-01-20"))


def test_offline_without_a_cached_range_says_what_to_do():
    result = FetchedSource(provider=Scripted(), cache=PriceCache(), offline=True).fetch(["A"], FIRST, LAST)
    assert kinds_of(result) == {"A": "not_cached"}
    with pytest.raises(DataUnavailable, match="'A': the cache does not hold.*impact data fetch"):
        load_panel(FetchedSource(provider=Scripted(), cache=PriceCache(), offline=True), ["A"], FIRST, LAST)


def test_load_panel_names_count_kinds_first_symbol_and_next_step():
    waits: list[float] = []
    with pytest.raises(
        DataUnavailable, match="could not give 1 of 2 securities \\(1 rate_limit\\); first 'B': .*; wait some minutes"
    ) as refusal:
        load_panel(FetchedSource(provider=Scripted(B="rate_limit"), sleep=waits.append), ["A", "B"], FIRST, LAST)
    assert waits == [30.0, 120.0]
    assert "\n" not in str(refusal.value)


def test_load_panel_from_yahoo_without_network_is_one_line(monkeypatch):
    source, _ = provider(lambda url: requests.ConnectionError("Could not resolve host"))
    monkeypatch.setattr("impact.market.yahoo.YahooProvider", lambda: source)
    with pytest.raises(DataUnavailable, match="source='yahoo' could not give 1 of 1 securities \\(1 network\\).*check the connection"):
        load_panel("yahoo", "1810.HK", FIRST, LAST)


@pytest.mark.parametrize(("securities", "start", "end", "message"), [
    (None, "2021-01-01", "2021-02-01", "securities is empty"),
    (["A"], None, "2021-02-01", "start is not given"),
    (["A"], "2021-01-01", None, "end is not given"),
    (["A"], "2021-02-01", "2021-01-01", "start=2021-02-01 is after end=2021-01-01"),
    (["A"], "soon", "2021-01-01", "start='soon' is not a date"),
    (["A"], "2021-01-01T10:00", "2021-02-01", "is not a session"),
])  # fmt: skip
def test_a_bad_request_is_refused_before_any_download(securities, start, end, message):
    scripted = Scripted()
    with pytest.raises(InputError, match=message):
        FetchedSource(provider=scripted).fetch(securities, start, end)
    assert not scripted.asked


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stderr", "symbols", "shown"), [
    (Terminal, "ABCDEFG", True),
    (Terminal, "AB", False),
    (io.StringIO, "ABCDEFG", False),
])  # fmt: skip
def test_a_bar_is_shown_only_to_a_person_who_waits(monkeypatch, stderr, symbols, shown):
    written = stderr()
    monkeypatch.setattr("sys.stderr", written)
    FetchedSource(provider=Scripted()).fetch(list(symbols), FIRST, LAST)
    assert ("fetching from scripted" in written.getvalue()) is shown


INDEX = pd.DatetimeIndex(DAYS).tz_localize("Asia/Hong_Kong")
TABLE = pd.DataFrame({"Open": CLOSES, "Close": CLOSES, "Volume": 1000, "Dividends": 0.0, "Stock Splits": 0.0}, index=INDEX)


class Ticker:
    """yfinance.Ticker that gives what a test tells it."""

    given: object = None
    metadata: object = {"currency": "HKD", "exchangeTimezoneName": "Asia/Hong_Kong"}

    def __init__(self, symbol, session=None):
        self.symbol, self.history_metadata = symbol, self.metadata

    def history(self, **_options):
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given


def given(monkeypatch, answer, metadata=Ticker.metadata):
    """The history that an answer of Ticker becomes, or the failure."""
    monkeypatch.setattr(Ticker, "given", answer)
    monkeypatch.setattr(Ticker, "metadata", metadata)
    monkeypatch.setattr("yfinance.Ticker", Ticker)
    return YahooProvider(clock=lambda: LATER).fetch_history("1810.HK", FIRST, LAST)


TWO_LEVELS = TABLE.set_axis(pd.MultiIndex.from_product([TABLE.columns, ["1810.HK"]]), axis=1)
GOOD_ANSWERS = {
    "as documented": TABLE,
    "lower case": TABLE.rename(columns=str.lower),
    "two levels": TWO_LEVELS,
    "two levels, ticker first": TWO_LEVELS.swaplevel(axis=1),
    "text": TABLE.astype(str),
    "UTC index": TABLE.set_axis(INDEX.tz_convert("UTC"), axis=0),
    "naive index": TABLE.set_axis(INDEX.tz_localize(None), axis=0),
    "text index": TABLE.set_axis(INDEX.strftime("%Y-%m-%d"), axis=0),
    "seconds": TABLE.set_axis(INDEX.as_unit("s"), axis=0),
    "no actions": TABLE[["Close", "Volume"]],
    "upside down": TABLE.iloc[::-1],
}


@pytest.mark.parametrize("layout", GOOD_ANSWERS)
def test_every_layout_of_a_good_answer_is_the_same_history(monkeypatch, layout):
    history = given(monkeypatch, GOOD_ANSWERS[layout])
    assert history.figures["close"].tolist() == list(CLOSES) and history.figures.index.tolist() == list(pd.to_datetime(DAYS))
    assert history.figures["volume"].tolist() == [1000] * 5 and (history.figures["split"] == 0).all()
    assert history.figures["dividend"].isna().all() if layout == "no actions" else (history.figures["dividend"] == 0).all()
    assert history.currency == "HKD" and not history.refused


@pytest.mark.parametrize("metadata", [None, {}, {"currency": None}, {"exchangeTimezoneName": "Mars/Olympus"}, {"exchangeTimezoneName": 7}])
def test_metadata_that_says_nothing_costs_no_figure(monkeypatch, metadata):
    assert given(monkeypatch, TABLE, metadata).figures["close"].tolist() == list(CLOSES)


def test_no_volume_is_unknown_and_not_zero(monkeypatch):
    assert given(monkeypatch, TABLE[["Close"]]).figures["volume"].isna().all()


BAD_ANSWERS = {
    "None": (None, "no_rows_in_range"),
    "empty": (TABLE.iloc[:0], "no_rows_in_range"),
    "empty object index": (pd.DataFrame(columns=TABLE.columns), "no_rows_in_range"),
    "no close": (TABLE.drop(columns="Close"), "unreadable"),
    "close twice": (pd.concat([TABLE, TABLE[["Close"]]], axis=1), "unreadable"),
    "a list": ([1, 2], "unreadable"),
    "text": ("<html>", "unreadable"),
    "rows without dates": (TABLE.set_axis(list("abcde"), axis=0), "unreadable"),
    "words for closes": (TABLE.assign(Close="n/a"), "no_rows_in_range"),
    "negative": (TABLE.assign(Close=-1.0), "no_rows_in_range"),
    "infinite": (TABLE.assign(Close=np.inf), "no_rows_in_range"),
    "another year": (TABLE.set_axis(INDEX + pd.Timedelta(days=3650), axis=0), "no_rows_in_range"),
    "RuntimeError": (RuntimeError("dictionary changed size"), "network"),
    "ZeroDivisionError": (ZeroDivisionError(), "network"),
    "AssertionError": (AssertionError("no crumb"), "network"),
    "RecursionError": (RecursionError("deep"), "network"),
    "UnicodeDecodeError": (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), "network"),
    "MemoryError": (MemoryError(), "network"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_every_bad_answer_is_a_named_failure_of_that_symbol_and_stores_nothing(monkeypatch, tmp_path, name):
    answer, kind = BAD_ANSWERS[name]
    with pytest.raises(FetchFailure) as failure:
        given(monkeypatch, answer)
    assert failure.value.kind == kind and failure.value.kind in FAILURE_KINDS
    store = PriceCache(path=tmp_path / "prices.sqlite")
    source = FetchedSource(provider=YahooProvider(clock=lambda: LATER, control_symbol="1810.HK"), cache=store)
    assert source.fetch(["1810.HK"], FIRST, LAST).panel is None and store.contents().empty


def test_one_bad_cell_costs_that_cell_and_is_listed(monkeypatch, tmp_path):
    store = PriceCache(path=tmp_path / "prices.sqlite")
    closes = [33.0, 3350.0, 33.0, "oops", 29.3]
    broken = TABLE.assign(Close=pd.Series(closes, index=INDEX, dtype=object), Volume=[1, -5, 1, 1, 1])
    monkeypatch.setattr(Ticker, "given", broken)
    monkeypatch.setattr("yfinance.Ticker", Ticker)
    source = FetchedSource(provider=YahooProvider(clock=lambda: LATER), cache=store)
    panel = source.fetch(["1810.HK"], FIRST, LAST).panel
    np.testing.assert_array_equal(panel.close["1810.HK"].dropna(), [33.0, 33.0, 29.3])
    told = panel.dropped["reason"].tolist()
    for part in ("close of 3350 quarantined", "close of oops is no price", "volume of -5 is no amount"):
        assert any(part in reason for reason in told)
    offline = FetchedSource(provider=YahooProvider(), cache=store, offline=True).fetch(["1810.HK"], FIRST, LAST).panel
    pd.testing.assert_frame_equal(offline.dropped, panel.dropped)
    assert len(store.refused()) == 3


@pytest.mark.parametrize("bad", ["oops", -0.5, np.inf])
def test_one_bad_dividend_leaves_the_dividends_of_the_line_unknown(monkeypatch, bad):
    told = given(monkeypatch, TABLE.assign(Dividends=pd.Series([0.0, 0.5, bad, 0.0, 0.0], index=INDEX, dtype=object)))
    assert told.figures["dividend"].isna().all() and told.figures["close"].notna().all()
    assert any(f"dividend of {bad} is no amount" in reason for _, reason in told.refused)
    sound = given(monkeypatch, TABLE.assign(Dividends=[0.0, 0.5, np.nan, 0.0, 0.0]))
    assert sound.figures["dividend"].tolist() == [0.0, 0.5, 0.0, 0.0, 0.0]


def test_a_day_given_twice_is_the_later_row_and_is_listed(monkeypatch):
    twice = pd.concat([TABLE, TABLE.iloc[[-1]].assign(Close=29.5).set_axis(INDEX[-1:] + pd.Timedelta(hours=16), axis=0)])
    history = given(monkeypatch, twice)
    assert history.figures["close"].iloc[-1] == 29.5
    assert history.refused == ((LAST, "the day is there twice: close of 29.3 replaced by the later row"),)


def test_a_truncated_answer_is_asked_for_once_more(monkeypatch):
    answers = [TABLE.iloc[:2], TABLE]
    monkeypatch.setattr(Ticker, "history", lambda self, **_options: answers.pop(0))
    monkeypatch.setattr("yfinance.Ticker", Ticker)
    result = FetchedSource(provider=YahooProvider(clock=lambda: LATER)).fetch(["1810.HK"], FIRST, LAST)
    assert result.failures.empty and len(result.panel.sessions) == 5 and not answers
