"""Docstrings as the site shows them: cross-reference roles as plain code, and for each name its own default."""

from __future__ import annotations

import re
from typing import Any

from griffe import DocstringSectionKind, Extension, Function, Object

__all__ = ["PlainRoles"]

ROLE = re.compile(r":(?:py:)?(?:func|class|meth|data|attr|mod|exc):`~?([^`]+)`")


class PlainRoles(Extension):
    """Turn ``:func:`name``` into ``name`` as code; give parameters documented together the default each has."""

    def on_object(self, *, obj: Object, **kwargs: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring is not None:
            obj.docstring.value = ROLE.sub(r"`\1`", obj.docstring.value)

    def on_function(self, *, func: Function, **kwargs: Any) -> None:
        """Set the defaults of one function from its signature."""
        if func.docstring is None:
            return
        for section in func.docstring.parsed:
            if section.kind is DocstringSectionKind.parameters:
                for parameter in section.value:
                    if parameter.name in func.parameters:
                        parameter.value = func.parameters[parameter.name].default
