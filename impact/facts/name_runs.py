"""Names within longer ones: where all that tells a listed name stands, word by word, in the name asked, or the other way round.

``Blah AG (ex-Qorvex Corp)``, ``Blah trading as Qorvex`` and ``QORVEX PFD`` hold ``Qorvex``, whatever stands around it; ``C N O O C`` is
``CNOOC`` whatever its blanks. A name of one word, or of common words alone, is told from the beginning of another one
(``Apple``, ``Apple Hospitality``) by what stands beside it: a mark, a legal form, a word for shares or the end of the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from impact.facts.name_words import name_words
from impact.facts.names import COMMON_WORDS, PLACES, SPELLINGS, STOP_WORDS, core_words, unspelled_words
from impact.facts.names_within import BEFORE_ANOTHER
from impact.facts.other_scripts import is_same_elsewhere, telling_letters

__all__ = ["NameRuns"]

_SCORE = 85.0
"""What a name scores that holds a listed one, or is held by it."""
_LEAST_CLOSED, _LEAST_LETTERS = 5, 3
"""Letters that a name has at least which is met whatever its blanks, and one that is met as a word."""
_BESIDE = frozenset(("THE", "AND", "OF", "HOLDING", "HOLDINGS", "HLDG", "HLDGS", "GROUP", "GRP", "AMERICAN", "AMER"))
"""Words that tell nobody, and of which none ends a name."""
_QUOTES = "'`’‘"
_JOINING = f" .&-+{_QUOTES}"
"""Signs that stand inside a name; all others end one."""


@dataclass(frozen=True, kw_only=True)
class _Sequence:
    """The words of a name in their order, and before which of them, and behind the last, another name may begin: (n + 1,)."""

    words: tuple[str, ...]
    ends: tuple[bool, ...]

    @property
    def telling(self) -> bool:
        return any(len(word) >= _LEAST_LETTERS and word not in COMMON_WORDS and word not in name_words("trade") for word in self.words)


@dataclass(frozen=True, eq=False, kw_only=True)
class NameRuns:
    """The names of a list by the runs of words that they are.

    Parameters
    ----------
    listed : list of _Sequence
        The telling words of each listed name.
    part : list of bool
        Names that are a part of another one.
    closed : mapping of str to list of int
        Rows whose words, written as one, are that word.
    by_word : mapping of str to list of int
        Rows that hold a word.
    elsewhere : mapping of str to list of int
        Rows whose name has that part in another script.
    """

    listed: Sequence[_Sequence]
    part: Sequence[bool]
    closed: Mapping[str, Sequence[int]]
    by_word: Mapping[str, Sequence[int]]
    elsewhere: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, names: pd.DataFrame) -> NameRuns:
        """The runs of a table with columns name and kind."""
        listed, closed, by_word, elsewhere = [], defaultdict(list), defaultdict(list), defaultdict(list)
        for row, name in enumerate(names["name"]):
            whole, telling = _sequences(name)
            told = core_words(name)
            for words in {tuple(told), whole.words, tuple(word for word in whole.words if SPELLINGS.get(word, word) in told)}:
                closed["".join(words)].append(row)
            for word in set(telling.words):
                by_word[word].append(row)
            for letters in telling_letters(name):
                elsewhere[letters].append(row)
            listed.append(telling)
        part = (names["kind"] == "part").tolist()
        return cls(listed=listed, part=part, closed=dict(closed), by_word=dict(by_word), elsewhere=dict(elsewhere))

    def propose(self, names: Mapping[int, object]) -> pd.DataFrame:
        """Pairs of a name asked, by its position, and a listed one of which one holds the other: position, row, score."""
        pairs = []
        for position, name in names.items():
            whole, telling = _sequences(name)
            rows = self._held_by(whole, closed=True) | self._held_by(telling, closed=False) | self._holding(telling)
            rows |= {
                row
                for letters in telling_letters(name)
                for same, of in self.elsewhere.items()
                if is_same_elsewhere(letters, same)
                for row in of
            }
            pairs += [(position, row, _SCORE) for row in sorted(rows)]
        return pd.DataFrame(pairs, columns=["position", "row", "score"])

    def _held_by(self, asked: _Sequence, *, closed: bool) -> set[int]:
        """Rows that stand in a name as a run of its words."""
        rows: set[int] = set()
        n = len(asked.words)
        for first in range(n):
            run = ""
            for last in range(first + 1, n + 1):
                run += asked.words[last - 1]
                if len(run) < (_LEAST_CLOSED if closed and last - first > 1 else _LEAST_LETTERS):
                    continue
                rows.update(row for row in self.closed.get(run, ()) if self._stands(row, asked, first, last))
        return rows

    def _stands(self, row: int, asked: _Sequence, first: int, last: int) -> bool:
        """Whether a listed name that is a run of words of another one is more than the beginning of that, or common words of it."""
        if first == 0 and last == len(asked.words):
            return True
        listed, told_apart = self.listed[row], asked.ends[first] and asked.ends[last]
        if len(listed.words) > 1 and listed.telling:
            return True
        if self.part[row] or set(listed.words) <= PLACES:
            return False
        if listed.telling:
            return first > 0 or asked.ends[last]
        return told_apart and len(listed.words) > 1

    def _holding(self, asked: _Sequence) -> set[int]:
        """Rows that hold all that tells a name as a run of their words."""
        if not asked.words:
            return set()
        rarest = min(asked.words, key=lambda word: len(self.by_word.get(word, ())))
        return {row for row in self.by_word.get(rarest, ()) if _holds(self.listed[row], asked)}


def _holds(listed: _Sequence, asked: _Sequence) -> bool:
    n = len(asked.words)
    for first in range(len(listed.words) - n + 1):
        if listed.words[first : first + n] != asked.words:
            continue
        if n > 1 and asked.telling:
            return True
        if listed.ends[first + n] and listed.ends[first] and first and (n > 1 or asked.telling):
            return True
    return False


@cache
def _ends() -> frozenset[str]:
    """Words of which each ends a name: legal forms, kinds of shares, and those before another name."""
    return frozenset(word for word in STOP_WORDS - _BESIDE if len(word) > 1) | name_words("share") | BEFORE_ANOTHER | {"ON"}


def _sequences(name: object) -> tuple[_Sequence, _Sequence]:
    """All words of a name as they are written, and those that tell who it is, each in one spelling."""
    whole: list[str] = []
    telling: list[str] = []
    ends, every = {0: True}, {0: True}
    for segment in _segments(name):
        for word in unspelled_words(segment):
            spelled = SPELLINGS.get(word, word)
            whole.append(word)
            if word in _ends() or spelled in _ends():
                ends[len(telling)] = every[len(whole) - 1] = every[len(whole)] = True
            elif spelled not in STOP_WORDS:
                if word.isdigit() or word in name_words("security"):  # a rate, a year, a bond
                    ends[len(telling)] = every[len(whole) - 1] = True
                telling.append(spelled)
        ends[len(telling)] = every[len(whole)] = True
    return _with_ends(whole, every), _with_ends(telling, ends)


def _with_ends(words: Sequence[str], at: Mapping[int, bool]) -> _Sequence:
    return _Sequence(words=tuple(words), ends=tuple(at.get(place, False) for place in range(len(words) + 1)))


def _segments(name: object) -> list[str]:
    """What stands between the marks of a name."""
    if not isinstance(name, str):
        return []
    spaced = f" {name} ".replace(" - ", " ; ")
    for quote in _QUOTES:  # beside a blank it is no apostrophe
        spaced = spaced.replace(f" {quote}", " ;").replace(f"{quote} ", "; ")
    return "".join(sign if sign.isalnum() or sign in _JOINING else ";" for sign in spaced).split(";")
