"""Keeps, changes and removes saved views. No operation: no row of anybody's table changes, so there is nothing to undo.

A view belongs to whoever saved it. Shared ones can be changed by admins too; a private one does not exist for others.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import BadRequest, Conflict, NotAllowed, NotFound
from admin.tables import Person, SavedView

LONGEST_NAME = 80
MOST = 100
"""Views that one person may keep."""


async def save(session: AsyncSession, actor: Actor, identity: str, view: tuple[str, str], *, shared: bool) -> int:
    """Keep a view, given as its name and its query string; returns its id.

    Raises `BadRequest` for a name that cannot be, `Conflict` for one that is taken and for one view too many.
    """
    name, query = _require_name(view[0]), view[1]
    # The person's row is the lock: two tabs could otherwise save the last view that fits twice.
    await session.execute(select(literal(1)).where(Person.id == actor.id).with_for_update())
    many = await session.scalar(select(func.count()).where(SavedView.person_id == actor.id))
    if many is not None and many >= MOST:
        raise Conflict(f"You keep {many} views already, the most there can be. Delete one first.")
    values = {"person_id": actor.id, "identity": identity, "name": name, "query": query, "shared": shared}
    statement = upsert(SavedView).values(values).on_conflict_do_nothing().returning(SavedView.id)
    made = await session.scalar(statement)
    if made is None:
        raise _taken(name)
    return made


async def change(session: AsyncSession, actor: Actor, identity: str, view_id: int, *, name: str, shared: bool) -> None:
    """Rename a view, share it or make it private. Raises like `save`, `NotFound`, and `NotAllowed` for another's."""
    name, view = _require_name(name), await _require_own(session, actor, identity, view_id)
    same = (SavedView.person_id == view.person_id, SavedView.identity == identity, SavedView.name == name)
    if await session.scalar(select(literal(1)).where(*same, SavedView.id != view_id)):
        raise _taken(name)
    await session.execute(update(SavedView).where(SavedView.id == view_id).values(name=name, shared=shared))


async def remove(session: AsyncSession, actor: Actor, identity: str, view_id: int) -> str:
    """Delete a view and return its name; whoever opened the table with it gets the plain list again."""
    view = await _require_own(session, actor, identity, view_id)
    await session.execute(delete(SavedView).where(SavedView.id == view_id))
    return view.name


async def _require_own(session: AsyncSession, actor: Actor, identity: str, view_id: int) -> SavedView:
    """The view of this table, locked, if the person may change it."""
    seen: ColumnElement[bool] = (SavedView.person_id == actor.id) | SavedView.shared
    statement = select(SavedView).where(SavedView.id == view_id, SavedView.identity == identity, seen).with_for_update()
    view = await session.scalar(statement)
    if view is None:
        raise NotFound("There is no such view any more.")
    if view.person_id != actor.id and actor.role != "admin":
        raise NotAllowed("Somebody else shares this view: only they and admins can change it.")
    return view


def _require_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(f"A view's name has 1 to {LONGEST_NAME} characters, without line breaks.")
    return name


def _taken(name: str) -> Conflict:
    return Conflict(f"There is already a view called {name}. Choose another name.")
