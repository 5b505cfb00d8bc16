"""The cases that ship with the package: files in the format that a user writes."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from impact.cases.case_file import read_case
from impact.cases.definition import CaseDefinition
from impact.errors import InputError

__all__ = ["case_names", "case_text", "define_case"]

ENDING = ".toml"


def case_names() -> list[str]:
    """Names of the cases that ship with the package."""
    folder = resources.files("impact.data").joinpath("cases")
    return sorted(entry.name.removesuffix(ENDING) for entry in folder.iterdir() if entry.name.endswith(ENDING))


def define_case(name: str) -> CaseDefinition:
    """The definition of one case that ships with the package.

    Raises
    ------
    InputError
        If there is no case of that name.
    """
    if name not in case_names():
        raise InputError(
            f"case={name!r} is not known; choose one of: {', '.join(case_names())}; or give a case file, which `impact new` writes."
        )
    return _read(name)


def case_text(name: str) -> str:
    """The file of a case that ships, to start one of your own from."""
    return resources.files("impact.data").joinpath("cases", name + ENDING).read_text(encoding="utf-8")


@cache
def _read(name: str) -> CaseDefinition:
    """A definition is frozen, so one reading of its file serves everybody."""
    with resources.as_file(resources.files("impact.data").joinpath("cases", name + ENDING)) as path:
        return read_case(Path(path))
