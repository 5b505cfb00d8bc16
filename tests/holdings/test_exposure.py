"""What a book holds, as of an instant: the law, funds, receipts, what is unknown."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import Designation, Staleness, as_portfolio, check_portfolio, read_holdings
from impact.holdings.benchmark import benchmark_effect

LISTED = "2021-01-14T18:00-05:00"  # Xiaomi has just been designated
BANNED = "2021-03-15T10:00-04:00"  # half an hour after its ban would have begun, three days after the injunction

FOUND_IN_2021 = {
    "0941.HK": "China Mobile",
    "0883.HK": "CNOOC",
    "1810.HK": "Xiaomi",
    "0981.HK": "Semiconductor Manufacturing",
    "002415.SZ": "Hikvision",
    "0728.HK": "China Telecom",
    "0762.HK": "China Unicom",
    "1186.HK": "China Railway Construction",
    "601186.SS": "China Railway Construction",
    "1800.HK": "China Communications Construction",
    "1766.HK": "CRRC",
}


def book(**columns):
    frame = {
        "ISIN": ["KYG9830T1067"],
        "Ticker": ["1810 HK"],
        "Name": ["XIAOMI CORP"],
        "Shares": [1000.0],
        "Market Value": [3780.0],
        "Currency": ["USD"],
    }
    return pd.DataFrame({**frame, **columns})


def status_of(report):
    return dict(zip(report.exposures["security"], report.exposures["status"], strict=True))


@pytest.fixture(scope="module")
def iemg(market_dir):
    return as_portfolio(market_dir / "holdings" / "IEMG_2020-03-03_inferred.csv")


@pytest.fixture(scope="module")
def banned(iemg):
    return check_portfolio(iemg, as_of=BANNED)


def test_nothing_was_barred_on_the_day_of_the_file(iemg):
    report = check_portfolio(iemg, as_of="2020-03-03T16:00-05:00")
    assert not report.is_exposed and len(report.positions) == 2509
    assert not report.positions["status"].isin(["barred", "restricted"]).any()


def test_the_designated_names_of_a_real_fund_are_found(banned):
    found = banned.exposures.set_index("security")
    for security, name in FOUND_IN_2021.items():
        assert name in found.at[security, "entity"], security
    barred = set(found.index[found["status"] == "barred"])
    assert barred == set(FOUND_IN_2021) - {"1810.HK"} | {"601766.SS", "603019.SS"}
    # China Railway Group (390 HK) and China Construction Bank (939 HK) share words with listed names and are not on the list.
    names = banned.positions.set_index("name")["status"]
    assert names.filter(regex="CHINA RAILWAY GROUP|CHINA CONSTRUCTION BANK").eq("clear").all()


def test_xiaomi_is_barred_only_for_those_who_did_not_know_of_the_injunction(banned):
    """The ban would have begun on 15 March 2021 at 09:30 ET; the court enjoined it on 12 March at 16:59 ET."""
    eve = check_portfolio(book(), as_of="2021-03-12T16:58-05:00").exposures.set_index("security").loc["1810.HK"]
    assert (eve["status"], eve["next_ban_at"].isoformat()) == ("restricted", "2021-03-15T13:30:00+00:00")
    after = check_portfolio(book(), as_of="2021-03-12T17:00-05:00").exposures.set_index("security").loc["1810.HK"]
    assert (after["status"], after["lifted_by"]) == ("enjoined", "enjoined")
    assert status_of(banned)["1810.HK"] == "enjoined"


def test_without_the_injunction_the_ban_begins_at_half_past_nine():
    from impact.bundled import read_bundled

    cases = read_bundled("litigation")
    without = {"litigation": cases[~cases["security"].str.contains("1810")]}
    minute_before = check_portfolio(book(), as_of="2021-03-15T09:29-04:00", tables=without)
    minute_after = check_portfolio(book(), as_of="2021-03-15T09:31-04:00", tables=without)
    assert status_of(minute_before) == {"1810.HK": "restricted"} and status_of(minute_after) == {"1810.HK": "barred"}


def test_every_answer_carries_its_evidence_and_deadline():
    report = check_portfolio(book(), as_of=LISTED)
    row = report.exposures.iloc[0]
    assert (row["entity"], row["tier"], row["programme"], row["line"]) == ("Xiaomi Corporation", "identifier", "eo13974-amend", "local")
    assert row["evidence"].startswith("isin KYG9830T1067") and row["citation"].startswith("EO 13959")
    clocks = report.deadlines[report.deadlines["held"]].set_index("clock")
    assert clocks.at["purchase_ban", "last_session_on"] == pd.Timestamp("2021-03-15"), "21:30 in Hong Kong: that session was still free"
    assert clocks.at["divestment_end", "first_prohibited_et"].startswith("2022-01-14")
    assert "Xiaomi Corporation" in str(report.summary()) and report.sources and report.assumptions


def test_who_asks_and_which_programme_change_the_answer():
    assert status_of(check_portfolio(book(), as_of=LISTED, investor="non_us_person"))["1810.HK"] != "restricted"
    assert status_of(check_portfolio(book(), as_of=LISTED, programmes="ndaa-1237-ccmc"))["1810.HK"] == "clear"
    with pytest.raises(InputError, match="investor='martian'"):
        check_portfolio(book(), as_of=LISTED, investor="martian")
    with pytest.raises(InputError, match="programmes names 'eo1'"):
        check_portfolio(book(), as_of=LISTED, programmes=["eo1"])
    with pytest.raises(InputError, match="has no zone"):
        check_portfolio(book(), as_of="2021-01-14T18:00")


def test_a_receipt_counts_in_ordinary_shares():
    receipts = book(ISIN=["US16941M1099"], Ticker=["CHL US"], Name=["CHINA MOBILE ADR"], Shares=[-100.0], **{"Market Value": [-2854.0]})
    report = check_portfolio(receipts, as_of=LISTED, ratios={"CHL": 5.0})
    row = report.exposures.iloc[0]
    assert (row["line"], row["quantity_low"], row["ordinary_shares_low"], row["market_value_high"]) == ("ADR", -100.0, -500.0, -2854.0)
    unknown = check_portfolio(receipts, as_of=LISTED, ratios={"CHL": np.nan}).exposures.iloc[0]
    assert unknown["quantity_low"] == -100.0  # the ratio only concerns ordinary shares


def test_a_derivative_is_flagged_and_counts_up_to_its_notional():
    option = book(
        ISIN=[""],
        Ticker=[""],
        Name=["XIAOMI 30 CALL"],
        **{"Asset Class": ["Option"], "Underlying": ["1810 HK"], "Notional Value": [90000.0], "Market Value": [500.0]},
    )
    row = check_portfolio(option, as_of=LISTED).exposures.iloc[0]
    assert (row["line"], row["market_value_low"], row["market_value_high"]) == ("option", 500.0, 90000.0)
    assert pd.isna(row["quantity_low"]) and row["status"] in ("restricted", "unknown")
    bare = check_portfolio(option.drop(columns="Underlying").assign(Name="SOME 30 CALL"), as_of=LISTED)
    assert bare.unknown["reason"].tolist() == ["derivatives whose underlying is not named"]
    assert bare.unknown["market_value_high"].tolist() == [90000.0]


def test_a_fund_is_looked_through_by_hand():
    """600 of 1,000 in FUND, whose file of the same day is 25 % Xiaomi: 150 of 1,000, and 600 / 400 of its 50 shares of Xiaomi."""
    positions = pd.DataFrame(
        {
            "Ticker": ["FUND US", "AAPL US"],
            "Asset Class": ["ETF", "Equity"],
            "Shares": [6, 1],
            "Market Value": [600.0, 400.0],
            "Currency": "USD",
        }
    )
    inside = pd.DataFrame(
        {"Name": ["XIAOMI", "APPLE"], "ISIN": ["KYG9830T1067", "US0378331005"], "Shares": [50.0, 5.0], "Market Value (USD)": [100.0, 300.0]}
    )
    report = check_portfolio(positions, as_of=LISTED, funds={"FUND": read_holdings(inside, as_of="2021-01-14")})
    row = report.exposures.iloc[0]
    assert row["via"] == "FUND" and row["market_value_low"] == row["market_value_high"] == pytest.approx(150.0)
    assert row["nav_share_low"] == pytest.approx(0.15)
    assert row["quantity_low"] == row["quantity_high"] == pytest.approx(50.0 * 600 / 400)
    assert report.unknown.empty
    held = report.positions.set_index("ticker").loc["FUND US"]
    assert (held["status"], held["through_funds_value_low"]) == ("restricted", pytest.approx(150.0))
    total = report.totals.set_index(["dimension", "item", "status"]).loc[("all", "all", "restricted")]
    assert total["nav_share_low"] == total["with_unknown_nav_share_high"] == pytest.approx(0.15)


def test_an_old_file_widens_and_a_missing_one_is_never_clear():
    positions = pd.DataFrame({"Ticker": ["FUND US", "ETF2 US"], "Asset Class": "ETF", "Market Value": [600.0, 400.0], "Currency": "USD"})
    inside = pd.DataFrame({"ISIN": ["KYG9830T1067", "US0378331005"], "Shares": [50.0, 5.0], "Market Value (USD)": [100.0, 300.0]})
    fresh, old, undated = (
        check_portfolio(positions, as_of=LISTED, funds={"FUND": read_holdings(inside, as_of=day)}, staleness=Staleness())
        for day in ("2021-01-14", "2020-12-29", None)
    )
    low, high = (old.exposures[f"market_value_{side}"].iloc[0] for side in ("low", "high"))
    assert (low, high) == (pytest.approx(150 * (1 - 0.05 * 4)), pytest.approx(150 * (1 + 0.05 * 4))), "sixteen days"
    assert undated.exposures["market_value_low"].iloc[0] == 0.0
    for report in (fresh, old, undated):
        missing = report.unknown.set_index("reason").loc["funds without a holdings file"]
        assert missing["market_value_high"] == 400.0 and missing["nav_share_high"] == pytest.approx(0.4)
        assert report.positions["status"].tolist()[1] == "unknown" and report.has_unknown
    assert undated.unknown["market_value_high"].sum() == pytest.approx(1000.0)


def test_the_row_of_what_is_unknown_and_the_headline_say_one_figure():
    """A designated name of which the law is unknown is one of three unknown positions: 20 % of its own, 60 % with what names nobody."""
    book = pd.DataFrame({"Ticker": ["SBER.ME", "PLZL.ME", "GAZP.ME", "AAPL US", "0941.HK"], "Market Value": 200.0, "Currency": "USD"})
    report = check_portfolio(book, as_of="2020-12-20T12:00-05:00")
    row = report.totals[report.totals["dimension"] == "all"].set_index("status").loc["unknown"]
    bucket = report.unknown["nav_share_high"].sum()
    assert (row["nav_share_high"], bucket) == (pytest.approx(0.2), pytest.approx(0.8))
    assert row["with_unknown_nav_share_high"] == pytest.approx(bucket) and "unknown at most 80.00 %" in report.headline
    reasons = "; ".join(report.unknown["reason"])
    assert "a line of Moscow or a Russian code" in reasons and "no ticker with its venue" not in reasons


def test_the_unknown_bucket_names_every_kind():
    positions = pd.DataFrame(
        {
            "Name": ["China Shipbuilding Industry Group", "some private fund share", "US DOLLAR CASH", "XIAOMI CORP"],
            "ISIN": ["", "", "", "KYG9830T1067"],
            "Asset Class": ["Equity", "Equity", "Cash", "Equity"],
            "Market Value": [10.0, 20.0, 30.0, np.nan],
            "Shares": [1, 1, 1, 1],
            "Currency": "USD",
        }
    )
    report = check_portfolio(positions, as_of=BANNED)
    reasons = report.unknown.set_index("reason")["market_value_high"]
    assert reasons["no valid identifier, and no ticker with its venue"] == 20.0
    assert reasons["names that may be a designated one"] == 10.0
    assert "positions without a value" in reasons.index and pd.isna(reasons["positions without a value"])
    assert report.positions["status"].tolist() == ["unknown", "unknown", "clear", "enjoined"]
    assert "not known" in report.headline


def test_rows_that_could_not_be_read_stay_in_the_account(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("Name,ISIN,Shares,Market Value\nXiaomi,KYG9830T1067,1000,29300\nCNOOC,HK0883013259,=B2*2,pending\nTotal,,,29300\n")
    report = check_portfolio(path, as_of=LISTED)
    assert len(report.dropped) == 2
    assert report.unknown[["reason", "n_positions", "example"]].values.tolist() == [["rows that could not be read", 1, "line 3"]]


def test_several_currencies_are_valued_through_the_rates_given():
    mixed = pd.DataFrame(
        {"ISIN": ["KYG9830T1067", "US0378331005"], "Shares": [1, 1], "Market Value": [775.0, 100.0], "Currency": ["HKD", "USD"]}
    )
    known = as_portfolio(mixed, currency="USD", rates={"HKD": 1 / 7.75})
    assert known.positions["value"].tolist() == pytest.approx([100.0, 100.0]) and known.nav == pytest.approx(200.0)
    assert known.positions["weight"].tolist() == pytest.approx([0.5, 0.5])
    without = as_portfolio(mixed, currency="USD")
    assert without.positions["value"].isna().tolist() == [True, False] and any("No rate to USD" in note for note in without.assumptions)
    assert "at least" in check_portfolio(mixed, as_of=LISTED, currency="USD").headline
    priced = pd.DataFrame({"ISIN": ["KYG9830T1067"], "Shares": [10], "Price": [31.0], "Local Currency": ["HKD"], "Base Currency": ["USD"]})
    assert as_portfolio(priced, rates={"HKD": 0.129}).positions["value"].tolist() == pytest.approx([39.99])
    short = as_portfolio(mixed.assign(**{"Market Value": [-775.0, 10.0]}), currency="USD", rates={"HKD": 1 / 7.75})
    assert np.isnan(short.nav) and short.positions["weight"].isna().all() and "give nav" in short.assumptions[-1]
    with pytest.raises(InputError, match="rates\\['HKD'\\]"):
        as_portfolio(mixed, rates={"HKD": -1})


def test_a_file_of_weights_is_a_share_of_net_assets():
    weights = pd.DataFrame({"ISIN": ["KYG9830T1067", "US0378331005"], "Weight": [0.25, 0.75]})
    report = check_portfolio(weights, as_of=LISTED)
    assert report.currency == "NAV" and report.exposures["nav_share_low"].tolist() == [0.25]
    for table in (report.exposures, report.positions, report.totals, report.unknown):
        assert not table.filter(regex="(market|long|short|net)_value").notna().any(axis=None)  # no money is stated
    short = check_portfolio(weights.assign(Weight=[-0.25, 1.25]), as_of=LISTED)
    assert "25.00 % gross (net -25.00 %)" in short.headline
    assert check_portfolio(weights, as_of=LISTED, nav=2e6, currency="USD").exposures["market_value_low"].tolist() == [5e5]


def test_totals_add_up_by_every_dimension(banned):
    totals = banned.totals
    for status in ("barred", "restricted"):
        mine = totals[totals["status"] == status]
        whole = mine.loc[mine["dimension"] == "all", "market_value_high"].sum()
        for dimension in ("programme", "account", "line", "via"):
            assert mine.loc[mine["dimension"] == dimension, "market_value_high"].sum() == pytest.approx(whole)


def test_the_difference_of_two_instants_says_what_changed():
    report = check_portfolio(book(), as_of=LISTED)
    change = report.diff(BANNED)
    row = change.rows.iloc[0]
    assert (row["change"], row["status_before"], row["status_after"], row["lifted_by_after"]) == (
        "status",
        "restricted",
        "enjoined",
        "enjoined",
    )
    before = report.diff("2021-01-14T12:00-05:00", LISTED)
    assert before.rows["change"].tolist() == ["new"]
    assert report.diff(LISTED).rows.empty and report.diff(LISTED).n_unchanged == 1
    assert "1 line(s) changed" in str(change.summary())


def test_a_later_fact_changes_no_earlier_answer():
    """The whole report of an instant is the same whatever was learned after it: nothing but known facts enters."""
    from impact.bundled import read_bundled

    first = check_portfolio(book(), as_of=LISTED)
    facts = read_bundled("designations")
    known = {"designations": facts[pd.to_datetime(facts["known_at"], utc=True) <= pd.Timestamp(LISTED)]}
    pd.testing.assert_frame_equal(first.exposures, check_portfolio(book(), as_of=LISTED, tables=known).exposures)


def test_what_if_tencent_were_designated():
    held = book(ISIN=["KYG875721634"], Ticker=["700 HK"], Name=["TENCENT"])
    assert check_portfolio(held, as_of=LISTED).exposures.empty
    report = check_portfolio(held, as_of=LISTED, designations=[Designation(security="0700.HK", at=LISTED, programme="eo13974-amend")])
    row = report.exposures.iloc[0]
    assert (row["status"], row["next_ban_at"].isoformat()) == ("restricted", "2021-03-15T13:30:00+00:00")
    assert any(note.startswith("HYPOTHETICAL") for note in report.assumptions)
    later = report.diff("2021-03-16T10:00-04:00").rows
    assert later["status_after"].tolist() == ["barred"]
    with pytest.raises(InputError, match="lies after as_of"):
        report.at("2021-01-14T12:00-05:00")
    with pytest.raises(InputError, match="is not in force"):
        Designation(security="0700.HK", at="2023-01-01T00:00Z", programme="eo13974-amend")
    with pytest.raises(InputError, match="programme='x' is unknown"):
        Designation(security="0700.HK", at=LISTED, programme="x")


def test_a_line_that_no_table_knows_can_be_designated_too():
    held = book(ISIN=["XX"], Ticker=["9999 HK"], Name=["SOMEONE"])
    item = Designation(security="9999.HK", at=LISTED, programme="eo13974-amend", name="Someone Limited")
    assert check_portfolio(held, as_of=LISTED, designations=[item]).exposures["entity"].tolist() == ["Someone Limited"]


def test_one_row_can_be_explained(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("Name,ISIN,Shares,Market Value\nXiaomi,KYG9830T1067,1000,29300\nTotal,,,29300\n")
    report = check_portfolio(path, as_of=LISTED)
    assert "Row 2: Xiaomi is restricted" in str(report.explain(2))
    with pytest.raises(InputError, match="it was dropped: a total"):
        report.explain(3)
    with pytest.raises(InputError, match="rows run from 2 to 2"):
        report.explain(9)


def test_leaving_names_out_of_a_benchmark():
    weights = pd.DataFrame(
        {"ISIN": ["HK0941009539", "HK0883013259", "US0378331005"], "Shares": [1, 1, 1], "Market Value (USD)": [3.0, 2.0, 95.0]}
    )
    report = check_portfolio(weights, as_of=BANNED)
    rng = np.random.default_rng(3)
    returns = pd.DataFrame(rng.normal(0, 0.02, (400, 2)), columns=["0941.HK", "0883.HK"])
    effect = benchmark_effect(report, active_returns=returns)
    assert effect.excluded_weight == pytest.approx(0.05) and effect.divisor_ratio == pytest.approx(0.95)
    assert effect.weights["weight_after"].tolist() == pytest.approx([0, 0, 1])
    by_hand = np.std(returns @ [0.03, 0.02], ddof=1) / 0.95 * np.sqrt(252)
    assert effect.tracking_error == pytest.approx(by_hand)
    assert effect.tracking_error_low < by_hand < effect.tracking_error_high and effect.n_sessions == 400
    without = benchmark_effect(report, active_returns=returns[["0941.HK"]])
    assert np.isnan(without.tracking_error) and "0883.HK" in without.assumptions[1]
    assert "2 line(s)" in str(effect.summary())
    with pytest.raises(InputError, match="no position of the benchmark is restricted"):
        benchmark_effect(report, statuses=("restricted",))
    with pytest.raises(InputError, match="must name some of"):
        benchmark_effect(report, statuses=("clear",))


@pytest.mark.parametrize(
    "name", ["ishares_us_holdings.csv", "bloomberg_port_export.csv", "custodian_positions.csv", "ssga_holdings.xlsx", "ark_holdings.csv"]
)
def test_designated_names_are_found_in_every_layout(samples_dir, name):
    report = check_portfolio(samples_dir / name, as_of=BANNED)
    assert report.exposures["entity"].str.contains("China Mobile|CNOOC|China Telecom").any()
    assert report.exposures["status"].eq("barred").any()


def test_the_figures_name_their_axes_and_draw_every_status(banned):
    from impact.plots.holdings import plot_deadlines

    drawn = banned.plot()
    assert "net assets" in drawn.get_xlabel() and {text.get_text() for text in drawn.get_legend().get_texts()} >= {"barred", "restricted"}
    calendar = plot_deadlines(banned.deadlines, as_of=banned.as_of)
    assert calendar.get_xlabel() and any("CNOOC" in label.get_text() for label in calendar.get_yticklabels())
    empty = check_portfolio(book(ISIN=["US0378331005"], Ticker=["AAPL US"], Name=["APPLE"]), as_of=LISTED)
    assert "No designated name" in empty.plot().get_title(loc="left")


def test_the_quick_look_at_names_loses_no_proposal():
    """Names that share no beginning of a distinctive word are not compared at all; none of them would have been proposed."""
    from pathlib import Path

    from impact.facts.matching import match_table
    from impact.facts.screening import screening_targets
    from impact.holdings.identify import _may_share_a_word

    targets = screening_targets()
    labelled = pd.read_csv(Path(__file__).parents[1] / "reference" / "names" / "labelled.csv")["name"]
    names = pd.concat([labelled, targets.names["name"], labelled.str[:30], "Société " + labelled], ignore_index=True).astype("str")
    looked_at = _may_share_a_word(names, targets)
    proposed = match_table(pd.DataFrame({"name": names}), targets)["row"].unique()
    assert len(proposed) > 500 and looked_at[proposed].all()
    assert _may_share_a_word(pd.Series(["NESTLE SA", "TOYOTA"], dtype="str"), targets).sum() == 0
