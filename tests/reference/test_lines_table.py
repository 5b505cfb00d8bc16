"""The bundled lines and aliases: identifiers hold, the official list is covered, receipt ratios agree with prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.facts.names import core_name
from impact.facts.ofac import read_ofac
from impact.facts.screening import screening_targets
from impact.identifiers import cusip_from_isin, lines_of_issuer, normalise_ticker, security_lines, valid_identifiers
from impact.venues import VENUES


@pytest.fixture(scope="module")
def lines():
    return security_lines()


def closes(market_dir, symbol):
    table = pd.read_csv(market_dir / "prices" / f"{symbol}.csv", parse_dates=["date"]).set_index("date")
    return table["close"]


def test_every_identifier_holds_and_is_used_once(lines):
    for kind in ("isin", "cusip", "sedol"):
        given = lines.loc[lines[kind] != "", kind]
        assert valid_identifiers(given, kind).all() and given.is_unique
    assert lines["security"].is_unique
    derived = lines.loc[lines["cusip"] != "", ["isin", "cusip"]]
    assert derived["isin"].map(cusip_from_isin).tolist() == derived["cusip"].tolist()


def test_every_ticker_is_in_its_normal_form(lines):
    for security, tickers in zip(lines["security"], lines["tickers"], strict=True):
        for ticker in tickers.split("; "):
            line = normalise_ticker(ticker)
            assert str(line) == ticker and line.yahoo == security


def test_venues_kinds_and_grades_are_of_the_vocabulary(lines):
    assert set(lines["venue"]) <= {*VENUES, ""}
    assert set(lines["kind"]) <= {"equity", "adr", "gdr", "bdr", "cedear", "counter", ""}
    assert set(lines["confidence"]) <= {"A", "B", "C"} and (lines["source"] != "").all()
    assert lines.loc[lines["adr_ratio"].notna(), "kind"].eq("adr").all()


@pytest.mark.parametrize(("receipt", "share"), [("CHL", "0941.HK"), ("CHU", "0762.HK"), ("CEO", "0883.HK")])
def test_a_receipt_costs_its_ratio_of_shares(lines, market_dir, receipt, share):
    quotient = (closes(market_dir, receipt) * closes(market_dir, "USDHKD") / _share_closes(market_dir, share)).dropna()
    ratio = lines.set_index("security").loc[receipt, "adr_ratio"]
    assert len(quotient) > 200 and quotient.median() == pytest.approx(ratio, rel=0.005)


def _share_closes(market_dir, symbol):
    found = closes(market_dir, symbol)
    assert found.notna().sum() > 200
    return found


def test_the_ratio_of_china_telecom_from_one_day(lines, market_dir):
    """Its Hong Kong closes are kept adjusted only, so a fund's valuation of 2020-03-03 gives the price of the share."""
    text = (market_dir / "holdings" / "IEMG_2020-03-03_inferred.csv").read_text(encoding="utf-8-sig")
    row = next(line for line in text.splitlines() if line.startswith('"728",'))
    shares, value = (float(cell.replace(",", "")) for cell in row.strip('"').split('","')[5:7])
    receipt = closes(market_dir, "CHA").loc["2020-03-03"]
    assert receipt / (value / shares) == pytest.approx(lines.set_index("security").loc["CHA", "adr_ratio"], rel=0.01)


def test_the_tickers_of_the_official_list_are_all_there(lines, market_dir):
    official = read_ofac(market_dir / "lists" / "ofac_cons_prim_2024-09.csv").under("CMIC-EO13959")
    tickers = official.identifiers.loc[official.identifiers["kind"] == "ticker", "value"]
    assert set(tickers) <= set(lines["tickers"].str.split("; ").explode())


def test_equity_isins_of_single_line_issuers_are_those_of_the_official_list(lines, market_dir):
    official = read_ofac(market_dir / "lists" / "ofac_cons_prim_2024-09.csv").under("CMIC-EO13959")
    frame = official.to_frame()
    shares = frame["isin"].map(lambda text: [isin for isin in text.split("; ") if isin.startswith("CNE")])
    single = frame[(shares.map(len) == 1) & ~frame["ticker"].str.contains(";") & (frame["ticker"] != "")]
    known = lines.set_index("tickers")["isin"]
    assert len(single) >= 25
    for ticker, isins in zip(single["ticker"], shares[single.index], strict=True):
        assert known[ticker] == isins[0]


def test_lines_of_one_issuer_from_any_of_its_identifiers():
    for identifier in ("HK0941009539", "16941M109", "941 HK", "CHL US", "0941.HK"):
        assert {"0941.HK", "CHL", "600941.SS"} <= set(lines_of_issuer(identifier)["security"])
    assert lines_of_issuer("US0378331005").empty


def test_a_line_that_did_not_trade_yet_or_any_more_is_left_out():
    before, after = security_lines("2021-01-08"), security_lines("2021-01-11")
    assert "CHL" in set(before["security"]) and "CHL" not in set(after["security"])
    assert "0020.HK" not in set(after["security"]) and "0020.HK" in set(security_lines("2022-01-03")["security"])
    assert before["valid_to"].dtype == np.dtype("datetime64[ns]")


def test_every_alias_stands_for_a_designated_entity():
    aliases = read_bundled("aliases")
    names = screening_targets().names
    known = {core_name(name) for name in names.loc[names["kind"].isin(["primary", "aka"]), "name"]}
    assert {entity for entity in aliases["entity"] if core_name(entity) not in known} == set()
    assert not aliases.duplicated(["alias", "entity"]).any()
    assert set(aliases["confidence"]) <= {"A", "B", "C"}
