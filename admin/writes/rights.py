"""What an admin changes about people: role, whether they may come in, their password, their sessions.

Each is an operation, so that nobody is let in, shut out or raised without a record; secrets are in none. It holds from
the person's next request on, and ends their sessions: a right that changes makes a new login. What was changed here
cannot be undone, only changed back.
"""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import BadRequest, Conflict, NotFound
from admin.reads.people import Credentials
from admin.tables import ROLES, Person
from admin.writes import passwords, people, sessions
from admin.writes.operations import recorded

KIND = "person"
LAST = "{name} is the only admin who may log in. Make somebody else an admin first."


async def add(session: AsyncSession, actor: Actor, name: str, role: str, password: str) -> str:
    """Let somebody log in; returns the sentence about it. Raises like `people.add`."""
    person = await people.add(session, name, role, password)
    return await _record(session, actor, f"{person.name} may log in, as {role}.")


async def set_role(session: AsyncSession, actor: Actor, person_id: int, role: str) -> str:
    """Another role. Raises `BadRequest`, `NotFound`, and `Conflict` for the only admin."""
    if role not in ROLES:
        raise BadRequest(f"There is no role {role[:80]!r}. Choose one of {', '.join(ROLES)}.")
    person = await _locked(session, person_id, stays=role == "admin")
    if person.role == role:
        return f"{person.name} is {role} already."
    before, person.role = person.role, role
    await sessions.close_sessions(session, person_id)
    return await _record(session, actor, f"{person.name} is {role} now, and was {before}.")


async def set_active(session: AsyncSession, actor: Actor, person_id: int, *, active: bool) -> str:
    """Shut a person out, or let them in again. Raises `NotFound`, and `Conflict` for the only admin."""
    person = await _locked(session, person_id, stays=active)
    if person.active == active:
        return f"{person.name} {'may log in' if active else 'is shut out'} already."
    person.active = active
    await sessions.close_sessions(session, person_id)
    return await _record(session, actor, f"{person.name} {'may log in again' if active else 'is shut out'}.")


async def give_password(session: AsyncSession, actor: Actor, person_id: int, password: str) -> str:
    """Another password for somebody else, who asked for it. Raises `NotFound`, `Invalid`, `Conflict` for oneself."""
    if person_id == actor.id:
        raise Conflict("Your own password is changed under Your account, where the old one is asked for.")
    person = await _locked(session, person_id, stays=True)
    passwords.require_strong(password, person.name)
    person.password_hash = await passwords.hashed(password)
    await sessions.close_sessions(session, person_id)
    return await _record(session, actor, f"{person.name} has another password.")


async def change_own_password(session: AsyncSession, actor: Actor, password: str) -> Credentials:
    """Another password for oneself, whose old one the caller has checked; ends every session. Raises `Invalid`."""
    person = await _locked(session, actor.id or 0, stays=True)
    passwords.require_strong(password, person.name)
    person.password_hash = await passwords.hashed(password)
    await sessions.close_sessions(session, person.id)
    await _record(session, actor, f"{person.name} changed their password.")
    return Credentials(person.id, person.password_hash)


async def end_sessions(session: AsyncSession, actor: Actor, person_id: int, short: str | None) -> str:
    """End all sessions of a person, or the one that `short` names. Raises `NotFound`."""
    person = await _locked(session, person_id, stays=True)
    ended = await sessions.close_sessions(session, person_id, short=short)
    if not ended:
        return f"{person.name} has no such session any more." if short else f"{person.name} is logged in nowhere."
    words = "1 session" if ended == 1 else f"{ended} sessions"
    return await _record(session, actor, f"{words} of {person.name} ended.")


async def _record(session: AsyncSession, actor: Actor, sentence: str) -> str:
    await session.flush()
    async with recorded(session, actor, KIND, None) as operation:
        operation.rows, operation.sentence = 1, sentence
    return sentence


async def _locked(session: AsyncSession, person_id: int, *, stays: bool) -> Person:
    """The person, locked together with every admin who may log in, in one order: of two admins who shut each other out
    at the same moment, the second one is the only one left. `stays`: the person keeps what makes them one of those."""
    admins = (Person.role == "admin") & Person.active
    statement = select(Person).where(or_(Person.id == person_id, admins)).order_by(Person.id).with_for_update()
    found = (await session.scalars(statement, execution_options={"populate_existing": True})).all()
    person = next((one for one in found if one.id == person_id), None)
    if person is None:
        raise NotFound("There is no such person.")
    others = any(one.id != person_id and one.role == "admin" and one.active for one in found)
    if not stays and person.role == "admin" and person.active and not others:
        raise Conflict(LAST.format(name=person.name))
    return person
