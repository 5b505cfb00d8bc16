"""What a command may write to: no file that it reads, unless it is told so, and no file for two things."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from impact.errors import InputError

__all__ = ["keep_apart", "spare_inputs"]

WRITTEN = ("output", "html", "plot")
"""Options that name a file to write."""
ADDED_TO = ("log", "decisions")
"""Options that name a file to add to, which is read as well."""


def keep_apart(given: Mapping[str, Any]) -> None:
    """Refuse to write two things to one file, by whatever names."""
    taken: dict[str, str] = {}
    for name in (*WRITTEN, *ADDED_TO):
        target = given.get(name)
        if not isinstance(target, str) or not target or (Path(target).exists() and not Path(target).is_file()):
            continue
        other = taken.setdefault(os.path.realpath(target), name)
        if other != name:
            raise InputError(
                f"--{other} and --{name} both name {target!r}, and one would write over the other; give each a file of its own."
            )


def spare_inputs(given: Mapping[str, Any]) -> None:
    """Refuse to write over a file that the command reads, by whatever name.

    Raises
    ------
    InputError
        If a file to write is one of those given to read, is named by a case file given to read, or stands in a folder given to read.
    """
    stated = [Path(text) for name, value in given.items() if name not in WRITTEN for text in _paths_in(value)]
    read = [path for source in stated for path in (source, *_named_by(source))]
    for name in WRITTEN:
        target = given.get(name)
        if not target or not Path(target).is_file():
            continue
        for source in read:
            same = source.is_file() and source.samefile(target)
            if same or (source.is_dir() and any(folder.samefile(source) for folder in Path(target).resolve().parents)):
                raise InputError(
                    f"--{name} {str(target)!r} would write over {str(source)!r}, which is read; choose another name, or --force."
                )


def _named_by(source: Path) -> Iterator[Path]:
    """The files and folders that a case file names, from its own folder."""
    import tomllib

    file = source / "case.toml" if source.is_dir() else source
    if file.suffix != ".toml" or not file.is_file():
        return
    try:
        sections = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # what is wrong with it is said when it is read
        return
    texts = [
        text for section in sections.values() if isinstance(section, dict) for text in section.values() if isinstance(text, str) and text
    ]
    for path in (file.parent / text for text in texts):
        with contextlib.suppress(OSError, ValueError):
            if path.exists():
                yield path


def _paths_in(value: Any) -> Iterator[str]:
    """Every existing file or folder named in the value of an option, ``NAME=FILE`` included."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _paths_in(item)
    elif isinstance(value, (str, Path)) and str(value):
        for text in (str(value), str(value).partition("=")[2]):
            try:
                if text and Path(text).exists():
                    yield text
            except (OSError, ValueError):
                continue
