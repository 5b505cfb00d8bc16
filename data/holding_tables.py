"""Who holds a line, how many shares there are, what tracks which index: figures with their unit and their denominator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from impact.data.cells import add_ids, grade, number_cells, slug, tickers
from impact.data.clock_readings import BUILT_ON, NEW_YORK, Known, days_of, end_of_day, read_known
from impact.data.columns import known_columns, read_facts, single_ticker, source_columns, span_of

__all__ = ["DENOMINATORS", "HOLDER_CLASSES", "METRICS", "buybacks", "holders", "ownership", "shares_outstanding", "tracked_assets"]

METRICS: Mapping[str, str] = {
    "US-based investors share of stock": "us_investors_share",
    "US investors share": "us_investors_share",
    "US institutions among top-10 ordinary holders": "us_institutions_in_top_ten",
    "named large US holders": "named_holders",
    "largest holders": "named_holders",
    "foreign institutions share": "foreign_institutions_share",
    "Vanguard and BlackRock": "holding_share",
    "Vanguard plus BlackRock": "holding_share",
    "BlackRock holding": "holding_share",
    "BlackRock holding before -> after": "holding_share_change",
    "Vanguard position": "holding_size",
    "SSGA": "holding_size",
    "Vanguard holding": "holding_size",
    "Capital Group EuroPacific": "holding_size",
    "weight": "index_weight",
    "assets": "tracked_assets",
    "year-end market cap": "market_capitalisation",
    "ADS share of capital": "receipts_share",
    "ADR volume as share of HK volume": "receipts_volume_share",
    "net southbound Stock Connect buying, first 9 sessions": "southbound_net_buying",
    "southbound inflow January": "southbound_net_buying",
    "US mutual funds and ETFs in Chinese stocks and bonds": "fund_assets_in_china",
    "US flows via asset managers and index providers": "fund_flows_to_listed",
}
DENOMINATORS = ("all_shares", "h_shares", "line_shares", "votes", "index", "not_stated", "")
"""Of what a percentage is taken; ``not_stated``: the source does not say, so both readings stand; empty: not a percentage."""

# metric code -> what its percentage is a part of, where it is one
OF = {
    "us_investors_share": "not_stated", "foreign_institutions_share": "not_stated", "holding_share": "not_stated",
    "holding_share_change": "h_shares", "named_holders": "not_stated", "index_weight": "index", "receipts_share": "all_shares",
    "receipts_volume_share": "line_shares",
}  # fmt: skip

HOLDER_CLASSES: Mapping[str, str] = {
    "index fund": "index_fund",
    "US institutions": "us_institution",
    "US investors (all)": "us_investors",
    "issuer buyback": "issuer_buyback",
    "depositary": "depositary",
    "mainland state fund": "state_fund",
    "founder": "founder",
    "founders": "founder",
    "foreign institutions": "foreign_institutions",
    "individual investors": "individuals",
    "insiders": "insiders",
    "all holders outside China": "non_china_holders",
}
_DENOMINATOR_WORDS: Mapping[str, str] = {
    "": "",
    "H shares": "h_shares",
    "Hong Kong shares": "h_shares",
    "all shares": "all_shares",
    "all shares (base not stated)": "not_stated",
    "all shares (own knowledge)": "all_shares",
    "of the company, base not stated": "not_stated",
    "base not stated": "not_stated",
    "of the stock, base not stated": "not_stated",
    "votes": "votes",
}
_SHARE_CLASSES: Mapping[str, str] = {
    "Class A and B together": "all",
    "Class A": "class_a",
    "Class B": "class_b",
    "ordinary": "all",
    "H": "h",
    "all (domestic and H)": "all",
    "all (A and H)": "all",
    "all (A and Hong Kong)": "all",
    "A (domestic)": "a",
    "base of the disclosed percentage": "disclosed_base",
    "fund shares": "fund",
}
_LOWER_BOUNDS = ("over", "more than", "at least")
_UPPER_BOUNDS = ("up to", "nearly")
_LOCAL_FILE = re.compile(r"shared/market/holdings/([A-Z]+)_(\d{4}-\d\d-\d\d)(?:_inferred)?\.csv")


def ownership(folder: Path) -> pd.DataFrame:
    """Holders, weights, assets and flows; a holding counts as known when its source was published, not on its own date."""
    raw = read_facts(folder, "ownership_and_weights")
    known = [_published(day, source) for day, source in zip(raw["as_of"], raw["source"], strict=True)]
    numbers = pd.DataFrame([number_cells(value, unit) for value, unit in zip(raw["value"], raw["unit"], strict=True)])
    codes = _coded(raw["metric"], METRICS, "metric")
    bounds = [_bounds(value, qualifier) for value, qualifier in zip(numbers["value"], numbers["qualifier"], strict=True)]
    frame = pd.DataFrame(
        {
            "observed_on": [item.first_on for item in known],
            "observed_last_on": [item.last_on for item in known],
            "observed_text": raw["as_of"],
            "company": raw["company"],
            "security": raw["ticker"].map(single_ticker),
            "ticker_text": raw["ticker"],
            "metric_code": codes,
            "metric": raw["metric"],
            "holder_or_index": raw["holder_or_index"],
            **{column: numbers[column] for column in ("value", "qualifier", "unit")},
            "value_low": [low for low, _ in bounds],
            "value_high": [high for _, high in bounds],
            "denominator": [OF.get(code, "") if unit == "pct" else "" for code, unit in zip(codes, raw["unit"], strict=True)],
            "value_text": raw["value"],
            "note": raw["note"],
            **known_columns(known),
            **source_columns(raw),
        }
    )
    keys = zip(raw["company"], raw["metric"], frame["observed_on"], strict=True)
    return add_ids(frame, (f"ownership-{slug(company, metric)}-{day}" for company, metric, day in keys))


def _bounds(value: str, qualifier: str) -> tuple[str, str]:
    """What a printed figure leaves open: ``over 1`` has no upper end, ``about 2`` stands for itself."""
    return ("" if qualifier in _UPPER_BOUNDS else value, "" if qualifier in _LOWER_BOUNDS else value)


def _published(day_text: str, source: str) -> Known:
    own = read_known(day_text, "", NEW_YORK)
    dated = [days_of(text) for text in re.findall(r"\d{4}-\d\d(?:-\d\d)?", source)]
    last = max([own.last_on, *(span[1] for span in dated if span)])
    rule = own.rule if last == own.last_on else "published"
    return Known(first_on=own.first_on, last_on=own.last_on, known_at=end_of_day(last, NEW_YORK), precision=own.precision, rule=rule)


def _coded(texts: pd.Series, codes: Mapping[str, str], what: str) -> list[str]:
    unread = sorted(set(texts) - set(codes))
    if unread:
        raise ValueError(f"{what} {unread[0]!r} is not a listed wording ({len(unread)} are not): give it a code.")
    return [codes[text] for text in texts]


def _known_when_published(observed: pd.Series, published: pd.Series) -> list[Known]:
    """Known at the end of the day (or month) of publication; undated ones when the fact base was built."""
    known = []
    for seen, told in zip(observed, published, strict=True):
        first, last = span_of(seen)
        day = span_of(told)[1]
        instant = end_of_day(day, NEW_YORK) if day else end_of_day(BUILT_ON, "UTC")
        precision = "day" if not day or len(told) == 10 else "month"
        known.append(Known(first_on=first, last_on=last, known_at=instant, precision=precision, rule="published" if day else "built"))
    return known


def _public_source(text: str) -> str:
    """The source as a reader outside can use it: a file name of ours becomes what the file is."""
    return _LOCAL_FILE.sub(r"public holdings file of \1, \2", text)


def _lines_of(texts: pd.Series) -> dict[str, pd.Series]:
    return {"security": texts.map(single_ticker), "securities": texts.map(lambda text: ";".join(tickers(text))), "ticker_text": texts}


def holders(folder: Path) -> pd.DataFrame:
    """Named and unnamed holders of a line: shares, or a percentage with what it is a part of."""
    raw = read_facts(folder, "holders")
    known = _known_when_published(raw["observed_on"], raw["known_at"])
    frame = pd.DataFrame(
        {
            **_lines_of(raw["security"]),
            "observed_on": [item.first_on for item in known],
            "observed_last_on": [item.last_on for item in known],
            "holder_class": _coded(raw["holder_class"], HOLDER_CLASSES, "holder class"),
            "holder": raw["holder"],
            "index_or_mandate": raw["index_or_mandate"],
            "shares": raw["shares"],
            "percent": raw["percent_of_shares"],
            "denominator": _coded(raw["percent_denominator"], _DENOMINATOR_WORDS, "denominator"),
            "value_usd": raw["value_usd"],
            "note": raw["note"],
            **known_columns(known),
            **(source_columns(raw) | {"source": raw["source"].map(_public_source)}),
        }
    )
    keys = zip(raw["security"], raw["holder"], frame["observed_on"], strict=True)
    return add_ids(frame, (f"holder-{slug(line or 'none', holder)}-{day}" for line, holder, day in keys))


def shares_outstanding(folder: Path) -> pd.DataFrame:
    """Shares outstanding of an issuer or a class, each as printed or computed; lines looked for and not found are in ``conflicts``."""
    raw = read_facts(folder, "shares_outstanding")
    raw = raw[raw["shares_total"] != ""].reset_index(drop=True)
    known = _known_when_published(raw["observed_on"], raw["known_at"])
    frame = pd.DataFrame(
        {
            "security": raw["security"],
            "observed_on": [item.first_on for item in known],
            "observed_last_on": [item.last_on for item in known],
            "share_class": _coded(raw["shares_class"], _SHARE_CLASSES, "share class"),
            "share_class_text": raw["shares_class"],
            "shares": raw["shares_total"],
            "float_shares": raw["float_share"],
            "float_basis": raw["float_basis"],
            **known_columns(known),
            **source_columns(raw),
        }
    )
    keys = zip(raw["security"], frame["share_class"], frame["observed_on"], strict=True)
    return add_ids(frame, (f"shares-{slug(line, kind)}-{day}" for line, kind, day in keys))


def tracked_assets(folder: Path) -> pd.DataFrame:
    """Funds that track an index family: assets, and the weight of one line in percent of the fund."""
    raw = read_facts(folder, "tracked_assets")
    known = _known_when_published(raw["observed_on"], raw["observed_on"])
    frame = pd.DataFrame(
        {
            "provider": raw["provider"],
            "index_family": raw["index_family"],
            "fund": raw["fund"],
            "assets_usd": raw["assets_usd"],
            **_lines_of(raw["security"]),
            "weight_percent": raw["weight_pct_of_security"],
            "observed_on": [item.first_on for item in known],
            "observed_last_on": [item.last_on for item in known],
            **known_columns(known),
            **(source_columns(raw) | {"source": raw["source"].map(_public_source)}),
        }
    )
    keys = zip(raw["fund"], raw["security"], frame["observed_on"], strict=True)
    return add_ids(frame, (f"tracked-{slug(fund, line)}-{day}" for fund, line, day in keys))


# Purchase programmes as announced; the purchases themselves are rows of `holders` of the class `issuer_buyback`.
# security, notice (after the close of that day), session that reacted, currency, most that may be spent, mark of the notes
_PROGRAMMES = (("1810.HK", "2021-03-11T16:10:00+08:00", "2021-03-12", "HKD", "10000000000", "A"),)


def buybacks(folder: Path) -> pd.DataFrame:
    """Share purchases by an issuer: a programme with the most it may spend, or a purchase with its shares.

    ``amount_low`` and ``amount_high`` are in ``currency`` (empty: not known); a programme may spend nothing.
    """
    held = holders(folder)
    figures = read_facts(folder, "reported_market_figures").set_index(["ticker", "date"]).sort_index()
    rows = []
    for security, told_at, reacted_on, currency, amount, mark in _PROGRAMMES:
        source = figures.loc[(security, reacted_on), "source"]
        cells = {"amount_low": "0", "amount_high": amount, "currency": currency, "shares": "", "observed_on": told_at[:10]}
        cells |= {"known_at": told_at, "known_at_precision": "session", "known_at_rule": "session"}
        cells |= {"source": source, "confidence": grade(mark)}
        rows.append({"security": security, "kind": "programme", "issuer": "Xiaomi", **cells})
    for row in held[held["holder_class"] == "issuer_buyback"].to_dict("records"):
        kept = {name: row[name] for name in ("security", "observed_on", "shares", "known_at", "known_at_precision", "known_at_rule")}
        low_high = dict.fromkeys(("amount_low", "amount_high"), row["value_usd"])
        kept |= low_high | {"currency": "USD" if row["value_usd"] else "", "source": row["source"], "confidence": row["confidence"]}
        rows.append(kept | {"kind": "purchase", "issuer": row["holder"]})
    order = ["security", "issuer", "kind", "observed_on", "amount_low", "amount_high", "currency", "shares"]
    frame = pd.DataFrame(rows)[[*order, "known_at", "known_at_precision", "known_at_rule", "source", "confidence"]]
    return add_ids(frame, (f"buyback-{slug(row['security'], row['kind'])}-{row['observed_on']}" for row in rows))
