"""Ctrl-C at any moment of a command: it says so in one line, and what it writes is whole, as it was, or not there."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

__all__ = ["COMMANDS", "interrupt"]

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("check", "book.csv", "--as-of", "2021-11-30T12:00-05:00", "-o", "answer.json", "--html", "page.html"),
    ("study", "events.csv", "--prices", "prices.csv", "--market", "HSI", "-o", "answer.json", "--html", "page.html", "--plot", "path.png"),
    ("case", "xiaomi", "-o", "answer.json", "--html", "page.html"),
    ("relief", "xiaomi", "--as-of", "2021-03-12T16:00-05:00", "--discount", "0.3", "0.6", "-o", "answer.json", "--log", "log.jsonl"),
    ("new", "0700.HK", "--programme", "ns-cmic", "--at", "2026-11-28T16:05-05:00", "-o", "own"),
    ("data", "quality", "--prices", "prices.csv", "-o", "answer.json"),
)
OLD = '{"old": true}\n'
LOGGED = '{"made_at": "2021-03-10T12:00-05:00", "question": "q", "probability": 0.4}\n'


def _prepared(folder: Path) -> None:
    folder.mkdir()
    (folder / "book.csv").write_text("Name,ISIN,Shares,Market Value\nXiaomi,KYG9830T1067,1000,29300\n")
    (folder / "events.csv").write_text("event_id,security,date\ne1,1810.HK,2021-01-15\n")
    days = pd.bdate_range("2019-11-01", "2021-03-01")
    pd.DataFrame({"date": days, "1810.HK": [10 + day.day / 7 for day in days], "HSI": [100 + day.day / 3 for day in days]}).to_csv(
        folder / "prices.csv", index=False
    )
    (folder / "answer.json").write_text(OLD)
    (folder / "page.html").write_text("<p>old</p>")
    (folder / "log.jsonl").write_text(LOGGED)


def _half(folder: Path) -> str:
    """What is half-written in a folder, in words; empty where nothing is."""
    beside = [path.name for path in folder.rglob("*") if path.suffix == ".part"]
    if beside:
        return f"left beside: {beside[0][:40]}"
    answer, page, log = ((folder / name).read_text(encoding="utf-8") for name in ("answer.json", "page.html", "log.jsonl"))
    try:
        json.loads(answer)
        lines = [json.loads(line) for line in log.splitlines()]
    except ValueError:
        return "a half-written answer or log"
    if page != "<p>old</p>" and not page.rstrip().endswith("</html>"):
        return "a half-written page"
    if not log.startswith(LOGGED) or not 1 <= len(lines) <= 2:
        return "a log that lost a line"
    own = folder / "own"
    if own.exists() and not (own / "case.toml").exists():
        return "a half-written case folder"
    return ""


@contextmanager
def _heeding_interrupts() -> Iterator[None]:
    """What is started meanwhile heeds interrupts: a shell starts its background deaf to them, and what that starts is deaf as well."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def interrupt(folder: Path, n: int, seed: int) -> tuple[Counter[str], list[str]]:
    """`n` commands, each interrupted after a random time.

    Returns
    -------
    counts : Counter
        ``interrupted``, ``ended before``, and those that met Python before the first line of the command.
    faults : list of str
        A traceback, another exit code, more than a line said, a file that is neither old nor whole.
    """
    rng, counts, faults = random.Random(f"interrupts {seed}"), Counter[str](), []
    for number in range(n):
        words, place = COMMANDS[number % len(COMMANDS)], folder / str(number)
        _prepared(place)
        with _heeding_interrupts():
            command = subprocess.Popen(
                [sys.executable, "-m", "impact", *words], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        time.sleep(rng.uniform(0.0, 1.5) if number % 3 else rng.uniform(0.0, 12.0))
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=300)
        answered = (place / "answer.json").read_text(encoding="utf-8") != OLD
        if command.returncode in (-signal.SIGINT, 1) and not answered and "__main__.py" not in said:
            counts["before the command line"] += 1
            continue
        counts["interrupted" if command.returncode else "ended before"] += 1
        if (
            command.returncode not in (0, 130)
            or "Traceback" in said
            or (command.returncode == 130 and said.splitlines()[-1:] != ["interrupted"])
        ):
            faults.append(f"{words[0]}: exit {command.returncode}, {said.strip().splitlines()[-1:]!s:.100}")
        if half := _half(place):
            faults.append(f"{words[0]}: {half}")
    return counts, faults
