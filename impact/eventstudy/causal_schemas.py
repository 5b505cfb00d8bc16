"""What the columns of the tables of synthetic controls and differences-in-differences are."""

from __future__ import annotations

from impact.eventstudy.schemas import WORDS
from impact.tables import Column, Vocabulary
from impact.tables.common import COMMON

__all__ = [
    "CONTROL",
    "CONTROL_PATH",
    "DIFFERENCE",
    "DIFFERENCE_PATH",
    "DONORS_OUT",
    "HORIZONS",
    "LEFT_OUT_DONOR",
    "PERIOD_WEIGHTS",
    "PLACEBO_DONORS",
    "PRE_TREND",
    "UNITS_OUT",
    "UNIT_WEIGHTS",
    "WEIGHTS",
]

_CAUSAL = Vocabulary(
    Column("donor", "code", about="line that was not treated"),
    Column("weight", "share", about="its share of the synthetic control"),
    Column("actual", "return", about="return of the treated line"),
    Column("synthetic", "return", about="return of its synthetic control"),
    Column("gap", "return", about="actual less synthetic"),
    Column("car", "return", short="CAR", about="sum of the gaps from the first session of the window"),
    Column("rmspe", "return_size", short="fit error before", about="root mean squared gap of the estimation window, a session"),
    Column("rmspe_after", "return_size", short="gap after", about="root mean squared gap of the event window, a session"),
    Column("rmspe_ratio", "multiple", short="ratio", about="gap after over fit error before"),
    Column("statistic", "statistic", about="CAR over fit error before and the root of the sessions"),
    Column(
        "statistic_p", "p", short="p of the CAR", about="share of donors, the treated line among them, with a statistic at least as large"
    ),
    Column("ratio_p", "p", short="p of the ratio", about="the same for the ratio of gaps, which also finds moves that cancel in the CAR"),
    Column("worse_fit_share", "share", short="placebos fitted better", about="share of placebos whose fit error is smaller"),
    Column("n_donors", "count", short="donors"),
    Column("n_placebos", "count", short="placebos"),
    beside=WORDS,
)

WEIGHTS = _CAUSAL.schema("control_weights", "donor weight", about="a donor")
CONTROL_PATH = _CAUSAL.schema("control_path", "offset session actual synthetic gap car", about="a session of the event window")
PLACEBO_DONORS = _CAUSAL.schema(
    "placebo_donors", "donor car rmspe rmspe_after rmspe_ratio statistic", about="a donor, as if the event had been its own"
)
LEFT_OUT_DONOR = _CAUSAL.schema("left_out_donor", "donor weight car rmspe", about="a donor with weight, the control made without it")
DONORS_OUT = _CAUSAL.schema("donors_out", "donor reason", about="a donor that was not used")
CONTROL = _CAUSAL.schema(
    "control",
    "event_id security day0 window car ci_low ci_high statistic statistic_p ratio_p smallest_p rmspe rmspe_after rmspe_ratio worse_fit_share "
    "n_obs n_donors n_placebos reason",
    about="an event against its synthetic control",
)

_OUTCOME = Vocabulary(
    Column("estimate", "number", "units of the outcome", about="mean effect over the treated units and periods"),
    Column("se", "number", "units of the outcome", short="standard error"),
    Column("ci_low", "number", "units of the outcome", short="low"),
    Column("ci_high", "number", "units of the outcome", short="high"),
    Column(
        "rank_p", "p", short="p among controls", about="share of controls, the treated unit among them, with an estimate at least as large"
    ),
    Column("fit_error", "number", "units of the outcome", short="fit error before", about="root mean squared gap before, up to a constant"),
    Column("n_treated", "count", short="treated"),
    Column("n_controls", "count", short="controls"),
    Column("n_before", "count", short="periods before"),
    Column("n_after", "count", short="periods after"),
    Column("horizon", "code", about="periods since the treatment; 0 is the first treated, all the mean over them"),
    Column("n_periods", "count", short="dates", about="distinct periods with a treated unit"),
    Column("n_leads", "count", short="leads", about="periods before the treatment that are tested together"),
    Column("distribution", about="reference distribution of the statistic"),
    Column("unit", "code", about="security, fund or other unit of the panel"),
    Column("period", "date"),
    Column("weight", "share"),
    beside=COMMON,
)

UNIT_WEIGHTS = _OUTCOME.schema("unit_weights", "unit weight", about="a control")
PERIOD_WEIGHTS = _OUTCOME.schema("period_weights", "period weight", about="a period before the treatment")
UNITS_OUT = _OUTCOME.schema("units_out", "unit reason", about="a unit that was not used")
DIFFERENCE = _OUTCOME.schema(
    "difference",
    "estimate se ci_low ci_high p df rank_p smallest_p fit_error n_treated n_controls n_before n_after reason",
    about="an effect on an outcome",
)
DIFFERENCE_PATH = _OUTCOME.schema(
    "difference_path", "period horizon estimate ci_low ci_high", about="a period, the treated against the weighted controls"
)
HORIZONS = _OUTCOME.schema(
    "horizons",
    "horizon estimate se ci_low ci_high p n_treated n_periods n_obs",
    Column("reason", about="why there is no standard error", sparse=True),
    about="a number of periods since the treatment",
)
PRE_TREND = _OUTCOME.schema(
    "pre_trend",
    "statistic p_value n_leads df distribution smallest_p n_obs n_treated",
    Column("reason", about="why there is no test", sparse=True),
    about="the joint test that nothing moved before the treatment",
)
