"""Where a figure or a fact comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Source", "unique_sources"]


@dataclass(frozen=True, kw_only=True, order=True)
class Source:
    """One citable origin of a figure, a fact or a formula.

    Parameters
    ----------
    title : str
        What a reader would cite: a document, a file, a paper.
    retrieved : str, optional
        ISO date on which the figure was taken from it; empty when not known.
    basis : str, optional
        On what basis the project may use it ("facts", "US government work", "user file").
    confidence : {"A", "B", "C", ""}
        A: seen in a public copy; B: own knowledge, sure; C: unsure, verify before use; empty: not graded.
    url : str, optional
        Public address, when there is a stable one.
    known_on : str, optional
        ISO date on which the fact was public, of an answer as of an instant: a document that tells of it may be later.

    Examples
    --------
    >>> str(Source(title="EO 13959, 85 FR 73185", confidence="A"))
    'EO 13959, 85 FR 73185 [A]'
    """

    title: str
    retrieved: str = ""
    basis: str = ""
    confidence: str = ""
    url: str = ""
    known_on: str = ""

    def __str__(self) -> str:
        retrieved = f", retrieved {self.retrieved}" if self.retrieved else ""
        grade = f" [{self.confidence}]" if self.confidence else ""
        known = f", of a fact public on {self.known_on}" if self.known_on else ""
        return f"{self.title}{retrieved}{grade}{known}"


def unique_sources(*groups: Iterable[Source]) -> tuple[Source, ...]:
    """All sources of several groups, each once, in the order first met."""
    return tuple(dict.fromkeys(source for group in groups for source in group))
