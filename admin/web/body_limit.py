"""How much a request may send: counted while it is read, after the gate has let the visitor in.

Starlette has such a limit too, but it answers with a bare text in place of our page, and before anybody has asked who
is there. Counting holds for chunked bodies as well, whose length nobody announces.
"""

from __future__ import annotations

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from admin.errors import TooLarge

STALLED_AFTER = 30
"""Seconds in which something more of a body has to arrive."""


def limited(request: Request, most: int) -> Request:
    """The request with a body of at most `most` bytes.

    Raises `TooLarge` at once when more is announced, and otherwise as soon as more has come. A compressed body is
    refused (415): what it unpacks to cannot be seen from its length.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large(most)
    receive, received = request.receive, 0

    async def counted() -> Message:
        nonlocal received
        try:
            with anyio.fail_after(STALLED_AFTER):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        received += len(message.get("body", b""))
        if received > most:
            raise _too_large(most)
        return message

    return Request(request.scope, counted)


def _too_large(most: int) -> TooLarge:
    size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 2**10} KB"
    return TooLarge(f"This is more than the {size} that can be sent here.")
