"""Less known is never narrower: every fact and every input of a case dropped, one at a time, and the ranges compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.cases import anchors, case_names, challengers, court, holders, index_flow, listing, record, shares
from impact.cases.narrowing import INPUTS
from impact.cases.pricing import pricing_of_case
from impact.cases.relief import assess_case
from impact.cases.supply import supply_from, supply_inputs
from impact.cases.timeline import build_timeline
from impact.facts import known_table
from impact.market import MarketPanel

FACT_TABLES = ("ownership", "holders", "shares_outstanding", "buybacks")
SETTLED_BY_AN_ASSUMPTION = "us_passive_keeping"
"""Left out, beside an index table that deletes alone, it is taken to be none, which the assumptions say; an empty row is unknown."""


def span(low, high):
    return (low, high) if np.isfinite(high) else (0.0, np.inf)


def ranges_of(supply):
    """Every range of a supply by name: in all, in money and multiples, class by class, stranded, at each index close."""
    low, _, high = supply.total_shares.values()
    found = {"total": span(low, high), "ladder end": span(*supply.ladder[["cumulative_shares_low", "cumulative_shares_high"]].iloc[-1])}
    totals = supply.totals().set_index("scenario")
    found |= {column: span(totals.loc["low", column], totals.loc["high", column]) for column in ("forced_usd", "forced_adv")}
    for row in supply.classes.itertuples():
        found[f"class {row.holder_class}"] = span(np.nan_to_num(row.possible_shares_low), row.possible_shares_high)
    for row in supply.stranded.itertuples():
        found[f"{row.at} {row.holder_class}"] = span(row.unsold_shares_low, row.unsold_shares_high)
    for row in supply.index_flow.flows.itertuples():
        found[f"flow {row.provider}"] = span(row.sold_shares_low, row.sold_shares_high)
    return found


def narrower(more, less):
    """Names of the ranges of `less` that do not hold those of `more`."""
    slack = {name: 1.0 + 1e-9 * max(abs(end) for end in bounds if np.isfinite(end)) for name, bounds in more.items()}
    return [
        name
        for name, (low, high) in more.items()
        if name in less and (less[name][0] > low + slack[name] or less[name][1] < high - slack[name])
    ]


@pytest.fixture
def forget(monkeypatch):
    """Take one row out of the fact base, for the rooms that read holdings, counts and index actions."""
    gone = set()

    def known(name, as_of=None):
        table = known_table(name, as_of)
        return table[~table["fact_id"].isin(gone)]

    for module in (holders, shares, index_flow, anchors, challengers, court, listing, record):
        monkeypatch.setattr(module, "known_table", known)
    return gone


def check_facts(case, forget):

    def measured():
        return ranges_of(supply_from(supply_inputs(case.definition, panel=case.panel)))

    everything = measured()
    for table in FACT_TABLES:
        facts = known_table(table)
        for fact in facts.loc[facts["security"] == case.definition.security, "fact_id"]:
            forget.add(fact)
            assert narrower(everything, measured()) == [], f"{case.definition.case} without {fact}"
            forget.clear()


@pytest.mark.parametrize("name", ["xiaomi", "cnooc"])
def test_no_fact_of_a_shipped_case_dropped_narrows_it(name, forget, opened):
    check_facts(opened(name), forget)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in case_names() if name not in ("xiaomi", "cnooc")])
def test_no_fact_of_any_other_shipped_case_dropped_narrows_it(name, forget, opened):
    check_facts(opened(name), forget)


def own_panel():
    days = sessions("XKRX", "2025-09-01", "2026-11-26")
    rng = np.random.default_rng(5)
    index = rng.normal(0.0, 0.01, len(days))
    own = index + rng.normal(0.0, 0.018, len(days))
    close = pd.DataFrame({"999930.KS": 3e5 * np.exp(own.cumsum()), "^KS11": 2700 * np.exp(index.cumsum())}, index=days)
    return MarketPanel(close=close, volume=pd.DataFrame({"999930.KS": 4e5, "^KS11": 1e9}, index=days))


CLASSES = (
    ("us_active", 3e6, 5e6), ("us_passive_deleting", 1e6, 2e6), ("us_passive_keeping", 2e6, 3e6), ("us_retail", 1e6, 2e6), ("insiders", 1.5e7, 2e7),
)  # fmt: skip
FULL = {
    "security": "999930 KS",
    "programme": "ns-cmic",
    "public_at": "2026-11-20T16:05-05:00",
    "rates": {"USD": 1390.0},
    "outstanding": (50e6, 52e6),
    "free_float": (0.5, 0.6),
    "holders": pd.DataFrame(CLASSES, columns=["holder_class", "shares_low", "shares_high"]).assign(source="letter"),
    "index": pd.DataFrame(
        {
            "provider": ["MSCI", "FTSE"],
            "action": "delete",
            "announced_on": "2026-11-23",
            "execution_on": ["2026-11-30", "2026-12-04"],
            "weight_pct": [0.08, 0.05],
            "tracked_assets_usd_low": [3e11, 1e11],
            "tracked_assets_usd_high": [5e11, 2e11],
            "source": "notice",
        }
    ),
    "buyers": pd.DataFrame({"buyer": ["buyback"], "shares_low": [1e5], "shares_high": [2e5], "source": "notice"}),
}


def without_cell(table, row, column):
    emptied = table.copy()
    emptied[column] = emptied[column].astype(object)
    emptied.loc[row, column] = None
    return emptied


def lesser_cases():
    """The full case with each field, each row and each cell of a bound left out."""
    for field in ("rates", "outstanding", "free_float", "holders", "buyers"):
        yield f"no {field}", {name: value for name, value in FULL.items() if name != field}
    for row, (name, _, _) in enumerate(CLASSES):
        if name != SETTLED_BY_AN_ASSUMPTION:
            yield f"no row {name}", {**FULL, "holders": FULL["holders"].drop(row)}
        yield (
            f"{name} without numbers",
            {**FULL, "holders": without_cell(without_cell(FULL["holders"], row, "shares_low"), row, "shares_high")},
        )
        for column in ("shares_low", "shares_high"):
            yield f"{name} without {column}", {**FULL, "holders": without_cell(FULL["holders"], row, column)}
    for column in ("weight_pct", "tracked_assets_usd_low", "tracked_assets_usd_high"):
        yield f"index without {column}", {**FULL, "index": without_cell(FULL["index"], 0, column)}
    yield "a wider count", {**FULL, "outstanding": (49e6, 54e6)}
    yield "a wider float", {**FULL, "free_float": (0.4, 0.7)}


def test_no_input_of_an_own_case_dropped_narrows_it():
    panel = own_panel()
    everything = ranges_of(impact.case(**FULL, source=panel).supply())
    assert everything["total"] == (5.4e6, 1.0e7)  # 0.9 of 1 + 2 + 3 million and none of the individuals'; all of 2 + 3 + 5
    for label, lesser in lesser_cases():
        assert narrower(everything, ranges_of(impact.case(**lesser, source=panel).supply())) == [], label


def test_a_case_without_prices_is_not_narrower():
    full = impact.case(**FULL, source=own_panel())
    bare = replace(full, panel=None, no_prices="none")
    assert narrower(ranges_of(full.supply()), ranges_of(bare.supply())) == []


@pytest.mark.parametrize("as_of", [None, "2026-11-25T18:00-05:00"])
def test_the_price_range_does_not_narrow_with_less_known_of_the_holders(as_of):
    panel = own_panel()

    def price(stated):
        laws = impact.case(**stated, source=panel, as_of=as_of).pricing(n_draws=1000, seed=1).effect.laws.set_index("law")
        return laws.loc[["library", "class_scenario", "all_laws"], ["peak_return_low", "peak_return_high"]].astype(float)

    known = price(FULL)
    for row, (name, _, _) in enumerate(CLASSES):
        if name in ("insiders", "us_retail"):  # not in the flow
            continue
        less = price({**FULL, "holders": without_cell(without_cell(FULL["holders"], row, "shares_low"), row, "shares_high")})
        slack = 0.002  # a thousand draws place an end to two tenths of a percent
        assert (less["peak_return_low"] <= known["peak_return_low"] + slack).all(), name
        assert (less["peak_return_high"] >= known["peak_return_high"] - slack).all(), name


def test_what_narrows_most_is_first_and_says_by_how_much():
    panel = own_panel()
    table = impact.case(**FULL, source=panel).narrowing().to_frame()
    first = table.iloc[0]
    assert first["field"] == "[tables] holders"
    assert (first["now_low"], first["now_high"]) == (5.4e6, 1.0e7)
    assert first["left_high"] - first["left_low"] == pytest.approx(1.0e6)  # 10 million held at most, of which 0.9 to all are sold
    assert first["narrowed_share"] == pytest.approx(1 - 1.0 / 4.6)
    bare = {name: value for name, value in FULL.items() if name not in ("outstanding", "free_float", "rates", "holders", "index", "buyers")}
    missing = list(impact.case(**bare, source=panel).narrowing().to_frame()["field"])
    assert missing == [INPUTS[code].field for code in ("holders", "outstanding", "free_float", "rate", "index", "buyers")]
    unpriced = impact.case(**FULL)
    assert {"[market] prices", "[market] benchmark, prices"} <= set(unpriced.narrowing().to_frame()["field"])


def test_holders_up_to_the_upper_end_of_the_count_are_no_contradiction():
    stated = {name: value for name, value in FULL.items() if name not in ("free_float", "index")}
    holders = pd.DataFrame({"holder_class": ["non_us"], "shares_low": [53e6], "shares_high": [53e6], "source": ["letter"]})
    case = impact.case(**{**stated, "outstanding": (50e6, 54e6), "holders": holders}, source=own_panel())
    assert case.supply().line.most_shares == 54e6


PROGRAMME = {
    "name": "List of tomorrow",
    "binds": ["us_person"],
    "buy_barred_from": "2027-01-20T09:30-05:00",
    "sell_barred_from": "2027-11-20T23:59-05:00",
    "holding_barred": True,
    "instruments": ["equity"],
    "index_rule": "delete",
}


def under(panel, **changed):
    fields = {name: value for name, value in (PROGRAMME | changed).items() if value is not None}
    return impact.case(**{name: value for name, value in FULL.items() if name != "programme"}, own_programme=fields, source=panel)


def priced(case):
    """The 90 % ranges of the price effect; without bound where the flow is unknown."""
    return ranges_priced(case.pricing(n_draws=1024, seed=1))


def ranges_priced(pricing):
    """Headline and, where there is one, scenario: name to least and most."""
    effect = pricing.effect
    if effect is None:
        return {}
    laws = effect.laws.set_index("law")
    return {
        name: tuple(laws.loc[name, ["peak_return_low", "peak_return_high"]])
        for name in ("all_laws", "class_scenario")
        if name in laws.index
    }


def price_narrower(more, less, slack):
    """Names of the ranges of `less` that do not hold those of `more`; one that is unknown is without bound."""
    return [
        name for name, (low, high) in more.items() if name in less and not (less[name][0] <= low + slack and less[name][1] >= high - slack)
    ]


@pytest.mark.parametrize("field", [name for name in PROGRAMME if name != "name"])
def test_no_field_of_an_own_programme_dropped_narrows_it(field):
    panel = own_panel()
    full, lesser = under(panel), under(panel, **{field: None})
    less = narrower(ranges_of(full.supply()), ranges_of(lesser.supply()))
    if field in (
        "binds",
        "buy_barred_from",
        "sell_barred_from",
    ):  # who queues and until when set the pace, which is an assumption that is said
        less = [name for name in less if not name.startswith(("ladder end", "deadline", "purchase ban"))]
        said = ("is not known: holders are taken", "sets no date", "whom it binds is not stated")
        assert any(words in text for text in lesser.supply().assumptions for words in said)
    assert less == []
    assert price_narrower(priced(full), priced(lesser), 0.002) == []


def test_a_wider_float_does_not_narrow_what_is_held_from_abroad():
    """Insiders of Xiaomi on record hold more than the fifth that a float of 0.8 leaves: of a range of floats every end counts."""
    stated = {"security": "1810.HK", "programme": "eo13974-amend", "public_at": "2021-01-14T16:05-05:00", "prices": "bundled"}
    most = impact.case(**stated, free_float=0.8).supply().total_shares
    least = impact.case(**stated, free_float=0.4).supply().total_shares
    wide = impact.case(**stated, free_float=(0.4, 0.8)).supply().total_shares
    assert (wide["low"], wide["high"]) == (min(most["low"], least["low"]), max(most["high"], least["high"]))
    assert most["low"] < least["low"]


def test_a_licence_of_which_something_is_not_known_does_not_narrow_it():
    panel = own_panel()
    full = ranges_of(under(panel).supply())
    for licence in ({}, {"actions": ["hold", "sell"]}, {"until": "never"}):
        assert narrower(full, ranges_of(under(panel, licence=licence).supply())) == [], licence


def test_a_blocked_depository_leaves_open_how_much_can_be_sold():
    panel = own_panel()
    assert narrower(ranges_of(under(panel).supply()), ranges_of(under(panel, depository="the NSD").supply())) == []
    assert under(panel, depository="the NSD").supply().total_shares["low"] == 0.0


def check_price(case, forget):
    """A fact forgotten alters the supply, and the effect by it; what the price did is measured once."""
    name, study = case.definition.case, case.studied()
    realised = None if study is None else study.realised()

    def measured():
        if realised is None:
            return priced(impact.case(name))
        supply = supply_from(supply_inputs(case.definition, panel=case.panel))
        return ranges_priced(pricing_of_case(case.definition, realised, supply=supply, n_draws=1024, seed=1))

    everything = priced(case)
    assert measured() == everything
    for table in FACT_TABLES:
        facts = known_table(table)
        for fact in facts.loc[facts["security"] == case.definition.security, "fact_id"]:
            forget.add(fact)
            lesser = measured()
            forget.clear()
            assert price_narrower(everything, lesser, 0.003) == [], f"{name} without {fact}"


@pytest.mark.parametrize("name", ["xiaomi"])
def test_no_fact_dropped_narrows_the_price_range(name, forget, opened):
    check_price(opened(name), forget)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in case_names() if name != "xiaomi"])
def test_no_fact_dropped_narrows_the_price_range_of_any_other_case(name, forget, opened):
    check_price(opened(name), forget)


def test_what_narrows_the_price_range_lies_within_it_and_says_by_how_much():
    panel = own_panel()
    case = impact.case(**FULL, source=panel)
    table = case.price_narrowing().to_frame()
    pooled = case.price_effect().laws.iloc[-1]
    assert (table["now_low"] == pooled["peak_return_low"]).all() and (table["now_high"] == pooled["peak_return_high"]).all()
    assert (table["left_low"] >= table["now_low"]).all() and (table["left_high"] <= table["now_high"]).all()
    assert table["narrowed_share"].between(0, 1).all() and table["narrowed_share"].is_monotonic_decreasing
    unpriced = impact.case(**FULL).price_narrowing().to_frame()
    assert unpriced[["now_low", "left_low", "narrowed_share"]].isna().all(axis=None) and len(unpriced)


def relief_ranges(case, study):
    """What the relief of a case prints as a range: values, discount, chances on the eve, base rates."""
    assessed = assess_case(case.definition, case.prices(), build_timeline(case.definition, case.panel), study)
    told = {
        f"rate {row.programme_id}": (row.relief_share_low, row.relief_share_high) for row in assessed.base_rates.to_frame().itertuples()
    }
    if assessed.probability is not None:
        eve = assessed.probability.path.set_index("session").loc[assessed.eve]
        told |= {name: (eve[f"{name}_low"], eve[f"{name}_high"]) for name in ("clear", "probability", "inside_probability")}
        told["discount"] = assessed.probability.discount
    return assessed, told


def check_relief(case, facts, forget):
    """But the largest fall on record, the extreme of a sample that the upper end of the discount is, as the answer says."""
    study = case.event_study()
    assessed, everything = relief_ranges(case, study)
    largest = assessed.probability.discount[1]
    assert any("the extreme of a sample" in text for text in assessed.assumptions)
    figures = known_table("reported_figures").set_index("fact_id")["value"].abs() / 100.0
    own = set(case.definition.tables.events["fact"])  # on which the case file stands
    extreme = [fact for fact in facts if figures.get(fact, 0.0) == pytest.approx(largest)]
    assert len(extreme) == 1
    for fact in sorted({*facts} - own - {*extreme}):
        forget.add(fact)
        _, less = relief_ranges(case, study)
        forget.clear()
        widths = {name: (high - low, less[name][1] - less[name][0]) for name, (low, high) in everything.items() if name in less}
        assert [name for name, (before, after) in widths.items() if after < before - 1e-9] == [], fact


def reported(*beginnings):
    figures = known_table("reported_figures")
    return figures.loc[figures["figure"].str.startswith(beginnings), "fact_id"].tolist()


def test_no_fact_dropped_narrows_the_ranges_of_relief(forget, opened):
    court_acts = known_table("litigation")
    of_list = court_acts.loc[court_acts["programme_id"] == "ndaa-1237-ccmc", "fact_id"].tolist()
    check_relief(opened("xiaomi"), [*of_list, *reported("fall since")], forget)


@pytest.mark.slow
def test_no_other_fact_dropped_narrows_the_ranges_of_relief(forget, opened):
    check_relief(opened("xiaomi"), [*known_table("litigation")["fact_id"], *reported("close", "fall since")], forget)


def test_prices_without_volume_do_not_narrow_the_ranges_of_relief(opened):
    case = opened("xiaomi")
    lesser = replace(case, panel=replace(case.prices(), volume=None))
    (_, everything), (_, less) = (relief_ranges(one, one.event_study()) for one in (case, lesser))
    assert everything.keys() == less.keys()
    for name, (low, high) in everything.items():
        if np.isfinite(high - low):
            assert less[name][1] - less[name][0] >= high - low - 1e-9, name
