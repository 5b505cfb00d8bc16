"""Every error and warning that `impact` raises on purpose.

A message names the parameter, its value, the rule it broke, how many values broke it, and the next step.
"""

__all__ = [
    "ClusteredEvents",
    "DataUnavailable",
    "DroppedEvents",
    "Extrapolation",
    "ImpactError",
    "ImpactWarning",
    "InfeasibleDesign",
    "InputError",
    "SourceUnusable",
    "ThinTrading",
]


class ImpactError(Exception):
    """Base of every error that `impact` raises on purpose; its message is one line, whatever a library said below it."""

    def __init__(self, *args: object) -> None:
        super().__init__(*(" ".join(text.split()) if isinstance(text, str) and len(text.splitlines()) > 1 else text for text in args))


class InputError(ImpactError, ValueError):
    """An argument or a file breaks a stated rule; the caller can mend it."""


class DataUnavailable(ImpactError):
    """The data asked for could not be had (no network, rate limit, not in the cache, outside the record)."""


class SourceUnusable(DataUnavailable):
    """A whole source (file, feed, list) cannot be read, as opposed to one row of it."""


class InfeasibleDesign(ImpactError):
    """The study asked for cannot be estimated from what was given, whatever the data say."""


class ImpactWarning(UserWarning):
    """Base of every warning that `impact` issues."""


class DroppedEvents(ImpactWarning):
    """Some events could not be used; the `dropped` table of the result gives a reason for each."""


class ClusteredEvents(ImpactWarning):
    """Events share calendar dates, so tests that assume independence reject too often."""


class ThinTrading(ImpactWarning):
    """Too few traded sessions for the estimate asked for to be trusted."""


class Extrapolation(ImpactWarning):
    """A law or model is used outside the range in which it was calibrated."""
