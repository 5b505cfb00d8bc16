"""Tables as databases give them: long, with numbers for names, codes of missing returns, dates that are a day off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import ImpactWarning, InfeasibleDesign, InputError
from impact.eventstudy import abnormal_volume, buy_and_hold, calendar_time_drift, synthetic_control
from impact.eventstudy.files import study_files
from tests.eventstudy.test_what_a_summary_says import DAYS, EVENT, WINDOWS, notes, on, panel

NUMBERS = {"MKT": 10, "F0": 11, "F1": 12, "F2": 13, "F3": 14}


def cars(returns, events, market="MKT", **options):
    return impact.event_study(returns, events, market=market, **WINDOWS | options).car(0, 1)["car"].to_numpy()


EVENTS = on(["F0", "F1"], [EVENT, 300])


def long(table):
    return table.rename_axis("date").rename_axis("ticker", axis=1).stack().rename("ret").reset_index()


@pytest.mark.parametrize(
    "laid",
    [
        long,
        lambda table: long(table).sample(frac=1, random_state=3),
        lambda table: long(table).set_index("date"),
        lambda table: long(table).set_index(["date", "ticker"]),
        lambda table: long(table).set_index(["ticker", "date"])["ret"],
        lambda table: long(table).set_index(["ticker", "date"]).rename_axis([None, None]),
        lambda table: long(table).assign(ticker=lambda rows: rows["ticker"].astype("category")),
        lambda table: long(table).assign(date=lambda rows: rows["date"].dt.strftime("%Y%m%d").astype(int)),
        lambda table: long(table).convert_dtypes(dtype_backend="pyarrow"),
    ],
)
def test_a_long_table_is_the_wide_one(laid):
    returns = panel()
    assert cars(laid(returns), EVENTS) == pytest.approx(cars(returns, EVENTS), abs=1e-15)


def test_long_prices_are_the_wide_ones():
    closes = 100 * (1 + panel()).cumprod()
    rows = long(closes).rename(columns={"ret": "close"})
    pd.testing.assert_frame_equal(impact.to_returns(rows), impact.to_returns(closes))


@pytest.mark.parametrize(
    ("laid", "message"),
    [
        (lambda rows: rows.assign(prc=1.0), r"2 figures \(ret, prc\).*table.pivot\(index='date', columns='ticker', values='ret'\)"),
        (lambda rows: rows.assign(permno=1), r"2 columns that name a security \(ticker, permno\)"),
        (lambda rows: rows.assign(prc=1.0).set_index(["date", "ticker"]), r"table\['ret'\].unstack\('ticker'\)"),
        (lambda rows: pd.concat([rows, rows.iloc[[7]]]), r"gives 1 row twice \(first F2 on 2019-01-02\)"),
        (lambda rows: rows.assign(ticker=rows["ticker"].where(rows.index > 3)), "4 rows that name no security"),
        (lambda rows: rows.set_index(["date", "ticker", "ret"], drop=False)[["ret"]], "3 levels of rows"),
    ],
)
def test_a_long_table_that_says_too_much_is_refused_with_what_to_give(laid, message):
    with pytest.raises(InputError, match=message):
        cars(laid(long(panel())), EVENTS)


@pytest.mark.parametrize("column", [int, str])
@pytest.mark.parametrize("event", [int, float, str])
def test_a_number_for_a_name_is_the_column_that_is_written_like_it(column, event):
    returns = panel()
    numbered = returns.rename(columns={name: column(number) for name, number in NUMBERS.items()})
    events = EVENTS.assign(security=[event(NUMBERS[name]) if event is not str else str(NUMBERS[name]) for name in EVENTS["security"]])
    market = str(10) if column is int else 10
    assert cars(numbered, events, market=market) == pytest.approx(cars(returns, EVENTS), abs=1e-15)


def test_numbers_for_names_hold_beyond_the_study_of_returns():
    returns = panel(6).rename(columns=NUMBERS | {"F4": 15, "F5": 16})
    events = EVENTS.assign(security=[11, 12])
    written = returns.rename(columns=str)
    assert abnormal_volume(1e6 + 1e8 * returns.abs(), events, **WINDOWS).n_events == 2  # its columns become text
    assert buy_and_hold(written, events, market=10)["bhar"].notna().all()
    with pytest.raises(InfeasibleDesign, match="sessions"):  # too few of them, and not: no such column
        calendar_time_drift(written, events, market=10, window=(1, 2))
    control = synthetic_control(written, events, "e0", donors=[13, 14, 15, 16], estimation=(-200, -11), window=(0, 1))
    assert set(control.weights["donor"]) <= {"13", "14", "15", "16"}


def test_two_columns_that_are_written_alike_are_not_chosen_between():
    returns = panel().rename(columns=NUMBERS)
    returns["11"] = returns[11]
    with pytest.raises(InfeasibleDesign, match="security is not a column of returns"):
        cars(returns, EVENTS.assign(security=["11.0", "12.5"]), market=10)
    assert len(cars(returns, EVENTS.assign(security=["11", 12]), market=10)) == 2


def test_ids_in_words_are_written_without_their_type():
    twice = pd.concat([EVENTS, EVENTS.iloc[[0]]]).assign(event_id=[1, 2, 3])
    said = notes(impact.event_study(panel(), twice, market="MKT", **WINDOWS))
    assert "(first 3: 1)" in said
    assert "np." not in said


def factors(code, unit):
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(0, 0.005, (len(DAYS), 3)), DAYS, ["Mkt-RF", "SMB", "HML"]).assign(RF=0.0001)
    table.iloc[200, :3] = code / unit
    return table


@pytest.mark.parametrize(("code", "unit"), [(-99.99, 1), (-999.0, 1), (-99.99, 100), (-999.0, 100)])
def test_codes_of_a_missing_factor_are_refused_also_where_they_were_divided(code, unit):
    with pytest.raises(InputError, match="factors has 3 of 3 column.s. with a code of a missing return .first 'Mkt-RF'"):
        cars(panel(), EVENTS, market=None, factors=factors(code, unit), model="ff3")


def test_a_code_of_a_missing_return_is_no_percent():
    returns = panel()
    returns.iloc[150, 0] = -99.0
    with pytest.raises(InputError, match="code of a missing return .first 'F0': -99"):
        cars(returns, EVENTS)


def test_letters_among_returns_are_counted_by_the_columns_that_hold_them():
    returns = panel().astype(object)
    returns.iloc[150, 0] = "C"
    with pytest.raises(InputError, match="returns has 1 column.s. that are not numbers .first 'F0': 'C'"):
        cars(returns, EVENTS)


@pytest.mark.parametrize(("shift", "side"), [(1, "after"), (-1, "before")])
def test_a_benchmark_whose_dates_are_a_day_off_is_said(shift, side):
    returns = panel()
    moved = returns.assign(MKT=returns["MKT"].shift(shift))
    with pytest.warns(ImpactWarning, match=f"the benchmark of the session {side} .mean correlation 0.4"):
        study = impact.event_study(moved, EVENTS, market="MKT", **WINDOWS)
    assert "hardly with that of the same day" in notes(study)


def test_the_correlations_said_of_a_benchmark_a_day_off_are_those_of_numpy():
    returns = panel()
    market = returns.pop("MKT")
    with pytest.warns(ImpactWarning, match="of the session after") as said:
        impact.event_study(returns, EVENTS, market=market.shift(1).rename("MKT"), **WINDOWS)
    rows = slice(300 - 200, EVENT - 10)
    own, there = returns.iloc[rows], market.shift(1).iloc[rows]
    ahead = np.mean([np.corrcoef(own[name].iloc[:-1], there.iloc[1:])[0, 1] for name in ("F0", "F1")])
    same = np.mean([np.corrcoef(own[name], there)[0, 1] for name in ("F0", "F1")])
    assert f"(mean correlation {ahead:.2f} on {len(own) - 1} days)" in str(said[0].message)
    assert f"({same:.2f})" in str(said[0].message).replace("−", "-")


def test_a_factor_market_that_is_a_day_off_is_said_and_dimson_is_not_asked():
    returns = panel()
    table = pd.DataFrame({"Mkt-RF": returns["MKT"].shift(1), "RF": 0.0}, DAYS)
    with pytest.warns(ImpactWarning, match="of the session after"):
        impact.event_study(returns, EVENTS, factors=table, model="capm", **WINDOWS)
    impact.event_study(returns.assign(MKT=returns["MKT"].shift(-1)), EVENTS, market="MKT", model="dimson", leads=1, **WINDOWS)


def test_events_of_a_week_end_are_said():
    saturday = DAYS[EVENT] + pd.Timedelta(days=5 - DAYS[EVENT].day_of_week)
    events = EVENTS.assign(date=[saturday, DAYS[300]])
    forward = notes(impact.event_study(panel(), events, market="MKT", **WINDOWS))
    monday, friday = saturday + pd.Timedelta(days=2), saturday - pd.Timedelta(days=1)
    assert (
        f"1 of 2 events is dated on a day that is no session of its line and stands on the session after it (first 'e0': Saturday {saturday:%Y-%m-%d}, "
        f"day 0 {monday:%Y-%m-%d})"
    ) in forward
    back = notes(impact.event_study(panel(), events, market="MKT", anchor="previous", **WINDOWS))
    assert f"the session before it (first 'e0': Saturday {saturday:%Y-%m-%d}, day 0 {friday:%Y-%m-%d})" in back
    assert "no session of its line" not in notes(impact.event_study(panel(), EVENTS, market="MKT", **WINDOWS))


@pytest.mark.parametrize(
    "written",
    [
        lambda rows, wide: rows.to_csv(index=False),
        lambda rows, wide: rows[["ticker", "date", "ret"]].to_csv(index=False),
        lambda rows, wide: wide.rename_axis("date").reset_index().to_csv(),  # rows numbered before the dates
        lambda rows, wide: wide.rename_axis("date").reset_index()[["MKT", "date", "F0", "F1"]].to_csv(index=False),
    ],
)
def test_a_file_of_returns_is_read_long_and_wherever_its_dates_stand(tmp_path, written):
    returns = panel()
    (tmp_path / "returns.csv").write_text(written(long(returns), returns))
    EVENTS.to_csv(tmp_path / "events.csv", index=False)
    study = study_files(tmp_path / "events.csv", returns=tmp_path / "returns.csv", market="MKT", **WINDOWS)
    assert study.car(0, 1)["car"].to_numpy() == pytest.approx(cars(returns, EVENTS), abs=1e-12)
