"""Whether the process lives (`/healthz`) and whether it can work (`/readyz`); both say nothing else to anybody.

A process that lives stays up while its database is away: restarting it would not help, taking it out of rotation does.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PATIENCE = 4
"""Seconds the database has to answer; probes usually give up after five."""

log = structlog.get_logger("larder.web")


async def healthz(_request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


def routes(engine: AsyncEngine, is_current: Callable[[Connection], bool]) -> list[Route]:
    """The two routes; `is_current` says whether the schema is the one this version is made for."""

    async def readyz(_request: Request) -> Response:
        state = await _state(engine, is_current)
        return JSONResponse({"ready": state == "ready", "state": state}, status_code=200 if state == "ready" else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def _state(engine: AsyncEngine, is_current: Callable[[Connection], bool]) -> str:
    try:
        with anyio.fail_after(PATIENCE):
            async with engine.connect() as connection:
                current = await connection.run_sync(is_current)
    except (SQLAlchemyError, OSError) as error:
        log.warning("not ready", exc_info=error)
        return "the database does not answer"
    return "ready" if current else "the database has another schema: run migrate"
