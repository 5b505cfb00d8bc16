"""What the law permits: programmes as data, permitted(), deadlines, designations, index providers and exchanges as state machines."""

from impact.rules.book import TABLES
from impact.rules.deadline_table import Deadlines, deadlines
from impact.rules.designated import designations, programmes, recomputed_dates
from impact.rules.exchange_lines import exchange_path
from impact.rules.index_providers import PROVIDER_STATES, ProviderPath, provider_path
from impact.rules.permission import Permission, permitted
from impact.rules.programme_table import ProgrammeTable, programme_table
from impact.rules.usable_sessions import last_usable_session
from impact.rules.vocabulary import ACTIONS, INSTRUMENTS, INVESTORS, STATUSES

__all__ = [
    "ACTIONS",
    "INSTRUMENTS",
    "INVESTORS",
    "PROVIDER_STATES",
    "STATUSES",
    "TABLES",
    "Deadlines",
    "Permission",
    "ProgrammeTable",
    "ProviderPath",
    "deadlines",
    "designations",
    "exchange_path",
    "last_usable_session",
    "permitted",
    "programme_table",
    "programmes",
    "provider_path",
    "recomputed_dates",
]
