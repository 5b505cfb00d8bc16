"""The ledger: views, successors, contradictions, the user's own facts, the command."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from impact.errors import InputError
from impact.facts import Fact, Ledger, load_ledger, rerun_variants
from impact.facts.fact import FIELDS
from impact.facts.statements import typed_statements

DIVEST = "ndaa-1237-ccmc/divestment_on"
PLAIN = {"subject": "X", "predicate": "p", "precision": "minute", "source": "s", "confidence": "A"}
HEADER = "fact_id,subject,predicate,value,known_at,source,confidence"


def small_ledger(*rows: dict[str, str]) -> Ledger:
    base = dict.fromkeys(FIELDS, "") | PLAIN | {"table": "user.csv"}
    return Ledger(facts=typed_statements([base | {"row": str(i)} | row for i, row in enumerate(rows)]))


def fact_row(fact_id: str, value: str, known_at: str, **more: str) -> dict[str, str]:
    return {"fact_id": fact_id, "value": value, "known_at": known_at} | more


@pytest.fixture
def chain() -> Ledger:
    """An announcement, its reversal and the reversal of that, one an hour."""
    return small_ledger(
        fact_row("a", "delist", "2021-01-01T10:00Z", superseded_by="b"),
        fact_row("b", "keep", "2021-01-01T11:00Z", superseded_by="c"),
        fact_row("c", "delist", "2021-01-01T12:00Z"),
    )


def test_a_fact_is_known_from_its_own_instant_on(chain):
    assert len(chain.as_of("2021-01-01T09:59:59Z")) == 0
    assert len(chain.as_of("2021-01-01T10:00Z")) == 1
    assert len(chain.as_of("2021-01-01T12:30+01:00")) == 2


@pytest.mark.parametrize(
    ("instant", "value"), [("2021-01-01T10:30Z", "delist"), ("2021-01-01T11:30Z", "keep"), ("2021-01-01T12:30Z", "delist")]
)
def test_a_successor_counts_only_once_known(chain, instant, value):
    view = chain.as_of(instant)
    assert view.value("X", "p") == value and len(view.current()) == 1


def test_a_view_never_grows(chain):
    view = chain.as_of("2021-01-01T10:30Z")
    assert len(view.as_of("2021-01-01T10:00Z")) == 1
    with pytest.raises(InputError, match="after this view's own"):
        view.as_of("2021-01-01T11:00Z")


def test_the_end_of_a_fact_is_hidden_until_known():
    ledger = small_ledger(fact_row("a", "listed", "2021-01-01T10:00Z", valid_to="2021-05-25", ended_known_at="2021-05-25T20:09Z"))
    before, after = ledger.as_of("2021-05-25T20:08Z"), ledger.as_of("2021-05-25T20:09Z")
    assert before.fact("a").valid_to == "" and before.fact("a").ended_known_at is None
    assert after.fact("a").valid_to == "2021-05-25"
    assert ledger.diff("2021-05-25T20:08Z", "2021-05-25T20:09Z")["change"].tolist() == ["ended"]


def test_diff_tells_learned_and_superseded(chain):
    changes = chain.diff("2021-01-01T10:30Z", "2021-01-01T12:30Z")
    assert changes[["change", "fact_id"]].values.tolist() == [["learned", "b"], ["superseded", "a"], ["learned", "c"]]
    assert changes["known_at"].is_monotonic_increasing
    assert chain.diff("2021-01-01T10:30Z", "2021-01-01T10:30Z").empty
    with pytest.raises(InputError, match="swap them"):
        chain.diff("2021-01-01T12:30Z", "2021-01-01T10:30Z")


def test_diffs_chain_to_the_whole():
    ledger = load_ledger().facts_about("1810.HK")
    whole = ledger.diff("2021-01-01T00:00Z", "2021-07-01T00:00Z")
    parts = pd.concat([ledger.diff("2021-01-01T00:00Z", "2021-03-12T00:00Z"), ledger.diff("2021-03-12T00:00Z", "2021-07-01T00:00Z")])
    learned = lambda frame: sorted(frame.loc[frame["change"] == "learned", "fact_id"])  # noqa: E731
    assert learned(whole) == learned(parts) and len(learned(whole)) > 20


def test_contradictions_stand_side_by_side():
    ledger = small_ledger(
        fact_row("a", "15", "2021-01-01T10:00Z"),
        fact_row("b", "15.0", "2021-01-01T11:00Z"),
        fact_row("c", "16", "2021-01-01T12:00Z", confidence="C"),
        fact_row("d", "16", "2021-01-01T12:00Z", predicate="other"),
    )
    variants = ledger.variants()
    assert variants[["value", "n_facts", "confidence"]].values.tolist() == [["15", 2, "A"], ["16", 1, "C"]]
    with pytest.raises(InputError, match=r"has 2 values \(15, 15.0, 16\); choose one first"):
        ledger.value("X", "p")
    assert ledger.settled().value("X", "p") == "15"
    assert ledger.choose("X", "p", "16.0").value("X", "p") == "16"
    assert len(ledger.choose("X", "p", "16")) == 2 and len(ledger) == 4
    assert ledger.as_of("2021-01-01T11:30Z").variants().empty


def test_a_superseded_fact_contradicts_nothing():
    ledger = small_ledger(fact_row("a", "1", "2021-01-01T10:00Z", superseded_by="b"), fact_row("b", "2", "2021-01-01T11:00Z"))
    assert ledger.variants().empty and ledger.settled().value("X", "p") == "2"


def test_settling_prefers_the_mark_then_the_grade_then_the_earliest():
    late_but_preferred = small_ledger(
        fact_row("a", "1", "2021-01-01T10:00Z", preferred="false"),
        fact_row("b", "2", "2021-01-02T10:00Z", preferred="true", confidence="C"),
    )
    assert late_but_preferred.settled().value("X", "p") == "2"
    graded = small_ledger(fact_row("a", "1", "2021-01-01T10:00Z", confidence="B"), fact_row("b", "2", "2021-01-02T10:00Z"))
    assert graded.settled().value("X", "p") == "2"
    equal = small_ledger(fact_row("a", "1", "2021-01-02T10:00Z"), fact_row("b", "2", "2021-01-01T10:00Z"))
    assert equal.settled().value("X", "p") == "2"


def test_the_field_that_moves_the_answer_is_named():
    ledger = load_ledger()
    days_to_divest = lambda view: (pd.Timestamp(view.value("1810.HK", DIVEST)) - pd.Timestamp("2021-01-14")).days  # noqa: E731
    frame = rerun_variants(days_to_divest, ledger, subject="1810.HK")
    moving = frame[frame["moves"]]
    assert set(moving["predicate"]) == {DIVEST}
    assert dict(zip(moving["value"], moving["answer"], strict=True)) == {"2021-11-11": 301, "2021-11-21": 311}
    assert (frame["baseline"] == 365).all()
    assert frame[frame["is_baseline"]].groupby(["subject", "predicate"]).size().eq(1).all()
    assert rerun_variants(days_to_divest, ledger, predicate="court/vacatur_at")["moves"].sum() == 0
    with pytest.raises(InputError, match="names none of"):
        rerun_variants(days_to_divest, ledger, subject="nobody")


def test_rerun_takes_missing_answers_as_equal():
    frame = rerun_variants(lambda view: float("nan"), load_ledger(), subject="HSI")
    assert not frame["moves"].any() and len(frame) == 2


def test_telecom_deadlines_contradict_as_the_fact_base_says():
    found = load_ledger().as_of("2021-01-15T00:00Z").conflicts()
    telecom = found[(found["subject"] == "0941.HK") & (found["predicate"] == "ndaa-1237-ccmc/purchase_ban_on")]
    assert telecom["value"].tolist() == ["2021-03-09", "2021-01-11"] and (telecom["why"] == "").all()
    assert (load_ledger().conflicts()["why"] != "").all()


def test_nyse_took_three_positions_in_a_week():
    ledger = load_ledger()
    states = [
        ledger.as_of(instant).value("CHL", "exchange/nyse/action")
        for instant in ("2021-01-01T12:00-05:00", "2021-01-05T12:00-05:00", "2021-01-06T13:00-05:00", "2021-01-11T05:00-05:00")
    ]
    assert states == ["delisting_announced", "delisting_cancelled", "delisting_reinstated", "suspended"]


def test_every_fact_is_a_valid_record():
    ledger = load_ledger()
    records = [Fact.of_row(row) for row in ledger.to_frame().to_dict("records")]
    assert len({record.fact_id for record in records}) == len(records) == len(ledger)
    assert ledger.fact(records[0].fact_id) == records[0]
    with pytest.raises(InputError, match="'none' is not among the"):
        ledger.fact("none")


def test_a_record_refuses_what_breaks_a_rule():
    good = PLAIN | {"fact_id": "a", "value": "1", "known_at": "2021-01-01T10:00Z"}
    assert Fact(**good).known_at == pd.Timestamp("2021-01-01T10:00Z")
    broken = {"confidence": "D", "precision": "second", "value": "", "valid_from": "2021-13-01", "known_at": "2021-01-01"}
    for column, value in broken.items():
        with pytest.raises(InputError, match=column):
            Fact(**good | {column: value})


def test_a_changed_frame_leaves_the_ledger_alone():
    ledger = load_ledger()
    frame = ledger.to_frame()
    frame["value"] = "changed"
    assert "changed" not in set(ledger.facts["value"]) and "changed" not in set(load_ledger().facts["value"])


def test_the_summary_counts_every_fact():
    ledger = load_ledger()
    assert ledger.counts()["n_facts"].sum() == len(ledger)
    assert f"{len(ledger):,} facts" in str(ledger.summary())
    assert "as of 2021-01-14" in str(ledger.as_of("2021-01-14T18:00-05:00").summary())


def write(tmp_path, *lines: str, header: str = HEADER):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_fact_of_the_user_joins_and_contradicts(tmp_path):
    path = write(tmp_path, f"m1,1810.HK,{DIVEST},2021-12-31,2021-02-01T09:00-05:00,my broker,C")
    ledger = load_ledger(path)
    assert len(ledger) == len(load_ledger()) + 1
    found = ledger.variants()
    mine = found[(found["subject"] == "1810.HK") & (found["predicate"] == DIVEST)]
    assert "2021-12-31" in set(mine["value"])
    assert ledger.settled().value("1810.HK", DIVEST) == "2022-01-14"
    assert ledger.fact("m1").row == "2" and ledger.fact("m1").table == "mine.csv"
    assert "mine.csv" in str(ledger.sources[-1])


def test_a_bare_day_counts_from_its_end_where_it_was_announced(tmp_path):
    path = write(tmp_path, "m1,X,p,1,2021-03-15,s,A,Asia/Hong_Kong", header=HEADER + ",zone")
    fact = load_ledger(path).fact("m1")
    assert fact.known_at.isoformat() == "2021-03-15T15:59:59+00:00" and fact.precision == "day"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("m1,X,p,1,2021-03-15,s,A", r"line 2, column known_at: '2021-03-15' must be an instant .* zone such as Europe/London"),
        ("m1,X,p,1,2021-03-15T10:00,s,A", "column known_at: '2021-03-15T10:00' must be an instant"),
        ("m1,X,p,1,2021-03-15T10:00Z,s,D", "column confidence: 'D' must be one of A, B, C"),
        ("m1,X,p,,2021-03-15T10:00Z,s,A", "column value: '' must not be empty"),
        (",X,p,1,2021-03-15T10:00Z,s,A", "column fact_id: '' must not be empty"),
        ("m1,X,p,1,2021-03-15T10:00Z,,A", "column source: '' must not be empty"),
    ],
)
def test_a_broken_cell_is_named_with_file_line_column_and_rule(tmp_path, line, words):
    path = write(tmp_path, line)
    with pytest.raises(InputError, match=words) as caught:
        load_ledger(path)
    assert "mine.csv" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("column", ["valid_from", "valid_to"])
@pytest.mark.parametrize("day", ["31/12/2020", "01/02/2021", "9999-12-31", "0001-01-01", "2021-02-30", "Jan 1 2021", "20210101"])
def test_a_day_that_is_no_iso_day_is_refused(tmp_path, column, day):
    path = write(tmp_path, f"m1,X,p,1,2021-03-15T10:00Z,s,A,{day}", header=f"{HEADER},{column}")
    with pytest.raises(InputError, match=rf"column {column}: '{day}' must be empty or a day from 1678 to 2261"):
        load_ledger(path)


@pytest.mark.parametrize("written", ["2021-03-15 10:00 UTC", "2021-03-15T10:00:00,0Z", "2021-03-15T1000Z", "2021-03-15T10:00+00"])
def test_every_instant_that_is_taken_elsewhere_is_taken_in_a_file(tmp_path, written):
    path = tmp_path / "mine.csv"
    path.write_text(f'{HEADER}\nm1,X,p,1,"{written}",s,A\n')
    assert load_ledger(path).fact("m1").known_at.isoformat() == "2021-03-15T10:00:00+00:00"


def test_further_rules_of_a_file(tmp_path):
    good = "2021-03-15T10:00Z,s,A"
    with pytest.raises(InputError, match=r"line 2, column fact_id: 'm1' repeats: ids must be unique \(2 cells"):
        load_ledger(write(tmp_path, f"m1,X,p,1,{good}", f"m1,X,q,1,{good}"))
    with pytest.raises(InputError, match=r"columns missing: \['confidence'\], unknown: \['grade'\]"):
        load_ledger(write(tmp_path, f"m1,X,p,1,{good}", header=HEADER.replace("confidence", "grade")))
    with pytest.raises(InputError, match=r"column superseded_by: 'm9' names no fact"):
        load_ledger(write(tmp_path, f"m1,X,p,1,{good},m9", header=HEADER + ",superseded_by"))
    earlier = "m2,X,p,2,2021-01-01T10:00Z,s,A,"
    with pytest.raises(InputError, match=r"'m2' names a fact that was known earlier"):
        load_ledger(write(tmp_path, f"m1,X,p,1,{good},m2", earlier, header=HEADER + ",superseded_by"))
    with pytest.raises(InputError, match=r"column valid_to: '2021-01-01' must not come before valid_from=2021-02-01"):
        load_ledger(write(tmp_path, f"m1,X,p,1,{good},2021-02-01,2021-01-01", header=HEADER + ",valid_from,valid_to"))
    taken = load_ledger().facts["fact_id"].iloc[0]
    with pytest.raises(InputError, match="column fact_id: .* is taken already"):
        load_ledger(write(tmp_path, f"{taken},X,p,1,{good}"))
    with pytest.raises(InputError, match=r"absent.csv' cannot be read \(No such file"):
        load_ledger(tmp_path / "absent.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match="empty.csv' is empty"):
        load_ledger(tmp_path / "empty.csv")


def test_a_file_with_a_header_alone_adds_nothing(tmp_path):
    assert len(load_ledger(write(tmp_path))) == len(load_ledger())


def test_command_prints_views_contradictions_and_differences(run_cli, tmp_path):
    code, out, _ = run_cli("facts")
    assert code == 0 and "designations" in out
    code, out, _ = run_cli("facts", "--as-of", "2021-01-14T16:30-05:00", "--subject", "1810.HK", "--format", "json")
    body = json.loads(out)
    assert code == 0 and body["schema"] == "impact.facts/1" and body["inputs"]["as_of"] == "2021-01-14T16:30-05:00"
    assert {row["predicate"]: row["value"] for row in body["facts"]}[DIVEST] == "2022-01-14"
    code, out, _ = run_cli("facts", "--conflicts", "--format", "csv", "--columns", "subject,predicate,value")
    assert code == 0 and len(pd.read_csv(io.StringIO(out))) == len(load_ledger().variants())
    code, out, _ = run_cli("facts", "--diff", "2021-03-12T09:00-05:00", "2021-03-12T18:00-05:00", "--subject", "1810.HK", "--format", "csv")
    assert code == 0 and "Preliminary injunction granted" in out
    path = write(tmp_path, f"m1,1810.HK,{DIVEST},2021-12-31,2021-02-01T09:00-05:00,my broker,C")
    code, out, _ = run_cli("facts", "--all", "--add", str(path), "--format", "csv")
    assert code == 0 and "my broker" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--as-of", "2021-01-14"), "has no zone"),
        (("--subject", "nobody"), "has no fact"),
        (("--conflicts", "--columns", "nothing"), "is not a column"),
        (("--diff", "2021-03-12T09:00Z", "2021-03-13T09:00Z", "--as-of", "2021-03-12T09:00Z"), "two instants"),
        (("--add", "absent.csv"), "cannot be read"),
    ],
)
def test_command_answers_bad_input_in_one_line(run_cli, words, message):
    code, out, err = run_cli("facts", *words)
    assert code == 2 and out == "" and message in err and len(err.strip().splitlines()) == 1
