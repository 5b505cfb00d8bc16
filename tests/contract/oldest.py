"""The stated minimum of every dependency as pip constraints: ``python -m tests.contract.oldest > FILE``."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

SETUP = Path(__file__).resolve().parents[2] / "setup.cfg"
BOUND = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?>=([0-9.]+)")


def minimums(extras: tuple[str, ...] = ("parquet", "excel", "fast", "garch", "dask", "test")) -> dict[str, str]:
    """Lowest version that setup.cfg allows, by package."""
    parser = configparser.ConfigParser()
    parser.read(SETUP, encoding="utf-8")
    wanted = parser["options"]["install_requires"] + "".join(parser["options.extras_require"][extra] for extra in extras)
    return {name.lower(): version for name, version in BOUND.findall(wanted)}


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}" for name, version in sorted(minimums().items())))
