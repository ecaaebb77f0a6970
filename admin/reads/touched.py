"""The rows that one operation touched, as a condition on a list: what it inserted, changed or took into the trash.

The keys come from the record itself, found by the operation's id and moment, so that one month's partition is read and
nothing else. Of a few rows they are taken from there first and looked up in the table by its key, in a millisecond. A
page of a million is found the other way round: along the list's own order, asking of each row whether it is recorded.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, array

from admin.reads import catalog
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.tables import BeforeImage, InsertedKeys, Operation

MANY = 1_000
"""Rows of an operation from which on a page of them is found along the list."""
USING = "postgresql_using"
AS_WRITTEN = frozenset({"integer", "text", "uuid"})
"""Kinds of key whose text is the same whatever a session's settings are."""


def touched(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that keeps the rows of one operation."""
    if query.operation is None:
        return statement
    attributes = [resource.traits.attribute(name) for name in resource.traits.key]
    own: Any = attributes[0] if len(attributes) == 1 else tuple_(*attributes)
    return statement.where(own.in_(keys(resource, query.operation)))


def in_order(resource: Resource, column: Column[Any] | None) -> bool:
    """Whether an index has the rows in the order of a column, so that a page need not look at all of them."""
    table = resource.traits.table
    first = [next(iter(index.expressions), None) for index in table.indexes if not index.dialect_kwargs.get(USING)]
    firsts = [*first, next(iter(table.primary_key.columns), None)]
    return column is not None and any(one is column for one in firsts)


def sides(statement: Select[Any], resource: Resource, operation_id: int) -> tuple[Select[Any], ...]:
    """A list narrowed to the rows of one operation: by their keys if it has few, else along the list.

    Both are sent at once, and Postgres leaves out the one that is not meant before it begins.
    """
    by_key = touched(statement, resource, ListQuery(operation=operation_id))
    columns = [resource.traits.columns[name] for name in resource.traits.key]
    if not AS_WRITTEN.issuperset(column.kind for column in columns):
        return (by_key,)
    rows = select(Operation.rows).where(Operation.id == operation_id).scalar_subquery()
    recorded = _is_recorded(resource, operation_id, array([cast(one.sa, Text) for one in columns]))
    return by_key.where(func.coalesce(rows, 0) <= MANY), statement.where(rows > MANY, recorded)


def _is_recorded(resource: Resource, operation_id: int, parts: Any) -> ColumnElement[bool]:
    """Whether the record of an operation names a key: a look into one index for each way it may."""
    at = select(Operation.at).where(Operation.id == operation_id).scalar_subquery()

    def there(record: Any, *conditions: Any) -> ColumnElement[bool]:
        # An operation that no statistics know is believed to have one row: its index must not look better.
        own = (record.operation_id + literal_column("0") == operation_id, record.at == at)
        # A scalar with a limit is asked row by row; EXISTS might be answered by hashing all keys of the operation.
        return select(true()).where(*own, *conditions).limit(1).scalar_subquery().is_(True)

    key = func.to_jsonb(parts)
    image, made = BeforeImage.table_name == catalog.name_of(resource.traits), InsertedKeys.table_name
    return or_(
        there(BeforeImage, image, BeforeImage.key == key),
        there(InsertedKeys, made == catalog.name_of(resource.traits), *names(parts)),
        there(BeforeImage, image, BeforeImage.new_key == key, BeforeImage.new_key.is_not(None)),
    )


def names(parts: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions on the record of inserts for naming a key, which is given as an array of its texts: batches whose keys
    begin like it come from an index, and are asked for the very key."""
    prefix = func.larder.key_prefix(parts)
    return (
        InsertedKeys.prefixes.contains(array([prefix])),
        InsertedKeys.keys.contains(func.jsonb_build_array(func.to_jsonb(parts))),
    )


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
