"""What happened to one row: who changed which column from what to what, within the console or outside of it.

A before-image holds the row as it was; what it became is the row's next image, or the row itself. So the difference is
computed here, when somebody looks, for one page of images. Only columns that the table's pages may show are told;
those that look like secrets are told as changed, never as values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.reads import catalog, touched, wording
from admin.reads.catalog import CatalogTable
from admin.resource import Resource
from admin.tables import BeforeImage, InsertedKeys, Operation
from admin.traits import SECRET

PAGE = 50
REDACTED = "•••"
"""What the image of an update holds in place of a secret that was changed (revision `retention`)."""
IDLE = frozenset({"updated_at"})
"""Columns that change with every change and say nothing by themselves."""


@dataclass(frozen=True)
class FieldChange:
    """A column's value before and after, as Postgres writes it; None is NULL. Of a secret neither is given."""

    column: str
    label: str
    before: str | None
    after: str | None
    secret: bool = False


@dataclass(frozen=True)
class Entry:
    """One change of a row. `kind`: made, changed, deleted (gone from the table), trashed or restored.

    `who` is None for a change made outside the console, by the database role `role`. `row` is the row as it was before,
    the columns that may be shown.
    """

    id: int
    at: dt.datetime
    kind: str
    operation_id: int | None
    who: str | None
    role: str
    sentence: str
    changes: tuple[FieldChange, ...] = ()
    row: Mapping[str, str | None] | None = None

    @property
    def said(self) -> str:
        """“by Ann on 23 November 2026 at 10:42 UTC”"""
        return f"{f'by {self.who}' if self.who else 'outside the console'} {wording.moment(self.at)}"


async def of_row(
    session: AsyncSession, resource: Resource, key: tuple[Any, ...], *, limit: int = PAGE, before: int | None = None
) -> list[Entry]:
    """The changes of a row, newest first; `before` is the id of the last entry of the page above."""
    await catalog.write_plainly(session)
    name = catalog.name_of(resource.traits)
    image = aliased(BeforeImage)
    own = key_json(resource, key)
    statement = (
        select(image, following(image), Operation)
        .outerjoin(Operation, Operation.id == func.coalesce(image.operation_id, _at_once(image)))
        .where(image.table_name == name, or_(image.key == own, image.new_key == own))
        .where(image.id < before if before is not None else literal(value=True))
        .order_by(image.id.desc())
        .limit(limit)
    )
    found = (await session.execute(statement)).all()
    now = await _as_it_is(session, resource, found[0][0]) if found and before is None else None
    entries = [_entry(resource, row, became or now, operation) for row, became, operation in found]
    first = await made(session, resource, key) if len(found) < limit else None
    return [*entries, *([first] if first else [])]


async def last(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> Entry | None:
    """The latest change of a row, None when none is kept."""
    found = await of_row(session, resource, key, limit=1)
    return found[0] if found else None


def _at_once(image: Any) -> Any:
    """SQL of the operation in whose transaction an image was made without being a part of it: a rule of the database
    followed it (`models/stock.py`). A transaction's moment is its own, to the microsecond."""
    return select(func.min(Operation.id)).where(Operation.at == image.at).correlate(image).scalar_subquery()


def following(image: Any) -> Any:
    """SQL of what an image's row became: the row's next image; NULL when the row itself is what it became."""
    later = aliased(BeforeImage)
    same = (later.table_name == image.table_name, later.key == func.coalesce(image.new_key, image.key))
    return select(later.before).where(*same, later.id > image.id).order_by(later.id).limit(1).scalar_subquery()


def key_json(resource: Resource, key: tuple[Any, ...]) -> Any:
    """SQL of a primary key as the console's own tables hold it: a JSON array of Postgres' texts."""
    return func.to_jsonb(_texts(resource, key))


def _texts(resource: Resource, key: tuple[Any, ...]) -> Any:
    columns = [resource.column(name).sa for name in resource.traits.key]
    parts = [cast(cast(literal(v, c.type), c.type), Text) for c, v in zip(columns, key, strict=True)]
    return array(parts)


def differences(
    resource: Resource | None, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> tuple[FieldChange, ...]:
    """What changed between two images of a row, in the order of its columns; without what may not be shown."""
    return tuple(
        FieldChange(name, label, None if secret else before.get(sql), None if secret else after.get(sql), secret)
        for sql, name, label, secret in told(resource, {**before, **after})
        if _differs(sql, before, after) and name not in IDLE
    )


def _differs(name: str, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> bool:
    """Of a secret an image says only that it was changed: it has a mark in its place then, else nothing."""
    return before.get(name) == REDACTED if SECRET.search(name) else before.get(name) != after.get(name)


def told(resource: Resource | None, image: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """The columns of an image that may be told: (name in Postgres, name, label, whether it is a secret).

    Without a resource (a table that nobody registered) only the key's and secrets' names are known: all are secrets.
    """
    if resource is None:
        return [(name, name, name.replace("_", " "), True) for name in image]
    shown = resource.visible | frozenset(resource.form_columns)
    return [
        (column.sa.name, name, resource.label(name), column.secret or bool(SECRET.search(name)))
        for name, column in resource.traits.columns.items()
        if column.sa.name in image and (name in shown or column.secret)
    ]


def _entry(
    resource: Resource, image: BeforeImage, after: Mapping[str, Any] | None, operation: Operation | None
) -> Entry:
    updated = image.kind == "U"
    return Entry(
        id=image.id,
        at=image.at,
        kind=_kind(resource, image.before, after or {}) if updated else "deleted",
        operation_id=operation.id if operation else image.operation_id,
        who=operation.person_name if operation else None,
        role=image.database_role,
        sentence=operation.sentence if operation else "",
        changes=differences(resource, image.before, after or {}) if updated else (),
        row={name: image.before[sql] for sql, name, _, secret in told(resource, image.before) if not secret},
    )


def _kind(resource: Resource, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    column = resource.traits.deleted_at
    was, is_now = (column is not None and image.get(column) is not None for image in (before, after))
    return "changed" if was == is_now else "trashed" if is_now else "restored"


async def _as_it_is(session: AsyncSession, resource: Resource, image: BeforeImage) -> Mapping[str, Any] | None:
    """The row that an image became, if it is still there, written as an image."""
    table: CatalogTable = await catalog.table_of(session, resource.traits)
    wanted = table.has_key("t", "cast(:key as jsonb)")
    statement = text(f"select {table.image_of('t')} from {table.sql} as t where {wanted}")  # noqa: S608 quoted by Postgres
    found: Mapping[str, Any] | None = await session.scalar(
        statement, {"key": catalog.as_json(image.new_key or image.key)}
    )
    return found


async def made(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> Entry | None:
    """Who made the row, where it is known."""
    keys, name = InsertedKeys, catalog.name_of(resource.traits)
    statement = (
        select(keys.id, keys.at, keys.operation_id, keys.database_role, Operation.person_name, Operation.sentence)
        .outerjoin(Operation, Operation.id == keys.operation_id)
        .where(keys.table_name == name, *touched.names(_texts(resource, key)))
        .order_by(keys.id.desc())
        .limit(1)
    )
    row = (await session.execute(statement.execution_options(include_deleted=True))).one_or_none()
    if row is None:
        return None
    return Entry(row.id, row.at, "made", row.operation_id, row.person_name, row.database_role, row.sentence or "")
