"""Which imports there are, and where each one stands at this instant.

An import runs inside the transaction of its change, so its row cannot say so while it does; that the row is locked
says it, and no longer than it is true: when a process dies, its lock is gone with it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.tables import Import, Operation

PAGE = 50

UNDER_WAY = ("staging", "review", "queued", "running")
LATEST = 100
"""Imports that are looked at for those under way: states have no index, and older ones were left lying."""


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


def _state() -> ColumnElement[str]:
    """The state as people know it: whether an import was undone is asked of its operation, not stored twice."""
    undoing = aliased(Operation)
    undone = select(1).where(undoing.undoes == Import.operation_id).exists()
    return case((undone, "undone"), else_=Import.state)


async def state_of(session: AsyncSession, import_id: int) -> str:
    """The state of an import that exists; `running` while somebody works on it."""
    stored = await session.scalar(select(_state()).where(Import.id == import_id))
    probe = select(Import.id).where(Import.id == import_id).with_for_update(key_share=True, read=True, skip_locked=True)
    if stored in ("staging", "review", "failed") and await session.scalar(probe) is None:
        return "running"
    return str(stored)


async def recent(session: AsyncSession, person_id: int | None, before: int | None) -> list[Summary]:
    """Imports, newest first: one more than a page when there are older ones. None: everybody's."""
    statement = (
        select(
            Import.id, Import.at, Import.person_name, Import.identity, Import.file_name, _state(),
            Import.report,
        )
        .where(true() if person_id is None else Import.person_id == person_id)
        .where(true() if before is None else Import.id < before)
        .order_by(Import.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return [Summary(*row) for row in await session.execute(statement)]


async def under_way(session: AsyncSession, person_id: int | None, limit: int) -> list[Summary]:
    """Imports that are not done yet, newest first, among the last hundred. None: everybody's."""
    latest = select(Import.id).order_by(Import.id.desc()).limit(LATEST).scalar_subquery()
    statement = (
        select(Import.id, Import.at, Import.person_name, Import.identity, Import.file_name, Import.state, Import.report)
        .where(Import.id.in_(latest), Import.state.in_(UNDER_WAY))
        .where(true() if person_id is None else Import.person_id == person_id)
        .order_by(Import.id.desc())
        .limit(limit)
    )
    return [Summary(*row) for row in await session.execute(statement)]


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
