"""Tables of what was done: trades, dividends, transfers. They tell no positions, whatever their columns are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from impact.intake.headings import heading_key, word_keys

__all__ = [
    "begin_with_trades",
    "is_history_name",
    "is_position_name",
    "is_view",
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
        "买卖方向", "cash flow", "手数料", "transaction fee", "transaction fees", "transactiekosten", "transaktionskosten", "uitvoeringsplaats", "execution time",
        "transaction id", "order number",
    )
)  # fmt: skip
_DEEDS = tuple(
    map(
        heading_key,
        ("transaction", "transaktion", "transactie", "transacción", "transazione", "transação", "opération", "operazione", "operación", "operação", "movimento",
         "movimiento", "mouvement", "umsatz", "buchung", "auftrag", "ordre", "orden", "ordine", "取引", "約定", "成交", "委托", "委託", "交易", "거래", "체결"),
    )
)  # fmt: skip
"""What is done to a position, within a heading in any language."""
_DAYS = tuple(
    map(heading_key, ("date", "data", "datum", "fecha", "dato", "dag", "tag", "日", "日期", "日時", "时间", "時間", "일", "일자", "일시"))
)
_KINDS = tuple(
    map(
        heading_key,
        ("type", "typ", "tipo", "art", "soort", "id", "nr", "no", "number", "numéro", "nummer", "类型", "類型", "种类", "種類", "種別", "区分", "方向", "编号",
         "編號", "番号", "구분", "종류", "유형", "번호"),
    )
)  # fmt: skip
"""What a heading says of a deed: its day, and its kind or number."""
_CHARGED = ("commission", "courtage")
_HELD = tuple(
    map(
        heading_key,
        ("holding", "position held", "market value", "bestand", "marktwert", "valorisation", "valeur de marché", "valor de mercado", "valore di mercato",
         "innehav", "marknadsvärde", "marktwaarde", "保有", "評価額", "持仓", "持有", "市值", "보유", "평가금액"),
    )
)  # fmt: skip
"""What a heading says of what is held and what it is worth, which no list of deeds does."""
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
    """How many headings are those of trades: where one says what is held, those alone that nothing else is called.

    Examples
    --------
    >>> trade_headings(["Data operazione", "Tipo operazione", "Ticker", "Quantità"]), trade_headings(["取引ID", "取引種別", "取引所", "株数"])
    (2, 2)
    """
    keys = {heading_key(heading) for heading in headings}
    if any(held in key for key in keys for held in _HELD):
        return len(keys & _TRADE_KEYS)
    return sum(key in _TRADE_KEYS or key.startswith(_CHARGED) or _says_of_deed(key, (*_DAYS, *_KINDS)) for key in keys)


@lru_cache(maxsize=4096)
def _says_of_deed(key: str, what: tuple[str, ...]) -> bool:
    """Whether a heading is a deed and one of those words before or behind it."""
    return (key.startswith(what) or key.endswith(what)) and any(deed in key for deed in _DEEDS)


def trade_days(headings: Sequence[str]) -> tuple[int, ...]:
    """Columns that hold days of trades."""
    keys = [heading_key(heading) for heading in headings]
    return tuple(number for number, key in enumerate(keys) if key in _TRADE_DAYS or _says_of_deed(key, _DAYS))


def begin_with_trades(cells: Sequence[str]) -> bool:
    """Whether most cells begin with the word for a purchase or a sale, or for what is booked beside them.

    Examples
    --------
    >>> begin_with_trades(["BUY XIAOMI", "Sell 100 XIAOMI", "Custody fee"]), begin_with_trades(["Best Buy", "Sell Co"])
    (True, False)
    """
    words = [heading_key(cell.split()[0]) for cell in cells if cell.split()]
    booked = [word for word in words if word in _TRADED or word in _BOOKED]
    return 2 * len(booked) > len(words) and not _TRADED.isdisjoint(booked)


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
