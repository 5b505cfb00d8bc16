"""A programme that is in no table, stated in the case file: what it bars, for whom, from when; what it leaves out is unknown."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import pandas as pd
import pytest

import impact
from impact.cases.case_law import rule_tables, stated_designation
from impact.cases.listing import listing_of
from impact.errors import InputError
from impact.holdings.what_if import designated_tables
from impact.rules import deadlines, permitted
from impact.rules.own_programme import OwnProgramme

HEAD = """
[designation]
security = "RHM.DE"
issuer = "Rheinmetall AG"
public_at = 2026-11-24T18:30:00+01:00
[shares]
outstanding = 46e6
free_float = 1.0
[programme]
name = "Annex XIX of Regulation (EU) 833/2014"
"""
FIELDS = {
    "authority": '"Council of the European Union"',
    "citation": '"Regulation (EU) 833/2014 Art. 5aa"',
    "binds": '["eu_person"]',
    "buy_barred_from": "2026-12-15T00:00:00+01:00",
    "sell_barred_from": "2027-02-26T23:59:00+01:00",
    "holding_barred": "true",
    "instruments": '["equity"]',
    "index_rule": '"delete"',
}
BEFORE, WINDOW, AFTER = "2026-12-14T12:00+01:00", "2026-12-15T12:00+01:00", "2027-03-01T12:00+01:00"


def written(tmp_path, *, head=HEAD, **changed):
    """A case file with the fields as they stand, changed, or left out (None)."""
    fields = {name: value for name, value in (FIELDS | changed).items() if value is not None}
    path = tmp_path / "annex.toml"
    path.write_text(head + "\n".join(f"{name} = {value}" for name, value in fields.items()) + "\n", encoding="utf-8")
    return path


def asked(path, action, at, investor="eu_person", instrument="equity"):
    case = impact.case(path)
    return permitted(action, "RHM.DE", at, investor, instrument, tables=rule_tables(case.definition, None))


def checked(tmp_path, case, run_cli, at, investor="eu_person"):
    """The one exposure of a book that holds the line, as `impact check` tells it."""
    book = tmp_path / "positions.csv"
    book.write_text("Account,Ticker,Name,Quantity,Market Value,Currency\nA1,RHM GY,RHEINMETALL AG,2500,4000000,EUR\n")
    _, told, _ = run_cli("check", str(book), "--case", str(case), "--as-of", at, "--investor", investor, "--format", "json")
    (row,) = json.loads(told)["exposures"]
    return row


def test_a_sentence_gives_a_programme_its_article_and_a_name_of_the_case_as_it_stands(tmp_path):
    names = impact.case("cnooc").law().programme_names
    assert names["eo13959-orig"] == "the CCMC investment ban, original text"
    own = impact.case(written(tmp_path)).law().programme_names
    assert own[impact.case(written(tmp_path)).definition.programme_id] == "Annex XIX of Regulation (EU) 833/2014"


def test_each_phase_says_what_is_stated(tmp_path):
    path = written(tmp_path)
    told = {action: [asked(path, action, at).status for at in (BEFORE, WINDOW, AFTER)] for action in ("buy", "sell", "hold", "convert_adr")}
    assert told == {
        "buy": ["allowed", "prohibited", "prohibited"],
        "sell": ["allowed", "allowed", "prohibited"],
        "hold": ["allowed", "allowed", "prohibited"],
        "convert_adr": ["unknown"] * 3,  # the case says nothing about it
    }
    answer = asked(path, "buy", WINDOW)
    assert answer.citation == "Regulation (EU) 833/2014 Art. 5aa, as the case states it"
    assert answer.since == pd.Timestamp("2026-12-14T23:00Z")  # midnight in Berlin


@pytest.mark.parametrize(
    ("investor", "status"), [("eu_person", "prohibited"), ("us_person", "allowed"), ("uk_person", "unknown"), ("non_us_person", "unknown")]
)
def test_it_binds_whom_it_binds(tmp_path, investor, status):
    """A Briton's own lists are not on record; somebody outside the United States may be of the Union, or not."""
    assert asked(written(tmp_path), "buy", WINDOW, investor).status == status


@pytest.mark.parametrize("field", ["binds", "buy_barred_from", "instruments"])
def test_what_is_left_out_is_unknown_and_said(tmp_path, field):
    path = written(tmp_path, **{field: None})
    assert asked(path, "buy", WINDOW).status == "unknown"
    case = impact.case(path)
    assert any(f"[programme] {field}" in text for text in case.assumptions)
    assert "[programme]" in set(case.narrowing().to_frame()["field"])


def test_what_bars_whom_is_not_missing_where_the_index_rule_alone_is(tmp_path):
    assert "[programme]" not in set(impact.case(written(tmp_path, index_rule=None)).narrowing().to_frame()["field"])


def test_left_out_is_not_never(tmp_path):
    path = written(tmp_path, sell_barred_from=None, holding_barred="false")
    assert asked(path, "sell", AFTER).status == "unknown"
    path = written(tmp_path, sell_barred_from='"never"', holding_barred="false")
    assert asked(path, "sell", AFTER).status == "allowed"
    assert "selling is never barred" in impact.case(path).answers().lines()[1][1]


def test_clocks_are_those_stated_on_the_sessions_of_the_line(tmp_path):
    case = impact.case(written(tmp_path))
    clocks = case.deadlines().clocks.set_index("clock")
    assert clocks["first_prohibited_local"].tolist() == [
        "2026-12-15T00:00+01:00", "2027-02-26T23:59+01:00", "2027-02-26T23:59+01:00",
    ]  # fmt: skip
    assert clocks["last_session_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-12-14", "2027-02-26", "2027-02-26"]
    assert set(deadlines("1810.HK", "2021-02-01T12:00Z", tables=rule_tables(case.definition, None)).clocks["programme_id"]) == {
        "eo13974-amend"
    }  # nothing else is touched


def test_an_instrument_that_is_not_named_is_not_known_to_be_covered(tmp_path):
    assert asked(written(tmp_path), "buy", WINDOW, instrument="bond").status == "unknown"
    assert asked(written(tmp_path, instruments='["equity", "bond"]'), "buy", WINDOW, instrument="bond").status == "prohibited"


@pytest.mark.parametrize("instruments", [None, '["bond"]'])
def test_a_clock_of_a_programme_that_may_not_cover_the_share_is_no_restriction(tmp_path, run_cli, instruments):
    row = checked(tmp_path, written(tmp_path, instruments=instruments), run_cli, BEFORE)
    assert (row["status"], row["next_ban_at"]) == ("unknown", None)


def test_what_a_licence_frees_for_sure_is_barred_when_it_ends(tmp_path, run_cli):
    """Buying and selling from the end of the licence, and holding too: while one may sell it is not for sure barred."""
    until = pd.Timestamp("2027-05-01T00:00+02:00")
    path = written(tmp_path, licence=f'{{ actions = ["buy", "sell"], until = {until.isoformat()} }}')
    clocks = impact.case(path).deadlines().clocks.set_index("clock")["first_prohibited_utc"]
    assert clocks.to_dict() == {"purchase_ban": until, "divestment_end": until, "possession_ban": until}
    row = checked(tmp_path, path, run_cli, BEFORE)
    assert row["status"] == "restricted"
    assert (pd.Timestamp(row["next_ban_at"]), pd.Timestamp(row["divest_by_at"])) == (until, until)
    listing = listing_of(impact.case(path).definition)
    assert (listing.purchase_ban_at, listing.divestment_end_at, listing.possession_barred) == (until, until, True)
    free = written(tmp_path, licence='{ actions = ["buy", "sell", "hold"], until = "never" }')
    assert checked(tmp_path, free, run_cli, BEFORE)["status"] == "clear" and impact.case(free).deadlines().clocks.empty
    assert listing_of(impact.case(free).definition).possession_barred is False


def test_a_licence_frees_what_it_names_until_it_ends(tmp_path):
    path = written(tmp_path, licence='{ actions = ["sell"], until = 2027-04-30T00:00:00+02:00 }')
    assert [asked(path, "sell", at).status for at in (AFTER, "2027-05-03T12:00+02:00")] == ["allowed", "prohibited"]
    assert asked(path, "buy", AFTER).status == "prohibited"
    unsure = written(tmp_path, licence='{ actions = ["sell"] }')
    assert [asked(unsure, action, AFTER).status for action in ("sell", "sell_to_divest", "hold")] == ["unknown"] * 3


@pytest.mark.parametrize(
    ("actions", "sell", "divest", "hold"),
    [
        ('["sell"]', "allowed", "allowed", "unknown"),  # a sale to divest is a sale
        ('["sell_to_divest"]', "prohibited", "allowed", "unknown"),
        ('["sell", "hold"]', "allowed", "allowed", "allowed"),
        ('["buy"]', "prohibited", "prohibited", "prohibited"),
    ],
)
def test_a_licence_to_sell_covers_a_sale_to_divest_and_leaves_holding_open(tmp_path, run_cli, actions, sell, divest, hold):
    """Every question about the law gives the same end, and the last session is that of the licence."""
    until = pd.Timestamp("2027-04-01T00:01+02:00")
    path = written(tmp_path, licence=f"{{ actions = {actions}, until = {until.isoformat()} }}")
    last, stated = until - pd.Timedelta(minutes=1), pd.Timestamp("2027-02-26T23:59+01:00")
    asks = ("sell", "sell_to_divest", "hold")
    assert [asked(path, act, last.isoformat()).status for act in asks] == [sell, divest, hold]
    assert [asked(path, act, until.isoformat()).status for act in asks] == ["prohibited"] * 3
    if hold == "unknown":
        answer = asked(path, "hold", last.isoformat())
        assert answer.until == until and "may be held until then the case does not say" in answer.rule
    ends = stated if divest == "prohibited" else until
    clocks = impact.case(path).deadlines().clocks.set_index("clock")
    assert clocks.loc[["divestment_end", "possession_ban"], "first_prohibited_utc"].tolist() == [ends, ends]
    assert pd.Timestamp(checked(tmp_path, path, run_cli, BEFORE)["divest_by_at"]) == ends
    assert impact.case(path).supply().wind_down.sessions[-1] < ends.tz_localize(None)


SALE_FIRST = {"sell_barred_from": "2026-12-10T00:00:00+01:00", "buy_barred_from": "2027-01-15T00:00:00+01:00"}


def test_each_act_is_read_by_its_own_clock(tmp_path, run_cli):
    """Selling and holding are barred from 10 December, buying only from 15 January."""
    path = written(tmp_path, **SALE_FIRST)
    days = ("2026-12-09T23:59+01:00", "2026-12-10T00:00+01:00", "2026-12-20T12:00+01:00", "2027-01-15T00:00+01:00")
    told = {action: [asked(path, action, at).status for at in days] for action in ("buy", "sell", "sell_to_divest", "hold")}
    assert told == {
        "buy": ["allowed", "allowed", "allowed", "prohibited"],
        **{action: ["allowed", "prohibited", "prohibited", "prohibited"] for action in ("sell", "sell_to_divest", "hold")},
    }
    answer = asked(path, "sell", days[2])
    assert (answer.since, answer.until) == (pd.Timestamp("2026-12-09T23:00Z"), None)
    assert answer.rule == "Annex XIX of Regulation (EU) 833/2014 bars selling."
    assert asked(path, "buy", days[2]).until == pd.Timestamp("2027-01-14T23:00Z")
    assert checked(tmp_path, path, run_cli, days[2])["status"] == "barred"


def test_holding_that_is_prohibited_is_barred_where_nothing_is_stated_of_buying(tmp_path, run_cli):
    path = written(tmp_path, buy_barred_from=None)
    row = checked(tmp_path, path, run_cli, AFTER)
    assert (row["status"], row["citation"]) == ("barred", "Regulation (EU) 833/2014 Art. 5aa, as the case states it")
    assert asked(path, "buy", AFTER).status == "unknown" and asked(path, "hold", AFTER).status == "prohibited"


def test_a_licence_does_not_say_that_it_reaches_the_depository(tmp_path):
    licence = '{ actions = ["sell", "buy"], until = "never" }'
    path = written(tmp_path, depository='"NSD"', licence=licence)
    for at in (BEFORE, AFTER):
        answer = asked(path, "sell", at)
        assert answer.status == "unknown" and "licence reaches" in answer.rule
    assert asked(path, "buy", AFTER).status == "allowed" and asked(path, "hold", AFTER).status == "unknown"
    assert asked(written(tmp_path, licence=licence), "sell", AFTER).status == "allowed"


@pytest.mark.parametrize("investor", ["us_person", "us_intermediary", "non_us_person"])
def test_nobody_is_bound_once_the_designation_has_ended(tmp_path, investor):
    """Whoever it bound, which is not stated, it binds nobody any more; the lists of the Union are still not on record."""
    gone = '[[events]]\nlabel = "revoked"\nkind = "removal"\nknown_at = 2027-03-25T18:30:00+01:00\n'
    path, ended = written(tmp_path, head=gone + HEAD, binds=None), "2027-03-26T12:00+01:00"
    assert (asked(path, "buy", AFTER, investor).status, asked(path, "buy", ended, investor).status) == ("unknown", "allowed")
    assert "lists of the European Union" in asked(path, "buy", ended).rule


def test_what_a_blocked_depository_keeps_is_unknown(tmp_path):
    path = written(tmp_path, depository='"the National Settlement Depository"')
    assert asked(path, "sell", BEFORE).status == "unknown" and "National Settlement Depository" in asked(path, "sell", BEFORE).rule
    assert asked(path, "buy", BEFORE).status == "allowed" and asked(path, "sell", AFTER).status == "prohibited"


def test_a_designation_that_is_revoked_the_next_day_ends(tmp_path):
    gone = '[[events]]\nlabel = "revoked"\nkind = "removal"\nknown_at = 2026-11-25T18:30:00+01:00\n'
    case = impact.case(written(tmp_path, head=gone + HEAD, buy_barred_from="2026-11-24T18:30:00+01:00"))
    tables = rule_tables(case.definition, None)
    told = [
        permitted("buy", "RHM.DE", at, "eu_person", tables=tables).status for at in ("2026-11-25T12:00+01:00", "2026-11-26T12:00+01:00")
    ]
    assert told == ["prohibited", "allowed"]
    assert set(deadlines("RHM.DE", "2026-11-27T12:00Z", tables=tables).clocks["state"]) == {"removed"}
    assert set(deadlines("RHM.DE", "2026-11-25T12:00Z", tables=tables).clocks["state"]) == {"running"}  # not known yet
    assert "the listing ended on 25 November 2026" in case.answers().lines()[1][1]
    assert listing_of(case.definition, "2026-11-25T12:00Z").ended_on is None


def test_who_must_sell_follows_from_whom_it_binds(tmp_path):
    """All of 46 m shares may be held in the Union; of US holders only those whose index deletes the line must sell."""
    supply = impact.case(written(tmp_path)).supply()
    classes = supply.classes.set_index("holder_class")
    assert classes["certainty"].to_dict() == {
        "us_passive_deleting": "forced", "us_passive_keeping": "none", "us_active": "none", "us_retail": "none",
        "non_us_with_us_parent": "possible", "non_us_passive_deleting": "forced", "insiders": "possible", "non_us": "possible",
    }  # fmt: skip
    assert pd.isna(supply.total_shares["high"]) or supply.total_shares["high"] == 46e6
    own = impact.case(written(tmp_path, binds='["us_person"]')).supply().classes.set_index("holder_class")
    assert own.loc[["us_active", "us_retail"], "certainty"].tolist() == ["forced", "forced"]
    assert own.loc["non_us", "certainty"] == "none"


FREE = {"actions": ["sell", "hold", "buy"], "until": "never"}


@pytest.mark.parametrize(
    ("changed", "low", "says"),
    [
        ({}, 1256.7e6, "1.26 bn to 3.90 bn shares"),
        ({"instruments": ["bond"]}, 0.0, "that Own order covers equity is not stated"),
        ({"instruments": None}, 0.0, "that Own order covers equity is not stated"),
        ({"licence": FREE}, None, "None by law: Own order as the case states it: it binds US persons; its licence frees selling, holding, buying, without end"),
        ({"licence": FREE, "index_rule": "delete"}, 0.0, "0.00 to 3.90 bn shares"),  # of all US holders, those whose index deletes
        ({"licence": {"actions": ["hold"]}}, 0.0, "until when is not stated"),
        ({"depository": "NSD"}, 0.0, "how much of it NSD keeps"),
    ],
)  # fmt: skip
def test_only_what_is_known_to_be_covered_and_not_freed_must_be_sold(changed, low, says):
    """8 to 24 % of the shares of Xiaomi are held from the United States; the first screen says why nobody may have to sell."""
    fields = {
        "name": "Own order", "binds": ["us_person"], "buy_barred_from": "2021-03-15T09:30-04:00", "holding_barred": True,
        "sell_barred_from": "2021-11-11T23:59-05:00", "instruments": ["equity"],
    } | changed  # fmt: skip
    own = {name: value for name, value in fields.items() if value is not None}
    case = impact.case(security="1810.HK", public_at="2021-01-14T16:05-05:00", own_programme=own, prices="bundled")
    total = case.supply().total_shares
    assert pd.isna(total["low"]) if low is None else total["low"] == pytest.approx(low, rel=1e-4)
    assert pd.isna(total["high"]) if low is None else total["high"] == pytest.approx(3901.5e6, rel=1e-4)
    assert says in dict(case.answers().lines())["How much must be sold"]


AT_ONCE = "2021-01-14T16:05:00-05:00"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "1.26 bn to 3.90 bn shares stay unsold; they may be neither sold nor held"),
        ({"holding_barred": "false"}, "1.26 bn to 3.90 bn shares stay unsold; they may be neither sold nor bought"),
        ({"instruments": '["bond"]'}, "that Own order covers equity is not stated"),
        ({"binds": '["eu_person"]'}, "those it binds have no whole session left to sell in"),
    ],
)
def test_a_programme_that_acts_at_once_strands_what_is_held(tmp_path, run_cli, changed, says):
    """No session is left to sell in: what is known is told, and nothing fails."""
    head = f'[designation]\nsecurity = "1810.HK"\npublic_at = {AT_ONCE}\n[market]\nprices = "bundled"\n[programme]\nname = "Own order"\n'
    at_once = {"binds": '["us_person"]', "buy_barred_from": AT_ONCE, "sell_barred_from": AT_ONCE, "index_rule": None}
    path = written(tmp_path, head=head, **(at_once | changed))
    case = impact.case(path)
    assert says in dict(case.answers().lines())["How much must be sold"]
    supply = case.supply()
    if changed in ({}, {"holding_barred": "false"}):
        row = supply.stranded.set_index("holder_class").loc["US-based investors"]
        assert row["unsold_shares_low"] == pytest.approx(1256.7e6, rel=1e-4) and row["unsold_shares_high"] == pytest.approx(
            3901.5e6, rel=1e-4
        )
        assert any("No whole session is left to sell in" in text for text in supply.assumptions)
    for words in (("supply", "--case", str(path)), ("price", "--case", str(path)), ("case", str(path))):
        code, _, error = run_cli(*words)
        assert code == 0, error


@pytest.mark.parametrize(("investor", "status"), [("eu_person", "restricted"), ("us_person", "clear")])
def test_the_book_is_read_for_its_investor(tmp_path, run_cli, investor, status):
    assert checked(tmp_path, written(tmp_path), run_cli, BEFORE, investor)["status"] == status


def test_every_command_takes_the_file(tmp_path, run_cli):
    path = str(written(tmp_path))
    for words in (("deadlines", "--case", path), ("supply", "--case", path), ("price", "--case", path), ("case", path)):
        code, told, error = run_cli(*words)
        assert code == 0, error
        assert "Annex XIX" in told or "annex-xix" in told or words[0] == "price"
    page = tmp_path / "page.html"
    assert run_cli("case", path, "--html", str(page))[0] == 0
    assert "Annex XIX of Regulation (EU) 833/2014 as the case states it: it binds EU persons" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"binds": '["eu_persons"]'}, "binds='eu_persons' is unknown"),
        ({"binds": '"eu_person"'}, "must be a list of words"),
        ({"binds": "[]"}, "empty list"),
        ({"instruments": '["shares"]'}, "instruments='shares' is unknown"),
        ({"buy_barred_from": "2026-12-15"}, "bare day"),
        ({"buy_barred_from": "2026-11-01T00:00:00+01:00"}, "before the designation is public"),
        ({"buy_barred_from": '"soon"'}, "must be an instant with its zone"),
        ({"buy_barred_from": "60"}, "must be an instant with its zone"),
        ({"sell_barred_from": '"never"'}, "holding is barred once selling is"),
        ({"holding_barred": '"yes"'}, "must be true or false"),
        ({"index_rule": '"drop"'}, "index_rule='drop' is unknown"),
        ({"licence": '"GL 1"'}, "must hold fields"),
        ({"licence": '{ action = ["sell"] }'}, "did you mean 'actions'"),
        ({"licence": '{ actions = [] }'}, "licence actions is an empty list"),
        ({"licence": '{ actions = ["dump"] }'}, "'dump' is unknown"),
        ({"id": '"ns-cmic"'}, "is a programme on record"),
        ({"buy_ban_from": "2026-12-15T00:00:00+01:00"}, "did you mean 'buy_barred_from'"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_one_sentence(tmp_path, changed, message):
    with pytest.raises(InputError, match=r"\[programme\]") as told:
        impact.case(written(tmp_path, **changed))
    assert message in str(told.value) and "\n" not in str(told.value)


def test_two_programmes_are_refused(tmp_path):
    for line in ('programme = "ns-cmic"\n', 'record = "x"\n'):
        path = written(tmp_path, head=HEAD.replace("public_at", line + "public_at"))
        with pytest.raises(InputError):
            impact.case(path)


def other_case(tmp_path, **changed):
    """The same programme stated of another line, half a year earlier."""
    head = HEAD.replace("RHM.DE", "SAP.DE").replace("Rheinmetall AG", "SAP SE").replace("2026-11-24T18", "2026-05-26T18")
    folder = tmp_path / "other"
    folder.mkdir()
    return stated_designation(impact.case(written(folder, head=head, **changed)).definition)


@pytest.mark.parametrize("turned", [False, True])
def test_one_id_is_one_programme(tmp_path, turned):
    """In the same terms it is in force from the first designation on; in other terms it is refused, in either order."""
    own, at = stated_designation(impact.case(written(tmp_path)).definition), pd.Timestamp("2026-12-01T12:00Z")
    other = other_case(tmp_path, binds='["us_person"]')
    with pytest.raises(InputError, match=r"stated twice in different terms \(binds\).*another id") as told:
        designated_tables((other, own)[:: -1 if turned else 1], at)
    assert "\n" not in str(told.value)
    with pytest.raises(InputError, match="tables hold id='annex-xix-of-regulation-eu-833-2014' in different terms"):
        designated_tables((own,), at, designated_tables((other,), at))
    same = replace(other, own_programme=own.own_programme)
    tables = designated_tables((same, own)[:: -1 if turned else 1], at)
    assert permitted("buy", "SAP.DE", "2026-06-01T12:00Z", "eu_person", tables=tables).status == "allowed"
    assert permitted("buy", "SAP.DE", WINDOW, "eu_person", tables=tables).status == "prohibited"
    assert len(designated_tables((own,), at, designated_tables((own,), at))["programmes"]) == len(tables["programmes"])


@pytest.mark.parametrize(("binds", "warned"), [('["eu_person"]', False), ('["eu_person", "us_person"]', True)])
def test_that_a_us_person_may_violate_is_said_where_it_binds_us_persons(tmp_path, binds, warned):
    assert any("50 USC 1705" in line for line in asked(written(tmp_path, binds=binds), "buy", WINDOW).changes) == warned


def test_keywords_say_the_same_as_the_file(tmp_path):
    path = written(tmp_path)
    head = tomllib.loads(path.read_text(encoding="utf-8"))
    own = impact.case(own_programme=head["programme"], **head["designation"], **head["shares"]).definition.own_programme
    assert isinstance(own, OwnProgramme) and own == impact.case(path).definition.own_programme


def test_a_new_folder_holds_every_field(tmp_path, run_cli):
    folder = tmp_path / "new"
    words = ("new", "RHM.DE", "--at", "2026-11-24T18:30+01:00", "-o", str(folder))
    assert run_cli(*words, "--own-programme", "Annex XIX")[0] == 0
    text = (folder / "case.toml").read_text(encoding="utf-8")
    assert all(f"{field} = " in text for field in FIELDS) and impact.case(folder).definition.own_programme.name == "Annex XIX"
    filled = text.replace("# binds", "binds").replace("# buy_barred", "buy_barred").replace("# instruments", "instruments")
    (folder / "case.toml").write_text(filled, encoding="utf-8")
    assert permitted("buy", "RHM.DE", "2027-06-01T12:00Z", tables=rule_tables(impact.case(folder).definition, None)).status == "prohibited"
    for wrong in ((), ("--programme", "ns-cmic", "--own-programme", "x")):
        assert run_cli("new", "SAP.DE", "--at", "2026-11-24T18:30+01:00", "-o", str(tmp_path / "other"), *wrong)[0] == 2
