"""Ways in which a file goes wrong: of its bytes, of its lines, of its cells, of its headings."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

__all__ = ["MUTATIONS", "mutated"]

CELLS = (
    "", " ", "NA", "nan", "None", "-", "--", "=1+1", "=HYPERLINK(\"x\")", "0", "-0", "1e308", "1e-320", "1e999", "inf", "-inf", "NaN", "9" * 60,
    "1,000", "1.000", "1.000,5", "1'000", "(5)", "5-", "12%", "$12", "12 K", "1.2M", "2021-13-45", "31/12/2020", "0001-01-01", "9999-12-31",
    "2262-04-12", "1677-09-20", "2021-01-14T09:30-05:00", "TRUE", "Total", "Grand Total", "#REF!", "\u202eabc", "\x00", "\x1b[31m", "ä" * 40,
    "^^5c", "'quoted'", "\"", "a,b;c\td", "<b>x</b>", "KYG9830T1067", "1810.HK", "USD", "GBp", "long", "SHORT", "\U0001f600", "１２３", "½", "一二三",
    "x" * 3000,
)  # fmt: skip
_SEPARATORS = (b",", b";", b"\t", b"|")


def _flip(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _insert(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return (
        content[:at]
        + rng.choice((b"\x00", b"\xff\xfe", b'"', b"\r", b"\n\n", b"\xef\xbb\xbf", b"\x1a", b"]]>", b"{", b"\xe2\x80\xa8"))
        + content[at:]
    )


def _repeat(content: bytes, rng: random.Random) -> bytes:
    first, last = sorted((rng.randrange(len(content) + 1), rng.randrange(len(content) + 1)))
    return content[:last] + content[first:last][:5000] + content[last:]


def _by_lines(change: Callable[[list[bytes], random.Random], list[bytes]]) -> Callable[[bytes, random.Random], bytes]:
    def mutate(content: bytes, rng: random.Random) -> bytes:
        return b"\n".join(change(content.split(b"\n"), rng))

    return mutate


def _drop_line(lines: list[bytes], rng: random.Random) -> list[bytes]:
    at = rng.randrange(len(lines))
    return lines[:at] + lines[at + 1 :]


def _double_line(lines: list[bytes], rng: random.Random) -> list[bytes]:
    at = rng.randrange(len(lines))
    return [*lines[: at + 1], *lines[at:]]


def _shuffle_lines(lines: list[bytes], rng: random.Random) -> list[bytes]:
    return rng.sample(lines, len(lines))


def _separator(lines: list[bytes]) -> bytes:
    return max(_SEPARATORS, key=lines[0].count)


def _cell(lines: list[bytes], rng: random.Random) -> list[bytes]:
    """One to four cells become something else; of the header too."""
    by, changed = _separator(lines), list(lines)
    for _ in range(rng.choice((1, 1, 2, 4))):
        row = rng.randrange(len(changed))
        cells = changed[row].split(by)
        cells[rng.randrange(len(cells))] = rng.choice(CELLS).encode("utf-8", "surrogatepass")
        changed[row] = by.join(cells)
    return changed


def _column(lines: list[bytes], rng: random.Random) -> list[bytes]:
    """A column is left out, given twice, moved to the end, or holds one thing throughout."""
    by = _separator(lines)
    at, how, fill = rng.randrange(lines[0].count(by) + 1), rng.choice("dtmf"), rng.choice(CELLS).encode("utf-8", "surrogatepass")
    changed = []
    for line in lines:
        cells = line.split(by)
        if at < len(cells):
            own = cells.pop(at)
            if how == "t":
                cells[at:at] = [own, own]
            elif how == "m":
                cells.append(own)
            elif how == "f":
                cells.insert(at, own if line is lines[0] else fill)
        changed.append(by.join(cells))
    return changed


def _swap_cells(lines: list[bytes], rng: random.Random) -> list[bytes]:
    by, changed = _separator(lines), list(lines)
    row = rng.randrange(len(changed))
    cells = changed[row].split(by)
    rng.shuffle(cells)
    changed[row] = by.join(cells)
    return changed


def _preamble(lines: list[bytes], rng: random.Random) -> list[bytes]:
    return [
        rng.choice((b"Report", b"As of 31/12/2020", b"", b"Currency: GBP", b"Units: thousands", b"Total,,,"))
        for _ in range(rng.randrange(1, 5))
    ] + lines


def _other_encoding(content: bytes, rng: random.Random) -> bytes:
    try:
        return content.decode("utf-8").encode(
            rng.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "shift_jis", "gbk", "utf-32")), errors="replace"
        )
    except UnicodeDecodeError:
        return _flip(content, rng)


def _gzipped(content: bytes, rng: random.Random) -> bytes:
    packed = gzip.compress(content)
    return packed if rng.random() < 0.5 else packed[: rng.randrange(len(packed))]


def _line_ends(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\r\n")))


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip, _cut, _insert, _repeat, _by_lines(_drop_line), _by_lines(_double_line), _by_lines(_shuffle_lines), _by_lines(_cell),
    _by_lines(_cell), _by_lines(_cell), _by_lines(_column), _by_lines(_column), _by_lines(_swap_cells), _by_lines(_preamble), _other_encoding,
    _gzipped, _line_ends,
)  # fmt: skip


def mutated(content: bytes, rng: random.Random) -> bytes:
    """`content` after one to three mutations."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        content = rng.choice(MUTATIONS)(content, rng)
    return content
