"""The table of litigation read step by step."""

import pandas as pd
import pytest

from impact.cases.court import challenges_on_record


def test_outcomes_by_statute():
    found = challenges_on_record()
    cases = found.cases.set_index("case")
    told = cases["outcome"].to_dict()
    assert told == {
        "Xiaomi Corp. v. DoD": "relief",
        "Luokung Technology Corp. v. DoD": "relief",
        "GOWIN Semiconductor v. DoD": "unknown",
        "Hesai Technology v. DoD": "lost",
        "AMEC v. DoD": "relief",
        "SZ DJI Technology v. DoD": "lost",
        "YMTC v. DoD": "open",
        "Alibaba v. DoD": "open",
        "CH-AUTO Technology": "unknown",
        "WuXi AppTec v. DoD": "open",
    }
    assert cases.loc["Xiaomi Corp. v. DoD", "relief_by"] == "order" and cases.loc["AMEC v. DoD", "relief_by"] == "removal"
    assert cases.loc[["Hesai Technology v. DoD", "SZ DJI Technology v. DoD"], "appeal_open"].all() and cases["appeal_open"].sum() == 2
    assert cases.index[cases["relisted"]].tolist() == ["Hesai Technology v. DoD"]
    assert cases.loc["GOWIN Semiconductor v. DoD", "confidence"] == "C"
    rates = found.outcome_rates().to_frame().set_index("programme_id")
    assert rates.loc["ndaa-1237-ccmc", ["n_relief", "n_decided"]].tolist() == [2, 2]
    assert rates.loc["ndaa-1260h", ["n_relief", "n_decided"]].tolist() == [1, 3]
    assert found.relisting("ndaa-1260h") == (1, 2) and found.relisting("ndaa-1237-ccmc") == (0, 2)


def test_rows_that_are_no_challenge_say_why():
    dropped = challenges_on_record().dropped.set_index("case")["reason"]
    assert dropped["IDG Capital"] == "no suit was brought"
    assert dropped[[name for name in dropped.index if "WeChat" in name]].iloc[0] == "not about a listing (ieepa-apps)"


@pytest.mark.parametrize(
    ("as_of", "outcome", "enjoined"),
    [
        ("2021-03-12T16:00-05:00", "open", False),
        ("2021-03-12T17:00-05:00", "open", True),
        ("2021-05-25T16:10-04:00", "relief", True),
    ],
)
def test_nothing_is_known_before_its_instant(as_of, outcome, enjoined):
    row = challenges_on_record(as_of).cases.set_index("case").loc["Xiaomi Corp. v. DoD"]
    assert (row["outcome"], bool(row["enjoined"])) == (outcome, enjoined)


def test_before_any_suit_there_is_an_empty_table():
    found = challenges_on_record("2021-01-15T00:00Z")
    assert found.cases.empty and found.of("1810.HK").empty and found.outcome_rates().to_frame().empty


def test_a_later_instant_only_adds_steps():
    early, late = challenges_on_record("2024-06-01T00:00Z"), challenges_on_record()
    merged = early.steps.merge(late.steps, on="fact_id", suffixes=("", "_late"))
    assert len(merged) == len(early.steps) and (merged["step"] == merged["step_late"]).all()
    assert (early.steps["known_at"] <= pd.Timestamp("2024-06-01T00:00Z")).all()
