"""People who may log in: made, and given another password.

Every request looks its person up, so that another role, or `active` taken away, holds from the next request on.
"""

from __future__ import annotations

import secrets

from sqlalchemy import exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import BadRequest, Conflict, NotFound
from admin.tables import ROLES, Person
from admin.writes import passwords, sessions

LONGEST_NAME = 80
FIRST = "admin"
"""The name of the person that the first start makes."""


async def add(session: AsyncSession, name: str, role: str, password: str) -> Person:
    """Make a person who may log in.

    Raises `BadRequest` for a name or role that cannot be, `Invalid` for a weak password, `Conflict` for a taken name.
    """
    name = _require_name(name)
    if role not in ROLES:
        raise BadRequest(f"There is no role {role[:80]!r}. Choose one of {', '.join(ROLES)}.")
    passwords.require_strong(password, name)
    statement = (
        upsert(Person)
        .values(name=name, role=role, password_hash=await passwords.hashed(password))
        .on_conflict_do_nothing()
        .returning(Person)
    )
    person = await session.scalar(statement)
    if person is None:
        raise Conflict(f"There is already a person called {name}.")
    return person


async def set_password(session: AsyncSession, name: str, password: str) -> None:
    """Give a person another password and end all their sessions. Raises `NotFound`, `Invalid`."""
    passwords.require_strong(password, name)
    statement = update(Person).where(func.lower(Person.name) == func.lower(_require_name(name)))
    fresh = {"password_hash": await passwords.hashed(password)}
    person_id = await session.scalar(statement.values(fresh).returning(Person.id))
    if person_id is None:
        raise NotFound(f"There is no person called {name}.")
    await sessions.close_sessions(session, person_id)


async def renew_hash(session: AsyncSession, person_id: int, stored: str, password: str) -> None:
    """Keep the same password under today's parameters, unless it was changed meanwhile."""
    fresh = await passwords.hashed(password)
    statement = update(Person).where(Person.id == person_id, Person.password_hash == stored)
    await session.execute(statement.values(password_hash=fresh))


async def ensure_admin(session: AsyncSession, password: str | None) -> str | None:
    """Make the person `admin` when nobody is there yet, with this password or a new one.

    Returns the password of the person it made; None when somebody was there already. Of several processes that start
    at once exactly one makes the person. A given password is taken as it is: who sets the environment decides.
    """
    if await session.scalar(select(exists().where(Person.id.is_not(None)))):
        return None
    chosen = password or secrets.token_urlsafe(15)
    values = select(literal(FIRST), literal("admin"), literal(await passwords.hashed(chosen)))
    statement = (
        upsert(Person)
        .from_select(["name", "role", "password_hash"], values.where(~exists().where(Person.id.is_not(None))))
        .on_conflict_do_nothing()
        .returning(Person.id)
    )
    return chosen if await session.scalar(statement) is not None else None


def _require_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(f"A name has 1 to {LONGEST_NAME} characters, without line breaks.")
    return name
