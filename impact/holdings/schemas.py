"""What the columns of the tables of holdings and exposure are."""

from __future__ import annotations

from impact.rules.schemas import CLOCK_COLUMNS
from impact.tables import Column, Schema, Vocabulary, ranged
from impact.tables.common import COMMON

__all__ = [
    "ACCOUNTS",
    "BENCHMARK_DROPPED",
    "BENCHMARK_EFFECT",
    "BENCHMARK_WEIGHTS",
    "BY_DATE",
    "BY_LINE",
    "DESK_BOOKS",
    "DESK_CHANGES",
    "DESK_LINES",
    "DESK_UNREAD",
    "DROPPED",
    "DROPPED_COUNTS",
    "EXPOSURES",
    "EXPOSURE_CHANGES",
    "FILE_COLUMNS",
    "FILE_COUNTS",
    "FILE_ROWS",
    "HELD_CLOCKS",
    "HOLDERS",
    "ISSUES",
    "ONE_POSITION",
    "OTHER_POSITIONS",
    "OWNERSHIP_BOUNDS",
    "POSITIONS",
    "POSITION_FIELDS",
    "REPORTED_DROPPED",
    "REPORTED_ISSUES",
    "REPORTED_ROWS",
    "SCREENED",
    "TOTALS",
    "UNKNOWN",
]


def _ends(name: str, kind: str, about: str, suffix: str = "") -> tuple[Column, Column]:
    low, _middle, high = ranged(name, kind, about, suffix=suffix)
    return low, high


_WORDS = Vocabulary(
    *CLOCK_COLUMNS,
    Column("book", about="file of the book"),
    Column("account", about="account of the holder, as in the file"),
    Column("investor", about="kind of investor, as in the file"),
    Column("exchange", about="exchange as in the file"),
    Column("instrument", about="equity, depositary receipt, derivative, fund"),
    Column("put_call", short="put or call"),
    Column("underlying", about="security that a derivative is on"),
    Column("quantity", "shares", "units", about="units held; negative where short"),
    Column("market_value", "money", short="market value", about="in the currency of the row"),
    Column("notional_value", "money", short="notional value"),
    Column("notional", "money", short="notional, base currency"),
    Column("value", "money", short="value, base currency", about="missing where it cannot be valued"),
    Column("weight", "share", about="as in the file, of its own total"),
    Column("account_weight", "share", short="weight in the account"),
    Column("price", "price"),
    Column("fx", "number", "base currency for one", "exchange rate"),
    Column("price_currency", "code", short="currency of the price"),
    Column("nav_share", "share", short="share of net assets"),
    Column("tier", about="how sure the match is: identifier, name, unknown"),
    Column("status", about="barred, restricted, clear, unknown"),
    Column("programme", "code", about="programme that bars it"),
    Column("rule", about="what the status rests on, in words; empty where nothing names it"),
    Column("via", about="direct, or the fund that holds it"),
    Column("age_days", "days", short="age", about="days from the date of the holding to the instant asked about"),
    Column("next_ban_at", "instant", short="next ban"),
    Column("divest_by_at", "instant", short="divest by"),
    Column("lifted_by", short="lifted by", about="act that lifted the bar"),
    Column("dimension", about="what the totals are by: all, account, programme, line"),
    Column("item", about="the account, programme or line"),
    Column("n_entities", "count", short="issuers"),
    Column("example", about="one of the positions"),
    Column("next_step", short="next step", about="what would make it known"),
    Column("change", about="what changed of the row"),
    Column("held", "flag", about="the line is held in this book"),
    Column("column", about="column of the file"),
    Column("problem", about="what is wrong with the cell"),
    Column("heading", about="heading as in the file"),
    Column("field", about="what the column was read as; empty where it was not used"),
    Column("text", about="the row as written"),
    Column("sheet", about="sheet of the workbook, or file of the archive; empty where there is one"),
    Column("n_lines", "count", short="lines"),
    Column("header_line", "integer", "line of the file", "header line"),
    Column("n_blank", "count", short="blank lines"),
    Column("n_continued", "count", short="continued lines"),
    Column("n_issues", "count", short="cells with care"),
    Column("first_row", "integer", "row of the file", "first row"),
    Column("n_valued", "count", short="valued"),
    *_ends("quantity", "shares", "units held"),
    *_ends("ordinary_shares", "shares", "in ordinary shares of the issuer"),
    *_ends("market_value", "money", "value held, base currency"),
    Column("market_value_high_with_unknown", "money", short="market value, high, with unknown"),
    *_ends("long_value", "money", "value held long"),
    *_ends("short_value", "money", "size of what is held short"),
    *_ends("net_value", "money", "long less short"),
    *_ends("net_nav_share", "share", "long less short, share of net assets"),
    *_ends("nav_share", "share", "share of net assets"),
    Column("with_unknown_nav_share_high", "share", short="share of net assets, high, with unknown"),
    *_ends("through_funds_value", "money", "value held through funds, base currency"),
    Column("excluded", "flag", about="left out of the benchmark"),
    Column("weight_before", "share", short="weight before"),
    Column("weight_after", "share", short="weight after"),
    Column("excluded_weight", "share", short="weight left out"),
    Column("divisor_ratio", "statistic", short="divisor ratio", about="divisor after over divisor before"),
    Column("tracking_error_return", "return_size", "decimal return a year", "tracking error"),
    Column("tracking_error_return_low", "return_size", "decimal return a year", "tracking error, low"),
    Column("tracking_error_return_high", "return_size", "decimal return a year", "tracking error, high"),
    Column("source", about="13F, N-PORT, or where the row comes from"),
    Column("holder_id", "code", short="holder id", about="registrant or series"),
    Column("holder", about="name of the holder"),
    Column("reported_on", "date", short="reported on", about="day that the position is of"),
    Column("filed_on", "date", short="filed on", about="day on which it became public"),
    Column("accession", "code", about="accession number of the filing"),
    Column("share_class", short="class of shares"),
    Column("shares", "shares"),
    Column("previous_shares", "shares", short="shares before"),
    Column("change_shares", "shares", short="change of shares"),
    Column("ordinary_shares", "shares", short="ordinary shares", about="shares times the ratio of the line"),
    Column("value_usd", "money", "USD", "value, USD"),
    Column("discretion", about="who decides on the position"),
    Column("ratio", "number", "ordinary shares for one", about="ordinary shares that one unit stands for"),
    Column("n_holders", "count", short="holders"),
    Column("n_holders_13f", "count", short="holders, 13F"),
    Column("ordinary_shares_13f", "shares", short="ordinary shares, 13F"),
    Column("n_holders_nport", "count", short="holders, N-PORT"),
    Column("ordinary_shares_nport", "shares", short="ordinary shares, N-PORT"),
    Column("fraction_low", "share", short="fraction of the issuer, low"),
    Column("fraction_high", "share", short="fraction of the issuer, high"),
    beside=COMMON,
)

POSITION_FIELDS = (
    "row account investor name ticker exchange country isin cusip sedol figi instrument put_call underlying quantity market_value "
    "notional_value weight price fx currency price_currency as_of sheet"
)
FILE_ROWS = _WORDS.schema("file_rows", POSITION_FIELDS, extra=Column("other"), about="a position as in the file")
POSITIONS = _WORDS.schema("portfolio_positions", f"{POSITION_FIELDS} notional value account_weight", about="a position, valued")
DROPPED = _WORDS.schema("dropped_rows", "row reason text sheet", about="a row that is no position")
ISSUES = _WORDS.schema(
    "issues", "row column value problem action sheet", Column("value", about="the cell as written"), about="a cell that needed care"
)
FILE_COLUMNS = _WORDS.schema("file_columns", "heading field note", about="a column of the file")
FILE_COUNTS = _WORDS.schema("file_counts", "n_lines header_line n_blank n_continued n_rows n_kept n_dropped n_issues", about="a file")
DROPPED_COUNTS = _WORDS.schema("dropped_counts", "reason n first_row", about="a reason for dropping rows")
ACCOUNTS = _WORDS.schema("accounts", "account n_positions n_valued value", about="an account")
EXPOSURES = _WORDS.schema(
    "exposures",
    "account entity security line instrument via status programme tier quantity_low quantity_high ordinary_shares_low ordinary_shares_high "
    "market_value_low market_value_high nav_share_low nav_share_high as_of age_days next_ban_at divest_by_at lifted_by rule citation evidence",
    about="an account, a line and a way of holding it",
)
SCREENED = _WORDS.schema(
    "screened_positions",
    "row account name isin ticker quantity market_value nav_share line entity tier rule status programme citation through_funds_value_low "
    "through_funds_value_high as_of age_days next_ban_at divest_by_at evidence",
    about="a position of the book and what it is",
)
ONE_POSITION = Schema(
    "one_position",
    (Column("field", about="column of the positions"), Column("value", "by_row")),
    row_key="field",
    row_columns=SCREENED.columns,
    about="a field of one position",
)
TOTALS = _WORDS.schema(
    "exposure_totals",
    "dimension item status n_entities market_value_low market_value_high market_value_high_with_unknown nav_share_low nav_share_high "
    "with_unknown_nav_share_high long_value_low long_value_high short_value_low short_value_high net_value_low net_value_high "
    "net_nav_share_low net_nav_share_high",
    about="a status, over the book or a part of it",
)
UNKNOWN = _WORDS.schema(
    "unknown", "reason n_positions market_value_high example next_step nav_share_high", about="a reason for which nobody knows"
)
HELD_CLOCKS = _WORDS.schema(
    "held_clocks",
    "issuer held programme_id entity clock state line venue first_prohibited_et first_prohibited_local first_prohibited_utc last_session_on "
    "whole_session usable_until_utc limited_by sessions_left settles_on last_settled_session_on citation source confidence conflict",
    about="a clock of a line of the issuers held",
)
_SIDES = "status programme nav_share_low nav_share_high next_ban_at divest_by_at lifted_by citation"
EXPOSURE_CHANGES = _WORDS.schema(
    "exposure_changes",
    "account entity security via change",
    *(_WORDS[name].named(f"{name}_{side}", f"{_WORDS[name].short}, {side}") for name in _SIDES.split() for side in ("before", "after")),
    about="a line whose exposure differs between two instants",
)
DESK_LINES = _WORDS.schema(
    "desk_lines",
    "book row account name isin ticker quantity market_value nav_share entity tier status programme citation next_ban_at divest_by_at evidence",
    about="a position of a book that is not clear",
)
_COUNTS = ("blocked", "barred", "restricted", "enjoined", "unknown", "clear")
DESK_BOOKS = _WORDS.schema(
    "desk_books",
    "book n_rows n_kept n_dropped n_issues",
    *(Column(f"n_{status}", "count", short=status) for status in _COUNTS),
    Column("nav", "money", short="net assets"),
    *(_WORDS[name] for name in ("currency", "as_of")),
    about="a book",
)
DESK_CHANGES = _WORDS.schema(
    "desk_changes",
    "book account name isin ticker change",
    *(_WORDS["quantity"].named(f"quantity_{side}", f"shares, {side}") for side in ("before", "after")),
    *(
        _WORDS[name].named(f"{name}_{side}", f"{_WORDS[name].short or name}, {side}")
        for name in ("status", "entity", "programme", "citation", "evidence")
        for side in ("before", "after")
    ),
    about="a line of a book that differs from an earlier report",
)
DESK_UNREAD = _WORDS.schema("desk_unread", "book reason", about="a file that could not be read")
BENCHMARK_WEIGHTS = _WORDS.schema(
    "benchmark_weights", "row name entity status excluded weight_before weight_after", about="a name of the benchmark"
)
BENCHMARK_DROPPED = _WORDS.schema("benchmark_dropped", "row name line market_value reason", about="a name without a weight")
BENCHMARK_EFFECT = _WORDS.schema(
    "benchmark_effect",
    "excluded_weight divisor_ratio tracking_error_return tracking_error_return_low tracking_error_return_high n_sessions",
)
REPORTED_ROWS = _WORDS.schema(
    "reported_rows",
    "source holder_id holder reported_on filed_on accession isin cusip name share_class kind shares value_usd weight discretion",
    about="a position of a filing",
)
REPORTED_DROPPED = _WORDS.schema("reported_dropped", "reason n_rows", about="a reason for not keeping rows")
REPORTED_ISSUES = _WORDS.schema("reported_issues", "accession problem action", about="a filing that needed judgement")
BY_DATE = _WORDS.schema("reported_by_date", "source reported_on n_holders shares value_usd", about="a report date")
HOLDERS = _WORDS.schema(
    "holders",
    "source holder_id holder security line reported_on filed_on shares ordinary_shares value_usd previous_shares change_shares change",
    about="a holder of a line on a report date",
)
BY_LINE = _WORDS.schema(
    "holders_by_line",
    "reported_on security n_holders_13f ordinary_shares_13f n_holders_nport ordinary_shares_nport ordinary_shares_low ordinary_shares_high",
    about="a line on a report date",
)
OWNERSHIP_BOUNDS = _WORDS.schema(
    "ownership_bounds", "reported_on ordinary_shares_low ordinary_shares_high fraction_low fraction_high", about="a report date"
)
OTHER_POSITIONS = _WORDS.schema(
    "other_positions",
    "source holder_id holder reported_on filed_on accession isin cusip name share_class kind shares value_usd weight discretion security line "
    "ratio ordinary_shares",
    about="a position that is no long holding of shares",
)
