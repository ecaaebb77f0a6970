"""Operations and the rows they touched, as pages show them: in words, with the links that this person may follow."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog, wording
from admin.reads.operation_rows import ChangedRow, Changes
from admin.reads.operations import Listed
from admin.reads.parents import Parents
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.web import cells, params, told_values, urls
from admin.web.gate import Permission
from admin.web.told_values import Change
from admin.web.visit import Visit

WORDS = {
    "create": "Created",
    "edit": "Edited",
    "delete": "Deleted",
    "restore": "Restored",
    "purge": "Deleted forever",
    "import": "Imported",
    "undo": "Undone",
    "person": "People",
}
"""A kind of operation in a word."""


@dataclass(frozen=True)
class Entry:
    """One operation as the pages show it; `undo_url` is None where this person cannot undo it, or nobody can, and
    `rows_url` where its table has no list."""

    id: int
    at: dt.datetime
    who: str
    who_url: str
    kind: str
    table: str
    sentence: str
    rows: int
    rows_url: str | None
    source: str
    url: str
    undo_url: str | None
    undone_by: str
    undone_url: str | None


@dataclass(frozen=True)
class Row:
    """A row that an operation touched; `url` leads to it, None where it is gone or its table is not registered.

    `label` is what people call it, where that is not its key. `moved` says that it went into the trash or came back.
    The changes of a `removed` row say what it held.
    """

    name: str
    url: str | None
    label: str = ""
    moved: str = ""
    changes: tuple[Change, ...] = ()
    removed: bool = False


def entry(visit: Visit, one: Listed) -> Entry:
    operation = one.operation
    resource = visit.console.resources.get(operation.identity or "")
    undoable = one.undoable and one.undone_by is None and visit.may(Permission.UNDO)
    return Entry(
        id=operation.id,
        at=operation.at,
        who=operation.person_name,
        who_url=urls.operations(urlencode({"person": operation.person_id})) if operation.person_id else "",
        kind=WORDS.get(operation.kind, operation.kind),
        table=resource.name_plural if resource else operation.identity or "",
        sentence=operation.sentence,
        rows=operation.rows,
        rows_url=touched_url(resource, operation.id) if resource else None,
        source=operation.source,
        url=urls.operation(operation.id),
        undo_url=urls.undo(operation.id, visit.query_string) if undoable else None,
        undone_by=one.undone_by.person_name if one.undone_by else "",
        undone_url=urls.operation(one.undone_by.id) if one.undone_by else None,
    )


def touched_url(resource: Resource, operation_id: int) -> str:
    """The list of a table's rows that an operation touched, those in the trash among them."""
    query = ListQuery(operation=operation_id, deleted="with" if resource.traits.soft_deletes else "hide")
    return urls.listing(resource.identity, params.query_string(resource, replace(query, size=resource.page_size)))


def lists(visit: Visit, operation_id: int, changes: Changes) -> list[tuple[str, str | None]]:
    """“37 orders”, “1,204 line items”: how many rows of each table were touched, and where they are listed."""
    found: Counter[str] = Counter()
    for (table, _), rows in changes.counts.items():
        found[table] += rows
    return [_listed(visit, table, rows, operation_id) for table, rows in found.most_common()]


def _listed(visit: Visit, table: str, rows: int, operation_id: int) -> tuple[str, str | None]:
    resource = registered(visit, table)
    if resource is None:
        words = wording.table_words(table)
        return wording.counted(rows, words, wording.plural(words)), None
    return wording.rows_of(resource, rows), touched_url(resource, operation_id)


async def changed(session: AsyncSession, visit: Visit, rows: Iterable[ChangedRow]) -> list[Row]:
    """The rows that were changed, with links to them, or removed, without; foreign keys are told by name."""
    told = [(registered(visit, row.table), row) for row in rows]
    named = await told_values.names(session, [(resource, row.changes) for resource, row in told if resource])
    return [_changed(visit, resource, row, named) for resource, row in told]


def _changed(visit: Visit, resource: Resource | None, row: ChangedRow, named: dict[str, Parents]) -> Row:
    url = _url(None if row.removed else row.identity, row.key)
    mark = resource.traits.deleted_at if resource else None
    trash = next((one for one in row.changes if one.column == mark and not row.removed), None)
    moved = "" if trash is None else "Into the trash" if trash.after else "Out of the trash"
    shown = [one for one in row.changes if one is not trash]
    painted = told_values.changes(visit, resource, shown, named[resource.identity] if resource else {})
    label = "" if row.label in (None, row.key) else cells.shortened(str(row.label))
    return Row(_called(visit, row.table, row.key), url, label, moved, tuple(painted), row.removed)


def added(visit: Visit, table: str, identity: str | None, key: str) -> Row:
    """A row that was made."""
    return Row(_called(visit, table, key), _url(identity, key))


def _called(visit: Visit, table: str, key: str) -> str:
    resource = registered(visit, table)
    return f"{resource.name if resource else table} {key}"


def _url(identity: str | None, key: str) -> str | None:
    return urls.details(identity, key) if identity is not None else None


def unnamed(changes: Changes) -> int:
    """How many rows were made beyond those that are named."""
    made = sum(rows for (_, kind), rows in changes.counts.items() if kind == "I")
    return max(made - len(changes.added), 0) if changes.added else 0


def registered(visit: Visit, table: str) -> Resource | None:
    return next((one for one in visit.console.resources.values() if catalog.name_of(one.traits) == table), None)
