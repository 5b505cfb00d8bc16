"""What the columns of the tables of forced supply are."""

from __future__ import annotations

from impact.tables import Column, Vocabulary, ranged
from impact.tables.common import COMMON

__all__ = [
    "BOOK",
    "BOUNDS",
    "BUYERS",
    "CHECK",
    "CLASSES",
    "DROPPED_ACTIONS",
    "DROPPED_ROWS",
    "FLOWS",
    "IDENTITIES",
    "LADDER",
    "LANES",
    "LEGS",
    "MILESTONES",
    "REWEIGHTED",
    "ROUND_TRIP",
    "SELLERS",
    "STRANDED",
    "TOTALS",
    "TRACKER_CLOSES",
]

_WORDS = Vocabulary(
    Column("holder_class", short="holder class"),
    *ranged("shares", "shares", "shares stated"),
    *ranged("held_shares", "shares", "shares held, overlap removed"),
    *ranged("forced_shares", "shares", "shares that must be sold"),
    *ranged("possible_shares", "shares", "bounds of the class by itself; infinite where nothing bounds it"),
    *ranged("possible_adv", "multiple", "bounds in multiples of average daily volume", short="multiples of ADV"),
    Column("exempt_share", "share", short="exempt", about="share of the class that need not sell"),
    Column("sold_share_low", "share", short="sold, low", about="share of its holding that the class must sell"),
    Column("sold_share_high", "share", short="sold, high", about="share of its holding that the class must sell"),
    Column("selling", about="at the index close, or under the cap of participation"),
    Column("window", about="when it must be sold"),
    Column("phase", about="part of the wind-down"),
    *ranged("sold_shares", "shares", "shares sold"),
    *ranged("cumulative_shares", "shares", "shares sold up to then", short="sold up to then"),
    *ranged("backlog_shares", "shares", "shares that could not be sold yet", short="backlog"),
    *ranged("sold_usd", "money", "value sold", unit="USD"),
    *ranged("sold_adv", "multiple", "sold, in multiples of average daily volume", short="sold, multiples of ADV"),
    *ranged("cumulative_adv", "multiple", "sold up to then, in multiples of average daily volume", short="up to then, multiples of ADV"),
    *ranged("cumulative_float_fraction", "share", "sold up to then, share of the float", short="up to then, share of float"),
    *ranged("float_fraction", "share", "share of the float", short="share of float"),
    *ranged("unsold_shares", "shares", "shares still unsold", short="unsold"),
    *ranged("tracker_shares", "shares", "shares sold by trackers", short="sold by trackers"),
    *ranged("sum_shares", "shares", "sum of the classes"),
    Column("by", about="milestone of the ladder"),
    Column("at", about="bar after which the shares cannot be sold"),
    Column("fate", about="what may become of them"),
    Column("scenario", about="low, mid or high"),
    Column("forced_shares", "shares", short="forced shares"),
    Column("forced_usd", "money", "USD", "forced, USD"),
    Column("forced_adv", "multiple", short="forced, multiples of ADV"),
    Column("float_fraction", "share", short="share of float"),
    Column("total", about="a total that a source states"),
    Column("seller"),
    Column("buyer"),
    Column("first_on", "date", short="first"),
    Column("last_on", "date", short="last"),
    Column("row", "code", about="row of the holders given"),
    Column("announced_on", "date", short="announced"),
    Column("execution_on", "date", short="execution close"),
    Column("effective_on", "date", short="effective"),
    Column("tranche_share", "share", short="tranche", about="share of the index weight that moves then"),
    Column("weight", "share", about="weight of the line in the index"),
    Column("float_factor", "share", short="float factor"),
    Column("index_value_usd", "money", "USD", "value of the index, USD"),
    Column("tracked_usd_low", "money", "USD", "tracked, USD, low"),
    Column("tracked_usd_high", "money", "USD", "tracked, USD, high"),
    Column("price_basis", short="price basis", about="close, or zero where the index deletes at zero"),
    Column("counted_in", short="counted in", about="family that counts the same assets; empty where none does"),
    Column("per_bn_tracked_usd", "money", "USD for a billion tracked", "sale for a billion tracked, USD"),
    Column("loss_at_zero_bps", "bps", short="loss at zero price"),
    Column("front_run_share", "share", short="sold before the close"),
    Column("volume_shares", "shares", short="volume"),
    Column("usual_shares", "shares", short="usual volume", about="median of the sessions before"),
    Column("volume_ratio", "multiple", short="volume / usual"),
    Column("excess_shares", "shares", short="excess volume"),
    Column("excess_usd", "money", "USD", "excess volume, USD"),
    Column("close_return", "return", short="close to close"),
    Column("price", "price"),
    Column("position_shares", "number", "shares", "position"),
    Column("position_cash", "number", "money", "cash"),
    Column("sold_on", "date", short="sold"),
    Column("sold_at", "price", short="sold at"),
    Column("bought_back_on", "date", short="bought back"),
    Column("bought_back_at", "price", short="bought back at"),
    Column("position_cost_return", "return", short="cost to the position", about="paid above the price sold at, of that price"),
    Column("index_cost_bps", "bps", short="cost to the index"),
    Column(
        "cost_per_bn_and_bp_usd",
        "money",
        "USD for a billion tracked and a basis point of weight",
        "cost for a billion and a basis point, USD",
    ),
    Column("weight_before", "share", short="weight before"),
    Column("weight_after", "share", short="weight after"),
    Column("change_weight", "return", "share of one", "change of weight"),
    beside=COMMON,
)
_ENDS = ("low", "mid", "high")


def _each(*names: str, ends: tuple[str, ...] = _ENDS) -> str:
    return " ".join(f"{name}_{end}" for end in ends for name in names)


CLASSES = _WORDS.schema(
    "classes",
    "holder_class shares_low shares_high source exempt_share note sold_share_low sold_share_high certainty "
    f"{_each('held_shares', 'forced_shares')} possible_shares_low possible_shares_high selling",
    about="a class of holders",
)
SELLERS = _WORDS.schema("sellers", f"seller {_each('forced_shares')} source", about="a class, or a known total whose split is not known")
BOUNDS = _WORDS.schema(
    "bounds",
    "holder_class possible_shares_low possible_shares_high possible_adv_low possible_adv_high window certainty source",
    about="a class of holders, by itself",
)
IDENTITIES = _WORDS.schema(
    "identities", f"total shares_low shares_high {_each('sum_shares')} source", about="a stated total and what the classes sum to"
)
LADDER = _WORDS.schema(
    "ladder",
    "session phase "
    + _each("sold_shares", "cumulative_shares", "backlog_shares", "sold_usd", "sold_adv", "cumulative_adv", "cumulative_float_fraction"),
    about="a session of the wind-down",
)
MILESTONES = _WORDS.schema(
    "milestones", f"by session {_each('cumulative_shares')} {_each('cumulative_adv')}", about="a milestone of the ladder"
)
TOTALS = _WORDS.schema(
    "totals", "scenario forced_shares forced_usd forced_adv float_fraction", about="an end of the range, all classes together"
)
BOOK = _WORDS.schema(
    "book",
    "session",
    extra=Column("class", "shares", about="bought (positive) or sold (negative) by the class"),
    about="a session, one column a class",
)
BUYERS = _WORDS.schema("buyers", "buyer shares_low shares_high first_on last_on source", about="a known buyer")
STRANDED = _WORDS.schema("stranded", f"at holder_class {_each('unsold_shares')} fate", about="a class barred with shares unsold")
DROPPED_ROWS = _WORDS.schema("dropped_holders", "row reason", about="a row of the holders that was not used")
TRACKER_CLOSES = _WORDS.schema(
    "tracker_closes", f"execution_on provider {_each('tracker_shares')} volume_ratio excess_shares close_return", about="an execution close"
)
FLOWS = _WORDS.schema(
    "flows",
    "provider index_family action announced_on execution_on effective_on tranche_share source weight float_factor index_value_usd "
    "tracked_usd_low tracked_usd_high price_basis counted_in per_bn_tracked_usd loss_at_zero_bps "
    f"{_each('sold_usd', 'sold_shares', 'sold_adv', 'float_fraction', ends=('low', 'high'))} front_run_share",
    about="a trade of one family of indexes",
)
LANES = _WORDS.schema(
    "lanes",
    "provider index_family action announced_on execution_on effective_on tranche_share source",
    about="what one family of indexes did",
)
CHECK = _WORDS.schema(
    "execution_volume",
    "execution_on provider action volume_shares usual_shares volume_ratio excess_shares excess_usd close_return sold_shares_low sold_shares_high",
    about="an execution close",
)
DROPPED_ACTIONS = _WORDS.schema("dropped_actions", "provider action reason", about="an action that is no trade")
LEGS = _WORDS.schema("legs", "provider action execution_on price position_shares position_cash weight", about="a leg of the round trip")
ROUND_TRIP = _WORDS.schema(
    "round_trip",
    "provider sold_on sold_at bought_back_on bought_back_at position_cost_return index_cost_bps cost_per_bn_and_bp_usd",
    about="a provider that deleted the line and added it again",
)
REWEIGHTED = _WORDS.schema("reweighted", "security weight_before weight_after change_weight", about="a name of the index")
