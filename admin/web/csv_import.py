"""The pages of an import: hand a file in, review what it would do, see what it did (`csv_import_run` lets it run).

Thin on purpose: reading, checking and applying stand in `writes/csv_import` and know nothing of requests, so that a
job or a command does exactly the same. Everybody sees their own imports, admins all of them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from io import SEEK_END, BytesIO

import structlog
from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from admin.errors import BadRequest, LarderError, NotFound
from admin.jobs import queue
from admin.web import csv_import_index, csv_import_list, csv_import_run, urls
from admin.web.csv_export import Download, attachment
from admin.web.csv_import_page import opened, page
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes.csv_import import example, quota, receive, rejects
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.report import Report

PASTE_LIMIT = 8 * 2**20
"""Bytes that can be pasted; more belongs in a file."""

log = structlog.get_logger("larder.import")


async def upload(visit: Visit) -> Response:
    """The page on which a file is handed in."""
    return visit.page("csv_import/upload.html", upload=csv_import_index.upload(visit))


async def example_file(visit: Visit) -> Response:
    """A small file that this table would take, to begin from."""
    async with visit.transaction() as session:
        content = await example.example(session, visit.resource)
    name = f"{visit.resource.identity}-example.csv"
    return Response(content, media_type="text/csv", headers={"content-disposition": attachment(name)})


async def hand_in(visit: Visit) -> Response:
    """Take a file in; what is no CSV file at all is refused on the page where it was chosen."""
    async with visit.request.form(max_files=1, max_fields=20, max_part_size=PASTE_LIMIT) as form:
        sent = _sent(form)
        if sent is None:
            return _upload_again(visit, BadRequest("Choose a CSV file first, or paste rows."))
        try:
            async with visit.transaction() as session:
                await quota.require_room(session, visit.actor, _quota(visit))
                import_id = await _take_in(session, visit, sent)
        except (Unreadable, quota.Full) as error:
            return _upload_again(visit, error)
    log.info("file handed in", import_id=import_id, identity=visit.resource.identity, person=visit.actor.name)
    return visit.redirect(urls.import_page(import_id))


async def show(visit: Visit) -> Response:
    """The page of an import, whatever its state."""
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        return await page(visit, session, stored)


async def rejects_file(visit: Visit) -> Response:
    """The rejected rows as a file, to be mended and handed in again."""
    async with visit.transaction() as session:
        visit, stored = await opened(visit, session)
        if not await rejects.kept(session, stored.id):
            raise NotFound("The rejected rows of this import are not kept any more, or it has not been checked yet.")
    part = visit.request.query_params.get("part", "1")
    lines = rejects.part(stored.report or Report(0, 0, 0, 0, 0), int(part) if re.fullmatch(r"\d{1,6}", part) else 0)

    async def chunks() -> AsyncGenerator[bytes, None]:
        async with visit.transaction() as session, aclosing(rejects.stream(session, stored, lines)) as made:
            async for chunk in made:
                yield chunk

    stem = stored.record.file_name.rpartition(".")[0] or stored.record.file_name
    return await Download.begun(chunks(), f"{stem}-rejects.csv", "text/csv; charset=utf-8")


def _sent(form: FormData) -> Upload | None:
    """The file that was chosen, or else what was pasted. Spreadsheets copy cells separated by tabs."""
    file, pasted = form.get("file"), form.get("paste")
    if isinstance(file, UploadFile) and file.filename:
        return Upload(file.filename, file.file)
    if not isinstance(pasted, str) or not pasted.strip():
        return None
    # A form sends every line end as CRLF, whatever was in the clipboard.
    plain = pasted.replace("\r\n", "\n")
    return Upload("pasted rows", BytesIO(plain.encode()), "utf-8", "\t" if "\t" in plain else None)


async def _take_in(session: AsyncSession, visit: Visit, sent: Upload) -> int:
    """Read a small file at once, and leave a large one to a worker."""
    if await to_thread.run_sync(sent.file.seek, 0, SEEK_END) < receive.LARGE:
        return await receive.receive(session, visit.actor, visit.resource, sent, timeout_ms=_timeout(visit))
    import_id = await receive.keep(session, visit.actor, visit.resource, sent, timeout_ms=_timeout(visit))
    await queue.read(session, visit.actor, import_id)
    return import_id


def _upload_again(visit: Visit, error: LarderError) -> Response:
    return visit.page("csv_import/upload.html", error.status, upload=csv_import_index.upload(visit, str(error)))


def _quota(visit: Visit) -> quota.Quota:
    settings = visit.console.settings
    return quota.Quota(settings.staged_mb, settings.staged_mb_person)


def _timeout(visit: Visit) -> int:
    return visit.console.settings.import_timeout_ms


DOORS = [
    Door("GET", "/{identity}/import", Permission.IMPORT, upload),
    Door("POST", "/{identity}/import", Permission.IMPORT, hand_in, body=None),
    Door("GET", "/{identity}/import/example.csv", Permission.IMPORT, example_file),
    *csv_import_list.DOORS,
    Door("GET", "/imports/{import_id:int}", Permission.IMPORT, show),
    *csv_import_run.DOORS,
    Door("GET", "/imports/{import_id:int}/rejects.csv", Permission.IMPORT, rejects_file),
]
