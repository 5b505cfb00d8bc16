"""Who must sell, how much and when: index deletion per provider, divestment per holder class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "ForcedSupply": "impact.supply.forced",
    "HOLDER_CLASSES": "impact.supply.holder_classes",
    "Identity": "impact.supply.holder_classes",
    "IndexDeletion": "impact.supply.deletion",
    "LineState": "impact.supply.line",
    "SellingSchedule": "impact.supply.selling",
    "WindDown": "impact.supply.wind_down",
    "forced_supply": "impact.supply.forced",
    "index_deletion": "impact.supply.deletion",
    "line_state": "impact.supply.line",
    "reweight_index": "impact.supply.reweighting",
}

__all__ = [
    "HOLDER_CLASSES",
    "ForcedSupply",
    "Identity",
    "IndexDeletion",
    "LineState",
    "SellingSchedule",
    "WindDown",
    "forced_supply",
    "index_deletion",
    "line_state",
    "reweight_index",
]

if TYPE_CHECKING:
    from impact.supply.deletion import IndexDeletion, index_deletion
    from impact.supply.forced import ForcedSupply, forced_supply
    from impact.supply.holder_classes import HOLDER_CLASSES, Identity
    from impact.supply.line import LineState, line_state
    from impact.supply.reweighting import reweight_index
    from impact.supply.selling import SellingSchedule
    from impact.supply.wind_down import WindDown


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
