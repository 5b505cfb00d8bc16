"""What blocks the line of a case, by the law as it stands: since when, and until when a licence lets holders sell."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from impact.rules.standing import LicensedSale, Standing

__all__ = ["Blocking", "blocking_of"]


@dataclass(frozen=True, kw_only=True)
class Blocking:
    """One name of the issuer that is blocked, or was blocked by the listing that a case is about.

    Attributes
    ----------
    programme_id : str
    from_at : Timestamp
        Instant (UTC) of the listing.
    sales : tuple of LicensedSale
        Licences that let holders sell, in the order of their ends.
    words : str
        Since when, and the licences to sell with their ends, in one sentence.
    """

    programme_id: str
    from_at: pd.Timestamp
    sales: tuple[LicensedSale, ...]
    words: str

    @property
    def licence_end_at(self) -> pd.Timestamp | None:
        """Instant at which the last licence ends whose text and span are on record; None: no such licence."""
        ends = [sale.ends_at for sale in self.sales if sale.is_verified and sale.ends_at is not None]
        return max(ends, default=None)

    @property
    def may_be_sold_until(self) -> pd.Timestamp | None:
        """Instant at which the last of them ends, verified or not; None: no end is on record."""
        return max((sale.ends_at for sale in self.sales if sale.ends_at is not None), default=None)


def blocking_of(law: Standing, fact_id: str) -> Blocking | None:
    """The blocking that sets the terms of a case: that of its own listing, else the first one that stands; None where nothing is blocked."""
    told = list(zip(law.blocked, law.blockings(), strict=True))
    own = [pair for pair in told if pair[0][1].fact_id == fact_id]
    stands = [pair for pair in told if pair[0][1].removed_at is None or pair[0][1].removed_at > law.at]
    for (programme, listing), words in own or stands:
        return Blocking(
            programme_id=programme.programme_id,
            from_at=listing.listed_at,
            sales=tuple(sale for sale in law.sales if (sale.programme, sale.listing) == (programme, listing)),
            words=words,
        )
    return None
