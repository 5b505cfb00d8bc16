"""Type errors by room against what is still owed: ``python -m tests.contract.typing_debt [--write]``.

mypy reads its settings from pyproject.toml. The debt of a room may fall, never rise; ``--write`` records a lower one.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

LEDGER = Path(__file__).with_name("typing_debt.csv")
ERROR = re.compile(r"^impact/([^/:]+)[^:]*:\d+: error:", re.M)


def measured() -> tuple[Counter[str], str]:
    """Errors by room, and the report of mypy."""
    run = subprocess.run([sys.executable, "-m", "mypy"], cwd=LEDGER.parents[2], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"mypy did not run: {run.stdout}{run.stderr}")
    return Counter(ERROR.findall(run.stdout)), run.stdout


def main() -> None:
    """Compare and exit 1 when a room owes more than is recorded."""
    now, report = measured()
    with LEDGER.open(encoding="utf-8", newline="") as stream:
        owed = {row["room"]: int(row["errors"]) for row in csv.DictReader(stream)}
    if "--write" in sys.argv:
        lowered = [(room, min(count, now[room])) for room, count in sorted(owed.items()) if now[room]]
        with LEDGER.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, lineterminator="\n").writerows([("room", "errors"), *lowered])
        return
    risen = {room: count for room, count in now.items() if count > owed.get(room, 0)}
    for room, count in sorted(risen.items()):
        print(f"impact/{room}: {count} type errors, {owed.get(room, 0)} owed")
        print("\n".join(line for line in report.splitlines() if line.startswith(f"impact/{room}")))
    print(f"{sum(now.values())} type errors, {sum(owed.values())} owed")
    sys.exit(bool(risen))


if __name__ == "__main__":
    main()
