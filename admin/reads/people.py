"""Who is behind a session cookie, and which password a person who wants to come in has to know.

Time is the database's everywhere: a console whose own clock is wrong neither logs everybody out nor keeps a session
that has ended.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.database import PREPARED
from admin.reads import plans
from admin.reads.preferences import Lists
from admin.reads.visibility import PLAIN
from admin.tables import Person, SavedView, Session

IDLE = dt.timedelta(hours=12)
"""A session nobody used for so long has ended."""
ABSOLUTE = dt.timedelta(days=7)
"""A session this old has ended, however much it is used."""
SEEN_EVERY = dt.timedelta(minutes=1)
"""How often a session's last use is written down: a minute's precision costs one write a minute, not one a request."""

SINGLE_KEYS = "single_keys"
"""In `preferences`: whether shortcuts of a single letter or sign work; they do unless it says false."""


@dataclass(frozen=True)
class Visitor:
    """The person of a living session. `flash` are messages left for their next page."""

    actor: Actor
    seen_lately: bool
    flash: list[dict[str, Any]]
    lists: Lists

    @property
    def single_keys(self) -> bool:
        """Whether letters and signs alone are shortcuts for them."""
        return self.lists.preferences.get(SINGLE_KEYS) is not False


@dataclass(frozen=True)
class Credentials:
    """What a login is checked against."""

    person_id: int
    password_hash: str


def is_alive() -> ColumnElement[bool]:
    """The condition that a session has neither been idle for too long nor grown too old."""
    return (Session.last_seen_at > func.now() - IDLE) & (Session.created_at > func.now() - ABSOLUTE)


VIEWED = select(SavedView.identity).where(or_(SavedView.person_id == Person.id, SavedView.shared)).distinct()

VISITOR = (
    select(
        Person.id, Person.name, Person.role, Person.preferences, Session.flash,
        (Session.last_seen_at > func.now() - SEEN_EVERY).label("seen_lately"),
        func.array(VIEWED.correlate(Person).scalar_subquery(), type_=ARRAY(Text)).label("viewed"),
    )
    .join(Session, Session.person_id == Person.id)
    .where(Session.token_hash == bindparam("digest"), is_alive(), Person.active)
    .prefix_with(PREPARED)
    .execution_options(**PLAIN)
)  # fmt: skip
"""Built once: making it anew on every request would take as long as the database takes to answer it."""


async def visitor(session: AsyncSession, token_hash: bytes) -> Visitor | None:
    """The active person whose living session this is, or None: one statement by primary keys."""
    for row in await plans.rows(session, VISITOR, {"digest": token_hash}):
        lists = Lists(row.preferences, frozenset(row.viewed))
        return Visitor(Actor(row.id, row.name, row.role), row.seen_lately, row.flash or [], lists)
    return None


async def credentials(session: AsyncSession, name: str) -> Credentials | None:
    """What to check a password against; None for a name nobody has or whose person is shut out."""
    if "\0" in name:
        return None
    statement = select(Person.id, Person.password_hash).where(func.lower(Person.name) == func.lower(name))
    row = (await session.execute(statement.where(Person.active))).one_or_none()
    return None if row is None else Credentials(row.id, row.password_hash)
