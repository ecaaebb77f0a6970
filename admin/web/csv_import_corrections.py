"""Bad rows mended on the page of an import; each way leads back to the rows that are still rejected."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from admin.errors import BadRequest, Conflict, LarderError
from admin.jobs import queue
from admin.web import csv_import_replacing, csv_import_view, csv_import_waiting, flash, urls
from admin.web.csv_import_page import opened, page
from admin.web.csv_import_waiting import Corrected
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes.csv_import import corrections, mended, replacing, whole_line
from admin.writes.csv_import.corrections import Edits, Saved
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.store import Stored

CELL = re.compile(r"cell-(\d{1,9})-(\d{1,4})")
LINE = re.compile(r"\d{1,9}")
ELSEWHERE = "The rows were checked anew elsewhere, so nothing was changed. Look at them again."

Change = Callable[[AsyncSession, Visit, Stored], Awaitable[Saved]]


async def save(visit: Visit) -> Response:
    """Take over what was typed into cells, leave ticked lines out, and check again."""
    data = await visit.form()
    edits = Edits(_cells(data), _lines(data, "out"), _lines(data, "whole"))

    async def change(session: AsyncSession, at: Visit, stored: Stored) -> Saved:
        return await corrections.save(session, at.resource, stored.id, edits, timeout_ms=timeout(visit))

    return await changed(visit, data, change)


async def line(visit: Visit) -> Response:
    """All cells of one line, for what cannot be mended in the grid."""
    async with visit.transaction() as session:
        at, stored = await opened(visit, session)
        if stored.record.state != "review" or stored.staged is None:
            raise Conflict("This import is not in review, so its rows cannot be corrected.")
        number = min(int(visit.request.path_params["line"]), 2**31 - 1)
        found = await whole_line.read(session, stored.id, len(stored.staged.headers), number)
    view = csv_import_view.View(at, stored, "review", stored.options)
    cells = list(zip(range(1, len(found.cells) + 1), stored.staged.headers, found.cells, strict=True))
    return at.page("csv_import/line.html", view=view, line=found, cells=cells)


async def take_back(visit: Visit) -> Response:
    """Make lines, or all, what the file says."""
    data = await visit.form()
    lines = None if data.get("all") else _lines(data, "line")

    async def change(session: AsyncSession, at: Visit, stored: Stored) -> Saved:
        report = await corrections.take_back(session, at.resource, stored.id, lines, timeout_ms=timeout(visit))
        return Saved(tuple(sorted(lines or ())), report)

    return await changed(visit, data, change)


async def replace(visit: Visit) -> Response:
    """Replace down a column what the page has counted."""
    data = await visit.form()
    wanted = csv_import_replacing.asked(data)
    if wanted is None:
        raise BadRequest("Say in which column something is to be replaced.")

    async def change(session: AsyncSession, at: Visit, stored: Stored) -> Saved:
        return Saved((), await replacing.replace(session, at.resource, stored.id, wanted, timeout_ms=timeout(visit)))

    return await changed(visit, data, change)


async def mend(visit: Visit) -> Response:
    """Take the mended file of rejects in; what is wrong with it is said on the page, and nothing of it is kept."""
    async with visit.request.form(max_files=1, max_fields=20) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await _refused(visit, BadRequest("Choose the mended file first."))
        sent = Upload(file.filename, file.file)

        async def change(session: AsyncSession, at: Visit, stored: Stored) -> Saved:
            return Saved((), await mended.take_in(session, at.resource, stored.id, sent, timeout_ms=timeout(visit)))

        try:
            return await changed(visit, form, change)
        except (Unreadable, BadRequest) as error:
            return await _refused(visit, error)


async def _refused(visit: Visit, error: LarderError) -> Response:
    async with visit.transaction() as session:
        at, stored = await opened(visit, session)
        return await page(at, session, stored, problem=error)


async def changed(visit: Visit, data: FormData, change: Change) -> Response:
    """Make a change to the staged rows, say what it came to, and lead back; a page that is out of date makes none."""
    async with visit.transaction() as session:
        at, stored = await opened(visit, session)
        if data.get("review", csv_import_view.mark(stored)) != csv_import_view.mark(stored):
            await flash.add(session, visit, Flash("error", ELSEWHERE))
            return visit.redirect(f"{urls.import_page(stored.id, query=csv_import_waiting.back(visit))}#rows")
        before = stored.report.standing if stored.report else 0
        saved = await change(session, at, stored)
        done = Corrected(before, saved.lines)
        if saved.report is None:
            return await _check_later(visit, session, at, stored, done)
        line = await csv_import_waiting.tell(session, visit, stored.id, done, saved.report)
    return visit.redirect(f"{urls.import_page(stored.id, query=csv_import_waiting.back(visit, line))}#rows")


async def _check_later(visit: Visit, session: AsyncSession, at: Visit, stored: Stored, done: Corrected) -> Response:
    """So many rows are checked again by a worker, in the transaction that has changed them."""
    assert stored.options is not None  # noqa: S101 it was reviewed
    await queue.check(session, visit.actor, at.resource, stored.id, stored.options)
    query = csv_import_waiting.for_corrections(visit, done)
    return visit.redirect(f"{urls.import_page(stored.id, query=query)}#rows")


def _cells(data: FormData) -> dict[tuple[int, int], str]:
    found = {}
    for name, value in data.multi_items():
        if (match := CELL.fullmatch(name)) and isinstance(value, str):
            found[int(match[1]), int(match[2])] = value
    return found


def _lines(data: FormData, name: str) -> frozenset[int]:
    return frozenset(int(value) for value in data.getlist(name) if isinstance(value, str) and LINE.fullmatch(value))


def timeout(visit: Visit) -> int:
    return visit.console.settings.import_timeout_ms


DOORS = [
    Door("GET", "/imports/{import_id:int}/lines/{line:int}", Permission.IMPORT, line),
    Door("POST", "/imports/{import_id:int}/corrections", Permission.IMPORT, save),
    Door("POST", "/imports/{import_id:int}/take-back", Permission.IMPORT, take_back),
    Door("POST", "/imports/{import_id:int}/replace", Permission.IMPORT, replace),
    Door("POST", "/imports/{import_id:int}/mended", Permission.IMPORT, mend, body=None),
]
