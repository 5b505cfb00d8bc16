"""Public names that are imported on first use, so that a face of many names costs nothing to import (PEP 562)."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Later", "lazy_names"]


@dataclass(frozen=True)
class Later:
    """A function that is imported when it is first called, so that a registry of many costs nothing to read.

    Parameters
    ----------
    module, name : str
        Where the function is defined.
    """

    module: str
    name: str

    def __call__(self, *args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(self.module), self.name)(*args, **options)


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package whose names live in other modules.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    homes : mapping of name to module
        Where each public name is defined.
    """
    names = sorted(homes)

    class Face(types.ModuleType):
        """The package: a public name stays what it says, though a module of that name is imported."""

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in homes or not isinstance(value, types.ModuleType):
                super().__setattr__(name, value)

    sys.modules[package].__class__ = Face

    def __getattr__(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}; public names: {', '.join(names)}")
        value = getattr(importlib.import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:
        return names

    return __getattr__, __dir__
