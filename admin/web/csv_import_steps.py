"""The steps between a file and its review: how it is read, where its columns go, what becomes of its rows.

Each is a page of its own that one can go back to, and each ends by checking the rows anew; the file is never needed a
second time.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import BadRequest, Conflict, LarderError
from admin.jobs import queue
from admin.web import csv_import_form, csv_import_mode, csv_import_waiting, urls
from admin.web.csv_import_choices import creatable
from admin.web.csv_import_match import matching
from admin.web.csv_import_page import candidates, opened, page
from admin.web.csv_import_reading import reading
from admin.web.csv_import_view import View
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes.csv_import import receive, styles
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.store import Stored


async def file(visit: Visit) -> Response:
    """How the file is read."""
    visit, stored = await _open(visit)
    view = View(visit, stored, stored.record.state, stored.options)
    async with visit.transaction() as session:
        return visit.page("csv_import/file.html", view=view, reading=reading(view, await candidates(session, stored)))


async def match(visit: Visit) -> Response:
    """Where the columns of the file go."""
    visit, stored = await _read(visit)
    return _match(View(visit, stored, stored.record.state, stored.options))


async def mode(visit: Visit) -> Response:
    """What becomes of the rows."""
    visit, stored = await _read(visit)
    return _mode(View(visit, stored, stored.record.state, stored.options))


async def read_again(visit: Visit) -> Response:
    """Read the kept file with another encoding or delimiter, or without a header row."""
    data = await visit.form()
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        form = csv_import_form.reading(stored.format, data)
        if stored.record.file_bytes >= receive.LARGE:
            await queue.read(session, visit.actor, stored.id, form)
            query = csv_import_waiting.for_choices("file", csv_import_form.text(data, "next"), ())
            return visit.redirect(urls.import_page(stored.id, query=query))
        timeout = visit.console.settings.import_timeout_ms
        await receive.read_again(session, visit.resource, stored.id, form, timeout_ms=timeout)
    return visit.redirect(_next(stored.id, csv_import_form.text(data, "next")))


async def choose(visit: Visit) -> Response:
    """Check the rows with other choices; choices that cannot be come back with the reason."""
    data = await visit.form()
    visit, stored = await _open(visit)
    if stored.staged is None:
        return visit.redirect(urls.import_page(stored.id))
    options = stored.options or Options(())
    try:
        options = csv_import_form.options(visit, stored.staged.headers, stored.options, data)
        async with visit.transaction() as session:
            report = await _check(session, visit, stored, options)
    except BadRequest as error:
        return await _again(visit, stored, csv_import_form.text(data, "step"), options, error)
    step, then = csv_import_form.text(data, "step"), csv_import_form.text(data, "next")
    asked = [name for name in styles.ASKED if name in data.getlist("asked")]
    if report is None:
        query = csv_import_waiting.for_choices(step, then, asked)
        return visit.redirect(urls.import_page(stored.id, query=query))
    if step == "match" and csv_import_waiting.asks_anew(report, options, asked):
        return visit.redirect(f"{urls.import_page(stored.id, 'match')}#styles")
    return visit.redirect(_next(stored.id, then))


async def check_again(visit: Visit) -> Response:
    """Check the rows with the choices that are kept, after a check that failed."""
    query = csv_import_waiting.query(visit)
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        if stored.staged is None or stored.options is None:
            raise Conflict("This file has not been read yet. Choose how to read it first.")
        await _check(session, visit, stored, stored.options)
    return visit.redirect(urls.import_page(stored.id, query=query))


async def _check(session: AsyncSession, visit: Visit, stored: Stored, options: Options) -> Report | None:
    """The check of the rows with these choices; None: there are so many that it is left to a worker."""
    if stored.record.file_bytes >= receive.LARGE:
        await queue.check(session, visit.actor, visit.resource, stored.id, options)
        return None
    timeout = visit.console.settings.import_timeout_ms
    return await receive.choose(session, visit.resource, stored.id, options, timeout_ms=timeout)


async def _again(visit: Visit, stored: Stored, step: str, options: Options, problem: LarderError) -> Response:
    """The page whose choices were refused, with them still chosen."""
    view = View(visit, stored, stored.record.state, options, problem)
    if step == "match":
        return _match(view)
    if step == "mode":
        return _mode(view)
    async with visit.transaction() as session:
        return await page(visit, session, stored, problem=problem, options=options)


async def _open(visit: Visit) -> tuple[Visit, Stored]:
    """An import whose choices can still be changed. Raises `Conflict` with the reason when they cannot."""
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
    if stored.record.state not in ("staging", "review", "failed"):
        raise Conflict(f"This import is {stored.record.state}; its choices cannot be changed any more.")
    return visit, stored


async def _read(visit: Visit) -> tuple[Visit, Stored]:
    visit, stored = await _open(visit)
    if stored.staged is None:
        raise Conflict("This file has not been read yet. Choose how to read it first.")
    return visit, stored


def _match(view: View) -> Response:
    return view.visit.page(
        "csv_import/match.html", view.status, view=view, matching=matching(view), creatable=creatable(view)
    )


def _mode(view: View) -> Response:
    return view.visit.page("csv_import/mode.html", view.status, view=view, choices=csv_import_mode.mode(view))


def _next(import_id: int, wanted: str) -> str:
    """The step that a button leads to; the review, unless it says another."""
    return urls.import_page(import_id, wanted if wanted in csv_import_waiting.STEPS else "")


DOORS = [
    Door("GET", "/imports/{import_id:int}/file", Permission.IMPORT, file),
    Door("GET", "/imports/{import_id:int}/match", Permission.IMPORT, match),
    Door("GET", "/imports/{import_id:int}/mode", Permission.IMPORT, mode),
    Door("POST", "/imports/{import_id:int}/read", Permission.IMPORT, read_again),
    Door("POST", "/imports/{import_id:int}/choices", Permission.IMPORT, choose),
    Door("POST", "/imports/{import_id:int}/check", Permission.IMPORT, check_again),
]
