"""The event library: what ships is consistent, and a user's events pass the same checks."""

import numpy as np
import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.calendars import sessions
from impact.errors import InputError
from impact.market import MarketPanel, load_panel
from impact.pricing import EVENT_CLASSES, event_library, event_returns_of
from impact.pricing.event_files import library_with_files, rebuilt_returns
from impact.pricing.event_schema import EVENT_TABLES, check_designations, check_index_changes, check_partners, checked, typed
from impact.pricing.library import class_of


@pytest.fixture(scope="module")
def library():
    return event_library()


def own_event(**changed):
    row = {
        "event_id": "mine:2021-02-01", "list_id": "other", "action": "first_listing", "issuer": "Mine", "security": "2382.HK",
        "line_type": "offshore_hk", "first_public_at": "2021-02-01", "bars_holding": "true", "first_for_issuer": "true", "first_bar": "true",
        "name_level": "self",
    }  # fmt: skip
    return pd.DataFrame([row | changed])


@pytest.mark.parametrize("name", sorted(EVENT_TABLES))
def test_every_shipped_table_passes_its_checks_and_reads_as_declared(name):
    cells = checked(name, read_bundled(name))
    assert list(read_bundled(name).columns) == [column.name for column in EVENT_TABLES[name].schema]
    assert len(typed(name, cells)) == len(cells)


def test_the_shipped_tables_do_not_contradict_each_other():
    tables = {name: checked(name, read_bundled(name)) for name in EVENT_TABLES}
    check_partners("designation_events", "event_returns", tables["designation_events"], tables["event_returns"])
    check_partners("index_events", "index_returns", tables["index_events"], tables["index_returns"])
    check_designations(tables["designation_events"], tables["event_returns"])
    check_index_changes(tables["index_events"], tables["index_returns"])


def test_the_samples_have_the_size_that_the_specification_states(library):
    sample = library.announcement_sample()
    assert (len(sample), sample["date_cluster"].nunique()) == (163, 42)
    flow = library.flow_sample()
    assert (len(flow), flow["exec_session"].nunique()) == (341, 182)


def test_the_class_of_a_row_is_that_of_its_flags(library):
    rows = library.designations
    named = rows[rows["model_class"] != ""]
    assert (named["model_class"] == named["event_class"]).all()
    assert set(named["event_class"]) == set(EVENT_CLASSES)


@pytest.mark.parametrize("item", EVENT_CLASSES.values(), ids=lambda item: item.name)
def test_every_class_is_reached_from_its_own_flags(item):
    assert class_of(line=item.line, first_bar=item.bars, bars_holding=item.bars, first_for_issuer=item.first) == item.name


def test_first_bar_offshore_fell_on_three_dates(library):
    row = library.classes().set_index("event_class").loc["first_bar_offshore"]
    assert (row["n_events"], row["n_dates"], row["fell_share"]) == (8, 3, 1.0)
    assert row["mean_return"] == pytest.approx(-0.0847, abs=5e-5)


def test_select_keeps_what_meets_every_condition(library):
    chosen = library.select(list_id="ns-cmic", since="2021-12-01")
    assert (chosen.designations["list_id"] == "ns-cmic").all() and (chosen.designations["public_on"] >= "2021-12-01").all()
    assert chosen.index_changes.empty
    assert len(library.select(security="1810.HK").index_changes) == (library.index_changes["security"] == "1810.HK").sum()
    with pytest.raises(InputError, match="choose one of: .*ns-cmic"):
        library.select(list_id="nonsense")


def test_returns_from_the_bundled_prices_are_those_of_the_library(library):
    panel = load_panel("bundled")
    rows = library.designations
    rows = rows[rows["security"].isin(["1810.HK", "0700.HK", "9988.HK"]) & rows["public_on"].between("2021-01-01", "2021-05-30")]
    anew = event_returns_of(rows, panel, market="HSI")
    assert (anew["status"] == "ok").all() and len(anew) == 8
    for name in ("car_0_0", "car_0_1", "car_m1_1", "se_0_1", "sigma", "beta"):
        # The bundled figures are another copy of the prices, without the closes of half days.
        np.testing.assert_allclose(anew[name].astype(float), rows[name], atol=0.05 if name == "beta" else 3e-3, err_msg=name)
    assert list(anew["first_session"]) == list(rows["first_session"])


def test_the_abnormal_return_and_its_error_by_hand():
    days = sessions("XHKG", "2019-01-02", "2020-06-30")
    rng = np.random.default_rng(0)
    market, own = rng.normal(0, 0.01, len(days)), rng.normal(0.001, 0.02, len(days))
    panel = MarketPanel(close=pd.DataFrame({"HSI": 100 * np.cumprod(1 + market), "0001.HK": 10 * np.cumprod(1 + own)}, index=days))
    event = pd.DataFrame({"event_id": ["a"], "security": ["0001.HK"], "first_public_at": [str(days[299].date())]})
    row = event_returns_of(event, panel, market="HSI").iloc[0]
    day0 = 300  # an act of the United States is known on the next day
    assert row["first_session"] == days[day0]
    y, x = (series[day0 - 250 : day0 - 10] for series in (own, market))
    design = np.column_stack([np.ones(240), x])
    beta, rss = np.linalg.lstsq(design, y, rcond=None)[:2]
    sigma = np.sqrt(rss[0] / 238)
    later = np.column_stack([np.ones(2), market[day0 : day0 + 2]])
    car = np.sum(own[day0 : day0 + 2] - later @ beta)
    ones = np.ones(2)
    se = sigma * np.sqrt(2 + ones @ later @ np.linalg.inv(design.T @ design) @ later.T @ ones)
    np.testing.assert_allclose([row["car_0_1"], row["se_0_1"], row["sigma"], row["beta"]], [car, se, sigma, beta[1]], rtol=1e-9)
    assert row["n_obs"] == 240


def test_an_event_without_prices_has_a_reason(library):
    panel = load_panel("bundled")
    events = pd.DataFrame({"event_id": ["a", "b"], "security": ["0001.HK", "1810.HK"], "first_public_at": ["2021-01-14", "1999-01-04"]})
    anew = event_returns_of(events, panel, market="HSI").set_index("event_id")
    assert anew.loc["a", "reason"] == "no prices of this line"
    assert anew.loc["b", "reason"] == "the event is outside the prices of the line"
    with pytest.raises(InputError, match="SPX"):
        event_returns_of(events, panel, market="SPX")


def test_events_of_the_user_join_the_sample_with_their_class_and_cluster(library):
    returns = pd.DataFrame(
        {"event_id": ["mine:2021-02-01"], "security": ["2382.HK"], "status": ["ok"], "car_0_1": ["-0.03"], "se_0_1": ["0.03"]}
    )
    wider = library.with_events(own_event(), returns)
    row = wider.announcement_sample().iloc[-1]
    assert (row["event_id"], row["event_class"]) == ("mine:2021-02-01", "first_bar_offshore")
    assert row["date_cluster"] == pd.Timestamp("2021-02-01")
    near = library.with_events(own_event(event_id="near", first_public_at="2021-01-15"), returns.assign(event_id="near"))
    xiaomi = library.designations.set_index("event_id").loc["ndaa-1237:2021-01-14:1810.HK:first_listing"]
    assert near.announcement_sample().iloc[-1]["date_cluster"] == xiaomi["date_cluster"]
    assert len(library.announcement_sample()) == 163


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"action": "delisted"}, "action is one of"),
        ({"bars_holding": "perhaps"}, "bars_holding is true or false"),
        ({"bars_holding": "false"}, "a first bar bars holding"),
        ({"first_public_at": "01/02/2021"}, "first_public_at is an ISO day"),
        ({"first_public_at": "2021-02-30"}, "first_public_at is an ISO day"),
        ({"leak_at": "2021-02-03"}, "a leak comes before"),
        ({"event_id": ""}, "event_id is given and unique"),
        ({"event_id": "ndaa-1237:2021-01-14:1810.HK:first_listing"}, "repeats 1 ids"),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused_with_the_rule(library, changed, rule):
    events = own_event(**changed)
    returns = pd.DataFrame(
        {"event_id": events["event_id"], "security": events["security"], "status": "ok", "car_0_1": "-0.03", "se_0_1": "0.03"}
    )
    with pytest.raises(InputError, match=rule):
        library.with_events(events, returns)


def test_a_missing_column_is_named(library):
    with pytest.raises(InputError, match="lacks 1 column .line_type"):
        library.with_events(own_event().drop(columns="line_type"), pd.DataFrame())


def test_files_of_the_user_rebuild_returns_and_add_events(tmp_path, library):
    path = tmp_path / "mine.csv"
    own_event().to_csv(path, index=False)
    wider, rebuilt = library_with_files(add=path, prices="bundled", market={"XHKG": "HSI"})
    assert len(wider.designations) == 400 and np.isfinite(wider.designations["car_0_1"].iloc[-1])
    compared = rebuilt.dropna(subset=["difference"])
    # Another copy of the prices with another close here and there: most returns agree to a tenth of a percent.
    assert len(compared) >= 10 and compared["difference"].abs().median() < 1e-3 and compared["difference"].abs().max() < 0.01
    assert (rebuilt.loc[rebuilt["event_id"].str.contains("BABA"), "reason"] == "no benchmark is named for venue XNYS").all()
    assert len(wider.announcement_sample()) == 164
    with pytest.raises(InputError, match="no car_0_1"):
        library_with_files(add=path)
    with pytest.raises(InputError, match="one benchmark for lines on . venues"):
        library_with_files(prices="bundled", market="HSI")
    with pytest.raises(InputError, match="needs a benchmark"):
        library_with_files(prices="bundled")


def test_rebuilding_with_nothing_changes_nothing(library):
    assert rebuilt_returns(library, pd.DataFrame()) is library
