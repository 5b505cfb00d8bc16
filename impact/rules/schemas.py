"""What the columns of the tables of permissions and deadlines are."""

from __future__ import annotations

from impact.tables import Column, Vocabulary
from impact.tables.common import COMMON

__all__ = ["ANSWER", "CLOCKS", "CLOCK_COLUMNS", "LIFTED", "LINES_LEFT_OUT", "PROCUREMENT", "PROGRAMMES", "PROVIDER_STEPS", "RULINGS"]

CLOCK_COLUMNS = (
    Column("clock", about="what ends: purchases, sales, holding"),
    Column("state", about="running, enjoined, run out, lifted"),
    Column("first_prohibited_utc", "instant", short="first prohibited, UTC", about="first instant at which it is barred"),
    Column("first_prohibited_et", "instant", short="first prohibited, New York", about="first instant at which it is barred"),
    Column("first_prohibited_local", "instant", short="first prohibited, where it trades", about="first instant at which it is barred"),
    Column("last_session_on", "date", short="last usable session", about="last session that opens before the first barred instant"),
    Column("whole_session", "flag", short="all of it", about="that session can be used to its close"),
    Column("usable_until_utc", "instant", short="usable until, UTC", about="last instant of that session that can be used"),
    Column("limited_by", short="limited by", about="what ends first: the clock, or the line leaving its venue"),
    Column("sessions_left", "sessions", short="sessions left", about="from the instant asked about; missing where none was given"),
    Column("settles_on", "date", short="settles on", about="settlement of a trade of the last usable session"),
    Column("last_settled_session_on", "date", short="last session settled in time"),
    Column("conflict", about="a source that says otherwise"),
)

_WORDS = Vocabulary(
    *CLOCK_COLUMNS,
    Column("rule", about="the rule in words"),
    Column("phase", about="phase of the programme at that instant"),
    Column("since_et", "instant", short="since, New York"),
    Column("until_et", "instant", short="until, New York"),
    Column("from_on", "date", short="from", about="first day on which it binds; missing where none is on record"),
    Column("binds", about="whom it binds"),
    Column("from_utc", "instant", short="from, UTC"),
    Column("from_et", "instant", short="from, New York"),
    Column("at", "instant", about="announced, or the close at which executed"),
    Column("step", about="announced, cancelled, executed"),
    Column("share", "share", about="of the line executed so far; missing where a step executes nothing"),
    Column("close_of", "date", short="at the close of"),
    Column("open_of", "date", short="effective at the open of"),
    Column("happened", "flag", about="no where it is still ahead"),
    Column("expected", "flag", about="no where it does not follow from the state before"),
    Column("regime", about="what it makes investors do, a row of regimes.csv"),
    Column("bars", about="what it bars, in words"),
    Column("bound", about="whom it binds"),
    Column("in_force_from_on", "date", short="in force from"),
    Column("in_force_to_on", "date", short="in force to", about="missing while in force as far as known, and where it never was"),
    beside=COMMON,
)

CLOCKS = _WORDS.schema(
    "clocks",
    "clock programme_id entity state line venue first_prohibited_et first_prohibited_local first_prohibited_utc last_session_on whole_session "
    "usable_until_utc limited_by sessions_left settles_on last_settled_session_on citation source confidence conflict",
    about="a clock of a programme on a line",
)
LIFTED = _WORDS.schema("lifted", "kind from_utc from_et programme_id citation", about="an act that lifts clocks")
LINES_LEFT_OUT = _WORDS.schema("lines_left_out", "line reason", about="a line without clocks")
PROCUREMENT = _WORDS.schema(
    "procurement", "programme_id entity clock from_on binds rule citation source confidence", about="a date of a procurement law"
)
ANSWER = _WORDS.schema("answer", "status rule citation since_et until_et", about="the answer")
RULINGS = _WORDS.schema("rulings", "programme_id entity phase status rule citation source confidence", about="a programme in force")
PROVIDER_STEPS = _WORDS.schema(
    "provider_steps",
    "provider line index_family at step state share close_of open_of certainty happened expected citation confidence",
    about="a step of an index provider",
)
PROGRAMMES = _WORDS.schema(
    "programmes",
    "programme_id name regime bars bound clock in_force_from_on in_force_to_on n_names citation source confidence",
    about="a legal programme",
)
