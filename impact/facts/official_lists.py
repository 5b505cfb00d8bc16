"""Official lists: which reader a file needs, what changed between two versions, and how to download one."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as package_version
from pathlib import Path

import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.facts.list_formats import LIST_FORMATS, known_format, list_format
from impact.facts.list_records import OfficialList
from impact.facts.schemas import LIST_CHANGES, LIST_DROPPED
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.tables.stacking import stacked
from impact.whole_files import write_whole

__all__ = [
    "LIST_FORMATS",
    "GivenLists",
    "ListDifference",
    "OfficialList",
    "as_official_lists",
    "diff_lists",
    "fetch_list",
    "read_official_list",
]

GivenLists = OfficialList | str | Path | Iterable[OfficialList | str | Path] | None
"""Lists as a caller gives them: one or several, loaded or as paths."""
_PAIRED_BY_NAME = "A version carries no entity numbers: entries are paired by name, a renamed one shows as removed and added."


def read_official_list(
    path: str | Path,
    *,
    alternates: str | Path | None = None,
    comments: str | Path | None = None,
    format: str | None = None,
    version: str = "",
) -> OfficialList:
    """Read one version of an official list, whatever its format.

    Parameters
    ----------
    path : path
        The list; for the OFAC list its primary file.
    alternates, comments : path, optional
        The other two files of the OFAC list.
    format : str, optional
        A name in ``LIST_FORMATS``; recognised from the header when None.
    version : str, optional
        Which version this is; shown with every match.

    Raises
    ------
    InputError
        If `format` is not in ``LIST_FORMATS``, or alternates or comments are given for a list that has none.
    SourceUnusable
        If the file cannot be read as that list.
    """
    known = list_format(path) if format is None else known_format(format)
    given = {name: file for name, file in (("alternates", alternates), ("comments", comments)) if file is not None}
    if refused := [name for name in given if name not in known.companions]:
        raise InputError(f"{' and '.join(refused)} belong to the OFAC list; {Path(path).name} is a {known.name} list: leave them out.")
    return known.read(path, version=version, **given)


def as_official_lists(lists: GivenLists) -> tuple[OfficialList, ...]:
    """Lists as a caller gives them, files read.

    Raises
    ------
    InputError
        If something is neither a list nor the path of one.
    SourceUnusable
        If a file cannot be read as one.
    """
    given: list[object] = []
    if isinstance(lists, Iterable) and not isinstance(lists, str | Mapping | OfficialList):
        given.extend(lists)
    elif lists is not None:
        given.append(lists)
    if strange := [item for item in given if not isinstance(item, str | Path | OfficialList)]:
        raise InputError(
            f"lists holds {len(strange)} thing(s) that are no list (first of type {type(strange[0]).__name__}); "
            "give paths, or what read_official_list returns."
        )
    known = (item for item in given if isinstance(item, str | Path | OfficialList))
    return tuple(item if isinstance(item, OfficialList) else read_official_list(item) for item in known)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ListDifference(Result):
    """What changed from one version of a list to the next.

    Attributes
    ----------
    changes : DataFrame
        change (added, removed, changed), entry, name, field, before, after; one row a field for changed entries.
    before, after : str
        The two versions.
    dropped : DataFrame
        Rows that either version could not use, with `version`: what they held is not compared.
    """

    schemas = declared(changes=LIST_CHANGES, dropped=LIST_DROPPED, to_frame=LIST_CHANGES)

    changes: pd.DataFrame
    before: str
    after: str
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The changes, one row each."""
        return self.changes

    def summary(self) -> Summary:
        """Counts by kind of change, then every change."""
        counts = self.changes.drop_duplicates(["change", "entry"])["change"].value_counts()
        told = ", ".join(f"{int(counts.get(kind, 0))} {kind}" for kind in ("added", "removed", "changed"))
        refused = self.dropped.groupby(["version", "file", "reason"], as_index=False).size().rename(columns={"size": "n_rows"})
        return Summary(
            title=f"From {self.before} to {self.after}: {told}",
            tables=(("Changes", self.with_schema("changes")), ("Rows not compared", LIST_DROPPED.table(refused))),
            notes=self.assumptions,
            sources=self.sources,
        )


def diff_lists(before: OfficialList, after: OfficialList) -> ListDifference:
    """Entries added, removed and changed between two versions of a list.

    Entries are paired by their number where both versions carry numbers, else by name. Identifiers, names, dates and
    relations are compared as sets; the order in a file does not matter.
    """
    by_number = not any(part.entries["entry"].str.startswith("row ").any() for part in (before, after))
    old, new = _profiles(before, by_number), _profiles(after, by_number)
    changes = [("removed", key, old[key]["name"], "", old[key]["name"], "") for key in old if key not in new]
    changes += [("added", key, new[key]["name"], "", "", new[key]["name"]) for key in new if key not in old]
    for key in old:
        if key in new:
            for field in sorted({*old[key], *new[key]}):
                first, then = old[key].get(field, ""), new[key].get(field, "")
                if first != then:
                    changes.append(("changed", key, new[key]["name"], field, first, then))
    frame = pd.DataFrame(changes, columns=["change", "entry", "name", "field", "before", "after"])
    return ListDifference(
        changes=frame,
        before=before.version or before.title,
        after=after.version or after.title,
        dropped=stacked((before.dropped.assign(version="before"), after.dropped.assign(version="after"))),
        sources=unique_sources(before.sources, after.sources),
        assumptions=() if by_number else (_PAIRED_BY_NAME,),
    )


def _profiles(official: OfficialList, by_number: bool) -> dict[str, dict[str, str]]:
    """Key -> field -> text of everything an entry says."""
    entries = official.entries
    names = entries["name"].str.upper().str.split().str.join(" ")
    keys = entries["entry"] if by_number else names + names.groupby(names).cumcount().map(lambda n: f" ({n + 1})" if n else "")
    key_of = dict(zip(entries["entry"], keys, strict=True))
    profiles = {
        key: {"name": name, "kind": kind, "programs": "; ".join(sorted(programs.split("; ")))}
        for key, name, kind, programs in zip(keys, entries["name"], entries["kind"], entries["programs"], strict=True)
    }
    tables = (
        (official.identifiers, "label", "value"),
        (official.names[~official.names["kind"].isin(["primary", "part"])], "kind", "name"),
        (official.dates.assign(date=official.dates["date"].dt.strftime("%Y-%m-%d")), "label", "date"),
        (official.relations, "kind", "name"),
        (official.attributes, "key", "value"),
    )
    for table, field, value in tables:
        told = table.groupby(["entry", field])[value].agg(lambda values: "; ".join(sorted(set(values)))).reset_index()
        for entry, name, text in zip(told["entry"], told[field], told[value], strict=True):
            profiles[key_of[entry]][name] = text
    return profiles


def fetch_list(
    name: str,
    folder: str | Path,
    *,
    addresses: Mapping[str, str] | None = None,
    timeout_seconds: float = 60.0,
    user_agent: str | None = None,
) -> list[Path]:
    """Download one official list into `folder`; nothing else in the package goes to the network for a list.

    Parameters
    ----------
    name : str
        ``ofac`` or ``csl``.
    folder : path
        Must exist; files of the same name are replaced only once all of the list is there.
    addresses : mapping of file name to URL, optional
        Instead of those of the format.
    timeout_seconds : float
        Per file.
    user_agent : str, optional
        How to introduce oneself; the list service refuses requests without one.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If `name` is not known, `folder` is not a folder, or a file in it cannot be written.
    DataUnavailable
        If the service cannot be reached, refuses, or sends nothing.
    """
    offered = {known.name: known.addresses for known in LIST_FORMATS.values() if known.addresses}
    if name not in offered:
        raise InputError(f"name={name!r} is not a list that can be fetched; choose one of: {', '.join(offered)}.")
    target = Path(folder)
    if not target.is_dir():
        raise InputError(f"folder={str(folder)!r} is not a folder; make it first.")
    agent = user_agent or f"index-exclusion-impact/{package_version('index-exclusion-impact')}"
    contents = {file: _download(address, agent, timeout_seconds) for file, address in (addresses or offered[name]).items()}
    return [write_whole(target / file, content, parameter="folder") for file, content in contents.items()]


def _download(address: str, user_agent: str, timeout_seconds: float) -> bytes:
    request = urllib.request.Request(address, headers={"User-Agent": user_agent})
    try:
        with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:
            content = bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise DataUnavailable(f"{address} answered {error.code} {error.reason}; try later or download it by hand.") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise DataUnavailable(f"{address} cannot be reached ({reason}); check the network or download it by hand.") from error
    if not content.strip():
        raise DataUnavailable(f"{address} sent an empty file; try later.")
    return content
