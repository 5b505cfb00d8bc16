"""The fields of a position, by the kind of their cells."""

from __future__ import annotations

__all__ = ["AMOUNT_FIELDS", "FIELDS", "IDENTITY_FIELDS", "NUMBER_FIELDS", "TEXT_FIELDS", "WORD_FIELDS"]

FIELDS = (
    "account", "investor", "name", "ticker", "exchange", "country", "isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code",
    "quantity", "market_value", "notional_value", "weight", "price", "fx", "currency", "price_currency", "asset_class", "put_call",
    "side", "underlying", "as_of",
)  # fmt: skip
NUMBER_FIELDS = ("quantity", "market_value", "notional_value", "weight", "price", "fx")
TEXT_FIELDS = tuple(name for name in FIELDS if name not in (*NUMBER_FIELDS, "as_of"))
IDENTITY_FIELDS = ("isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code", "ticker", "name")
AMOUNT_FIELDS = ("quantity", "market_value", "weight")
WORD_FIELDS = ("name", "exchange", "country", "currency", "price_currency", "put_call")
"""Fields that no number can fill; a ticker, an account or an identifier may be all digits."""
