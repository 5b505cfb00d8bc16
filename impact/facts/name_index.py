"""Which listed names a name could be.

A name proposes and never confirms. Scores are ``token_sort_ratio`` of rapidfuzz on the words that remain; partial and
set scorers are not used, because they give 86 to 100 to unrelated companies that share words such as CHINA or RAILWAY.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.facts.name_runs import NameRuns
from impact.facts.name_words import name_words
from impact.facts.names import COMMON_WORDS, CUT_AT, core_words, distinctive_words, is_acronym
from impact.typing_ import BoolArray

__all__ = ["NameIndex"]

_PART_SCORE = 80.0
_SHORT_FORM_SCORE = 85.0
_COUNTRIES = frozenset(("CHINA", "PRC", "RUSSIA", "RUSSIAN", "ROSSII", "FEDERATION", "HONG", "KONG", "HK"))


@dataclass(frozen=True, eq=False, kw_only=True)
class NameIndex:
    """The names of listed entities, prepared for comparison.

    Parameters
    ----------
    names : DataFrame
        target (position of the entity, int), name, kind (primary, aka, fka, issuer, alias, unit, part); names without a core are left out.
    cores : list of str
        Core name of each row.
    by_word : mapping of str to array of int
        Rows whose name has a distinctive word.
    vocabulary : list of str
        Every word of the names.
    exact : array of bool
        Rows that must be met whole: vendors' short forms and acronyms.
    runs : NameRuns
        The same rows, as runs of words in longer names.
    """

    names: pd.DataFrame
    cores: Sequence[str]
    by_word: Mapping[str, np.ndarray]
    vocabulary: Sequence[str]
    exact: BoolArray
    runs: NameRuns

    @classmethod
    def of(cls, names: pd.DataFrame) -> NameIndex:
        """The index of a table with columns target, name, kind."""
        missing = [column for column in ("target", "name", "kind") if column not in names]
        if missing:
            raise InputError(f"names has no column {missing[0]!r} ({len(missing)} missing); give target, name and kind.")
        words = [core_words(name) for name in names["name"]]
        kept = [bool(row) for row in words]
        words = [row for row in words if row]
        cores = [" ".join(sorted(row)) for row in words]
        exact = [kind in ("alias", "unit") or is_acronym(core) for kind, core in zip(names["kind"][kept], cores, strict=True)]
        rows_of = defaultdict(list)
        for row, row_words in enumerate(words):
            for word in distinctive_words(row_words):
                rows_of[word].append(row)
        return cls(
            names=names[["target", "name", "kind"]][kept].reset_index(drop=True),
            cores=cores,
            by_word={word: np.array(rows) for word, rows in rows_of.items()},
            vocabulary=sorted({word for row in words for word in row}),
            exact=np.array(exact, dtype=bool),
            runs=NameRuns.of(names[kept]),
        )

    def propose(self, names: Sequence[object], *, review: float = 80.0, at_most: int = 5) -> pd.DataFrame:
        """Which entities each name could be.

        Parameters
        ----------
        names : sequence of text
            Names as a holdings file prints them; pass each distinct name once.
        review : float
            Lowest score, 0 to 100, that is proposed at all.
        at_most : int
            Entities proposed for one name, those with the best scores; more only where more share the best one.

        Returns
        -------
        DataFrame
            position (of the name given), target, listed_name, kind, score: best name of each target, best first.

        Notes
        -----
        A pair is scored only when both names share a distinctive word. A last word that a file has cut off is completed
        when exactly one word of the list begins with it. A name of two words or more, one of them of no trade or place, all of which a
        listed name holds too (in any order, perhaps shortened), is proposed with the lowest score: a short form, seen as one. So is,
        a little higher, a name that tells the same but for common words of the listed one (RUSAL, UC RUSAL: United Company RUSAL).
        So is a name that holds a listed one as a run of its words, or is held by one, whatever its blanks (:mod:`impact.facts.name_runs`).
        A name with brackets is asked without them too, and by what they hold, which alone is never a strong proposal.
        """
        spelled = [(position, name, most) for position, given in enumerate(names) for name, most in _bracket_variants(given)]
        asked = [self._completed(core_words(name), len(str(name))) for _, name, _ in spelled]
        scored = []
        positions = [position for position, words in enumerate(asked) if any(word in self.by_word for word in distinctive_words(words))]
        for start in range(0, len(positions), 2000):
            scored.append(self._scored(positions[start : start + 2000], asked, review))
        scored.append(self.runs.propose({place: name for place, (_, name, most) in enumerate(spelled) if most == _WHOLE}))
        pairs = pd.concat(scored, ignore_index=True)
        pairs = pairs.astype({"position": np.int64, "row": np.int64, "score": np.float64})
        place, most = (np.array([variant[part] for variant in spelled], dtype=np.float64) for part in (0, 2))
        variant = pairs["position"].to_numpy()
        pairs = pairs.assign(position=place[variant].astype(np.int64), score=np.minimum(pairs["score"], most[variant]))
        listed = self.names.iloc[pairs["row"]].reset_index(drop=True)
        table = pairs.drop(columns="row").assign(target=listed["target"], listed_name=listed["name"], kind=listed["kind"])
        table = table.sort_values(["position", "score"], ascending=[True, False], kind="stable").drop_duplicates(["position", "target"])
        # Several lists may bear one name: of those that fit best none is left out.
        best = table["score"] == table.groupby("position")["score"].transform("max")
        table = table[(table.groupby("position").cumcount() < at_most) | best]
        return table[["position", "target", "listed_name", "kind", "score"]].reset_index(drop=True)

    def _completed(self, words: list[str], length: int) -> list[str]:
        if length < CUT_AT or not words or len(words[-1]) < 4 or words[-1] in self.vocabulary:
            return words
        whole = [word for word in self.vocabulary if word.startswith(words[-1])]
        return [*words[:-1], whole[0]] if len(whole) == 1 else words

    def _scored(self, positions: list[int], asked: list[list[str]], review: float) -> pd.DataFrame:
        from rapidfuzz import fuzz, process

        cores = [" ".join(sorted(asked[position])) for position in positions]
        shares = np.zeros((len(positions), len(self.cores)), dtype=bool)
        for place, position in enumerate(positions):
            for word in distinctive_words(asked[position]):
                if word in self.by_word:
                    shares[place, self.by_word[word]] = True
        # Both sides are sorted words already, so the plain ratio is the token_sort_ratio. Vendors' short forms and acronyms
        # stand for a name whole or not at all.
        scores = process.cdist(cores, self.cores, scorer=fuzz.ratio, score_cutoff=review, dtype=np.float32)
        parts = self._partial(scores, [asked[position] for position in positions]) if review <= _PART_SCORE else np.zeros_like(shares)
        scores = np.where(parts, np.float32(_PART_SCORE), scores)
        short = self._short_forms(scores, [asked[position] for position in positions]) if review <= _SHORT_FORM_SCORE else parts & False
        scores = np.where(short, np.float32(_SHORT_FORM_SCORE), scores)
        close = np.where(self.exact, scores >= 100.0, scores >= review)
        line, row = np.nonzero((shares | parts | short) & close)
        return pd.DataFrame({"position": np.array(positions)[line], "row": row, "score": scores[line, row].astype(np.float64)})

    def _partial(self, scores: np.ndarray, asked: Sequence[Sequence[str]]) -> BoolArray:
        """Pairs of less than the lowest score of a proposal where the given name is a part of the listed one."""
        parts = np.zeros(scores.shape, dtype=bool)
        for line, words in enumerate(asked):
            telling = [word for word in words if word not in COMMON_WORDS and len(word) > 2]
            if len(words) < 2 or not telling:
                continue
            candidates = set(self.by_word.get(telling[0], ()))
            for row in candidates:
                listed = self.cores[row].split()
                parts[line, row] = scores[line, row] < _PART_SCORE and all(_holds(listed, word) for word in words)
        return parts

    def _short_forms(self, scores: np.ndarray, asked: Sequence[Sequence[str]]) -> BoolArray:
        """Pairs below a short form's score of the same telling words, where only common ones are left out and only initials, a country or a kind of share added."""
        short = np.zeros(scores.shape, dtype=bool)
        for line, words in enumerate(asked):
            given = frozenset(words)
            telling = [word for word in words if word not in COMMON_WORDS and len(word) > 3]
            for row in set(self.by_word.get(telling[0], ())) if telling else ():
                listed = frozenset(self.cores[row].split())
                left_out, added = listed - given, given - listed
                brief = all(len(word) <= 2 or word in _COUNTRIES or word in name_words("share") for word in added)
                short[line, row] = brief and left_out <= COMMON_WORDS and scores[line, row] < _SHORT_FORM_SCORE and not self.exact[row]
        return short


_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]?")
_WHOLE, _WITHOUT_BRACKETS, _OF_BRACKETS = 100.0, 99.0, 90.0
"""Most that a name scores without its brackets, behind one that is met with them, and that what they hold does: initials, a former name, a place."""


def _bracket_variants(name: object) -> list[tuple[object, float]]:
    """A name, the same without brackets, and what they hold, each with the most that it may score."""
    held = _BRACKETS.findall(name) if isinstance(name, str) else []
    if not held:
        return [(name, _WHOLE)]
    return [(name, _WHOLE), (_BRACKETS.sub(" ", str(name)), _WITHOUT_BRACKETS), *((inside, _OF_BRACKETS) for inside in held)]


def _holds(listed: Sequence[str], word: str) -> bool:
    return any(word == whole or (len(word) > 3 and whole.startswith(word)) for whole in listed)
