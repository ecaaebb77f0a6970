"""How much may lie staged, of one person and in all: a file and what was found about it, until the import is over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import LarderError

STAGED = text("""
select coalesce(sum(size), 0)::bigint, coalesce(sum(size) filter (where person_id = :person), 0)::bigint
from (select pg_total_relation_size(c.oid) as size, i.person_id
      from pg_class c join larder.import i on i.id = substring(c.relname from '^import_([0-9]+)')::bigint
      where c.relnamespace = 'larder_staging'::regnamespace and c.relkind = 'r') staged
""")
MB = 2**20


@dataclass(frozen=True)
class Quota:
    """Megabytes in all and of a person."""

    in_all: int
    of_a_person: int


class Full(LarderError):
    """There is no room for another file; the message says whose and what to do."""

    status = 507
    title = "No room for another file"


async def require_room(session: AsyncSession, actor: Actor, quota: Quota) -> None:
    """Raise `Full` when as much lies staged already as may."""
    in_all, own = (await session.execute(STAGED, {"person": actor.id})).one()
    if own >= quota.of_a_person * MB:
        raise Full(
            f"Your imports that are not over take {own // MB:,} MB, and {quota.of_a_person:,} MB is the most. "
            "Finish or cancel one of them under Imports, then hand the file in again."
        )
    if in_all >= quota.in_all * MB:
        raise Full(
            f"Imports that are not over take {in_all // MB:,} MB, and {quota.in_all:,} MB is the most. "
            "Ask an admin to finish or cancel some under Imports, then hand the file in again."
        )
