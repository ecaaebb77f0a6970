"""uvicorn's HTTP/1.1 protocol with the limit it lacks, how long a client may take to send a request's head, and with
answers that are sent at once.

Without the limit a thousand connections that never finish their first line keep everybody else out. uvicorn writes the
head of an answer and its body one after the other, which costs both sides of it a system call and a change of process.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 8


class Joined:
    """A transport that holds back one write for the next one in the same turn of the event loop: a head for its body.

    Not more than one: what a transport does not get it cannot count, and it is by what waits there that the writer of
    an endless answer is told to pause.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._held:
            self._held += data
            self._send()
        elif data:
            self._held = data
            self._loop.call_soon(self._send)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)


class TimedProtocol(H11Protocol):
    """Closes a connection that has not sent a complete head in time, on its first request or a later one."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]  # it has all that is used
        self._begin()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._end()
        elif before is None or before.response_complete:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
