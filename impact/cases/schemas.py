"""What the columns of the tables of a case are."""

from __future__ import annotations

from impact.eventstudy.schemas import REMARKED
from impact.eventstudy.schemas import WORDS as STUDY_WORDS
from impact.facts.schemas import FACT_CHANGES
from impact.relief.schemas import BASE_RATES, PROBABILITY_PATH
from impact.relief.schemas import WORDS as RELIEF_WORDS
from impact.rules.schemas import CLOCKS
from impact.tables import Column, Schema, Vocabulary

__all__ = [
    "ANCHORS",
    "ANSWERS",
    "BENCHMARKS",
    "BY_BENCHMARK",
    "CLOCKS_MOVED",
    "COMPARISONS",
    "CONFOUNDERS",
    "COURT_STEPS",
    "EARLIEST",
    "EFFECTS",
    "EVENTS",
    "FACTS_CHANGED",
    "JOINT",
    "LEFT_OUT",
    "NARROWING",
    "PATH",
    "PENDING",
    "PRECEDENT_EFFECTS",
    "PRECEDENT_FIRMS",
    "PRICES",
    "PRICE_NARROWING",
    "PROBABILITY_OR_RATES",
    "REACTION_SESSION",
    "READINGS",
    "RECOVERY_GRID",
    "SCENARIOS",
    "SOURCES",
    "TIMELINE",
    "VOLUME",
    "VOLUME_EFFECTS",
]

LOG = "log return, decimal"
_WORDS = Vocabulary(
    Column("reaction_on", "date", short="reaction session", about="first session that could react"),
    Column("earliest_on", "date", short="or already", about="earliest session that could react, as the hour is not on record"),
    Column("reading", about="of an event without an hour: early or late in its day"),
    Column("known_at_precision", short="precision", about="how exactly the instant is known"),
    Column("anchoring", about="how the session follows from the instant"),
    Column("confounders", short="what else", about="other news that reached the same session"),
    Column("close_return", "return", short="close to close", about="simple return"),
    Column("market_return", "return", short="market", about="simple return of the benchmark"),
    Column("ar", "return", LOG, short="abnormal log return", about="log return less the normal one"),
    Column(
        "car", "return", LOG, short="CAR, log return", about="cumulative abnormal log return over the window; missing where a day of it is"
    ),
    Column("alone_car", "return", LOG, short="CAR alone, log return", about="estimated as if there were no other event"),
    Column("joint_car", "return", LOG, short="CAR jointly, log return", about="every window a dummy of one regression"),
    Column("ar_zero_alpha", "return", LOG, short="alpha set to zero"),
    Column("car_zero_alpha", "return", LOG, short="alpha set to zero"),
    Column("car_with_alpha", "return", LOG, short="CAR, alpha kept"),
    Column("p_t", "p", short="p, t test"),
    Column("p_sq", "p", short="p, rank of residuals"),
    Column("p", "p", short="p, t test"),
    Column("p_test", "p", short="p of the test named"),
    Column("volume_multiple", "multiple", short="volume / median"),
    Column("multiple_of_median", "multiple", short="volume / median", about="of the 60 sessions before"),
    Column("volume_p", "p", short="p, volume rank"),
    Column("volume_shares", "shares", short="volume"),
    Column("abnormal_log_volume", "log_points", short="abnormal log volume"),
    Column("benchmark", about="what the abnormal return is net of"),
    Column("close", "price"),
    Column("dated", about="day or instant: how the event is dated"),
    Column("firm"),
    Column("event", about="kind of event"),
    Column("challenge", about="outcome of its own challenge"),
    Column("reported_return", "return", short="reported"),
    Column("step", about="step at court"),
    Column("other_programme_id", "code", short="compared with"),
    Column("anchor"),
    Column("lower_end", "by_row", "as the anchor", "from"),
    Column("upper_end", "by_row", "as the anchor", "to"),
    Column("used", "flag"),
    Column("drift", about="zero or kept"),
    Column("n_reliefs", "count", short="rulings"),
    Column("drop_car", "return", short="drop"),
    Column("relief_car", "return", short="relief"),
    Column("undone_share", "share", short="undone"),
    Column("undone_share_low", "share", short="undone, low"),
    Column("undone_share_high", "share", short="undone, high"),
    Column("price_low", "price", short="price, low"),
    Column("price_high", "price", short="price, high"),
    Column("return_low", "return", short="return, low"),
    Column("return_high", "return", short="return, high"),
    Column("profit_low_value", "money", short="profit, low"),
    Column("profit_high_value", "money", short="profit, high"),
    Column("part", about="part of the answer"),
    beside=STUDY_WORDS,
)

ANSWERS = Schema(
    "answers",
    (Column("question", about="what a holder asks"), Column("answer", about="in one sentence; unknown and why where it cannot be had")),
    about="a question of the first screen",
)
TIMELINE = _WORDS.schema(
    "timeline",
    "event_id kind label known_at known_at_precision reaction_on intraday anchoring confounders source confidence step close_return market_return",
    about="a dated event",
)
PENDING = TIMELINE.with_columns(STUDY_WORDS["reason"], name="pending")
EARLIEST = _WORDS.schema("earliest", "event_id label earliest_on reaction_on", about="an event that two sessions may have reacted to first")
READINGS = _WORDS.schema(
    "both_readings", "event_id label reading reaction_on close_return ar low high p_sq", about="a reading of an event without an hour"
)
EVENTS = _WORDS.schema("case_events", "reaction_on event_id kind label confounders intraday close_return", about="a dated event")
REACTION_SESSION = _WORDS.schema(
    "reaction_session",
    "event_id reaction_on label close_return ar low high p_t p_sq smallest_p mde ar_zero_alpha volume_multiple volume_p",
    REMARKED,
    about="an event",
)
EFFECTS = _WORDS.schema(
    "effects",
    "event_id window n_days car se low high t p test p_test smallest_p mde car_zero_alpha",
    REMARKED,
    about="an event and a window",
)
JOINT = _WORDS.schema("joint", "event_id chain overlaps_with alone_car joint_car low high p reason", about="an event, alone and jointly")
BENCHMARKS = _WORDS.schema("benchmarks", "event_id benchmark ar low high", about="an event and a benchmark")
BY_BENCHMARK = _WORDS.schema("by_benchmark", "event_id", extra=Column("ar", "return", LOG), about="an event, one column a benchmark")
CONFOUNDERS = _WORDS.schema("confounders", "event_id reaction_on confounders", about="an event")
PATH = _WORDS.schema("path", "session car low high car_with_alpha", about="a session from the designation on")
VOLUME = _WORDS.schema("volume", "session volume_shares multiple_of_median", about="a session from the designation on")
VOLUME_EFFECTS = _WORDS.schema("volume_effects", "event_id abnormal_log_volume p", about="an event")
PRICES = _WORDS.schema("prices", "session close", about="a session")
SOURCES = Schema("sources", (STUDY_WORDS["source"],), about="a source")
FACTS_CHANGED = Schema("facts_changed", FACT_CHANGES.columns, about="a fact learned, superseded or ended")
CLOCKS_MOVED = Schema(
    "clocks_moved",
    (
        CLOCKS.column("clock"),
        CLOCKS.column("line"),
        *(
            CLOCKS.column(name).named(f"{name}_{side}", f"{CLOCKS.column(name).short}, {side}")
            for name in ("state", "last_session_on")
            for side in ("before", "after")
        ),
    ),
    about="a clock that differs",
)
PRECEDENT_FIRMS = _WORDS.schema("firms", "firm programme_id security challenge n_obs reported_return verdict", about="a firm")
PRECEDENT_EFFECTS = _WORDS.schema(
    "firm_effects",
    "firm programme_id security event session dated window car low high n_obs test p p_holm smallest_p mde verdict",
    about="a firm and an event",
)
COMPARISONS = _WORDS.schema("comparisons", "programme_id other_programme_id p", about="two lists compared")
COURT_STEPS = _WORDS.schema("court_steps", "event_id step reaction_on label", about="a step at court")
ANCHORS = Schema(
    "anchors",
    _WORDS.schema("", "anchor basis lower_end upper_end used source").columns,
    about="an anchor of the implied probability",
    row_key="anchor",
    row_columns=(Column("clear value", "price"), Column("banned value", "price"), Column("discount", "share")),
)
SCENARIOS = Vocabulary(*RELIEF_WORDS.schema("", "state expected_on probability_low probability_high"), beside=_WORDS).schema(
    "scenarios",
    "state expected_on probability_low probability_high price_low price_high return_low return_high profit_low_value profit_high_value",
    about="an outcome",
)
RECOVERY_GRID = _WORDS.schema(
    "recovery_grid",
    "window benchmark drift n_reliefs drop_car relief_car undone_share undone_share_low undone_share_high verdict headline",
    Column("headline", "flag", about="the choice that the answer quotes"),
    about="a choice of window, benchmark and drift",
)
PROBABILITY_OR_RATES = Schema(
    "probability_or_rates",
    (*PROBABILITY_PATH.columns, *BASE_RATES.columns),
    about="a session of the band; a programme where there is no band",
)
NARROWING = _WORDS.schema(
    "narrowing",
    "missing field answer now_low now_high left_low left_high narrowed_share",
    Column("missing", short="what is missing"),
    Column("field", short="where to write it", about="section and field of a case file"),
    Column("answer", short="what it widens"),
    Column("now_low", "shares", short="forced shares now, least"),
    Column("now_high", "shares", short="forced shares now, most", about="empty: no bound is known"),
    Column("left_low", "shares", short="with it, least", about="the widest range once this alone is known"),
    Column("left_high", "shares", short="with it, most"),
    Column("narrowed_share", "share", short="narrower by at least", about="part of the width of the range that goes"),
    about="a missing input",
)
PRICE_NARROWING = _WORDS.schema(
    "price_narrowing",
    "missing field now_low now_high left_low left_high narrowed_share",
    Column("missing", short="what is missing"),
    Column("field", short="where to write it", about="section and field of a case file"),
    Column("now_low", "return", short="90 % range now, low"),
    Column("now_high", "return", short="90 % range now, high", about="empty: the effect of the flow is unknown"),
    Column("left_low", "return", short="with it, low", about="the widest range once this alone is known"),
    Column("left_high", "return", short="with it, high"),
    Column("narrowed_share", "share", short="narrower by at least", about="part of the width of the range that goes"),
    about="a missing input",
)
LEFT_OUT = _WORDS.schema("left_out", "part reason", about="a part that could not be had")
