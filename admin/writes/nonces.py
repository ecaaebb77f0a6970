"""A form is carried out once, however often it is sent: double click, Back and Save again, retry after a lost answer.

The page carries a nonce; it is inserted in the transaction that does the work. A second request with it waits on the
primary key until the first has committed, then finds where that one's answer leads.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import Conflict
from admin.tables import FormNonce

KEPT_FOR = dt.timedelta(days=1)
"""How long a form that was sent is remembered: nobody sends the same page again later."""


async def claim(session: AsyncSession, actor: Actor, nonce: str) -> str | None:
    """Use a nonce up. Returns None the first time, and afterwards what `settle` stored with it.

    Raises `Conflict` when the nonce is another person's, or was used by a form that stored nothing.
    """
    statement = insert(FormNonce).values(nonce=nonce, person_id=actor.id).on_conflict_do_nothing()
    if (await session.execute(statement.returning(FormNonce.nonce))).first():
        return None
    stored = (await session.execute(select(FormNonce.person_id, FormNonce.location).filter_by(nonce=nonce))).one()
    if stored.person_id != actor.id or stored.location is None:
        raise Conflict("This form was sent already. Open it anew to send it again.")
    return str(stored.location)


async def settle(session: AsyncSession, nonce: str, location: str) -> None:
    """Store where the answer to this form leads."""
    await session.execute(update(FormNonce).filter_by(nonce=nonce).values(location=location))


async def forget_old(session: AsyncSession) -> None:
    """Forget forms that were sent long ago."""
    await session.execute(delete(FormNonce).where(FormNonce.at < func.now() - KEPT_FOR))
