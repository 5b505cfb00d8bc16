"""What the columns of the tables of market data are."""

from __future__ import annotations

from impact.tables import Column, Vocabulary
from impact.tables.common import COMMON

__all__ = [
    "BUNDLED",
    "CACHED",
    "CLOSES",
    "DAMAGED",
    "DIVIDENDS",
    "DOUBTFUL",
    "DROPPED",
    "FAILURES",
    "NOT_USED",
    "REFUSED",
    "SECURITIES",
    "VERIFIED",
    "VOLUMES",
]

_WORDS = Vocabulary(
    Column("basis", about="whether prices are as traded or adjusted"),
    Column("first", "date", about="first session with a price"),
    Column("last", "date", about="last session with a price"),
    Column("n_traded", "count", short="traded"),
    Column("n_no_trade", "count", short="no trade", about="sessions between the first and the last price without one"),
    Column("n_volume_unknown", "count", short="volume unknown"),
    Column("symbol", "code"),
    Column("message", about="what the source answered"),
    Column("what", about="what the file holds"),
    Column("retrieved", "date", about="day on which it was taken"),
    Column("status", about="whether the file is as listed"),
    Column("sha256", "code"),
    Column("first_on", "date", short="first"),
    Column("last_on", "date", short="last"),
    Column("retrieved_at", "instant", short="retrieved at"),
    Column("provider_version", "code", short="version of the provider"),
    Column("doubt", "code", about="what makes the figure doubtful, by code"),
    Column("until", "date", about="last session whose return it touches"),
    Column("ratio", "number", about="the close over the one before; missing where it is no move"),
    Column("about", about="what it may be, in one clause"),
    Column("origin", about="file and line, or the provider"),
    beside=COMMON,
)

SECURITIES = _WORDS.schema(
    "securities", "security currency basis first last n_traded n_no_trade n_volume_unknown", about="a line of the panel"
)
DROPPED = _WORDS.schema("dropped_prices", "security session reason source", about="a price that was refused")
REFUSED = _WORDS.schema("refused_prices", "reason n", about="a reason for refusing prices")
CLOSES = _WORDS.schema("closes", "session", extra=Column("close", "price"), about="a session, one column a line")
VOLUMES = _WORDS.schema("volumes", "session", extra=Column("volume", "shares"), about="a session, one column a line")
DIVIDENDS = _WORDS.schema("dividends", "session", extra=Column("dividend", "number", "money a share"), about="a session, one column a line")
FAILURES = _WORDS.schema("failures", "symbol kind message", about="a symbol without prices")
BUNDLED = _WORDS.schema("bundled", "file what source retrieved basis", about="a file that ships")
CACHED = _WORDS.schema(
    "cached", "provider symbol first_on last_on n_rows currency retrieved_at provider_version", about="a symbol of the store"
)
DOUBTFUL = _WORDS.schema("doubtful_figures", "security session until doubt ratio n about", about="a figure to compare with another source")
NOT_USED = _WORDS.schema("refused_figures", "security session reason origin", about="a figure that was given and is not used")
DAMAGED = _WORDS.schema("damaged_blocks", "provider symbol", about="a symbol whose stored figures do not match their checksum")
VERIFIED = _WORDS.schema("verified", "file status sha256", about="a file that ships")
