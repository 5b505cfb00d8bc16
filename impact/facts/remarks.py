"""The remarks of an official list: one text that holds identifiers, names, dates, relations and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from impact.facts.list_records import ListTables

__all__ = ["DATE_KINDS", "IDENTIFIER_KINDS", "NAME_KINDS", "file_remarks", "keep_fact", "split_remarks"]

IDENTIFIER_KINDS: Mapping[str, str] = {
    "ISIN": "isin",
    "Equity Ticker": "ticker",
    "Legal Entity Number": "lei",
    "CUSIP": "cusip",
    "SEDOL": "sedol",
    "FIGI": "figi",
    "Unified Social Credit Code (USCC)": "uscc",
    "Company Number": "company number",
    "Business Registration Number": "business registration",
    "Business Number": "business registration",
    "C.R. No.": "company number",
    "Public Registration Number": "public registration",
    "Registration Number": "registration",
    "Registration ID": "registration",
    "Government Gazette Number": "gazette",
    "Tax ID No.": "tax",
    "V.A.T. Number": "vat",
    "SWIFT/BIC": "bic",
    "Enterprise Number": "company number",
    "Chamber of Commerce Number": "company number",
    "Trade License No.": "trade license",
    "D-U-N-S Number": "duns",
    "Identification Number": "identification",
    "National ID No.": "identification",
    "Passport": "passport",
    "MMSI": "mmsi",
    "BIK (RU)": "bik",
    "License": "license",
}
NAME_KINDS: Mapping[str, str] = {"Issuer Name": "issuer", "a.k.a.": "aka", "f.k.a.": "fka", "n.k.a.": "nka"}
DATE_KINDS: Mapping[str, str] = {
    "Listing Date": "listing",
    "Effective Date": "effective",
    "Purchase/Sales For Divestment Date": "divestment",
}
# Keys whose value is kept as it is; a key with a colon is recognised without being named here.
_ATTRIBUTE_KEYS = (
    "Target Type",
    "Website",
    "Email Address",
    "Organization Established Date",
    "Nationality of Registration",
    "Secondary sanctions risk:",
    "Executive Order 13662 Directive Determination -",
    "Executive Order 14024 Directive Information -",
    "Executive Order 14024 Directive Information",
    "Executive Order 14014 Directive Information:",
    "Organization Type:",
    "Phone Number",
    "Gender",
    "nationality",
    "citizen",
    "DOB",
    "POB",
)
_DATE = re.compile(r"(" + "|".join(map(re.escape, DATE_KINDS)) + r")( \([^)]*\))?:? (.+)", re.DOTALL)
_KEYED = re.compile(r"([A-Z][A-Za-z0-9 /.&()-]{2,60}): (.+)", re.DOTALL)
_COUNTRY = re.compile(r"(.*?) ?\(([^()]+)\)$", re.DOTALL)
_BY_LENGTH = sorted([*IDENTIFIER_KINDS, *NAME_KINDS], key=len, reverse=True)
_ABBREVIATED_END = re.compile(r"\b(LTD|CO|INC|CORP|L\.L\.C|S\.A|N\.V|PLC|No)\.$", re.IGNORECASE)


def split_remarks(text: str) -> list[str]:
    """The facts of one remark: cut at ``; `` and freed of ``alt.``; the final stop goes unless it ends an abbreviation.

    Examples
    --------
    >>> split_remarks("ISIN US0000000002; alt. ISIN HK0000000007; Linked To: EXAMPLE GROUP CO., LTD.")
    ['ISIN US0000000002', 'ISIN HK0000000007', 'Linked To: EXAMPLE GROUP CO., LTD.']
    """
    whole = text.strip()
    if whole.endswith(".") and not _ABBREVIATED_END.search(whole):
        whole = whole[:-1]
    parts = [part.strip() for part in re.split(r";(?:\s+|$)", whole)]
    return [re.sub(r"^alt\. ", "", part) for part in parts if part]


def file_remarks(tables: ListTables, row: int, entry: str, text: str) -> int:
    """Put every fact of one remark into its table; the number of facts. None is lost: what has no key becomes a note."""
    facts = split_remarks(text)
    for fact in facts:
        _file_one(tables, row, entry, fact)
    return len(facts)


def _file_one(tables: ListTables, row: int, entry: str, fact: str) -> None:
    dated = _DATE.fullmatch(fact)
    if dated:
        keep_fact(tables, row, entry, dated[1] + (dated[2] or ""), dated[3])
        return
    if fact.startswith("Linked To:"):
        keep_fact(tables, row, entry, "Linked To", fact.removeprefix("Linked To:"))
        return
    for key in _BY_LENGTH:
        if fact.startswith(key + " ") or fact == key:
            keep_fact(tables, row, entry, key, fact[len(key) :])
            return
    for key in _ATTRIBUTE_KEYS:
        if fact.startswith(key + " "):
            tables.rows["attributes"].append((entry, key.rstrip(" :-"), fact[len(key) :].strip()))
            return
    keyed = _KEYED.fullmatch(fact)
    tables.rows["attributes"].append((entry, keyed[1], keyed[2]) if keyed else (entry, "note", fact))


def keep_fact(tables: ListTables, row: int, entry: str, key: str, value: str, country: str = "") -> bool:
    """Put one fact with its key into its table; False when the key is none that this list format knows."""
    value = value.strip().lstrip(":").strip()
    stem = re.sub(r" \([^)]*\)$", "", key)
    if stem in DATE_KINDS:
        tables.add_date(row, entry, DATE_KINDS[stem], key, value)
    elif key in NAME_KINDS:
        name = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
        if name:
            tables.rows["names"].append((entry, NAME_KINDS[key], name))
        else:
            tables.error(row, entry, key, value, "the name is empty")
    elif key in IDENTIFIER_KINDS:
        bracket = _COUNTRY.fullmatch(value)
        written, place = (bracket[1], bracket[2]) if bracket and not country else (value, country)
        if written:
            tables.add_identifier(row, entry, IDENTIFIER_KINDS[key], key, written, place)
        else:
            tables.error(row, entry, key, value, "the identifier is empty")
    elif key == "Linked To":
        tables.rows["relations"].append((entry, "linked to", value))
    elif key in _ATTRIBUTE_KEYS:
        tables.rows["attributes"].append((entry, key, value))
    else:
        return False
    return True
