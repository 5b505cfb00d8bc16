"""The stated minimum of every dependency as pip constraints: ``python -m tests.contract.oldest > FILE``."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

SETUP = Path(__file__).resolve().parents[2] / "setup.cfg"
BOUND = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?>=([0-9.]+)")


def minimums() -> dict[str, str]:
    """Lowest version that setup.cfg allows, by package: of the base install, of the tests, and of the extras that they name."""
    parser = configparser.ConfigParser()
    parser.read(SETUP, encoding="utf-8")
    extras = parser["options.extras_require"]
    named = re.search(rf"{parser['metadata']['name']}\[(.+)\]", extras["test"])
    wanted = [parser["options"]["install_requires"], extras["test"], *(extras[extra] for extra in (named[1].split(",") if named else ()))]
    return {name.lower(): version for name, version in BOUND.findall("\n".join(wanted))}


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}" for name, version in sorted(minimums().items())))
