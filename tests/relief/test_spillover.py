"""Spillover: a known spill, its interval and size, single members, missing prices, exclusions."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy import event_study, long_fit
from impact.relief.spillover import spillover

DAYS = pd.bdate_range("2020-01-01", periods=330)
START, NEWS = DAYS[270], {"ruling": DAYS[290], "vacated": DAYS[310]}


def returns(
    spill: float = 0.0, *, members: int = 6, common: float = 0.006, own: float = 0.012, seed: int = 5, drift: float = 0.0
) -> pd.DataFrame:
    """A target that moves by 10 % on each news day and members that move by `spill` times that, with one common shock."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, len(DAYS))
    shared = rng.normal(0, common, len(DAYS))
    columns = {"market": market, "target": market + rng.normal(0, 0.01, len(DAYS))}
    for i in range(members):
        columns[f"m{i}"] = (0.7 + 0.1 * i) * market + shared + rng.normal(drift, own, len(DAYS))
    table = pd.DataFrame(columns, index=DAYS)
    for day in NEWS.values():
        table.loc[day, "target"] += 0.10
        table.loc[day, [f"m{i}" for i in range(members)]] += 0.10 * spill
    return table


def study(table: pd.DataFrame, **changes):
    members = tuple(name for name in table.columns if name.startswith("m") and name != "market")
    options = {
        "target": "target",
        "sessions": NEWS,
        "groups": {"peers": members},
        "market": "market",
        "clean_before": START,
        "window": (0, 0),
    }
    return spillover(table, **(options | changes))


def test_a_known_spill_is_found_with_its_slope():
    found = study(returns(0.5))
    groups = found.groups.set_index("event_id")
    assert (groups["verdict"] == "rose").all() and (groups["test"] == "kp_bmp").all()
    assert ((groups["low"] < 0.05) & (groups["high"] > 0.05)).all()
    assert found.slopes.loc[0, "n_events"] == 2 and found.slopes.loc[0, "slope"] == pytest.approx(0.5, abs=0.1)
    assert found.groups["spill"].to_numpy() == pytest.approx((found.groups["caar"] / found.groups["target_car"]).to_numpy())
    assert "2 of 2 group effects" in str(found.summary())


def test_the_mean_is_the_mean_of_the_members_own_abnormal_returns():
    table = returns(0.3)
    found = study(table)
    events = pd.DataFrame({"event_id": ["m2"], "security": ["m2"], "date": [START]})
    alone = event_study(table, events, market="market", estimation=(-260, -11), window=(-1, 40), kind="log", zero_alpha=True)
    row = found.members[(found.members["event_id"] == "ruling") & (found.members["security"] == "m2")].iloc[0]
    own = alone.car(20, 20).iloc[0]
    assert (row["car"], row["low"], row["high"]) == pytest.approx((own["car"], own["ci_low"], own["ci_high"]))
    members = found.members[found.members["event_id"] == "ruling"]
    assert found.groups.loc[0, "caar"] == pytest.approx(members["car"].mean())
    assert members["car"].abs().is_monotonic_decreasing


def test_one_member_has_its_own_interval_and_test():
    table = returns(0.5, members=1)
    found = study(table).groups.iloc[0]
    member = study(table).members.iloc[0]
    assert (found["n"], found["test"]) == (1, "sq")
    assert found["low"] < member["car"] < found["high"]
    assert found["p"] == found["p_placebo"] and found["p"] >= found["smallest_p"]


@pytest.mark.parametrize("members", [1, 3, 8])
def test_a_row_shows_one_inference(members):
    """Test, p and interval of a group are those of the study of its members, the wide window included."""
    table = returns(0.4, members=members)
    names = [f"m{k}" for k in range(members)]
    row = study(table).groups.iloc[0]
    fit = long_fit(table, names, "market", START, (-1, 40), estimation=(-260, -11), zero_alpha=True)
    told = fit.inference(20, 20)
    assert row["test"] == told.headline != ""
    assert (row["caar"], row["low"], row["high"]) == pytest.approx((told.estimate, told.ci_low, told.ci_high), rel=1e-9)
    assert row["p"] == pytest.approx(told.p_value, rel=1e-9)


def test_a_drift_before_the_events_is_no_effect():
    row = study(returns(0.0, drift=0.01), window=(0, 9), sessions={"quiet": DAYS[280]}).groups.iloc[0]
    # ten sessions of a drift of one percent: kept as an effect without it, taken out with it
    assert row["caar"] == pytest.approx(0.10, abs=0.03) and abs(row["with_drift_caar"]) < 0.04


@pytest.mark.parametrize("members", [1, 3, 8])
def test_quiet_days_with_correlated_members_are_rarely_called_effects(members):
    sessions = {str(i): DAYS[i] for i in range(271, 330) if DAYS[i] not in NEWS.values()}
    found = pd.concat([study(returns(members=members, common=0.012, seed=seed), sessions=sessions).groups for seed in range(3)])
    n = len(found)
    called = int((found["verdict"] != "cannot tell").sum())
    covered = ((found["low"] <= 0) & (found["high"] >= 0)).mean()
    assert n > 160 and called / n < 0.10  # 5 % nominal, three standard errors at n = 171
    assert covered > 0.88
    if members == 8:
        naive = found["caar"].abs() / (0.012 / np.sqrt(members)) > 1.96
        assert naive.mean() > 0.3  # what members taken as independent would say


def test_what_cannot_serve_is_dropped_with_a_reason():
    table = returns(0.2, members=4)
    table.loc[NEWS["ruling"], "m3"] = np.nan
    groups = {"peers": ("m0", "m1", "m2", "m3", "absent", "target"), "rumoured": ("m2",), "late": ("new",)}
    table["new"] = np.where(np.arange(len(DAYS)) > 265, table["m0"], np.nan)
    found = study(table, groups=groups, excluded={"m1": "listed as well"})
    reasons = {(row.security, row.event_id): row.reason for row in found.dropped.itertuples()}
    assert reasons["m1", ""] == "listed as well" and reasons["absent", ""] == "no prices" and reasons["target", ""] == "the target itself"
    assert reasons["m3", "ruling"] == "a return on 0 of 1 sessions of the window"
    assert "estimation rows" in reasons["new", ""]
    assert found.groups.set_index(["event_id", "group"]).loc[("ruling", "peers"), "n"] == 2
    assert found.groups.set_index(["event_id", "group"]).loc[("vacated", "peers"), "n"] == 3
    assert "late" not in set(found.groups["group"])


def test_the_order_of_members_changes_nothing():
    table = returns(0.2)
    one, other = study(table), study(table, groups={"peers": ("m5", "m3", "m1", "m0", "m2", "m4")})
    columns = ["caar", "low", "high", "p", "p_holm", "p_placebo", "r_bar"]
    np.testing.assert_allclose(one.groups[columns].to_numpy(dtype=float), other.groups[columns].to_numpy(dtype=float), rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sessions": {}}, "sessions has 0"),
        ({"sessions": {"early": DAYS[100]}}, "on or after"),
        ({"sessions": {"weekend": "2021-01-02"}}, "reaction sessions"),
        ({"clean_before": "2021-01-02"}, "clean_before"),
        ({"groups": {"peers": ()}}, "names no security"),
        ({"market": ["m0", "m1"]}, "holds 2 firms"),
        ({"target": "nobody"}, "target"),
        ({"window": (0, 40)}, "leaves the returns"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(InputError, match=message):
        study(returns(), **change)


def test_no_usable_member_is_infeasible():
    with pytest.raises(InfeasibleDesign, match="none of the 1 securities"):
        study(returns(), groups={"peers": ("absent",)})


def test_the_figure_names_events_groups_and_n():
    ax = study(returns(0.5)).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ruling\npeers (n = 6)", "vacated\npeers (n = 6)"]
    assert "95 % interval" in ax.get_xlabel()
