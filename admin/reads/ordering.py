"""The order of a list: always total, so that no row is shown twice or skipped between two pages.

The primary key ends every order, in the direction of the first column, so that one plain index on (column, key) serves
both directions. NULLs stand where Postgres puts them by default (last when ascending, first when descending) for the
same reason: any other placement would need an index of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select

from admin.reads import search
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.traits import Column, Kind, Traits, traits_of

UNSORTABLE: frozenset[Kind] = frozenset({"json", "array", "tsvector", "other"})
"""Kinds without an order that means something to a person; json has none in Postgres at all."""

Join = tuple[FromClause, ColumnElement[bool]]
"""A parent's table and the ON of its LEFT JOIN."""


@dataclass(frozen=True)
class SortKey:
    """One expression of an ORDER BY, and the column whose values it has; None for a computed number (a rank)."""

    sql: ColumnElement[Any]
    column: Column | None
    descending: bool
    nullable: bool

    @property
    def order(self) -> ColumnElement[Any]:
        return self.sql.desc() if self.descending else self.sql.asc()


@dataclass(frozen=True)
class Order:
    """The sort keys of a list, and what has to be joined for them."""

    keys: tuple[SortKey, ...]
    joins: tuple[Join, ...]

    @property
    def turned(self) -> Order:
        """The same order from its other end; NULLs change their end with it."""
        return replace(self, keys=tuple(replace(key, descending=not key.descending) for key in self.keys))


def sortable(resource: Resource) -> frozenset[str]:
    """The columns a URL may sort by."""
    return frozenset(name for name in resource.visible if resource.column(name).kind not in UNSORTABLE)


def order_of(resource: Resource, query: ListQuery) -> Order:
    """The total order of a list: the chosen column, else relevance to a search and the table's own; then the key."""
    if query.sort:
        return _order(resource, ((query.sort, query.descending),))
    own = own_order(resource)
    if not query.search:
        return own
    ranks = search.relevance(resource, query.search)
    return replace(own, keys=(*(SortKey(rank, None, descending=True, nullable=False) for rank in ranks), *own.keys))


def own_order(resource: Resource) -> Order:
    """The total order that a table has by itself."""
    return _order(resource, resource.default_sort)


def _order(resource: Resource, chosen: tuple[tuple[str, bool], ...]) -> Order:
    keys: list[SortKey] = []
    joins: list[Join] = []
    for name, descending in chosen:
        key, join = _sort_key(resource, name, descending)
        keys.append(key)
        joins += [join] if join else []
    last = chosen[0][1] if chosen else False
    sorted_by = {key.sql for key in keys}
    for name in resource.traits.key:
        attribute = resource.traits.attribute(name)
        if attribute not in sorted_by:
            keys.append(SortKey(attribute, resource.column(name), last, nullable=False))
    return Order(tuple(keys), tuple(joins))


def ordered(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that puts its rows in order."""
    return arranged(statement, order_of(resource, query))


def arranged(statement: Select[Any], order: Order) -> Select[Any]:
    """A statement with the joins and the ORDER BY of an order."""
    for parent, on in order.joins:
        statement = statement.outerjoin(parent, on)
    return statement.order_by(*(key.order for key in order.keys))


def _sort_key(resource: Resource, name: str, descending: bool) -> tuple[SortKey, Join | None]:
    """A column itself, or the label of the parent it points to, from a LEFT JOIN: a row without parent stays."""
    column = resource.column(name)
    attribute = resource.traits.attribute(name)
    parent = traits_of(column.references.model) if column.references else None
    if column.references is None or parent is None or not _has_own_label(parent, column.references.column):
        return SortKey(attribute, column, descending, column.nullable), None
    # The table, not the model: the label of a parent in the trash sorts too, since it is shown.
    table = parent.table.alias(f"{name}_parent")
    on = attribute == table.c[parent.columns[column.references.column].sa.key]
    label = parent.columns[parent.label]
    return SortKey(table.c[label.sa.key], label, descending, nullable=True), (table, on)


def _has_own_label(parent: Traits, referenced: str) -> bool:
    label = parent.columns[parent.label]
    return label.name != referenced and label.kind not in UNSORTABLE and not label.secret
