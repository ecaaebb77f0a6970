"""What was done, newest first: a page of operations by keyset on their ids, with who undid what.

Whether an operation is undone is asked here and stored nowhere: the operation that undoes it says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.actor import Actor
from admin.resource import Resource
from admin.tables import BeforeImage, InsertedKeys, Operation, Person

PAGE = 50

NOBODY = 0
"""In place of a person's id: whoever acted has none."""

MOST_PEOPLE = 200
"""People that are offered to narrow by."""

KINDS = ("create", "edit", "delete", "restore", "purge", "import", "undo", "person")


@dataclass(frozen=True)
class Wanted:
    """Which operations to list; None does not narrow. `before` is the id of the last one of the page above.

    Person `NOBODY` is Larder itself, and people who are gone. `until` is the first moment that is too late.
    """

    person_id: int | None = None
    identity: str | None = None
    kind: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    before: int | None = None
    identities: tuple[str, ...] = ()
    standing: bool = False
    """Without what was undone."""


@dataclass(frozen=True)
class Listed:
    """One operation; `undone_by` is the operation that undid it, `undoable` whether what it overwrote is still kept."""

    operation: Operation
    undone_by: Operation | None
    undoable: bool


@dataclass(frozen=True)
class Page:
    """Operations, newest first; `before` continues with older ones, None when there are none."""

    entries: list[Listed]
    before: int | None


async def listed(session: AsyncSession, wanted: Wanted, limit: int = PAGE) -> Page:
    """A page of operations."""
    person = None if wanted.person_id == NOBODY else wanted.person_id
    same = {"person_id": person, "identity": wanted.identity, "kind": wanted.kind}
    conditions: list[ColumnElement[bool]] = [
        getattr(Operation, name) == value for name, value in same.items() if value is not None
    ]
    if wanted.person_id == NOBODY:
        conditions.append(Operation.person_id.is_(None))
    if wanted.identities:
        conditions.append(Operation.identity.in_(wanted.identities))
    if wanted.standing:
        conditions.append(_standing())
    if wanted.since is not None:
        conditions.append(Operation.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Operation.at < wanted.until)
    if wanted.before is not None:
        conditions.append(Operation.id < wanted.before)
    statement = _described().where(*conditions).order_by(Operation.id.desc()).limit(limit + 1)
    found = [Listed(*row) for row in await session.execute(statement)]
    return Page(found[:limit], found[limit - 1].operation.id if len(found) > limit else None)


async def one(session: AsyncSession, operation_id: int) -> Listed | None:
    """One operation, None when there is none of this id."""
    row = (await session.execute(_described().where(Operation.id == operation_id))).one_or_none()
    return Listed(*row) if row else None


async def people(session: AsyncSession) -> dict[int, str]:
    """Who may have done something, by name."""
    statement = select(Person.id, Person.name).order_by(Person.name).limit(MOST_PEOPLE)
    return {row.id: row.name for row in await session.execute(statement)}


async def deleters(session: AsyncSession, resource: Resource, rows: Iterable[Any]) -> dict[Any, str]:
    """Who put these rows of a table into the trash, by the moment; nobody where that was done outside the console."""
    mark = resource.traits.deleted_at
    moments = {getattr(row, mark) for row in rows} if mark else set()
    moments = {moment for moment in moments if isinstance(moment, dt.datetime)}
    if not moments:
        return {}
    statement = select(Operation.at, Operation.person_name).where(
        Operation.at.in_(moments), Operation.kind != "restore"
    )
    return {row.at: row.person_name for row in await session.execute(statement)}


async def last_of(session: AsyncSession, actor: Actor) -> Listed | None:
    """The last thing a person did that was not undone, and can be: what their next Undo takes back."""
    if actor.id is None:
        return None
    undo = aliased(Operation)
    statement = (
        _described()
        .where(Operation.person_id == actor.id, Operation.kind.not_in(("undo", "person")))
        .where(~exists().where(undo.undoes == Operation.id))
        .order_by(Operation.id.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    return Listed(*row) if row else None


def _standing() -> ColumnElement[bool]:
    """Not undone, or done again since, or undone but for rows that something stood in the way of."""
    undo, again = aliased(Operation), aliased(Operation)
    done_again = exists().where(again.undoes == undo.id)
    whole = func.coalesce(undo.detail["impossible_rows"].as_integer(), 0) == 0
    return ~exists().where(undo.undoes == Operation.id, ~done_again, whole)


def _described() -> Select[Operation, Operation, bool]:
    undo = aliased(Operation)
    kept = or_(
        exists().where(BeforeImage.operation_id == Operation.id, BeforeImage.at == Operation.at),
        exists().where(InsertedKeys.operation_id == Operation.id, InsertedKeys.at == Operation.at),
    )
    return select(Operation, undo, kept).outerjoin(undo, undo.undoes == Operation.id)
