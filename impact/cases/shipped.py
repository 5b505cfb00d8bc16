"""The cases that ship with the package: files in the format that a user writes."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from impact.cases.case_file import StatedCase, read_case
from impact.cases.definition import CaseDefinition
from impact.errors import InputError

__all__ = ["case_definition", "case_names", "case_text", "define_case"]

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


def case_definition(name: str | Path, stated: StatedCase | None = None) -> CaseDefinition:
    """What a name that ships, a case file or its folder says, before any price is read.

    Raises
    ------
    InputError
        If there is no such case, or fields are stated beside the name.
    """
    if stated:
        raise InputError(
            f"case={str(name)!r} is named and {', '.join(stated)} stated as well; give a name or a file, or the fields of a case of your own."
        )
    if isinstance(name, str) and name in case_names():
        return define_case(name)
    if Path(name).exists():
        return read_case(name)
    return define_case(str(name))


def case_text(name: str) -> str:
    """The file of a case that ships, to start one of your own from."""
    return resources.files("impact.data").joinpath("cases", name + ENDING).read_text(encoding="utf-8")


@cache
def _read(name: str) -> CaseDefinition:
    """A definition is frozen, so one reading of its file serves everybody."""
    with resources.as_file(resources.files("impact.data").joinpath("cases", name + ENDING)) as path:
        return read_case(Path(path))
