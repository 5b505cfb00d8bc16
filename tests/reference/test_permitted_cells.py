"""permitted() against answers worked out by hand from the orders, the licences and OFAC's questions and answers."""

from pathlib import Path

import pandas as pd
import pytest

from impact.rules import permitted

CELLS = pd.read_csv(Path(__file__).with_name("permitted") / "cells.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("cell", CELLS.to_dict("records"), ids=lambda cell: cell["cell"])
def test_golden_cell(cell):
    answer = permitted(cell["action"], cell["security"], cell["at"], cell["investor"], cell["instrument"], cell["as_of"] or None)
    assert answer.status == cell["status"], cell["why"]
    assert cell["citation"] in answer.citation


def test_the_golden_table_is_large_and_covers_the_texts():
    assert len(CELLS) >= 367
    assert CELLS["cell"].is_unique
    cited = " ".join(CELLS["citation"])
    for text in ("FAQ 857", "FAQ 863", "FAQ 864", "FAQ 865", "FAQ 872", "FAQ 903", "FAQ 904", "FAQ 1046", "FAQ 1047", "FAQ 1048"):
        assert text in cited
    for text in ("GL 1 ", "GL 1A", "GL 1B", "GL 2", "EO 14032", "EO 13974", "doc 21"):
        assert text in cited


def test_nothing_is_allowed_or_prohibited_without_a_citation():
    for cell in CELLS.to_dict("records"):
        answer = permitted(cell["action"], cell["security"], cell["at"], cell["investor"], cell["instrument"], cell["as_of"] or None)
        if not answer.citation:
            assert answer.status in ("unknown", "not_listed")
        for ruling in answer.rulings:
            assert ruling.citation or ruling.status == "unknown"
