"""Company names: what is left of one without legal form and share class, and which listed names it could be.

A name proposes and never confirms. Scores are ``token_sort_ratio`` of rapidfuzz on the words that remain; partial and
set scorers are not used, because they give 86 to 100 to unrelated companies that share words such as CHINA or RAILWAY.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.typing_ import BoolArray

__all__ = ["NameIndex", "core_name", "distinctive_words", "is_acronym", "plain_words"]


def _word_set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Words that say nothing about who a company is: legal forms, holding words, share classes, receipts.
STOP_WORDS = _word_set(
    "CO COMPANY CORP CORPORATION LTD LIMITED INC INCORPORATED PLC LLC AG SA NV SE SPA BHD PT OYJ AB KK PJSC PAO OJSC OAO JSC OOO AO",
    "THE AND OF HOLDING HOLDINGS HLDG HLDGS GROUP GRP A B C D E H N R S CLASS CL SHARE SHARES SHS STOCK ORD ORDINARY COM COMMON REG REGS",
    "ADR ADRS ADS GDR GDRS DR CDR NVDR SPON SPONSORED SPONS UNSPON UNSPONSORED DEPOSITARY RECEIPT RECEIPTS AMERICAN AMER NPV PAR VTG STK",
)
# Vendors' short forms and the grammatical forms of one word, brought to one spelling.
SPELLINGS: Mapping[str, str] = {
    variant: word
    for word, variants in {
        "AEROSPACE": "AEROSP",
        "AIRCRAFT": "AIRCR ACFT",
        "AVIATION": "AVIAT AVN",
        "BIOTECHNOLOGY": "BIOTECH",
        "CHINA": "CHN CHINESE",
        "COMMUNICATIONS": "COMM COMMS COMMUN COMMUNICATION",
        "CONSTRUCTION": "CONST CONSTR CONSTRUCT CONSTRUCTIONS CONSTRUCTIO CONSTRU",
        "DEVELOPMENT": "DEV DEVEL DEVT DVLPMT",
        "ELECTRONICS": "ELEC ELECTR ELECTRONIC ELECTRON ELECTRO",
        "ENGINEERING": "ENG ENGR ENGIN ENGINEERIN",
        "EQUIPMENT": "EQUIP EQPT",
        "GUANGZHOU": "GZ",
        "INDUSTRY": "IND INDS INDUS INDUST INDUSTRIES INDUSTRIAL",
        "INFORMATION": "INFO INFORM",
        "INTELLIGENCE": "INTELLIGENT",
        "INTERNATIONAL": "INTL INTERN INTERNATI INTERNATION",
        "INVESTMENT": "INV INVEST INVESTMENTS",
        "MACHINERY": "MACH MACHINE",
        "MANUFACTURING": "MFG MANU MANUF MANUFACT MFTG",
        "MATERIAL": "MATERIALS",
        "NATIONAL": "NATL NATN",
        "NUCLEAR": "NUCL NUC",
        "OPTRONIC": "OPTRONICS",
        "PETROLEUM": "PETE PETROL",
        "POWER": "PWR",
        "RAILWAY": "RAIL RLWY RLY RAILWAYS",
        "SATELLITE": "SATELL",
        "SCIENCE": "SCI SCIENCES",
        "SEMICONDUCTOR": "SEMICON SEMI SEMICONDUCTORS SEMICOND",
        "SHIPBUILDING": "SHIPBUILD SHIPBLDG SHPBLDG",
        "SYSTEMS": "SYS SYSTEM",
        "TECHNOLOGY": "TECH TECHNOL TECHNOLOGIES TECHS TECHNOLOGI",
        "TELECOM": "TELECM TELCOM",
        "TELECOMMUNICATIONS": "TELECOMM TELECOMMUNICATION TELECOMS",
        "TRANSPORTATION": "TRANSPORT TRANSP",
        "YANGTZE": "YANGZI",
    }.items()
    for variant in variants.split()
}
# Words too common among companies to tell one from another; places first.
PLACES = _word_set("CHINA HONG KONG HK BEIJING SHANGHAI SHENZHEN SZ GUANGZHOU GUANGDONG HANGZHOU ZHEJIANG JIANGSU NANJING GLOBAL WORLD")
GENERIC_WORDS = PLACES | _word_set(
    "NATIONAL INTERNATIONAL TECHNOLOGY INDUSTRY ELECTRONICS INFORMATION SCIENCE ENGINEERING DEVELOPMENT INVESTMENT GENERAL STATE FIRST",
    "UNITED NEW SYSTEMS SERVICES MANUFACTURING EQUIPMENT MATERIAL ENERGY POWER BANK FINANCIAL CAPITAL SECURITY SOUTH NORTH EAST WEST",
    "DIGITAL AUTOMATION NETWORK CONSTRUCTION COMMUNICATIONS TELECOM TELECOMMUNICATIONS MOBILE SEMICONDUCTOR MICROELECTRONICS OPTICAL SOLAR",
)
_PAR_VALUE = re.compile(r"\b(?:HKD|CNY|RMB|USD|YUAN)\s?\d+(?:\s\d+)*\b|\bREP(?:R|RES|RESEN|RESENTING|RESENTS)?\b.*$|\b144A\b")
_INITIALS = re.compile(r"\b[A-Z](?:[.\-&][A-Z])+\b")  # A-B-C and S.p.A. are one word
# What a part of a name must hold beside words of places, trades and services.
COMMON_WORDS = GENERIC_WORDS | frozenset(SPELLINGS.values())
_PART_SCORE = 80.0
_SHORT_FORM_SCORE = 85.0
_SPACED_SCORE, _LEAST_CLOSED = 90.0, 5
"""What names score that differ in their blanks alone, and the letters that such a name has at least."""
_OF_SHARES = _word_set(
    "PREF PFD PRF PREFERRED PREFERENCE RSP RNC RISP RISPARMIO PRIV PRIVILEGIATE VORZUG VORZUGE VORZUEGE VORZUGSAKTIEN STAMM STAMMAKTIEN NAMEN",
    "NAM NAMENSAKTIEN NAMENAKTIEN INH INHABER INHABERAKTIEN AKTIE AKTIEN ACTION ACTIONS ACCIONES AZIONI NOM NOMINATIVE PORTEUR WTS WARRANT",
    "WARRANTS RTS RIGHT RIGHTS UNIT UNITS",
)
"""Words for kinds of shares that a vendor adds to a name."""
_COUNTRIES = _word_set("CHINA PRC RUSSIA RUSSIAN ROSSII FEDERATION HONG KONG HK")
_LEGAL_FORMS = ("LIMITED", "LTD", "CORPORATION", "COMPANY")
_CUT_AT = 28  # fund files cut names at about 30 characters


def plain_words(name: object) -> list[str]:
    """A name as capital words: accents and punctuation gone, apostrophes closed up, par values cut, one spelling a word.

    Examples
    --------
    >>> plain_words("China Comm. Constr. Co., Ltd.-H")
    ['CHINA', 'COMMUNICATIONS', 'CONSTRUCTION', 'CO', 'LTD', 'H']
    """
    text = "" if name is None or name is pd.NA or name != name else str(name)
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    closed = _INITIALS.sub(lambda letters: re.sub("[^A-Z]", "", letters[0]), re.sub(r"['`]", "", ascii_text))
    cleaned = re.sub(r"[^A-Z0-9]+", " ", closed).strip()
    return [SPELLINGS.get(word, word) for word in _PAR_VALUE.sub(" ", cleaned).split()]


def core_name(name: object) -> str:
    """The words of a name that tell who it is, sorted, with one blank between; empty when none is left.

    Examples
    --------
    >>> core_name("CHINA MOBILE LTD-SPON ADR") == core_name("China Mobile Limited")
    True
    """
    return " ".join(sorted(_core_words(name)))


def _core_words(name: object) -> list[str]:
    words = plain_words(name)
    kept = [word for word in words if word not in STOP_WORDS]
    if len(str(name)) >= _CUT_AT and len(kept) > 1 and any(form.startswith(kept[-1]) for form in _LEGAL_FORMS):
        kept = kept[:-1]
    if not any(len(word) > 1 for word in kept) and not str(name).isascii() and (whole := _in_another_script(str(name))):
        return [whole]
    return list(dict.fromkeys(kept))


def _in_another_script(name: str) -> str:
    """The letters of a name other than Latin ones, as one word, which is met whole or not at all."""
    letters = (sign for sign in unicodedata.normalize("NFKC", name).upper() if sign.isalpha())
    return "".join(sign for sign in letters if "LATIN" not in unicodedata.name(sign, ""))


def distinctive_words(words: Iterable[str]) -> frozenset[str]:
    """What two names must share to be compared at all: a word that is not common among companies.

    A name made of common words alone is told by all of them together, places aside: ``CHINA CONSTRUCTION BANK`` by
    ``BANK CONSTRUCTION``, which ``CHINA COMMUNICATIONS CONSTRUCTION`` has not.
    """
    given = frozenset(words)
    specific = given - GENERIC_WORDS
    return specific or frozenset({" ".join(sorted(given - PLACES or given))})


def is_acronym(core: str) -> bool:
    """Whether a core name is one short word, which several companies may share (SMIC, CEC, AVIC)."""
    return " " not in core and len(core) <= 5


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
    closed : mapping of str to list of int
        Rows whose words, written as one, are that word.
    """

    names: pd.DataFrame
    cores: Sequence[str]
    by_word: Mapping[str, np.ndarray]
    vocabulary: Sequence[str]
    exact: BoolArray
    closed: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, names: pd.DataFrame) -> NameIndex:
        """The index of a table with columns target, name, kind."""
        missing = [column for column in ("target", "name", "kind") if column not in names]
        if missing:
            raise InputError(f"names has no column {missing[0]!r} ({len(missing)} missing); give target, name and kind.")
        words = [_core_words(name) for name in names["name"]]
        kept = [bool(row) for row in words]
        words = [row for row in words if row]
        cores = [" ".join(sorted(row)) for row in words]
        exact = [kind in ("alias", "unit") or is_acronym(core) for kind, core in zip(names["kind"][kept], cores, strict=True)]
        rows_of, closed = defaultdict(list), defaultdict(list)
        for row, row_words in enumerate(words):
            closed["".join(row_words)].append(row)
            for word in distinctive_words(row_words):
                rows_of[word].append(row)
        return cls(
            names=names[["target", "name", "kind"]][kept].reset_index(drop=True),
            cores=cores,
            by_word={word: np.array(rows) for word, rows in rows_of.items()},
            vocabulary=sorted({word for row in words for word in row}),
            exact=np.array(exact, dtype=bool),
            closed=dict(closed),
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
        A name whose words are those of a listed one written apart or as one (Petro China, PetroChina, Petro-China) is proposed, too.
        A name with brackets is asked without them too, and by what they hold, which alone is never a strong proposal.
        """
        spelled = [(position, name, most) for position, given in enumerate(names) for name, most in _bracket_variants(given)]
        asked = [self._completed(_core_words(name), len(str(name))) for _, name, _ in spelled]
        scored = []
        positions = [position for position, words in enumerate(asked) if any(word in self.by_word for word in distinctive_words(words))]
        for start in range(0, len(positions), 2000):
            scored.append(self._scored(positions[start : start + 2000], asked, review))
        scored.append(self._written_apart(asked))
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

    def _written_apart(self, asked: Sequence[Sequence[str]]) -> pd.DataFrame:
        """Pairs of names that differ in the blanks between their words alone."""
        pairs = [
            (position, row, _SPACED_SCORE)
            for position, words in enumerate(asked)
            if len(one := "".join(words)) >= _LEAST_CLOSED
            for row in self.closed.get(one, ())
        ]
        return pd.DataFrame(pairs, columns=["position", "row", "score"])

    def _completed(self, words: list[str], length: int) -> list[str]:
        if length < _CUT_AT or not words or len(words[-1]) < 4 or words[-1] in self.vocabulary:
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
                brief = all(len(word) <= 2 or word in _COUNTRIES or word in _OF_SHARES for word in added)
                short[line, row] = brief and left_out <= COMMON_WORDS and scores[line, row] < _SHORT_FORM_SCORE and not self.exact[row]
        return short


_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]?")
_WITHOUT_BRACKETS, _OF_BRACKETS = 99.0, 90.0
"""Most that a name scores without its brackets, behind one that is met with them, and that what they hold does: initials, a former name, a place."""


def _bracket_variants(name: object) -> list[tuple[object, float]]:
    """A name, the same without brackets, and what they hold, each with the most that it may score."""
    held = _BRACKETS.findall(name) if isinstance(name, str) else []
    if not held:
        return [(name, 100.0)]
    return [(name, 100.0), (_BRACKETS.sub(" ", str(name)), _WITHOUT_BRACKETS), *((inside, _OF_BRACKETS) for inside in held)]


def _holds(listed: Sequence[str], word: str) -> bool:
    return any(word == whole or (len(word) > 3 and whole.startswith(word)) for whole in listed)
