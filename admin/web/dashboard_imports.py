"""Imports that are not done yet, as the first page tells them: where each stands, and how far those at work are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import csv_import
from admin.reads import csv_import_progress as progress
from admin.reads.csv_import import Summary
from admin.web import csv_import_index, csv_import_progress, urls
from admin.web.csv_import_index import Entry
from admin.web.csv_import_progress import Shown
from admin.web.gate import Permission
from admin.web.visit import Visit
from admin.writes.csv_import.store import Stored

MOST = 4


@dataclass(frozen=True)
class Running:
    """One import; `shown` is None while nobody works on it."""

    id: int
    entry: Entry
    status_url: str
    shown: Shown | None


async def under_way(session: AsyncSession, visit: Visit) -> tuple[Running, ...]:
    """The newest: a person's own, for admins everybody's."""
    if not visit.may(Permission.IMPORT):
        return ()
    whose = None if visit.actor.role == "admin" else visit.actor.id
    found = [(Stored.of(record), state) for record, state in await csv_import.under_way(session, whose, MOST)]
    at_work = [stored.id for stored, state in found if csv_import_progress.at_work(stored, state)]
    now = await progress.of(session, at_work) if at_work else {}
    return tuple(
        Running(
            stored.id,
            csv_import_index.entry(visit, Summary.of(stored.record, state)),
            urls.import_page(stored.id, "status"),
            csv_import_progress.shown(stored, state, now[stored.id]) if stored.id in now else None,
        )
        for stored, state in found
    )
