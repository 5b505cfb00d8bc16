"""``impact check HOLDINGS``."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import click

from impact.cli._case import instant_in
from impact.cli._messages import tell
from impact.cli._output import Document, emit, output_options
from impact.errors import InputError

__all__ = ["command"]


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark or not name.strip() or not value.strip():
            raise InputError(f'{option} {text!r} must read name=value, such as {option} isin="Asset ID".')
        pairs[name.strip()] = value.strip()
    return pairs


def _numbers(given: tuple[str, ...], option: str) -> dict[str, float]:
    numbers = {}
    for name, text in _pairs(given, option).items():
        try:
            numbers[name] = float(text)
        except ValueError as error:
            raise InputError(f"{option} {name}={text!r} must be a number.") from error
    return numbers


@click.command("check")
@click.argument("holdings", type=click.Path())
@click.option(
    "--as-of", "as_of", metavar="INSTANT", help="Use only what was known then, such as 2021-01-14T18:00-05:00; required without --case."
)
@click.option("--investor", default="us_person", show_default=True, metavar="CLASS", help="us_person, us_intermediary, non_us_person ...")
@click.option("--only-programme", "programmes", multiple=True, metavar="ID", help="Ask this programme only; may be given several times.")
@click.option("--map", "maps", multiple=True, metavar="FIELD=HEADING", help='Name a column, such as isin="Asset ID".')
@click.option("--holdings-date", metavar="DATE", help="Date of the holdings, when the file does not say.")
@click.option("--funds", type=click.Path(), metavar="DIR", help="Folder of fund holdings to look through, named by ticker.")
@click.option("--rate", "rates", multiple=True, metavar="CUR=RATE", help="Units of the book's currency per unit of CUR.")
@click.option("--currency", metavar="CUR", help="Currency to value the book in.")
@click.option("--nav", type=float, metavar="VALUE", help="Net assets, when the file does not hold the whole book.")
@click.option("--ratio", "ratios", multiple=True, metavar="LINE=N", help="Ordinary shares in one receipt.")
@click.option("--designate", metavar="SECURITY", help="What if this security were designated; needs --programme.")
@click.option("--escalate", metavar="FROM:TO", help="What if every name of a list moved to a programme, such as ndaa-1260h:ns-cmic.")
@click.option("--at", metavar="INSTANT", help="With --designate or --escalate: when (default: --as-of).")
@click.option("--programme", "designated_under", metavar="ID", help="With --designate: under which programme.")
@click.option(
    "--case",
    "case_file",
    metavar="PATH",
    help="Also the designation that a case states: its name, file or folder; --as-of is then a day after it was public unless given.",
)
@click.option("--diff", metavar="INSTANT", help="Show what changes between --as-of and this instant.")
@click.option("--explain", type=int, metavar="ROW", help="Everything behind one line of the file.")
@click.option(
    "--fail-on",
    type=click.Choice(["exposure", "unknown", "blocked", "barred", "restricted", "enjoined"]),
    multiple=True,
    help="Exit with code 1 when there is any.",
)
@click.option("--decisions", type=click.Path(dir_okay=False), metavar="FILE", help="What was settled about proposals; see `impact decide`.")
@click.option(
    "--lists", "lists", multiple=True, type=click.Path(dir_okay=False), metavar="FILE", help="Official list to match against too."
)
@click.option("--since", type=click.Path(dir_okay=False), metavar="REPORT", help="Of a folder: what changed since this report (JSON).")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE", help="Also write the memo as one self-contained page.")
@output_options
def command(holdings, as_of, maps, fail_on, explain, diff, html, format_, output, table, **asked) -> None:
    """What a portfolio holds that is barred, for whom and until when.

    HOLDINGS is any positions file, or a folder of them, which gives one table over all books: CSV, XLSX or Parquet from a fund sponsor, terminal or custodian. Its header, separator and number
    formats are found; --map names columns that are not known.
    """
    import impact
    from impact.facts.official_lists import as_official_lists

    as_of = instant_in(asked["case_file"], as_of)
    if as_of is None:
        raise click.UsageError("say as of when with --as-of INSTANT, or name a case with --case PATH.")
    asked_lists = asked["lists"]
    asked = {**asked, "lists": as_official_lists(asked_lists)}
    question = {
        "as_of": as_of,
        "investor": asked["investor"],
        "programmes": asked["programmes"] or None,
        "funds": asked["funds"],
        "ratios": _numbers(asked["ratios"], "--ratio"),
        **_rates_of(_numbers(asked["rates"], "--rate"), asked["case_file"]),
        "currency": asked["currency"],
        "nav": asked["nav"],
        "columns": _pairs(maps, "--map"),
        "holdings_as_of": asked["holdings_date"],
        "designations": (
            *_designations(as_of, asked["designate"], asked["at"], asked["designated_under"], asked["escalate"]),
            *_stated_in_case(asked["case_file"]),
        ),
        "decisions": asked["decisions"] or (),
        "lists": asked["lists"],
    }
    if Path(holdings).is_dir():
        _check_folder(
            holdings,
            question,
            fail_on,
            {**asked, "lists": [_with_checksum(file) for file in asked_lists], "map": maps, "as_of": as_of, "html": html},
            (format_, output, table),
        )
        return
    if asked["since"]:
        raise InputError("--since compares the books of a folder; use --diff INSTANT for one book.")
    report = impact.check_portfolio(holdings, **question)
    document = _document(report, {"holdings": holdings, **asked, "lists": asked_lists}, explain, diff)
    if format_ == "table" and table is None and explain is None and diff is None:
        document = _compact(document)
    emit(document, format_=format_, output=output, table=table)
    if html:
        from impact.report.exposure import exposure_page
        from impact.report.page import write

        tell(f"wrote {write(exposure_page(report), html)}")
    statuses = set(report.exposures["status"])
    if (
        ("exposure" in fail_on and report.is_exposed)
        or ("unknown" in fail_on and report.has_unknown)
        or statuses & {*fail_on} - {"unknown"}
    ):
        click.get_current_context().exit(1)


def _with_checksum(file: str) -> str:
    """A file as a report names it, so that another content under the same name is seen."""
    return f"{file} (SHA-256 {hashlib.sha256(Path(file).read_bytes()).hexdigest()[:12]})"


def _check_folder(folder: str, question: dict, fail_on: tuple[str, ...], asked: dict, form: tuple) -> None:
    """One table over all books of a folder; exit code 1 for what --fail-on names, 2 where a book cannot be read."""
    from impact.holdings.desk import books_of, check_books, worker_pool
    from impact.holdings.desk_changes import read_report

    if asked["html"]:
        raise InputError("--html writes the page of one book; give a file, not a folder.")
    books = books_of(folder)
    since = read_report(asked["since"]) if asked["since"] else None
    with worker_pool(len(books)) as pool:
        desk = check_books(books, question, since=since, executor=pool)
    tables = {name: desk.with_schema(name) for name in ("lines", "books", "changes", "unread")}
    inputs = {"folder": folder, **{name: value for name, value in asked.items() if value and name not in ("html", "since")}}
    differing = since.asked_otherwise(inputs) if since else ()
    document = Document(
        command="check.folder",
        title=desk.headline,
        tables=tables,
        inputs=inputs,
        assumptions=(*desk.assumptions, *differing),
        sources=desk.sources,
    )
    format_, output, table = form
    emit(document, format_=format_, output=output, table=table)
    statuses = set(desk.lines["status"])
    bound = bool(statuses & {"blocked", "barred", "restricted"})
    failed = ("exposure" in fail_on and bound) or statuses & {*fail_on}
    if len(desk.unread) or failed:
        click.get_current_context().exit(2 if len(desk.unread) else 1)


_SHORTS = ("long_value_high", "short_value_high", "net_value_high")
"""Columns of the totals that say something only where the book is short of anything listed."""

_SHOWN = {
    "exposures": (
        "account",
        "entity",
        "security",
        "line",
        "via",
        "status",
        "market_value_low",
        "market_value_high",
        "nav_share_low",
        "nav_share_high",
        "age_days",
    ),
    "totals": (
        "status",
        "n_entities",
        "market_value_low",
        "market_value_high",
        "nav_share_low",
        "nav_share_high",
        "with_unknown_nav_share_high",
        *_SHORTS,
    ),
    "deadlines": ("issuer", "line", "clock", "first_prohibited_et", "last_session_on", "sessions_left", "limited_by", "conflict"),
    "unknown": ("reason", "n_positions", "market_value_high", "nav_share_high", "example", "next_step"),
}
"""Columns that fit a terminal; the other formats and --table give them all."""


def _compact(document: Document) -> Document:
    """The tables a reader needs first, cut to the columns that fit a terminal."""
    from impact.tables.prose import counted

    tables = {name: document.tables[name] for name in _SHOWN}
    clocks = tables["deadlines"].frame
    if len(clocks):
        live = clocks["held"].astype(bool) & clocks["state"].isin(["running", "in force"])
        tables["deadlines"] = tables["deadlines"].of(clocks[live].assign(conflict=clocks["conflict"] != ""))
    totals = tables["totals"].frame
    totals = totals[totals["dimension"] == "all"]
    tables["totals"] = tables["totals"].of(totals.drop(columns=[] if totals["short_value_high"].fillna(0.0).ne(0.0).any() else [*_SHORTS]))
    shown = {name: table.select(_SHOWN[name]) for name, table in tables.items()}
    shown = {
        name: table.select(c for c in map(str, table.frame) if c != "account" or table.frame[c].ne("").any())
        for name, table in shown.items()
    }
    counts = {name: len(document.tables[name]) for name in ("positions", "dropped", "issues")}
    held, dropped, issues = (
        counted(counts[name], noun) for name, noun in (("positions", "position"), ("dropped", "row"), ("issues", "cell"))
    )
    note = f"{held}, {dropped} dropped, {issues} to look at: see --table NAME."
    return dataclasses.replace(document, tables=shown, notes=(*document.notes, note))


def _designations(as_of: str, security: str | None, at: str | None, programme: str | None, move: str | None) -> tuple:
    from impact.instants import parse_instant

    if security is None and (programme or (at and not move)):
        raise InputError("--at and --programme belong to --designate SECURITY; name the security.")
    when = parse_instant(at or as_of, parameter="at")
    assumed: list = []
    if security is not None:
        if programme is None:
            raise InputError(f"--designate {security!r} needs --programme, such as ns-cmic: under which programme?")
        from impact.holdings import Designation

        assumed.append(Designation(security=security, at=when, programme=programme))
    if move is not None:
        from impact.holdings import Escalation

        from_list, colon, to_programme = move.partition(":")
        if not (from_list and colon and to_programme):
            raise InputError(f"--escalate {move!r} must read FROM:TO, such as ndaa-1260h:ns-cmic.")
        assumed.append(Escalation(from_list=from_list, to_programme=to_programme, at=when))
    return tuple(assumed)


def _stated_in_case(case_file: str | None) -> tuple:
    """The designation of a case of the user's own; a case on record is in the facts already."""
    if case_file is None:
        return ()
    from impact.cases.case_law import stated_designation
    from impact.cases.shipped import case_definition

    definition = case_definition(case_file)
    return (stated_designation(definition),) if definition.is_stated else ()


def _rates_of(given: dict[str, float], case_file: str | None) -> dict:
    """Rates of the book: those given, else those of the case."""
    if given or case_file is None:
        return {"rates": given}
    from impact.cases.rates import book_rates
    from impact.cases.shipped import case_definition

    return {**book_rates(case_definition(case_file))}


def _document(report, asked: dict, explain: int | None, diff: str | None) -> Document:
    inputs = {"as_of": report.as_of, **{name: value for name, value in asked.items() if value}}
    common = {"command": "check", "assumptions": report.assumptions, "sources": report.sources, "inputs": inputs}
    if explain is not None:
        summary = report.explain(explain)
        tables = {caption.lower().replace(" ", "_"): table for caption, table in summary.tables}
        return Document(title=summary.title, tables=tables, notes=summary.notes, **common)
    if diff is not None:
        change = report.diff(diff)
        return Document(title=change.summary().title, tables={"changes": change.with_schema("rows")}, **common)
    tables = {name: report.with_schema(name) for name in ("exposures", "totals", "deadlines", "unknown", "dropped", "issues", "positions")}
    return Document(title=report.headline, tables=tables, **common)
