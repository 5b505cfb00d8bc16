"""Every result of every room can be sent to another process, copied, and says the same there."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed

import impact
from impact.cases.difference import compare_cases
from impact.facts.editions import edition_difference
from impact.facts.official_lists import diff_lists, read_official_list
from impact.holdings import check_portfolio, read_13f
from impact.holdings.benchmark import benchmark_effect
from impact.holdings.changes import exposure_change
from impact.holdings.desk import check_books
from impact.holdings.issuer_owners import ownership
from impact.pricing import demand_effect, leave_one_out
from impact.relief.forecasts import score_forecasts
from impact.relief.watch import list_risk
from impact.results import Result
from impact.rules.index_providers import provider_path
from impact.rules.programme_table import programme_table
from impact.supply.reweighting import reweight_index
from tests.eventstudy.test_pickles import results as studies
from tests.holdings.test_holdings_ownership import BOOK as OWNERS
from tests.pricing.test_pricing import demand_table
from tests.pricing.test_pricing_backtest import events_of
from tests.relief.test_relief_scenarios import two_way
from tests.relief.test_relief_watch import CRITERIA
from tests.relief.test_relief_watch import table as watched

POSITIONS = "Name,ISIN,Shares,Market Value\nXiaomi,KYG9830T1067,1000,29300\nChina Mobile,HK0941009539,5,100\nApple,US0378331005,1,95\n"


def every_class():
    """The classes of results that the package has."""
    for module in pkgutil.walk_packages(impact.__path__, "impact."):
        if not module.name.startswith(("impact.cli", "impact.__main__")):
            importlib.import_module(module.name)
    waiting, classes = [Result], set()
    while waiting:
        below = [one for one in waiting.pop().__subclasses__() if one.__module__.startswith("impact.")]
        waiting += below
        classes |= set(below)
    return classes


def make_everything(folder, samples):
    """Calls that together make a result of every class."""
    book = folder / "book.csv"
    book.write_text(POSITIONS)
    case = impact.case("xiaomi").with_book(book)
    for name in (
        "timeline",
        "event_study",
        "deadlines",
        "exposure",
        "cost",
        "answers",
        "supply",
        "narrowing",
        "price_effect",
        "announcement",
    ):
        getattr(case, name)()
    for name in ("predicted_against_realised", "relief", "spillover", "precedents"):
        getattr(case, name)()
    case.report(folder / "page.html")
    compare_cases(impact.case("xiaomi", as_of="2021-02-01T12:00Z"), impact.case("xiaomi", as_of="2021-04-01T12:00Z"))
    impact.cases.case_list()
    list(studies(folder))
    edition_difference("ndaa-1260h", "2024-09-01", "2025-02-01")
    official = read_official_list(samples / "csl_consolidated.csv")
    diff_lists(official, official)
    early, late = (check_portfolio(book, as_of=at) for at in ("2021-01-14T18:00-05:00", "2021-11-30T12:00-05:00"))
    exposure_change(early, late)
    active = pd.DataFrame(np.random.default_rng(3).normal(0, 0.02, (400, 2)), columns=["0941.HK", "1810.HK"])
    benchmark_effect(late, active_returns=active)
    check_books([book], lambda path: check_portfolio(path, as_of="2021-11-30T12:00-05:00"))
    read_13f(samples / "form13f_2021q1")
    ownership("0941.HK", OWNERS, ratios={"CHL": 5.0}, shares_outstanding=100_000.0)
    table, prices = demand_table()
    demand_effect(table, prices, banned=[], security="a")
    leave_one_out(events_of(4, n_groups=12), rng=np.random.default_rng(0), n_resamples=50)
    score_forecasts(
        pd.DataFrame({"made_at": [pd.Timestamp("2021-03-11", tz="UTC")], "question": ["q"], "probability": [0.4]}),
        {"q": True},
        base_rate=0.5,
    )
    list_risk(watched(), criteria=CRITERIA)
    provider_path("1810.HK")
    programme_table()
    reweight_index(pd.Series({"a": 0.5, "b": 0.5}), ["a"])


@pytest.fixture(scope="module")
def made(tmp_path_factory, samples_dir):
    """One result of each class that the calls above make."""
    kept: dict[type, Result] = {}
    before = Result.__post_init__

    def remembered(self):
        before(self)
        kept.setdefault(type(self), self)

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setattr(Result, "__post_init__", remembered)
        make_everything(tmp_path_factory.mktemp("made"), samples_dir)
    kept[type(two_way(0.2, 0.4))] = two_way(0.2, 0.4)  # checks its branches in place of what every result does
    return kept


def account(result):
    """What a result says and holds, as text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(result), result.to_frame().to_string()


@pytest.mark.slow
def test_every_result_travels(made):
    assert {one.__name__ for one in every_class() - set(made)} == set()
    results = list(made.values())
    said = [account(result) for result in results]
    assert [account(pickle.loads(pickle.dumps(result))) for result in results] == said
    assert [account(copy.deepcopy(result)) for result in results] == said
    assert [account(copy.copy(result)) for result in results] == said
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(account, results)) == said
    assert Parallel(n_jobs=2)(delayed(account)(result) for result in results) == said
