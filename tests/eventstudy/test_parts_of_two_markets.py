"""A study in parts counts the sessions that one study of all files counts, whatever lies in which file."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.errors import DroppedEvents, ImpactWarning
from impact.eventstudy.partitioned import study_partitions

WINDOWS = ((0, 0), (-2, 3), (0, 10))
HONG_KONG, NEW_YORK = [f"000{i}.HK" for i in range(1, 7)], [f"US{letter}" for letter in "ABCDEF"]


def panel(seed, *, dropped=0, gaps=0.02):
    """Lines of two markets on the union of their days, each without returns while its own is closed, `dropped` rows lost."""
    rng = np.random.default_rng(seed)
    own = {"XHKG": sessions("XHKG", "2018-01-02", "2020-06-30"), "XNYS": sessions("XNYS", "2018-01-02", "2020-06-30")}
    days = own["XHKG"].union(own["XNYS"])
    market = pd.Series(rng.normal(0, 0.01, len(days)), index=days, name="market")
    table = pd.DataFrame(index=days.rename("session"))
    for venue, lines in (("XHKG", HONG_KONG), ("XNYS", NEW_YORK)):
        for line in lines:
            table[line] = (market + rng.normal(0, 0.02, len(days))).where(days.isin(own[venue]))
    table = table.mask(rng.random(table.shape) < gaps)
    lost = rng.choice(np.arange(20, len(days) - 20), dropped, replace=False)
    table = table.drop(index=days[lost])
    chosen = rng.choice([*HONG_KONG, *NEW_YORK], 60)
    events = pd.DataFrame({"event_id": np.arange(60), "security": chosen, "date": rng.choice(days[300:-30], 60)})
    return table, market, events


def in_files(table, folder, split):
    for number, lines in enumerate(split):
        part = table[lines]
        if number % 2:
            part = part.stack().rename("return").rename_axis(["date", "security"]).reset_index()
            part.to_parquet(folder / f"{number}.parquet", index=False)
        else:
            part.rename_axis("date").to_parquet(folder / f"{number}.parquet")
    return folder


SPLITS = {
    "by market": [HONG_KONG, NEW_YORK],
    "mixed": [[*HONG_KONG[:2], *NEW_YORK[:2]], [*HONG_KONG[2:4], *NEW_YORK[2:]], HONG_KONG[4:]],
    "each line": [[line] for line in (*HONG_KONG, *NEW_YORK)],
}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize(
    ("dropped", "gaps", "of_market"), [(0, 0.02, 1.0), (15, 0.02, 1.0), (15, 0.2, 1.0), (10, 0.05, 0.97), (0, 0.0, 1.0)]
)
def test_parts_of_two_markets_are_one_study(tmp_path, split, dropped, gaps, of_market):
    table, market, events = panel(dropped + 7, dropped=dropped, gaps=gaps)
    if of_market < 1:
        market = market.sample(frac=of_market, random_state=1).sort_index()
    folder = in_files(table, tmp_path, SPLITS[split])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedEvents)
        warnings.simplefilter("ignore", ImpactWarning)
        whole = impact.event_study(table, events, market=market)
        parts = study_partitions(folder, events, market, windows=WINDOWS, write_to=tmp_path / "cars")
    assert (parts.n_events, parts.n_dropped) == (whole.n_events, len(whole.dropped))
    np.testing.assert_allclose(parts.average["aar"], whole.average["aar"], rtol=1e-9, atol=1e-14)
    written = pd.concat(pd.read_parquet(path) for path in sorted((tmp_path / "cars").rglob("*.parquet"))).set_index("event_id").sort_index()
    for a, b in WINDOWS:
        tests = whole.tests(a, b, tests=["cross_sectional", "patell", "bmp"])
        for name in tests.index:
            mine = parts.tests.loc[(f"({a}, {b})", name)]
            assert mine["statistic"] == pytest.approx(tests.loc[name, "statistic"], rel=1e-9, nan_ok=True), name
            assert mine["n_events"] == tests.loc[name, "n_events"]
        car = whole.car(a, b)
        car = (car.set_index("event_id") if "event_id" in car.columns else car).sort_index()
        seen = written[f"car_{a}_{b}"].dropna()
        np.testing.assert_allclose(seen, car.loc[seen.index, "car"], rtol=1e-9, atol=1e-14)


def test_a_row_that_the_benchmark_lacks_is_still_a_day_of_the_lines(tmp_path):
    table, market, events = panel(3)
    line = table[["0001.HK", "0002.HK"]].dropna()
    one = events.assign(security="0001.HK").iloc[:1].assign(date=line.index[400])
    shorter = market.drop(line.index[402])
    in_files(line, tmp_path, [["0001.HK"], ["0002.HK"]])
    whole = impact.event_study(line, one, market=shorter)
    parts = study_partitions(tmp_path, one, shorter, windows=((0, 10),), write_to=tmp_path / "cars")
    assert parts.n_events == whole.n_events == 1
    np.testing.assert_allclose(parts.average["n"], whole.average["n"])
    np.testing.assert_allclose(parts.average["aar"], whole.average["aar"], rtol=1e-9)
