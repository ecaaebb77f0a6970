"""Refuses what another site's page makes a browser send: the defence against forged requests, without any token.

The rule is that of Go's `http.CrossOriginProtection`: `Sec-Fetch-Site` decides where the browser sends it, else
`Origin` has to name this host. We add that a request with a session but without either header is refused: no browser
that can log in sends one, and a script that does can say `Origin`.
"""

from __future__ import annotations

import structlog
from asgi_cross_origin_protection import CrossOriginProtection
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from admin.errors import NotAllowed
from admin.web import cookies

log = structlog.get_logger("larder.web")


class CrossOrigin:
    """Lets requests pass that change nothing or come from our own pages; others end in `NotAllowed`."""

    def __init__(self, app: ASGIApp) -> None:
        self.without_session = CrossOriginProtection(app, deny_app=_refuse)
        self.with_session = CrossOriginProtection(app, deny_app=_refuse, allow_unverifiable_requests=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        guard = self.with_session if scope["type"] == "http" and cookies.is_sent(scope) else self.without_session
        await guard(scope, receive, send)


async def _refuse(scope: Scope, _receive: Receive, _send: Send) -> None:
    headers = Headers(scope=scope)
    log.warning(
        "cross-origin request refused",
        method=scope["method"],
        path=scope["path"],
        site=headers.get("sec-fetch-site"),
        origin=headers.get("origin"),
    )
    raise NotAllowed("This came from another site, or from a program that does not say where it comes from.")
