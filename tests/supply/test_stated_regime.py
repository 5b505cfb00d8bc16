"""What a programme that a case states makes holders do: what it covers and what its licence frees counted in."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.rules.own_programme import NEVER, OwnLicence, OwnProgramme
from impact.supply.regimes import stated_regime

BUY, SELL, LATER = (pd.Timestamp(at, tz="UTC") for at in ("2027-01-20", "2027-11-20", "2028-06-30"))
EARLIER = pd.Timestamp("2027-10-01", tz="UTC")


def regime(instrument="equity", licence=None, **changed):
    fields = {
        "binds": ("us_person",), "buy_barred_from": BUY, "sell_barred_from": SELL, "holding_barred": True, "instruments": ("equity",),
    }  # fmt: skip
    own = OwnProgramme(
        programme_id="own", name="Own order", licence=None if licence is None else OwnLicence(**licence), **(fields | changed)
    )
    return stated_regime(own, instrument)


def bars(found):
    return found.bars_purchase, found.bars_sale, found.bars_possession, found.must_sell


def test_what_is_covered_must_be_sold():
    assert bars(regime()) == ("yes", "after_window", "after_window", "yes") and regime().doubt == ""


@pytest.mark.parametrize(("instruments", "instrument"), [(("bond",), "equity"), (None, "equity"), (("equity",), "adr")])
def test_what_is_not_known_to_be_covered_is_not_known_to_be_barred(instruments, instrument):
    told = regime(instrument, instruments=instruments)
    assert bars(told) == ("unknown",) * 4
    assert told.doubt == f"that Own order covers {instrument} is not stated" and told.doubt in told.about
    free = {"buy_barred_from": NEVER, "sell_barred_from": NEVER, "holding_barred": False}
    assert bars(regime(instrument, instruments=instruments, **free)) == ("no",) * 4  # what bars nothing bars nothing of anything


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ({"actions": ("sell", "hold", "buy"), "until": NEVER}, ("no", "no", "no", "no")),
        ({"actions": ("hold",), "until": NEVER}, ("yes", "after_window", "no", "no")),  # a lock-in
        ({"actions": ("sell",), "until": NEVER}, ("yes", "no", "unknown", "unknown")),  # may what one may sell for ever be held?
        ({"actions": ("sell",), "until": LATER}, ("yes", "after_window", "after_window", "yes")),
        ({"actions": ("hold", "sell"), "until": LATER}, ("yes", "after_window", "after_window", "yes")),  # later, and still all
        ({"actions": ("hold",), "until": EARLIER}, ("yes", "after_window", "after_window", "yes")),  # it ends before anything is barred
        ({"actions": ("hold",)}, ("yes", "after_window", "unknown", "unknown")),
        ({"until": NEVER}, ("unknown", "unknown", "unknown", "unknown")),
        ({"until": EARLIER}, ("unknown", "after_window", "after_window", "yes")),
    ],
)
def test_a_licence_is_counted_in(licence, expected):
    told = regime(licence=licence)
    assert bars(told) == expected
    assert "its licence frees" in told.about and ("holding" in told.doubt) == (expected[3] == "unknown")


@pytest.mark.parametrize(
    ("licence", "end"),
    [
        (None, SELL),
        ({"actions": ("sell", "hold"), "until": LATER}, LATER),
        ({"actions": ("sell_to_divest", "hold"), "until": LATER}, LATER),
        ({"actions": ("sell",), "until": LATER}, LATER),  # what may be sold until then is not for sure barred from being held
        ({"actions": ("hold",), "until": LATER}, SELL),  # nobody may sell it later
        ({"actions": ("hold",), "until": NEVER}, SELL),
        ({"actions": ("sell", "hold"), "until": NEVER}, None),
        ({"actions": ("sell", "hold")}, SELL),  # how long is not known
    ],
)
def test_the_last_sale_is_the_first_of_what_ends(licence, end):
    own = OwnProgramme(
        programme_id="own",
        name="Own order",
        sell_barred_from=SELL,
        holding_barred=True,
        licence=None if licence is None else OwnLicence(**licence),
    )
    assert own.divestment_end_at == end
