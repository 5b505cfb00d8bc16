"""Percent, prices and annual rates are refused at the door; quiet and wild decimals pass."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import DroppedEvents, ImpactWarning, InputError
from impact.eventstudy.scale import doubt_scale
from tests.eventstudy.test_models import DAYS, WINDOWS, events, panel


def study(returns, **options):
    return impact.event_study(returns, events("A"), **({"market": "index"} | WINDOWS | options))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda r: r * 100, "returns has 1 of 1 column.*half of its days beyond 25 %: these are percent; divide by 100"),
        (lambda r: 100 * (1 + r).cumprod(), "these are prices; pass them through impact.to_returns"),
        (lambda r: r.assign(index=r["index"] * 100), "market has 1 of 1 column.*percent"),
        (lambda r: r.assign(A=r["A"].where(r.index != DAYS[100], -1.4)), "a simple return below -100 %"),
    ],
)
def test_what_is_no_decimal_return_is_refused_with_what_to_do(spoil, message):
    returns, _ = panel()
    with pytest.raises(InputError, match=message):
        study(spoil(returns))


def test_factors_and_the_risk_free_rate_have_their_own_bounds():
    returns, factors = panel()
    with pytest.raises(InputError, match=r"factors has 6 of 6 column\(s\).*percent; divide by 100"):
        study(returns, factors=factors * 100, model="ff3")
    for rate in (0.02, 0.05):
        with pytest.raises(InputError, match="risk-free rate 'RF'.*divide by 100 if it is in percent"):
            study(returns, factors=factors.assign(RF=rate), model="ff3")
    monthly = factors.assign(RF=0.004)
    monthly.index = pd.date_range("1980-01-01", periods=len(DAYS), freq="MS", name="session")
    wide = returns.copy()
    wide.index = monthly.index
    assert impact.event_study(wide, events("A", date=wide.index[330]), factors=monthly, model="ff3", **WINDOWS).n_events == 1


def test_percent_of_a_quiet_line_is_said():
    returns, _ = panel()  # an index of 1 % a day: a tenth of it, in percent
    quiet = returns * 0.1
    assert study(quiet).n_events == 1
    with pytest.warns(ImpactWarning) as said:
        study(quiet * 100)
    texts = [str(warning.message) for warning in said]
    assert any(
        text.startswith("returns has 1 of 1 column(s) that are percent or very wild (first 'A': half of its moves") for text in texts
    )
    assert any("market has 1 of 1 column(s) that are percent or very wild (first 'index'" in text for text in texts)
    assert all("divide by 100 if a figure of 1 means 1 %" in text for text in texts)


def test_months_may_move_by_the_root_of_their_sessions():
    months = pd.DataFrame({"index": np.tile([0.06, -0.06], 60)}, index=pd.date_range("2000-01-01", periods=120, freq="MS"))
    doubt_scale(months, months, months.index)  # 6 % a month is 1.3 % a session: any warning fails the test
    days = months.set_axis(pd.bdate_range("2000-01-03", periods=120))
    with pytest.warns(ImpactWarning, match="beyond 6.0 %"):
        doubt_scale(days / 2, days, days.index)


@pytest.mark.parametrize("scale", [1e-4, 0.02, 5.0])
def test_quiet_and_wild_decimals_pass(scale):
    returns, _ = panel()
    assert study(returns * scale if scale < 1 else returns.assign(A=np.clip(returns["A"] * scale, -0.9, 2))).n_events == 1


def test_log_returns_may_lie_below_minus_one():
    returns, _ = panel()
    fallen = returns.assign(A=returns["A"].where(returns.index != DAYS[330], -1.25))
    assert study(fallen, kind="log").car(0, 0)["car"].iloc[0] < -1.2


@pytest.mark.parametrize("style", ["%d.%m.%Y", "%d-%b-%Y", "%d %B %Y", "%Y/%m/%d"])
def test_dates_in_other_forms_are_read_one_order_a_column(style):
    returns, _ = panel()
    dates = [DAYS[330], DAYS[345]]
    table = pd.DataFrame({"event_id": ["a", "b"], "security": ["A", "B"], "date": [f"{day:{style}}" for day in dates]})
    assert impact.event_study(returns, table, market="index", **WINDOWS).events["day0"].tolist() == dates


def test_dates_that_read_both_ways_are_asked_for():
    returns, _ = panel()
    table = pd.DataFrame({"event_id": ["a"], "security": ["A"], "date": ["03/04/2019"]})
    with pytest.raises(InputError, match=r"events\['date'\] can be read in two ways.*year first"):
        impact.event_study(returns, table, market="index", **WINDOWS)


@pytest.mark.parametrize("text", ["Apr 2019", "April 2019", "1 April", "Apr-25", "April"])
def test_a_month_or_a_day_without_year_is_no_date(text):
    returns, _ = panel()
    table = pd.DataFrame({"event_id": ["a", "b"], "security": ["A", "B"], "date": [text, "25 April 2019"]})
    with pytest.warns(DroppedEvents, match="1 of 2 events cannot be used"):
        study = impact.event_study(returns, table, market="index", **WINDOWS)
    assert study.dropped[["event_id", "reason"]].to_numpy().tolist() == [["a", "not a date"]]


def test_an_event_in_another_ones_estimation_window_is_said():
    returns, _ = panel()
    near = pd.DataFrame({"event_id": ["a", "b", "c"], "security": ["A", "A", "B"], "date": DAYS[[300, 330, 330]]})
    said = [line for line in impact.event_study(returns, near, market="index", **WINDOWS).assumptions if "contains another event" in line]
    assert len(said) == 1 and said[0].startswith("the estimation window of 1 event contains") and "(first 'b': 'a')" in said[0]
    apart = near.assign(date=DAYS[[330, 335, 330]])
    assert not any("contains another" in line for line in impact.event_study(returns, apart, market="index", **WINDOWS).assumptions)
