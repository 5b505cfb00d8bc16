"""What a list does to a line when it becomes public: no effect with honest noise, and beside it what its class did before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.kernels.hierarchical import predictive_draws
from impact.kernels.scores import crps_ensemble
from impact.pricing.announcement_fit import (
    ANNOUNCEMENT_MODELS,
    DESCRIBED,
    LINES,
    SEED,
    AnnouncementFit,
    announcement_scores,
)
from impact.pricing.announcement_inputs import (
    LARGEST_FALL,
    UNKNOWN_NOISE,
    checked_coverage,
    checked_draws,
    checked_noise,
    checked_outcome,
    checked_seed,
)
from impact.pricing.announcement_training import LeftOut, Training, dates_left_out, trained_fit, training_sources
from impact.pricing.levels import LEVELS, QUANTILE_NAMES
from impact.pricing.library import EVENT_CLASSES, LIBRARY_FROM, EventLibrary, Line
from impact.pricing.schemas import SCORES
from impact.provenance import Source
from impact.results import Result, Summary, declared, read_only
from impact.tables import Column, Schema
from impact.tables.prose import counted, interval, percent, signed_decimal, signed_percent
from impact.typing_ import FloatArray1D, Instant, check_kind

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["AnnouncementShock", "announcement_shock"]

Which: TypeAlias = Literal["default", "scenario"]

FORECAST_SCHEMA = Schema(
    "announcement_forecast",
    (
        Column("forecast", "text", about="no effect with fitted spread (the default), or the class scenario"),
        *(Column(name, "return", about="abnormal return of the first session and the next") for name in QUANTILE_NAMES),
        Column("n_events", "count", about="events that trained the forecast"),
        Column("n_dates", "count", about="date clusters that they fall on"),
        Column("default", "flag", about="whether this forecast leads"),
    ),
    about="one forecast of one list event",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class AnnouncementShock(Result):
    """Forecast of the abnormal return of the first session that can react and the next.

    Attributes
    ----------
    sample : (D,) array
        The default: no effect, with fitted spread. No draw of either forecast is below -0.99.
    scenario : (D,) array
        What the class did before; empty where the class is unknown.
    cell : str
        Class, or relief or after_leak; empty where class or line is unknown.
    title : str
        The cell in words; where there is none, what is unknown of a known class.
    line : {"offshore", "a_share", ""}
        Empty: unknown, and the wider of both.
    noise : float
        Standard error of the two-session abnormal return of the line itself.
    n_events, n_dates : int
        Events and date clusters of that class that trained the scenario; without any there is no scenario.
    default_events, default_dates : int
        Events and date clusters that trained the default.
    scores : DataFrame
        Scores of the models on dates left out.
    """

    schemas = declared(to_frame=FORECAST_SCHEMA, scores=SCORES)

    sample: FloatArray1D
    scenario: FloatArray1D
    cell: str
    title: str
    line: str
    noise: float
    n_events: int
    n_dates: int
    default_events: int
    default_dates: int
    seed: int
    scores: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def draws(self, which: Which = "default") -> FloatArray1D:
        """Predictive draws of one forecast.

        Raises
        ------
        InputError
            If there is no scenario: the class is unknown, or no event of it trained the forecast.
        """
        if which == "default":
            return self.sample
        if which != "scenario":
            raise InputError(f"which={which!r} is no forecast; choose default or scenario.")
        if not self.scenario.size:
            raise InputError(f"which='scenario' has no draws ({self._no_scenario}): give event_class and line, or training='other_dates'.")
        return self.scenario

    def quantiles(self, which: Which = "default") -> dict[str, float]:
        """5, 25, 50, 75 and 95 % points."""
        values = np.quantile(self.draws(which), LEVELS)
        return {name: float(value) for name, value in zip(QUANTILE_NAMES, values, strict=True)}

    def crps(self, observed: float, which: Which = "default") -> float:
        """Continuous ranked probability score of one outcome (decimal return); smaller is better."""
        return float(crps_ensemble(np.array([checked_outcome(observed)]), self.draws(which)[None, :])[0])

    def inside(self, observed: float, coverage: float = 0.9, which: Which = "default") -> bool:
        """Whether an outcome lies in the central range of that coverage."""
        half = checked_coverage(coverage) / 2
        low, high = np.quantile(self.draws(which), (0.5 - half, 0.5 + half))
        return bool(low <= checked_outcome(observed) <= high)

    def to_frame(self) -> pd.DataFrame:
        """One row a forecast: forecast, return_q05 to return_q95, n_events, n_dates, default."""
        rows = [
            {
                "forecast": ANNOUNCEMENT_MODELS["fitted_zero"].title,
                **self.quantiles(),
                "n_events": self.default_events,
                "n_dates": self.default_dates,
                "default": True,
            }
        ]
        if self.scenario.size:
            scenario = {"forecast": f"scenario: {self.title}", **self.quantiles("scenario")}
            rows.append(scenario | {"n_events": self.n_events, "n_dates": self.n_dates, "default": False})
        return pd.DataFrame(rows, columns=[column.name for column in FORECAST_SCHEMA])

    @property
    def _no_scenario(self) -> str:
        if self.cell:
            return "no event of its class trained the forecast"
        return f"{self.title}: the class has a scenario for each kind of line" if self.title else "the class of the event is unknown"

    @property
    def _default_evidence(self) -> str:
        """Events and dates behind the default, and how often its range held on dates left out."""
        trained = f"{counted(self.default_events, 'event')} on {counted(self.default_dates, 'date')}"
        if self.scores.empty:
            return f"{trained}; how often its range held was not scored with what was known then"
        row = self.scores[self.scores["model"] == "fitted_zero"].iloc[0]
        return f"{trained}; its 90 % range held for {percent(row['coverage_90'])} of {counted(int(row['n_events']), 'event')} on dates left out"

    @property
    def verdict(self) -> str:
        """One sentence that the score allows, with class, n, m, both ranges and the skill."""
        if not self.scenario.size:
            return f"No scenario ({self._no_scenario}); the default is no effect with fitted spread, {self._default_evidence}."
        point = self.quantiles("scenario")
        half = interval(point["return_q25"], point["return_q75"], signed_percent)
        most = interval(point["return_q05"], point["return_q95"], signed_percent)
        known = f"{self.title}: {counted(self.n_events, 'event')} on {counted(self.n_dates, 'date')}; 50 % range {half}, 90 % range {most}"
        if self.cell in DESCRIBED:
            return f"{known}; described, not scored: no forecast."
        if self.scores.empty:
            return f"{known}; not scored with what was known then: cannot tell."
        row = self.scores[self.scores["model"] == "class_mean"].iloc[0]
        skill = interval(row["skill_low"], row["skill_high"], signed_decimal)
        proven = row["skill_low"] > 0
        claim = "beats no effect on dates left out" if proven else "not shown to beat no effect on dates kept back: cannot tell"
        return f"{known}; {claim} (skill of the class model {signed_decimal(row['skill'])}, 90 % range {skill})."

    def summary(self) -> Summary:
        """Both forecasts and what may be said of them."""
        point = self.quantiles()
        most = interval(point["return_q05"], point["return_q95"], signed_percent)
        return Summary(
            title=f"Announcement: no effect is the default, 90 % range {most}; {self._default_evidence}",
            tables=(("Forecasts of the first session and the next", self.with_schema("to_frame")),),
            notes=(self.verdict, *self.assumptions),
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, **options: str) -> Axes:
        """Both forecasts, 50 and 90 % ranges."""
        from impact.plots.pricing import plot_announcement

        return plot_announcement(self.to_frame(), ax=ax, **options)


def announcement_shock(
    event_class: str | None = None,
    *,
    line: Line | None = None,
    date: str | pd.Timestamp | None = None,
    noise: float | None = None,
    sigma: float | None = None,
    after_leak: bool = False,
    training: Training = "other_dates",
    as_of: Instant | None = None,
    library: EventLibrary | None = None,
    n_draws: int = 4000,
    seed: int = SEED,
) -> AnnouncementShock:
    """Forecast what a list event does to a line on the first session that can react and the next, taken together.

    Parameters
    ----------
    event_class : str, optional
        A class of the library such as ``first_bar_offshore``; or ``first_bar``, ``no_bar_first``, ``repeat`` or ``relief``
        with `line`. Unknown when None: the default forecast stands and there is no scenario.
    line : {"offshore", "a_share"}, optional
        Kind of line. Unknown when None: the wider noise of both.
    date : day, optional
        First public day of the event, as ISO text, date or timestamp; a zoned instant counts as its day in New York. Date clusters
        with an event within two days of it do not train the forecast. Unknown when None: every date trains, which is said.
    noise, sigma : float, optional
        Standard error of the line's two-session abnormal return (``se_0_1``), or the residual standard deviation of one
        session, of which ``sqrt(2) sigma`` is taken; one of them. Unknown when both are None: ``UNKNOWN_NOISE``, the largest of any line of
        the library, of either kind and at every instant; what is larger is outside the library, which is said.
    after_leak : bool
        The press had it before: the formal day, a second and smaller event.
    training : {"other_dates", "earlier_dates", "all_dates"}
        Which dates train the forecast; all but that of the event, only earlier ones (than `date`, which is needed), or every one.
    as_of : zoned instant, optional
        Of these, only events whose second session had closed then; the scores, made with later events too, are left out.
    library : EventLibrary, optional
        The shipped one when None; with a user's events the models are fitted anew.
    n_draws : int
        Predictive draws of each forecast, an even number from 100 to a million.
    seed : int
        One seed gives one set of draws.

    Returns
    -------
    AnnouncementShock
        With predictive draws, quantiles, :meth:`AnnouncementShock.crps` and one sentence that the score allows.

    Raises
    ------
    InputError
        If a name is unknown, a line contradicts the class, or a number is out of its range.
    DataUnavailable
        If fewer than five date clusters are left to train the default.

    Notes
    -----
    The default is no effect, since no model of the class beat it on dates left out. The committed posterior serves where no
    date has to be left out.

    Examples
    --------
    >>> shock = announcement_shock("first_bar_offshore", sigma=0.02)
    >>> bool(shock.inside(0.0)), shock.n_dates
    (True, 3)
    >>> shock.crps(-0.10) > shock.crps(-0.10, "scenario")
    True
    """
    cell, title, known_line = _cell_of(event_class, line, after_leak)
    own_noise, n_draws, seed = checked_noise(noise, sigma), checked_draws(n_draws), checked_seed(seed)
    if library is not None:
        check_kind(library, EventLibrary, "library", LIBRARY_FROM)
    kept_out = dates_left_out(library, date, training, as_of)
    zero = trained_fit(library, "fitted_zero", kept_out)
    rng = np.random.default_rng(seed)
    settled = UNKNOWN_NOISE if own_noise is None else own_noise
    sample = _predicted(zero, "", known_line, settled, n_draws, rng)
    scenario, n_events, n_dates = np.empty(0), 0, 0
    if cell:
        fit = trained_fit(library, "described" if cell in DESCRIBED else "class_mean", kept_out)
        row = fit.cells[fit.cells["cell"] == cell].iloc[0]
        n_events, n_dates = int(row["n_events"]), int(row["n_dates"])
        if n_events:
            scenario = _predicted(fit, cell, known_line, settled, n_draws, rng)
    return AnnouncementShock(
        sample=read_only(sample),
        scenario=read_only(scenario),
        cell=cell,
        title=title,
        line=known_line or "",
        noise=settled,
        n_events=n_events,
        n_dates=n_dates,
        default_events=zero.n_events,
        default_dates=zero.n_dates,
        seed=seed,
        scores=announcement_scores() if kept_out is None or kept_out.known_at is None else announcement_scores().iloc[:0],
        sources=training_sources(library, kept_out),
        assumptions=(*_assumptions(own_noise, known_line, library), *_on_training(date, training, kept_out)),
    )


def _cell_of(event_class: str | None, line: Line | None, after_leak: bool) -> tuple[str, str, Line | None]:
    """Cell, its title and the line that it implies; an empty cell where class or line is unknown, with what is unknown of a known class."""
    if not isinstance(after_leak, bool | np.bool_):
        raise InputError(f"after_leak={after_leak!r} must be True or False: whether the press had the listing before.")
    if after_leak and event_class == "relief":
        raise InputError("after_leak=True contradicts event_class='relief'; it is of a listing that the press had before: leave one out.")
    if line is not None and line not in LINES:
        raise InputError(f"line={line!r} is no kind of line; choose offshore or a_share.")
    if event_class is None:
        return ("after_leak", "formal day after a leak", line) if after_leak else ("", "", line)
    named = EVENT_CLASSES.get(event_class) if isinstance(event_class, str) else None
    if named is not None and line not in (None, named.line):
        raise InputError(f"line={line!r} contradicts event_class={event_class!r}; leave it out or correct it.")
    settled = line if named is None else named.line
    if named is None and event_class not in ("first_bar", "no_bar_first", "repeat", "relief"):
        raise InputError(
            f"event_class={event_class!r} is no class; choose one of: {', '.join(EVENT_CLASSES)}, or first_bar, no_bar_first, repeat or"
            " relief with line."
        )
    if after_leak:
        return "after_leak", "formal day after a leak", settled
    if settled is None:
        return "", "the kind of line is unknown", None
    if event_class == "relief":
        return f"relief_{settled}", f"relief, {'mainland' if settled == 'a_share' else 'offshore'} line", settled
    chosen = named or EVENT_CLASSES[f"{event_class}_{settled}"]
    return chosen.name, chosen.title, settled


def _predicted(fit: AnnouncementFit, cell: str, line: Line | None, noise: float, n_draws: int, rng: np.random.Generator) -> FloatArray1D:
    """Predictive draws; without a mean each is taken with both signs, so that no effect is the middle exactly."""
    kind = -1 if line is None else LINES.index(line)
    index = fit.model.cells.index(cell) if cell else -1
    wanted = n_draws if cell else -(-n_draws // 2)
    repeats = -(-wanted // fit.draws.cluster_sd.shape[0])
    values = predictive_draws(fit.draws, 0, cell=index, regressor=1.0, noise=noise, kind=kind, rng=rng, repeats=repeats)[:wanted]
    return np.maximum(values if cell else np.concatenate([values, -values])[:n_draws], LARGEST_FALL)


def _assumptions(noise: float | None, line: Line | None, library: EventLibrary | None) -> tuple[str, ...]:
    bound = percent(UNKNOWN_NOISE)
    return (
        "Abnormal return of the first session that can react and the next; ordinary noise of the line is in the range.",
        *((f"The noise of the line is unknown: {bound} is taken, the largest of any line of the library.",) if noise is None else ()),
        *(
            (
                f"The noise of the line, {percent(noise)}, is larger than that of any line of the library ({bound}): outside what trained it.",
            )
            if noise is not None and noise > UNKNOWN_NOISE
            else ()
        ),
        *(("The kind of line is unknown: the wider spread is taken.",) if line is None else ()),
        *(("Fitted anew with the user's events; the scores are those of the shipped library.",) if library is not None else ()),
    )


def _on_training(date: str | pd.Timestamp | None, training: Training, kept_out: LeftOut) -> tuple[str, ...]:
    """What is said of the dates that train: that of the event does not, or nobody knows whether it does."""
    if date is None and training == "other_dates":
        return ("The date of the event is unknown: an event of the library would train its own forecast; give date to leave it out.",)
    left_out = kept_out is not None and (kept_out.near is not None or kept_out.from_on is not None)
    if date is not None and training == "all_dates":
        return ("Every date trains the forecast, that of the event included.",)
    return ("The date of the event does not train the forecast.",) if left_out else ()
