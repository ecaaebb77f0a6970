"""The names of parents: what a list shows in place of a foreign key, in one query a column for the whole page.

Cookbook recipe “N+1 and eager loading”. A page of 100 rows costs as many queries as a page of one. A parent in the
trash is named too, and marked: its live child would otherwise seem to have none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from admin import values
from admin.reads import plans
from admin.reads.visibility import PLAIN
from admin.resource import Resource
from admin.traits import Column, Traits, traits_of


@dataclass(frozen=True)
class Parent:
    """A row that another one points to: its primary key as text, what it is called, whether it is in the trash."""

    key: str
    label: str
    deleted: bool


Parents = dict[str, dict[Any, Parent]]
"""Foreign-key column → its value → the parent."""


def eager(resource: Resource, columns: Iterable[str]) -> list[ORMOption]:
    """Loader options that bring the parents of these columns along, with no more of them than `shown` needs."""
    options: list[ORMOption] = []
    for column in _references(resource, columns):
        if column.references and column.references.relationship:
            parent = traits_of(column.references.model)
            attributes = [parent.attribute(name) for name in _needed(parent, column.references.column)]
            relationship = getattr(resource.model, column.references.relationship)
            options.append(selectinload(relationship).load_only(*attributes))
    return options


async def shown(session: AsyncSession, resource: Resource, columns: Iterable[str], rows: list[Any]) -> Parents:
    """The parents of rows: of instances those that were loaded with `eager`, the others are asked for here."""
    found: Parents = {}
    loaded = bool(rows) and isinstance(rows[0], resource.model)
    for column in _references(resource, columns):
        keys = {getattr(row, column.name) for row in rows} - {None}
        relationship = column.references.relationship if column.references else None
        if relationship and loaded:
            found[column.name] = _loaded(column, relationship, rows)
        else:
            found[column.name] = await named(session, column, keys)
    return found


async def named(session: AsyncSession, column: Column, keys: Collection[Any]) -> dict[Any, Parent]:
    """The parents that a foreign-key column's values point to, in one query; values without a parent are left out."""
    if column.references is None or not keys:
        return {}
    parent = traits_of(column.references.model)
    referenced = parent.attribute(column.references.column)
    attributes = [parent.attribute(name) for name in _needed(parent, column.references.column)]
    statement = select(*attributes).where(referenced.in_(list(keys))).execution_options(**PLAIN)
    rows = await plans.rows(session, statement)
    return {getattr(row, column.references.column): parent_of(parent, row) for row in rows}


def parent_of(traits: Traits, row: Any) -> Parent:
    """What is shown of a parent, from a row that has at least its key, label and trash mark."""
    deleted = traits.deleted_at is not None and getattr(row, traits.deleted_at) is not None
    return Parent(values.key_text(traits, row), label_of(traits, row), deleted)


def label_of(traits: Traits, row: Any) -> str:
    """What people call a row; its key where the label is empty."""
    label = values.show(traits.columns[traits.label], getattr(row, traits.label))
    return label.strip() or values.key_text(traits, row)


def _loaded(column: Column, relationship: str, rows: list[Any]) -> dict[Any, Parent]:
    loaded = {getattr(row, column.name): getattr(row, relationship) for row in rows}
    traits = traits_of(column.references.model) if column.references else None
    return {key: parent_of(traits, row) for key, row in loaded.items() if row is not None} if traits else {}


def _references(resource: Resource, columns: Iterable[str]) -> list[Column]:
    return [resource.column(name) for name in columns if resource.column(name).references]


def _needed(traits: Traits, referenced: str) -> list[str]:
    names = [*traits.key, referenced, traits.label, *([traits.deleted_at] if traits.deleted_at else [])]
    return list(dict.fromkeys(names))
