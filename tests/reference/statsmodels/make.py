"""Regressions and variances of the worked panel by statsmodels and arch: ``python -m tests.reference.statsmodels.make``.

Imports nothing of this library. Writes regressions.csv (a row for each firm and model), calendar_time.csv and garch.csv beside
itself, and versions.csv with what computed them.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from arch.univariate import GARCH

HERE = Path(__file__).resolve().parent
WORKED = HERE.parent / "worked"
FACTORS = {
    "capm": ["MKT_RF"],
    "ff3": ["MKT_RF", "SMB", "HML"],
    "carhart": ["MKT_RF", "SMB", "HML", "UMD"],
    "ff5": ["MKT_RF", "SMB", "HML", "RMW", "CMA"],
}


def regressions(panel: pd.DataFrame) -> pd.DataFrame:
    """One row a firm and model: sigma, R2, CAR of the five event days and its standard error with the forecast error."""
    rows = []
    for model, names in {"mean": [], "market": ["market"], **FACTORS}.items():
        excess = panel["rf"] if model in FACTORS else 0.0
        design = sm.add_constant(panel[names], has_constant="add") if names else pd.DataFrame({"const": 1.0}, index=panel.index)
        for firm in [f"F{i}" for i in range(1, 7)]:
            y = panel[firm] - excess
            fit = sm.OLS(y[:40], design[:40]).fit()
            total = design[40:].sum().to_numpy()
            car = y[40:].sum() - float(total @ fit.params)
            se = float(np.sqrt(5 * fit.scale + total @ fit.cov_params().to_numpy() @ total))
            rows.append((model, firm, fit.params.iloc[0], np.sqrt(fit.scale), fit.rsquared, car, se, car / se, int(fit.df_resid)))
    return pd.DataFrame(rows, columns=["model", "firm", "alpha", "sigma", "r_squared", "car", "se", "t", "df"])


def calendar_time(inputs: dict[str, list[float]]) -> pd.DataFrame:
    """The intercept of the calendar-time regression under each covariance."""
    design = sm.add_constant(np.array(inputs["mkt_excess"]))
    y = np.array(inputs["portfolio_excess"])
    plain = sm.OLS(y, design)
    fits = {
        "ols": plain.fit(),
        "HC1": plain.fit(cov_type="HC1"),
        "newey_west_1": plain.fit(cov_type="HAC", cov_kwds={"maxlags": 1, "use_correction": False}),
        "wls": sm.WLS(y, design, weights=np.array(inputs["n_t"])).fit(),
    }
    return pd.DataFrame([(name, fit.params[0], fit.bse[0]) for name, fit in fits.items()], columns=["covariance", "alpha", "se"])


def garch(panel: pd.DataFrame, inputs: dict[str, float]) -> pd.DataFrame:
    """The 41 conditional variances at fixed parameters on the market-model residuals of F1; the last is the first forecast.

    arch starts from a variance before the sample; it is chosen so that the first variance is the mean square.
    """
    residuals = sm.OLS(panel["F1"][:40], sm.add_constant(panel["market"][:40])).fit().resid.to_numpy()
    parameters = np.array([inputs["omega"], inputs["alpha"], inputs["beta"]])
    before = (np.mean(residuals**2) - inputs["omega"]) / (inputs["alpha"] + inputs["beta"])
    variance, bounds = np.empty(41), np.tile([0.0, 1e6], (41, 1))
    GARCH(p=1, q=1).compute_variance(parameters, np.append(residuals, 0.0), variance, float(before), bounds)
    return pd.DataFrame({"row": range(41), "variance": variance})


def main() -> None:
    """Write every table."""
    panel = pd.read_csv(WORKED / "panel6.csv", index_col="row")
    cases = json.loads((WORKED / "models.json").read_text(encoding="utf-8"))
    regressions(panel).to_csv(HERE / "regressions.csv", index=False, lineterminator="\n")
    calendar_time(cases["A19"]["inputs"]).to_csv(HERE / "calendar_time.csv", index=False, lineterminator="\n")
    garch(panel, cases["A11"]["inputs"]).to_csv(HERE / "garch.csv", index=False, lineterminator="\n")
    rows = [(name, version(name)) for name in ("statsmodels", "arch", "numpy", "scipy", "pandas")]
    pd.DataFrame(rows, columns=["package", "version"]).to_csv(HERE / "versions.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
