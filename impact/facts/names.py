"""Company names: their words, and what is left of them without legal form and share class."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import pandas as pd

__all__ = ["core_name", "core_words", "distinctive_words", "is_acronym", "plain_words", "unspelled_words", "without_accents"]


def _word_set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Words that say nothing about who a company is: legal forms, holding words, share classes, receipts.
STOP_WORDS = _word_set(
    "CO COMPANY CORP CORPORATION LTD LIMITED INC INCORPORATED PLC LLC AG SA NV SE SPA BHD PT PCL OYJ AB KK PJSC PAO OJSC OAO JSC OOO AO",
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
_APOSTROPHES, _NO_LETTER, _NO_WORD = re.compile("['`’‘]"), re.compile("[^A-Z]"), re.compile("[^A-Z0-9]+")
_LETTERS = str.maketrans(
    {
        "Ł": "L",
        "ł": "l",
        "Ø": "O",
        "ø": "o",
        "Đ": "D",
        "đ": "d",
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        "ß": "ss",
        "ẞ": "SS",
        "ı": "i",
        "Þ": "TH",
        "þ": "th",
    }
)
_LONG_FORMS = re.compile(
    r"\b(?:(?:(?:PUBLIC|OPEN|CLOSED|PRIVATE) )?JOINT STOCK (?:COMPANY|CO)|PUBLIC (?:LIMITED COMPANY|(?:COMPANY|CO) (?:LIMITED|LTD))"
    r"|LIMITED LIABILITY COMPANY|(?:SA|SAB|SAPIB)(?: DE)? CV)\b"
)
"""Legal forms of several words, most of which are words of names by themselves."""
_INITIALS = re.compile(r"\b[A-Z](?:[.\-&][A-Z])+\b")  # A-B-C and S.p.A. are one word
# What a part of a name must hold beside words of places, trades and services.
COMMON_WORDS = GENERIC_WORDS | frozenset(SPELLINGS.values())
_LEGAL_FORMS = ("LIMITED", "LTD", "CORPORATION", "COMPANY")
CUT_AT = 28  # fund files cut names at about 30 characters


def plain_words(name: object) -> list[str]:
    """A name as capital words: accents and punctuation gone, apostrophes closed up, par values cut, one spelling a word and a legal form.

    Examples
    --------
    >>> plain_words("China Comm. Constr. Co., Ltd.-H")
    ['CHINA', 'COMMUNICATIONS', 'CONSTRUCTION', 'CO', 'LTD', 'H']
    """
    return [SPELLINGS.get(word, word) for word in unspelled_words(name)]


def unspelled_words(name: object) -> list[str]:
    """The capital words of a name as they are written.

    Examples
    --------
    >>> unspelled_words("Semi Conductor Mfg. Intl"), unspelled_words("Łódź—Ørsted")
    (['SEMI', 'CONDUCTOR', 'MFG', 'INTL'], ['LODZ', 'ORSTED'])
    """
    text = "" if name is None or name is pd.NA or name != name else str(name)
    closed = _INITIALS.sub(lambda letters: _NO_LETTER.sub("", letters[0]), _APOSTROPHES.sub("", without_accents(text).upper()))
    return _PAR_VALUE.sub(" ", _LONG_FORMS.sub("COMPANY", _NO_WORD.sub(" ", closed).strip())).split()


def without_accents(text: str) -> str:
    """A text with its Latin letters in those of the English alphabet."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).translate(_LETTERS)


def core_name(name: object) -> str:
    """The words of a name that tell who it is, sorted, with one blank between; empty when none is left.

    Examples
    --------
    >>> core_name("CHINA MOBILE LTD-SPON ADR") == core_name("China Mobile Limited")
    True
    """
    return " ".join(sorted(core_words(name)))


def core_words(name: object) -> list[str]:
    """The words of :func:`core_name` in the order of the name, each once; a name in another script is one word."""
    words = plain_words(name)
    kept = [word for word in words if word not in STOP_WORDS]
    if len(str(name)) >= CUT_AT and len(kept) > 1 and any(form.startswith(kept[-1]) for form in _LEGAL_FORMS):
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
