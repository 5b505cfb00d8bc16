"""`impact study` and the reading of its files."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import InputError
from impact.eventstudy.files import read_events, read_factor_file, read_return_file, study_files, study_tables

DAYS = pd.bdate_range("2019-01-01", periods=420, name="date")


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(1)
    market = rng.normal(0, 0.01, (420, 1))
    returns = pd.DataFrame(np.hstack((market + rng.normal(0, 0.02, (420, 3)), market)), index=DAYS, columns=["A", "B", "C", "index"])
    paths = {name: tmp_path / f"{name}.csv" for name in ("prices", "returns", "events", "factors")}
    (100 * (1 + returns).cumprod()).to_csv(paths["prices"])
    returns.to_csv(paths["returns"])
    events = pd.DataFrame(
        {"event_id": ["a", "b", "z"], "security": ["A", "B", "Z"], "date": [DAYS[300], DAYS[310], DAYS[310]], "size": [1, 2, 3]}
    )
    events.to_csv(paths["events"], index=False)
    factors = pd.DataFrame(
        {"MKT_RF": market[:, 0], "SMB": rng.normal(0, 0.01, 420), "HML": rng.normal(0, 0.01, 420), "RF": 0.0}, index=DAYS
    )
    factors.to_csv(paths["factors"])
    return {name: str(path) for name, path in paths.items()}


def test_the_command_is_the_study(run_cli, files):
    code, out, err = run_cli(
        "study", files["events"], "--returns", files["returns"], "--market", "index", "--format", "csv", "--car", "-1:1"
    )
    assert code == 0 and "1 of 3 events cannot be used" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    with pytest.warns(impact.ImpactWarning):
        result = impact.event_study(read_return_file(files["returns"]), read_events(files["events"]), market="index")
    assert [row["event_id"] for row in rows] == ["a", "b"] and {row["window"] for row in rows} == {"(-1, 1)"}
    assert float(rows[0]["car"]) == pytest.approx(result.car(-1, 1).loc["a", "car"], rel=1e-12)


def test_prices_become_returns_of_the_kind(run_cli, files):
    arguments = ("study", files["events"], "--market", "index", "--format", "json", "--kind", "log")
    code, out, _ = run_cli(*arguments, "--prices", files["prices"])
    body = json.loads(out)
    assert code == 0 and body["schema"] == "impact.study/1" and body["inputs"]["kind"] == "log"
    assert {"car", "tests", "estimates", "abnormal", "dropped"} <= set(body)
    # One price fewer than returns: the first session has no return, far before any estimation window.
    prices = pd.read_csv(files["prices"], index_col=0, parse_dates=True)
    by_hand = impact.event_study(np.log(prices).diff(), read_events(files["events"]).iloc[:2], market="index", kind="log")
    assert body["car"][0]["car"] == pytest.approx(by_hand.car(0, 0).loc["a", "car"], rel=1e-9)


def test_a_price_that_is_no_number_is_said(run_cli, files):
    text = Path(files["prices"]).read_text(encoding="utf-8").splitlines()
    cells = text[50].split(",")
    cells[1] = "abc"
    text[50] = ",".join(cells)
    with open(files["prices"], "w", encoding="utf-8") as file:
        file.write("\n".join(text) + "\n")
    code, out, err = run_cli("study", files["events"], "--prices", files["prices"], "--market", "index", "--format", "json")
    assert code == 0 and "1 figure(s) of the input are not used (first A on" in err
    told = json.loads(out)
    assert sum("not used" in note for note in (*told["notes"], *told["assumptions"])) == 1


@pytest.mark.parametrize("format_", ["table", "latex"])
def test_printed_formats(run_cli, files, format_):
    code, out, _ = run_cli("study", files["events"], "--returns", files["returns"], "--market", "A,B,C", "--format", format_)
    assert code == 0
    assert ("kp_bmp" in out and "equal-weighted mean of 3 peers" in out) if format_ == "table" else r"\begin{tabular}" in out


def test_parquet_and_figure_are_written(run_cli, files, tmp_path):
    table, figure = tmp_path / "car.parquet", tmp_path / "car.svg"
    common = ("study", files["events"], "--returns", files["returns"], "--market", "index", "--format", "parquet")
    code, _, err = run_cli(*common, "-o", str(table), "--plot", str(figure))
    assert code == 0 and "wrote" in err
    assert len(pd.read_parquet(table)) == 4
    assert "<svg" in figure.read_text()
    code, _, err = run_cli(*common, "-o", str(table), "--plot", str(tmp_path / "car.docx"))
    assert code == 2 and "ends in no known format" in err


def test_factor_models_read_their_factors(run_cli, files):
    code, out, _ = run_cli(
        "study",
        files["events"],
        "--returns",
        files["returns"],
        "--factors",
        files["factors"],
        "--model",
        "ff3",
        "--format",
        "csv",
        "--table",
        "estimates",
    )
    assert code == 0 and out.splitlines()[0].startswith("event_id,alpha,MKT_RF,SMB,HML,sigma")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--market", "index"), "give exactly one of the two files"),
        (("--returns", "{returns}", "--prices", "{prices}", "--market", "index"), "give exactly one"),
        (("--returns", "nowhere.csv", "--market", "index"), "is not a file"),
        (("--returns", "{returns}"), "needs a market"),
        (("--returns", "{returns}", "--market", "moon"), "not a column"),
        (("--returns", "{returns}", "--market", "index", "--car", "x"), "is not a window"),
        (("--returns", "{returns}", "--market", "index", "--car", "0:30"), "not inside the event window"),
        (("--returns", "{returns}", "--market", "index", "--estimation", "-900:-11"), "returns hold 420"),
        (("--returns", "{returns}", "--market", "index", "--model", "ff5"), "needs factors"),
        (("--returns", "{returns}", "--market", "index", "--factors", "{returns}", "--model", "ff5"), "no column RF"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(run_cli, files, words, message):
    code, out, err = run_cli("study", files["events"], *(word.format(**files) for word in words))
    assert code == 2 and out == "" and message in err
    assert "Traceback" not in err and err.count("\n") <= 2


def test_a_text_file_that_is_no_table_is_refused(run_cli, files, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text('date,A\n2020-01-01,"1\n')
    code, _, err = run_cli("study", str(broken), "--returns", files["returns"], "--market", "index")
    assert code == 2 and "error:" in err


@pytest.mark.parametrize("cell", ["much", "inf", "-inf", "1e999"])
def test_a_return_that_is_no_finite_number_is_refused(tmp_path, cell):
    text = tmp_path / "text.csv"
    text.write_text(f"date,A,index\n2020-01-01,0.1,0.2\n2020-01-02,{cell},0.1\n")
    with pytest.raises(InputError, match=rf"'A' has 1 cell\(s\) that are no finite numbers \(first '{cell}'\)"):
        read_return_file(text)


def test_help_does_not_load_the_engine(run_cli):
    code, out, _ = run_cli("study", "--help")
    assert code == 0 and "--estimation" in out and "event_id, security and date" in out
    ask = "import sys; from impact.cli import study; print(sorted({'pandas', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_extra_columns_become_numbers_and_ids_stay_text(files):
    events = read_events(files["events"])
    assert events["size"].tolist() == [1, 2, 3] and events["event_id"].tolist() == ["a", "b", "z"]


def test_french_files_are_recognised(tmp_path):
    path = tmp_path / "F-F_Research_Data_Factors_daily.CSV"
    path.write_text(
        "This file was created using the 202407 CRSP database.\n\n,Mkt-RF,SMB,HML,RF\n20150102,   -0.12,   -0.57,    0.08,   0.000\n"
    )
    table = read_factor_file(path)
    assert table.iloc[0, 0] == pytest.approx(-0.0012)


def test_factor_tables_of_ones_own_are_read_in_decimals_and_never_divided_twice(tmp_path):
    """Decimals saved with days of eight digits below an unnamed index are laid out as the library's percent: they used to be divided by 100."""
    rng = np.random.default_rng(2)
    own = pd.DataFrame(rng.normal(0, 0.005, (60, 3)), pd.bdate_range("2020-01-01", periods=60), ["Mkt-RF", "SMB", "HML"]).assign(RF=0.0001)
    digits = own.set_axis(own.index.strftime("%Y%m%d"))
    for table, named in ((own, None), (own, "date"), (digits, "date")):
        table.to_csv(tmp_path / "own.csv", index_label=named)
        np.testing.assert_allclose(read_factor_file(tmp_path / "own.csv"), own, rtol=1e-12)
    digits.to_csv(tmp_path / "own.csv")
    with pytest.raises(InputError, match="own.csv has factor returns of a median size of 0.00.*decimals already.*first column a name"):
        read_factor_file(tmp_path / "own.csv")
    (100 * digits).to_csv(tmp_path / "own.csv")
    np.testing.assert_allclose(read_factor_file(tmp_path / "own.csv"), own, rtol=1e-12)


def test_seeded_bootstrap_is_repeatable(files):
    with pytest.warns(impact.ImpactWarning):
        study = study_files(files["events"], returns=files["returns"], market="index")
    one, two = (study_tables(study, ((0, 0),), seed=3).tests for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert study.sources[0].basis == "user file"


def rising(tmp_path, **columns):
    """Closes of A, B and index with some of them changed: the position from which, and by what factor (None: they stand still)."""
    rng = np.random.default_rng(8)
    market = rng.normal(0, 0.01, (420, 1))
    steps = np.hstack((market + rng.normal(0, 0.01, (420, 2)), market))
    closes = pd.DataFrame(100 * np.exp(np.cumsum(steps, axis=0)), index=DAYS, columns=["A", "B", "index"])
    for name, (position, factor) in columns.items():
        if factor is None:
            closes.iloc[position : position + 12, closes.columns.get_loc(name)] = closes[name].iloc[position]
        else:
            closes.iloc[position:, closes.columns.get_loc(name)] *= factor
    prices, table = tmp_path / "closes.csv", tmp_path / "dates.csv"
    closes.to_csv(prices)
    pd.DataFrame({"event_id": ["a", "b"], "security": ["A", "B"], "date": [DAYS[300], DAYS[330]]}).to_csv(table, index=False)
    return "study", str(table), "--prices", str(prices), "--market", "index", "--kind", "log", "--format", "json"


@pytest.mark.parametrize(
    ("changed", "doubted", "reason"),
    [
        ({"A": (300, 0.5)}, {("a", "(0, 0)"), ("a", "(-1, 1)")}, f"split of A on {DAYS[300]:%Y-%m-%d}?"),
        ({"A": (301, 0.5)}, {("a", "(-1, 1)")}, f"split of A on {DAYS[301]:%Y-%m-%d}?"),
        ({"A": (200, 0.1)}, {("a", "(0, 0)"), ("a", "(-1, 1)")}, f"split of A on {DAYS[200]:%Y-%m-%d}? in its estimation window"),
        ({"A": (295, None)}, {("a", "(0, 0)"), ("a", "(-1, 1)")}, f"stale of A on {DAYS[295]:%Y-%m-%d}?"),
        ({"index": (330, 0.5)}, {("b", "(0, 0)"), ("b", "(-1, 1)")}, f"split of index on {DAYS[330]:%Y-%m-%d}?"),
        ({"A": (20, 0.5)}, set(), ""),  # before its windows
    ],
)
def test_a_doubtful_price_is_named_beside_the_event_that_rests_on_it(run_cli, tmp_path, changed, doubted, reason):
    code, out, err = run_cli(*rising(tmp_path, **changed))
    body = json.loads(out)
    assert code == 0 and {(row["event_id"], row["window"]): row["reason"] for row in body["car"] if row["reason"]} == dict.fromkeys(
        doubted, reason
    )
    told = [row["window"] for row in body["headline"] if "1 of 2 events rests on a doubtful price" in row["reason"]]
    assert told == sorted({window for _, window in doubted}, reverse=True)
    # What there is to doubt in the file is said whether or not an event rests on it.
    assert "1 suspicious figure (" in err and any("1 suspicious figure (" in line for line in body["notes"])
    assert ("rests on a doubtful price" in err) == bool(doubted)


def test_ordinary_prices_raise_no_doubt(run_cli, tmp_path):
    code, out, err = run_cli(*rising(tmp_path))
    assert code == 0 and err == "" and not any(row["reason"] for row in json.loads(out)["car"])


def test_an_event_date_with_an_offset_is_refused_in_one_line(run_cli, files, tmp_path):
    table = tmp_path / "zoned.csv"
    table.write_text("event_id,security,date\na,A,2020-02-24T23:00-05:00\n")
    code, out, err = run_cli("study", str(table), "--returns", files["returns"], "--market", "index")
    assert code == 2 and out == "" and "dates carry a zone (1 of 1" in err and err.count("\n") == 1


def test_a_warning_is_told_once_also_with_a_page_and_a_figure(run_cli, tmp_path):
    """Page and figure make their tables anew; what they warn of again was told, and the file of the library is nobody's business."""
    closes = pd.DataFrame({"A": 100.0 + 3 * np.arange(420.0), "index": 100.0 + np.arange(420) % 7}, index=DAYS)
    closes.to_csv(tmp_path / "prices.csv")
    (tmp_path / "events.csv").write_text(f"event_id,security,date\na,A,{DAYS[300]:%Y-%m-%d}\n")
    page, figure = tmp_path / "page.html", tmp_path / "path.png"
    words = ("study", str(tmp_path / "events.csv"), "--prices", str(tmp_path / "prices.csv"), "--market", "index")
    code, _, err = run_cli(*words, "--html", str(page), "--plot", str(figure))
    told = [line for line in err.splitlines() if "alpha alone moves CAR(0, 0)" in line]
    assert code == 0 and page.exists() and figure.exists() and len(told) == 1 and "ImpactWarning" not in err
