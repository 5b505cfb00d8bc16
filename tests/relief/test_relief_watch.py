"""List risk by disclosed criteria: exact intervals, leave-one-out forecasts, rows accounted for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from impact.errors import InputError
from impact.relief.watch import list_risk, poisson_rate_interval


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["a", "b", "c", "d", "e", "f", "g"],
            "state_owned": [1, 1, 1, 1, 0, 0, 0],
            "military_customer": ["yes", "yes", "yes", "no", "no", "no", "no"],
            "listed": [True, True, False, True, False, False, False],
            "listed_on": ["2020-06-30", "2021-01-14", None, "2021-01-14", None, None, None],
        }
    )


CRITERIA = ["state_owned", "military_customer"]


def test_a_watched_name_has_the_exact_interval_of_the_others_alike():
    found = list_risk(table(), criteria=CRITERIA)
    row = found.watch.set_index("name").loc["c"]
    exact = binomtest(2, 2).proportion_ci(method="exact")
    assert (row["n_alike"], row["n_alike_listed"], row["listed_share"]) == (2, 2, 1.0)
    assert (row["listed_share_low"], row["listed_share_high"]) == pytest.approx((exact.low, exact.high))
    assert row["verdict"] == "cannot tell" and row["criteria"] == "state_owned, military_customer"
    assert "List risk from 7 names, 3 listed" in str(found.summary())


def test_forecasts_leave_the_name_itself_out():
    found = list_risk(table(), criteria=CRITERIA)
    scores = found.calibration.set_index("n_criteria")
    # three names with two criteria, two listed: (1 + .5)/3, (1 + .5)/3, (2 + .5)/3
    assert scores.loc[2, "mean_forecast_probability"] == pytest.approx((1.5 + 1.5 + 2.5) / 9)
    errors = [(1 - 0.5) ** 2] * 2 + [(2.5 / 3) ** 2] + [(1 - 0.5) ** 2] + [(0.5 / 3) ** 2] * 3
    assert found.brier == pytest.approx(np.mean(errors))


def test_the_hazard_counts_years_until_listed():
    found = list_risk(table(), criteria=CRITERIA, observed=("2020-01-01", "2021-12-31"))
    row = found.hazard.set_index("n_criteria").loc[1]
    years = (pd.Timestamp("2021-01-14") - pd.Timestamp("2020-01-01")).days / 365.25
    assert row["exposure_years"] == pytest.approx(years) and row["listings_per_year"] == pytest.approx(1 / years)
    assert list_risk(table(), criteria=CRITERIA).hazard.empty


@pytest.mark.parametrize("events", [0, 1, 4])
def test_the_poisson_interval_is_where_the_tails_are_exact(events):
    low, high = poisson_rate_interval(events, 2.0)
    assert poisson.cdf(events, 2.0 * high) == pytest.approx(0.025)
    if events:
        assert poisson.sf(events - 1, 2.0 * low) == pytest.approx(0.025)
    else:
        assert low == 0.0


def test_rows_that_cannot_be_read_are_accounted_for():
    bad = table()
    bad["military_customer"] = bad["military_customer"].where(bad["name"] != "e", "perhaps")
    bad.loc[bad["name"] == "b", "listed_on"] = "2030-01-01"
    found = list_risk(bad, criteria=CRITERIA, observed=("2020-01-01", "2021-12-31"))
    assert found.n_names + len(found.dropped) == len(bad)
    assert found.dropped.set_index("name")["reason"].to_dict() == {
        "b": "listed_on is '2030-01-01', not a date within 2020-01-01 to 2021-12-31",
        "e": "military_customer is 'perhaps', neither yes nor no",
    }


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=2, max_size=12), seed=st.integers(0, 5))
def test_the_order_of_the_rows_changes_nothing(rows, seed):
    names = pd.DataFrame([(f"n{i}", *row) for i, row in enumerate(rows)], columns=["name", *CRITERIA, "listed"])
    one, other = list_risk(names, criteria=CRITERIA), list_risk(names.sample(frac=1, random_state=seed), criteria=CRITERIA)
    pd.testing.assert_frame_equal(one.scores, other.scores)
    assert one.brier == pytest.approx(other.brier)
    assert (one.scores["listed_share_low"] <= one.scores["listed_share"]).all() and (
        one.scores["listed_share"] <= one.scores["listed_share_high"]
    ).all()
    assert set(one.watch["name"]) == set(names.loc[~names["listed"], "name"])


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"criteria": ["size"]}, "lacks 1 column"),
        ({}, {"criteria": []}, "at least one criterion"),
        ({"name": "a"}, {"criteria": CRITERIA}, "repeats 6 values"),
        ({"listed": "?"}, {"criteria": CRITERIA}, "none of the 7 rows"),
        ({}, {"criteria": CRITERIA, "observed": ("2021-01-01", "2020-01-01")}, "observed"),
        ({}, {"criteria": CRITERIA, "confidence": 2.0}, "confidence"),
    ],
)
def test_bad_input_is_named(change, options, message):
    with pytest.raises(InputError, match=message):
        list_risk(table().assign(**change), **options)


def test_the_figure_prints_n():
    ax = list_risk(table(), criteria=CRITERIA).plot()
    assert ax.get_xlabel() == "disclosed criteria met" and {text.get_text() for text in ax.texts} == {"n = 3", "n = 1"}
