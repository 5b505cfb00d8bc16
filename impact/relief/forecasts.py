"""A log of forecasts that is scored once the outcome is known: an append-only file of JSON lines."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from impact.calendars import parse_instant
from impact.errors import InputError, SourceUnusable
from impact.relief.schemas import FORECAST_MEANS, FORECASTS, OPEN_QUESTIONS
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal
from impact.whole_files import append_line, checked_path

__all__ = ["Forecast", "ForecastScores", "check_log", "log_forecast", "read_forecasts", "score_forecasts"]

FIELDS = ("made_at", "question", "probability", "low", "high", "basis")


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """One dated probability that an answer will be yes.

    Parameters
    ----------
    made_at : str
        Zoned instant at which the forecast was made.
    question : str
        A question that time will answer with yes or no; the key under which it is scored.
    probability : float
        Between 0 and 1.
    low, high : float, optional
        The band around it; ``low <= probability <= high``.
    basis : str
        What it rests on.

    Raises
    ------
    InputError
        If the instant has no zone, the question is empty or the numbers are not ordered within [0, 1].
    """

    made_at: str
    question: str
    probability: float
    low: float = math.nan
    high: float = math.nan
    basis: str = ""

    def __post_init__(self) -> None:
        parse_instant(self.made_at, parameter="made_at")
        if not self.question.strip():
            raise InputError(
                "question is empty; a forecast needs a question that time will answer: say what will have happened, and by when."
            )
        for name in ("probability", "low", "high"):
            value = getattr(self, name)
            optional = name != "probability" and math.isnan(value)
            if not optional and not 0.0 <= value <= 1.0:
                raise InputError(f"{name}={value!r} is not a probability; it must lie between 0 and 1.")
        if self.low > self.probability or self.high < self.probability:
            raise InputError(
                f"low={self.low}, probability={self.probability}, high={self.high} are not in order; a band must contain its forecast."
            )


def log_forecast(path: str | Path, forecast: Forecast) -> None:
    """Append one forecast to the log at `path`, which is made when it does not exist.

    Raises
    ------
    InputError
        If the file cannot be written, or holds something else than forecasts.
    """
    check_log(path)
    line = json.dumps({name: _plain(getattr(forecast, name)) for name in FIELDS}, ensure_ascii=False)
    append_line(path, line)


def check_log(path: str | Path, *, parameter: str = "path") -> None:
    """Refuse a file to which no forecast may be appended, before any work is done for one.

    A file that does not exist, is empty, or holds a forecast or the beginning of one, as a torn line leaves it, is a log.

    Raises
    ------
    InputError
        If it is an address or a folder, lies in no folder, or holds something else.
    """
    target = checked_path(path, parameter)
    if not target.is_file():
        return
    try:
        lines = [line for line in target.read_bytes().decode("utf-8", errors="replace").split("\n") if line.strip()]
    except OSError as error:
        raise InputError(
            f"{parameter} {str(path)!r} cannot be read ({error.strerror}); name a file that may be read and written."
        ) from error
    if lines and not any(_is_forecast(line) for line in lines):
        raise InputError(
            f"{parameter} {str(path)!r} is no log of forecasts (none of its {len(lines)} lines is one), and nothing is added to it; "
            "name a log, or a file that does not exist yet."
        )


def _is_forecast(line: str) -> bool:
    opening = f'{{"{FIELDS[0]}": "'
    if line.startswith(opening) or opening.startswith(line):
        return True
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and {"made_at", "question", "probability"} <= row.keys()


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def read_forecasts(path: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The forecasts of a log, and the lines that could not be read.

    Returns
    -------
    forecasts : DataFrame
        made_at (UTC), question, probability, low, high, basis.
    dropped : DataFrame
        line (1-based), text, reason. Lines in = rows of `forecasts` + rows of `dropped` + blank lines.

    Raises
    ------
    SourceUnusable
        If the file cannot be opened.
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")  # U+2028 and its like are part of a text
    except OSError as error:
        raise SourceUnusable(f"path={str(path)!r} cannot be read as a forecast log ({error}); give a file of JSON lines.") from error
    kept, dropped = [], []
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", errors="backslashreplace")
        if not text.strip():
            continue
        try:
            row = json.loads(line)
            bounds = {name: math.nan if row.get(name) is None else float(row[name]) for name in ("low", "high")}
            forecast = Forecast(
                made_at=row["made_at"],
                question=row["question"],
                probability=float(row["probability"]),
                basis=row.get("basis") or "",
                **bounds,
            )
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            dropped.append((number, text, f"{type(error).__name__}: {error}"))
            continue
        kept.append([parse_instant(forecast.made_at), *(getattr(forecast, name) for name in FIELDS[1:])])
    return pd.DataFrame(kept, columns=list(FIELDS)), pd.DataFrame(dropped, columns=["line", "text", "reason"])


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ForecastScores(Result):
    """Forecasts against what happened.

    Attributes
    ----------
    scored : DataFrame
        One row a forecast with an outcome: made_at, question, probability, outcome (1 yes, 0 no), brier, log_score,
        base_rate_brier, base_rate_log_score.
    open_questions : DataFrame
        Forecasts whose question has no outcome yet; never scored.
    base_rate : float
        The probability that a reader without the forecaster would have used.
    """

    schemas = declared(scored=FORECASTS, open_questions=OPEN_QUESTIONS, to_frame=FORECASTS)

    scored: pd.DataFrame
    open_questions: pd.DataFrame
    base_rate: float
    assumptions: tuple[str, ...] = ()

    @property
    def skill(self) -> float:
        """1 - mean Brier score / mean Brier score of the base rate; NaN when the base rate was perfect or n = 0."""
        reference = self.scored["base_rate_brier"].mean()
        return float(1.0 - self.scored["brier"].mean() / reference) if reference and not math.isnan(reference) else math.nan

    def to_frame(self) -> pd.DataFrame:
        """The scored forecasts."""
        return self.scored.copy()

    def summary(self) -> Summary:
        """Mean scores, n, and the open questions."""
        means = (
            self.scored[["brier", "log_score", "base_rate_brier", "base_rate_log_score"]].mean().to_frame("mean").reset_index(names="score")
        )
        title = f"{len(self.scored)} forecasts scored, {len(self.open_questions)} open; Brier skill against the base rate {decimal(self.skill, 3)}"
        return Summary(title=title, tables=(("Mean scores (smaller is better)", FORECAST_MEANS.table(means)),), notes=self.assumptions)


def score_forecasts(forecasts: pd.DataFrame, outcomes: dict[str, bool], *, base_rate: float) -> ForecastScores:
    """Score every forecast whose question has an outcome by the Brier and the logarithmic score.

    Parameters
    ----------
    forecasts : DataFrame
        As :func:`read_forecasts` gives them.
    outcomes : dict of question to bool
        What happened.
    base_rate : float
        Strictly between 0 and 1: the reference forecast.

    Notes
    -----
    Brier = (p - y)**2; log score = -ln(p) when y is yes, -ln(1-p) otherwise (infinite for a certain forecast that
    failed). References: Brier (1950); Gneiting and Raftery (2007), doi:10.1198/016214506000001437.
    """
    if not 0.0 < base_rate < 1.0:
        raise InputError(f"base_rate={base_rate!r} must lie strictly between 0 and 1: use a base rate with its small-sample correction.")
    known = forecasts["question"].isin(outcomes)
    scored = forecasts.loc[known, ["made_at", "question", "probability"]].copy()
    happened = scored["question"].map(outcomes).astype(float)
    scored["outcome"] = happened
    reference = np.full(len(scored), base_rate)
    for prefix, probability in (("", scored["probability"].to_numpy(dtype=float)), ("base_rate_", reference)):
        right = np.where(happened.to_numpy() == 1.0, probability, 1.0 - probability)
        scored[f"{prefix}brier"] = (1.0 - right) ** 2
        with np.errstate(divide="ignore"):
            scored[f"{prefix}log_score"] = -np.log(right)
    return ForecastScores(
        scored=scored.reset_index(drop=True),
        open_questions=forecasts.loc[~known].reset_index(drop=True),
        base_rate=base_rate,
        assumptions=(f"Reference forecast: the base rate {decimal(base_rate, 3)} for every question.",),
    )
