"""What an operation changed, row by row: the page behind “37 orders deleted”.

What a row was changed into is computed for the rows of the page alone: it is the row's next before-image, or the row
itself as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.reads import catalog, history
from admin.reads.history import FieldChange
from admin.resource import Resource
from admin.tables import BeforeImage, InsertedKeys, Operation
from admin.values import join_key

ROWS = 100
"""Rows of an operation that a page tells one by one."""


@dataclass(frozen=True)
class ChangedRow:
    """A row that an operation changed or removed. `table` has its schema in front; `identity` is None where the table
    is not registered, `key` is written as in URLs; `removed` rows tell their old values as changes to nothing."""

    id: int
    table: str
    identity: str | None
    key: str
    removed: bool
    changes: tuple[FieldChange, ...]
    label: str | None = None
    """What the row was called, None where that may not be told."""


@dataclass(frozen=True)
class Changes:
    """A page of the rows that an operation changed. `added` names the first rows that it made, `counts` says how many
    rows there are of each kind ('I', 'U', 'D') and table; `after` continues the page, None at the end."""

    rows: list[ChangedRow]
    added: list[tuple[str, str | None, str]]
    counts: dict[tuple[str, str], int]
    after: int | None


async def of(
    session: AsyncSession, operation: Operation, resources: Iterable[Resource], after: int = 0, limit: int = ROWS
) -> Changes:
    """What an operation changed, row by row, in the order in which it happened; `after` is the id of the last row seen.

    `resources` are the registered tables: of others only the keys are told.
    """
    await catalog.write_plainly(session)
    known = {catalog.name_of(resource.traits): resource for resource in resources}
    image = aliased(BeforeImage)
    own = (image.operation_id == operation.id, image.at == operation.at)
    statement = (
        select(image, history.following(image)).where(*own, image.id > after).order_by(image.id).limit(limit + 1)
    )
    found = [(row, became) for row, became in await session.execute(statement)]
    now = await _as_they_are(session, [row for row, became in found if became is None and row.kind == "U"])
    rows = [_changed(known.get(row.table_name), row, became or now.get(row.id, {})) for row, became in found[:limit]]
    return Changes(
        rows=rows,
        added=await _added(session, operation, known) if not after else [],
        counts=await counts(session, operation.id, operation.at),
        after=rows[-1].id if len(found) > limit else None,
    )


def _changed(resource: Resource | None, image: BeforeImage, became: Mapping[str, Any]) -> ChangedRow:
    removed = image.kind == "D"
    differences = history.differences(resource, image.before, {} if removed else became)
    identity = resource.identity if resource else None
    told = {name: image.before[sql] for sql, name, _, secret in history.told(resource, image.before) if not secret}
    label = told.get(resource.traits.label) if resource else None
    return ChangedRow(image.id, image.table_name, identity, join_key(image.key), removed, differences, label)


async def _as_they_are(session: AsyncSession, images: list[BeforeImage]) -> dict[int, Mapping[str, Any]]:
    """The rows of images as they are now, by the image's id; one statement for each table."""
    found: dict[int, Mapping[str, Any]] = {}
    tables = await catalog.tables(session, {image.table_name for image in images}) if images else {}
    for table in tables.values():
        wanted = {str(image.id): image.new_key or image.key for image in images if image.table_name == table.name}
        row, key = table.image_of("t"), table.has_key("t", "wanted.value")
        statement = text(
            f"select wanted.key, {row} from jsonb_each(cast(:wanted as jsonb)) as wanted join {table.sql} as t on {key}"  # noqa: S608 quoted by Postgres
        )
        rows = await session.execute(statement, {"wanted": catalog.as_json(wanted)})
        found |= {int(number): values for number, values in rows}
    return found


async def _added(
    session: AsyncSession, operation: Operation, known: Mapping[str, Resource]
) -> list[tuple[str, str | None, str]]:
    """The first rows that an operation made: table, identity, key."""
    element = func.jsonb_array_elements(InsertedKeys.keys).table_valued("value").alias("element")
    statement: Any = (
        select(InsertedKeys.table_name, literal_column("element.value"))
        .join(element, literal_column("true"))
        .where(InsertedKeys.operation_id == operation.id, InsertedKeys.at == operation.at)
        .order_by(InsertedKeys.id)
        .limit(ROWS)
    )
    return [
        (table, known[table].identity if table in known else None, join_key(key))
        for table, key in await session.execute(statement)
    ]


async def counts(session: AsyncSession, operation_id: int, at: Any) -> dict[tuple[str, str], int]:
    """How many rows an operation changed, cascades included: {(table, 'I' | 'U' | 'D'): rows}; `at` is its moment.

    Table names have their schema in front. A row that was changed twice counts twice.
    """
    images = select(BeforeImage.table_name, BeforeImage.kind, func.count())
    images = images.where(BeforeImage.operation_id == operation_id, BeforeImage.at == at)
    keys = select(InsertedKeys.table_name, func.sum(func.jsonb_array_length(InsertedKeys.keys)))
    found = {
        (table, kind): int(rows)
        for table, kind, rows in await session.execute(images.group_by(BeforeImage.table_name, BeforeImage.kind))
    }
    keys = keys.where(InsertedKeys.operation_id == operation_id, InsertedKeys.at == at)
    made = await session.execute(keys.group_by(InsertedKeys.table_name))
    return found | {(table, "I"): int(rows) for table, rows in made}


async def rows_changed(session: AsyncSession, operation_id: int, at: Any, table: str) -> int:
    """How many rows of a table an operation changed, each counted once however often it was written."""
    statement = select(func.count(BeforeImage.key.distinct())).where(
        BeforeImage.operation_id == operation_id, BeforeImage.at == at,
        BeforeImage.table_name == table, BeforeImage.kind == "U",
    )  # fmt: skip
    return int(await session.scalar(statement) or 0)
