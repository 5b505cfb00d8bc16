"""What the columns of the tables of an event study are."""

from __future__ import annotations

from impact.tables import Column, Schema, Vocabulary
from impact.tables.common import COMMON

__all__ = [
    "ABNORMAL",
    "CALENDAR_TIME",
    "CAR",
    "CHAINED",
    "CHAINS",
    "COEFFICIENTS",
    "COMPARED",
    "DOUBTFUL",
    "DROPPED",
    "DROPPED_COUNTS",
    "ESTIMATES",
    "EVENTS",
    "INFERENCE",
    "LAYOUT",
    "MEAN_CAR",
    "PARTITIONED_AVERAGE",
    "PARTITIONED_TESTS",
    "PARTITIONS",
    "PLACEBO",
    "PORTFOLIO",
    "REMARKED",
    "SCAR_QUANTILES",
    "SHRUNK",
    "TESTS",
    "VOLATILITY",
    "VOLATILITY_TESTS",
    "WORDS",
]

WORDS = Vocabulary(
    Column("offset", "integer", "sessions", about="session counted from day 0"),
    Column("status", about="ok, or why the event is out"),
    Column("rolled_days", "integer", "calendar days", "rolled", "days from the given date to day 0"),
    Column("first", "integer", "sessions", about="first session of the window, counted from day 0"),
    Column("last", "integer", "sessions", about="last session of the window, counted from day 0"),
    Column("intraday", "flag", about="the news came within the session"),
    Column("abnormal_return", "return", short="abnormal return", about="return less the normal return; missing on a day without trade"),
    Column("standard_error", "return_size", short="standard error", about="of the abnormal return, forecast error included"),
    Column("ar", "return", short="abnormal return"),
    Column("car", "return", short="CAR", about="cumulative abnormal return over the window; missing where a day of it is"),
    Column("aar", "return", short="AAR", about="mean abnormal return of the day"),
    Column("caar", "return", short="CAAR", about="mean cumulative abnormal return"),
    Column("mean_car", "return", short="mean CAR"),
    Column(
        "event_sd", "return_size", short="stated deviation", about="standard deviation of the abnormal return of day 0, known beforehand"
    ),
    Column("se", "return_size", short="standard error", about="with the forecast error of the normal return"),
    Column("ci_low", "return", short="low", about="low end of the interval"),
    Column("ci_high", "return", short="high", about="high end of the interval"),
    Column("low", "return", about="low end of the interval"),
    Column("high", "return", about="high end of the interval"),
    Column("mde", "return_size", short="minimum detectable effect", about="smallest effect found with 80 % power at two-sided 5 %"),
    Column("alpha", "return", about="intercept, a session"),
    Column("beta", "statistic", about="slope on the market"),
    Column("sigma", "return_size", about="residual standard deviation, a session"),
    Column("r_squared", "statistic", short="R squared"),
    Column("distribution", about="reference distribution of the statistic"),
    Column("headline", "flag", about="the test that leads for this layout of events"),
    Column("warning", about="how far the test is off here"),
    Column("null", about="hypothesis that the test is of"),
    Column("value", about="value of the property named"),
    Column("path", about="file of the partition"),
    Column("chain", "integer", about="number of the chain of overlapping windows"),
    Column("event_ids", about="events of the chain"),
    Column("overlaps_with", short="overlaps with", about="events with days of the window in common"),
    Column("alone_car", "return", short="CAR alone", about="estimated as if there were no other event"),
    Column("alone_se", "return_size", short="standard error alone"),
    Column("alone_p", "p", short="p alone"),
    Column("joint_car", "return", short="CAR jointly", about="every window a dummy of one regression"),
    Column("joint_se", "return_size", short="standard error jointly"),
    Column("joint_p", "p", short="p jointly"),
    Column("weighting", about="how the members of the portfolio are weighed"),
    Column("se_hc1", "return_size", short="standard error, HC1"),
    Column("se_newey_west", "return_size", short="standard error, Newey-West"),
    Column("portfolio_return", "return", short="portfolio return", about="of the firms in their event window that day"),
    Column("n_members", "count", short="members"),
    Column("regressor", about="characteristic, or const"),
    Column("estimate", "return", about="change of the CAR for one unit of the regressor"),
    Column("n_windows", "count", short="windows"),
    Column("placebos", about="which windows the event is ranked among"),
    Column("p_lower", "p", short="p, lower tail"),
    Column("p_upper", "p", short="p, upper tail"),
    Column("quantile_2_5", "statistic", short="2.5 % quantile", about="of the standardised CAR of the placebo windows"),
    Column("quantile_97_5", "statistic", short="97.5 % quantile", about="of the standardised CAR of the placebo windows"),
    beside=COMMON,
)

REMARKED = Column("reason", about="why there is no figure, or what to doubt in it", sparse=True)
_COEFFICIENT = Column("coefficient", "statistic", about="slope on a factor of the model")

ABNORMAL = WORDS.schema(
    "abnormal", "event_id security offset session abnormal_return standard_error n_obs", about="a session of an event's window"
)
CAR = WORDS.schema(
    "car",
    "event_id security day0 status window car se t p df n_days mde ci_low ci_high n_events first last",
    REMARKED,
    about="an event and a window",
)
MEAN_CAR = WORDS.schema("mean_car", "offset window n_events car ci_low ci_high p_value test", REMARKED, about="a window, over the events")
ESTIMATES = WORDS.schema(
    "estimates",
    "event_id security day0 status alpha beta sigma n_obs df r_squared",
    extra=_COEFFICIENT,
    about="the normal model of an event",
)
SHRUNK = WORDS.schema(
    "shrunk",
    "event_id car se",
    Column("weight", "share", about="share of its distance from the common mean that an event keeps"),
    Column("shrunk", "return", about="effect of the event given all events"),
    Column("shrunk_se", "return_size", about="standard deviation of that effect, the error of the mean included, tau taken as known"),
    about="the effect of an event, shrunk towards the mean of all",
)
TESTS = WORDS.schema(
    "tests",
    "window test statistic p_value df distribution n_events n_dates mean_car headline warning null reason smallest_p p_holm",
    about="a test of a window",
)
EVENTS = WORDS.schema(
    "events", "event_id security date day0 rolled_days status first last known_at venue intraday group event_sd",
    Column("peer"), Column("weight", "statistic"), Column("size", "statistic"), extra=Column("given", "number"), about="an event as it was used",
)  # fmt: skip
DOUBTFUL = WORDS.schema(
    "doubtful_events",
    "event_id security session",
    Column("until", "date", about="last session whose return it touches"),
    Column("doubt", "code", about="what makes the figure doubtful, by code"),
    Column("ratio", "number", about="the close over the one before; missing where it is no move"),
    Column("n", "count", about="sessions it lasts"),
    Column("about", about="what it may be, in one clause"),
    Column("window", about="estimation or event: where it lies"),
    Column("first", "integer", "sessions", about="first session it touches, counted from day 0"),
    Column("last", "integer", "sessions", about="last session it touches, counted from day 0"),
    about="a doubtful price in a window of an event",
)
DROPPED = WORDS.schema("dropped", "event_id security date status reason", about="an event that was left out")
DROPPED_COUNTS = WORDS.schema("dropped_counts", "path status reason n_events", about="a reason for leaving events out")
INFERENCE = WORDS.schema(
    "inference",
    "window n_events n_dates r_bar headline smallest_p mde",
    Column("design", about="single, same_date or multi_date"),
    Column("overlapping", "flag", about="some windows overlap"),
    Column("n_excluded", "count", short="left out"),
    Column("r_bar", "statistic", short="mean correlation", about="of abnormal returns between events"),
    Column("coverage", "share", about="pairs of events whose correlation could be estimated"),
    Column("variance_inflation", "multiple", short="variance inflation", about="by correlation, of the mean"),
    Column("n_effective", "number", short="effective number", about="independent events that tell as much"),
    Column("variance_ratio", "multiple", short="variance ratio", about="spread of the events over that of the estimation window"),
    Column("variance_p", "p", short="p of the variance ratio"),
    Column("headline", "code", about="the test that leads"),
    Column("why", about="why it leads"),
    Column("second_opinions", short="second opinions"),
    Column("residual_kurtosis", "statistic", short="kurtosis of residuals"),
    Column("estimate", "return", about="mean CAR of the events that enter"),
    Column("ci_low", "return", about="smallest effect that the leading test does not reject"),
    Column("ci_high", "return", about="largest effect that the leading test does not reject"),
    Column("statistic", "statistic"),
    Column("p_value", "p"),
    Column("level", "share", about="coverage of the interval"),
    Column("size_if_variance_doubles", "share", about="true nulls rejected at 5 % if the event doubled the variance"),
    Column("caveats", about="what no test of these events can tell"),
    about="the layout of the events of a study",
)
LAYOUT = Schema(
    "layout",
    (Column("property", about="property of the layout of the events"), Column("value", "by_row")),
    row_key="property",
    row_columns=INFERENCE.columns,
)
CHAINED = WORDS.schema(
    "chained",
    "event_id day0 first last n_days chain overlaps_with alone_car alone_se alone_p joint_car joint_se joint_p ci_low ci_high reason",
    about="an event, alone and jointly with those that overlap it",
)
CHAINS = WORDS.schema("chains", "chain event_ids n_days car se p ci_low ci_high", about="a chain of overlapping windows")
CALENDAR_TIME = WORDS.schema(
    "calendar_time", "weighting alpha se se_hc1 se_newey_west t p ci_low ci_high n_sessions df", about="a weighting of the portfolio"
)
PORTFOLIO = WORDS.schema("portfolio", "session portfolio_return n_members", about="a session")
COEFFICIENTS = WORDS.schema("coefficients", "regressor estimate se t p ci_low ci_high", about="a regressor")
PARTITIONED_AVERAGE = WORDS.schema("partitioned_average", "offset aar n caar", about="a session of the window, over all events")
PARTITIONED_TESTS = WORDS.schema(
    "partitioned_tests", "window test statistic p_value mean_car n_events n_dates reason", about="a test of a window, over all partitions"
)
PARTITIONS = WORDS.schema("partitions", "path n_securities n_events n_dropped", about="a partition")
SCAR_QUANTILES = WORDS.schema("scar_quantiles", "window", extra=Column("quantile", "statistic"), about="a window")
PLACEBO = WORDS.schema(
    "placebo",
    "placebos n_windows statistic p_value p_lower p_upper smallest_p quantile_2_5 quantile_97_5",
    about="a set of placebo windows",
)
VOLATILITY_TESTS = WORDS.schema(
    "volatility_tests", "test statistic p_value distribution n_events smallest_p", REMARKED, about="a test that the variance is raised"
)
VOLATILITY = WORDS.schema(
    "volatility",
    "event_id p_value n_windows",
    Column("ratio", "multiple", about="mean square of the window over that of quiet days"),
    REMARKED,
    about="the variance of an event's window",
)
COMPARED = WORDS.schema("compared", "event_id", extra=Column("ar", "return"), about="an event, one column a benchmark")
