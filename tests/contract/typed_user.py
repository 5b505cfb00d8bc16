"""What a user who checks types writes: every public name, with the types that it promises. ``mypy --strict`` reads it; a test runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pandas as pd

import impact

AS_OF = "2021-01-14T18:00-05:00"


def studies(model: Literal["market", "mean", "market_adjusted"] = "market") -> impact.EventStudyResult:
    """An event study on the bundled prices."""
    panel: impact.MarketPanel = impact.load_panel("bundled", ["1810.HK", "HSI"])
    returns: pd.DataFrame = impact.to_returns(panel.close)
    events = pd.DataFrame({"event_id": ["e"], "security": ["1810.HK"], "date": ["2021-01-15"]})
    return impact.event_study(returns, events, market="HSI", model=model, estimation=(-200, -11), window=(-5, 5))


def law() -> tuple[str, pd.Timestamp]:
    """Permissions, deadlines and clocks."""
    permission = impact.permitted("buy", "1810.HK", at="2021-03-15T09:31-04:00", investor="us_person")
    clocks: pd.DataFrame = impact.deadlines("1810.HK", as_of=AS_OF).to_frame()
    reaction = impact.first_session_to_react(AS_OF, "XHKG")
    assert len(clocks)
    return str(permission), reaction.session


def holdings(folder: Path) -> pd.DataFrame:
    """A positions file, read and checked."""
    path = folder / "positions.csv"
    path.write_text("ISIN,Name,Quantity\nKYG9830T1067,XIAOMI CORP,1000\n", encoding="utf-8")
    book = impact.read_holdings(path)
    return impact.check_portfolio(book, as_of=AS_OF).to_frame()


def case() -> tuple[str, tuple[impact.Source, ...]]:
    """A case that ships, its supply and its price."""
    xiaomi: impact.Case = impact.case("xiaomi")
    return xiaomi.headline(), xiaomi.sources


def mistakes() -> str:
    """What is raised on purpose."""
    try:
        impact.case("no such case")
    except impact.InputError as error:
        problem: impact.ImpactError = error
        return str(problem)
    return ""


FUNCTIONS = (impact.forced_supply, impact.index_deletion, impact.price_effect, impact.relief_probability)
VERSION: str = impact.__version__
WARNING: type[Warning] = impact.ImpactWarning
