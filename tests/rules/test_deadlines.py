"""Legal clocks, last usable sessions and what lifts them, on cases worked out by hand."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.rules import deadlines, last_usable_session, recomputed_dates

EVENING = "2021-01-14T18:00-05:00"


def _clock(found, clock, line, programme="eo13974-amend"):
    rows = found.clocks
    (row,) = rows[(rows["clock"] == clock) & (rows["line"] == line) & (rows["programme_id"] == programme)].to_dict("records")
    return row


def test_xiaomi_as_known_on_the_evening_of_the_listing():
    found = deadlines("1810.HK", EVENING)
    ban = _clock(found, "purchase_ban", "1810.HK")
    assert ban["first_prohibited_et"] == "2021-03-15T09:30-04:00"
    assert ban["first_prohibited_local"] == "2021-03-15T21:30+08:00"
    assert ban["first_prohibited_utc"] == pd.Timestamp("2021-03-15T13:30Z")
    assert (ban["last_session_on"], ban["whole_session"], ban["state"]) == (pd.Timestamp("2021-03-15"), True, "running")
    # 11 weekdays from 15 January, 20 in February less the 12th and 15th (lunar new year), 11 to 15 March
    assert ban["sessions_left"] == 40
    receipt = _clock(found, "purchase_ban", "XIACY")
    assert receipt["last_session_on"] == pd.Timestamp("2021-03-12")  # New York opens at the very minute of the ban
    divest = _clock(found, "divestment_end", "1810.HK")
    assert divest["first_prohibited_et"] == "2022-01-14T23:59-05:00"
    assert divest["last_session_on"] == pd.Timestamp("2022-01-14")
    assert found.relief.empty


def test_xiaomi_with_what_followed():
    found = deadlines("1810.HK")
    assert set(found.clocks["state"]) == {"vacated"}
    lifted = dict(zip(found.relief["kind"], found.relief["from_et"], strict=True))
    assert lifted["injunction"] == "2021-03-12T16:59-05:00"
    assert lifted["vacatur"] == "2021-05-25T16:09-04:00"
    assert set(deadlines("1810.HK", "2021-03-12T16:59-05:00").clocks["state"]) == {"enjoined"}
    assert set(deadlines("1810.HK", "2021-03-12T16:58-05:00").clocks["state"]) == {"running"}
    assert any("2021-11-11 (press" in note for note in found.notes)


@pytest.mark.parametrize("line", ["CHL", "CHA", "CHU"])
def test_telecom_receipts_end_with_the_exchange(line):
    for as_of in ("2021-01-07T12:00-05:00", None):
        rows = deadlines(line, as_of).clocks
        assert (rows.loc[rows["line"] == line, "last_session_on"] == pd.Timestamp("2021-01-08")).all()
    stop = deadlines(line, "2021-01-06T13:00-05:00").clocks.iloc[0]
    assert (stop["clock"], stop["first_prohibited_et"]) == ("trading_stop", "2021-01-11T04:00-05:00")
    assert deadlines(line, "2021-01-05T12:00-05:00").clocks.empty  # the exchange had taken its notice back


def test_hong_kong_line_of_a_telecom_trades_on_to_its_own_ban():
    ban = _clock(deadlines("CHL", "2021-02-01T12:00-05:00"), "purchase_ban", "0941.HK")
    assert ban["first_prohibited_et"] == "2021-03-09T09:30-05:00"
    assert ban["last_session_on"] == pd.Timestamp("2021-03-09")
    assert "2021-01-11" in ban["conflict"]


def test_luokung_clock_is_reset_by_the_listing_of_9_march():
    before = _clock(deadlines("LKCO", "2021-03-01T12:00-05:00"), "purchase_ban", "LKCO")
    noon = _clock(deadlines("LKCO", "2021-03-11T12:00-05:00"), "purchase_ban", "LKCO")
    assert noon["last_session_on"] == pd.Timestamp("2021-03-12")  # Nasdaq's own stop of 15 March was withdrawn that day
    after = _clock(deadlines("LKCO", "2021-03-12T12:00-05:00"), "purchase_ban", "LKCO")
    assert (before["first_prohibited_et"], after["first_prohibited_et"]) == ("2021-03-15T09:30-04:00", "2021-05-08T09:30-04:00")
    assert after["last_session_on"] == pd.Timestamp("2021-05-07")
    divest = _clock(deadlines("LKCO", "2021-03-12T12:00-05:00"), "divestment_end", "LKCO")
    assert divest["first_prohibited_et"] == "2022-03-09T23:59-05:00"


def test_smic_and_the_annex():
    found = deadlines("0981.HK", "2021-01-20T12:00-05:00")
    assert _clock(found, "purchase_ban", "0981.HK")["first_prohibited_et"] == "2021-02-01T09:30-05:00"
    assert _clock(found, "divestment_end", "0981.HK")["first_prohibited_et"] == "2021-12-03T23:59-05:00"
    annex = _clock(deadlines("0981.HK"), "purchase_ban", "0981.HK", "ns-cmic")
    # 00:01 in New York is 12:01 in Hong Kong: the morning of 2 August is usable, the afternoon is not
    assert (annex["last_session_on"], annex["whole_session"]) == (pd.Timestamp("2021-08-02"), False)
    assert annex["usable_until_utc"] == pd.Timestamp("2021-08-02T04:01Z")
    assert _clock(deadlines("0981.HK"), "divestment_end", "0981.HK", "ns-cmic")["last_session_on"] == pd.Timestamp("2022-06-02")


def test_settlement_columns():
    divest = _clock(deadlines("1810.HK", EVENING), "divestment_end", "1810.HK")
    assert divest["last_session_on"] == pd.Timestamp("2022-01-14")
    assert divest["settles_on"] == pd.Timestamp("2022-01-18")  # Friday + 2 sessions
    assert divest["last_settled_session_on"] == pd.Timestamp("2022-01-12")


@pytest.mark.parametrize(
    ("venue", "instant", "session", "whole"),
    [
        ("XNYS", "2021-03-15T13:30Z", "2021-03-12", True),
        ("XNYS", "2021-03-15T13:31Z", "2021-03-15", False),
        ("XHKG", "2021-02-11T04:00Z", "2021-02-11", True),  # half day
        ("XHKG", "2021-02-11T03:59Z", "2021-02-11", False),
        ("XHKG", "2021-02-16T01:30Z", "2021-02-11", True),  # lunar new year
        ("XSHE", "2021-02-18T01:00Z", "2021-02-10", True),
        ("XHKG", "2020-10-14T01:00Z", "2020-10-12", True),  # typhoon on the 13th
    ],
)
def test_last_usable_session(venue, instant, session, whole):
    assert last_usable_session(venue, pd.Timestamp(instant)) == (pd.Timestamp(session), whole)


def test_every_date_of_the_fact_base_follows_from_the_rule():
    dates = recomputed_dates()
    assert len(dates) == 234
    assert dates["agrees"].all(), dates[~dates["agrees"]].to_string()
    by_day = dates.groupby(["clock", "computed_on"]).size()
    assert by_day["purchase_ban", "2021-08-02"] == 59
    assert by_day["purchase_ban", "2021-01-11"] == 31
    assert by_day["divestment_end", "2021-11-11"] == 31


def test_a_date_that_breaks_the_rule_is_named():
    from impact.bundled import read_bundled

    listed = read_bundled("designations")
    listed.loc[listed["entity"] == "Xiaomi Corporation", "divestment_on"] = "2021-11-11"
    dates = recomputed_dates(tables={"designations": listed})
    (wrong,) = dates[~dates["agrees"]].to_dict("records")
    assert (wrong["entity"], wrong["stated_on"], wrong["computed_on"]) == ("Xiaomi Corporation", "2021-11-11", "2022-01-14")


def test_nothing_known_is_an_empty_table_with_a_note():
    found = deadlines("AAPL")
    assert found.clocks.empty
    assert "no clearance" in found.notes[0]
    assert "no clearance" in str(found)


def test_lines_left_out_are_listed():
    dropped = deadlines("0941.HK").dropped.set_index("line")["reason"]
    assert "secondary line" in dropped["CHL.BA"]
    assert "secondary line" in dropped["CTM.DE"]


def test_bad_input():
    with pytest.raises(InputError, match="as_of='2021-01-14' has no zone"):
        deadlines("1810.HK", "2021-01-14")
    with pytest.raises(InputError, match="names nothing"):
        deadlines("")


def test_command_line(run_cli):
    code, out, err = run_cli("deadlines", "1810.HK", "--as-of", EVENING)
    assert (code, err) == (0, "")
    assert "2021-03-15T21:30+08:00" in out
    code, out, err = run_cli("deadlines", "1810.HK", "--format", "csv", "--table", "relief")
    assert code == 0
    assert "2021-03-12T16:59-05:00" in out


def test_a_counter_that_opened_later_is_no_line_of_the_memo():
    lines = set(deadlines("1810.HK", as_of="2021-01-14T18:00-05:00").clocks["line"])
    assert "81810.HK" not in lines and "1810.HK" in lines
