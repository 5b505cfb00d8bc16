"""The bundled tables: nothing of the fact base dropped, typed, clocks as the notes have them."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.data.cells import grade, number_cells, tickers
from impact.data.clock_readings import days_of, read_known
from impact.errors import InputError
from impact.facts import known_table
from impact.facts.tables import BUILT_AT, TABLES

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_unique_id_and_an_instant(name):
    table = known_table(name)
    assert table["fact_id"].is_unique and table["fact_id"].str.fullmatch(r"[a-z0-9-]+").all()
    assert table["known_at"].notna().all() and table["known_at"].dtype == "datetime64[ns, UTC]"
    assert set(table["confidence"]) <= {"A", "B", "C", ""}
    assert all(table[column].dtype == "datetime64[ns]" for column in table if column.endswith("_on"))


def test_successors_exist_and_are_known_no_earlier():
    for name in ("programmes", "index_actions", "exchange_actions"):
        known = known_table(name).set_index("fact_id")
        linked = known[known["superseded_by"] != ""]
        assert len(linked)
        successor = known["known_at"].reindex(linked["superseded_by"]).to_numpy()
        assert (successor >= linked["known_at"].to_numpy()).all()


def test_designations_listed_later_than_the_order_keep_its_clock():
    """Listing + 60 and + 365 days, checked against the dates the fact base states (EO 13959 s.1, EO 14032 s.1)."""
    table = known_table("designations").set_index("fact_id")
    own = table["programme_id"].isin(["ndaa-1237-ccmc", "ns-cmic"])
    table = table[own & table["purchase_ban_on"].notna() & ~table["batch"].isin(["1237 tranche 1", "1237 tranche 2-3"])]
    start = table["relisted_on"].fillna(table["announced_on"])
    # The annex of June 2021 has dates of its own that equal the rule for the purchase ban and the day 365 for the sale.
    assert ((table["purchase_ban_on"] - start).dt.days == 60).all()
    assert ((table["divestment_on"] - start).dt.days == 365).all()


def test_xiaomi_by_hand():
    row = known_table("designations").set_index("fact_id").loc["designation-ndaa-1237-ccmc-xiaomi-corporation"]
    assert row["purchase_ban_at"].tz_convert("Asia/Hong_Kong").isoformat() == "2021-03-15T21:30:00+08:00"
    assert f"{row['divestment_on']:%Y-%m-%d}" == "2022-01-14"
    assert row["removed_known_at"].tz_convert("America/New_York").isoformat() == "2021-05-25T16:09:00-04:00"


@pytest.mark.parametrize("name", TABLES)
def test_no_text_shown_as_of_a_row_names_a_past_of_a_later_day(name):
    """A remark that speaks of what came later must not be visible before; planned days stand in ``*_on`` columns."""
    whole = known_table(name)
    planned = {"batch", "source", "confidence_text", "fact_id", "superseded_by", "source_row", "value", "event", "action_text", "unit"}
    for instant in whole["known_at"].drop_duplicates():
        if instant >= BUILT_AT:
            continue
        view = known_table(name, instant)
        fresh = view[view["known_at"] == instant]
        texts = [
            column for column in fresh if pd.api.types.is_string_dtype(fresh[column]) and column not in planned and "text" not in column
        ]
        for column in texts:
            for cell in fresh[column]:
                for day in ISO_DAY.findall(cell):
                    assert pd.Timestamp(day, tz="UTC") <= instant + pd.Timedelta(days=1), (column, cell)


def test_as_of_shows_the_row_but_not_what_came_later():
    before = known_table("designations", "2021-05-25T20:08:59Z").set_index("fact_id").loc["designation-ndaa-1237-ccmc-xiaomi-corporation"]
    after = known_table("designations", "2021-05-25T20:09:00Z").set_index("fact_id").loc["designation-ndaa-1237-ccmc-xiaomi-corporation"]
    assert before["removed_on"] is pd.NaT and before["removed_text"] == "" and before["note"] == ""
    assert f"{after['removed_on']:%Y-%m-%d}" == "2021-05-25" and after["note"] == ""
    luokung = known_table("designations", "2021-03-09T00:00Z").set_index("security").loc["LKCO"]
    assert luokung["purchase_ban_on"] is pd.NaT and luokung["relisted_on"] is pd.NaT


def test_an_action_cancelled_later_reads_as_it_was_announced():
    fact_id = "index-s-p-dji-china-mobile-adr-2020-12-31"
    before = known_table("index_actions", "2021-01-04T12:00Z").set_index("fact_id").loc[fact_id]
    after = known_table("index_actions", "2021-01-10T12:00Z").set_index("fact_id").loc[fact_id]
    assert before["action_kind"] == "delete" and before["cancelled_on"] is pd.NaT and before["superseded_by"] == ""
    assert f"{after['cancelled_on']:%Y-%m-%d}" == "2021-01-05" and after["superseded_by"] == "index-s-p-dji-china-mobile-2021-01-07"


def test_a_changed_copy_leaves_the_table_alone():
    first = known_table("litigation")
    first.loc[:, "case"] = "changed"
    assert "changed" not in set(known_table("litigation")["case"])


def test_unknown_table_names_the_tables():
    with pytest.raises(InputError, match="name='listings' is not a table of facts; choose one of: programmes"):
        known_table("listings")
    with pytest.raises(InputError, match="has no zone"):
        known_table("litigation", "2021-01-14")


@pytest.mark.parametrize(
    ("day", "hour", "known_at", "precision"),
    [
        ("2021-03-05", "Fri, wire 09:56 UTC = 17:56 HKT, after HK close", "2021-03-05T17:56:00+08:00", "minute"),
        ("2021-03-12", "16:59 EST Friday = 05:59 HKT Saturday 13 Mar", "2021-03-12T16:59:00-05:00", "minute"),
        ("2021-03-22", "18:42 EDT report", "2021-03-22T18:42:00-04:00", "minute"),
        ("2020-12-04", "after US close (Fri)", "2020-12-04T16:00:00-05:00", "session"),
        ("2021-01-20/21", "", "2021-01-21T23:59:59-05:00", "day"),
        ("2021-05", "", "2021-05-31T23:59:59-04:00", "month"),
        ("2021", "", "2021-12-31T23:59:59-05:00", "year"),
        ("", "", "2026-11-27T23:59:59+00:00", "day"),
    ],
)
def test_wordings_are_read_on_the_late_side(day, hour, known_at, precision):
    known = read_known(day, hour, "America/New_York")
    assert (known.known_at, known.precision) == (known_at, precision)


def test_an_unlisted_wording_stops_the_build():
    with pytest.raises(ValueError, match="hour text 'at tea time'"):
        read_known("2021-03-05", "at tea time", "Europe/London")
    with pytest.raises(ValueError, match="day text 'some day'"):
        read_known("some day", "", "Europe/London")


def test_days_in_words():
    assert days_of("2020-12-31/2021-01-01") == ("2020-12-31", "2021-01-01")
    assert days_of("2021-02") == ("2021-02-01", "2021-02-28")
    assert days_of("2022-02-25 to 2022-03-03") == ("2022-02-25", "2022-03-03")
    assert days_of("current; statute runs to 2030-12-31") is None


def test_cells_are_read_only_where_they_hold_one_figure():
    both = number_cells("29.30 (-10.3)", "HKD (pct)")
    assert (both["value"], both["unit"], both["second_value"], both["second_unit"]) == ("29.30", "HKD", "-10.3", "pct")
    assert number_cells("over 10", "USD bn")["value"] == "10" and number_cells("over 10", "USD bn")["qualifier"] == "over"
    assert number_cells("1,149,252,510", "shares")["value"] == "1149252510"
    ranged = number_cells("+6.5 to +6.9 (26.30)", "pct (HKD)")
    assert (ranged["value"], ranged["value_low"], ranged["value_high"], ranged["second_value"]) == ("", "6.5", "6.9", "26.30")
    for text in ("-7.3; -3.5; -5.2", "37.8 to 657.9", "over -4 then -1.5", ""):
        cells = number_cells(text, "pct")
        assert not cells["value"] and not cells["value_low"], text


def test_marks_and_tickers():
    assert [grade(text) for text in ("A", "A (sign) C (numbers)", "AFA abstract", "A (ticker B)", "")] == ["A", "C", "", "B", ""]
    assert tickers("1766.HK/601766.SS") == ["1766.HK", "601766.SS"]
    assert tickers("600900.SS (unit China Yangtze Power, not named)") == [] and tickers("bonds") == []


def test_figures_match_the_closes_of_the_notes():
    closes = pd.to_numeric(read_bundled("closes").set_index("date")["1810.HK"])
    assert closes["2021-01-15"] / closes["2021-01-14"] - 1 == pytest.approx(-0.1026, abs=5e-5)
    assert closes["2021-03-15"] / closes["2021-03-12"] - 1 == pytest.approx(0.0703, abs=5e-5)


def test_every_missing_volume_has_its_reason():
    closes, volumes = (read_bundled(name).set_index("date") for name in ("closes", "volumes"))
    placeholders = read_bundled("placeholders")
    lines = read_bundled("securities").set_index("security")
    stated = placeholders[placeholders["field"] == "volume"]
    named = set(zip(stated["security"], stated["session_on"], strict=True))
    assert len(named) == len(stated)
    for line in volumes:
        first, last = lines.loc[line, ["volume_first_on", "volume_last_on"]]
        inside = volumes.loc[first:last, line]
        blank = {(line, day) for day in inside.index[(inside == "") & (closes.loc[first:last, line] != "")]}
        assert (
            blank <= named
            and volumes.loc[volumes.index < first, line].eq("").all()
            and volumes.loc[volumes.index > last, line].eq("").all()
        )
        assert all(volumes.loc[day, line] == "" for other, day in named if other == line)


def test_a_close_that_is_none_is_a_half_day_or_a_halt():
    placeholders = read_bundled("placeholders")
    closes = placeholders[placeholders["field"] == "close"]
    assert closes["reason"].value_counts().to_dict() == {"half_day": 204, "halted": 50}
    half_days = closes[closes["reason"] == "half_day"]
    assert half_days["session_on"].nunique() == 13 and "HSI" not in set(half_days["security"])
    assert half_days["security"].str.endswith(".HK").all()
    table = read_bundled("closes").set_index("date")
    halted = closes[closes["reason"] == "halted"]
    assert all(table.loc[row.session_on, row.security] == "" for row in halted.itertuples())


def test_securities_describe_every_column():
    securities = read_bundled("securities")
    closes = read_bundled("closes").set_index("date")
    assert securities["security"].tolist() == closes.columns.tolist()
    lines = securities.set_index("security")
    for line, row in lines.iterrows():
        priced = closes.index[closes[line] != ""]
        assert (row["first_on"], row["last_on"], int(row["n_closes"])) == (priced[0], priced[-1], len(priced))
    basis = lines["adjustment"]
    assert set(read_bundled("dividends")["security"]) <= set(basis.index[basis == "total_return"])
    assert (basis[lines["kind"] == "index"].drop("MCFTRR.ME") == "price_index").all() and basis["MCFTRR.ME"] == "total_return"
    assert (lines["currency"] == "points").equals(lines["kind"] == "index")


def test_lines_kept_back_are_not_shipped():
    assert not {"2018.HK", "603236.SS", "JD", "TCEHY"} & set(read_bundled("securities")["security"])
    assert read_bundled("securities").set_index("security").loc["2382.HK", "last_on"] == "2021-06-30"
