"""A long question ends when whoever asked it has left: nobody waits for its answer, and the database has other work."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

Answer = TypeVar("Answer")


async def while_there(request: Request, asking: Coroutine[Any, Any, Answer]) -> Answer:
    """What the question comes to. It is cancelled, and with it the statement that runs, when the visitor leaves.

    Raises `ClientDisconnect` then, after the connection has gone back.
    """
    asked, left = asyncio.ensure_future(asking), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((asked, left), return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            raise ClientDisconnect
        return asked.result()
    finally:
        asked.cancel()
        left.cancel()
        await asyncio.gather(asked, left, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
