"""What is listed of a store into which a provider put every kind of doubtful figure; a clean line is not listed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.market.cache import PriceCache
from impact.market.fetching import FetchedSource
from impact.market.histories import SecurityHistory
from impact.market.quality import quality_of

DAYS = pd.bdate_range("2020-01-01", "2020-12-31").as_unit("ns")


class Dirty:
    """Gives a walk with one thing wrong, by the name of the symbol."""

    name, control_symbol = "dirty", "CLEAN"

    def fetch_history(self, symbol, first, last):
        days, close = DAYS, 50 * np.exp(np.cumsum(np.random.default_rng(len(symbol)).normal(0, 0.01, len(DAYS))))
        volume = np.full(len(DAYS), np.nan if symbol == "STALE" else 1000.0)
        if symbol == "HALVED":
            close[100:] *= 0.5
        elif symbol == "FALLEN":
            close[100:] *= 0.55
        elif symbol == "HUNDREDFOLD":
            close[50:] *= 100
        elif symbol == "THREE":
            close[60:63] *= 100
        elif symbol == "TICK":
            close[50] *= 100
        elif symbol == "STALE":
            close[70:90] = close[70]
        elif symbol == "SHIFTED":
            days = DAYS - pd.Timedelta(days=1)
        elif symbol == "TWICE":
            days, close, volume = DAYS.insert(11, DAYS[10]), np.insert(close, 11, close[10] + 1), np.append(volume, 1000.0)
        elif symbol == "NEGATIVE":
            close[5] = -3.0
        figures = pd.DataFrame({"close": close, "volume": volume, "dividend": 0.0, "split": 0.0}, index=days)
        return SecurityHistory(symbol=symbol, figures=figures, first=first, last=last)


def test_every_kind_of_doubt_is_listed_once_with_its_day(tmp_path):
    store = PriceCache(path=tmp_path / "prices.sqlite")
    lines = ["CLEAN", "HALVED", "FALLEN", "HUNDREDFOLD", "THREE", "TICK", "STALE", "SHIFTED", "TWICE", "NEGATIVE"]
    FetchedSource(provider=Dirty(), cache=store).fetch(lines, "2020-01-01", "2020-12-31")
    tables = {name: table.frame for name, table in quality_of(cache=store.file).tables}
    doubted = {(line, doubt, day) for line, doubt, day in tables["doubtful"][["security", "doubt", "session"]].itertuples(index=False)}
    assert doubted == {
        ("HALVED", "split", DAYS[100]), ("FALLEN", "jump", DAYS[100]), ("HUNDREDFOLD", "unit", DAYS[50]), ("THREE", "unit", DAYS[60]),
        ("THREE", "unit", DAYS[63]), ("STALE", "stale", DAYS[70]), ("SHIFTED", "shifted", pd.Timestamp("2020-01-05")),
    }  # fmt: skip
    refused = tables["refused"].set_index("security")
    assert refused["session"].to_dict() == {"TICK": DAYS[50], "TWICE": DAYS[10], "NEGATIVE": DAYS[5]}
    assert "quarantined" in refused["reason"]["TICK"] and "later row" in refused["reason"]["TWICE"]
    assert tables["damaged"].empty
