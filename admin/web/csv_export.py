"""Downloads: the very rows of a list as CSV or JSON lines, streamed while they are read.

The first batch is read before the answer begins, so that what cannot be read is still an error page. A visitor who
leaves ends the query and gives the connection back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from urllib.parse import quote

import anyio
import structlog
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from admin.reads import csv_export
from admin.reads.csv_export import Lines
from admin.web import params
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit

Chunks = AsyncGenerator[str, None] | AsyncGenerator[bytes, None]

log = structlog.get_logger("larder.export")


class Download(StreamingResponse):
    """A file for the visitor's disk, made while it is sent; `name` is what it is called there."""

    def __init__(self, chunks: Chunks, name: str, media_type: str, first: str | bytes = "") -> None:
        super().__init__(
            _after(first, chunks), media_type=media_type, headers={"content-disposition": attachment(name)}
        )
        self._chunks = chunks

    @classmethod
    async def begun(cls, chunks: Chunks, name: str, media_type: str) -> Download:
        """The answer with its first chunk made already: what cannot be read is still an error page."""
        return cls(chunks, name, media_type, await anext(chunks, ""))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also when the visitor has left: the query has to end and its connection to go back, whatever else ends.
            with anyio.CancelScope(shield=True):
                await self._chunks.aclose()


async def _after(first: str | bytes, chunks: Chunks) -> AsyncIterator[str | bytes]:
    yield first
    async for chunk in chunks:
        yield chunk


def attachment(name: str) -> str:
    """The header that makes a browser save the answer under this name (RFC 6266)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def export_csv(visit: Visit) -> Response:
    """Every row of the list as CSV; `raw=1` leaves out what keeps spreadsheets from running formulas."""
    query = params.parse(visit.resource, visit.request.query_params.multi_items(), beside=("raw",))
    raw = visit.request.query_params.get("raw") == "1"
    lines = csv_export.as_csv(visit.resource, query, raw=raw)
    rows = _rows(visit, lines, csv_export.header(visit.resource))
    return await Download.begun(rows, _name(visit, "-raw.csv" if raw else ".csv"), "text/csv; charset=utf-8")


async def export_json(visit: Visit) -> Response:
    """Every row of the list as JSON lines."""
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    rows = _rows(visit, csv_export.as_json(visit.resource, query), "")
    return await Download.begun(rows, _name(visit, ".jsonl"), "application/x-ndjson")


async def _rows(visit: Visit, lines: Lines, header: str) -> AsyncGenerator[bytes, None]:
    rows, complete = 0, False
    try:
        async with visit.transaction() as session:
            await csv_export.set_timeout(session, visit.console.settings.export_timeout_ms)
            head = header.encode()
            async with aclosing(csv_export.stream(session, lines)) as chunks:
                async for chunk in chunks:
                    rows += chunk.rows
                    yield head + chunk.data
                    head = b""
            if head:
                yield head
        complete = True
    finally:
        log.info(
            "exported" if complete else "export ended early",
            identity=visit.resource.identity, rows=rows, person=visit.actor.name, query=visit.query_string,
        )  # fmt: skip


def _name(visit: Visit, ending: str) -> str:
    return f"{visit.resource.identity}-{dt.datetime.now(dt.UTC):%Y-%m-%d}{ending}"


DOORS = [
    Door("GET", "/{identity}/export/csv", Permission.EXPORT, export_csv),
    Door("GET", "/{identity}/export/json", Permission.EXPORT, export_json),
]
