"""The sessions that ship are those of the package they come from."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.data.session_tables import record
from impact.session_record import session_record
from impact.venues import VENUES

FIRST_HOUR_UNTOLD = pd.Timestamp("2038-01-01", tz="UTC")
"""pandas 2 reads zones with a package that knows no summer time from then on; the shipped hours do."""


@pytest.mark.parametrize("mic", ["XHKG", "XNYS", "XSHG", "XSAU"])  # `make sessions` compares all
def test_shipped_sessions_are_those_of_their_source(mic):
    venue = VENUES[mic]
    shipped = session_record(venue.calendar, venue.zone)
    schedule, early, recorded_to = record(venue.calendar)
    assert shipped.schedule.index.asi8.tolist() == schedule.index.as_unit("ns").asi8.tolist()
    for name in ("open", "close"):
        ours, theirs = pd.DatetimeIndex(shipped.schedule[name]), pd.DatetimeIndex(schedule[name]).as_unit("ns")
        told = ours < FIRST_HOUR_UNTOLD
        assert told.mean() > 0.6 and (ours[told].asi8 == theirs[told].asi8).all()
    assert set(shipped.early.asi8) == set(early.as_unit("ns").asi8) and shipped.recorded_to == recorded_to


def test_a_calendar_that_is_not_on_record_is_refused():
    with pytest.raises(KeyError, match="XXXX"):
        session_record("XXXX", "Asia/Hong_Kong")
