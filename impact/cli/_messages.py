"""What a command says beside its answer: on stderr, one line each, whatever a file's name or a cell holds."""

from __future__ import annotations

import click

__all__ = ["inert", "tell"]


def inert(text: str) -> str:
    """`text` without what a terminal would carry out."""
    from impact.tables.text import neutralise

    return neutralise(text, "terminal")


def tell(text: str) -> None:
    """`text` as one line on stderr."""
    click.echo(inert(text), err=True)
