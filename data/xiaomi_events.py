"""The dated events of the Xiaomi case, read from the notes of the fact base.

``reaction_session_on`` is the first Hong Kong session that could react, as the notes state it; it is kept for checking only, since the
library computes it from ``known_at``. An execution (the close at which index funds trade) was announced before: it carries
the open of its own session as ``known_at``, anchor ``session``, and the notice in ``announced_at``.
"""

from __future__ import annotations

__all__ = ["CONFOUNDERS_UNTIL", "XIAOMI_EVENTS"]

_FIELDS = (
    "event_id", "kind", "anchor", "label", "known_at", "known_at_precision", "announced_at", "reaction_session_on",
    "reaction_session_text", "confounders", "source_row", "confidence_text",
)  # fmt: skip

_ROWS = (
    ("E0", "designation", "reaction", "DoD lists nine firms under s.1237", "2021-01-14T16:00:00-05:00", "session", "", "2021-01-15",
     "Fri 15 Jan", "report of 6-7 January that Alibaba and Tencent may be listed; HSI +0.3 % that day",
     "designation-ndaa-1237-ccmc-xiaomi-corporation", "A"),
    ("L1", "court", "reaction", "complaint filed", "2021-01-29T23:59:59-05:00", "day", "", "2021-02-01", "Mon 1 Feb", "",
     "court-xiaomi-corp-v-dod-2021-01-29", "A"),
    ("E1", "index", "reaction", "FTSE Russell notice of deletion", "2021-03-05T09:56:00+00:00", "minute", "", "2021-03-08", "Mon 8 Mar",
     "technology sell-off: HSTECH about -6 % that day (C); global technology fall from late February to 9 March",
     "index-ftse-russell-xiaomi-2021-03-05", "A"),
    ("E2", "index", "session", "last close in FTSE indexes (deletion effective at the open of 12 March)", "2021-03-11T09:30:00+08:00",
     "session", "2021-03-05T09:56:00+00:00", "2021-03-11", "Thu 11 Mar close", "", "index-ftse-russell-xiaomi-2021-03-05", "A"),
    ("B1", "company", "reaction", "HKD 10bn buyback notice", "2021-03-11T16:10:00+08:00", "session", "", "2021-03-12", "Fri 12 Mar",
     "last S&P DJI close on the same session (E3); HSI -2.2 % that day",
     "figure-xiaomi-close-change-2021-03-12", "A"),
    ("E3", "index", "session", "last close in S&P DJI indexes (removal before the open of 15 March)", "2021-03-12T09:30:00+08:00",
     "session", "2021-03-10T23:59:59-05:00", "2021-03-12", "Fri 12 Mar close", "buyback notice reaches the same session (B1)",
     "index-s-p-dji-xiaomi-luokung-2021-03-01", "A"),
    ("E4", "court", "reaction", "preliminary injunction", "2021-03-12T16:59:00-05:00", "minute", "", "2021-03-15", "Mon 15 Mar",
     "MSCI decision to retain reaches the same session (K1); HSI +0.3 %, HSTECH -2.3 % that day",
     "court-xiaomi-corp-v-dod-2021-03-12", "A"),
    ("K1", "index", "reaction", "MSCI keeps Xiaomi", "2021-03-13T10:23:00+08:00", "minute", "", "2021-03-15", "Mon 15 Mar",
     "injunction reaches the same session (E4)", "index-msci-xiaomi-2021-03-12", "A"),
    ("E5", "index", "reaction", "FTSE Russell proposes re-entry", "2021-03-15T23:59:59+08:00", "day", "", "2021-03-16", "15 or 16 Mar",
     "second session after the injunction (E4)", "index-ftse-russell-xiaomi-2021-03-15", "A"),
    ("E5b", "index", "reaction", "S&P DJI: eligible again", "2021-03-22T18:42:00-04:00", "minute", "", "2021-03-23", "Tue 23 Mar",
     "annual results on 24 March", "index-s-p-dji-xiaomi-2021-03-22", "A"),
    ("E6", "court", "reaction", "joint status report: DoD will not fight on", "2021-05-12T13:00:00+08:00", "session", "", "2021-05-12",
     "Wed 12 May, second half of day", "HSI +0.78 %, HSI-IT +3.5 %, Alibaba +6.07 % that day", "court-xiaomi-corp-v-dod-2021-05-11", "A"),
    ("E7", "index", "reaction", "FTSE Russell notice of re-entry in two tranches", "2021-05-25T01:17:00+00:00", "minute", "", "2021-05-25",
     "Tue 25 May (pre-open)", "quarterly results on 26 May", "index-ftse-russell-xiaomi-2021-05-24", "A"),
    ("E8", "court", "reaction", "final order vacates the listing", "2021-05-25T16:09:00-04:00", "minute", "", "2021-05-26", "Wed 26 May",
     "quarterly results on 26 May", "court-xiaomi-corp-v-dod-2021-05-25", "A"),
    ("E9", "index", "session", "last close before the first FTSE tranche (50 %, effective at the open of 7 June)",
     "2021-06-04T09:30:00+08:00", "session", "2021-05-25T01:17:00+00:00", "2021-06-04", "close 4 Jun",
     "Hang Seng index review on the same session", "index-ftse-russell-xiaomi-2021-05-24", "A"),
    ("E9b", "index", "session", "last close before the second FTSE tranche (50 %, effective at the open of 21 June)",
     "2021-06-18T09:30:00+08:00", "session", "2021-05-25T01:17:00+00:00", "2021-06-18", "close 18 Jun",
     "quarterly index reviews on the same session", "index-ftse-russell-xiaomi-2021-05-24", "A"),
)  # fmt: skip

# What else moved the price is known by the end of the reaction session, except where it names a later day.
CONFOUNDERS_UNTIL = {"E1": "2021-03-09", "E5b": "2021-03-24", "E7": "2021-05-26", "E8": "2021-05-26"}

XIAOMI_EVENTS: tuple[dict[str, str], ...] = tuple(dict(zip(_FIELDS, row, strict=True)) for row in _ROWS)
