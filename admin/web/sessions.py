"""Finds out who is asking: from the cookie to the row in `larder.session`, on every request anew.

One query a request and only when there is a cookie, so that somebody who is not logged in costs the database nothing
and leaves no row behind. Assets and health checks pass without being asked who they are for.

It is the first thing that a request asks the database, and may be asked twice: so a connection that broke unnoticed is
found out here, and replaced together with the others of its pool, before anything is at stake.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.reads import people
from admin.reads.people import Visitor
from admin.web import cookies, urls
from admin.writes import sessions

FOR_EVERYBODY = ("/healthz", "/readyz", "/metrics", f"{urls.BASE}/static/")


class Sessions:
    """Puts into the scope: `larder.actor` (None for nobody), `larder.session` (the token's hash), `larder.lists` (what
    the person keeps for lists), `larder.single_keys` (whether letters are shortcuts for them), `larder.flashes`."""

    def __init__(
        self,
        app: ASGIApp,
        session_maker: async_sessionmaker[AsyncSession],
        glances: async_sessionmaker[AsyncSession],
    ) -> None:
        self.app = app
        self.session_maker = session_maker
        self.glances = glances

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = None
        if scope["type"] == "http" and not scope["path"].startswith(FOR_EVERYBODY):
            token = cookies.token(scope)
        if token is not None:
            digest = sessions.token_hash(token)
            visitor = await self._visitor(digest)
            if visitor is not None:
                scope["larder.actor"] = visitor.actor
                scope["larder.session"] = digest
                scope["larder.lists"] = visitor.lists
                scope["larder.single_keys"] = visitor.single_keys
                if visitor.flash and _shows_a_page(scope):
                    scope["larder.flashes"] = visitor.flash
                    send = self._dropping(digest, visitor, send)
        await self.app(scope, receive, send)

    async def _visitor(self, digest: bytes) -> Visitor | None:
        try:
            visitor = await self._look_up(digest)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            visitor = await self._look_up(digest)
        if visitor is not None and not visitor.seen_lately:
            async with self.session_maker.begin() as session:
                await sessions.touch(session, digest)
        return visitor

    async def _look_up(self, digest: bytes) -> Visitor | None:
        async with self.glances() as session:
            return await people.visitor(session, digest)

    def _dropping(self, digest: bytes, visitor: Visitor, send: Send) -> Send:
        """Forget the messages once a page that shows them is on its way; a redirect keeps them for the next one."""

        async def send_and_drop(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                async with self.session_maker.begin() as session:
                    await sessions.drop_flash(session, digest, visitor.flash)
            await send(message)

        return send_and_drop


def _shows_a_page(scope: Scope) -> bool:
    """Whether a person will see the answer as a page, so that a script's request does not use up their messages."""
    return scope["method"] == "GET" and Headers(scope=scope).get("sec-fetch-dest", "document") == "document"


def _is_page(message: Message) -> bool:
    content_type = Headers(raw=message["headers"]).get("content-type", "")
    return not 300 <= message["status"] < 400 and content_type.startswith("text/html")
