"""How much a request may send: counted while it is read, after the gate has let the visitor in.

Starlette has such a limit too, but it answers with a bare text in place of our page, and before anybody has asked who
is there. Counting holds for chunked bodies as well, whose length nobody announces.
"""

from __future__ import annotations

import re

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from admin.errors import TooLarge

CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]*)", re.IGNORECASE)
STALLED_AFTER = 30
"""Seconds in which something more of a body has to arrive."""


def limited(request: Request, most: int) -> Request:
    """The request with a body of at most `most` bytes.

    Raises `TooLarge` at once when more is announced, and otherwise as soon as more has come. Refused as well (415) is
    a compressed body, since what it unpacks to cannot be seen from its length, and one that says it is not UTF-8,
    since the sender would choose how its bytes are decoded.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity" or _is_foreign(request):
        raise HTTPException(415)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large(most)
    receive, received, whole = request.receive, 0, False

    async def counted() -> Message:
        nonlocal received, whole
        try:
            # What comes after the body is that the visitor leaves: for that there is no limit.
            with anyio.fail_after(None if whole else STALLED_AFTER):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        received += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if received > most:
            raise _too_large(most)
        return message

    return Request(request.scope, counted)


def _is_foreign(request: Request) -> bool:
    charset = CHARSET.search(request.headers.get("content-type", ""))
    return charset is not None and charset[1].lower() not in ("utf-8", "utf8")


def _too_large(most: int) -> TooLarge:
    size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 2**10} KB"
    return TooLarge(f"This is more than the {size} that can be sent here.")
