"""Mutated inputs at the readers, with a limit of time and memory, each outcome counted and each fault kept with its input."""

from __future__ import annotations

import contextlib
import hashlib
import random
import resource
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from impact.errors import ImpactError
from tests.faults.mutations import mutated
from tests.faults.readers import READERS, Reader
from tests.faults.seeds import Seed, seeds_of

__all__ = ["CORPUS", "Outcome", "attack", "kept_faults", "replay"]

CORPUS = Path(__file__).parent / "corpus"
"""Inputs that once broke a reader: a folder a reader, in it a folder an input; each is tried again with every run."""
SECONDS, MEGABYTES = 10, 1000
"""Of the processor, so that a busy machine makes no fault; of memory."""


@dataclass(kw_only=True)
class Outcome:
    """What came of the inputs of one reader: counts by kind, and the inputs of the faults with what happened."""

    reader: str
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, Seed]] = field(default_factory=list)
    slowest: float = 0.0

    def merged(self, other: Outcome) -> Outcome:
        """Both together."""
        return Outcome(
            reader=self.reader,
            counts=self.counts + other.counts,
            faults=self.faults + other.faults,
            slowest=max(self.slowest, other.slowest),
        )


class _TookTooLong(BaseException):
    """Outside Exception, so that no reader can catch it."""


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _TookTooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _peak_kilobytes() -> int:
    """The most memory that this process has held, counted anew from now where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def attempt(reader: Reader, seed: Seed) -> str:
    """``read``, ``refused``, or what went wrong, for one input."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in seed.items():
            (Path(folder) / name).write_bytes(content)
        path = Path(folder) if len(seed) > 1 else Path(folder) / next(iter(seed))
        before = _peak_kilobytes()
        try:
            with _at_most(SECONDS), warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", ResourceWarning)
                reader.holds(reader.read(path), path)
            told = "read"
        except ImpactError as error:
            told = "refused" if str(error).strip() and "\n" not in str(error) else f"the refusal is no line: {str(error)[:80]!r}"
        except _TookTooLong:
            return f"over {SECONDS} s"
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:120]}"
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        return told if grown <= MEGABYTES else f"over {MEGABYTES} MB"


def attack(reader: Reader, n: int, seed: int, progress: Callable[[], None] = lambda: None) -> Outcome:
    """`n` mutated inputs of one reader; the same `seed` gives the same inputs."""
    rng, outcome = random.Random(f"{reader.name} {seed}"), Outcome(reader=reader.name)
    for _ in range(n):
        whole = dict(rng.choice(seeds_of(reader.name)))
        member = rng.choice(sorted(whole))
        whole[member] = mutated(whole[member], rng)
        start = time.process_time()
        told = attempt(reader, whole)
        outcome.slowest = max(outcome.slowest, time.process_time() - start)
        outcome.counts[told if told in ("read", "refused") else "fault"] += 1
        if told not in ("read", "refused"):
            outcome.faults.append((told, whole))
        progress()
    return outcome


def keep(outcome: Outcome) -> None:
    """Put the input of each kind of fault into the corpus."""
    for told, seed in dict(outcome.faults).items():
        folder = CORPUS / outcome.reader / hashlib.sha256(told.encode()).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seed.items():
            (folder / name).write_bytes(content)


def kept_faults() -> list[tuple[Reader, Path]]:
    """Every input of the corpus, with its reader."""
    return [(reader, folder) for reader in READERS for folder in sorted((CORPUS / reader.name).glob("*"))]


def replay(reader: Reader, folder: Path) -> str:
    """What comes of one input of the corpus today."""
    return attempt(reader, {path.name: path.read_bytes() for path in sorted(folder.iterdir())})
