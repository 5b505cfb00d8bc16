"""Sections A, B and I of the worked examples, and D07 and H05: every number through the public entry point or its kernel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.kernels import thin_trading
from impact.kernels.bhar import buy_and_hold_abnormal
from impact.kernels.calendar_time import calendar_time_alpha, jaffe_statistic
from impact.kernels.garch import GarchParameters, egarch_log_variance, garch_forecast, garch_variance, gaussian_log_likelihood
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression
from impact.kernels.synthetic import rmspe_ratio, simplex_weights
from impact.kernels.volume import log_turnover

ESTIMATION, WINDOW = (-40, -1), (0, 4)


@pytest.fixture(scope="module")
def panel(worked):
    return worked["panel6"]


@pytest.fixture(scope="module")
def tables(panel):
    days = pd.bdate_range("2020-01-01", periods=45)
    returns = pd.DataFrame(panel["R"], index=days, columns=panel["firms"]).assign(M=panel["market"])
    factors = pd.DataFrame(panel["factors"], index=days, columns=panel["factor_names"]).assign(RF=panel["rf"])
    events = pd.DataFrame({"event_id": panel["firms"], "security": panel["firms"], "date": days[40]})
    return returns, factors, events


@pytest.fixture(scope="module")
def study(tables):
    returns, factors, events = tables

    def run(model, **options):
        return impact.event_study(
            returns, events, market="M", factors=factors, model=model, estimation=ESTIMATION, window=WINDOW, **options
        )

    return run


@pytest.fixture
def assert_example(worked):
    def compare(example, found):
        row = worked["examples"][example]
        for name, value in found.items():
            np.testing.assert_allclose(value, row["expected"][name], rtol=row["rtol"], atol=1e-17, err_msg=f"{example} {name}")

    return compare


def test_a01_mean_adjusted(study, assert_example):
    result = study("mean")
    car, se = result.car(0, 4).loc["F1", ["car", "se"]]
    estimates = result.estimates.loc["F1"]
    day_variance = result.standard_errors.loc["F1"] ** 2
    found = {"mu": estimates["alpha"], "s2": estimates["sigma"] ** 2, "AR": result.abnormal.loc["F1"], "CAR": car, "var_CAR": se**2}
    assert_example("A01", found | {"var_AR_each": day_variance.iloc[2]})


def test_a02_market_adjusted(study, assert_example):
    result = study("market_adjusted")
    found = {"AR": result.abnormal.loc["F1"], "CAR": result.car(0, 4).loc["F1", "car"]}
    assert_example("A02", found | {"s2_about_mean": result.estimates.loc["F1", "sigma"] ** 2})
    assert result.car(0, 4).loc["F1", "se"] == pytest.approx(np.sqrt(5) * result.estimates.loc["F1", "sigma"], rel=1e-14)


def test_a03_market_model(study, assert_example):
    result = study("market")
    estimates, row, sigma = result.estimates.loc["F1"], result.car(0, 4).loc["F1"], result.estimates.loc["F1", "sigma"]
    inverse = result.fit.windows.inverse[result.fit.windows.group[0], 0, 0]
    centre = result.fit.windows.centre[result.fit.windows.group[0], 0]
    pair = result.fitted.window(0, 1).variance_factor[0] - 2 - result.fitted.leverage[0, :2].sum()
    found = {
        "alpha": estimates["alpha"],
        "beta": estimates["beta"],
        "s2": sigma**2,
        "se_beta": sigma * np.sqrt(inverse),
        "se_alpha": sigma * np.sqrt(1 / 40 + centre**2 * inverse),
        "r2": estimates["r_squared"],
        "AR": result.abnormal.loc["F1"],
        "variance_inflation": 1 + result.fitted.leverage[0],
        "cov_AR_tau0_tau1": sigma**2 * pair / 2,
        "CAR": row["car"],
        "var_CAR": row["se"] ** 2,
        "SE_CAR": row["se"],
        "t": row["t"],
        "df": row["df"],
        "p": row["p"],
        "SAR": result.abnormal.loc["F1"] / result.standard_errors.loc["F1"],
    }
    assert_example("A03", found)


@pytest.mark.parametrize(("model", "example", "k"), [("capm", "A04", 2), ("ff3", "A05", 4), ("carhart", "A06", 5), ("ff5", "A07", 6)])
def test_a04_to_a07_factor_models(study, assert_example, model, example, k):
    result = study(model)
    row = result.car(0, 4).loc["F1"]
    found = {
        "coefficients": result.fit.coefficients[0],
        "s2": result.estimates.loc["F1", "sigma"] ** 2,
        "K": k,
        "AR": result.abnormal.loc["F1"],
        "CAR": row["car"],
        "var_CAR": row["se"] ** 2,
        "t": row["t"],
        "df": row["df"],
        "p": row["p"],
    }
    assert_example(example, found)


def test_a08_scholes_williams(study, panel, assert_example):
    result = study("scholes_williams")
    rho = thin_trading.market_autocorrelation(np.array(panel["market"]), np.array([40]), ESTIMATION)[0]
    estimates = result.estimates.loc["F1"]
    assert_example("A08", {"beta_SW": estimates["beta"], "alpha_SW": estimates["alpha"], "rho_m": rho, "AR": result.abnormal.loc["F1"]})
    y = np.array(panel["R"])[1:39, 0] - estimates["alpha"] - estimates["beta"] * np.array(panel["market"])[1:39]
    assert estimates["sigma"] == pytest.approx(np.sqrt(y @ y / 36), rel=1e-12)
    np.testing.assert_allclose(result.fitted.residuals(slice(0, 1))[0], y, rtol=1e-12)


def test_a09_dimson(study, panel, assert_example):
    # The last event day has no lead inside the panel, so it has no abnormal return.
    result = study("dimson")
    estimates, row = result.estimates.loc["F1"], result.car(0, 4).loc["F1"]
    slopes = estimates[["beta_lag1", "beta", "beta_lead1"]]
    contrast = np.ones(3)
    windows = result.fit.windows
    se = estimates["sigma"] * np.sqrt(contrast @ windows.inverse[windows.group[0]] @ contrast)
    found = {
        "coefficients": [estimates["alpha"], *slopes],
        "beta_Dimson": slopes.sum(),
        "se_beta_Dimson": se,
        "s2": estimates["sigma"] ** 2,
        "AR": result.abnormal.loc["F1"].iloc[:4],
        "CAR": row["car"],
        "var_CAR": row["se"] ** 2,
    }
    assert_example("A09", found)
    assert np.isnan(result.abnormal.loc["F1", 4]) and row["n_days"] == 4


def test_a10_fowler_rorke(worked, assert_example):
    given = worked["examples"]["A10"]["inputs"]
    beta = thin_trading.fowler_rorke_beta(given["coef_lag"], given["coef_0"], given["coef_lead"], given["rho1"])
    assert_example("A10", {"beta_FR": beta})


def test_a11_garch(study, worked, assert_example):
    given = worked["examples"]["A11"]["inputs"]
    result = study("market")
    residual = result.fitted.residuals(slice(0, 1))[0]
    parameters = GarchParameters(omega=given["omega"], alpha=given["alpha"], beta=given["beta"])
    variance = garch_variance(residual, parameters)
    forecast = garch_forecast(variance[-1], parameters, np.arange(1, 6))
    found = {
        "h_first3": variance[:3],
        "h_last": variance[39],
        "loglik": gaussian_log_likelihood(residual, variance[:-1]),
        "h_next": variance[40],
        "unconditional": parameters.unconditional,
        "h_forecast": forecast,
        "var_CAR_forecast": forecast.sum(),
        "z_CAR": result.car(0, 4).loc["F1", "car"] / np.sqrt(forecast.sum()),
    }
    assert_example("A11", found)


def test_a12_egarch(study, worked, assert_example):
    given = worked["examples"]["A12"]["inputs"]
    residual = study("market").fitted.residuals(slice(0, 1))[0]
    parameters = GarchParameters(**{name: given[name] for name in ("omega", "alpha", "beta", "gamma")})
    log_variance = egarch_log_variance(residual, parameters)
    likelihood = gaussian_log_likelihood(residual, np.exp(log_variance))
    assert_example("A12", {"logh_first3": log_variance[:3], "logh_last": log_variance[-1], "loglik": likelihood})


def test_a13_synthetic_control(tables, panel, assert_example):
    returns, _, events = tables
    result = impact.event_study(
        returns, events.iloc[:1], market=panel["firms"][1:], model="synthetic_control", estimation=ESTIMATION, window=WINDOW
    )
    assert_example("A13", {"gap_event": result.abnormal.loc["F1"], "cum_gap": result.car(0, 4).loc["F1", "car"]})
    firms = np.array(panel["R"])
    donors = np.stack([np.delete(firms, i, axis=1) for i in range(6)])
    fitted = simplex_weights(firms[:40].T, donors[:, :40])
    gaps = firms.T - np.einsum("ntj,nj->nt", donors, fitted.weights)
    ratio = rmspe_ratio(gaps[:, :40], gaps[:, 40:])
    assert_example("A13", {"weights": fitted.weights[0], "pre_SSE": fitted.sse[0], "RMSPE_ratio_each_firm": ratio})
    assert_example("A13", {"placebo_p": (ratio >= ratio[0]).sum() / 6})
    assert (fitted.violation < 1e-9).all()


def test_a14_buy_and_hold(panel, assert_example):
    firm, market = np.array(panel["R"])[40:, 0], np.array(panel["market"])[40:]
    assert_example("A14", {"BHAR": buy_and_hold_abnormal(firm, market), "log_CAR": (np.log1p(firm) - np.log1p(market)).sum()})


def test_a15_a16_trade_to_trade(worked, assert_example):
    given = worked["examples"]["A15"]["inputs"]
    own, market, n = thin_trading.trade_to_trade_rows(np.array(given["price"], dtype=float), np.array(given["market"]))
    abnormal = own - given["alpha"] * n - given["beta"] * market
    assert_example(
        "A15", {"gaps_n": n, "r_stock": own, "r_market": market, "AR": abnormal, "SAR": abnormal / (given["sigma_daily"] * np.sqrt(n))}
    )
    given = {name: np.array(value) for name, value in worked["examples"]["A16"]["inputs"].items()}
    fit = thin_trading.trade_to_trade_fit(given["r"], given["rm"], given["n"])
    assert_example("A16", {"alpha": fit.alpha, "beta": fit.beta, "s2_daily": fit.sigma**2})


def test_a17_a18_returns_and_compounding(worked, assert_example):
    given = worked["examples"]["A17"]["inputs"]
    days = pd.bdate_range("2021-01-04", periods=2)
    prices = pd.DataFrame({"x": [given["P_prev"], given["P"]]}, index=days)
    dividends = pd.DataFrame({"x": [0.0, given["div"]]}, index=days)
    total, log_total = (impact.to_returns(prices, kind, dividends=dividends).iloc[1, 0] for kind in ("simple", "log"))
    assert_example("A17", {"price_return": impact.to_returns(prices).iloc[1, 0], "total_return": total, "log_total_return": log_total})
    simple = np.array(worked["examples"]["A18"]["inputs"]["r_simple"])
    assert_example("A18", {"compounded": buy_and_hold_abnormal(simple, np.zeros(2)), "sum_simple": simple.sum()})


def test_a19_a20_calendar_time(worked, assert_example):
    given = {name: np.array(value) for name, value in worked["examples"]["A19"]["inputs"].items()}
    plain = calendar_time_alpha(given["portfolio_excess"], given["mkt_excess"])
    weighted = calendar_time_alpha(given["portfolio_excess"], given["mkt_excess"], given["n_t"])
    found = {
        "alpha_ols": plain.alpha,
        "t_ols": plain.alpha / plain.se,
        "se_HC1": plain.se_hc1,
        "se_NW1": plain.se_newey_west,
        "alpha_wls": weighted.alpha,
        "t_wls": weighted.alpha / weighted.se,
    }
    assert_example("A19", found)
    given = worked["examples"]["A20"]["inputs"]
    assert_example("A20", {"t": jaffe_statistic(np.array(given["CTAR"]), np.array(given["sigma_t"]))})


def test_a21_vasicek(worked, assert_example):
    given = worked["examples"]["A21"]["inputs"]
    assert_example("A21", {"beta": thin_trading.vasicek_beta(given["beta_ols"], given["se"], given["prior_mean"], given["prior_sd"])})


def test_a22_alignment_by_closes(worked, assert_example):
    given = worked["examples"]["A22"]["inputs"]
    hour = 3600 * 10**9
    us_close = (np.arange(6) * 24 + 21) * hour
    hk_close = (np.arange(6) * 24 + 8) * hour
    matched = thin_trading.compound_between_closes(np.array(given["us"]), us_close, hk_close)
    pairs = np.column_stack((matched, given["hk"]))[1:]
    assert_example("A22", {"pairs": pairs, "slope": np.polyfit(pairs[:, 0], pairs[:, 1], 1)[0]})


def test_b01_panel(study, assert_example):
    result = study("market")
    cars = result.car(0, 4)
    scaled = result.abnormal / result.standard_errors
    found = {
        "alpha": result.estimates["alpha"],
        "beta": result.estimates["beta"],
        "s2": result.estimates["sigma"] ** 2,
        "C_t": 1 + result.fitted.leverage[3],
        "AR": result.abnormal.T,
        "SAR": scaled.T,
        "CAR": cars["car"],
        "var_CAR": cars["se"] ** 2,
        "SCAR": cars["t"],
        "CSAR": scaled.sum(axis=1),
        "AAR": result.average["aar"],
        "CAAR": cars["car"].mean(),
        "var_CAAR": (cars["se"] ** 2).sum() / 36,
    }
    assert_example("B01", found)
    np.testing.assert_allclose(result.path()["car"].iloc[-1], result.average["caar"].iloc[-1], rtol=1e-13)


def test_b02_missing(panel, assert_example):
    days = pd.bdate_range("2020-01-01", periods=45)
    returns = pd.DataFrame(panel["R"], index=days, columns=panel["firms"]).assign(M=panel["market"])
    returns.iloc[[5, 6, 41], 1] = np.nan
    events = pd.DataFrame({"event_id": ["b"], "security": ["F2"], "date": [days[40]]})
    result = impact.event_study(returns, events, market="M", estimation=ESTIMATION, window=WINDOW)
    row, estimates = result.car(0, 4).loc["b"], result.estimates.loc["b"]
    found = {
        "n_obs": estimates["n_obs"],
        "alpha": estimates["alpha"],
        "beta": estimates["beta"],
        "s2": estimates["sigma"] ** 2,
        "AR": result.abnormal.loc["b"].dropna(),
        "CAR": row["car"],
        "var_CAR": row["se"] ** 2,
        "n_days": row["n_days"],
    }
    assert_example("B02", found)


def test_c23_abnormal_volume(worked, assert_example):
    given = worked["examples"]["C23"]["inputs"]
    scale = log_turnover(np.array(given["volume"]), given["shares_out"], given["const"])
    assert_example("C23", {"V": scale})
    fit = fit_events(Regression(returns=scale[:, None], regressors=np.empty((6, 0))), np.array([5]), np.array([0]), (-5, -1), (0, 0))
    sums = fit.events.window(0, 0)
    t = sums.car[0] / (fit.events.sigma[0] * np.sqrt(sums.variance_factor[0]))
    assert_example("C23", {"AV": sums.car[0], "s": fit.events.sigma[0], "t": t, "df": fit.events.df[0]})


def test_d07_h05_detectable_effect_and_interval(study, worked, assert_example):
    row = study("market").car(0, 4).loc["F1"]
    assert_example("H05", {"lo": row["ci_low"], "hi": row["ci_high"]})
    given, expected = worked["examples"]["D07"]["inputs"], worked["examples"]["D07"]["expected"]
    assert row["mde"] / row["se"] == pytest.approx(expected["MDE"] / (given["sigma"] * np.sqrt(given["C"])), rel=1e-12)


@pytest.mark.parametrize(("offset", "tolerance"), [(0.0, 1e-12), (1.0, 1e-12), (1e3, 1e-10), (1e5, 1e-8)])
def test_i01_prefix_sums_hold_their_digits(offset, tolerance):
    # The data lose digits themselves when a large level is added: the tolerance follows that loss, not ours.
    rng = np.random.default_rng(1)
    x = rng.normal(0, 0.01, 3000)
    y = 0.0002 + 1.1 * x + rng.normal(0, 0.02, 3000)
    x, y = x + offset, y + offset
    day0 = np.arange(120, 3000)
    fit = fit_events(Regression(returns=y[:, None], regressors=x[:, None]), day0, np.zeros_like(day0), (-120, -1), (0, 0))
    for i in range(0, day0.size, 37):
        rows = slice(day0[i] - 120, day0[i])
        centred = x[rows] - x[rows].mean()
        beta = centred @ (y[rows] - y[rows].mean()) / (centred @ centred)
        assert fit.coefficients[i, 1] == pytest.approx(beta, rel=tolerance)


def test_i02_scaling_columns_mends_conditioning(worked, assert_example):
    given = worked["examples"]["I02"]["inputs"]
    rng = np.random.default_rng(given["seed"])
    design = np.column_stack((np.ones(given["T"]), *(rng.normal(0, sd, given["T"]) for sd in given["sd"])))
    scaled = design / np.linalg.norm(design, axis=0)
    assert_example("I02", {"cond_raw": np.linalg.cond(design), "cond_scaled": np.linalg.cond(scaled)})


def test_i03_leave_one_out(panel, assert_example):
    # Dropping a row makes it an event day of a window with a gap: its abnormal return is the leave-one-out residual.
    firm, market = np.array(panel["R"])[:40, :1], np.array(panel["market"])[:40, None]
    moved = np.vstack((np.delete(firm, 7, axis=0), firm[7:8])), np.vstack((np.delete(market, 7, axis=0), market[7:8]))
    fit = fit_events(Regression(returns=moved[0], regressors=moved[1]), np.array([39]), np.array([0]), (-39, -1), (0, 0))
    assert_example("I03", {"loo": fit.events.abnormal[0, 0]})
