"""Imports that are not done yet, as the first page tells them: where each stands, and how far those at work are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import csv_import
from admin.web import csv_import_index, csv_import_progress, urls
from admin.web.csv_import_index import Entry
from admin.web.csv_import_progress import Shown
from admin.web.csv_import_stages import PAGES, stage
from admin.web.gate import Permission
from admin.web.visit import Visit
from admin.writes.csv_import import store

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
    found = []
    for summary in await csv_import.under_way(session, whose, MOST):
        stored = await store.get(session, summary.id)
        at_work = PAGES[stage(stored, summary.state)][0] == "running"
        found.append(
            Running(
                summary.id,
                csv_import_index.entry(visit, summary),
                urls.import_page(summary.id, "status"),
                await csv_import_progress.look(session, stored, summary.state) if at_work else None,
            )
        )
    return tuple(found)
