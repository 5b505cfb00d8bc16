"""The design of an event study: windows, model and rules, checked once before any number is computed."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypedDict, get_args

from impact.anchors import AnchorPolicy
from impact.errors import ImpactWarning, InputError
from impact.eventstudy.models import MODELS, ModelName
from impact.typing_ import ReturnKind, Window

__all__ = ["IncompletePolicy", "StudyDesign", "StudyOptions", "WindowedOptions", "checked_windows"]

IncompletePolicy: TypeAlias = Literal["complete", "available"]


class StudyOptions(TypedDict, total=False):
    """The options of :class:`StudyDesign` that entry points pass on by name."""

    min_observations: int | None
    incomplete: IncompletePolicy
    zero_alpha: bool
    exclude_weight: float | Mapping[Any, float] | None
    lags: int
    leads: int
    level: float


class WindowedOptions(StudyOptions, total=False):
    """The same with the two windows of the design, for entry points that do not name them."""

    estimation: Window
    window: Window


def _window(name: str, window: Any) -> Window:
    try:
        first, last = window
        whole = int(first) == first and int(last) == last
    except (TypeError, ValueError):
        raise InputError(f"{name}={window!r} is not a window; give two inclusive session offsets, for example (-1, 1).") from None
    if not whole or first > last:
        raise InputError(f"{name}={window!r} must be two whole offsets, the first not after the last; they count sessions, inclusively.")
    return int(first), int(last)


def checked_windows(estimation: Window, window: Window) -> tuple[Window, Window]:
    """Both windows as whole inclusive offsets, the estimation window cut where it reaches into the days before the event.

    Raises
    ------
    InputError
        If one is no window, or they overlap.
    """
    before, around = _window("estimation", estimation), _window("window", window)
    if around[0] <= before[1] < 0 and before[0] < around[0] - 1:
        warnings.warn(
            f"estimation={before} reaches into window={around}; it ends at {around[0] - 1} instead, or the event window would shape its own "
            "benchmark.",
            ImpactWarning,
            stacklevel=5,
        )
        return (before[0], around[0] - 1), around
    if before[1] >= around[0]:
        raise InputError(
            f"estimation={before} must end before window={around} begins, or the event would shape its own benchmark; move one of them."
        )
    return before, around


@dataclass(frozen=True, kw_only=True)
class StudyDesign:
    """Everything about an event study but its numbers.

    Parameters
    ----------
    model : str
        One of the names in :data:`impact.eventstudy.MODELS`.
    estimation, window : (first, last)
        Inclusive session offsets from day 0 of the estimation and event windows; they may not overlap.
    kind : {"simple", "log"}
        What kind of returns the study is given; it is recorded and printed, returns are not converted.
    anchor : {"next", "previous", "raise"}
        Where an event date that is not a session goes.
    min_observations : int, optional
        Usable estimation rows an event needs. Default: 40 % of the window (100 of 250), at least ``max(30, 5 K)``.
    incomplete : {"complete", "available"}
        Whether a multi-event test over [a, b] takes only events with an abnormal return on every day, or all events with
        a variance restricted to their days.
    zero_alpha : bool
        Regress through the origin, so that past drift is not carried into the event window.
    lags, leads : int
        Lags and leads of the market in the ``dimson`` model.
    exclude_weight : float or mapping of security to float, optional
        Weight of the security in the market index; the benchmark becomes ``(R_m - w R_i) / (1 - w)``.
    level : float
        Confidence level of intervals.

    Raises
    ------
    InputError
        If an option breaks its rule.

    Examples
    --------
    >>> StudyDesign(estimation=(-260, -11)).required_rows(n_parameters=2)
    100
    """

    model: ModelName = "market"
    estimation: Window = (-260, -11)
    window: Window = (-10, 10)
    kind: ReturnKind = "simple"
    anchor: AnchorPolicy = "next"
    min_observations: int | None = None
    incomplete: IncompletePolicy = "complete"
    zero_alpha: bool = False
    lags: int = 1
    leads: int = 1
    exclude_weight: float | Mapping[Any, float] | None = field(default=None, hash=False)
    level: float = 0.95

    def __post_init__(self) -> None:
        estimation, window = checked_windows(self.estimation, self.window)
        object.__setattr__(self, "estimation", estimation)
        object.__setattr__(self, "window", window)
        for name, allowed in (
            ("model", tuple(MODELS)),
            ("kind", get_args(ReturnKind)),
            ("anchor", get_args(AnchorPolicy)),
            ("incomplete", get_args(IncompletePolicy)),
        ):
            if getattr(self, name) not in allowed:
                raise InputError(f"{name}={getattr(self, name)!r} is unknown; choose one of: {', '.join(allowed)}.")
        if self.lags < 0 or self.leads < 0:
            raise InputError(f"lags={self.lags} and leads={self.leads} must be 0 or more sessions; give whole counts.")
        if not 0.0 < self.level < 1.0:
            raise InputError(f"level={self.level} must lie strictly between 0 and 1; 0.95 is usual.")
        if self.zero_alpha and not MODELS[self.model].zero_alpha:
            raise InputError(f"zero_alpha=True has no meaning for model={self.model!r}; drop it or choose a regression such as 'market'.")
        self._check_rows()
        self._check_weights()

    def _check_rows(self) -> None:
        asked = self.min_observations
        if asked is not None and not self.n_parameters < asked <= self.length:
            raise InputError(
                f"min_observations={asked} must exceed the {self.n_parameters} parameters of model={self.model!r} and fit in the "
                f"{self.length} sessions of estimation={self.estimation}; choose a number between."
            )
        if asked is None and self.required_rows() > self.length:
            raise InputError(
                f"estimation={self.estimation} holds {self.length} sessions, fewer than the {self.required_rows()} that "
                f"model={self.model!r} needs by default; widen it, or pass min_observations to accept fewer."
            )

    def _check_weights(self) -> None:
        if self.exclude_weight is None:
            return
        weights = self.exclude_weight.values() if isinstance(self.exclude_weight, Mapping) else [self.exclude_weight]
        bad = [weight for weight in weights if not 0.0 <= weight < 1.0]
        if bad:
            raise InputError(f"exclude_weight has {len(bad)} value(s) outside [0, 1) (first {bad[0]}); give decimals, 0.03 for 3 %.")
        if not MODELS[self.model].exclude_weight:
            fitting = " and ".join(repr(name) for name, model in MODELS.items() if model.exclude_weight)
            raise InputError(f"exclude_weight applies to model={fitting}, not {self.model!r}; drop it or change the model.")

    @property
    def length(self) -> int:
        """L, nominal sessions of the estimation window."""
        return self.estimation[1] - self.estimation[0] + 1

    @property
    def n_parameters(self) -> int:
        """K, constant included; for ``factors`` the least it can be."""
        return MODELS[self.model].n_parameters(self)

    def required_rows(self, n_parameters: int | None = None) -> int:
        """Usable estimation rows that an event needs."""
        if self.min_observations is not None:
            return self.min_observations
        k = self.n_parameters if n_parameters is None else n_parameters
        return max(30, 5 * k, -(-2 * self.length // 5))
