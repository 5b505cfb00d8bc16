"""The section ``[programme]`` of a case file: a programme that is in no table, checked field by field."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping

import pandas as pd

from impact.errors import InputError
from impact.instants import parse_instant
from impact.rules.own_programme import NEVER, OwnLicence, OwnProgramme, StatedInstant

__all__ = ["LICENCE_FIELDS", "PROGRAMME_FIELDS", "named_near", "read_programme", "stated_instant"]

PROGRAMME_FIELDS = (
    "id", "name", "authority", "citation", "binds", "buy_barred_from", "sell_barred_from", "holding_barred", "instruments",
    "index_rule", "depository", "licence",
)  # fmt: skip
LICENCE_FIELDS = ("actions", "until", "citation")


def named_near(name: str, known: Iterable[str]) -> str:
    """The known name that is spelled most like this one, as a question; empty where none is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def stated_instant(value: object, parameter: str) -> pd.Timestamp:
    """A zoned instant; a bare day is refused with how to write it.

    Raises
    ------
    InputError
        If it is none.
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        raise InputError(
            f"{parameter}={value.isoformat()} is a bare day; give the instant with its zone, such as {value.isoformat()}T16:05:00-05:00."
        )
    return parse_instant(value, parameter=parameter)


def read_programme(given: Mapping[str, object], *, named: str, public_at: pd.Timestamp, where: str) -> OwnProgramme:
    """The programme that a case states.

    Parameters
    ----------
    given : mapping
        Fields of ``[programme]``.
    named : str
        What the designation calls it; empty where it names none.
    public_at : Timestamp
        Instant of the designation: nothing is barred before it.

    Raises
    ------
    InputError
        If a field or a value is wrong, or the designation names another programme.
    """
    here = f"{where}: [programme]"
    if not isinstance(given, Mapping):
        raise InputError(f"{here} must be a section with fields, such as name and binds; got {given!r}.")
    _check_fields(given, PROGRAMME_FIELDS, here)
    name = _text(given, "name", here)
    own_id = _text(given, "id", here) or named or "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    if named and own_id != named:
        raise InputError(
            f"{where}: the designation is under programme={named!r} and [programme] id={own_id!r}; one case has one programme: name the same, or leave one out."
        )
    try:
        return OwnProgramme(
            programme_id=own_id,
            name=name,
            authority=_text(given, "authority", here),
            citation=_text(given, "citation", here),
            binds=_word_list(given, "binds", here),
            buy_barred_from=_from(given, "buy_barred_from", here, public_at),
            sell_barred_from=_from(given, "sell_barred_from", here, public_at),
            holding_barred=_truth(given, "holding_barred", here),
            instruments=_word_list(given, "instruments", here),
            index_rule=_text(given, "index_rule", here) or None,
            depository=_text(given, "depository", here),
            licence=_licence(given.get("licence"), here, public_at),
        )
    except InputError as error:
        told = str(error)
        raise InputError(told if told.startswith(where) else f"{here} {told}") from error


def _check_fields(given: Mapping[str, object], known: tuple[str, ...], here: str) -> None:
    for field in given:
        if field not in known:
            raise InputError(f"{here} has no field {field!r}{named_near(field, known)}; it may hold: {', '.join(known)}.")


def _text(given: Mapping[str, object], field: str, here: str) -> str:
    value = given.get(field, "")
    if not isinstance(value, str):
        raise InputError(f'{here} {field}={value!r} must be a text in quotes, such as {field} = "...".')
    return value.strip()


def _word_list(given: Mapping[str, object], field: str, here: str) -> tuple[str, ...] | None:
    value = given.get(field)
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise InputError(f'{here} {field}={value!r} must be a list of words, such as {field} = ["us_person"].')
    return tuple(dict.fromkeys(value))


def _truth(given: Mapping[str, object], field: str, here: str) -> bool | None:
    value = given.get(field)
    if value is not None and not isinstance(value, bool):
        raise InputError(f"{here} {field}={value!r} must be true or false without quotes; leave it out where it is not known.")
    return value


def _from(given: Mapping[str, object], field: str, here: str, public_at: pd.Timestamp) -> StatedInstant:
    value = given.get(field)
    if value is None or value == NEVER:
        return None if value is None else NEVER
    if isinstance(value, bool | int | float) or (isinstance(value, str) and not any(c.isdigit() for c in value)):
        raise InputError(
            f'{here} {field}={value!r} must be an instant with its zone, such as 2026-12-15T09:30:00-05:00, or "never"; leave it out where it is not known.'
        )
    at = stated_instant(value, f"{here} {field}")
    if at != at.floor("min"):
        raise InputError(f"{here} {field}={at.isoformat()} must be a whole minute; a bar begins at a minute.")
    if at < public_at:
        raise InputError(
            f"{here} {field}={at.isoformat()} is before the designation is public ({public_at.isoformat()}); nothing is barred by it before: "
            "give that instant if it acts at once."
        )
    return at


def _licence(given: object, here: str, public_at: pd.Timestamp) -> OwnLicence | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise InputError(
            f'{here} licence={given!r} must hold fields, such as licence = {{ actions = ["sell"], until = 2027-01-31T00:01:00-05:00 }}.'
        )
    inside = f"{here} licence"
    _check_fields(given, LICENCE_FIELDS, inside)
    return OwnLicence(
        actions=_word_list(given, "actions", inside),
        until=_from(given, "until", inside, public_at),
        citation=_text(given, "citation", inside),
    )
