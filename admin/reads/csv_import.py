"""Which imports there are, and where each one stands at this instant.

An import runs inside the transaction of its change, so its row cannot say so while it does. The transaction holds an
advisory lock by the import's number, which says it no longer than it is true: when a process dies, its lock is gone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.tables import Import, Operation, Person

PAGE = 50

UNDER_WAY = ("staging", "review", "queued", "running")
LATEST = 100
"""Imports that are looked at for those under way: states have no index, and older ones were left lying."""

RUNNING = 5_273_401
"""First half of the key of the lock that a transaction holds while it works on an import; the import is the second."""
AT_WORK = text("""
larder.import.id = any (array(
    select objid::bigint from pg_locks
    where locktype = 'advisory' and granted and objsubid = 2 and classid = :running
      and database = (select oid from pg_database where datname = current_database())
))
""").bindparams(running=RUNNING)


@dataclass(frozen=True)
class Summary:
    """One import in the list of imports."""

    id: int
    at: dt.datetime
    person: str
    identity: str
    file_name: str
    state: str
    report: dict[str, Any] | None

    @classmethod
    def of(cls, record: Import, state: str) -> Summary:
        return cls(record.id, record.at, record.person_name, record.identity, record.file_name, state, record.report)


def _state() -> ColumnElement[str]:
    """The state as people know it: whether it runs or was undone is asked, not stored a second time."""
    undoing, again = aliased(Operation), aliased(Operation)
    done_again = select(1).where(again.undoes == undoing.id).exists()
    undone = select(1).where(undoing.undoes == Import.operation_id, ~done_again).exists()
    running = and_(Import.state.in_(("review", "queued")), AT_WORK)
    return case((undone, "undone"), (running, "running"), else_=Import.state)


async def state_of(session: AsyncSession, import_id: int) -> str:
    """The state of an import that exists."""
    return str(await session.scalar(select(_state()).where(Import.id == import_id)))


@dataclass(frozen=True)
class Narrowed:
    """Which imports are asked for; None: of everybody, into every table, in every state, from the newest on."""

    person_id: int | None = None
    identity: str | None = None
    state: str | None = None
    before: int | None = None


async def recent(session: AsyncSession, wanted: Narrowed) -> list[Summary]:
    """Imports, newest first: one more than a page when there are older ones."""
    statement = (
        select(
            Import.id, Import.at, Import.person_name, Import.identity, Import.file_name, _state(),
            Import.report,
        )
        .where(true() if wanted.person_id is None else Import.person_id == wanted.person_id)
        .where(true() if wanted.identity is None else Import.identity == wanted.identity)
        .where(true() if wanted.state is None else _state() == wanted.state)
        .where(true() if wanted.before is None else Import.id < wanted.before)
        .order_by(Import.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return [Summary(*row) for row in await session.execute(statement)]


async def people(session: AsyncSession) -> list[tuple[int, str]]:
    """Who has handed in something, by name."""
    statement = select(Person.id, Person.name).where(select(1).where(Import.person_id == Person.id).exists())
    return [(number, name) for number, name in await session.execute(statement.order_by(Person.name))]


async def under_way(session: AsyncSession, person_id: int | None, limit: int) -> list[tuple[Import, str]]:
    """Imports that are not done yet with their states, newest first, among the last hundred. None: everybody's."""
    latest = select(Import.id).order_by(Import.id.desc()).limit(LATEST).scalar_subquery()
    statement = (
        select(Import, _state())
        .where(Import.id.in_(latest), Import.state.in_(UNDER_WAY))
        .where(true() if person_id is None else Import.person_id == person_id)
        .order_by(Import.id.desc())
        .limit(limit)
    )
    return [(record, state) for record, state in await session.execute(statement)]


async def same_file(session: AsyncSession, record: Import) -> Summary | None:
    """The last import of the very same bytes into the same table that was done and not undone, if there is one."""
    statement = (
        select(
            Import.id, Import.at, Import.person_name, Import.identity, Import.file_name, _state(),
            Import.report,
        )
        .where(Import.sha256 == record.sha256, Import.identity == record.identity, Import.id != record.id)
        .where(_state() == "done")
        .order_by(Import.id.desc())
        .limit(1)
    )  # fmt: skip
    row = (await session.execute(statement)).first()
    return Summary(*row) if row else None
