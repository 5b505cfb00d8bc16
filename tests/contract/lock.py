"""The versions that an installation for tests and documents takes today: ``python -m tests.contract.lock > requirements.lock``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def locked() -> list[str]:
    """One ``name==version`` a package, sorted, as pip resolves the extras; nothing is installed."""
    words = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", "-e", f"{ROOT}[test,docs]"]
    report = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=True).stdout
    packages = [row["metadata"] for row in json.loads(report)["install"]]
    return sorted(f"{row['name'].lower()}=={row['version']}" for row in packages if row["name"] != "index-exclusion-impact")


if __name__ == "__main__":
    print("# Python 3.11, Linux; written by `make lock`.")
    print("\n".join(locked()))
