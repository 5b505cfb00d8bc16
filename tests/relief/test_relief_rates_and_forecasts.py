"""Base rates with exact intervals, and the forecast log."""

import math
from multiprocessing import get_context

import pandas as pd
import pytest
from scipy.stats import binomtest

from impact.errors import InputError, SourceUnusable
from impact.relief.base_rates import base_rates, clopper_pearson
from impact.relief.forecasts import Forecast, log_forecast, read_forecasts, score_forecasts


@pytest.mark.parametrize(("wins", "n"), [(0, 3), (2, 2), (1, 4), (5, 9)])
def test_exact_interval_agrees_with_scipy(wins, n):
    exact = binomtest(wins, n).proportion_ci(method="exact")
    assert clopper_pearson(wins, n) == pytest.approx((exact.low, exact.high))


def test_statutes_are_never_pooled_and_open_cases_enter_no_rate():
    cases = pd.DataFrame(
        {
            "case": ["x", "l", "h", "a", "d"],
            "programme_id": ["1237", "1237", "1260h", "1260h", "1260h"],
            "outcome": ["relief", "relief", "lost", "relief", "open"],
        }
    )
    table = base_rates(cases).to_frame().set_index("programme_id")
    assert table.loc["1237", ["n_decided", "n_relief", "n_open"]].tolist() == [2, 2, 0]
    assert table.loc["1260h", "relief_share"] == 0.5 and table.loc["1260h", "n_open"] == 1
    assert table.loc["1237", "relief_share_low"] == pytest.approx(0.025**0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"outcome": ["won"]}, "outside the vocabulary"), ({"case": None}, "lacks 1 column")],
)
def test_bad_case_tables_are_refused(change, message):
    table = pd.DataFrame({"case": ["x"], "programme_id": ["p"], "outcome": ["relief"]})
    for name, value in change.items():
        table = table.drop(columns=name) if value is None else table.assign(**{name: value})
    with pytest.raises(InputError, match=message):
        base_rates(table)


def test_a_case_counts_once():
    with pytest.raises(InputError, match="repeats 1 values"):
        base_rates(pd.DataFrame({"case": ["x", "x"], "programme_id": ["p", "p"], "outcome": ["relief", "lost"]}))


FORECAST = Forecast(made_at="2021-03-11T12:00-05:00", question="relief of \u5c0f\u7c73\u2028in time", probability=0.4)


@pytest.mark.parametrize(
    "content", [b"date,close\n2021-01-04,3\n", b"\x00\xff\xfe", b'{"schema": "impact.relief/1"}\n', b"[]\n", b"[" * 100_000]
)
def test_what_is_no_log_is_not_added_to(tmp_path, content):
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"is no log of forecasts \(none of its 1|is no log of forecasts \(none of its 2"):
        log_forecast(path, FORECAST)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kept", [0, 1, 5, 40, 75, 76, 77, 80, 95])
def test_a_log_survives_a_line_torn_anywhere(tmp_path, kept):
    """Also in the middle of a letter: what was written before and after is read."""
    path = tmp_path / "log.jsonl"
    log_forecast(path, FORECAST)
    whole = path.read_bytes()
    for content, before in ((whole[:kept], 0), (whole + whole[:kept], 1)):
        path.write_bytes(content)
        log_forecast(path, FORECAST)
        forecasts, dropped = read_forecasts(path)
        assert forecasts["question"].tolist() == [FORECAST.question] * (before + 1)
        assert len(dropped) == (kept > 0)


def _write_fifty(path, writer):
    for number in range(50):
        log_forecast(path, Forecast(made_at="2021-03-11T12:00-05:00", question=f"{writer} {number} " + "x" * 5000, probability=0.4))


def test_several_processes_write_one_log(tmp_path):
    """Lines longer than a page: none is lost, none is mixed with another."""
    path, context = tmp_path / "log.jsonl", get_context("fork")
    writers = [context.Process(target=_write_fifty, args=(path, writer)) for writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    forecasts, dropped = read_forecasts(path)
    assert dropped.empty
    assert set(forecasts["question"].str.split(" ").str[:2].str.join(" ")) == {
        f"{writer} {number}" for writer in range(3) for number in range(50)
    }


def test_log_round_trip_and_scores(tmp_path):
    log = tmp_path / "forecasts.jsonl"
    log_forecast(
        log, Forecast(made_at="2021-03-11T12:00-05:00", question="injunction", probability=0.4, low=0.2, high=0.6, basis="anchors")
    )
    log_forecast(log, Forecast(made_at="2021-03-11T12:00-05:00", question="appeal", probability=0.3))
    with log.open("a") as handle:
        handle.write('{"made_at": "2021-03-11", "question": "naive", "probability": 0.3}\nnot json\n')
    forecasts, dropped = read_forecasts(log)
    assert len(forecasts) == 2 and dropped["line"].tolist() == [3, 4]
    scores = score_forecasts(forecasts, {"injunction": True}, base_rate=0.5)
    row = scores.to_frame().iloc[0]
    assert row["brier"] == pytest.approx(0.36) and row["log_score"] == pytest.approx(-math.log(0.4))
    assert scores.skill == pytest.approx(1 - 0.36 / 0.25)
    assert scores.open_questions["question"].tolist() == ["appeal"]
    assert "1 forecasts scored" in str(scores.summary())


def test_forecasts_are_checked(tmp_path):
    for change in ({"probability": 1.2}, {"made_at": "2021-03-11"}, {"low": 0.5}, {"question": " "}):
        with pytest.raises(InputError):
            Forecast(**({"made_at": "2021-03-11T12:00Z", "question": "q", "probability": 0.4} | change))
    with pytest.raises(SourceUnusable):
        read_forecasts(tmp_path / "absent.jsonl")
    with pytest.raises(InputError, match="strictly between"):
        score_forecasts(pd.DataFrame({"made_at": [], "question": [], "probability": []}), {}, base_rate=0.0)
