"""Tables of what was done: trades, dividends, transfers. They tell no positions, whatever their columns are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from impact.intake.headings import heading_key, word_keys

__all__ = [
    "begin_with_bookings",
    "begin_with_trades",
    "is_history_name",
    "is_position_name",
    "is_view",
    "says_trades",
    "trade_days",
    "trade_headings",
]

# What only a list of transactions has; such a list holds no positions.
_TRADE_DAYS = frozenset(
    heading_key(text)
    for text in (
        "trade date",
        "transaction date",
        "date of trade",
        "date of transaction",
        "handelsdatum",
        "date opération",
        "fecha operación",
    )
)
_TRADE_KEYS = _TRADE_DAYS | frozenset(
    heading_key(text)
    for text in (
        "settle date", "settlement date", "transaction type", "buy sell", "action", "proceeds", "commission", "comm fee", "fees comm",
        "fees", "t price", "trade price", "trade id", "order id", "order time", "trade time", "run date", "buchungstag", "約定日", "成交日期",
        "买卖方向", "transaction fee", "transaction fees", "transactiekosten", "transaktionskosten", "uitvoeringsplaats", "execution time",
        "transaction id", "order number",
    )
)  # fmt: skip
_TRADED = frozenset(
    heading_key(word)
    for word in (
        "buy", "sell", "bought", "sold", "purchase", "sale", "kauf", "verkauf", "koop", "verkoop", "achat", "vente", "compra", "venta", "venda",
        "acquisto", "vendita", "köp", "sälj", "köpt", "sålt", "kjøp", "salg", "køb", "買付", "売付", "买入", "卖出", "買入", "賣出", "매수", "매도",
    )
)  # fmt: skip
_BOOKED = frozenset(
    heading_key(word)
    for word in (
        "dividend", "dividends", "interest", "deposit", "withdrawal", "fee", "tax", "split", "transfer", "dividende", "zinsen", "einzahlung",
        "auszahlung", "gebühr", "storting", "opname", "rente", "kosten", "utdelning", "insättning", "uttag",
    )
)  # fmt: skip
"""What stands beside purchases and sales in a list of bookings."""
_VIEWS = frozenset(
    heading_key(word)
    for word in (
        "recommendation", "recommended", "rating", "ratings", "signal", "opinion", "advice", "view", "consensus", "call", "suggestion",
        "empfehlung", "einstufung", "conseil", "recommandation", "recomendación", "raccomandazione", "advies", "推奨", "评级", "建议",
    )
)  # fmt: skip
_HISTORY_NAMES = (
    "transaction", "trade", "order", "execution", "tradeconfirm", "corporateaction", "transfer", "booking", "dividend", "accrual", "fundsline",
)  # fmt: skip
_POSITION_NAMES = (
    "position",
    "holding",
    "security",
    "securitie",
    "asset",
    "portfolio",
    "stock",
    "share",
    "equity",
    "equitie",
    "bond",
    "book",
)


def trade_headings(headings: Iterable[str]) -> int:
    """How many headings are those of trades."""
    return len({heading_key(heading) for heading in headings} & _TRADE_KEYS)


def trade_days(headings: Sequence[str]) -> tuple[int, ...]:
    """Columns that hold days of trades."""
    return tuple(number for number, heading in enumerate(headings) if heading_key(heading) in _TRADE_DAYS)


def says_trades(cells: Iterable[str]) -> bool:
    """Whether cells hold nothing but purchases, sales and what is booked beside them.

    Examples
    --------
    >>> says_trades(["Buy", "SELL", "Dividend"]), says_trades(["Dividend"]), says_trades(["Equity", "Buy"])
    (True, False, False)
    """
    words = {heading_key(cell) for cell in cells} - {""}
    return not _TRADED.isdisjoint(words) and words <= _TRADED | _BOOKED


def begin_with_trades(cells: Iterable[str]) -> bool:
    """Whether each cell begins with the word for a purchase or a sale, or for what is booked beside them.

    Examples
    --------
    >>> begin_with_trades(["BUY XIAOMI", "Sell 100 XIAOMI"]), begin_with_trades(["Best Buy", "Sell Co"])
    (True, False)
    """
    return says_trades(cell.split()[0] for cell in cells if cell.split())


def begin_with_bookings(cells: Iterable[str]) -> bool:
    """Whether each cell begins with the word for something that was done, be it a purchase, a sale or what is booked beside them."""
    return {heading_key(cell.split()[0]) for cell in cells if cell.split()} <= _TRADED | _BOOKED


def is_view(heading: str) -> bool:
    """Whether a column tells what somebody would do, and not what was done.

    Examples
    --------
    >>> is_view("Recommendation"), is_view("Analyst rating"), is_view("Type")
    (True, True, False)
    """
    return not _VIEWS.isdisjoint(word_keys(heading))


def is_history_name(name: str) -> bool:
    """Whether the name of a table of records is that of what was done.

    Examples
    --------
    >>> is_history_name("CashTransaction"), is_history_name("data.trades"), is_history_name("openTrades"), is_history_name("OpenPosition")
    (True, True, False, False)
    """
    key = heading_key(name).removesuffix("s")
    return key.endswith(_HISTORY_NAMES) and "open" not in key.removesuffix("accrual").removesuffix("dividend")


def is_position_name(name: str) -> bool:
    """Whether the name of a table of records is that of what is held.

    Examples
    --------
    >>> is_position_name("OpenPosition"), is_position_name("account.holdings"), is_position_name("PriorPeriodPosition")
    (True, True, False)
    """
    key = heading_key(name).removesuffix("s")
    return key.endswith(_POSITION_NAMES) and not key.startswith("prior")
