"""Which tests run, which are refused, which lead; and that all of them equal a second implementation, gaps and all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy import sample as sample_module
from impact.eventstudy.calendar_portfolio import calendar_time_portfolio
from impact.eventstudy.hypotheses import TESTS
from impact.eventstudy.inference import describe_inference, run_tests
from impact.eventstudy.placebo import placebo_windows
from impact.eventstudy.sample import event_sample
from impact.eventstudy.single import conformal_effect, joint_path
from impact.eventstudy.window_family import adjust_over_windows
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression
from tests.reference.brute_fit import brute_fit
from tests.reference.slow_tests import slow_statistics

MANY_ONLY = [name for name, test in TESTS.items() if "single" not in test.layouts]
ONE_ONLY = [name for name, test in TESTS.items() if "multi_date" not in test.layouts]
COLUMNS = ["statistic", "p_value", "df", "distribution", "n_events", "null", "headline", "reason", "warning", "smallest_p"]


def make_fit(
    *, n=12, dates=(100,), gaps=0.0, correlation=0.3, effect=0.0, length=60, seed=5, engine=False, firms=None, scale=1.0, halted=()
):
    """Market model on a made-up panel: events go round the dates and the firms; `halted` ones do not trade in the window."""
    rng = np.random.default_rng(seed)
    firms = firms or n
    market = 0.01 * rng.standard_normal(160)
    common = rng.standard_normal((160, 1))
    returns = market[:, None] * rng.uniform(0.5, 1.5, firms)
    returns += 0.02 * (correlation**0.5 * common + (1 - correlation) ** 0.5 * rng.standard_normal((160, firms)))
    day0 = np.resize(dates, n)
    security = np.resize(np.arange(firms), n)
    returns[day0, security] = scale * returns[day0, security] + effect
    for i in halted:
        returns[day0[i] - 3 : day0[i] + 6, security[i]] = np.nan
    if gaps:
        returns[rng.random(returns.shape) < gaps] = np.nan
    if engine:
        regression = Regression(returns=returns, regressors=market[:, None])
        return fit_events(regression, day0, security, (-length - 10, -11), (-3, 5))
    design = np.column_stack([np.ones(160), market])
    return brute_fit(returns, design, security, day0, estimation=(-length - 10, -11), window=(-3, 5))


# --- shape of the table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "dates"), [(1, (100,)), (12, (100,)), (12, (100, 101, 110))])
def test_the_table_has_every_name_in_order_and_a_reason_for_every_nan(n, dates):
    table = run_tests(make_fit(n=n, dates=dates), -1, 1)
    assert tuple(table.index) == tuple(TESTS) and list(table.columns) == COLUMNS
    assert table["null"].tolist() == [test.null for test in TESTS.values()]
    refused = table["statistic"].isna()
    assert (refused == table["p_value"].isna()).all()
    assert (table.loc[refused, "reason"] != "").all() and (table.loc[~refused, "reason"] == "").all()
    assert table["headline"].sum() == 1 and not refused[table.index[table["headline"]][0]]
    assert table.loc[~refused, "p_value"].between(0, 1).all()
    known = table["smallest_p"].notna()
    assert (table.loc[known, "p_value"] >= table.loc[known, "smallest_p"] - 1e-12).all()


@pytest.mark.parametrize(
    ("n", "dates", "window", "leader"),
    [
        (1, (130,), (0, 0), "sq"),
        (1, (100,), (-1, 1), "conformal"),
        (3, (100,), (0, 0), "placebo_bmp"),
        (12, (100,), (0, 0), "kp_bmp"),
        (12, (100, 101, 110), (-1, 1), "kp_bmp"),
        (3, (100, 105, 110), (0, 0), "placebo_bmp"),
    ],
)
def test_the_layout_chooses_the_headline(n, dates, window, leader):
    fit = make_fit(n=n, dates=dates, length=110 if n == 1 else 60)
    table, design = run_tests(fit, *window), describe_inference(fit, *window)
    assert list(table.index[table["headline"]]) == [leader] == [design.headline]
    assert design.design == ("single" if n == 1 else "same_date" if len(dates) == 1 else "multi_date")
    assert design.why and design.headline in str(design) and "Layout of the events" in design._repr_html_()
    assert all(name in TESTS for name in design.second_opinions)


def test_one_event_refuses_every_cross_section_and_several_refuse_t():
    single = run_tests(make_fit(n=1), 0, 0)
    assert single.loc[MANY_ONLY, "p_value"].isna().all()
    assert single.loc["placebo_space", "reason"].startswith("no peers were given")
    many = run_tests(make_fit(dates=(100, 110)), 0, 0)
    assert many.loc[ONE_ONLY, "p_value"].isna().all()
    same = run_tests(make_fit(), 0, 0)
    assert same.loc[["t", "placebo_space", "wild_cluster", "calendar_time"], "p_value"].isna().all()
    assert same.loc[["sq", "block_placebo", "conformal", "portfolio"], "p_value"].notna().all()


def test_without_a_window_day_nothing_runs_and_the_reason_says_so():
    fit = make_fit(n=3, halted=(0, 1, 2))
    table, design = run_tests(fit, 0, 0), describe_inference(fit, 0, 0)
    assert table["p_value"].isna().all() and not table["headline"].any()
    assert table["reason"].str.startswith("no event has").all()
    assert (design.design, design.headline, design.n_events, design.n_excluded) == ("none", "", 0, 3)
    assert np.isnan(design.mde)


# --- second implementation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", [(0, 0), (-1, 1), (-3, 5)])
@pytest.mark.parametrize(
    "layout",
    [
        {"n": 14, "dates": (100,)},
        {"n": 14, "dates": (100,), "gaps": 0.04},
        {"n": 15, "dates": (100, 101, 104, 130)},
        {"n": 15, "dates": (100, 101, 104, 130), "gaps": 0.04},
        {"n": 16, "dates": (100, 102), "firms": 8, "gaps": 0.02},
    ],
    ids=["one date", "one date with gaps", "mixed dates", "mixed dates with gaps", "two events a firm"],
)
def test_every_statistic_equals_the_loops(layout, window):
    fit = make_fit(**layout, effect=-0.01)
    expected, n, r_bar = slow_statistics(fit, *window)
    table = run_tests(fit, *window)
    for name, value in expected.items():
        assert table.loc[name, "statistic"] == pytest.approx(value, rel=1e-9, abs=1e-12), name
        assert table.loc[name, "n_events"] == n
    assert describe_inference(fit, *window).r_bar == pytest.approx(r_bar, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("gaps", [0.0, 0.03])
def test_the_batched_engine_and_the_brute_fit_give_the_same_tests(gaps):
    options = {"n": 18, "dates": (100, 101, 120), "gaps": gaps, "effect": 0.02}
    slow, fast = make_fit(**options), make_fit(**options, engine=True).events
    for window in ((0, 0), (-2, 3)):
        one, two = (run_tests(fit, *window, rng=np.random.default_rng(1)) for fit in (slow, fast))
        np.testing.assert_allclose(one["statistic"], two["statistic"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(one["p_value"], two["p_value"], rtol=1e-7, atol=1e-12)


def test_one_date_collapses_the_portfolio_to_a_single_firm():
    """The batch portfolio of identical firms is the firm."""
    rng = np.random.default_rng(2)
    market = 0.01 * rng.standard_normal(160)
    one = (market + 0.02 * rng.standard_normal(160))[:, None]
    design = np.column_stack([np.ones(160), market])
    single = brute_fit(one, design, [0], [100], estimation=(-70, -11), window=(-3, 5))
    twins = brute_fit(np.repeat(one, 6, axis=1), design, range(6), [100] * 6, estimation=(-70, -11), window=(-3, 5))
    alone, batch = run_tests(single, 0, 2), run_tests(twins, 0, 2)
    assert batch.loc["portfolio", "statistic"] == pytest.approx(alone.loc["t", "statistic"], rel=1e-10)
    for name in ("block_placebo", "conformal"):
        assert batch.loc[name, "p_value"] == alone.loc[name, "p_value"]
        assert batch.loc[name, "statistic"] == pytest.approx(alone.loc[name, "statistic"], rel=1e-10)
    assert "no spread" in batch.loc["bmp", "reason"] or batch.loc["kp_bmp", "reason"]


# --- options ----------------------------------------------------------------------------------------------------------


def test_incomplete_events_leave_or_stay_as_asked():
    fit = make_fit(n=20, gaps=0.08, dates=(100, 104))
    complete = np.isfinite(fit.abnormal[:, 2:5]).all(axis=1).sum()
    some = np.isfinite(fit.abnormal[:, 2:5]).any(axis=1).sum()
    assert complete < some
    assert run_tests(fit, -1, 1, tests=["bmp"])["n_events"].iloc[0] == complete
    assert run_tests(fit, -1, 1, tests=["bmp"], incomplete="available")["n_events"].iloc[0] == some
    assert describe_inference(fit, -1, 1).n_excluded == 20 - complete


def test_subset_of_tests_gives_the_same_rows(tmp_path):
    fit = make_fit(dates=(100, 103))
    whole = run_tests(fit, 0, 1)
    part = run_tests(fit, 0, 1, tests=["grank_t", "kp_bmp", "corrado"])
    assert list(part.index) == ["kp_bmp", "corrado", "grank_t"]
    np.testing.assert_allclose(part["statistic"], whole.loc[part.index, "statistic"], rtol=1e-12)
    assert run_tests(fit, 0, 1, tests="bmp").index.tolist() == ["bmp"]


def test_chunks_and_threads_change_nothing(monkeypatch):
    fit = make_fit(n=40, dates=(100, 101, 103), gaps=0.02)
    whole = run_tests(fit, -1, 1)
    monkeypatch.setattr(sample_module, "CHUNK_VALUES", 500)
    with ThreadPoolExecutor(3) as pool:
        split = run_tests(fit, -1, 1, executor=pool)
    np.testing.assert_allclose(split["statistic"], whole["statistic"], rtol=1e-11)
    assert run_tests(fit, -1, 1).equals(split)


def test_bootstrap_tests_follow_the_generator():
    fit = make_fit(n=30, dates=tuple(range(90, 120)))
    without = run_tests(fit, 0, 0)
    assert "give rng" in without.loc["wild_cluster", "reason"]
    assert "over-rejects" in without.loc["skewness_adjusted", "warning"]
    one, two, other = (run_tests(fit, 0, 0, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.equals(two) and not one.equals(other)
    alone = run_tests(fit, 0, 0, tests=["skewness_adjusted"], rng=np.random.default_rng(1))
    assert alone["p_value"].iloc[0] == one.loc["skewness_adjusted", "p_value"]


def test_event_variance_adjustment_reaches_the_rank_tests_only():
    fit = make_fit(n=25, effect=0.03)
    plain, adjusted = run_tests(fit, 0, 0), run_tests(fit, 0, 0, adjust_event_variance=True)
    changed = plain.index[(plain["statistic"] != adjusted["statistic"]) & plain["statistic"].notna()]
    assert set(changed) <= {"corrado", "corrado_zivney"} and len(changed) == 2


def test_peers_need_nineteen_and_the_same_date():
    event = make_fit(n=1, effect=-0.2)
    enough, few, elsewhere = (make_fit(n=k, dates=dates, seed=9) for k, dates in ((25, (100,)), (18, (100,)), (25, (101,))))
    row = run_tests(event, 0, 0, peers=enough).loc["placebo_space"]
    assert row["p_value"] == row["smallest_p"] == 1 / 26
    assert "5 % needs 19 peers" in run_tests(event, 0, 0, peers=few).loc["placebo_space", "reason"]
    with pytest.raises(InputError, match="another day 0"):
        run_tests(event, 0, 0, peers=elsewhere)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda fit: run_tests(fit, -9, 0), r"\(-9, 0\) is not inside"),
        (lambda fit: run_tests(fit, 1, 0), "first <= last"),
        (lambda fit: run_tests(fit, 0, 0, tests=["bpm"]), "1 unknown name"),
        (lambda fit: run_tests(fit, 0, 0, tests=[]), "no name"),
        (lambda fit: run_tests(fit, 0, 0, draws=10), "draws=10"),
        (lambda fit: run_tests(fit, 0, 0, incomplete="exclude"), "incomplete='exclude'"),
        (lambda fit: conformal_effect(fit, 0, 0, level=1.0), "level=1.0"),
        (lambda fit: adjust_over_windows(fit, []), "0 window"),
        (lambda fit: adjust_over_windows(fit, [(0, 0), (0, 0)]), "1 distinct"),
        (lambda fit: adjust_over_windows(fit, [(0, 0)], method="fdr"), "method='fdr'"),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(InputError, match=words):
        call(make_fit())


# --- warnings ---------------------------------------------------------------------------------------------------------


def test_same_date_tests_that_ignore_correlation_are_flagged_with_their_true_size():
    table = run_tests(make_fit(n=40, correlation=0.3), 0, 0)
    flagged = ["cross_sectional", "patell", "bmp", "grank_z", "sign", "generalized_sign", "wilcoxon", "skewness_adjusted"]
    assert table.loc[flagged, "warning"].str.contains("takes events as independent").all()
    assert (table.loc[["kp_bmp", "kp_patell", "grank_t", "brown_warner"], "warning"] == "").all()


def test_a_wider_event_day_is_flagged_where_it_hurts():
    fit = make_fit(n=40, correlation=0.0, scale=2.0)
    table = run_tests(fit, 0, 0)
    for name in ("patell", "kp_patell", "brown_warner", "portfolio", "corrado"):
        assert "multiplies the variance" in table.loc[name, "warning"], name
    assert "multiplies" not in table.loc["kp_bmp", "warning"]


def test_tests_in_event_time_are_flagged_when_windows_overlap_in_part():
    fit = make_fit(n=36, dates=range(95, 105))
    overlapping, apart = run_tests(fit, -1, 1), run_tests(fit, 0, 0)
    for name in ("brown_warner", "corrado", "corrado_zivney", "grank_t"):
        assert "windows of different dates overlap" in overlapping.loc[name, "warning"]
        assert "overlap" not in apart.loc[name, "warning"]
    assert describe_inference(fit, -1, 1).second_opinions == ("calendar_time",)
    assert "grank_t" in describe_inference(fit, 0, 0).second_opinions


def test_few_clustered_events_warn_off_the_generalised_rank():
    assert "prefer kp_bmp" in run_tests(make_fit(n=9), 0, 0).loc["grank_t", "warning"]
    apart = run_tests(make_fit(n=9, dates=range(95, 140, 5)), 0, 0)
    assert apart.loc["grank_t", "warning"] == "" and apart.loc["bmp", "warning"] == ""


def test_single_event_warnings():
    table = run_tests(make_fit(n=1, effect=-0.3), 0, 0)
    assert "lies beyond the 60 days" in table.loc["t", "warning"]
    assert "only 60 rows" in table.loc["sq", "warning"]
    assert "more than a tenth" in run_tests(make_fit(n=1), -3, 4).loc["block_placebo", "warning"]
    few = run_tests(make_fit(n=12, dates=(100, 101, 130)), 0, 1).loc["wild_cluster", "warning"]
    assert "only 3 dates" in few and "windows of different dates overlap" in few


def test_a_fit_without_a_design_falls_back_to_raw_blocks():
    from dataclasses import replace

    bare = replace(make_fit(n=1), design=None)
    table = run_tests(bare, 0, 2)
    assert table.index[table["headline"]].tolist() == ["t"]  # raw blocks warn of themselves, and nothing can be fitted again
    assert "raw blocks" in table.loc["block_placebo", "warning"] and table.loc["conformal", "reason"]
    for call in (conformal_effect, lambda fit, a, b: adjust_over_windows(fit, [(a, b)], method="romano_wolf")):
        with pytest.raises(InfeasibleDesign, match="no common regression"):
            call(bare, 0, 2)


# --- beside the table -------------------------------------------------------------------------------------------------


def test_calendar_time_portfolio_is_the_mean_of_the_running_windows():
    fit = make_fit(n=8, dates=(100, 102))
    portfolio, members = calendar_time_portfolio(event_sample(fit, 0, 3))
    assert members.tolist() == [4, 4, 8, 8, 4, 4]
    first, second = fit.abnormal[::2], fit.abnormal[1::2]
    zero = 3
    expected = np.concatenate([first[:, zero + 2 : zero + 4], second[:, zero : zero + 2]]).mean(axis=0)
    assert portfolio[2:4] == pytest.approx(expected)


def test_calendar_time_equals_weighted_least_squares():
    import statsmodels.api as sm

    fit = make_fit(n=60, dates=tuple(range(90, 130)), effect=0.01)
    row = run_tests(fit, 0, 4).loc["calendar_time"]
    portfolio, members = calendar_time_portfolio(event_sample(fit, 0, 4))
    kept = members >= 3
    other = sm.WLS(portfolio[kept], np.ones(kept.sum()), weights=members[kept]).fit(cov_type="HC1", use_t=True)
    assert (row["statistic"], row["p_value"]) == pytest.approx((other.tvalues[0], other.pvalues[0]), rel=1e-9)
    assert "3 or more events" in run_tests(make_fit(n=3, dates=(90, 100, 110)), 0, 0).loc["calendar_time", "reason"]


def test_conformal_effect_holds_the_true_effect_and_refuses_several_dates():
    interval = conformal_effect(make_fit(n=1, effect=-0.1), 0, 0)
    assert interval.low < -0.1 < interval.high and interval.coverage == pytest.approx(0.95)
    with pytest.raises(InfeasibleDesign, match="2 dates"):
        conformal_effect(make_fit(n=4, dates=(100, 101)), 0, 0)


def test_joint_path_has_a_row_for_every_event():
    fit = make_fit(n=5, gaps=0.1, seed=3, halted=(2,))
    frame = joint_path(fit, -3, 5)
    assert len(frame) == 5 and frame.loc[2].isna().all()
    assert frame["df_days"].dropna().tolist() == np.isfinite(fit.abnormal).sum(axis=1)[[0, 1, 3, 4]].tolist()
    one = joint_path(fit, 0, 0)
    assert one.loc[0, "statistic"] == pytest.approx((fit.abnormal[0, 3] / fit.sigma[0]) ** 2 / (1 + fit.leverage[0, 3]))


def test_adjusting_over_windows():
    windows = [(0, 0), (0, 1), (-1, 1)]
    many = make_fit(n=15, effect=-0.02)
    frames = {method: adjust_over_windows(many, windows, method=method) for method in ("holm", "bh", "by", "romano_wolf")}
    for method, frame in frames.items():
        assert frame.index.tolist() == ["(0, 0)", "(0, 1)", "(-1, 1)"] and (frame["method"] == method).all()
        assert (frame["p_adjusted"] >= frame["p_value"] - 1e-12).all()
    assert (frames["holm"]["test"] == "kp_bmp").all()
    assert (frames["bh"]["p_adjusted"] <= frames["by"]["p_adjusted"] + 1e-12).all()
    with pytest.raises(InfeasibleDesign, match="use holm"):
        adjust_over_windows(make_fit(n=4, dates=(100, 101)), windows, method="romano_wolf")
    with pytest.raises(InfeasibleDesign, match="fewer than the 19"):
        adjust_over_windows(make_fit(n=1, length=25), [(-3, 5), (0, 0)], method="romano_wolf")


def test_romano_wolf_placebos_are_the_studentised_blocks_aligned_on_one_day():
    fit = make_fit(n=1, effect=-0.05)
    frame = adjust_over_windows(fit, [(-1, 1), (0, 0)], method="romano_wolf")
    alone = [run_tests(fit, a, b).loc["block_placebo", "statistic"] for a, b in ((-1, 1), (0, 0))]
    assert frame["statistic"].tolist() == pytest.approx(alone)
    assert frame["p_adjusted"].min() >= 1 / 59


def test_placebo_windows_rank_the_event_and_spare_its_own_days():
    batch = make_fit(n=1, firms=30, effect=-0.2, length=40, engine=True)
    study = placebo_windows(batch, 0, 0, 1)
    own = study.day0[study.own]
    assert not ((own + 1 >= 97) & (own - 50 <= 105)).any()
    assert (study.day0[study.same_date] == 100).all() and study.same_date.sum() == 29
    frame = study.to_frame()
    assert frame.loc["other securities, same date", "p_value"] == 1 / 30
    assert frame["n_windows"].sum() == study.placebo.size and "Placebo windows" in str(study)
    only = placebo_windows(batch, 0, 0, 1, securities=[3, 4], days=[100, 101])
    assert only.placebo.size == 4
    with pytest.raises(InputError, match="event=3"):
        placebo_windows(batch, 3, 0, 0)
    with pytest.raises(InputError, match="not inside"):
        placebo_windows(batch, 0, 0, 9)
    with pytest.raises(InfeasibleDesign, match="placebo windows"):
        placebo_windows(batch, 0, 0, 1, securities=[], days=[100])
