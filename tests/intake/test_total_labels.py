"""The quick answer on labels of totals is the one of their readings."""

from __future__ import annotations

import pytest

from impact.bundled import read_bundled
from impact.intake.headings import heading_key, heading_readings, is_total_label

BESIDE = ("USD", "(USD)", "in thousands", "EUR m", "SE", "Apple", "1,234", "-", ":", "US$", "Fund", "%", "|x", "/ x")
LABELS = tuple(read_bundled("total_labels")["label"])


def by_readings(text: str) -> bool:
    labels = {heading_key(label) for label in LABELS}
    return any(reading in labels for reading in heading_readings(text.strip(" :-*.=")))


@pytest.mark.parametrize("beside", BESIDE)
def test_a_cell_is_a_total_as_its_readings_say(beside):
    for label in (*LABELS, "Apple Inc", "TotalEnergies", "Summit Holdings", "Net Lease"):
        first, *others = label.split()
        for text in (label, f"{label} {beside}", f"{beside} {label}", f"{label.title()}\n{beside}", " ".join((first, beside, *others))):
            assert is_total_label(text) is by_readings(text), text
