"""What the columns of the tables of an intraday study are."""

from __future__ import annotations

from impact.eventstudy.schemas import REMARKED, WORDS
from impact.tables import Column, Vocabulary

__all__ = ["BARS_OUT", "EFFECTS", "MEAN_EFFECTS"]

_BARS = Vocabulary(
    Column("horizon", about="time from the news, or from the open after it; close is the end of the session"),
    Column("timing", about="inside: the news came within a session; overnight: between two, and the move across the open is in the window"),
    Column("from_at", "instant", short="from", about="end of the bar that the window starts from"),
    Column("to_at", "instant", short="to", about="end of the last bar of the window"),
    Column("event_return", "return", short="return", about="of the line over the window"),
    Column("benchmark_return", "return", short="benchmark", about="of the benchmark between the same two moments"),
    Column("effect", "return", about="return less what the other days lead to expect"),
    Column("n_days", "count", short="days ranked", about="days that the event is ranked among, itself among them"),
    beside=WORDS,
)

EFFECTS = _BARS.schema(
    "intraday_effects",
    "event_id security session timing horizon effect ci_low ci_high p_value smallest_p n_days event_return benchmark_return from_at to_at",
    REMARKED,
    about="an event and a horizon",
)
MEAN_EFFECTS = _BARS.schema(
    "intraday_mean_effects",
    "horizon effect ci_low ci_high p_value smallest_p n_events n_dates n_days headline",
    REMARKED,
    about="a horizon, over the events",
)
BARS_OUT = _BARS.schema("intraday_dropped", "event_id security known_at reason", about="an event without any window")
