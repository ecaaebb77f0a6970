"""What stands in the way of a row that comes back from the trash, found before it happens and for all rows at once.

A live row may hold its unique value by now; another row of the same restore may want the same value (then the one
deleted last gets it); or what it belongs to is itself still in the trash.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import belongings, wording
from admin.reads.belongings import Belonging
from admin.reads.selection import Keys, key_columns, with_keys
from admin.resource import Resource
from admin.traits import Traits, UniqueKey

SHOWN = 100
"""Rows of a report that are told one by one; the rest is a number."""


@dataclass(frozen=True)
class Kept:
    """A row that was left as it is, by the text of its key, and why; `link` leads to the row in the way (identity and
    key text), None where it is in no registered table."""

    key: str
    reason: str
    link: tuple[str, str] | None = None
    columns: tuple[str, ...] = field(default=(), compare=False)
    """Whose value the row in the way holds; none where what the row belongs to is in the trash."""


@dataclass(frozen=True)
class Conflicts:
    """Of many rows: how many cannot come back as they are, how many live rows `hold` their values, and the reasons."""

    rows: int
    holders: int
    kept: list[Kept]


def blocked(resource: Resource, keys: Keys) -> ColumnElement[bool]:
    """SQL condition on the table: this row, one of `keys`, cannot come back."""
    traits = resource.traits
    conditions = [_held(traits, unique, keys) for unique in _live_unique(traits)]
    conditions += [_orphaned(owner, how, keys) for owner, how in belongings.owners(traits)]
    return or_(false(), *conditions)


async def reasons(session: AsyncSession, resource: Resource, keys: Keys) -> list[Kept]:
    """Why rows cannot come back, for the first of them."""
    found: list[Kept] = []
    for unique in _live_unique(resource.traits):
        found += await _holders(session, resource, unique, keys)
    for owner, how in belongings.owners(resource.traits):
        found += await _owners_in_trash(session, resource, (owner, how), keys)
    return found[:SHOWN]


async def conflicts(session: AsyncSession, resource: Resource, keys: Keys) -> Conflicts:
    """How many of these rows cannot come back as they are, and what stands in the way of the first of them."""
    own = with_keys(key_columns(resource.traits), keys)
    counted = select(func.count()).select_from(resource.traits.table).where(own, blocked(resource, keys))
    rows = int(await session.scalar(counted) or 0)
    if not rows:
        return Conflicts(0, 0, [])
    live = holders(resource.traits, keys).subquery()
    held = int(await session.scalar(select(func.count()).select_from(live)) or 0)
    return Conflicts(rows, held, await reasons(session, resource, keys))


def holders(traits: Traits, keys: Keys) -> Select[Any]:
    """SELECT of the keys of live rows that hold a unique value of one of these rows in the trash."""
    other = traits.table.alias("holder")
    theirs = [_column(traits, other, name) for name in traits.key]
    held = [_same(traits, unique, other) for unique in _live_unique(traits)]
    live = _column(traits, other, traits.deleted_at or "").is_(None)
    joined = select(*theirs).select_from(traits.table.join(other, or_(false(), *held)))
    return joined.where(with_keys(key_columns(traits), keys), live).distinct()


def _live_unique(traits: Traits) -> list[UniqueKey]:
    return [unique for unique in traits.unique_keys if unique.live_only]


def _held(traits: Traits, unique: UniqueKey, keys: Keys) -> ColumnElement[bool]:
    other = traits.table.alias("holder")
    return exists().where(_holds(traits, unique, other, keys))


def _holds(traits: Traits, unique: UniqueKey, other: FromClause, keys: Keys) -> ColumnElement[bool]:
    """The other row is live and has the value, or it comes back as well and was deleted later."""
    mark, theirs = traits.deleted_at or "", [_column(traits, other, name) for name in traits.key]
    own = tuple_(traits.columns[mark].sa, *key_columns(traits))
    later = tuple_(_column(traits, other, mark), *theirs) > own
    live = _column(traits, other, mark).is_(None)
    return and_(_same(traits, unique, other), or_(live, and_(with_keys(theirs, keys), later)))


def _same(traits: Traits, unique: UniqueKey, other: FromClause) -> ColumnElement[bool]:
    return and_(*(_column(traits, other, name) == traits.columns[name].sa for name in unique.columns))


def _column(traits: Traits, source: FromClause, name: str) -> Any:
    return source.c[traits.columns[name].sa.key]


def _orphaned(owner: Traits, how: Belonging, keys: Keys) -> ColumnElement[bool]:
    """What the row belongs to is in the trash, and does not come back with it (a branch of the same tree may)."""
    parent = owner.table.alias("owner")
    in_trash = _column(owner, parent, owner.deleted_at or "").is_not(None)
    if owner.model is how.child.model:
        in_trash = and_(in_trash, ~with_keys([_column(owner, parent, name) for name in owner.key], keys))
    return exists().where(parent.c[how.parent_column.key] == how.column, in_trash)


async def _holders(session: AsyncSession, resource: Resource, unique: UniqueKey, keys: Keys) -> list[Kept]:
    traits = resource.traits
    other = traits.table.alias("holder")
    mark = traits.columns[traits.deleted_at or ""].sa
    theirs = [_column(traits, other, name) for name in traits.key]
    wanted = [traits.columns[name].sa for name in unique.columns]
    statement = (
        select(*key_columns(traits), *theirs, _column(traits, other, traits.label), *wanted)
        .join(other, _holds(traits, unique, other, keys))
        .where(with_keys(key_columns(traits), keys), mark.is_not(None))
        .order_by(*key_columns(traits))
        .limit(SHOWN)
    )
    size = len(traits.key)
    return [
        _kept(resource, unique, row[:size], (row[size : 2 * size], row[2 * size]), row[2 * size + 1 :])
        for row in (await session.execute(statement)).all()
    ]


def _kept(resource: Resource, unique: UniqueKey, key: Any, holder: tuple[Any, Any], held: Any) -> Kept:
    columns = [resource.column(name) for name in unique.columns]
    what = " and ".join(
        f"{wording.inside(resource.label(column.name))} {values.show(column, value)}"
        for column, value in zip(columns, held, strict=True)
    )
    theirs = _text(resource.traits, holder[0])
    label = values.show(resource.column(resource.traits.label), holder[1])
    called = f"#{theirs}" if label == theirs else f"{label} (#{theirs})"
    return Kept(
        _text(resource.traits, key), f"{what} is already used by {called}", (resource.identity, theirs), unique.columns
    )


async def _owners_in_trash(
    session: AsyncSession, resource: Resource, ownership: tuple[Traits, Belonging], keys: Keys
) -> list[Kept]:
    owner, how = ownership
    statement = (
        select(*key_columns(resource.traits), how.column)
        .where(with_keys(key_columns(resource.traits), keys), _orphaned(owner, how, keys))
        .order_by(*key_columns(resource.traits))
        .limit(SHOWN)
    )
    words = wording.table_words(owner.table.name)
    return [
        Kept(_text(resource.traits, row[:-1]), f"its {words} {row[-1]} is in the trash; restore that")
        for row in (await session.execute(statement)).all()
    ]


def _text(traits: Traits, key: Any) -> str:
    return values.join_key([values.show(traits.columns[n], value) for n, value in zip(traits.key, key, strict=True)])
