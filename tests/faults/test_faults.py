"""The standing attack in its short form, and every input that once broke a reader; `make faults` runs the long one."""

import io
import zipfile
from collections import Counter

import pytest

from tests.faults.answers import answer_badly
from tests.faults.campaign import attack, attempt, kept_faults, replay
from tests.faults.interrupts import interrupt
from tests.faults.pages import PAYLOADS, inject, wrong_markup
from tests.faults.readers import READERS
from tests.faults.seeds import SAMPLES, seeds_of
from tests.faults.store import corrupt, kill


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_every_seed_is_read(reader):
    """An attack on files that are refused to begin with would show nothing."""
    assert [attempt(reader, seed) for seed in seeds_of(reader.name)] == ["read"] * len(seeds_of(reader.name))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_the_same_seed_gives_the_same_inputs_at_any_hour(reader):
    """Archives bear the time of their making, and the course of the mutations hangs on every byte."""
    for seed in seeds_of(reader.name):
        for name, content in seed.items():
            if content.startswith(b"PK") and not (SAMPLES / name).exists():
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
                    clocks = [
                        archive.read(name).count(b"1980-01-01T00:00:00Z") for name in archive.namelist() if name == "docProps/core.xml"
                    ]
                    assert all(n == 2 for n in clocks)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_no_mutated_file_breaks_a_reader(reader):
    outcome = attack(reader, 15 * reader.weight, 7)
    assert [told for told, _ in outcome.faults] == []
    assert outcome.counts["read"] and outcome.counts["refused"]


@pytest.mark.parametrize(("reader", "folder"), [pytest.param(*kept, id=f"{kept[0].name}-{kept[1].name}") for kept in kept_faults()])
def test_what_once_broke_a_reader_breaks_it_no_more(reader, folder):
    assert replay(reader, folder) in ("read", "refused")


@pytest.mark.parametrize(
    ("harm", "n", "outcomes"), [(corrupt, 40, {"whole", "refused"}), (kill, 8, {"killed"}), (answer_badly, 40, {"kept", "refused"})]
)
def test_the_store_gives_out_what_was_written(tmp_path, harm, n, outcomes):
    counts, faults = harm(tmp_path, n, 7)
    assert Counter(faults) == Counter()
    assert outcomes <= {outcome for outcome, count in counts.items() if count}


def test_no_text_becomes_markup(tmp_path):
    counts, faults = inject(tmp_path, len(PAYLOADS) + 20, 7, opened=False)
    assert faults == [] and counts["pages read"] == 3


def test_wrong_markup_is_seen(tmp_path):
    """A search that finds nothing anywhere would show nothing."""
    page = tmp_path / "wrong.html"
    for text in PAYLOADS[1:4]:
        page.write_text(f"<html><head><meta http-equiv='Content-Security-Policy'></head><body>{text}</body></html>", encoding="utf-8")
        assert any("onerror" in fault or "onload" in fault for fault in wrong_markup(page))


def test_an_interrupt_leaves_nothing_half_written(tmp_path):
    counts, faults = interrupt(tmp_path, 6, 7)
    assert faults == [] and counts.total() == 6 and counts["ended before"] < 6  # an attack that nothing feels shows nothing
