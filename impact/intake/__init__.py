"""Every table a user brings passes here once: bytes, encoding, kind, sheets and sections, with an account of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "FORMATS": "impact.intake.formats",
    "FileFormat": "impact.intake.formats",
    "LIMITS": "impact.intake.limits",
    "Limits": "impact.intake.limits",
    "RawFile": "impact.intake.records",
    "RawSheet": "impact.intake.records",
    "RefusedRow": "impact.intake.records",
    "decode": "impact.intake.encoding",
    "read_tables": "impact.intake.reading",
}

__all__ = ["FORMATS", "LIMITS", "FileFormat", "Limits", "RawFile", "RawSheet", "RefusedRow", "decode", "read_tables"]

if TYPE_CHECKING:
    from impact.intake.encoding import decode
    from impact.intake.formats import FORMATS, FileFormat
    from impact.intake.limits import LIMITS, Limits
    from impact.intake.reading import read_tables
    from impact.intake.records import RawFile, RawSheet, RefusedRow


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
