"""The views that a person can open for a table, and what they chose for its list: one question for every list page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.actor import Actor
from admin.reads.preferences import LISTS
from admin.tables import Person, SavedView

COLUMNS, VIEW = "columns", "view"
"""Names of a person's choices for a list: its columns in their order, and the id of the view it opens with."""


@dataclass(frozen=True)
class View:
    """A saved view. `query` is the list's query string; `owner` is None for the person's own."""

    id: int
    name: str
    query: str
    shared: bool
    owner: str | None
    changeable: bool


@dataclass(frozen=True)
class Kept:
    """What a person keeps for a table's list: nothing chosen is no column and no default."""

    columns: tuple[str, ...] = ()
    default: View | None = None
    views: tuple[View, ...] = ()


def _kept() -> Select[Any]:
    owner, identity = aliased(Person), bindparam("identity", type_=String)
    seen = and_(SavedView.identity == identity, or_(SavedView.person_id == Person.id, SavedView.shared))
    return (
        select(Person.preferences[LISTS][identity].label("chosen"), SavedView, owner.name.label("owner"))
        .select_from(Person)
        .outerjoin(SavedView, seen)
        .outerjoin(owner, owner.id == SavedView.person_id)
        .where(Person.id == bindparam("person"))
        .order_by(func.lower(SavedView.name), SavedView.id)
    )


KEPT = _kept()
"""Built once: making it anew for every page would take longer than the database takes to answer it."""


async def kept(session: AsyncSession, actor: Actor, identity: str) -> Kept:
    """The person's own views and everybody's shared ones, by name; what was stored in another shape is passed over."""
    rows = (await session.execute(KEPT, {"person": actor.id, "identity": identity})).all()
    views = tuple(_view(row.SavedView, row.owner, actor) for row in rows if row.SavedView is not None)
    choices = rows[0].chosen if rows and isinstance(rows[0].chosen, dict) else {}
    default = next((view for view in views if view.id == choices.get(VIEW)), None)
    return Kept(_names(choices.get(COLUMNS)), default, views)


def _view(row: SavedView, owner: str, actor: Actor) -> View:
    own = row.person_id == actor.id
    may = own or actor.role == "admin"
    return View(row.id, row.name, row.query, row.shared, None if own else owner, may)


def _names(stored: Any) -> tuple[str, ...]:
    return tuple(name for name in stored if isinstance(name, str)) if isinstance(stored, list) else ()
