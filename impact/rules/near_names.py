"""What a text that names nothing for sure may mean: proposals with their scores, for the answer about it."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from impact.rules.records import Instant
from impact.rules.vocabulary import line_key
from impact.tables.prose import decimal

__all__ = ["near_names"]

_SHOWN = 5


@lru_cache(maxsize=1024)
def near_names(security: str, as_of: Instant) -> tuple[str, ...]:
    """The lines and entities that a text may mean, best first, as sentences; a proposal is no answer."""
    from impact.facts.screening import screening_targets
    from impact.screening import resolve_line

    resolution = resolve_line(security, targets=screening_targets(as_of=as_of))
    if resolution.is_sure:
        is_other = resolution.security != line_key(security)
        near = [(resolution.entity or resolution.security, resolution.security, resolution.evidence)] if is_other else []
    else:
        rows: pd.DataFrame = resolution.proposals.head(_SHOWN)
        near = [
            (entity, line, f"{evidence}, score {decimal(score, 0)}")
            for entity, line, score, evidence in zip(rows["entity"], rows["security"], rows["score"], rows["evidence"], strict=True)
        ]
    return tuple(f"It may mean {entity} ({why}); ask by {line or entity!r}." for entity, line, why in near)
