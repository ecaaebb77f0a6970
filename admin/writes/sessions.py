"""Sessions of logged-in people: opened, kept, ended; and the messages left in them for the next page.

A session is a row, so that it can be ended from here at any time. The row holds the sha256 of the cookie: who reads
the table cannot use it to come in.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from sqlalchemy import delete, func, insert, literal, null, select, update
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.accounts import short_of
from admin.reads.people import Credentials, is_alive
from admin.tables import Person, Session

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits, as `secrets.token_urlsafe(32)` writes them."""
LONGEST_AGENT = 200
MOST_FLASHES = 5


def token_hash(token: str) -> bytes:
    """What the table keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


async def open_session(
    session: AsyncSession, who: Credentials, *, ip: str | None, agent: str | None, instead_of: bytes | None = None
) -> str | None:
    """Start a session and return its token, to be handed to the browser and then forgotten.

    None when the person was shut out or got another password since it was checked. `instead_of` is the session the
    browser had before: it ends, so that a login always changes the token. Ended sessions of everybody are swept out.
    """
    token = secrets.token_urlsafe(32)
    values = select(
        literal(token_hash(token)), Person.id, literal(ip), literal((agent or "")[:LONGEST_AGENT] or None)
    ).where(Person.id == who.person_id, Person.password_hash == who.password_hash, Person.active)
    opened = insert(Session).from_select(["token_hash", "person_id", "ip", "agent"], values)
    opened_for = await session.scalar(opened.returning(Session.person_id))
    await session.execute(delete(Session).where(~is_alive() | (Session.token_hash == instead_of)))
    return None if opened_for is None else token


async def close_session(session: AsyncSession, digest: bytes) -> None:
    """End a session; it does not matter whether it is still there."""
    await session.execute(delete(Session).where(Session.token_hash == digest))


async def close_sessions(
    session: AsyncSession, person_id: int, *, short: str | None = None, but: bytes | None = None
) -> int:
    """End a person's sessions: all, the one that `short` names, none that is `but`; returns how many there were."""
    statement = delete(Session).where(Session.person_id == person_id)
    if short is not None:
        statement = statement.where(short_of() == short)
    if but is not None:
        statement = statement.where(Session.token_hash != but)
    return len((await session.execute(statement.returning(Session.token_hash))).all())


async def touch(session: AsyncSession, digest: bytes) -> None:
    """Write down that the session is in use; left out rather than waited for when somebody else holds the row."""
    await session.execute(_when_free(digest).values(last_seen_at=func.now()))


async def leave_flash(session: AsyncSession, digest: bytes, flash: dict[str, Any]) -> None:
    """Leave a message for the next page of this session; the last few are kept."""
    before = func.coalesce(Session.flash, literal([], JSONB))
    kept = func.jsonb_path_query_array(before, literal(f"$[last - {MOST_FLASHES - 2} to last]", JSONPATH))
    statement = update(Session).where(Session.token_hash == digest)
    await session.execute(statement.values(flash=kept.concat(literal([flash], JSONB))))


async def drop_flash(session: AsyncSession, digest: bytes, shown: list[dict[str, Any]]) -> None:
    """Forget the messages that were shown; those left in the meantime stay with them for one more page."""
    await session.execute(_when_free(digest).where(Session.flash == literal(shown, JSONB)).values(flash=null()))


def _when_free(digest: bytes) -> Any:
    free = select(Session.token_hash).where(Session.token_hash == digest).with_for_update(skip_locked=True)
    return update(Session).where(Session.token_hash.in_(free))
