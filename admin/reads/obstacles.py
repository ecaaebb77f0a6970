"""Why a row was refused, looked up: which row holds the value, which parent is missing, what the rule says of itself.

Answers for the form that was refused, so the sentences name the field and the row: “Email is already used by Ann Lee
(#88).” What cannot be told more exactly than by the error itself is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.errors import FieldError
from admin.reads import catalog, catalog_rules, wording
from admin.reads.visibility import INCLUDE
from admin.resource import Resource
from admin.traits import UniqueKey

COUNTED_TO = 10_000

RULE = text("""
    select obj_description(oid, 'pg_constraint') as comment, contype as kind,
      (select array_agg(attname::text order by attnum) from pg_attribute
       where attrelid = conrelid and attnum = any(conkey)) as columns    from pg_constraint
    where conname = :name and conrelid = (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                          where n.nspname || '.' || c.relname = :table)
""")


async def of(
    session: AsyncSession, resource: Resource, constraint: tuple[str, str], row: Mapping[str, Any]
) -> FieldError | None:
    """What stands in the way of `row` (values by column), given the table and name of the constraint it broke."""
    where, name = constraint
    unique = next((key for key in resource.traits.unique_keys if key.name == name), None)
    if unique is not None and all(row.get(column) is not None for column in unique.columns):
        return await holder(session, resource, unique, row)
    rule = (await session.execute(RULE, {"table": where, "name": name})).one_or_none()
    if rule is None:
        return None
    if rule.kind == "f":
        if where == catalog.name_of(resource.traits):
            return _missing_parent(resource, rule.columns, row)
        return await _still_referenced(session, resource, name, row)
    return _broken_rule(resource, rule)


async def holder(
    session: AsyncSession, resource: Resource, unique: UniqueKey, row: Mapping[str, Any]
) -> FieldError | None:
    """The row that holds the values of a unique key, unless it is the very row that asks; None when they are free."""
    traits = resource.traits
    conditions = [traits.attribute(column) == row[column] for column in unique.columns]
    if unique.live_only and traits.deleted_at is not None:
        conditions.append(traits.attribute(traits.deleted_at).is_(None))
    own = [row.get(column) for column in traits.key]
    if unique.columns != traits.key and None not in own:
        conditions.append(~and_(*(traits.attribute(c) == v for c, v in zip(traits.key, own, strict=True))))
    found = (
        await session.scalars(select(traits.model).where(*conditions).limit(1).execution_options(**INCLUDE))
    ).first()
    if found is None:
        return None
    names = [resource.label(column) for column in unique.columns]
    verb = "is already used" if len(names) == 1 else "together are already used"
    trash = " in the trash" if traits.deleted_at and getattr(found, traits.deleted_at) else ""
    key = values.key_text(traits, found)
    sentence = f"{' and '.join(names)} {verb} by {_called(resource, found, key)}{trash}."
    return FieldError(unique.columns[0], sentence, (resource.identity, key))


def _called(resource: Resource, row: Any, key: str) -> str:
    """“Ann Lee (#88)”, or “#88” where the key is all there is."""
    column = resource.traits.columns[resource.traits.label]
    label = values.show(column, getattr(row, column.name))
    return f"#{key}" if column.name in resource.traits.key or not label else f"{label} (#{key})"


def _missing_parent(resource: Resource, columns: list[str], row: Mapping[str, Any]) -> FieldError | None:
    names = [name for name, column in resource.traits.columns.items() if column.sa.name in columns]
    if not names:
        return None
    shown = ", ".join(values.show(resource.column(name), row.get(name)) for name in names)
    return FieldError(names[0], f"{resource.label(names[0])} {shown} does not exist.")


async def _still_referenced(
    session: AsyncSession, resource: Resource, name: str, row: Mapping[str, Any]
) -> FieldError | None:
    """How many rows of another table hold on to this one; by the index that the foreign key should have."""
    table = await catalog.table_of(session, resource.traits)
    keys = [key for key in await catalog_rules.references_to(session, table.name) if key.name == name]
    by_column = {column.sa.name: row.get(name) for name, column in resource.traits.columns.items()}
    if not keys or len(keys[0].parent_names) != 1:
        return None
    value = by_column.get(keys[0].parent_names[0])
    child, column = keys[0].child_sql, catalog.quoted(keys[0].child_names[0])
    bounded = f"select 1 from {child} where {column} = :value limit {COUNTED_TO + 1}"  # noqa: S608 quoted by Postgres
    statement = text(f"select count(*) from ({bounded}) as bounded")  # noqa: S608
    number = await session.scalar(statement, {"value": value})
    if not number:
        return None
    amount = f"{number:,}" if number <= COUNTED_TO else f"More than {COUNTED_TO:,}"
    return FieldError(None, f"{amount} rows of {wording.table_words(keys[0].child)} still refer to this row.")


BROKEN = {
    "u": "another row already has this value",
    "p": "another row already has this key",
    "x": "this overlaps with another row",
}


def _broken_rule(resource: Resource, rule: Row[Any]) -> FieldError:
    """The rule's own comment where it has one; otherwise which columns it is about, and what kind of rule it is."""
    names = [name for name, column in resource.traits.columns.items() if column.sa.name in (rule.columns or [])]
    if rule.comment:
        sentence = rule.comment[0].upper() + rule.comment[1:].rstrip(".") + "."
    else:
        labels = " and ".join(resource.label(name) for name in names) or "The values"
        sentence = f"{labels}: {BROKEN.get(rule.kind, 'a rule of this table does not allow this')}."
    return FieldError(names[0] if len(names) == 1 else None, sentence)
