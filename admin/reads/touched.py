"""The rows that one operation touched, as a condition on a list: what it inserted, changed or took into the trash.

The keys come from the record itself, found by the operation's id and moment, so that one month's partition is read and
nothing else. They are taken from there first and looked up in the table by its key; with a few rows that is a
millisecond.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, cast, func, literal_column, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import JSONB

from admin.reads import catalog
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.tables import BeforeImage, InsertedKeys, Operation


def touched(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that keeps the rows of one operation."""
    if query.operation is None:
        return statement
    attributes = [resource.traits.attribute(name) for name in resource.traits.key]
    own: Any = attributes[0] if len(attributes) == 1 else tuple_(*attributes)
    return statement.where(own.in_(keys(resource, query.operation)))


def keys(resource: Resource, operation_id: int) -> Any:
    """SELECT of the keys of the rows that an operation touched in a table, one column for each part of the key."""
    columns = [resource.traits.columns[name].sa for name in resource.traits.key]
    of_table = catalog.name_of(resource.traits)
    at = select(Operation.at).where(Operation.id == operation_id).scalar_subquery()

    def recorded(record: Any) -> list[ColumnElement[bool]]:
        return [record.operation_id == operation_id, record.at == at, record.table_name == of_table]

    changed = select(*_parts(columns, BeforeImage.key)).where(*recorded(BeforeImage))
    moved = select(*_parts(columns, BeforeImage.new_key)).where(
        *recorded(BeforeImage), BeforeImage.new_key.is_not(None)
    )
    element = func.jsonb_array_elements(InsertedKeys.keys).table_valued("value").lateral("element")
    made = select(*_parts(columns, literal_column("element.value", JSONB))).select_from(InsertedKeys)
    made = made.join(element, literal_column("true")).where(*recorded(InsertedKeys))
    return union_all(changed, moved, made)


def _parts(columns: list[Column[Any]], key: Any) -> list[ColumnElement[Any]]:
    """A key as JSON array of texts, as columns of the table's own types."""
    return [cast(key[place].astext, column.type).label(f"part_{place}") for place, column in enumerate(columns)]
