"""What a legal regime makes holders do, one record a regime from the table of regimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.rules.own_programme import NEVER, SALES, OwnProgramme, StatedInstant

__all__ = ["AT_ONCE", "UNKNOWN_REGIME", "Regime", "regime_named", "regimes", "stated_regime"]

UNKNOWN_REGIME = "unknown"
STATED = "stated"
AT_ONCE = "at_once"


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One regime: what it bars for whom it binds.

    Attributes
    ----------
    name : str
    bars_purchase, bars_sale, bars_possession, must_sell : str
        ``yes``, ``no``, ``after_window`` (once the divestment window is over), ``frozen``, ``fund`` (named funds alone),
        ``unlisted`` (what is not publicly traded alone), ``at_once`` (before any session is left to sell in) or ``unknown``.
    about : str
    binds_us, binds_others : bool or None
        Whether it binds US persons, and anybody elsewhere; None: not known. Every regime on record is of US law.
    freezes_part : bool
        Whether a part of what is held, of which nobody knows the size, is frozen where it is kept.
    deletes : bool
        Whether index providers are known to delete the line because of it.
    doubt : str
        Why it is not known that anybody must sell, where what a case states leaves it open; empty: nothing does.
    """

    name: str
    bars_purchase: str
    bars_sale: str
    bars_possession: str
    must_sell: str
    about: str
    binds_us: bool | None = True
    binds_others: bool | None = False
    freezes_part: bool = False
    deletes: bool = False
    doubt: str = ""

    @property
    def clause(self) -> str:
        """What it does, with whose doing it is."""
        return self.about if self.name == STATED else f"it {self.about}"

    @property
    def leaves_holders_alone(self) -> bool:
        """Whether it bars nothing that a holder of a public line does."""
        return self.must_sell == "no" and self.bars_sale == "no" and self.bars_purchase in ("no", "unlisted")

    @property
    def locks_in(self) -> bool:
        """Whether holders may keep what they hold, but not sell it once the window is over."""
        return self.bars_sale == "after_window" and self.must_sell == "no"

    @property
    def freezes(self) -> bool:
        """Whether what is held may be neither bought nor sold without a licence."""
        return self.bars_possession == "frozen"

    @property
    def strands(self) -> bool:
        """Whether no session was left to sell in, so that all that is held stays unsold."""
        return self.bars_sale == AT_ONCE

    @property
    def fate(self) -> str:
        """What may be done with shares that are unsold when the window is over."""
        if self.freezes_part:
            return "not known: what the blocked depository keeps may not be moved"
        if self.freezes:
            return "frozen: may be neither sold nor moved without a licence"
        if self.strands:
            return f"may be neither sold nor {'held' if self.bars_possession == 'after_window' else 'bought'}"
        if self.bars_possession == "after_window":
            return "may not be held after the deadline"
        if self.bars_sale == "after_window":
            return "may be held but not sold after the deadline"
        if self.leaves_holders_alone:
            return "not restricted"
        return "may be held and sold" if self.bars_sale == "no" and self.must_sell == "no" else "not known"


def _regime(name: str, bars_purchase: str, bars_sale: str, bars_possession: str, must_sell: str, about: str) -> Regime:
    """A regime of US law, as the table has it."""
    return Regime(
        name=name, bars_purchase=bars_purchase, bars_sale=bars_sale, bars_possession=bars_possession, must_sell=must_sell, about=about
    )


@cache
def regimes() -> Mapping[str, Regime]:
    """Every regime by name; ``unknown`` is one, of which nothing is known."""
    rows = read_bundled("regimes").rename(columns={"regime": "name"})
    fields = ("name", "bars_purchase", "bars_sale", "bars_possession", "must_sell", "about")
    known = {row["name"]: _regime(*(str(row[field]) for field in fields)) for row in rows.to_dict("records")}
    unknown = _regime(*(UNKNOWN_REGIME,) * 5, "what this programme makes holders do is not known")
    return MappingProxyType({**known, UNKNOWN_REGIME: unknown})


def regime_named(name: str | Regime) -> Regime:
    """One regime by its name; one that a case states is itself.

    Raises
    ------
    InputError
        If there is no regime of that name.
    """
    if isinstance(name, Regime):
        return name
    known = regimes()
    if name not in known:
        raise InputError(f"regime={name!r} is not known; choose among: {', '.join(known)}.")
    return known[name]


def stated_regime(own: OwnProgramme, instrument: str = "equity") -> Regime:
    """What a programme that a case states makes holders of an instrument do; what it does not state is unknown.

    An instrument that it is not known to cover is not known to be barred, and what its licence frees it does not bar.
    """
    stays = own.holding_stays_barred
    bars = {
        "bars_purchase": _barred(own.barred_from(own.buy_barred_from, "buy"), "yes"),
        "bars_sale": _barred(own.barred_from(own.sell_barred_from, *SALES), "after_window"),
        "bars_possession": {None: UNKNOWN_REGIME, True: "after_window", False: "no"}[stays],
        "must_sell": {None: UNKNOWN_REGIME, True: "yes", False: "no"}[stays],
    }
    doubt = ""
    if not own.covers(instrument):
        bars = {name: word if word == "no" else UNKNOWN_REGIME for name, word in bars.items()}
        doubt = f"that {own.name} covers {instrument} is not stated" if set(bars.values()) != {"no"} else ""
    elif own.holding_barred and stays is None:
        doubt = f"whether holding is freed is not known: {own.licensed}"
    elif own.depository and own.holding_barred:
        doubt = f"how much of it {own.depository} keeps, where it can be neither sold nor moved, is not on record"
    about = "; ".join(filter(None, (own.bound, own.licensed, doubt if not own.covers(instrument) else "")))
    return Regime(
        name=STATED,
        **bars,
        about=f"{own.name} as the case states it: {about}",
        binds_us=own.binds_us,
        binds_others=own.binds_others,
        freezes_part=bool(own.depository),
        deletes=own.index_rule == "delete",
        doubt=doubt,
    )


def _barred(since: StatedInstant, barred: str) -> str:
    return UNKNOWN_REGIME if since is None else "no" if since == NEVER else barred
