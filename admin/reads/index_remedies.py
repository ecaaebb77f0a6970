"""The index that would serve a sort or a filter, as the statement that makes it while people work."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql

from admin.reads import ordering
from admin.reads.ordering import Order
from admin.reads.query import Filter, ListQuery
from admin.resource import Resource

_PREPARER = postgresql.dialect(paramstyle="named").identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


def for_sort(resource: Resource, query: ListQuery, order: Order) -> str | None:
    """The index for the order of a list; None where no index can hold it, as the order of another table's label."""
    return None if order.joins else _statement(resource, query, ", ".join(_in_order(order)))


def for_filter(resource: Resource, query: ListQuery, one: Filter) -> str:
    """The index that finds what a filter leaves, in the table's own order where the filter names one value."""
    kind, name = resource.column(one.column).kind, _quoted(name_of(resource, one.column))
    if one.operator in ("contains", "icontains"):
        operators = {"text": " gin_trgm_ops", "json": " jsonb_path_ops"}.get(kind, "")
        return _statement(resource, query, f"{name}{operators}", " USING gin")
    pinned = one.operator in ("exact", "isnull")
    rest = _in_order(ordering.own_order(resource) if pinned else Order((), ()))
    return _statement(resource, query, ", ".join(dict.fromkeys([name, *rest])))


def name_of(resource: Resource, column: str) -> str:
    """A column's name in the database."""
    return str(resource.column(column).sa.name)


def _in_order(order: Order) -> list[str]:
    """The columns of an index for an order; a plain one is read backwards where all directions are down."""
    mixed = len({key.descending for key in order.keys}) > 1
    keys = ((key, _quoted(key.column.sa.name)) for key in order.keys if key.column)
    return [f"{name} DESC" if mixed and key.descending else name for key, name in keys]


def _statement(resource: Resource, query: ListQuery, columns: str, using: str = "") -> str:
    table = _PREPARER.format_table(resource.traits.table)
    deleted_at = resource.traits.deleted_at
    said = {"hide": " WHERE {} IS NULL", "only": " WHERE {} IS NOT NULL", "with": ""}[query.deleted]
    where = said.format(_quoted(name_of(resource, deleted_at))) if deleted_at else ""
    return f"CREATE INDEX CONCURRENTLY ON {table}{using} ({columns}){where};"


def _quoted(name: str) -> str:
    return _PREPARER.quote(name)
