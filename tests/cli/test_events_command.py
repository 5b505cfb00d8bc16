"""``impact events``: the library, filtered, with a user's events and prices."""

import json

import pytest

OWN = (
    "event_id,list_id,action,issuer,security,line_type,first_public_at,bars_holding,first_for_issuer,first_bar,name_level,car_0_1,se_0_1\n"
    "mine,other,first_listing,Mine,2382.HK,offshore_hk,2021-02-01,true,true,true,self,-0.03,0.03\n"
)


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ((), "399 list events (325 with returns), 882 index changes"),
        (("--class", "first_bar_offshore"), "31 list events (16 with returns), 0 index changes"),
        (("--programme", "ns-cmic", "--line", "a_share"), "list events"),
        (("--security", "1810.HK", "--since", "2021-01-01", "--until", "2021-02-01"), "1 list event (1 with returns), 0 index changes"),
    ],
)
def test_events_are_listed_and_filtered(run_cli, options, first):
    code, out, err = run_cli("events", *options)
    assert code == 0 and err == "" and first in out.splitlines()[0]


def test_an_event_without_a_return_is_shown(run_cli):
    code, out, _err = run_cli("events", "--security", "1211.HK")
    assert code == 0 and "ndaa-1260h:2026-06-08:1211.HK:first_listing" in out
    assert "Without a row, or without a known figure: index changes." in out


def test_every_row_is_in_the_json(run_cli):
    code, out, _err = run_cli("events", "--format", "json")
    body = json.loads(out)
    assert code == 0 and len(body["events"]) == 399 and len(body["index_changes"]) == 882
    assert {row["event_class"] for row in body["classes"]} >= {"first_bar_offshore", "relief"}


def test_events_of_the_user_are_added_and_refused_with_the_rule(run_cli, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(OWN)
    code, out, _err = run_cli("events", "--add", str(path), "--since", "2021-02-01", "--until", "2021-02-01")
    assert code == 0 and "mine" in out
    path.write_text(OWN.replace("first_listing", "delisted"))
    code, _out, err = run_cli("events", "--add", str(path))
    assert code == 2 and "action is one of" in err and "Traceback" not in err


def test_returns_are_rebuilt_from_prices_and_drawn(run_cli, tmp_path):
    figure = tmp_path / "events.png"
    code, out, err = run_cli(
        "events",
        "--prices",
        "bundled",
        "--market",
        "XHKG=HSI",
        "--security",
        "1810.HK",
        "--plot",
        str(figure),
        "--format",
        "csv",
        "--table",
        "rebuilt",
    )
    assert code == 0 and out.startswith("event_id,status,car_0_1") and figure.stat().st_size > 1000 and "wrote" in err
    code, _out, err = run_cli("events", "--prices", "bundled", "--market", "HSI")
    assert code == 2 and "venues" in err
    code, _out, err = run_cli("events", "--prices", "bundled", "--market", "XHKG=")
    assert code == 2 and "VENUE=NAME" in err
    code, _out, err = run_cli("events", "--class", "nonsense")
    assert code == 2 and "choose one of" in err


def test_a_benchmark_without_prices_is_refused_and_an_empty_figure_says_so(run_cli, tmp_path):
    code, _out, err = run_cli("events", "--market", "HSI")
    assert code == 2 and "market='HSI'" in err and "--prices" in err
    figure = tmp_path / "none.svg"
    code, _out, err = run_cli("events", "--security", "1211.HK", "--plot", str(figure))
    assert code == 0 and "wrote" in err and figure.stat().st_size > 1000


@pytest.mark.parametrize("cells", [("2021-02-01", ""), ("-0.03", "-3"), ("2382.HK", ""), ("0.03\n", "3\n"), ("2021-02-01", "2099-01-05")])
def test_a_file_of_nonsense_is_refused_in_a_sentence(run_cli, tmp_path, cells):
    path = tmp_path / "mine.csv"
    path.write_text(OWN.replace(*cells))
    code, _out, err = run_cli("events", "--add", str(path))
    assert code == 2 and "break the rule" in err and "Traceback" not in err
