"""Which names the console answers to.

A page that somebody else's domain name leads here (DNS rebinding) would be same-origin with the console, so an unknown
Host is refused before anything is looked at. Loopback names always work; others are named in `LARDER_ALLOWED_HOSTS`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from admin.errors import BadRequest

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HOST = re.compile(r"(\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^\[\]:]+))(:\d+)?")
ANY_INTERFACE = ("0.0.0.0", "::", "")  # noqa: S104 addresses to bind, which are no names to be called by


def host_name(scope: Scope) -> str:
    """The name in the Host header, without port and brackets, in lower case; empty when it is malformed."""
    found = HOST.fullmatch(Headers(scope=scope).get("host", "").lower())
    return (found["address"] or found["name"] or "") if found else ""


def is_loopback(name: str) -> bool:
    """Whether a host name means this very machine to the browser that used it."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class KnownHosts:
    """Refuses requests for other hosts; `*.example.com` allows every name below it."""

    def __init__(self, app: ASGIApp, *, allowed: Iterable[str], bound: str) -> None:
        self.app = app
        names = [name.lower().strip("[]") for name in (*LOOPBACK, *allowed, bound) if name not in ANY_INTERFACE]
        self.names = frozenset(name for name in names if not name.startswith("*."))
        self.endings = tuple(name.removeprefix("*") for name in names if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            name = host_name(scope)
            if name not in self.names and not (self.endings and name.endswith(self.endings)):
                raise BadRequest(
                    "The console does not answer to this host name. Whoever runs it can add it to LARDER_ALLOWED_HOSTS."
                )
        await self.app(scope, receive, send)
