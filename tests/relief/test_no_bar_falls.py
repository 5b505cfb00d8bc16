"""Falls without a bar: the library's own events, rises included, over the same sessions, and only what was known."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import DataUnavailable, InputError
from impact.pricing import event_library
from impact.relief import no_bar_falls

LIBRARY = event_library().announcement_sample()


@pytest.mark.parametrize("line", ["offshore", "a_share"])
@pytest.mark.parametrize(("n_sessions", "column"), [(1, "car_0_0"), (2, "car_0_1")])
def test_the_distribution_is_that_of_the_events(line, n_sessions, column):
    falls = no_bar_falls(line, n_sessions=n_sessions)
    own = LIBRARY[LIBRARY["event_class"] == f"no_bar_first_{line}"]
    assert (falls.n_events, falls.n_dates, falls.n_rose) == (len(own), own["date_cluster"].nunique(), int((own[column] > 0).sum()))
    assert falls.quantiles == pytest.approx(np.quantile(-own[column], (0.05, 0.25, 0.5, 0.75, 0.95)))
    assert falls.most[0] < 0 < falls.most[1]
    for word in (f"{len(own)} events on", "dates", "50 % range", "90 % range", "not scored"):
        assert word in falls.sentence


def test_the_line_itself_and_its_dates_do_not_count():
    name = LIBRARY.loc[LIBRARY["event_class"] == "no_bar_first_offshore", "security"].iloc[0]
    dates = LIBRARY.loc[LIBRARY["security"] == name, "date_cluster"]
    own = LIBRARY[(LIBRARY["event_class"] == "no_bar_first_offshore") & ~LIBRARY["date_cluster"].isin(dates)]
    assert no_bar_falls("offshore", without=name).n_events == len(own) < 40


def test_only_what_was_known_counts_and_too_little_is_unknown():
    early = no_bar_falls("a_share", before=pd.Timestamp("2021-01-14"))
    own = LIBRARY[LIBRARY["event_class"] == "no_bar_first_a_share"]
    assert early.n_events == int((own["first_session"] <= "2021-01-07").sum()) < len(own)
    with pytest.raises(DataUnavailable, match="fewer than 5 dates"):
        no_bar_falls("offshore", before=pd.Timestamp("2019-01-01"))
    with pytest.raises(InputError, match="n_sessions=5"):
        no_bar_falls("offshore", n_sessions=5)
