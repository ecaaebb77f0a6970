"""The views that a person can open for a table, and what they chose for its list: one question for every list page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.actor import Actor
from admin.reads import like, plans
from admin.reads.preferences import Lists
from admin.reads.visibility import PLAIN
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


OWNER = aliased(Person)

VIEWS = (
    select(
        SavedView.id, SavedView.person_id, SavedView.name, SavedView.query, SavedView.shared, OWNER.name.label("owner")
    )
    .join(OWNER, OWNER.id == SavedView.person_id)
    .where(
        SavedView.identity == bindparam("identity"), or_(SavedView.person_id == bindparam("person"), SavedView.shared)
    )
    .order_by(func.lower(SavedView.name), SavedView.id)
    .execution_options(**PLAIN)
)
"""Built once: making it anew for every page would take longer than the database takes to answer it."""


async def kept(session: AsyncSession, actor: Actor, lists: Lists, identity: str) -> Kept:
    """The person's own views and everybody's shared ones, by name. A table without any is not asked for them."""
    choices = lists.of(identity)
    columns = _names(choices.get(COLUMNS))
    if identity not in lists.viewed:
        return Kept(columns)
    rows = await plans.rows(session, VIEWS, {"person": actor.id, "identity": identity})
    views = tuple(_view(row, actor) for row in rows)
    return Kept(columns, next((view for view in views if view.id == choices.get(VIEW)), None), views)


async def named(session: AsyncSession, actor: Actor, text: str, limit: int) -> list[tuple[str, View]]:
    """A few views of all tables whose name holds the text, each with its table's identity; own ones come first."""
    own = SavedView.person_id == actor.id
    statement = (
        select(
            SavedView.id, SavedView.name, SavedView.query, SavedView.shared, SavedView.person_id, SavedView.identity,
            Person.name.label("owner"),
        )
        .join(Person, Person.id == SavedView.person_id)
        .where(or_(own, SavedView.shared), SavedView.name.ilike(like.contains(text)))
        .order_by(own.desc(), func.lower(SavedView.name), SavedView.id)
        .limit(limit)
    )  # fmt: skip
    return [(row.identity, _view(row, actor)) for row in await session.execute(statement)]


def _view(row: Any, actor: Actor) -> View:
    own = row.person_id == actor.id
    may = own or actor.role == "admin"
    return View(row.id, row.name, row.query, row.shared, None if own else row.owner, may)


def _names(stored: Any) -> tuple[str, ...]:
    return tuple(name for name in stored if isinstance(name, str)) if isinstance(stored, list) else ()
