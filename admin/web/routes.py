"""Every route of the console, each with the permission it needs.

One table instead of sqladmin's fifteen routes (of which the two file routes and every GET that changes data are gone
for good): what is not listed here does not exist, and what is listed has a permission or the start fails.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.actor import Actor
from admin.errors import NotFound
from admin.web import gate, urls
from admin.web.gate import Permission
from admin.web.visit import Visit

if TYPE_CHECKING:
    from admin.web.console import Console

Endpoint = Callable[[Visit], Awaitable[Response]]

FORM_BODY = 2 * 2**20
"""A form may carry a long text or JSON value; 2 MiB is more than any field's limit."""


@dataclass(frozen=True)
class Door:
    """One path and method, the permission it needs, and what answers. `body` is the most bytes it reads."""

    method: str
    path: str
    permission: Permission
    endpoint: Endpoint
    body: int = FORM_BODY

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def routes(doors: list[Door], console: Console) -> list[Route]:
    """Starlette routes for the doors; each goes through the gate."""
    return [
        Route(door.path, _guarded(door, console), methods=[door.method], name=door.name, max_body_size=door.body)
        for door in doors
    ]


def _guarded(door: Door, console: Console) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        actor: Actor | None = request.scope.get("larder.actor")
        if door.permission is not Permission.PUBLIC and actor is None:
            return _to_login(request)
        identity = request.path_params.get("identity")
        resource = console.resources.get(identity) if identity else None
        if identity and resource is None:
            raise NotFound(f"There is no table called {identity[:80]}.")
        visit = Visit(request, console, actor, resource)
        if actor is not None and door.permission is not Permission.PUBLIC:
            gate.require(actor, door.permission, resource)
        return await door.endpoint(visit)

    return run


def _to_login(request: Request) -> Response:
    """A reader is led to the login and from there back; anything unsafe only to the login."""
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(urls.login(target if request.method in ("GET", "HEAD") else ""), status_code=303)
