"""The same question gives the same bytes, whatever the time zone, the hash seed, the threads and the locale."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

SETTINGS = (
    {"TZ": "UTC", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C"},
    {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "4711", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "LC_ALL": "de_DE.UTF-8"},
    {"TZ": "America/St_Johns", "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "LC_ALL": "tr_TR.UTF-8"},
)
COMMANDS = {
    "check": ("check", "book.csv", "--as-of", "2021-11-30T12:00-05:00", "--html", "page.html", "-o", "answer.json"),
    "study": ("study", "events.csv", "--prices", "prices.csv", "--market", "HSI", "--html", "page.html", "-o", "answer.json"),
    "workbook": ("check", "book.csv", "--as-of", "2021-11-30T12:00-05:00", "-o", "answer.xlsx"),
    "case": ("case", "xiaomi", "--html", "page.html", "-o", "answer.json"),
}


@pytest.mark.parametrize("name", ["check", "study", "workbook", pytest.param("case", marks=pytest.mark.slow)])
def test_two_runs_give_the_same_bytes(tmp_path, name):
    (tmp_path / "book.csv").write_text(
        "Name,ISIN,Shares,Market Value\nXiaomi,KYG9830T1067,1000,29300\nChina Mobile,HK0941009539,5,100\nHikvision Digital,,7,70\n"
    )
    (tmp_path / "events.csv").write_text("event_id,security,date\ne1,1810.HK,2021-01-15\ne2,0763.HK,2021-01-15\n")
    days = pd.bdate_range("2019-11-01", "2021-03-01")
    moved = {"1810.HK": 7, "0763.HK": 5, "HSI": 3}
    pd.DataFrame({"date": days} | {line: [100 + (day.day_of_year * step) % 17 for day in days] for line, step in moved.items()}).to_csv(
        tmp_path / "prices.csv", index=False
    )
    written = []
    for setting in SETTINGS[: 3 if name != "case" else 2]:
        words = [sys.executable, "-m", "impact", *COMMANDS[name]]
        subprocess.run(words, cwd=tmp_path, env={**os.environ, **setting}, check=True, capture_output=True)
        answers = [tmp_path / file for file in ("answer.json", "answer.xlsx", "page.html") if (tmp_path / file).exists()]
        written.append({answer.name: answer.read_bytes() for answer in answers})
        for answer in answers:
            answer.unlink()
    assert written[0] and all(other == written[0] for other in written[1:])
