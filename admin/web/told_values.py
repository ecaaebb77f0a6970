"""Values as images hold them, Postgres' own texts, shown as every other page shows them: dates in words of the reader's
zone, states as badges, foreign keys by the name of the row they point to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import parents
from admin.reads.history import FieldChange
from admin.reads.parents import Parents
from admin.resource import Resource
from admin.traits import Column
from admin.values import BadValue
from admin.web import cells, urls
from admin.web.cells import EMPTY, Cell
from admin.web.visit import Visit

LONGEST = 200
"""Characters of a text beside another one; the row's own page has the rest."""

PARSED = frozenset({"integer", "numeric", "float", "boolean", "date", "timestamp", "time", "uuid", "enum", "text"})
"""Kinds whose text in Postgres is read by `values.parse`; of the others the text itself is shown."""

ASKED = 1_000
"""Parents of one column that are named; the page shows fewer changes than that."""


@dataclass(frozen=True)
class Change:
    """A field's value before and after, ready to print; a secret's are not known."""

    label: str
    before: Cell
    after: Cell
    secret: bool = False


async def names(session: AsyncSession, told: Iterable[tuple[Resource, Iterable[FieldChange]]]) -> dict[str, Parents]:
    """The parents that changes name, by identity, in one query for each foreign key."""
    keys: dict[tuple[str, str], set[Any]] = defaultdict(set)
    resources: dict[str, Resource] = {}
    for resource, changes in told:
        resources[resource.identity] = resource
        for change in changes:
            column = resource.column(change.column)
            if column.references and not change.secret:
                found = (_parsed(column, text) for text in (change.before, change.after))
                keys[resource.identity, change.column] |= {value for value in found if value is not None}
    named: dict[str, Parents] = defaultdict(dict)
    for (identity, name), wanted in keys.items():
        column = resources[identity].column(name)
        named[identity][name] = await parents.named(session, column, list(wanted)[:ASKED])
    return named


def changes(visit: Visit, resource: Resource | None, told: Iterable[FieldChange], named: Parents) -> list[Change]:
    """Changes of one row; without a resource, of a table that is not registered, nothing of them is known."""
    return [
        Change(
            one.label,
            EMPTY if resource is None else cell(visit, resource.column(one.column), one.before, named),
            EMPTY if resource is None else cell(visit, resource.column(one.column), one.after, named),
            one.secret,
        )
        for one in told
    ]


def cell(visit: Visit, column: Column, text: str | None, named: Parents) -> Cell:
    """One value, short."""
    if text is None:
        return EMPTY
    value = _parsed(column, text)
    if column.references and value is not None:
        parent = named.get(column.name, {}).get(value)
        resource = visit.console.resource_of(column.references.model)
        if parent is not None:
            return cells.parent_cell(parent, urls.details(resource.identity, parent.key) if resource else "")
    if column.kind == "bytes":
        return Cell("code", f"{max(len(text) - 2, 0) // 2:,} bytes")
    if value is None or column.kind == "text":
        kind = "code" if column.kind in ("json", "array") else "text"
        return Cell(kind, cells.shortened(text, LONGEST)) if text else EMPTY
    return cells.painter(column)(value)


def _parsed(column: Column, text: str | None) -> Any:
    if text is None or column.kind not in PARSED:
        return None
    try:
        return values.parse(column, text)
    except BadValue:
        return None
