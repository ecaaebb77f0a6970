"""The record of an import: from upload to undo, who may go on with it, and what is left when it is over."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import Conflict, NotFound
from admin.resource import Resource
from admin.tables import STAGING_SCHEMA, Import
from admin.writes.csv_import import plan
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.errors import InProgress
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.sniff import Format
from admin.writes.csv_import.stage import Staged

PARTS = ("", "file", "cell", "match", "row", "seen", "need", "error", "was", "mended")
UNFINISHED = ("staging", "review", "queued", "failed")
"""States of an import that can be given up."""
EXPIRED = "Nobody finished this import within {days} days, so it was given up by itself."
SWEPT_AT_ONCE = 20
"""Imports whose tables are dropped in one transaction, which holds a lock for each."""


@dataclass(frozen=True)
class Stored:
    """An import as it stands. `staged` and `options` are None until its file could be read."""

    record: Import
    format: Format
    staged: Staged | None
    options: Options | None
    report: Report | None

    @property
    def id(self) -> int:
        return self.record.id

    @classmethod
    def of(cls, record: Import) -> Stored:
        kept = record.options
        staged = kept.get("staged")
        return cls(
            record,
            Format(**{**kept["format"], "sheets": tuple(kept["format"].get("sheets", ()))}),
            Staged(**{**staged, **{name: _tuples(staged[name]) for name in ("headers", "warnings", "samples")}})
            if staged
            else None,
            Options.of_json(kept["choices"]) if kept.get("choices") else None,
            Report.of_json(record.report) if record.report else None,
        )


async def add(session: AsyncSession, actor: Actor, identity: str, **values: Any) -> int:
    """Record a file that was handed in; returns the import's id."""
    statement = insert(Import).values(
        person_id=actor.id, person_name=actor.name, identity=identity, state="staging", **values
    )
    return int((await session.execute(statement.returning(Import.id))).scalar_one())


async def get(session: AsyncSession, import_id: int) -> Stored:
    """The import with this id. Raises `NotFound`."""
    record = await session.get(Import, import_id, populate_existing=True)
    if record is None:
        raise NotFound(f"There is no import {import_id}.")
    return Stored.of(record)


async def plan_of(session: AsyncSession, resource: Resource, stored: Stored) -> Plan:
    """What an import that has been read will do, resolved against the database. Raises `Conflict` before that."""
    if stored.options is None or stored.staged is None:
        raise Conflict("This file has not been read yet.")
    return await plan.make(session, stored.id, resource, stored.options, stored.staged.headers)


async def lock(session: AsyncSession, import_id: int) -> Stored:
    """The import, which nobody else can go on with until this transaction ends. Raises `NotFound`, `InProgress`."""
    statement = select(Import).where(Import.id == import_id).with_for_update(skip_locked=True)
    record = (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one_or_none()
    if record is not None:
        return Stored.of(record)
    await get(session, import_id)
    raise InProgress("This import is being worked on right now. Its page shows when that is done.")


async def save(session: AsyncSession, import_id: int, state: str, **values: Any) -> None:
    """Put an import into a state, with whatever else changes along. A job waits for it only when that is said."""
    changed = {"state": state, "job_id": None, **values}
    statement = update(Import).where(Import.id == import_id).values(changed)
    await session.execute(statement, execution_options={"synchronize_session": False})


def kept(form: Format, staged: Staged | None = None, choices: Options | None = None) -> dict[str, Any]:
    """What the record keeps of the choices made so far."""
    return {
        "format": asdict(form),
        "staged": asdict(staged) if staged else None,
        "choices": choices.as_json() if choices else None,
    }


async def finish(session: AsyncSession, import_id: int, state: str, **values: Any) -> None:
    """Put an import into its last state."""
    await save(session, import_id, state, finished_at=func.now(), **values)


async def cancel(session: AsyncSession, import_id: int) -> None:
    """Give an import up; nothing of it stays. Raises `Conflict` when it is over already."""
    stored = await lock(session, import_id)
    if stored.record.state not in UNFINISHED:
        raise Conflict(f"This import is {stored.record.state}; there is nothing to cancel.")
    await drop(session, import_id)
    await finish(session, import_id, "cancelled")


async def drop(session: AsyncSession, import_id: int, parts: tuple[str, ...] = PARTS) -> None:
    """Drop tables of an import."""
    for part in parts:
        await st.run(session, st.of("drop table if exists {t}", t=st.staging(import_id, part)))
    if "" in parts:
        await st.run(session, st.of("drop sequence if exists {s}", s=st.staging(import_id, "done")))


async def sweep(session: AsyncSession, days: int) -> int:
    """Cancel what nobody finished within so many days, and drop the rejects of imports that were finished before that.

    Returns of how many imports something was dropped.
    """
    old = select(Import).where(Import.at < func.now() - dt.timedelta(days=days), _has_tables()).limit(SWEPT_AT_ONCE)
    found = (await session.scalars(old.with_for_update(skip_locked=True))).all()
    for record in found:
        await drop(session, record.id)
        if record.state in UNFINISHED:
            await finish(session, record.id, "cancelled", error=EXPIRED.format(days=days))
    return len(found)


def _has_tables() -> ColumnElement[bool]:
    """Whether an import still has rows staged, or its file."""
    name = literal(f"{STAGING_SCHEMA}.import_") + cast(Import.id, Text)
    return or_(*(func.to_regclass(name + end).is_not(None) for end in ("", "_file")))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
