"""Where sources disagree, where a figure is doubtful, and what was looked for and not found.

Each entry: kind, subject, predicate, unit, why, and its variants (value, source, confidence, preferred, day from which the
variant counts as known, place). A variant whose source bears no date counts as known at the end of the day after the event
it speaks of; where not even that is dated, from the day the fact base was built.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from impact.data.cells import add_ids, slug
from impact.data.clock_readings import BUILT_ON, HONG_KONG, NEW_YORK, SHANGHAI, end_of_day

__all__ = ["conflicts"]


class Variant(NamedTuple):
    """One of several values that sources give for the same thing."""

    value: str
    source: str
    confidence: str
    preferred: bool
    known_on: str
    place: str = NEW_YORK


BUILT = BUILT_ON.isoformat()
XIAOMI, LIST_1237 = "1810.HK", "ndaa-1237-ccmc"
PRICE_FILE = "price file, HKEX closes"
RULE_365 = "the order gives listing + 365 days; the press carried over the fixed date of the first 31 names"

TWO_POSITIONS = "two OFAC positions within a week; markets and index houses acted on 11 January"
OWN_LISTING = "OFAC told SIFMA that the own listing of 8 January counts, not the parent's"

_DATES = (
    ("conflict", XIAOMI, f"{LIST_1237}/divestment_on", "date", RULE_365, (
        Variant("2022-01-14", "complaint para 1; EO 13959 as amended", "A", True, "2021-01-29"),
        Variant("2021-11-11", "press, widely", "A", False, "2021-01-15"),
        Variant("2021-11-21", "one page", "C", False, BUILT))),
    ("conflict", XIAOMI, f"{LIST_1237}/purchase_ban_on", "date", "GL 1A did not cover names that match the list exactly", (
        Variant("2021-03-15", "complaint; opinion", "A", True, "2021-01-29"),
        Variant("2021-05-27", "one page", "C", False, BUILT))),
    ("conflict", "0981.HK", f"{LIST_1237}/divestment_on", "date", RULE_365, (
        Variant("2021-12-03", "EO 13959 as amended: listing + 365 days", "A", True, "2020-12-03"),
        Variant("2021-11-11", "press, often", "A", False, "2020-12-04"))),
    ("conflict", "688012.SS", f"{LIST_1237}/divestment_on", "date", RULE_365, (
        Variant("2022-01-14", "EO 13959 as amended: listing + 365 days", "A", True, "2021-01-14"),
        Variant("2021-11-11", "press, widely", "A", False, "2021-01-15"))),
    *(("conflict", line, f"{LIST_1237}/purchase_ban_on", "date", TWO_POSITIONS, (
        Variant("2021-03-09", "own listing of 8 Jan 2021 + 60 days; GL 1A/1B note", "A", True, "2021-01-08"),
        Variant("2021-01-11", "OFAC to NYSE on 2021-01-05 (ICE 2021-01-06)", "A", False, "2021-01-06")))
      for line in ("0941.HK", "0728.HK", "0762.HK")),
    *(("conflict", line, f"{LIST_1237}/divestment_on", "date", "own listing starts its own clock; the parents' window ran to 11 November", (
        Variant("2022-01-08", "own listing of 8 Jan 2021 + 365 days", "A", True, "2021-01-08"),
        Variant("2021-11-11", "window of the listed parents", "A", False, "2021-01-08")))
      for line in ("0941.HK", "0728.HK", "0762.HK")),
    ("conflict", "0883.HK", f"{LIST_1237}/purchase_ban_on", "date", OWN_LISTING, (
        Variant("2021-03-09", "ICI memo 33067; GL 1A/1B note", "A", True, "2021-01-27"),
        Variant("2021-02-01", "parent listed 3 Dec 2020 + 60 days", "A", False, "2020-12-03"))),
    ("conflict", "eo13959-orig", "in_force_from_on", "date", "a slip of one factbox", (
        Variant("2020-11-12", "EO 13959, 85 FR 73185", "A", True, "2020-11-12"),
        Variant("2020-11-11", "a Reuters factbox", "A", False, BUILT))),
    ("conflict", XIAOMI, "court/vacatur_at", "instant", "most outlets give 16:09; the company wrote EST though EDT applied", (
        Variant("2021-05-25T16:09:00-04:00", "Firstpost 2021-05-26 and others", "A", True, "2021-05-26"),
        Variant("2021-05-25T16:00:00-04:00", "zcjzjx", "A", False, "2021-05-26"))),
    ("conflict", XIAOMI, "record_high_on", "date", "two sources, one of them the price file", (
        Variant("2021-01-05", f"Epoch Times 2021-03-15; {PRICE_FILE}", "A", True, "2021-01-05", HONG_KONG),
        Variant("2021-01-04", "todaychina 22304", "A", False, "2021-01-05", HONG_KONG))),
    ("conflict", "HSAI", "court/complaint_on", "date", "the digest confuses the listing with the suit", (
        Variant("2024-05-13", "Bloomberg copy (chenxi.me); Global Times copy", "A", True, "2024-05-13"),
        Variant("2024-02", "one digest", "C", False, BUILT))),
    ("conflict", "FTSE Russell", "re_entry_wait_from", "text", "no primary text seen; FTSE waived the wait for Xiaomi", (
        Variant("end of sanctions", "P&I; ETF Stream", "A", False, BUILT),
        Variant("removal", "Caixin 2020-12-16", "A", False, "2020-12-16"))),
    ("conflict", "YMTC and CXMT", "ndaa-1260h/listed_2026", "text", "the draft was withdrawn within about an hour; the June list stands", (
        Variant("present", "list of 8 June 2026", "A", True, "2026-06-08"),
        Variant("absent", "draft posted and withdrawn on 13 February 2026", "A", False, "2026-02-13"))),
)  # fmt: skip

SHARE_COUNTS = "the first fits about 19.9bn shares (a Class B count); 25bn shares x 3.35 give HKD 84bn"
MOMENTS = "different moments of one session; use the close"
_READINGS = (
    ("conflict", "0020.HK", "ns-cmic/is_listed", "text", "the list names a Hong Kong subsidiary; no text decides for the issuer", (
        Variant("listed", "press and market practice; the offer of December 2021 shut US persons out", "B", False, "2021-12-22"),
        Variant("not listed", "OFAC FAQ 857, 905: no 50 percent rule; the entry names Sensetime Group Limited", "B", False, "2021-12-10"))),
    ("conflict", "0883.HK", "ndaa-1260h/stands_since_2025", "text", "absent from the copies, but no removal was announced", (
        Variant("listed", "list of 2021-06-03; no notice of removal", "C", False, "2025-01-07"),
        Variant("not listed", "absent from the copies of 2025-01-07 and 2026-06-08", "C", False, "2025-01-07"))),
    ("conflict", "0883.HK", "entity-list/named_on_2021-01-14", "text", "the entry of 2026 names the issuer; the first print reads as the parent", (
        Variant("parent", "tradelawdaily 2021-01-15; Conventus Law 2021-02-10", "A", False, "2021-01-15"),
        Variant("issuer", "eCFR supp. 4 of July 2026", "B", False, "2026-07-09"))),
    ("conflict", "9988.HK", "court/court", "text", "no docket number was found", (
        Variant("D.D.C.", "themonexus 2026-06-24", "B", False, "2026-06-24"),
        Variant("N.D. Cal. (San Jose)", "coindesk.cc 2026-06-23; itmagazine 2026-06-24", "B", False, "2026-06-24"))),
)  # fmt: skip

_FIGURES = (
    ("conflict", XIAOMI, "session_move/2021-01-15", "pct", MOMENTS, (
        Variant("-10.26", f"close: {PRICE_FILE}", "A", True, "2021-01-15", HONG_KONG),
        Variant("-10.3", "close, rounded: SCMP 3117837", "A", False, "2021-01-15", HONG_KONG),
        Variant("-10.6", "early: HK Yahoo", "A", False, "2021-01-15", HONG_KONG),
        Variant("-11", "early: press", "A", False, "2021-01-15", HONG_KONG),
        Variant("-11.18", "open: TASS", "A", False, "2021-01-15", HONG_KONG),
        Variant("-11.8", "misprint of the open: dailymanagementreview", "A", False, "2021-01-15", HONG_KONG))),
    ("conflict", XIAOMI, "session_move/2021-03-15", "pct", MOMENTS, (
        Variant("7.03", f"close: {PRICE_FILE}", "A", True, "2021-03-15", HONG_KONG),
        Variant("8", "press", "A", False, "2021-03-15", HONG_KONG),
        Variant("9.2", "noon: MSN/SCMP", "A", False, "2021-03-15", HONG_KONG),
        Variant("10.55", "early: njhsgm", "A", False, "2021-03-15", HONG_KONG),
        Variant("12", "high: Yahoo SG/SCMP", "A", False, "2021-03-15", HONG_KONG))),
    ("conflict", XIAOMI, "intraday_low/2021-01-15", "HKD", "the price file has the whole session", (
        Variant("28.2", PRICE_FILE, "A", True, "2021-01-15", HONG_KONG),
        Variant("28.25", "SCMP 3117837", "A", False, "2021-01-15", HONG_KONG))),
    ("conflict", XIAOMI, "market_value_lost/2021-01-15", "USD bn", SHARE_COUNTS, (
        Variant("8.6", "SCMP 3117837 (HKD 66.7bn)", "A", False, "2021-01-15", HONG_KONG),
        Variant("10", "FT copy forbes.best (over 10)", "A", False, "2021-01-15", HONG_KONG))),
    ("conflict", XIAOMI, "fall_since_listing/2021-03-12", "pct", "the opinion counts a short window; others the year or the high", (
        Variant("-30.3", f"close 14 Jan to close 12 Mar: {PRICE_FILE}", "A", True, "2021-03-12", HONG_KONG),
        Variant("-9.5", "injunction opinion (ZDNet 2021-03)", "A", False, "2021-03-31"),
        Variant("-34", "Reuters, year to date", "A", False, "2021-03-15"),
        Variant("-40", "Epoch Times (almost), afriupdate (more than)", "A", False, "2021-03-15"))),
    ("conflict", XIAOMI, "market_cap_gain/2020", "pct", "share counts differ", (
        Variant("208", "SCMP", "A", False, "2021-01-15", HONG_KONG),
        Variant("227", "FT copy", "A", False, "2021-01-15", HONG_KONG))),
    ("conflict", "HSI", "close/2021-03-15", "points", "+0.3 % on the level before implies the first: a digit slip", (
        Variant("28833.76", f"{PRICE_FILE}", "A", True, "2021-03-15", HONG_KONG),
        Variant("28883.76", "SCMP", "A", False, "2021-03-15", HONG_KONG))),
    ("conflict", "0941.HK", "session_move/2020-11-13", "pct", "intraday against another hour; no close in the fact base", (
        Variant("-5", "meslop/CNN copy", "A", False, "2020-11-13", HONG_KONG),
        Variant("-5.8", "SCMP 3109662", "A", False, "2020-11-13", HONG_KONG))),
    ("conflict", "0700.HK", "session_move/2025-01-07", "pct", "the larger figure covers four sessions", (
        Variant("-7.28", "hncycm; harici", "A", True, "2025-01-07", HONG_KONG),
        Variant("-10", "Kharon", "A", False, "2025-01-10", HONG_KONG))),
    ("conflict", "300750.SZ", "session_move/2025-01-07", "pct", MOMENTS, (
        Variant("-2.84", "close: hncycm; harici", "A", True, "2025-01-07", SHANGHAI),
        Variant("-6.1", "Kharon", "A", False, "2025-01-07", SHANGHAI))),
    ("conflict", "PRX.AS", "session_move/2025-01-06", "pct", "no close in the fact base decides", (
        Variant("-7.3", "Kharon", "A", False, "2025-01-06"),
        Variant("-9.21", "Digitimes", "A", False, "2025-01-06"))),
    ("conflict", "BABA", "session_move/2026-02-13", "pct", "the larger figure was pre-market", (
        Variant("-1.89", "close: Sing Tao stheadline 3544700; World Journal", "A", True, "2026-02-13"),
        Variant("-5", "pre-market, printed as the day's move", "A", False, "2026-02-13"))),
    ("conflict", "ndaa-1260h", "additions/2024-01-31", "count", "one outlet counts another name; the three removals are named", (
        Variant("16", "Crowell 2024-02", "A", False, "2024-02-29"),
        Variant("17", "Dechert/JDSupra 2024", "A", False, "2024-12-31"))),
    ("conflict", "ndaa-1260h", "additions/2025-01-07", "count", "134 is the total on the list; six were removed", (
        Variant("70", "Kharon 2025-01 (about)", "A", True, "2025-01-31"),
        Variant("134", "WorldECR", "A", False, BUILT))),
    ("conflict", "MSCI", "execution/2021-01-27 five conditional names", "text", "GL 1A came the same day; execution not verified", (
        Variant("dropped", "inference from GL 1A", "C", False, "2021-01-27"),
        Variant("executed", "announcement, conditional (Reuters 2021-01-26)", "C", False, "2021-01-26"))),
)  # fmt: skip

_DOUBTS = (
    ("doubt", "0883.HK", "index/msci/last_close_on", "date", "own memory, not verified", (
        Variant("2021-01-26", "own memory", "C", False, BUILT),)),
    ("doubt", "002415.SZ", "holding/EuroPacific", "USD m", "14.7m shares at about CNY 48 are about USD 108m, not 700m", (
        Variant("700", "prosperousamerica 2021-06", "C", False, "2021-06-30"),)),
    *(("not_found", subject, predicate, "", "looked for, not found in public copies", (Variant("", "none", "", False, BUILT),))
      for subject, predicate in (
        (XIAOMI, "passive_outflow_estimate"),
        ("EO 13959 names", "published_car"),
        ("SZ DJI Technology", "court/appeal_ruling"),
        ("HSAI", "court/appeal_ruling"),
        ("CH-AUTO Technology", "court/case"),
        (XIAOMI, "index/s-p-dji/delete/announced_on"),
        ("LKCO and 688012.SS", "index/msci/wording"))),
)  # fmt: skip


def conflicts() -> pd.DataFrame:
    """One row a variant: subject, predicate, value with its source, and which is preferred and why (none where undecided)."""
    rows = []
    for kind, subject, predicate, unit, why, variants in (*_DATES, *_READINGS, *_FIGURES, *_DOUBTS):
        for number, variant in enumerate(variants, 1):
            rows.append(
                {
                    "conflict_id": slug(subject, predicate),
                    "kind": kind,
                    "subject": subject,
                    "predicate": predicate,
                    "variant": str(number),
                    "value": variant.value,
                    "unit": unit,
                    "preferred": str(variant.preferred).lower(),
                    "why": why,
                    "known_at": end_of_day(variant.known_on, "UTC" if variant.known_on == BUILT else variant.place),
                    "known_at_precision": "day",
                    "source": variant.source,
                    "confidence": variant.confidence,
                }
            )
    frame = pd.DataFrame(rows)
    return add_ids(frame, "conflict-" + frame["conflict_id"] + "-" + frame["variant"])
