"""“How this page was made”, for admins: each query with its time and plan, what was repeated, and the index to make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin.reads import filter_words
from admin.reads.explained import Recorder
from admin.reads.indexes import Slow
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.web import params, urls
from admin.web.gate import Permission
from admin.web.visit import Visit

FIELDS = ("explain",)
"""The parameter that asks for it."""

Names = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class Line:
    """One query. `cost` says how long it took and how many rows came; `reads` are ways of reading and whether a whole
    table is read."""

    purpose: str
    sql: str
    cost: str
    reads: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Explained:
    """What the drawer shows. `remedies` are what no index serves in words, and the statement that would help."""

    lines: tuple[Line, ...]
    summary: str
    repeated: tuple[tuple[str, int], ...]
    remedies: tuple[tuple[str, str | None], ...]


def wanted(visit: Visit, items: Sequence[tuple[str, str]]) -> bool:
    """Whether the address asks for it, and the person may see it."""
    return ("explain", "1") in items and visit.may(Permission.EXPLAIN)


def link(visit: Visit, query: ListQuery) -> str:
    """The same page with its explanation; empty for whoever may not see it."""
    if not visit.may(Permission.EXPLAIN):
        return ""
    here = params.query_string(visit.resource, query)
    return urls.listing(visit.resource.identity, "&".join(filter(None, [here, "explain=1"])))


def of(resource: Resource, recorder: Recorder | None, slow: Sequence[Slow], names: Names) -> Explained | None:
    """The drawer of a list's page; None when nobody asked."""
    if recorder is None:
        return None
    lines = tuple(_line(one.purpose, one.sql, one.ms, one.rows, one.reads) for one in recorder.sent)
    total = sum(one.ms or 0 for one in recorder.sent)
    return Explained(
        lines=lines,
        summary=f"{len(lines)} {'query' if len(lines) == 1 else 'queries'}, {total:.1f} ms in the database",
        repeated=tuple(recorder.repeated),
        remedies=tuple((words(resource, one, names), one.remedy) for one in slow),
    )


def words(resource: Resource, one: Slow, names: Names) -> str:
    """What no index serves: “the order by City”, “the filter “city is Oslo””."""
    if one.condition is None:
        return f"the order by {resource.label(one.column)}"
    return f"the filter “{filter_words.phrase(resource, one.condition, names.get(one.column))}”"


def _line(purpose: str, sql: str, ms: float | None, rows: int | None, reads: Sequence[Any]) -> Line:
    cost = "stopped" if ms is None else f"{ms:.1f} ms, {rows:,} {'row' if rows == 1 else 'rows'}"
    return Line(
        purpose,
        sql,
        cost,
        tuple((f"{one.text}, expects {one.rows:,} {'row' if one.rows == 1 else 'rows'}", one.whole) for one in reads),
    )
