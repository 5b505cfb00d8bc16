"""What the columns of the tables of facts and official lists are."""

from __future__ import annotations

from impact.tables import Column, Vocabulary
from impact.tables.common import COMMON

__all__ = [
    "CONFLICTS",
    "CONTRADICTIONS",
    "COUNTS",
    "EDITION_CHANGES",
    "EDITION_COUNTS",
    "EDITION_NAMES",
    "FACTS",
    "FACT_CHANGES",
    "LIST_ATTRIBUTES",
    "LIST_CHANGES",
    "LIST_DATES",
    "LIST_DROPPED",
    "LIST_ENTRIES",
    "LIST_ERRORS",
    "LIST_FILES",
    "LIST_IDENTIFIERS",
    "LIST_NAMES",
    "LIST_PROGRAMMES",
    "LIST_RELATIONS",
    "LIST_ROWS",
]

_WORDS = Vocabulary(
    Column("fact_id", "code", short="fact", about="stable name of the fact"),
    Column("subject", "code", about="line, programme or provider that the fact is about"),
    Column("predicate", about="what is said of the subject"),
    Column("value", about="as written in the source, in `unit` where it is a number"),
    Column("unit", about="unit of the value"),
    Column("valid_from", "date", short="valid from", about="first day for which it holds; missing where not stated"),
    Column("valid_to", "date", short="valid to", about="last day for which it holds; missing while it lasts"),
    Column("ended_known_at", "instant", short="end known at", about="instant at which its end was public"),
    Column("precision", about="how exactly the instant is known: instant, session, day"),
    Column("preferred", "flag", about="the variant that answers where sources contradict each other"),
    Column("superseded_by", "code", short="superseded by", about="fact that takes its place"),
    Column("table", about="bundled table of the fact"),
    Column("row", "code", about="row of the bundled table"),
    Column("change", about="learned, superseded, ended; added, removed, changed, relisted, renamed"),
    Column("n_facts", "count", short="facts"),
    Column("n_superseded", "count", short="superseded"),
    Column("first_known_at", "instant", short="first known at"),
    Column("last_known_at", "instant", short="last known at"),
    Column("entry", about="entry of the list"),
    Column("list", about="list or file of the entry"),
    Column("programs", short="programmes", about="programme codes as the list writes them"),
    Column("listing_on", "date", short="listed on"),
    Column("effective_on", "date", short="effective on"),
    Column("divestment_on", "date", short="divestment until"),
    Column("lei", "code", short="LEI"),
    Column("other_names", short="other names"),
    Column("title"),
    Column("remarks", about="as written in the list"),
    Column("key", about="what the attribute is"),
    Column("written", about="as written in the list"),
    Column("instrument"),
    Column("valid", "flag", about="whether its check digit holds"),
    Column("field", about="column of the list"),
    Column("content", about="the row as written"),
    Column("before", about="value in the earlier version"),
    Column("after", about="value in the later version"),
    Column("version", about="before or after"),
    Column("n_entries", "count", short="entries"),
    Column("n_bytes", "count", "bytes", "bytes"),
    Column("address", about="where the file was fetched from"),
    Column("why", about="why this variant answers"),
    Column("sources", about="sources of the variant"),
    Column("listed_on", "date", short="listed on", about="first day of the span in which it stands on the list"),
    Column("began", about="listed, relisted after a removal, or corrected"),
    Column("changed_on", "date", short="changed on", about="day of the listing, the removal or the renaming"),
    Column("reason", about="why a name was removed, as the record has it"),
    Column("perhaps", about="names added that the removed one may have been renamed to, where the record leaves that open"),
    Column("edition_on", "date", short="edition of", about="day of the edition"),
    Column("n_printed", "count", short="printed", about="names that the edition printed; missing where no count is on record"),
    *(
        Column(
            f"{what}_{end}", "count", short=f"{what}, {end}", about=f"{what} names by the counts on record, {end}est; missing where none is"
        )
        for what in ("added", "removed")
        for end in ("low", "high")
    ),
    Column("added_held", "count", short="added, held", about="added names that the fact base holds"),
    Column("removed_held", "count", short="removed, held", about="removed names that the fact base holds"),
    Column("note", about="what the record says of the edition"),
    beside=COMMON,
)

FACTS = _WORDS.schema(
    "facts",
    "fact_id subject predicate value unit valid_from valid_to ended_known_at known_at precision source confidence preferred superseded_by table row",
    about="a dated, sourced fact",
)
FACT_CHANGES = _WORDS.schema(
    "fact_changes",
    "change known_at subject predicate value unit superseded_by source fact_id confidence precision",
    about="a fact learned, superseded or ended between two instants",
)
CONTRADICTIONS = _WORDS.schema(
    "contradictions",
    "subject predicate value unit confidence preferred source known_at fact_id",
    about="a variant of a fact on which sources differ",
)
CONFLICTS = _WORDS.schema(
    "conflicts",
    "subject predicate value unit known_at preferred why confidence source sources fact_id",
    about="a variant, and why it answers or not",
)
COUNTS = _WORDS.schema("counts", "table n_facts n_superseded first_known_at last_known_at", about="a bundled table of facts")
LIST_ENTRIES = _WORDS.schema(
    "entries",
    "entry list name kind programs title remarks listing_on effective_on divestment_on isin ticker lei other_names file row",
    about="an entry of an official list",
)
LIST_IDENTIFIERS = _WORDS.schema(
    "identifiers", "entry kind label value written country instrument valid", about="an identifier of an entry"
)
LIST_NAMES = _WORDS.schema("names", "entry kind name", about="a name of an entry")
LIST_RELATIONS = _WORDS.schema("relations", "entry kind name", about="a party that an entry is tied to")
LIST_DATES = _WORDS.schema("dates", "entry kind label date", about="a date that an entry states")
LIST_ATTRIBUTES = _WORDS.schema("attributes", "entry key value", about="anything else that an entry states")
LIST_DROPPED = _WORDS.schema(
    "list_dropped", "version file row reason content n_rows", about="a row, or a reason, for which nothing was read"
)
LIST_ERRORS = _WORDS.schema("errors", "file row entry field value reason", about="a value that does not hold")
LIST_ROWS = _WORDS.schema("rows", "file n_read n_kept n_dropped", about="a file")
LIST_PROGRAMMES = _WORDS.schema("list_programmes", "programs n_entries", about="a programme code")
LIST_CHANGES = _WORDS.schema("list_changes", "change entry name field before after", about="a field that differs between two versions")
LIST_FILES = _WORDS.schema("list_files", "file address n_bytes", about="a file written")
EDITION_NAMES = _WORDS.schema(
    "edition_names", "entity security status listed_on began fact_id source confidence", about="a name on a list at an instant"
)
EDITION_CHANGES = _WORDS.schema(
    "edition_changes",
    "change entity before security changed_on reason perhaps source confidence",
    about="a change of a list between two instants",
)
EDITION_COUNTS = _WORDS.schema(
    "edition_counts",
    "edition_on kind n_printed added_low added_high added_held removed_low removed_high removed_held note source confidence",
    about="an edition between two instants: its counts on record beside the names held",
)
