"""Downloads: the very rows of a list as CSV or JSON lines, streamed while they are read.

The first batch is read before the answer begins, so that what cannot be read is still an error page. A visitor who
leaves ends the query and gives the connection back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

import anyio
import structlog
from sqlalchemy import Select
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from admin.reads import csv_export
from admin.web import params
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit

log = structlog.get_logger("larder.export")


class Download(StreamingResponse):
    """A file for the visitor's disk, made while it is sent; `name` is what it is called there."""

    def __init__(self, chunks: AsyncIterator[str] | AsyncIterator[bytes], name: str, media_type: str) -> None:
        super().__init__(chunks, media_type=media_type, headers={"content-disposition": attachment(name)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also when the visitor has left: the query has to end and its connection to go back, whatever else ends.
            with anyio.CancelScope(shield=True):
                async with aclosing(self.body_iterator):  # type: ignore[type-var]  # always a generator of ours
                    pass


def attachment(name: str) -> str:
    """The header that makes a browser save the answer under this name (RFC 6266)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def export_csv(visit: Visit) -> Response:
    query = params.parse(visit.resource, visit.request.query_params.multi_items(), beside=("raw",))
    raw = visit.request.query_params.get("raw") == "1"
    statement = csv_export.as_csv(visit.resource, query, raw=raw)
    chunks = await _begun(_rows(visit, statement, csv_export.header(visit.resource)))
    return Download(chunks, _name(visit, "-raw.csv" if raw else ".csv"), "text/csv; charset=utf-8")


async def export_json(visit: Visit) -> Response:
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    chunks = await _begun(_rows(visit, csv_export.as_json(visit.resource, query), ""))
    return Download(chunks, _name(visit, ".jsonl"), "application/x-ndjson")


async def _rows(visit: Visit, statement: Select[Any], header: str) -> AsyncIterator[str]:
    rows, complete = 0, False
    try:
        async with visit.transaction() as session:
            await csv_export.set_timeout(session, visit.console.settings.export_timeout_ms)
            head = header
            async for lines in csv_export.stream(session, statement):
                rows += len(lines)
                yield head + "".join(lines)
                head = ""
            if head:
                yield head
        complete = True
    finally:
        log.info(
            "exported" if complete else "export ended early",
            identity=visit.resource.identity, rows=rows, person=visit.actor.name,
        )  # fmt: skip


async def _begun(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    """The same chunks, the first of them made already."""
    first = await anext(chunks, "")

    async def all_of_them() -> AsyncIterator[str]:
        try:
            yield first
            async for chunk in chunks:
                yield chunk
        finally:
            await chunks.aclose()  # type: ignore[attr-defined]  # a generator of ours

    return all_of_them()


def _name(visit: Visit, ending: str) -> str:
    return f"{visit.resource.identity}-{dt.datetime.now(dt.UTC):%Y-%m-%d}{ending}"


DOORS = [
    Door("GET", "/{identity}/export/csv", Permission.EXPORT, export_csv),
    Door("GET", "/{identity}/export/json", Permission.EXPORT, export_json),
]
