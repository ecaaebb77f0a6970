"""The rows of an import that a page shows: those of the tab that is open, from the line on that was asked for."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import NotFound
from admin.web import csv_import_rejected, csv_import_replacing, csv_import_rows
from admin.web.csv_import_tabs import CORRECTED
from admin.web.csv_import_view import View
from admin.writes.csv_import import originals, paging, rejected, rejects, review, store

NO_ROWS: dict[str, object] = {"rows": None, "rejected": None, "corrected": None, "dropped": False}


async def lead_to(session: AsyncSession, view: View, line: int) -> Response:
    """To the page that begins with the row on this line. Raises `NotFound` when the file has none there."""
    made = await store.plan_of(session, view.resource, view.stored)
    place = await paging.place(session, made, line)
    if place is None:
        raise NotFound(f"{view.file} has no row on line {line:,}.")
    verdict, begins = place
    return view.visit.redirect(f"{view.page_url(verdict, begins - 1)}#rows")


async def shown(session: AsyncSession, view: View) -> dict[str, object]:
    """What the template takes: `rejected`, `corrected` or `rows`, at most one of them not None; or that they were
    `dropped` when they had been kept long enough."""
    stored, verdict, after = view.stored, view.tab.verdict, view.tab.after
    if view.state not in ("review", "done") or stored.staged is None:
        return NO_ROWS
    if view.state == "done" or verdict == "rejected":
        return NO_ROWS | (await _rejected(session, view, stored.staged.headers) if view.report.rejected else {})
    if verdict == CORRECTED:
        differences, last = await originals.differences(session, stored.id, stored.staged.headers, after)
        return NO_ROWS | {"corrected": csv_import_rows.corrected(view, differences, last)}
    made = await store.plan_of(session, view.resource, stored)
    numbers = await paging.lines(session, made, view.report, verdict, after)
    lines = await review.lines(session, made, numbers[: paging.PAGE], changed=verdict == "changed")
    beside = await review.beside(session, made) if verdict == "new" else []
    return NO_ROWS | {"rows": csv_import_rows.rows(view, lines, beside, more=len(numbers) > paging.PAGE)}


async def _rejected(session: AsyncSession, view: View, headers: tuple[str, ...]) -> dict[str, object]:
    if not await rejects.kept(session, view.stored.id):
        return {"dropped": True}
    group, after = csv_import_rejected.chosen(view), view.tab.after
    found = await rejected.page(session, view.stored.id, headers, after, group)
    if after and not found.rows:
        # All rows that stood here were mended: those before them are what is left.
        after = 0
        found = await rejected.page(session, view.stored.id, headers, after, group)
    replacing = await csv_import_replacing.replacing_of(session, view, group)
    return {"rejected": csv_import_rejected.rejected(view, found, replacing, after)}
