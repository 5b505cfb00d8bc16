"""What the columns of the tables of relief are."""

from __future__ import annotations

from impact.tables import Column, Schema, Vocabulary
from impact.tables.common import COMMON

__all__ = [
    "BASE_RATES",
    "BREAK_EVEN",
    "CHALLENGES",
    "CRITERIA",
    "DECISIONS",
    "DROP_PARTS",
    "EVIDENCE",
    "FORECASTS",
    "FORECAST_MEANS",
    "LIST_CALIBRATION",
    "LIST_DROPPED",
    "LIST_HAZARD",
    "LIST_SCORES",
    "LIST_WATCH",
    "OPEN_QUESTIONS",
    "PLANS",
    "PROBABILITY_PATH",
    "RECOVERY",
    "RULING_DAYS",
    "SCENARIO_STATES",
    "SCHEDULE",
    "SPILLOVER_DROPPED",
    "SPILLOVER_GROUPS",
    "SPILLOVER_MEMBERS",
    "SPILLOVER_SLOPES",
    "SWINGS",
    "WORDS",
]

WORDS = Vocabulary(
    Column("parent", about="state that it follows"),
    Column("state", about="state of the tree"),
    Column("expected_on", short="expected on", about="day, or event, at which it is decided"),
    Column("is_outcome", "flag", short="an outcome"),
    Column("probability", "share"),
    Column("probability_low", "share", short="probability, low"),
    Column("probability_high", "share", short="probability, high"),
    Column("price", "price", about="close"),
    Column("clear_low", "price", short="clear value, low", about="value without the designation"),
    Column("clear_high", "price", short="clear value, high", about="value without the designation"),
    Column("band", about="inside, partly outside or wholly outside zero to one"),
    Column("inside_probability_low", "share", short="within 0 and 1, low"),
    Column("inside_probability_high", "share", short="within 0 and 1, high"),
    Column("ruling_on", "date", short="ruling"),
    Column("jump_return_low", "return", short="jump, low", about="net of the market"),
    Column("jump_return_high", "return", short="jump, high", about="net of the market"),
    Column("jump_probability_low", "share", short="read off the jump, low"),
    Column("jump_probability_high", "share", short="read off the jump, high"),
    Column("eve_probability_low", "share", short="on the eve, low"),
    Column("eve_probability_high", "share", short="on the eve, high"),
    Column("agree", "flag", about="whether both ranges meet"),
    Column("anchor"),
    Column("from_value", "by_row", "as the anchor", "from"),
    Column("to_value", "by_row", "as the anchor", "to"),
    Column("swing", "share", about="how far the probability moves"),
    Column("n_decided", "count", short="decided"),
    Column("n_relief", "count", short="with relief"),
    Column("n_open", "count", short="open"),
    Column("relief_share", "share", short="relief"),
    Column("relief_share_low", "share", short="relief, low", about="exact interval"),
    Column("relief_share_high", "share", short="relief, high", about="exact interval"),
    Column("case", about="name of the case at court"),
    Column("securities", about="lines of the issuer"),
    Column("outcome", about="relief, no relief, open"),
    Column("enjoined", "flag"),
    Column("relief_by", short="relief by"),
    Column("relisted", "flag", short="re-listed"),
    Column("appeal_open", "flag", short="appeal open"),
    Column("decided_on", "date", short="decided"),
    Column("part", about="part of the drop"),
    Column("low", "return", about="low end, log return"),
    Column("high", "return", about="high end, log return"),
    Column("share_low", "share", short="share of the drop, low"),
    Column("share_high", "share", short="share of the drop, high"),
    Column("identified", about="bounded, sign only, not identified"),
    Column("effect", about="drop or relief"),
    Column("car", "return", short="CAR"),
    Column("caar", "return", short="mean CAR"),
    Column("target_car", "return", short="CAR of the target"),
    Column("spill", "multiple", short="spill", about="mean CAR over that of the target"),
    Column("with_drift_caar", "return", short="mean CAR, drift kept"),
    Column("p_placebo", "p", short="p, placebo dates"),
    Column("r_bar", "statistic", short="mean correlation"),
    Column("n_effective", "number", short="effective number", about="independent firms that tell as much"),
    Column("slope", "statistic"),
    Column("slope_low", "statistic", short="slope, low"),
    Column("slope_high", "statistic", short="slope, high"),
    Column("event_id", "code", short="event"),
    Column("relief_probability", "share", short="probability of relief"),
    Column("first_session_share", "share", short="sold in the first session"),
    Column("half_sold_sessions", "sessions", short="sessions until half is sold"),
    Column("expected_cost_value", "money", short="expected cost"),
    Column("even_regret_value", "money", short="regret, sell evenly"),
    Column("at_once_regret_value", "money", short="regret, sell at once"),
    Column("last_session_regret_value", "money", short="regret, last session"),
    Column("regret_value", "money", short="regret"),
    Column("plan"),
    Column("session", "date"),
    Column("sell_shares", "shares", short="sell"),
    Column("left_shares", "shares", short="left"),
    Column("reached_probability", "share", short="probability of getting there"),
    Column("made_at", "instant", short="made at"),
    Column("question"),
    Column("brier", "statistic", short="Brier score", about="smaller is better"),
    Column("log_score", "statistic", short="log score", about="smaller is better"),
    Column("base_rate_brier", "statistic", short="Brier score of the base rate"),
    Column("base_rate_log_score", "statistic", short="log score of the base rate"),
    Column("score", about="score"),
    Column("mean", "statistic"),
    Column("n_criteria", "integer", short="criteria met"),
    Column("criteria", about="criteria that are met"),
    Column("criterion"),
    Column("met", "flag"),
    Column("n_listed", "count", short="listed"),
    Column("n_alike", "count", short="names alike"),
    Column("n_alike_listed", "count", short="of them listed"),
    Column("listed_share", "share", short="listed"),
    Column("listed_share_low", "share", short="listed, low", about="exact interval"),
    Column("listed_share_high", "share", short="listed, high", about="exact interval"),
    Column("exposure_years", "number", "years", "years watched"),
    Column("listings_per_year", "statistic", "listings a year", "listings a year"),
    Column("listings_per_year_low", "statistic", "listings a year", "listings a year, low"),
    Column("listings_per_year_high", "statistic", "listings a year", "listings a year, high"),
    Column("mean_forecast_probability", "share", short="mean forecast"),
    beside=COMMON,
)

SCENARIO_STATES = WORDS.schema(
    "states", "parent state expected_on is_outcome probability_low probability_high", about="a state of the tree"
)
PROBABILITY_PATH = WORDS.schema(
    "probability",
    "session price clear_low clear_high probability_low probability_high band inside_probability_low inside_probability_high",
    about="a session",
)
RULING_DAYS = WORDS.schema(
    "ruling_days",
    "ruling_on jump_return_low jump_return_high jump_probability_low jump_probability_high eve_probability_low eve_probability_high agree",
    about="a ruling",
)
SWINGS = Schema(
    "sensitivity",
    WORDS.schema("", "anchor from_value to_value probability_low probability_high swing").columns,
    about="an anchor moved by itself",
    row_key="anchor",
    row_columns=(Column("clear value", "price"), Column("discount", "share"), Column("beta", "statistic")),
)
BASE_RATES = WORDS.schema(
    "base_rates", "programme_id n_decided n_relief n_open relief_share relief_share_low relief_share_high", about="a programme"
)
CHALLENGES = WORDS.schema(
    "challenges",
    "case programme_id securities outcome enjoined relief_by relisted appeal_open decided_on source confidence",
    about="a challenge",
)
DROP_PARTS = WORDS.schema("parts_of_the_drop", "part low high share_low share_high identified", about="a part of the drop")
EVIDENCE = WORDS.schema("evidence", "evidence low high", about="a piece of evidence")
RECOVERY = WORDS.schema("recovery", "effect n_days car low high p", about="the drop, or the relief")
SPILLOVER_GROUPS = WORDS.schema(
    "spillover_groups",
    "event_id group session n target_car caar low high test statistic p p_holm p_placebo smallest_p r_bar n_effective spill with_drift_caar verdict",
    about="an event and a group of firms",
)
SPILLOVER_MEMBERS = WORDS.schema("spillover_members", "event_id group security car low high n_obs", about="an event and a firm")
SPILLOVER_SLOPES = WORDS.schema("spillover_slopes", "group n_events slope slope_low slope_high", about="a group of firms")
SPILLOVER_DROPPED = WORDS.schema("spillover_dropped", "group security event_id reason", about="a firm that was not used")
DECISIONS = WORDS.schema(
    "sell_or_wait",
    "relief_probability first_session_share half_sold_sessions expected_cost_value even_regret_value at_once_regret_value last_session_regret_value",
    about="a probability of relief",
)
BREAK_EVEN = WORDS.schema(
    "break_even",
    "probability_low probability_high",
    Column(
        "probability_low", "share", about="least chance of relief at which waiting to the last session brings what selling evenly brings"
    ),
    Column(
        "probability_high",
        "share",
        about="most such chance, over the ranges of the clear and the banned value; above one: no chance does; empty: unknown",
    ),
    about="the chance of relief at which waiting pays",
)
PLANS = WORDS.schema("plans", "plan expected_cost_value regret_value", about="a plan")
SCHEDULE = WORDS.schema(
    "schedule",
    "session sell_shares left_shares reached_probability",
    Column("session", "integer"),
    about="a session while relief has not come",
)
FORECASTS = WORDS.schema(
    "forecasts",
    "made_at question probability outcome brier log_score base_rate_brier base_rate_log_score",
    Column("outcome", "flag"),
    about="a forecast that is decided",
)
OPEN_QUESTIONS = WORDS.schema(
    "open_questions",
    "made_at question probability low high basis",
    Column("low", "share"),
    Column("high", "share"),
    about="a forecast still open",
)
FORECAST_MEANS = WORDS.schema("forecast_means", "score mean", about="a score")
LIST_WATCH = WORDS.schema(
    "watch",
    "name n_criteria criteria n_alike n_alike_listed listed_share listed_share_low listed_share_high verdict",
    about="a name not listed",
)
LIST_SCORES = WORDS.schema(
    "list_scores", "n_criteria n_names n_listed listed_share listed_share_low listed_share_high", about="a number of criteria met"
)
CRITERIA = WORDS.schema(
    "criteria", "criterion met n_names n_listed listed_share listed_share_low listed_share_high", about="a criterion, met or not"
)
LIST_HAZARD = WORDS.schema(
    "list_hazard",
    "n_criteria n_listed exposure_years listings_per_year listings_per_year_low listings_per_year_high",
    about="a number of criteria met",
)
LIST_CALIBRATION = WORDS.schema(
    "list_calibration", "n_criteria n_names mean_forecast_probability listed_share", about="a number of criteria met"
)
LIST_DROPPED = WORDS.schema("list_dropped_names", "name reason", about="a name that was left out")
