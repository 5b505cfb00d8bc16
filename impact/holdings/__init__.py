"""Who owns what: readers, look-through, owners, exposure."""

from impact.holdings.benchmark import BenchmarkEffect, benchmark_effect
from impact.holdings.changes import ExposureChange
from impact.holdings.escalation import Escalation
from impact.holdings.exposure import ExposureReport, check_portfolio
from impact.holdings.form13f import read_13f
from impact.holdings.fund_files import Staleness
from impact.holdings.issuer_owners import Ownership, ownership
from impact.holdings.nport import read_nport
from impact.holdings.owners import ReportedHoldings
from impact.holdings.portfolio import Portfolio, as_portfolio
from impact.holdings.readers import HoldingsFile, read_holdings
from impact.holdings.what_if import Designation

__all__ = [
    "BenchmarkEffect",
    "Designation",
    "Escalation",
    "ExposureChange",
    "ExposureReport",
    "HoldingsFile",
    "Ownership",
    "Portfolio",
    "ReportedHoldings",
    "Staleness",
    "as_portfolio",
    "benchmark_effect",
    "check_portfolio",
    "ownership",
    "read_13f",
    "read_holdings",
    "read_nport",
]
