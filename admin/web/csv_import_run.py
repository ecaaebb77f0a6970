"""From the button that runs an import to its end: hand it to a worker, say how far it is, stop it."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from admin.jobs import queue
from admin.reads import csv_import as imports
from admin.reads import wording
from admin.web import csv_import_progress, csv_import_view, flash, urls
from admin.web.csv_import_page import opened
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes.csv_import.errors import InProgress


async def run(visit: Visit) -> Response:
    """Let a worker do what the page says that was looked at, and nothing else."""
    form = await visit.form()
    seen = str(form.get("review", ""))
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        page = visit.redirect(urls.import_page(stored.id))
        if stored.record.state == "done":
            # Back, and pressed once more: the page that follows says what the first time came to.
            await flash.add(session, visit, Flash("info", "This import was done before. Nothing was imported again."))
            return page
        if seen and seen != csv_import_view.mark(stored):
            await flash.add(session, visit, Flash("error", "The choices were changed elsewhere. Look at them again."))
            return page
        same = None if form.get("again") else await imports.same_file(session, stored.record)
        if same is not None:
            await flash.add(session, visit, Flash("error", _asked(same)))
            return page
        try:
            await queue.run(session, visit.actor, stored.id)
        except InProgress:
            # The button was pressed twice: the page says how far the first time is.
            return page
    return page


def _asked(same: imports.Summary) -> str:
    when = wording.moment(same.at)
    return f"Nothing was imported: {same.person} imported the very same file {when}. Say that it is meant once more."


async def cancel(visit: Visit) -> Response:
    """Give an import up; nothing of it stays. One that runs is stopped by its worker, and its page says so."""
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        if not await queue.cancel(session, stored.id):
            return visit.redirect(urls.import_page(stored.id))
        await flash.add(session, visit, Flash("info", f"Import of {stored.record.file_name} cancelled."))
    return visit.redirect(urls.listing(visit.resource.identity))


async def status(visit: Visit) -> Response:
    """Where an import stands, as JSON for scripts."""
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        state = await imports.state_of(session, stored.id)
        shown = await csv_import_progress.look(session, stored, state)
    report = stored.report.as_json() if stored.report else None
    return JSONResponse({"state": state, **shown.as_json(), "report": report, "error": stored.record.error})


DOORS = [
    Door("POST", "/imports/{import_id:int}/apply", Permission.IMPORT, run),
    Door("POST", "/imports/{import_id:int}/cancel", Permission.IMPORT, cancel),
    Door("GET", "/imports/{import_id:int}/status", Permission.IMPORT, status),
]
