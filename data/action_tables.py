"""Index providers' and exchanges' actions as typed tables."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from impact.data.cells import add_ids, slug, tickers
from impact.data.clock_readings import HONG_KONG, LONDON, NEW_YORK, end_of_day, read_known
from impact.data.columns import ISO_DAY, known_columns, read_facts, single_ticker, source_columns, zoned_instant

__all__ = ["exchange_actions", "index_actions"]

ISIN = r"\b[A-Z]{2}[A-Z0-9]{9}\d\b"
EXCHANGE_PLACES = {"HKEX": HONG_KONG, "HKEX structured products": HONG_KONG, "Tracker Fund of HK (State Street)": HONG_KONG, "LSE": LONDON}

# Action in words -> state that the provider's machine enters.
ACTION_KINDS = {
    "conditional delete (absent OFAC guidance)": "conditional_delete",
    "delete": "delete",
    "delete at effectively zero price; standalone market": "delete",
    "delete at zero": "delete",
    "delete then cancelled 2021-01-05": "delete",
    "delete; MOEX lines at zero": "delete",
    "eligible again": "eligible",
    "no-add (new bonds and taps barred, existing kept)": "no_add",
    "no-add (planned addition cancelled)": "no_add",
    "none": "none",
    "re-add": "re_add",
    "re-add after EO 14032 dropped it": "re_add",
    "re-add in two tranches": "re_add",
    "re-add proposed": "re_add_proposed",
    "retain": "retain",
    "retain (no delete for now)": "retain",
    "under review": "under_review",
}
EXCHANGE_KINDS = {
    "start delisting": "delisting_announced",
    "suspend and Form 25-NSE planned": "delisting_announced",
    "delisting proceedings and suspension": "delisting_announced",
    "new delisting determination": "delisting_announced",
    "said it would start to remove lines": "delisting_announced",
    "bank issuers to delist about 500 structured products": "delisting_announced",
    "reverse": "delisting_cancelled",
    "delisting letter withdrawn": "delisting_cancelled",
    "re-reverse: proceed": "delisting_reinstated",
    "trading suspended": "suspended",
    "issuer-requested halt after DoD listing": "halted",
    "issuer-requested halt after BIS denial order": "halted",
    "trading resumed": "resumed",
    "market closure to foreigners": "suspended",
    "issuer requests review": "review_requested",
    "company asks Nasdaq to reconsider after PI; trading went on": "review_requested",
    "appeal rejected, final delisting": "delisted",
    "final delisting": "delisted",
    "IPO postponed after NS-CMIC listing": "listing_postponed",
    "OTC lines kept trading; brokers limited buys": "trading_continued",
    "stops new buys of sanctioned HSI names": "purchases_stopped",
    "reverses: resumes buys as not a US person": "purchases_resumed",
}

# A determination withdrawn while the halt of the line goes on: the line does not trade again with it.
HALT_STAYS = {("Yandex N.V.", "reverse"): "delisting_cancelled_halt_stays"}


def index_actions(folder: Path) -> pd.DataFrame:
    """What index providers announced, and when it was to be executed."""
    raw = read_facts(folder, "index_actions")
    providers = pd.read_csv(Path(__file__).with_name("index_providers.csv"), dtype=str, keep_default_na=False)
    places = dict(zip(providers["provider"], providers["zone"], strict=True))
    opens, closes = _pairs(raw["effective_open_date"]), _pairs(raw["last_index_close"])
    known = [
        read_known(day, hour, places.get(provider, NEW_YORK))
        for day, hour, provider in zip(raw["announcement_date"], raw["announcement_time"], raw["provider"], strict=True)
    ]
    cancelled = raw["action"].str.extract(rf"cancelled ({ISO_DAY})")[0].fillna("")
    frame = pd.DataFrame(
        {
            "provider": raw["provider"],
            "providers": [_provider_names(text, providers) for text in raw["provider"]],
            "company": raw["company"],
            "security": raw["ticker"].map(single_ticker),
            "securities": raw["ticker"].map(lambda text: ";".join(tickers(text))),
            "identifiers": raw["ticker"].map(lambda text: ";".join(re.findall(ISIN, text))),
            "ticker_text": raw["ticker"],
            "announced_on": [item.first_on for item in known],
            "announced_last_on": [item.last_on for item in known],
            "announced_text": raw["announcement_date"],
            "announced_time_text": raw["announcement_time"],
            **known_columns(known),
            "action_kind": _kinds(raw["action"], ACTION_KINDS),
            "action_text": raw["action"],
            "effective_open_on": [pair[0] for pair in opens],
            "effective_open_second_on": [pair[1] for pair in opens],
            "effective_open_text": raw["effective_open_date"],
            "last_close_on": [pair[0] for pair in closes],
            "last_close_second_on": [pair[1] for pair in closes],
            "last_close_text": raw["last_index_close"],
            "second_date_is": [
                "" if not pair[1] else "tranche" if "pct" in text else "local_lines"
                for pair, text in zip(opens, raw["effective_open_date"], strict=True)
            ],
            "execution_certainty": [
                _certainty(effective, action) for effective, action in zip(raw["effective_open_date"], raw["action"], strict=True)
            ],
            "cancelled_on": cancelled,
            "cancelled_known_at": [end_of_day(day, NEW_YORK) if day else "" for day in cancelled],
            "index_family": raw["index_family"],
            "programme_id": raw["program_id"],
            "detail": raw["detail"],
            **source_columns(raw),
        }
    )
    ids = (f"index-{slug(p, c)}-{day}" for p, c, day in zip(raw["provider"], raw["company"], frame["announced_on"], strict=True))
    frame = add_ids(frame, ids)
    return frame.assign(superseded_by=_superseded(frame))


def _provider_names(text: str, providers: pd.DataFrame) -> str:
    """Providers of a cell in the names of the table of providers, joined by semicolons."""
    named = {**dict(zip(providers["short_name"], providers["provider"], strict=True)), **dict.fromkeys(providers["provider"])}
    spelled = [part.strip() for part in text.split(";")]
    if unread := [part for part in spelled if part not in named]:
        raise ValueError(f"index provider {unread[0]!r} is not in index_providers.csv: add it.")
    return ";".join(named[part] or part for part in spelled)


def _kinds(texts: pd.Series, kinds: dict[str, str]) -> list[str]:
    unread = sorted(set(texts) - set(kinds))
    if unread:
        raise ValueError(f"action {unread[0]!r} is not a listed wording ({len(unread)} are not): give it a kind.")
    return [kinds[text] for text in texts]


def _pairs(texts: pd.Series) -> list[tuple[str, str]]:
    """First and second ISO day of a cell; a month in words ("2021-03 review") has none."""
    return [tuple((re.findall(ISO_DAY, text) + ["", ""])[:2]) for text in texts]


def _certainty(effective: str, action: str) -> str:
    marks = (("not verified", "not_verified"), ("planned", "planned"), ("proposed", "proposed"), ("on or before", "no_later_than"))
    for word, name in marks:
        if word in effective:
            return name
    if action.startswith("conditional"):
        return "planned"
    return "stated" if re.search(ISO_DAY, effective) else ""


# A later position of the same provider on the same line replaces an earlier one; other pairs of rows (two index families,
# two lines) stand side by side. Each pair: provider, ticker, day of the older notice, day of the newer one.
REPLACED = (
    *(("S&P DJI", ticker, "2020-12-31", "2021-01-07") for ticker in ("0941.HK", "0728.HK", "0762.HK")),
    ("FTSE Russell", "1810.HK", "2021-03-05", "2021-03-15"),
    ("FTSE Russell", "1810.HK", "2021-03-15", "2021-05-24"),
    ("FTSE Russell", "LKCO", "2021-03-05", "2021-05-24"),
    ("S&P DJI", "1810.HK;LKCO", "2021-03-01", "2021-03-22"),
    ("MSCI", "1766.HK", "2020-12-15", "2021-11-11"),
    ("MSCI", "601766.SS", "2020-12-15", "2021-11-11"),
)


def _superseded(frame: pd.DataFrame) -> list[str]:
    newer = {}
    for provider, ticker, old_day, new_day in REPLACED:
        of_provider = frame[frame["provider"] == provider]
        old = of_provider[(of_provider["securities"] == ticker) & (of_provider["announced_on"] == old_day)]
        lines = of_provider["securities"].str.split(";").explode()
        holds = of_provider.index.isin(lines.index[lines == ticker.split(";")[0]])
        new = of_provider[holds & (of_provider["announced_on"] == new_day)]
        if len(old) != 1 or len(new) != 1:
            found = f"{len(old)} and {len(new)} rows"
            raise ValueError(f"REPLACED names {provider} {ticker} {old_day} -> {new_day}, found {found}; each must be one.")
        newer[old["fact_id"].iloc[0]] = new["fact_id"].iloc[0]
    return [newer.get(name, "") for name in frame["fact_id"]]


def exchange_actions(folder: Path) -> pd.DataFrame:
    """What exchanges, brokers and funds announced about trading lines."""
    raw = read_facts(folder, "exchange_actions")
    known = [
        read_known(day, hour, EXCHANGE_PLACES.get(exchange, NEW_YORK))
        for day, hour, exchange in zip(raw["announcement_date"], raw["announcement_time"], raw["exchange"], strict=True)
    ]
    # "relaunched on" tells what came later, not when the action itself took effect.
    effective = _pairs(raw["effective"].mask(raw["effective"].str.contains("relaunched"), ""))
    frame = pd.DataFrame(
        {
            "exchange": raw["exchange"],
            "company": raw["company"],
            "security": raw["ticker"].map(single_ticker),
            "securities": raw["ticker"].map(lambda text: ";".join(tickers(text))),
            "ticker_text": raw["ticker"],
            "announced_on": [item.first_on for item in known],
            "announced_last_on": [item.last_on for item in known],
            "announced_text": raw["announcement_date"],
            "announced_time_text": raw["announcement_time"],
            **known_columns(known),
            "action_kind": [
                HALT_STAYS.get((company, action), kind)
                for company, action, kind in zip(raw["company"], raw["action"], _kinds(raw["action"], EXCHANGE_KINDS), strict=True)
            ],
            "action_text": raw["action"],
            "effective_on": [pair[0] for pair in effective],
            "effective_at": raw["effective"].map(lambda text: zoned_instant(text.removeprefix("planned ").removeprefix("halt "))),
            "last_trade_on": raw["effective"].str.extract(rf"last trade ({ISO_DAY})")[0].fillna(""),
            "effective_certainty": [
                "planned" if "planned" in text else "not_verified" if "own knowledge" in text else "stated" if day else ""
                for text, (day, _) in zip(raw["effective"], effective, strict=True)
            ],
            "effective_text": raw["effective"],
            "detail": raw["detail"],
            **source_columns(raw),
        }
    )
    ids = (f"exchange-{slug(x, c)}-{day}" for x, c, day in zip(raw["exchange"], raw["company"], frame["announced_on"], strict=True))
    frame = add_ids(frame, ids)
    following = frame.groupby(["exchange", "company"], sort=False)["fact_id"].shift(-1).fillna("")
    return frame.assign(superseded_by=following)
