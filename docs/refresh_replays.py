"""Write anew the output below every command of replays.md: ``python docs/refresh_replays.py``."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

from impact.cli import main

PAGE = Path(__file__).with_name("replays.md")
BLOCK = re.compile(r"```console\n\$ impact (?P<words>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)


def output_of(words: str) -> str:
    """What the command prints on stdout, without spaces at line ends."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main(shlex.split(words))
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def refreshed(page: str) -> str:
    """The page with every block's output replaced by what its command prints now."""
    return BLOCK.sub(lambda block: f"```console\n$ impact {block['words']}\n{output_of(block['words'])}```", page)


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
