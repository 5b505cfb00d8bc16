"""What a legal regime makes holders do, one record a regime from the table of regimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from impact.bundled import read_bundled
from impact.errors import InputError

__all__ = ["UNKNOWN_REGIME", "Regime", "regime_named", "regimes"]

UNKNOWN_REGIME = "unknown"


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One regime: what it bars for whom it binds.

    Attributes
    ----------
    name : str
    bars_purchase, bars_sale, bars_possession, must_sell : str
        ``yes``, ``no``, ``after_window`` (once the divestment window is over), ``frozen``, ``fund`` (named funds alone),
        ``unlisted`` (what is not publicly traded alone) or ``unknown``.
    about : str
    """

    name: str
    bars_purchase: str
    bars_sale: str
    bars_possession: str
    must_sell: str
    about: str

    @property
    def leaves_holders_alone(self) -> bool:
        """Whether it bars nothing that a holder of a public line does."""
        return self.must_sell == "no" and self.bars_sale == "no" and self.bars_purchase in ("no", "unlisted")

    @property
    def locks_in(self) -> bool:
        """Whether holders may keep what they hold, but not sell it once the window is over."""
        return self.bars_sale == "after_window" and self.must_sell != "yes"

    @property
    def freezes(self) -> bool:
        """Whether what is held may be neither bought nor sold without a licence."""
        return self.bars_possession == "frozen"

    @property
    def fate(self) -> str:
        """What may be done with shares that are unsold when the window is over."""
        if self.freezes:
            return "frozen: may be neither sold nor moved without a licence"
        if self.bars_possession == "after_window":
            return "may not be held after the deadline"
        if self.bars_sale == "after_window":
            return "may be held but not sold after the deadline"
        if self.leaves_holders_alone:
            return "not restricted"
        return "may be held and sold" if self.bars_sale == "no" and self.must_sell == "no" else "not known"


@cache
def regimes() -> Mapping[str, Regime]:
    """Every regime by name; ``unknown`` is one, of which nothing is known."""
    rows = read_bundled("regimes").rename(columns={"regime": "name"})
    known = {
        row["name"]: Regime(
            **{field: row[field] for field in ("name", "bars_purchase", "bars_sale", "bars_possession", "must_sell", "about")}
        )
        for row in rows.to_dict("records")
    }
    unknown = Regime(
        name=UNKNOWN_REGIME,
        **dict.fromkeys(("bars_purchase", "bars_sale", "bars_possession", "must_sell"), UNKNOWN_REGIME),
        about="what this programme makes holders do is not known",
    )
    return MappingProxyType({**known, UNKNOWN_REGIME: unknown})


def regime_named(name: str) -> Regime:
    """One regime.

    Raises
    ------
    InputError
        If there is no regime of that name.
    """
    known = regimes()
    if name not in known:
        raise InputError(f"regime={name!r} is not known; choose among: {', '.join(known)}.")
    return known[name]
