"""The page of one row: every column in full, what it belongs to, what belongs to it, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin import values
from admin.reads import parents
from admin.reads.record import Record
from admin.resource import Resource
from admin.traits import Column
from admin.web import cells, children, field_text, record_form, record_history, urls
from admin.web.cells import Cell
from admin.web.gate import Permission
from admin.web.visit import Visit

LONGEST = 100_000
"""Characters of one value on a page; the export has the rest."""

SECRET = Cell("text", "••••••")


@dataclass(frozen=True)
class Fact:
    """One column. `full` is the whole text of a value that is too long for a cell; `exact` what a time leaves out."""

    label: str
    cell: Cell
    full: str = ""
    exact: str = ""


async def read(visit: Visit) -> Response:
    """`GET /{identity}/details/{pk}`: a row, in the trash or not, as it is or as it was at a moment."""
    moment = visit.request.query_params.get(record_history.AS_OF)
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        if moment is not None:
            return await record_history.then(session, visit, found, moment)
        return await show(session, visit, found)


async def show(session: AsyncSession, visit: Visit, found: Record) -> Response:
    """Answer with the page; for a row in the trash it offers to restore it instead of to change it."""
    resource, query = visit.resource, record_history.own_query(visit)
    identity, key = resource.identity, values.key_text(resource.traits, found.row)
    return visit.page(
        "record/details.html",
        resource=resource,
        key=key,
        label=parents.label_of(resource.traits, found.row),
        deleted=found.deleted,
        facts=[_fact(visit, found, name) for name in _columns(resource, found)],
        children=await children.of(session, visit, found),
        past=await record_history.of(session, visit, found),
        list_url=urls.listing(identity, query),
        edit_url=urls.edit(identity, key, query) if visit.may(Permission.EDIT) and not found.deleted else None,
        duplicate_url=record_form.duplicate_url(visit, key),
        delete_url=urls.delete(identity, query) if visit.may(Permission.DELETE) and not found.deleted else None,
        restore_url=urls.restore(identity, query) if visit.may(Permission.RESTORE) and found.deleted else None,
        purge_url=urls.purge(identity, query) if visit.may(Permission.PURGE) and found.deleted else None,
    )


def _columns(resource: Resource, found: Record) -> list[str]:
    """A live row needs no line to say that it was not deleted."""
    return [name for name in resource.details_columns if found.deleted or name != resource.traits.deleted_at]


def _fact(visit: Visit, found: Record, name: str) -> Fact:
    resource, column = visit.resource, visit.resource.column(name)
    value: Any = getattr(found.row, name)
    label = resource.label(name)
    if column.secret:
        return Fact(label, SECRET)
    parent = found.parents.get(name, {}).get(value) if column.references else None
    if parent is not None:
        return Fact(label, cells.parent_cell(parent, _parent_url(visit, column, parent.key)))
    cell = cells.painter(column, is_key=name in resource.traits.key)(value)
    if cell.kind == "time":
        return Fact(label, cell, exact=values.show(column, value) if value.second or value.microsecond else "")
    whole = field_text.show(column, value) if value is not None else ""
    if cell.kind == "long" or (column.kind == "json" and whole):
        return Fact(label, cell, full=cells.shortened(whole, LONGEST))
    return Fact(label, cell)


def _parent_url(visit: Visit, column: Column, key: str) -> str:
    resource = visit.console.resource_of(column.references.model) if column.references else None
    return urls.details(resource.identity, key) if resource else ""
