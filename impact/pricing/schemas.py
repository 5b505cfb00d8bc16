"""What the columns of the tables of the price of forced supply are."""

from __future__ import annotations

from impact.tables import Column, Schema, Vocabulary, ranged
from impact.tables.common import COMMON

__all__ = [
    "ALLOTMENT",
    "BACKTEST_DROPPED",
    "BACKTEST_FORECASTS",
    "BACKTEST_SCORES",
    "BACKTEST_SKILL",
    "CLOSE_OR_SPREAD",
    "COSTS",
    "DEMAND",
    "DRAWS",
    "EFFECT_PATH",
    "LAWS",
    "PREDICTED",
    "PREDICTED_DROPPED",
    "PRIORS",
    "SCORES",
    "TRIED",
    "VARIANCE_SHARES",
]

_WORDS = Vocabulary(
    Column("law", about="the event library, a class scenario, a law of the literature, or all together by score"),
    *ranged("peak_return", "return", "band of the path on its deepest session, 5 %, 50 % and 95 % of draws", short="peak"),
    Column("peak_return", "return", short="peak"),
    Column("peak_return_q25", "return", short="peak, 25 %"),
    Column("peak_return_q75", "return", short="peak, 75 %"),
    Column("peak_session", "integer", "sessions", "deepest session", "session of the lowest middle of the path, the first is 1"),
    Column("announcement_return", "return", short="first session", about="middle of the path on the first session"),
    Column("end_return", "return", short="last session", about="middle of the path on the last session"),
    Column("refused", "flag", about="a law outside its range, whose numbers are not shown"),
    Column("weight", "share", about="part in all laws together, by the score on dates left out"),
    Column("measure", about="what the law is fed with"),
    Column("size", "number", about="size of this case in that measure"),
    Column("calibrated_low", "number", short="calibrated from"),
    Column("calibrated_high", "number", short="calibrated to"),
    Column("extrapolated", "flag", about="the case lies outside the range of calibration"),
    Column("multiple_of_smallest", "multiple", short="multiple of the smallest", about="middle over the smallest middle of all laws"),
    Column("sold_shares", "shares", short="sold shares"),
    Column("share", "share", about="share of all that is sold"),
    Column("prior", about="assumption that is drawn"),
    Column("unit"),
    Column("shape", about="distribution of the draws"),
    Column("range_low", "by_row", "as stated in unit", "from"),
    Column("range_high", "by_row", "as stated in unit", "to"),
    Column("session_number", "integer", "sessions", "session", "sessions from the notice, the first is 1"),
    Column("session", "date"),
    *(
        Column(f"return_q{q}", "return", short=f"return, {int(q)} %", about="quantile over the draws")
        for q in ("05", "25", "50", "75", "95")
    ),
    Column("horizon", about="over what time the position is sold"),
    Column("horizon_sessions", "sessions", short="sessions"),
    Column("participation", "share", about="own sales over volume"),
    Column("days_at_10pct", "number", "sessions", "sessions at 10 % of volume"),
    Column("days_at_20pct", "number", "sessions", "sessions at 20 % of volume"),
    *ranged("alone_bps", "bps", "cost if nobody else sells", short="cost alone"),
    *ranged("crowd_bps", "bps", "cost when all forced holders sell", short="cost in the crowd"),
    Column("timing_risk_bps", "bps", short="timing risk", about="one standard deviation"),
    Column("stranded_share", "share", short="stranded", about="left unsold at the end"),
    Column("crowd_stranded_share", "share", short="stranded in the crowd"),
    *ranged("predicted_return", "return", "predicted, 90 % of draws", short="predicted"),
    Column("predicted_return", "return", short="predicted"),
    Column("realised_ar", "return", short="realised abnormal return"),
    Column("ar_se", "return_size", short="standard error"),
    Column("inside_90", "flag", short="inside 90 %"),
    Column("price_before", "price", short="price before"),
    Column("price_after", "price", short="price after"),
    Column("effect_return", "return", short="effect"),
    Column("marked_return", "return", short="marked", about="change of the value marked"),
    Column("first_order_return", "return", short="first order"),
    Column("banned_share", "share", short="held by the banned"),
    Column("multiplier", "multiple", about="effect for one per cent of the shares sold"),
    Column("model", about="model that predicts"),
    Column("reference", about="model that it is compared with"),
    Column("predicted_sd", "return_size", short="predicted spread"),
    *(Column(f"{end}_{level}", "return", short=f"{end} end, {level} %") for level in (50, 90) for end in ("low", "high")),
    Column("car", "return", short="CAR"),
    Column("crps", "return_size", short="CRPS", about="continuous ranked probability score; smaller is better"),
    Column("target", about="what is forecast: announcement, flow, differences within a date, or the sessions after"),
    Column("title", about="what the model says"),
    Column("knows", about="what it uses, and when that is known"),
    Column("spec", about="specification that was written before the fit"),
    Column("outcome", about="default, scenario, fit, rival or refused"),
    Column("why", about="why it was kept or not"),
    Column("subset", about="rows that are scored"),
    Column("n_events", "count"),
    Column("n_dates", "count", about="dates left out in turn"),
    Column("crps_return", "return_size", short="mean CRPS"),
    Column("crps_date_equal_return", "return_size", short="mean CRPS, dates equal"),
    Column("skill_date_equal", "statistic", short="skill, dates equal"),
    Column("pinball", "return_size", about="pinball loss, mean over quantiles; smaller is better"),
    Column("interval_score_90", "return_size", short="interval score, 90 %", about="smaller is better"),
    Column("bias_return", "return", short="bias", about="mean of realised less predicted"),
    Column("coverage_50", "share", short="inside 50 %"),
    Column("coverage_90", "share", short="inside 90 %"),
    Column("coverage_90_low", "share", short="inside 90 %, low"),
    Column("coverage_90_high", "share", short="inside 90 %, high"),
    Column("chance_of_misses", "p", short="chance of so many misses"),
    Column("skill", "statistic", about="one less the ratio of scores; above zero is better than the reference"),
    Column("skill_low", "statistic", short="skill, low"),
    Column("skill_high", "statistic", short="skill, high"),
    Column("holder_class", short="holder class"),
    beside=COMMON,
)

LAWS = _WORDS.schema(
    "laws",
    "law peak_return_low peak_return_q25 peak_return_mid peak_return_q75 peak_return_high peak_session announcement_return "
    "end_return measure size calibrated_low calibrated_high extrapolated refused weight source multiple_of_smallest",
    about="a law of impact",
)
VARIANCE_SHARES = _WORDS.schema(
    "variance_shares",
    "law",
    extra=Column("prior", "share", about="variance that the assumption explains alone"),
    about="a law, one column an assumption",
)
ALLOTMENT = _WORDS.schema("allotment", "holder_class sold_shares share peak_return", about="a class of holders")
PRIORS = Schema(
    "priors",
    _WORDS.schema("", "prior unit shape range_low range_high source").columns,
    about="an assumption that is drawn",
    row_key="unit",
    row_columns=(Column("1", "statistic"), Column("exponent", "statistic"), Column("share", "share"), Column("shares", "shares")),
)
DRAWS = _WORDS.schema("draws", "", extra=Column("drawn", "number"), about="a draw")
EFFECT_PATH = _WORDS.schema(
    "effect_path", "session_number session return_q05 return_q25 return_q50 return_q75 return_q95", about="a session from the notice on"
)
CLOSE_OR_SPREAD = _WORDS.schema(
    "close_or_spread",
    "n_sessions participation needs_cross cost_bps_low cost_bps_mid cost_bps_high tracking_risk_bps fund_risk_bps",
    Column("needs_cross", "flag", short="needs a cross", about="more than the whole volume of the session"),
    *ranged("cost_bps", "bps", "cost of trading", short="cost"),
    Column("tracking_risk_bps", "bps", short="tracking risk", about="one standard deviation, of the position"),
    Column("fund_risk_bps", "bps", short="tracking risk of the fund"),
    about="a number of closes over which the tracker trades",
)
COSTS = _WORDS.schema(
    "costs",
    "horizon horizon_sessions participation days_at_10pct days_at_20pct alone_bps_low alone_bps_mid alone_bps_high crowd_bps_low crowd_bps_mid "
    "crowd_bps_high timing_risk_bps stranded_share crowd_stranded_share",
    about="a horizon",
)
PREDICTED = _WORDS.schema(
    "predicted",
    "event_id label session law predicted_return_low predicted_return_mid predicted_return_high realised_ar ar_se inside_90",
    about="an event session and a law",
)
PREDICTED_DROPPED = _WORDS.schema("predicted_dropped", "event_id session reason", about="an event without comparison")
DEMAND = _WORDS.schema(
    "demand", "security price_before price_after effect_return marked_return first_order_return banned_share multiplier", about="a security"
)
BACKTEST_FORECASTS = _WORDS.schema(
    "backtest_forecasts",
    "event_id group kind car model predicted_return predicted_sd low_50 high_50 low_90 high_90 crps pinball interval_score_90",
    about="an event and a model",
)
BACKTEST_SCORES = _WORDS.schema(
    "backtest_scores",
    "kind model n n_groups bias_return crps coverage_50 coverage_90 coverage_90_low coverage_90_high pinball interval_score_90 chance_of_misses",
    about="a kind of event and a model",
)
BACKTEST_SKILL = _WORDS.schema(
    "backtest_skill", "kind model reference skill skill_low skill_high n_groups", about="a model against a reference"
)
BACKTEST_DROPPED = _WORDS.schema("backtest_dropped", "event_id reason", about="an event that was not used")
SCORES = _WORDS.schema(
    "prediction_scores",
    "target subset model n_events n_dates crps_return crps_date_equal_return coverage_50 coverage_90 skill skill_low skill_high skill_date_equal",
    about="a model on dates left out",
)
TRIED = _WORDS.schema(
    "tried_models",
    "target model outcome n_events n_dates crps_return coverage_50 coverage_90 skill skill_low skill_high title knows why spec",
    about="a model that was tried",
)
