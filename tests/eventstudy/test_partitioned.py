"""Studies over returns stored in parts: the same numbers as in one piece, whoever computes them."""

from __future__ import annotations

import os
import signal
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import DroppedEvents, InfeasibleDesign, InputError
from impact.eventstudy.partitioned import study_partitions
from impact.eventstudy.random_events import RandomEvents

DAYS = pd.bdate_range("2018-01-01", periods=500, name="session")
WINDOWS = ((0, 0), (-1, 1))


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(1)
    market = rng.normal(0, 0.01, 500)
    returns = pd.DataFrame(rng.normal(0, 0.02, (500, 24)) + market[:, None], index=DAYS, columns=[f"s{i}" for i in range(24)])
    returns = returns.mask(rng.random(returns.shape) < 0.02)
    returns.loc[: DAYS[380], "s5"] = np.nan
    events = pd.DataFrame(
        {"event_id": range(200), "security": rng.choice([*returns.columns, "absent"], 200), "date": rng.choice(DAYS[270:480], 200)}
    )
    return returns, pd.Series(market, index=DAYS, name="market"), events


@pytest.fixture(scope="module")
def folder(panel, tmp_path_factory):
    """Four files: two long, one wide, one long in a folder of its own."""
    returns, _, _ = panel
    root = tmp_path_factory.mktemp("parts")
    for number in range(4):
        part = returns.iloc[:, 6 * number : 6 * number + 6]
        if number == 2:
            part.to_parquet(root / "part2.parquet")
            continue
        long = part.stack().rename("return").rename_axis(["date", "security"]).reset_index()
        target = root / "group=x" if number == 3 else root
        target.mkdir(exist_ok=True)
        long.sample(frac=1.0, random_state=number).to_parquet(target / f"part{number}.parquet", index=False)
    return root


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.tests, other.tests, check_exact=True)
    pd.testing.assert_frame_equal(one.average, other.average, check_exact=True)
    pd.testing.assert_frame_equal(one.partitions, other.partitions)


def test_parts_add_up_to_the_whole(panel, folder):
    returns, market, events = panel
    result = study_partitions(folder, events, market, windows=WINDOWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedEvents)
        whole = impact.event_study(returns, events, market=market)
    assert (result.n_events, result.n_dropped) == (whole.n_events, len(whole.dropped))
    np.testing.assert_allclose(result.average["aar"], whole.average["aar"], rtol=1e-10, atol=1e-15)
    for a, b in WINDOWS:
        tests = whole.tests(a, b, tests=["cross_sectional", "patell", "bmp", "sign"])
        for name in ("cross_sectional", "patell", "bmp"):
            mine = result.tests.loc[(f"({a}, {b})", name)]
            assert mine["statistic"] == pytest.approx(tests.loc[name, "statistic"], rel=1e-10), name
            assert mine["p_value"] == pytest.approx(tests.loc[name, "p_value"], rel=1e-8)
            assert mine["n_events"] == tests.loc[name, "n_events"]
        assert result.tests.loc[(f"({a}, {b})", "sign"), "statistic"] == pytest.approx(tests.loc["sign", "statistic"], rel=1e-12)


def test_clustered_test_is_the_regression_on_a_constant(panel, folder):
    returns, market, events = panel
    from impact.kernels.clustered import clustered_least_squares

    result = study_partitions(folder, events, market, windows=[(0, 0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedEvents)
        whole = impact.event_study(returns, events, market=market)
    car = whole.car(0, 0)["car"].to_numpy()
    known = np.isfinite(car)
    fit = clustered_least_squares(car[known], np.ones((known.sum(), 1)), whole.fitted.day0[known])
    statistic = fit.coefficients[0] / np.sqrt(fit.covariance[0, 0])
    assert result.tests.loc[("(0, 0)", "date_clustered"), "statistic"] == pytest.approx(statistic, rel=1e-10)


def test_written_cars_are_those_of_the_study(panel, folder, tmp_path):
    returns, market, events = panel
    study_partitions(folder, events, market, windows=WINDOWS, write_to=tmp_path / "cars")
    written = pd.concat([pd.read_parquet(path) for path in sorted((tmp_path / "cars").iterdir())]).set_index("event_id")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedEvents)
        whole = impact.event_study(returns, events, market=market).car(-1, 1)
    assert len(written) == len(whole)
    np.testing.assert_allclose(written.loc[whole.index, "car_-1_1"], whole["car"], rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(written.loc[whole.index, "se_-1_1"], whole["se"], rtol=1e-10)


@pytest.mark.parametrize("pool", [lambda: ThreadPoolExecutor(3), lambda: ProcessPoolExecutor(2)])
def test_workers_change_nothing(panel, folder, pool):
    _, market, _ = panel
    alone = study_partitions(folder, RandomEvents(n=3000, seed=7), market)
    with pool() as executor:
        assert_same(alone, study_partitions(folder, RandomEvents(n=3000, seed=7), market, executor=executor))


def test_chunks_change_only_the_last_digits(panel, folder, monkeypatch):
    _, market, _ = panel
    alone = study_partitions(folder, RandomEvents(n=3000, seed=7), market)
    monkeypatch.setattr("impact.eventstudy.partitioned.EVENTS_AT_ONCE", 100)
    chunked = study_partitions(folder, RandomEvents(n=3000, seed=7), market)
    np.testing.assert_allclose(chunked.tests["statistic"], alone.tests["statistic"], rtol=1e-9)


def test_placebo_events_have_no_effect(panel, folder):
    _, market, _ = panel
    done = []
    result = study_partitions(folder, RandomEvents(n=4000, seed=3), market, progress=lambda i, n: done.append((i, n)))
    assert result.n_events + result.n_dropped == 4000 and done == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert abs(result.tests.loc[("(0, 0)", "date_clustered"), "statistic"]) < 4
    assert result.scar_quantiles.loc["(0, 0)", "q0.975"] == pytest.approx(1.96, abs=0.25)
    other = study_partitions(folder, RandomEvents(n=4000, seed=4), market)
    assert other.tests["statistic"].iloc[0] != result.tests["statistic"].iloc[0]
    assert "in 4 parts" in str(result)


def test_factor_models_take_their_calendar_from_the_factors(panel, folder):
    returns, market, events = panel
    rng = np.random.default_rng(2)
    factors = pd.DataFrame({"MKT_RF": market, "SMB": rng.normal(0, 0.01, 500), "HML": rng.normal(0, 0.01, 500), "RF": 0.0}, index=DAYS)
    result = study_partitions(folder, events, factors=factors, model="ff3", windows=[(0, 0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedEvents)
        whole = impact.event_study(returns, events, factors=factors, model="ff3")
    np.testing.assert_allclose(result.average["aar"], whole.average["aar"], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "garch"}, "cannot be studied in parts"),
        ({"market": None}, "both missing"),
        ({"windows": [(0, 99)]}, "outside the event window"),
        ({"returns": "nowhere"}, "readable Parquet file"),
    ],
)
def test_mistakes_name_the_rule(panel, folder, change, message):
    _, market, events = panel
    arguments = {"returns": folder, "events": events, "market": market} | change
    with pytest.raises(InputError, match=message):
        study_partitions(**arguments)


def test_no_events_cannot_be_drawn():
    with pytest.raises(InputError, match="n=0 events cannot be drawn"):
        RandomEvents(n=0, seed=1)


def test_each_part_draws_by_its_securities_from_its_own_seed():
    shares = RandomEvents(n=10, seed=1).shares([1, 3, 1])
    assert [n for n, _ in shares] == [2, 6, 2]
    assert len({tuple(seed.generate_state(2)) for _, seed in shares}) == 3


def test_unusable_files_and_events_are_refused(panel, tmp_path):
    _, market, events = panel
    twice = pd.DataFrame({"security": "A", "date": [DAYS[0], DAYS[0]], "return": [0.1, 0.2]})
    twice.to_parquet(tmp_path / "twice.parquet")
    with pytest.raises(InputError, match="repeats 1 pair"):
        study_partitions(tmp_path / "twice.parquet", events.assign(security="A"), market)
    twice.drop(columns="return").to_parquet(tmp_path / "bare.parquet")
    with pytest.raises(InputError, match="no column called return"):
        study_partitions(tmp_path / "bare.parquet", events.assign(security="A"), market)
    pd.DataFrame({"A": [0.1]}).to_parquet(tmp_path / "undated.parquet", index=False)
    with pytest.raises(InputError, match="no column called date"):
        study_partitions(tmp_path / "undated.parquet", events.assign(security="A"), market)
    twice.iloc[:1].to_parquet(tmp_path / "short.parquet")
    with pytest.raises(InfeasibleDesign, match="none of the 200 events"):
        study_partitions(tmp_path / "short.parquet", events.assign(security="A"), market)


@pytest.mark.slow
def test_a_killed_dask_worker_changes_nothing(panel, folder):
    from dask import distributed

    _, market, _ = panel
    alone = study_partitions(folder, RandomEvents(n=200_000, seed=7), market)
    killed = []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):

        def kill_one(done: int, _total: int) -> None:
            if done == 1 and not killed:
                victim = next(iter(cluster.workers.values()))
                killed.append(victim.pid)
                os.kill(victim.pid, signal.SIGKILL)
                time.sleep(0.2)

        together = study_partitions(folder, RandomEvents(n=200_000, seed=7), market, executor=client, progress=kill_one)
    assert killed
    assert_same(alone, together)
