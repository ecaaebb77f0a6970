"""The people of the console and the sessions they have open, for the pages that show them. No password is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.people import is_alive
from admin.tables import Person, Session

MOST = 500
"""People on the page; a console with more has another way to look after them."""
MOST_SESSIONS = 50


@dataclass(frozen=True)
class Account:
    """One person. `sessions` are those that have not ended; `seen_at` is their last use, None where there is none."""

    id: int
    name: str
    role: str
    active: bool
    created_at: dt.datetime
    sessions: int
    seen_at: dt.datetime | None


@dataclass(frozen=True)
class OpenSession:
    """One browser in which a person is logged in. `short` names it; nobody comes in with it."""

    short: str
    created_at: dt.datetime
    seen_at: dt.datetime
    ip: str | None
    agent: str | None
    here: bool


def short_of() -> ColumnElement[str]:
    """The beginning of a session's digest, in hex."""
    return func.encode(func.substring(Session.token_hash, 1, 8), "hex")


def _accounts() -> Select[Any]:
    alive = and_(Session.person_id == Person.id, is_alive())
    statement = (
        select(
            Person.id, Person.name, Person.role, Person.active, Person.created_at,
            func.count(Session.token_hash), func.max(Session.last_seen_at),
        )
        .outerjoin(Session, alive)
        .group_by(Person.id)
    )  # fmt: skip
    return cast("Select[Any]", statement)


async def listed(session: AsyncSession) -> list[Account]:
    """Everybody, by name; those who are shut out come last."""
    statement = _accounts().order_by(Person.active.desc(), func.lower(Person.name)).limit(MOST)
    return [Account(*row) for row in await session.execute(statement)]


async def one(session: AsyncSession, person_id: int) -> Account | None:
    """One person, None when there is none of this id."""
    row = (await session.execute(_accounts().where(Person.id == person_id))).one_or_none()
    return Account(*row) if row else None


async def sessions_of(session: AsyncSession, person_id: int, here: bytes | None) -> list[OpenSession]:
    """A person's open sessions, the last used first; `here` is the digest of the one that asks."""
    statement = (
        select(
            short_of(), Session.created_at, Session.last_seen_at, Session.ip, Session.agent,
            func.coalesce(Session.token_hash == here, False),
        )
        .where(Session.person_id == person_id, is_alive())
        .order_by(Session.last_seen_at.desc(), Session.token_hash)
        .limit(MOST_SESSIONS)
    )  # fmt: skip
    return [OpenSession(*row) for row in await session.execute(statement)]
