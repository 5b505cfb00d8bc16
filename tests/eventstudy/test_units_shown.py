"""What is abnormal is shown in its own unit everywhere: a log volume or a log range is no percentage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.eventstudy import abnormal_range, abnormal_volume, car_regression, shrunk_effects
from impact.eventstudy.files import printed_tables, study_tables

DAYS = pd.bdate_range("2019-01-01", periods=420)
LINES = list("ABCDEF")
EVENTS = pd.DataFrame(
    {"event_id": [f"e{i}" for i in range(6)], "security": LINES, "date": DAYS[[330, 338, 346, 354, 362, 370]], "size": [1.0, 2, 3, 5, 4, 6]}
)


@pytest.fixture(scope="module", params=["volume", "range"])
def study(request):
    rng = np.random.default_rng(3)
    values = pd.DataFrame(np.exp(rng.normal(0, 0.3, (420, 6))), DAYS, LINES)
    if request.param == "volume":
        return abnormal_volume(values * 1e6, EVENTS)
    return abnormal_range({"high": 10 * np.exp(values / 50), "low": 0 * values + 10}, EVENTS)


def test_no_table_of_a_logarithm_is_in_percent(study):
    """The pages, workbooks and inferences of a study of log volume told a CAR of 0.69 log points as 69 %."""
    for table in printed_tables(study_tables(study, ((0, 0),)), study, full=True).values():
        assert not [column.name for column in table.schema.columns if column.kind.startswith("return")]
    shown = study.inference(0, 0)
    assert f"{abs(shown.estimate):.3f}" in str(shown)
    for result in (shown, car_regression(study, ["size"], 0, 0)):
        rows = [line for line in str(result).splitlines() if "%" in line and not line.startswith(("-", "level", "coverage", "size_if"))]
        assert not rows, rows
    effects = shrunk_effects(study, 0, 0)
    assert not [column.name for column in effects.with_schema("effects").schema.columns if column.kind.startswith("return")]
    assert f"tau = {effects.pooled['tau'].iloc[0]:.2f}, I squared" in str(effects)
    assert not any("%" in cell for cell in study.compact().frame["car"])


def test_a_schema_in_another_unit_keeps_what_its_rows_are():
    from impact.eventstudy.schemas import LAYOUT

    told = LAYOUT.measured_in("log_points")
    assert told.row_key == LAYOUT.row_key and len(told.row_columns) == len(LAYOUT.row_columns)
    assert {column.name for column in told.row_columns if column.kind.startswith("log_points")} >= {"estimate", "ci_low", "ci_high", "mde"}
