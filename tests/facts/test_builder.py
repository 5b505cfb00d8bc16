"""The builder of the fact tables on a fact base made up by hand: every cell kept, every wording known, none guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.data.court_tables import OUTCOME_CODES, STEPS, litigation
from impact.data.designation_tables import designations
from impact.data.fact_tables import FACT_TABLES, programmes
from impact.data.holding_tables import DENOMINATORS, HOLDER_CLASSES, METRICS, ownership
from impact.data.kept_cells import ORIGINS, lost_cells
from impact.data.regimes import REGIME_OF_PROGRAMME, regimes
from impact.facts import known_table

COURT = {
    "case": "A Corp. v. DoD",
    "court_docket": "D.D.C. 1:30-cv-1",
    "judge": "",
    "program": "ndaa-1260h",
    "company_ticker": "0001.HK",
    "event_date": "2030-01-04",
    "event_time_local": "US",
    "event": "Complaint filed",
    "first_market_session": "",
    "outcome": "",
    "source": "by hand",
    "confidence": "A",
    "conflict_id": "",
}
COLUMNS_OF = {
    "programs": (
        "id", "name", "authority", "agency", "in_force_from", "in_force_to", "prohibits", "purchase_ban_rule", "divestment_rule",
        "possession_ban", "securities_covered", "exemptions_and_licences", "model_note", "source", "confidence",
    ),
    "designations": (
        "program_id", "batch", "entity", "listed_vehicle", "is_listed", "primary_ticker", "other_tickers", "isin", "other_isins",
        "announcement_date", "purchase_ban_date", "divestment_deadline", "removal_date", "removal_or_end_reason", "legal_forced_flow",
        "note", "source", "confidence", "relisted_date", "former_names", "conflict_id",
    ),
}  # fmt: skip


def write(folder, name, *rows):
    pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize(
    ("event", "step", "outcome", "relief_by"),
    [
        ("Complaint filed; says much", "filed", "open", ""),
        ("Preliminary injunction granted (26 pages)", "enjoined", "enjoined", ""),
        ("Preliminary injunction denied", "injunction_denied", "open", ""),
        ("motion for preliminary injunction against the listing filed", "injunction_sought", "open", ""),
        ("Summary judgment for DoD: designation upheld", "lost", "lost", ""),
        ("Final order vacating the 14 Jan 2021 designation", "relief", "relief", "order"),
        ("DoD removed designation; joint stipulation of dismissal", "relief", "relief", "removal"),
    ],
)
def test_a_court_event_is_read_once_into_a_step(tmp_path, event, step, outcome, relief_by):
    (row,) = litigation(write(tmp_path, "litigation", COURT | {"event": event})).to_dict("records")
    assert (row["step"], row["outcome_code"], row["relief_by"]) == (step, outcome, relief_by)


def test_an_unknown_court_wording_stops_the_build(tmp_path):
    with pytest.raises(ValueError, match="begins with 0 listed wordings"):
        litigation(write(tmp_path, "litigation", COURT | {"event": "The court sat"}))


def test_a_programme_without_a_regime_stops_the_build(tmp_path):
    row = dict.fromkeys(COLUMNS_OF["programs"], "")
    row |= {"id": "new-ban", "in_force_from": "2030-01-01", "possession_ban": "no", "confidence": "A"}
    with pytest.raises(KeyError, match="new-ban"):
        programmes(write(tmp_path, "programs", row))


def test_readings_of_one_listing_need_a_day_from_which_they_differ(tmp_path):
    row = dict.fromkeys(COLUMNS_OF["designations"], "")
    row |= {
        "program_id": "ndaa-1260h",
        "entity": "A",
        "is_listed": "n",
        "legal_forced_flow": "no",
        "announcement_date": "2030-01-01",
        "confidence": "A",
    }
    assert designations(write(tmp_path, "designations", row))["fact_id"].tolist() == ["designation-ndaa-1260h-a"]
    with pytest.raises(ValueError, match="'a-or-b' has no day"):
        designations(write(tmp_path, "designations", row | {"conflict_id": "a-or-b"}))


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [("15", "15", "15"), ("over 1", "1", ""), ("up to 3", "", "3"), ("about 2", "2", "2"), ("2.6; 0.27", "", "")],
)
def test_a_printed_figure_leaves_open_what_its_words_leave_open(tmp_path, value, low, high):
    row = {
        "as_of": "2030-01-01", "company": "A", "ticker": "0001.HK", "metric": "weight", "value": value, "unit": "pct",
        "holder_or_index": "an index", "note": "", "source": "by hand 2030-01-02", "confidence": "A",
    }  # fmt: skip
    (cells,) = ownership(write(tmp_path, "ownership_and_weights", row)).to_dict("records")
    assert (cells["value_low"], cells["value_high"], cells["denominator"]) == (low, high, "index")


def test_a_lost_row_or_cell_is_named(tmp_path):
    names = list(ORIGINS)
    for name in names:
        read_bundled(name).head(0).to_csv(tmp_path / f"{ORIGINS[name][0]}.csv", index=False)
    source = write(tmp_path, "litigation", COURT, COURT | {"event_date": "2030-01-05"})
    tables = {name: read_bundled(name).head(0) for name in names}
    for name in names:  # every other source file is empty, with the columns of the source
        file, renamed = ORIGINS[name]
        if name != "litigation":
            pd.DataFrame(columns=list(renamed)).assign(**({"shares_total": ""} if name == "shares_outstanding" else {})).to_csv(
                source / f"{file}.csv", index=False
            )
    built = litigation(source)
    assert lost_cells(source, tables | {"litigation": built}) == []
    assert lost_cells(source, tables | {"litigation": built.head(1)}) == ["litigation: 2 rows in, 1 out"]
    changed = built.assign(judge=["", "someone"])
    assert lost_cells(source, tables | {"litigation": changed}) == ["litigation: judge, row 3"]


def test_every_table_of_the_build_ships_and_has_a_clock():
    for name in FACT_TABLES:
        assert known_table(name)["known_at"].notna().all(), name


def test_typed_words_are_from_their_lists():
    court = known_table("litigation")
    assert set(court["step"]) <= set(STEPS) and set(court["outcome_code"]) <= set(OUTCOME_CODES)
    assert ((court["relief_by"] != "") == (court["step"] == "relief")).all()
    held = known_table("holders")
    assert set(held["holder_class"]) <= set(HOLDER_CLASSES.values()) and set(held["denominator"]) <= set(DENOMINATORS)
    owned = known_table("ownership")
    assert set(owned["metric_code"]) <= set(METRICS.values()) and set(owned["denominator"]) <= set(DENOMINATORS)
    assert (owned["denominator"] != "").eq(owned["unit"] == "pct").all()
    assert ((owned["value_low"] <= owned["value_high"]) | owned[["value_low", "value_high"]].isna().any(axis=1)).all()
    assert set(known_table("programmes")["regime"]) <= set(regimes()["regime"])
    assert set(known_table("programmes")["programme_id"]) == set(REGIME_OF_PROGRAMME)


def test_what_holders_must_do_by_hand():
    table = regimes().set_index("regime")
    words = ["bars_purchase", "bars_sale", "bars_possession", "must_sell"]
    assert table.loc["possession_ban", words].tolist() == ["yes", "after_window", "after_window", "yes"]
    assert table.loc["lock_in", words].tolist() == ["yes", "after_window", "no", "no"]
    assert table.loc["blocking", words].tolist() == ["yes", "yes", "frozen", "no"]
    assert table.loc["procurement_only", words].tolist() == ["no"] * 4


def test_buybacks_by_hand():
    table = known_table("buybacks").set_index("fact_id")
    row = table.loc["buyback-1810-hk-programme-2021-03-11"]
    assert (row["amount_low"], row["amount_high"], row["currency"]) == (0.0, 1e10, "HKD")
    assert row["known_at"].tz_convert("Asia/Hong_Kong").isoformat() == "2021-03-11T16:10:00+08:00"
    assert table.loc["buyback-1810-hk-purchase-2021-03-31", "shares"] == 19_308_000


def test_no_source_names_a_file_that_a_reader_cannot_have():
    for name in FACT_TABLES:
        assert not read_bundled(name)["source"].str.contains("shared/").any(), name
