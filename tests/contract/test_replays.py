"""The page of replays shows what its commands print."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "replays.md"


def test_the_page_of_replays_is_what_its_commands_print():
    spec = importlib.util.spec_from_file_location("refresh_replays", PAGE.with_name("refresh_replays.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("$ impact facts") >= 5
    assert module.refreshed(page) == page
