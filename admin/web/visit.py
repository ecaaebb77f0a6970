"""What an endpoint gets: one request with everything around it resolved, so that endpoints stay short.

The gate builds a `Visit` after it has checked the permission: the actor is known, the table exists, the role may.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from admin.actor import Actor
from admin.errors import NotFound
from admin.reads.preferences import Lists
from admin.resource import Resource
from admin.web import gate
from admin.web.gate import Permission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from admin.web.console import Console


@dataclass(frozen=True)
class Visit:
    """One guarded request. `actor` is None only on public routes, `resource` where the path names no table."""

    request: Request
    console: Console
    maybe_actor: Actor | None
    maybe_resource: Resource | None

    @property
    def actor(self) -> Actor:
        if self.maybe_actor is None:
            raise RuntimeError("a public route has no actor")
        return self.maybe_actor

    @property
    def resource(self) -> Resource:
        if self.maybe_resource is None:
            raise NotFound("There is no such table.")
        return self.maybe_resource

    @property
    def lists(self) -> Lists:
        """What the actor keeps for lists."""
        kept: Lists = self.request.scope.get("larder.lists") or Lists()
        return kept

    @property
    def query_string(self) -> str:
        return str(self.request.url.query)

    def may(self, permission: Permission, resource: Resource | None = None) -> bool:
        """Whether the actor may do this with the visited table, or with the one given."""
        return self.maybe_actor is not None and gate.may(self.actor, permission, resource or self.maybe_resource)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.console.sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncSession]:
        """For quick questions that belong to no transaction, each of which is one by itself."""
        async with self.console.glances() as session:
            yield session

    async def form(self) -> FormData:
        """The fields of a form; a file among them is a 400, since nobody would close it."""
        return await self.request.form(max_files=0)

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a template with what every page needs (menu, actor, flashes) beside what is given."""
        return self.console.render(self, template, status, context)

    def redirect(self, path: str) -> Response:
        """Lead on with 303, so that the browser asks for the next page by GET."""
        return RedirectResponse(path, status_code=303)
