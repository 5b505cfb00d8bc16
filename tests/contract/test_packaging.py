"""What is installed is what setup.cfg says, and nothing is left out of it."""

import configparser
from pathlib import Path

from tests.contract.oldest import minimums

ROOT = Path(__file__).resolve().parents[2]


def test_every_package_is_listed_in_setup_cfg():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(parser["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "impact").rglob("__init__.py")} | {"impact.data"}
    assert listed == found


def test_every_requirement_has_a_lowest_version():
    """Each package of the base install, of the tests and of the extras that they name is in the constraints of ``make test-oldest``."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    lowest = minimums()
    assert {"numpy", "pandas", "lxml", "pyarrow", "numba", "arch", "distributed", "hypothesis"} <= set(lowest)
    assert all(f"{version}" in text for version in lowest.values())


def test_every_licence_is_listed_as_its_package_says():
    """The page names the packages of the base install and of the extras that a user installs, each with the licence of its metadata."""
    from importlib.metadata import metadata

    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = parser["options.extras_require"]
    wanted = [parser["options"]["install_requires"], *(extras[name] for name in ("parquet", "twelvedata", "fast", "garch", "dask"))]
    packages = {line.split(">=")[0].split("[")[0] for line in "\n".join(wanted).split()}
    rows = [line.strip("| ").split(" | ") for line in (ROOT / "docs" / "licences.md").read_text().splitlines() if line.startswith("| ")][1:]
    listed = {name.split(" ")[0]: licence.strip("*") for names, licence, _ in rows for name in names.split(", ")}
    assert set(listed) == packages
    for name, licence in listed.items():
        about = metadata(name)
        told = " ".join([about.get("License-Expression") or "", about.get("License") or "", *(about.get_all("Classifier") or [])])
        assert licence.split("-")[0].split(" ")[0].casefold() in told.casefold(), (name, licence)


def test_the_readme_names_every_extra_and_no_other():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    (line,) = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("Extras: ")]
    assert set(line.split("`")[1::2]) == set(parser["options.extras_require"])


def test_ci_runs_the_readme_test_command():
    assert {"make check", "make test"} <= set((ROOT / ".ci" / "run").read_text().splitlines())
    assert "make test" in (ROOT / "README.md").read_text()


def test_no_file_names_a_folder_of_some_machine():
    import re

    pattern = re.compile(r"(?<![\w.])/(?:tmp|work|root|home)/")
    endings = {".py", ".md", ".cfg", ".toml", ".csv", ".ipynb"}
    guilty = [
        path.relative_to(ROOT).as_posix()
        for folder in ("impact", "data", "docs", "notebooks")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in endings and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_the_version_stands_once_and_the_package_runs_as_a_module():
    import subprocess
    import sys

    import impact

    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    assert parser["metadata"]["version"] == "attr: impact.__version__"
    shown = subprocess.run([sys.executable, "-m", "impact", "--version"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout == f"impact {impact.__version__}\n"
