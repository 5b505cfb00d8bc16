"""Every result of this room can be sent to another process, copied, and is the same there."""

from __future__ import annotations

import copy
import inspect
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

import impact.eventstudy as room
from impact.eventstudy.placebo import placebo_windows
from impact.market import trade_to_trade_returns
from impact.results import Result
from tests.eventstudy.test_intraday import MARKET, NEWS, news
from tests.eventstudy.test_intraday import panel as bars
from tests.eventstudy.test_models import DAYS, EVERY, events, panel, study


def results(tmp_path):
    returns, factors = panel()
    firms = returns.columns.drop("index")
    many = pd.DataFrame({"event_id": [f"e{i}" for i in range(8)], "security": firms, "date": DAYS[320:328]})
    whole = room.event_study(returns, many, market="index", window=(-3, 3))
    prices = (1 + returns.fillna(0)).cumprod()
    returns[firms].rename_axis("date").reset_index().to_parquet(tmp_path / "part.parquet")
    yield whole
    yield whole.inference(0, 1)
    yield room.car_regression(whole.__class__(**vars_of(whole) | {"events": whole.events.assign(size=np.arange(8.0))}), ["size"], 0, 1)
    yield room.chained_events(returns, events("A", "A", date=[DAYS[320], DAYS[325]]), "index")
    yield room.shrunk_effects(whole, 0, 0)
    yield whole.volatility(0, 1)
    yield room.calendar_time_drift(returns, many, "index", window=(1, 60))
    yield room.study_partitions(tmp_path, many, returns["index"])
    yield room.abnormal_volume(np.exp(returns) * 1e6, many)
    yield room.trade_to_trade_study(trade_to_trade_returns(prices[firms], prices["index"]), many)
    yield placebo_windows(whole.fit, 0, 0, 1)
    yield room.synthetic_control(returns, events("A"))
    yield room.synthetic_did(returns[firms].fillna(0.0).iloc[-60:], "A", DAYS[-10])
    yield room.staggered_did(returns[firms].fillna(0.0).iloc[-40:], {"A": DAYS[-10]})
    yield room.long_fit(returns, "A", "index", DAYS[330])
    yield room.intraday_study(bars(), news(NEWS), MARKET, ["15min"])
    for name in EVERY:
        yield study(name, returns, factors)


def vars_of(record):
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_every_result_pickles_and_copies(tmp_path):
    seen = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for result in results(tmp_path):
            seen.add(type(result))
            text = str(result)
            sent = pickle.loads(pickle.dumps(result))
            assert str(sent) == text and str(copy.deepcopy(result)) == text and str(copy.copy(result)) == text
            pd.testing.assert_frame_equal(sent.to_frame(), result.to_frame())
    public = {item for name in room.__all__ if inspect.isclass(item := getattr(room, name)) and issubclass(item, Result)}
    assert public <= seen


def test_a_fit_that_was_sent_gives_the_same_tests():
    returns, factors = panel()
    whole = study("market", returns, factors)
    whole.tests(0, 1)  # what is kept for speed does not travel
    data = pickle.dumps(whole)
    assert len(data) < 4 * returns.to_numpy().nbytes
    pd.testing.assert_frame_equal(pickle.loads(data).tests(0, 1), whole.tests(0, 1))


@pytest.mark.parametrize("record", [*room.MODELS.values()], ids=list(room.MODELS))
def test_models_find_their_functions(record):
    assert callable(record.build) and callable(record.fit)
