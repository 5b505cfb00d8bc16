"""Designations at odd times and on odd prices: the right session and figure, or unknown with its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.cases.case_law import rule_tables
from impact.errors import InputError
from impact.rules import permitted

LINE, BENCHMARK = "7203.T", "^N225"


def prices_in(folder, *, start="2025-09-01", end="2026-11-20", fall_on="2026-11-02", volume=1_400_000.0, currency=""):
    """Closes of the Tokyo calendar that fall by a fifth on one day, in a folder of one file a line."""
    days = sessions("XTKS", start, end)
    rng = np.random.default_rng(7)
    market = rng.normal(0.0, 0.01, len(days))
    own = market + rng.normal(0.0, 0.01, len(days))
    own[days == pd.Timestamp(fall_on)] = np.log(0.8)
    folder.mkdir()
    for name, moves, traded in ((LINE, own, volume), (BENCHMARK, market, None)):
        frame = pd.DataFrame({"date": days, "close": 2500.0 * np.exp(np.cumsum(moves))})
        frame = frame if traded is None else frame.assign(volume=traded)
        frame = frame.assign(currency=currency) if currency and name == LINE else frame
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def case_at(public_at, folder, **stated):
    return impact.case(security=LINE, programme="ns-cmic", public_at=public_at, prices=folder, outstanding=1e9, **stated)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return prices_in(tmp_path_factory.mktemp("odd") / "prices")


@pytest.mark.parametrize(
    ("public_at", "session", "moved"),
    [
        ("2026-10-31T12:00+09:00", "2026-11-02", -0.2),  # a Saturday
        ("2026-11-01T23:00+09:00", "2026-11-02", -0.2),  # a Sunday
        ("2026-11-02T08:30+09:00", "2026-11-02", -0.2),  # before the open
        ("2026-11-02T14:00+09:00", "2026-11-02", -0.2),  # while it trades
        ("2026-11-02T15:30+09:00", "2026-11-04", None),  # at the close; 3 November is Culture Day
        ("2026-11-02T20:00+09:00", "2026-11-04", None),  # after the close
        ("2026-11-03T12:00+09:00", "2026-11-04", None),  # on the holiday
        ("2026-10-30T16:05-04:00", "2026-11-02", -0.2),  # Friday after the close in New York is Saturday in Tokyo
    ],
)
def test_the_first_session_that_could_react(folder, public_at, session, moved):
    listed = case_at(public_at, folder).timeline().designation()
    assert listed["reaction_on"] == pd.Timestamp(session)
    if moved is not None:
        assert listed["close_return"] == pytest.approx(moved)


@pytest.mark.parametrize(
    ("public_at", "says"),
    [
        ("2026-11-20T17:00+09:00", "run from 2025-09-01 to 2026-11-20"),  # the prices end on the day of the news
        ("2026-12-21T17:00+09:00", "run from 2025-09-01 to 2026-11-20"),  # a month before it
        ("2025-08-20T17:00+09:00", "run from 2025-09-01 to 2026-11-20"),  # they begin after it
    ],
)
def test_prices_that_do_not_reach_the_session_say_where_they_lie(folder, public_at, says):
    case = case_at(public_at, folder)
    answers = dict(case.answers().lines())
    assert says in case.headline() and "(D0)" not in case.headline()
    assert answers["What the price did"].startswith("Unknown") and says in answers["What the price did"]
    assert np.isnan(case.timeline().designation().get("close_return", np.nan))


def test_prices_that_begin_days_before_tell_the_move_and_no_net_return(folder):
    case = case_at("2025-09-30T17:00+09:00", folder)
    assert "net of the market unknown" in case.headline() and case.studied() is None


def test_prices_without_volume_leave_the_flow_unknown(tmp_path):
    case = case_at("2026-11-02T08:30+09:00", prices_in(tmp_path / "prices", volume=None))
    assert np.isnan(case.supply().line.adv_shares) and case.pricing().effect is None
    assert case.timeline().designation()["close_return"] == pytest.approx(-0.2)
    missing = dict(case.answers().lines())["What is unknown"]
    assert "volumes of the line up to the designation" in missing and "closes and volumes" not in missing


def test_closes_in_another_currency_than_the_venue_are_doubted(tmp_path):
    folder = prices_in(tmp_path / "prices", currency="USD")
    case = case_at("2026-11-02T08:30+09:00", folder, rates={"USD": 150.0})
    assert case.supply().line.usd_per_unit == 1.0
    told = " ".join(case.doubts())
    assert "closes are in USD, as their file says, and lines of XTKS are quoted in JPY" in told
    assert "rates = { USD = 150 } is not used" in told
    with pytest.raises(InputError, match="states currency='JPY'"):
        case_at("2026-11-02T08:30+09:00", folder, currency="JPY")


def test_a_designation_that_is_revoked_the_next_day_has_a_last_day(folder):
    gone = [{"label": "revoked", "kind": "removal", "known_at": "2026-11-03T09:00+09:00"}]
    case = case_at("2026-11-02T08:30+09:00", folder, events=gone)
    tables = rule_tables(case.definition, None)
    assert permitted("buy", LINE, "2027-03-01T12:00Z", tables=tables).status == "allowed"
    assert permitted("buy", LINE, "2027-03-01T12:00Z", as_of="2026-11-02T12:00Z", tables=tables).status == "prohibited"
    assert "the listing ended on 2 November 2026 (as the case states)" in dict(case.answers().lines())["Until when, and whom it binds"]
    assert case.timeline().events["reaction_on"].tolist()[-1] == pd.Timestamp("2026-11-04")  # the news is of a holiday


BOOK = pd.DataFrame(
    {
        "Ticker": ["TSM US", "2330 TT", "", "AAPL US"],
        "ISIN": ["", "", "US8740391003", ""],
        "Name": ["TAIWAN SEMI SP ADR", "TSMC", "TAIWAN SEMI ADR", "APPLE INC"],
        "Quantity": [100, 1000, 5, 1],
        "Market Value": [20_000.0, 30_000.0, 1000.0, 250.0],
        "Currency": "USD",
    }
)


def test_two_lines_on_two_venues_are_one_issuer_where_the_case_says_so():
    stated = {
        "security": "TSM",
        "issuer": "Taiwan Semiconductor",
        "programme": "ns-cmic",
        "public_at": "2026-11-02T08:30-05:00",
        "book": BOOK,
    }
    alone = impact.case(**stated).exposure()
    assert alone.positions["status"].tolist() == ["restricted", "clear", "unknown", "clear"]  # a name that is near settles nothing
    assert any("no other line is on record" in note for note in alone.assumptions)
    both = impact.case(**stated, other_lines=["2330 TT"], isins=["US8740391003"]).exposure()
    assert both.positions["status"].tolist() == ["restricted", "restricted", "restricted", "clear"]
    assert not any("no other line is on record" in note for note in both.assumptions)


@pytest.mark.parametrize("security", ["TSM", "INFY US", "BRK/B US"])
def test_a_line_in_new_york_that_no_table_knows_has_its_sessions(security):
    """Its clocks said "no trading line", since its ticker has no ending."""
    clocks = impact.case(security=security, programme="ns-cmic", public_at="2026-11-02T08:30-05:00").deadlines().clocks
    assert clocks["last_session_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-12-31", "2027-11-01"]


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"other_lines": "2330.TW"}, "must be a list of trading lines"),
        ({"unknowns": "Who holds it."}, "must be a list of sentences"),
        ({"unknowns": [{"text": "Who holds it.", "known_on": "spring"}]}, "known_on"),
        ({"other_lines": ["TSMC Taiwan"]}, "other_lines='TSMC Taiwan' names no trading line"),
        ({"isins": ["US8740391004"]}, "isins has 1 that are no ISIN"),
        ({"security": "TEVA IT"}, "names no trading line"),  # Tel Aviv on terminals, Italy in lists of countries
    ],
)
def test_what_names_no_line_for_sure_is_refused(stated, message):
    with pytest.raises(InputError, match=message):
        impact.case(**({"security": "TSM", "programme": "ns-cmic", "public_at": "2026-11-02T08:30-05:00"} | stated))
