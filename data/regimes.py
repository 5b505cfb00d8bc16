"""What each programme makes investors do, as one word a programme and one row a word; a programme without a word stops the build."""

from __future__ import annotations

import pandas as pd

__all__ = ["REGIME_OF_PROGRAMME", "regimes"]

_FIELDS = ("regime", "bars_purchase", "bars_sale", "bars_possession", "must_sell", "about", "citation", "source", "confidence")
_TEXTS = "texts named in programmes.csv"
_REGIMES = (
    ("possession_ban", "yes", "after_window", "after_window", "yes",
     "US persons may not hold after the deadline", "EO 13959 as amended by EO 13974", "FR text of EO 13974 (VLEX copy)", "A"),
    ("lock_in", "yes", "after_window", "no", "no",
     "US persons may hold on but not sell after the deadline", "EO 13959; EO 14032; OFAC FAQ 1046 (2022-06-01)", "OFAC FAQ 1046", "A"),
    ("purchase_ban", "yes", "no", "no", "no",
     "US persons may not buy; there is no deadline to sell", "EO 14071 with OFAC FAQ 1054; EO 13835", "OFAC FAQ 1054", "A"),
    ("blocking", "yes", "yes", "frozen", "no",
     "property is blocked: no purchase, sale or other dealing outside a licence; what is held is frozen and reported",
     "31 CFR part 587; OFAC FAQ 982", "OFAC FAQ 982, 1197", "A"),
    ("trading_ban", "yes", "yes", "no", "no",
     "trading of the securities on US exchanges and over the counter is barred", "HFCAA s.2", _TEXTS, "B"),
    ("fund_policy", "fund", "fund", "fund", "fund",
     "binds named public funds alone, by their own index or policy", "", _TEXTS, "B"),
    ("state_fund_divestment", "fund", "no", "fund", "fund",
     "binds public funds of the states that enacted it, each on its own clock", "Ark. Code 25-1-1503/1504 and others", _TEXTS, "C"),
    ("procurement_only", "no", "no", "no", "no",
     "limits what the US government buys; bars no dealing in securities", "NDAA FY2021 s.1260H; NDAA FY2024 s.805", "Crowell 2024-02", "A"),
    ("export_control", "no", "no", "no", "no", "limits exports; bars no dealing in securities", "15 CFR part 744", _TEXTS, "B"),
    ("import_ban", "no", "no", "no", "no", "bars imports of goods; bars no dealing in securities", "P.L. 117-78", _TEXTS, "B"),
    ("equipment_ban", "no", "no", "no", "no", "bars equipment authorisations; bars no dealing in securities", "Secure Networks Act 2019", _TEXTS, "A"),
    ("outbound_control", "unlisted", "no", "no", "no",
     "limits private investment; dealing in publicly traded securities is excepted", "31 CFR part 850", _TEXTS, "B"),
    ("none", "no", "no", "no", "no", "a list of names without a restriction on investors of its own", "NDAA FY1999 s.1237", "Steptoe blog 2020-06", "A"),
    ("proposed", "no", "no", "no", "no", "a bill, a proposed rule or a review: nothing is in force", "", _TEXTS, "A"),
    ("foreign", "no", "no", "no", "no", "a measure of another government against US firms", "", _TEXTS, "A"),
)  # fmt: skip

REGIME_OF_PROGRAMME = {
    "ndaa-1237-ccmc": "none",
    "eo13959-orig": "lock_in",
    "eo13974-amend": "possession_ban",
    "ns-cmic": "lock_in",
    "ndaa-1260h": "procurement_only",
    "entity-list": "export_control",
    "meu-list": "export_control",
    "uflpa": "import_ban",
    "hfcaa": "trading_ban",
    "russia-newinv": "purchase_ban",
    "russia-sovereign": "purchase_ban",
    "venezuela-bonds": "purchase_ban",
    "outbound-oisp": "outbound_control",
    "america-first-review": "proposed",
    "tsp-blocks": "fund_policy",
    "sdn-eo14024": "blocking",
    "sdn-eo13661-62": "blocking",
    "biosecure": "procurement_only",
    "bis-affiliates-rule": "export_control",
    "hr7075-bill": "proposed",
    "no-safe-harbor-bill": "proposed",
    "state-divestment": "state_fund_divestment",
    "fcc-covered-list": "equipment_ban",
    "nasdaq-china-rule": "proposed",
    "prc-countermeasures-2026": "foreign",
    "bis-denial-order": "export_control",
}


def regimes() -> pd.DataFrame:
    """One row a regime: what it bars for whom it binds, and whether holders must sell.

    ``bars_sale`` and ``bars_possession`` are ``no``, ``yes``, ``after_window``, ``frozen`` or ``fund`` (named funds alone).
    """
    return pd.DataFrame(_REGIMES, columns=list(_FIELDS))
