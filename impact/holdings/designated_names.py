"""Whether a text begins with the name of something designated: what is called so is read as a position, whatever its figures."""

from __future__ import annotations

from functools import lru_cache

from impact.bundled import read_bundled
from impact.facts.names import core_name

__all__ = ["begins_with_designated"]

_SHORTEST = 4
"""Letters of a name that tells a firm; shorter ones begin other words too often."""


@lru_cache(maxsize=1)
def _designated_cores() -> frozenset[str]:
    names = [*read_bundled("designation_names")["name"], *read_bundled("aliases")["alias"]]
    return frozenset(core for name in names if len(core := core_name(name)) >= _SHORTEST)


@lru_cache(maxsize=1 << 12)
def begins_with_designated(text: str) -> bool:
    """Whether the first words of a text are a name, or another name, of a designated firm.

    Examples
    --------
    >>> [begins_with_designated(text) for text in ("Xiaomi Corporation Private Placement", "Information Technology", "Apple")]
    [True, False, False]
    """
    words = text.split()
    return any(core_name(" ".join(words[:n])) in _designated_cores() for n in range(1, len(words) + 1))
