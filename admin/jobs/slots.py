"""How many imports run at once: few of one person, a few in all, and one a table. The others wait their turn.

Counted by advisory locks that end with the transaction of the run, however it ends: nobody has to give one back.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.resource import Resource
from admin.writes.csv_import import running

IN_ALL = 4
OF_A_PERSON = 2

PLACES = 5_273_402
"""First half of the keys of the locks."""

TAKE = text("""
select exists (select from generate_series(1, :most) n
               where pg_try_advisory_xact_lock(:places, hashtext(:of || ' ' || n)))
""")


async def take(session: AsyncSession, person_id: int | None, alone: Resource | None) -> bool:
    """Whether an import may go on now; if so, the place is taken until the transaction ends.

    `alone` is the table into which no other may run meanwhile; None: it only reads its file.
    """
    for of, most in (("all", IN_ALL), (f"person {person_id}", OF_A_PERSON)):
        if not await session.scalar(TAKE, {"places": PLACES, "of": of, "most": most}):
            return False
    return alone is None or await running.alone_now(session, alone)
